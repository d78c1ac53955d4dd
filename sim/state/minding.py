"""An account owner minds a hand-off of a customer's case, and remembers (rule E8)."""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_MIND, DRAW_OUTDATED, DRAW_REMEMBER
from sim.engine.philox import uniform
from sim.engine.which_draw import block_of_visit, facts_of_visit
from sim.state.customers import hazard_of_staleness


@kernel
def minded(state, slot):
    """Draw whether somebody minds the hand-off of a case to the step that it stands before.

    With chance m if the customer has an account owner: hours that they have over hours that
    hand-offs of their customers need, at most 1.
    """
    rules = state.rules[0]
    if rules["minded"] <= 0.0:
        return False
    if state.customers[state.cases[slot]["customer"]]["segment"] != rules["minded_segment"]:
        return False
    return uniform(block_of_visit(state, slot, DRAW_MIND)[0]) < rules["minded"]


@station
def remembered(state, slot, sent, hour):
    """Return the facts that an account owner brings to a hand-off, and keep them in mind.

    A fact that is sent is kept with `owner_memory`, whether or not anybody wrote it, and whatever
    is known of the customer from before comes along. What has gone stale since the owner last
    minded a hand-off of the customer is forgotten.

    Parameters
    ----------
    sent : int
        Mask of facts that the note holds as it is sent.

    Returns
    -------
    int
        Mask.
    """
    rules = state.rules[0]
    index = state.cases[slot]["customer"]
    known = np.int64(state.minder_facts[index])
    if known != 0:
        hazard = hazard_of_staleness(rules, np.float64(state.minder_touched[index]), hour)
        known &= ~facts_of_visit(state, slot, DRAW_OUTDATED, known, 1.0 - math.exp(-hazard))
    known |= facts_of_visit(state, slot, DRAW_REMEMBER, sent & ~known, rules["owner_memory"])
    state.minder_facts[index] = known
    state.minder_touched[index] = hour
    return known


@kernel
def forget_what_was_said(state, index):
    """Let the account owner, if there are any, forget what belongs to a case that is over."""
    if state.rules[0]["minded"] <= 0.0:
        return
    known = np.int64(state.minder_facts[index])
    if known != 0:
        state.minder_facts[index] = known & state.rules[0]["persistent_facts"]
