"""Rows of memory are asked for a few cases before their turn.

With many customers the rows that a tick touches are far from each other, and a fifth of a
visit's time would be waiting for them. Asked for all at once, at the start of a tick, they would
push one another out again before they are used.
"""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.prefetch import prefetch_row
from sim.state.cases import DEMAND_AT

AHEAD, FURTHER = 3, 6
"""Places in a list at which a case's customer, and before that the case itself, is asked for."""


@kernel
def look_at_first(state, slots, length, all_functions):
    """Ask for what the first cases of a list will touch."""
    for place in range(min(AHEAD, length)):
        expect_case(state, slots[place], all_functions)


@kernel
def look_ahead(state, slots, place, length, all_functions):
    """Ask for what the cases a few places later in a list will touch."""
    if place + FURTHER < length:
        prefetch_row(state.cases, int(slots[place + FURTHER]))
    if place + AHEAD < length:
        expect_case(state, slots[place + AHEAD], all_functions)


@kernel
def expect_need(state, places):
    """Ask for the customer of a need some places later in the demand table."""
    row = state.counters[DEMAND_AT] + places
    if row < len(state.demand):
        index = int(state.demand[row]["customer"])
        expect_customer(state, index)
        prefetch_row(state.expectations, index)


@kernel
def expect_case(state, slot, all_functions):
    """Ask for the customer of a case, with all functions or with the one it stands before."""
    case = state.cases[slot]
    index = case["customer"]
    if all_functions:
        expect_customer(state, index)
        return
    prefetch_row(state.customers, int(index))
    owner = max(state.touchpoints[case["touchpoint"]]["owner"], 0)
    prefetch_row(state.contacts, int(index * len(state.functions) + owner))


@kernel
def expect_customer(state, index):
    """Ask for a customer's row, what rivals offer, and the rows with each function.

    These lie two to a line of memory. One more is asked for: the last two may end in the line in
    which the next would begin.
    """
    prefetch_row(state.customers, int(index))
    if state.rules[0]["rivals"] > 0:
        prefetch_row(state.offers, int(index))
    n_functions = len(state.functions)
    for function in range(0, n_functions + 2, 2):
        prefetch_row(state.contacts, int(index * n_functions + function))
