"""Evidence of a firm of which only a slice of the customers is simulated (rule M4.5).

An alarm tells a defect from chance by how many failures are voiced, and in a firm k times
as large chance is √k times smaller beside them. Multiplying the slice's signals by k would
keep its chance, and raise alarms that the firm would not see. So each week's signals are
drawn for the firm, Poisson, around k times what the slice's visits and failures would have
voiced on average.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.draws import DRAW_SLICE
from sim.engine.philox import block, normal, uniform
from sim.improvement.defects import poisson
from sim.state.arrays import State
from sim.state.tallies import (
    ERRORS_FORESEEN,
    ERRORS_SHOWN,
    FIXED,
    NO_SPEAKER,
    UNVOICED_FORESEEN,
)

MANY = 50.0
"""Mean from which a Poisson number is drawn as a normal one."""


def signals_of_the_firm(
    state: State, stands_for: int, week: int, counters: np.ndarray
) -> np.ndarray:
    """Return a week's voiced failures of the whole firm: where felt, cause, and who spoke.

    Parameters
    ----------
    state : State
        The slice; with one customer standing for one the signals are its own.
    stands_for : int
        How many customers each simulated one stands for, k.
    week : int
        The week.
    counters : numpy.ndarray
        Counter of each site for draws, int64, shape (n_sites,).

    Returns
    -------
    numpy.ndarray
        int64, shape (n_touchpoints, n_sites, 2); the last axis is person or agent.
    """
    if stands_for == 1:
        return state.signals
    drawn = np.zeros_like(state.foreseen)
    means = state.foreseen * (stands_for / FIXED)
    for felt, caused, who in zip(*np.nonzero(state.foreseen), strict=True):
        words = (int(counters[felt]), week, int(counters[caused]), int(who))
        lanes = block(state.keys[DRAW_SLICE], *words)
        drawn[felt, caused, who] = poisson_at_any_mean(float(means[felt, caused, who]), lanes)
    return drawn


def observed_in_the_firm(
    key: int, counters: np.ndarray, week: int, means: np.ndarray
) -> np.ndarray:
    """Return a week's observed failures of the whole firm that nobody voiced.

    Parameters
    ----------
    key : uint64
        Of the draws.
    counters : numpy.ndarray
        Counter of each site for draws, int64, shape (n_sites,).
    week : int
        The week.
    means : numpy.ndarray
        How many there would be on average, by where they were felt and their cause, float64,
        shape (n_touchpoints, n_sites).

    Returns
    -------
    numpy.ndarray
        int64, the same shape.
    """
    drawn = np.zeros(means.shape, np.int64)
    for felt, caused in zip(*np.nonzero(means), strict=True):
        lanes = block(key, int(counters[felt]), week, int(counters[caused]), 0)
        drawn[felt, caused] = poisson_at_any_mean(float(means[felt, caused]), lanes)
    return drawn


def errors_voiced_in_the_firm(state: State, stands_for: int, voiced: np.ndarray) -> np.ndarray:
    """Return how many of a week's voiced failures are visible errors.

    Of a slice's drawn signals, as many as there are among those to be expected.

    Parameters
    ----------
    state : State
        The slice.
    stands_for : int
        How many customers each simulated one stands for, k.
    voiced : numpy.ndarray
        As `signals_of_the_firm` returns them.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_touchpoints, 2), of those felt and caused at a touchpoint.
    """
    errors = state.error_signals[:, :NO_SPEAKER]
    if stands_for == 1:
        return np.ascontiguousarray(errors[:, :, ERRORS_SHOWN])
    steps = np.arange(len(errors))
    foreseen = state.foreseen[steps, steps]
    return _as_foreseen(voiced[steps, steps], errors[:, :, ERRORS_FORESEEN], foreseen)


def errors_observed_in_the_firm(state: State, observed: np.ndarray) -> np.ndarray:
    """Return how many of the full firm's observed failures are visible errors.

    Parameters
    ----------
    state : State
        The slice.
    observed : numpy.ndarray
        As `observed_in_the_firm` returns them.

    Returns
    -------
    numpy.ndarray
        int64, shape (n_touchpoints,).
    """
    steps = np.arange(len(observed))
    errors = state.error_signals[:, NO_SPEAKER, ERRORS_FORESEEN]
    foreseen = state.unvoiced[steps, steps, UNVOICED_FORESEEN]
    return _as_foreseen(observed[steps, steps], errors, foreseen)


def _as_foreseen(drawn: np.ndarray, part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return how many of those drawn are of a part, if it is what it was foreseen to be."""
    return np.rint(drawn * (part / np.maximum(whole, 1))).astype(np.int64)


def poisson_at_any_mean(mean: float, lanes: tuple[int, ...]) -> int:
    """Return a Poisson number from a block of luck: by a normal one where it is large."""
    if mean < MANY:
        return int(poisson(mean, uniform(lanes[0])))
    return max(0, round(mean + math.sqrt(mean) * float(normal(lanes[0], lanes[1]))))
