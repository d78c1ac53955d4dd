"""The board pack as a workbook: a sheet a table, charts that refer to its cells."""

from __future__ import annotations

import io
import math
import re
from datetime import UTC, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from analysis.figures.style import MUTED
from analysis.report.content import (
    BARS,
    LINES,
    STACKED,
    Chart,
    Grid,
    GridCell,
    Pack,
    Series,
    without_marks,
)

_KINDS = {
    BARS: {"type": "bar"},
    STACKED: {"type": "bar", "subtype": "stacked"},
    LINES: {"type": "line"},
}
_WIDEST, _LONGEST_SHEET = 60, 31
_LONGEST_CELL = 32_000
_WIDE_TEXT, _LINE = 100, 15.0
"""Signs on a line of text, and points that a line is high."""
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Equal results give equal bytes: no file says when it was made."""
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_NOT_IN_A_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def book_of(pack: Pack) -> bytes:
    """Return the pack as a workbook (``.xlsx``): no text is a formula, whatever it begins with.

    Parameters
    ----------
    pack : Pack
    """
    buffer = io.BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": pack.title, "created": _MADE})
        sheets = _Sheets(book)
        sheets.words("Answer", [*_answers(pack), ("", ""), ("Footnote", pack.footnote)])
        for page in pack.pages:
            for grid in page.grids:
                sheets.table(f"{page.key} {grid.about}", grid)
            for chart in page.charts:
                sheets.chart(f"{page.key} {chart.about}", chart)
        for name, grid in pack.tables.items():
            sheets.table(name, grid)
        sheets.words("Method", [("", line) for line in pack.method])
    return buffer.getvalue()


def _answers(pack: Pack) -> list[tuple[str, str]]:
    rows = [("Question", pack.title)]
    for page in pack.pages:
        rows.append((page.question, page.title))
        rows += [("", line) for line in page.lines]
    return rows


class _Sheets:
    """A workbook under way."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._about = book.add_format({"italic": True})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers: dict[int, Any] = {}

    def words(self, name: str, rows: list[tuple[str, str]]) -> None:
        """Add a sheet of two columns of words."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 34, self._bold)
        sheet.set_column(1, 1, _WIDE_TEXT, self._wrapped)
        for line, (left, right) in enumerate(rows):
            lines = max(-(-len(left) // 30), -(-len(right) // (_WIDE_TEXT - 10)), 1)
            sheet.set_row(line, _LINE * lines)
            sheet.write_string(line, 0, _plain(left), self._bold)
            sheet.write_string(line, 1, _plain(right), self._wrapped)

    def table(self, name: str, grid: Grid) -> None:
        """Add a sheet that holds a table."""
        sheet = self._sheet(name)
        sheet.write_string(0, 0, _plain(grid.about), self._about)
        self._head(sheet, 2, grid.head)
        for line, row in enumerate(grid.rows, start=3):
            for column, value in enumerate(row):
                self._write(sheet, line, column, value, grid.decimals[column])
        sheet.freeze_panes(3, 1)
        for column, head in enumerate(grid.head):
            cells = [len(str(row[column])) for row in grid.rows if isinstance(row[column], str)]
            sheet.set_column(column, column, min(max([len(head), 8, *cells]) + 3, _WIDEST))

    def chart(self, name: str, chart: Chart) -> None:
        """Add a sheet with the numbers of a chart, and the chart that refers to them."""
        sheet = self._sheet(name)
        sheet.write_string(0, 0, _plain(f"{chart.about} ({chart.unit}). {chart.note}"))
        head, columns = ["", *(series.label for series in chart.series)], []
        for series in chart.series:
            columns.append(series.values)
        for series in chart.series:
            if series.low:
                head += [f"{series.label}, up", f"{series.label}, down"]
                pairs = list(zip(series.values, series.low, series.high, strict=True))
                columns.append(tuple(high - value for value, _, high in pairs))
                columns.append(tuple(value - low for value, low, _ in pairs))
        self._head(sheet, 2, tuple(head))
        for line, category in enumerate(chart.categories, start=3):
            sheet.write_string(line, 0, _plain(category))
            for column, values in enumerate(columns, start=1):
                self._write(sheet, line, column, values[line - 3], chart.decimals + 2)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, len(head) - 1, max(map(len, head)) + 3)
        sheet.insert_chart(3, len(head) + 1, self._drawn(sheet.get_name(), chart))

    def _drawn(self, name: str, chart: Chart) -> Any:
        drawn = self._book.add_chart(_KINDS[chart.kind])
        first, last = 3, 2 + len(chart.categories)
        behind = 1 + len(chart.series)
        for number, series in enumerate(chart.series, start=1):
            colours = series.colours or ("#0072B2",)
            points = [{"fill": {"color": each}} for each in colours] if len(colours) > 1 else None
            about: dict[str, Any] = {
                "name": [name, 2, number],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, number, last, number],
                **_look(chart, series),
            }
            if points:
                about["points"] = points
            if series.low:
                ends = [
                    f"={_quoted(name)}!{xl_range_abs(first, each, last, each)}"
                    for each in (behind, behind + 1)
                ]
                bars = {"type": "custom", "plus_values": ends[0], "minus_values": ends[1]}
                about["x_error_bars" if chart.kind != LINES else "y_error_bars"] = bars
                behind += 2
            drawn.add_series(about)
        drawn.set_title({"name": f"{chart.about} ({chart.unit})", "name_font": {"size": 12}})
        drawn.set_size({"width": 900, "height": max(360, 26 * len(chart.categories) + 140)})
        axis = dict(zip(("min", "max"), chart.axis or (), strict=False))
        if chart.kind == LINES:
            drawn.set_x_axis({"label_position": "low"})
            drawn.set_y_axis(axis)
        else:
            drawn.set_y_axis({"reverse": True, "label_position": "low"})
            drawn.set_x_axis(axis)
        drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
        return drawn

    def _sheet(self, wanted: str) -> Any:
        """Add a sheet under a name that no other has."""
        name = _NOT_IN_A_NAME.sub(" ", _plain(wanted)).strip()[:_LONGEST_SHEET].strip()
        number = 1
        shortened = name
        while shortened.lower() in self._names:
            number += 1
            mark = f" {number}"
            shortened = name[: _LONGEST_SHEET - len(mark)] + mark
        self._names.add(shortened.lower())
        sheet = self._book.add_worksheet(shortened)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _head(self, sheet: Any, line: int, names: tuple[str, ...]) -> None:
        for column, name in enumerate(names):
            sheet.write_string(line, column, _plain(name), self._bold)

    def _write(self, sheet: Any, line: int, column: int, value: GridCell, decimals: int) -> None:
        if isinstance(value, str):
            sheet.write_string(line, column, _plain(value))
        elif math.isfinite(value):
            sheet.write_number(line, column, value, self._format(decimals))

    def _format(self, decimals: int) -> Any:
        """Return how numbers of so many decimals look; below 0, as they are."""
        if decimals not in self._numbers:
            shown = "General" if decimals < 0 else "#,##0" + ("." + "0" * decimals) * (decimals > 0)
            self._numbers[decimals] = self._book.add_format({"num_format": shown})
        return self._numbers[decimals]


def _plain(text: str) -> str:
    """Return a text as a cell can hold it."""
    return _NOT_IN_A_CELL.sub("", without_marks(text))[:_LONGEST_CELL]


def _look(chart: Chart, series: Series) -> dict[str, Any]:
    """Return how a row of bars or a line is drawn, as XlsxWriter takes it."""
    colour = series.colours[0] if series.colours else "#0072B2"
    if chart.kind == LINES:
        return {"line": {"color": colour}}
    edge = {"border": {"color": MUTED}} if chart.kind == STACKED else {}
    if not series.pattern:
        return {"fill": {"color": colour}, **edge}
    over = {"fg_color": series.lines, "bg_color": colour}
    return {"pattern": {"pattern": series.pattern, **over}, **edge}


def _quoted(name: str) -> str:
    return f"'{name}'"
