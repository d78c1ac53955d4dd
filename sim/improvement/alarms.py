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
        quiet = quiet_until[site] > week
        level[site] = 0.0 if quiet else risen(level[site], voiced, expected[site], ratio)
        alarmed |= level[site] > alarm_level
    return alarmed


@kernel
def count_waits(
    week: int,
    ratio: float,
    alarm_level: float,
    quiet_until: np.ndarray,
    gave_up: np.ndarray,
    put_up_with: np.ndarray,
    level: np.ndarray,
    since: np.ndarray,
    gone: np.ndarray,
    foreseen: np.ndarray,
) -> bool:
    """Take in who gave up waiting in a week, as `count_signals` does what was heard.

    Parameters
    ----------
    week, ratio, alarm_level, quiet_until, level, since
        As for `count_signals`, by queue.
    gave_up, put_up_with : numpy.ndarray
        How many gave up in each queue, int64, and how many may, float64, shape (n_queues,).
    gone, foreseen : numpy.ndarray
        Written: the two of them since counting began, float64, shape (n_queues,).

    Returns
    -------
    bool
        Whether any queue is above the level.
    """
    alarmed = False
    for queue in range(len(level)):
        if level[queue] <= 0.0:
            since[queue] = week
            gone[queue] = foreseen[queue] = 0.0
        gone[queue] += gave_up[queue]
        foreseen[queue] += put_up_with[queue]
        quiet = quiet_until[queue] > week
        grown = risen(level[queue], gave_up[queue], put_up_with[queue], ratio)
        level[queue] = 0.0 if quiet else grown
        alarmed |= level[queue] > alarm_level
    return alarmed


@kernel
def risen(level: float, number: int, expected: float, ratio: float) -> float:
    """Return max(0, z + x ln R − m(R − 1))."""
    return max(0.0, level + (number * math.log(ratio) - expected * (ratio - 1.0)))


@kernel
def add_since(level: np.ndarray, heard: np.ndarray, since: np.ndarray) -> None:
    """Add what was heard in a week to what was since counting began, before signals are counted.

    Parameters
    ----------
    level : numpy.ndarray
        z of each site, float64, shape (n_sites,); at 0 counting begins anew.
    heard, since : numpy.ndarray
        By site, int64, shape (n_sites, n); `since` is written.
    """
    for site in range(len(level)):
        begun = level[site] > 0.0
        for place in range(heard.shape[1]):
            before = since[site, place] if begun else 0
            since[site, place] = before + heard[site, place]
