"""``compare`` with mechanisms switched off, a transition, and unequal budgets."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing

from benchmarks.small_study import SMALL
from sim.study.tables import column_names

CHANGE = """
  - organisation: change
    label: A change
    transition: {from: as_it_is, to: journey_owners, at_week: 4, cost_per_head: 500}
"""
MORE = """
  - organisation: more
    label: More people
    staffing: {hired: 20}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the starter study, one with a transition, one that hires."""
    folder = tmp_path_factory.mktemp("desk")
    assert standing("new", "shop", at=folder).returncode == 0
    text = (folder / "shop.yaml").read_text(encoding="utf-8")
    mark = "\n# --- How the comparison is run"
    assert mark in text
    for name, model in (("change", CHANGE), ("more", MORE)):
        study = text.replace(mark, model + mark).replace("study: shop", f"study: {name}")
        (folder / f"{name}.yaml").write_text(study, encoding="utf-8")
    return folder


def compare(desk: Path, study: str, *words: str) -> Answer:
    return standing("compare", study, *SMALL, *words, at=desk)


def folder_of(desk: Path, answer: Answer) -> Path:
    assert answer.returncode == 0, answer.stderr
    return desk / answer.stdout.splitlines()[-1].removeprefix("results: ")


def test_mechanisms_switched_off_later_complete_the_same_folder(desk: Path) -> None:
    plain = folder_of(desk, compare(desk, "shop.yaml", "--no-figures"))
    before = (plain / "measures.parquet").read_bytes()
    runs = len(list((plain / "runs").glob("*.parquet")))
    words = ("--no-figures", "--set", "ablations=[seam_loss, defects]")
    answer = compare(desk, "shop.yaml", *words)
    assert folder_of(desk, answer) == plain
    assert (plain / "measures.parquet").read_bytes() == before
    assert len(list((plain / "runs").glob("*.parquet"))) == runs + 2 * 2 * 3
    table = pd.read_csv(plain / "ablations.csv")
    assert list(table.columns) == column_names("ablations.csv")
    assert list(dict.fromkeys(table["ablation"])) == ["seam_loss", "defects"]
    assert set(table["org_model"]) == {"as_it_is", "journey_owners"}
    assert (table["n_replicates"] == 3).all()
    comparison = pd.read_csv(plain / "comparison.csv").query("scope == 'overall'")
    whole = comparison.set_index(["measure", "org_model"])["difference"]
    for row in table.itertuples():
        assert row.difference == pytest.approx(whole[row.measure, row.org_model])
    assert "What mechanisms contribute to" in answer.stdout
    assert "loss at seams" in answer.stdout
    again = compare(desk, "shop.yaml", *words, "--json")
    assert len(json.loads(again.stdout)["ablations"]) == len(table)
    # Asking for less, or for something else, takes nothing away.
    other = compare(desk, "shop.yaml", "--no-figures", "--set", "ablations=[informal_ties]")
    assert "Shown too, because it was switched off earlier: loss at seams (3 runs" in other.stderr
    three = pd.read_csv(plain / "ablations.csv")
    assert set(three["ablation"]) == {"informal_ties", "seam_loss", "defects"}
    nothing = compare(desk, "shop.yaml", "--no-figures", "--replicates", "1", "--json")
    assert len(json.loads(nothing.stdout)["ablations"]) == len(three)
    assert set(pd.read_csv(plain / "ablations.csv")["n_replicates"]) == {3}
    more = compare(desk, "shop.yaml", "--no-figures", "--replicates", "4")
    assert "loss at seams (3 runs each)" in more.stderr
    assert set(pd.read_csv(plain / "ablations.csv")["n_replicates"]) == {3}
    assert pd.read_csv(plain / "comparison.csv")["n_replicates"].max() == 4


def test_a_transition_is_drawn_month_by_month(desk: Path) -> None:
    answer = compare(desk, "change.yaml")
    folder = folder_of(desk, answer)
    drawn = pd.read_csv(folder / "figures" / "course.csv")
    assert (folder / "figures" / "course.png").stat().st_size > 0
    assert set(drawn["org_model"]) == {"as_it_is", "journey_owners", "change"}
    comparison = pd.read_csv(folder / "comparison.csv")
    week = comparison.query("measure == 'transition_week' and org_model == 'change'")["mean"]
    assert list(week) == [4]
    # Months add up to what the window is worth.
    whole = comparison.query("measure == 'net_value' and scope == 'overall'").set_index("org_model")
    last = drawn.query("measure == 'net_value' and month == 3").set_index("org_model")
    assert last.loc["change", "difference"] == pytest.approx(whole.loc["change", "difference"])


def test_unequal_budgets_are_refused_or_said_everywhere(desk: Path) -> None:
    refused = compare(desk, "more.yaml", "--no-figures")
    assert refused.returncode == 2
    assert "more.yaml:" in refused.stderr and "heads a year" in refused.stderr
    answer = compare(desk, "more.yaml", "--set", "budget=unequal")
    folder = folder_of(desk, answer)
    assert "UNEQUAL BUDGETS" in answer.stdout and "Running cost" in answer.stdout
    assert set(pd.read_csv(folder / "comparison.csv")["budget"]) == {"unequal"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["budget"] == "unequal"
    tables = list((folder / "figures").glob("*.csv"))
    assert len(tables) >= 4
    assert all("caveat" in pd.read_csv(each).columns for each in tables)
