"""``worlds``: the ranking over all that is uncertain, and what would change it."""

from __future__ import annotations

import argparse
import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis.commands.experiment import Experiment, read_study, workers_for
from analysis.commands.progress import Reporter, reporter
from analysis.commands.terminal import json_ready, note, say, say_object, say_results
from analysis.comparing import footnote_of, heading_of, labels_of
from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import UNEQUAL_REMARK
from analysis.evidence.ensembles import FROM_RANGES, Drawn, drawn_worlds, ensembles_of
from analysis.evidence.explained import Explained, explained
from analysis.evidence.explained_words import (
    explained_object,
    flips_words,
    moving_lines,
    share_lines,
    switch_lines,
    tipping_lines,
    verdict_words,
)
from analysis.evidence.moving import LEAST_WORLDS
from analysis.evidence.one_head import idle_heads
from analysis.evidence.other_rules import (
    Exchanged,
    exchanged,
    rival_specs,
    rules_lines,
    rules_object,
    rules_table,
)
from analysis.evidence.over_worlds import (
    Luck,
    OverWorlds,
    how_many_worlds,
    idle_specs,
    luck_in,
    luck_specs,
    ranked_in,
    regret_table,
    specs_in,
    worlds_table,
)
from analysis.evidence.regime_words import (
    chosen_maps,
    is_too_small,
    map_object,
    map_sentence,
    map_suspicion,
    unstaffed_words,
)
from analysis.evidence.regimes import (
    RegimeMap,
    possible_gaps,
    regime_map,
    regime_specs,
    regimes,
)
from analysis.evidence.worlds_answer import luck_object, source_words, worlds_object
from analysis.evidence.worlds_words import luck_words, remarks, verdict_table
from analysis.evidence.would_change import ANSWER
from sim.keeping import manifest
from sim.keeping.files import csv_decimal, machine_refusal
from sim.runner import RunSpec
from sim.running.batch import DONE, RunStatus
from sim.running.workers import Workers
from sim.study.study import Study


@dataclass(frozen=True)
class _Runs:
    """The fates of all runs, those with idle people apart, and what they found."""

    compared: list[RunStatus]
    idle: list[RunStatus]
    found: OverWorlds
    luck: Luck
    told: Explained | None
    maps: tuple[RegimeMap, ...] = ()
    rules: tuple[Exchanged, ...] = ()
    beside: tuple[RunStatus, ...] = ()

    @property
    def statuses(self) -> list[RunStatus]:
        return [*self.compared, *self.idle, *self.beside]


def execute(options: argparse.Namespace) -> int:
    """Compare the org models in every world, write the folder, print the ranking."""
    study = read_study(options)
    pairs = chosen_maps(study, options.maps)
    drawn = _drawn(study, options, options.worlds)
    with (
        csv_decimal(options.csv_decimal),
        Experiment(study, options, f"worlds {drawn.content}") as experiment,
    ):
        drawn = _at_least_as_many(experiment, drawn, options)
        return _run(experiment, drawn, pairs, options)


def _drawn(study: Study, options: argparse.Namespace, asked: int | None) -> Drawn:
    out = Path(options.out)
    found = [] if options.source == FROM_RANGES else ensembles_of(study, out)
    sizes = [len(each.worlds) for each in found]
    return drawn_worlds(study, out, *how_many_worlds(asked, sizes), options.source)


def _at_least_as_many(experiment: Experiment, drawn: Drawn, options: argparse.Namespace) -> Drawn:
    """Return the worlds asked for, or those of a larger result that is finished already."""
    finished = experiment.finished_worlds(ANSWER, "worlds")
    if finished <= len(drawn.worlds):
        return drawn
    if not options.quiet:
        note(
            f"Shown is the finished result of {finished} worlds, which holds the "
            f"{len(drawn.worlds)} asked for. To compute those alone, add --fresh or --out DIR."
        )
    return _drawn(experiment.study, options, finished)


def _run(
    experiment: Experiment,
    drawn: Drawn,
    pairs: Sequence[tuple[str, str]],
    options: argparse.Namespace,
) -> int:
    study = experiment.study
    specs = specs_in(study, drawn.worlds, study.organisations)
    largest = max((spec.study for spec in specs), key=lambda each: each.market.customers)
    with (
        reporter(study.study, quiet=options.quiet) as progress,
        workers_for(options, progress, len(specs), largest) as workers,
    ):
        runs = _compute(experiment, drawn, specs, progress, workers)
        rules, of_rules = _exchange(experiment, runs.found, options, progress, workers)
        maps, of_maps = _chart(experiment, runs, (pairs, options.map_worlds), progress, workers)
        runs = replace(runs, rules=rules, maps=maps, beside=(*of_rules, *of_maps))
    failed = [row for row in manifest.status_rows(runs.statuses) if row["status"] != DONE]
    answer = worlds_object(study, experiment.hash, runs.found, labels_of(study), failed)
    answer |= luck_object(runs.luck) | rules_object(runs.rules)
    answer["maps"] = [map_object(each, labels_of(study)) for each in runs.maps]
    answer["answer"] = verdict_words(runs.found, runs.told, labels_of(study))
    answer |= explained_object(runs.found, runs.told, labels_of(study))
    _write(experiment, runs, answer, options)
    code = experiment.close(runs.statuses, replicates=1, worlds=len(drawn.worlds))
    _tell(experiment, runs, answer, options)
    return code


def _compute(
    experiment: Experiment,
    drawn: Drawn,
    specs: Sequence[RunSpec],
    progress: Reporter,
    workers: Workers,
) -> _Runs:
    """Run all org models in all worlds, idle people in some, and luck a second time in fewer."""
    study, pool, name = experiment.study, experiment.pool, experiment.study.headline
    heads = idle_heads(study)
    idle = idle_specs(study, drawn, heads)
    statuses = experiment.complete_pool([*specs, *idle], progress, workers)
    of_all, of_idle = statuses[: len(specs)], statuses[len(specs) :]
    shape = (len(drawn.worlds), len(study.organisations))
    values = np.reshape(pool.values(of_all, name), shape)
    found = ranked_in(study, drawn, values, np.array(pool.values(of_idle, name)), heads)
    if found.outcome is None:
        return _Runs(of_all, of_idle, found, Luck(math.nan, 0), None)
    again = experiment.complete_pool(luck_specs(study, found), progress, workers)
    luck = luck_in(found, np.array(pool.values(again, name)))
    told = explained(found, seed=study.design.seed)
    return _Runs([*of_all, *again], of_idle, found, luck, told)


def _exchange(
    experiment: Experiment,
    found: OverWorlds,
    options: argparse.Namespace,
    progress: Reporter,
    workers: Workers,
) -> tuple[tuple[Exchanged, ...], tuple[RunStatus, ...]]:
    """Run the org models under rules of another kind; return the rankings, with the fates."""
    if not options.rule_worlds or found.outcome is None:
        return (), ()
    specs = rival_specs(experiment.study, found.drawn, options.rule_worlds)
    statuses = experiment.complete_pool(specs, progress, workers)
    values = np.array(experiment.pool.values(statuses, found.measure))
    return tuple(exchanged(experiment.study, values)), tuple(statuses)


def _chart(
    experiment: Experiment,
    runs: _Runs,
    wanted: tuple[Sequence[tuple[str, str]], int],
    progress: Reporter,
    workers: Workers,
) -> tuple[tuple[RegimeMap, ...], tuple[RunStatus, ...]]:
    """Run the org models as other firms, and return who is best among which, with the fates."""
    study, pool, found = experiment.study, experiment.pool, runs.found
    pairs, number = wanted
    if not number or found.outcome is None:
        return (), ()
    first = next(status for status in runs.compared if status.status == DONE)
    firms = regimes(study, found.drawn, possible_gaps(study, pool.crossings(first.spec)), number)
    statuses = experiment.complete_pool(regime_specs(study, firms), progress, workers)
    values = np.array(pool.values(statuses, study.headline))
    values = found.sign * values.reshape(number, len(study.organisations))
    worth = found.one_head.value
    least = math.inf if math.isnan(worth) else max(0.0, worth)
    maps = [regime_map(firms, values, found.models, pair, least) for pair in pairs]
    # Too small a firm for an org model is an answer; only what went wrong is a failure.
    return tuple(maps), tuple(each for each in statuses if not is_too_small(each.reason))


def _write(
    experiment: Experiment, runs: _Runs, answer: dict[str, Any], options: argparse.Namespace
) -> None:
    """Write the tables and the figures."""
    folder, found = experiment.folder, runs.found
    experiment.pool.join(folder.path / "measures.parquet", runs.compared)
    folder.write("worlds.parquet", worlds_table(found.drawn))
    folder.write("regret.csv", regret_table(found, experiment.study.budget))
    if runs.rules:
        folder.write("rules.csv", rules_table(runs.rules))
    if runs.told is not None:
        folder.write("sensitivity.csv", runs.told.moving.table)
    folder.write(ANSWER, json_ready(answer))
    folder.remove_figures()
    if not options.no_figures and found.outcome is not None:
        _draw(experiment, runs)


def _draw(experiment: Experiment, runs: _Runs) -> None:
    study, folder, found = experiment.study, experiment.folder, runs.found
    # Imported only where figures are wanted: what draws takes as long to load as to draw.
    drawing = importlib.import_module("analysis.figures.worlds")
    mark = f"{len(found.drawn.worlds)} worlds, {experiment.hash}"
    footnote = footnote_of(study, 1, mark)
    makers = {
        drawing.RANKING: lambda labels, note: drawing.draw_ranking(
            found, runs.told, labels, note, study.budget
        ),
        drawing.TORNADO: lambda labels, note: drawing.draw_tornado(found, runs.told, labels, note),
    }
    charting = importlib.import_module("analysis.figures.regimes")
    for each in runs.maps:
        name = f"worlds_map_{each.across}_{each.down}"
        makers[name] = partial(charting.draw_regimes, each, study.headline)
    folder.list_figures(drawing.files_of(list(makers)))
    labels = labels_of(study)
    try:
        drawing.write_drawings(folder.figures, labels, footnote, makers, study.budget)
    except OSError as error:
        raise machine_refusal("write", folder.figures, error) from error


def _tell(
    experiment: Experiment, runs: _Runs, answer: dict[str, Any], options: argparse.Namespace
) -> None:
    """Print the answer, as a table or as one JSON object."""
    study, labels, found = experiment.study, labels_of(experiment.study), runs.found
    if options.json:
        say_object(answer | {"results": str(experiment.folder.path)})
    else:
        said = [*heading_of(study), source_words(study, found, labels), ""]
        if found.outcome is not None:
            said += [verdict_table(found, labels), ""]
        said += [f"{verdict_words(found, runs.told, labels)}.", ""]
        said += remarks(found, labels)
        said += _would_change(runs, labels)
        said += ["", *rules_lines(runs.rules, found, labels)] if runs.rules else []
        said += ["", *(f"{map_sentence(each, labels)}." for each in runs.maps)]
        said += [*unstaffed_words(runs.maps), *map_suspicion(runs.maps, labels)]
        said += [UNEQUAL_REMARK] if study.budget == UNEQUAL else []
        # A terminal may know no true minus sign.
        say("\n".join(said).replace("\u2212", "-"))
    say_results(experiment.folder.path, options.json)


def _would_change(runs: _Runs, labels: dict[str, str]) -> list[str]:
    """Return what would change this answer, as far as so many worlds can tell."""
    found, told = runs.found, runs.told
    if told is None:
        few = f"What would change this takes {LEAST_WORLDS} worlds or more to tell."
        return [*luck_words(found, runs.luck, labels), few]
    return [
        "",
        flips_words(found, told, labels),
        "",
        *moving_lines(found, told, labels),
        *tipping_lines(told, found, labels),
        *share_lines(found, told, runs.luck),
        "",
        *switch_lines(told, found, labels),
    ]
