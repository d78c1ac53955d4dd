"""What a comparison is run over: draws of luck of the study as given, or worlds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.evidence.ensembles import FROM_RANGES, Drawn, drawn_worlds, ensembles_of
from analysis.evidence.one_head import baseline_of, idle_heads, lost_a_head, with_idle
from sim.runner import RunSpec
from sim.running.batch import FIRST_BLOCK, specs_for
from sim.study.levers import OrgModel
from sim.study.study import Study

AUTO = "auto"


@dataclass(frozen=True)
class Sample:
    """What a comparison is run over.

    Attributes
    ----------
    study : Study
    drawn : Drawn or None
        Worlds, of which a larger finished result has more; None for the study as given.
    asked : int
        Worlds asked for, or replicates of the study as given.
    inside : int
        Replicates in each world; 1 for the study as given.
    """

    study: Study
    drawn: Drawn | None
    asked: int
    inside: int = 1

    @property
    def content(self) -> str:
        """What tells these worlds from others; empty for the study as given."""
        if self.drawn is None:
            return ""
        return f"{self.drawn.content} x{self.inside}" if self.inside > 1 else self.drawn.content

    @property
    def caveat(self) -> str:
        """What a title says of the worlds; empty for the study as given, or nothing to say."""
        return "" if self.drawn is None else self.drawn.title

    def footing(self, number: int) -> str:
        """Return how many there are of what intervals are over, in words."""
        unit = "replicate" if self.drawn is None else "world"
        more = f" of {self.inside} replicates" if self.inside > 1 else ""
        return f"{number} {unit}{'' if number == 1 else 's'}{more}"

    def specs(
        self,
        number: int,
        study: Study | None = None,
        organisations: Sequence[OrgModel] | None = None,
        *,
        customers: bool = False,
    ) -> list[RunSpec]:
        """Return the runs over so many of them.

        Parameters
        ----------
        number : int
            Worlds, or replicates of the study as given.
        study : Study, optional
            In place of the sample's own: with a mechanism switched off.
        organisations : sequence of OrgModel, optional
            The org models; those of the study if left out.
        customers : bool
            Whether the first run of each org model records its customers.
        """
        firm = self.study if study is None else study
        if self.drawn is None:
            return specs_for(firm, range(number), organisations=organisations, customers=customers)
        worlds = self.drawn.worlds[:number]
        return specs_for(
            firm,
            range(self.inside),
            worlds=worlds,
            organisations=organisations,
            customers=customers,
        )

    def idle_specs(self, number: int) -> list[RunSpec]:
        """Return runs of the baseline with idle heads in each world; as given, none."""
        if self.drawn is None:
            return []
        idle = with_idle(baseline_of(self.study), idle_heads(self.study))
        return self.specs(number, organisations=[idle])

    @property
    def facts(self) -> dict[str, Any]:
        """What a manifest keeps, so that a customer of the first world is met again."""
        if self.drawn is None:
            return {}
        first = self.drawn.worlds[0]
        return {
            "worlds_from": self.drawn.title or "fitted to what is known of firms",
            "first_world": {
                "number": first.number,
                "parameters": dict(first.parameters),
                "off": sorted(first.off),
                "size": first.size,
            },
        }


def sample_for(study: Study, options: argparse.Namespace, at_least: int = 0) -> Sample:
    """Return what the options want a comparison to be run over.

    Worlds, as many as the study says, where its firm has an ensemble of them; else the study as
    given, for in worlds from ranges alone most firms lose most of their customers. So it is too if
    a number of replicates alone is asked for; and worlds, from ranges if need be, if they are.

    Parameters
    ----------
    at_least : int
        Worlds to have at hand: as many as a finished result shows.

    Raises
    ------
    StudyError
        If worlds of an ensemble are wanted, and there are none or too few.
    """
    number = _worlds_wanted(study, options)
    if number == 0:
        replicates = options.replicates or study.design.replicates
        return Sample(study, None, FIRST_BLOCK if replicates == AUTO else int(replicates))
    drawn = drawn_worlds(study, Path(options.out), max(number, at_least), 0, options.source)
    return Sample(study, drawn, number, int(options.replicates or 1))


def _worlds_wanted(study: Study, options: argparse.Namespace) -> int:
    if options.worlds is not None:
        return int(options.worlds)
    if options.replicates is not None:
        return 0
    found = [] if options.source == FROM_RANGES else ensembles_of(study, Path(options.out))
    if found:  # of a small ensemble all there are; more are refused where they are asked for
        return min(study.design.worlds, len(found[0].worlds))
    return 0 if options.source is None else study.design.worlds


def worth_of_a_head(measures: pd.DataFrame, idle: pd.DataFrame, study: Study) -> float | None:
    """Return what one head is worth on the measure that decides, mean over worlds.

    Parameters
    ----------
    measures, idle : DataFrame
        Columns of ``measures.parquet``: of the comparison, and of the baseline with idle heads.
    """
    named = [study.baseline, with_idle(baseline_of(study), 1).organisation]

    def values(frame: pd.DataFrame) -> pd.Series:
        chosen = frame[
            (frame["measure"] == study.headline)
            & (frame["scope"] == "overall")
            & frame["org_model"].isin(named)
        ]
        return chosen.set_index(["world", "replicate"])["value"]

    # Run by run, so that luck cancels where one of a world's replicates failed.
    fallen = (values(measures) - values(idle)).groupby(level="world").mean()
    lost = lost_a_head(fallen.to_numpy(), idle_heads(study), study.headline)
    return float(lost.mean()) if len(lost) else None
