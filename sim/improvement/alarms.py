"""When failures heard of are more than chance: a CUSUM for Poisson counts (rule M8.4).

z ← max(0, z + x ln R − m(R − 1)), alarm above a level (Lucas 1985): x is what was heard of a
site in a week and m what current efforts let expect with no defect anywhere. A count
threshold would only measure volume.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel


@kernel
def count_signals(
    week: int,
    ratio: float,
    alarm_level: float,
    quiet_until: np.ndarray,
    heard: np.ndarray,
    expected: np.ndarray,
    level: np.ndarray,
    since: np.ndarray,
    signals: np.ndarray,
    foreseen: np.ndarray,
    ever: np.ndarray,
) -> bool:
    """Take in what was heard in a week.

    Parameters
    ----------
    week : int
        Which week.
    ratio, alarm_level : float
        R, and the level above which a site raises an alarm.
    quiet_until : numpy.ndarray
        Week until which a site raises no alarm, int64, shape (n_sites,).
    heard : numpy.ndarray
        By the site they count at and their cause, int64, shape (n_sites, n_sites).
    expected : numpy.ndarray
        How many were to be expected, float64, shape (n_sites,).
    level : numpy.ndarray
        Written: z, float64, shape (n_sites,).
    since : numpy.ndarray
        Written: week in which counting began, int64, shape (n_sites,).
    signals, foreseen : numpy.ndarray
        Written: those heard and those expected since then, shapes as of `heard` and
        `expected`.
    ever : numpy.ndarray
        Written: those heard since the run began, int64, shape (n_sites,).

    Returns
    -------
    bool
        Whether any site is above the level.
    """
    alarmed = False
    for site in range(len(level)):
        if level[site] <= 0.0:
            since[site] = week
            signals[site] = 0
            foreseen[site] = 0.0
        signals[site] += heard[site]
        foreseen[site] += expected[site]
        voiced = heard[site].sum()
        ever[site] += voiced
        step = voiced * math.log(ratio) - expected[site] * (ratio - 1.0)
        quiet = quiet_until[site] > week
        level[site] = 0.0 if quiet else max(0.0, level[site] + step)
        alarmed |= level[site] > alarm_level
    return alarmed
