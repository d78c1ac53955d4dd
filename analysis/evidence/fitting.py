"""``fit``: which worlds make one org model of a firm look like firms as they are.

Waves of runs and emulators rule worlds out (``analysis.evidence.history_matching``); of what is
left, draws are run in order and taken in if what is known of firms comes out. No run is of any
other org model, and no run is compared with one: what is fitted is a firm, not an answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.intervals import Floats
from analysis.evidence.answer_thresholds import (
    at_any_threshold,
    chosen_thresholds,
    places_and_shares,
    set_afterwards,
)
from analysis.evidence.candidates import candidates
from analysis.evidence.fitted import FitSize, Fitted, Members, Told, medoid_of
from analysis.evidence.history_matching import (
    REPLICATES,
    Trained,
    Wave,
    frees_most,
    hopeless,
    is_sure,
    near_misses_left,
    not_ruled_out,
    out_of_reach,
    wave_from,
)
from analysis.evidence.sampling import (
    SIZE,
    Points,
    coordinates,
    defaults_at,
    latin_hypercube,
    world_at,
)
from analysis.evidence.targets import luck_of_pairs, raw_outputs, scaled, targets_of, widened
from analysis.evidence.world_numbers import ACCEPTANCE, ALL_ON, FRESH, TRAINING
from sim.study.study import Study
from sim.study.worlds import SWITCHES, World

LUCKY = 24
"""Worlds that are run twice, to see what luck does."""
MOST_WAVES = 4
SMALLEST_STEP = 0.1
"""A wave that rules out a smaller part of what was left is the last one."""
WIDENINGS = (1.0, 1.5, 2.0)
"""What the vagueness of every range is multiplied with, in turn, where nothing is left."""
TRIES = 40
"""Candidates at most for each member wanted."""
HEARD_OF = 200
"""Candidates after which it is said how many were taken in."""
MEDOID_REPLICATES = 12

Measured = Callable[[Sequence[World], Sequence[int]], list[list[pd.DataFrame | None]]]
"""Runs worlds with replicates of given numbers; measures by world and replicate, None if failed."""


class NoWorldLeftError(Exception):
    """What is known of a firm rules every world out."""


class Fitting:
    """History matching of one org model of a study.

    Parameters
    ----------
    study : Study
    measured : callable
        Runs worlds under the one org model.
    plan : FitSize
    say : callable
        Receives a line of text as each stage begins.
    """

    def __init__(
        self,
        study: Study,
        measured: Measured,
        plan: FitSize,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._study, self._measured, self._plan, self._say = study, measured, plan, say
        self._names = coordinates(study)
        self._seed = study.design.seed + plan.stream
        self._all = targets_of(study)
        fitted = tuple(each for each in self._all if each.pattern.fitted)
        self._after = set_afterwards(study, fitted)
        self._targets = tuple(each for each in fitted if each not in self._after)
        self._told = Told()
        self._ran = 0
        self._luck: Floats = np.zeros(len(self._targets))
        self._luck_after: Floats = np.zeros(len(self._after))
        self._idle: NDArray[np.bool_] = np.zeros(len(self._names), dtype=bool)

    def fitted(self) -> Fitted:
        """Run all stages, in order."""
        default = self._default()
        dummies = self._dummies()
        trained = self._first_wave(dummies)
        waves = self._waves(trained)
        self._say("Taking worlds in")
        wanted = self._plan.members
        members = self._take_in(self._drawn(waves, wanted, ACCEPTANCE), wanted, ACCEPTANCE)
        self._told.tried, self._told.taken = members.tried, len(members.points)
        self._say("Taking them in again, at the firm's own size and with nothing off")
        all_on = self._again(waves, members)
        informed = sorted(
            {place for wave in waves for each in wave.emulators for place in each.active}
        )
        middle, medoid = self._middle(members, all_on, informed)
        names = tuple(self._names[place] for place in informed)
        return Fitted(members, all_on, medoid, self._all, default, middle, names, self._told)

    def _default(self) -> dict[str, float]:
        """Return what the registered defaults give; targets that no run has are left out."""
        world = world_at(self._study, defaults_at(self._study), TRAINING)
        outputs = self._mean_outputs([world], range(REPLICATES))[0]
        if not any(np.isfinite(outputs[each.name]) for each in self._all):
            raise NoWorldLeftError("a run of the registered defaults failed, or gives none of it")
        self._all = tuple(each for each in self._all if np.isfinite(outputs[each.name]))
        self._targets, self._after = (
            tuple(each for each in group if np.isfinite(outputs[each.name]))
            for group in (self._targets, self._after)
        )
        return outputs

    def _dummies(self) -> NDArray[np.bool_]:
        """Return of which coordinates no run takes notice: low and high give the same bits."""
        self._say("Looking for what does nothing")
        base = defaults_at(self._study)
        points = np.repeat(base[None], 2 * len(self._names), axis=0)
        for place in range(len(self._names)):
            points[2 * place, place], points[2 * place + 1, place] = 0.0, 1.0
        worlds = [world_at(self._study, point, TRAINING) for point in points]
        found = [runs[0] for runs in self._measured(worlds, [0])]
        pairs = zip(found[::2], found[1::2], strict=True)
        dummies = np.array(
            [low is not None and high is not None and low.equals(high) for low, high in pairs]
        )
        self._told.dummies, self._idle = int(dummies.sum()), dummies
        self._told.runs.append(len(worlds))
        return dummies

    def _first_wave(self, dummies: NDArray[np.bool_]) -> Trained:
        self._say("First wave: worlds from all that is assumed")
        points = latin_hypercube(self._study, self._plan.runs, self._seed)
        ran = self._outputs(self._next_worlds(points), [0])
        twice = self._outputs(self._worlds(points[:LUCKY], TRAINING + 1), [0, 1])
        self._told.runs.append(len(points) + len(twice))
        self._luck, self._luck_after = (
            luck_of_pairs(twice, group) for group in (self._targets, self._after)
        )
        self._leave_out_of_reach([runs[0] for runs in ran])
        values = np.array([scaled(self._targets, runs[0]) for runs in ran])
        return Trained(points, values, self._luck, dummies)

    def _leave_out_of_reach(self, runs: Sequence[Mapping[str, float]]) -> None:
        """Set aside what no run gives at any threshold."""
        reached = [
            any((target.outside(at_any_threshold(target, run)) == 0.0).any() for run in runs)
            for target in self._after
        ]
        pairs = list(zip(self._after, reached, strict=True))
        self._told.set_aside += [target.name for target, there in pairs if not there]
        self._after = tuple(target for target, there in pairs if there)
        self._luck_after = self._luck_after[np.array(reached, dtype=bool)]

    def _waves(self, trained: Trained) -> list[Wave]:
        """Return the waves, after the first one each in what those before have left."""
        ran = self._ran
        for widening in WIDENINGS:
            self._ran = ran  # what an attempt that failed has run teaches the next one nothing
            self._told.left, self._told.emulated = [], []
            self._told.widening = widening
            self._targets = widened(self._targets, widening)
            self._after = widened(self._after, widening)
            trained, first = self._reachable(trained)
            waves = self._waves_after(first, trained)
            if waves:
                return waves
        together = "no world gives all that is known of this firm together"
        culprit = f"; {self._told.frees_most} rules most out" if self._told.frees_most else ""
        raise NoWorldLeftError(f"{together}, even with every range twice as vague{culprit}")

    def _reachable(self, trained: Trained) -> tuple[Trained, Wave]:
        """Return the first wave and what it was trained on, without what is out of all reach."""
        wave = wave_from(self._targets, trained, self._seed, rank=2)
        far = out_of_reach(self._targets, trained, wave, self._seed)
        if far:
            kept = [place for place, each in enumerate(self._targets) if each.name not in far]
            self._targets = tuple(self._targets[place] for place in kept)
            trained = replace(trained, values=trained.values[:, kept], luck=trained.luck[kept])
            self._luck = trained.luck
            self._told.set_aside += far
            wave = wave_from(self._targets, trained, self._seed, rank=2)
        if not self._targets and not self._after:
            named = ", ".join(self._told.set_aside)
            raise NoWorldLeftError(f"nothing is left to be fitted: no world gives {named}")
        self._note(wave)
        return trained, wave

    def _waves_after(self, first: Wave, trained: Trained) -> list[Wave]:
        """Return the first wave and those in what it leaves; none where nothing is left."""
        waves, before = [first], 1.0
        while True:
            seed = self._seed + 1000 * len(waves)
            left = not_ruled_out(waves, len(self._names), self._plan.runs // 2, seed)
            if not len(left.points):
                self._told.frees_most = frees_most(waves, len(self._names), seed)
                return []
            self._told.left.append(left.share)
            # The first wave looks at the second-worst figure only, and may leave nearly all.
            small = left.share > (1.0 - SMALLEST_STEP) * before
            every = len(waves[-1].targets) == len(self._targets)
            sure = len(waves) > 1 and every and is_sure(waves[-1], left.points)
            enough = len(waves) > 1 and (small or sure)
            if enough or len(waves) >= MOST_WAVES:
                return waves
            before = left.share
            trained = self._next_wave(trained, left.points, len(waves) + 1)
            waves.append(wave_from(self._targets, trained, self._seed, rank=1))
            self._note(waves[-1])

    def _next_wave(self, trained: Trained, points: Points, number: int) -> Trained:
        self._say(f"Wave {number}: worlds that are not ruled out")
        values = self._values(self._next_worlds(points), [0])[:, 0]
        self._told.runs.append(len(points))
        return replace(
            trained,
            points=np.concatenate([trained.points, points]),
            values=np.concatenate([trained.values, values]),
        )

    def _note(self, wave: Wave) -> None:
        pairs = zip(wave.targets, wave.emulators, strict=True)
        self._told.emulated.append({each.name: round(emulator.q2, 3) for each, emulator in pairs})

    def _drawn(
        self, waves: Sequence[Wave], wanted: int, first: int, fixed: Sequence[int] = ()
    ) -> Iterator[Points]:
        """Return enough of what is left to find so many worlds, in the order of their draws."""
        most, seed = TRIES * wanted, self._seed + first
        return candidates(waves, len(self._names), most, seed, fixed, self._told)

    def _again(self, waves: Sequence[Wave], members: Members) -> Members:
        """Take in the members that also give what is known as the firm is; draw on if few do."""
        again = self._take_in([self._as_it_is(members.points)], len(members.points), ALL_ON)
        lacking, first = self._plan.all_on - len(again.points), ALL_ON + len(members.points)
        if lacking <= 0 or not len(members.points):
            return again
        switches = [place for place, name in enumerate(self._names) if name in SWITCHES]
        drawn = map(self._as_it_is, self._drawn(waves, lacking, first, switches))
        more = self._take_in(drawn, lacking, first)
        points = np.concatenate([again.points, more.points])
        outputs = pd.concat([again.outputs, more.outputs], ignore_index=True)
        return Members(points, outputs, again.tried + more.tried)

    def _as_it_is(self, points: Points) -> Points:
        """Return worlds of the study's own size, nothing off, what does nothing as registered."""
        switches = [name in SWITCHES for name in self._names]
        stays = self._idle | np.array([name == SIZE for name in self._names])
        return np.where(switches, 1.0, np.where(stays, defaults_at(self._study), points))

    def _take_in(self, blocks: Iterable[Points], wanted: int, first: int) -> Members:
        """Run candidates in order; take in those whose means give what is known."""
        kept: list[NDArray[np.float64]] = []
        outputs: list[dict[str, float]] = []
        tried = 0
        for block in blocks:
            worlds = self._worlds(block, first + tried)
            tried += len(block)
            for place, runs in self._hopeful(worlds):
                member = self._member(block[place], runs, worlds[place].number)
                if member is not None and len(kept) < wanted:
                    kept.append(member[0])
                    outputs.append(member[1])
            if tried % HEARD_OF == 0:
                self._say(f"{len(kept)} of {wanted} after {tried} candidates")
            if len(kept) >= wanted:
                break
        points = np.array(kept) if kept else np.empty((0, len(self._names)))
        return Members(points, pd.DataFrame(outputs), tried)

    def _member(
        self, point: NDArray[np.float64], runs: Sequence[Mapping[str, float]], number: int
    ) -> tuple[NDArray[np.float64], dict[str, float]] | None:
        """Return a world with its thresholds set, and what it gives, if that is what is known."""
        values = np.mean([scaled(self._targets, run) for run in runs], axis=0)
        misses = near_misses_left(self._targets, values, self._luck, REPLICATES)
        if misses < 0:  # or a run has failed
            return None
        means, luck = _mean_of(runs), np.random.default_rng([self._seed, number])
        chosen = chosen_thresholds(self._after, means, self._luck_after, REPLICATES, misses, luck)
        if chosen is None:
            return None
        places, shares = places_and_shares(self._names, chosen)
        point = point.copy()
        point[places] = shares
        named = {each.name: means[each.name] for each in self._all}
        return point, named | chosen.outputs

    def _hopeful(self, worlds: Sequence[World]) -> Iterator[tuple[int, list[dict[str, float]]]]:
        """Yield the worlds that may be taken in, by place, with all their runs.

        After the first run and the second one those are left that more may bring in.
        """
        runs = self._outputs(worlds, [0])
        for each in runs:
            self._note_missed(each[0])
        left = list(range(len(worlds)))
        for number in (1, 2, REPLICATES):
            if number > 1:
                found = self._outputs([worlds[place] for place in left], range(number))
                for place, each in zip(left, found, strict=True):
                    runs[place] = each
            if number < REPLICATES:
                left = [place for place in left if self._may_come_in(runs[place])]
        yield from ((place, runs[place]) for place in left)

    def _may_come_in(self, runs: Sequence[Mapping[str, float]]) -> bool:
        values = np.mean([scaled(self._targets, run) for run in runs], axis=0)
        return not hopeless(self._targets, values, self._luck, len(runs))

    def _note_missed(self, run: Mapping[str, float]) -> None:
        """Note what a candidate's first run misses."""
        values = scaled(self._targets, run)
        for place, target in enumerate(self._targets):
            near = target.tolerance + 2.0 * math.sqrt(self._luck[place])
            self._told.missed[target.name] += not target.outside(values[place]) <= near
        for place, target in enumerate(self._after):
            near = target.tolerance + 2.0 * math.sqrt(self._luck_after[place])
            outside = target.outside(at_any_threshold(target, run))
            self._told.missed[target.name] += not (outside <= near).any()

    def _middle(
        self, members: Members, all_on: Members, informed: Sequence[int]
    ) -> tuple[dict[str, float], World | None]:
        """Return the medoid, what does nothing at its registered value, and what it gives."""
        if not len(all_on.points) or not len(members.points):
            return {}, None
        chosen = medoid_of(self._seen(members, informed), self._seen(all_on, informed))
        world = world_at(self._study, all_on.points[chosen], FRESH)
        self._say("The world in the middle, on fresh luck")
        return self._mean_outputs([world], range(MEDOID_REPLICATES))[0], replace(world, number=0)

    def _seen(self, members: Members, informed: Sequence[int]) -> Floats:
        """Return what members are told apart by: fitted outputs and informed coordinates."""
        names = [each.name for each in (*self._targets, *self._after)]
        outputs = members.outputs[names].to_numpy(np.float64)
        return np.column_stack([outputs, members.points[:, list(informed)]])

    def _worlds(self, points: Points, first: int) -> list[World]:
        return [world_at(self._study, point, first + place) for place, point in enumerate(points)]

    def _next_worlds(self, points: Points) -> list[World]:
        """Return training worlds with luck that none had before."""
        worlds = self._worlds(points, TRAINING + 1 + self._ran)
        self._ran += len(points)
        return worlds

    def _outputs(
        self, worlds: Sequence[World], replicates: Sequence[int]
    ) -> list[list[dict[str, float]]]:
        """Return what every run gives; of a failed one, nothing."""
        nothing = {each.name: math.nan for each in self._all}
        return [
            [nothing if table is None else raw_outputs(self._all, table) for table in runs]
            for runs in self._measured(worlds, replicates)
        ]

    def _values(self, worlds: Sequence[World], replicates: Sequence[int]) -> Floats:
        """Return fitted outputs on the scale of comparison, shape (worlds, replicates, targets)."""
        return np.array(
            [
                [scaled(self._targets, run) for run in runs]
                for runs in self._outputs(worlds, replicates)
            ]
        )

    def _mean_outputs(
        self, worlds: Sequence[World], replicates: Sequence[int]
    ) -> list[dict[str, float]]:
        return [_mean_of(runs) for runs in self._outputs(worlds, replicates)]


def _mean_of(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each output over runs; where one has failed, none has a value."""
    names = {name: None for run in runs for name in run}
    return {name: float(np.mean([run.get(name, math.nan) for run in runs])) for name in names}
