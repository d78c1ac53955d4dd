"""The figures a board reads: each states its finding and shows its intervals.

Numbers come from `analysis.comparison`; nothing is estimated here. Every figure is written
beside the CSV of exactly what it shows.
"""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from analysis.comparison.breakdowns import kpi_gap, lost_by_site, month_by_month
from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import (
    difference_decimals,
    finding,
    interval_note,
    is_clear,
    level,
    level_interval,
    ordered,
    signed_change,
)
from analysis.figures import drop_offs, own_kpis, style, transition
from analysis.figures.style import MUTED, RULE, Panels, Sheet, write_label
from sim.study.tables import NEITHER, measure

OUTCOMES = (
    "standing",
    "drop_off_rate",
    "completion_rate",
    "retention_rate",
    "cost_to_serve",
    "net_value",
)
_NUMBERS = 1.35  # inches beside a panel for its figures


def write_figures(
    folder: Path,
    measures: pd.DataFrame,
    comparison: pd.DataFrame,
    labels: dict[str, str],
    footnote: str,
    headline: str = "net_value",
) -> list[Path]:
    """Write every figure whose measures are there, as PNG, SVG and CSV.

    Parameters
    ----------
    folder : Path
        Where the files go; made if it is not there.
    measures : DataFrame
        Columns of ``measures.parquet``.
    comparison : DataFrame
        `analysis.comparison.compare.compare` of the same measures.
    labels : dict of str to str
        Label of each org model by name, in the order of the study, which settles the colours.
    footnote : str
        Study, replicates, seed and hash.
    headline : str
        The measure that decides what is best; the outcomes' title is about it.

    Returns
    -------
    list of Path
        The files written, figure by figure.
    """
    overall = comparison[comparison["scope"] == "overall"]
    baseline = str(comparison["baseline"].iloc[0])
    labels = {org: labels.get(org, org) for org in ordered(comparison["org_model"], labels)}
    there = set(overall["measure"])
    paths: list[Path] = []
    unequal = UNEQUAL in set(comparison["budget"])
    with style.settings(caveat="unequal budgets" if unequal else ""):
        if "standing" in there:
            paths += standing(folder, overall, labels, footnote)
        if "n_needs" in there:
            lost = lost_by_site(measures, baseline)
            paths += drop_offs.draw(folder, lost, labels, baseline, footnote)
        if there & set(OUTCOMES):
            paths += outcomes(folder, overall, labels, footnote, headline)
        if {"own_kpi_attainment", "journey_kpi"} <= there:
            gaps = kpi_gap(measures)
            paths += own_kpis.draw(folder, comparison, gaps, labels, footnote)
        if "transition_week" in there:
            months = month_by_month(measures, baseline)
            weeks = overall[overall["measure"] == "transition_week"].set_index("org_model")["mean"]
            moving = set(measures["org_model"][measures["measure"] == "transition_week"])
            begins = {org: float(weeks[org]) for org in labels if org in moving}
            if not months.empty:
                paths += transition.draw(folder, months, begins, labels, footnote)
    return paths


def standing(
    folder: Path, overall: pd.DataFrame, labels: dict[str, str], footnote: str
) -> list[Path]:
    """Draw standing by org model: level with interval, and the paired difference in figures."""
    rows = overall[overall["measure"] == "standing"]
    baseline = str(rows["baseline"].iloc[0])
    spec = measure("standing")
    grid = Panels(1, len(labels), 1, row=0.46, heading=0.3, axis=0.45)
    notes = [interval_note(rows) + _pairing(rows), footnote]
    drawn = style.sheet(finding(overall, "standing", labels), notes, grid.height)
    axes = grid.axes(drawn, 0, 0.8)
    axes.set_xlim(*style.limits(rows[["mean", "mean_low", "mean_high"]].to_numpy().ravel()))
    axes.set_xlabel(f"{spec.label}, {spec.unit} (higher is better)", fontsize=8)
    right = grid.left(0) + grid.width - 0.6
    drawn.text(right, grid.top(0) + 0.1, "mean (95 % interval)", 8, color=MUTED)
    if len(labels) > 1:
        against = " ".join(style.wrap(f"against {labels[baseline]}", 1.9, 8, most=1))
        drawn.text(right + 1.9, grid.top(0) + 0.1, against, 8, color=MUTED)
    palette = style.colours(list(labels))
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
            drawn.text(right + 1.9, grid.middle(0, place), words, 8.5, va="center")
        drawn.text(right, grid.middle(0, place), _level_words(row), 8.5, va="center")
    return style.save(drawn, folder, "standing", rows)


def _level_words(row: pd.Series) -> str:
    """Return the mean with its interval, as in ``0.612 (0.600 to 0.624)``."""
    if math.isnan(row["mean"]):
        return "runs failed"
    if math.isnan(row["mean_low"]):
        return f"{level(row)} (no interval)"
    return f"{level(row)} ({level_interval(row).removeprefix('95 % interval ')})"


def outcomes(
    folder: Path, overall: pd.DataFrame, labels: dict[str, str], footnote: str, headline: str
) -> list[Path]:
    """Draw the main outcomes against the baseline, one panel a measure."""
    shown = [name for name in OUTCOMES if name in set(overall["measure"])]
    rows = overall[overall["measure"].isin(shown)]
    baseline = str(overall["baseline"].iloc[0])
    others = [org for org in labels if org != baseline]
    orgs = others or list(labels)
    grid = Panels(len(shown), len(orgs), 3, row=0.36, heading=0.45, axis=0.4)
    note = interval_note(rows) + _pairing(rows)
    if others and rows["low"].notna().any():
        note = f"Filled dot: the interval leaves out zero; hollow: no clear difference. {note}"
    about = headline if headline in shown else shown[0]
    drawn = style.sheet(finding(rows, about, labels), [note, footnote], grid.height)
    palette = style.colours(list(labels))
    for number, name in enumerate(shown):
        panel = rows[(rows["measure"] == name) & rows["org_model"].isin(orgs)]
        _write_outcome(drawn, grid, number, name, bool(others))
        _outcome_panel(drawn, grid, number, panel, {org: palette[org] for org in orgs})
        if number % grid.columns == 0:
            for place, org in enumerate(orgs):
                write_label(drawn, grid.middle(number, place), labels[org], palette[org])
    return style.save(drawn, folder, "outcomes", rows)


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
    axes.set_xlim(*style.limits(values.to_numpy().ravel(), () if alone else (0.0,)))
    style.plain_ticks(axes, 3 if spec.display == "percent" else 2)
    if not alone:
        axes.axvline(0, color=MUTED, linewidth=1, zorder=0)
    decimals = max(difference_decimals(row) for _, row in panel.iterrows())
    left = grid.left(number) + grid.width - _NUMBERS
    for (_, row), shown in zip(panel.iterrows(), values.to_numpy(), strict=True):
        org = str(row["org_model"])
        place = list(palette).index(org)
        mean, low, high = (float(value) for value in shown)
        style.dot(axes, place, (mean, low, high), palette[org], alone or is_clear(low, high))
        words = _level_words(row) if alone else signed_change(row, decimals)
        first, _, rest = words.partition(" (")
        middle = grid.middle(number, place)
        drawn.text(left, middle + (0.07 if rest else 0), first, 8, va="center")
        drawn.text(left, middle - 0.07, rest.rstrip(")"), 7, va="center", color=MUTED)


def _pairing(rows: pd.DataFrame) -> str:
    """Return what to keep in mind when several org models are compared."""
    if rows["org_model"].nunique() < 2 or rows["n_replicates"].max() < 2:
        return ""
    return (
        " Differences are taken between runs with the same customers and luck, so they can be "
        "clear where the intervals of the means overlap. Each interval stands by itself."
    )
