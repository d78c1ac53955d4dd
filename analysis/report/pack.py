"""A board pack put together: which pages there are, in which order, and which are left out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from analysis.comparing import labels_of
from analysis.comparison.for_people import numbers_for_people
from analysis.evidence.would_change import what_worlds_said, what_would_change
from analysis.report.answer_pages import asked, executive_page, sure_page, verdict
from analysis.report.content import Grid, Illustration, Missing, Pack, Page
from analysis.report.lost_page import customer_page, lost_page
from analysis.report.other_pages import (
    change_page,
    cut_page,
    drivers_page,
    flips_page,
    platform_page,
)
from analysis.report.sources import (
    CUT,
    OF_CHANGE,
    OF_CUT,
    OF_LEVERS,
    OF_PLATFORM,
    OF_SIZES,
    OF_WORLDS,
    Sources,
)
from sim.keeping.own_files import own_figures

_WHAT: Mapping[str, str] = {
    "standing": "Standing by org model, with intervals",
    "drop_offs": "Drop-offs by touchpoint and seam, by cause, one panel an org model",
    "outcomes": "The headline measures against the baseline, with intervals",
    "own_kpis": "Own KPIs beside the journey's, by org model",
    "course": "Standing and net value month by month after the change",
    "worlds_ranking": "Org models ranked over worlds",
    "worlds_tornado": "What moves the lead most, assumption by assumption",
    "waterfall": "What each group of levers carries of the difference",
    "trace": "One customer's way under every org model, day by day",
    "trace_reverse": "Another customer's way, to whom the reverse happened",
    "sizes": "The org models by size of the firm",
}


def pack_of(sources: Sources, out: Path) -> Pack:
    """Write the board pack of a comparison and what lies beside it.

    Parameters
    ----------
    sources : Sources
    out : Path
        Parent of the result folders, where `worlds` may have left an answer.
    """
    compared = sources.compared
    said, line = what_worlds_said(compared.study, out), what_would_change(compared.study, out)
    figures = _figures(sources)
    pages = [executive_page(sources, said, line, figures), sure_page(sources, line, figures)]
    later = (
        drivers_page(sources, figures),
        flips_page(sources, figures),
        change_page(sources, figures),
        lost_page(sources, figures),
        customer_page(sources, figures),
        cut_page(sources),
        platform_page(sources),
    )
    pages += [page for page in later if page is not None]
    there = {page.key for page in pages}
    return Pack(
        asked(compared),
        tuple(pages),
        tuple(_missing(sources, there)),
        _method(sources),
        compared.footnote,
        {"Numbers": _numbers(sources)},
    )


def _figures(sources: Sources) -> dict[str, Illustration]:
    """Return the figures of all results, by name, as far as they were drawn."""
    folders = [sources.compared.result.folder]
    folders += [answer.folder for answer in sources.answers.values()]
    if OF_CHANGE in sources.beside:
        folders.append(sources.beside[OF_CHANGE].result.folder)
    found: dict[str, Illustration] = {}
    for folder in folders:
        files = {file.name: file for file in own_figures(folder) if file.is_file()}
        for name, svg in files.items():
            stem = name.removesuffix(".svg")
            png = files.get(f"{stem}.png")
            if stem != name and png is not None and stem not in found:
                found[stem] = Illustration(stem, svg, png, _alt(stem, sources))
    return found


def _alt(name: str, sources: Sources) -> str:
    """Return what a figure shows, in words."""
    what = _WHAT.get(name, f"Figure {name.replace('_', ' ')}")
    labels = ", ".join(labels_of(sources.compared.study).values())
    return f"{what}. Org models: {labels}. Its numbers stand in {name}.csv."


def _missing(sources: Sources, there: set[str]) -> Iterator[Missing]:
    """Yield the pages that are left out, with the command that makes what they need."""
    compared = sources.compared
    study, lead = _study_word(sources), compared.lead
    base = compared.study.baseline
    best = next((org for org in lead.order if org != base), base)
    if OF_WORLDS not in sources.answers:
        yield Missing("How sure, over all that is assumed?", f"worlds {study}")
    if OF_LEVERS not in sources.answers:
        yield Missing("What drives it?", f"levers {study} --from {base} --to {best}")
    if OF_SIZES not in sources.answers:
        yield Missing(
            "At what size does it flip?", f"sizes {study} --employees 30,100,300,1000,3000"
        )
    if "story" not in there:
        yield Missing("What happened to one customer?", "trace latest")
    if OF_CUT not in sources.beside:
        less = f"--set budget_change={compared.study.budget_change - CUT:g}"
        yield Missing("What if the budget is cut?", f"compare {study} {less}")
    if "change" not in there:
        yield Missing("What does the change itself cost?", f"compare {study} --board")
    if OF_PLATFORM not in sources.beside:
        question = "What of staying as we are, with a platform?"
        yield Missing(question, f"compare {study} --board")


def _study_word(sources: Sources) -> str:
    """Return the study as a command line names it, with what was changed of it."""
    given = sources.compared.manifest.get("study_as_given", {})
    if not isinstance(given, dict):
        return ""
    changes = given.get("set", [])
    words = [word for change in changes for word in ("--set", shlex.quote(str(change)))]
    return " ".join([str(given.get("file", "")), *words])


def _method(sources: Sources) -> tuple[str, ...]:
    """Return how it was done, for notes and the last page."""
    compared = sources.compared
    design, market = compared.study.design, compared.study.market
    firm = compared.study.enterprise.enterprise
    budget = "the same budget" if compared.study.budget == "equal" else "budgets of their own"
    intervals = "Intervals are 95 % (Student t)"
    if OF_WORLDS in sources.answers:
        intervals += "; those over worlds, from worlds drawn anew, hold for all pairs at once"
    return (
        f"Simulated: {firm}, {market.customers:,} customers, {design.horizon_days} working days "
        f"after {design.warm_up_days} of warm-up, {compared.units}, seed {design.seed}. Every org "
        f"model has the same customers, needs and luck, and {budget}; differences are taken "
        "between runs that share them.",
        "Org models differ in rights, information, capacity, incentives and time alone; no lever "
        "sets an outcome. What a lever gives is paid in heads, hours or money.",
        f"{intervals}. An org model is called ahead only where it is ahead of "
        "every other one by more than luck and by more than one head is worth; only `worlds` names "
        "a winner.",
        "All of it holds within what was assumed and simulated: it is evidence beside your own, "
        "and no forecast.",
        f"Answer: {verdict(sources)}.",
    )


def _numbers(sources: Sources) -> Grid:
    """Return every measure with words for names, for the workbook."""
    compared = sources.compared
    table = numbers_for_people(compared.table, compared.labels)
    rows = tuple(tuple(row) for row in table.itertuples(index=False, name=None))
    head = tuple(str(name) for name in table.columns)
    return Grid("All measures", head, rows, tuple(-1 for _ in head))


def page_of(pack: Pack, key: str) -> Page | None:
    """Return a page by its key, None if it was left out."""
    return next((page for page in pack.pages if page.key == key), None)
