"""An emulator: what a run would give, and how sure of that one may be, without running it.

A trend, quadratic in the coordinates that matter most and in each other one by itself (ridge
regression), and a Gaussian process on what the trend leaves (Matérn 5/2 with white noise for luck;
Kennedy & O'Hagan 2001). Which coordinates matter is screened against dummies: coordinates of which
it is known that they do nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import PolynomialFeatures

from analysis.comparison.intervals import Floats

MOST_ACTIVE = 25
"""Coordinates of one emulator at most; a thousand runs carry no more pairs than they have."""
MOST_POINTS, TO_TUNE = 1000, 500
"""Runs that the process on the residuals rests on at most, and those that its lengths are found
with: its cost grows with their cube."""
_FOLDS = 5
LEAST_Q2, LEAST_COVERED, SIGMAS = 0.5, 0.95, 3.0
_PENALTIES = np.logspace(-3, 4, 15)
_CHUNK = 4000


@dataclass(frozen=True)
class Emulator:
    """One output as a function of a world's coordinates.

    Attributes
    ----------
    active : tuple of int
        Coordinates that it reads.
    q2 : float
        Share of the variance of runs held out that it predicts.
    covered : float
        Share of runs held out within three standard deviations of what it predicts.
    """

    active: tuple[int, ...]
    q2: float
    covered: float
    _trend: _Trend
    _rest: GaussianProcessRegressor

    @property
    def usable(self) -> bool:
        """Whether it predicts well enough to rule anything out."""
        return self.q2 >= LEAST_Q2 and self.covered >= LEAST_COVERED

    def trend(self, points: Floats) -> Floats:
        """Return the trend alone, shape (n_points,)."""
        return self._trend.at(points)

    def mean_and_variance(self, points: Floats) -> tuple[Floats, Floats]:
        """Return what runs at so many worlds would give, and the variance of its mean over luck."""
        means, variances = [], []
        for part in _parts(points):
            rest, deviation = self._rest.predict(part[:, self.active], return_std=True)
            means.append(self._trend.at(part) + rest)
            variances.append(np.maximum(deviation**2 - _noise(self._rest), 0.0))
        return np.concatenate(means), np.concatenate(variances)

    @property
    def doubt(self) -> float:
        """The largest variance that a mean over luck can have, far from every run."""
        return float(self._rest.kernel_.get_params()["k1__k1__constant_value"])

    def missed(self, luck: float) -> float:
        """Return the variance that no coordinate explains, and luck does not either.

        Parameters
        ----------
        luck : float
            Variance of one run.
        """
        return max(self.noise - luck, 0.0)

    @property
    def noise(self) -> float:
        """Variance that no coordinate explains: luck, and what the emulator misses."""
        return _noise(self._rest)


def _parts(points: Floats) -> Iterator[Floats]:
    for start in range(0, max(len(points), 1), _CHUNK):
        yield points[start : start + _CHUNK]


class _Trend:
    """A quadratic in what matters most, and every other coordinate by itself (ridge).

    Many coordinates each do a little; of pairs there are too many to know.
    """

    def __init__(
        self, points: Floats, values: Floats, active: tuple[int, ...], dummies: NDArray[np.bool_]
    ) -> None:
        self._active, self._rest = list(active), np.flatnonzero(~dummies)
        self._pairs = PolynomialFeatures(degree=2, include_bias=False)
        self._pairs.fit(points[:, self._active])
        features = self._features(points)
        self._fitted = RidgeCV(alphas=_PENALTIES).fit(features, values)
        self.missed = self._left_out(features, values)

    def _left_out(self, features: Floats, values: Floats) -> Floats:
        """Return how far off each run is by a trend fitted without it: e/(1 - h), h its leverage.

        A trend of many terms follows the runs that it was fitted to closer than any other.
        """
        left, sizes, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
        kept = sizes**2 / (sizes**2 + self._fitted.alpha_)
        leverage = (left**2 * kept).sum(axis=1) + 1.0 / len(values)
        errors = values - self._fitted.predict(features)
        return np.asarray(errors / np.maximum(1.0 - leverage, 1e-3), dtype=np.float64)

    def _features(self, points: Floats) -> Floats:
        pairs = self._pairs.transform(_centred(points[:, self._active]))
        alone = _centred(points[:, self._rest])
        return np.concatenate([pairs, alone, alone**2], axis=1)

    def at(self, points: Floats) -> Floats:
        """Return its values."""
        return np.asarray(self._fitted.predict(self._features(points)), dtype=np.float64)


def _centred(points: Floats) -> Floats:
    return 2.0 * points - 1.0


def _noise(process: GaussianProcessRegressor) -> float:
    return float(process.kernel_.get_params()["k2__noise_level"])


def screened(points: Floats, values: Floats, dummies: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the coordinates that say more about an output than any dummy does.

    Each coordinate's share of the variance by a quadratic in it alone; dummies are those of which
    no run takes notice, so that the largest of theirs is what chance gives.

    Parameters
    ----------
    points : float64, shape (n_runs, n_coordinates)
    values : float64, shape (n_runs,)
    dummies : bool, shape (n_coordinates,)

    Returns
    -------
    tuple of int
        The strongest first, at most `MOST_ACTIVE`; never empty.
    """
    shares = np.array([_share_by(points[:, place], values) for place in range(points.shape[1])])
    chance = shares[dummies].max() if dummies.any() else 0.0
    order = [int(place) for place in np.argsort(-shares, kind="stable") if not dummies[place]]
    strong = [place for place in order if shares[place] > chance][:MOST_ACTIVE]
    return tuple(strong or order[:1])


def _share_by(column: Floats, values: Floats) -> float:
    """Return the share of the variance that a quadratic in one coordinate explains."""
    centred = _centred(column)
    design = np.column_stack([np.ones_like(centred), centred, centred**2])
    fitted = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    spread = float(values.var())
    return float(fitted.var()) / spread if spread > 0 else 0.0


def emulator_of(
    points: Floats,
    values: Floats,
    active: tuple[int, ...],
    dummies: NDArray[np.bool_],
    nearness: Floats,
    seed: int,
) -> Emulator:
    """Fit an emulator of one output, and try it on runs that it has not seen.

    Parameters
    ----------
    points : float64, shape (n_runs, n_coordinates)
    values : float64, shape (n_runs,)
        On the scale of comparison, all finite.
    active : tuple of int
        Coordinates of which it reads pairs, and that the process on the residuals reads.
    dummies : bool, shape (n_coordinates,)
        Those that it does not read at all.
    nearness : float64, shape (n_runs,)
        The smaller, the sooner a run is among those that the process rests on.
    seed : int
        Of the folds.
    """
    trend, rest = _fitted(points, values, (active, dummies), nearness, None)
    predicted, deviation = np.empty_like(values), np.empty_like(values)
    for known, held_out in KFold(_FOLDS, shuffle=True, random_state=seed).split(points):
        part = _fitted(
            points[known], values[known], (active, dummies), nearness[known], rest.kernel_
        )
        mean, spread = part[1].predict(points[held_out][:, active], return_std=True)
        predicted[held_out] = part[0].at(points[held_out]) + mean
        deviation[held_out] = spread
    error = values - predicted
    spread_all = float(values.var())
    q2 = 1.0 - float((error**2).mean()) / spread_all if spread_all > 0 else 0.0
    covered = float((np.abs(error) <= SIGMAS * deviation).mean())
    return Emulator(active, q2, covered, trend, rest)


def _fitted(
    points: Floats,
    values: Floats,
    read: tuple[tuple[int, ...], NDArray[np.bool_]],
    nearness: Floats,
    kernel: Any,
) -> tuple[_Trend, GaussianProcessRegressor]:
    """Return trend and process; with a kernel given its lengths stay as they are."""
    trend = _Trend(points, values, *read)
    rest, inside = trend.missed, points[:, read[0]]
    spread = max(float(rest.var()), 1e-12)
    begun = ConstantKernel(spread, (1e-3 * spread, 1e2 * spread)) * Matern(
        length_scale=2.0, length_scale_bounds=(0.3, 100.0), nu=2.5
    ) + WhiteKernel(0.5 * spread, (1e-4 * spread, 1e1 * spread))
    if kernel is None:
        # Found with runs from everywhere: luck near the target alone is not that of the rest.
        some = np.linspace(0, len(inside) - 1, min(TO_TUNE, len(inside))).astype(int)
        with warnings.catch_warnings():
            # A length at the end of its range means that the trend has left nothing to explain.
            warnings.simplefilter("ignore", ConvergenceWarning)
            kernel = GaussianProcessRegressor(begun).fit(inside[some], rest[some]).kernel_
    near = np.argsort(nearness, kind="stable")[:MOST_POINTS]
    process = GaussianProcessRegressor(kernel, optimizer=None).fit(inside[near], rest[near])
    return trend, process
