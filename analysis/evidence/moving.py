"""What moves the lead: which of all that is assumed, by how much, and how much of that is known.

The lead is what the leader has more than the runner-up, world by world. An emulator of it (a
quadratic in the coordinates that stand out, its size held down) is judged on worlds it has not
seen; SALib's given-data estimates of the same indices are a check that needs no emulator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.parameters import REGISTRY
from sim.study.tables import column_names
from sim.study.worlds import LARGEST_FIRM, SMALLEST_FIRM, SWITCHES, World

FOLDS, PERMUTATIONS, RESAMPLED = 5, 199, 999
MOST_READ = 12
"""Coordinates that the emulator reads at most."""
LEAST_WORLDS = 24
"""Fewer worlds tell nothing about so many coordinates."""
_PENALTIES = np.logspace(-2, 4, 13)
_SURELY = 0.05
_GRID, _SHUFFLES = 21, 99

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cloud:
    """Where worlds lie, and the lead in each.

    Attributes
    ----------
    names : tuple of str
        Coordinates that differ between worlds: parameters, ``size``, mechanisms.
    points : float64, shape (n_worlds, n_coordinates)
        Each between 0 and 1: the ends of its range; a mechanism that is on is at 1.
    lead : float64, shape (n_worlds,)
        In the measure's unit; positive where the leader is ahead.
    """

    names: tuple[str, ...]
    points: _Floats
    lead: _Floats


def cloud_of(worlds: Sequence[World], lead: _Floats) -> Cloud:
    """Return the worlds in which there is a lead as points.

    Parameters
    ----------
    worlds : sequence of World
    lead : float64, shape (n_worlds,)
        NaN where a run failed.
    """
    there = np.flatnonzero(~np.isnan(lead)).tolist()
    rows = [_shares(worlds[place]) for place in there]
    names = [name for name in rows[0] if all(name in row for row in rows)] if rows else []
    points = np.array([[row[name] for name in names] for row in rows], dtype=np.float64)
    moved = [at for at in range(len(names)) if np.ptp(points[:, at]) > 0]
    return Cloud(tuple(names[at] for at in moved), points[:, moved], lead[there])


def _shares(world: World) -> dict[str, float]:
    values = {
        name: (value - REGISTRY[name].low) / (REGISTRY[name].high - REGISTRY[name].low)
        for name, value in world.parameters.items()
        if REGISTRY[name].high > REGISTRY[name].low
    }
    size = (world.size - SMALLEST_FIRM) / (LARGEST_FIRM - SMALLEST_FIRM)
    return {**values, "size": size, **{name: float(name not in world.off) for name in SWITCHES}}


def value_at(name: str, share: float) -> float:
    """Return a coordinate's value at a share of the way between the ends of its range."""
    if name in REGISTRY:
        row = REGISTRY[name]
        return row.low + share * (row.high - row.low)
    return SMALLEST_FIRM + share * (LARGEST_FIRM - SMALLEST_FIRM) if name == "size" else share


@dataclass(frozen=True)
class Moving:
    """What moves the lead.

    Attributes
    ----------
    table : DataFrame
        Columns of ``sensitivity.csv``, the largest swing first.
    predicted : float
        Share of the variance of the lead that the emulator predicts in worlds it has not seen;
        below 0 where guessing the mean would be better.
    error : float
        Root mean square of its error there, in the measure's unit.
    by_informed, by_uninformed : float
        Share of the variance of the lead that is owed to parameters that the ensemble informs, and
        to all others, as far as the emulator predicts it in worlds it has not seen; what both do
        together is in neither.
    by_chance : float
        The largest swing of all coordinates that chance alone gives, in 95 % of permutations.
    """

    table: pd.DataFrame
    predicted: float
    error: float
    by_informed: float
    by_uninformed: float
    by_chance: float

    @property
    def strongest(self) -> pd.DataFrame:
        """The rows whose swing is more than chance gives to any of them."""
        return self.table[self.table["swing"].abs() > self.by_chance]


def moving(cloud: Cloud, *, seed: int) -> Moving:
    """Return what moves the lead.

    Parameters
    ----------
    cloud : Cloud
        Of `LEAST_WORLDS` at least, with one coordinate at least.
    seed : int
        Of folds, resamples and permutations.
    """
    rng = np.random.default_rng(seed)
    informed = informed_by(cloud)
    low, high = thirds(cloud)
    swing = _swings(cloud.lead, low, high)
    permuted = [
        np.abs(_swings(rng.permutation(cloud.lead), low, high)).max() for _ in range(PERMUTATIONS)
    ]
    fitted = LeadEmulator(cloud.points, cloud.lead)
    predicted, error = held_out(cloud, seed)
    first, total = indices_of(fitted, cloud, rng)
    checks = checked_indices(cloud, np.argsort(-np.abs(swing), kind="stable")[:MOST_READ], seed)
    table = pd.DataFrame(
        {
            "parameter": cloud.names,
            "informed": informed,
            "low_mean": _means(cloud.lead, low),
            "high_mean": _means(cloud.lead, high),
            "swing": swing,
            "first_order": first,
            "total": total,
            **checks,
        }
    )
    for end, rows in _resampled_ends(cloud, low, high, rng).items():
        table[end] = rows
    order = np.argsort(-np.abs(swing), kind="stable")
    table = table.iloc[order].reset_index(drop=True)[column_names("sensitivity.csv")]
    spread = float(fitted.at(cloud.points).var())
    kept = max(0.0, predicted) * float(cloud.lead.var()) / spread if spread > 0 else 0.0
    kept = min(1.0, kept)
    owed = [kept * _share_of(fitted, cloud, each, rng) for each in (informed, ~informed)]
    by_chance = float(np.quantile(permuted, 1 - _SURELY, method="higher"))
    return Moving(table, predicted, error, owed[0], owed[1], by_chance)


def informed_by(cloud: Cloud) -> NDArray[np.bool_]:
    """Return which coordinates the worlds know more of than their range, shape (n_coordinates,).

    They are spread unevenly over it (Kolmogorov and Smirnov, at .05 over all together); a mechanism
    is on in half of the worlds, whatever is known.
    """
    # Read only where worlds are judged: reading it takes half a second.
    from scipy.stats import kstest  # noqa: PLC0415

    level = _SURELY / max(1, len(cloud.names))
    return np.array(
        [
            name not in SWITCHES and kstest(cloud.points[:, at], "uniform").pvalue < level
            for at, name in enumerate(cloud.names)
        ],
        dtype=bool,
    )


def thirds(cloud: Cloud) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which worlds are in the lowest and the highest third of each coordinate.

    Returns
    -------
    tuple of bool, shape (n_worlds, n_coordinates)
        Of a mechanism all worlds in which it is off, and on.
    """
    ends = np.quantile(cloud.points, [1 / 3, 2 / 3], axis=0)
    switch = np.array([name in SWITCHES for name in cloud.names], dtype=bool)
    ends = np.where(switch, 0.5, ends)
    return cloud.points <= ends[0], cloud.points >= ends[1]


def _means(lead: _Floats, chosen: NDArray[np.bool_]) -> _Floats:
    """Return the mean lead in the chosen worlds, for each coordinate."""
    return np.asarray((chosen * lead[:, None]).sum(axis=0) / np.maximum(1, chosen.sum(axis=0)))


def _swings(lead: _Floats, low: NDArray[np.bool_], high: NDArray[np.bool_]) -> _Floats:
    return _means(lead, high) - _means(lead, low)


def _resampled_ends(
    cloud: Cloud, low: NDArray[np.bool_], high: NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, _Floats]:
    """Return 95 % intervals of the mean lead at either end, from resamples of whole worlds."""
    size = len(cloud.lead)
    times = rng.multinomial(size, np.full(size, 1 / size), size=RESAMPLED).astype(np.float64)
    found: dict[str, _Floats] = {}
    for name, chosen in (("low", low), ("high", high)):
        flags = chosen.astype(np.float64)
        means = (times * cloud.lead) @ flags / np.maximum(1.0, times @ flags)
        ends = np.quantile(means, [_SURELY / 2, 1 - _SURELY / 2], axis=0)
        found |= {f"{name}_from": ends[0], f"{name}_to": ends[1]}
    return found


class LeadEmulator:
    """A quadratic in the coordinates that stand out, with a ridge penalty found by leaving out.

    Parameters
    ----------
    points : float64, shape (n_worlds, n_coordinates)
    lead : float64, shape (n_worlds,)
    """

    def __init__(self, points: _Floats, lead: _Floats) -> None:
        # What learns takes long to load, and other commands do without it.
        from sklearn.linear_model import RidgeCV  # noqa: PLC0415
        from sklearn.pipeline import make_pipeline  # noqa: PLC0415
        from sklearn.preprocessing import PolynomialFeatures, StandardScaler  # noqa: PLC0415

        self.read = _standing_out(points, lead)
        quadratic = PolynomialFeatures(degree=2, include_bias=False)
        steps = (StandardScaler(), quadratic, StandardScaler(), RidgeCV(alphas=_PENALTIES))
        self._fitted = make_pipeline(*steps).fit(points[:, self.read], lead)

    def at(self, points: _Floats) -> _Floats:
        """Return the lead to be expected at so many points, float64, shape (n_points,)."""
        return np.asarray(self._fitted.predict(points[:, self.read]), dtype=np.float64)


def _standing_out(points: _Floats, lead: _Floats) -> NDArray[np.int64]:
    """Return the coordinates that go with the lead more than chance lets any, the first at least.

    Straight or bent: their distance from the middle counts as well.
    """
    bent = [points, np.abs(points - points.mean(axis=0))]
    strength = np.max([np.abs(_correlations(each, lead)) for each in bent], axis=0)
    rng = np.random.default_rng(len(lead))
    shuffled = np.array([rng.permutation(lead) for _ in range(_SHUFFLES)])
    most = np.max([np.abs(_correlations(each, shuffled)).max(axis=-1) for each in bent], axis=0)
    order = np.argsort(-strength, kind="stable")
    number = int((strength > np.median(most)).sum())
    return order[: min(max(number, 1), MOST_READ)]


def _correlations(points: _Floats, lead: _Floats) -> _Floats:
    """Return correlations of leads with coordinates, shape (..., n_coordinates)."""
    centred, rest = points - points.mean(axis=0), lead - lead.mean(axis=-1, keepdims=True)
    scale = np.sqrt((rest**2).sum(axis=-1, keepdims=True) * (centred**2).sum(axis=0))
    return np.asarray(np.divide(rest @ centred, scale, out=np.zeros_like(scale), where=scale > 0))


def held_out(cloud: Cloud, seed: int) -> tuple[float, float]:
    """Return the share of variance predicted in worlds held out, and the error there.

    What the emulator reads is chosen anew without them.
    """
    from sklearn.model_selection import KFold  # noqa: PLC0415

    guessed = np.empty_like(cloud.lead)
    for known, unseen in KFold(FOLDS, shuffle=True, random_state=seed).split(cloud.points):
        fitted = LeadEmulator(cloud.points[known], cloud.lead[known])
        guessed[unseen] = fitted.at(cloud.points[unseen])
    square = float(((cloud.lead - guessed) ** 2).mean())
    spread = float(cloud.lead.var())
    return (1 - square / spread if spread > 0 else 0.0), square**0.5


def indices_of(
    fitted: LeadEmulator, cloud: Cloud, rng: np.random.Generator
) -> tuple[_Floats, _Floats]:
    """Return each coordinate's share of the variance of the lead, alone and with all it acts with.

    By the emulator over the worlds there are: the variance of its mean at each value of a
    coordinate; and half the mean square by which another world's value moves it (Jansen 1999).
    """
    spread = float(cloud.lead.var())
    first, total = np.zeros(len(cloud.names)), np.zeros(len(cloud.names))
    if spread == 0:
        return first, total
    plain = fitted.at(cloud.points)
    for at in fitted.read:
        moved = cloud.points.copy()
        means = []
        for value in np.quantile(cloud.points[:, at], np.linspace(0.025, 0.975, _GRID)):
            moved[:, at] = value
            means.append(fitted.at(moved).mean())
        first[at] = np.var(means) / spread
        squares = []
        for _ in range(8):
            moved[:, at] = rng.permutation(cloud.points[:, at])
            squares.append(((fitted.at(moved) - plain) ** 2).mean() / 2)
        total[at] = np.mean(squares) / spread
    return first, total


def _share_of(
    fitted: LeadEmulator, cloud: Cloud, chosen: NDArray[np.bool_], rng: np.random.Generator
) -> float:
    """Return the share of the variance that some coordinates give together, without the others."""
    spread = float(cloud.lead.var())
    if spread == 0 or not chosen.any():
        return 0.0
    mean = np.zeros_like(cloud.lead)
    rounds = 64
    for _ in range(rounds):
        others = cloud.points[rng.permutation(len(cloud.lead))]
        mean += fitted.at(np.where(chosen, cloud.points, others)) / rounds
    # What the mean of so many rounds still has of the others' variance.
    noise = float(fitted.at(cloud.points).var()) / rounds
    return max(0.0, float(mean.var()) - noise) / spread


def checked_indices(cloud: Cloud, places: NDArray[np.int64], seed: int) -> dict[str, _Floats]:
    """Return first-order indices by two given-data methods, NaN but for the places asked for.

    RBD-FAST (Tarantola et al. 2006) and the one that comes with the delta index (Plischke 2010;
    Plischke, Borgonovo & Smith 2013), both of SALib.
    """
    from SALib.analyze import delta, rbd_fast  # noqa: PLC0415

    found = {name: np.full(len(cloud.names), np.nan) for name in ("rbd_fast", "delta_first")}
    if np.ptp(cloud.lead) == 0:
        return found
    inside = cloud.points[:, places]
    problem: dict[str, Any] = {
        "num_vars": len(places),
        "names": [cloud.names[at] for at in places],
        "bounds": [[0.0, 1.0]] * len(places),
    }
    fast = rbd_fast.analyze(problem, inside, cloud.lead, num_resamples=2, seed=seed)
    found["rbd_fast"][places] = fast["S1"]
    continuous = [at for at, name in enumerate(problem["names"]) if name not in SWITCHES]
    if continuous:
        within = {
            "num_vars": len(continuous),
            "names": [problem["names"][at] for at in continuous],
            "bounds": [[0.0, 1.0]] * len(continuous),
        }
        given = delta.analyze(
            within, inside[:, continuous], cloud.lead, num_resamples=2, seed=seed, method="sobol"
        )
        found["delta_first"][places[continuous]] = given["S1"]
    return found
