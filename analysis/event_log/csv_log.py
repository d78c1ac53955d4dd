"""A log as CSV: any separator, any usual encoding, decimal comma or point, packed or not."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from analysis.event_log.log_refusals import log_refusal, quoted
from analysis.event_log.log_source import (
    MOST_LOG_COLUMNS,
    MOST_LOG_EVENTS,
    LogSource,
    too_many_columns,
    too_many_events,
)
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import NAMELESS, RawTable, check_names, named_columns
from sim.study.errors import StudyError

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
_SEPARATOR_NAMES = {sign: name for name, sign in SEPARATORS.items()}
_TRIED = (";", "\t", "|", ",")
_ROWS_TRIED = 200
_MOST_ABOVE = 20
"""Lines of a title above the names."""
_FAITHFUL = 0.9
_SEPARATE = "say which one does: --separator comma, semicolon, tab, pipe, space or any one sign"
_BLOCK = 8 << 20
"""Bytes read at once; no row may be longer."""


def read_csv_log(source: LogSource, separator: str | None) -> RawTable:
    """Read a CSV file's columns as texts.

    Parameters
    ----------
    source : LogSource
        The open file.
    separator : str or None
        The sign between cells; found if None.

    Raises
    ------
    StudyError
        If it is no table, or its rows are of different lengths.
    """
    path = source.path
    sample = source.sample()
    encoding = _encoding_of(path, sample)
    lines = _lines_of(sample, encoding)
    skipped = 1 if lines and lines[0].strip().lower().startswith("sep=") else 0
    sign = separator or _separator_of(path, lines[skipped:])
    above, taken, names = _names_at(lines[skipped:], sign)
    above += skipped
    if len(names) < 2:
        raise log_refusal(path, f"{quoted(sign)} does not split the rows into cells", _SEPARATE)
    if len(names) > MOST_LOG_COLUMNS:
        raise too_many_columns(path, len(names))
    table, encoding = _read(source, sign, names, above + taken, encoding)
    check_names(path, table.column_names)
    if table.num_rows == 0:
        raise log_refusal(path, "there is no row below the names", "export the log again")
    why = "told to" if separator else f"it splits every row into {len(names)} cells"
    remarks = [
        Decided("separator", _SEPARATOR_NAMES.get(sign, quoted(sign)), why, "--separator"),
        Decided("letters", encoding.upper(), "as the file's bytes say"),
    ]
    if above:
        remarks.append(Decided("first rows", f"{above} passed over", "above the names of columns"))
    return RawTable(path, _without_nameless(table), above + taken + 1, tuple(remarks))


def _encoding_of(path: Path, sample: bytes) -> str:
    """Tell how a text is encoded, as far as its beginning says."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            pairs = sample[place : len(sample) // 2 * 2 : 2]
            if pairs.count(0) > 0.6 * len(pairs):
                return encoding
        message = "the file holds bytes that no text has"
        raise log_refusal(path, message, "export the log as CSV, Excel, Parquet or XES")
    return "utf-8" if _is_utf8(sample) else "cp1252"


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _lines_of(sample: bytes, encoding: str) -> list[str]:
    """Return the whole lines of a text's beginning."""
    # What the sample cuts in two would otherwise end in half a sign.
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    lines = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if len(lines) > _ROWS_TRIED else lines


def _rows_of(lines: list[str], sign: str) -> list[list[str]]:
    """Return the cells of some lines; what stands between quotes may hold line ends."""
    try:
        rows = csv.reader(io.StringIO("\n".join(lines[:_ROWS_TRIED])), delimiter=sign)
        return [row for row in rows if row]
    except csv.Error:
        return []


def _usual_length(rows: list[list[str]]) -> tuple[int, float]:
    """Return the most frequent number of cells, and the share of rows that have it."""
    if not rows:
        return 0, 0.0
    length, count = Counter(len(row) for row in rows).most_common(1)[0]
    return length, count / len(rows)


def _separator_of(path: Path, lines: list[str]) -> str:
    """Find the sign that splits rows into the most cells, the same number in each."""
    found = []
    for sign in _TRIED:
        rows = _rows_of(lines, sign)
        length, share = _usual_length(rows[1:] or rows)
        if length > 1 and share >= _FAITHFUL:
            found.append((len(rows[0]) == length, length, share, sign))
    if not found:
        message = "no sign splits the rows into the same number of cells"
        if sum(line.count('"') for line in lines) % 2:
            message += ", and a quotation mark stands open"
        raise log_refusal(path, message, _SEPARATE)
    return max(found, key=lambda each: each[:3])[3]


def _names_at(lines: list[str], sign: str) -> tuple[int, int, list[str]]:
    """Find the names: the first row as long as most rows below are.

    Returns
    -------
    int
        Lines above them.
    int
        Lines that they take.
    list of str
        The names, tidy.
    """
    length, _ = _usual_length(_rows_of(lines, sign)[1:] or _rows_of(lines, sign))
    for place in range(min(_MOST_ABOVE, len(lines))):
        rows = csv.reader(io.StringIO("\n".join(lines[place:_ROWS_TRIED])), delimiter=sign)
        try:
            row = next(rows, [])
        except csv.Error:
            break
        if len(row) >= length:
            return place, rows.line_num, named_columns(row)
    return 0, 1, []


class _OddRows:
    """Notes rows with more or fewer cells than there are names; rows of nothing are passed over."""

    def __init__(self) -> None:
        self.count = 0
        self.first: arrow_csv.InvalidRow | None = None

    def note(self, row: arrow_csv.InvalidRow) -> str:
        """Note one, and go on."""
        if row.text.strip(' ,;|\t"') != "":
            self.count += 1
            self.first = self.first or row
        return "skip"


def _read(
    source: LogSource, sign: str, names: list[str], skipped: int, encoding: str
) -> tuple[pa.Table, str]:
    """Read all rows; what is no UTF-8 after all is taken for the letters of Windows."""
    try:
        return _read_as(source, sign, names, skipped, encoding), encoding
    except _NotUtf8Error:
        return _read_as(source, sign, names, skipped, "cp1252"), "cp1252"
    except UnicodeError as error:
        message = f"the file's letters cannot be read as {encoding} ({error})"
        raise log_refusal(source.path, message, "export the log as UTF-8") from error


class _NotUtf8Error(Exception):
    """Further down, a file is not UTF-8."""


def _read_as(
    source: LogSource, sign: str, names: list[str], skipped: int, encoding: str
) -> pa.Table:
    odd, parts, n_rows = _OddRows(), [], 0
    numbers = [str(place) for place in range(len(names))]  # two columns may have the same name
    try:
        reader = arrow_csv.open_csv(
            source.stream(),
            arrow_csv.ReadOptions(
                use_threads=False,  # only then is a row's number known
                block_size=_BLOCK,
                skip_rows=skipped,
                column_names=numbers,
                encoding=encoding,
            ),
            arrow_csv.ParseOptions(
                delimiter=sign, newlines_in_values=True, invalid_row_handler=odd.note
            ),
            arrow_csv.ConvertOptions(
                column_types={number: pa.string() for number in numbers}, strings_can_be_null=False
            ),
        )
        for part in reader:
            n_rows += part.num_rows
            if n_rows > MOST_LOG_EVENTS:
                raise too_many_events(source.path)
            parts.append(part)
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error) and encoding == "utf-8":
            raise _NotUtf8Error from error
        raise _refused_rows(source.path, str(error)) from error
    if odd.first is not None:
        raise _uneven(source.path, odd.first, odd.count)
    table = pa.Table.from_batches(parts, reader.schema)
    return table.rename_columns(names)


def _refused_rows(path: Path, said: str) -> StudyError:
    """Say what the rows of a file suffer from."""
    if "straddl" in said:
        message = f"a row is longer than {_BLOCK >> 20} MiB"
        remedy = "a quotation mark may stand open; else export the log without its long texts"
        return log_refusal(path, message, remedy)
    if "Empty CSV" in said:
        return log_refusal(path, "there is no row below the names", "export the log again")
    return log_refusal(path, f"the rows cannot be read ({said})", "export the log again as CSV")


def _uneven(path: Path, row: arrow_csv.InvalidRow, count: int) -> StudyError:
    """Say which rows have more or fewer cells than there are names."""
    others = f", as have {count - 1:,} others" if count > 1 else ""
    message = (
        f"there are names for {row.expected_columns} cells in a row, but row "
        f"{row.number} has {row.actual_columns}{others}: {quoted(row.text)}"
    )
    remedy = (
        "a separator may stand inside a text without quotation marks around it: export the log "
        "with texts in quotation marks, or with another separator"
    )
    return log_refusal(path, message, remedy)


def _without_nameless(table: pa.Table) -> pa.Table:
    """Leave out columns that have neither a name nor anything in them."""
    empty = [
        place
        for place, name in enumerate(table.column_names)
        if name.startswith(NAMELESS)
        and not pc.any(pc.greater(pc.utf8_length(table[place]), 0)).as_py()
    ]
    return table.drop_columns([table.column_names[place] for place in empty])
