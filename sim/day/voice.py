"""Failures become signals, as far as customers voice them or measurement sees them (M8.2, E4).

A signal carries where it was felt. Where it was caused is kept beside it; management
learns of that only as far as its measurement traces.
"""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_FATE, DRAW_ROUTE
from sim.engine.philox import uniform
from sim.state.cases import ERROR, SURFACED
from sim.state.customers import origin_of_fault
from sim.state.remedies import OF_ERROR, OF_FAULT, OF_LOSS, count_remedies, remedies_count
from sim.state.severity import SEES_ALL, SEES_ERRORS, SEVERITY_ERROR
from sim.state.tallies import (
    ERRORS_FORESEEN,
    ERRORS_SHOWN,
    NO_SPEAKER,
    UNVOICED,
    UNVOICED_EXPECTED,
    UNVOICED_FORESEEN,
    fixed,
)


@kernel
def voice_probability(state, slot, severity):
    """Return the chance that a failure is voiced, min(1, v · segment · severity^y).

    Parameters
    ----------
    severity : float
        Of the failure, raised to y, `voice_severity`, before the run: 1 for an error,
        ``severity_fault`` or ``severity_loss`` of the rules.
    """
    rules = state.rules[0]
    customer = state.customers[state.cases[slot]["customer"]]
    voice = rules["voice_agent"] if customer["represented"] == 1 else rules["voice_person"]
    return min(1.0, voice * state.segments[customer["segment"]]["voice"] * severity)


@kernel
def measured(state, severity):
    """Tell whether measurement can see failures of a severity that nobody voices."""
    least = SEES_ERRORS if severity == SEVERITY_ERROR else SEES_ALL
    return state.rules[0]["observes"] >= least


@kernel
def failure_of(state, severity):
    """Return which failure of a visit has a severity: an error, a surfaced fault or a loss."""
    if severity == SEVERITY_ERROR:
        return OF_ERROR
    return OF_LOSS if severity == state.rules[0]["severity_loss"] else OF_FAULT


@kernel
def speak(state, slot, felt_at, caused_at, severity, lane, share_expected):
    """Voice a failure, or not; count besides how much of it no defect is needed to explain.

    Of what is not voiced the same is counted, where measurement can see it; and of both, how much
    is an error that shows at the step itself.
    """
    chance = voice_probability(state, slot, severity)
    shows = measured(state, severity)
    agent = int(state.customers[state.cases[slot]["customer"]]["represented"])
    is_error = severity == SEVERITY_ERROR
    voiced = 1 if uniform(lane) < chance else 0
    if voiced == 1:
        state.signals[felt_at, caused_at, agent] += 1
        state.error_signals[felt_at, agent, ERRORS_SHOWN] += is_error
    elif shows:
        state.unvoiced[felt_at, caused_at, UNVOICED] += 1
        state.error_signals[felt_at, NO_SPEAKER, ERRORS_SHOWN] += is_error
    state.expected[felt_at, caused_at, agent] += fixed(chance * share_expected)
    if shows:
        silent = fixed((1.0 - chance) * share_expected)
        state.unvoiced[felt_at, caused_at, UNVOICED_EXPECTED] += silent
    # Of errors `expect` counts the chance at every visit, which varies less.
    if state.rules[0]["sliced"] != 0 and not is_error:
        state.foreseen[felt_at, caused_at, agent] += fixed(chance)
        if shows:
            state.unvoiced[felt_at, caused_at, UNVOICED_FORESEEN] += fixed(1.0 - chance)
    if remedies_count(state, agent):
        failure = failure_of(state, severity)
        foreseen = 0.0 if failure == OF_ERROR else chance
        count_remedies(state, slot, caused_at, failure, voiced, chance * share_expected, foreseen)


@kernel
def expect(state, slot, felt_at, severity, chance_of_failure):
    """Count how much a step is expected to be complained of with no defect anywhere.

    In a slice, count also how much it will be with the defects there are: they multiply
    the odds of a failure.
    """
    agent = int(state.customers[state.cases[slot]["customer"]]["represented"])
    voice = voice_probability(state, slot, severity)
    state.expected[felt_at, felt_at, agent] += fixed(voice * chance_of_failure)
    shows = measured(state, severity)
    if shows:
        silent = fixed((1.0 - voice) * chance_of_failure)
        state.unvoiced[felt_at, felt_at, UNVOICED_EXPECTED] += silent
    chance = 0.0
    if state.rules[0]["sliced"] != 0:
        worse = chance_of_failure * state.rates[felt_at]["defect_odds"]
        chance = worse / (1.0 - chance_of_failure + worse) if worse > 0.0 else 0.0
        voiced = fixed(voice * chance)
        state.foreseen[felt_at, felt_at, agent] += voiced
        state.error_signals[felt_at, agent, ERRORS_FORESEEN] += voiced
        if shows:
            silent = fixed((1.0 - voice) * chance)
            state.unvoiced[felt_at, felt_at, UNVOICED_FORESEEN] += silent
            state.error_signals[felt_at, NO_SPEAKER, ERRORS_FORESEEN] += silent
    if (agent == 0 or state.rules[0]["sliced"] != 0) and remedies_count(state, agent):
        expected, foreseen = voice * chance_of_failure, voice * chance
        count_remedies(state, slot, felt_at, OF_ERROR, 0, expected, foreseen)


@kernel
def voice_visit(state, slot):
    """Voice the failures of a visit, each with where it was felt and where it was caused.

    Of several faults it is the one left at the earliest step that surfaces.
    """
    case = state.cases[slot]
    here = case["touchpoint"]
    luck = state.luck[slot]
    expect(state, slot, here, SEVERITY_ERROR, case["error_without_defects"])
    if case["flags"] & ERROR:
        speak(state, slot, here, here, SEVERITY_ERROR, luck[DRAW_FATE, 3], 0.0)
    if case["flags"] & SURFACED and case["faults"] != 0:
        origin = origin_of_fault(state, slot)
        case["origin"] = origin
        severity = state.rules[0]["severity_fault"]
        speak(state, slot, here, origin, severity, luck[DRAW_ROUTE, 2], case["fault_weight"])
