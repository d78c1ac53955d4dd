"""A log as an Excel workbook: values only, row by row; nothing is calculated or followed."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from analysis.event_log.log_refusals import a_few, log_refusal
from analysis.event_log.log_source import (
    LONGEST_FIELD,
    MOST_LOG_COLUMNS,
    MOST_LOG_EVENTS,
    LogSource,
    field_too_long,
    too_many_events,
)
from analysis.event_log.log_table import Decided
from analysis.event_log.raw_table import NAMELESS, RawTable, check_names, named_columns
from sim.study.errors import StudyError

_MOST_PARTS = 1_000
_MOST_UNPACKED = 1 << 30
_MOST_SHARED = 128 << 20
"""Bytes of the texts that cells share, all of which are kept in memory."""
_MACROS = re.compile(r"(?i)(^|/)(vbaproject|macrosheets/|activex/)")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LEAST_NAMES = 2
_MOST_ABOVE = 20
_CHUNK = 1 << 16
_MOST_EMPTY = 1_000
"""Empty rows below one another after which nothing more is expected."""


def read_excel_log(source: LogSource, sheet: str | None) -> RawTable:
    """Read one sheet of a workbook.

    Parameters
    ----------
    source : LogSource
        The open file.
    sheet : str or None
        Name of the sheet; the first that shows and holds a table if None.

    Raises
    ------
    StudyError
        If it is no workbook, is damaged, or holds macros or entities.
    """
    path = source.path
    try:
        with zipfile.ZipFile(source.stream()) as packed:
            _look_over(path, packed)
        return _read_book(source, sheet)
    except StudyError:
        raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        message = f"this is not a workbook, or it is damaged ({error})"
        raise log_refusal(path, message, "open it, and save it again as .xlsx") from error
    except Exception as error:  # of any kind: each part is read by rules of its own
        said = " ".join(str(error).split())[:100]
        message = f"the workbook cannot be read ({said})"
        raise log_refusal(path, message, "open it, and save it again as .xlsx") from error


def _look_over(path: Path, packed: zipfile.ZipFile) -> None:
    """Refuse a workbook by its list of parts, then by how each begins."""
    parts = packed.infolist()
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        message = "this is a packed folder, not a workbook"
        raise log_refusal(path, message, "unpack it, and name the log's file")
    shared = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    in_all = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or in_all > _MOST_UNPACKED or shared > _MOST_SHARED:
        message = "unpacked, the workbook is far larger than a log"
        raise log_refusal(path, message, "copy the log's sheet into a workbook of its own, or CSV")
    for part in parts:
        if _MACROS.search(part.filename):
            raise log_refusal(path, "the workbook holds macros", "save it as .xlsx without them")
        if part.flag_bits & 1 or part.compress_type not in _METHODS:
            message = "a part of the workbook is encrypted, or packed in an unusual way"
            raise log_refusal(path, message, "save it again as .xlsx without a password")
        if part.filename.lower().endswith((".xml", ".rels")):
            _refuse_entities(path, packed, part)


def _refuse_entities(path: Path, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Parse one part, which must declare nothing and be no longer than it says."""
    parser = DefusedExpatParser(forbid_dtd=True)
    left = part.file_size
    try:
        with packed.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    message = "a part of the workbook is larger than it says"
                    raise log_refusal(path, message, "save it again as .xlsx")
                if part.file_size - left <= 2 * _CHUNK:  # declarations stand at the beginning
                    parser.feed(chunk)
    except DefusedXmlException as error:
        message = "the workbook declares entities or a document type, as no spreadsheet does"
        raise log_refusal(path, message, "save it again as .xlsx") from error


def _read_book(source: LogSource, wanted: str | None) -> RawTable:
    from openpyxl import load_workbook  # noqa: PLC0415 - takes long to load, and few need it

    path = source.path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is left out, which nobody asks for
        book = load_workbook(source.stream(), read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        shown = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"]
        if wanted is not None and wanted not in sheets:
            message = f"the workbook has no sheet '{wanted}'; it has {a_few(list(sheets), 20)}"
            raise log_refusal(path, message, "name one of them with --sheet")
        for title in [wanted] if wanted is not None else shown:
            sheets[title].reset_dimensions()  # what a sheet says of its size need not be so
            rows = sheets[title].iter_rows(max_col=MOST_LOG_COLUMNS, values_only=True)
            found = _sheet_of(path, title, rows)
            if found is not None:
                why = "told to" if wanted else "the first that shows and holds a table"
                said = Decided("sheet", title, why, "--sheet")
                return replace(found, remarks=(said, *found.remarks))
    message = "the workbook has no sheet with a table: names of columns, and rows below"
    raise log_refusal(path, message, "put names into the first row; see --sheet")


def _sheet_of(path: Path, title: str, rows: Iterator[Sequence[Any]]) -> RawTable | None:
    """Return the table of a sheet, None if it has none."""
    names: list[str] = []
    above = 0
    for above, row in enumerate(rows):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        if sum(cell not in (None, "") for cell in cells) >= _LEAST_NAMES:
            names = named_columns(["" if cell is None else str(cell) for cell in cells])
            break
        if above >= _MOST_ABOVE:
            return None
    if not names:
        return None
    columns, numbers = _columns_of(path, title, rows, len(names))
    if not numbers:
        return None
    kept = [
        place
        for place, name in enumerate(names)
        if not name.startswith(NAMELESS) or any(cell is not None for cell in columns[place])
    ]
    check_names(path, [names[place] for place in kept])
    table = pa.table({names[place]: _column_of(columns[place]) for place in kept})
    remarks = (Decided("first rows", f"{above} passed over", "above the names"),) if above else ()
    return RawTable(path, table, remarks=remarks, rows=np.array(numbers) + above + 2)


def _columns_of(
    path: Path, title: str, rows: Iterator[Sequence[Any]], n_columns: int
) -> tuple[list[list[Any]], list[int]]:
    """Return the cells below the names, column by column, and which rows hold any."""
    columns: list[list[Any]] = [[] for _ in range(n_columns)]
    numbers: list[int] = []
    kept: dict[str, str] = {}
    for count, row in enumerate(rows):
        if count > MOST_LOG_EVENTS:
            raise too_many_events(path)
        cells = [*row[:n_columns], *[None] * (n_columns - len(row))]
        if all(cell is None or cell == "" for cell in cells):
            if count - (numbers[-1] if numbers else 0) > _MOST_EMPTY:
                break
            continue
        numbers.append(count)
        for column, cell in zip(columns, cells, strict=True):
            if isinstance(cell, str):
                if len(cell) > LONGEST_FIELD:
                    raise field_too_long(path, "a cell", title)
                column.append(kept.setdefault(cell, cell))
            else:
                column.append(cell)
    return columns, numbers


def _column_of(cells: list[Any]) -> pa.Array:
    """Return cells of one kind as they are, of several as texts."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds <= {dt.datetime}:
        return pa.array(cells, pa.timestamp("us"))
    if kinds <= {int, float}:
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    return pa.array([None if cell is None else _as_text(cell) for cell in cells], pa.string())


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return str(cell)
