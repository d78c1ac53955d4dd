"""How long customers wait before they give up, where most are served first (survival analysis)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar

from sim.study.mechanisms import MEASURED_SHAPE

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

_NORMAL_95 = 1.959963984540054
_SHAPES = (0.1, 10.0)


@dataclass(frozen=True)
class Survival:
    """Share still willing to wait after given times (Kaplan & Meier 1958), with its 95 % band.

    Attributes
    ----------
    at, share, low, high : numpy.ndarray
        Float64, of the same length: seconds, and shares. The band is by Greenwood's variance on the
        scale log(−log S).
    """

    at: _Floats
    share: _Floats
    low: _Floats
    high: _Floats


def kaplan_meier(waits: _Floats, gave_up: _Bools, at: _Floats) -> Survival:
    """Return the share still willing to wait, those served being known to have waited so long.

    Parameters
    ----------
    waits : numpy.ndarray
        Float64, seconds until served or gone.
    gave_up : numpy.ndarray
        bool.
    at : numpy.ndarray
        Float64, seconds at which to read the curve.
    """
    order = np.argsort(waits, kind="stable")
    times, lost = waits[order], gave_up[order]
    steps, first = np.unique(times, return_index=True)
    at_risk = len(times) - first
    gone = np.add.reduceat(lost.astype(float), first)
    share = np.cumprod(1.0 - gone / at_risk)
    variance = np.cumsum(gone / np.maximum(at_risk * (at_risk - gone), 1e-9))
    place = np.searchsorted(steps, at, "right") - 1
    here = np.where(place >= 0, share[np.maximum(place, 0)], 1.0)
    spread = np.where(place >= 0, variance[np.maximum(place, 0)], 0.0)
    inside = (here > 0.0) & (here < 1.0)
    logs = np.log(np.where(inside, here, 0.5))
    width = np.exp(np.minimum(_NORMAL_95 * np.sqrt(spread) / np.abs(logs), 100.0))
    low = np.where(inside, here**width, here)
    high = np.where(inside, here ** (1.0 / width), here)
    return Survival(at, here, low, high)


@dataclass(frozen=True)
class PatienceFit:
    """A form of patience, fitted with those served as censored.

    Attributes
    ----------
    form : str
        `exponential`, `weibull`, or `measured`: a Weibull of the shape that the model has.
    mean : float
        Seconds.
    shape : float
        Of the Weibull; 1 is exponential.
    off : float
        How far the curve lies from that of the log, at given times: mean distance in half widths of
        its 95 % band.
    """

    form: str
    mean: float
    shape: float
    off: float


def survival_of(mean: float, shape: float, at: _Floats) -> _Floats:
    """Return the share of a Weibull that lasts for longer than given times."""
    scale = mean / math.gamma(1.0 + 1.0 / shape)
    return np.asarray(np.exp(-((at / scale) ** shape)))


def fit_patience(waits: _Floats, gave_up: _Bools, at: _Floats) -> list[PatienceFit]:
    """Fit patience as exponential, as a Weibull of the model's shape, and of any shape.

    The shape is the likeliest; the mean is that whose curve lies nearest to Kaplan and Meier's at
    given times, in widths of its band: the likeliest one heeds short waits above all, of which
    there are most.

    Parameters
    ----------
    waits, gave_up
        As for `kaplan_meier`; who did not wait at all says nothing.
    at : numpy.ndarray
        Float64, seconds at which the curve is read.
    """
    waited = waits > 0.0
    t, lost = waits[waited], gave_up[waited]
    curve = kaplan_meier(waits, gave_up, at)
    free = brentq(lambda shape: _slope(shape, t, lost), *_SHAPES)
    return [
        _fitted("exponential", 1.0, t, lost, curve),
        _fitted("measured", MEASURED_SHAPE, t, lost, curve),
        _fitted("weibull", float(free), t, lost, curve),
    ]


def _slope(shape: float, t: _Floats, lost: _Bools) -> float:
    """Return the derivative of the profile log-likelihood of a Weibull by its shape."""
    powers = t**shape
    logs = np.log(t)
    n = lost.sum()
    return float(n / shape + logs[lost].sum() - n * (powers @ logs) / powers.sum())


def _fitted(form: str, shape: float, t: _Floats, lost: _Bools, curve: Survival) -> PatienceFit:
    n = float(lost.sum())
    likeliest = float(((t**shape).sum() / n) ** (1.0 / shape)) * math.gamma(1.0 + 1.0 / shape)
    half = np.maximum((curve.high - curve.low) / 2.0, 1e-6)

    def far(mean: float) -> float:
        return float((((survival_of(mean, shape, curve.at) - curve.share) / half) ** 2).sum())

    found = minimize_scalar(far, bounds=(likeliest / 3.0, likeliest * 3.0), method="bounded")
    mean = float(found.x)
    off = float(np.abs((survival_of(mean, shape, curve.at) - curve.share) / half).mean())
    return PatienceFit(form, mean, shape, off)


@dataclass(frozen=True)
class Stretches:
    """Patience as a chance of giving up of its own for each stretch of the wait.

    Attributes
    ----------
    ends : numpy.ndarray
        Float64, seconds at which stretches end; the last one has no end.
    per_minute : numpy.ndarray
        Float64, of whoever still waits, the rate of giving up in each stretch; one more than ends.
    inside, points : int
        How many points of its curve lie inside the band of the table's own, and of how many.
    """

    ends: _Floats
    per_minute: _Floats
    inside: int
    points: int

    def lasting(self, at: _Floats) -> _Floats:
        """Return the share that lasts for longer than given seconds."""
        begins = np.concatenate([[0.0], self.ends])
        lengths = np.diff(np.concatenate([begins, [np.inf]]))
        spent = np.clip(at[:, None] - begins, 0.0, lengths)
        return np.asarray(np.exp(-(spent @ self.per_minute) / 60.0))


def fewest_stretches(waits: _Floats, gave_up: _Bools, at: _Floats) -> Stretches:
    """Return the fewest stretches of a wait whose curve is the table's own.

    Within a stretch the rate is its likeliest: who gave up in it by the time spent in it, those
    served having spent theirs (piecewise exponential; Friedman 1982). Stretches end at some of the
    given times, or at half of the first; of as many, the likeliest are taken, and one more is only
    tried while any point of the curve lies outside the 95 % band of Kaplan and Meier's.

    Parameters
    ----------
    waits, gave_up, at
        As for `fit_patience`.
    """
    curve = kaplan_meier(waits, gave_up, at)
    cuts = np.concatenate([at[:1] / 2.0, at])
    edges = np.concatenate([[0.0], cuts, [np.inf]])
    # Who did not wait at all says nothing; who gave up at an end did so before it.
    places = np.searchsorted(edges, waits[gave_up & (waits > 0.0)], "left") - 1
    lost = np.bincount(places, minlength=len(edges) - 1)
    spent = np.clip(waits[:, None] - edges[:-1], 0.0, np.diff(edges)).sum(axis=0)
    best = _stretches((), cuts, spent, lost)[1]
    for number in range(len(cuts) + 1):
        chosen = itertools.combinations(cuts, number)
        tried = (_stretches(ends, cuts, spent, lost) for ends in chosen)
        _, each = max(tried, key=lambda of: of[0])
        there = each.lasting(at)
        inside = int(((curve.low <= there) & (there <= curve.high)).sum())
        if inside > best.inside:
            best = replace(each, inside=inside, points=len(at))
        if inside == len(at):
            break
    return best


def _stretches(
    ends: tuple[float, ...], cuts: _Floats, spent: _Floats, lost: npt.NDArray[np.int64]
) -> tuple[float, Stretches]:
    """Return how likely stretches are that end at given cuts, with their likeliest rates."""
    first = np.concatenate([[0], np.searchsorted(cuts, ends) + 1]).astype(np.int64)
    time, gone = np.add.reduceat(spent, first), np.add.reduceat(lost, first)
    rates = gone / np.maximum(time, 1e-9)
    likelihood = float((gone * np.log(np.maximum(rates, 1e-300)) - rates * time).sum())
    return likelihood, Stretches(np.array(ends, dtype=np.float64), 60.0 * rates, 0, 0)
