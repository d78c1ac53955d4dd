"""The network as a study of the engine, with all that queues do not need switched off.

The weekly management still takes place and is part of a run's seconds. Switched off by
ordinary parameters are errors, facts, lost hand-offs, defects, leaving and meetings; the
rules for them are passed through all the same.
"""

from __future__ import annotations

import gc
import time
from typing import Any

from benchmarks.queues.network import (
    FRONT,
    JOURNEYS,
    PATIENCE_DEFERRED,
    PATIENCE_LIVE,
    TICKS_PER_DAY,
    Network,
    Outcome,
    Tally,
    is_patient,
)
from benchmarks.stopwatch import days_timed
from sim.checks.theory import tiny_study
from sim.model import EnterpriseModel
from sim.state.cases import N_COMPLETED, N_NEEDS
from sim.state.tallies import FIXED, TOUCH_ABANDONED, TOUCH_VISITS, TOUCH_WAIT
from sim.study.study import Study


def study_of(network: Network) -> Study:
    """Return the network as a study: a function for each station, a touchpoint for each step."""
    journeys: dict[str, Any] = {}
    needs = {}
    for name, journey in JOURNEYS.items():
        needs[name] = journey.needs
        steps = {
            station: {
                "owner": station,
                "mode": "deferred" if is_patient(station) else "live",
                "minutes": step.minutes,
                "next": step.next,
            }
            for station, step in journey.steps.items()
        }
        journeys[name] = {"start": FRONT, "touchpoints": steps}
    functions = {station: {"heads": servers} for station, servers in network.servers.items()}
    return tiny_study(
        {"functions": functions, "journeys": journeys},
        {
            "customers": network.customers,
            "segments": {"all": {"share": 1, "needs_per_year": needs}},
        },
        design={
            "horizon_days": network.days,
            "warm_up_days": 0,
            "follow_up_days": 0,
            "ticks_per_day": TICKS_PER_DAY,
        },
        parameters={
            "patience_live_hours": PATIENCE_LIVE,
            "patience_deferred_hours": PATIENCE_DEFERRED,
        },
    )


def run(network: Network, replicate: int) -> Outcome:
    """Build the model, run it and return what it leaves."""
    study = study_of(network)
    gc.collect()  # what an earlier run left behind is not for this one to clear away
    begun = time.process_time()
    model = EnterpriseModel(study, study.organisations[0], replicate)
    built = time.process_time() - begun
    with days_timed(model, time.process_time) as days:
        begun = time.process_time()
        model.run_model()
        seconds = time.process_time() - begun
    outcome = _outcome(network, model)
    outcome.building, outcome.seconds, outcome.days = built, seconds, days.seconds
    model.release()
    return outcome


def _outcome(network: Network, model: EnterpriseModel) -> Outcome:
    stations = {station: Tally() for station in network.servers}
    for (_, station), counts in zip(
        model.blueprint.touchpoints, model.state.touch_tallies, strict=True
    ):
        tally = stations[station]
        tally.served += int(counts[TOUCH_VISITS])
        tally.abandoned += int(counts[TOUCH_ABANDONED])
        tally.waited += float(counts[TOUCH_WAIT]) / FIXED
    counters = model.state.counters
    return Outcome(stations, int(counters[N_NEEDS]), int(counters[N_COMPLETED]))
