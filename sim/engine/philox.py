"""Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011).

Every random decision is a pure function of a key (which decision, under which root
seed and replicate) and a counter (which customer, need, touchpoint and attempt). No
draw depends on the org model, on the order of processing, or on thread or worker.

Which decisions there are, and what the lanes of their blocks decide, stands in
``sim.engine.draws``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAWS

_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
PHILOX_ROUNDS = 10
MULTIPLIER_0, MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
WEYL_0, WEYL_1 = 0x9E3779B9, 0xBB67AE85
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(MULTIPLIER_0), np.uint64(MULTIPLIER_1)
_WEYL_0, _WEYL_1 = np.uint64(WEYL_0), np.uint64(WEYL_1)


def decision_keys(root_seed: int, replicate: int, own: Sequence[str] = ()) -> np.ndarray:
    """Return the key of every decision.

    Parameters
    ----------
    root_seed, replicate : int
        Which luck; the org model is not among what it depends on.
    own : sequence of str
        Names of random decisions that extensions have, numbered after the program's own.

    Returns
    -------
    numpy.ndarray
        uint64, shape (n_decisions,): the first 64 bits of SHA-256 over root seed,
        replicate and decision name.
    """
    names = [*(draw.name for draw in DRAWS), *own]
    texts = [f"{root_seed}/{replicate}/{name}" for name in names]
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return np.array([int.from_bytes(each[:8], "little") for each in digests], dtype=np.uint64)


def name_counter(name: str) -> int:
    """Return a 32-bit counter for a name, so that adding another name moves no draw."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


@kernel
def block(key, first, second, third, fourth):
    """Return one block of Philox4x32-10: four lanes, uint64 below 2³².

    Parameters
    ----------
    key : uint64
        The decision's key; low half is the first key word.
    first, second, third, fourth : int
        The counter's four 32-bit words, not negative.
    """
    k0 = key & _MASK
    k1 = key >> _SHIFT
    c0 = np.uint64(first) & _MASK
    c1 = np.uint64(second) & _MASK
    c2 = np.uint64(third) & _MASK
    c3 = np.uint64(fourth) & _MASK
    for _ in range(PHILOX_ROUNDS):
        p0 = _MULTIPLIER_0 * c0
        p1 = _MULTIPLIER_1 * c2
        c0 = (p1 >> _SHIFT) ^ c1 ^ k0
        c1 = p1 & _MASK
        c2 = (p0 >> _SHIFT) ^ c3 ^ k1
        c3 = p0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@kernel
def uniform(lane):
    """Return a lane as a number strictly between 0 and 1."""
    return (float(lane) + 0.5) * 2.3283064365386963e-10


@kernel
def exponential(lane):
    """Return a lane as an exponential variate of mean 1 (inverse CDF)."""
    return -math.log(uniform(lane))


@kernel
def normal(lane, other):
    """Return a standard normal variate from two lanes (Box & Muller 1958)."""
    return math.sqrt(2.0 * exponential(lane)) * math.cos(6.283185307179586 * uniform(other))


EXPONENTIAL = -1.0
"""Stands for the spread of an exponential variate."""


def spread_of(variation: float) -> float:
    """Return the spread of a duration with a coefficient of variation: see `duration`."""
    return EXPONENTIAL if variation == 1.0 else math.sqrt(math.log(1.0 + variation**2))


@kernel
def duration(spread, lane, other):
    """Return a positive variate of mean 1.

    Parameters
    ----------
    spread : float
        Standard deviation σ of the logarithm of a log-normal variate, whose coefficient of
        variation is √(e^σ² − 1); 0 for a constant, ``EXPONENTIAL`` for an exponential one.
    lane, other : int
        Of a block.
    """
    if spread == EXPONENTIAL:
        return exponential(lane)
    if spread == 0.0:
        return 1.0
    return math.exp(spread * (normal(lane, other) - 0.5 * spread))


@station
def chosen_facts(key, first, second, third, attempt, facts, probability):
    """Return those of a set of facts for which an independent trial succeeds.

    Parameters
    ----------
    key, first, second, third, attempt
        Key and counter of the visit.
    facts : int
        Mask of the facts on trial.
    probability : float
        Chance of each; the outcome is monotone in it, fact by fact.

    Returns
    -------
    int
        Mask, a subset of `facts`.
    """
    if facts == 0 or probability <= 0.0:
        return 0
    if probability >= 1.0:
        return facts
    return trials_from(0, key, first, second, third, 4 * attempt, facts, lane_limit(probability))


@kernel
def trials_from(block_number, key, first, second, third, fourth, facts, limit):
    """Return the chosen facts of the blocks from one on, eight facts a block, four blocks in all.

    ``fourth`` is the counter's last word without the block's number; `limit` that of `lane_limit`.
    """
    chosen = 0
    for number in range(block_number, 4):
        wanted = (facts >> (8 * number)) & 255
        if wanted != 0:
            lanes = block(key, first, second, third, fourth + number)
            drawn = eight_trials(lanes[0], lanes[1], lanes[2], lanes[3], limit)
            chosen |= (drawn & wanted) << (8 * number)
    return chosen


@kernel
def lane_limit(probability):
    """Return the 16-bit lane below which a trial of a probability succeeds."""
    return math.ceil(probability * 65536.0 - 0.5)


@kernel
def eight_trials(first, second, third, fourth, limit):
    """Return the outcomes of eight trials, a bit each, from the four lanes of a block."""
    return (
        two_trials(first, limit)
        | two_trials(second, limit) << 2
        | two_trials(third, limit) << 4
        | two_trials(fourth, limit) << 6
    )


@kernel
def two_trials(lane, limit):
    """Return the outcomes of two trials from the low and the high half of a lane."""
    both = np.int64(lane)
    return int((both & 0xFFFF) < limit) | int((both >> 16) < limit) << 1
