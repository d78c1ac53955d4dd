"""A study's baseline beside the firm's own event log, where the study names one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.commands.experiment import Experiment, study_file
from analysis.real_log.log_fit import LOGGED_REPLICATES, RealLog, fit_table, log_fit, read_log
from sim.keeping.files import machine_refusal
from sim.reading.named_files import named_file
from sim.reading.study_files import scan_study
from sim.reading.validation import problem_at
from sim.runner import RunSpec
from sim.running.batch import DONE, RunStatus
from sim.study.errors import StudyError
from sim.study.study import Study


@dataclass(frozen=True)
class BesideLog:
    """The comparison with a log: the table ``log_fit.csv``, and as text for a terminal."""

    fit: pd.DataFrame
    text: str


def named_log(options: argparse.Namespace, study: Study) -> RealLog | None:
    """Read the log that the study names; None if it names none.

    Raises
    ------
    StudyError
        If the file does not hold the statistics of a log.
    MachineRefusal
        If the machine does not let it be read.
    """
    if study.compared_with is None:
        return None
    file = named_file(Path(study_file(options.study)).parent, study.compared_with)
    try:
        return read_log(file)
    except ValueError as error:
        remedy = "a log's statistics are written by `python -m analysis.real_log.loan_log`"
        message = f"{file} cannot be compared with: {error}"
        source = scan_study(study_file(options.study))
        raise StudyError([problem_at(source, ("compared_with",), message, remedy)]) from error
    except OSError as error:
        raise machine_refusal("read", file, error) from error


def logged(specs: Sequence[RunSpec], study: Study) -> list[RunSpec]:
    """Return the runs, those that are to be compared with a log keeping their events.

    Only the first replicates of the baseline do: events cost time and room.
    """
    if study.compared_with is None:
        return list(specs)
    return [
        replace(spec, events=True)
        if spec.organisation.organisation == study.baseline and spec.replicate < LOGGED_REPLICATES
        else spec
        for spec in specs
    ]


def beside_log(
    experiment: Experiment, statuses: Sequence[RunStatus], log: RealLog | None
) -> BesideLog | None:
    """Set the finished runs that kept their events beside the log, and write ``log_fit.csv``.

    Returns
    -------
    BesideLog or None
        None if the study names no log, or no such run finished.
    """
    if log is None:
        return None
    events = {}
    for status in statuses:
        table = experiment.folder.recorded([status], "events")
        if status.status == DONE and table is not None:
            events[status.spec.replicate] = table
    if not events:
        return None
    study = experiment.study
    fit = log_fit(events, study, log.statistics)
    experiment.folder.write("log_fit.csv", fit)
    models = {model.organisation: model.label for model in study.organisations}
    label = models[study.baseline] or study.baseline
    return BesideLog(fit, fit_table(fit, label, len(events), log.citation))
