"""``claims`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing

from sim.study.tables import column_names

TINY = [
    word
    for change in (
        "market.customers=3000",
        "market.prospects=300",
        "design.warm_up_days=20",
        "design.horizon_days=60",
        "design.follow_up_days=20",
    )
    for word in ("--set", change)
]
"""Options that make the studies of all claims small: sizes of a claim give way to a user's."""
CLAIMS = ("claims", "--only", "13,23,37", *TINY, "--worlds", "4", "--jobs", "1")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def answer(desk) -> Answer:
    return standing(*CLAIMS, at=desk)


@pytest.fixture(scope="module")
def folder(desk, answer) -> Path:
    """Give the result folder that the last line on stdout names."""
    assert answer.returncode == 0, answer.stderr
    word, _, path = answer.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_each_claim_has_a_verdict_and_says_on_what_worlds(answer, folder) -> None:
    said = answer.stdout
    assert said.startswith("Study board, changed: market.customers=3000")
    assert "3 claims: " in said
    assert "(assumed, not fitted to this firm)" in said
    assert "distributed ownership works in small firms" in said
    assert "by construction" in said
    assert "q over those named here" in said
    assert "against itself under another name: exactly 0." in said
    # Two cells of each, and two more in half of the worlds; at one size both have the same silos.
    assert "32 runs over 4 worlds (of 36: equal ones are shared)" in answer.stderr
    table = pd.read_csv(folder / "claims.csv", keep_default_na=False)
    assert list(table.columns) == column_names("claims.csv")
    assert list(table["claim"]) == [13, 23, 37]
    assert list(table["n_runs"]) == [12, 12, 12]


def test_the_object_holds_the_test_and_what_it_found(answer, folder, desk) -> None:
    told = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    assert (told["worlds"], told["fitted"]) == (4, False)
    assert told["caveat"] == "assumed, not fitted to this firm"
    assert told["placebo"] == 0.0
    small, score, _ = told["claims"]
    assert small["smallest"] == 3.2
    assert small["under_that"]["n_worlds"] == 2
    assert score["beside"][0]["kind"] == "by construction"
    assert set(score["cells"]) == {"one-score", "siloed", "fails/one-score", "fails/siloed"}
    figures = {file.name for file in (folder / "figures").iterdir()}
    assert figures == {"claims.png", "claims.svg", "claims.csv"}
    assert not (desk / "results" / "latest.txt").exists()


def test_the_same_command_runs_nothing_anew_and_fewer_worlds_show_the_larger_result(
    desk, folder
) -> None:
    pool = folder.parent / "pool"
    kept = {file.name: file.stat().st_mtime_ns for file in pool.iterdir()}
    fewer = [word if word != "4" else "2" for word in CLAIMS]
    again = standing(*fewer, "--json", "--no-figures", at=desk)
    assert again.returncode == 0, again.stderr
    assert "Shown is the finished result of 4 worlds, which holds the 2 asked" in again.stderr
    assert json.loads(again.stdout)["worlds"] == 4
    assert {file.name: file.stat().st_mtime_ns for file in pool.iterdir()} == kept


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "40"), "--only 40: there is no claim 40. There are 1 to 39"),
        (("--only", "two"), "--only: 'two' is not a whole number from 1 to 99"),
        (("--worlds", "1"), "--worlds: '1' is not a whole number from 2"),
        (("--headline", "--only", "2"), "numbers name claims, not questions"),
        (
            ("--only", "2", "--from", "ensemble", "--set", "market.customers=3000"),
            "there is no ensemble of subscription",
        ),
        (("--only", "2", "--set", "market.custmers=3"), "customers"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(desk, words, said) -> None:
    refused = standing("claims", *words, "--out", "refused", at=desk)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr
    assert not (desk / "refused").exists()
