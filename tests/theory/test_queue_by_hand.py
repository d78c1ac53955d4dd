"""Queues on a demand table written by hand: order, patience, and the tick between steps."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from sim.checks.theory import tiny_study
from sim.engine.draws import DRAW_JOIN
from sim.engine.philox import block, exponential
from sim.model import EnterpriseModel
from sim.state.blueprint import Blueprint
from sim.state.cases import N_EVENTS
from sim.state.demand_table import NEED, DemandTable
from sim.state.events import CASE_LOST, VISIT
from sim.state.tallies import BY_WAIT

HOUR = 60


def step(owner: str, mode: str, minutes: float, following: str = "completed") -> dict[str, Any]:
    return {
        "owner": owner,
        "mode": mode,
        "minutes": minutes,
        "variation": 0,
        "next": {following: 1},
    }


def desk(ticks_per_day: int = 8, **parameters: float):
    """Return a desk of one person with calls and letters of two hours; letters go to an office."""
    journeys = {
        "call": {"start": "answer", "touchpoints": {"answer": step("desk", "live", 2 * HOUR)}},
        "letter": {
            "start": "open",
            "touchpoints": {
                "open": step("desk", "deferred", 2 * HOUR, "file"),
                "file": step("office", "deferred", HOUR),
            },
        },
    }
    return tiny_study(
        {"functions": {"desk": {"heads": 1}, "office": {"heads": 1}}, "journeys": journeys},
        {"customers": 10},
        design={
            "horizon_days": 10,
            "warm_up_days": 0,
            "follow_up_days": 5,
            "ticks_per_day": ticks_per_day,
        },
        parameters=parameters,
    )


def worked(needs: list[tuple[float, str]], study) -> tuple[EnterpriseModel, np.ndarray]:
    """Return the model and its event log when customer k has the k-th need at its hour."""
    names = Blueprint(study).journeys
    rows = [(hour, who, names.index(name), 0) for who, (hour, name) in enumerate(needs)]
    model = EnterpriseModel(
        study,
        study.organisations[0],
        demand=DemandTable(np.array(rows, NEED)),
        log_events=True,
    )
    model.run_model()
    return model, model.state.events[: model.state.counters[N_EVENTS]]


def visits(log: np.ndarray, touchpoint: int) -> list[tuple[int, float, float, float]]:
    """Return customer, joined, start and end of every visit in the order of starting."""
    rows = log[(log["kind"] == VISIT) & (log["touchpoint"] == touchpoint)]
    rows = np.sort(rows, order="start")
    return [
        (int(r["customer"]), float(r["joined"]), float(r["start"]), float(r["end"])) for r in rows
    ]


ANSWER, FILE, OPEN = 0, 1, 2


@pytest.mark.parametrize("ticks", [1, 4, 8, 16, 96])
def test_live_goes_before_deferred_and_each_in_order_of_joining(ticks) -> None:
    needs = [(0.25, "letter"), (0.5, "letter"), (0.75, "call"), (1.0, "call"), (5.0, "call")]
    _, log = worked(needs, desk(ticks))
    # The first letter is not interrupted; calls pass the second, which yields to the last
    # call too: that has joined by the time the desk is free.
    assert visits(log, OPEN) == [(0, 0.25, 0.25, 2.25), (1, 0.5, 8.25, 10.25)]
    assert visits(log, ANSWER) == [
        (2, 0.75, 2.25, 4.25),
        (3, 1.0, 4.25, 6.25),
        (4, 5.0, 6.25, 8.25),
    ]


@pytest.mark.parametrize("ticks", [1, 4, 8, 16])
def test_a_live_case_that_joins_later_does_not_hold_up_a_free_desk(ticks) -> None:
    _, log = worked([(0.2, "letter"), (0.6, "call")], desk(ticks))
    assert visits(log, OPEN) == [(0, 0.2, 0.2, 2.2)]
    assert visits(log, ANSWER) == [(1, 0.6, 2.2, 4.2)]


@pytest.mark.parametrize("ticks", [1, 4, 8, 16])
def test_a_hand_off_joins_exactly_one_tick_after_its_service_ends(ticks) -> None:
    _, log = worked([(0.3, "letter"), (9.7, "letter")], desk(ticks))
    opened, filed = visits(log, OPEN), visits(log, FILE)
    for (customer, _, _, end), (same, joined, start, _) in zip(opened, filed, strict=True):
        assert customer == same
        assert joined == start == pytest.approx(end + 8 / ticks, rel=1e-15)


def patience_of(model: EnterpriseModel, customer: int, mean: float) -> float:
    """Patience of a customer's first call as the rule draws it, hours."""
    counter = int(model.state.touchpoints[ANSWER]["counter"])
    return mean * exponential(block(model.state.keys[DRAW_JOIN], customer, 0, counter, 0)[0])


@pytest.mark.parametrize("ticks", [1, 4, 8, 16])
@pytest.mark.parametrize("mean", [0.5, 2.0, 8.0])
def test_whoever_runs_out_of_patience_leaves_then_and_holds_nobody_up(ticks, mean) -> None:
    """A queue of nine calls at one desk, followed with pencil and paper."""
    times = [0.1 * k for k in range(1, 10)]
    model, log = worked([(t, "call") for t in times], desk(ticks, patience_live_hours=mean))
    free_at, served, dropped = 0.0, [], []
    for customer, joined in enumerate(times):
        start, deadline = max(free_at, joined), joined + patience_of(model, customer, mean)
        if start > deadline:
            dropped.append((customer, deadline))
        else:
            free_at = start + 2.0
            served.append((customer, joined, start, free_at))
    assert served
    assert dropped or mean == 8.0
    assert np.array(visits(log, ANSWER)) == pytest.approx(np.array(served))
    ends = log[log["kind"] == CASE_LOST]
    found = {int(row["customer"]): float(row["start"]) for row in ends}
    assert found == pytest.approx(dict(dropped))
    assert set(ends["detail"]) <= {BY_WAIT}
    assert model.state.drop_tallies[ANSWER, BY_WAIT] == len(dropped)


@functools.cache
def mixed_queue(ticks: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    times = np.sort(rng.uniform(0, 30, 10))
    _, log = worked([(float(t), "call" if k % 2 else "letter") for k, t in enumerate(times)],
                    desk(ticks))  # fmt: skip
    return np.array(visits(log, ANSWER) + visits(log, OPEN))


@pytest.mark.parametrize("ticks", [1, 3, 16])
def test_the_desk_of_one_queue_works_alike_at_any_tick_length(ticks) -> None:
    assert mixed_queue(ticks) == pytest.approx(mixed_queue(8))
