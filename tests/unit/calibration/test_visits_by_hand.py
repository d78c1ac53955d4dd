"""A log cut into visits by hand: days, turns, waits, work over night, opening hours, time-outs."""

import numpy as np
import pandas as pd
import pytest
from log_frames import Row, event_log

from analysis.calibration.doors import doors_of, needs_of, open_between, opens_at
from analysis.calibration.ends import with_ends
from analysis.calibration.time_outs import (
    BEGAN,
    LAST_WORKED_ON,
    find_time_outs,
    without_closing_marks,
)
from analysis.calibration.visits import gathered, on_the_wall, visits_of
from sim.study.errors import StudyError
from sim.study.opening import opening_spans

H = 1.0 / 24.0


def test_rows_of_a_day_are_one_visit_and_another_day_is_another() -> None:
    log = visits_of(
        event_log(
            [
                ("1", "call", "shop", "ann", 0.4, 0.4 + H / 6, "done"),
                ("1", "call", "shop", "bob", 0.5, 0.5 + H / 6, "done"),
                ("1", "call", "shop", "ann", 1.4, 1.4 + H / 2, "done"),
                ("1", "note", "", "", None, 1.5, "done"),
            ]
        )
    )
    assert log.visits["minutes"].round(6).tolist() == [20.0, 30.0]
    assert log.cases.loc[0, "end"] == pytest.approx(1.5)
    assert log.work_from == "logged"
    assert sorted(log.people["resource"]) == ["ann", "ann", "bob"]


def test_what_was_left_open_is_no_work_and_what_waits_is_no_visit() -> None:
    rows: list[Row] = [
        ("1", "call", "shop", "", 0.4, 0.4 + H / 6, ""),
        ("1", "queued", "desk", "", 0.5, 3.0, ""),
        ("1", "check", "desk", "", 3.4, 3.4 + 5 * H, ""),
    ]
    log = visits_of(event_log(rows, [False, True, False]))
    assert log.visits["activity"].tolist() == ["call", "check"]
    assert np.isnan(log.visits["minutes"].iloc[1])
    assert log.visits["end"].iloc[1] == pytest.approx(3.4)


def test_work_over_night_counts_while_doors_are_open() -> None:
    day: list[Row] = [
        ("9", "call", "shop", "", d + h * H, d + h * H + H / 4, "")
        for d in range(3)
        for h in range(9, 17)
    ]
    log = visits_of(event_log([*day, ("x", "check", "desk", "", 16.5 * H, 1 + 9.5 * H, "")]))
    check = log.visits[log.visits["activity"] == "check"]
    assert check["minutes"].iloc[0] == pytest.approx(60.0)


def test_one_time_an_event_gives_work_by_the_same_persons_last_one() -> None:
    rows: list[Row] = [
        ("1", "call", "shop", "ann", None, 0.4, ""),
        ("1", "check", "desk", "bob", None, 0.9, ""),
        ("2", "call", "shop", "ann", None, 0.4 + H / 3, ""),
    ]
    log = visits_of(event_log(rows))
    assert log.work_from == "guessed"
    assert log.visits["minutes"].isna().tolist() == [True, True, False]
    assert log.visits["minutes"].iloc[2] == pytest.approx(20.0)


def test_later_days_of_a_turn_are_gathered() -> None:
    rows: list[Row] = [
        (str(case), "call", "shop", "", day + 0.4, day + 0.4 + H / 6, "done")
        for case in range(5)
        for day in range(4)
    ]
    log = gathered(visits_of(event_log(rows)))
    assert log.visits["activity"].tolist()[:2] == ["call", "call, later days"]
    assert log.visits["minutes"].round(6).tolist()[:2] == [10.0, 30.0]
    assert log.visits["end"].iloc[1] == pytest.approx(1.4 + H / 2)


def test_clocks_on_the_wall_by_name_and_by_offset() -> None:
    moments = pd.Series(pd.to_datetime(["2024-07-01 10:00"], utc=True))
    assert on_the_wall(moments, "Europe/Amsterdam").dt.hour.tolist() == [12]
    assert on_the_wall(moments, "+05:00").dt.hour.tolist() == [15]


def test_opening_hours_are_read_off_and_waited_for() -> None:
    hours = [8.2, 9.0, 11.0, 16.9]
    monday = pd.Timestamp("2024-01-01")
    moments = [monday + pd.Timedelta(days=d, hours=h) for d in range(5) for h in hours]
    doors = doors_of(pd.Series(moments))
    assert doors.text == "Mon-Fri 08:00-17:00"
    spans = opening_spans(doors.text)
    found = opens_at(np.array([0.5, 0.9, 4.9]), spans, 0)
    assert found.tolist() == pytest.approx([0.5, 1 + 8 * H, 7 + 8 * H])
    assert open_between(np.array([0.5]), np.array([7.5]), spans, 0)[0] == pytest.approx(5 * 9 * 60)


def test_a_quiet_day_is_a_short_one() -> None:
    monday = pd.Timestamp("2024-01-01")

    def moments(day: int, counts: dict[int, int]) -> list[pd.Timestamp]:
        return [
            monday + pd.Timedelta(days=day, hours=hour, minutes=each)
            for hour, n in counts.items()
            for each in range(n)
        ]

    # Ten hours of six on weekdays; on Sunday as long, with a fifth of them, most about noon.
    weekdays = [m for day in range(5) for m in moments(day, dict.fromkeys(range(8, 18), 6))]
    sunday = moments(6, {8: 1, 10: 1, 11: 3, 12: 5, 15: 1, 17: 1})
    needs = needs_of(pd.Series([*weekdays, *sunday]), 0.0)
    assert needs.text == "Mon-Fri 08:00-18:00, Sun 11:00-13:00"
    assert doors_of(pd.Series([*weekdays, *sunday]), 0.0).text.endswith("Sun 08:00-18:00")
    even = needs_of(pd.Series(weekdays), 0.0)
    assert even.text == "Mon-Fri 08:00-18:00" and even.outside == 0.0


def _closing(n: int, spike: float | None) -> list[Row]:
    luck = np.random.default_rng(1)
    rows: list[Row] = []
    for number in range(n):
        worked = number * 0.3 + float(luck.uniform(0, 4))
        end = worked + float(luck.uniform(1, 40))
        if spike is not None and number % 3 == 0:
            end = number * 0.3 + spike + float(luck.uniform(0, 0.9))
        rows.append((str(number), "open", "", "", None, number * 0.3, "closed"))
        rows.append((str(number), "call", "shop", "", worked, worked + 0.005, "closed"))
        rows.append((str(number), "mark", "shop", "", None, end, "closed"))
    return rows


def test_a_time_out_is_found_and_its_mark_is_no_work() -> None:
    log = visits_of(event_log(_closing(300, 30.0)))
    (found,), closed = find_time_outs(log)
    assert (found.outcome, found.since) == ("closed", BEGAN)
    assert 30.0 <= found.days <= 31.0
    assert 95 <= closed.sum() <= 115
    kept = without_closing_marks(log).visits
    assert len(log.visits) - len(kept) == closed.sum()


def test_endings_at_any_age_are_no_time_out() -> None:
    assert find_time_outs(visits_of(event_log(_closing(300, None))))[0] == []


def test_a_time_out_may_count_from_the_last_work() -> None:
    rows: list[Row] = []
    for number in range(200):
        worked = number * 0.3 + 11.0 * (number % 7)
        rows.append((str(number), "open", "", "", None, number * 0.3, "closed"))
        rows.append((str(number), "call", "shop", "", worked, worked + 0.005, "closed"))
        rows.append((str(number), "end", "", "", None, worked + 14.2, "closed"))
    (found,), _ = find_time_outs(visits_of(event_log(rows)))
    assert found.since == LAST_WORKED_ON
    assert found.days == pytest.approx(14.2, abs=0.1)


def test_cases_without_outcome_end_once_nothing_happens_for_long() -> None:
    rows: list[Row] = [
        (str(n), "call", "shop", "", n + d + 0.4, n + d + 0.41, "")
        for n in range(60)
        for d in (0, 2)
    ]
    log = with_ends(visits_of(event_log(rows)), "a log")
    assert not log.outcome_known
    assert (log.cases["outcome"] == "completed").sum() == 58


def test_a_log_in_which_no_end_can_be_told_is_refused() -> None:
    rows: list[Row] = [
        (str(n), "call", "shop", "", n + d + 0.4, n + d + 0.41, "")
        for n in range(9)
        for d in (0, 90)
    ]
    with pytest.raises(StudyError, match="no end to its cases") as refused:
        with_ends(visits_of(event_log(rows)), "a log")
    assert "--outcome-column" in str(refused.value)
