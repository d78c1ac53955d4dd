"""The pages on what drives an answer, where it flips, what a change costs, budget and platform."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.comparison.breakdowns import month_by_month
from analysis.comparison.leading import UNRANKED
from analysis.comparison.wording import (
    change,
    change_interval,
    in_display_unit,
    is_clear,
    number,
)
from analysis.report.answer_pages import headline_charts, headline_grid
from analysis.report.content import BARS, LINES, Chart, Grid, Illustration, Page, Series
from analysis.report.sources import (
    OF_CHANGE,
    OF_CUT,
    OF_LEVERS,
    OF_PLATFORM,
    OF_SIZES,
    OF_WORLDS,
    Compared,
    Sources,
    platforms,
)
from sim.study.tables import MEASURES

_BLUE, _ORANGE = "#0072B2", "#D55E00"
_MOST_DRIVERS = 10

Figures = Mapping[str, Illustration]


def drivers_page(sources: Sources, figures: Figures) -> Page | None:
    """Return what drives the answer: which levers carry it, which assumptions move it."""
    levers, worlds = sources.answers.get(OF_LEVERS), sources.answers.get(OF_WORLDS)
    if levers is None:
        return None
    told = levers.told
    lines, charts = [], [_levers_chart(told)]
    if worlds is not None and worlds.told.get("would_change"):
        moved = worlds.told["would_change"]
        lines.append(str(moved["flips"]))
        emulator = moved["emulator"]["predicted"]
        lines.append(
            f"How much of the lead's variance over worlds is understood: {_percent(emulator)} in "
            "worlds that the emulator had not seen."
        )
    shown = [figures[name] for name in ("waterfall", "worlds_tornado") if name in figures]
    return Page(
        "drivers",
        "What drives it?",
        str(told["answer"]),
        tuple(lines),
        (_levers_grid(told),),
        tuple(charts),
        tuple(shown),
        (f"Over {told['worlds_counted']} worlds{_of(told)}; the parts add up to the whole.",),
    )


def _of(told: Mapping[str, Any]) -> str:
    return f" ({told['worlds_are']})" if told.get("worlds_are") else ""


def _percent(value: object) -> str:
    # What is worse than predicting nothing predicts nothing.
    return f"{max(0.0, 100 * float(value)):.0f} %" if isinstance(value, int | float) else "unknown"


def _parts(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [row for row in told["groups"] if isinstance(row.get("term"), int | float)]
    rows = [row for row in rows if row["term"] != 0]
    return sorted(rows, key=lambda row: -abs(row["term"]))[:_MOST_DRIVERS]


def _words(row: Mapping[str, Any]) -> str:
    return str(row["group"]).replace("_", " ")


def _levers_chart(told: Mapping[str, Any]) -> Chart:
    spec, rows = MEASURES[told["measure"]], _parts(told)
    values, low, high = (
        tuple(in_display_unit(spec, _real(row[end])) for row in rows)
        for end in ("term", "low", "high")
    )
    fills = tuple(_BLUE if value >= 0 else _ORANGE for value in values)
    series = Series(spec.label, values, low, high, fills)
    names = tuple(_words(row) for row in rows)
    about = f"What of {spec.label.lower()} each group of levers carries"
    note = "Shapley values, lines: 95 % interval over worlds."
    return Chart(about, spec.unit, BARS, names, (series,), spec.decimals, note)


def _levers_grid(told: Mapping[str, Any]) -> Grid:
    spec = MEASURES[told["measure"]]
    rows: list[tuple[str | float, ...]] = [
        (
            _words(row),
            *(in_display_unit(spec, _real(row[end])) for end in ("term", "low", "high")),
        )
        for row in _parts(told)
    ]
    whole = told["difference"]
    ends = (in_display_unit(spec, _real(whole[end])) for end in ("mean", "low", "high"))
    rows.append(("All together", *ends))
    head = ("Group of levers", spec.label, "from", "to")
    names = " to ".join(told["labels"])
    return Grid(f"{names}, with 95 % intervals", head, tuple(rows), (0, *[spec.decimals + 1] * 3))


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def flips_page(sources: Sources, figures: Figures) -> Page | None:
    """Return at what size and adoption it flips: the maps of `worlds`, and `sizes`."""
    worlds, sizes = sources.answers.get(OF_WORLDS), sources.answers.get(OF_SIZES)
    maps = list(worlds.told.get("maps") or []) if worlds is not None else []
    if not maps and sizes is None:
        return None
    lines = [f"{each['answer']}." for each in maps]
    grids: list[Grid] = []
    charts: list[Chart] = []
    title = maps[0]["answer"] if maps else ""
    if sizes is not None:
        title = str(sizes.told["answer"])
        grids.append(_sizes_grid(sizes.told, sources.compared.labels))
        charts += _sizes_charts(sizes.told, sources)
        lines.append("By number of employees: runs of the firm as given, not over worlds.")
    names = [name for name in figures if name.startswith("worlds_map") or name == "sizes"]
    return Page(
        "flips",
        "At what size and adoption does it flip?",
        title,
        tuple(lines),
        tuple(grids),
        tuple(charts),
        tuple(figures[name] for name in names),
        ("Each firm of a map is one draw of all that is assumed: see how many a box holds.",)
        if maps
        else (),
    )


def _sizes_grid(told: Mapping[str, Any], labels: Mapping[str, str]) -> Grid:
    rows = []
    for each in told["sizes"]:
        lead = each["lead"]
        first = labels.get(lead["order"][0], lead["order"][0]) if lead["order"] else "nobody"
        tied = [labels.get(name, name) for name in lead["not_clearly_behind"]]
        said = f"no clear winner: {', '.join([first, *tied])}" if tied else first
        said = UNRANKED if lead.get("verdict") == UNRANKED else said
        rows.append((float(each["employees"]), said, str(lead["sentence"])))
    return Grid("By number of employees", ("Employees", "Ahead", "How far"), tuple(rows), (0, 0, 0))


def _sizes_charts(told: Mapping[str, Any], sources: Sources) -> Iterator[Chart]:
    """Yield how far each org model is from the baseline at each number of employees."""
    compared = sources.compared
    spec, base = MEASURES[compared.study.headline], compared.study.baseline
    found = {
        (row["org_model"], row["asked"]): in_display_unit(spec, _real(row["difference"]))
        for row in told["comparison"]
        if row["measure"] == spec.name
    }
    sizes = list(dict.fromkeys(asked for _, asked in found))
    series = tuple(
        Series(
            compared.labels[org],
            tuple(found.get((org, size), math.nan) for size in sizes),
            colours=(sources.palette[org],),
        )
        for org in compared.labels
        if org != base and any((org, size) in found for size in sizes)
    )
    if series and len(sizes) > 1:
        about = f"{spec.label} less that of {compared.labels[base]}, by employees"
        unit = "points" if spec.display == "percent" else spec.unit
        names = tuple(f"{size:,}" for size in sizes)
        note = "Intervals stand in the figure and in sizes.csv."
        yield Chart(about, unit, LINES, names, series, spec.decimals + 1, note)


def change_page(sources: Sources, figures: Figures) -> Page | None:
    """Return what a transition costs and when it has paid back."""
    compared = sources.beside.get(OF_CHANGE)
    if compared is None:
        return None
    months = month_by_month(compared.result.measures, compared.study.baseline)
    moving = [
        plan.organisation for plan in compared.study.organisations if plan.transition is not None
    ]
    if months.empty or not moving:
        return None
    money = months[months["measure"] == "net_value"]
    lines = [f"{_course(money, org, compared)}." for org in moving]
    shown = [figures[name] for name in ("course",) if name in figures]
    return Page(
        "change",
        "What does the change itself cost, and when has it paid back?",
        lines[0].rstrip("."),
        tuple(lines[1:]),
        (),
        (_course_chart(money, compared, sources.palette),),
        tuple(shown),
        (f"{compared.footnote}. Net value is money per customer of day 0, added up.",),
    )


def _course(money: Any, org: str, compared: Compared) -> str:
    """Return how deep net value falls behind, and in which month it is clearly ahead."""
    spec, label = MEASURES["net_value"], compared.labels[org]
    rows = money[money["org_model"] == org].sort_values("month")
    if not rows["low"].notna().any():
        return f"{label}: too few runs finished for an interval"
    ahead = rows[rows["low"] > 0]
    behind = rows[rows["high"] < 0]
    dip = f"{label} is never clearly behind {compared.labels[compared.study.baseline]}"
    if not behind.empty:
        lowest = behind.loc[behind["difference"].idxmin()]
        dip = (
            f"{label} falls {number(spec, -float(lowest['difference']), 1)} a customer behind "
            f"{compared.labels[compared.study.baseline]} by month {int(lowest['month'])} "
            f"(95 % interval {number(spec, -float(lowest['high']), 1)} to "
            f"{number(spec, -float(lowest['low']), 1)})"
        )
    last = int(rows["month"].max())
    if ahead.empty or ahead["month"].max() < last:
        return f"{dip} and has not clearly paid back after {last} months"
    not_yet = rows[rows["low"] <= 0]["month"]
    month = 1 if not_yet.empty else int(not_yet.max()) + 1
    return f"{dip} and has clearly paid back from month {month} on"


def _course_chart(money: Any, compared: Compared, palette: Mapping[str, str]) -> Chart:
    orgs = [org for org in compared.labels if org != compared.study.baseline]
    months = tuple(sorted(set(money["month"])))
    series = []
    for org in orgs:
        rows = money[money["org_model"] == org].set_index("month").reindex(months)
        values, low, high = (
            tuple(rows[end].astype(float)) for end in ("difference", "low", "high")
        )
        series.append(Series(compared.labels[org], values, low, high, (palette[org],)))
    base = compared.labels[compared.study.baseline]
    about = f"Net value less that of {base}, added up since day 0"
    note = "By month; intervals stand in the table of the workbook."
    names = tuple(str(month) for month in months)
    return Chart(about, MEASURES["net_value"].unit, LINES, names, tuple(series), 1, note)


def cut_page(sources: Sources) -> Page | None:
    """Return what comes out with a smaller budget."""
    cut = sources.beside.get(OF_CUT)
    if cut is None:
        return None
    less = cut.study.budget_change - sources.compared.study.budget_change
    return Page(
        "cut",
        "What if the budget is cut?",
        f"With {-100 * less:.0f} % less to spend: {_within(cut.sentence)}",
        (f"With the whole budget: {sources.compared.sentence}.",),
        (headline_grid(cut),),
        headline_charts(cut, sources.palette),
        (),
        (f"{cut.footnote}.",),
    )


def _within(sentence: str) -> str:
    """Return a sentence as it stands within another: names keep their capitals."""
    return f"n{sentence[1:]}" if sentence.startswith("No ") else sentence


def platform_page(sources: Sources) -> Page | None:
    """Return what a platform does where the structure stays as it is."""
    compared = sources.beside.get(OF_PLATFORM)
    if compared is None:
        return None
    pairs = platforms(compared.study.model_dump(mode="json"))
    lines = [f"{_bought(compared, *pair)}." for pair in pairs]
    return Page(
        "platform",
        "What of staying as we are, with a platform?",
        lines[0].rstrip("."),
        (*lines[1:], f"All together: {compared.sentence}."),
        (headline_grid(compared),),
        headline_charts(compared, sources.palette),
        (),
        (f"{compared.footnote}. What a platform costs is paid in heads and money.",),
    )


def _bought(compared: Compared, without: str, with_it: str) -> str:
    """Return by how much an org model with a platform differs from the same without."""
    name = compared.study.headline
    spec, measures = MEASURES[name], compared.result.measures
    rows = measures[(measures["measure"] == name) & (measures["scope"] == "overall")]
    mine = rows[rows["org_model"].isin([without, with_it])]
    against = Compared(
        type(compared.result)(compared.result.folder, mine, compared.result.manifest),
        compared.study.model_copy(update={"baseline": without}),
    )
    row = next(each for org, each in against.rows(name).iterrows() if org == with_it)
    label = compared.labels[without]
    if math.isnan(float(row["low"])):
        return f"A platform under {label}: too few runs finished for an interval"
    if not is_clear(row["low"], row["high"]):
        return (
            f"A platform under {label} makes no difference of {spec.label.lower()} that we "
            f"can distinguish ({change_interval(row)})"
        )
    worth = compared.lead.one_head
    small = ""
    if abs(float(row["difference"])) <= worth:
        small = f", no more than one head is worth ({number(spec, worth, spec.decimals)})"
    return (
        f"A platform under {label} leaves {spec.label.lower()} {change(row)} the same without "
        f"({change_interval(row)}){small}"
    )
