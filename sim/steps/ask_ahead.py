"""The rows of customers whom a tick will touch are asked for before they are needed."""

from __future__ import annotations

from sim.cases import DEMAND_AT
from sim.compiled import kernel
from sim.prefetch import prefetch_row


@kernel
def ask_ahead(state, n_joining, n_ending, n_new):
    """Ask for the rows of all customers whom the tick will touch."""
    for place in range(n_joining):
        expect_customer(state, int(state.cases[state.joining[place]]["customer"]))
    for place in range(n_ending):
        expect_customer(state, int(state.cases[state.ending[place]]["customer"]))
    first = state.counters[DEMAND_AT]
    for row in range(first, first + n_new):
        expect_customer(state, int(state.demand_customer[row]))


@kernel
def expect_customer(state, index):
    """Ask for a customer's row and for the rows with each function."""
    n_functions = len(state.functions)
    prefetch_row(state.customers, index)
    for function in range(n_functions):
        prefetch_row(state.contacts, index * n_functions + function)
