"""The figures of a ranking over worlds: who is best how often, at what regret; what moves it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analysis.comparison.pairing import UNEQUAL
from analysis.evidence.explained import Explained
from analysis.evidence.explained_words import moving_title, named, verdict_words
from analysis.evidence.over_worlds import OverWorlds, regret_table
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing
from analysis.figures.lettering import REMARK, drawable, families_for
from analysis.figures.style import LABELS, MARGIN, MUTED, RULE, WIDTH, Sheet
from sim.study.tables import MEASURES
from sim.study.worlds import SWITCHES

RANKING, TORNADO = "worlds_ranking", "worlds_tornado"
_ROW, _HEADING, _AXIS, _GAP = 0.38, 0.5, 0.45, 0.35
_BARS, _NAMES = 10, 4.3

_Labels = dict[str, str]


def write_drawings(
    folder: Path,
    labels: _Labels,
    footnote: str,
    makers: dict[str, Callable[[_Labels, str], Drawing | None]],
    budget: str,
) -> list[Path]:
    """Write figures as PNG and SVG, and the numbers that they show as CSV.

    Parameters
    ----------
    folder : Path
    labels : dict of str to str
        Label of each org model by name, in the order of the study.
    footnote : str
    makers : dict of str to callable
        What draws each, by name; None is left out.
    budget : str
        Of the study.
    """
    shown = {org: drawable(label) for org, label in labels.items()}
    if any(shown[org] != label for org, label in labels.items()) or footnote != drawable(footnote):
        footnote = f"{drawable(footnote)} {REMARK}"
    caveat = "unequal budgets" if budget == UNEQUAL else ""
    paths: list[Path] = []
    with style.settings(caveat, families_for([*shown.values(), footnote])):
        for name, make in makers.items():
            drawing = make(shown, footnote)
            if drawing is not None:
                paths += style.save(drawing.sheet, folder, name, drawing.table)
    return paths


def files_of(names: Sequence[str]) -> list[str]:
    """Return the names of all files of some figures."""
    return [f"{name}.{kind}" for name in names for kind in style.FILE_KINDS]


def draw_ranking(
    found: OverWorlds, told: Explained | None, labels: _Labels, footnote: str, budget: str
) -> Drawing | None:
    """Draw differences to the baseline, how often each is best, and regret."""
    table = regret_table(found, budget)
    rows = table[table["ensemble"] == ""].set_index("org_model", drop=False)
    if rows.empty:
        return None
    order = list(rows["mean"].sort_values(ascending=found.sign < 0).index)
    rows = rows.loc[order]
    spec = MEASURES[found.measure]
    unit = "% points" if spec.display == "percent" else spec.unit
    notes = [
        "Left: mean over worlds, with intervals that hold for all pairs of org models at once in "
        "95 % of resamples of whole worlds; filled: the interval leaves out zero. Middle: share of "
        "worlds in which it is best by more than one head is worth; line: one-sided 95 % lower "
        "bound; half would be most worlds. Right: what the best of each world has more, on "
        "average (dot) and at most (tick). All within the worlds drawn: no population of firms "
        "was sampled.",
        footnote,
    ]
    height = len(rows) * _ROW
    drawn = style.sheet(verdict_words(found, told, labels), notes, _AXIS + height + _HEADING)
    palette = colours(list(labels))
    for place, org in enumerate(order):
        middle = _AXIS + height - (place + 0.5) * _ROW
        style.write_label(drawn, middle, labels[org], palette[org], _ROW)
    width = (WIDTH - 2 * MARGIN - LABELS - 2 * _GAP) / 3
    heads = {
        f"Difference to {labels[found.baseline]}": unit,
        "Best": "% of worlds",
        "Regret": unit,
    }
    panels = []
    for place, (head, below) in enumerate(heads.items()):
        left = MARGIN + LABELS + place * (width + _GAP)
        axes = drawn.axes(left, _AXIS, width, height)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks([])
        _head_panel(drawn, left, _AXIS + height, (head, below), width)
        panels.append(axes)
    scale = 100.0 if spec.display == "percent" else 1.0
    _differences(panels[0], rows, palette, scale, found.baseline)
    _best(panels[1], rows, palette)
    _regret(panels[2], rows, palette, scale)
    return Drawing(drawn, rows.reset_index(drop=True))


def _head_panel(
    drawn: Sheet, left: float, top: float, words: tuple[str, str], width: float
) -> None:
    """Write what a panel shows, and its unit, above it."""
    line = style.wrap(words[0], width, 9.0, "bold", most=1)[0]
    drawn.text(left, top + 0.25, line, 9.0, fontweight="bold")
    drawn.text(left, top + 0.1, words[1], 7.5, color=MUTED)


def _differences(
    axes: Axes, rows: pd.DataFrame, palette: dict[str, str], scale: float, baseline: str
) -> None:
    axes.axvline(0, color=MUTED, linewidth=1, zorder=0)
    ends = rows[["difference", "low", "high"]] * scale
    axes.set_xlim(*style.limits(ends.to_numpy().ravel(), (0.0,)))
    for place, org in enumerate(rows.index):
        mean, low, high = (float(each) for each in ends.loc[org])
        if org != baseline:
            style.dot(axes, place, (mean, low, high), palette[org], low > 0 or high < 0)
    style.plain_ticks(axes, 5)


def _best(axes: Axes, rows: pd.DataFrame, palette: dict[str, str]) -> None:
    axes.axvline(50, color=MUTED, linewidth=1, linestyle=":", zorder=0)
    axes.set_xlim(0, 109)
    for place, org in enumerate(rows.index):
        share, low = (100 * float(rows[each][org])
                      for each in ("probability_best", "probability_low"))  # fmt: skip
        axes.barh(place, share, height=0.5, color=palette[org], alpha=0.55)
        axes.plot([low, low], [place - 0.3, place + 0.3], color=palette[org], linewidth=2)
        axes.text(share + 1.5, place, f"{share:.0f}", va="center", fontsize=8)
    style.plain_ticks(axes, 5)


def _regret(axes: Axes, rows: pd.DataFrame, palette: dict[str, str], scale: float) -> None:
    ends = rows[["expected_regret", "maximum_regret"]] * scale
    axes.set_xlim(*style.limits(ends.to_numpy().ravel(), (0.0,)))
    for place, org in enumerate(rows.index):
        mean, most = (float(each) for each in ends.loc[org])
        axes.plot([mean, most], [place, place], color=palette[org], linewidth=0.8)
        axes.plot([most], [place], "|", color=palette[org], markersize=11, markeredgewidth=2)
        axes.plot([mean], [place], "o", color=palette[org], markersize=6)
    style.plain_ticks(axes, 5)


def draw_tornado(
    found: OverWorlds, told: Explained | None, labels: _Labels, footnote: str
) -> Drawing | None:
    """Draw the lead at either end of the assumptions that move it most."""
    if told is None:
        return None
    rows = told.moving.table.head(_BARS).reset_index(drop=True)
    spec = MEASURES[found.measure]
    scale = 100.0 if spec.display == "percent" else 1.0
    unit = "% points" if spec.display == "percent" else spec.unit
    height = len(rows) * _ROW
    lead = f"{labels[found.leader]} less {labels[found.runner_up]}"
    notes = [
        f"{lead} on {spec.label.lower()} in {len(told.cloud.lead)} worlds. Of "
        f"{len(told.cloud.names)} assumptions those that move it most. Hollow: mean in the third "
        "of the worlds with the lowest values, or where a mechanism is off; filled: with the "
        "highest, or on. Lines: 95 % "
        "intervals, from resamples of whole worlds. Grey bars move it by no more than chance "
        f"gives to the largest of so many ({told.moving.by_chance * scale:.2g}). Dotted: the mean.",
        footnote,
    ]
    drawn = style.sheet(moving_title(found, told, labels), notes, _AXIS + height + 0.3)
    axes = drawn.axes(MARGIN + _NAMES, _AXIS, WIDTH - 2 * MARGIN - _NAMES, height)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.axvline(0, color=MUTED, linewidth=1, zorder=0)
    axes.axvline(float(told.cloud.lead.mean()) * scale, color=MUTED, linestyle=":", zorder=0)
    colour = colours(list(labels))[found.leader]
    ends = ["low_from", "low_to", "high_from", "high_to"]
    axes.set_xlim(*style.limits((rows[ends] * scale).to_numpy().ravel(), (0.0,)))
    for place, row in enumerate(rows.to_dict("records")):
        clear = abs(row["swing"]) > told.moving.by_chance
        _bar(axes, place, row, colour if clear else MUTED, scale)
        _write_name(drawn, _AXIS + height - (place + 0.5) * _ROW, row["parameter"])
    axes.set_xlabel(f"{lead} ({unit})", fontsize=8)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    style.plain_ticks(axes, 6)
    return Drawing(drawn, rows)


def _bar(axes: Axes, place: int, row: dict[Hashable, Any], colour: str, scale: float) -> None:
    low, high = row["low_mean"] * scale, row["high_mean"] * scale
    axes.barh(place, high - low, left=low, height=0.56, color=colour, alpha=0.3)
    for end, filled, aside in (("low", False, -0.12), ("high", True, 0.12)):
        ends = (row[f"{end}_{each}"] * scale for each in ("mean", "from", "to"))
        mean, below, above = ends
        style.dot(axes, place + aside, (mean, below, above), colour, filled)


def _write_name(drawn: Sheet, middle: float, name: str) -> None:
    text = named(name)
    text += ", off to on" if name in SWITCHES else ""
    lines = style.wrap(drawable(text), _NAMES - 0.25, 7.5, "normal", most=2)
    for place, line in enumerate(lines):
        offset = ((len(lines) - 1) / 2 - place) * 0.14
        drawn.text(MARGIN, middle + offset, line, 7.5, va="center")
