"""The board pack as slides, with charts and tables that an office program lets one change."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_PATTERN_TYPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from analysis.figures.style import INK, MUTED
from analysis.report.content import (
    BARS,
    LINES,
    STACKED,
    Chart,
    Grid,
    Pack,
    Page,
    commands_apart,
    without_marks,
)
from analysis.report.page_html import shown_value
from sim.study.errors import Problem, StudyError

WIDE, HIGH = 13.333, 7.5
"""Inches: sixteen to nine."""
_LEFT, _RIGHT, _FOOT = 0.6, 0.6, 0.45
_INNER = WIDE - _LEFT - _RIGHT
_FONT, _FONT_OF_COMMANDS = "Arial", "Courier New"
_KINDS = {
    BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    STACKED: XL_CHART_TYPE.BAR_STACKED,
    LINES: XL_CHART_TYPE.LINE,
}
_MOST_ROWS, _MOST_COLUMNS = 13, 9
_LARGEST_TEMPLATE, _LARGEST_UNPACKED = 1 << 26, 1 << 28
_CELL, _LONG_TITLE = 0.3, 150
_MACROS = re.compile(r"(?i)(^|/)(vbaproject|activex/)")


def deck_of(pack: Pack, template: Path | None = None) -> bytes:
    """Return the pack as a presentation (``.pptx``).

    Parameters
    ----------
    pack : Pack
    template : Path, optional
        A presentation whose look is taken; its slides are left out.

    Raises
    ------
    StudyError
        If the template is none.
    """
    opened = _opened(template)
    try:
        return _written(_Slides(opened, template is None), pack)
    except Exception as reason:
        if template is None:
            raise
        raise _no_template(template, reason) from reason  # it lacks what slides are made of


def _written(slides: _Slides, pack: Pack) -> bytes:
    """Return the slides of a pack."""
    for page in pack.pages:
        _write_page(slides, page, pack)
    slides.words("Method", pack.method, pack, [f"{m.question}: {m.command}" for m in pack.missing])
    buffer = io.BytesIO()
    slides.presentation.save(buffer)
    return buffer.getvalue()


def _opened(template: Path | None) -> Any:
    """Return an empty presentation, with the look of a template if there is one."""
    if template is None:
        fresh = Presentation()
        fresh.slide_width, fresh.slide_height = Inches(WIDE), Inches(HIGH)
        return fresh
    try:
        opened = Presentation(io.BytesIO(_content_of(template)))
        identifiers = opened.slides._sldIdLst
        for each in list(identifiers):
            opened.part.drop_rel(each.rId)
            identifiers.remove(each)
        if not len(opened.slide_layouts) or min(opened.slide_width, opened.slide_height) < Inches(
            1
        ):
            raise ValueError("it has no layout of a slide")
    except Exception as reason:  # of any kind: each part is read by rules of its own
        raise _no_template(template, reason) from reason
    return opened


def _no_template(template: Path, reason: Exception) -> StudyError:
    said = re.sub(r"^file '<.*?>'", "it", " ".join(str(reason).split()))[:200]
    message = f"this is no presentation that can be read ({said})"
    remedy = "give a .pptx file, saved by an office program"
    return StudyError([Problem(f"--template {template}", None, None, "", message, remedy)])


def _content_of(template: Path) -> bytes:
    """Return a template's bytes, bounds and parts having been looked over.

    Raises
    ------
    ValueError
        If it is no file, is too large, packed or unpacked, or holds macros, which the slides
        would take over.
    """
    if not template.is_file():
        raise ValueError("there is no such file")
    with template.open("rb") as file:
        content = file.read(_LARGEST_TEMPLATE + 1)
    if len(content) > _LARGEST_TEMPLATE:
        raise ValueError(f"it is larger than {_LARGEST_TEMPLATE >> 20} MiB")
    with ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    if sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise ValueError(f"unpacked, it is larger than {_LARGEST_UNPACKED >> 20} MiB")
    if any(_MACROS.search(part.filename) for part in parts):
        raise ValueError("it holds macros; save it without them")
    return content


@dataclass
class _Slides:
    """A presentation under way.

    Attributes
    ----------
    presentation : pptx.presentation.Presentation
    plain : bool
        Whether it has no look but ours.
    """

    presentation: Any
    plain: bool

    @property
    def scale(self) -> float:
        """Width of a slide, as a share of ours: a template may be narrower."""
        return float(self.presentation.slide_width) / Inches(WIDE)

    def add(self, title: str, pack: Pack, notes: Sequence[str]) -> Any:
        """Add a slide with a title, the footnote and notes for the speaker."""
        layouts = self.presentation.slide_layouts
        layout = next((each for each in layouts if each.name == "Title Only"), layouts[-1])
        slide = self.presentation.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.idx != 0:
                shape._element.getparent().remove(shape._element)
        size = 20 if len(title) < _LONG_TITLE else 16 if len(title) < 2 * _LONG_TITLE else 13
        box = slide.shapes.title
        if box is None:
            box = slide.shapes.add_textbox(0, 0, 0, 0)
        box.left, box.top = self.inches(_LEFT), self.inches(0.35)
        box.width, box.height = self.inches(_INNER), self.inches(1.05)
        _write(box.text_frame, [title], size, bold=True)
        foot = self.text(slide, HIGH - _FOOT, 0.3, [pack.footnote], 9, MUTED)
        foot.name = "Footnote"
        slide.notes_slide.notes_text_frame.text = without_marks("\n\n".join([*notes, *pack.method]))
        return slide

    def text(
        self, slide: Any, top: float, height: float, lines: Sequence[str], size: float, colour: str
    ) -> Any:
        """Write paragraphs over the whole width."""
        box = slide.shapes.add_textbox(
            self.inches(_LEFT), self.inches(top), self.inches(_INNER), self.inches(height)
        )
        _write(box.text_frame, lines, size, colour=colour)
        return box

    def words(self, title: str, lines: Sequence[str], pack: Pack, more: Sequence[str]) -> None:
        """Add a slide of words alone."""
        slide = self.add(title, pack, ())
        left_out = ["Left out, and the command that makes it:", *more] if more else []
        self.text(slide, 1.4, 5.3, [*lines, *left_out], 12, INK)

    def inches(self, length: float) -> int:
        """Return a length on a slide as wide as ours, in the units of this one."""
        return int(Inches(length) * self.scale)


def _write(
    frame: Any, lines: Sequence[str], size: float, *, bold: bool = False, colour: str = INK
) -> None:
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.space_after, paragraph.alignment = Pt(size / 2), PP_ALIGN.LEFT
        # Of no words too there is a part: an empty cell is as high as its letters would be.
        for part, is_command in commands_apart(line) or [("", False)]:
            run = paragraph.add_run()
            run.text = part
            run.font.name = _FONT_OF_COMMANDS if is_command else _FONT
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = _rgb(colour)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _write_page(slides: _Slides, page: Page, pack: Pack) -> None:
    """Write a page: what it says beside its first chart, then a slide for each other thing."""
    notes = [page.question, *page.lines, *page.caveats]
    slide = slides.add(page.title, pack, notes)
    body = [page.question, *page.lines, *page.caveats]
    size = 13 if sum(map(len, body)) < 900 else 11
    wide = 5.6 if page.charts else _INNER
    box = slide.shapes.add_textbox(
        slides.inches(_LEFT), slides.inches(1.5), slides.inches(wide), slides.inches(5.2)
    )
    _write(box.text_frame, body, size)
    for chart in page.charts[:1]:
        _add_chart(slides, slide, chart, (_LEFT + 5.9, 1.5, _INNER - 5.9, 5.3))
    for chart in page.charts[1:]:
        more = slides.add(page.title, pack, notes)
        _add_chart(slides, more, chart, (_LEFT, 1.5, _INNER, 5.3))
    for grid in page.grids:
        for part in _parts(grid):
            _add_table(slides, slides.add(page.title, pack, notes), part)


def _add_chart(
    slides: _Slides, slide: Any, chart: Chart, place: tuple[float, float, float, float]
) -> None:
    """Add a chart whose numbers can be changed."""
    data = CategoryChartData(number_format=_number_format(chart.decimals))
    data.categories = chart.categories
    for series in chart.series:
        data.add_series(series.label, [None if math.isnan(v) else v for v in series.values])
    left, top, width, height = (slides.inches(each) for each in place)
    frame = slide.shapes.add_chart(_KINDS[chart.kind], left, top, width, height, data)
    frame.name = chart.about
    _describe(frame, f"{chart.about} ({chart.unit}). {chart.note}")
    drawn = frame.chart
    drawn.font.size, drawn.font.name = Pt(11), _FONT
    drawn.has_title = True
    _write(drawn.chart_title.text_frame, [f"{chart.about} ({chart.unit})"], 12, bold=True)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position = XL_LEGEND_POSITION.BOTTOM
        drawn.legend.include_in_layout = False
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.kind != LINES:
        drawn.category_axis.reverse_order = True
        drawn.plots[0].gap_width = 60
    drawn.value_axis.has_major_gridlines = False
    drawn.value_axis.tick_labels.number_format = _number_format(chart.decimals)
    drawn.value_axis.tick_labels.number_format_is_linked = False
    if chart.axis is not None:
        axis = drawn.value_axis
        axis.minimum_scale, axis.maximum_scale = chart.axis
    _colour(drawn, chart)


def _colour(drawn: Any, chart: Chart) -> None:
    """Give series and bars their colours, and bars the lines of their intervals."""
    for number, series in enumerate(chart.series):
        shape = drawn.plots[0].series[number]
        if chart.kind == LINES:
            shape.smooth = False
            line = shape.format.line
            line.color.rgb, line.width = _rgb(series.colours[0]), Pt(2.25)
            continue
        for place, colour in enumerate(series.colours):
            look = shape.format if len(series.colours) == 1 else shape.points[place].format
            fill = look.fill
            if series.pattern:
                fill.patterned()
                fill.pattern = MSO_PATTERN_TYPE[series.pattern.upper()]
                fill.fore_color.rgb, fill.back_color.rgb = _rgb(series.lines), _rgb(colour)
                continue
            fill.solid()
            fill.fore_color.rgb = _rgb(colour)
        if chart.kind == STACKED:
            edge = shape.format.line
            edge.color.rgb = _rgb(MUTED)
        if series.low:
            _add_intervals(shape, series.values, series.low, series.high)


def _add_intervals(
    shape: Any, values: Sequence[float], low: Sequence[float], high: Sequence[float]
) -> None:
    """Add the intervals as error bars, each with its own ends (the format's `c:errBars`)."""
    bars = etree.SubElement(shape._element, qn("c:errBars"))
    etree.SubElement(bars, qn("c:errBarType"), val="both")
    etree.SubElement(bars, qn("c:errValType"), val="cust")
    etree.SubElement(bars, qn("c:noEndCap"), val="0")
    ends = {"c:plus": [h - v for h, v in zip(high, values, strict=True)]}
    ends["c:minus"] = [v - each for each, v in zip(low, values, strict=True)]
    for name, lengths in ends.items():
        numbers = etree.SubElement(etree.SubElement(bars, qn(name)), qn("c:numLit"))
        etree.SubElement(numbers, qn("c:formatCode")).text = "General"
        etree.SubElement(numbers, qn("c:ptCount"), val=str(len(lengths)))
        for place, length in enumerate(lengths):
            if math.isfinite(length):
                point = etree.SubElement(numbers, qn("c:pt"), idx=str(place))
                etree.SubElement(point, qn("c:v")).text = repr(float(length))
    # The format wants error bars before what a series is of.
    shape._element.remove(bars)
    first = next(each for each in shape._element if each.tag in (qn("c:cat"), qn("c:val")))
    first.addprevious(bars)


def _describe(frame: Any, text: str) -> None:
    """Give a chart or table words for whoever cannot see it."""
    about = frame._element.nvGraphicFramePr.cNvPr
    about.set("descr", text)


def _number_format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals > 0 else "")


def _parts(grid: Grid) -> list[Grid]:
    """Return a table in parts that a slide has room for; the first column stands in each."""
    found = []
    columns = [
        (0, *range(start, min(start + _MOST_COLUMNS, len(grid.head))))
        for start in range(1, max(len(grid.head), 2), _MOST_COLUMNS)
    ]
    for chosen in columns:
        for start in range(0, max(len(grid.rows), 1), _MOST_ROWS):
            rows = grid.rows[start : start + _MOST_ROWS]
            found.append(
                Grid(
                    grid.about,
                    tuple(grid.head[each] for each in chosen),
                    tuple(tuple(row[each] for each in chosen) for row in rows),
                    tuple(grid.decimals[each] for each in chosen),
                )
            )
    return found


def _add_table(slides: _Slides, slide: Any, grid: Grid) -> None:
    """Add a table whose cells can be changed."""
    slides.text(slide, 1.35, 0.3, [grid.about], 11, MUTED)
    height = _CELL * (1 + len(grid.rows))
    frame = slide.shapes.add_table(
        1 + len(grid.rows),
        len(grid.head),
        slides.inches(_LEFT),
        slides.inches(1.75),
        slides.inches(_INNER),
        slides.inches(height),
    )
    frame.name = grid.about
    _describe(frame, f"{grid.about}: {', '.join(grid.head)}")
    widths = _widths(grid)
    size = 11 if len(grid.head) <= 6 else 9
    for column, width in enumerate(widths):
        frame.table.columns[column].width = slides.inches(width)
        cells = [grid.head[column], *(row[column] for row in grid.rows)]
        for line, value in enumerate(cells):
            cell = frame.table.cell(line, column)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            text = shown_value(value, grid.decimals[column])
            _write(cell.text_frame, [text], size, bold=line == 0, colour=_on(line))
            cell.text_frame.paragraphs[0].space_after = Pt(0)


def _on(line: int) -> str:
    return "#FFFFFF" if line == 0 else INK


def _widths(grid: Grid) -> list[float]:
    """Return the widths of columns in inches, by the longest that stands in each."""
    longest = [
        max(len(shown_value(value, grid.decimals[place])) for value in (head, *column))
        for place, (head, column) in enumerate(
            zip(grid.head, zip(*grid.rows, strict=True), strict=True)
        )
    ]
    weights = [min(max(length, 11), 40) for length in longest]
    return [_INNER * weight / sum(weights) for weight in weights]
