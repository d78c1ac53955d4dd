"""``compare``: every org model of a study with the same customers and the same luck."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commands.ablation_runs import measured_without, run_ablations, write_ablations
from analysis.commands.beside_log import BesideLog, beside_log, logged, named_log
from analysis.commands.board import check_board, run_pages
from analysis.commands.experiment import Experiment, read_study, workers_for
from analysis.commands.for_people import write_for_people
from analysis.commands.progress import Reporter, reporter
from analysis.commands.terminal import note, say, say_object, say_results
from analysis.comparing import extension_figures, footnote_of, heading_of, labels_of
from analysis.comparison.ablations import ablation_table
from analysis.comparison.headline import headline_table
from analysis.comparison.leading import Lead, lead_as_object, leading
from analysis.comparison.pairing import compare_measures, precision_reached
from analysis.comparison.pairing_gain import pairing_gain, pairing_words
from analysis.comparison.remarks import corners, designs, staffing, transitions, warm_up
from analysis.comparison.two_groups import in_words, split_org_models
from analysis.comparison.wording import finding
from analysis.evidence.sampled import AUTO, Sample, sample_for, worth_of_a_head
from analysis.evidence.would_change import UNKNOWN, what_worlds_said, what_would_change
from analysis.real_log.log_fit import RealLog
from sim.checks.doubts import doubts
from sim.keeping import manifest
from sim.keeping.files import csv_decimal, machine_refusal, remove
from sim.keeping.own_files import PACK_FILES
from sim.running.batch import (
    DONE,
    REPLICATE_CAP,
    Precision,
    RunStatus,
    replicates_until,
)
from sim.running.workers import Workers
from sim.study.ablations import ABLATIONS
from sim.study.study import Study
from sim.study.tables import MEASURES

DEFAULT_PRECISION = 0.02
"""Half-width that ``auto`` stops at, as a share of the baseline's level."""


@dataclass(frozen=True)
class _Outcome:
    """What the runs came to."""

    statuses: list[RunStatus]
    precision: Precision
    wanted: float | None


def execute(options: argparse.Namespace) -> int:
    """Run the comparison, write its folder, print its table; return the exit code."""
    check_board(options)
    study = read_study(options)
    log = named_log(options, study)
    sample = sample_for(study, options)
    with (
        csv_decimal(options.csv_decimal),
        Experiment(study, options, worlds=sample.content) as experiment,
    ):
        # A larger finished result is shown in place of a smaller one asked for.
        number = experiment.replicates_shown(sample.asked)
        if number > sample.asked:
            sample = replace(sample_for(study, options, number), asked=sample.asked)
        code = _compare(experiment, sample, log, options)
        folder = experiment.folder.path
    if not options.board or code:
        return code
    # Imported only where they are wanted: other commands, and what writes the pack.
    answering = importlib.import_module("analysis.commands.answer")
    return run_pages(study, folder, options, answering.answer)


def _compare(
    experiment: Experiment, sample: Sample, log: RealLog | None, options: argparse.Namespace
) -> int:
    study = experiment.study
    at_once = len(study.organisations) * experiment.replicates_shown(sample.asked)
    with (
        reporter(study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, at_once, study) as workers,
    ):
        runs = _Runs(experiment, sample, progress, workers)
        outcome = runs.until_precise(options) if options.replicates == AUTO else runs.fixed()
        number = outcome.precision.replicates
        idle = experiment.complete(sample.idle_specs(number), progress, workers)
        ablated = run_ablations(experiment, sample, number, progress, workers)
        place = {"jobs": None if workers.remote else workers.size, "cluster": options.cluster}
    measures = experiment.folder.measures(outcome.statuses)
    worth = worth_of_a_head(measures, experiment.folder.measured(idle), study) if idle else None
    lead = leading(measures, study.headline, worth)
    result = _Result(sample, outcome, measures, worth)
    comparison = _write(experiment, result, figures=not options.no_figures, quiet=options.quiet)
    beside = beside_log(experiment, outcome.statuses, log)
    without = measured_without(experiment, ablated)
    effects = write_ablations(experiment, outcome.statuses, without)
    place["ablated"] = ablated.finished(number)
    facts = {"head_worth": worth, **sample.facts, **_facts(sample, outcome)}
    code = experiment.close([*outcome.statuses, *idle, *ablated.all], **place, **facts)
    if ablated.note and not options.quiet:
        note(ablated.note)
    by_label = {ABLATIONS[name].label: frame for name, frame in without.items()}
    labels = labels_of(study)
    gain = pairing_gain(measures, study.baseline, study.headline)
    remarks = (
        *(f"Warning: {text}." for text in doubts(study)),
        *warm_up(measures, study),
        *designs(study),
        *transitions(measures, study),
        *staffing(measures, labels),
        *corners(measures, by_label, labels),
        *pairing_words(gain, study.headline, measures["world"].nunique()),
    )
    sentence = finding(comparison, lead, labels)
    write_for_people(experiment, comparison, sentence, sample.footing(number), options)
    split, out = split_org_models(measures), Path(options.out)
    told = what_worlds_said(study, out), what_would_change(study, out)
    tables = _Tables(comparison, lead, split, beside, effects, remarks, *told)
    _tell(experiment, result, tables, options)
    return code


@dataclass(frozen=True)
class _Result:
    """What was run, over what, and what one head is worth by it."""

    sample: Sample
    outcome: _Outcome
    measures: pd.DataFrame
    worth: float | None


@dataclass(frozen=True)
class _Tables:
    """What there is to tell: the comparison, and what else there is to say."""

    comparison: pd.DataFrame
    lead: Lead
    split: pd.DataFrame
    beside: BesideLog | None
    effects: pd.DataFrame | None
    remarks: tuple[str, ...] = ()
    worlds_said: str = ""
    would_change: str = UNKNOWN


class _Runs:
    """The runs of one comparison, a fixed number of them or as many as it takes."""

    def __init__(
        self, experiment: Experiment, sample: Sample, progress: Reporter, workers: Workers
    ) -> None:
        self._experiment = experiment
        self._sample = sample
        self._first = experiment.replicates_shown(sample.asked)
        self._progress = progress
        self._workers = workers

    def fixed(self) -> _Outcome:
        """Run a given number of worlds or replicates."""
        return _Outcome(self._complete(self._first), Precision(self._first, "fixed"), None)

    def until_precise(self, options: argparse.Namespace) -> _Outcome:
        """Add replicates until the headline interval is narrow enough."""
        study = self._experiment.study
        statuses: list[RunStatus] = []
        wanted: float | None = options.precision

        def narrow(number: int) -> bool | None:
            nonlocal wanted
            statuses[:] = self._complete(number)
            if any(status.status != DONE for status in statuses):
                return None
            measures = self._experiment.folder.measures(statuses)
            if wanted is None:
                wanted = DEFAULT_PRECISION * _baseline_level(measures, study)
            return precision_reached(measures, study.baseline, study.headline, wanted)

        cap = max(self._first, REPLICATE_CAP)
        precision = replicates_until(narrow, first=self._first, cap=cap)
        return _Outcome(statuses, precision, wanted)

    def _complete(self, number: int) -> list[RunStatus]:
        study = self._experiment.study
        return self._experiment.complete(
            logged(self._sample.specs(number, customers=True), study),
            self._progress,
            self._workers,
        )


def _baseline_level(measures: pd.DataFrame, study: Study) -> float:
    """Return the size of the headline measure under the baseline."""
    chosen = (
        (measures["org_model"] == study.baseline)
        & (measures["measure"] == study.headline)
        & (measures["scope"] == "overall")
    )
    return float(abs(measures.loc[chosen, "value"].mean()))


def _write(experiment: Experiment, result: _Result, *, figures: bool, quiet: bool) -> pd.DataFrame:
    """Write tables and figures; return the comparison."""
    study, folder = experiment.study, experiment.folder
    outcome, measures = result.outcome, result.measures
    comparison = compare_measures(measures, study.baseline, study.budget)
    folder.write("comparison.csv", comparison)
    folder.write("runs.csv", pd.DataFrame(manifest.status_rows(outcome.statuses)))
    folder.join("customers.parquet", outcome.statuses, "customers")
    # Without new figures those of a finished result of as many replicates stay: they show it.
    if figures or outcome.precision.replicates != folder.finished_replicates:
        folder.remove_figures()
    if outcome.precision.replicates != folder.finished_replicates:
        for name in PACK_FILES:  # a pack of fewer runs would contradict the tables beside it
            remove(folder.path / name)
    if figures and any(status.status == DONE for status in outcome.statuses):
        _draw(experiment, result, comparison, quiet=quiet)
    return comparison


def _draw(
    experiment: Experiment, result: _Result, comparison: pd.DataFrame, *, quiet: bool
) -> None:
    """Write the figures, each on the folder's list before it is there."""
    study, folder = experiment.study, experiment.folder
    footing = result.sample.footing(result.outcome.precision.replicates)
    footnote = footnote_of(study, footing, experiment.hash)
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.gallery")
    figures = (*drawing.FIGURES, *extension_figures(study))
    folder.list_figures(drawing.file_names(figures))
    try:
        drawn = drawing.write_figures(
            folder.figures,
            result.measures,
            comparison,
            labels_of(study),
            footnote,
            study.headline,
            figures,
            result.worth,
            result.sample.caveat,
        )
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error
    folder.list_figures(file.name for file in drawn)
    if not quiet and (remark := drawing.spelled_out(labels_of(study).values())):
        note(remark)


def _facts(sample: Sample, outcome: _Outcome) -> dict[str, Any]:
    """Return how many worlds or replicates there were, and why."""
    number = outcome.precision.replicates
    return {
        "worlds": 0 if sample.drawn is None else number,
        "replicates_in_world": sample.inside,
        "replicates": number,
        "replicates_ended": outcome.precision.ended,
        "precision": outcome.wanted,
    }


def _tell(
    experiment: Experiment, result: _Result, tables: _Tables, options: argparse.Namespace
) -> None:
    """Print the answer, as a table or as one JSON object."""
    study, beside, effects = experiment.study, tables.beside, tables.effects
    comparison, outcome, sample = tables.comparison, result.outcome, result.sample
    ending = _ending(outcome, study, sample)
    if ending and not options.quiet:
        note(ending)
    if options.json:
        overall = comparison[comparison["scope"] == "overall"]
        say_object(
            {
                "study": study.study,
                "changed": study.changes,
                "hash": experiment.hash,
                "results": str(experiment.folder.path),
                "baseline": study.baseline,
                "headline": study.headline,
                "budget": study.budget,
                **_facts(sample, outcome),
                "replicates_asked": sample.asked,
                "worlds_are": sample.caveat,
                "lead": lead_as_object(
                    tables.lead, finding(overall, tables.lead, labels_of(study)), labels_of(study)
                ),
                "comparison": overall.to_dict("records"),
                "two_groups": tables.split.to_dict("records"),
                **({"log_fit": beside.fit.to_dict("records")} if beside else {}),
                **({"ablations": effects.to_dict("records")} if effects is not None else {}),
                "remarks": tables.remarks,
                "worlds_said": tables.worlds_said,
                "would_change": tables.would_change,
                "failures": [
                    row for row in manifest.status_rows(outcome.statuses) if row["status"] != DONE
                ],
            }
        )
    else:
        for line in heading_of(study):
            say(line)
        n_asked = outcome.precision.replicates
        say(headline_table(comparison, labels_of(study), tables.lead, n_asked))
        for line in (*_about_worlds(sample), tables.worlds_said, tables.would_change):
            if line:
                say(line)
        if not tables.split.empty:
            say(f"\n{in_words(tables.split, labels_of(study))}")
        if beside is not None:
            say(f"\n{beside.text}")
        if effects is not None:
            say(f"\n{ablation_table(effects, labels_of(study), study.headline)}")
        if tables.remarks:
            say("\n" + "\n".join(tables.remarks))
    say_results(experiment.folder.path, options.json)


def _about_worlds(sample: Sample) -> list[str]:
    """Return what worlds are, and that they are too few to name a winner."""
    if sample.drawn is None:
        return [
            "All of it holds at one point of what is assumed. `fit` finds worlds in which the firm "
            "looks like firms, `worlds` asks who wins over many."
        ]
    kind = f" ({sample.caveat})" if sample.caveat else ""
    return [
        f"A world is one draw of all that is assumed of the firm{kind}, with luck of its own. So "
        "few name no winner: `worlds` asks many."
    ]


def _ending(outcome: _Outcome, study: Study, sample: Sample) -> str:
    """Say why there are so many worlds or replicates; nothing if it is the number asked for."""
    ended, number, asked = outcome.precision.ended, outcome.precision.replicates, sample.asked
    label = MEASURES[study.headline].label
    width = "" if outcome.wanted is None else f"{outcome.wanted:.3g} either side"
    return {
        "fixed": ""
        if number == asked
        else f"Shown is the finished result of {sample.footing(number)}, which holds the {asked} "
        "asked for. To compute those alone, add --fresh or --out DIR.",
        "reached": f"{number} replicates: the 95 % interval of {label} is within {width}.",
        "cap": f"Stopped at {number} replicates: the 95 % interval of {label} is still wider "
        f"than {width}. Ask for less with --precision, or for a number with --replicates.",
        "failed": f"Stopped adding replicates at {number}, because runs failed.",
    }[ended]
