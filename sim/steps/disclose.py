"""What the one who serves knows, is told, asks for or guesses (rules M5.1, M5.2, M5.6)."""

from __future__ import annotations

from sim.cases import ASKED, REPEAT_ASKED
from sim.compiled import kernel
from sim.customers import standing_with
from sim.luck import lucky_facts
from sim.philox import ASK, DISCLOSE, chosen_facts
from sim.records import n_facts, settle_own_record, shared_record
from sim.tallies import (
    CASE_FACTS_DISCLOSED,
    CASE_FACTS_HELD,
    CASE_FACTS_NEEDED,
    CASE_FACTS_OFFERABLE,
    CASE_REPEAT_ASKS,
    count,
)


@kernel
def gather_facts(state, slot, hour):
    """Bring together what a step needs to know; the customer's side supplies what it may.

    The function knows the union of its own record, the note that came with the case and
    the shared record. What is missing a personal agent discloses by consent scope and
    by the function's standing; of the rest each fact is asked for, or else guessed.
    Asking again for a fact given in this case breaks an expectation.

    Returns
    -------
    n_guessed, n_stale : int
        Facts guessed, and facts used that are no longer true.
    hours : float
        Work that taking in and asking cost.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    requires = step["requires"]
    case["flags"] = 0
    case["new_effort"] = 0.0
    case["learned"] = 0
    own, own_stale = settle_own_record(state, slot, hour)
    if requires == 0:
        return 0, 0, 0.0
    shared, shared_stale = shared_record(state, slot, hour)
    fresh = case["note"] | (own & ~own_stale) | (shared & ~shared_stale)
    stale = requires & (own_stale | shared_stale) & ~fresh
    missing = requires & ~fresh & ~stale
    if requires & case["seen"]:
        count(state, slot, CASE_FACTS_NEEDED, n_facts(requires & case["seen"]))
        count(state, slot, CASE_FACTS_HELD, n_facts(requires & case["seen"] & fresh))
    disclosed = _disclosed(state, slot, step, missing | stale)
    stale &= ~disclosed
    missing &= ~disclosed
    asked = _asked(state, slot, missing)
    case["given"] |= asked | disclosed
    case["learned"] = asked | disclosed
    case["seen"] |= requires & (fresh | asked | disclosed)
    case["note"] |= requires & fresh
    rules = state.rules[0]
    hours = (
        n_facts(asked) * rules["ask_minutes"] + n_facts(disclosed) * rules["disclosure_minutes"]
    ) / 60.0
    return n_facts(missing & ~asked), n_facts(stale), hours


@kernel
def _disclosed(state, slot, step, wanted):
    """Return the facts that the customer's own agent discloses to this function."""
    case = state.cases[slot]
    index = case["customer"]
    if wanted == 0 or state.customers[index]["represented"] == 0 or step["owner"] < 0:
        return 0
    rules = state.rules[0]
    contact = state.contacts[index * len(state.functions) + step["owner"]]
    disclosed = chosen_facts(
        state.keys[DISCLOSE],
        index,
        4 * case["need"] + case["recontact"],
        step["counter"],
        state.visits[slot, step["local"]],
        wanted,
        rules["consent_scope"] * standing_with(rules, contact),
    )
    count(state, slot, CASE_FACTS_OFFERABLE, n_facts(wanted))
    count(state, slot, CASE_FACTS_DISCLOSED, n_facts(disclosed))
    return disclosed


@kernel
def _asked(state, slot, missing):
    """Return the facts that the customer is asked for, and note what that costs them."""
    case = state.cases[slot]
    rules = state.rules[0]
    if missing == 0:
        return 0
    asked = lucky_facts(state, slot, ASK, missing, rules["ask_probability"])
    n_repeats = n_facts(asked & case["given"])
    n_first = n_facts(asked) - n_repeats
    case["new_effort"] += n_first * rules["effort_ask"] + n_repeats * rules["effort_repeat"]
    if asked:
        case["flags"] |= ASKED
    if n_repeats > 0:
        case["flags"] |= REPEAT_ASKED
        count(state, slot, CASE_REPEAT_ASKS, n_repeats)
    return asked
