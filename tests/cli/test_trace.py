"""One customer under every org model: as a user asks for it, and as a story tells it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd
import pytest
from program import Answer, standing
from studies import PLAIN, compact_study

from analysis.commands import trace
from sim.study.errors import StudyError
from sim.study.study import Study

PROJECT = Path(__file__).resolve().parents[2]
SHORT = ["--set", "market.customers=1500", "--set", "market.prospects=100",
         "--set", "design.horizon_days=40", "--set", "design.warm_up_days=20"]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trace")
    done = standing(
        "compare", "--replicates", "2", "--jobs", "1", "--quiet", "--no-figures",
        "--orgs", "siloed,peer", *SHORT, at=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def told(desk) -> Answer:
    """Trace without a number, with figures."""
    done = standing("trace", "latest", "--quiet", at=desk)
    assert done.returncode == 0, done.stderr
    return done


def folder_of(desk: Path) -> Path:
    return next((desk / "results").glob("board-*"))


def test_a_typical_customer_is_followed_beside_how_common_that_is(told) -> None:
    for words in (
        " customers ",
        " left under Siloed and stayed under Peer, ",
        " the reverse; ",
        "chosen for being typical: nearest to the median",
        "hand-off",
        "Siloed: ",
        "Peer: ",
        "what raised the hazard of leaving:",
        "accountable for what failed:",
    ):
        assert words in told.stdout
    assert "Siloed: left" in told.stdout or "Peer: left" in told.stdout


def test_what_is_written_is_named_last_and_holds_the_same(desk, told) -> None:
    folder = folder_of(desk)
    assert told.stdout.splitlines()[-1] == f"results: {Path('results') / folder.name}"
    written = json.loads((folder / "trace.json").read_text(encoding="utf-8"))
    assert written["finding"] in told.stdout
    common = written["how_common"]
    assert common["between"] == ["siloed", "peer"]
    cells = {(each["first"], each["second"]): each["customers"] for each in common["cells"]}
    table = pd.read_parquet(folder / "customers.parquet")
    outcomes = table.pivot_table(
        index="customer_id", columns="org_model", values="outcome", aggfunc="first", observed=True
    )
    joined = ~(outcomes == "never joined").any(axis=1)
    assert sum(cells.values()) == joined.sum() == common["customers"]
    assert common["never_joined"] == len(outcomes) - joined.sum()
    for (first, second), number in cells.items():
        assert ((outcomes["siloed"] == first) & (outcomes["peer"] == second)).sum() == number
    for each in (written, *written["others"]):
        kind = outcomes.loc[each["customer"]]
        assert (kind["siloed"], kind["peer"]) == (each["kind"]["first"], each["kind"]["second"])
        assert {one["org_model"] for one in each["org_models"]} == {"siloed", "peer"}
    shown = pd.read_csv(folder / "figures" / "trace.csv")
    assert set(shown["org_model"]) <= {"siloed", "peer"}
    assert (folder / "figures" / "trace.png").stat().st_size > 10_000


def test_figures_of_trace_are_the_programs_own_and_those_no_longer_told_go(desk, told) -> None:
    folder = folder_of(desk)
    assert "trace.png" in (folder / ".figures").read_text(encoding="utf-8").splitlines()
    mine = folder / "figures" / "mine.png"
    mine.write_bytes(b"picture")
    one = standing("trace", "latest", "--customer", "7", "--quiet", at=desk)
    assert one.returncode == 0, one.stderr
    there = {file.name for file in (folder / "figures").iterdir()}
    assert there == {"trace.png", "trace.svg", "trace.csv", "mine.png"}


def test_without_figures_nothing_is_written_and_the_two_may_be_named(desk) -> None:
    folder = folder_of(desk)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
    done = standing(
        "trace", "latest", "--no-figures", "--between", "peer,siloed", "--quiet", at=desk
    )
    assert done.returncode == 0, done.stderr
    assert "left under Peer and stayed under Siloed" in done.stdout
    assert "results:" not in done.stdout
    after = {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}
    assert after == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("peer,silo", "the result has no such org model"),
        ("peer", "is not two org models such as siloed,hybrid"),
        ("peer,peer", "is not two org models such as siloed,hybrid"),
    ],
)
def test_two_org_models_are_named_or_refused(desk, given: str, words: str) -> None:
    refused = standing("trace", "latest", "--between", given, at=desk)
    assert refused.returncode == 2
    assert words in refused.stderr


def test_the_same_customer_can_be_asked_for_as_an_object(desk) -> None:
    done = standing("trace", "latest", "--customer", "7", "--json", at=desk)
    found = json.loads(done.stdout)
    assert found["customer"] == 7
    assert found["chosen"] == "asked for by number"
    assert [each["org_model"] for each in found["org_models"]] == ["siloed", "peer"]
    assert "results: " in done.stderr


def test_a_customer_who_is_not_there_is_said_with_who_is(desk) -> None:
    refused = standing("trace", "latest", "--customer", "5000", at=desk)
    assert refused.returncode == 2
    assert "there is no customer 5000" in refused.stderr
    assert "0 to 1599" in refused.stderr


def asked(monkeypatch, study: Study, customer: int | None) -> int:
    """Trace a customer of a study as if it were that of a result."""
    monkeypatch.setattr(trace, "result_folder", lambda *_: Path())
    monkeypatch.setattr(trace, "result_study", lambda *_: study)
    monkeypatch.setattr(trace, "comparison_manifest", lambda *_: {})
    options = argparse.Namespace(
        result="", out="", customer=customer, between=None, no_figures=True, json=False,
        quiet=True, extension=[],
    )  # fmt: skip
    return trace.execute(options)


def test_of_a_slice_those_are_there_whom_it_simulates(monkeypatch, capsys) -> None:
    market = {"customers": 60, "prospects": 15, "slice": 4}  # 15 and 4 are simulated
    sliced = compact_study(PLAIN, market=market)
    assert asked(monkeypatch, sliced, 18) == 0
    assert "Customer 18 " in capsys.readouterr().out
    with pytest.raises(StudyError) as refused:
        asked(monkeypatch, sliced, 19)
    assert "that this study simulates are numbered from 0 to 18" in str(refused.value)


def test_without_a_result_there_is_nothing_to_trace(tmp_path) -> None:
    refused = standing("trace", "latest", at=tmp_path)
    assert refused.returncode == 2
    assert "there is no latest result" in refused.stderr


def test_a_firm_of_one_org_model_has_a_story_too(monkeypatch, capsys) -> None:
    study = compact_study(PLAIN, market={"customers": 30, "prospects": 0})
    study = study.model_copy(update={"organisations": study.organisations[:1]})
    assert study.baseline == study.organisations[0].organisation
    assert asked(monkeypatch, study, None) == 0
    assert "the reverse" not in capsys.readouterr().out
