"""Means with their intervals over replicates or worlds, and how probable it is to be the best."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.study.tables import HIGHER, LOWER, NEITHER

CONFIDENCE = 0.95
BOOTSTRAP_SAMPLES = 2000
_CHUNK = 200  # scopes whose bootstrap means are held at once

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def over_inside(values: Floats) -> Floats:
    """Return the mean inside each unit, the last axis, of what is present; NaN where nothing is."""
    return _mean_of_present(values)[0]


def _mean_of_present(values: Floats) -> tuple[Floats, Floats]:
    """Return the mean over the last axis and the number of values present."""
    n_present = (~np.isnan(values)).sum(axis=-1).astype(np.float64)
    total = np.where(np.isnan(values), 0.0, values).sum(axis=-1)
    mean = np.full(total.shape, np.nan)
    np.divide(total, n_present, out=mean, where=n_present > 0)
    return mean, n_present


def student_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[Floats, ...]:
    """Return mean and Student t interval over the last axis, leaving out missing values.

    Parameters
    ----------
    values : float64, shape (..., n_replicates)
    confidence : float
        Coverage, between 0 and 1.

    Returns
    -------
    mean, low, high : float64, shape (...)
        The ends are NaN with fewer than two values: one replicate says nothing about spread.
    """
    mean, n = _mean_of_present(values)
    deviation = np.where(np.isnan(values), 0.0, values - mean[..., None])
    half = np.full(mean.shape, np.nan)
    enough = n > 1
    degrees = n[enough] - 1
    deviation_square = (deviation**2).sum(axis=-1)[enough]
    half[enough] = stdtrit(degrees, 0.5 + confidence / 2) * np.sqrt(
        deviation_square / degrees / n[enough]
    )
    return mean, mean - half, mean + half


def welch_interval(
    first: Floats, second: Floats, confidence: float = CONFIDENCE
) -> tuple[float, float, float]:
    """Return the difference of two independent means, second less first, with its interval.

    Welch 1947: neither spread need be the other's. The ends are NaN with fewer than two values
    on either side.

    Parameters
    ----------
    first, second : float64, shape (n_first,) and (n_second,)
        Without missing values.
    confidence : float
        Coverage, between 0 and 1.
    """
    if not len(first) or not len(second):
        return np.nan, np.nan, np.nan
    gap = float(second.mean() - first.mean())
    if min(len(first), len(second)) < 2:
        return gap, np.nan, np.nan
    parts = np.array([each.var(ddof=1) / len(each) for each in (first, second)])
    total = float(parts.sum())
    if total == 0.0:
        return gap, gap, gap
    degrees = total**2 / float((parts**2 / [len(first) - 1, len(second) - 1]).sum())
    half = float(stdtrit(degrees, 0.5 + confidence / 2)) * total**0.5
    return gap, gap - half, gap + half


def probability_best(values: Floats, directions: list[str]) -> Floats:
    """Return how probable it is that each org model has the best mean.

    Paired bootstrap: whole replicates, or worlds, are drawn with replacement, the same ones for
    all org models, and the best mean counted; equal means share. The draws depend on nothing
    but the number of replicates, so equal inputs give equal answers. With few replicates a
    bootstrap is too sure of itself; read it beside the intervals.

    Parameters
    ----------
    values : float64, shape (n_keys, n_org_models, n_units, n_inside)
        Units are replicates, or worlds where there are several, as in `build_cube`.
    directions : list of str, length n_keys
        ``higher``, ``lower`` or ``neither``.

    Returns
    -------
    float64, shape (n_keys, n_org_models)
        NaN where the direction is ``neither``, where fewer than two org models have values,
        or where fewer than two units hold a value of each of them.
    """
    absent: Flags = np.isnan(values)
    takes_part: Flags = np.asarray(~absent.all(axis=(2, 3)))
    complete: Flags = np.asarray(~(absent & takes_part[:, :, None, None]).any(axis=1))
    by_unit = over_inside(np.where(complete[:, None], values, np.nan))
    sign = np.array([{HIGHER: 1.0, LOWER: -1.0, NEITHER: 0.0}[name] for name in directions])
    usable: Flags = np.asarray(complete.any(axis=2))
    rankable = (sign != 0) & (takes_part.sum(axis=1) > 1) & (usable.sum(axis=1) > 1)
    result = np.full(takes_part.shape, np.nan)
    for pattern in np.unique(usable[rankable], axis=0):
        rows = np.flatnonzero(rankable & (usable == pattern).all(axis=1))
        weights = _bootstrap_weights(int(pattern.sum()))
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            scores = sign[part, None, None] * by_unit[part][:, :, pattern]
            result[part] = _share_of_wins(scores, takes_part[part], weights)
    return result


def _bootstrap_weights(n_replicates: int) -> Floats:
    """Return the share of each replicate in each sample, shape (n_replicates, n_samples)."""
    digest = hashlib.sha256(f"probability_best:{n_replicates}".encode()).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))
    drawn = generator.integers(0, n_replicates, size=(BOOTSTRAP_SAMPLES, n_replicates))
    # Counted in one go, each sample in a stretch of its own; looking for each replicate in all
    # samples would take time that grows with the square of their number.
    stretch = drawn + n_replicates * np.arange(BOOTSTRAP_SAMPLES)[:, None]
    counts = np.bincount(stretch.ravel(), minlength=BOOTSTRAP_SAMPLES * n_replicates)
    by_sample = counts.reshape(BOOTSTRAP_SAMPLES, n_replicates)
    return np.ascontiguousarray(by_sample.T) / n_replicates


def _share_of_wins(scores: Floats, takes_part: Flags, weights: Floats) -> Floats:
    """Return the share of samples each org model wins, ties shared; higher scores win."""
    size = np.nanmax(np.abs(scores), axis=(1, 2))
    # As one product of two matrices: many small ones, a scope each, take three times as long.
    products = np.nan_to_num(scores).reshape(-1, len(weights)) @ weights
    means = np.where(takes_part[:, :, None], products.reshape(*takes_part.shape, -1), -np.inf)
    # A matrix product may sum equal columns in another order: equal up to rounding is a tie.
    tolerance = (1e-12 * size)[:, None, None]
    wins = means >= means.max(axis=1, keepdims=True) - tolerance
    shares = (wins / wins.sum(axis=1, keepdims=True)).mean(axis=2)
    return np.where(takes_part, shares, np.nan)
