"""How a run fares within its window: what triggers and months are read from.

Looking at every customer costs in proportion to their number, so it is done each week only
where a transition waits for a sign, and otherwise at the end of each month.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.state import tallies as t
from sim.state.arrays import State
from sim.state.customers import standing_of_those
from sim.state.leaving import leaving_hours
from sim.study.working_time import DAYS_PER_MONTH, DAYS_PER_WEEK, WEEKS_PER_MONTH

EVERYBODY = slice(None)
PART = 2**14
"""Customers whose hours, margins and shares are worked out at once."""


class Reading(NamedTuple):
    """The state of affairs at the end of a week.

    Attributes
    ----------
    standing : float
        Mean over customers of day 0, frozen when they leave.
    needs, dropped, rated, promoters, detractors : int
        Of the cohort, since day 0.
    present : int
        Customers of day 0 who are still there.
    """

    standing: float
    needs: int
    dropped: int
    rated: int
    promoters: int
    detractors: int
    present: int


def parts(state: State) -> Iterator[slice]:
    """Yield customers part by part, so that what is worked out of them takes little memory."""
    n_customers = len(state.customers)
    for first in range(0, n_customers, PART):
        yield slice(first, min(first + PART, n_customers))


def mean_standing(state: State) -> float:
    """Return the mean standing of customers of day 0, frozen when they leave, 0 to 1."""
    return float(standing_of_those(state.customers, float(state.rules[0]["day_zero"])))


def take_reading(state: State, hour: float) -> Reading:
    """Return how things are at the end of a week."""
    n = state.case_tallies.sum(axis=(0, 1, 2))
    day_zero, present = float(state.rules[0]["day_zero"]), 0
    for rows in parts(state):
        there = state.customers["joined_at"][rows] <= day_zero
        present += int((leaving_hours(state, rows)[there] > hour).sum())
    return Reading(
        standing=mean_standing(state),
        needs=int(n[t.CASE_NEEDS]),
        dropped=int(n[t.CASE_DROPPED]),
        rated=int(n[t.CASE_RATED]),
        promoters=int(n[t.CASE_PROMOTERS]),
        detractors=int(n[t.CASE_DETRACTORS]),
        present=present,
    )


def own_kpi(state: State, owners: np.ndarray, function: int) -> float:
    """Return a function's own KPI: its visits without a visible error, of all it owed.

    Faults that it left for others to find do not count against it, and a step that it was too
    slow for does. What is done in an owner's place counts for who did it.

    Parameters
    ----------
    owners : numpy.ndarray
        Owner of every touchpoint, int, shape (n_touchpoints,).
    function : int
        Which function.
    """
    mine = owners == function
    visits, errors, late = state.touch_tallies[mine][
        :, [t.TOUCH_VISITS, t.TOUCH_ERRORS, t.TOUCH_ABANDONED]
    ].sum(axis=0)
    done_for, by_me = state.helped[:, mine].sum(axis=(0, 1)), state.helped[function].sum(axis=0)
    visits += by_me[t.HELPED_VISITS] - done_for[t.HELPED_VISITS]
    errors += by_me[t.HELPED_ERRORS] - done_for[t.HELPED_ERRORS]
    return float(visits - errors) / float(visits + late) if visits + late else math.nan


def over_weeks(readings: list[Reading], measure: str, weeks: int) -> float:
    """Return a measure over the last weeks, NaN if the window is not that old yet.

    Parameters
    ----------
    readings : list of Reading
        One a week since day 0.
    measure : str
        ``standing`` (mean of the weeks), ``drop_off_rate`` (cases dropped in these weeks
        over needs that arose in them), ``nps`` (of the journeys that ended in them) or
        ``churn_rate`` (a month).
    weeks : int
        How many.
    """
    if len(readings) < weeks or (measure == "churn_rate" and len(readings) <= weeks):
        return math.nan
    now = readings[-1]
    if measure == "standing":
        return sum(reading.standing for reading in readings[-weeks:]) / weeks
    then = readings[-weeks - 1] if len(readings) > weeks else Reading(0.0, 0, 0, 0, 0, 0, 0)
    if measure == "churn_rate":
        stayed = now.present / then.present if then.present else math.nan
        return 1.0 - stayed ** (WEEKS_PER_MONTH / weeks)
    if measure == "drop_off_rate":
        return _ratio(now.dropped - then.dropped, now.needs - then.needs)
    net = (now.promoters - then.promoters) - (now.detractors - then.detractors)
    return 100.0 * _ratio(net, now.rated - then.rated)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def ends_month(days: float, horizon_days: int) -> bool:
    """Tell whether a week of the window is its month's last, or the window's.

    Parameters
    ----------
    days : float
        Since the window began, at the end of the week; a week counts to the month in which
        it ends.
    horizon_days : int
        Length of the window.
    """
    if days >= horizon_days:
        return days == horizon_days
    following = min(days + DAYS_PER_WEEK, horizon_days)
    return days > 0 and month_of_day(days) != month_of_day(following)


def month_of_day(days: float) -> int:
    """Return the month of the window in which so many days end, the first is 0."""
    return math.ceil(days / DAYS_PER_MONTH - 1e-9) - 1
