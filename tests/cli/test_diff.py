"""``diff`` and the folders it reads, as a user has them after several comparisons."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import standing

from benchmarks.small_study import SMALL
from sim.study.tables import column_names


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with three results: as it is, with authority, and with another seed."""
    folder = tmp_path_factory.mktemp("desk")
    assert standing("new", "shop", at=folder).returncode == 0
    same = ("compare", "shop.yaml", *SMALL, "--jobs", "1", "--no-figures")
    for name, words in {
        "plain": ("--excel",),
        "levers": (
            "--set",
            "organisations.journey_owners.staffing.journey_owners=0",
            "--replicates",
            "2",
        ),
        "luck": ("--seed", "9"),
    }.items():
        answer = standing(*same, *words, "--out", name, at=folder)
        assert answer.returncode == 0, answer.stderr
    return folder


def result(desk: Path, name: str) -> str:
    """Return the one result folder in a folder of results, from the desk."""
    (found,) = (path for path in (desk / name).iterdir() if path.is_dir())
    return str(found.relative_to(desk))


def test_what_was_asked_and_what_came_out_differently(desk: Path) -> None:
    words = ("diff", result(desk, "plain"), result(desk, "levers"))
    answer = standing(*words, at=desk)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0].startswith(f"A  {words[1]}: study shop, 3 replicates, seed 1")
    assert lines[1].startswith(f"B  {words[2]}: study shop, 2 replicates")
    assert "  replicates: 3 -> 2" in lines
    assert any(
        line.startswith("  organisations.journey_owners.staffing.journey_owners: ")
        for line in lines
    )
    assert "over 2 pairs of replicates with the same customers and luck" in answer.stdout
    told = json.loads(standing(*words, "--json", at=desk).stdout)
    assert told["paired"] and told["not_paired_because_of"] == []
    assert told["b"]["changed"][-1] == "organisations.journey_owners.staffing.journey_owners=0"
    (asked,) = (e for e in told["asked_differently"] if e["key"].startswith("organisations"))
    assert (asked["b"], asked["key"]) == (
        "0.0",
        "organisations.journey_owners.staffing.journey_owners",
    )
    assert asked["meaning"]
    rows = pd.DataFrame(told["came_out"]).set_index(["measure", "org_model"])
    # Levers of one org model leave the other as it was, to the last bit.
    assert rows.loc["net_value", "difference"]["as_it_is"] == 0.0
    assert rows.loc["net_value", "difference"]["journey_owners"] != 0.0
    assert set(rows["n_a"]) == set(rows["n_b"]) == {2}


def test_what_does_not_share_luck_is_not_paired(desk: Path) -> None:
    words = ("diff", result(desk, "plain"), "latest", "--out", "luck")
    answer = standing(*words, at=desk)
    assert "design.seed: 1 -> 9" in answer.stdout
    assert "because of the seed)" in answer.stdout
    assert "Retention over the window" in answer.stdout
    told = json.loads(standing(*words, "--json", at=desk).stdout)
    assert not told["paired"] and told["not_paired_because_of"] == ["the seed"]


def test_a_result_beside_itself_differs_in_nothing(desk: Path) -> None:
    answer = standing("diff", result(desk, "plain"), result(desk, "plain"), at=desk)
    assert "Asked differently\n  nothing\n" in answer.stdout
    assert " *" not in answer.stdout.split("In brackets")[0]


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (None, "it holds no study"),
        ([], "it holds no study"),
        ({"baseline": "\x1b[31mred"}, "cannot be compared"),
        ({"baseline": 7, "organisations": [3, {"label": {}}]}, "cannot be compared"),
    ],
)
def test_a_manifest_from_elsewhere_is_refused_in_words(desk: Path, tmp_path, study, said) -> None:
    source = desk / result(desk, "plain")
    for name in ("manifest.json", "measures.parquet"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    written = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    # Of another version: of this one, the study must be the one that its hash is of.
    written |= {"study_as_resolved": study, "engine": "0123"}
    (tmp_path / "manifest.json").write_text(json.dumps(written), encoding="utf-8")
    refused = standing("diff", str(tmp_path), str(source), at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr and "\x1b" not in refused.stderr
    absent = standing("diff", "absent", str(source), at=desk)
    assert absent.returncode == 2 and "no such result folder" in absent.stderr


def test_a_study_that_was_edited_afterwards_is_refused(desk: Path, tmp_path: Path) -> None:
    source = desk / result(desk, "plain")
    for name in ("manifest.json", "measures.parquet"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    written = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    written["study_as_resolved"]["design"]["seed"] = 99
    (tmp_path / "manifest.json").write_text(json.dumps(written), encoding="utf-8")
    refused = standing("diff", str(source), str(tmp_path), at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "was changed after the results were written" in refused.stderr


def test_nothing_in_a_result_steers_the_terminal(desk: Path, tmp_path: Path) -> None:
    source = desk / result(desk, "plain")
    for name in ("manifest.json", "measures.parquet"):
        (tmp_path / name).write_bytes((source / name).read_bytes())
    written = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    hostile = "\x1b[2J\x07\u202e\nfalse"
    written["study_as_given"] = {"set": [hostile]}
    written |= {"seed": hostile, "engine": hostile}
    written["study_as_resolved"][hostile] = hostile
    written["study_as_resolved"]["organisations"][0]["label"] = hostile
    (tmp_path / "manifest.json").write_text(json.dumps(written), encoding="utf-8")
    for words in ((), ("--json",)):
        answer = standing("diff", str(tmp_path), str(source), *words, at=desk)
        assert answer.returncode == 0, answer.stderr
        assert not set(answer.stdout) & set("\x1b\x07\u202e")
        assert "\nfalse" not in answer.stdout


def test_the_folder_says_what_it_is(desk: Path) -> None:
    folder = desk / result(desk, "plain")
    text = (folder / "README.txt").read_text(encoding="utf-8")
    for words in ("WHAT WAS ASKED", "market.customers=1500", "numbers.csv", "results.xlsx",
                  "P(best", "THE COMMAND THAT MADE IT", "Journey owners"):  # fmt: skip
        assert words in text
    assert "figures" not in text.split("WHAT LIES HERE")[1].split("THE COMMAND")[0]
    numbers = pd.read_csv(folder / "numbers.csv")
    assert list(numbers.columns) == column_names("numbers.csv")
    book = pd.read_excel(folder / "results.xlsx", sheet_name="Numbers")
    assert len(book) == len(numbers)
    assert not (desk / result(desk, "luck") / "results.xlsx").exists()
