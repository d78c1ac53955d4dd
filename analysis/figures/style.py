"""How figures look: colours, type, the sheet with its title and footnote, saving."""

from __future__ import annotations

import gc
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.figures.colour import colours, readable  # noqa: F401 - users' figures take both here
from analysis.figures.lettering import FONT, unremarked
from analysis.figures.measuring import measured_in, text_width, wrap, wrap_evenly
from sim.keeping.files import csv_text, write_bytes

INK, MUTED, RULE = "#1a1a1a", "#5c5c5c", "#d0d0d0"

SETTINGS: dict[Any, Any] = {
    "font.family": [FONT],
    "font.size": 9,
    "text.parse_math": False,
    "text.hinting": "none",  # at this resolution it shows nowhere, and takes a tenth of drawing
    "svg.hashsalt": "standing",
    "svg.fonttype": "none",  # text stays text: to be found, read aloud, edited
    "font.sans-serif": [FONT],
    "hatch.linewidth": 0.6,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "path.simplify": False,
}
DPI = 150
PACKING = 2
"""How hard a PNG is packed, 0 to 9: harder takes longer than it saves of these few colours."""
WIDTH = 11.0
MARGIN = 0.3
LABELS = 2.3
"""Inches at the left of a figure for the names of its rows."""
_TITLE, _LONG_TITLE, _SMALL = 14.0, 12.0, 8.0
_TALLEST = 3  # lines of a title; a longer one is set smaller
_LINE, _NARROW = 0.15, 1.5
_ABREAST = 6  # panels side by side: more would be too narrow for their numbers
_KINDS: dict[str, dict[str, Any]] = {
    "png": {"metadata": {"Software": None}, "pil_kwargs": {"compress_level": PACKING}},
    "svg": {"metadata": {"Date": None}},
}
FILE_KINDS = (*_KINDS, "csv")
"""The files of one figure, by what their names end with."""
_caveat: ContextVar[str] = ContextVar("caveat", default="")


@dataclass
class Sheet:
    """A figure with its title on top, its notes at the bottom and a body between them.

    Attributes
    ----------
    figure : Figure
    bottom, height : float
        Lower edge and height of the body in inches.
    """

    figure: Figure
    bottom: float
    height: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return bare axes; lengths in inches, `bottom` from the lower edge of the body."""
        total = self.figure.get_figheight()
        axes = self.figure.add_axes(
            (left / WIDTH, (self.bottom + bottom) / total, width / WIDTH, height / total)
        )
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(length=0, labelsize=_SMALL)
        return axes

    def text(self, left: float, bottom: float, text: str, size: float = 9.0, **kwargs: Any) -> None:
        """Write at inches from the left and from the lower edge of the body."""
        total = self.figure.get_figheight()
        self.figure.text(
            left / WIDTH, (self.bottom + bottom) / total, text, fontsize=size, **kwargs
        )


def sheet(title: str, notes: Sequence[str], body_height: float) -> Sheet:
    """Return a sheet as tall as its title, notes and body need.

    Parameters
    ----------
    title : str
        The finding, with its number.
    notes : sequence of str
        Below the body, one paragraph each: how to read it, the intervals, the footnote.
    body_height : float
        Inches.
    """
    inner = WIDTH - 2 * MARGIN
    if _caveat.get():
        title = f"{title} ({_caveat.get()})"
    size = _TITLE
    title_lines = wrap_evenly(title, inner, size, "bold")
    if len(title_lines) > _TALLEST:
        size = _LONG_TITLE
        title_lines = wrap_evenly(title, inner, size, "bold")
    note_lines = [line for note in notes for line in wrap(note, inner, _SMALL)]
    title_height = len(title_lines) * size * 1.3 / 72
    note_height = len(note_lines) * _SMALL * 1.45 / 72
    bottom = MARGIN + note_height + 0.15
    height = bottom + body_height + 0.2 + title_height + MARGIN
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    left = MARGIN / WIDTH
    for place, line in enumerate(title_lines):
        top = height - MARGIN - place * size * 1.3 / 72
        figure.text(left, top / height, line, fontsize=size, fontweight="bold", va="top")
    for place, line in enumerate(note_lines):
        low = MARGIN + (len(note_lines) - 1 - place) * _SMALL * 1.45 / 72
        figure.text(left, low / height, line, fontsize=_SMALL, color=MUTED, va="baseline")
    return Sheet(figure, bottom, body_height)


@dataclass(frozen=True)
class Panels:
    """A grid of equal panels with rows, the names of the rows at the left; lengths in inches.

    Attributes
    ----------
    n_panels, n_rows, columns : int
        Number of panels, of rows in each, and of panels side by side.
    row, heading : float
        Height of a row, and of what stands above the rows.
    axis : float
        Height of what stands below the rows.
    """

    n_panels: int
    n_rows: int
    columns: int
    row: float
    heading: float
    axis: float = 0.5

    @property
    def height(self) -> float:
        """Height of the whole grid."""
        return -(-self.n_panels // self.columns) * self._band

    @property
    def _band(self) -> float:
        return self.heading + self.n_rows * self.row + self.axis

    @property
    def width(self) -> float:
        """Width of a panel; a lone one does not fill the sheet."""
        return min(5.0, (WIDTH - 2 * MARGIN - LABELS) / self.columns)

    def left(self, number: int) -> float:
        """Return the left edge of a panel."""
        return MARGIN + LABELS + number % self.columns * self.width

    def bottom(self, number: int) -> float:
        """Return the lower edge of a panel's rows."""
        return self.height - (number // self.columns + 1) * self._band + self.axis

    def top(self, number: int) -> float:
        """Return the upper edge of a panel's rows."""
        return self.bottom(number) + self.n_rows * self.row

    def middle(self, number: int, place: int) -> float:
        """Return the middle of a row, the first on top."""
        return self.top(number) - (place + 0.5) * self.row

    def axes(self, drawn: Sheet, number: int, right: float) -> Axes:
        """Return the axes of a panel that leave so much free at its right."""
        axes = drawn.axes(
            self.left(number), self.bottom(number), self.width - right, self.n_rows * self.row
        )
        axes.set_ylim(self.n_rows - 0.5, -0.5)
        axes.set_yticks([])
        return axes


def abreast(panels: int) -> int:
    """Return how many panels stand side by side: all of them, or rows of equal length."""
    return -(-panels // -(-panels // _ABREAST))


def limits(values: Iterable[float], include: Iterable[float] = ()) -> tuple[float, float]:
    """Return axis ends around the finite values and those in `include`, never equal."""
    finite = [value for value in [*values, *include] if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    pad = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    return low - pad, high + pad


def not_from_zero(low: float, high: float) -> str:
    """Return what an axis says that would make small differences look large, else nothing."""
    return "" if low <= 0 <= high else "axis does not begin at 0"


def dot(
    axes: Axes,
    place: float,
    mean_low_high: tuple[float, float, float],
    colour: str,
    filled: bool = True,
) -> None:
    """Draw a mean and its interval as a dot on a line; a missing value draws nothing."""
    mean, low, high = mean_low_high
    if math.isfinite(low) and math.isfinite(high):
        axes.plot([low, high], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
        # Caps taller than the dot keep an interval visible that is narrower than the dot.
        axes.plot([low, high], [place, place], "|", color=colour, markersize=11)
    if math.isfinite(mean):
        axes.plot(
            [mean],
            [place],
            marker="o",
            markersize=6,
            markerfacecolor=colour if filled else "white",
            markeredgecolor=colour,
            markeredgewidth=1.5,
        )


def plain_ticks(axes: Axes, most: int) -> None:
    """Give the x axis at most that many steps, numbered plainly, with room between."""
    low, high = axes.get_xlim()
    inch = axes.get_position().width * WIDTH / (high - low)
    sets = []
    for steps in range(most, 0, -1):
        found = MaxNLocator(steps, steps=[1, 2, 5, 10], min_n_ticks=1).tick_values(low, high)
        sets.append([float(place) for place in found if low <= place <= high])
    # One number is no scale: rather the two ends.
    sets = [s for s in sets if len(s) > 1] + [[s[0], s[-1]] for s in sets if len(s) > 1] + sets
    places = next((s for s in sets if _apart(s, inch)), sets[-1])
    axes.set_xticks(places, [_plain(place) for place in places])


def _apart(places: list[float], inch: float) -> bool:
    """Return whether the numbers of places stand apart, a unit of the axis being so long."""
    halves = [text_width(_plain(place), 9) / 2 for place in places]
    gaps = zip(places, places[1:], halves, halves[1:], strict=False)
    return all((after - place) * inch > left + right + 0.08 for place, after, left, right in gaps)


def _plain(value: float) -> str:
    return f"{round(value, 9) + 0:,.6g}".replace("-", "−")


def heading_height(labels: Iterable[str], width: float) -> float:
    """Return the height of the tallest name of an org model above a panel so wide."""
    return _LINE * max(len(_heading(label, width)[1]) for label in labels)


def _heading(label: str, width: float) -> tuple[float, list[str]]:
    """Return the size and the lines of a name above a panel: whole, if that can be."""
    size = 9.0 if width > _NARROW else 8.0
    return size, wrap(label, width, size, "bold", most=5)


def write_heading(
    drawn: Sheet, left_bottom: tuple[float, float], width: float, label: str, colour: str
) -> None:
    """Write the name of an org model above its panel, in its colour, on at most five lines."""
    left, bottom = left_bottom
    size, lines = _heading(label, width)
    for place, line in enumerate(reversed(lines)):
        drawn.text(
            left, bottom + _LINE * place, line, size, color=readable(colour), fontweight="bold"
        )


def write_label(drawn: Sheet, middle: float, label: str, colour: str, height: float = 0.36) -> None:
    """Write the name of an org model at the left of its row, in its colour, on one or two lines."""
    size = min(9.0, 27 * height)
    if len(wrap(label, LABELS - 0.2, size, "bold")) > 2:
        size = min(size, 7.5)
    lines = wrap(label, LABELS - 0.2, size, "bold", most=2)
    for place, line in enumerate(lines):
        offset = ((len(lines) - 1) / 2 - place) * min(0.0189 * size, 0.42 * height)
        drawn.text(
            MARGIN, middle + offset, line, size,
            va="center", color=readable(colour), fontweight="bold",
        )  # fmt: skip


def rendered(drawn: Sheet, kind: str) -> bytes:
    """Return a figure's bytes as ``png`` or ``svg``; drawn with `settings`, rendered with them."""
    buffer = io.BytesIO()
    drawn.figure.savefig(buffer, format=kind, dpi=DPI, **_KINDS[kind])
    return buffer.getvalue()


def save(drawn: Sheet, folder: Path, name: str, table: pd.DataFrame) -> list[Path]:
    """Write a figure as PNG and SVG and the numbers it shows as CSV; return the paths.

    The bytes depend on nothing but the content: no date, ids from a fixed salt. Each file is
    there whole or not at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if _caveat.get():
        table = table.assign(caveat=_caveat.get())
    contents = {kind: rendered(drawn, kind) for kind in _KINDS}
    contents["csv"] = csv_text(table).encode()
    paths = []
    for kind, content in contents.items():
        path = folder / f"{name}.{kind}"
        paths.append(write_bytes(path, content, outlives_power_loss=False))
    return paths


@contextmanager
def settings(caveat: str = "", families: tuple[str, ...] = (FONT,)) -> Iterator[None]:
    """Draw with matplotlib's own defaults and `SETTINGS` on top, whatever the user has set.

    Parameters
    ----------
    caveat : str
        What every title says after its finding, in brackets, and every table in a column.
    families : tuple of str
        Fonts to take letters from: where the first has none, the next that has.
    """
    with mpl.rc_context(), _uncollected(), unremarked(), measured_in(families):
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS | {"font.family": [*families, "sans-serif"]})
        before = _caveat.set(caveat)
        try:
            yield
        finally:
            _caveat.reset(before)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave garbage alone: a figure is a hundred thousand objects that are all in use."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
