"""The figure of a fit: what is known of firms, and where worlds, default and middle stand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.comparison.wording import number
from analysis.evidence.predicted import spec_of
from analysis.figures import style
from analysis.figures.figure import Drawing
from analysis.figures.lettering import drawable, families_for
from analysis.figures.style import MARGIN, MUTED, RULE, WIDTH

_ROW, _AXIS, _KEY = 0.42, 0.15, 0.45
_NAMES, _NUMBERS = 2.9, 2.2
_BAND, _WORLDS, _DEFAULT = "#dddddd", "#0072b2", "#d55e00"
_PAD = 0.12
"""Part of a row's scale that stays free at either end."""


def write_patterns(
    folder: Path, name: str, table: pd.DataFrame, org_model: str, footnote: str
) -> list[Path]:
    """Write the figure as PNG and SVG, and the numbers that it shows as CSV."""
    with style.settings("", families_for([org_model, footnote])):
        drawing = draw_patterns(table, drawable(org_model), drawable(footnote))
        return style.save(drawing.sheet, folder, name, drawing.table)


def patterns_files(name: str) -> list[str]:
    """Return the names of the files that `write_patterns` writes."""
    return [f"{name}.{kind}" for kind in style.FILE_KINDS]


def draw_patterns(table: pd.DataFrame, org_model: str, footnote: str) -> Drawing:
    """Draw a row a figure that is known of firms, each on a scale of its own."""
    notes = [
        "Band: what is known of firms. Bar: from the 5th to the 95th percentile of the worlds, "
        "with their median. Diamond: registered defaults. Dot: the world in the middle. Each row "
        "has a scale of its own; pale rows are reported, nothing is fitted to them.",
        footnote,
    ]
    height = _ROW * len(table)
    drawn = style.sheet(_finding(table, org_model), notes, height + _AXIS + _KEY)
    left = MARGIN + _NAMES
    width = WIDTH - 2 * MARGIN - _NAMES - _NUMBERS
    axes = drawn.axes(left, _AXIS, width, height)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_axis_off()
    top = _AXIS + height
    right = left + width + 0.1
    drawn.text(right, top + 0.1, "known; 90 % of worlds", 7.5, color=MUTED)
    for place, row in enumerate(table.to_dict("records")):
        middle = top - (place + 0.5) * _ROW
        _draw_row(axes, place, row)
        name, figures = _words(row)
        weight, colour = ("bold", "black") if row["fitted"] else ("normal", MUTED)
        drawn.text(MARGIN, middle, name, 8.5, va="center", fontweight=weight, color=colour)
        drawn.text(right, middle, figures, 8.0, va="center", color=MUTED)
    return Drawing(drawn, table)


def _finding(table: pd.DataFrame, org_model: str) -> str:
    """Return one sentence: how many figures the worlds give, and which the defaults miss."""
    fitted = table[table["fitted"]]
    if fitted["median"].isna().all():
        return f"No world of {org_model} gives what is known of firms"
    met = int((fitted["inside"] >= 0.5).sum())
    missed = fitted[
        (fitted["default"] < fitted["known_low"]) | (fitted["default"] > fitted["known_high"])
    ]
    said = f"Most worlds of {org_model} lie inside {met} of {len(fitted)} figures known of firms"
    aside = f"; the registered defaults miss {len(missed)}" if len(missed) else ""
    return said + aside


def _draw_row(axes: Axes, place: int, row: Mapping[Any, Any]) -> None:
    """Draw one figure on a scale that holds all that is shown of it."""
    ends = ("known_low", "known_high", "default", "middle", "low", "high")
    there = [float(row[end]) for end in ends if not math.isnan(row[end])]
    low, high = min(there), max(there)
    spread = (high - low) or 1.0

    def at(value: float) -> float:
        return _PAD + (1 - 2 * _PAD) * (value - low) / spread

    pale = 1.0 if row["fitted"] else 0.45
    axes.barh(place, at(row["known_high"]) - at(row["known_low"]), 0.62, at(row["known_low"]),
              color=_BAND, alpha=pale)  # fmt: skip
    axes.axhline(place + 0.5, color=RULE, linewidth=0.5)
    if not math.isnan(row["low"]):
        axes.plot([at(row["low"]), at(row["high"])], [place, place], color=_WORLDS, linewidth=4,
                  alpha=pale, solid_capstyle="butt")  # fmt: skip
        axes.plot([at(row["median"])] * 2, [place - 0.22, place + 0.22], color=_WORLDS, linewidth=2,
                  alpha=pale)  # fmt: skip
    axes.scatter([at(row["default"])], [place], marker="D", s=34, facecolors="white",
                 edgecolors=_DEFAULT, linewidths=1.6, zorder=3, alpha=pale)  # fmt: skip
    if not math.isnan(row["middle"]):
        axes.scatter([at(row["middle"])], [place], s=34, color=_WORLDS, zorder=4, alpha=pale)


def _words(row: Mapping[Any, Any]) -> tuple[str, str]:
    """Return a row's name, and its figures in words."""
    _, _, end = str(row["output"]).partition(" ")
    spec = spec_of(str(row["output"]))
    unit = " %" if spec.display == "percent" else ""

    def shown(low: float, high: float) -> str:
        if math.isnan(low):
            return "no worlds"
        return f"{number(spec, low, spec.decimals)} to {number(spec, high, spec.decimals)}{unit}"

    name = f"{spec.label}, {end}" if end else spec.label
    return name, f"{shown(row['known_low'], row['known_high'])}; {shown(row['low'], row['high'])}"
