"""The part of ``compare`` that switches mechanisms off, one at a time."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.commands.experiment import Experiment
from analysis.commands.progress import Reporter
from analysis.comparison.ablations import contributions
from analysis.comparison.wording import headline_measures, shown_measures
from analysis.evidence.sampled import Sample
from sim.running.batch import DONE, RunStatus
from sim.running.workers import Workers
from sim.study.ablations import ABLATIONS, switched_off


@dataclass(frozen=True)
class Ablated:
    """Runs without a mechanism, by its name; kept beside the study's own runs.

    Attributes
    ----------
    statuses : dict of str to list of RunStatus
        Of what was asked for, then of what an earlier command had switched off.
    earlier : dict of str to int
        Replicates of the latter.
    """

    statuses: dict[str, list[RunStatus]]
    earlier: dict[str, int]

    @property
    def all(self) -> list[RunStatus]:
        """Return all of them, in the order of the study."""
        return [status for statuses in self.statuses.values() for status in statuses]

    def finished(self, replicates: int) -> dict[str, int]:
        """Return the replicates of each that is finished: of what was asked for, all of them."""
        return {
            name: self.earlier.get(name, replicates)
            for name, group in self.statuses.items()
            if all(status.status == DONE for status in group)
        }

    @property
    def note(self) -> str:
        """What to say of mechanisms that were not asked for and are shown; empty if none are."""
        said = (f"{ABLATIONS[name].label} ({n} runs each)" for name, n in self.earlier.items())
        words = ", ".join(said)
        return f"Shown too, because it was switched off earlier: {words}." if words else ""


def run_ablations(
    experiment: Experiment, sample: Sample, number: int, progress: Reporter, workers: Workers
) -> Ablated:
    """Run every org model without each mechanism that the study switches off.

    A run's name in the result folder covers what is switched off, so these stand beside
    the others, and the same command completes them. What an earlier command has switched off
    stays in the answer as it is: asking for less takes nothing away.
    """
    study, folder = experiment.study, experiment.folder
    statuses = {
        name: experiment.complete(
            sample.specs(number, switched_off(study, name)), progress, workers
        )
        for name in study.ablations
    }
    earlier = {}
    for name, finished in folder.finished_ablations.items():
        most = min(finished, number)
        specs = sample.specs(most, switched_off(study, name))
        if name not in statuses and all(folder.holds(spec) for spec in specs):
            earlier[name] = most
            statuses[name] = [RunStatus(spec, DONE) for spec in specs]
    return Ablated(statuses, earlier)


def measured_without(experiment: Experiment, ablated: Ablated) -> dict[str, pd.DataFrame]:
    """Return the measures without each mechanism, by its name, as far as runs were done."""
    return {
        name: frame
        for name, group in ablated.statuses.items()
        if (frame := experiment.folder.recorded(group, "measures")) is not None
    }


def write_ablations(
    experiment: Experiment, statuses: list[RunStatus], without: dict[str, pd.DataFrame]
) -> pd.DataFrame | None:
    """Write ``ablations.csv`` and return it; None if there is nothing to write."""
    study, folder = experiment.study, experiment.folder
    with_all = folder.recorded(statuses, "measures")
    if with_all is None or not without or len(study.organisations) < 2:
        return None
    wanted = shown_measures(headline_measures(), with_all)
    wanted += [] if study.headline in wanted else [study.headline]
    table = contributions(with_all, without, study.baseline, wanted, study.budget)
    folder.write("ablations.csv", table)
    return table
