"""Opening hours as a log shows them: when each function is at work, and when cases begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.opening import ALWAYS, DAY_NAMES, MINUTES_PER_WEEK, WeekSpans, opening_spans

_Floats = npt.NDArray[np.float64]

RARE_DAY = 0.02
"""A day of the week with less than this of an even share of the work is closed."""
OUTSIDE = 0.01
"""Share of a day's work before it opens, and after it closes."""
THIN_DAY = 0.75
"""A day on which less than this of the usual number of cases begin in an hour is a shorter one."""
NIGHT_HOURS = 3
"""Open but for less than this at night is open around the clock."""
_DAY, _WEEK = 1440, 7


@dataclass(frozen=True)
class Doors:
    """When something happens in a week.

    Attributes
    ----------
    text : str
        As a study writes it, such as `Mon-Fri 08:00-17:00`.
    outside : float
        Share of what was seen that falls outside.
    """

    text: str
    outside: float

    @property
    def spans(self) -> WeekSpans:
        """The same as minutes since Monday 0:00."""
        return opening_spans(self.text)


def doors_of(moments: pd.Series, outside: float = OUTSIDE) -> Doors:
    """Return the opening hours that moments on the wall suggest, whole hours, by day of the week.

    Parameters
    ----------
    moments : pandas.Series
        datetime64 without a zone: when visits or cases begin.
    outside : float
        Share of a day's moments that may lie before it opens, and after it closes.
    """
    day, hour = moments.dt.day_of_week.to_numpy(), moments.dt.hour.to_numpy()
    return _doors(_hours_by_day(day, hour, outside), day, hour)


def needs_of(moments: pd.Series, outside: float) -> Doors:
    """Return the hours in which cases begin, shorter on days on which fewer begin in an hour.

    The model lets them begin as often in every hour of a week: a quiet Sunday is a short one.

    Parameters
    ----------
    moments, outside
        As for `doors_of`.
    """
    day, hour = moments.dt.day_of_week.to_numpy(), moments.dt.hour.to_numpy()
    hours = _hours_by_day(day, hour, outside)
    begun = {each: np.bincount(hour[day == each], minlength=24) for each in hours}
    rates = {each: begun[each][a:b].sum() / (b - a) for each, (a, b) in hours.items()}
    usual = float(np.median([rates[each] for each in hours]))
    for each, (opens, shuts) in hours.items():
        if rates[each] >= THIN_DAY * usual:
            continue
        length = max(1, round(begun[each][opens:shuts].sum() / usual))
        held = [begun[each][at : at + length].sum() for at in range(opens, shuts - length + 1)]
        first = opens + int(np.argmax(held))
        hours[each] = first, first + length
    return _doors(hours, day, hour)


def _hours_by_day(
    day: npt.NDArray[np.int32], hour: npt.NDArray[np.int32], outside: float
) -> dict[int, tuple[int, int]]:
    n = np.bincount(day, minlength=_WEEK)
    hours = {
        each: _hours_of(hour[day == each], outside)
        for each in range(_WEEK)
        if n[each] > 0 and n[each] >= RARE_DAY * n.sum() / 7
    }
    return _alike(hours, hour, day, outside)


def _doors(
    hours: dict[int, tuple[int, int]], day: npt.NDArray[np.int32], hour: npt.NDArray[np.int32]
) -> Doors:
    if len(hours) == _WEEK and all(b - a >= 24 - NIGHT_HOURS for a, b in hours.values()):
        return Doors(ALWAYS, 0.0)
    text = _written(hours)
    opens = np.array([hours.get(each, (24, 0))[0] for each in range(_WEEK)])
    shuts = np.array([hours.get(each, (24, 0))[1] for each in range(_WEEK)])
    beyond = (hour < opens[day]) | (hour >= shuts[day])
    return Doors(text, float(beyond.mean()))


def _alike(
    hours: dict[int, tuple[int, int]],
    hour: npt.NDArray[np.int32],
    day: npt.NDArray[np.int32],
    outside: float,
) -> dict[int, tuple[int, int]]:
    """Return hours by day, weekdays that differ by an hour taken together: that is chance."""
    weekdays = [each for each in hours if each < 5]
    if not weekdays:
        return hours
    usual = _hours_of(hour[np.isin(day, weekdays)], outside)
    near = {
        each: usual
        for each in weekdays
        if max(abs(a - b) for a, b in zip(hours[each], usual, strict=True)) <= 1
    }
    return hours | near


def _hours_of(hour: npt.NDArray[np.int32], outside: float) -> tuple[int, int]:
    share = np.cumsum(np.bincount(hour, minlength=24)) / len(hour)
    opens = int(np.searchsorted(share, outside, "right"))
    shuts = int(np.searchsorted(share, 1.0 - outside)) + 1
    return min(opens, shuts - 1), min(shuts, 24)


def _written(hours: dict[int, tuple[int, int]]) -> str:
    """Write hours by day, days that follow each other with the same hours together."""
    parts: list[list[int]] = []
    for day in sorted(hours):
        if parts and parts[-1][1] == day - 1 and hours[parts[-1][0]] == hours[day]:
            parts[-1][1] = day
        else:
            parts.append([day, day])
    texts = []
    for first, last in parts:
        days = DAY_NAMES[first] if first == last else f"{DAY_NAMES[first]}-{DAY_NAMES[last]}"
        texts.append(f"{days} {hours[first][0]:02d}:00-{hours[first][1]:02d}:00")
    return ", ".join(texts)


def opens_at(days: _Floats, spans: Sequence[tuple[int, int]], first_weekday: int) -> _Floats:
    """Return the first moments from given ones on at which something is open.

    Parameters
    ----------
    days : numpy.ndarray
        Float64, days since a midnight.
    spans : sequence of tuple of int
        When it is open, minutes since Monday 0:00.
    first_weekday : int
        Weekday of that midnight, Monday 0.
    """
    minutes = days * _DAY + first_weekday * _DAY
    week = np.floor(minutes / MINUTES_PER_WEEK) * MINUTES_PER_WEEK
    inside = minutes - week
    opens = np.array([*(span[0] for span in spans), spans[0][0] + MINUTES_PER_WEEK])
    shuts = np.array([span[1] for span in spans])
    place = np.searchsorted(shuts, inside, "right")
    found = week + np.maximum(inside, opens[place])
    return np.asarray(found / _DAY - first_weekday)


def open_between(
    since: _Floats, until: _Floats, spans: Sequence[tuple[int, int]], first_weekday: int
) -> _Floats:
    """Return for how many minutes something was open between moments.

    Parameters
    ----------
    since, until : numpy.ndarray
        Float64, days since a midnight.
    spans : sequence of tuple of int
        When it is open, minutes since Monday 0:00.
    first_weekday : int
        Weekday of that midnight, Monday 0.
    """
    return _open_until(until, spans, first_weekday) - _open_until(since, spans, first_weekday)


def _open_until(days: _Floats, spans: Sequence[tuple[int, int]], first_weekday: int) -> _Floats:
    minutes = days * _DAY + first_weekday * _DAY
    week = np.floor(minutes / MINUTES_PER_WEEK)
    inside = minutes - week * MINUTES_PER_WEEK
    gone = np.zeros(len(days))
    each_week = 0.0
    for opens, shuts in spans:
        gone += np.clip(inside - opens, 0.0, shuts - opens)
        each_week += shuts - opens
    return np.asarray(week * each_week + gone)
