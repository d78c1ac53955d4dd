"""A visit to a touchpoint: how it begins, and how it takes effect, rule by rule."""

from __future__ import annotations

from sim.day.disclose import gather_facts
from sim.day.judge import judge_visit, leave_faults
from sim.day.negotiate import negotiate
from sim.day.serve import foresee
from sim.day.voice import SEVERITY_ERROR, SEVERITY_FAULT, expect, speak
from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_FATE, DRAW_ROUTE
from sim.state.cases import ABANDONED, BY_PERSON, ERROR, SURFACED
from sim.state.fact_records import write_records
from sim.state.tallies import (
    TOUCH_ABANDONED,
    TOUCH_ERRORS,
    TOUCH_VISITS,
    TOUCH_WAIT,
    fixed,
    in_window,
)


@kernel
def abandon(state, slot, hour):
    """Note that a case's patience ended at an hour, before a server turned to it."""
    case = state.cases[slot]
    case["state"] = ABANDONED
    case["due"] = hour
    if in_window(state, hour):
        tally = state.touch_tallies[case["touchpoint"]]
        tally[TOUCH_WAIT] += fixed(hour - case["joined"])
        tally[TOUCH_ABANDONED] += 1


@station
def begin_visit(state, slot, hour):
    """Bring the facts together and draw the step's fate; return hours of plain work."""
    case = state.cases[slot]
    n_guessed, n_stale, extra_hours = gather_facts(state, slot, hour)
    hours = foresee(state, slot, n_guessed, n_stale, extra_hours)
    hours = negotiate(state, slot, hours)
    if in_window(state, hour):
        tally = state.touch_tallies[case["touchpoint"]]
        tally[TOUCH_VISITS] += 1
        tally[TOUCH_ERRORS] += case["flags"] & ERROR
        tally[TOUCH_WAIT] += fixed(hour - case["joined"])
    return hours


@kernel
def finish_visit(state, slot):
    """Let a step take effect: signals, records, faults and the customer's judgement."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    voice_visit(state, slot, step)
    if not case["flags"] & ERROR:
        case["learned"] |= step["produces"]
    write_records(state, slot, case["due"], case["learned"])
    case["note"] |= case["learned"]
    case["seen"] |= case["learned"]
    if step["automated"] == 0 and case["machine"] == BY_PERSON:
        case["holder"] = step["owner"]
    verdict = judge_visit(state, slot)
    leave_faults(state, slot)
    return verdict


@kernel
def voice_visit(state, slot, step):
    """Voice the failures of a visit, each with where it was felt and where it was caused."""
    case = state.cases[slot]
    here = case["touchpoint"]
    luck = state.luck[slot]
    expect(state, slot, here, SEVERITY_ERROR, case["error_without_defects"])
    if case["flags"] & ERROR:
        speak(state, slot, here, here, SEVERITY_ERROR, luck[DRAW_FATE, 3], 0.0)
    if case["flags"] & SURFACED and case["faults"] != 0:
        origin = here - step["local"]
        faults = case["faults"]
        while faults & 1 == 0:
            faults >>= 1
            origin += 1
        case["origin"] = origin
        speak(state, slot, here, origin, SEVERITY_FAULT, luck[DRAW_ROUTE, 2], case["fault_weight"])
