"""Contacts: stretches in which a customer and people are in touch (rule E3).

A need's first visit by people, live or deferred, is its first contact. After it a contact is a
live visit, a call-back at a deferred step for a fact that is missing, a chase, or a recontact;
visits that follow without the customer leaving the line are one contact. The customer leaves it
at a deferred step, at a step that must be done again, for a reply of their own, where the case is
lost, and at its end.

What comes of a contact is counted and logged, and enters no behaviour. Nor does whose doing it
was that the customer had to come again: the step's own error, or anything else of the firm.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel
from sim.state.cases import ASKED, BREACHED, ERROR, NONE, OWN_ERROR, SURFACED
from sim.state.events import CALL_BACK, CONTACT_ENDED, log_event, log_satisfaction
from sim.state.leaving import has_left
from sim.state.tallies import (
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
    CONTACT_FELT,
    count,
    count_answer,
)
from sim.study.working_time import HOURS_PER_DAY

# What the line of a case is in: no contact, and which comes next; or one of a kind, in the order
# of `CONTACT_KINDS`, those that failure demand makes last.
RETURNING, MUST_REPEAT, OFF_LINE, FIRST, ONE_MORE, REPEAT, CHASING, CALLED_BACK, RECONTACT = range(
    -2, 7
)

NOT_AGAIN, CAME_AGAIN, RESOLVED = range(3)
"""Whether the customer came again: not so far; yes; not by the time the case was completed."""

NO_FAILURE, ITS_STEP, THE_FIRM = range(3)
"""What last let the customer down: nothing so far; an error of the step's own; else the firm."""

RESOLVED_WITHIN = 21 * HOURS_PER_DAY
"""Working hours after its first contact in which a need that is resolved brings no further one.

Thirty calendar days, the window in which SQM asks customers whether they had to call again.
"""
IN_VAIN = 0.3678794411714423
"""Experience of what took one whole patience, e^(−1)."""
MOST_CONTACTS = 32_000
"""Contacts of one need from which more are no longer numbered apart."""


@kernel
def forget_contacts(state, slot):
    """Begin a need without a contact."""
    case = state.cases[slot]
    case["line"] = OFF_LINE
    case["contact"] = 0
    case["again"] = NOT_AGAIN
    case["let_down_by"] = NO_FAILURE
    case["first_end"] = 0.0
    case["contact_felt"] = 1.0


@kernel
def comes_again(state, slot, hour):
    """Note that the customer comes again, of their own accord, if it is soon enough to count."""
    case = state.cases[slot]
    if case["contact"] > 0 and hour > np.float64(case["first_end"]) + RESOLVED_WITHIN:
        return
    if case["again"] == RESOLVED:
        count(state, slot, CASE_RESOLVED, -1)
    if case["again"] != CAME_AGAIN and case["contact"] > 0:
        count_again(state, slot)
    case["again"] = CAME_AGAIN


@kernel
def count_again(state, slot):
    """Count a need that reached people and whose customer came again, and whose doing it was."""
    case = state.cases[slot]
    count(state, slot, CASE_AGAIN, 1)
    if case["let_down_by"] == ITS_STEP:
        count(state, slot, CASE_AGAIN_OWN_ERROR, 1)
    if case["let_down_by"] == THE_FIRM:
        count(state, slot, CASE_AGAIN_FIRM, 1)


@kernel
def visit_lets_down(state, slot):
    """Note whose doing it was that a finished visit failed its customer, if it did.

    An error of the step's own is what it has to be done again for, whatever else came up at it.
    """
    case = state.cases[slot]
    if case["flags"] & OWN_ERROR:
        case["let_down_by"] = ITS_STEP
    elif case["flags"] & (ASKED | SURFACED | ERROR | BREACHED):
        case["let_down_by"] = THE_FIRM


@kernel
def firm_lets_down(state, slot):
    """Note that the firm failed its customer beyond a visit: by a loss, or a fault left behind."""
    state.cases[slot]["let_down_by"] = THE_FIRM


@kernel
def be_in_touch(state, slot, kind, hour):
    """Open a contact."""
    case = state.cases[slot]
    if case["contact"] == 0:
        count(state, slot, CASE_REACHED, 1)
        if case["again"] == CAME_AGAIN:  # people were first reached on coming back
            count_again(state, slot)
    elif kind != CALLED_BACK:
        comes_again(state, slot, hour)
    case["line"] = kind
    case["contact"] = min(case["contact"] + 1, MOST_CONTACTS)
    case["contact_felt"] = 1.0
    count(state, slot, CASE_CONTACTS, 1)
    if kind == CALLED_BACK:
        count(state, slot, CASE_CALL_BACKS, 1)
    if kind >= REPEAT:
        count(state, slot, CASE_FAILURE_CONTACTS, 1)


@kernel
def serve_in_person(state, slot, hour):
    """Let a visit by people that begins be a contact, part of one, or none."""
    case = state.cases[slot]
    live = state.touchpoints[case["touchpoint"]]["live"] == 1
    line = case["line"]
    if line > OFF_LINE:
        return
    if line == RETURNING:
        be_in_touch(state, slot, RECONTACT, hour)
    elif case["contact"] == 0:
        be_in_touch(state, slot, FIRST, hour)
    elif live:
        be_in_touch(state, slot, REPEAT if line == MUST_REPEAT else ONE_MORE, hour)
    elif case["flags"] & ASKED:
        be_in_touch(state, slot, CALLED_BACK, hour)
        log_event(state, slot, CALL_BACK, case["touchpoint"], 0, NONE, hour, hour)


@kernel
def served_in_person(state, slot, hour, must_repeat):
    """Take in a visit by people that has ended; the customer stays on the line if it was live.

    What contacts are like adds up: effort and waits of the visits of one are those of one step, so
    their experiences multiply.
    """
    case = state.cases[slot]
    if case["line"] > OFF_LINE:
        case["contact_felt"] = np.float64(case["contact_felt"]) * case["latest"]
    if must_repeat or state.touchpoints[case["touchpoint"]]["live"] == 0:
        leave_line(state, slot, hour)
        case["line"] = MUST_REPEAT if must_repeat else OFF_LINE


@kernel
def let_down_in_touch(state, slot):
    """Let a wait in vain, or a chase, count as a whole mean patience in the contact, if any."""
    case = state.cases[slot]
    if case["line"] > OFF_LINE:
        case["contact_felt"] = np.float64(case["contact_felt"]) * IN_VAIN


@kernel
def leave_line(state, slot, hour):
    """End a contact, if there is one; who is still a customer judges it."""
    case = state.cases[slot]
    kind = case["line"]
    if kind <= OFF_LINE:
        return
    if case["contact"] == 1:
        case["first_end"] = hour
    log_event(state, slot, CONTACT_ENDED, case["touchpoint"], kind, NONE, hour, hour)
    case["line"] = OFF_LINE
    if has_left(state.customers[case["customer"]], hour):
        return
    felt = np.float64(case["contact_felt"])
    satisfied = felt >= state.rules[0]["satisfied_from"]
    count(state, slot, CASE_SATISFIED_OF, 1)
    count_answer(state, slot, CONTACT_FELT, felt)
    if satisfied:
        count(state, slot, CASE_SATISFIED, 1)
    if state.rules[0]["log_events"] == 1:
        answer = int(1.0 + 4.0 * felt + 0.5)
        log_satisfaction(state, slot, max(answer, 4) if satisfied else min(answer, 3))


@kernel
def first_contact_resolves(state, slot):
    """Count a need that people were reached for and that is completed, if nobody came again."""
    case = state.cases[slot]
    if case["contact"] > 0 and case["again"] == NOT_AGAIN:
        case["again"] = RESOLVED
        count(state, slot, CASE_RESOLVED, 1)
