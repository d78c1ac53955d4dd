"""Who wins over worlds: no crown that luck, one head, a few worlds or one ensemble could take away.

An org model wins iff it is ahead of every other one by more than one head is worth, clear of chance
for all pairs of org models at once; it is best in more than half of all worlds; and both hold in
every ensemble there is. All of it is about the worlds that were drawn: no population of firms was
sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

RESAMPLES = 4999
"""Resamples of whole worlds: 95 % of one more than these is a whole number (Davison & Hinkley)."""
SURE = 0.95
HALF = 0.5
WINS = "wins"
NO_CLEAR_WINNER = "no clear winner"
BEST_ON_AVERAGE = "best on average, not in most worlds"
DEPENDS = "depends on whom the evidence describes"
NOT_JUDGED = "not judged"
_NOTHING = 1e-12
"""What rounding leaves of zero, as a share of the values it is left of."""
_TOGETHER = 250

_Numbers = NDArray[np.float64]
_Places = NDArray[np.int64]


@dataclass(frozen=True)
class Contest:
    """What every org model reached in every world.

    Attributes
    ----------
    models : tuple of str
        Names.
    values : float64, shape (n_worlds, n_models)
        Higher is better; no value is missing.
    groups : tuple of str
        For each world, the ensemble it is of; all alike where there is one.
    families : tuple of int
        For each world, those of an ensemble that were found from one another; 0: by itself.
    """

    models: tuple[str, ...]
    values: _Numbers
    groups: tuple[str, ...]
    families: tuple[int, ...]

    def within(self, group: str) -> Contest:
        """Return the contest in the worlds of one ensemble."""
        there = [place for place, each in enumerate(self.groups) if each == group]
        families = tuple(self.families[place] for place in there)
        return replace(
            self, values=self.values[there], groups=(group,) * len(there), families=families
        )

    @property
    def clusters(self) -> _Places:
        """For each world the number of what is resampled with it, int64, shape (n_worlds,)."""
        keys = [
            (group, family) if family else place
            for place, (group, family) in enumerate(zip(self.groups, self.families, strict=True))
        ]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        return np.array([numbers[key] for key in keys], dtype=np.int64)


@dataclass(frozen=True)
class Differences:
    """Mean differences between all org models, with intervals that hold for all pairs at once.

    Attributes
    ----------
    mean, error, error_alone : float64, shape (n_models, n_models)
        Of row less column; its standard error; and what that would be were no two worlds kin.
    width : float
        Standard errors that an interval reaches to each side; infinite where worlds are too few.
    """

    mean: _Numbers
    error: _Numbers
    error_alone: _Numbers
    width: float

    @property
    def half(self) -> _Numbers:
        """Half of each interval, float64, shape (n_models, n_models)."""
        # Worlds too few for a width say nothing even where they do not differ.
        still = np.where(math.isinf(self.width) & (self.mean != 0.0), math.inf, 0.0)
        with np.errstate(invalid="ignore"):
            return np.where(self.error > 0, self.width * self.error, still)

    @property
    def low(self) -> _Numbers:
        """Lower ends, float64, shape (n_models, n_models)."""
        return self.mean - self.half


@dataclass(frozen=True)
class Judged:
    """One org model against all others, in all worlds or in those of one ensemble.

    Attributes
    ----------
    group : str
        The ensemble; empty for all worlds.
    models : tuple of str
    n_worlds : int
    effective : float
        So many worlds of which no two are kin say as much.
    differences : Differences
    shares : float64, shape (n_models,)
        Of worlds in which each is best; where the first two are within one head it is nobody.
    lowest : float64, shape (n_models,)
        Lower 95 % bound of each, one-sided (Clopper & Pearson 1934).
    expected_regret, maximum_regret : float64, shape (n_models,)
        What the best of each world has more, on average and at most.
    means : float64, shape (n_models,)
        Levels; higher is better.
    least : float
        By how much one has to be ahead: what one head is worth, 0 at least.
    """

    group: str
    models: tuple[str, ...]
    n_worlds: int
    effective: float
    differences: Differences
    shares: _Numbers
    lowest: _Numbers
    expected_regret: _Numbers
    maximum_regret: _Numbers
    means: _Numbers
    least: float

    @property
    def order(self) -> list[int]:
        """Places of org models, the best mean first."""
        return [int(place) for place in np.argsort(-self.means, kind="stable")]

    @property
    def tied(self) -> tuple[int, ...]:
        """Places of those that the first is not clearly ahead of, the nearest first."""
        first, *others = self.order
        low = self.differences.low[first]
        return tuple(place for place in others if not low[place] > self.least)

    @property
    def in_most_worlds(self) -> bool:
        """Whether the first is best in more than half of all worlds, clear of chance."""
        return bool(self.lowest[self.order[0]] > HALF)

    @property
    def could_win(self) -> bool:
        """Whether there are so many worlds that somebody could win in them, whatever they show."""
        enough = lower_bound(1.0, self.effective) > HALF
        return enough and not math.isinf(self.differences.width)

    @property
    def winner(self) -> str:
        """Who wins in these worlds; empty if nobody does."""
        clear = not self.tied and self.in_most_worlds
        return self.models[self.order[0]] if clear else ""


@dataclass(frozen=True)
class Outcome:
    """The verdict over all worlds and every ensemble.

    Attributes
    ----------
    verdict : str
        ``wins``, ``no clear winner``, ``best on average, not in most worlds``, ``depends on whom
        the evidence describes`` or ``not judged``.
    leader : str
        The best mean over all worlds; crowned only where it wins.
    among : tuple of str
        The leader, then those it is not clearly ahead of.
    overall : Judged
    ensembles : tuple of Judged
        Each by itself; none where there is only one.
    """

    verdict: str
    leader: str
    among: tuple[str, ...]
    overall: Judged
    ensembles: tuple[Judged, ...]


def judge(contest: Contest, one_head: float, *, seed: int, draws: int = RESAMPLES) -> Outcome:
    """Judge who wins.

    Parameters
    ----------
    contest : Contest
        Of two worlds and two org models at least.
    one_head : float
        What one head is worth, in the unit of the values; NaN where that is not known, and then
        nobody is clearly ahead.
    seed : int
        Of the resampling; equal seeds, equal verdicts.
    draws : int
        Resamples.
    """
    overall = judged(contest, one_head, seed=seed, draws=draws)
    groups = tuple(dict.fromkeys(contest.groups))
    parts = (
        tuple(
            replace(judged(contest.within(group), one_head, seed=seed, draws=draws), group=group)
            for group in groups
        )
        if len(groups) > 1
        else ()
    )
    first, *_ = overall.order
    leader, tied = overall.models[first], tuple(overall.models[place] for place in overall.tied)
    return Outcome(_verdict(overall, parts), leader, (leader, *tied), overall, parts)


def _verdict(overall: Judged, parts: Sequence[Judged]) -> str:
    winners = {part.winner for part in parts}
    if overall.winner:
        if any(part.winner != overall.winner for part in parts if part.could_win):
            return DEPENDS
        return WINS if all(part.could_win for part in parts) else NOT_JUDGED
    if len(winners) > 1 and "" not in winners:
        return DEPENDS
    if math.isinf(overall.differences.width):
        return NOT_JUDGED
    return NO_CLEAR_WINNER if overall.tied else BEST_ON_AVERAGE


def judged(contest: Contest, one_head: float, *, seed: int, draws: int = RESAMPLES) -> Judged:
    """Return how the org models stand in the worlds of a contest, see `judge`."""
    values = contest.values
    least = math.inf if math.isnan(one_head) else max(0.0, one_head)
    between = differences(contest, seed=seed, draws=draws)
    means = values.mean(axis=0)
    effective = len(values) * _worth_of_kin(between, int(np.argmax(means)))
    shares = shares_best(values, least)
    regret = values.max(axis=1, keepdims=True) - values
    return Judged(
        "",
        contest.models,
        len(values),
        effective,
        between,
        shares,
        np.array([lower_bound(share, effective) for share in shares]),
        regret.mean(axis=0),
        regret.max(axis=0),
        means,
        least,
    )


def _worth_of_kin(between: Differences, leader: int) -> float:
    """Return the share of worlds that count as independent: the least over the leader's rivals."""
    alone, kin = between.error_alone[leader], between.error[leader]
    ratios = [(a / b) ** 2 for a, b in zip(alone, kin, strict=True) if b > 0]
    return float(min([1.0, *ratios]))


def shares_best(values: _Numbers, one_head: float) -> _Numbers:
    """Return in which share of worlds each is best: ahead of the next by more than one head.

    Parameters
    ----------
    values : float64, shape (n_worlds, n_models)
    one_head : float
        At least 0; infinite where it is not known, and then only a tie is a tie.

    Returns
    -------
    float64, shape (n_models,)
        They add up to one less the share of worlds that are nobody's.
    """
    least = one_head if math.isfinite(one_head) else 0.0
    best = leaders(values, least)
    return np.array([np.mean(best == place) for place in range(values.shape[1])])


def leaders(values: _Numbers, one_head: float) -> _Places:
    """Return who is best in each world, -1 where the first two are within one head.

    Returns
    -------
    int64, shape (n_worlds,)
    """
    if values.shape[1] < 2:
        return np.zeros(len(values), dtype=np.int64)
    ranked = np.sort(values, axis=1)
    ahead = ranked[:, -1] - ranked[:, -2] > one_head
    return np.where(ahead, values.argmax(axis=1), -1).astype(np.int64)


def lower_bound(share: float, number: float) -> float:
    """Return the one-sided 95 % lower bound of a share seen in so many worlds.

    Exact for counts (Clopper & Pearson 1934); `number` may be a fraction where worlds are kin.
    """
    seen = share * number
    if seen <= 0:
        return 0.0
    return float(betaincinv(seen, number - seen + 1, 1 - SURE))


def differences(contest: Contest, *, seed: int, draws: int = RESAMPLES) -> Differences:
    """Return all differences and the width at which all of their intervals hold together.

    Whole worlds, and with them their kin, are resampled; the width is the 95 % quantile of the
    largest of all pairs' studentised deviations, where nothing over nothing is nothing.
    """
    pairs = list(combinations(range(len(contest.models)), 2))
    number = len(contest.models)
    if not pairs:
        none = np.zeros((number, number))
        return Differences(none, none, none, math.inf)
    left, right = np.array(pairs).T
    apart = contest.values[:, left] - contest.values[:, right]
    mean = apart.mean(axis=0)
    rest = apart - mean
    rest[np.abs(rest) <= _NOTHING * np.abs(contest.values).max()] = 0.0
    alone = np.sqrt((rest**2).sum(axis=0) / max(len(rest) - 1, 1) / len(rest))
    sums, counts = _by_cluster(rest, contest.clusters)
    error = _errors(np.ones((1, len(counts))), sums, counts)[1][0]
    width = _width(sums, counts, seed, draws) if len(counts) > 1 else math.inf
    if np.all(counts == 1):
        error = alone
    whole = [_square(each, pairs, number) for each in (error, alone)]
    signed = _square(mean, pairs, number)
    return Differences(np.triu(signed) - np.triu(signed).T, whole[0], whole[1], width)


def _square(of_pairs: _Numbers, pairs: Sequence[tuple[int, int]], number: int) -> _Numbers:
    found = np.zeros((number, number))
    for (one, other), value in zip(pairs, of_pairs, strict=True):
        found[one, other] = found[other, one] = value
    return found


def _by_cluster(rest: _Numbers, clusters: _Places) -> tuple[_Numbers, _Numbers]:
    """Return the sums of deviations and the numbers of worlds, by cluster."""
    number = int(clusters.max()) + 1
    sums = np.zeros((number, rest.shape[1]))
    np.add.at(sums, clusters, rest)
    return sums, np.bincount(clusters, minlength=number).astype(np.float64)


def _errors(times: _Numbers, sums: _Numbers, counts: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Return deviations and standard errors of resamples that hold each cluster so many times."""
    worlds = (times @ counts)[:, None]
    off = (times @ sums) / worlds
    squares = times @ sums**2
    spread = squares - 2 * off * (times @ (sums * counts[:, None]))
    spread = spread + off**2 * (times @ counts**2)[:, None]
    spread[spread <= _NOTHING * squares] = 0.0
    number = times.sum(axis=1, keepdims=True)
    return off, np.sqrt(spread * number / np.maximum(number - 1, 1)) / worlds


def _width(sums: _Numbers, counts: _Numbers, seed: int, draws: int) -> float:
    rng = np.random.default_rng(seed)
    number, largest = len(counts), []
    for begin in range(0, draws, _TOGETHER):
        lot = min(_TOGETHER, draws - begin)
        times = rng.multinomial(number, np.full(number, 1 / number), size=lot).astype(np.float64)
        off, error = _errors(times, sums, counts)
        size = np.abs(off)
        size[size <= _NOTHING * np.abs(sums).max()] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(size > 0, size / error, 0.0)
        largest.append(ratio.max(axis=1))
    rank = math.ceil(SURE * (draws + 1)) - 1
    return float(np.sort(np.concatenate(largest))[min(rank, draws - 1)])
