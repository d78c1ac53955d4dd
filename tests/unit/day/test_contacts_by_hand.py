"""What is a contact, what it is felt to be, and whether the first one resolves (rule E3)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from three_customers import firm, put

from sim.day.arrive import come_back, open_case
from sim.day.judge import judge_visit
from sim.day.pipeline import advance, drop, settle_loss
from sim.day.serve import foresee
from sim.state.cases import (
    ASKED,
    BREACHED,
    BY_MACHINE,
    BY_PERSON,
    CHASED,
    ERROR,
    FOUND,
    LATENT,
    OWN_ERROR,
    SURFACED,
)
from sim.state.contacts import (
    ITS_STEP,
    NO_FAILURE,
    THE_FIRM,
    first_contact_resolves,
    leave_line,
    serve_in_person,
    served_in_person,
)
from sim.state.tallies import (
    BY_WAIT,
    CASE_AGAIN,
    CASE_AGAIN_FIRM,
    CASE_AGAIN_OWN_ERROR,
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


# --- whose doing it was that the customer came again ----------------------------------


def judged(model, slot: int, hour: float, flags: int = 0) -> None:
    """Let people work on a case for an hour, and the customer judge what came of it."""
    case = model.state.cases[slot]
    case["flags"] = flags
    case["new_effort"] = 0.0
    serve_in_person(model.state, slot, hour)
    judge_visit(model.state, slot)
    served_in_person(model.state, slot, hour + 1.0, bool(flags & ERROR))


def reasons(model) -> list[int]:
    return counted(model, CASE_AGAIN, CASE_AGAIN_OWN_ERROR, CASE_AGAIN_FIRM)


@pytest.mark.parametrize(
    ("odds", "flags", "automated", "own"),
    [
        (math.inf, 0, 0, True),
        (math.inf, ASKED, 0, True),  # it cost time and effort, and explains no error
        (0.0, 0, 0, False),  # only what is guessed, or a defect, made it
        (math.inf, 0, 1, False),
    ],
    ids=["alone", "asked", "firm", "automated"],
)
@pytest.mark.parametrize(
    ("defects", "guessed", "stale"), [(math.inf, 0, 0), (0.0, 1, 0), (0.0, 0, 1)]
)
def test_an_error_is_the_steps_own_if_it_would_have_been_made_anyway(
    odds, flags, automated, own, defects, guessed, stale
) -> None:
    model = firm()
    state = model.state
    state.rates["error_odds"], state.rates["fault"] = max(odds, 1e-12), 0.0
    state.rates["defect_odds"] = 1e300 if defects else 1.0
    state.rules["guess_odds"] = state.rules["stale_odds"] = 1e300
    slot = put(model, 0, "repair/report")
    state.touchpoints[state.cases[slot]["touchpoint"]]["automated"] = automated
    state.cases[slot]["flags"] = flags
    foresee(state, slot, guessed, stale, 0.0)
    assert state.cases[slot]["flags"] == flags | ERROR | (OWN_ERROR if own else 0)


def test_what_makes_no_error_makes_none_of_its_own() -> None:
    model = firm()
    state = model.state
    state.rates["fault"], state.rates["defect_odds"] = 0.0, 1.0
    for odds, taker in ((0.0, BY_PERSON), (math.inf, BY_MACHINE)):
        state.rates["error_odds"] = odds
        slot = put(model, 0, "repair/report")
        state.cases[slot]["machine"] = taker
        foresee(state, slot, 0, 0, 0.0)
        assert state.cases[slot]["flags"] == 0


@pytest.mark.parametrize(
    ("flags", "by"),
    [
        (0, NO_FAILURE),
        (LATENT, NO_FAILURE),  # nobody has seen it yet
        (ERROR | OWN_ERROR, ITS_STEP),
        (ERROR | OWN_ERROR | SURFACED, ITS_STEP),  # it is done again for the error
        (ERROR, THE_FIRM),
        (ASKED, THE_FIRM),
        (SURFACED, THE_FIRM),
        (BREACHED, THE_FIRM),
    ],
)
def test_a_visit_says_who_let_the_customer_down(flags, by) -> None:
    model = firm()
    slot = put(model, 0, "repair/report")
    judged(model, slot, 1.0, flags)
    assert model.state.cases[slot]["let_down_by"] == by
    assert reasons(model) == [0, 0, 0]  # nobody has come again
    judged(model, slot, 3.0)
    again = 1 if flags & ERROR else 0  # the others are still on the line
    assert reasons(model) == [again, again * (by == ITS_STEP), again * (by == THE_FIRM)]


def test_the_last_that_went_wrong_before_the_second_contact_counts_and_nothing_after_it() -> None:
    """An error of its own, then a question at a step that follows, then another live stretch."""
    model = firm()
    slot = put(model, 0, "repair/fix")
    judged(model, slot, 1.0, ERROR | OWN_ERROR)
    judged(model, slot, 2.0)  # done again by the firm, which nobody has to come for
    judged(model, slot, 3.0, ASKED)
    assert reasons(model) == [0, 0, 0]  # it was the firm that called
    stand_at(model, slot, "repair/confirm")
    judged(model, slot, 5.0, ERROR | OWN_ERROR)  # at the second contact, not before it
    judged(model, slot, 7.0)
    assert reasons(model) == [1, 0, 1]
    other = put(model, 1, "repair/fix")
    judged(model, other, 1.0, ASKED)
    judged(model, other, 2.0, ERROR | OWN_ERROR)
    stand_at(model, other, "repair/confirm")
    judged(model, other, 5.0)
    assert reasons(model) == [2, 1, 1]


def test_a_next_live_step_after_nothing_has_failed_is_nobodys_doing() -> None:
    model = firm()
    slot = put(model, 0, "repair/fix")
    judged(model, slot, 1.0)
    stand_at(model, slot, "repair/confirm")
    judged(model, slot, 3.0)
    assert reasons(model) == [1, 0, 0]


@pytest.mark.parametrize("kind", [CHASED, FOUND])
def test_a_loss_is_the_firms_doing_whoever_ends_it(kind) -> None:
    model = firm()
    slot = put(model, 0, "repair/diagnose")
    judged(model, slot, 1.0, ERROR | OWN_ERROR)
    model.state.cases[slot]["site"] = len(model.state.touchpoints)
    assert settle_loss(model.state, slot, 5.0, kind)
    assert reasons(model) == ([1, 0, 1] if kind == CHASED else [0, 0, 0])
    stand_at(model, slot, "repair/confirm")
    judged(model, slot, 7.0)
    assert reasons(model) == [1, 0, 1]


def test_whoever_comes_back_about_a_fault_does_so_for_the_firm_and_is_counted_once() -> None:
    model = firm()
    slot = put(model, 0, "repair/fix")
    judged(model, slot, 1.0, ERROR | OWN_ERROR)
    first_contact_resolves(model.state, slot)
    assert counted(model, CASE_RESOLVED) == [1]
    assert come_back(model.state, slot, 20.0)
    assert counted(model, CASE_RESOLVED) == [0]
    assert reasons(model) == [1, 0, 1]
    judged(model, slot, 21.0, ERROR | OWN_ERROR)
    assert come_back(model.state, slot, 40.0)
    judged(model, slot, 41.0)
    assert reasons(model) == [1, 0, 1]
    late = put(model, 1, "repair/fix")
    judged(model, late, 1.0)
    assert come_back(model.state, late, 2.0 + DAYS_21 + 1.0)
    assert reasons(model) == [1, 0, 1]


def test_who_first_sees_people_on_coming_back_is_counted_as_people_are_reached() -> None:
    """Until then the need is none that reached people."""
    model = firm()
    slot = put(model, 0, "repair/report")
    assert come_back(model.state, slot, 400.0)
    assert reasons(model) == [0, 0, 0]
    judged(model, slot, 401.0)
    assert counted(model, CASE_REACHED) == [1]
    assert reasons(model) == [1, 0, 1]


def test_a_new_need_in_an_old_slot_has_let_nobody_down() -> None:
    model = firm()
    slot = put(model, 0, "repair/fix")
    judged(model, slot, 1.0, ERROR)
    model.state.cases[slot]["recontact"] = 0
    open_case(model.state, slot, 9.0)
    assert model.state.cases[slot]["let_down_by"] == NO_FAILURE
