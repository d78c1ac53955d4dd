"""``sizes``: the same comparison in smaller and larger firms, and where its answer changes."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analysis.commands.experiment import Experiment, check_memory_for, read_study, workers_for
from analysis.commands.progress import reporter, said_if_long
from analysis.commands.terminal import json_ready, note, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of, labels_of
from analysis.comparison.leading import ONE_HEAD_RULE, lead_as_object
from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import UNEQUAL_REMARK, finding
from analysis.evidence.sizes import (
    AtSize,
    at_size,
    firms_of,
    firms_text,
    sizes_table,
    sizes_text,
    where_it_changes,
)
from sim.keeping import manifest
from sim.keeping.files import csv_decimal, machine_refusal
from sim.reading.resizing import Resized
from sim.running.batch import DONE, RunStatus, specs_for
from sim.running.memory import largest_of
from sim.study.errors import Problem, StudyError
from sim.study.study import Study

FIGURE = "sizes"
SEARCHING = "Looking for the customers that lead to so many people at each size ..."


def execute(options: argparse.Namespace) -> int:
    """Compare the org models at every size, write the folder, print the table."""
    study = read_study(options)
    with said_if_long(SEARCHING, quiet=options.quiet):
        firms = _firms(study, options)
    asked = f"sizes {','.join(str(firm.asked) for firm in firms)}"
    with (
        csv_decimal(options.csv_decimal),
        Experiment(study, options, asked, len(firms)) as experiment,
    ):
        return _run(experiment, firms, options)


def _firms(study: Study, options: argparse.Namespace) -> list[Resized]:
    """Return the firms asked for, all of which this machine can hold.

    Raises
    ------
    StudyError
        With every reason why one is none, or is too large.
    """
    firms = firms_of(study, options.employees)
    problems: list[Problem] = []
    for firm in firms if options.cluster is None else ():
        try:
            check_memory_for(firm.study, 1, f"--employees {firm.asked}", events=False)
        except StudyError as error:
            problems += error.problems
    if problems:
        raise StudyError(problems)
    return firms


def _run(experiment: Experiment, firms: Sequence[Resized], options: argparse.Namespace) -> int:
    study = experiment.study
    number = experiment.replicates_shown(_asked(study, options))
    specs = [spec for firm in firms for spec in specs_for(firm.study, range(number))]
    largest = largest_of(firm.study for firm in firms)
    with (
        reporter(study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, len(specs), largest) as workers,
    ):
        statuses = experiment.complete(specs, progress, workers)
    runs = len(specs) // len(firms)
    found = [
        at_size(firm, experiment.folder.measured(statuses[place * runs : (place + 1) * runs]))
        for place, firm in enumerate(firms)
    ]
    _write(experiment, found, statuses, options, number)
    code = experiment.close(_told_apart(statuses, firms), replicates=number)
    _tell(experiment, found, statuses, options)
    return code


def _asked(study: Study, options: argparse.Namespace) -> int:
    return int(options.replicates or study.design.replicates)


def _told_apart(statuses: Sequence[RunStatus], firms: Sequence[Resized]) -> list[RunStatus]:
    """Return the fates of runs, a failed one's reason with its size."""
    runs = len(statuses) // len(firms)
    return [
        status
        if status.status == DONE
        else replace(
            status, reason=f"{firms[place // runs].employees:,} employees: {status.reason}"
        )
        for place, status in enumerate(statuses)
    ]


def _write(
    experiment: Experiment,
    found: Sequence[AtSize],
    statuses: Sequence[RunStatus],
    options: argparse.Namespace,
    number: int,
) -> None:
    """Write the tables and the figure."""
    folder = experiment.folder
    folder.write("sizes.csv", sizes_table(found))
    answer = _as_object(experiment, found, statuses, number)
    folder.write("sizes.json", json_ready(answer))
    figures = not options.no_figures
    if figures or number != folder.finished_replicates:
        folder.remove_figures()
    if figures and any(status.status == DONE for status in statuses):
        _draw(experiment, found, number)


def _draw(experiment: Experiment, found: Sequence[AtSize], number: int) -> None:
    study, folder = experiment.study, experiment.folder
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.sizes")
    footnote = footnote_of(study, number, experiment.hash)
    folder.list_figures(drawing.sizes_files(FIGURE))
    try:
        drawing.write_sizes(folder.figures, FIGURE, found, labels_of(study), footnote)
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error


def _as_object(
    experiment: Experiment, found: Sequence[AtSize], statuses: Sequence[RunStatus], number: int
) -> dict[str, Any]:
    """Return the answer as plain data: what was searched, who leads, all measures."""
    study, labels = experiment.study, labels_of(experiment.study)
    sizes = [
        {
            **each.firm.facts,
            "fixed_heads": each.firm.fixed,
            "lead": lead_as_object(
                each.lead, finding(each.comparison, each.lead, labels), labels
            ),
        }
        for each in found
    ]  # fmt: skip
    apart = _told_apart(statuses, [each.firm for each in found])
    return {
        "study": study.study,
        "changed": study.changes,
        "hash": experiment.hash,
        "baseline": study.baseline,
        "headline": study.headline,
        "budget": study.budget,
        "replicates": number,
        "answer": where_it_changes(found, labels),
        "sizes": sizes,
        "comparison": sizes_table(found).to_dict("records"),
        "failures": [row for row in manifest.status_rows(apart) if row["status"] != DONE],
    }


def _tell(
    experiment: Experiment,
    found: Sequence[AtSize],
    statuses: Sequence[RunStatus],
    options: argparse.Namespace,
) -> None:
    """Print the answer, as a table or as one JSON object."""
    study, labels = experiment.study, labels_of(experiment.study)
    asked = _asked(study, options)
    number = experiment.replicates_shown(asked)
    if number != asked and not options.quiet:
        note(
            f"Shown is the finished result of {number} replicates, which holds the {asked} asked "
            "for. To compute those alone, add --fresh or --out DIR."
        )
    if options.json:
        answer = _as_object(experiment, found, statuses, number)
        more = {"results": str(experiment.folder.path), "replicates_asked": asked}
        say_object(answer | more)
    else:
        said = [*heading_of(study), sizes_text(found, labels), ""]
        said += [f"{where_it_changes(found, labels)}.", *_notes(study, number), ""]
        say("\n".join([*said, *firms_text(found)]))
    say_results(experiment.folder.path, options.json)


def _notes(study: Study, number: int) -> list[str]:
    """Return how the table is to be read."""
    remark = [UNEQUAL_REMARK] if study.budget == UNEQUAL else []
    if number < 2:
        return [*remark, "One replicate gives no intervals; ask for more with --replicates."]
    return [
        *remark,
        f"\u00b1 is half a 95 % interval (Student t over {number} runs with the same luck); * "
        "leaves out zero.",
        "Who leads is ahead of every other one by more than luck, and of money by more than one "
        f"head is worth ({ONE_HEAD_RULE}).",
    ]
