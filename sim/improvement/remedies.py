"""What firms make of reports that say what would put a failure right (rule E7).

An alarm is looked into by way of one of its reports (rule M8.4). If that one carries a remedy, its
cause is known without measurement having to trace it, and part of the fix is thought out already.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_RECOGNITION
from sim.engine.philox import block, uniform
from sim.improvement.issues import Alarm, Issue
from sim.state.arrays import State
from sim.state.tallies import CARRIED, CARRIED_FORESEEN


class Report(NamedTuple):
    """One of the reports behind an alarm.

    Attributes
    ----------
    cause : int
        Site that caused the failure.
    remedied : bool
        Whether it says what would put it right.
    """

    cause: int
    remedied: bool


def drawn_from(alarm: Alarm, draw: float) -> Report:
    """Return one of the signals of an alarm, each as likely as any other.

    Of those with one cause the ones that carry a remedy come first, so that the same draw finds
    one whenever there are more of them.

    Parameters
    ----------
    alarm : Alarm
        With signals.
    draw : float
        Uniform between 0 and 1.
    """
    up_to = list(accumulate(alarm.signals.tolist()))
    place = draw * up_to[-1]
    cause = bisect_right(up_to, place)
    if alarm.told is None:
        return Report(cause, False)
    rank = place - (up_to[cause] - int(alarm.signals[cause]))
    return Report(cause, rank < int(alarm.told[cause]))


def saved_hours(issue: Issue, parameters: dict[str, float]) -> float:
    """Return the hours of a fix that the report which it rests on saves, if it carries a remedy.

    k₀·`remedy_saves`: what is left is k₀·(1 − `remedy_saves`) + k₁ × heads.
    """
    return parameters["fix_base_hours"] * parameters["remedy_saves"] if issue.remedied else 0.0


def remedies_of_the_firm(
    state: State, stands_for: int, week: int, counters: np.ndarray, voiced: np.ndarray
) -> np.ndarray:
    """Return how many of a week's voiced failures of the whole firm carry a remedy.

    Parameters
    ----------
    state : State
        The slice; with one customer standing for one what is counted is the firm's.
    stands_for : int
        How many customers each simulated one stands for, k.
    week : int
        The week.
    counters : numpy.ndarray
        Counter of each site for draws, int64, shape (n_sites,).
    voiced : numpy.ndarray
        Voiced failures of the firm: where felt, cause, and who spoke, int64, shape
        (n_touchpoints, n_sites, 2).

    Returns
    -------
    numpy.ndarray
        int64, the shape of `voiced`, and nowhere more than it.
    """
    if stands_for == 1:
        return np.ascontiguousarray(state.remedies[..., CARRIED])
    carried = np.zeros_like(voiced)
    foreseen = state.remedies[..., CARRIED_FORESEEN]
    if foreseen.any():
        share = foreseen / np.maximum(state.foreseen, 1)
        _draw_carried(state.keys[DRAW_RECOGNITION], counters, week, voiced, share, carried)
    return carried


@kernel
def _draw_carried(
    key: int,
    counters: np.ndarray,
    week: int,
    voiced: np.ndarray,
    share: np.ndarray,
    carried: np.ndarray,
) -> None:
    """Draw of each signal whether it carries a remedy, by the block of its recognition."""
    for felt in range(voiced.shape[0]):
        for caused in range(voiced.shape[1]):
            for who in range(2):
                if share[felt, caused, who] <= 0.0:
                    continue
                for number in range(voiced[felt, caused, who]):
                    lanes = block(key, counters[felt], week, counters[caused], 2 * number + who)
                    if uniform(lanes[2]) < share[felt, caused, who]:
                        carried[felt, caused, who] += 1
