"""Whoever has lost patience is lost, also where no server ever comes to the queue again."""

from __future__ import annotations

import numpy as np

from sim.checks.theory import finished, tiny_study
from sim.day.wait import deadline
from sim.state.cases import N_DROPPED, N_NEEDS, N_OPEN, QUEUED
from sim.state.tallies import BY_WAIT


def test_a_stalled_function_does_not_keep_those_who_have_given_up() -> None:
    step = {"owner": "desk", "mode": "live", "minutes": 1e7, "variation": 0}
    study = tiny_study(
        {
            "functions": {"desk": {"heads": 2}},
            "journeys": {
                "call": {
                    "start": "answer",
                    "touchpoints": {"answer": step | {"next": {"completed": 1}}},
                }
            },
        },
        {"customers": 500, "segments": {"all": {"share": 1, "needs_per_year": {"call": 4}}}},
        design={"horizon_days": 130, "warm_up_days": 0, "follow_up_days": 10},
        parameters={"patience_live_hours": 0.5},
    )
    model = finished(study)
    waiting = np.flatnonzero(model.state.cases["state"] == QUEUED)
    assert all(deadline(model.state, int(slot)) >= model.hour for slot in waiting)
    counters = model.state.counters
    assert counters[N_OPEN] == 2 + len(waiting)  # the two that hold a server for ever
    assert counters[N_DROPPED] == counters[N_NEEDS] - counters[N_OPEN] > 500
    assert model.state.drop_tallies[0, BY_WAIT] > 500
