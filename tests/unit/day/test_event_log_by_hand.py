"""What the log says of events that are rare, and who is in a queue at the end: by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from three_customers import firm, place, put

from sim.day.judge import remember
from sim.day.pipeline import advance, settle_loss, settle_overdue, stay_on
from sim.day.wait import deadline, give_server, join_queue
from sim.engine.draws import DRAW_JOIN
from sim.state.cases import CHASED, FOUND, FREE, N_EVENTS, NONE, NOW, QUEUED
from sim.state.events import AUTOMATED_VISIT, CASE_CLOSED, CHASE, RECOVERY, VISIT, log_event
from sim.state.settings import EVENT

MIDDLE = 1


def logging(**parameters: float):
    """Return a firm that logs its events."""
    model = firm(**parameters)
    model.state.rules["log_events"] = 1
    model.state = replace(model.state, events=np.zeros(20, EVENT))
    return model


def logged(model, kind: int) -> tuple[int, int, int, float]:
    """Return touchpoint, detail, site and hour of the only event of a kind."""
    events = model.state.events[: model.state.counters[N_EVENTS]]
    (row,) = events[events["kind"] == kind]
    return int(row["touchpoint"]), int(row["detail"]), int(row["site"]), float(row["start"])


@pytest.mark.parametrize(("found", "kind"), [(FOUND, RECOVERY), (CHASED, CHASE)])
def test_a_case_that_was_lost_and_goes_on_is_logged_with_the_place_that_lost_it(
    found, kind
) -> None:
    model = logging()
    slot, site = put(model, 0, "repair/fix"), len(model.blueprint.touchpoint_ids)
    case = model.state.cases[slot]
    case["site"], case["tolerance"] = site, 99.0
    assert settle_loss(model.state, slot, 5.0, found)
    assert logged(model, kind) == (place(model, "repair/fix"), 0, site, 5.0)


def test_who_goes_on_with_a_neighbours_step_is_logged_as_a_visit_to_it() -> None:
    model = logging(generalist_slowdown=1.0)
    state = model.state
    slot = put(model, 0, "repair/fix", hour=0.5)
    state.counters[NOW] = 0
    give_server(state, MIDDLE, 0, float(state.rules[0]["tick_hours"]))
    assert stay_on(state, slot, 0.5, MIDDLE)
    assert logged(model, VISIT)[0] == place(model, "repair/fix")


def test_a_step_without_people_is_logged_as_a_visit_to_it() -> None:
    model = logging()
    slot = put(model, 0, "renew/remind")
    advance(model.state, slot, 2.0, 0.0)
    assert logged(model, AUTOMATED_VISIT) == (place(model, "renew/remind"), 0, NONE, 2.0)
    assert model.state.cases[slot]["worst"] == 1.0  # nobody waited for it


@pytest.mark.parametrize("answers", [True, False])
def test_how_a_journey_was_judged_stands_with_its_end(answers) -> None:
    """Standing 1, liking .6: 8 of 10; effort of an experience_scale: 1 + 4·(1 − 1/e)."""
    model = logging(survey_response=1e9 if answers else 0.0, experience_scale=2.0,
                    memory_weight=0.0)  # fmt: skip
    state, slot = model.state, put(model, 0, "repair/fix")
    state.customers[0]["standing"], state.customers[0]["liking"] = 1.0, 0.6
    state.cases[slot]["effort"] = 2.0
    log_event(state, slot, CASE_CLOSED, place(model, "repair/fix"), 0, NONE, 3.0, 3.0)
    remember(state, slot, 3.0, True)
    row = state.events[state.counters[N_EVENTS] - 1]
    assert (row["recommend"], row["surveyed"]) == (8, answers)
    assert row["effort"] == pytest.approx(1 + 4 * (1 - np.exp(-1)))


def test_at_the_end_only_who_has_lost_patience_is_dropped() -> None:
    model = firm()
    state = model.state
    slots = [put(model, customer, "repair/report") for customer in (0, 1)]
    for slot, drawn in zip(slots, (0, 2**32 - 1), strict=True):
        state.cases[slot]["due"], state.luck[slot, DRAW_JOIN, 0] = 0.0, drawn
        join_queue(state, slot)
    assert deadline(state, slots[1]) < 1.0 < deadline(state, slots[0])
    settle_overdue(state, 1.0)
    assert [int(state.cases[slot]["state"]) for slot in slots] == [QUEUED, FREE]
