"""``run``: one org model of a study, one replicate."""

from __future__ import annotations

import argparse
import math

import pandas as pd

from analysis.commands.experiment import Experiment, read_study
from analysis.commands.progress import reporter
from analysis.commands.terminal import say, say_object, say_results
from sim.keeping import manifest
from sim.running.batch import DONE, specs_for
from sim.study.errors import Problem, StudyError
from sim.study.spelling import did_you_mean
from sim.study.study import Study
from sim.study.tables import MEASURES


def execute(options: argparse.Namespace) -> int:
    """Run one org model once, write its folder, print its overall measures."""
    study = _only(read_study(options), options.org)
    with Experiment(study, options) as experiment:
        return _run(experiment, options)


def _run(experiment: Experiment, options: argparse.Namespace) -> int:
    study = experiment.study
    specs = specs_for(study, [0], customers=True, events=options.events)
    with reporter(f"{study.study}: {options.org}", quiet=options.quiet) as progress:
        statuses = experiment.complete(specs, progress)
    measures = experiment.folder.measures(statuses)
    experiment.folder.write("runs.csv", pd.DataFrame(manifest.status_rows(statuses)))
    experiment.folder.join("customers.parquet", statuses, "customers")
    if experiment.folder.join("events.parquet", statuses, "events"):
        log = experiment.folder.recorded(statuses, "events")
        for name in ("events.csv", "events.xes"):
            experiment.folder.write(name, log)
    code = experiment.close(statuses, replicates=1, jobs=1)
    overall = measures[measures["scope"] == "overall"]
    if options.json:
        say_object(
            {
                "study": study.study,
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
        say(_table(overall))
    say_results(experiment.folder.path, options.json)
    return code


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
        scale = 100.0 if spec.display == "percent" else 1.0
        unit = spec.unit.replace("share", "%", 1) if spec.display == "percent" else spec.unit
        lines.append(f"{spec.label:<32}{value * scale:>14,.{spec.decimals}f}  {unit}")
    return "\n".join(lines)
