"""One customer under every org model: as a user asks for it, and as a story tells it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies import PLAIN, compact_study

from analysis.commands import trace
from sim.state.events import AUTOMATED_VISIT, KINDS, VISIT
from sim.study.errors import StudyError
from sim.study.event_kinds import EVENT_KINDS

PROJECT = Path(__file__).resolve().parents[2]
SHORT = ["--set", "market.customers=1500", "--set", "market.prospects=100",
         "--set", "design.horizon_days=40", "--set", "design.warm_up_days=20"]  # fmt: skip


def standing(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this program
        [sys.executable, str(PROJECT / "run.py"), *words],
        cwd=at,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trace")
    done = standing(
        "compare", "--replicates", "2", "--jobs", "1", "--quiet", "--no-figures",
        "--orgs", "siloed,peer", *SHORT, at=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_a_lost_customer_is_followed_and_explained(desk) -> None:
    told = standing("trace", "latest", at=desk)
    assert told.returncode == 0, told.stderr
    for words in (
        "Siloed: ",
        "Peer: ",
        "dropped on day",
        "issue under way:",
        "accountable by name:",
    ):
        assert words in told.stdout


def test_the_same_customer_can_be_asked_for_as_an_object(desk) -> None:
    found = json.loads(standing("trace", "latest", "--customer", "7", "--json", at=desk).stdout)
    assert found["customer"] == 7
    assert [each["org_model"] for each in found["org_models"]] == ["siloed", "peer"]


def test_a_customer_who_is_not_there_is_said_with_who_is(desk) -> None:
    refused = standing("trace", "latest", "--customer", "5000", at=desk)
    assert refused.returncode == 2
    assert "there is no customer 5000" in refused.stderr
    assert "0 to 1599" in refused.stderr


def asked(monkeypatch, market: dict, customer: int) -> int:
    """Trace a customer of the compact firm as if it were a result."""
    study = compact_study(PLAIN, market=market)
    monkeypatch.setattr(trace, "result_folder", lambda *_: Path())
    monkeypatch.setattr(trace, "result_study", lambda *_: study)
    monkeypatch.setattr(trace, "comparison_manifest", lambda *_: {})
    options = argparse.Namespace(
        result="", out="", customer=customer, json=False, quiet=True, extension=[]
    )
    return trace.execute(options)


def test_of_a_slice_those_are_there_whom_it_simulates(monkeypatch, capsys) -> None:
    sliced = {"customers": 60, "prospects": 15, "slice": 4}  # 15 and 4 are simulated
    assert asked(monkeypatch, sliced, 18) == 0
    assert "Customer 18 " in capsys.readouterr().out
    with pytest.raises(StudyError) as refused:
        asked(monkeypatch, sliced, 19)
    assert "that this study simulates are numbered from 0 to 18" in str(refused.value)


def told(kind: str) -> str:
    """Return the story of a customer of whom one event is known."""
    customer = pd.Series({"outcome": "stayed", "standing": 0.5, "value": 1.0, "site": "",
                          "reason": "", "segment": "homes", "represented": False})  # fmt: skip
    event = {"journey": "renew", "touchpoint": "renew/remind", "org:group": "middle", "kind": kind,
             "detail": "", "end_hour": 400.0, "need": 0, "recontact": 0}  # fmt: skip
    story = trace.Story("plain", "Plain", customer, pd.DataFrame([event]))
    return trace.as_text(3, [story], compact_study(PLAIN))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_told_in_words(kind) -> None:
    by = " by middle" if kind == KINDS[VISIT] else ""
    assert told(kind).splitlines()[-1].endswith(EVENT_KINDS[kind] + by)


def test_a_step_that_needs_nobody_passes_by_itself() -> None:
    assert told(KINDS[AUTOMATED_VISIT]).endswith("remind             passed by itself")


def test_without_a_result_there_is_nothing_to_trace(tmp_path) -> None:
    refused = standing("trace", "latest", at=tmp_path)
    assert refused.returncode == 2
    assert "there is no latest result" in refused.stderr


def test_who_left_has_reasons_and_a_last_broken_promise() -> None:
    who = pd.Series({"left_on_day": 10.0, "reason": "memory ×1.6", "promise_owner": "rear"})
    rows = [
        ("visit", "error", "renew/offer", "", "front", 400.0),
        ("loss", "", "renew/offer", "front>rear", np.nan, 470.0),
        ("visit", "", "renew/offer", "", "front", 471.0),
        ("visit", "error", "renew/remind", "", "front", 500.0),  # after leaving, on day 13
    ]
    columns = ["kind", "detail", "touchpoint", "site", "org:group", "end_hour"]
    events = pd.DataFrame(rows, columns=columns)
    first, second = trace.why_left(who, events, 400.0)
    assert first == "  left on day 10; what raised the hazard of leaving: memory ×1.6"
    assert second == "    last broken promise: day 9.8, front>rear: fell between"
    assert trace.why_left(who, events[:1], 400.0)[1].endswith(
        "renew/offer (owner: front): an error"
    )
    assert trace.why_left(who, events[:0], 400.0)[1] == "    most promises were broken by: rear"
