"""The real logs, as their tools wrote them; each is read without an option, or refused with one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import ContactLog, EventLog
from analysis.event_log.read_log import read_log_file
from sim.study.errors import StudyError

pytestmark = pytest.mark.logs


@pytest.fixture(scope="module")
def logs() -> Path:
    folder = os.environ.get("STANDING_LOGS")
    if not folder:
        pytest.skip("STANDING_LOGS is not set: no real log can be read")
    return Path(folder)


@pytest.mark.parametrize(
    ("name", "events", "cases", "functions", "zone", "starts"),
    [
        # 262,200 steps: 71,373 pairs, 93,133 completions alone, 3 starts alone.
        ("bpic2012_raw_events.parquet", 164_509, 13_087, 6, "UTC", 71_373),
        ("bpic2012_work_sessions.parquet", 71_371, 9_657, 6, "UTC", 71_371),
        ("bpic2013_incidents.parquet", 65_533, 7_554, 25, "UTC", 65_533),
        ("helpdesk_italian.xes.gz", 21_348, 4_580, 4, "UTC", 0),
        ("receipt_permits.xes.gz", 8_577, 1_434, 9, "Europe/Paris", 0),
    ],
)
def test_an_event_log_is_read_without_being_told_anything(
    logs: Path, name: str, events: int, cases: int, functions: int, zone: str, starts: int
) -> None:
    log = read_log_file(logs / name, LogChoices())
    assert isinstance(log, EventLog)
    found = log.events
    assert len(found) == events
    assert found["case_id"].nunique() == cases
    assert found.loc[found["group"] != "", "group"].nunique() == functions
    assert found["start"].notna().sum() == starts
    assert log.zone == zone
    assert found["end"].notna().all()
    assert (found["end"] >= found["start"]).sum() == starts


def test_the_queue_of_a_loan_application_is_seen(logs: Path) -> None:
    log = read_log_file(logs / "bpic2012_raw_events.parquet", LogChoices())
    assert isinstance(log, EventLog)
    queued = log.events.dropna(subset=["queued", "start"])
    assert len(queued) > 20_000
    assert (queued["start"] >= queued["queued"]).mean() > 0.99


def test_waits_of_incidents_are_no_work(logs: Path) -> None:
    log = read_log_file(logs / "bpic2013_incidents.parquet", LogChoices())
    assert isinstance(log, EventLog)
    waiting = set(log.events.loc[log.events["waits"], "activity"])
    assert "Queued/Awaiting Assignment" in waiting
    assert "Accepted/In Progress" not in waiting


def test_a_log_without_functions_is_refused_until_somebody_says_where_they_are(logs: Path) -> None:
    path = logs / "purchasing_example.csv.gz"
    with pytest.raises(StudyError, match="no column says which function"):
        read_log_file(path, LogChoices())
    log = read_log_file(path, LogChoices(functions="resources"))
    assert isinstance(log, EventLog)
    assert log.events["group"].nunique() == 5
    assert log.zone == "Europe/Helsinki"
    assert len(log.events) == 9119


def test_a_call_centre_is_read_as_contacts(logs: Path) -> None:
    log = read_log_file(logs / "callcentre_1999_january.parquet", LogChoices())
    assert isinstance(log, ContactLog)
    queued = log.contacts[log.contacts["wait_seconds"] > 0]
    # Of 31,599 calls 240 are phantoms, and 1,219 hung up before they queued.
    assert len(log.contacts) == 31_599 - 240 - 1_219
    assert queued["abandoned"].mean() == pytest.approx(0.185, abs=0.005)
