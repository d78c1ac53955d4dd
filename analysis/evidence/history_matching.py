"""History matching: worlds in which one org model gives what is known are left, others ruled out.

Craig, Goldstein, Seheult & Smith 1997; Vernon, Goldstein & Bower 2010. A world is implausible if
an emulator says that its run would lie further outside a range than the range's own vagueness,
the emulator's doubt and luck allow together. Nothing is minimised: what is left is a set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from threadpoolctl import threadpool_limits

from analysis.comparison.intervals import Flags, Floats
from analysis.evidence.emulator import SIGMAS, Emulator, emulator_of, screened
from analysis.evidence.sampling import Points
from analysis.evidence.targets import Target

CUTOFF = 3.0
"""The largest implausibility at which a world is left (Pukelsheim 1994: three sigma)."""
REPLICATES = 4
"""Runs of a world before it is taken in."""
MEETS, NEARLY, AMISS = range(3)
"""Whether a world gives what is known: within luck, within the range's vagueness as well, or not.
"""
NEAR_MISSES = 1
"""Of what is known, how much a world may miss by no more than the range's vagueness."""
BLOCK_OF_DRAWS = 20_000
"""Prior draws that are looked at together."""
MOST_BLOCKS = 400
"""Blocks looked through before a set counts as too small to be found."""


@dataclass(frozen=True)
class Trained:
    """Worlds that were run, and what came out.

    Attributes
    ----------
    points : float64, shape (n_runs, n_coordinates)
    values : float64, shape (n_runs, n_targets)
        On the scale of comparison.
    luck : float64, shape (n_targets,)
        Variance between replicates of one world.
    dummies : bool, shape (n_coordinates,)
        Coordinates of which no run takes notice.
    """

    points: Points
    values: Floats
    luck: Floats
    dummies: Flags


@dataclass(frozen=True)
class Wave:
    """What one wave of runs has taught.

    Attributes
    ----------
    targets : tuple of Target
        Those that the emulators are of.
    emulators : tuple of Emulator
        One for each.
    luck : float64, shape (n_targets,)
    rank : int
        Which implausibility of a world counts: 1 the largest, 2 the second-largest.
    """

    targets: tuple[Target, ...]
    emulators: tuple[Emulator, ...]
    luck: Floats
    rank: int

    def implausibility(self, points: Points) -> Floats:
        """Return I of so many worlds, the largest or second-largest over the outputs.

        What the process on the residuals says costs most, so a world that the trend alone rules
        out, with all the doubt there can be, is not asked about any further.
        """
        worst = np.zeros((len(points), max(len(self.targets), 1)))
        left = np.arange(len(points))
        for exactly in (False, True):
            if exactly:  # what the trend alone says of an output rules nothing out here
                worst[left] = 0.0
            for place, (target, emulator) in enumerate(self._used):
                if not len(left):  # of no world an emulator can say anything
                    return self._counted(worst)
                if exactly:
                    mean, variance = emulator.mean_and_variance(points[left])
                else:
                    mean, variance = emulator.trend(points[left]), np.array(emulator.doubt)
                luck = self.luck[place]
                vague = target.tolerance**2 + luck / REPLICATES
                vague += emulator.missed(luck)
                worst[left, place] = target.outside(mean) / np.sqrt(vague + variance)
                left = left[self._counted(worst[left]) <= CUTOFF + (not exactly)]
        return self._counted(worst)

    def without(self, name: str) -> Wave:
        """Return the wave as it would be if one target were not known."""
        kept = [place for place, target in enumerate(self.targets) if target.name != name]
        return Wave(
            tuple(self.targets[place] for place in kept),
            tuple(self.emulators[place] for place in kept),
            self.luck[kept],
            self.rank,
        )

    @property
    def _used(self) -> list[tuple[Target, Emulator]]:
        return list(zip(self.targets, self.emulators, strict=True))

    def _counted(self, values: Floats) -> Floats:
        rank = min(self.rank, values.shape[1])
        return np.asarray(np.sort(values, axis=1)[:, -rank], dtype=np.float64)


def wave_from(targets: Sequence[Target], trained: Trained, seed: int, *, rank: int) -> Wave:
    """Fit an emulator of each output to the runs there are; those that predict badly are left out.

    Parameters
    ----------
    targets : sequence of Target
        In the order of the columns of `trained`.
    trained : Trained
    seed : int
        Of the folds that emulators are tried on.
    rank : int
        As for `Wave`.
    """
    nearness = _nearness(targets, trained)
    kept: list[tuple[Target, Emulator, float]] = []
    with threadpool_limits(1):  # equal sums on any machine, and no threads that wait for others
        columns = zip(targets, trained.values.T, trained.luck, strict=True)
        for target, column, luck in columns:
            there = np.isfinite(column)
            points, values = trained.points[there], column[there]
            active = screened(points, values, trained.dummies)
            emulator = emulator_of(points, values, active, trained.dummies, nearness[there], seed)
            if emulator.usable:
                kept.append((target, emulator, float(luck)))
    return Wave(
        tuple(target for target, _, _ in kept),
        tuple(emulator for _, emulator, _ in kept),
        np.array([luck for _, _, luck in kept]),
        rank,
    )


def _nearness(targets: Sequence[Target], trained: Trained) -> Floats:
    """Return how far from all ranges together each run lies, in tolerances; NaN counts as far."""
    if not targets:
        return np.zeros(len(trained.points))
    distances = np.column_stack(
        [
            target.outside(trained.values[:, place]) / target.tolerance
            for place, target in enumerate(targets)
        ]
    )
    return np.asarray(np.nan_to_num(distances, nan=1e6).max(axis=1), dtype=np.float64)


def prior_blocks(n_coordinates: int, seed: int) -> Iterator[Points]:
    """Yield blocks of worlds drawn evenly from all that is assumed, without end."""
    generator = np.random.default_rng(seed)
    while True:
        yield generator.random((BLOCK_OF_DRAWS, n_coordinates))


def left_by(waves: Sequence[Wave], points: Points) -> Points:
    """Return the worlds that no wave rules out."""
    with threadpool_limits(1):
        for wave in reversed(waves):
            if len(points):
                points = points[wave.implausibility(points) <= CUTOFF]
    return points


def frees_most(waves: Sequence[Wave], n_coordinates: int, seed: int) -> str:
    """Return without which target the most worlds would be left; empty where without none any is.

    Parameters
    ----------
    waves : sequence of Wave
        That leave nothing together.
    n_coordinates, seed : int
        Of the draws that are looked at.
    """
    draws = next(prior_blocks(n_coordinates, seed))
    names = {target.name: None for wave in waves for target in wave.targets}
    left = {name: len(left_by([wave.without(name) for wave in waves], draws)) for name in names}
    most = max(left, key=lambda name: left[name], default="")
    return most if most and left[most] else ""


@dataclass(frozen=True)
class Left:
    """Worlds that no wave rules out, and how large a part of all they are.

    Attributes
    ----------
    points : float64, shape (n_found, n_coordinates)
        In the order in which they were drawn.
    share : float
        The part of all that is assumed that is left, as far as the draws tell.
    """

    points: Points
    share: float


def not_ruled_out(
    waves: Sequence[Wave],
    n_coordinates: int,
    number: int,
    seed: int,
    *,
    fixed: Sequence[int] = (),
    most_blocks: int = MOST_BLOCKS,
) -> Left:
    """Look for worlds that no wave rules out, until there are enough or too much was looked at.

    Parameters
    ----------
    waves : sequence of Wave
    n_coordinates : int
    number : int
        How many are wanted.
    seed : int
        Of the draws.
    fixed : sequence of int
        Coordinates that are 1 in all of them.
    most_blocks : int
        Blocks of `BLOCK_OF_DRAWS` draws at most.
    """
    found: list[Points] = []
    looked_at = 0
    for block in prior_blocks(n_coordinates, seed):
        block[:, list(fixed)] = 1.0
        found.append(left_by(waves, block))
        looked_at += len(block)
        if sum(map(len, found)) >= number or looked_at >= most_blocks * BLOCK_OF_DRAWS:
            break
    points = np.concatenate(found)
    return Left(points[:number], len(points) / looked_at)


def out_of_reach(targets: Sequence[Target], trained: Trained, wave: Wave, seed: int) -> list[str]:
    """Return the targets that no run reaches and no emulator thinks can be reached, by name."""
    emulators = {target.name: emulator for target, emulator in wave._used}
    draws = next(prior_blocks(trained.points.shape[1], seed))
    far = []
    for place, target in enumerate(targets):
        if (target.outside(trained.values[:, place]) == 0.0).any():
            continue
        emulator = emulators.get(target.name)
        if emulator is not None:
            with threadpool_limits(1):
                mean, variance = emulator.mean_and_variance(draws)
            reach = SIGMAS * np.sqrt(variance + emulator.noise)
            if (target.outside(mean) <= reach).any():
                continue
        far.append(target.name)
    return far


def is_sure(wave: Wave, points: Points) -> bool:
    """Tell whether every emulator's doubt at worlds is below its range's vagueness."""
    with threadpool_limits(1):
        doubts = [
            each.mean_and_variance(points[:200])[1].mean() + each.missed(luck)
            for each, luck in zip(wave.emulators, wave.luck, strict=True)
        ]
    pairs = zip(doubts, wave.targets, strict=True)
    return all(math.sqrt(doubt) < each.tolerance for doubt, each in pairs)


def grade(target: Target, value: float, luck: float, replicates: int) -> int:
    """Tell whether the mean of a world's runs `MEETS` what is known, does `NEARLY`, or is `AMISS`.

    Parameters
    ----------
    target : Target
    value : float
        The mean, on the scale of comparison.
    luck : float
        Variance of one run.
    replicates : int
        Runs that the mean is over.
    """
    outside = float(target.outside(np.asarray(value, dtype=np.float64)))
    doubt = 2.0 * math.sqrt(luck / replicates)
    if outside <= doubt:
        return MEETS
    return NEARLY if outside <= target.tolerance + doubt else AMISS


def near_misses_left(
    targets: Sequence[Target], values: Floats, luck: Floats, replicates: int
) -> int:
    """Return how many more near misses a world may have; below 0, it is not taken in.

    Parameters
    ----------
    values : float64, shape (n_targets,)
        Means over the world's runs, on the scale of comparison.
    luck : float64, shape (n_targets,)
        Variance of one run.
    replicates : int
        Runs that the means are over.
    """
    graded = [
        grade(target, value, variance, replicates)
        for target, value, variance in zip(targets, values, luck, strict=True)
    ]
    return -1 if AMISS in graded else NEAR_MISSES - graded.count(NEARLY)


def chances(wave: Wave, points: Points) -> Floats:
    """Return with which chance each world would be taken in, as far as emulators can tell.

    What its runs would give is taken to be normal about what an emulator says, with the emulator's
    doubt, what it misses, and the luck of so many runs; outputs without an emulator count as met.

    Parameters
    ----------
    wave : Wave
    points : float64, shape (n_points, n_coordinates)
    """
    all_met = np.ones(len(points))
    one_near = np.zeros(len(points))
    with threadpool_limits(1):
        for place, (target, emulator) in enumerate(wave._used):
            mean, variance = emulator.mean_and_variance(points)
            luck = wave.luck[place] / REPLICATES
            spread = np.sqrt(variance + emulator.missed(wave.luck[place]) + luck)
            doubt = 2.0 * math.sqrt(luck)
            met = _chance_within(target, doubt, mean, spread)
            near = _chance_within(target, doubt + target.tolerance, mean, spread) - met
            one_near = one_near * met + all_met * near
            all_met = all_met * met
    return np.asarray(all_met + (one_near if NEAR_MISSES else 0.0), dtype=np.float64)


def _chance_within(target: Target, beyond: float, mean: Floats, spread: Floats) -> Floats:
    """Return the chance that a normal figure lies in a range, or so far beyond its ends."""
    high, low = ((end - mean) / spread for end in (target.high + beyond, target.low - beyond))
    return np.asarray(ndtr(high) - ndtr(low), dtype=np.float64)


def least_chance(found: Floats, passed_over: float) -> float:
    """Return the chance below which worlds hold no more than a share of what would be taken in.

    Parameters
    ----------
    found : float64, shape (n_points,)
        Chances of worlds as they are drawn.
    passed_over : float
        The share.
    """
    ordered = np.sort(found)
    held = np.cumsum(ordered)
    if not held[-1] > 0.0:
        return 0.0
    return float(ordered[np.searchsorted(held, passed_over * held[-1], side="right")])


def hopeless(targets: Sequence[Target], values: Floats, luck: Floats, runs: int) -> bool:
    """Tell of the first runs of a world that the others would not bring it in.

    With the luck of one run s, the mean of all of them lies sqrt(1/n - 1/N) s about the mean of
    the first n: more than three of these, beyond the two standard errors that are allowed for.

    Parameters
    ----------
    targets : sequence of Target
    values : float64, shape (n_targets,)
        Means over the first runs, on the scale of comparison.
    luck : float64, shape (n_targets,)
        Variance of one run.
    runs : int
        How many there were.
    """
    outside = np.array([each.outside(values[place]) for place, each in enumerate(targets)])
    outside = np.nan_to_num(outside, nan=np.inf)
    reach = 2.0 / math.sqrt(REPLICATES) + 3.0 * math.sqrt(1.0 / runs - 1.0 / REPLICATES)
    allowed = reach * np.sqrt(luck)
    near = np.array([each.tolerance for each in targets]) + allowed
    return bool((outside > near).any() or (outside > allowed).sum() > NEAR_MISSES)
