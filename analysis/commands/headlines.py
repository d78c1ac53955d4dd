"""``claims --headline``: the questions on which the sources contradict one another."""

from __future__ import annotations

import argparse
import hashlib
import importlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.commands.experiment import Experiment, workers_for
from analysis.commands.progress import reporter
from analysis.commands.terminal import json_ready, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of
from analysis.comparison.columns import aligned
from analysis.evidence.claim_runs import ClaimRuns
from analysis.evidence.claims_told import measure_name, unit_of_quantity, worlds_in_words
from analysis.evidence.ensembles import Drawn
from analysis.evidence.headlines import FIRST_NUMBER, Answered, Headline, answered
from sim.keeping import manifest
from sim.keeping.files import machine_refusal
from sim.running.batch import DONE, RunStatus
from sim.running.memory import largest_of
from sim.study.tables import column_names

TABLE, OBJECT = "headlines.csv", "headlines.json"
HOW_FOUND = (
    "Ahead or behind: the interval, which holds for all differences of an experiment together, "
    "leaves out zero; the difference is at least the smallest of interest; and 80 % of worlds "
    "agree."
)


def as_asked(headlines: Sequence[Headline]) -> str:
    """Return what is asked, as part of a folder's hash."""
    text = "\n".join(each.model_dump_json() for each in headlines)
    return f"headlines {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def run_headlines(
    experiment: Experiment,
    headlines: Sequence[Headline],
    runs: ClaimRuns,
    drawn: Drawn,
    options: argparse.Namespace,
) -> int:
    """Run the experiments, write the folder, print what each found; return the exit code."""
    specs = runs.specs
    largest = largest_of(spec.study for spec in specs)
    with (
        reporter(experiment.study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, len(specs), largest) as workers,
    ):
        statuses = experiment.complete_pool(specs, progress, workers)
    runs.read(experiment.pool.measures, [s.spec for s in statuses if s.status == DONE])
    found = [
        answered(each, FIRST_NUMBER + place, runs) for place, each in enumerate(headlines)
    ]  # fmt: skip
    answer = _as_object(experiment, found, drawn, statuses)
    _write(experiment, found, answer, drawn, options)
    code = experiment.close(statuses, replicates=1, worlds=len(drawn.worlds))
    if options.json:
        say_object(answer | {"results": str(experiment.folder.path)})
    else:
        said = [*heading_of(experiment.study), worlds_in_words(drawn), ""]
        for each in found:
            said += [each.headline.question, "", _text(each), "", f"{each.sentence}.", ""]
        say("\n".join([*said, HOW_FOUND]).replace("\u2212", "-"))
    say_results(experiment.folder.path, options.json)
    return code


def _rows(found: Sequence[Answered]) -> pd.DataFrame:
    """Return all differences: columns of ``headlines.csv``."""
    tables = [
        each.table.assign(
            headline=each.headline.headline,
            measure=measure_name(each.headline.measure),
            against=each.headline.against,
        )
        for each in found
    ]
    return pd.concat(tables, ignore_index=True)[column_names(TABLE)]


def _as_object(
    experiment: Experiment, found: Sequence[Answered], drawn: Drawn, statuses: Sequence[RunStatus]
) -> dict[str, Any]:
    study = experiment.study
    return {
        "study": study.study,
        "changed": study.changes,
        "hash": experiment.hash,
        "worlds": len(drawn.worlds),
        "fitted": drawn.fitted,
        "caveat": drawn.title,
        "headlines": [
            {
                "headline": each.headline.headline,
                "question": each.headline.question,
                "says": each.headline.says,
                "smallest": each.headline.smallest,
                "answer": each.sentence,
                "rows": each.table.to_dict("records"),
            }
            for each in found
        ],
        "failures": [row for row in manifest.status_rows(statuses) if row["status"] != DONE],
    }


def _write(
    experiment: Experiment,
    found: Sequence[Answered],
    answer: dict[str, Any],
    drawn: Drawn,
    options: argparse.Namespace,
) -> None:
    """Write the table, the object and a figure each."""
    folder = experiment.folder
    folder.write(TABLE, _rows(found))
    folder.write(OBJECT, json_ready(answer))
    folder.remove_figures()
    if options.no_figures:
        return
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.headlines")
    footnote = f"{worlds_in_words(drawn)}. {footnote_of(experiment.study, 1, experiment.hash)}"
    folder.list_figures([name for each in found for name in drawing.headline_files(each)])
    try:
        for each in found:
            drawing.write_headline(folder.figures, each, footnote, drawn.title)
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error


def _text(found: Answered) -> str:
    """Return an experiment's differences as aligned lines."""
    headline = found.headline
    unit = unit_of_quantity(headline.measure)
    than = f"less {headline.label(headline.against)}"
    rows = [[headline.axis, "", than, unit.words, "95 % interval", "agree", "found"]]
    for _, row in found.table.iterrows():
        share = "-" if pd.isna(row["sign_share"]) else f"{row['sign_share']:.0%}"
        span = unit.between(row["low"], row["high"])
        label = headline.label(str(row["cell"]))
        size = unit.of(row["difference"])
        rows.append([str(row["at"]), str(row["panel"]), label, size, span, share, row["found"]])
    return "\n".join(aligned(rows, {0, 1, 2, 6}))
