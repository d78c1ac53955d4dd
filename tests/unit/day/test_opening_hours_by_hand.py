"""Opening hours, worked out by hand: who is there, how long a visit lasts, what joins when."""

from __future__ import annotations

import numpy as np
import pytest
from studies import COMMITTEE, PLAIN, compact_study, open_enterprise, started
from three_customers import place, put

from sim.checks.theory import QUIET
from sim.day.pipeline import advance, after_visit, free_again, run_tick, serve_function, settle
from sim.day.wait import abandon, join_queue, next_case, note_wait
from sim.engine.draws import DRAW_ROUTE
from sim.engine.philox import spread_of
from sim.state.arrays import rules_of
from sim.state.cases import ERROR, IN_SERVICE, JOINING, NONE, NOW, QUEUED, STAYS
from sim.state.opening_hours import (
    back_again,
    in_opening_hours,
    needs_arise,
    next_opening,
    open_share,
    open_until,
    owe,
    seats,
    visit_over,
    working_hours,
)
from sim.state.tallies import FIXED
from sim.study.mechanisms import off_values
from sim.study.working_time import CLOCK_HOURS

FRONT, MIDDLE, REAR = range(3)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def at(day: int, hours: float, week: int = 0) -> float:
    """Return a moment on the clock as hours of the model."""
    return (24.0 * (7 * week + day) + hours) / CLOCK_HOURS


def clock(hour: float) -> tuple[int, float]:
    """Return hours of the model as a day since the first Monday, and an hour of it."""
    days, hours = divmod(round(float(hour) * CLOCK_HOURS, 6), 24.0)
    return int(days), hours


def open_firm(levers=PLAIN, enterprise=None, **parameters):
    """Return the compact firm: the middle is open 8 to 17, the front for longer, the rear less."""
    study = compact_study(
        levers,
        parameters=QUIET | parameters,
        market={"customers": 3, "prospects": 1},
        design={"warm_up_days": 0},
        mechanisms=off_values(),
        enterprise=enterprise or open_enterprise(),
    )
    return started(study)


@pytest.fixture(scope="module")
def kept():
    """Return a firm that no test changes."""
    return open_firm()


# --- the clock ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "day", "hours", "opens"),
    [
        (MIDDLE, MON, 0, (MON, 8)),
        (MIDDLE, MON, 8, (MON, 8)),
        (MIDDLE, MON, 12.5, (MON, 12.5)),
        (MIDDLE, MON, 17, (TUE, 8)),
        (MIDDLE, FRI, 18, (7, 8)),
        (FRONT, FRI, 21, (SAT, 9)),
        (FRONT, SAT, 13, (7, 8)),
        (REAR, THU, 16.5, (7, 10)),
        (REAR, SUN, 23.9, (7, 10)),
    ],
)
def test_a_door_opens_at_its_hour(kept, function, day, hours, opens) -> None:
    for week in (0, 3):
        found = clock(next_opening(kept.state, function, at(day, hours, week)))
        assert found == (opens[0] + 7 * week, pytest.approx(opens[1]))


def test_what_is_open_stays_as_it_is_to_the_last_bit(kept) -> None:
    for hour in (at(TUE, 9.1), at(TUE, 16.99, 200)):
        assert next_opening(kept.state, MIDDLE, hour) == hour
    opened = next_opening(kept.state, MIDDLE, at(SUN, 3, 77))
    assert next_opening(kept.state, MIDDLE, opened) == opened


def test_a_live_visit_ends_by_the_clock_and_a_deferred_one_lies_until_the_morning(kept) -> None:
    state = kept.state
    live, deferred = put(kept, 0, "repair/report"), put(kept, 1, "repair/diagnose")
    evening = at(FRI, 16.5)
    assert clock(visit_over(state, live, MIDDLE, evening, 2.0)) == (FRI, pytest.approx(18.5))
    assert clock(visit_over(state, deferred, MIDDLE, evening, 2.0)) == (7, pytest.approx(9.5))
    # Whoever went on after closing time comes so much later.
    assert clock(back_again(state, MIDDLE, evening, 2.0)) == (7, pytest.approx(7.5 + 2 * 9 / 8))
    assert in_opening_hours(state, MIDDLE, at(FRI, 14), 2.0, at(FRI, 14) + 2.0 / CLOCK_HOURS)
    assert not in_opening_hours(state, MIDDLE, evening, 2.0, at(FRI, 18.5))


def test_work_of_many_weeks_goes_by_opening_hours(kept) -> None:
    state, slot = kept.state, put(kept, 0, "repair/fix")
    # The rear is open for 24 hours a week, six a day.
    for start in (at(MON, 10), at(SUN, 5, -1)):
        over = visit_over(state, slot, REAR, start, 24.0 * 3 + 7.0)
        assert clock(over) == (3 * 7 + TUE, pytest.approx(11))


def test_opening_hours_add_up(kept) -> None:
    state, firm = kept.state, len(kept.blueprint.functions)
    assert open_until(state, REAR, at(THU, 12, 2)) * CLOCK_HOURS == pytest.approx(2 * 24 + 18 + 2)
    assert open_until(state, firm, at(SUN, 12)) * CLOCK_HOURS == pytest.approx(45)
    # 45 opening hours of the firm are a week of 40 working hours.
    assert working_hours(state, at(MON, 0), at(MON, 0, 1)) == pytest.approx(40)
    assert working_hours(state, at(FRI, 16), at(MON, 9, 1)) == pytest.approx(2 * 40 / 45)
    assert working_hours(state, at(FRI, 18), at(MON, 7, 1)) == pytest.approx(0, abs=1e-9)


def test_without_a_calendar_nothing_of_this_is_there() -> None:
    model = started(compact_study())
    state, slot = model.state, put(model, 0, "repair/fix")
    assert state.openings.size == 0
    assert next_opening(state, REAR, 3.3) == 3.3
    assert visit_over(state, slot, REAR, 3.3, 4.4) == back_again(state, REAR, 3.3, 4.4) == 3.3 + 4.4
    assert working_hours(state, 1.5, 4.0) == 2.5
    assert in_opening_hours(state, REAR, 1.0, 9.0, 0.0)
    owe(state, REAR, 5.0)
    assert not state.owed.any()
    hours = np.array([0.1, 77.7])
    assert needs_arise(model.blueprint, hours) is hours
    assert seats(model.blueprint, np.array([3, 4, 3]))[1].tolist() == [1, 1, 1]


# --- who is there ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "there", "away"),
    [
        # The front is open for 64 hours, the middle for 45, the rear for 24.
        ([1, 1, 1], [1, 1, 1], [1.6, 1.125, 1.0]),
        ([8, 9, 5], [5, 8, 5], [1.0, 1.0, 1.0]),
        ([3, 4, 3], [2, 4, 3], [2 * 1.6 / 3, 1.125, 1.0]),
    ],
)
def test_a_long_day_is_kept_in_turns(kept, people, there, away) -> None:
    found = seats(kept.blueprint, np.array(people))
    assert found[0].tolist() == there
    assert found[1] == pytest.approx(away)
    # Hours that all of them have in a week are those of their people.
    open_hours = np.array([64, 45, 24])
    paid = np.minimum(open_hours, 40) * people
    assert found[0] * open_hours / found[1] == pytest.approx(paid)
    assert open_share(kept.blueprint).tolist() == [1, 1, 0.6]


def test_the_line_sits_where_the_state_says(kept) -> None:
    assert kept.state.functions["servers"].tolist() == [2, 4, 3]
    assert kept.state.functions["away"] == pytest.approx([2 * 1.6 / 3, 1.125, 1.0])
    assert len(kept.state.servers) == 9
    model = open_firm()
    vars(model.organisation)["servers"] = np.array([8, 9, 5])
    vars(model.organisation).pop("seats", None)
    model.seat()
    assert model.state.functions["servers"].tolist() == [5, 8, 5]
    assert model.state.functions["away"].tolist() == [1, 1, 1]


def test_minutes_on_the_line_are_minutes_and_steps_are_as_long(kept) -> None:
    rules, usual = kept.state.rules[0], rules_of(compact_study(parameters=QUIET), False)[0]
    assert rules["patience_live_hours"] * CLOCK_HOURS == pytest.approx(usual["patience_live_hours"])
    assert rules["patience_deferred_hours"] == usual["patience_deferred_hours"]
    assert rules["tick_hours"] * CLOCK_HOURS == pytest.approx(usual["tick_hours"])
    assert (rules["clock"], usual["clock"]) == (CLOCK_HOURS, 1.0)
    assert kept.last_tick == 70 // 5 * 168
    assert kept.window_ticks == (0, 12 * 168)


# --- needs ----------------------------------------------------------------------------


def test_needs_keep_their_order_and_are_spread_over_their_hours(kept) -> None:
    drawn = np.sort(np.random.default_rng(5).uniform(0, 400, 5000))
    moved = needs_arise(kept.blueprint, drawn)  # from 7:00 to 23:00
    assert (np.diff(moved) >= 0).all()
    assert (np.floor(moved / 40) == np.floor(drawn / 40)).all()
    hours = (moved * CLOCK_HOURS) % 24
    assert ((hours > 7 - 1e-6) & (hours < 23 + 1e-6)).all()
    assert np.histogram(hours, 8, (7, 23))[0] == pytest.approx(625, rel=0.15)
    # Half a week as drawn is half of its hours: Thursday at three.
    middle = needs_arise(kept.blueprint, np.array([20.0, 0.0]))
    assert [clock(hour) for hour in middle] == [(THU, pytest.approx(15)), (MON, pytest.approx(7))]


# --- the tick -------------------------------------------------------------------------


def test_what_arises_at_night_joins_as_the_door_opens() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/diagnose")
    case = state.cases[slot]
    assert advance(state, slot, at(FRI, 16.5), 0.0)
    assert clock(case["due"]) == (FRI, pytest.approx(16.5))
    assert advance(state, slot, at(FRI, 16.5), 1.0 / CLOCK_HOURS)  # handed over to the weekend
    assert clock(case["due"]) == (7, 8)
    assert case["state"] == JOINING


def test_a_need_of_the_night_is_put_off_and_one_of_the_day_joins_at_once() -> None:
    model = open_firm()
    for hour, joined in ((at(MON, 7.5), None), (at(MON, 9.25), (MON, 9.25))):
        state = model.state
        state.demand["time"] = 1e9
        state.demand["time"][0], state.demand["customer"][0] = hour, 0
        repair = model.blueprint.journeys.index("repair")
        state.demand["journey"][0], state.demand["need"][0] = repair, 0
        state.counters[:] = [0, 0, 0, 0, 0, 0, len(state.free), 0, 0, 0]
        state.cases["state"], state.wheel[:], state.queues[:] = 0, NONE, NONE
        state.servers[:] = 1e9
        run_tick(state, int(hour * CLOCK_HOURS), 1)
        (slot,) = np.flatnonzero(state.cases["state"])
        if joined is None:
            assert state.cases[slot]["state"] == JOINING
            assert clock(state.cases[slot]["due"]) == (MON, 8)
        else:
            assert state.cases[slot]["state"] == QUEUED
            assert clock(state.cases[slot]["joined"]) == (joined[0], pytest.approx(joined[1]))


def test_nobody_turns_to_a_case_before_the_door_opens() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/diagnose")
    state.cases[slot]["due"] = at(THU, 16.9)
    join_queue(state, slot)
    state.servers[:] = at(THU, 20)  # back from overtime, when the door is shut
    assert next_case(state, MIDDLE, at(FRI, 8)) == (NONE, 0.0)
    head, start = next_case(state, MIDDLE, at(FRI, 9))
    assert (head, clock(start)) == (slot, (FRI, 8))


def test_a_visit_goes_over_night_and_its_server_with_it() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/diagnose")
    step = state.touchpoints[place(model, "repair/diagnose")]
    step["hours"], step["spread"], step["owner"] = 1.5, spread_of(0), MIDDLE
    state.functions["slowness"] = 1.0
    state.cases[slot]["due"] = at(THU, 16.5)
    join_queue(state, slot)
    tick = int(at(THU, 16.5) * CLOCK_HOURS)
    state.counters[NOW] = tick
    assert serve_function(state, MIDDLE, tick, 0) == 0
    assert state.cases[slot]["state"] == IN_SERVICE
    assert clock(state.cases[slot]["due"]) == (FRI, pytest.approx(9))
    first = state.functions[MIDDLE]["first_server"]
    free = max(state.servers[first : first + 4])
    assert clock(free) == (FRI, pytest.approx(8 + 1.5 * 9 / 8 - 0.5))
    assert state.busy[MIDDLE] == int(1.5 * FIXED)  # hours of work, whatever the clock says


def test_a_step_to_be_done_again_waits_for_the_door_as_well() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/diagnose")
    case = state.cases[slot]
    case["flags"], case["due"] = ERROR, at(TUE, 16.75)
    state.counters[NOW] = int(at(TUE, 16.75) * CLOCK_HOURS)
    assert not after_visit(state, slot, at(TUE, 16.75))
    assert (case["state"], clock(case["due"])) == (JOINING, (WED, 8))


def test_a_found_case_joins_as_the_door_opens() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/fix")
    case = state.cases[slot]
    case["state"], case["site"], case["seam"] = 6, len(state.touchpoints), 0  # found by the firm
    case["due"] = at(SAT, 3)
    state.counters[NOW] = int(at(SAT, 3) * CLOCK_HOURS)
    settle(state, slot)
    assert (case["state"], clock(case["due"])) == (JOINING, (7, 10))


def test_waits_that_management_reads_are_hours_on_the_clock() -> None:
    model = open_firm()
    state, slot = model.state, put(model, 0, "repair/diagnose")
    state.rules["soft"] = 1
    state.cases[slot]["joined"] = at(MON, 9)
    note_wait(state, slot, at(MON, 11))
    assert state.waited[place(model, "repair/diagnose"), 0] / FIXED == pytest.approx(2, abs=1e-5)
    abandon(state, slot, at(MON, 11))  # and what a wait in vain was like needs no clock


# --- going on with a neighbour's step --------------------------------------------------


def test_nobody_goes_on_after_closing_time_and_who_does_is_away_later() -> None:
    model = open_firm(COMMITTEE | {"staffing": {}, "placement": {}}, generalist_slowdown=1.5)
    state = model.state
    state.functions["goes_on"] = 1.0
    state.rates["lent"][place(model, "repair/fix")] = 1
    slot = put(model, 0, "repair/diagnose")
    case = state.cases[slot]
    case["note"] = model.blueprint.mask(["identity", "intent"])
    state.luck[slot, DRAW_ROUTE, 0] = 0
    tick = int(at(MON, 9) * CLOCK_HOURS)
    held = free_again(state, slot, MIDDLE, at(MON, 9), 0.5, tick)
    assert clock(held) == (MON, 10)  # with the tick in which the visit ends
    assert case["flags"] & STAYS
    away = state.functions[MIDDLE]["away"] - 1.0
    assert away == pytest.approx(0.125)
    assert state.owed[MIDDLE] * CLOCK_HOURS == pytest.approx(0.5 * away)
    free = back_again(state, MIDDLE, at(MON, 9.5), 1.0)
    assert clock(free) == (MON, pytest.approx(9.5 + 1.0 + 1.5 * away))
    assert state.owed[MIDDLE] == 0.0
    # A live visit that lasts until after five is the day's last.
    case["flags"] = 0
    state.touchpoints[place(model, "repair/diagnose")]["live"] = 1
    free = free_again(state, slot, MIDDLE, at(MON, 16.5), 1.0, int(at(MON, 16.5) * CLOCK_HOURS))
    assert clock(free)[0] == TUE
    assert not case["flags"] & STAYS
    assert state.owed[MIDDLE] == 0.0
