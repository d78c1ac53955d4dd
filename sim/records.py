"""Stores of facts: each function's own record, and a shared journey record (rule M5.4).

A store is a channel of its own: a learned fact is written to it with that store's
write probability, and what it holds goes stale at one rate everywhere.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.customers import stale_by_now
from sim.philox import FRESH_OWN, FRESH_SHARED, WRITE_OWN, WRITE_SHARED, chosen_facts


@kernel
def n_facts(mask):
    """Return how many facts a mask holds."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@kernel
def own_record(state, slot, touchpoint, hour):
    """Return what the owner's record of the customer holds at a visit, and what of it is stale.

    Staleness is memoryless, so settling it at each look is exact; the draw belongs to
    the visit, so that looking twice sees the same.

    Returns
    -------
    held, stale : int
        Masks; `stale` is a subset of `held`.
    """
    step = state.touchpoints[touchpoint]
    if step["owner"] < 0:
        return 0, 0
    case = state.cases[slot]
    contact = state.contacts[case["customer"] * len(state.functions) + step["owner"]]
    held = contact["record"]
    stale = contact["stale"]
    if held & ~stale == 0:
        return held, stale
    chance = stale_by_now(state.rules[0], contact["touched"], hour)
    stale |= chosen_facts(
        state.keys[FRESH_OWN],
        case["customer"],
        4 * case["need"] + case["recontact"],
        step["counter"],
        state.visits[slot, step["local"]],
        held & ~stale,
        chance,
    )
    return held, stale


@kernel
def shared_record(state, slot, touchpoint, hour):
    """Return what the shared record holds at a visit, and what of it is stale; 0 without one."""
    if state.rules[0]["shared_record"] == 0:
        return 0, 0
    case = state.cases[slot]
    step = state.touchpoints[touchpoint]
    customer = state.customers[case["customer"]]
    held = customer["record"]
    stale = customer["stale"]
    if held & ~stale == 0:
        return held, stale
    chance = stale_by_now(state.rules[0], customer["touched"], hour)
    stale |= chosen_facts(
        state.keys[FRESH_SHARED],
        case["customer"],
        4 * case["need"] + case["recontact"],
        step["counter"],
        state.visits[slot, step["local"]],
        held & ~stale,
        chance,
    )
    return held, stale


@kernel
def write_records(state, slot, hour, facts):
    """Write learned facts to the owner's record and, if there is one, to the shared record."""
    case = state.cases[slot]
    rules = state.rules[0]
    step = state.touchpoints[case["touchpoint"]]
    need = 4 * case["need"] + case["recontact"]
    attempt = state.visits[slot, step["local"]]
    if step["owner"] >= 0:
        held, stale = own_record(state, slot, case["touchpoint"], hour)
        written = chosen_facts(
            state.keys[WRITE_OWN],
            case["customer"],
            need,
            step["counter"],
            attempt,
            facts,
            rules["own_record_write"],
        )
        contact = state.contacts[case["customer"] * len(state.functions) + step["owner"]]
        contact["record"] = held | written
        contact["stale"] = stale & ~written
        contact["touched"] = hour
    if rules["shared_record"] != 0:
        held, stale = shared_record(state, slot, case["touchpoint"], hour)
        written = chosen_facts(
            state.keys[WRITE_SHARED],
            case["customer"],
            need,
            step["counter"],
            attempt,
            facts,
            rules["shared_record_write"],
        )
        customer = state.customers[case["customer"]]
        customer["record"] = held | written
        customer["stale"] = stale & ~written
        customer["touched"] = hour


@kernel
def forget_case_facts(state, index):
    """Erase the facts that belong to a case from every record of its customer."""
    keep = state.rules[0]["persistent_facts"]
    n_functions = len(state.functions)
    for function in range(n_functions):
        contact = state.contacts[index * n_functions + function]
        contact["record"] &= keep
        contact["stale"] &= keep
    customer = state.customers[index]
    customer["record"] &= keep
    customer["stale"] &= keep
