"""Outcomes over the share of customers represented: a panel a measure, a line an org model."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.wording import shown_measures
from analysis.evidence.adoption import SHOWN
from analysis.figures import style
from analysis.figures.figure import Drawing
from analysis.figures.lettering import spread
from sim.study.study import Study
from sim.study.tables import MEASURES

_HEIGHT, _GAP = 2.3, 0.75
_WIDTH = (style.WIDTH - 2 * style.MARGIN) / 2.0


def draw_adoption(study: Study, table: pd.DataFrame, footnote: str) -> Drawing:
    """Draw a panel a measure: level over adoption, a line an org model, named at its end."""
    labels = {m.organisation: m.label or m.organisation for m in study.organisations}
    notes = ["Band: 95 % interval of the mean (Student t over replicates). The same customers, "
             "needs and luck at every share.",
             "Facts disclosed: of those a function still lacks. Where a shared record keeps what "
             "was disclosed, mostly what agents refuse is left.", footnote]  # fmt: skip
    panels = shown_measures(SHOWN, table)
    rows_of_panels = -(-len(panels) // 2)
    drawn = style.sheet(_title(table, labels), notes, rows_of_panels * (_HEIGHT + _GAP))
    for number, name in enumerate(panels):
        left = style.MARGIN + (number % 2) * _WIDTH
        bottom = (rows_of_panels - 1 - number // 2) * (_HEIGHT + _GAP) + 0.4
        drawn.text(left, bottom + _HEIGHT - 0.15, MEASURES[name].label, 9, fontweight="bold")
        _panel(drawn, (left, bottom), name, table[table["measure"] == name], labels)
    return Drawing(drawn, table)


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
    palette = style.colours(list(labels))
    axes = drawn.axes(left + 0.5, bottom, _WIDTH - 2.0, _HEIGHT - 0.35)
    axes.set_ylabel("%" if spec.display == "percent" else spec.unit, fontsize=8)
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
    in_order = sorted(ends, key=ends.__getitem__)
    for org, at in zip(in_order, spread(ends.values(), 0.085 * (high - low), high), strict=True):
        middle = bottom + (at - low) / (high - low) * (_HEIGHT - 0.35)
        drawn.text(left + _WIDTH - 1.4, middle, labels[org], 8,
                   va="center", color=style.readable(palette[org]))  # fmt: skip


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
        finding = f"{labels[best[last]]} has the highest net value with {few} and with {many}"
    else:
        finding = (
            f"{labels[best[first]]} has the highest net value with {few} and "
            f"{labels[best[last]]} with {many}"
        )
    gained = f"{gain[most]:+.0f}".replace("-", "−")
    return (
        f"{finding} of customers represented; {labels[most]} changes most for the better, "
        f"by {gained} a customer"
    )
