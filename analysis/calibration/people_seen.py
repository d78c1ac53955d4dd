"""Staffing that a log implies: who was seen at work, and what they did."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.calibration.visits import LogVisits

PAID_HOURS_A_DAY = 8.0
WORKING_DAYS_OF_A_WEEK = 5.0 / 7.0
BUSIEST = 0.75
"""Share of paid hours that logged work may fill at most: meetings and rework come on top."""


@dataclass(frozen=True)
class PeopleSeen:
    """People of one function.

    Attributes
    ----------
    heads : int
        Whole people.
    seen : float
        People seen at work on a working day, as full posts; 0 where the log names nobody.
    filled : float
        Share of their paid hours that logged work fills.
    raised : bool
        More than were seen, because logged work would have filled over 75 % of their hours.
    """

    heads: int
    seen: float
    filled: float
    raised: bool


def people_seen_of(
    log: LogVisits, minutes: pd.Series, functions: list[str]
) -> dict[str, PeopleSeen]:
    """Estimate people by function from the days on which they were seen at work.

    Whoever did something on a day is paid that day's eight hours, split over functions by minutes
    worked (evenly where none are known), and scaled up for work whose doer is not named. Counted in
    the middle nine tenths of the log's work: its ends may be thin.

    Parameters
    ----------
    log : LogVisits
        The log, its functions as the firm is to have them.
    minutes : pandas.Series
        Minutes of work by visit, none missing.
    functions : list of str
        Names of the functions.
    """
    first, last = np.floor(log.visits["start"].quantile([0.05, 0.95]).to_numpy())
    working_days = max((last - first + 1) * WORKING_DAYS_OF_A_WEEK, 1.0)
    inside = (log.visits["start"] >= first) & (log.visits["start"] < last + 1)
    visits, people = log.visits[inside], log.people
    people = people[(people["day"] >= first) & (people["day"] <= last)]
    worked = minutes[inside].groupby(visits["function"]).sum() / 60.0
    days = _paid_days(people)
    named = (visits["resource"] != "").groupby(visits["function"]).mean()
    found = {}
    for name in functions:
        seen = float(days.get(name, 0.0)) / working_days / max(float(named.get(name, 1.0)), 0.1)
        load = float(worked.get(name, 0.0)) / (PAID_HOURS_A_DAY * working_days)
        least = max(1, math.ceil(load / BUSIEST))
        heads = max(math.ceil(seen), least)
        found[name] = PeopleSeen(heads, seen, load / heads, least > math.ceil(seen))
    return found


def _paid_days(people: pd.DataFrame) -> pd.Series:
    """Return person-days by function."""
    if people.empty:
        return pd.Series(dtype=float)
    whole = people.groupby(["resource", "day"])["minutes"].transform("sum")
    many = people.groupby(["resource", "day"])["minutes"].transform("size")
    part = (people["minutes"] / whole.where(whole > 0.0)).fillna(1.0 / many)
    return part.groupby(people["function"]).sum()
