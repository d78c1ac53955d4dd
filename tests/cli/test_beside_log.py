"""``compare`` on a study that names the firm's own log."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from program import ROOT, Answer, standing

from sim.study.tables import column_names

SMALL = [
    word
    for change in ("market.customers=2000", "design.horizon_days=120", "design.warm_up_days=20")
    for word in ("--set", change)
]
SMALL += ["--replicates", "2", "--orgs", "hybrid", "--no-figures", "--jobs", "1"]


def compare(desk: Path, *words: str) -> Answer:
    return standing("compare", "loan.yaml", *SMALL, *words, at=desk)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "scenarios", desk, dirs_exist_ok=True)
    return desk


def test_the_fit_is_printed_and_written_and_the_same_after_going_on(desk: Path) -> None:
    first = compare(desk)
    assert first.returncode == 0, first.stderr
    assert "Siloed beside the firm's own log" in first.stdout
    assert "Log: van Dongen, B. F. (2012)" in first.stdout
    folder = desk / first.stdout.splitlines()[-1].removeprefix("results: ")
    fit = (folder / "log_fit.csv").read_bytes()
    assert list(pd.read_csv(folder / "log_fit.csv").columns) == column_names("log_fit.csv")
    # Only the baseline keeps its events.
    events = sorted((folder / "runs").glob("*.events.parquet"))
    assert len(events) == 2
    events[0].unlink()
    again = compare(desk)
    assert again.stdout == first.stdout
    assert (folder / "log_fit.csv").read_bytes() == fit


def test_as_an_object_the_fit_has_every_statistic(desk: Path) -> None:
    answer = compare(desk, "--json")
    assert answer.returncode == 0, answer.stderr
    rows = json.loads(answer.stdout)["log_fit"]
    assert {"handoffs_per_case", "median_cycle_days"} <= {row["statistic"] for row in rows}


def test_a_log_that_holds_something_else_stops_the_command_before_it_writes(desk: Path) -> None:
    (desk / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    answer = compare(desk, "--set", "compared_with=other.csv", "--out", "nowhere")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("loan.yaml:")
    assert "compared_with: other.csv cannot be compared with: it does not hold" in answer.stderr
    assert not (desk / "nowhere").exists()
