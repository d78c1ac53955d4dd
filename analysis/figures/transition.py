"""The figure that follows a transition month by month: its dip, and whether it pays back."""

from __future__ import annotations

import math

import pandas as pd

from analysis.comparison.breakdowns import month_by_month
from analysis.comparison.wording import is_clear, number
from analysis.figures import style
from analysis.figures.colour import colours, readable
from analysis.figures.figure import Drawing, Shown
from analysis.figures.measuring import wrap
from analysis.figures.style import LABELS, MARGIN, MUTED, RULE, WIDTH, Sheet
from sim.study.tables import measure

_LEAST_HEIGHT, _AXIS, _HEADING, _GAP = 2.6, 0.45, 0.45, 0.65
_NAME, _ENTRY_GAP = 0.15, 0.12  # inches of a line beside the panels, and between org models
_PANELS = (
    ("standing", "Standing, difference of each month"),
    ("net_value", "Net value since day 0, difference added up"),
)


def draw_transition(shown: Shown) -> Drawing | None:
    """Draw standing by month and net value added up, less the baseline's."""
    labels, baseline = shown.labels, shown.baseline
    months = month_by_month(shown.measures, baseline)
    if months.empty:
        return None
    begins = _weeks_begun(shown)
    orgs = [org for org in labels if org != baseline]
    notes = [
        f"Against {labels[baseline]}, with the same customers and luck; shaded: 95 % interval "
        "(Student t over replicates). Net value is money per day-0 customer, discounted; above "
        "zero, a change has paid back. " + _beginnings(begins, labels),
        shown.footnote,
    ]
    names = {org: wrap(labels[org], LABELS - 0.2, 9, "bold", most=3) for org in orgs}
    height = max(_LEAST_HEIGHT, sum(_entry_height(lines) for lines in names.values()))
    drawn = style.sheet(_title(months, begins, labels), notes, height + _AXIS + _HEADING)
    palette = colours(list(labels))
    width = (WIDTH - 2 * MARGIN - LABELS - 2 * _GAP - 0.25) / 2
    for place, (name, heading) in enumerate(_PANELS):
        left = MARGIN + 0.55 + place * (width + _GAP + 0.1)
        axes = drawn.axes(left, _AXIS, width, height)
        rows = months[months["measure"] == name]
        _panel(axes, rows, orgs, palette)
        drawn.text(left, _AXIS + height + 0.22, heading, 9.5, fontweight="bold")
        drawn.text(left, _AXIS + height + 0.06, f"{measure(name).unit}", 7.5, color=MUTED)
    _write_names(drawn, months, names, palette, _AXIS + height)
    return Drawing(drawn, months)


def _weeks_begun(shown: Shown) -> dict[str, float]:
    """Return the mean week in which each transition began, by org model."""
    weeks = shown.overall[shown.overall["measure"] == "transition_week"]
    means = weeks.set_index("org_model")["mean"]
    moving = shown.measures["org_model"][shown.measures["measure"] == "transition_week"]
    return {org: float(means[org]) for org in shown.labels if org in set(moving)}


def _panel(axes: style.Axes, rows: pd.DataFrame, orgs: list[str], palette: dict[str, str]) -> None:
    """Draw one measure: a line and its interval an org model."""
    axes.axhline(0, color=MUTED, linewidth=1, zorder=0)
    for org in orgs:
        own = rows[rows["org_model"] == org]
        axes.fill_between(
            own["month"], own["low"], own["high"], color=palette[org], alpha=0.15, linewidth=0
        )
        axes.plot(own["month"], own["difference"], color=palette[org], linewidth=1.8)
    last = max(2, int(rows["month"].max()))
    axes.set_xlim(1, last)
    axes.set_xticks(months_shown(last))
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", pad=7)
    axes.set_xlabel("month of the window", fontsize=8)


def months_shown(last: int) -> list[int]:
    """Return the months that an axis numbers: whole ones, at most seven, the first and the last."""
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, last) if last <= 6 * step + 1)
    months = list(range(1, last, step))
    if len(months) > 1 and last - months[-1] < step / 2:
        months.pop()  # its number would touch the last one's
    return [*months, last]


def _entry_height(lines: list[str]) -> float:
    """Return the height of a name with the number below it."""
    return _NAME * (len(lines) + 1) + _ENTRY_GAP


def _write_names(
    drawn: Sheet,
    months: pd.DataFrame,
    names: dict[str, list[str]],
    palette: dict[str, str],
    top: float,
) -> None:
    """Write the org models at the right, in the order in which their lines end."""
    last = _last(months)
    order = sorted(names, key=lambda org: -last["difference"].get(org, -math.inf))
    left = WIDTH - MARGIN - LABELS + 0.15
    for org in order:
        colour = readable(palette[org])
        for place, line in enumerate(names[org]):
            drawn.text(left, top - _NAME * (place + 1), line, 9, color=colour, fontweight="bold")
        if org in last.index:
            drawn.text(left, top - _NAME * (len(names[org]) + 1), _ends(last.T[org]), 8)
        top -= _entry_height(names[org])


def _last(months: pd.DataFrame) -> pd.DataFrame:
    """Return net value added up over the whole window, by org model."""
    rows = months[(months["measure"] == "net_value")]
    return rows[rows["month"] == rows["month"].max()].set_index("org_model")


def _ends(row: pd.Series) -> str:
    """Return a difference with its interval, as in ``+3.2 (1.0 to 5.4)``."""
    spec = measure("net_value")
    if math.isnan(row["difference"]):
        return "no run finished"
    text = number(spec, row["difference"], 1, signed=True)
    if math.isnan(row["low"]):
        return f"{text} (no interval)"
    ends = " to ".join(number(spec, row[end], 1, signed=True) for end in ("low", "high"))
    return f"{text} ({ends})"


def _beginnings(begins: dict[str, float], labels: dict[str, str]) -> str:
    """Return when the transitions began."""
    said = [
        f"{labels[org]}: never" if math.isnan(week) else f"{labels[org]}: week {week:.0f}"
        for org, week in begins.items()
    ]
    return f"Begins, on average where it does: {'; '.join(said)}."


def _title(months: pd.DataFrame, begins: dict[str, float], labels: dict[str, str]) -> str:
    """Return whether the transitions have paid back by the end, the best first."""
    last = _last(months)
    known = [org for org in begins if org in last.index]
    known = [org for org in known if not math.isnan(last["difference"][org])]
    if not known:
        return "Transitions: no run finished"
    org = max(known, key=lambda name: float(last["difference"][name]))
    row = last.T[org]
    base = labels[str(row["baseline"])]
    said = f"net value by the end {_ends(row)} against {base}"
    if math.isnan(row["low"]):
        return f"{labels[org]}: {said}"
    if not is_clear(row["low"], row["high"]):
        return f"{labels[org]} has neither clearly paid back nor clearly lost: {said}"
    if row["difference"] < 0:
        return f"{labels[org]} has not paid back within the window: {said}"
    return f"{labels[org]} has clearly paid back from month {_paid_back(months, org)} on: {said}"


def _paid_back(months: pd.DataFrame, org: str) -> int:
    """Return the month from which the difference stays clearly above zero."""
    own = months[(months["measure"] == "net_value") & (months["org_model"] == org)]
    below = own["month"][own["low"] <= 0]
    return 1 if below.empty else int(below.max()) + 1
