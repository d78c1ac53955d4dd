"""Whether the hours of an enterprise's calendar can be read, and go with the rest of a study."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from sim.reading.explain import shown
from sim.study.enterprise import Enterprise
from sim.study.errors import Complaint, KeyPath
from sim.study.opening import UnfitHoursError, opening_spans
from sim.study.spelling import close_spelling
from sim.study.study import Design
from sim.study.working_time import DAYS_PER_WEEK

_UTC = "UTC"


def check_calendar(enterprise: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about a time zone that there is not, and about hours that say nothing."""
    calendar = enterprise.calendar
    if calendar is not None:
        yield from _check_zone(calendar.zone)
        yield from _check_hours(("calendar", "open"), calendar.open)
        yield from _check_hours(("calendar", "needs"), calendar.needs)
    for name, function in enterprise.functions.items():
        at: KeyPath = ("functions", name, "open")
        if function.open is not None and calendar is None:
            message = f"`{name}` has opening hours, but the enterprise has no `calendar`"
            remedy = "give the enterprise a `calendar` with its own hours, or remove `open`"
            yield Complaint(at, message, remedy)
        elif function.open is not None:
            yield from _check_hours(at, function.open)


def _check_zone(zone: str) -> Iterator[Complaint]:
    zones = available_timezones() | {_UTC}
    if zone not in zones:
        close = close_spelling(zone, sorted(zones))
        advice = f"did you mean `{close}`? " if close else ""
        remedy = f"{advice}Zones are called after a city, such as `Europe/Amsterdam`, or `{_UTC}`"
        yield Complaint(("calendar", "zone"), f"{shown(zone)} is no time zone", remedy)


def _check_hours(at: KeyPath, text: str) -> Iterator[Complaint]:
    try:
        opening_spans(text)
    except UnfitHoursError as unfit:
        yield Complaint(at, *unfit.args)


def check_whole_weeks(design: Design) -> Iterator[Complaint]:
    """Yield complaints about a window that begins or ends in the midst of a calendar's week."""
    for key in ("warm_up_days", "horizon_days", "follow_up_days"):
        days = getattr(design, key)
        if days % DAYS_PER_WEEK:
            message = f"{days} working days are no whole weeks, and the enterprise has a `calendar`"
            below = days - days % DAYS_PER_WEEK
            remedy = f"write a multiple of {DAYS_PER_WEEK}, such as {below + DAYS_PER_WEEK}"
            yield Complaint(("design", key), message, remedy)


def check_same_needs(design: Enterprise, own: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about a design whose customers turn up at other hours than the study's.

    Parameters
    ----------
    design : Enterprise
        What an org model is run with.
    own : Enterprise
        The study's.
    """
    why = "customers and what they want are the same under every org model"
    if (design.calendar is None) != (own.calendar is None):
        message = "only one of this design and the study's `enterprise` has a `calendar`"
        yield Complaint(("calendar",), message, f"{why}: give it to both, or to neither")
    elif design.calendar is not None and own.calendar is not None:
        for key in ("zone", "needs"):
            here, there = getattr(design.calendar, key), getattr(own.calendar, key)
            if here != there:
                message = f"`{key}` is {shown(here)} here and {shown(there)} in the study's own"
                yield Complaint(("calendar", key), message, f"{why}: write {shown(there)}")
