"""A step is worked on: its fate is drawn at the start and takes effect at the end (M4.1, M7)."""

from __future__ import annotations

import math

from sim.cases import ERROR, LATENT, SURFACED
from sim.compiled import kernel
from sim.philox import FATE, WORK, block, duration, uniform
from sim.records import n_facts


@kernel
def probability(log_odds):
    """Return the probability that belongs to log-odds."""
    if log_odds == -math.inf:
        return 0.0
    return 1.0 / (1.0 + math.exp(-log_odds))


@kernel
def foresee(state, slot, n_guessed, n_stale, extra_hours):
    """Draw how a step will turn out.

    The log-odds of a visible error rise with guessed and stale facts and with the
    defects of the touchpoint, and fall with the owner's quality effort. Low care for
    what happens downstream leaves latent faults; one left by another function may
    surface here. What defects add is kept apart, for management to expect the rest.

    Returns
    -------
    float
        Hours of plain work, before the function's own slowness.
    """
    case = state.cases[slot]
    rules = state.rules[0]
    step = state.touchpoints[case["touchpoint"]]
    need = 4 * case["need"] + case["recontact"]
    attempt = state.visits[slot, step["local"]]
    fate = block(state.keys[FATE], case["customer"], need, step["counter"], attempt)
    work = block(state.keys[WORK], case["customer"], need, step["counter"], attempt)
    log_odds = step["log_odds"] + n_guessed * rules["guess_error"] + n_stale * rules["stale_error"]
    care = 1.0
    if step["owner"] >= 0:
        log_odds -= state.functions[step["owner"]]["quality"]
        care = state.functions[step["owner"]]["care"]
    defects = state.defect_shift[case["touchpoint"]]
    case["error_without_defects"] = probability(log_odds)
    if uniform(fate[0]) < probability(log_odds + defects):
        case["flags"] |= ERROR
    _foresee_faults(state, slot, step, fate, care, defects)
    hours = step["hours"] * duration(step["variation"], work[0], work[1]) + extra_hours
    if case["flags"] & SURFACED:
        hours += rules["fault_minutes"] / 60.0
    if rules["shared_record"] != 0:
        hours += n_facts(step["produces"] | case["learned"]) * rules["shared_record_minutes"] / 60.0
    case["reply"] = 0.0
    if step["reply_hours"] > 0.0:
        case["reply"] = step["reply_hours"] * duration(step["reply_variation"], work[2], work[3])
    return hours


@kernel
def _foresee_faults(state, slot, step, fate, care, defects):
    """Draw whether a latent fault is left here, and whether an earlier one surfaces."""
    case = state.cases[slot]
    if step["latent"] > 0.0:
        without = step["latent"] * care
        worse = math.exp(defects)  # defects multiply the odds
        chance = without * worse / (1.0 - without + without * worse)
        if uniform(fate[1]) < chance:
            case["flags"] |= LATENT
            case["fault_weight"] = without / chance
    foreign = case["faults"] & ~step["siblings"]
    first_again = case["recontact"] > 0 and state.visits[slot, step["local"]] == 0
    if first_again and case["touchpoint"] == state.journeys[case["journey"]]["recontact"]:
        if case["faults"] != 0:
            case["flags"] |= SURFACED
    elif (
        foreign != 0
        and step["automated"] == 0
        and uniform(fate[2]) < state.rules[0]["fault_surfacing"]
    ):
        case["flags"] |= SURFACED
