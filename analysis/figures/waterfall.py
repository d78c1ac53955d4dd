"""The waterfall: from one org model's level to another's, what each group of levers makes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import is_clear
from analysis.evidence.attribution import Attribution, Estimate
from analysis.evidence.attribution_words import (
    INTERVALS,
    apart_notes,
    estimate_text,
    how_found,
    interaction_text,
    level_text,
    owed,
)
from analysis.figures import style
from analysis.figures.colour import PALETTE
from analysis.figures.figure import Drawing
from analysis.figures.lettering import REMARK, drawable, families_for
from analysis.figures.style import INK, MARGIN, MUTED, RULE, WIDTH, Sheet
from sim.study.tables import MEASURES

_ROW, _AXIS, _NAMES, _NUMBERS = 0.5, 0.55, 3.5, 1.75
_LINE = 0.13
_BAR = 0.5
"""Part of a row that its bar takes."""
_UP, _DOWN = PALETTE[0], PALETTE[1]


@dataclass(frozen=True)
class _Step:
    """One row: where its bar begins and ends, and what is written beside it."""

    name: str
    below: str
    start: float
    size: Estimate
    said: str
    is_level: bool = False


def write_waterfall(
    folder: Path, name: str, found: Attribution, labels: dict[str, str], footnote: str
) -> list[Path]:
    """Write the figure as PNG and SVG, and the numbers that it shows as CSV."""
    shown = {org: drawable(label) for org, label in labels.items()}
    if any(shown[org] != label for org, label in labels.items()) or footnote != drawable(footnote):
        footnote = f"{drawable(footnote)} {REMARK}"
    unequal = "unequal budgets" if found.between.study.budget == UNEQUAL else ""
    caveat = ", ".join(part for part in (unequal, found.drawn.title) if part)
    with style.settings(caveat, families_for([*shown.values(), footnote])):
        drawing = draw_waterfall(found, shown, footnote)
        return style.save(drawing.sheet, folder, name, drawing.table)


def waterfall_files(name: str) -> list[str]:
    """Return the names of the files that `write_waterfall` writes."""
    return [f"{name}.{kind}" for kind in style.FILE_KINDS]


def draw_waterfall(found: Attribution, labels: dict[str, str], footnote: str) -> Drawing:
    """Draw a bar a group of levers, each from where the one before it ended."""
    steps = list(_steps(found, labels))
    notes = [_how_to_read(found), *_more_notes(found), footnote]
    drawn = style.sheet(owed(found, labels), notes, len(steps) * _ROW + _AXIS)
    axes = drawn.axes(
        MARGIN + _NAMES, _AXIS, WIDTH - 2 * MARGIN - _NAMES - _NUMBERS, len(steps) * _ROW
    )
    axes.set_ylim(len(steps) - 0.5, -0.5)
    axes.set_yticks([])
    low, high = style.limits(_ends(steps))
    axes.set_xlim(low, high)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    _bars(axes, steps)
    style.plain_ticks(axes, 6)
    spec = MEASURES[found.measure]
    unit = "%" if spec.display == "percent" else spec.unit
    words = filter(None, [f"{spec.label}, {unit}", style.not_from_zero(low, high)])
    axes.set_xlabel("; ".join(words), fontsize=8)
    _write_rows(drawn, steps)
    return Drawing(drawn, _shown(found, steps))


def _steps(found: Attribution, labels: dict[str, str]) -> Iterator[_Step]:
    """Yield the rows from the first org model to the second, then the difference."""
    measure, plans = found.measure, (found.between.first, found.between.second)
    first, second = (labels[plan.organisation] for plan in plans)
    scale = 100.0 if MEASURES[measure].display == "percent" else 1.0
    levels = [tuple(scale * each for each in level) for level in found.levels]
    at = levels[0][0]
    bare = (0.0, math.nan, math.nan)
    yield _Step(first, "", at, bare, level_text(measure, found.levels[0]), True)
    for _, row in found.table.iterrows():
        term = (row["term"], row["low"], row["high"])
        size = (scale * term[0], scale * term[1], scale * term[2])
        yield _Step(row["label"], row["changes"], at, size, estimate_text(measure, term))
        at += size[0]
    yield _Step(second, "", levels[1][0], bare, level_text(measure, found.levels[1]), True)
    total = found.difference
    whole = (scale * total[0], scale * total[1], scale * total[2])
    said = estimate_text(measure, total)
    yield _Step("difference", f"{second} less {first}", levels[0][0], whole, said)


def _ends(steps: Sequence[_Step]) -> list[float]:
    """Return every place that the axis has to show; intervals of levels are written only."""
    return [step.start + each for step in steps for each in (0.0, *step.size)]


def _bars(axes: Axes, steps: Sequence[_Step]) -> None:
    """Draw levels as dots, terms as bars with an interval at their end, and what joins them."""
    for place, step in enumerate(steps):
        end = step.start + step.size[0]
        if step.is_level:
            axes.plot([end], [place], "o", color=INK, markersize=8, zorder=4)
        else:
            _bar(axes, place, step)
        if place < len(steps) - 2:
            axes.plot([end, end], [place, place + 1], color=MUTED, linewidth=0.8, zorder=1)
    axes.axhline(len(steps) - 1.5, color=RULE, linewidth=1)


def _bar(axes: Axes, place: int, step: _Step) -> None:
    size, low, high = step.size
    colour = _UP if size >= 0 else _DOWN
    clear = is_clear(low, high)
    axes.barh(
        [place], [size], _BAR, left=[step.start], zorder=2, linewidth=1.3,
        edgecolor=colour, facecolor=colour if clear else "white",
    )  # fmt: skip
    if math.isfinite(low):
        ends = [step.start + low, step.start + high]
        axes.plot(ends, [place, place], color=INK, linewidth=1.5, zorder=3, solid_capstyle="butt")
        axes.plot(ends, [place, place], "|", color=INK, markersize=8, zorder=3)


def _write_rows(drawn: Sheet, steps: Sequence[_Step]) -> None:
    """Write each row's name, what changes in it, and its number."""
    for place, step in enumerate(steps):
        middle = _AXIS + (len(steps) - place - 0.5) * _ROW
        name = style.wrap(step.name, _NAMES - 0.2, 9, "bold", most=1)[0]
        below = style.wrap(step.below, _NAMES - 0.2, 7, most=2)
        lift = _LINE * len(below) / 2
        drawn.text(MARGIN, middle + lift, name, 9, va="center", fontweight="bold")
        for line, text in enumerate(below, 1):
            at = middle + lift - 0.03 - line * _LINE
            drawn.text(MARGIN, at, text, 7, va="center", color=MUTED)
        left = WIDTH - MARGIN - _NUMBERS + 0.15
        drawn.text(left, middle, step.said, 8.5, va="center", color=INK)


def _how_to_read(found: Attribution) -> str:
    """Return what a bar and its line are."""
    bars = (
        "Bar: what is owed to the group of levers (Shapley value), mean over worlds, blue up and "
        "orange down"
    )
    if len(found.whole) < 2:
        return f"{bars}. One world, so there is no interval."
    return (
        f"{bars}; filled where its interval leaves out zero. Line and brackets: {INTERVALS}; those "
        "of levels, which differ more between worlds, are written only."
    )


def _more_notes(found: Attribution) -> list[str]:
    """Return how it was found, what is taken together, the two largest groups together."""
    equal = ", ".join(group.label for group in found.between.equal)
    worth = interaction_text(found)
    notes = [how_found(found), *apart_notes(found)]
    notes += [f"{worth}."] if worth else []
    return [*notes, f"Equal under both, so exactly 0: {equal}."] if equal else notes


def _shown(found: Attribution, steps: Sequence[_Step]) -> pd.DataFrame:
    """Return the numbers shown, in stored units: levels, terms, the difference."""
    terms = found.table[["group", "term", "low", "high"]].to_numpy().tolist()
    rows = [
        [steps[0].name, *found.levels[0]],
        *terms,
        [steps[-2].name, *found.levels[1]],
        ["difference", *found.difference],
    ]
    table = pd.DataFrame(rows, columns=["row", "value", "low", "high"])
    return table.assign(measure=found.measure)
