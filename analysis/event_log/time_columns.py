"""Which columns of a log are its times: when work was begun, and when it was done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from analysis.event_log.column_looks import CLOCK, DATE, MOMENT, NUMBER, ColumnSample
from analysis.event_log.column_words import Part, likeness_to, plain_letters
from analysis.event_log.log_clock import written_column
from analysis.event_log.written_times import written_times

_MOSTLY_IN_ORDER = 0.95
_PLANNED = re.compile(
    r"\b(?:planned|plan|deadline|due|expected|target|geplant|soll|fallig|gepland|verwacht|prevu)\b"
)


def find_times(
    sample: ColumnSample,
    free: Sequence[str],
    named: Mapping[Part, tuple[str, ...]],
    *,
    starts: bool,
) -> dict[Part, tuple[str, ...]]:
    """Find the columns of times that nobody has named.

    Parameters
    ----------
    sample : ColumnSample
        The log.
    free : sequence of str
        Columns that are nothing else.
    named : dict of Part to tuple of str
        Columns that were named as `Part.TIME` and `Part.START`; empty where none was.
    starts : bool
        Whether a column of starts is looked for at all.

    Returns
    -------
    dict of Part to tuple of str
        What was named, and what was found: one column each, or a date and a time of day. Without
        `Part.TIME` if none is found, or nothing tells which is meant.
    """
    dated = [name for name in free if _is_dated(sample, name)]
    own = [name for name in dated if not name.startswith("case:")] or dated
    begun = _ranked(sample, Part.START, Part.TIME, own)
    done = _ranked(sample, Part.TIME, Part.START, own)
    found = {role: names for role, names in named.items() if names}
    if Part.TIME not in found:
        if not done and not begun:
            ordered = _by_order(sample, own)
            begun, done = ordered[:-1], ordered[-1:]
        if not done and not begun:
            return found
        role = Part.TIME if done else Part.START
        found[Part.TIME] = _with_clock(sample, (done or begun)[0], role, free)
    left = [name for name in begun if name not in found[Part.TIME]]
    if starts and left and Part.START not in found:
        clocks = [name for name in free if name not in found[Part.TIME]]
        found[Part.START] = _with_clock(sample, left[0], Part.START, clocks)
    return found


def _by_order(sample: ColumnSample, names: Sequence[str]) -> list[str]:
    """Return the only column of times, or two of which the first is never after the second."""
    if len(names) == 1:
        return list(names)
    if len(names) == 2:
        rows = sample.rows.to_numpy()
        first, second = (written_column(sample.raw, n).on_the_wall()[rows] for n in names)
        for before, after, order in ((first, second, names), (second, first, names[::-1])):
            if np.mean(before <= after) >= _MOSTLY_IN_ORDER:
                return list(order)
    return []


def _ranked(sample: ColumnSample, role: Part, other: Part, names: Sequence[str]) -> list[str]:
    """Return columns of times that are called like a role, and more so than like another."""
    alike = {
        name: likeness_to(role, name)
        for name in names
        if likeness_to(role, name) > likeness_to(other, name)
    }
    # A date without a time of day is worth less than a moment.
    return sorted(alike, key=lambda name: (sample.look(name).kind == DATE, -alike[name]))


def _is_dated(sample: ColumnSample, name: str) -> bool:
    """Tell whether a column holds moments of the past, and not what was planned."""
    look = sample.look(name)
    if _PLANNED.search(plain_letters(name)):
        return False
    if look.kind == NUMBER:
        called = max(likeness_to(role, name) for role in (Part.TIME, Part.START))
        return called > 0 and _is_epoch(sample, name)
    return look.kind in (MOMENT, DATE) and look.filled > 0.5


def _is_epoch(sample: ColumnSample, name: str) -> bool:
    return bool(written_times(sample.raw.texts(name).take(sample.rows)).is_read.any())


def _with_clock(
    sample: ColumnSample, name: str, role: Part, free: Sequence[str]
) -> tuple[str, ...]:
    """Return a column of dates with that of the times of day that belongs to it."""
    if sample.look(name).kind != DATE:
        return (name,)
    clocks = [each for each in free if sample.look(each).kind == CLOCK]
    if not clocks:
        return (name,)
    words = set(plain_letters(name).split())

    def kinship(clock: str) -> tuple[int, float]:
        return len(words & set(plain_letters(clock).split())), likeness_to(role, clock)

    return (name, max(clocks, key=kinship))
