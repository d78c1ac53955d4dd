"""Stores of facts: each function's own record, and one that they share (rule M5.4).

A store is a channel of its own: a learned fact is written to it with that store's
write probability, and what it holds goes stale at one rate everywhere.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import (
    DRAW_DISCLOSE,
    DRAW_FRESH_OWN,
    DRAW_FRESH_SHARED,
    DRAW_REFRESH,
    DRAW_WRITE_OWN,
    DRAW_WRITE_SHARED,
)
from sim.engine.philox import chosen_facts
from sim.engine.visit_luck import lucky_facts
from sim.engine.which_draw import case_word
from sim.state.cases import BY_PERSON, ERROR, doer
from sim.state.customers import STEP_HOURS, hazard_of_staleness


@kernel
def n_facts(mask):
    """Return how many facts a mask holds."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@kernel
def owner_contact(state, slot):
    """Return the row of a case's customer with who does the step, its owner but for help.

    -1 if nobody owns it.
    """
    function = doer(state, slot)
    return state.cases[slot]["customer"] * len(state.functions) + function if function >= 0 else -1


@kernel
def held_by_owner(state, slot):
    """Return what the record of the step's owner holds, stale or not."""
    row = owner_contact(state, slot)
    if row < 0:
        return 0
    return np.int64(state.contacts[row]["record"])


@kernel
def held_by_all(state, slot):
    """Return what the shared record holds, stale or not; 0 without one."""
    if state.rules[0]["store"] == 0:
        return 0
    return np.int64(state.customers[state.cases[slot]["customer"]]["record"])


@kernel
def own_record(state, slot, hour):
    """Return what the record of the step's owner holds at a visit, and what of it is stale.

    Staleness is memoryless, so settling it at each look is exact; the draw belongs to
    the visit, so that looking twice sees the same.

    Returns
    -------
    held, stale : int
        Masks; `stale` is a subset of `held`.
    """
    row = owner_contact(state, slot)
    if row < 0:
        return 0, 0
    contact = state.contacts[row]
    held = np.int64(contact["record"])
    stale = np.int64(contact["stale"])
    fresh = held & ~stale
    if fresh != 0:
        hazard = hazard_of_staleness(state.rules[0], contact["touched"] * STEP_HOURS, hour)
        stale |= _gone_stale(state, slot, DRAW_FRESH_OWN, fresh, hazard)
    return held, stale


@kernel
def _gone_stale(state, slot, decision, fresh, hazard):
    """Return those of a set of facts that a visit finds stale, each with chance 1 − e^(−hazard)."""
    # A chance is below its hazard: what stays fresh at the one does so at the other.
    doubtful = lucky_facts(state, slot, decision, fresh, hazard)
    if doubtful == 0:
        return 0
    return lucky_facts(state, slot, decision, doubtful, 1.0 - math.exp(-hazard))


@kernel
def settle_own_record(state, slot, hour):
    """Note in the record of the step's owner what has gone stale by now; return as `own_record`.

    A visit does so once, at its start: what is written at its end ages from there.
    """
    row = owner_contact(state, slot)
    if row < 0:
        return 0, 0
    held, stale = own_record(state, slot, hour)
    contact = state.contacts[row]
    contact["stale"] = stale
    contact["touched"] = int(hour / STEP_HOURS + 0.5)
    return held, stale


@station
def consented(state, index, facts, standing):
    """Return those of a set of facts that a customer's agent discloses at a standing.

    What an agent is ready to disclose is the customer's own: it is drawn once for each
    fact, so that asking again changes nothing and more standing opens more.
    """
    chance = state.rules[0]["consent"] * standing
    return chosen_facts(state.keys[DRAW_DISCLOSE], index, 0, 0, 0, facts, chance)


@kernel
def shared_record(state, slot, hour):
    """Return what the shared store holds at a visit, and what of it is stale; 0 without one.

    Where agents may write to it, an agent corrects what it discloses to the enterprise, and
    nobody has to ask.
    """
    rules = state.rules[0]
    if rules["store"] == 0:
        return 0, 0
    customer = state.customers[state.cases[slot]["customer"]]
    held = np.int64(customer["record"])
    before = np.int64(customer["stale"])
    stale = before
    fresh = held & ~stale
    if fresh != 0:
        hazard = hazard_of_staleness(rules, np.float64(customer["touched"]), hour)
        stale |= _gone_stale(state, slot, DRAW_FRESH_SHARED, fresh, hazard)
    if stale != 0 and rules["agents_refresh"] > 0.0 and customer["represented"] == 1:
        step = state.touchpoints[state.cases[slot]["touchpoint"]]
        visit = np.int64(state.visits[slot, step["local"]])
        stale &= ~_corrected(state, slot, hour, np.int64(step["counter"]), visit, stale, before)
    return held, stale


@station
def stale_before_visits(state, slot, hour):
    """Return what of the shared store is stale as a case begins; no visit has the same draws.

    For an agent that writes to it: what settles the store anew must not tell what the visit sees.
    """
    rules = state.rules[0]
    case = state.cases[slot]
    customer = state.customers[case["customer"]]
    before = np.int64(customer["stale"])
    fresh = np.int64(customer["record"]) & ~before
    hazard = hazard_of_staleness(rules, np.float64(customer["touched"]), hour)
    key, chance = state.keys[DRAW_FRESH_SHARED], 1.0 - math.exp(-hazard)
    stale = before | chosen_facts(key, case["customer"], case_word(case), 0, 0, fresh, chance)
    if stale != 0 and rules["agents_refresh"] > 0.0:
        stale &= ~_corrected(state, slot, hour, np.int64(0), np.int64(0), stale, before)
    return stale


@station
def _corrected(state, slot, hour, step, visit, stale, before):
    """Return which stale facts of the shared record the customer's agent has corrected by now.

    A fact goes stale at rate σ and is corrected at rate r, so that of those that were fresh a
    time t ago the share π(1 − e^(−(σ + r)t)) is stale, and of those that were stale
    π + (1 − π)e^(−(σ + r)t), π = σ/(σ + r): exact, however often anybody looks.

    Parameters
    ----------
    step, visit : int
        Counters of the look: the step's, and which visit to it this is.
    stale, before : int
        Masks of what is stale now without any correction, and of what was when it was settled.
    """
    rules = state.rules[0]
    case = state.cases[slot]
    index = case["customer"]
    customer = state.customers[index]
    open_to_it = consented(state, index, stale, np.float64(customer["standing"]))
    refresh = rules["agents_refresh"]
    if open_to_it == 0 or refresh == math.inf:
        return open_to_it
    hazard = hazard_of_staleness(rules, np.float64(customer["touched"]), hour)
    stays = rules["staleness_per_hour"] / (rules["staleness_per_hour"] + refresh)
    moved = 1.0 - math.exp(-hazard - refresh * max(hour - np.float64(customer["touched"]), 0.0))
    key, number = state.keys[DRAW_REFRESH], case_word(case)
    old, chance = open_to_it & before, (1.0 - stays) * moved
    found = chosen_facts(key, index, number, step, visit, old, chance)
    new = open_to_it & ~before
    if new != 0:
        chance = 1.0 - stays * moved / (1.0 - math.exp(-hazard))
        found |= chosen_facts(key, index, number, step, visit, new, chance)
    return found


@kernel
def write_records(state, slot, hour, facts):
    """Write learned facts to the owner's record and, if there is one, to the shared record.

    The visit has settled the owner's record at its start.
    """
    if facts == 0:
        return
    rate = state.rates[state.cases[slot]["touchpoint"]]
    customer = state.customers[state.cases[slot]["customer"]]
    row = owner_contact(state, slot)
    if row >= 0:
        written = lucky_facts(state, slot, DRAW_WRITE_OWN, facts, rate["own_write"])
        contact = state.contacts[row]
        contact["record"] = np.int64(contact["record"]) | written
        contact["stale"] = np.int64(contact["stale"]) & ~written
    kept = facts & state.rules[0]["store_facts"]
    if kept != 0:
        held, stale = shared_record(state, slot, hour)
        by_person = state.cases[slot]["machine"] == BY_PERSON
        chance = rate["store_write"] if by_person else rate["machine_write"]
        written = lucky_facts(state, slot, DRAW_WRITE_SHARED, kept, chance)
        if customer["represented"] == 1:
            index = state.cases[slot]["customer"]
            state.agent_facts[index] = np.int64(state.agent_facts[index]) & ~written
        customer["record"] = held | written
        customer["stale"] = stale & ~written
        customer["touched"] = hour


@kernel
def learn(state, slot):
    """Keep what a visit has taught: in the records, in the note, and in who holds the case.

    A step that went wrong establishes nothing; what was told along the way is kept all the same.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    if not case["flags"] & ERROR:
        case["learned"] |= step["produces"]
    write_records(state, slot, case["due"], case["learned"])
    case["note"] |= case["learned"]
    case["seen"] |= case["learned"]
    if step["automated"] == 0 and case["machine"] == BY_PERSON:
        case["holder"] = step["owner"]
        case["sender"] = case["touchpoint"]


@kernel
def forget_case_facts(state, index):
    """Erase the facts that belong to a case from every record of its customer."""
    customer = state.customers[index]
    persistent = state.rules[0]["persistent_facts"]
    customer["record"] = np.int64(customer["record"]) & persistent
    customer["stale"] = np.int64(customer["stale"]) & persistent
    n_functions = len(state.functions)
    for row in range(index * n_functions, (index + 1) * n_functions):
        contact = state.contacts[row]
        contact["record"] = np.int64(contact["record"]) & persistent
        contact["stale"] = np.int64(contact["stale"]) & persistent
