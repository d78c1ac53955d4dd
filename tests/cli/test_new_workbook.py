"""A firm in a workbook, from ``new`` to an answer, as a user types it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from program import standing as standing_here

TINY = (
    "market.customers=9000",
    "market.prospects=0",
    "design.horizon_days=20",
    "design.warm_up_days=0",
    "design.follow_up_days=5",
)


@pytest.fixture
def standing(tmp_path: Path):
    """Give the program, to be called with words in an empty folder."""
    return partial(standing_here, at=tmp_path)


def test_a_workbook_is_written_changed_and_its_mistake_told(standing, tmp_path) -> None:
    answer = standing("new", "shop", "--workbook")
    assert (answer.returncode, answer.stdout) == (0, "study: shop.xlsx\n")
    assert "validate shop.xlsx" in answer.stderr
    assert "the file exists" in standing("new", "shop.xlsx").stderr
    book = openpyxl.load_workbook(tmp_path / "shop.xlsx")
    assert book["touchpoints"]["C4"].value == "sales"
    book["touchpoints"]["C4"] = "sels"
    book.save(tmp_path / "shop.xlsx")
    answer = standing("compare", "shop.xlsx")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert (
        "shop.xlsx, sheet touchpoints, cell C4: enterprise.journeys.join.touchpoints.offer.owner: "
        "`sels` is not a declared function. Did you mean `sales`?" in answer.stderr
    )
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (("firm", "--workbook"), "firm.xlsx"),
        (("firm.yaml", "--workbook"), "firm.xlsx"),
        (("firm.xlsx",), "firm.xlsx"),
        (("our.firm", "--workbook"), "our.firm.xlsx"),
        (("firm",), "firm.yaml"),
    ],
)
def test_the_ending_is_that_of_its_kind(standing, tmp_path, words, file) -> None:
    assert standing("new", *words, "--quiet").stdout == f"study: {file}\n"
    assert [path.name for path in tmp_path.iterdir()] == [file]


def test_a_workbook_gives_the_same_bytes_as_the_yaml(standing, tmp_path) -> None:
    standing("new", "shop")
    standing("new", "shop", "--workbook")
    changes = [word for change in TINY for word in ("--set", change)]
    folders = []
    for file in ("shop.yaml", "shop.xlsx"):
        out = file.partition(".")[2]
        asked = ("run", file, "--org", "journey_owners", "--out", out, "--quiet", *changes)
        answer = standing(*asked)
        assert answer.returncode == 0, answer.stderr
        folders.append(tmp_path / answer.stdout.splitlines()[-1].removeprefix("results: "))
    one, other = folders
    assert one.name == other.name  # the hash of all that is asked
    for name in ("measures.parquet", "customers.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    kept = json.loads((other / "manifest.json").read_text(encoding="utf-8"))["study_as_given"]
    assert kept["file"] == "shop.xlsx" and "owner: sales" in kept["text"]
