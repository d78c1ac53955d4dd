"""Opening hours as a study writes them: days of the week with hours of the day, on the clock."""

from __future__ import annotations

import re

ALWAYS = "always"
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_PER_DAY = 1440
MINUTES_PER_WEEK = len(DAY_NAMES) * MINUTES_PER_DAY
LEAST_MINUTES = 60
"""Minutes a week for which anything has to be open at least."""
HOURS_EXAMPLE = "`Mon-Fri 08:00-17:00`, `Mon-Fri 08:00-20:00, Sat 09:00-13:00` or `always`"

WeekSpans = tuple[tuple[int, int], ...]
"""When something opens and shuts, minutes since Monday 0:00: in order, and apart."""

_PART = re.compile(
    r"(?P<first>[a-z]{3})(-(?P<last>[a-z]{3}))? "
    r"(?P<opens>\d\d?:\d\d)-(?P<shuts>\d\d?:\d\d)"
)


class UnfitHoursError(ValueError):
    """Opening hours that cannot be read; its arguments are a message and a remedy."""


def opening_spans(text: str) -> WeekSpans:
    """Return when something is open, in a week that begins on Monday.

    Parameters
    ----------
    text : str
        Such as ``Mon-Fri 08:00-17:00, Sat 09:00-13:00``, or ``always``. Days and hours may be
        given twice; what they have in common is open once.

    Raises
    ------
    UnfitHoursError
        If it says no hours, or too few.
    """
    if text.strip().lower() == ALWAYS:
        return ((0, MINUTES_PER_WEEK),)
    spans: list[tuple[int, int]] = []
    for part in text.split(","):
        spans += _spans_of_part(" ".join(part.split()))
    joined: list[tuple[int, int]] = []
    for opens, shuts in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(shuts, joined[-1][1]))
        else:
            joined.append((opens, shuts))
    if sum(shuts - opens for opens, shuts in joined) < LEAST_MINUTES:
        message = "that is open for less than an hour a week"
        raise UnfitHoursError(message, "give it an hour a week at least")
    return tuple(joined)


def _spans_of_part(part: str) -> list[tuple[int, int]]:
    """Return the spans of some days with the same hours."""
    found = _PART.fullmatch(part.lower())
    if found is None:
        message = f"`{part}` says no days and hours" if part else "there are no days and hours here"
        raise UnfitHoursError(message, f"write them as in {HOURS_EXAMPLE}")
    first = _day(found["first"])
    last = _day(found["last"] or found["first"])
    opens, shuts = _minutes(found["opens"]), _minutes(found["shuts"])
    if opens >= shuts:
        raise UnfitHoursError(
            f"`{part}` shuts before it opens",
            "write hours over midnight as two: `Fri 20:00-24:00, Sat 00:00-04:00`",
        )
    n_days = (last - first) % len(DAY_NAMES) + 1
    days = [(first + day) % len(DAY_NAMES) * MINUTES_PER_DAY for day in range(n_days)]
    return [(day + opens, day + shuts) for day in days]


def _day(name: str) -> int:
    """Return the place of a day in the week."""
    for place, day in enumerate(DAY_NAMES):
        if day.lower() == name:
            return place
    raise UnfitHoursError(f"`{name}` is no day of the week", f"days are {', '.join(DAY_NAMES)}")


def _minutes(time: str) -> int:
    """Return an hour of the day as minutes since midnight; 24:00 is the end of a day."""
    hours, minutes = map(int, time.split(":"))
    if minutes > 59 or 60 * hours + minutes > MINUTES_PER_DAY:
        raise UnfitHoursError(f"`{time}` is no time of the day", "a day is 00:00 to 24:00")
    return 60 * hours + minutes


def hours_a_week(spans: WeekSpans) -> float:
    """Return for how many hours on the clock something is open in a week."""
    return sum(shuts - opens for opens, shuts in spans) / 60.0
