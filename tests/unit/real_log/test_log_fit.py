"""The simulated event log beside a real one: cases by hand, their window, the table."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.real_log.log_fit import as_log, fit_table, log_fit, read_log
from analysis.real_log.log_statistics import LOAN_LOG
from sim.reading.loader import load_study
from sim.study.study import Study
from sim.study.tables import column_names

ROOT = Path(__file__).parents[3]
OPENS = 260 * 8  # hours of warm-up
EVENTS = [
    # case, what, function, kind, detail, recontact, queued, start, end: hours after the warm-up
    ("1-0-0", "apply/submit", "", "automated", "", 0, 8, 8, 8),
    ("1-0-0", "apply/handle_leads", "leads", "visit", "", 0, 8, 9, 10),
    ("1-0-0", "apply/complete_lead", "intake", "loss", "lost", 0, 11, 10, 30),
    ("1-0-0", "apply/complete_lead", "intake", "visit", "error", 0, 31, 31, 32),
    ("1-0-0", "apply/complete_lead", "intake", "visit", "", 0, 33, 33, 34),
    ("1-0-0", "apply/handle_leads", "leads", "visit", "", 0, 35, 36, 37),
    ("1-0-0", "completed", "", "completed", "approved", 0, 35, 48, 48),
    # The same need comes back: no case of a real log.
    ("1-0-1", "apply/assess_again", "validation", "visit", "", 1, 60, 60, 61),
    ("1-0-1", "completed", "", "completed", "declined", 1, 60, 61, 61),
    ("2-0-0", "apply/submit", "", "automated", "", 0, 9, 9, 9),
    ("2-0-0", "completed", "", "completed", "declined", 0, 9, 9, 9),
    ("3-0-0", "apply/submit", "", "automated", "", 0, 10, 10, 10),
    ("3-0-0", "apply/handle_leads", "leads", "visit", "", 0, 10, 10, 11),
    ("3-0-0", "dropped", "", "dropped", "wait", 0, 12, 50, 50),
    # Still waiting for its first visit to end when the run does.
    ("4-0-0", "apply/submit", "", "automated", "", 0, 12, 12, 12),
    ("4-0-0", "apply/handle_leads", "leads", "visit", "", 0, 12, 13, 14),
    # Arrived in the warm-up.
    ("5-0-0", "apply/submit", "", "automated", "", 0, -9, -9, -9),
    ("5-0-0", "completed", "", "completed", "declined", 0, -9, -9, -9),
]


@pytest.fixture
def events() -> pd.DataFrame:
    columns = ["case:concept:name", "concept:name", "org:group", "kind", "detail", "recontact"]
    hours = ["queued_hour", "start_hour", "end_hour"]
    table = pd.DataFrame(EVENTS, columns=[*columns, *hours])
    table[hours] = table[hours].astype(float) + OPENS
    table["touchpoint"] = table["concept:name"]
    return table


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT / "scenarios" / "loan.yaml")


REAL = pd.DataFrame(
    [("handoffs_per_case", "", 1.0), ("approved_share", "", 0.5), ("declined_share", "", 0.25)],
    columns=["statistic", "scope_id", "value"],
)


def test_cases_are_needs_of_the_window_and_recontacts_are_none(
    events: pd.DataFrame, study: Study
) -> None:
    visits, cases = as_log({0: events}, study)
    assert list(cases["case_id"]) == ["0:1-0-0", "0:2-0-0", "0:3-0-0", "0:4-0-0"]
    assert list(cases["outcome"]) == ["completed", "completed", "dropped", "unresolved"]
    assert list(cases["exit"]) == ["approved", "declined", "wait", ""]
    assert list(cases["end"] - cases["start"]) == [40, 0, 40, 2]
    assert len(visits) == 6
    assert "validation" not in set(visits["function"])


def test_the_same_statistics_as_counted_by_hand(events: pd.DataFrame, study: Study) -> None:
    fit = log_fit({0: events}, study, REAL)
    assert list(fit.columns) == column_names("log_fit.csv")
    found = fit.set_index(["statistic", "scope_id"])
    simulated = found["simulated"]
    assert simulated["handoffs_per_case", ""] == pytest.approx(2 / 3)  # of 1, 3 and 4
    assert simulated["share_with_handoff", ""] == pytest.approx(1 / 3)
    assert simulated["ping_pong_share", ""] == pytest.approx(1 / 3)
    assert simulated["auto_declined_share", ""] == pytest.approx(1 / 4)
    for outcome in ("approved", "declined", "cancelled", "open"):
        assert simulated[f"{outcome}_share", ""] == pytest.approx(1 / 4)
    assert simulated["cancelled_share_by_function", "leads"] == pytest.approx(1 / 4)
    assert simulated["median_cycle_days", ""] == pytest.approx(7)  # 40 working hours: a week
    assert found["error"]["approved_share", ""] == pytest.approx(-1 / 4)


def test_replicates_are_pooled_not_mixed(events: pd.DataFrame, study: Study) -> None:
    once, twice = (log_fit(dict.fromkeys(range(n), events), study, REAL) for n in (1, 2))
    pd.testing.assert_frame_equal(once, twice)
    assert len(as_log({0: events, 3: events}, study)[1]) == 8


def test_the_table_shows_every_statistic_with_its_error(events: pd.DataFrame, study: Study) -> None:
    fit = log_fit({0: events}, study, REAL)
    table = fit_table(fit, "As it was", 1, "A log (2012).")
    heading, _, *rows = table.splitlines()
    assert heading.startswith("As it was beside the firm's own log  ")
    assert heading.split()[-3:] == ["log", "simulated", "error"]
    approved = next(row for row in rows if row.startswith("Approved"))
    assert approved.split() == ["Approved", "50.0", "%", "25.0", "%", "-25.0", "points"]
    assert len(rows[: rows.index("")]) == len(fit)
    assert "none" in table  # what the log does not say is not made up
    assert "1 replicate\n" in table
    assert table.endswith("Log: A log (2012).")


def test_the_loan_log_is_cited() -> None:
    log = read_log(LOAN_LOG)
    assert log.citation.startswith("van Dongen, B. F. (2012). BPI Challenge 2012.")
    assert log.citation.endswith("db30-f712-4394-aebc-75976070e91f")
    assert len(log.statistics) > 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not hold a table"),
        ("a,b\n1,2\n", "does not hold a table"),
        ("statistic,scope_id,value\nhandoffs_per_case,,many\n", "does not hold a table"),
        ("statistic,scope_id,value\n", "no rows"),
        ("statistic,scope_id,value\nhandofs,,1\n", "`handofs` is not a statistic"),
    ],
)
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "log.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_log(file)
