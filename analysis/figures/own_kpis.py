"""The figure that sets the functions' own KPIs beside the outcome of the journey."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from analysis.comparison.breakdowns import kpi_gap
from analysis.comparison.wording import interval_note, is_clear
from analysis.figures import style
from analysis.figures.colour import colours
from analysis.figures.figure import Drawing, Shown
from analysis.figures.measuring import text_width, wrap
from analysis.figures.style import LABELS, MARGIN, MUTED, RULE, Panels, Sheet
from sim.study.tables import measure

_ROW, _LOW_ROW = 0.3, 0.26
_GAP_LINE = 0.13
_ALL, _JOURNEY = "All functions", "Journey"


def draw_own_kpis(shown: Shown) -> Drawing:
    """Draw own KPI by function and the journey outcome, one panel an org model."""
    labels, gaps = shown.labels, kpi_gap(shown.measures)
    rows = _shown_rows(shown.comparison)
    names = list(dict.fromkeys(rows["row"]))
    by_org = gaps.set_index("org_model")
    columns = style.abreast(len(labels))
    row = _ROW if columns == len(labels) else _LOW_ROW
    grid = Panels(len(labels), len(names), columns, row, 0.0)
    titles = {org: label + " (baseline)" * (org == shown.baseline) for org, label in labels.items()}
    room = grid.width - 0.2
    said = {org: _in_lines(_gap(by_org, org), room) for org in labels}
    above = 0.1 + _GAP_LINE * max(map(len, said.values()))
    grid = replace(grid, heading=style.heading_height(titles.values(), room) + above + 0.1)
    note = (
        "Hollow: own KPI, as a function sees itself. Filled: cases completed without drop-off or "
        "recontact. Gap: all functions minus journey, its interval in brackets. "
    )
    notes = [note + interval_note(rows), shown.footnote]
    drawn = style.sheet(_title(by_org, rows, labels), notes, grid.height)
    ends = rows[["mean", "mean_low", "mean_high"]].to_numpy().ravel() * 100
    palette = colours(list(labels))
    for number, org in enumerate(labels):
        axes = grid.axes(drawn, number, 0.2)
        axes.set_xlim(*_ends(ends))
        axes.set_xticks([0, 50, 100])
        axes.set_xlabel("%", fontsize=8)
        _panel(axes, rows[rows["org_model"] == org], names, palette[org])
        left, top = grid.left(number), grid.top(number)
        style.write_heading(drawn, (left, top + above), room, titles[org], palette[org])
        for place, line in enumerate(reversed(said[org])):
            drawn.text(left, top + 0.06 + _GAP_LINE * place, line, 7.5, color=MUTED)
        if number % grid.columns == 0:
            for place, name in enumerate(names):
                _write_row(drawn, name, grid.middle(number, place))
    named = gaps.rename(columns={"low": "gap_low", "high": "gap_high"})
    return Drawing(drawn, rows.merge(named, on="org_model", how="left"))


def _ends(values: Iterable[float]) -> tuple[float, float]:
    """Return 0 to 100 %, further only where an interval reaches further, and room for a dot."""
    known = [value for value in values if math.isfinite(value)]
    return min([0.0, *known]) - 4, max([100.0, *known]) + 4


def _write_row(drawn: Sheet, name: str, middle: float) -> None:
    """Write what a row shows at its left."""
    weight = "bold" if name in {_ALL, _JOURNEY} else "normal"
    text = " ".join(wrap(_row_label(name), LABELS - 0.2, 8.5, weight, most=1))
    drawn.text(MARGIN, middle, text, 8.5, va="center", fontweight=weight)


def _shown_rows(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the rows to draw, each with the name of its place: functions, all, journey."""
    own = comparison[comparison["measure"] == "own_kpi_attainment"]
    parts = [
        own[own["scope"] == "function"].assign(row=lambda frame: frame["scope_id"]),
        own[own["scope"] == "overall"].assign(row=_ALL),
        comparison[
            (comparison["measure"] == "journey_kpi") & (comparison["scope"] == "overall")
        ].assign(row=_JOURNEY),
    ]
    return pd.concat(parts, ignore_index=True)


def _panel(axes: style.Axes, rows: pd.DataFrame, names: list[str], colour: str) -> None:
    """Draw one org model: a dot and interval per row, its mean at the right."""
    for place, name in enumerate(names):
        if name == _ALL:
            axes.axhline(place - 0.5, color=RULE, linewidth=0.8)
        found = rows[rows["row"] == name]
        if found.empty or math.isnan(found["mean"].iloc[0]):
            continue
        mean, low, high = (
            float(found[end].iloc[0]) * 100 for end in ("mean", "mean_low", "mean_high")
        )
        style.dot(axes, place, (mean, low, high), colour, filled=name == _JOURNEY)
        left, right = axes.get_xlim()
        inward = mean > left + 0.5 * (right - left)
        edge = (low if inward else high) if math.isfinite(low) else mean
        axes.annotate(
            f"{mean:.0f}", (edge, place), (-7 if inward else 7, 0), textcoords="offset points",
            va="center", ha="right" if inward else "left", fontsize=7.5,
        )  # fmt: skip


def _row_label(name: str) -> str:
    """Return what stands at the left of a row."""
    if name == _JOURNEY:
        return measure("journey_kpi").label
    if name == _ALL:
        return "Own KPI, all functions"
    return f"Own KPI, {name.replace('_', ' ')}"


def _gap(by_org: pd.DataFrame, org: str) -> str:
    """Return the gap of one org model in words."""
    if org not in by_org.index or math.isnan(by_org["gap"][org]):
        return "no finished run"
    text = f"gap {by_org['gap'][org] * 100:+.1f} points"
    low, high = by_org["low"][org], by_org["high"][org]
    if math.isnan(low):
        return text.replace("-", "−")
    return f"{text} ({low * 100:.1f} to {high * 100:.1f})".replace("-", "−")


def _in_lines(text: str, width: float) -> list[str]:
    """Return a gap and its interval on one line, or on two."""
    if text_width(text, 7.5) <= width:
        return [text]
    gap, mark, interval = text.partition(" (")
    return [gap, f"({interval}"] if mark else [gap]


def _title(by_org: pd.DataFrame, rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return the widest gap between own KPIs and the journey, if there is a clear one."""
    known = by_org[by_org["gap"].notna()]
    if known.empty:
        return "Own KPIs beside the journey: no run finished"
    org = str(known["gap"].idxmax())
    gap, low, high = (float(known[end][org]) for end in ("gap", "low", "high"))
    name = labels.get(org, org)
    own, journey = (
        float(rows[(rows["org_model"] == org) & (rows["row"] == row)]["mean"].iloc[0])
        for row in (_ALL, _JOURNEY)
    )
    levels = f"own KPIs at {100 * own:.0f} %, cases completed first time {100 * journey:.0f} %"
    if math.isnan(low):
        return f"{name}: {levels} (one replicate, no interval)"
    ends = f"95 % interval {low * 100:.1f} to {high * 100:.1f}".replace("-", "−")
    if not is_clear(low, high):
        return (
            f"Own KPIs and journey do not differ clearly, furthest under {name}: {levels}, "
            f"difference in points {ends}"
        )
    if gap < 0:
        return f"No org model's own KPIs look better than its journey; closest, {name}: {levels}"
    most = "on average most " if len(known) > 1 else ""
    return (
        f"Own KPIs look better than the journey, {most}under {name}: {levels}, a gap of "
        f"{gap * 100:.1f} points ({ends})"
    )
