"""Tables as a workbook for a spreadsheet program: text stays text, and nothing is calculated."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.keeping.files import write_bytes

_WIDEST = 60
_LONGEST_CELL = 32_000
"""Characters: a cell holds 32,767."""
_MOST_ROWS = 1_000_000


def write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write tables as sheets of one ``.xlsx`` file, atomically, and return its path.

    Names and labels may come from anywhere, so that a text is never a formula, whatever it
    begins with; signs that a workbook cannot hold are left out.

    Parameters
    ----------
    path : Path
        Where to.
    sheets : mapping of str to DataFrame
        Tables by the name of their sheet; an index is not kept, a missing value is empty.

    Raises
    ------
    MachineRefusal
        If the disk is full or writing is not allowed.
    """
    # Imported only where it is asked for: most commands never write a workbook.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        _fill(book.create_sheet(name), table)
    content = io.BytesIO()
    book.save(content)
    return write_bytes(path, content.getvalue())


def _fill(sheet: Any, table: pd.DataFrame) -> None:
    """Write one table below its headings, which stay in sight."""
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for column, heading in enumerate(table.columns, start=1):
        _put(sheet, 1, column, str(heading))
        sheet.cell(1, column).font = Font(bold=True)
        cells = table.iloc[:_MOST_ROWS, column - 1].tolist()
        for row, value in enumerate(cells, start=2):
            _put(sheet, row, column, value)
        widest = max([len(str(heading)), *(len(str(value)) for value in cells[:2000])])
        sheet.column_dimensions[get_column_letter(column)].width = min(_WIDEST, widest + 2)
    sheet.freeze_panes = "A2"


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    """Write one value: a number as a number, and anything else as text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    if value is None or value != value:  # noqa: PLR0124 - no number
        return
    cell = sheet.cell(row, column)
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_LONGEST_CELL]
    cell.data_type = "s"  # also where it begins like a formula
