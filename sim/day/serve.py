"""A step is worked on: its fate is drawn at the start and takes effect at the end (M4.1, M7)."""

from __future__ import annotations

import math

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_FATE, DRAW_WORK
from sim.engine.philox import duration, uniform
from sim.state.cases import BY_PERSON, ERROR, LATENT, OWN_ERROR, SENT_AWAY, SURFACED
from sim.state.customers import in_own_unit
from sim.state.fact_records import n_facts


@kernel
def chance_of(odds):
    """Return the probability that belongs to odds, which may be infinite."""
    return 1.0 - 1.0 / (1.0 + odds)


@kernel
def foresee(state, slot, n_guessed, n_stale, extra_hours):
    """Draw how a step will turn out.

    The odds of a visible error rise with guessed and stale facts and with the defects of
    the touchpoint, and fall with the owner's quality effort. Low care for what happens
    downstream leaves latent faults; one left by another function may surface here. What
    defects add is kept apart, for management to expect the rest. A machine shows no error:
    what it sends away unsolved is a latent fault.

    Returns
    -------
    float
        Hours of plain work, before the function's own slowness.
    """
    case = state.cases[slot]
    rules = state.rules[0]
    step = state.touchpoints[case["touchpoint"]]
    rate = state.rates[case["touchpoint"]]
    luck = state.luck[slot]
    odds, fault, weight = rate["error_odds"], rate["fault"], rate["fault_weight"]
    if case["helper"] >= 0:
        odds, fault, weight = in_helping_hands(state, slot)
    odds_alone = odds
    for _ in range(n_guessed):
        odds *= rules["guess_odds"]
    for _ in range(n_stale):
        odds *= rules["stale_odds"]
    case["error_without_defects"] = 0.0
    if case["machine"] == BY_PERSON:
        case["error_without_defects"] = chance_of(odds)
        drawn = uniform(luck[DRAW_FATE, 0])
        if drawn < odds * rate["defect_odds"] * (1.0 - drawn):
            _err(state, slot, drawn < odds_alone * (1.0 - drawn))
        if uniform(luck[DRAW_FATE, 1]) < fault:
            case["flags"] |= LATENT
            case["fault_weight"] = weight
    elif case["machine"] == SENT_AWAY:
        case["flags"] |= LATENT
        case["fault_weight"] = 1.0
    hours = extra_hours
    if step["hours"] > 0.0:
        hours += step["hours"] * duration(step["spread"], luck[DRAW_WORK, 0], luck[DRAW_WORK, 1])
    if case["faults"] != 0 and surfaces(state, slot):
        case["flags"] |= SURFACED
        hours += rules["fault_minutes"] / 60.0
    if rules["store_facts"] != 0:
        kept = (step["produces"] | case["learned"]) & rules["store_facts"]
        hours += n_facts(kept) * rules["store_minutes"] / 60.0
    case["reply"] = 0.0
    if step["reply_hours"] > 0.0:
        reply = duration(step["reply_spread"], luck[DRAW_WORK, 2], luck[DRAW_WORK, 3])
        case["reply"] = step["reply_hours"] * reply
    return hours


@kernel
def _err(state, slot, anyway):
    """Flag a visible error: the step's own, if people made it who would have made it `anyway`.

    That is, with the same luck, no defect at the site, and every fact known and fresh.
    """
    case = state.cases[slot]
    case["flags"] |= ERROR
    if anyway and state.touchpoints[case["touchpoint"]]["automated"] == 0:
        case["flags"] |= OWN_ERROR


@station
def in_helping_hands(state, slot):
    """Return what becomes of a step's rates if another function does it (rule E7).

    Quality effort, skill and care are those of who does it, the odds of an error besides
    multiplied by `generalist_error`; defects are those of the site.

    Returns
    -------
    odds, fault, weight : float
        Of an error without defects; the chance of a latent fault; the same without any
        defect, over it.
    """
    case = state.cases[slot]
    rate = state.rates[case["touchpoint"]]
    helper = state.functions[case["helper"]]
    owner = state.functions[state.touchpoints[case["touchpoint"]]["owner"]]
    odds = rate["error_odds"] / owner["careful"] * helper["careful"]
    odds *= state.rules[0]["generalist_error"]
    if rate["fault"] <= 0.0:
        return odds, 0.0, 0.0
    care = math.exp((owner["caring"] - helper["caring"]) * rate["covers"])
    least = min(1.0, rate["fault"] * rate["fault_weight"] * care)
    worse = rate["defect_odds"]
    fault = least * worse / (1.0 - least + least * worse)
    return odds, fault, least / fault


@kernel
def surfaces(state, slot):
    """Tell whether a latent fault of the case surfaces at the step in hand.

    It does for certain where the case comes back as failure demand; else by chance, at a
    step of another function than left it.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    first_again = case["recontact"] > 0 and state.visits[slot, step["local"]] == 0
    if first_again:
        back = in_own_unit(state, slot, state.journeys[case["journey"]]["recontact"])
        if case["touchpoint"] == back:
            return True
    if step["automated"] == 1 or case["machine"] != BY_PERSON:
        return False
    own = step["siblings"]
    if case["helper"] >= 0:
        own = state.own_steps[case["helper"], case["journey"]]
    if case["faults"] & ~own == 0:
        return False
    return uniform(state.luck[slot, DRAW_FATE, 2]) < state.rules[0]["fault_surfacing"]
