"""What stands in a column of a log, as far as a sample of its rows shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.event_log.raw_table import RawTable
from analysis.event_log.written_times import written_times

MOMENT, DATE, CLOCK, NUMBER, TEXT, EMPTY = "moment", "date", "clock", "number", "text", "empty"
_SAMPLE = 20_000
_MOSTLY = 0.95
_FEW = 40


@dataclass(frozen=True)
class ColumnLook:
    """What a sample of a column shows.

    Attributes
    ----------
    kind : str
        `MOMENT`, `DATE`, `CLOCK`, `NUMBER`, `TEXT` or `EMPTY`.
    n_different : int
        Different values in the sample.
    filled : float
        Share of rows that hold something.
    words : frozenset of str
        Different values in small letters, where there are few.
    """

    kind: str
    n_different: int
    filled: float
    words: frozenset[str] = frozenset()


class ColumnSample:
    """The columns of a log, looked at when asked and once.

    Parameters
    ----------
    raw : RawTable
        The log.

    Attributes
    ----------
    raw : RawTable
    rows : pyarrow.Array of int64
        Numbers of the rows looked at, evenly over the file.
    """

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.rows = pa.array(np.arange(0, len(raw), max(1, len(raw) // _SAMPLE)))
        self._looks: dict[str, ColumnLook] = {}

    def look(self, name: str) -> ColumnLook:
        """Return what the sample of a column shows."""
        if name not in self._looks:
            self._looks[name] = _look_at(self.raw, name, self.rows)
        return self._looks[name]

    def n_different(self, name: str) -> int:
        """Return how many different values a column of texts or numbers has in all rows."""
        return len(self.raw.texts(name).dictionary)


def _look_at(raw: RawTable, name: str, rows: pa.Array) -> ColumnLook:
    """Look at some rows of a column."""
    kind = raw.table.schema.field(name).type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        column = raw.column(name).take(rows)
        filled = 1 - column.null_count / max(1, len(column))
        written = written_times(column)
        kind_of = DATE if np.isnan(written.clock[written.is_read]).all() else MOMENT
        return ColumnLook(kind_of if filled else EMPTY, len(pc.unique(column)), filled)
    texts = raw.texts(name)
    # By their numbers: written out row by row, long texts would take any room.
    codes = texts.indices.take(rows)
    different = texts.dictionary.take(pc.unique(codes))
    empty = pc.index(texts.dictionary, "").as_py()
    filled = float(np.mean(codes.to_numpy() != empty))
    n_different = len(different) - (1 if filled < 1 else 0)
    if filled == 0:
        return ColumnLook(EMPTY, 0, 0.0)
    few = len(different) <= _FEW
    words = frozenset(word.lower() for word in different.to_pylist()) if few else frozenset()
    return ColumnLook(_kind_of_texts(different), n_different, filled, words)


def _kind_of_texts(different: pa.Array) -> str:
    """Tell what kind of thing some texts are."""
    some = different.filter(pc.not_equal(different, ""))
    if pc.all(pc.match_substring_regex(some, r"^[+-]?\d+(?:[.,]\d+)?$")).as_py():
        return NUMBER
    written = written_times(some)
    if written.is_read.mean() >= _MOSTLY:
        clocked = ~np.isnan(written.clock[written.is_read])
        return MOMENT if clocked.mean() > 0.5 else DATE
    if (~np.isnan(written.clock)).mean() >= _MOSTLY:
        return CLOCK
    return TEXT
