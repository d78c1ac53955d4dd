"""How long completed cases took, by working days and by the calendar (rule E11)."""

from __future__ import annotations

import math

import numpy as np

from sim.state.tallies import CASE_CLOCK_HOURS, CASE_COMPLETED, CASE_HOURS, FIXED
from sim.study.working_time import CLOCK_DAYS_PER_WEEK, DAYS_PER_WEEK, HOURS_PER_DAY


def days_to_complete(n: np.ndarray) -> dict[str, float]:
    """Return the mean days that completed cases took, by the measure's name.

    Missing if none was completed. A week has five working days, and seven on the calendar.

    Parameters
    ----------
    n : numpy.ndarray
        Tallies of a set of needs, shape (n_case_tallies,).
    """
    days = n[[CASE_HOURS, CASE_CLOCK_HOURS]] / FIXED / HOURS_PER_DAY
    completed = float(n[CASE_COMPLETED])
    working, clock = days / completed if completed else (math.nan, math.nan)
    return {
        "days_to_complete": float(working),
        "clock_days_to_complete": float(clock * (CLOCK_DAYS_PER_WEEK / DAYS_PER_WEEK)),
    }
