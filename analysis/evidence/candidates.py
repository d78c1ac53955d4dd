"""Candidates: worlds that no wave rules out and that have a chance of being taken in, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.evidence.fitted import Told
from analysis.evidence.history_matching import Wave, chances, least_chance, not_ruled_out
from analysis.evidence.sampling import Points

PASSED_OVER = 0.05
"""Of the worlds that would be taken in, by the emulators, what share is passed over: those that
have so little chance that running them finds hardly any."""
TO_WEIGH = 1000
"""Worlds that are weighed together."""
AT_ONCE = 40
"""Candidates that are run together."""


def candidates(
    waves: Sequence[Wave],
    n_coordinates: int,
    most: int,
    seed: int,
    fixed: Sequence[int],
    told: Told,
) -> Iterator[Points]:
    """Yield worlds that are not ruled out and have a chance, a few at a time, in order.

    Parameters
    ----------
    waves : sequence of Wave
    n_coordinates : int
    most : int
        How many are given at most, about.
    seed : int
        Of the draws.
    fixed : sequence of int
        Coordinates that are 1 in all of them.
    told : Told
        Takes the chance below which they are passed over.
    """
    least, given, waiting = 0.0, 0, np.empty((0, n_coordinates))
    for place in range(most):
        left = not_ruled_out(waves, n_coordinates, TO_WEIGH, seed + place, fixed=fixed)
        if not len(left.points):
            return
        found = chances(waves[-1], left.points)
        if place == 0:
            least = least_chance(found, PASSED_OVER)
            told.least_chance.append(least)
        waiting = np.concatenate([waiting, left.points[found >= least]])
        while len(waiting) >= AT_ONCE:
            yield waiting[:AT_ONCE]
            waiting, given = waiting[AT_ONCE:], given + AT_ONCE
        if given >= most:
            return
