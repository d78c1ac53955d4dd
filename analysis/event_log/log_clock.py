"""From times as written to moments: day or month first, which zone, over whole columns."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.event_log.log_refusals import log_refusal, quoted
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import RawTable, is_text_type
from analysis.event_log.written_times import (
    EARLIEST_MOMENT,
    LATEST_MOMENT,
    WrittenTimes,
    written_times,
)
from sim.study.errors import Problem, StudyError
from sim.study.spelling import did_you_mean

UTC = "UTC"
Moments = npt.NDArray[np.datetime64]
_NOTHING = np.datetime64("NaT", "ns")
_FAMILIAR = (
    "Europe/London", "Europe/Paris", "Europe/Helsinki", "Europe/Istanbul", "America/New_York",
    "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Sao_Paulo", "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland",
    "Asia/Jerusalem", "America/Halifax", "America/Mexico_City", "America/Santiago",
)  # fmt: skip
"""Zones with a summer time, tried in turn where a file writes two distances from UTC."""


@dataclass(frozen=True)
class ReadTimes:
    """Moments of a log.

    Attributes
    ----------
    moments : dict of str to ndarray of datetime64[ns], shape (n_rows,)
        In UTC, by what they are (`time`, `start`); missing where nothing is written.
    zone : str
        In which clocks on the wall are read.
    decided : tuple of Decided
    """

    moments: dict[str, Moments]
    zone: str
    decided: tuple[Decided, ...]


def zone_named(text: str) -> str:
    """Return a time zone as it may be asked for: an IANA name, or a distance such as +02:00.

    Raises
    ------
    StudyError
        If there is none of that name.
    """
    plain = text.strip()
    try:
        pd.Timestamp(0, tz="UTC").tz_convert(plain)
        if plain:
            return plain
    except (LookupError, ValueError, TypeError, OSError):  # an unknown zone is a LookupError
        pass
    near = did_you_mean(plain, sorted(zoneinfo.available_timezones())).strip()
    message = f"{quoted(text)} is no time zone"
    remedy = near or "write a name such as Europe/Amsterdam, or a distance from UTC such as +02:00"
    raise StudyError([Problem("--zone", None, None, "", message, remedy)])


def read_times(
    raw: RawTable,
    columns: Mapping[str, Sequence[str]],
    day_first: bool | None = None,
    zone: str | None = None,
) -> ReadTimes:
    """Read the columns of times of a log, all by the same rule.

    Parameters
    ----------
    raw : RawTable
        The log.
    columns : dict of str to sequence of str
        What the times are, and in which column they stand; in two, date and time of day.
    day_first : bool, optional
        Whether the day comes before the month; found in the columns if left out.
    zone : str, optional
        In which clocks on the wall are read.

    Raises
    ------
    StudyError
        If a time cannot be read, or day and month cannot be told apart.
    """
    written = {what: _written(raw, names) for what, names in columns.items()}
    order = _order_of(raw.path, columns, written, day_first)
    known = {what: each.with_order(order.is_day_first) for what, each in written.items()}
    walls = {
        what: _checked(raw, columns[what], each, each.on_the_wall()) for what, each in known.items()
    }
    offsets = {what: each.offset for what, each in known.items()}
    shown, said = _zone_of(raw.path, walls, offsets, zone)
    moments = {what: _in_utc(walls[what], offsets[what], shown) for what in walls}
    dates_alone = all(np.isnan(each.clock).all() for each in written.values())
    coarse = "no time of day is written: nothing shorter than a day is seen"
    only_days = (Decided("times", "whole days", coarse),) if dates_alone else ()
    forms = [
        Decided(
            f"form of {_WORDS.get(what, what)}",
            each.form,
            _example(raw, columns[what], walls[what]),
        )
        for what, each in written.items()
    ]
    return ReadTimes(moments, shown, (*forms, *only_days, *order.said, said))


_WORDS = {"time": "times", "start": "starts"}


def _written(raw: RawTable, names: Sequence[str]) -> WrittenTimes:
    first = written_column(raw, names[0])
    if len(names) == 1:
        return first
    second = written_column(raw, names[1])
    # Whichever of the two holds dates is the date.
    return first.with_clock(second) if first.is_read.any() else second.with_clock(first)


def written_column(raw: RawTable, name: str) -> WrittenTimes:
    """Return one column of a log, read as times."""
    kind = raw.table.schema.field(name).type
    is_text = pa.types.is_dictionary(kind) or is_text_type(kind)
    return written_times(raw.texts(name) if is_text else raw.column(name))


def _example(raw: RawTable, names: Sequence[str], wall: Moments) -> str:
    """Show how the first time was read."""
    row = int(np.argmax(~np.isnat(wall)))
    text = " ".join(str(raw.column(name)[row].as_py()) for name in names)
    return f"{quoted(text)} read as {pd.Timestamp(wall[row]):%-d %B %Y %H:%M:%S}"


@dataclass(frozen=True)
class _Order:
    is_day_first: bool
    said: tuple[Decided, ...] = ()


def _order_of(
    path: Path,
    columns: Mapping[str, Sequence[str]],
    written: Mapping[str, WrittenTimes],
    wanted: bool | None,
) -> _Order:
    """Decide over all columns whether the day or the month comes first."""
    n_open = sum(int(each.is_open.sum()) for each in written.values())
    if n_open == 0:
        return _Order(True)
    for_day = sum(each.only_day_first for each in written.values())
    for_month = sum(each.only_month_first for each in written.values())
    counts = (
        f"{for_day:,} times make sense only with the day first, {for_month:,} only with the month"
    )
    option = "--day-first, --month-first"
    place = ", ".join(name for names in columns.values() for name in names)
    if for_day and for_month:
        remedy = "the file mixes two ways of writing dates: export it with year-month-day"
        raise log_refusal(path, counts, remedy, place)
    if wanted is not None:
        if for_month if wanted else for_day:
            remedy = f"leave out --{'day' if wanted else 'month'}-first"
            raise log_refusal(path, counts, remedy, place)
        said = Decided("dates", _ORDERS[wanted], f"told to; {counts}", option)
        return _Order(wanted, (said,))
    if for_day or for_month:
        return _Order(bool(for_day), (Decided("dates", _ORDERS[bool(for_day)], counts, option),))
    if all(each.has_dots for each in written.values() if each.is_open.any()):
        why = "nothing tells, but where dots stand between them the day comes first"
        return _Order(True, (Decided("dates", _ORDERS[True], why, option),))
    each = next(each for each in written.values() if each.is_open.any())
    row = int(np.argmax(each.is_open))
    readings = [
        f"{pd.Timestamp(each.with_order(first).on_the_wall()[row]):%-d %B %Y}"
        for first in (True, False)
    ]
    message = (
        f"no date tells whether day or month comes first: is the first one {' or '.join(readings)}?"
    )
    raise log_refusal(path, message, "say it: --day-first or --month-first", place)


_ORDERS = {True: "day before month", False: "month before day"}


def _checked(raw: RawTable, names: Sequence[str], each: WrittenTimes, wall: Moments) -> Moments:
    """Refuse a column with something that is no time; what stands for never is missing."""
    year = np.nan_to_num(each.year)
    never = (year >= 2100) | ((year > 0) & (year <= 1970) & (wall <= np.datetime64("1970-01-02")))
    wall = np.where(never & each.is_read, _NOTHING, wall)
    wrong = np.isnat(wall) & ~each.is_empty & ~(never & each.is_read)
    wrong |= (wall < EARLIEST_MOMENT) | (wall >= LATEST_MOMENT)
    if not wrong.any():
        return wall
    rows = np.flatnonzero(wrong)
    texts = [
        " ".join(str(raw.column(name)[int(row)].as_py()) for name in names) for row in rows[:1]
    ]
    message = (
        f"{len(rows):,} of {len(wall):,} times cannot be read, or lie outside 1990 to 2099; the "
        f"first is {quoted(texts[0])} in row {raw.row_number(int(rows[0]))}"
    )
    remedy = "mend or empty them in the file; or another column holds the times: --time-column"
    raise log_refusal(raw.path, message, remedy, " and ".join(names))


def _zone_of(
    path: Path,
    walls: Mapping[str, Moments],
    offsets: Mapping[str, npt.NDArray[np.float64]],
    wanted: str | None,
) -> tuple[str, Decided]:
    """Decide in which zone clocks on the wall are read."""
    wall = np.concatenate(list(walls.values()))
    offset = np.concatenate(list(offsets.values()))
    there = ~np.isnat(wall)
    wall, offset = wall[there], offset[there]
    without = np.isnan(offset)
    if wanted is not None:
        why = "told to" if without.any() else "told to; the times themselves say how far from UTC"
        return zone_named(wanted), Decided("time zone", wanted, why, "--zone")
    if without.all():
        why = "no time says its zone: clocks are taken as they stand, without a summer time"
        return UTC, Decided("time zone", "none", why, "--zone")
    if without.any():
        message = f"{int(without.sum()):,} of {len(wall):,} times have no zone, the others have one"
        raise log_refusal(path, message, "say in which zone they are: --zone Europe/Amsterdam, say")
    distances, counts = np.unique(offset, return_counts=True)
    if len(distances) == 1:
        zone = _distance(distances[0])
        why = "all times say so; if clocks on the wall show another time, say which zone"
        return zone, Decided("time zone", zone, why, "--zone")
    said = " and ".join(_distance(each) for each in distances[:4])
    for name in _FAMILIAR:
        if _agrees(name, wall, offset):
            why = f"{said} change as there and in its neighbours"
            return name, Decided("time zone", name, why, "--zone")
    zone = _distance(distances[int(np.argmax(counts))])
    return zone, Decided("time zone", zone, f"the most frequent of {said}", "--zone")


def _distance(minutes: float) -> str:
    if minutes == 0:
        return UTC
    hours, rest = divmod(abs(int(minutes)), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def _agrees(zone: str, wall: Moments, offset: npt.NDArray[np.float64]) -> bool:
    """Tell whether a zone has, at all of these moments, the distances that are written."""
    moments = pd.DatetimeIndex(wall - (offset * 60).astype("timedelta64[s]"), tz=UTC)
    there = moments.tz_convert(zone).tz_localize(None)
    return bool(np.all(there.to_numpy() == wall))


def _in_utc(wall: Moments, offset: npt.NDArray[np.float64], zone: str) -> Moments:
    """Return moments in UTC; of an hour that summer time has twice, the first is taken."""
    known = ~np.isnan(offset)
    ahead = np.where(known, offset * 60, 0).astype("timedelta64[s]")
    moments = (wall - ahead).astype("datetime64[ns]")
    local = ~known & ~np.isnat(wall)
    if local.any() and zone != UTC:
        index = pd.DatetimeIndex(wall[local]).tz_localize(
            zone, ambiguous=np.ones(int(local.sum()), dtype=bool), nonexistent="shift_forward"
        )
        moments[local] = index.tz_convert(UTC).tz_localize(None).to_numpy()
    return moments
