"""The figure that shows standing under every org model, and the difference to the baseline."""

from __future__ import annotations

from analysis.comparison.wording import (
    interval_note,
    level_with_interval,
    pairing_note,
    signed_change,
)
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing, Shown
from analysis.figures.measuring import wrap
from analysis.figures.style import MUTED, RULE, Panels, write_label
from sim.study.tables import measure


def draw_standing(shown: Shown) -> Drawing:
    """Draw standing by org model: level with interval, and the paired difference in figures."""
    rows = shown.overall[shown.overall["measure"] == "standing"]
    labels, baseline = shown.labels, shown.baseline
    spec = measure("standing")
    grid = Panels(1, len(labels), 1, row=0.46, heading=0.4, axis=0.6)
    notes = [interval_note(rows) + pairing_note(rows), shown.footnote]
    drawn = style.sheet(shown.finding("standing"), notes, grid.height)
    axes = grid.axes(drawn, 0, 1.1)
    low, high = style.limits(rows[["mean", "mean_low", "mean_high"]].to_numpy().ravel())
    axes.set_xlim(low, high)
    style.plain_ticks(axes, 6)
    said = [f"{spec.label}, {spec.unit} (higher is better)", style.not_from_zero(low, high)]
    axes.set_xlabel("\n".join(filter(None, said)), fontsize=8)
    right = grid.left(0) + grid.width - 0.9
    drawn.text(right, grid.top(0) + 0.1, "mean (95 % interval)", 8, color=MUTED)
    if len(labels) > 1:
        against = wrap(f"against {labels[baseline]}", 1.9, 8, most=2)
        for place, line in enumerate(reversed(against)):
            drawn.text(right + 1.85, grid.top(0) + 0.1 + 0.14 * place, line, 8, color=MUTED)
    palette = colours(list(labels))
    for place, org in enumerate(labels):
        mark = " (baseline)" if org == baseline else ""
        write_label(drawn, grid.middle(0, place), labels[org] + mark, palette[org])
    for _, row in rows.iterrows():
        org = str(row["org_model"])
        place = list(labels).index(org)
        style.dot(axes, place, (row["mean"], row["mean_low"], row["mean_high"]), palette[org])
        if org == baseline:
            axes.axvline(row["mean"], color=RULE, linewidth=1, zorder=0)
        else:
            words = signed_change(row)
            drawn.text(right + 1.85, grid.middle(0, place), words, 8.5, va="center")
        drawn.text(right, grid.middle(0, place), level_with_interval(row), 8.5, va="center")
    return Drawing(drawn, rows)
