"""``trace``: one customer's story under every org model, and how common such a story is.

The two org models that are held against each other are run for their customers, of whom only what
choosing needs is kept; then every one for the events of who is chosen, and of nobody else.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.experiment import result_study
from analysis.commands.progress import Reporter, reporter
from analysis.commands.terminal import json_ready, say, say_object, say_results
from analysis.comparing import footnote_of, labels_of
from analysis.comparison.four_cells import (
    CELL_COLUMNS,
    CELLS,
    HOW_CHOSEN,
    FourCells,
    beside,
    cell_of,
    cells_as_object,
    cells_sentence,
    four_cells,
    kind_in_words,
    typical,
)
from analysis.comparison.stories import Story, story_as_object
from analysis.comparison.story_words import about, story_page, story_title
from analysis.evidence.sampling import check_world
from analysis.load import read_measures, result_folder
from sim.keeping.files import machine_refusal
from sim.keeping.manifest import MANIFEST, comparison_manifest
from sim.keeping.store import add_to_folder
from sim.runner import RunSpec, run
from sim.study.errors import MachineRefusal, Problem, ResultFolderError, StudyError
from sim.study.plans import Plan
from sim.study.spelling import nearest_or_all
from sim.study.study import Study
from sim.study.tables import HIGHER, MEASURES
from sim.study.working_time import HOURS_PER_DAY
from sim.study.worlds import World

_ANSWER = "trace.json"
_FIGURES = ("trace", "trace_reverse")
"""The figure of each customer who is told of."""


@dataclass(frozen=True)
class _Told:
    """A customer whose story is told, of which kind, and how the customer came to be chosen."""

    customer: int
    cell: tuple[str, str]
    chosen: str
    stories: list[Story]


@dataclass(frozen=True)
class _Asked:
    """What is asked: the study of one world, between whom, and of whom."""

    study: Study
    world: int
    between: tuple[str, str]
    customer: int | None

    @property
    def labels(self) -> dict[str, str]:
        """What a board calls each org model."""
        return labels_of(self.study)

    @property
    def footing(self) -> str:
        """What was run of each org model, in words."""
        each = self.study.market.slice
        sliced = f", one customer in {each} simulated" if each > 1 else ""
        return f"one replicate{' of the first world' if self.world else ''}{sliced}"

    def run(self, model: Plan, followed: Sequence[int] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the customers of one org model, and the events of those followed, if any."""
        events = bool(followed)
        spec = RunSpec(self.study, model, 0, self.world, True, events, tuple(followed))
        result = run(spec)
        if result.customers is None:
            raise ValueError("the run recorded no customers though asked to")
        return result.customers, pd.DataFrame() if result.events is None else result.events


def execute(options: argparse.Namespace) -> int:
    """Choose who is told of, run each org model with their events, tell their stories."""
    folder = result_folder(options.result, Path(options.out))
    study = result_study(folder, options.extension)
    between = _between(study, options.between, folder)
    world = first_world(comparison_manifest(folder))
    if world is not None:
        study = world.of(study)
    asked = _Asked(study, 0 if world is None else world.number, between, options.customer)
    if options.customer is not None:
        check_customer(study, options.customer)
    with reporter("one customer under each org model", quiet=options.quiet) as progress:
        cells, told = _follow(asked, progress)
    if options.json:
        say_object(_as_object(asked, cells, told))
    else:
        say(_as_text(asked, cells, told))
    if not options.no_figures:
        try:
            _write(folder, asked, cells, told)
        except MachineRefusal as reason:
            raise MachineRefusal(
                f"{reason} With --no-figures the story is told, and nothing written."
            ) from reason
        say_results(folder, options.json)
    return 0


def _between(study: Study, names: Sequence[str] | None, folder: Path) -> tuple[str, str]:
    """Return the two org models that are held against each other.

    Those named; else the baseline, and of the others the one that is best on the measure that
    decides, in all runs of the result. A study of one org model is held against itself.

    Raises
    ------
    StudyError
        If the study has no org model of a name.
    """
    there = [model.organisation for model in study.organisations]
    if names is not None:
        problems = [
            Problem(f"--between {name}", None, None, "", "the result has no such org model",
                    nearest_or_all(name, there))
            for name in names if name not in there
        ]  # fmt: skip
        if problems:
            raise StudyError(problems)
        return names[0], names[1]
    others = [name for name in there if name != study.baseline]
    if not others:
        return study.baseline, study.baseline
    table = read_measures(folder)
    rows = table[(table["measure"] == study.headline) & (table["scope"] == "overall")]
    means = rows.groupby("org_model", observed=True)["value"].mean().reindex(others).dropna()
    if means.empty:
        return study.baseline, others[0]
    best = means.idxmax() if MEASURES[study.headline].direction == HIGHER else means.idxmin()
    return study.baseline, str(best)


def _follow(asked: _Asked, progress: Reporter) -> tuple[FourCells, list[_Told]]:
    """Count the four cells, choose who is told of, and return their stories."""
    study = asked.study
    by_name = {model.organisation: model for model in study.organisations}
    first, second = (by_name[name] for name in asked.between)
    twice = 1 if first is second else 2
    progress.expect(twice + len(study.organisations), done=0)
    one = asked.run(first)[0][CELL_COLUMNS]
    progress.advance()
    other = one
    if first is not second:
        other = asked.run(second)[0][CELL_COLUMNS]
        progress.advance()
    pairs = beside(one, other)
    cells = four_cells(pairs, *asked.between)
    chosen = list(_chosen(asked, pairs))
    stories: dict[int, list[Story]] = {customer: [] for customer, _ in chosen}
    for model in study.organisations:
        for story in _stories(asked, model, list(stories)):
            stories[int(story.customer["customer_id"])].append(story)
        progress.advance()
    return cells, [
        _Told(customer, cell_of(pairs, customer), how, stories[customer])
        for customer, how in chosen
    ]


def _chosen(asked: _Asked, pairs: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield who is told of, and how they were chosen: a typical one of each kind that differs."""
    if asked.customer is not None:
        yield asked.customer, "asked for by number"
        return
    found = [typical(pairs, cell) for cell in CELLS[:2]]
    if found == [None, None]:  # nobody fared differently: one who left, or else any
        fallback = [typical(pairs, cell) for cell in CELLS[2:]]
        found = [next((who for who in fallback if who is not None), int(pairs.index[0]))]
    yield from ((who, HOW_CHOSEN) for who in found if who is not None)


def _stories(asked: _Asked, model: Plan, followed: Sequence[int]) -> Iterator[Story]:
    """Run one org model with the events of some customers; yield the story of each."""
    customers, events = asked.run(model, followed)
    design = asked.study.design
    begins = design.warm_up_days * HOURS_PER_DAY
    for number in followed:
        yield Story(
            model.organisation,
            model.label or model.organisation,
            customers[customers["customer_id"] == number].iloc[0],
            events[events["customer_id"] == number],
            begins,
            begins + design.horizon_days * HOURS_PER_DAY,
        )


def _as_object(asked: _Asked, cells: FourCells, told: Sequence[_Told]) -> dict[str, Any]:
    """Return the answer as plain data: the first story, the reverse one, and how common each is."""
    told_of = [
        {
            "customer": each.customer,
            "kind": {"first": each.cell[0], "second": each.cell[1]},
            "chosen": each.chosen,
            "finding": story_title(each.customer, each.stories, asked.between),
            "org_models": [story_as_object(story) for story in each.stories],
        }
        for each in told
    ]
    return {
        "study": asked.study.study,
        **told_of[0],
        "how_common": cells_as_object(cells),
        "others": told_of[1:],
    }


def _as_text(asked: _Asked, cells: FourCells, told: Sequence[_Told]) -> str:
    """Return how common each kind is, and the stories, as a page of text."""
    study, labels = asked.study, asked.labels
    first, second = (labels[name] for name in asked.between)
    lines = [f"Study {study.study}, {asked.footing}", *_how_common(asked, cells)]
    for each in told:
        lines += [
            "",
            f"{about(each.stories[0])}; {kind_in_words(each.cell, first, second)}; {each.chosen}",
            f"{story_title(each.customer, each.stories, asked.between)}.",
            "",
            story_page(each.stories),
        ]
    return "\n".join(lines)


def _how_common(asked: _Asked, cells: FourCells) -> list[str]:
    """Return how common each kind of customer is; nothing where there is one org model."""
    return [cells_sentence(cells, asked.labels)] if cells.first != cells.second else []


def _write(folder: Path, asked: _Asked, cells: FourCells, told: Sequence[_Told]) -> None:
    """Write the answer and a figure a customer into the result folder."""
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.trace")
    names = _FIGURES[: len(told)]
    with add_to_folder(folder) as added:
        added.write(_ANSWER, json_ready(_as_object(asked, cells, told)))
        added.replace_figures(drawing.trace_files(_FIGURES), drawing.trace_files(names))
        mark = str(comparison_manifest(folder).get("hash", ""))
        footnote = footnote_of(asked.study, asked.footing, mark)
        try:
            for name, each in zip(names, told, strict=True):
                title = story_title(each.customer, each.stories, asked.between)
                drawing.write_trace(
                    added.figures, name, each.stories, title, [*_how_common(asked, cells), footnote]
                )
        except OSError as error:
            raise machine_refusal("write", added.figures, error) from error


def first_world(written: Mapping[str, Any]) -> World | None:
    """Return the world whose customers a result holds; None if it is of the study as given.

    Raises
    ------
    ResultFolderError
        If what the manifest says of it cannot be read.
    """
    found = written.get("first_world")
    if found is None:
        return None
    try:
        values = {str(name): float(value) for name, value in found["parameters"].items()}
        off = frozenset(map(str, found["off"]))
        world = World(int(found["number"]), values, off, float(found["size"]))
        check_world(world)
        return world
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as reason:
        raise ResultFolderError(
            f"the world in {MANIFEST} cannot be read ({reason}). Run the comparison again."
        ) from reason


def check_customer(study: Study, number: int) -> None:
    """Refuse a customer whom a run of the study does not simulate."""
    people = sum(study.market.simulated)
    if 0 <= number < people:
        return
    message = f"there is no customer {number}"
    remedy = f"the customers that this study simulates are numbered from 0 to {people - 1}"
    raise StudyError([Problem("--customer", None, None, "", message, remedy)])
