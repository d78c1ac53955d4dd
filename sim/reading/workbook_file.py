"""A workbook's cells, read without trust: bounds first, no macro, nothing that unfolds.

What is read is values. No formula is calculated, no link followed, and whatever else a workbook
may hold (pictures, charts, connections, leftovers of links to other files) is never opened.
"""

from __future__ import annotations

import io
import os
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.study.errors import MachineRefusal

WORKBOOK_ENDING = ".xlsx"
"""What the name of a workbook ends in."""
MAX_WORKBOOK_BYTES = 16 << 20
MAX_UNPACKED_BYTES = 64 << 20
"""Of all parts of a workbook, which is a packed folder; that of a large firm has 2 MiB."""
MAX_PARTS = 1_000
MAX_ELEMENTS = 500_000
"""Of the markup of all parts; a cell takes two or three."""
MAX_NESTED = 64
MAX_ROWS, MAX_COLUMNS = 4_000, 200
"""Of a sheet, as far as something stands there; twice what the largest permitted study takes."""
LONGEST_TEXT = 32_767
"""Characters of a cell, as spreadsheet programs have it."""

_CHUNK = 1 << 16
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_OTHER_KINDS = {".xls", ".xlsb", ".xlsm", ".xltm", ".xltx", ".xlam", ".ods", ".fods", ".numbers"}
_MACROS = re.compile(r"(?i)(^|/)(vbaproject|macrosheets/|activex/)")
_PROTECTED = b"\xd0\xcf\x11\xe0"  # an OLE file: an old workbook, or a new one with a password
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class UnfitWorkbookError(Exception):
    """A file cannot be used as a workbook; holds message and remedy."""


@dataclass(frozen=True)
class SheetCell:
    """A cell that holds something.

    Attributes
    ----------
    row, column : int
        From 1.
    value : object
        As the workbook has it; a text without spaces around it.
    kind : str
        Of the value: `n` a number, `s` a text, `b` true or false, `d` a date or time, `f` a
        formula, `e` an error.
    """

    row: int
    column: int
    value: Any
    kind: str


@dataclass(frozen=True)
class SheetCells:
    """What one sheet holds: its cells by row and column, whether it shows, what is merged."""

    name: str
    rows: dict[int, dict[int, SheetCell]]
    is_hidden: bool
    merged: tuple[str, ...]


def is_workbook(path: str | Path) -> bool:
    """Tell by a file's ending whether it is to be read as a workbook, of whatever kind."""
    return Path(path).suffix.lower() in {WORKBOOK_ENDING, *_OTHER_KINDS}


def read_sheets(path: Path) -> list[SheetCells]:
    """Read all sheets of a workbook.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` file of at most `MAX_WORKBOOK_BYTES`.

    Raises
    ------
    UnfitWorkbookError
        If it is no such file, is too large, or holds what a study must not.
    MachineRefusal
        If the machine does not let it be read.
    """
    ending = path.suffix.lower()
    if ending != WORKBOOK_ENDING:
        reason = "may hold macros" if ending in {".xlsm", ".xltm", ".xlam"} else "is another format"
        raise UnfitWorkbookError(f"a workbook `*{ending}` {reason}", "save it as .xlsx")
    content = _content_of(path)
    if content.startswith(_PROTECTED):
        message = "the workbook is protected with a password, or of an old format"
        raise UnfitWorkbookError(message, "save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            merged = _looked_over(packed)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        message = f"this is not a workbook, or it is damaged ({error})"
        raise UnfitWorkbookError(message, "open it, and save it again as .xlsx") from error
    return _sheets_of(content, merged)


def _content_of(path: Path) -> bytes:
    """Return a file's bytes; a file too large is not read."""
    too_large = UnfitWorkbookError(
        f"the file is larger than {MAX_WORKBOOK_BYTES >> 20} MiB",
        "a firm takes less than one; keep other data, pictures and sheets in a file of their own",
    )
    try:
        if os.path.getsize(path) > MAX_WORKBOOK_BYTES:
            raise too_large
        with path.open("rb") as stream:
            content = stream.read(MAX_WORKBOOK_BYTES + 1)
    except OSError as refusal:
        raise MachineRefusal(f"{path} cannot be read: {refusal}") from refusal
    if len(content) > MAX_WORKBOOK_BYTES:
        raise too_large
    return content


def _looked_over(packed: zipfile.ZipFile) -> dict[str, tuple[str, ...]]:
    """Refuse a workbook by its list of parts, then by their markup; return what is merged."""
    parts = packed.infolist()
    if len(parts) > MAX_PARTS:
        message = f"the workbook has more than {MAX_PARTS} parts"
        raise UnfitWorkbookError(message, "copy its sheets into a new one")
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        message = f"unpacked, the workbook is larger than {MAX_UNPACKED_BYTES >> 20} MiB"
        raise UnfitWorkbookError(message, "delete what is not the study, or copy it into a new one")
    for part in parts:
        if _MACROS.search(part.filename):
            message = f"the workbook holds macros (`{part.filename[-40:]}`)"
            raise UnfitWorkbookError(message, "save it as .xlsx without them")
        if part.flag_bits & 1 or part.compress_type not in _METHODS:
            message = "a part of the workbook is encrypted, or packed in an unusual way"
            raise UnfitWorkbookError(message, "save it again as .xlsx without a password")
    budget = _Budget()
    return {
        part.filename: _markup_of(packed, part, budget)
        for part in parts
        if part.filename.lower().endswith((".xml", ".rels"))
    }


@dataclass
class _Budget:
    """What is left of what all parts together may hold."""

    bytes: int = MAX_UNPACKED_BYTES
    elements: int = MAX_ELEMENTS


@dataclass
class _Markup:
    """Counts the elements of one part as a parser meets them, and notes its merged cells."""

    budget: _Budget
    merged: list[str] = field(default_factory=list)
    depth: int = 0
    cell: str = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count an element."""
        self.depth += 1
        self.budget.elements -= 1
        if self.budget.elements < 0 or self.depth > MAX_NESTED:
            message = "the workbook holds far more cells than a study has"
            remedy = "delete what is not the study, formats of empty rows too"
            raise UnfitWorkbookError(message, f"{remedy}, or copy the sheets into a new one")
        name = tag.rpartition("}")[2]
        if name == "c":
            self.cell = attributes.get("r", "")
        elif name in {"v", "is", "f"}:
            _refuse_far(self.cell)
        elif name == "mergeCell" and len(self.merged) <= MAX_ROWS:
            self.merged.append(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        """Leave an element."""
        self.depth -= 1

    def close(self) -> None:
        """Take the end of the part."""


def _refuse_far(cell: str) -> None:
    """Refuse something that stands where no study reaches."""
    found = _CELL.fullmatch(cell)
    if found is None:
        return
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    if column > MAX_COLUMNS or int(found[2]) > MAX_ROWS:
        message = f"something stands in a cell {cell}, far outside any table of a study"
        raise UnfitWorkbookError(message, "delete it, or move it into a file of its own")


def _markup_of(packed: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget) -> tuple[str, ...]:
    """Parse one part for its bounds alone, refusing entities; return its merged cells."""
    # Imported only where there is a workbook: most commands never read one.
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415
    from defusedxml.ElementTree import DefusedXMLParser, ParseError  # noqa: PLC0415

    markup = _Markup(budget)
    parser = DefusedXMLParser(target=markup, forbid_dtd=True)
    try:
        with packed.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                budget.bytes -= len(chunk)
                if budget.bytes < 0:
                    message = "a part of the workbook is larger than it says"
                    raise UnfitWorkbookError(message, "save it again as .xlsx")
                parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        message = "the workbook declares entities or a document type, as no spreadsheet does"
        raise UnfitWorkbookError(message, "save it again as .xlsx") from error
    except ParseError as error:
        message = f"the workbook is damaged ({part.filename[-40:]}: {error})"
        raise UnfitWorkbookError(message, "open it, and save it again as .xlsx") from error
    return tuple(markup.merged)


def _sheets_of(content: bytes, merged: dict[str, tuple[str, ...]]) -> list[SheetCells]:
    """Return the cells of every sheet of a workbook that has been looked over."""
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is left out, which nobody asks for
            # Row by row: pictures, charts, comments and links are never opened.
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            found = [
                SheetCells(
                    sheet.title,
                    _rows_of(sheet),
                    sheet.sheet_state != "visible",
                    merged.get(sheet._worksheet_path, ()),  # where else it stands is not said
                )
                for sheet in book.worksheets
            ]
            book.close()
    except Exception as error:  # of any kind: each part is read by rules of its own
        said = " ".join(str(error).split())[:100]
        message = f"the workbook cannot be read ({said})"
        raise UnfitWorkbookError(message, "open it, and save it again as .xlsx") from error
    return found


def _rows_of(sheet: Any) -> dict[int, dict[int, SheetCell]]:
    """Return the cells of a sheet that hold something, by row and column."""
    rows: dict[int, dict[int, SheetCell]] = {}
    # Bounds of our own: what a sheet says of its size need not be so.
    for row in sheet.iter_rows(min_row=1, max_row=MAX_ROWS, max_col=MAX_COLUMNS):
        for found in row:
            value = found.value
            if isinstance(value, str) and found.data_type != "f":
                value = value.replace("\u00a0", " ").strip()
            if value is None or value == "":
                continue
            cell = SheetCell(found.row, found.column, value, found.data_type)
            rows.setdefault(cell.row, {})[cell.column] = cell
    return rows
