"""The pages on the answer itself: for the board in one page, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.comparison.leading import LEADS, TIED, UNRANKED
from analysis.comparison.wording import (
    change,
    change_interval,
    decimals_for,
    headline_measures,
    in_display_unit,
    is_clear,
    level,
    level_interval,
    number,
    shown_measures,
    units_of,
)
from analysis.evidence.would_change import UNKNOWN
from analysis.report.content import BARS, Chart, Grid, Illustration, Page, Series
from analysis.report.sources import OF_CHANGE, OF_WORLDS, Compared, Sources
from sim.study.measure_table import MeasureSpec
from sim.study.tables import MEASURES, NEITHER

_MOST_DIFFERENCES = 3
_ASK_WORLDS = "run `worlds` on this study: it alone names a winner, and says what would undo it."
_PAGES_OF_WORLDS = (
    "run `worlds` on this study to have its pages here; what it has found is said above."
)
NOT_TOLD_APART = "No difference we can distinguish"
"""How a title begins where nothing tells org models apart."""


def executive_page(
    sources: Sources, worlds_line: str, change_line: str, figures: dict[str, Illustration]
) -> Page:
    """Return the page that stands alone: question, answer, table, figure, confidence, next step.

    Parameters
    ----------
    sources : Sources
    worlds_line, change_line : str
        Who wins over many worlds, empty where it is not known, and what would change the answer;
        in a sentence each.
    figures : dict of Illustration
        Those of the comparison, by name.
    """
    compared = sources.compared
    # A result of `worlds` has its own pages, and the title says what it found.
    known = worlds_line if OF_WORLDS not in sources.answers else ""
    lines = (
        f"{_where_compared(sources)}{_against_baseline(compared)}.",
        *([known] if known else []),
        change_line,
        f"How sure: {_how_sure(sources)}",
        f"Next step: {_next_step(sources, known, change_line)}",
    )
    shown = [figures[name] for name in ("outcomes",) if name in figures]
    return Page(
        "executive",
        asked(compared),
        verdict_title(compared, sources),
        lines,
        (headline_grid(compared),),
        _widest_charts(sources),
        tuple(shown),
        caveats(sources),
    )


def sure_page(sources: Sources, change_line: str, figures: dict[str, Illustration]) -> Page:
    """Return the page on which org model is best, and how sure that is."""
    compared = sources.compared
    lines = [f"{compared.sentence}.", _luck(compared)]
    grids = [outcomes_grid(compared)]
    charts = [*_widest_charts(sources)]
    found = sources.answers.get(OF_WORLDS)
    if found is not None:
        charts += headline_charts(compared, sources.palette)
        told = found.told
        lines.append(f"Over {told['worlds']} worlds: {told['answer']}.")
        grids.append(_worlds_grid(told))
        charts.append(_best_chart(told, sources.palette))
    lines.append(change_line)
    shown = [figures[name] for name in ("standing", "worlds_ranking") if name in figures]
    return Page(
        "sure",
        "Which model, and how sure?",
        verdict_title(compared, sources),
        tuple(lines),
        tuple(grids),
        tuple(charts),
        tuple(shown),
        caveats(sources),
    )


def asked(compared: Compared) -> str:
    """Return the question that the study asks."""
    about = compared.study.description.strip().rstrip(".")
    firm = compared.study.enterprise.enterprise
    labels = list(compared.labels.values())
    return about or f"How should {firm} be organised: {', '.join(labels[:-1])} or {labels[-1]}?"


def verdict(sources: Sources) -> str:
    """Return who is best, by the widest evidence there is."""
    found = sources.answers.get(OF_WORLDS)
    if found is not None:
        return str(found.told["answer"])
    return verdict_title(sources.compared, sources)


def verdict_title(compared: Compared, sources: Sources) -> str:
    """Return the finding as a title: no crown, and no difference where none can be told."""
    found = sources.answers.get(OF_WORLDS)
    if found is not None:
        return str(found.told["answer"])
    if not_told_apart(compared):
        spec = MEASURES[compared.study.headline]
        told = f"{NOT_TOLD_APART} between {_count(compared)} on {spec.label.lower()}"
    else:
        told = compared.sentence
    return f"{told} ({compared.worlds_are})" if compared.worlds_are else told


def not_told_apart(compared: Compared) -> bool:
    """Tell whether no org model differs clearly from another on the measure that decides."""
    lead = compared.lead
    if lead.verdict == LEADS or len(lead.order) < 2:
        return False
    rows = compared.rows(lead.measure)
    others = rows[rows.index != compared.study.baseline]
    clear = [is_clear(row["low"], row["high"]) for _, row in others.iterrows()]
    # Of a noisy baseline nobody may differ, and yet the last one from the first.
    all_tied = len(lead.tied) == len(lead.order) - 1
    return not any(clear) and (lead.verdict == UNRANKED or (lead.verdict == TIED and all_tied))


def _count(compared: Compared) -> str:
    labels = list(compared.labels.values())
    if len(labels) == 2:
        return f"{labels[0]} and {labels[1]}"
    return f"the {len(labels)} org models"


def _against_baseline(compared: Compared) -> str:
    """Return by how much the first differs from the baseline, on the measures that open."""
    lead, base = compared.lead, compared.study.baseline
    if not lead.order:
        return "No run ended, so nothing can be said"
    best = lead.order[0] if lead.order[0] != base else (lead.order[1:] or lead.order)[0]
    name, against = compared.labels[best], compared.labels[base]
    if best == base:
        return f"{name} is all there is to see"
    texts = []
    for measure in dict.fromkeys([compared.study.headline, "standing", "drop_off_rate"]):
        rows = compared.rows(measure)
        for _, row in rows[rows.index == best].iterrows():
            if not is_clear(row["low"], row["high"]):
                continue
            texts.append(
                f"{MEASURES[measure].label.lower()} {change(row)} ({change_interval(row)})"
            )
    if not texts:
        return f"{name} and {against}: {NOT_TOLD_APART[0].lower()}{NOT_TOLD_APART[1:]}"
    return f"{name} against {against}: {'; '.join(texts[:_MOST_DIFFERENCES])}"


def _where_compared(sources: Sources) -> str:
    """Return of which runs the comparison speaks, where the title is of others."""
    if OF_WORLDS not in sources.answers:
        return ""
    return f"In the {sources.compared.units} of the comparison: "


def _how_sure(sources: Sources) -> str:
    found = sources.answers.get(OF_WORLDS)
    if found is not None:
        return (
            f"{found.told['worlds']} draws of all that is assumed of the firm, each with luck of "
            f"its own; {found.told['title'] or 'in worlds in which the firm looks like firms do'}."
        )
    number, unit = units_of(sources.compared.overall)
    if unit.startswith("world"):
        return f"{number} draws of all that is assumed: too few to name a winner."
    return (
        f"clear of luck over {number} {unit} where the text says so. It holds at one point of all "
        "that is assumed of the firm, and says nothing of others."
    )


def _next_step(sources: Sources, worlds_line: str, change_line: str) -> str:
    compared, found = sources.compared, sources.answers.get(OF_WORLDS)
    if found is None:
        return _PAGES_OF_WORLDS if worlds_line else _ASK_WORLDS
    if found.told.get("winner") == compared.study.baseline:
        return (
            "none of the structures asked about: look where customers are lost, and measure in "
            "your own firm what the answer hangs on."
        )
    if found.told.get("winner") and OF_CHANGE in sources.beside:
        return "weigh it against what the change itself costs, a later page, then decide."
    if found.told.get("winner"):
        return "price the change itself (`report` lists the command), then decide."
    if change_line != UNKNOWN and found.told.get("would_change"):
        return "measure in your own firm what the answer hangs on, named above, and run again."
    labels = compared.labels
    among = [labels.get(each, each) for each in found.told.get("among", [])]
    return f"decide between {' and '.join(among[:3])} on grounds that are not simulated here."


def caveats(sources: Sources) -> tuple[str, ...]:
    """Return under which conditions all of it holds."""
    compared = sources.compared
    said = []
    if OF_WORLDS not in sources.answers and compared.worlds_are:
        said.append(f"{compared.units}, {compared.worlds_are}: too few to name a winner.")
    elif OF_WORLDS not in sources.answers:
        said.append("One parameter set: nothing is said of what is unknown of the firm.")
    else:
        title = str(sources.answers[OF_WORLDS].told.get("title") or "")
        if title:
            said.append(f"Worlds: {title}.")
        conditions = sources.answers[OF_WORLDS].told.get("conditional_on") or []
        if conditions:
            said.append(f"Conditional on: {', '.join(map(str, conditions))}.")
    if compared.study.budget != "equal":
        said.append("Unequal budgets: a difference may come from spending more.")
    if compared.study.changes:
        said.append("The study was changed: see the footnote.")
    return tuple(said)


def headline_grid(compared: Compared) -> Grid:
    """Return the org models by the measures that open an answer: level, and half its interval."""
    names = shown_measures(headline_measures(), compared.overall)
    head = ["Org model"]
    columns: list[list[str]] = []
    for name in names:
        spec, rows = MEASURES[name], compared.rows(name).reindex(list(compared.labels))
        half = (rows["mean_high"] - rows["mean_low"]) / 2
        digits = decimals_for(spec, float(half.max()))
        head.append(f"{spec.label} %" if spec.display == "percent" else spec.label)
        pairs = zip(rows["mean"], half, strict=True)
        columns.append([_with_half(spec, mean, width, digits) for mean, width in pairs])
    lines = tuple(
        (_named(compared, org), *(column[place] for column in columns))
        for place, org in enumerate(compared.labels)
    )
    about = f"Mean, and half of its 95 % interval over {compared.units}"
    return Grid(about, tuple(head), lines, (0,) * len(head))


def _with_half(spec: MeasureSpec, mean: float, half: float, decimals: int) -> str:
    if math.isnan(mean):
        return "\u2013"
    text = number(spec, mean, decimals)
    return text if math.isnan(half) else f"{text} \u00b1{number(spec, half, decimals)}"


def _named(compared: Compared, org: str) -> str:
    return compared.labels[org] + " (baseline)" * (org == compared.study.baseline)


def outcomes_grid(compared: Compared) -> Grid:
    """Return the paired differences to the baseline with their intervals, in words."""
    names = shown_measures(headline_measures(), compared.overall)
    base = compared.labels[compared.study.baseline]
    others = [org for org in compared.labels if org != compared.study.baseline]
    rows = []
    for name in names:
        found = compared.rows(name)
        cells = [_difference(each) for _, each in found.reindex(others).iterrows()]
        spec = MEASURES[name]
        better = "" if spec.direction == NEITHER else f" ({spec.direction} is better)"
        rows.append((f"{spec.label}{better}", *cells))
    head = ("Measure", *(compared.labels[org] for org in others))
    return Grid(f"Differences to {base}, 95 % intervals", head, tuple(rows), (0,) * len(head))


def _difference(row: pd.Series) -> str:
    if math.isnan(row["low"]):
        return "\u2013"
    if not is_clear(row["low"], row["high"]):
        return f"no clear difference ({change_interval(row).removeprefix('95 % interval ')})"
    return f"{change(row)} ({change_interval(row).removeprefix('95 % interval ')})"


def _widest_charts(sources: Sources) -> tuple[Chart, ...]:
    """Return the measure that decides by the widest evidence there is: that of the title."""
    found = sources.answers.get(OF_WORLDS)
    if found is None:
        return headline_charts(sources.compared, sources.palette)
    told = found.told
    spec, labels, base = MEASURES[told["headline"]], told["labels"], told["baseline"]
    rows = [r for r in told["org_models"] if r["ensemble"] == "" and r["org_model"] != base]
    values, low, high = (
        tuple(in_display_unit(spec, _number(row[end])) for row in rows)
        for end in ("difference", "low", "high")
    )
    palette = sources.palette
    fills = tuple(palette.get(row["org_model"], "#0072B2") for row in rows)
    unit = "points" if spec.display == "percent" else spec.unit
    return (
        Chart(
            f"{spec.label} less that of {labels.get(base, base)}, over {told['worlds']} worlds",
            unit,
            BARS,
            tuple(labels.get(row["org_model"], row["org_model"]) for row in rows),
            (Series(spec.label, values, low, high, fills),),
            spec.decimals,
            "Lines: intervals that hold together for all pairs of org models.",
        ),
    ) * bool(rows)


def headline_charts(compared: Compared, palette: Mapping[str, str]) -> tuple[Chart, ...]:
    """Return the measure that decides as differences to the baseline; none where it is alone.

    Parameters
    ----------
    compared : Compared
    palette : mapping of str to str
        The colour of each org model, on all pages the same.
    """
    spec, base = MEASURES[compared.study.headline], compared.study.baseline
    rows = compared.rows(spec.name)
    rows = rows[rows.index != base]
    if rows.empty:
        return ()
    values, low, high = (
        tuple(in_display_unit(spec, value) for value in rows[end])
        for end in ("difference", "low", "high")
    )
    series = Series(spec.label, values, low, high, tuple(palette[org] for org in rows.index))
    half = float(((rows["high"] - rows["low"]) / 2).max())
    unit = "points" if spec.display == "percent" else spec.unit
    chart = Chart(
        f"{spec.label} less that of {compared.labels[base]}, over {compared.units}",
        unit,
        BARS,
        tuple(compared.labels[org] for org in rows.index),
        (series,),
        decimals_for(spec, half),
        f"Lines: 95 % interval over {compared.units}, same customers and luck in each.",
    )
    return (chart,)


def _luck(compared: Compared) -> str:
    rows = compared.rows(compared.study.headline)
    texts = [
        f"{compared.labels[str(org)]} {level(row)} ({level_interval(row)})"
        for org, row in rows.iterrows()
    ]
    return f"{MEASURES[compared.study.headline].label}: {'; '.join(texts)}."


def _worlds_grid(told: dict[str, Any]) -> Grid:
    labels, spec, rows = told["labels"], MEASURES[told["headline"]], []
    for row in told["org_models"]:
        if row["ensemble"] == "":
            gap, low, high, expected, most = (
                in_display_unit(spec, _number(row[key]))
                for key in ("difference", "low", "high", "expected_regret", "maximum_regret")
            )
            name, best = labels.get(row["org_model"], row["org_model"]), row["probability_best"]
            rows.append((name, gap, low, high, 100 * _number(best), expected, most))
    base = labels.get(told["baseline"], told["baseline"])
    head = (
        "Org model", f"To {base}", "from", "to", "Best in % of worlds", "Regret", "at most",
    )  # fmt: skip
    about = f"Over {told['worlds']} worlds: difference to {base}, interval for all pairs at once"
    few = spec.decimals + 1
    return Grid(about, head, tuple(rows), (0, few, few, few, 0, few, few))


def _best_chart(told: dict[str, Any], palette: Mapping[str, str]) -> Chart:
    labels = told["labels"]
    rows = [row for row in told["org_models"] if row["ensemble"] == ""]
    series = Series(
        "Best in so many worlds",
        tuple(100 * _number(row["probability_best"]) for row in rows),
        colours=tuple(palette.get(row["org_model"], "#0072B2") for row in rows),
    )
    names = tuple(labels.get(row["org_model"], row["org_model"]) for row in rows)
    note = "Share of worlds in which it is best by more than one head is worth; no share of firms."
    return Chart("Best in how many worlds", "% of worlds", BARS, names, (series,), 0, note)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
