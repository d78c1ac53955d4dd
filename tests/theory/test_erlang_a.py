"""One function with Poisson arrivals, exponential work and patience is Erlang-A (rule M13)."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from sim.checks.theory import ERLANG_A, erlang_study, finished
from sim.state.tallies import BY_WAIT, CASE_NEEDS, FIXED, TOUCH_WAIT

REPLICATES = 8
POINTS = [((10, 1, 10, 0.5), ticks) for ticks in (1, 4, 8, 16)]
POINTS += [(rates, 8) for rates in ERLANG_A if rates != (10, 1, 10, 0.5)]
POINTS += [((12, 1, 10, 0.5), 4), ((12, 1, 10, 0.5), 16)]


@functools.cache
def simulated(rates: tuple, ticks: int) -> np.ndarray:
    """P(abandon) and E[wait] by replicate, shape (REPLICATES, 2)."""
    study = erlang_study(rates, ticks)
    days = 26_000 // rates[0]
    study = study.model_copy(
        update={"design": study.design.model_copy(update={"horizon_days": days})}
    )
    found = []
    for replicate in range(REPLICATES):
        state = finished(study, replicate).state
        joined = float(state.case_tallies[..., CASE_NEEDS].sum())
        wait = float(state.touch_tallies[0, TOUCH_WAIT]) / FIXED
        found.append((float(state.drop_tallies[0, BY_WAIT]) / joined, wait / joined))
    return np.array(found)


def stationary(arrivals: float, served: float, servers: int, impatience: float) -> tuple:
    """P(abandon) and E[wait] from the birth-death chain of M/M/n+M, cut off far out."""
    size = 400
    weights = [1.0]
    for n in range(1, size):
        death = min(n, servers) * served + max(0, n - servers) * impatience
        weights.append(weights[-1] * arrivals / death)
    share = np.array(weights) / sum(weights)
    queue = float((share * np.maximum(0, np.arange(size) - servers)).sum())
    return impatience * queue / arrivals, queue / arrivals


@pytest.mark.parametrize(("rates", "expected"), ERLANG_A.items())
def test_published_values_are_those_of_the_birth_death_chain(rates, expected) -> None:
    assert stationary(*rates) == pytest.approx(expected, abs=6e-6)


@pytest.mark.parametrize(("rates", "ticks"), POINTS)
def test_waits_and_abandonment_at_any_tick_length(rates, ticks) -> None:
    found = simulated(rates, ticks)
    error = found.std(axis=0, ddof=1) / math.sqrt(REPLICATES)
    expected = np.array(stationary(*rates))
    # With eight replicates 5 standard errors of Student's t leave one false alarm in 600 a
    # value; the second line sees to it that the interval is narrow enough to say something.
    assert np.all(np.abs(found.mean(axis=0) - expected) < 5 * error + 0.002 * expected)
    assert np.all(error < 0.015 * expected)


def test_the_tick_length_changes_nothing_but_rounding() -> None:
    coarse, fine = simulated((10, 1, 10, 0.5), 1), simulated((10, 1, 10, 0.5), 16)
    assert coarse == pytest.approx(fine, rel=1e-9)
