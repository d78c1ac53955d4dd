"""What customers of day 0 hold of the enterprise when the window ends.

Cases go on to their end in the follow-up, and standing with them. What is said of the window
must not depend on how long that is, so it is summed up when the window ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.organisation.readings import parts
from sim.state.arrays import State
from sim.state.customers import reputation


class Sums(NamedTuple):
    """Over customers of day 0; kept shares over who has met any function, spreads over several."""

    customers: float
    standing: float
    met: float
    kept: float
    met_several: float
    spread: float


@dataclass(frozen=True)
class WindowEnd:
    """Sums over customers of day 0, whose standing is frozen when they leave.

    Attributes
    ----------
    overall : Sums
    by_segment : list of Sums
        In the order of the segments.
    by_function : numpy.ndarray
        How many have met each function, their standings and kept shares, summed; float64,
        shape (n_functions, 3).
    standing : numpy.ndarray
        Of every customer, prospects included, float32, shape (n_customers,).
    """

    overall: Sums
    by_segment: list[Sums]
    by_function: np.ndarray
    standing: np.ndarray


def take_stock(state: State) -> WindowEnd:
    """Return the sums as they are now."""
    n_functions, n_segments = len(state.functions), len(state.segments)
    groups = np.zeros((n_segments + 1, len(Sums._fields)))
    by_function = np.zeros((n_functions, 3))
    for part in parts(state):
        there = _there_at_day_zero(state, part)
        groups += _sums_by_group(state, there)
        by_function += _sums_by_function(state, there)
    overall, *by_segment = (Sums(*row) for row in groups.tolist())
    return WindowEnd(overall, by_segment, by_function, state.customers["standing"].copy())


class _There(NamedTuple):
    """Customers of day 0: columns of CUSTOMER, and of CONTACT with each function."""

    segment: np.ndarray
    represented: np.ndarray
    standing: np.ndarray
    kept: np.ndarray
    broken: np.ndarray
    met: np.ndarray


def _there_at_day_zero(state: State, part: slice) -> _There:
    """Return the customers of day 0 in a part of all."""
    customers = state.customers[part]
    there = customers["joined_at"] <= float(state.rules[0]["day_zero"])
    contacts = state.contacts.reshape(-1, len(state.functions))[part]
    return _There(
        segment=customers["segment"][there],
        represented=customers["represented"][there],
        standing=customers["standing"][there].astype(float),
        kept=contacts["kept"][there].astype(float),
        broken=contacts["broken"][there].astype(float),
        met=contacts["trials"][there] > 0,
    )


def _sums_by_group(state: State, there: _There) -> np.ndarray:
    """Return the sums over some customers of day 0: of all, then of each segment.

    Returns
    -------
    numpy.ndarray
        float64, shape (1 + n_segments, len(Sums._fields)).
    """
    kept, broken = there.kept, there.broken
    with np.errstate(invalid="ignore"):
        shares = np.where(there.met, kept / (kept + broken), np.nan)
    several = there.met.sum(axis=1) > 1
    spread = np.zeros(len(kept))  # how far functions differ in promises kept
    spread[several] = np.nanstd(shares[several], axis=1)
    kept, broken = kept.sum(axis=1), broken.sum(axis=1)
    met = kept + broken > 0
    share = np.divide(kept, kept + broken, out=np.zeros(len(kept)), where=met)
    columns = np.stack([np.ones(len(kept)), there.standing, met, share, several, spread], axis=1)
    segments = [there.segment == place for place in range(len(state.segments))]
    return np.stack([columns.sum(axis=0), *(columns[mine].sum(axis=0) for mine in segments)])


def _sums_by_function(state: State, there: _There) -> np.ndarray:
    """Return how many of some have met each function, their standings and shares kept, summed.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_functions, 3).
    """
    kept, broken, met = there.kept, there.broken, there.met
    # As the engine has it: ratings that others share are the base rate of the represented.
    fixed = state.rules[0]["fixed_rate"] == 1
    prior = np.maximum(2.0 - (kept + broken), 0.0) if fixed else 2.0
    standing = reputation(kept, broken, state.bases[there.represented], prior)
    with np.errstate(invalid="ignore"):
        share = kept / (kept + broken)
    columns = [np.where(met, value, 0.0).sum(axis=0) for value in (1.0, standing, share)]
    return np.stack(columns, axis=1)
