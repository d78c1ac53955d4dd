"""``claims``: what the literature asserts, each put to the test, with a verdict from the runs."""

from __future__ import annotations

import argparse
import hashlib
import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.commands.experiment import Experiment, workers_for
from analysis.commands.headlines import as_asked, run_headlines
from analysis.commands.progress import Reporter, reporter, said_if_long
from analysis.commands.terminal import json_ready, note, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of
from analysis.evidence.claim_cells import Cells, runs_of
from analysis.evidence.claim_files import Claim, claims_folder, load_claims
from analysis.evidence.claim_runs import ClaimRuns
from analysis.evidence.claims_told import (
    HOW_TO_READ,
    as_data,
    beside_text,
    claims_table,
    claims_text,
    counted,
    fails_text,
    hardly_matters_text,
    worlds_in_words,
)
from analysis.evidence.ensembles import Drawn, evenly_drawn
from analysis.evidence.headlines import FIRST_NUMBER, headline_runs, load_headlines
from analysis.evidence.verdicts import Verdict, verdicts_of
from sim.keeping import manifest
from sim.keeping.files import csv_decimal, machine_refusal
from sim.runner import RunSpec
from sim.running.batch import DONE, RunStatus
from sim.running.memory import largest_of
from sim.running.workers import Workers
from sim.study.errors import Problem, StudyError
from sim.study.study import Study

WORLDS = 24
"""Worlds by default, shared by the ensembles there are."""
ANSWERED = "claims.json"
READING_CLAIMS = "Reading claims, and the study of each of their cells ..."


def execute(options: argparse.Namespace) -> int:
    """Run what the claims take, write the folder, print a verdict each."""
    options.study = None
    if options.headline:
        return _headlines(options)
    claims = _chosen(options)
    with said_if_long(READING_CLAIMS, quiet=options.quiet):
        cells = Cells(options.set, options.seed)
        base, runs = cells.base(), runs_of(claims, cells)
    drawn = _drawn(base, options, options.worlds or WORLDS)
    asked = f"claims {_which(options, claims)} {drawn.content}"
    with csv_decimal(options.csv_decimal), Experiment(base, options, asked) as experiment:
        drawn = _at_least_as_many(experiment, drawn, options)
        return _run(experiment, claims, ClaimRuns(runs, drawn), drawn, options)


def _headlines(options: argparse.Namespace) -> int:
    """Run the questions on which the sources contradict one another."""
    if options.only:
        problem = Problem(
            "--only", None, None, "", "numbers name claims, not questions", "leave one of the two"
        )
        raise StudyError([problem])
    headlines = load_headlines()
    with said_if_long(READING_CLAIMS, quiet=options.quiet):
        cells = Cells(options.set, options.seed)
        base = cells.base()
        runs = {
            FIRST_NUMBER + place: headline_runs(each, cells) for place, each in enumerate(headlines)
        }
    drawn = _drawn(base, options, options.worlds or WORLDS)
    asked = f"{as_asked(headlines)} {drawn.content} {len(drawn.worlds)}"
    with csv_decimal(options.csv_decimal), Experiment(base, options, asked) as experiment:
        return run_headlines(experiment, headlines, ClaimRuns(runs, drawn), drawn, options)


def _chosen(options: argparse.Namespace) -> list[Claim]:
    """Return the claims asked for.

    Raises
    ------
    StudyError
        If there is none of some number.
    """
    claims = load_claims()
    there = {claim.claim for claim in claims}
    wanted = options.only or sorted(there)
    problems = [
        Problem(
            f"--only {number}",
            None,
            None,
            "",
            f"there is no claim {number}",
            f"there are {min(there)} to {max(there)}, in {claims_folder()}",
        )
        for number in wanted
        if number not in there
    ]
    if problems:
        raise StudyError(problems)
    return [claim for claim in claims if claim.claim in wanted]


def _which(options: argparse.Namespace, claims: Sequence[Claim]) -> str:
    """Return which claims are asked for, and as they are written: part of a folder's hash."""
    text = "\n".join(claim.model_dump_json() for claim in claims)
    numbers = ",".join(map(str, options.only)) if options.only else "all"
    return f"{numbers} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _drawn(base: Study, options: argparse.Namespace, number: int) -> Drawn:
    return evenly_drawn(base, Path(options.out), number, options.source)


def _at_least_as_many(experiment: Experiment, drawn: Drawn, options: argparse.Namespace) -> Drawn:
    """Return the worlds asked for, or those of a larger result that is finished already."""
    finished = experiment.finished_worlds(ANSWERED, "worlds_asked")
    asked = options.worlds or WORLDS
    if finished <= asked or options.fresh:
        return drawn
    if not options.quiet:
        note(
            f"Shown is the finished result of {finished} worlds, which holds the {asked} asked "
            "for. To compute those alone, add --fresh or --out DIR."
        )
    options.worlds = finished
    return _drawn(experiment.study, options, finished)


def _run(
    experiment: Experiment,
    claims: Sequence[Claim],
    runs: ClaimRuns,
    drawn: Drawn,
    options: argparse.Namespace,
) -> int:
    specs = runs.specs
    largest = largest_of(spec.study for spec in specs)
    with (
        reporter(experiment.study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, len(specs), largest) as workers,
    ):
        if not options.quiet:
            progress.message(_how_many(runs, drawn))
        statuses = experiment.complete_pool(specs, progress, workers)
        placebo = _placebo(experiment, specs, progress, workers)
    runs.read(experiment.pool.measures, [s.spec for s in statuses if s.status == DONE])
    names = {claim.claim: runs.names_of(claim.claim) for claim in claims}
    found = verdicts_of(claims, runs, drawn, names)
    numbers = {claim.claim: runs.number_of(claim.claim) for claim in claims}
    answer = _as_object(experiment, found, numbers, drawn, statuses, options)
    answer |= {"runs": len(specs), "runs_before_sharing": runs.asked, "placebo": placebo}
    _write(experiment, found, numbers, answer, drawn, options)
    code = experiment.close(statuses, replicates=1, worlds=len(drawn.worlds))
    _tell(experiment, found, answer, drawn, options)
    return code


def _how_many(runs: ClaimRuns, drawn: Drawn) -> str:
    return (
        f"{len(runs.specs):,} runs over {len(drawn.worlds)} worlds (of {runs.asked:,}: equal ones "
        "are shared)"
    )


def _placebo(
    experiment: Experiment, specs: Sequence[RunSpec], progress: Reporter, workers: Workers
) -> float | None:
    """Return the largest difference, over all measures, of an org model to itself renamed.

    None if either run failed. The renamed one is run by itself, not taken from the pool.
    """
    own = next(iter(specs))
    renamed = own.organisation.model_copy(update={"organisation": "placebo", "label": ""})
    twin = RunSpec(own.study, renamed, own.replicate, own.world)
    (status,) = experiment.complete([twin], progress, workers)
    if status.status != DONE or not experiment.pool.holds(own):
        return None
    first = experiment.pool.measures(own)["value"].to_numpy(np.float64)
    second = experiment.folder.measured([status])["value"].to_numpy(np.float64)
    if first.shape != second.shape or not np.array_equal(np.isnan(first), np.isnan(second)):
        return float("inf")
    return float(np.nanmax(np.abs(first - second), initial=0.0))


def _as_object(
    experiment: Experiment,
    found: Sequence[Verdict],
    numbers: Mapping[int, int],
    drawn: Drawn,
    statuses: Sequence[RunStatus],
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Return the answer as plain data."""
    study = experiment.study
    return {
        "study": study.study,
        "changed": study.changes,
        "hash": experiment.hash,
        "title": _title(found, drawn),
        "worlds": len(drawn.worlds),
        "worlds_asked": options.worlds or WORLDS,
        "worlds_of": list(drawn.groups) if drawn.fitted else "registered ranges",
        "fitted": drawn.fitted,
        "caveat": drawn.title,
        "all_claims": not options.only,
        "claims": [as_data(each, numbers[each.claim.claim]) for each in found],
        "failures": [row for row in manifest.status_rows(statuses) if row["status"] != DONE],
    }


def _title(found: Sequence[Verdict], drawn: Drawn) -> str:
    """Return what came out, in one line, with what kind of worlds it rests on."""
    said = counted(found)
    return f"{said} ({drawn.title})" if drawn.title else said


def _write(
    experiment: Experiment,
    found: Sequence[Verdict],
    numbers: Mapping[int, int],
    answer: dict[str, Any],
    drawn: Drawn,
    options: argparse.Namespace,
) -> None:
    """Write the tables and the figure."""
    folder = experiment.folder
    folder.write("claims.csv", claims_table(found, numbers))
    folder.write(ANSWERED, json_ready(answer))
    folder.remove_figures()
    if options.no_figures:
        return
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.claims")
    footnote = footnote_of(experiment.study, 1, experiment.hash)
    folder.list_figures(drawing.claims_files())
    try:
        drawing.write_claims(folder.figures, found, worlds_in_words(drawn), footnote, drawn.title)
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error


def _tell(
    experiment: Experiment,
    found: Sequence[Verdict],
    answer: dict[str, Any],
    drawn: Drawn,
    options: argparse.Namespace,
) -> None:
    """Print the answer, as tables or as one JSON object."""
    folder = experiment.folder.path
    if options.json:
        say_object(answer | {"results": str(folder)})
        say_results(folder, options.json)
        return
    said = [*heading_of(experiment.study), f"{_title(found, drawn)}.", ""]
    small = hardly_matters_text(found)
    said += [claims_text(found), "", *([small] if small else [])]
    said += _remarks(answer, drawn, options)
    for text in (fails_text(found), beside_text(found)):
        said += ["", text] if text else []
    said += ["", _BESIDE] if beside_text(found) else []
    say("\n".join(said).replace("\u2212", "-"))
    say_results(folder, options.json)


_BESIDE = (
    "What stands beside a claim supports nothing; by construction: the lever that is moved sets "
    "what is measured."
)


def _remarks(answer: dict[str, Any], drawn: Drawn, options: argparse.Namespace) -> list[str]:
    """Return how the table is to be read."""
    family = "those named here" if options.only else "all of them"
    placebo = answer["placebo"]
    said = [
        f"{worlds_in_words(drawn)}. {answer['runs']:,} runs; q over {family}.",
        HOW_TO_READ,
        "A condition to fail is run in every second world and decides no verdict.",
    ]
    if placebo is not None:
        equal = "exactly 0" if placebo == 0.0 else f"{placebo:g}, which it should not"
        said.append(f"Placebo, the first org model against itself under another name: {equal}.")
    return said
