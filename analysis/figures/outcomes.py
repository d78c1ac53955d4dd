"""The figure that sets the headline measures beside each other, against the baseline."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.wording import (
    difference_decimals,
    headline_measures,
    interval_note,
    is_clear,
    level_with_interval,
    pairing_note,
    shown_measures,
    signed_change,
)
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing, Shown
from analysis.figures.style import MUTED, Panels, Sheet, write_label
from sim.study.tables import NEITHER, measure

_NUMBERS = 1.35  # inches beside a panel for its figures
_MANY = 8  # org models whose rows are lower, so that the page stays landscape


def draw_outcomes(shown: Shown) -> Drawing | None:
    """Draw the headline measures against the baseline, one panel a measure."""
    labels, baseline = shown.labels, shown.baseline
    names = shown_measures(headline_measures(), shown.overall)
    if not names:
        return None
    rows = shown.overall[shown.overall["measure"].isin(names)]
    others = [org for org in labels if org != baseline]
    orgs = others or list(labels)
    grid = Panels(
        len(names), len(orgs), 3, row=0.36 if len(orgs) < _MANY else 0.28, heading=0.45, axis=0.4
    )
    note = interval_note(rows) + pairing_note(rows)
    if others and rows["low"].notna().any():
        note = f"Filled dot: the interval leaves out zero; hollow: no clear difference. {note}"
    about = shown.headline if shown.headline in names else names[0]
    drawn = style.sheet(shown.finding(about), [note, shown.footnote], grid.height)
    palette = colours(list(labels))
    for number, name in enumerate(names):
        panel = rows[(rows["measure"] == name) & rows["org_model"].isin(orgs)]
        _write_outcome(drawn, grid, number, name, bool(others))
        _outcome_panel(drawn, grid, number, panel, {org: palette[org] for org in orgs})
        if number % grid.columns == 0:
            for place, org in enumerate(orgs):
                write_label(drawn, grid.middle(number, place), labels[org], palette[org], grid.row)
    return Drawing(drawn, rows)


def _write_outcome(drawn: Sheet, grid: Panels, number: int, name: str, compared: bool) -> None:
    """Write a measure's name, unit and better direction above its panel."""
    spec = measure(name)
    unit = spec.unit
    if spec.display == "percent":
        unit = "% points" if compared else "%"
    better = "" if spec.direction == NEITHER else f" ({spec.direction} is better)"
    left, top = grid.left(number), grid.top(number)
    drawn.text(left, top + 0.22, spec.label, 9.5, fontweight="bold")
    drawn.text(left, top + 0.06, unit + better, 7.5, color=MUTED)


def _outcome_panel(
    drawn: Sheet, grid: Panels, number: int, panel: pd.DataFrame, palette: dict[str, str]
) -> None:
    """Draw one measure: a dot and interval per org model, its figures at the right."""
    spec = measure(str(panel["measure"].iloc[0]))
    alone = bool((panel["org_model"] == panel["baseline"]).all())
    ends = ["mean", "mean_low", "mean_high"] if alone else ["difference", "low", "high"]
    values = panel[ends] * (100 if spec.display == "percent" else 1)
    axes = grid.axes(drawn, number, _NUMBERS + 0.1)
    low, high = style.limits(values.to_numpy().ravel(), () if alone else (0.0,))
    axes.set_xlim(low, high)
    axes.set_xlabel(style.not_from_zero(low, high), fontsize=7)
    style.plain_ticks(axes, 4)
    if not alone:
        axes.axvline(0, color=MUTED, linewidth=1, zorder=0)
    decimals = max(difference_decimals(row) for _, row in panel.iterrows())
    left = grid.left(number) + grid.width - _NUMBERS
    for (_, row), shown in zip(panel.iterrows(), values.to_numpy(), strict=True):
        org = str(row["org_model"])
        place = list(palette).index(org)
        mean, low, high = (float(value) for value in shown)
        style.dot(axes, place, (mean, low, high), palette[org], alone or is_clear(low, high))
        words = level_with_interval(row) if alone else signed_change(row, decimals)
        first, _, rest = words.partition(" (")
        middle = grid.middle(number, place)
        drawn.text(left, middle + (0.2 * grid.row if rest else 0), first, 8, va="center")
        drawn.text(left, middle - 0.2 * grid.row, rest.rstrip(")"), 7, va="center", color=MUTED)
