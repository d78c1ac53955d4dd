"""What others wrote, and whoever reads it understands (rule E2).

What a function put into the shared store is in its own words. People of another function make
sense of it as far as they know somebody there, or as far as common standards reach.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_UNDERSTAND
from sim.engine.philox import chosen_facts


@kernel
def written_elsewhere(state, slot, facts, own):
    """Return those of a set of facts in the shared store that count as another function's.

    No writer is kept for a fact. What the owner of the step has on its own record it has met
    before and reads in any words; the rest it cannot have written if others ask for it or
    establish it too, as far as it knows. What a customer's agent wrote is known as such.

    Parameters
    ----------
    facts : int
        Mask of facts that the shared store holds.
    own : int
        Mask of what the owner's own record holds, stale or not.
    """
    others = facts & ~own
    if others == 0:
        return 0
    elsewhere = others & state.touchpoints[state.cases[slot]["touchpoint"]]["elsewhere"]
    return elsewhere | by_agents(state, slot, others)


@kernel
def by_agents(state, slot, facts):
    """Return those of a set of facts in the shared store that the customer's agent wrote."""
    index = state.cases[slot]["customer"]
    if state.customers[index]["represented"] == 0:
        return 0
    return facts & np.int64(state.agent_facts[index])


@kernel
def unclear(state, slot, facts, own):
    """Return those of a set of facts in the shared store that the owner cannot make sense of."""
    elsewhere = written_elsewhere(state, slot, facts, own)
    if elsewhere == 0:
        return 0
    return elsewhere & ~understood(state, slot, elsewhere)


@station
def understood(state, slot, facts):
    """Return those of a set of facts, written by another function, that the reader understands.

    Each with u_f = u₀ + (1 − u₀)·max(τ_f, s, s₀), set each week (``sim.organisation.standards``).
    The draw is the customer's, the fact's and the reader's alone: what a function cannot make
    sense of today it cannot tomorrow, until it has asked or u has risen. What a customer's agent
    wrote nobody has a tie to.

    Parameters
    ----------
    facts : int
        Mask.

    Returns
    -------
    int
        Mask, a subset of `facts`.
    """
    case = state.cases[slot]
    chance = float(state.rates[case["touchpoint"]]["understanding"])
    reader = state.touchpoints[case["touchpoint"]]["reader"]
    key = state.keys[DRAW_UNDERSTAND]
    index = case["customer"]
    agents = by_agents(state, slot, facts)
    found = chosen_facts(key, index, 0, reader, 0, facts & ~agents, chance)
    if agents != 0:
        chance = float(state.rules[0]["agents_understood"])
        found |= chosen_facts(key, index, 0, reader, 0, agents, chance)
    return found
