"""How times are written, one by one, and pairs of steps, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.event_log.lifecycle import pair_lifecycle
from analysis.event_log.log_cases import ended_cases
from analysis.event_log.log_clock import zone_named
from analysis.event_log.written_times import written_times
from sim.study.errors import StudyError


@pytest.mark.parametrize(
    ("text", "moment", "minutes"),
    [
        ("2011-10-11T13:45:40.276+02:00", "2011-10-11T13:45:40.276", 120),
        ("2011-10-11 13:45:40,5", "2011-10-11T13:45:40.5", None),
        ("2011-10-11 13:45:40 UTC", "2011-10-11T13:45:40", 0),
        ("2011-10-11T13:45:40.123456789Z", "2011-10-11T13:45:40.123456789", 0),
        ("2011-10-11T13:45-0330", "2011-10-11T13:45", -210),
        ("2011-10-11T13:45+01:00[Europe/Paris]", "2011-10-11T13:45", 60),
        ("2011/1/2", "2011-01-02", None),
        ("20110102T130509", "2011-01-02T13:05:09", None),
        ("13/02/2011 2:05 pm", "2011-02-13T14:05", None),
        ("13.02.11, 14:05 Uhr", "2011-02-13T14:05", None),
        ("13-2-2011 12:00 a.m.", "2011-02-13T00:00", None),
        ("31-Dec-2011 14:05", "2011-12-31T14:05", None),
        ("1. März 2011", "2011-03-01", None),
        ("3 de octubre de 2011 10:00", "2011-10-03T10:00", None),
        ("Dec 3, 2011 2:05 PM", "2011-12-03T14:05", None),
        ("Mon, 3 Oct 2011 08:00:00 GMT", "2011-10-03T08:00", 0),
        ("29/02/2012", "2012-02-29", None),
        ("2011-10-11 24:00", "2011-10-12T00:00", None),
        ("1317500000", "2011-10-01T20:13:20", 0),
        ("1317500000123", "2011-10-01T20:13:20.123", 0),
        ("40817.5", "2011-10-01T12:00", None),
        ("40817,25", "2011-10-01T06:00", None),
    ],
)
def test_a_time_is_read(text: str, moment: str, minutes: float | None) -> None:
    written = written_times(pa.array([text, ""]))
    assert written.on_the_wall()[0] == np.datetime64(moment, "ns")
    assert np.isnat(written.on_the_wall()[1])
    assert written.is_empty.tolist() == [False, True]
    assert np.isnan(written.offset[0]) if minutes is None else written.offset[0] == minutes


@pytest.mark.parametrize(
    "text",
    ["29/02/2011", "2011-13-01", "2011-02-30 10:00", "10:75 2011", "2011-10-11 25:00",
     "2011-10-11 10:61", "yesterday", "3 Foo 2011", "0000-00-00", "12", "2011-10-11x",
     "٢٠١١-١٠-١١"],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert np.isnat(written_times(pa.array([text])).on_the_wall()[0])


def test_day_and_month_are_weighed_over_the_column() -> None:
    written = written_times(pa.array(["03/04/2024", "05/14/2024", "06/07/2024"]))
    assert (written.only_day_first, written.only_month_first) == (0, 1)
    months_first = written.with_order(day_first=False).on_the_wall()
    assert months_first[0] == np.datetime64("2024-03-04", "ns")


@pytest.mark.parametrize("kind", ["s", "ms", "us", "ns"])
def test_times_of_the_files_own_kind(kind: str) -> None:
    moments = pa.array(pd.to_datetime(["2024-05-06 07:08:09", None]), pa.timestamp(kind))
    assert written_times(moments).on_the_wall()[0] == np.datetime64("2024-05-06T07:08:09", "ns")


def test_zones_are_names_or_distances() -> None:
    for name in ("Europe/Amsterdam", "+02:00", "UTC", "-05:30"):
        assert zone_named(name) == name
    for wrong in ("Europe/Amsterdaam", "", "../../etc/passwd", "Mars"):
        with pytest.raises(StudyError, match="no time zone"):
            zone_named(wrong)


def steps(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Return steps of one case: activity, step, minute."""
    frame = pd.DataFrame(rows, columns=["activity", "lifecycle", "minute"])
    moments = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["minute"], "min")
    return frame.assign(case_id="c", instance=0, end=moments).drop(columns="minute")


def minutes(column: pd.Series) -> list[float]:
    since = (column - pd.Timestamp("2024-01-01")) / pd.Timedelta(minutes=1)
    return [-1 if np.isnan(each) else each for each in since]


def test_steps_are_paired_first_come_first_served() -> None:
    paired, said = pair_lifecycle(
        steps(
            ("check", "schedule", 0),
            ("check", "start", 5),
            ("check", "complete", 9),
            ("note", "COMPLETE", 10),
            ("check", "start", 12),
            ("check", "suspend", 13),
            ("check", "start", 14),
            ("check", "complete", 20),
            ("check", "complete", 30),
            ("pack", "schedule", 31),
            ("bill", "schedule", 32),
            ("bill", "complete", 40),
            ("send", "start", 50),
            ("send", "withdraw", 60),
        )
    )
    assert paired["activity"].tolist() == ["check", "note", "check", "check", "bill", "send"]
    assert minutes(paired["start"]) == [5, -1, 12, 14, -1, -1]
    assert minutes(paired["end"]) == [9, 10, 20, 30, 40, 50]
    assert minutes(paired["queued"]) == [0, -1, -1, -1, 32, -1]
    assert "3 of 6 rows have start and end" in said[0].why
    assert "1 were scheduled and never started" in said[0].why
    assert "2 steps of other kinds" in said[0].why


def test_a_log_of_completions_is_left_as_it_is() -> None:
    rows = steps(("a", "complete", 0), ("b", "complete", 5))
    paired, said = pair_lifecycle(rows)
    assert len(paired) == 2
    assert said == ()


def test_numbers_of_steps_are_no_numbers_of_work_items() -> None:
    rows = steps(*[("a", kind, n) for n, kind in enumerate(["start", "complete"] * 10)])
    paired, _ = pair_lifecycle(rows.assign(instance=range(20)))
    assert len(paired) == 10


def test_a_case_has_ended_when_it_is_silent_for_long_or_says_so() -> None:
    day = pd.Timedelta(days=1)
    first = pd.Timestamp("2024-01-01", tz="UTC")
    rows = [(case, first + day * (case + step), "") for case in range(30) for step in range(3)]
    frame = pd.DataFrame(rows, columns=["case_id", "end", "outcome"])
    ended = ended_cases(frame)
    assert ended.sum() == 29
    assert not ended[29]
    told = ended_cases(frame.assign(outcome=np.where(frame["case_id"] == 3, "Open", "sold")))
    assert told.sum() == 29
    assert not told[3]
