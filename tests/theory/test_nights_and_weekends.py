"""Nights and weekends by closed forms: who waits for the morning, how long, at whose cost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.checks.theory import ERLANG_A, finished, tiny_study
from sim.model import EnterpriseModel
from sim.results.event_table import event_table
from sim.results.measures import measures
from sim.state.tallies import BY_WAIT, CASE_NEEDS, FIXED, TOUCH_WAIT
from sim.study.opening import MINUTES_PER_WEEK, opening_spans
from sim.study.study import Study
from sim.study.working_time import (
    CLOCK_HOURS,
    CLOCK_HOURS_PER_WEEK,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
)

PLENTY = 400
STANDARD_ERRORS = 4.0


def desk(
    calendar: dict[str, str] | None,
    a_year: float,
    *,
    customers: int = 2000,
    days: int = 260,
    heads: int = PLENTY,
    patience: float = 1e9,
    **step: Any,
) -> Study:
    """Return a study of one desk that answers needs; work takes six minutes unless it is given."""
    answer = {"owner": "desk", "mode": "live", "minutes": 6, "next": {"completed": 1}} | step
    firm: dict[str, Any] = {
        "functions": {"desk": {"heads": heads}},
        "journeys": {"call": {"start": "answer", "touchpoints": {"answer": answer}}},
    }
    return tiny_study(
        firm | ({} if calendar is None else {"calendar": calendar}),
        {
            "customers": customers,
            "segments": {"all": {"share": 1, "needs_per_year": {"call": a_year}}},
        },
        design={"horizon_days": days, "warm_up_days": 10, "follow_up_days": 10},
        parameters={"patience_live_hours": patience},
    )


def delays(study: Study) -> pd.Series:
    """Return how long each need waited until somebody turned to it, hours on the clock."""
    model = EnterpriseModel(study, study.organisations[0], log_events=True)
    model.run_model()
    log = event_table(model).set_index("case:concept:name")
    arrived = log[log["kind"] == "arrival"]["start_hour"]
    found = (log[log["kind"] == "visit"]["start_hour"] - arrived).dropna()
    model.release()
    return found * CLOCK_HOURS


def waits_by_minute(hours: str, needs: str) -> np.ndarray:
    """Return how long whoever turns up in each minute of `needs` waits until `hours` begin, hours.

    By walking through a week, minute by minute, backwards: no rule of the model is asked.
    """
    is_open, is_asked = (np.zeros(MINUTES_PER_WEEK, bool) for _ in range(2))
    for minutes, text in ((is_open, hours), (is_asked, needs)):
        for opens, shuts in opening_spans(text):
            minutes[opens:shuts] = True
    waits, until = np.zeros(MINUTES_PER_WEEK), math.inf
    for minute in [*range(MINUTES_PER_WEEK)][::-1] * 2:  # twice, for Sunday night ends on Monday
        until = 0.0 if is_open[minute] else until + 1.0
        waits[minute] = max(until - 0.5, 0.0) / 60.0
    return waits[is_asked]


@pytest.mark.parametrize(
    ("hours", "needs"),
    [
        ("Mon-Fri 09:00-17:00", "always"),
        ("Mon-Fri 08:00-17:00, Sat 09:00-13:00", "Mon-Sun 07:00-23:00"),
        ("Mon-Sun 06:00-24:00", "Mon-Fri 18:00-24:00, Sat 00:00-04:00"),
    ],
)
def test_those_who_wait_for_the_morning_are_the_closed_share_and_wait_for_the_rest_of_the_night(
    hours: str, needs: str
) -> None:
    """With people enough a need waits for nothing but the door, until it opens."""
    found = delays(desk({"open": hours, "needs": needs}, a_year=12))
    waits = waits_by_minute(hours, needs)
    share = float((waits > 0.0).mean())
    waited = (found > 1e-6).mean()
    assert waited == pytest.approx(
        share, abs=STANDARD_ERRORS * math.sqrt(share * (1 - share) / len(found))
    )
    error = STANDARD_ERRORS * waits.std() / math.sqrt(len(found))
    assert found.mean() == pytest.approx(waits.mean(), abs=error)


def test_a_gap_of_g_hours_makes_needs_wait_for_g_squared_over_two_weeks_each() -> None:
    """E[wait] = Σ g²/(2 · 168) over the gaps: four nights of 16 hours and a weekend of 64."""
    expected = (4 * 16**2 + 64**2) / (2 * CLOCK_HOURS_PER_WEEK)
    found = delays(desk({"open": "Mon-Fri 09:00-17:00"}, a_year=12))
    error = STANDARD_ERRORS * found.std() / math.sqrt(len(found))
    assert found.mean() == pytest.approx(expected, abs=error)


def test_a_door_that_is_always_open_is_a_queue_on_the_clock() -> None:
    """42 people of 40 hours are ten at a time all week: Erlang-A with rates on the clock."""
    rates, expected = next(iter(ERLANG_A.items()))
    arrivals, served, servers, impatience = rates
    customers = 2000
    study = desk(
        {"open": "always"},
        arrivals * CLOCK_HOURS * HOURS_PER_YEAR / customers,
        customers=customers,
        days=1300,
        heads=round(servers * CLOCK_HOURS),
        minutes=60 / served,
        patience=1 / impatience,
    )
    model = finished(study)
    assert model.state.functions["servers"].tolist() == [servers]
    assert model.state.functions["away"].tolist() == [1.0]
    joined = float(model.state.case_tallies[..., CASE_NEEDS].sum())
    abandoned = float(model.state.drop_tallies[0, BY_WAIT]) / joined
    waited = float(model.state.touch_tallies[0, TOUCH_WAIT]) / FIXED / joined * CLOCK_HOURS
    model.release()
    assert abandoned == pytest.approx(expected[0], rel=0.05)
    assert waited == pytest.approx(expected[1], rel=0.05)


@pytest.mark.parametrize("mode", ["live", "deferred"])
@pytest.mark.parametrize(
    ("hours", "served"),
    [
        ("Mon-Fri 09:00-17:00", 40),
        ("Mon-Fri 09:00-13:00", 20),
        ("Mon-Sat 08:00-20:00", 40),
        ("Mon-Sun 06:00-22:00", 40),
        ("always", 40),
    ],
)
def test_nobody_has_more_hours_because_the_door_is_open_for_longer(
    hours: str, served: float, mode: str
) -> None:
    """With more to do than can be done a head serves for 40 hours a week, or for all it is open."""
    calendar = {"open": hours}
    study = desk(
        calendar, 120, customers=300, days=130, heads=3, patience=100, minutes=60, mode=mode
    )
    model = finished(study)
    weeks = study.design.horizon_days * 8 / HOURS_PER_WEEK
    # A visit's hours count when it begins: of one in hand some lie after the window.
    assert model.busy_hours[0] / weeks / 3 == pytest.approx(served, rel=0.01)
    model.release()


def test_days_on_the_clock_without_a_calendar_are_working_days_by_seven_to_five() -> None:
    table = measures(finished(desk(None, 12, customers=100)))
    by_name = table.set_index(["measure", "scope", "scope_id"])["value"]
    clock, working = by_name["clock_days_to_complete"], by_name["days_to_complete"]
    assert len(clock) == len(working) > 3
    assert clock.to_numpy() == pytest.approx(working.to_numpy() * 7 / 5, rel=1e-12)


def test_days_to_complete_are_opening_hours_and_calendar_days_have_nights_in_them() -> None:
    """Who comes at any hour waits for nights and weekends, 15.2 hours, and for no working hour."""
    model = finished(desk({"open": "Mon-Fri 09:00-17:00"}, 12, variation=0))
    table = measures(model)
    model.release()
    whole = table[table["scope"] == "overall"].set_index("measure")["value"]
    # Who comes in the last six minutes is served after closing time, which is no working hour.
    assert whole["days_to_complete"] == pytest.approx(0.1 / 8, rel=5e-3)
    nights = (4 * 16**2 + 64**2) / (2 * CLOCK_HOURS_PER_WEEK)
    assert whole["clock_days_to_complete"] == pytest.approx((nights + 0.1) / 24, rel=0.03)


def test_replies_run_on_through_the_night() -> None:
    """A reply of 40 working hours on average is a week on the clock, and a limit of 40 is one too.

    The second step is there to be joined at once, day and night, so that only the reply takes
    time: it is exponential, and e⁻¹ of the customers take longer than the limit.
    """
    firm: dict[str, Any] = {
        "functions": {"desk": {"heads": PLENTY, "open": "always"}},
        "calendar": {"open": "Mon-Fri 09:00-17:00"},
        "journeys": {
            "ask": {
                "start": "send",
                "exits": {"late": "withdrawn"},
                "touchpoints": {
                    "send": {
                        "owner": "nobody",
                        "automated": True,
                        "reply": {"hours": 40, "limit_hours": 40, "limit_exit": "late"},
                        "next": {"take": 1},
                    },
                    "take": {"owner": "desk", "minutes": 0.01, "next": {"completed": 1}},
                },
            }
        },
    }
    study = tiny_study(
        firm,
        {"customers": 2000, "segments": {"all": {"share": 1, "needs_per_year": {"ask": 6}}}},
        design={"horizon_days": 260, "warm_up_days": 10, "follow_up_days": 65},
    )
    model = EnterpriseModel(study, study.organisations[0], log_events=True)
    model.run_model()
    log = event_table(model)
    model.release()
    ended = log[log["in_cohort"] & log["kind"].isin(["completed", "dropped"])]
    late = (ended["detail"] == "late").mean()
    expected = math.exp(-1.0)
    error = STANDARD_ERRORS * math.sqrt(expected * (1 - expected) / len(ended))
    assert late == pytest.approx(expected, abs=error)
    begun = log[log["kind"] == "arrival"].set_index("case:concept:name")["start_hour"]
    took = (ended.set_index("case:concept:name")["end_hour"] - begun).dropna()
    # Of an exponential cut at its mean: 1 − e⁻¹ of it passes on average.
    assert took.mean() == pytest.approx(HOURS_PER_WEEK * (1 - expected), rel=0.02)


def test_longer_hours_shorten_nights_and_are_kept_by_the_same_people() -> None:
    """Twice the hours: nights are shorter, half as many are there, and no more is served."""
    found = {}
    for hours in ("Mon-Fri 09:00-17:00", "Mon-Fri 06:00-22:00"):
        study = desk(
            {"open": hours}, 12, customers=1500, heads=8, minutes=30, mode="deferred", days=520
        )
        model = finished(study)
        table = measures(model)
        whole = table[table["scope"] == "overall"].set_index("measure")["value"]
        found[hours] = (
            int(model.state.functions["servers"][0]),
            float(whole["clock_days_to_complete"]),
            float(model.busy_hours[0]),
        )
        model.release()
    short, long = found.values()
    assert (short[0], long[0]) == (8, 4)
    nights = [(4 * (24 - each) ** 2 + (72 - each) ** 2) / 336 / 24 for each in (8, 16)]
    # What is left beside nights is the queue of a morning, which half as many work off.
    assert long[1] - nights[1] > short[1] - nights[0] > 0
    assert long[1] < short[1]
    assert long[2] == pytest.approx(short[2], rel=0.01)
