"""What a user says about a log; all else is found in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RESOURCES = "resources"
"""Functions are groups of people who do like work."""


@dataclass(frozen=True)
class LogChoices:
    """What is known of a log beforehand; None and empty where it is to be found.

    Attributes
    ----------
    case, activity, group, resource, outcome, wait, abandoned, service : str or None
        Names of columns.
    times, starts : tuple of str
        Names of one column each, or of two: a date and a time of day.
    zone : str or None
        In which clocks on the wall are read.
    day_first : bool or None
        Whether the day comes before the month.
    separator : str or None
        Between the cells of CSV.
    sheet : str or None
        Of a workbook.
    map_file : Path or None
        Which activity belongs to which function.
    functions : str or None
        `RESOURCES`, or None.
    """

    case: str | None = None
    activity: str | None = None
    group: str | None = None
    resource: str | None = None
    outcome: str | None = None
    wait: str | None = None
    abandoned: str | None = None
    service: str | None = None
    times: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    zone: str | None = None
    day_first: bool | None = None
    separator: str | None = None
    sheet: str | None = None
    map_file: Path | None = None
    functions: str | None = None
