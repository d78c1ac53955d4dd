"""Servers as a heap, queues, and the calendar of what is due (rule M4)."""

from __future__ import annotations

import heapq
import math
from dataclasses import fields

import numba
import numpy as np
import pytest
from studies import PLAIN, compact_study
from three_customers import firm, put, waits

from sim.day.wait import (
    DEFERRED,
    LIVE,
    deadline,
    foresee_abandonment,
    hold_server,
    join_queue,
    mean_patience,
    next_case,
)
from sim.engine.draws import DRAW_JOIN
from sim.state.arrays import State, rules_of
from sim.state.calendar import WHEEL, due_now, in_calendar, sort_by_time
from sim.state.cases import AWAY, IN_SERVICE, JOINING, NONE, NOW, QUEUED, give_back, take_slot
from sim.state.tallies import FIXED, QUEUE_FORESEEN

FRONT, MIDDLE = 0, 1


def with_servers(free_at: list[float], function: int = MIDDLE):
    """Return the firm with a function whose servers are free at given hours, a heap."""
    model = firm()
    state = model.state
    first = int(state.functions[function]["first_server"])
    assert int(state.functions[function]["servers"]) == len(free_at)
    state.servers[first : first + len(free_at)] = free_at
    return model, state.servers[first : first + len(free_at)]


def test_the_earliest_server_is_always_on_top_of_the_heap() -> None:
    model, servers = with_servers([0.0, 0.0, 0.0, 0.0])
    mirror = [0.0] * 4
    rng = np.random.default_rng(1)
    for _ in range(200):
        until = float(servers[0] + rng.exponential())
        hold_server(model.state, MIDDLE, until)
        assert heapq.heapreplace(mirror, until) <= until
        assert servers[0] == mirror[0]
        assert sorted(servers) == sorted(mirror)


class Interrupted(State):
    """A state at which an interrupt arrives while its address is looked up."""

    def __getattribute__(self, name: str):
        if name == "table_address":
            raise KeyboardInterrupt
        return super().__getattribute__(name)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="plain Python looks no address up")
def test_an_interrupt_at_the_door_of_compiled_code_stays_an_interrupt() -> None:
    state = firm().state
    arrays = {field.name: getattr(state, field.name) for field in fields(State)}
    with pytest.raises(KeyboardInterrupt):
        take_slot(Interrupted(**arrays))


def test_one_function_does_not_touch_the_servers_of_another() -> None:
    model, _ = with_servers([0.0, 0.0, 0.0, 0.0])
    hold_server(model.state, MIDDLE, 5.0)
    front, middle, rear = np.split(model.state.servers, [3, 7])
    assert sorted(middle) == [0, 0, 0, 5]
    assert not front.any()
    assert not rear.any()


def queued(model, *cases: tuple[int, str, float]) -> list[int]:
    """Put cases (customer, touchpoint, hour) into their queues in the given order."""
    slots = []
    for customer, touchpoint, hour in cases:
        slots.append(put(model, customer, touchpoint, hour))
        join_queue(model.state, slots[-1])
    return slots


def test_a_free_server_turns_to_the_live_case_unless_only_a_deferred_one_has_joined() -> None:
    model = firm()
    model.state.touchpoints["live"][model.blueprint.touchpoint_ids.index("repair/confirm")] = 0
    first, second, third = queued(
        model, (0, "repair/confirm", 1.0), (1, "join/consult", 1.5), (2, "join/consult", 1.6)
    )
    state = model.state
    state.servers[:3] = 1.2
    assert next_case(state, FRONT, 8.0) == (first, 1.2)  # the live ones have not joined yet
    state.servers[:3] = 2.0
    assert next_case(state, FRONT, 8.0) == (second, 2.0)
    assert next_case(state, FRONT, 8.0) == (third, 2.0)
    assert next_case(state, FRONT, 8.0) == (NONE, 0.0)
    assert np.all(state.queues == NONE)


def test_live_overtakes_deferred_that_joined_earlier() -> None:
    model = firm()
    model.state.touchpoints["live"][model.blueprint.touchpoint_ids.index("repair/confirm")] = 0
    letter, call = queued(model, (0, "repair/confirm", 1.0), (1, "join/consult", 1.5))
    model.state.servers[:3] = 3.0
    assert next_case(model.state, FRONT, 8.0) == (call, 3.0)
    assert next_case(model.state, FRONT, 8.0) == (letter, 3.0)


def test_nobody_is_turned_to_after_the_tick_ends() -> None:
    model = firm()
    (slot,) = queued(model, (0, "join/consult", 1.0))
    model.state.servers[:3] = 2.0
    assert next_case(model.state, FRONT, 2.0) == (NONE, 0.0)
    assert model.state.queues[FRONT, LIVE].tolist() == [slot, slot]
    assert next_case(model.state, FRONT, 2.5) == (slot, 2.0)


def test_patience_is_drawn_on_joining_and_scaled_by_segment_and_standing() -> None:
    model = firm(patience_live_hours=2.0, patience_deferred_hours=30.0, patience_standing_slope=1.0)
    state = model.state
    state.segments[0]["patience"] = 0.5
    live, deferred = queued(model, (0, "join/consult", 3.0), (1, "join/sign", 4.0))
    assert mean_patience(state, live) == 2.0
    assert mean_patience(state, deferred) == 30.0
    for slot, mean, joined in ((live, 2.0, 3.0), (deferred, 30.0, 4.0)):
        case = state.cases[slot]
        assert case["joined"] == joined
        assert case["state"] == QUEUED
        assert deadline(state, slot) == joined + mean * 0.5 * waits(model, DRAW_JOIN, slot, 0)
    assert state.queues[FRONT, LIVE, 0] == live
    assert state.queues[MIDDLE, DEFERRED, 0] == deferred
    assert (state.queues != NONE).sum() == 4
    # A customer with much good experience waits longer: S = (8 + 1.2)/(8 + 2) = .92, a = .6.
    state.contacts[2 * 3 + FRONT]["kept"] = 8.0
    (loyal,) = queued(model, (2, "join/consult", 3.0))
    expected = 2.0 * 0.5 * np.exp(0.92 - 0.6) * waits(model, DRAW_JOIN, loyal, 0)
    assert deadline(state, loyal) - 3.0 == pytest.approx(expected, rel=1e-12)


def test_measured_patience_is_a_weibull_on_live_lines_alone() -> None:
    model = firm(patience_live_hours=2.0, patience_deferred_hours=30.0)
    rules = model.state.rules[0]
    live, letter = queued(model, (0, "join/consult", 3.0), (1, "join/sign", 4.0))
    rules["patience_power"], rules["patience_unit"] = 2.0, 0.5  # shape 1/2, mean 1/gamma(3)
    drawn = waits(model, DRAW_JOIN, live, 0)
    assert deadline(model.state, live) - 3.0 == pytest.approx(2.0 * 0.5 * drawn**2, rel=1e-12)
    assert deadline(model.state, letter) == 4.0 + 30.0 * waits(model, DRAW_JOIN, letter, 0)
    # Of those with this patience, who would have given up in an hour: 1 - e^-(t/(m u))^k.
    foresee_abandonment(model.state, live, 4.0)
    foresee_abandonment(model.state, letter, 34.0)
    counted = model.state.queue_tallies[:, QUEUE_FORESEEN] / FIXED
    assert counted[counted > 0] == pytest.approx([1 - np.exp(-1.0), 1 - np.exp(-1.0)], abs=1e-6)


def test_the_measured_shape_gives_what_was_measured() -> None:
    """Shares of callers of a bank who still held the line; mean patience as registered."""
    study = compact_study(PLAIN, mechanisms={"patience": "measured"})
    rules = rules_of(study, log_events=False)[0]
    mean, power, unit = (
        rules[n] for n in ("patience_live_hours", "patience_power", "patience_unit")
    )
    for seconds, share in ((30, 0.91), (60, 0.83), (120, 0.73), (300, 0.52)):
        risk = (seconds / 3600.0 / (mean * unit)) ** (1.0 / power)
        assert math.exp(-risk) == pytest.approx(share, abs=0.06)  # the mean is fitted to all
    assert rules_of(compact_study(PLAIN), log_events=False)[0]["patience_power"] == 1.0


# --- the calendar -------------------------------------------------------------------


@pytest.mark.parametrize("ticks_away", [1, 2, WHEEL - 1, WHEEL, WHEEL + 1, 3000])
def test_an_event_comes_back_at_its_tick_however_far_away(ticks_away) -> None:
    model = firm()
    state = model.state
    state.counters[NOW] = 10
    slot, other = put(model, 0, "repair/fix"), put(model, 1, "repair/fix")
    state.cases["state"][[slot, other]] = IN_SERVICE, JOINING
    in_calendar(state, slot, 10.0 + ticks_away + 0.25)
    in_calendar(state, other, 10.0 + ticks_away + WHEEL + 0.5)  # one turn of the wheel later
    came_back = {}
    for tick in range(11, 11 + ticks_away + WHEEL):
        state.counters[NOW] = tick
        n_joining, n_ending = due_now(state, tick)
        for found in (*state.joining[:n_joining], *state.ending[:n_ending]):
            came_back[int(found)] = tick
        assert n_joining == (tick == 10 + ticks_away + WHEEL)
        assert n_ending == (tick == 10 + ticks_away)
    assert came_back == {slot: 10 + ticks_away, other: 10 + ticks_away + WHEEL}
    assert np.all(state.wheel == NONE)


def test_what_is_due_within_the_tick_being_worked_comes_at_the_next() -> None:
    model = firm()
    state = model.state
    state.counters[NOW] = 10
    slot = put(model, 0, "repair/fix")
    state.cases[slot]["state"] = AWAY
    in_calendar(state, slot, 10.25)
    assert due_now(state, 10) == (0, 0)
    assert due_now(state, 11) == (0, 1)
    assert state.ending[0] == slot


def test_slots_are_taken_and_given_back() -> None:
    state = firm().state
    one, other = int(take_slot(state)), int(take_slot(state))
    assert one != other
    give_back(state, one)
    assert int(take_slot(state)) == one


@pytest.mark.parametrize("length", [0, 1, 2, 3, 7, 8, 100])
def test_slots_are_sorted_by_time_then_by_named_draw(length) -> None:
    state = firm().state
    rng = np.random.default_rng(length)
    state.cases["due"][:length] = rng.integers(0, 10, length) / 3.0
    state.cases["tie"][:length] = rng.integers(0, 5, length)
    slots = rng.permutation(length).astype(np.int32)
    state.joining[:length] = slots
    sort_by_time(state, state.joining, length)
    due, tie = state.cases["due"], state.cases["tie"]
    expected = sorted(slots.tolist(), key=lambda slot: (due[slot], tie[slot], slot))
    assert state.joining[:length].tolist() == expected
