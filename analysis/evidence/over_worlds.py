"""The org models of a study paired in every world: which runs that takes, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.evidence.ensembles import Drawn
from analysis.evidence.one_head import baseline_of, lost_a_head, with_idle
from analysis.evidence.winner import Contest, Judged, Outcome, judge
from sim.runner import RunSpec
from sim.study.plans import Plan
from sim.study.study import Study
from sim.study.tables import HIGHER, column_names, measure
from sim.study.worlds import SWITCHES, World

OWN, OTHERS = 200, 60
"""Worlds of the baseline's own ensemble, and of each other one."""
FROM_RANGES_ALONE = 320
FOR_ONE_HEAD, FOR_LUCK = 48, 24
"""Worlds in which what one head is worth is found, and in which luck is drawn a second time."""

Values = NDArray[np.float64]


def how_many_worlds(asked: int | None, sizes: Sequence[int]) -> tuple[int, int]:
    """Return how many worlds are of the baseline's own ensemble and of each other one.

    Parameters
    ----------
    asked : int or None
        Worlds in all; if None the usual number, or as many as there are.
    sizes : sequence of int
        Worlds of each ensemble, the baseline's own first; empty where they come from ranges.
    """
    ensembles = len(sizes)
    if not ensembles:
        return (FROM_RANGES_ALONE if asked is None else asked), 0
    if asked is None:
        return min(OWN, sizes[0]), min([OTHERS, *sizes[1:]]) if ensembles > 1 else 0
    if ensembles == 1:
        return asked, 0
    usual = OWN + OTHERS * (ensembles - 1)
    others, most = asked * OTHERS // usual, min(sizes[1:])
    if others > most and asked - most * (ensembles - 1) <= sizes[0]:
        others = most
    # A small ensemble of the baseline's own gives what it has, and the others the rest, evenly.
    lacking = asked - others * (ensembles - 1) - sizes[0]
    more = others + max(0, -(-lacking // (ensembles - 1)))
    others = more if more <= most else others
    return asked - others * (ensembles - 1), others


def some_of(drawn: Drawn, number: int) -> list[int]:
    """Return the places of so many worlds at most, the first ones of each ensemble alike."""
    each = number // len(drawn.groups)
    return [
        place
        for group in drawn.groups
        for place in [at for at, of in enumerate(drawn.of) if of == group][:each]
    ]


def specs_in(
    study: Study, worlds: Sequence[World], plans: Sequence[Plan], replicate: int = 0
) -> list[RunSpec]:
    """Return the runs of org models in worlds: world by world, so that each is prepared once."""
    return [
        RunSpec(within, plan, replicate, world.number)
        for world, within in ((each, each.of(study)) for each in worlds)
        for plan in plans
    ]


def idle_specs(study: Study, drawn: Drawn, heads: int) -> list[RunSpec]:
    """Return the runs that tell what one head is worth to the baseline."""
    worlds = [drawn.worlds[place] for place in some_of(drawn, FOR_ONE_HEAD)]
    return specs_in(study, worlds, [with_idle(baseline_of(study), heads)])


@dataclass(frozen=True)
class OneHead:
    """What one head is worth to the baseline.

    Attributes
    ----------
    value : float
        In the measure's unit, more is better; NaN where no run tells.
    heads, n_worlds : int
        People who were idle, and the worlds over which the mean is taken.
    """

    value: float
    heads: int
    n_worlds: int


@dataclass(frozen=True)
class Luck:
    """What part of the difference between leader and runner-up is luck.

    Attributes
    ----------
    share : float
        Of the variance of the difference over worlds: half of the mean square by which a second
        draw of luck in the same world moves it; NaN where nothing varies.
    n_worlds : int
        In which luck was drawn a second time.
    """

    share: float
    n_worlds: int


@dataclass(frozen=True)
class OverWorlds:
    """What was found over worlds.

    Attributes
    ----------
    measure, baseline : str
    models : tuple of str
    drawn : Drawn
    values : float64, shape (n_worlds, n_models)
        In the measure's unit; NaN where a run failed.
    one_head : OneHead
    outcome : Outcome or None
        None with fewer than two org models, or than two worlds in which all have a value.
    """

    measure: str
    baseline: str
    models: tuple[str, ...]
    drawn: Drawn
    values: Values
    one_head: OneHead
    outcome: Outcome | None

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if measure(self.measure).direction == HIGHER else -1.0

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Worlds in which every org model has a value, bool, shape (n_worlds,)."""
        return np.asarray(~np.isnan(self.values).any(axis=1))

    @property
    def runner_up(self) -> str:
        """The second best mean; the baseline where nobody is ranked."""
        if self.outcome is None:
            return self.baseline
        return self.models[self.outcome.overall.order[1]]

    @property
    def leader(self) -> str:
        """The best mean; the baseline where nobody is ranked."""
        return self.baseline if self.outcome is None else self.outcome.leader

    @property
    def lead(self) -> Values:
        """By how much the leader is ahead of the runner-up in each world, shape (n_worlds,)."""
        first, second = (self.models.index(each) for each in (self.leader, self.runner_up))
        return self.sign * (self.values[:, first] - self.values[:, second])


def luck_specs(study: Study, found: OverWorlds) -> list[RunSpec]:
    """Return the runs of leader and runner-up with a second draw of luck."""
    worlds = [found.drawn.worlds[place] for place in some_of(found.drawn, FOR_LUCK)]
    plans = {plan.organisation: plan for plan in study.organisations}
    return specs_in(study, worlds, [plans[found.leader], plans[found.runner_up]], replicate=1)


def luck_in(found: OverWorlds, again: Values) -> Luck:
    """Return what part of the lead is luck.

    Parameters
    ----------
    found : OverWorlds
    again : float64, shape (n_luck,)
        Of the runs of `luck_specs`.
    """
    first = found.lead[some_of(found.drawn, FOR_LUCK)]
    pairs = again.reshape(-1, 2)
    moved = found.sign * (pairs[:, 0] - pairs[:, 1]) - first
    moved = moved[~np.isnan(moved)]
    spread = found.lead[found.whole].var(ddof=1)
    if len(moved) == 0 or not spread > 0:
        return Luck(float("nan"), len(moved))
    return Luck(min(1.0, float((moved**2).mean() / 2 / spread)), len(moved))


def ranked_in(study: Study, drawn: Drawn, values: Values, idle: Values, heads: int) -> OverWorlds:
    """Return what the values of all runs say.

    Parameters
    ----------
    study : Study
    drawn : Drawn
    values : float64, shape (n_worlds, n_models)
        In the order of the worlds and of the study; NaN where a run failed.
    idle : float64, shape (n_idle,)
        Of the runs of `idle_specs`.
    heads : int
        Idle in these.
    """
    name, models = study.headline, tuple(each.organisation for each in study.organisations)
    sign = 1.0 if measure(name).direction == HIGHER else -1.0
    plain = values[some_of(drawn, FOR_ONE_HEAD), models.index(study.baseline)]
    lost = lost_a_head(plain - idle, heads, name)
    worth = OneHead(float(lost.mean()) if len(lost) else float("nan"), heads, len(lost))
    whole = ~np.isnan(values).any(axis=1)
    outcome = None
    if whole.sum() > 1 and len(models) > 1:
        there = np.flatnonzero(whole)
        contest = Contest(
            models,
            sign * values[there],
            tuple(drawn.of[place] for place in there),
            tuple(drawn.worlds[place].family for place in there),
        )
        outcome = judge(contest, worth.value, seed=study.design.seed)
    return OverWorlds(name, study.baseline, models, drawn, values, worth, outcome)


def worlds_table(drawn: Drawn) -> pd.DataFrame:
    """Return the worlds: columns of ``worlds.parquet``."""
    rows = [
        (world.number, name, value)
        for world in drawn.worlds
        for name, value in coordinates_of(world).items()
    ]
    table = pd.DataFrame(rows, columns=column_names("worlds.parquet"))
    return table.astype({"world": "int32", "value": "float64"})


def coordinates_of(world: World) -> dict[str, float]:
    """Return everything by which a world differs from others, by name."""
    on = {name: float(name not in world.off) for name in SWITCHES}
    return {**world.parameters, "size": world.size, **on}


def regret_table(found: OverWorlds, budget: str) -> pd.DataFrame:
    """Return the org models over all worlds and in each ensemble: columns of ``regret.csv``.

    Parameters
    ----------
    found : OverWorlds
    budget : str
        Of the study.
    """
    outcome = found.outcome
    parts = () if outcome is None else (outcome.overall, *outcome.ensembles)
    rows = [row for part in parts for row in _rows(found, part, budget)]
    table = pd.DataFrame(rows, columns=column_names("regret.csv"))
    return table.replace([np.inf, -np.inf], np.nan)


def _rows(found: OverWorlds, part: Judged, budget: str) -> list[dict[str, object]]:
    to, sign = found.models.index(found.baseline), found.sign
    return [
        {
            "measure": found.measure,
            "ensemble": part.group,
            "org_model": org,
            "baseline": found.baseline,
            "budget": budget,
            "n_worlds": part.n_worlds,
            "mean": sign * part.means[place],
            "difference": sign * part.differences.mean[place, to],
            "low": sign * part.differences.mean[place, to] - part.differences.half[place, to],
            "high": sign * part.differences.mean[place, to] + part.differences.half[place, to],
            "probability_best": part.shares[place],
            "probability_low": part.lowest[place],
            "expected_regret": part.expected_regret[place],
            "maximum_regret": part.maximum_regret[place],
            "direction": measure(found.measure).direction,
        }
        for place, org in enumerate(found.models)
    ]
