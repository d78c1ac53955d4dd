"""A log's columns as the file has them, before anybody has said what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.event_log.log_refusals import a_few, log_refusal
from analysis.event_log.log_source import LONGEST_FIELD, field_too_long
from analysis.event_log.log_table import Decided

PLACEHOLDERS = (
    "", "-", "--", "?", "n/a", "na", "#n/a", "nan", "nat", "null", "none", "nil", "empty",
    "unknown", "missing", "undefined", "not available", "(null)", "(empty)", "(blank)", "<null>",
)  # fmt: skip
"""What files write where they know nothing, in small letters."""
NAMELESS = "column without a name"
_DATA = re.compile(r"^[\d.,:/ -]*\d{1,2}[-/.:]\d{1,2}([-/.:]\d{1,4})?|^[\d.,]+$")
"""What is a date, a time or a number, and no name of a column."""
_SPACES = r"[\s\p{Cc}\p{Zl}\p{Zp}]+"


@dataclass(frozen=True)
class RawTable:
    """The columns of a file.

    Attributes
    ----------
    path : Path
        The file.
    table : pyarrow.Table
        Texts, numbers, times and truth values, one column a name.
    first_row : int
        Number, in the file, of the first row below the names; rows of a file that has none
        count from 1.
    remarks : tuple of Decided
        What reading it took.
    rows : ndarray of int64, shape (n_rows,), optional
        Number, in the file, of each row, where rows of nothing stand between them.
    """

    path: Path
    table: pa.Table
    first_row: int = 1
    remarks: tuple[Decided, ...] = ()
    rows: npt.NDArray[np.int64] | None = None
    _texts: dict[str, pa.Array] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> list[str]:
        """The names of all columns, in the file's order."""
        return list(self.table.column_names)

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.table.num_rows)

    def column(self, name: str) -> pa.Array:
        """Return a column in one piece."""
        found = self.table.column(name)
        if pa.types.is_dictionary(found.type):
            found = found.unify_dictionaries()
        return found.combine_chunks()

    def texts(self, name: str) -> pa.DictionaryArray:
        """Return a column as texts, each different one once: tidy, empty where nothing is known.

        Spaces at the ends and signs that move a cursor are no part of a name.

        Raises
        ------
        StudyError
            If a text is far longer than any name.
        """
        if name not in self._texts:
            self._texts[name] = self._tidy(name)
        return self._texts[name]

    def _tidy(self, name: str) -> pa.DictionaryArray:
        codes, words = self._coded(name)
        if len(words) and (pc.max(pc.utf8_length(words)).as_py() or 0) > LONGEST_FIELD:
            raise field_too_long(self.path, "a field", name)
        words = pc.utf8_trim_whitespace(pc.replace_substring_regex(words, _SPACES, " "))
        unknown = pc.is_in(pc.utf8_lower(words), pa.array(PLACEHOLDERS))
        words = pc.if_else(unknown, "", words)
        # Tidied, two texts may be one; what is missing is empty.
        again = pc.dictionary_encode(pa.concat_arrays([words, pa.array([""])]))
        codes = pc.fill_null(codes, len(words))
        return pa.DictionaryArray.from_arrays(pc.take(again.indices, codes), again.dictionary)

    def _coded(self, name: str) -> tuple[pa.Array, pa.Array]:
        """Return a column as codes and the texts that they stand for, each once.

        A file that has it so is never unfolded: a few bytes can stand for far more than there
        is room for.
        """
        column = self.column(name)
        if not pa.types.is_dictionary(column.type):
            if pa.types.is_floating(column.type):
                column = _whole_numbers(column)
            column = pc.dictionary_encode(column.cast(pa.string()))
        return column.indices.cast(pa.int32()), column.dictionary.cast(pa.string())

    def row_number(self, row: int) -> int:
        """Return the number of a row as the file counts it."""
        return self.first_row + row if self.rows is None else int(self.rows[row])


def _whole_numbers(column: pa.Array) -> pa.Array:
    """Return numbers that are all whole as whole numbers, since `17.0` names nothing."""
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column


def is_text_type(kind: pa.DataType) -> bool:
    """Tell whether a type of Arrow's is that of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def check_names(path: Path, names: list[str]) -> None:
    """Refuse columns that nobody can tell apart, or that have no names.

    Raises
    ------
    StudyError
        If two columns have the same name, or the first row holds no names.
    """
    if sum(bool(_DATA.search(name)) for name in names) >= max(1, len(names) / 4):
        message = f"the first row holds data ({a_few(names)}) where the names of columns belong"
        raise log_refusal(path, message, "put a row of names above it")
    seen: set[str] = set()
    twice = sorted({name for name in names if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
    if twice:
        message = f"two columns are called {twice[0]!r}"
        raise log_refusal(path, message, "rename or delete one of them in the file")


def named_columns(names: list[str]) -> list[str]:
    """Return names of columns without spaces around them; one without a name gets its number."""
    tidy = [" ".join(name.replace("\ufeff", "").split()) for name in names]
    return [name or f"{NAMELESS} {place}" for place, name in enumerate(tidy, start=1)]
