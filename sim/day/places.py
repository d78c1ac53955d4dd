"""Places of the day at which an extension may have a rule of its own; here nothing happens.

Each is a compiled rule of (state, slot, hour). ``sim.day.own_rules`` builds a day in which an
extension's rules stand instead.
"""

from __future__ import annotations

from sim.engine.compiled import kernel


@kernel
def case_begins(state, slot, hour):
    """Do nothing as a case has been opened, or has come back, and stands before a step."""
    return


@kernel
def visit_begins(state, slot, hour):
    """Do nothing as somebody, or a machine, turns to a case, before facts are brought together."""
    return


@kernel
def visit_ends(state, slot, hour):
    """Do nothing as a visit has taken effect and the customer has judged it."""
    return


@kernel
def case_completes(state, slot, hour):
    """Do nothing as a case is about to be closed as completed."""
    return


@kernel
def case_drops(state, slot, hour):
    """Do nothing as a case is about to be closed as dropped."""
    return
