"""How a firm's workbook looks, and what it offers to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

LONGEST_LIST = 255
"""Signs of choices that a spreadsheet takes in one text."""
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255

_WRAPPED = Alignment(wrap_text=True, vertical="top")
_FACE = "Calibri"
_TITLE = Font(name=_FACE, bold=True, size=12)
_HEAD = Font(name=_FACE, bold=True)
_GREY = Font(name=_FACE, color="595959", italic=True, size=9)
_HEADING = PatternFill("solid", fgColor="D9E2EC")
_INPUT = PatternFill("solid", fgColor="FFFBE6")
_LINE = Border(*[Side(style="thin", color="D0D0D0")] * 4)


def put_text(sheet: Any, row: int, column: int, text: str, look: str = "") -> Any:
    """Write a text that is never a formula, whatever it begins with.

    Parameters
    ----------
    sheet : openpyxl.worksheet.worksheet.Worksheet
        Written to.
    row, column : int
        From 1.
    text : str
        May be empty.
    look : {"", "title", "heading", "grey"}
        What it is.
    """
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    cell.alignment = _WRAPPED
    if look == "title":
        cell.font, cell.alignment = _TITLE, Alignment(vertical="top")
    elif look == "heading":
        cell.font, cell.fill, cell.border = _HEAD, _HEADING, _LINE
    elif look == "grey":
        cell.font = _GREY
    return cell


def put_value(sheet: Any, row: int, column: int, value: Any) -> Any:
    """Write a value of the study into a cell to be filled in; None leaves it empty."""
    cell = sheet.cell(row, column)
    cell.fill, cell.border, cell.alignment = _INPUT, _LINE, _WRAPPED
    if isinstance(value, str):
        cell.value, cell.data_type = value, "s"
    elif value is not None:
        cell.value = value
    return cell


def hang_note(cell: Any, text: str) -> None:
    """Hang a remark on a cell, which a spreadsheet shows beside it."""
    note = Comment(text, "Standing")
    note.width, note.height = 360, 30 + 18 * (1 + len(text) // 55)
    cell.comment = note


def set_widths(sheet: Any, widths: Sequence[float]) -> None:
    """Make columns so wide, in characters, from the first on."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def set_height(sheet: Any, row: int, widths: Sequence[float]) -> None:
    """Make a row so high that its texts are seen whole in columns of these widths."""
    height = 15.0
    for column, width in enumerate(widths, start=1):
        cell = sheet.cell(row, column)
        is_small = cell.font.size == _GREY.size
        # Words do not fill a line to its end.
        signs, line = (1.1 * width, 12.5) if is_small else (0.9 * width, 15.0)
        parts = str(cell.value or "").split("\n")
        height = max(height, line * sum(1 + int(len(part) / signs) for part in parts))
    sheet.row_dimensions[row].height = height


def offer(
    sheet: Any,
    cells: str,
    *,
    choices: str = "",
    must: bool = False,
    title: str,
    prompt: str,
) -> None:
    """Say what may stand in some cells, beside whichever is chosen, with a list to choose from.

    Parameters
    ----------
    sheet : openpyxl.worksheet.worksheet.Worksheet
        Written to.
    cells : str
        Such as ``B3:B90``.
    choices : str
        A list of words with commas, or cells that hold them; empty: there is no list.
    must : bool
        Whether nothing else may be typed.
    title, prompt : str
        Shown beside the cell.
    """
    listed = f'"{choices}"' if choices and "!" not in choices else choices
    rule = DataValidation(type="list" if choices else None, formula1=listed or None)
    rule.allow_blank = True
    rule.showErrorMessage = must
    rule.errorTitle, rule.error = "Standing", f"Permitted: {choices}"[:_LONGEST_PROMPT]
    rule.showInputMessage = True
    rule.promptTitle = title[-_LONGEST_TITLE:]
    rule.prompt = prompt if len(prompt) <= _LONGEST_PROMPT else f"{prompt[: _LONGEST_PROMPT - 1]}…"
    rule.add(cells)
    sheet.add_data_validation(rule)


def set_page(sheet: Any, top: int) -> None:
    """Print a sheet as wide as a page, with its headings on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = f"{top}:{top}"
