"""What claims run, each run once, and what is read off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.intervals import Floats
from analysis.evidence.claim_cells import CellRun
from analysis.evidence.claim_files import Quantity
from analysis.evidence.ensembles import Drawn
from analysis.evidence.verdicts import FAILS, halves
from sim.keeping.pool import content_key
from sim.runner import RunSpec
from sim.study.study import Study
from sim.study.tables import MEASURES
from sim.study.worlds import World

SumsOfRun = Mapping[tuple[str, str], float]
"""What a run measured, added up by measure and scope."""


class ClaimRuns:
    """The runs of claims over worlds, equal ones once.

    A condition in which a claim should fail is run in every second world: it decides no verdict.

    Parameters
    ----------
    cells : mapping of int to mapping of str to CellRun
        Of each claim, by the names of its cells.
    drawn : Drawn
        The worlds.
    """

    def __init__(self, cells: Mapping[int, Mapping[str, CellRun]], drawn: Drawn) -> None:
        self._drawn = drawn
        self._specs: dict[str, RunSpec] = {}
        self._keys: dict[tuple[int, str], list[str]] = {}
        self._sums: dict[str, SumsOfRun] = {}
        asked = [(claim, name, cell) for claim, own in cells.items() for name, cell in own.items()]
        for claim, name, _ in asked:
            self._keys[claim, name] = [""] * len(drawn.worlds)
        # What shares customers and needs is run in a row: they are drawn once.
        asked.sort(key=_Alike())
        chosen = halves(drawn)[0]
        for place, world in enumerate(drawn.worlds):
            studies: dict[int, Study] = {}
            for claim, name, cell in asked:
                if name.startswith(FAILS) and not chosen[place]:
                    continue
                self._keys[claim, name][place] = self._add(cell, world, studies)

    def _add(self, cell: CellRun, world: World, studies: dict[int, Study]) -> str:
        """Note a run and return its key."""
        if id(cell.study) not in studies:
            studies[id(cell.study)] = world.of(cell.study)
        study = studies[id(cell.study)]
        spec = RunSpec(study, cell.plan, 0, world.number)
        key = content_key(spec)
        self._specs.setdefault(key, spec)
        return key

    @property
    def specs(self) -> list[RunSpec]:
        """All runs, world by world."""
        return list(self._specs.values())

    @property
    def asked(self) -> int:
        """How many runs there would be if equal ones were not shared."""
        return sum(bool(key) for keys in self._keys.values() for key in keys)

    def number_of(self, claim: int) -> int:
        """Return how many runs a claim rests on."""
        return len(
            {key for (own, _), keys in self._keys.items() if own == claim for key in keys if key}
        )

    def names_of(self, claim: int) -> list[str]:
        """Return the cells of a claim."""
        return [name for own, name in self._keys if own == claim]

    def read(self, measures: Callable[[RunSpec], pd.DataFrame], done: Sequence[RunSpec]) -> None:
        """Read what finished runs measured.

        Parameters
        ----------
        measures : callable
            Returns the measures of a run.
        done : sequence of RunSpec
            Those that are there.
        """
        finished = {id(spec) for spec in done}
        self._sums = {
            key: sums_of(measures(spec))
            for key, spec in self._specs.items()
            if id(spec) in finished
        }

    def of(self, claim: int, cell: str, quantity: Quantity) -> Floats:
        """Return a quantity of a cell in every world, shape (n_worlds,); missing is NaN."""
        found = (self._sums.get(key) for key in self._keys[claim, cell])
        return np.array([np.nan if sums is None else read_off(sums, quantity) for sums in found])


class _Alike:
    """A key for sorting: what has the same market, design and enterprise comes together."""

    def __init__(self) -> None:
        self._seen: list[Study] = []
        self._place: dict[int, int] = {}

    def __call__(self, asked: tuple[int, str, CellRun]) -> int:
        study = asked[2].study
        if id(study) not in self._place:
            alike = (place for place, each in enumerate(self._seen) if _same_customers(each, study))
            self._place[id(study)] = next(alike, len(self._seen))
            self._seen.append(study)
        return self._place[id(study)]


def _same_customers(one: Study, other: Study) -> bool:
    same = one.market == other.market and one.design == other.design
    return same and one.enterprise == other.enterprise


def sums_of(measures: pd.DataFrame) -> SumsOfRun:
    """Return what a run measured, added up over the places of each scope."""
    added = measures.groupby(["measure", "scope"], observed=True)["value"].sum(min_count=1)
    rows = added.reset_index()
    keys = zip(rows["measure"].astype(str), rows["scope"].astype(str), strict=True)
    return dict(zip(keys, rows["value"].astype(float), strict=True))


def read_off(sums: SumsOfRun, quantity: Quantity) -> float:
    """Return a quantity of one run; NaN where it has none."""
    value = _one(sums, quantity.measure, quantity.scope)
    if quantity.per is None:
        return value
    whole = _one(sums, quantity.per, quantity.per_scope)
    return value / whole if whole else np.nan


def _one(sums: SumsOfRun, name: str, scope: str) -> float:
    """Return a measure, or what stands for it where it has no value; a missing count is 0."""
    spec = MEASURES[name]
    value = sums.get((name, scope), 0.0 if spec.is_count else np.nan)
    if np.isnan(value) and spec.instead:
        return sums.get((spec.instead, scope), np.nan)
    return value
