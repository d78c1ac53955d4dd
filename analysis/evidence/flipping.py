"""Where the ranking flips: in which worlds another org model is best, and at what value of what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.evidence.moving import FOLDS, RESAMPLED, Cloud
from sim.study.worlds import SWITCHES

MOST_LEAVES, LEAST_SHARE, LEAST_IN_LEAF = 3, 0.08, 5
"""Leaves of the tree at most; worlds in each at least, as a share and as a number."""
_SURELY = 0.05
_GRID = np.linspace(0.0, 1.0, 101)

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """One question on the way to a leaf: whether a coordinate is above a value."""

    name: str
    share: float
    above: bool


@dataclass(frozen=True)
class Scene:
    """Worlds of one kind, and who is best in most of them.

    Attributes
    ----------
    splits : tuple of Split
        What they have in common.
    best : int
        Place of the org model that is best in most; -1 where nobody is by over one head.
    n_worlds : int
    right : float
        Share of them in which it is best.
    """

    splits: tuple[Split, ...]
    best: int
    n_worlds: int
    right: float


@dataclass(frozen=True)
class Scenes:
    """A small tree over who is best.

    Attributes
    ----------
    scenes : tuple of Scene
    right, guessed : float
        Share of worlds, held out when the tree was grown, that it gets right; and that naming the
        one that is best in most worlds everywhere gets right.
    """

    scenes: tuple[Scene, ...]
    right: float
    guessed: float

    @property
    def tells(self) -> bool:
        """Whether the tree names two, and is right more often than naming one everywhere."""
        return len({scene.best for scene in self.scenes}) > 1 and self.right > self.guessed


def scenes_of(cloud: Cloud, best: NDArray[np.int64], *, seed: int) -> Scenes:
    """Return in which kinds of worlds who is best.

    Parameters
    ----------
    cloud : Cloud
    best : int64, shape (n_worlds,)
        Who is best in each: a place, or -1.
    seed : int
        Of the folds.
    """
    # What learns takes long to load, and other commands do without it.
    from sklearn.model_selection import KFold  # noqa: PLC0415

    guessed, right = np.empty_like(best), np.empty_like(best)
    for known, unseen in KFold(FOLDS, shuffle=True, random_state=seed).split(cloud.points):
        right[unseen] = _grown(cloud.points[known], best[known], seed).predict(cloud.points[unseen])
        guessed[unseen] = _most_frequent(best[known])
    tree = _grown(cloud.points, best, seed)
    scenes = _leaves(tree, cloud, best)
    return Scenes(scenes, float((right == best).mean()), float((guessed == best).mean()))


def _most_frequent(best: NDArray[np.int64]) -> int:
    values, counts = np.unique(best, return_counts=True)
    return int(values[counts.argmax()])


def _grown(points: _Floats, best: NDArray[np.int64], seed: int):  # type: ignore[no-untyped-def]
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415

    least = max(LEAST_IN_LEAF, math.ceil(LEAST_SHARE * len(best)))
    tree = DecisionTreeClassifier(
        max_leaf_nodes=MOST_LEAVES, min_samples_leaf=least, random_state=seed
    )
    return tree.fit(points, best)


def _leaves(tree, cloud: Cloud, best: NDArray[np.int64]) -> tuple[Scene, ...]:  # type: ignore[no-untyped-def]
    grown = tree.tree_
    reached = tree.apply(cloud.points)

    def below(node: int, splits: tuple[Split, ...]) -> tuple[Scene, ...]:
        if grown.children_left[node] < 0:
            return (_scene(splits, best[reached == node]),)
        name, share = cloud.names[grown.feature[node]], float(grown.threshold[node])
        left, right = (
            below(int(child), (*splits, Split(name, share, above)))
            for child, above in (
                (grown.children_left[node], False),
                (grown.children_right[node], True),
            )
        )
        if len({scene.best for scene in (*left, *right)}) > 1:
            return (*left, *right)
        # A question whose answers all name the same is none.
        return (_joined(splits, (*left, *right)),)

    return below(0, ())


def _scene(splits: tuple[Split, ...], there: NDArray[np.int64]) -> Scene:
    who = _most_frequent(there)
    return Scene(splits, who, len(there), float((there == who).mean()))


def _joined(splits: tuple[Split, ...], scenes: Sequence[Scene]) -> Scene:
    number = sum(scene.n_worlds for scene in scenes)
    right = sum(scene.right * scene.n_worlds for scene in scenes) / number
    return Scene(splits, scenes[0].best, number, right)


@dataclass(frozen=True)
class Tipping:
    """At what value of a coordinate the lead is nothing, by a straight line through the worlds.

    Attributes
    ----------
    name : str
    share : float
        Between the ends of its range; NaN where the line has no zero inside.
    low, high : float
        95 % interval, likewise: where the band of the line holds zero; NaN where it nowhere does.
    rises : bool
        Whether the leader is ahead above it rather than below.
    """

    name: str
    share: float
    low: float
    high: float
    rises: bool


def tipping_points(cloud: Cloud, names: Sequence[str], *, seed: int) -> list[Tipping]:
    """Return the tipping point of each of some coordinates, resampling whole worlds.

    Parameters
    ----------
    cloud : Cloud
    names : sequence of str
        Parameters or the size; mechanisms are on or off and have none.
    seed : int
        Of the resampling.
    """
    rng = np.random.default_rng(seed)
    size = len(cloud.lead)
    times = rng.multinomial(size, np.full(size, 1 / size), size=RESAMPLED).astype(np.float64)
    return [
        _tipping(name, cloud.points[:, cloud.names.index(name)], cloud.lead, times)
        for name in names
        if name not in SWITCHES
    ]


def _tipping(name: str, column: _Floats, lead: _Floats, times: _Floats) -> Tipping:
    level, slope = (float(each[0]) for each in _line(column, lead, np.ones((1, len(lead)))))
    share = -level / slope if slope else math.nan
    levels, slopes = _line(column, lead, times)
    heights = levels[:, None] + slopes[:, None] * _GRID
    low, high = np.quantile(heights, [_SURELY / 2, 1 - _SURELY / 2], axis=0)
    held = _GRID[(low <= 0) & (high >= 0)]
    ends = (float(held[0]), float(held[-1])) if len(held) else (math.nan, math.nan)
    inside = 0 <= share <= 1
    return Tipping(name, share if inside else math.nan, *ends, slope > 0)


def _line(column: _Floats, lead: _Floats, times: _Floats) -> tuple[_Floats, _Floats]:
    """Return level at 0 and slope of the straight line through so many times each world."""
    number = times.sum(axis=1)
    x, y = times @ column / number, times @ lead / number
    across = times @ (column * lead) / number - x * y
    spread = times @ column**2 / number - x**2
    slope = np.divide(across, spread, out=np.zeros_like(across), where=spread > 0)
    return y - slope * x, slope


@dataclass(frozen=True)
class Switched:
    """The lead with a mechanism on and off.

    Attributes
    ----------
    name : str
        Of the mechanism.
    on, off : tuple of float
        What the leader has more than the best other one on average, with the ends of its 95 %
        interval (Student t).
    n_on, n_off : int
        Worlds.
    """

    name: str
    on: tuple[float, float, float]
    off: tuple[float, float, float]
    n_on: int
    n_off: int

    @property
    def decides(self) -> bool:
        """Whether the leader is ahead on average with it, or without it, and not with both."""
        return (self.on[0] > 0) is not (self.off[0] > 0)


def switched(
    values: _Floats, leader: int, offs: Sequence[frozenset[str]], names: Sequence[str]
) -> list[Switched]:
    """Return the lead with each mechanism on and off.

    Parameters
    ----------
    values : float64, shape (n_worlds, n_models)
        Higher is better; none is missing.
    leader : int
        Place of the leader.
    offs : sequence of frozenset of str
        What is off in each world.
    names : sequence of str
        The mechanisms.
    """
    found = []
    for name in names:
        off = np.array([name in each for each in offs], dtype=bool)
        if 1 < off.sum() < len(off) - 1:
            ends = (_lead_among(values[~off], leader), _lead_among(values[off], leader))
            found.append(Switched(name, *ends, int((~off).sum()), int(off.sum())))
    return found


def _lead_among(values: _Floats, leader: int) -> tuple[float, float, float]:
    from scipy.stats import t  # noqa: PLC0415

    means = values.mean(axis=0)
    means[leader] = -math.inf
    lead = values[:, leader] - values[:, int(means.argmax())]
    mean, error = float(lead.mean()), float(lead.std(ddof=1)) / len(lead) ** 0.5
    half = float(t.ppf(1 - _SURELY / 2, len(lead) - 1)) * error
    return mean, mean - half, mean + half
