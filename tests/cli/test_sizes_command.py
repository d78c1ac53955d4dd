"""``sizes`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing

from benchmarks.small_study import SMALL
from sim.study.tables import column_names

SIZES = ("sizes", "shop.yaml", *SMALL, "--employees", "9,30", "--jobs", "1")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a starter study, as a user has it after ``new``."""
    folder = tmp_path_factory.mktemp("desk")
    standing("new", "shop", at=folder)
    return folder


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    """Give what two replicates at two sizes answer."""
    return standing(*SIZES, "--replicates", "2", at=desk)


@pytest.fixture(scope="module")
def folder(desk, answer) -> Path:
    """Give the result folder that the last line on stdout names."""
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_every_size_has_its_people_and_every_org_model(answer, folder) -> None:
    said = answer.stdout
    assert said.startswith("Study shop, changed: market.customers=1500")
    heading = next(line for line in said.splitlines() if line.startswith("employees"))
    assert heading.split() == ["employees", "9", "30"]
    assert "on net value" in said
    assert "9 employees: 1,500 customers and 200 prospects." in said
    assert "30 employees: 5,000 customers and 667 prospects." in said
    assert (
        "scaled with size, at least one each: sales 3, 10; service 3, 10; operations 3, 10." in said
    )
    table = pd.read_csv(folder / "sizes.csv")
    assert list(table.columns) == column_names("sizes.csv")
    value = table[table["measure"] == "net_value"]
    assert list(value["employees"]) == [9, 9, 30, 30]
    assert list(value["org_model"]) == ["as_it_is", "journey_owners"] * 2
    assert (value["n_replicates"] == 2).all()
    assert (value["difference"] != 0).sum() == 2
    assert value["mean"].nunique() == 4  # each size has runs of its own


def test_the_folder_holds_the_answer_as_data_and_as_a_figure(answer, folder, desk) -> None:
    found = json.loads((folder / "sizes.json").read_text(encoding="utf-8"))
    assert f"{found['answer']}." in answer.stdout
    assert [size["employees"] for size in found["sizes"]] == [9, 30]
    assert found["sizes"][1]["fixed_heads"] == {"sales": 10, "service": 10, "operations": 10}
    assert found["failures"] == []
    figures = {file.name for file in (folder / "figures").iterdir()}
    assert figures == {"sizes.png", "sizes.svg", "sizes.csv"}
    assert folder.name.startswith("shop-sizes+customers=1500")
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (written["asked"], written["finished_replicates"]) == ("sizes 9,30", 2)
    assert folder.name.endswith(written["hash"])
    # `latest` is a comparison, and this is none.
    assert not (desk / "results" / "latest.txt").exists()
    refused = standing("trace", str(folder), at=desk)
    assert refused.returncode == 2
    assert "answers another question (sizes 9,30) and holds no comparison" in refused.stderr


def test_the_same_command_goes_on_and_fewer_replicates_show_the_larger_result(desk, folder) -> None:
    runs = sorted((folder / "runs").iterdir())
    assert len(runs) == 2 * 2 * 2
    before = (folder / "sizes.csv").read_bytes()
    kept = {file.name: file.stat().st_mtime_ns for file in runs[1:]}
    runs[0].unlink()
    words = (*SIZES, "--replicates", "1", "--no-figures")
    again = standing(*words, "--json", at=desk)
    assert again.returncode == 0, again.stderr
    assert "Shown is the finished result of 2 replicates, which holds the 1 asked" in again.stderr
    assert (folder / "sizes.csv").read_bytes() == before
    assert {file.name: file.stat().st_mtime_ns for file in runs[1:]} == kept
    told = json.loads(again.stdout)
    assert (told["replicates"], told["replicates_asked"]) == (2, 1)
    assert (folder / "figures" / "sizes.png").exists()  # of the same runs
    more = standing(*SIZES, "--replicates", "3", "--no-figures", at=desk)
    assert more.returncode == 0
    assert {file.name: file.stat().st_mtime_ns for file in runs[1:]} == kept
    assert len(list((folder / "runs").iterdir())) == 3 * 2 * 2
    assert not (folder / "figures" / "sizes.png").exists()  # it showed fewer replicates
    fresh = standing(*words, "--fresh", at=desk)
    assert "nobody can be said to lead" in fresh.stdout.lower()
    assert len(list((folder / "runs").iterdir())) == 2 * 2


@pytest.mark.parametrize(
    ("employees", "said"),
    [
        ("2,30", "--employees 2: with a single customer there are 3 people"),
        ("30,a", "--employees: 'a' is not a whole number of at least 1"),
        ("0", "--employees: '0' is not a whole number of at least 1"),
    ],
)
def test_a_size_that_cannot_be_is_refused_before_anything_runs(desk, employees, said) -> None:
    words = ("sizes", "shop.yaml", *SMALL, "--employees", employees, "--out", "refused")
    refused = standing(*words, at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
    assert not (desk / "refused").exists()


def test_a_slice_is_refused(desk) -> None:
    refused = standing(*SIZES, "--set", "market.slice=2", "--out", "refused", at=desk)
    assert refused.returncode == 2
    assert refused.stderr.count("the study simulates one in 2 customers") == 2
    assert not (desk / "refused").exists()
