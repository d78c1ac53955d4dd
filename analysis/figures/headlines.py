"""The figure of one question on which sources disagree: differences along a condition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from analysis.evidence.claims_told import measure_words, unit_of_quantity
from analysis.evidence.headlines import NOT_CLEAR, Answered, Headline
from analysis.figures import style
from analysis.figures.colour import colours, readable
from analysis.figures.figure import Drawing
from analysis.figures.lettering import drawable, families_for, spread
from analysis.figures.style import MARGIN, MUTED, RULE, WIDTH

_TALL, _FOOT, _HEAD = 3.4, 0.6, 0.75
_AT_LEFT, _BETWEEN, _LABELS = 0.55, 0.55, 1.5
_ASIDE = 0.08
"""Steps of the axis by which neighbours stand apart, so that no interval hides another."""


def headline_files(found: Answered) -> list[str]:
    """Return the names of the files that `write_headline` writes."""
    return [f"{_name(found)}.{kind}" for kind in style.FILE_KINDS]


def _name(found: Answered) -> str:
    return found.headline.headline.replace("-", "_")


def write_headline(folder: Path, found: Answered, footnote: str, caveat: str) -> list[Path]:
    """Write the figure as PNG and SVG, and the numbers that it shows as CSV."""
    headline = found.headline
    words = [drawable(headline.label(cell)) for cell in headline.cells]
    with style.settings(caveat, families_for([*words, footnote])):
        drawing = draw_headline(found, drawable(footnote))
        return style.save(drawing.sheet, folder, _name(found), drawing.table)


def draw_headline(found: Answered, footnote: str) -> Drawing:
    """Draw each org model against the one it is compared with, a panel each second condition."""
    headline = found.headline
    unit = unit_of_quantity(headline.measure)
    notes = [
        f"{headline.question} {headline.says.strip()}",
        "95 % intervals, for all differences shown together. Filled: clear of zero, at least the "
        f"smallest effect of interest ({unit.of(headline.smallest, signed=False)} {unit.words}, "
        "dotted) and in 80 % of worlds; hollow: no clear difference.",
        footnote,
    ]
    title = f"{found.sentence[:1].upper()}{found.sentence[1:]}"
    drawn = style.sheet(title, notes, _TALL + _FOOT + _HEAD)
    palette = colours(list(headline.cells))
    panels = headline.shown_panels
    room = WIDTH - 2 * MARGIN - _AT_LEFT - _LABELS - _BETWEEN * (len(panels) - 1)
    width = room / len(panels)
    ends = style.limits([*found.table["low"], *found.table["high"]], [0.0])
    low, high = (end * unit.factor for end in ends)
    drawn.text(
        MARGIN, _FOOT + _TALL + 0.5,
        f"{measure_words(headline.measure)} less that of {headline.label(headline.against)}", 9.5,
        fontweight="bold",
    )  # fmt: skip
    drawn.text(MARGIN, _FOOT + _TALL + 0.33, unit.words, 7.5, color=MUTED)
    for place, panel in enumerate(panels):
        left = MARGIN + _AT_LEFT + place * (width + _BETWEEN)
        axes = drawn.axes(left, _FOOT, width, _TALL)
        rows = found.table[found.table["panel"] == panel.label]
        _panel(axes, headline, rows, palette)
        axes.set_ylim(low, high)
        drawn.text(left, _FOOT + _TALL + 0.1, panel.label, 8.5, color=MUTED)
    last = found.table[found.table["panel"] == panels[-1].label]
    _names(drawn, headline, last, palette, (low, high))
    return Drawing(drawn, found.table.assign(measure=measure_words(headline.measure)))


def _panel(axes: Axes, headline: Headline, rows: pd.DataFrame, palette: dict[str, str]) -> None:
    """Draw one panel: a line an org model with an interval at each point."""
    unit = unit_of_quantity(headline.measure)
    axes.axhline(0, color=MUTED, linewidth=1, zorder=0)
    for sign in (-1, 1):
        axes.axhline(
            sign * headline.smallest * unit.factor, color=MUTED, linewidth=0.8, linestyle=":",
            zorder=0,
        )  # fmt: skip
    others = [cell for cell in headline.cells if cell != headline.against]
    for place, cell in enumerate(others):
        own = rows[rows["cell"] == cell]
        at = [step + _ASIDE * (place - (len(others) - 1) / 2) for step in range(len(own))]
        mean, low, high = (own[name] * unit.factor for name in ("difference", "low", "high"))
        colour = palette[cell]
        axes.plot(at, mean, color=colour, linewidth=1.4)
        axes.vlines(at, low, high, color=colour, linewidth=2)
        faces = ["white" if said == NOT_CLEAR else colour for said in own["found"]]
        axes.scatter(at, mean, s=36, zorder=3, linewidths=1.5, edgecolors=colour, facecolors=faces)
    axes.set_xlim(-0.4, len(headline.along) - 0.6)
    axes.set_xticks(range(len(headline.along)), [point.label for point in headline.along])
    axes.set_xlabel(headline.axis, fontsize=8)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _names(
    drawn: style.Sheet,
    headline: Headline,
    rows: pd.DataFrame,
    palette: dict[str, str],
    ends: tuple[float, float],
) -> None:
    """Write the org models beside the ends of their lines, none upon another."""
    unit, (low, high) = unit_of_quantity(headline.measure), ends
    last = rows[rows["at"] == headline.along[-1].label].set_index("cell")["difference"]
    known = {str(cell): float(value) * unit.factor for cell, value in last.items()}
    known = {cell: value for cell, value in known.items() if math.isfinite(value)}
    order: Sequence[str] = sorted(known, key=known.__getitem__)
    gap = 0.2 * (high - low) / _TALL
    for cell, at in zip(order, spread(known.values(), gap, high), strict=True):
        middle = _FOOT + (at - low) / (high - low) * _TALL
        name = style.wrap(headline.label(cell), _LABELS - 0.2, 8.5, "bold", most=1)[0]
        drawn.text(
            WIDTH - MARGIN - _LABELS + 0.1, middle, name, 8.5, va="center", fontweight="bold",
            color=readable(palette[cell]),
        )  # fmt: skip
