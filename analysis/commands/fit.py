"""``fit``: worlds in which one org model of a firm gives what is known of firms as they are."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.experiment import Experiment, read_study, workers_for
from analysis.commands.progress import Reporter, reporter
from analysis.commands.terminal import json_ready, note, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of
from analysis.evidence.ensembles import (
    ENSEMBLES,
    Ensemble,
    ensemble_file,
    ensemble_text,
    read_ensemble,
)
from analysis.evidence.fit_words import (
    ensemble_from,
    fit_text,
    patterns_table,
    patterns_text,
    recipe_facts,
    ridges,
)
from analysis.evidence.fitted import FitSize, Fitted, stream_of
from analysis.evidence.fitting import Fitting, Measured, NoWorldLeftError
from analysis.evidence.predicted import predictions_of
from analysis.evidence.sampling import coordinates
from analysis.evidence.targets import targets_of
from analysis.evidence.would_change import OF_STUDY
from sim.keeping.files import csv_decimal, machine_refusal, write_text
from sim.keeping.plain_files import refuse_odd_folder
from sim.runner import RunSpec
from sim.running.batch import DONE, RunStatus
from sim.running.workers import Workers
from sim.study.errors import Problem, StudyError
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.worlds import World

_FIGURE = "patterns"


def execute(options: argparse.Namespace) -> int:
    """Look for the worlds, write them and what they give, print the table."""
    study = read_study(options)
    org_model = _org_model(study, options.as_org)
    again = max(1, round(0.15 * options.members))
    plan = FitSize(options.runs, options.members, again, stream_of(study, org_model))
    asked = f"fit --as {org_model.organisation} --runs {plan.runs} --members {plan.members}"
    with csv_decimal(options.csv_decimal), Experiment(study, options, asked) as experiment:
        return _fit(experiment, org_model, plan, asked, options)


def _org_model(study: Study, name: str | None) -> OrgModel:
    """Return the one org model that is run.

    Raises
    ------
    StudyError
        If the study has none of that name, or nothing is known of its firm.
    """
    wanted = study.baseline if name is None else name
    found = [each for each in study.organisations if each.organisation == wanted]
    problems = []
    if not found:
        there = ", ".join(each.organisation for each in study.organisations)
        message = f"there is no org model `{wanted}` in this study; there are {there}"
        problems.append(Problem(f"--as {wanted}", None, None, "", message, "name one of these"))
    if not any(each.pattern.fitted for each in targets_of(study)):
        message = "nothing is known of this firm that worlds could be fitted to"
        remedy = "say of which `kind` the enterprise is, or give figures of its own as `patterns`"
        problems.append(Problem(study.study, None, None, "patterns", message, remedy))
    if problems:
        raise StudyError(problems)
    return found[0]


class _Runs:
    """The runs of one org model, kept in the pool; it knows no other org model."""

    def __init__(
        self, experiment: Experiment, org_model: OrgModel, progress: Reporter, workers: Workers
    ) -> None:
        self._experiment, self._org_model = experiment, org_model
        self._progress, self._workers = progress, workers
        self.statuses: list[RunStatus] = []

    def measured(
        self, worlds: Sequence[World], replicates: Sequence[int]
    ) -> list[list[pd.DataFrame | None]]:
        """Return the measures of each world's replicates; None where a run failed."""
        study = self._experiment.study
        inside = [(world, world.of(study)) for world in worlds]
        specs = [
            RunSpec(firm, self._org_model, replicate, world.number)
            for world, firm in inside
            for replicate in replicates
        ]
        statuses = self._experiment.complete_pool(specs, self._progress, self._workers)
        self.statuses += statuses
        tables = [
            self._experiment.pool.measures(status.spec) if status.status == DONE else None
            for status in statuses
        ]
        names = ["measure", "scope", "scope_id", "value"]
        rows = [table[names] if table is not None else None for table in tables]
        return [rows[at : at + len(replicates)] for at in range(0, len(rows), len(replicates))]


def _fit(
    experiment: Experiment,
    org_model: OrgModel,
    plan: FitSize,
    asked: str,
    options: argparse.Namespace,
) -> int:
    study = experiment.study
    with (
        reporter(study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, plan.runs, study) as workers,
    ):
        runs = _Runs(experiment, org_model, progress, workers)
        measured: Measured = runs.measured
        try:
            fitted = Fitting(study, measured, plan, progress.message).fitted()
        except NoWorldLeftError as reason:
            raise StudyError([Problem(study.study, None, None, "patterns", *_none(reason))]) from (
                reason
            )
        ensemble = ensemble_from(study, org_model.organisation, fitted, asked)
        progress.message("Predicting what nothing was fitted to")
        table = patterns_table(fitted, predictions_of(study, org_model, fitted, ensemble.worlds))
    file = _write(experiment, fitted, ensemble, table, options)
    code = experiment.close(runs.statuses, replicates=1)
    _tell(experiment, fitted, ensemble, table, options, plan, file)
    return code


def _none(reason: NoWorldLeftError) -> tuple[str, str]:
    return str(reason), "look at `patterns` and at what the study fixes under `parameters`"


def _write(
    experiment: Experiment,
    fitted: Fitted,
    ensemble: Ensemble,
    table: pd.DataFrame,
    options: argparse.Namespace,
) -> Path | None:
    """Write table, figure and worlds; return the file of worlds, if there are any."""
    folder = experiment.folder
    folder.write("patterns.csv", table)
    folder.remove_figures()
    if not options.no_figures:
        drawing = importlib.import_module("analysis.figures.patterns")
        footnote = footnote_of(experiment.study, 1, experiment.hash)
        folder.list_figures(drawing.patterns_files(_FIGURE))
        try:
            drawing.write_patterns(folder.figures, _FIGURE, table, ensemble.org_model, footnote)
        except OSError as error:
            raise machine_refusal("write", folder.figures, error) from error
    return _kept(experiment, ensemble, options) if ensemble.worlds else None


def _kept(experiment: Experiment, ensemble: Ensemble, options: argparse.Namespace) -> Path:
    """Write the worlds beside the result folders, unless more of the same study are there."""
    out = experiment.folder.path.parent
    place = out / ENSEMBLES
    refuse_odd_folder(place)
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise machine_refusal("create", place, error) from error
    file = ensemble_file(ensemble, experiment.study.enterprise.enterprise, out)
    if file.exists() and not options.fresh:
        there = read_ensemble(file)
        same = there.recipe.get(OF_STUDY) == ensemble.recipe[OF_STUDY]
        if same and len(there.worlds) > len(ensemble.worlds):
            note(
                f"{file} keeps its {len(there.worlds)} worlds, which are more than the "
                f"{len(ensemble.worlds)} found now. To replace them, add --fresh."
            )
            return file
    return write_text(file, ensemble_text(ensemble))


def _tell(
    experiment: Experiment,
    fitted: Fitted,
    ensemble: Ensemble,
    table: pd.DataFrame,
    options: argparse.Namespace,
    plan: FitSize,
    file: Path | None,
) -> None:
    """Print the table, or one JSON object."""
    study = experiment.study
    tied = ridges(fitted.members, fitted.informed, coordinates(study))
    sentences = fit_text(fitted, plan.members, ensemble.org_model)
    answer: dict[str, Any] = {
        "study": study.study,
        "changed": study.changes,
        "hash": experiment.hash,
        "org_model": ensemble.org_model,
        "patterns": table.to_dict("records"),
        "recipe": recipe_facts(ensemble.recipe),
        "ridges": tied,
        "sentences": sentences,
        "worlds": None if file is None else str(file),
    }
    experiment.folder.write("fit.json", json_ready(answer))
    if options.json:
        say_object(answer | {"results": str(experiment.folder.path)})
    else:
        known = f"What is known of firms, and what {ensemble.org_model} gives"
        say("\n".join([*heading_of(study), known, "", patterns_text(table), "", *sentences]))
        for pair in tied:
            said = f"{pair['first']} and {pair['second']}: {pair['correlation']:+.2f}"
            say(f"Tied to one another, so read neither by itself: {said}.")
        if file is not None:
            say(f"worlds: {file}")
    if file is None and not options.quiet:
        note("No worlds were found, so there is no file of them.")
    say_results(experiment.folder.path, options.json)
