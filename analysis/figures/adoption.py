"""Outcomes over the share of customers represented: a panel a measure, a line an org model."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.wording import shown_measures
from analysis.evidence.adoption import SHOWN
from analysis.figures import style
from analysis.figures.colour import colours, readable
from analysis.figures.figure import Drawing
from analysis.figures.lettering import spread
from analysis.figures.measuring import wrap
from sim.study.study import Study
from sim.study.tables import MEASURES

_HEIGHT, _GAP, _COLUMNS = 2.3, 0.6, 3
_WIDTH = (style.WIDTH - 2 * style.MARGIN) / _COLUMNS
_NAMES = 1.15  # inches beside a panel for the names of its lines
_LINE = 0.135
_KEY_LINE = 0.16


def draw_adoption(study: Study, table: pd.DataFrame, footnote: str) -> Drawing:
    """Draw a panel a measure: level over adoption, a line an org model, named at its end."""
    labels = {m.organisation: m.label or m.organisation for m in study.organisations}
    notes = ["Band: 95 % interval of the mean (Student t over replicates). The same customers, "
             "needs and luck at every share.",
             "Facts disclosed: of those a function still lacks. Where a shared record keeps what "
             "was disclosed, mostly what agents refuse is left.", footnote]  # fmt: skip
    panels = shown_measures(SHOWN, table)
    rows_of_panels = len(panels) // _COLUMNS + 1  # a place is left for the names in full
    drawn = style.sheet(_title(table, labels), notes, rows_of_panels * (_HEIGHT + _GAP))
    corners = [
        (style.MARGIN + number % _COLUMNS * _WIDTH,
         (rows_of_panels - 1 - number // _COLUMNS) * (_HEIGHT + _GAP) + 0.4)
        for number in range(len(panels) + 1)
    ]  # fmt: skip
    for corner, name in zip(corners, panels, strict=False):
        left, bottom = corner
        drawn.text(left, bottom + _HEIGHT - 0.15, MEASURES[name].label, 9, fontweight="bold")
        _panel(drawn, corner, name, table[table["measure"] == name], labels)
    _write_names(drawn, corners[-1], labels)
    return Drawing(drawn, table)


def _write_names(drawn: style.Sheet, corner: tuple[float, float], labels: dict[str, str]) -> None:
    """Write the org models in full, in their colours: beside a line there is room for the start."""
    left, top = corner[0] + 0.2, corner[1] + _HEIGHT - 0.15
    drawn.text(left, top, "Org models", 9, fontweight="bold")
    palette = colours(list(labels))
    lines = {org: wrap(f"■ {label}", _WIDTH - 0.2, 8, most=2) for org, label in labels.items()}
    for org, parts in lines.items():
        for part in parts:
            top -= _KEY_LINE
            drawn.text(left, top, part, 8, color=readable(palette[org]))


def _panel(
    drawn: style.Sheet,
    corner: tuple[float, float],
    name: str,
    rows: pd.DataFrame,
    labels: dict[str, str],
) -> None:
    """Draw one measure: a line and its interval an org model, its name where it ends."""
    left, bottom = corner
    spec = MEASURES[name]
    scale = 100.0 if spec.display == "percent" else 1.0
    palette = colours(list(labels))
    axes = drawn.axes(left + 0.55, bottom, _WIDTH - _NAMES - 0.65, _HEIGHT - 0.35)
    axes.set_xlabel("share of customers represented, %", fontsize=8)
    axes.set_xlim(-5.0, 105.0)
    ends = {}
    for org, colour in palette.items():
        own = rows[rows["org_model"] == org].sort_values("adoption").dropna(subset=["mean"])
        if own.empty:
            continue
        place = 100.0 * own["adoption"]
        axes.plot(place, own["mean"] * scale, color=colour, linewidth=1.8)
        axes.fill_between(
            place, own["mean_low"] * scale, own["mean_high"] * scale,
            color=colour, alpha=0.15, linewidth=0,
        )  # fmt: skip
        ends[org] = float(own["mean"].iloc[-1] * scale)
    low, high = axes.get_ylim()
    unit = "%" if spec.display == "percent" else spec.unit
    words = "\n".join(filter(None, [unit, style.not_from_zero(low, high)]))
    axes.set_ylabel(words, fontsize=7)
    in_order = sorted(ends, key=ends.__getitem__)
    least = (high - low) * _LINE / (_HEIGHT - 0.35)
    for org, at in zip(in_order, spread(ends.values(), least, high), strict=True):
        middle = bottom + (at - low) / (high - low) * (_HEIGHT - 0.35)
        name = wrap(labels[org], _NAMES - 0.1, 7.5, most=1)[0]
        drawn.text(left + _WIDTH - _NAMES, middle, name, 7.5,
                   va="center", color=readable(palette[org]))  # fmt: skip


def _title(table: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return the finding: who gains most net value from agents, and who is best with all."""
    value = table[table["measure"] == "net_value"]
    levels = value.pivot(index="org_model", columns="adoption", values="mean")
    first, last = levels.columns.min(), levels.columns.max()
    gain = levels[last] - levels[first]
    best = {share: str(levels[share].idxmax()) for share in (first, last)}
    most = str(gain.idxmax())
    few, many = f"{100 * first:.0f} %", f"{100 * last:.0f} %"
    if best[first] == best[last]:
        finding = f"{labels[best[last]]} has the highest mean net value with {few} and with {many}"
    else:
        finding = (
            f"{labels[best[first]]} has the highest mean net value with {few} and "
            f"{labels[best[last]]} with {many}"
        )
    gained = f"{gain[most]:+.0f}".replace("-", "−")
    change = "changes most for the better" if gain[most] > 0 else "loses least"
    return (
        f"{finding} of customers represented; {labels[most]} {change}, by {gained} a customer "
        "on average"
    )
