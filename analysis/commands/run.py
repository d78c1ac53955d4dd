"""``run``: one org model of a study, one replicate."""

from __future__ import annotations

import argparse
import math

import pandas as pd

from analysis.commands.experiment import Experiment, read_study
from analysis.commands.progress import reporter
from analysis.commands.terminal import note, say, say_object, say_results
from analysis.comparing import heading_of
from analysis.comparison.for_people import unit_shown
from analysis.comparison.wording import in_display_unit
from sim.keeping import manifest
from sim.keeping.files import csv_decimal
from sim.running.batch import DONE, RunStatus, specs_for
from sim.study.errors import Problem, StudyError
from sim.study.spelling import did_you_mean
from sim.study.study import Study
from sim.study.tables import MEASURES, column_names


def execute(options: argparse.Namespace) -> int:
    """Run one org model once, write its folder, print its overall measures."""
    study = _only(read_study(options), options.org)
    with csv_decimal(options.csv_decimal), Experiment(study, options) as experiment:
        return _run(experiment, options)


def _run(experiment: Experiment, options: argparse.Namespace) -> int:
    study = experiment.study
    specs = specs_for(study, [0], customers=True, events=options.events)
    with reporter(f"{study.study}: {options.org}", quiet=options.quiet) as progress:
        statuses = experiment.complete(specs, progress)
    shown = experiment.replicates_shown(1)
    measures = _write(experiment, statuses, larger=shown > 1)
    code = experiment.close(statuses, replicates=shown, jobs=1)
    if shown > 1 and not options.quiet:
        note(f"Shown is the first replicate; the folder keeps its finished result of {shown}.")
    overall = measures[measures["scope"] == "overall"]
    if options.json:
        say_object(
            {
                "study": study.study,
                "changed": study.changes,
                "hash": experiment.hash,
                "results": str(experiment.folder.path),
                "org_model": options.org,
                "measures": dict(zip(overall["measure"], overall["value"], strict=True)),
                "failures": [
                    row for row in manifest.status_rows(statuses) if row["status"] != DONE
                ],
            }
        )
    else:
        say("\n".join([*heading_of(study), _table(overall)]))
    say_results(experiment.folder.path, options.json)
    return code


def _write(experiment: Experiment, statuses: list[RunStatus], *, larger: bool) -> pd.DataFrame:
    """Write the tables of the run and return its measures.

    Tables of more replicates, a `larger` result of the same study, stay as they are.
    """
    folder = experiment.folder
    if folder.join("events.parquet", statuses, "events"):
        log = folder.recorded(statuses, "events")
        for name in ("events.csv", "events.xes"):
            folder.write(name, log)
    if larger:
        recorded = folder.recorded(statuses, "measures")
        nothing = pd.DataFrame(columns=column_names("measures.parquet"))
        return nothing if recorded is None else recorded
    folder.write("runs.csv", pd.DataFrame(manifest.status_rows(statuses)))
    folder.join("customers.parquet", statuses, "customers")
    return folder.measures(statuses)


def _only(study: Study, name: str) -> Study:
    """Return the study with one of its org models alone.

    Raises
    ------
    StudyError
        If it has no org model of that name.
    """
    names = [model.organisation for model in study.organisations]
    if name not in names:
        message = f"the study has no org model '{name}'; it has {', '.join(names)}"
        raise StudyError([Problem("--org", None, None, "", message, did_you_mean(name, names))])
    chosen = tuple(model for model in study.organisations if model.organisation == name)
    return study.model_copy(update={"organisations": chosen, "baseline": name})


def _table(overall: pd.DataFrame) -> str:
    """Return label, value and unit of every overall measure, a line each."""
    lines = []
    for name, value in zip(overall["measure"], overall["value"], strict=True):
        if math.isnan(value):
            lines.append(f"{MEASURES[name].label:<32}{'missing':>14}")
            continue
        spec = MEASURES[name]
        shown = in_display_unit(spec, value)
        lines.append(f"{spec.label:<32}{shown:>14,.{spec.decimals}f}  {unit_shown(spec)}")
    return "\n".join(lines)
