"""What is a contact, what it is felt to be, and whether the first one resolves (rule E3)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from three_customers import firm, put

from sim.day.arrive import come_back
from sim.day.pipeline import advance, drop, settle_loss
from sim.state.cases import ASKED, CHASED, ERROR, FOUND
from sim.state.contacts import (
    first_contact_resolves,
    leave_line,
    serve_in_person,
    served_in_person,
)
from sim.state.tallies import (
    BY_WAIT,
    CASE_CALL_BACKS,
    CASE_CONTACTS,
    CASE_FAILURE_CONTACTS,
    CASE_REACHED,
    CASE_RESOLVED,
    CASE_SATISFIED,
    CASE_SATISFIED_OF,
)

DAYS_21 = 21 * 8.0


def counted(model, *what: int) -> list[int]:
    return [int(model.state.case_tallies[..., each].sum()) for each in what]


def visit(model, slot: int, hour: float, flags: int = 0, effort: float = 0.0) -> None:
    """Let people work on a case for an hour, at the step it stands at."""
    case = model.state.cases[slot]
    case["flags"] = flags
    serve_in_person(model.state, slot, hour)
    case["latest"] = math.exp(-effort / 3.0)
    served_in_person(model.state, slot, hour + 1.0, flags == ERROR)


def stand_at(model, slot: int, name: str) -> None:
    state = model.state
    state.cases[slot]["touchpoint"] = model.blueprint.touchpoint_ids.index(name)


def test_the_first_visit_by_people_is_the_first_contact_live_or_not() -> None:
    model = firm()
    for customer, step in ((0, "repair/report"), (1, "repair/fix")):
        slot = put(model, customer, step)
        visit(model, slot, 1.0, flags=ASKED)  # a question at it is part of it
    assert counted(model, CASE_REACHED, CASE_CONTACTS, CASE_CALL_BACKS) == [2, 2, 0]
    assert counted(model, CASE_FAILURE_CONTACTS) == [0]


def test_whoever_stays_on_the_line_is_in_the_same_contact() -> None:
    """Report is live; another live visit right after it adds none, after a deferred step one."""
    model = firm()
    slot = put(model, 0, "repair/report")
    visit(model, slot, 1.0)
    stand_at(model, slot, "repair/confirm")
    visit(model, slot, 3.0)
    assert counted(model, CASE_CONTACTS) == [1]
    stand_at(model, slot, "repair/diagnose")
    advance(model.state, slot, 5.0, 1.0)
    assert model.state.cases[slot]["first_end"] == 5.0  # here the customer left the line
    visit(model, slot, 6.0)
    assert counted(model, CASE_CONTACTS) == [1]  # the firm works on, and asks nothing
    stand_at(model, slot, "repair/confirm")
    visit(model, slot, 8.0)
    assert counted(model, CASE_CONTACTS, CASE_FAILURE_CONTACTS) == [2, 0]


def test_a_question_at_a_later_deferred_step_is_a_call_back() -> None:
    model = firm()
    slot = put(model, 0, "repair/report")
    visit(model, slot, 1.0)
    stand_at(model, slot, "repair/diagnose")
    advance(model.state, slot, 2.0, 1.0)
    visit(model, slot, 3.0, flags=ASKED)
    found = counted(model, CASE_CONTACTS, CASE_CALL_BACKS, CASE_FAILURE_CONTACTS, CASE_REACHED)
    assert found == [2, 1, 1, 1]
    first_contact_resolves(model.state, slot)
    assert counted(model, CASE_RESOLVED) == [1]  # it was the firm that called


@pytest.mark.parametrize(("step", "repeats"), [("repair/report", 1), ("repair/fix", 0)])
def test_the_repeat_of_a_live_step_is_a_contact_and_failure_demand(step, repeats) -> None:
    model = firm()
    slot = put(model, 0, step)
    visit(model, slot, 1.0, flags=ERROR)
    visit(model, slot, 3.0)
    assert counted(model, CASE_CONTACTS, CASE_FAILURE_CONTACTS) == [1 + repeats, repeats]
    first_contact_resolves(model.state, slot)
    assert counted(model, CASE_RESOLVED) == [1 - repeats]


def lost(model, chased: int, hour: float) -> int:
    slot = put(model, 0, "repair/diagnose")
    visit(model, slot, 1.0)
    state = model.state
    state.cases[slot]["site"] = len(state.touchpoints)
    state.cases[slot]["touchpoint"] = model.blueprint.touchpoint_ids.index("repair/report")
    assert settle_loss(state, slot, hour, chased)
    return slot


def test_a_chase_is_a_contact_and_whom_it_leads_to_part_of_it() -> None:
    model = firm()
    slot = lost(model, CHASED, 9.0)
    assert counted(model, CASE_CONTACTS, CASE_FAILURE_CONTACTS) == [2, 1]
    visit(model, slot, 10.0)
    assert counted(model, CASE_CONTACTS) == [2]
    quiet = firm()
    lost(quiet, FOUND, 9.0)
    assert counted(quiet, CASE_CONTACTS, CASE_FAILURE_CONTACTS) == [1, 0]


@pytest.mark.parametrize(("after", "resolved"), [(DAYS_21, 0), (DAYS_21 + 1.0, 1)])
def test_coming_again_within_21_working_days_takes_resolution_back(after, resolved) -> None:
    """The first contact ends at hour 2, and 21 days of eight hours are 168."""
    model = firm()
    slot = put(model, 0, "repair/fix")
    visit(model, slot, 1.0)
    first_contact_resolves(model.state, slot)
    assert counted(model, CASE_RESOLVED) == [1]
    assert come_back(model.state, slot, 2.0 + after)
    assert counted(model, CASE_RESOLVED) == [resolved]
    assert counted(model, CASE_CONTACTS) == [1]  # until people turn to it
    visit(model, slot, 3.0 + after)
    assert counted(model, CASE_CONTACTS, CASE_FAILURE_CONTACTS, CASE_REACHED) == [2, 1, 1]


def test_who_first_sees_people_on_coming_back_was_not_resolved_at_once() -> None:
    """A machine had sent them away: people are reached, in one contact, and it is no success."""
    model = firm()
    slot = put(model, 0, "repair/report")
    first_contact_resolves(model.state, slot)  # completed, and nobody was reached
    assert come_back(model.state, slot, 400.0)
    visit(model, slot, 401.0)
    first_contact_resolves(model.state, slot)
    assert counted(model, CASE_REACHED, CASE_CONTACTS, CASE_RESOLVED) == [1, 1, 0]


def test_what_a_contact_is_felt_to_be_adds_up_over_its_visits() -> None:
    """Efforts of .6 and .9 on a scale of 3: e^(−.2)·e^(−.3) = e^(−.5) = .607 < .625."""
    model = firm(satisfied_from=0.625)
    slot = put(model, 0, "repair/report")
    visit(model, slot, 1.0, effort=0.6)
    stand_at(model, slot, "repair/confirm")
    visit(model, slot, 3.0, effort=0.9)
    assert model.state.cases[slot]["contact_felt"] == pytest.approx(math.exp(-0.5), rel=1e-6)
    leave_line(model.state, slot, 5.0)
    assert counted(model, CASE_SATISFIED_OF, CASE_SATISFIED) == [1, 0]
    pleased = firm(satisfied_from=0.6)
    slot = put(pleased, 0, "repair/report")
    visit(pleased, slot, 1.0, effort=1.5)
    leave_line(pleased.state, slot, 2.0)
    assert counted(pleased, CASE_SATISFIED_OF, CASE_SATISFIED) == [1, 1]


def test_who_has_left_judges_no_contact_and_who_is_dropped_does() -> None:
    model = firm()
    slot = put(model, 0, "repair/report")
    visit(model, slot, 1.0)
    drop(model.state, slot, 3.0, BY_WAIT, 0, -1)
    assert counted(model, CASE_SATISFIED_OF) == [1]
    other = put(model, 1, "repair/report")
    visit(model, other, 1.0)
    model.state.customers[1]["left_at"] = np.float32(2.0)
    leave_line(model.state, other, 2.5)
    assert counted(model, CASE_SATISFIED_OF) == [1]
