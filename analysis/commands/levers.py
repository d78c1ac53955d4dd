"""``levers``: which levers a difference between two org models is owed to, over worlds."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.commands.experiment import Experiment, read_study, workers_for
from analysis.commands.progress import reporter, said_if_long
from analysis.commands.terminal import json_ready, note, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of, labels_of
from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import UNEQUAL_REMARK
from analysis.evidence.attribution import (
    Attribution,
    CoalitionValues,
    Method,
    attribution_as_object,
    coalitions_table,
    levers_table,
)
from analysis.evidence.attribution_words import attribution_text, owed
from analysis.evidence.coalitions import Between, between
from analysis.evidence.ensembles import Drawn, evenly_drawn
from sim.keeping import manifest
from sim.keeping.files import csv_decimal, machine_refusal
from sim.keeping.pool import RunPool
from sim.runner import RunSpec
from sim.running.batch import DONE, RunStatus
from sim.study.errors import Problem, StudyError
from sim.study.plans import Plan
from sim.study.spelling import nearest_or_all
from sim.study.study import Study
from sim.study.tables import MEASURES

_FIGURE = "waterfall"
_ANSWER = "levers.json"
_PERMUTATIONS = 8
"""Orders that are sampled in each world unless another number is asked for."""
CHECKING = "Checking every org model between the two ..."


@dataclass(frozen=True)
class _Asked:
    """What is asked: between whom, how, on which measure."""

    between: Between
    method: Method
    measure: str
    single: bool

    def text(self, drawn: Drawn) -> str:
        """Return what tells this question from others: part of the folder's hash."""
        ends = (self.between.first.organisation, self.between.second.organisation)
        how = f"{'single ' if self.single else ''}{self.method.orders or 'all'}"
        return f"levers from {ends[0]} to {ends[1]} on {self.measure}, {how}, {drawn.content}"


def execute(options: argparse.Namespace) -> int:
    """Attribute the difference, write the folder, print the table."""
    study = _study(options)
    with said_if_long(CHECKING, quiet=options.quiet):
        drawn = _drawn(study, options, options.worlds)
        asked = _asked(study, options, drawn)
    with (
        csv_decimal(options.csv_decimal),
        Experiment(study, options, asked.text(drawn)) as experiment,
    ):
        earlier = experiment.finished_worlds(_ANSWER, "worlds")
        if earlier > options.worlds:
            drawn = _drawn(study, options, earlier)
            asked = replace(asked, between=_between(asked, drawn))
        return _run(experiment, asked, drawn, options)


def _study(options: argparse.Namespace) -> Study:
    """Return the study with the two org models that the options name, and its baseline.

    Raises
    ------
    StudyError
        If there is no such org model, or the options go together badly.
    """
    options.orgs = [options.first, options.second]
    try:
        study = read_study(options)
    except StudyError as error:
        raise StudyError([_at_option(problem, options) for problem in error.problems]) from error
    problems = list(_complaints(study, options))
    if problems:
        raise StudyError(problems)
    return study


def _at_option(problem: Problem, options: argparse.Namespace) -> Problem:
    """Return a problem of a named org model at the option that names it."""
    for option, name in (("--from", options.first), ("--to", options.second)):
        if problem.file == f"--orgs {name}":
            return replace(problem, file=f"{option} {name}")
    return problem


def _complaints(study: Study, options: argparse.Namespace) -> list[Problem]:
    found = []
    if options.first == options.second:
        message = "this is the org model that --from names"
        found.append((f"--to {options.second}", message, "name another one"))
    for option, name in (("--from", options.first), ("--to", options.second)):
        if _plan(study, name).transition is not None:
            message = "a transition has no levers of its own that could be taken one at a time"
            remedy = "name the org models that it leads from and to"
            found.append((f"{option} {name}", message, remedy))
    measure = options.measure
    if measure is not None and (measure not in MEASURES or MEASURES[measure].is_count):
        message = "there is no such measure of a whole firm"
        known = [name for name, spec in MEASURES.items() if not spec.is_count]
        found.append((f"--measure {measure}", message, nearest_or_all(measure, known)))
    return [Problem(where, None, None, "", what, remedy) for where, what, remedy in found]


def _plan(study: Study, name: str) -> Plan:
    return next(plan for plan in study.organisations if plan.organisation == name)


def _drawn(study: Study, options: argparse.Namespace, number: int) -> Drawn:
    return evenly_drawn(study, Path(options.out), number, options.source, option="--source")


def _asked(study: Study, options: argparse.Namespace, drawn: Drawn) -> _Asked:
    sampled = options.permutations or (_PERMUTATIONS if options.single else 0)
    ends = (_plan(study, options.first), _plan(study, options.second))
    asked = _Asked(
        Between(study, *ends, ()),
        Method(sampled, study.design.seed),
        options.measure or study.headline,
        options.single,
    )
    return replace(asked, between=_between(asked, drawn))


def _between(asked: _Asked, drawn: Drawn) -> Between:
    """Return the groups in which the two differ, every org model wanted having been checked."""

    def wanted(groups: int) -> set[int]:
        found = (asked.method.sets_in(world.number, groups) for world in drawn.worlds)
        return set().union(*found)

    ends = (asked.between.study, asked.between.first, asked.between.second)
    return between(*ends, wanted, single=asked.single)


def _run(experiment: Experiment, asked: _Asked, drawn: Drawn, options: argparse.Namespace) -> int:
    study, groups = experiment.study, len(asked.between.groups)
    models: dict[int, Plan] = {}
    specs, chosen = [], []
    for world in drawn.worlds:
        there = world.of(study)
        for each in asked.method.sets_in(world.number, groups):
            model = models.setdefault(each, asked.between.model(each))
            specs.append(RunSpec(there, model, 0, world.number))
            chosen.append(each)
    with (
        reporter(study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, len(specs), study) as workers,
    ):
        statuses = experiment.complete_pool(specs, progress, workers)
    values = _values(experiment.pool, asked.measure, drawn, statuses, chosen)
    found = Attribution(asked.between, drawn, asked.measure, asked.method, values)
    answer = _as_object(experiment, found, statuses)
    _write(experiment, found, answer, options)
    code = experiment.close(statuses, replicates=1, worlds=len(drawn.worlds))
    _tell(experiment, found, answer, options)
    return code


def _values(
    pool: RunPool,
    measure: str,
    drawn: Drawn,
    statuses: Sequence[RunStatus],
    chosen: Sequence[int],
) -> list[CoalitionValues]:
    """Return the measure under each set of groups, world by world; NaN where there is none."""
    found: dict[int, dict[int, float]] = {world.number: {} for world in drawn.worlds}
    values = pool.values(statuses, measure)
    for status, each, value in zip(statuses, chosen, values, strict=True):
        found[status.spec.world][each] = value
    return [found[world.number] for world in drawn.worlds]


def _as_object(
    experiment: Experiment, found: Attribution, statuses: Sequence[RunStatus]
) -> dict[str, Any]:
    """Return the answer as plain data."""
    study, labels = experiment.study, labels_of(experiment.study)
    ends = (found.between.first.organisation, found.between.second.organisation)
    return {
        "study": study.study,
        "changed": study.changes,
        "hash": experiment.hash,
        "budget": study.budget,
        "from": ends[0],
        "to": ends[1],
        "labels": [labels[name] for name in ends],
        "answer": owed(found, labels),
        **attribution_as_object(found),
        "runs": len(statuses),
        "failures": [row for row in manifest.status_rows(statuses) if row["status"] != DONE],
    }


def _write(
    experiment: Experiment, found: Attribution, answer: dict[str, Any], options: argparse.Namespace
) -> None:
    """Write the tables and the figure."""
    folder = experiment.folder
    folder.write("levers.csv", levers_table(found))
    folder.write("coalitions.csv", coalitions_table(found))
    folder.write(_ANSWER, json_ready(answer))
    folder.remove_figures()
    if options.no_figures or not found.groups or not found.whole:
        return
    study = experiment.study
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.waterfall")
    footnote = footnote_of(study, 1, f"{worlds_text(found)}, {experiment.hash}")
    folder.list_figures(drawing.waterfall_files(_FIGURE))
    try:
        drawing.write_waterfall(folder.figures, _FIGURE, found, labels_of(study), footnote)
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error


def worlds_text(found: Attribution) -> str:
    """Return how many worlds were run, and of what."""
    worlds = f"{len(found.drawn.worlds)} world{'' if len(found.drawn.worlds) == 1 else 's'}"
    if not found.drawn.fitted:
        return f"{worlds} drawn from registered ranges"
    counts = [f"{found.drawn.of.count(name)} {name}" for name in found.drawn.groups]
    return f"{worlds} of ensembles ({', '.join(counts)})"


def _tell(
    experiment: Experiment, found: Attribution, answer: dict[str, Any], options: argparse.Namespace
) -> None:
    """Print the answer, as a table or as one JSON object."""
    study, number = experiment.study, len(found.drawn.worlds)
    if number != options.worlds and not options.quiet:
        note(
            f"Shown is the finished result of {number} worlds, which holds the {options.worlds} "
            "asked for. To compute those alone, add --fresh or --out DIR."
        )
    if options.json:
        more = {"results": str(experiment.folder.path), "worlds_asked": options.worlds}
        say_object(answer | more)
    else:
        said = [*heading_of(study), f"{answer['answer']}.", ""]
        text = attribution_text(found, labels_of(study)) if found.groups and found.whole else ""
        said += [text] if text else []
        said += [UNEQUAL_REMARK] if study.budget == UNEQUAL else []
        say("\n".join(said).replace("\u2212", "-"))
    say_results(experiment.folder.path, options.json)
