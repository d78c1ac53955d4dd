"""The figure of a study over firm sizes: each org model against the baseline, and its level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import interval_note, is_clear
from analysis.evidence.sizes import AtSize, sizes_table, where_it_changes
from analysis.figures import style
from analysis.figures.colour import colours, readable
from analysis.figures.figure import Drawing
from analysis.figures.lettering import REMARK, drawable, families_for, spread
from analysis.figures.style import MARGIN, MUTED, RULE, WIDTH, Sheet
from sim.study.tables import MEASURES

_HEIGHT, _AXIS, _HEADING = 3.6, 0.5, 0.5
_NAMES, _AT_LEFT, _LEVEL, _GAP = 2.3, 0.5, 2.2, 0.35
_DODGE = 0.035
"""Part of the axis by which neighbours stand apart, so that no interval hides another."""


def write_sizes(
    folder: Path, name: str, found: Sequence[AtSize], labels: dict[str, str], footnote: str
) -> list[Path]:
    """Write the figure as PNG and SVG, and the numbers that it shows as CSV."""
    shown = {org: drawable(label) for org, label in labels.items()}
    if any(shown[org] != label for org, label in labels.items()) or footnote != drawable(footnote):
        footnote = f"{drawable(footnote)} {REMARK}"
    caveat = "unequal budgets" if UNEQUAL in set(found[0].comparison["budget"]) else ""
    with style.settings(caveat, families_for([*shown.values(), footnote])):
        drawing = draw_sizes(found, shown, footnote)
        return style.save(drawing.sheet, folder, name, drawing.table)


def sizes_files(name: str) -> list[str]:
    """Return the names of the files that `write_sizes` writes."""
    return [f"{name}.{kind}" for kind in style.FILE_KINDS]


def draw_sizes(found: Sequence[AtSize], labels: dict[str, str], footnote: str) -> Drawing:
    """Draw the measure that decides: differences over employees, and the baseline's level."""
    table = sizes_table(found)
    rows = table[table["measure"] == found[0].lead.measure]
    notes = [f"{_how_to_read(found)} {interval_note(rows)}", footnote]
    drawn = style.sheet(where_it_changes(found, labels), notes, _HEIGHT + _AXIS + _HEADING)
    palette = colours(list(labels))
    baseline = found[0].baseline
    names = [style.text_width(labels[org], 8.5, "bold") for org in labels if org != baseline]
    beside = min(_NAMES, max(names, default=0.0)) + 0.15
    width = WIDTH - 2 * MARGIN - 2 * _AT_LEFT - beside - _GAP - _LEVEL
    others = {org: colour for org, colour in palette.items() if org != baseline}
    left = MARGIN + _AT_LEFT
    axes = drawn.axes(left, _AXIS, width, _HEIGHT)
    spec = MEASURES[found[0].lead.measure]
    unit = "% points" if spec.display == "percent" else spec.unit
    _head(drawn, left, f"{spec.label}, difference to {labels[baseline]}", unit)
    axes.axhline(0, color=MUTED, linewidth=1, zorder=0)
    ends = _lines(axes, rows, others, ("difference", "low", "high"))
    _over_sizes(axes, found, width)
    _write_names(drawn, axes, (left + width + 0.12, ends), labels, palette)
    at = left + width + beside + _GAP + _AT_LEFT
    level = drawn.axes(at, _AXIS, _LEVEL - 0.15, _HEIGHT)
    _head(drawn, at, f"{labels[baseline]}: its level", unit.removesuffix(" points"))
    own = {baseline: palette[baseline]}
    _lines(level, rows, own, ("mean", "mean_low", "mean_high"))
    _over_sizes(level, found, _LEVEL - 0.15)
    level.set_ylabel(style.not_from_zero(*level.get_ylim()), fontsize=7)
    return Drawing(drawn, rows)


def _head(drawn: Sheet, left: float, heading: str, unit: str) -> None:
    """Write what a panel shows, and its unit, above it."""
    top = _AXIS + _HEIGHT
    line = style.wrap(heading, 5.0, 9.5, "bold", most=1)[0]
    drawn.text(left, top + 0.26, line, 9.5, fontweight="bold")
    drawn.text(left, top + 0.1, unit, 7.5, color=MUTED)


def _lines(
    axes: Axes, rows: pd.DataFrame, palette: dict[str, str], ends: tuple[str, str, str]
) -> dict[str, float]:
    """Draw a line an org model with an interval at each size; return where lines end."""
    spec = MEASURES[str(rows["measure"].iloc[0])]
    scale = 100.0 if spec.display == "percent" else 1.0
    sizes = rows["employees"].astype(float)
    width = math.log(sizes.max() / sizes.min()) or 1.0
    last = {}
    for place, (org, colour) in enumerate(palette.items()):
        own = rows[rows["org_model"] == org].sort_values("employees").dropna(subset=[ends[0]])
        if own.empty:
            continue
        aside = (place - (len(palette) - 1) / 2) / max(1, len(palette) - 1)
        at = own["employees"] * math.exp(aside * _DODGE * width)
        mean, low, high = (own[end] * scale for end in ends)
        axes.plot(at, mean, color=colour, linewidth=1.4)
        axes.vlines(at, low, high, color=colour, linewidth=2)
        clear = [is_clear(*pair) or ends[0] == "mean" for pair in zip(low, high, strict=True)]
        axes.scatter(
            at, mean, s=36, zorder=3, linewidths=1.5, edgecolors=colour,
            facecolors=[colour if each else "white" for each in clear],
        )  # fmt: skip
        last[org] = float(mean.iloc[-1])
    return last


def _over_sizes(axes: Axes, found: Sequence[AtSize], width: float) -> None:
    """Make the axis one of employees, each size named where it stands, if there is room."""
    sizes = [each.firm.employees for each in found]
    low, high = sizes[0] / 1.35, sizes[-1] * 1.35
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(FixedLocator(_named(sizes, width / math.log(high / low))))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("employees (logarithmic)", fontsize=8)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _named(sizes: Sequence[int], inches: float) -> list[float]:
    """Return the sizes whose names have room: the last, and before it all that touch no other.

    Parameters
    ----------
    sizes : sequence of int
        Ascending.
    inches : float
        Of the axis for a size e times as large.
    """
    named: list[int] = []
    for size in reversed(sizes):
        room = inches * math.log(named[-1] / size) if named else math.inf
        halves = [style.text_width(f"{each:,}", 8.0) / 2 for each in (size, *named[-1:])]
        if room > sum(halves) + 0.08:
            named.append(size)
    return [float(size) for size in reversed(named)]


def _write_names(
    drawn: Sheet,
    axes: Axes,
    left_and_ends: tuple[float, dict[str, float]],
    labels: dict[str, str],
    palette: dict[str, str],
) -> None:
    """Write the org models beside the ends of their lines, none upon another."""
    left, ends = left_and_ends
    low, high = axes.get_ylim()
    gap = 0.2 * (high - low) / _HEIGHT
    order = sorted(ends, key=ends.__getitem__)
    for org, at in zip(order, spread(ends.values(), gap, high), strict=True):
        middle = _AXIS + (at - low) / (high - low) * _HEIGHT
        name = style.wrap(labels[org], _NAMES, 8.5, "bold", most=1)[0]
        drawn.text(left, middle, name, 8.5, va="center", fontweight="bold",
                   color=readable(palette[org]))  # fmt: skip


def _how_to_read(found: Sequence[AtSize]) -> str:
    """Return what stands behind a size."""
    said = "Customers go with employees, people with what demand needs."
    parts = [each.firm for each in found if each.firm.market.slice > 1]
    if parts:
        named = ", ".join(f"{firm.employees:,}: one in {firm.market.slice}" for firm in parts)
        said += (
            f" Simulated as a slice of the customers ({named}): there fewer people stand in for "
            "one another, and waits are longer."
        )
    if found[0].firm.fixed:
        said += " Heads that the study fixes are scaled with size."
    return f"{said} Filled dot: the interval leaves out zero; hollow: no clear difference."
