"""The customer judges a contact: standing, effort, memory, and whether to stay (M6, M12)."""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_SURVEY
from sim.engine.philox import uniform
from sim.engine.which_draw import block_of_case
from sim.state.cases import (
    ASKED,
    BREACHED,
    ERROR,
    LATENT,
    REPEAT_ASKED,
    SURFACED,
    doer,
    effort_of_visit,
)
from sim.state.contacts import IN_VAIN, let_down_in_touch, visit_lets_down
from sim.state.customers import add_trial
from sim.state.events import log_answers
from sim.state.leaving import consume_hazard, has_left, renew_hazard
from sim.state.rivals import look_around
from sim.state.tallies import (
    BY_EFFORT,
    BY_ERROR,
    BY_TRUST,
    CASE_DETRACTORS,
    CASE_EFFORT,
    CASE_PROMOTERS,
    CASE_RATED,
    CASE_SURVEYED,
    CASE_SURVEYED_DETRACTORS,
    CASE_SURVEYED_PROMOTERS,
    SURVEYED_SCORE,
    count,
    count_answer,
    fixed,
)

GOES_ON, AGAIN, GIVES_UP = 0, 1, 2


@kernel
def trial(state, index, function, broken, hour):
    """Record one contact as kept or broken (Jøsang & Ismail 2002).

    A customer who has left judges no more: standing is frozen. Who has met with a broken one
    may look around at what rivals offer (rule E7).
    """
    consume_hazard(state, index, hour)
    customer = state.customers[index]
    if has_left(customer, hour):
        return
    if function >= 0:
        add_trial(state, index, function, broken)
        if broken:
            look_around(state, index, hour)
    renew_hazard(state, index)


@station
def breach(state, index, hour):
    """Record a breach of trust: a broken trial with every function that a customer has (M9)."""
    for function in range(len(state.functions)):
        unit = state.functions[function]["unit"]
        if unit < 0 or unit == state.customers[index]["unit"]:
            trial(state, index, function, True, hour)


@kernel
def judge_visit(state, slot):
    """Let the customer judge a finished step; effort beyond tolerance ends the case.

    Returns
    -------
    int
        ``GOES_ON``, ``AGAIN`` after a visible error, or ``GIVES_UP``.
    """
    case = state.cases[slot]
    rules = state.rules[0]
    flags = case["flags"]
    if flags & ASKED:
        case["cause"] = BY_EFFORT
    if flags & (SURFACED | ERROR):
        case["cause"] = BY_ERROR
    if flags & BREACHED:
        case["cause"] = BY_TRUST
    visit_lets_down(state, slot)
    case["new_effort"] = effort_of_visit(rules, case)
    case["effort"] += case["new_effort"]
    case["latest"] = 1.0
    if case["new_effort"] > 0.0 or case["waited"] > 0.0:
        trouble = case["waited"]
        if case["new_effort"] > 0.0:
            trouble += case["new_effort"] / rules["experience_scale"]
        case["latest"] = math.exp(-trouble)
        case["worst"] = min(case["worst"], case["latest"])
    case["felt"] += case["latest"]
    case["judged"] += 1
    if flags & BREACHED:
        breach(state, case["customer"], case["due"])
    else:
        broken = (flags & (ERROR | SURFACED | REPEAT_ASKED)) != 0
        trial(state, case["customer"], doer(state, slot), broken, case["due"])
    if case["effort"] > case["tolerance"] and case["new_effort"] > 0.0:
        return GIVES_UP
    return AGAIN if flags & ERROR else GOES_ON


@kernel
def let_down(state, slot):
    """Remember a wait in vain, or a chase: as bad as having waited a whole mean patience."""
    case = state.cases[slot]
    case["worst"] = min(case["worst"], IN_VAIN)
    let_down_in_touch(state, slot)


@kernel
def leave_faults(state, slot):
    """Clear the faults that surfaced at a step and add the one it left behind."""
    case = state.cases[slot]
    if case["flags"] & SURFACED:
        case["faults"] = 0
    if case["flags"] & LATENT and not case["flags"] & ERROR:
        case["faults"] |= 1 << state.touchpoints[case["touchpoint"]]["local"]


@kernel
def remember(state, slot, hour, completed):
    """Add a finished journey to the customer's memory.

    Peak–end rule (Kahneman et al. 1993): the mean of the worst and the last step, or in part
    the mean of all. It is
    weighed against expectation, disappointment more heavily (Oliver 1980; Tversky &
    Kahneman 1992).
    """
    case = state.cases[slot]
    rules = state.rules[0]
    consume_hazard(state, case["customer"], hour)
    customer = state.customers[case["customer"]]
    if has_left(customer, hour):
        return
    experience = 0.5 * (case["worst"] + (case["latest"] if completed else 0.0))
    if rules["peak_end_weight"] < 1.0:
        # What a dropped case ends with counts as one more step, and the worst.
        n_felt = case["judged"] + (0 if completed else 1)
        mean = case["felt"] / n_felt if n_felt > 0 else experience
        weight = rules["peak_end_weight"]
        experience = weight * experience + (1.0 - weight) * mean
    surprise = experience - expected(state, slot)
    expect_next_time(state, slot, experience)
    if surprise < 0.0:
        surprise *= rules["loss_aversion"]
    learning = rules["memory_weight"]
    memory, liking = np.float64(customer["memory"]), np.float64(customer["liking"])
    customer["memory"] = memory + learning * (surprise - memory)
    customer["liking"] = liking + learning * (experience - liking)
    renew_hazard(state, case["customer"])
    score = 0.5 * (np.float64(customer["standing"]) + np.float64(customer["liking"]))
    count(state, slot, CASE_RATED, 1)
    hard = 1.0 - math.exp(-case["effort"] / rules["experience_scale"])
    count(state, slot, CASE_EFFORT, fixed(1.0 + 4.0 * hard))
    if score >= rules["promoter_from"]:
        count(state, slot, CASE_PROMOTERS, 1)
    elif score < rules["detractor_below"]:
        count(state, slot, CASE_DETRACTORS, 1)
    surveyed = _survey(state, slot, score)
    if rules["log_events"] == 1:
        log_answers(state, slot, recommendation(rules, score), 1.0 + 4.0 * hard, surveyed)


@kernel
def expected(state, slot):
    """Return what a journey is judged against: e₀ + ψ(e − e₀), e as the case began (rule E7).

    Of what experience has taught to expect ψ, `expectation_weight`, counts; the rest of the
    standard is the market's, e₀, the parameter `expectation`.
    """
    rules = state.rules[0]
    moved = np.float64(state.cases[slot]["expected"])
    return rules["expectation"] + rules["expectation_weight"] * moved


@kernel
def expect_next_time(state, slot, experience):
    """Let expectation move towards what a journey was remembered as: e ← e + x(x_case − e).

    With x, `expectation_rate`, what is kept is e − e₀, in single precision: 0 stays 0 exactly.
    """
    rate = state.rules[0]["expectation_rate"]
    if rate > 0.0:
        index = state.cases[slot]["customer"]
        moved = np.float64(state.expectations[index])
        beyond = experience - state.rules[0]["expectation"] - moved
        state.expectations[index] = moved + rate * beyond


@kernel
def recommendation(rules, score):
    """Return the answer 0 to 10 that a score, 0 to 1, rounds to.

    A promoter's is 9 or more, a detractor's 6 or less (Reichheld 2003).
    """
    recommend = int(10.0 * score + 0.5)
    if score >= rules["promoter_from"]:
        return max(recommend, 9)
    if score < rules["detractor_below"]:
        return min(recommend, 6)
    return min(max(recommend, 7), 8)


@station
def _survey(state, slot, score):
    """Let the customer answer a survey, or not: extremes answer more often than the middle.

    Returns whether the customer answered; who is counted nowhere is not asked.
    """
    case = state.cases[slot]
    if case["cohort"] < 0:
        return False
    lanes = block_of_case(state, slot, DRAW_SURVEY)
    extremity = 2.0 * abs(score - 0.5)
    if uniform(lanes[0]) >= min(1.0, state.rules[0]["survey_response"] * (0.5 + extremity)):
        return False
    count(state, slot, CASE_SURVEYED, 1)
    count_answer(state, slot, SURVEYED_SCORE, score)
    if score >= state.rules[0]["promoter_from"]:
        count(state, slot, CASE_SURVEYED_PROMOTERS, 1)
    elif score < state.rules[0]["detractor_below"]:
        count(state, slot, CASE_SURVEYED_DETRACTORS, 1)
    return True
