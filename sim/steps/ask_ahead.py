"""The rows of customers whom a tick will touch are asked for before they are needed."""

from __future__ import annotations

from sim.cases import DEMAND_AT
from sim.compiled import kernel
from sim.prefetch import prefetch_row


@kernel
def ask_ahead(state, n_joining, n_ending, n_new):
    """Ask for the rows of all customers whom the tick will touch."""
    for place in range(n_joining):
        expect_case(state, state.joining[place])
    for place in range(n_ending):
        expect_case(state, state.ending[place])
    first = state.counters[DEMAND_AT]
    for row in range(first, first + n_new):
        expect_customer(state, state.demand[row]["customer"])


@kernel
def expect_case(state, slot):
    """Ask for what the next step of a case will touch."""
    expect_customer(state, state.cases[slot]["customer"])


@kernel
def expect_customer(state, index):
    """Ask for a customer's row and for those with each function, two to a line of memory.

    One more is asked for: the last two may end in the line in which the next would begin.
    """
    prefetch_row(state.customers, int(index))
    n_functions = len(state.functions)
    for function in range(0, n_functions + 2, 2):
        prefetch_row(state.contacts, int(index * n_functions + function))
