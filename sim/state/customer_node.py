"""The customer as a node of the shared record: what an agent that may write to it does (rule E2).

What an agent corrects stands with the record itself, in ``sim.state.fact_records``.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_AGENT_WRITES, DRAW_REMIND
from sim.engine.philox import chosen_facts
from sim.engine.which_draw import case_word, facts_of_visit
from sim.state.fact_records import consented, n_facts, stale_before_visits


@station
def write_as_agent(state, slot, hour):
    """Let an agent write what the shared record lacks, as its customer's case begins.

    Of the facts that it holds and consents to, at the enterprise's standing, each is written
    with `agent_writes`; what only the firm can establish it does not hold yet. The first visit
    takes in what was written, as it does what is disclosed.
    """
    case = state.cases[slot]
    index = case["customer"]
    rules = state.rules[0]
    customer = state.customers[index]
    held = np.int64(customer["record"])
    lacking = rules["store_facts"] & ~held & ~(rules["firm_facts"] & ~case["seen"])
    offered = consented(state, index, lacking, np.float64(customer["standing"]))
    key = state.keys[DRAW_AGENT_WRITES]
    written = chosen_facts(key, index, case_word(case), 0, 0, offered, rules["agents_write"])
    if written == 0:
        return
    customer["stale"] = stale_before_visits(state, slot, hour)
    customer["record"] = held | written
    customer["touched"] = hour
    state.agent_facts[index] = np.int64(state.agent_facts[index]) | written
    case["intake"] += n_facts(written)


@kernel
def reminded(state, slot, facts):
    """Return the promises among facts kept back of which an agent reminds the firm unasked.

    A promise is a fact that only the firm can establish; each has a second draw at a visit that
    needs it, with `reminder`.

    Parameters
    ----------
    facts : int
        Mask of facts that the agent could tell and its consent has left out.
    """
    promises = facts & state.rules[0]["firm_facts"]
    if promises == 0:
        return 0
    return facts_of_visit(state, slot, DRAW_REMIND, promises, state.rules[0]["agents_remind"])


@kernel
def sooner(rules, hours):
    """Return when an agent acts that sees what is stored: one tick earlier, if it can be."""
    tick_hours = rules["tick_hours"]
    return max(min(hours, tick_hours), hours - tick_hours)
