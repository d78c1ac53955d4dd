"""The engine against results known in closed form (rule M13).

Every case runs the real engine on a small enterprise in which all but the mechanism in
question is switched off by ordinary parameters.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.philox import block
from sim.model import EnterpriseModel
from sim.state.cases import N_COMPLETED, N_DROPPED, N_NEEDS, N_OPEN, N_RECONTACTS, N_UNREALISED
from sim.state.tallies import (
    BY_WAIT,
    BY_WITHDRAWAL,
    CASE_COMPLETED,
    CASE_DROPPED,
    CASE_NEEDS,
    CASE_TRANSFERS,
    FIXED,
    SEAM_FACTS_ARRIVED,
    SEAM_FACTS_SENT,
    TOUCH_VISITS,
    TOUCH_WAIT,
)
from sim.study.study import Study
from sim.study.tables import column_names
from sim.study.working_time import HOURS_PER_YEAR

QUIET = {
    "ordinary_meetings_share": 0,
    "discretionary_share": 0,
    "incentive_direction": 0,
    "base_remit": 1,
    "improvement_floor": 0,
    "patience_standing_slope": 0,
    "ask_probability": 0,
    "guess_error": 0,
    "stale_error": 0,
    "staleness_per_year": 0,
    "own_record_write": 0,
    "inner_ties": 0,
    "cross_ties": 0,
    "loss_rate": 0,
    "quality_effect": 0,
    "writing_effect": 0,
    "defect_rate": 0,
    "leaving_per_day": 0,
    "leaving_offer": 0,
    "agent_search": 0,
    "person_search": 0,
    "recontact_person": 0,
    "note_spoken": 1,
    "note_written": 1,
    "write_minutes": 0,
    "note_minutes": 0,
    "lookup_minutes": 0,
    "understanding_floor": 1,
    "standards_share": 0,
    "agent_refresh": 0,
    "agent_writes": 0,
    "reminder": 0,
    "patience_live_hours": 1e9,
    "patience_deferred_hours": 1e9,
    "tolerance_effort": 1e9,
    "error_scale": 1,
    "latent_fault_scale": 1,
    "voice_severity": 1,
    "planned_rework": 0,
    "expectation_rate": 0,
    "team_monitor_share": 0,
    "blame_ambiguity": 0,
    "observe_share": 0,
    "remedy_share": 0,
}
"""Parameters that switch every mechanism off; a case sets what it is about."""

PLENTY = 4000
"""Heads that stand for unlimited capacity."""

# (λ, μ, c, θ) an hour -> P(abandon), E[wait] in hours: Erlang-A (Palm; Garnett,
# Mandelbaum & Reiman 2002). The wait counts all, those who abandon included.
ERLANG_A = {
    (10, 1, 10, 0.5): (0.10391, 0.20783),
    (48, 1, 50, 0.5): (0.03091, 0.06182),
    (12, 1, 10, 0.5): (0.19566, 0.39131),
}
ERLANG_TOLERANCE = 0.02

# Counter, key and block, as published with Random123 (Salmon et al. 2011).
PHILOX_VECTORS = (
    ((0, 0, 0, 0), 0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        0xFFFFFFFFFFFFFFFF,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        0x299F31D0A4093822,
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)

TheoryRows = list[tuple[str, str, float, float, float, float, bool]]


def run_all(quick: bool = False) -> pd.DataFrame:
    """Return every theory row, with the columns of ``theory.csv``.

    Parameters
    ----------
    quick : bool
        Fewer repetitions, for a test that only wants to see the machinery turn;
        tolerances stay, so a quick row of a queue may miss.
    """
    rows: TheoryRows = []
    _philox(rows)
    for rates, expected in ERLANG_A.items():
        _erlang(rows, rates, expected, repetitions=2 if quick else 12)
    _absorbing_chain(rows)
    _retention(rows)
    _standing(rows)
    return pd.DataFrame(rows, columns=column_names("theory.csv"))


def _row(
    rows: TheoryRows, case: str, quantity: str, expected: float, simulated: float, within: float
) -> None:
    """Add a row whose error is relative to the expected value."""
    error = abs(simulated - expected) / abs(expected) if expected else abs(simulated)
    rows.append((case, quantity, expected, simulated, error, within, bool(error <= within)))


def tiny_study(enterprise: dict[str, Any], market: dict[str, Any], **settings: Any) -> Study:
    """Return a study of one firm under levers at their defaults.

    Parameters
    ----------
    enterprise, market : dict
        As in YAML.
    **settings
        ``design`` and ``parameters``, laid over a quiet enterprise.
    """
    return Study.model_validate(
        {
            "study": "theory",
            "enterprise": {"enterprise": "theory", **enterprise},
            "market": {"segments": {"all": {"share": 1}}, **market},
            "organisations": [{"organisation": "plain"}],
            "baseline": "plain",
            "design": settings.get("design", {}),
            "parameters": QUIET | settings.get("parameters", {}),
        }
    )


def finished(study: Study, replicate: int = 0) -> EnterpriseModel:
    """Return a study's only org model after its run."""
    model = EnterpriseModel(study, study.organisations[0], replicate)
    model.run_model()
    return model


def _philox(rows: TheoryRows) -> None:
    for number, (counter, key, expected) in enumerate(PHILOX_VECTORS):
        lanes = block(np.uint64(key), *counter)
        for lane in range(4):
            name = f"vector {number + 1} lane {lane + 1}"
            _row(rows, "philox4x32-10", name, float(expected[lane]), float(lanes[lane]), 0.0)


def erlang_study(rates: tuple[float, float, int, float], ticks_per_day: int = 8) -> Study:
    """Return a study of one queue with rates λ, μ, c, θ an hour."""
    arrivals, served, servers, impatience = rates
    customers = 2000
    needs = arrivals * HOURS_PER_YEAR / customers
    answer = {"owner": "desk", "mode": "live", "minutes": 60 / served, "next": {"completed": 1}}
    return tiny_study(
        {
            "functions": {"desk": {"heads": servers}},
            "journeys": {"call": {"start": "answer", "touchpoints": {"answer": answer}}},
        },
        {
            "customers": customers,
            "segments": {"all": {"share": 1, "needs_per_year": {"call": needs}}},
        },
        design={
            "horizon_days": 5200,
            "warm_up_days": 50,
            "follow_up_days": 5,
            "ticks_per_day": ticks_per_day,
        },
        parameters={"patience_live_hours": 1 / impatience},
    )


def erlang_simulated(study: Study, repetitions: int) -> tuple[float, float]:
    """Return P(abandon) and E[wait] in hours over some replicates of a queue."""
    abandoned = waited = joined = 0.0
    for replicate in range(repetitions):
        model = finished(study, replicate)
        abandoned += float(model.state.drop_tallies[0, BY_WAIT])
        joined += float(model.state.case_tallies[..., CASE_NEEDS].sum())
        waited += float(model.state.touch_tallies[0, TOUCH_WAIT]) / FIXED
        model.release()
    return abandoned / joined, waited / joined


def _erlang(
    rows: TheoryRows,
    rates: tuple[float, float, int, float],
    expected: tuple[float, float],
    repetitions: int,
) -> None:
    simulated = erlang_simulated(erlang_study(rates), repetitions)
    case = "erlang-a λ={} μ={} c={} θ={}".format(*rates)
    for name, value, found in zip(
        ("P(abandon)", "E[wait] hours"), expected, simulated, strict=True
    ):
        _row(rows, case, name, value, found, ERLANG_TOLERANCE)


def chain_study() -> Study:
    """Return a study with a loop, two functions and two ways out, and no queue."""
    steps = {
        "apply": {"owner": "front", "next": {"check": 0.7, "completed": 0.1, "gone": 0.2}},
        "check": {"owner": "back", "next": {"apply": 0.3, "decide": 0.6, "gone": 0.1}},
        "decide": {"owner": "front", "next": {"completed": 0.75, "check": 0.25}},
    }
    return tiny_study(
        {
            "functions": {"front": {"heads": PLENTY}, "back": {"heads": PLENTY}},
            "journeys": {
                "j": {
                    "start": "apply",
                    "exits": {"gone": "withdrawn"},
                    "touchpoints": {k: v | {"minutes": 5} for k, v in steps.items()},
                }
            },
        },
        {
            "customers": 20_000,
            "segments": {"all": {"share": 1, "needs_per_year": {"j": 10}}},
        },
        design={"horizon_days": 260, "warm_up_days": 10, "follow_up_days": 60},
    )


def _absorbing_chain(rows: TheoryRows) -> None:
    """Completion, drop-off by site and hand-offs of an absorbing Markov chain.

    With Q the moves between steps, visits are (I − Qᵀ)⁻¹e (Kemeny & Snell 1960).
    """
    model = finished(chain_study())
    moves = np.array([[0, 0.7, 0], [0.3, 0, 0.6], [0, 0.25, 0]])  # apply, check, decide
    visits = np.linalg.solve(np.eye(3) - moves.T, [1.0, 0.0, 0.0])
    cells = model.state.case_tallies.sum(axis=(0, 1, 2))
    needs = float(cells[CASE_NEEDS])
    withdrawn = model.state.drop_tallies[:3, BY_WITHDRAWAL] / needs
    completed = 0.1 * visits[0] + 0.75 * visits[2]
    hand_offs = 0.7 * visits[0] + 0.9 * visits[1] + 0.25 * visits[2]
    seen = model.state.touch_tallies[:3, TOUCH_VISITS] / needs
    case = "absorbing chain"
    for name, expected, simulated, per_case in (
        ("completed", completed, cells[CASE_COMPLETED] / needs, 1.0),
        ("dropped", 1 - completed, cells[CASE_DROPPED] / needs, 1.0),
        ("dropped at apply", 0.2 * visits[0], withdrawn[0], 1.0),
        ("dropped at check", 0.1 * visits[1], withdrawn[1], 1.0),
        ("hand-offs per case", hand_offs, cells[CASE_TRANSFERS] / needs, 2.0),
        ("visits to decide", visits[2], seen[2], 1.0),
    ):
        # Four standard errors of a mean over cases; per_case bounds the spread of one.
        _row(rows, case, name, float(expected), float(simulated),
             4 * per_case * math.sqrt(max(expected, 0.05) / needs) / expected)  # fmt: skip
    n = model.state.counters
    created = float(n[N_NEEDS] + n[N_RECONTACTS])
    settled = float(n[N_OPEN] + n[N_COMPLETED] + n[N_DROPPED] + n[N_UNREALISED])
    _row(rows, case, "cases conserved", created, settled, 0.0)


def retention_study(survival: float, hand_offs: int) -> Study:
    """Return a study in which eight facts pass over some hand-offs, with no other store."""
    facts = {f"fact{i}": "case" for i in range(8)}
    functions = {f"f{i}": {"heads": PLENTY} for i in range(hand_offs + 1)}
    steps: dict[str, Any] = {}
    for place in range(hand_offs + 1):
        target = f"s{place + 1}" if place < hand_offs else "completed"
        steps[f"s{place}"] = {"owner": f"f{place}", "minutes": 5, "next": {target: 1}}
    steps["s0"]["produces"] = list(facts)
    return tiny_study(
        {
            "functions": functions,
            "facts": facts,
            "journeys": {"j": {"start": "s0", "touchpoints": steps}},
        },
        {"customers": 5000, "segments": {"all": {"share": 1, "needs_per_year": {"j": 10}}}},
        design={"horizon_days": 260, "warm_up_days": 10, "follow_up_days": 20},
        parameters={"note_spoken": survival, "note_written": survival},
    )


def _retention(rows: TheoryRows) -> None:
    """Facts kept after h hand-offs are ρ^h when nothing else acts (rule M5.4)."""
    survival, hand_offs = 0.85, 5
    model = finished(retention_study(survival, hand_offs))
    first = float(model.state.seam_tallies[model.state.seam_of[0, 1], SEAM_FACTS_SENT])
    for place in range(hand_offs):
        expected = survival ** (place + 1)
        seam = model.state.seam_of[place, place + 1]
        kept = float(model.state.seam_tallies[seam, SEAM_FACTS_ARRIVED]) / first
        within = 4 * math.sqrt((1 - expected) / (expected * first)) + 1e-3
        _row(rows, "note retention", f"facts kept after {place + 1}", expected, kept, within)


def standing_study(error: float) -> Study:
    """Return a study in which every contact is broken with one probability."""
    step = {"owner": "f", "minutes": 1, "error": error, "next": {"completed": 1}}
    return tiny_study(
        {
            "functions": {"f": {"heads": PLENTY}},
            "journeys": {"j": {"start": "s", "touchpoints": {"s": step}}},
        },
        {"customers": 2000, "segments": {"all": {"share": 1, "needs_per_year": {"j": 100}}}},
        design={"horizon_days": 260, "warm_up_days": 260, "follow_up_days": 5},
    )


def _standing(rows: TheoryRows) -> None:
    """Compare r and s with their fixed points E[r] = (1 − p)/(1 − λ), E[s] = wp/(1 − λ), and S.

    An error repeats the step, so a customer at rest has just had a kept contact:
    r = 1 + λE[r] and s = λE[s] are what is seen.
    """
    memory, weight, base = 0.9, 1.5, 0.6
    horizon = 1.0 / (1.0 - memory)
    for error in (0.0, 0.2):
        model = finished(standing_study(error))
        contacts, case = model.state.contacts, f"standing, p = {error}"
        spread = math.sqrt(error * (1 - error) / (1 - memory**2) / len(contacts))
        kept = 1 + memory * (1 - error) * horizon
        _row(rows, case, "r", kept, _mean(contacts["kept"]), 4 * spread / kept + 1e-6)
        if error:
            broken = memory * weight * error * horizon
            within = 4 * weight * spread / broken
            _row(rows, case, "s", broken, _mean(contacts["broken"]), within)
        else:
            fixed_point = (horizon + 2 * base) / (horizon + 2)
            found = _mean(model.state.customers["standing"])
            _row(rows, case, "S", fixed_point, found, 1e-4)


def _mean(values: np.ndarray) -> float:
    return float(values.astype(float).mean())
