"""The page on where customers are lost, and who would own that under each org model."""

from __future__ import annotations

import math

import pandas as pd

from analysis.comparison.breakdowns import PER_NEEDS, SEAM_MARK, lost_by_site, site_label
from analysis.figures.causes import in_order, looks
from analysis.report.content import STACKED, Chart, Grid, Illustration, Page, Series
from analysis.report.sources import STORY_FILE, Compared, Sources, read_answer
from sim.study.plans import Plan
from sim.study.tables import CAUSE_WORDS

_SHOWN = 8
_SEAMS = {
    "both": "{0} and {1}, both must agree",
    "upstream": "{0}",
    "downstream": "{1}",
    "journey_owner": "the journey's owner",
    "nobody": "nobody",
}
_PATTERNS = {
    "/": "wide_upward_diagonal",
    "\\": "wide_downward_diagonal",
    ".": "dotted_grid",
    "|": "narrow_vertical",
    "-": "narrow_horizontal",
    "+": "small_grid",
    "o": "sphere",
}
"""What office programs call the hatches of figures, by their sign."""
_JOURNEYS = {
    "journey_owner": "the journey's owner",
    "cx_team": "the CX team",
    "nobody": "nobody",
}


def lost_page(sources: Sources, figures: dict[str, Illustration]) -> Page | None:
    """Return the page, or None if no need was dropped or none was counted."""
    compared = sources.compared
    lost = lost_by_site(compared.result.measures, compared.study.baseline)
    wholes = lost[(lost["cause"] == "") & (lost["org_model"] == compared.study.baseline)]
    wholes = wholes[wholes["mean"] > 0].sort_values("mean", ascending=False, kind="stable")
    if wholes.empty:
        return None
    sites = [str(site) for site in wholes["site"].head(_SHOWN)]
    shown = [figures[name] for name in ("drop_offs", "own_kpis") if name in figures]
    return Page(
        "lost",
        "Where are customers lost, and who would own that?",
        _title(compared, wholes),
        (_seams(wholes), _accountable(compared)),
        (_owners(compared, lost, sites),),
        (_chart(compared, lost, sites),),
        tuple(shown),
        (f"Drop-offs per {PER_NEEDS:,} needs, means over {compared.units}.",),
    )


def customer_page(sources: Sources, figures: dict[str, Illustration]) -> Page | None:
    """Return one customer's story as `trace` left it beside the comparison, None if it did not."""
    file = sources.compared.result.folder / STORY_FILE
    if not file.is_file():
        return None
    told = read_answer(file)
    stories = [told, *told.get("others", ())]
    shown = [figures[name] for name in ("trace", "trace_reverse") if name in figures]
    return Page(
        "story",
        "What happened to one customer?",
        str(told.get("finding", "")),
        tuple(f"{each['finding']}." for each in stories[1:]),
        (),
        (),
        tuple(shown),
        (
            "One customer is no evidence: how many have the same fate stands in the figure. "
            f"Chosen: {told.get('chosen', 'by whoever asked')}.",
        ),
    )


def _title(compared: Compared, wholes: pd.DataFrame) -> str:
    base = compared.labels[compared.study.baseline]
    worst = wholes.iloc[0]
    share = worst["mean"] / wholes["mean"].sum()
    ends = ""
    if not math.isnan(worst["mean_low"]):
        ends = f" (95 % interval {worst['mean_low']:.1f} to {worst['mean_high']:.1f})"
    return (
        f"Under {base} most needs are dropped at {site_label(str(worst['site']))}: "
        f"{worst['mean']:.1f} of {PER_NEEDS:,}{ends}, {100 * share:.0f} % of all that are"
    )


def _seams(wholes: pd.DataFrame) -> str:
    between = wholes["site"].str.contains(SEAM_MARK, regex=False)
    share = wholes.loc[between, "mean"].sum() / wholes["mean"].sum()
    return (
        f"{100 * share:.0f} % of dropped needs fall between two functions, the rest at a step of "
        "one."
    )


def _accountable(compared: Compared) -> str:
    """Return who is accountable for journeys under each org model."""
    texts = [
        f"{compared.labels[plan.organisation]}: {_JOURNEYS[plan.ownership.journeys]}"
        for plan in compared.study.organisations
    ]
    return f"Accountable for a journey's outcome: {'; '.join(texts)}."


def _owners(compared: Compared, lost: pd.DataFrame, sites: list[str]) -> Grid:
    """Return who decides about each of the sites under each org model."""
    rows: list[tuple[str | float, ...]] = []
    base = compared.study.baseline
    for site in sites:
        mine = lost[(lost["site"] == site) & (lost["org_model"] == base)]
        whole = mine.loc[mine["cause"] == "", "mean"]
        causes = mine[mine["cause"] != ""].sort_values("mean", ascending=False, kind="stable")
        cause = str(causes["cause"].iloc[0]) if len(causes) else ""
        owners = [_owner(compared, plan, site) for plan in compared.study.organisations]
        words = CAUSE_WORDS.get(cause, cause)
        rows.append((site_label(site), float(whole.iloc[0]), words, *owners))
    labels = compared.labels
    head = ("Where", f"per {PER_NEEDS:,} needs", "mostly because", *labels.values())
    about = f"Who decides about it; drop-offs under {labels[base]}"
    return Grid(about, head, tuple(rows), (0, 1, *(0 for _ in range(1 + len(labels)))))


def _owner(compared: Compared, plan: Plan, site: str) -> str:
    """Return who decides about a site, as an org model's levers have it."""
    if SEAM_MARK in site:
        first, second = (each.replace("_", " ") for each in site.split(SEAM_MARK, 1))
        return _SEAMS[plan.ownership.seams].format(first, second)
    named = plan.ownership.touchpoints.get(site, "")
    if named:
        return _JOURNEYS.get(named, named.replace("_", " "))
    journey, _, touchpoint = site.partition("/")
    journeys = compared.study.enterprise.journeys
    step = journeys[journey].touchpoints.get(touchpoint) if journey in journeys else None
    return "nobody" if step is None else step.owner.replace("_", " ")


def _chart(compared: Compared, lost: pd.DataFrame, sites: list[str]) -> Chart:
    """Return the sites under the baseline, by cause."""
    mine = lost[(lost["org_model"] == compared.study.baseline) & lost["site"].isin(sites)]
    causes = in_order(set(mine["cause"]) - {""})
    found = mine.set_index(["site", "cause"])["mean"]
    fills = looks(causes)
    series = tuple(
        Series(
            CAUSE_WORDS.get(cause, cause),
            tuple(float(found.get((site, cause), 0.0)) for site in sites),
            colours=(fills[cause].fill,),
            pattern=_PATTERNS.get(fills[cause].hatch[:1], ""),
            lines=fills[cause].lines,
        )
        for cause in causes
    )
    base = compared.labels[compared.study.baseline]
    return Chart(
        f"Where needs are dropped under {base}",
        f"per {PER_NEEDS:,} needs",
        STACKED,
        tuple(site_label(site) for site in sites),
        series,
        1,
        "All org models stand in the figure of the result folder.",
    )
