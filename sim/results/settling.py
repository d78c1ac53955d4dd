"""When the work in hand settles: where a warm-up could end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.study.working_time import DAYS_PER_WEEK


def settling_days(open_by_week: Sequence[int]) -> int:
    """Return where MSER would end the warm-up, in working days since the run began.

    At once where there is nothing to tell by: a run of less than two weeks.

    Parameters
    ----------
    open_by_week : sequence of int
        Cases open at the end of each week of the run.
    """
    if len(open_by_week) < 2:
        return 0
    return mser(np.array(open_by_week)) * DAYS_PER_WEEK


def mser(series: np.ndarray) -> int:
    """Return how many observations to cut from the start of a series.

    The marginal standard error rule (White 1997): the cut that minimises the squared
    standard error of what is left, sought in the first half.

    Parameters
    ----------
    series : numpy.ndarray
        float64, shape (n_observations,), at least two.
    """
    n = len(series)
    cuts = range(max(1, n // 2))
    error = [float(np.var(series[cut:])) / (n - cut) for cut in cuts]
    return int(np.argmin(error))
