"""What the one who serves knows, is told, asks for or guesses (rules M5.1, M5.2, M5.6, M9)."""

from __future__ import annotations

import math

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_ASK, DRAW_AUDIT, DRAW_JOIN, DRAW_RECIPROCATE
from sim.engine.philox import uniform
from sim.engine.visit_luck import lucky_facts
from sim.engine.which_draw import block_of_visit, facts_of_visit
from sim.state.cases import ASKED, BREACHED, BY_PERSON, FACTS_ABOVE, REPEAT_ASKED
from sim.state.customer_node import reminded
from sim.state.customers import standing_with
from sim.state.fact_records import consented, n_facts, settle_own_record, shared_record
from sim.state.tallies import (
    CASE_BREACHES,
    CASE_FACTS_DISCLOSED,
    CASE_FACTS_HELD,
    CASE_FACTS_NEEDED,
    CASE_FACTS_OFFERABLE,
    CASE_MISUSES,
    CASE_REPEAT_ASKS,
    TOUCH_ELSEWHERE,
    TOUCH_UNDERSTOOD,
    count,
    in_window,
)
from sim.state.understanding import unclear, written_elsewhere


@kernel
def gather_facts(state, slot, hour):
    """Bring together what a step needs to know; the customer's side supplies what it may.

    The function knows the union of its own record, the note that came with the case and
    what it understands of the shared record. What is missing a personal agent discloses by
    consent scope and by the function's standing; of the rest each fact is asked for, or else
    guessed.
    Asking again for a fact given in this case breaks an expectation.

    Returns
    -------
    n_guessed, n_stale : int
        Facts guessed, and facts used that are no longer true.
    hours : float
        Work that looking up, taking in and asking cost.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    requires = step["requires"]
    case["flags"] = 0
    case["new_effort"] = 0.0
    case["learned"] = 0
    own, own_stale = settle_own_record(state, slot, hour)
    rules = state.rules[0]
    taken_in = case["intake"]
    case["intake"] = 0
    if requires == 0:
        return 0, 0, taken_in * rules["intake_minutes"] / 60.0
    shared, shared_stale = _read_shared(state, slot, hour, own)
    at_hand = case["note"] | (own & ~own_stale)
    looks_up = rules["store"] == 1 and requires & ~at_hand != 0 and case["machine"] == BY_PERSON
    fresh = at_hand | (shared & ~shared_stale)
    stale = requires & (own_stale | shared_stale) & ~fresh
    missing = requires & ~fresh & ~stale
    if requires & case["seen"]:
        count(state, slot, CASE_FACTS_NEEDED, n_facts(requires & case["seen"]))
        count(state, slot, CASE_FACTS_HELD, n_facts(requires & case["seen"] & fresh))
    disclosed = 0
    if missing | stale:
        disclosed = offered(state, slot, missing | stale)
        stale, missing = stale & ~disclosed, missing & ~disclosed
        if missing:
            case["lacked"] = missing
    asked = _asked(state, slot, missing)
    recorded = ((own & ~own_stale) | (shared & ~shared_stale)) & ~case["note"]
    used = requires & (recorded | disclosed)
    if used:
        # A chance is below its hazard, which nearly always settles it.
        hazard = rules["misuse"] * n_facts(used)
        if uniform(state.luck[slot, DRAW_JOIN, 3]) < hazard:
            _misuse(state, slot, hazard)
    case["given"] |= asked | disclosed
    case["learned"] = asked | disclosed
    case["seen"] |= requires & (fresh | asked | disclosed)
    case["note"] |= requires & fresh
    taken_in += n_facts(disclosed)
    hours = (n_facts(asked) * rules["ask_minutes"] + taken_in * rules["intake_minutes"]) / 60.0
    if looks_up:
        hours += rules["lookup_minutes"] / 60.0
    return n_facts(missing & ~asked), n_facts(stale), hours


@kernel
def _read_shared(state, slot, hour, own):
    """Return what the shared record tells a visit, and what of it is stale (rule E2).

    What another function wrote, and the owner has neither on its own record nor in the note, it
    has to understand; such readings are counted.
    """
    shared, shared_stale = shared_record(state, slot, hour)
    case = state.cases[slot]
    needed = shared & state.touchpoints[case["touchpoint"]]["requires"] & ~case["note"]
    elsewhere = written_elsewhere(state, slot, needed, own)
    if elsewhere == 0:
        return shared, shared_stale
    dark = unclear(state, slot, elsewhere, own)
    if in_window(state, hour):
        tally = state.touch_tallies[case["touchpoint"]]
        tally[TOUCH_ELSEWHERE] += n_facts(elsewhere)
        tally[TOUCH_UNDERSTOOD] += n_facts(elsewhere & ~dark)
    return shared & ~dark, shared_stale & ~dark


@kernel
def offered(state, slot, wanted):
    """Return the facts that the customer's own agent discloses to the owner of the step.

    An agent holds every fact of its customer; what only the firm can establish it holds
    once that has been known in this case.
    """
    case = state.cases[slot]
    index = case["customer"]
    owner = state.touchpoints[case["touchpoint"]]["owner"]
    if state.customers[index]["represented"] == 0 or owner < 0:
        return 0
    offerable = wanted & ~(state.rules[0]["firm_facts"] & ~case["seen"])
    disclosed = consented(state, index, offerable, standing_with(state, index, owner))
    if state.rules[0]["agents_remind"] > 0.0:
        disclosed |= reminded(state, slot, offerable & ~disclosed)
    count(state, slot, CASE_FACTS_OFFERABLE, n_facts(offerable))
    count(state, slot, CASE_FACTS_DISCLOSED, n_facts(disclosed))
    return disclosed


@station
def _misuse(state, slot, hazard):
    """Draw whether a use of disclosed or recorded facts was one the customer never agreed to.

    An audit may find it before the customer does; what the customer notices is a breach.
    """
    rules = state.rules[0]
    if uniform(state.luck[slot, DRAW_JOIN, 3]) >= 1.0 - math.exp(-hazard):
        return
    case = state.cases[slot]
    lanes = block_of_visit(state, slot, DRAW_AUDIT)
    count(state, slot, CASE_MISUSES, 1)
    represented = state.customers[case["customer"]]["represented"] == 1
    noticed = rules["breach_noticed_agent"] if represented else rules["breach_noticed_person"]
    if uniform(lanes[0]) >= rules["audit"] and uniform(lanes[1]) < noticed:
        case["flags"] |= BREACHED
        count(state, slot, CASE_BREACHES, 1)


@kernel
def _asked(state, slot, missing):
    """Return the facts that the customer is asked for, and note what that costs them."""
    case = state.cases[slot]
    rules = state.rules[0]
    if missing == 0:
        return 0
    asked = lucky_facts(state, slot, DRAW_ASK, missing, rules["ask_probability"])
    n_first = n_facts(asked & ~case["given"])
    repeated = asked & case["given"]
    if repeated != 0 and rules["reciprocity"] > 0.0:
        repeated = _not_spared(state, slot, repeated)
    n_repeats = n_facts(repeated)
    case["new_effort"] += n_first * rules["effort_ask"] + n_repeats * rules["effort_repeat"]
    if asked:
        case["flags"] |= ASKED
    if n_repeats > 0:
        case["flags"] |= REPEAT_ASKED | (repeated << FACTS_ABOVE)
        count(state, slot, CASE_REPEAT_ASKS, n_repeats)
    return asked


@station
def _not_spared(state, slot, repeated):
    """Return the facts asked for again that the customer has to give again.

    A firm that gives back what it holds lets the customer point to it (rule M6.3).
    """
    chance = state.rules[0]["reciprocity"]
    return repeated & ~facts_of_visit(state, slot, DRAW_RECIPROCATE, repeated, chance)
