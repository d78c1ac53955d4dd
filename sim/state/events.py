"""The event log: one row for whatever happens to a case, from its arrival to its end."""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.state.cases import FACTS_ABOVE, N_EVENTS, NONE, SURFACED, doer
from sim.state.customers import origin_of_fault
from sim.study.event_kinds import EVENT_KINDS

KINDS = tuple(EVENT_KINDS)
(
    ARRIVAL,
    VISIT,
    AUTOMATED_VISIT,
    SKIP,
    LOSS,
    CHASE,
    RECOVERY,
    CASE_CLOSED,
    CASE_LOST,
    CALL_BACK,
    CONTACT_ENDED,
) = range(len(KINDS))
EXITS_FROM = 100
"""A withdrawn case's detail is its exit's place counted from here; lower ones are causes."""


@kernel
def is_logged(state, slot):
    """Tell whether what happens to a case is kept: of all customers, or of those chosen."""
    if state.rules[0]["log_events"] == 0:
        return False
    return len(state.followed) == 0 or state.followed[state.cases[slot]["customer"]] == 1


@kernel
def log_event(state, slot, kind, touchpoint, detail, site, start, end):
    """Append a row to the event log, if one is kept of the customer.

    Parameters
    ----------
    kind : int
        Place in ``KINDS``.
    detail : int
        1 for an error at a visit; the exit of a completed case; the cause of a drop, or
        the exit of a withdrawn case counted from ``EXITS_FROM``; the kind of a contact.
    site : int
        Where a case was lost or dropped, -1 otherwise.
    """
    if not is_logged(state, slot):
        return
    case = state.cases[slot]
    place = state.counters[N_EVENTS]
    state.counters[N_EVENTS] += 1
    if place >= len(state.events):
        return  # counted all the same, so that the model notices
    row = state.events[place]
    row["customer"] = case["customer"]
    row["need"] = case["need"]
    row["recontact"] = case["recontact"]
    row["journey"] = case["journey"]
    row["touchpoint"] = touchpoint
    row["function"] = NONE
    if kind == VISIT:
        row["function"] = doer(state, slot)
    elif kind == CASE_LOST:
        row["function"] = case["holder"]
    row["kind"] = kind
    row["detail"] = detail
    row["site"] = site
    row["joined"] = case["joined"] if kind == VISIT else start
    row["start"] = start
    row["end"] = end
    row["contact"] = case["contact"] if case["line"] > 0 else 0
    row["cohort"] = 1 if case["cohort"] >= 0 else 0
    row["recommend"] = NONE
    row["satisfaction"] = NONE
    row["surveyed"] = 0
    row["effort"] = 0.0
    row["standing"] = state.customers[case["customer"]]["standing"]
    row["asked_again"] = 0
    row["origin"] = NONE
    if kind in (VISIT, AUTOMATED_VISIT):
        row["asked_again"] = case["flags"] >> FACTS_ABOVE
        if case["flags"] & SURFACED and case["faults"] != 0:
            row["origin"] = origin_of_fault(state, slot)


@kernel
def log_satisfaction(state, slot, satisfaction):
    """Add to the row logged last, the end of a contact, how its customer judged it, 1 to 5."""
    place = state.counters[N_EVENTS] - 1
    if is_logged(state, slot) and 0 <= place < len(state.events):
        state.events[place]["satisfaction"] = satisfaction


@kernel
def log_answers(state, slot, recommend, effort, surveyed):
    """Add to the row logged last, the end of a case, how its customer judged the journey.

    Parameters
    ----------
    recommend : int
        0 to 10.
    effort : float
        1 to 5.
    surveyed : bool
        Whether the customer answered a survey.
    """
    place = state.counters[N_EVENTS] - 1
    if not is_logged(state, slot) or place < 0 or place >= len(state.events):
        return
    row = state.events[place]
    row["recommend"] = recommend
    row["effort"] = effort
    row["surveyed"] = 1 if surveyed else 0
