"""Tests of an effect over worlds: how large, how sure, and whether it goes as claimed.

The unit is the world: org models met the same customers and luck in it, so that what is tested
is one number a world. A verdict needs all of: the sign, a size that matters, enough worlds that
agree, and a p value that stands among those of all claims (`analysis.evidence.verdicts`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from analysis.comparison.intervals import CONFIDENCE, Flags, Floats, student_interval

WORLDS_DRAWN_ANEW = 4999
"""How often worlds are drawn anew."""
AS_CLAIMED, AGAINST = 1, -1
AGREEING = 0.8
"""Share of worlds that have to agree."""


@dataclass(frozen=True)
class Tested:
    """A test of one effect.

    Attributes
    ----------
    effect, low, high : float
        Mean over worlds and its 95 % interval, in the measure's unit.
    p : float
        That there is nothing, of the side that `toward` names; 1 where nothing can be said.
    sign_share : float
        Share of worlds that agree.
    toward : int
        1 as claimed, -1 against it.
    large : bool
        Whether the effect is as large as the smallest of interest (for an equivalence or a gain
        that should be none: as small as claimed, or as large as contradicts it).
    n_worlds : int
        Worlds with all that the effect takes.
    detail : str
        What else has to be said, such as where signs are opposite.
    """

    effect: float
    low: float
    high: float
    p: float
    sign_share: float
    toward: int
    large: bool
    n_worlds: int
    detail: str = ""


def _interval(worlds: Floats) -> tuple[float, float, float]:
    mean, low, high = student_interval(worlds)
    return float(mean), float(low), float(high)


def above(worlds: Floats, least: float) -> float:
    """Return the one-sided p that the mean over worlds is not above `least` (Student t).

    Without spread it is 0 or 1; with fewer than two worlds 1.
    """
    if len(worlds) < 2:
        return 1.0
    gap, spread = float(worlds.mean()) - least, float(worlds.std(ddof=1))
    if spread == 0.0:
        return 0.0 if gap > 0 else 1.0
    return float(stdtr(len(worlds) - 1, -gap / spread * math.sqrt(len(worlds))))


def below(worlds: Floats, most: float) -> float:
    """Return the one-sided p that the mean over worlds is not below `most`."""
    return above(-worlds, -most)


def _share(agree: Flags) -> float:
    return float(agree.mean()) if len(agree) else math.nan


def difference(worlds: Floats, sign: float, smallest: float) -> Tested:
    """Test that a difference has a sign: two-sided, for the opposite is an answer as well.

    Parameters
    ----------
    worlds : float64, shape (n_worlds,)
        Paired differences, none missing.
    sign : float
        1 or -1, as claimed.
    smallest : float
        Smallest effect of interest.
    """
    mean, low, high = _interval(worlds)
    p = min(1.0, 2.0 * min(above(worlds, 0.0), below(worlds, 0.0)))
    toward = AS_CLAIMED if mean * sign > 0 else AGAINST
    agree = _share(worlds * np.sign(mean) > 0)
    return Tested(mean, low, high, p, agree, toward, abs(mean) >= smallest, len(worlds))


def equivalence(worlds: Floats, margin: float) -> Tested:
    """Test that a difference lies within a margin: two one-sided tests (Schuirmann 1987).

    Where its mean lies outside, the p is that it does not, doubled for the two sides.
    """
    mean, low, high = _interval(worlds)
    if abs(mean) < margin:
        p = max(above(worlds, -margin), below(worlds, margin))
        agree = _share(np.abs(worlds) < margin)
        return Tested(mean, low, high, p, agree, AS_CLAIMED, True, len(worlds))
    outside = worlds * np.sign(mean)
    p = min(1.0, 2.0 * above(outside, margin))
    return Tested(mean, low, high, p, _share(outside > margin), AGAINST, True, len(worlds))


def no_gain(worlds: Floats, smallest: float) -> Tested:
    """Test that a gain is less than the smallest of interest, one-sided.

    Where its mean is as large, the p is that it is not, doubled.
    """
    mean, low, high = _interval(worlds)
    if mean < smallest:
        agree = _share(worlds < smallest)
        return Tested(
            mean, low, high, below(worlds, smallest), agree, AS_CLAIMED, True, len(worlds)
        )
    p = min(1.0, 2.0 * above(worlds, smallest))
    return Tested(mean, low, high, p, _share(worlds > smallest), AGAINST, True, len(worlds))


@dataclass(frozen=True)
class _Clear:
    """One pair of org models in one box, seen from the side that is ahead."""

    box: str
    worlds: Floats
    p: float
    best: bool

    @property
    def mean(self) -> float:
        return float(self.worlds.mean()) if len(self.worlds) else math.nan

    def counts(self, smallest: float) -> bool:
        """Whether who is ahead has the best mean of all there, by enough, in enough worlds."""
        return self.best and self.mean >= smallest and _share(self.worlds > 0) >= AGREEING


def opposite_signs(values: Mapping[str, Mapping[str, Floats]], smallest: float) -> Tested:
    """Test that one org model is best in one box, another one in another, each ahead of the other.

    Intervals and p, both two-sided, hold for all pairs and boxes together (Bonferroni), so that
    those of enough size may be looked for among them; of the two boxes the larger p counts. Two
    that change places behind a third are no change of who is best. Against it speaks one org model
    that is ahead of every other in every box, all of which has to be so at once.

    Parameters
    ----------
    values : mapping of str to mapping of str to float64, shape (n_worlds,)
        By box and org model, none missing.
    smallest : float
        That both differences have to reach.
    """
    boxes, models = list(values), list(next(iter(values.values())))
    pairs = list(itertools.combinations(models, 2))
    family = len(pairs) * len(boxes)
    found = [_turned(values, pair, boxes, family, smallest) for pair in pairs]
    turned = min(found, key=lambda each: (not each.large, each.p))
    against = _one_ahead(values, models, boxes, smallest)
    return against if against.p < turned.p else turned


def _turned(
    values: Mapping[str, Mapping[str, Floats]],
    pair: tuple[str, str],
    boxes: list[str],
    family: int,
    smallest: float,
) -> Tested:
    """Return the test of a pair: the boxes that are clearest either way."""
    one, other = pair
    ends = []
    for first, second in ((one, other), (other, one)):
        sides = {box: values[box][first] - values[box][second] for box in boxes}
        clear = [
            _Clear(box, side, above(side, 0.0), best=first == _best_in(values[box]))
            for box, side in sides.items()
        ]
        ends.append(min(clear, key=lambda each: (not each.counts(smallest), each.p)))
    weaker = min(ends, key=lambda each: each.mean)
    mean, low, high = _simultaneous(weaker.worlds, family)
    detail = f"{one} over {other}: {ends[0].box}; the other way round: {ends[1].box}"
    return Tested(
        mean,
        low,
        high,
        min(1.0, 2.0 * family * max(end.p for end in ends)),
        min(_share(end.worlds > 0) for end in ends),
        AS_CLAIMED,
        all(end.counts(smallest) for end in ends),
        len(weaker.worlds),
        detail,
    )


def _simultaneous(worlds: Floats, family: int) -> tuple[float, float, float]:
    """Return mean and interval, wide enough for so many together."""
    if len(worlds) < 2:
        return float(worlds.mean()) if len(worlds) else math.nan, math.nan, math.nan
    mean = float(worlds.mean())
    quantile = float(stdtrit(len(worlds) - 1, 1.0 - (1.0 - CONFIDENCE) / (2 * family)))
    half = quantile * float(worlds.std(ddof=1)) / math.sqrt(len(worlds))
    return mean, mean - half, mean + half


def _one_ahead(
    values: Mapping[str, Mapping[str, Floats]], models: list[str], boxes: list[str], smallest: float
) -> Tested:
    """Return the test that one org model is ahead of every other in every box."""
    found = []
    for model in models:
        sides = [
            values[box][model] - values[box][other]
            for box in boxes
            for other in models
            if other != model
        ]
        p = min(1.0, 2.0 * len(models) * max(above(side, 0.0) for side in sides))
        least = min(sides, key=lambda side: float(side.mean()) if len(side) else math.inf)
        mean, low, high = _interval(least)
        agree = min(_share(side > 0) for side in sides)
        detail = f"{model} ahead everywhere"
        test = Tested(
            mean, low, high, p, agree, AGAINST, mean >= smallest, len(least), detail
        )  # fmt: skip
        found.append(test)
    return min(found, key=lambda each: each.p)


def best_in_boxes(values: Mapping[str, Mapping[str, Floats]]) -> dict[str, float]:
    """Return the share of boxes in which each org model has the best mean."""
    best = [name for box in values.values() if (name := _best_in(box))]
    models = next(iter(values.values()))
    return {model: best.count(model) / max(1, len(best)) for model in models}


def _best_in(box: Mapping[str, Floats]) -> str:
    """Return the org model with the best mean in a box; nothing where no world has values."""
    there = [name for name, worlds in box.items() if len(worlds)]
    return max(there, key=lambda name: float(box[name].mean()), default="")


def variance_shares(corners: Floats, sign: float, smallest: float) -> Tested:
    """Test which of two factors owns more of the variance: first-order Sobol indices.

    With two levels each, equally likely, the variance is (A² + B² + AB²)/4, A and B the main
    effects and AB the interaction; the indices are A² and B² over their sum (Sobol 1993).

    Parameters
    ----------
    corners : float64, shape (4, n_worlds)
        Both low; the first high; the second high; both high.
    sign, smallest : float
        Of the share of the first less that of the second.
    """
    neither, first, second, both = corners
    main = (first + both - neither - second) / 2.0
    other = (second + both - neither - first) / 2.0
    joint = (both - first - second + neither) / 2.0
    total = main**2 + other**2 + joint**2
    shares = np.divide(main**2 - other**2, total, out=np.zeros_like(total), where=total > 0)
    resampled = _weights(len(shares)) @ shares
    return _bootstrapped(float(shares.mean()), resampled, shares, sign, smallest)


def correlations(
    outcome: Floats, expected: Floats, other: Floats, sign: float, smallest: float
) -> Tested:
    """Test which of two scores correlates more with an outcome, over org models within worlds.

    Parameters
    ----------
    outcome, expected, other : float64, shape (n_worlds, n_org_models)
        Means of worlds are taken off first, so that only what org models differ by counts.
    sign, smallest : float
        Of the difference of the two correlations, pooled over worlds.
    """
    y, a, b = (each - each.mean(axis=1, keepdims=True) for each in (outcome, expected, other))
    weights = _weights(len(y))
    gap = _correlation(y, a, weights) - _correlation(y, b, weights)
    every = np.ones((1, len(y)))
    effect = float((_correlation(y, a, every) - _correlation(y, b, every))[0])
    own = _correlation(y, a, np.eye(len(y))) - _correlation(y, b, np.eye(len(y)))
    return _bootstrapped(effect, gap, own, sign, smallest)


def _correlation(one: Floats, other: Floats, weights: Floats) -> Floats:
    """Return a correlation for each weighting of worlds; 0 where either does not vary."""
    product = weights @ (one * other).sum(axis=1)
    size = np.sqrt((weights @ (one**2).sum(axis=1)) * (weights @ (other**2).sum(axis=1)))
    return np.divide(product, size, out=np.zeros_like(product), where=size > 0)


def _weights(n_worlds: int) -> Floats:
    """Return the share of each world in each sample, shape (n_samples, n_worlds); always alike."""
    generator = np.random.default_rng(n_worlds)
    drawn = generator.integers(0, max(n_worlds, 1), size=(WORLDS_DRAWN_ANEW, n_worlds))
    places = np.arange(WORLDS_DRAWN_ANEW)[:, None] * n_worlds + drawn
    counts = np.bincount(places.ravel(), minlength=WORLDS_DRAWN_ANEW * n_worlds)
    shares = counts.reshape(WORLDS_DRAWN_ANEW, n_worlds) / max(n_worlds, 1)
    return np.asarray(shares, dtype=np.float64)


def _bootstrapped(
    effect: float, resampled: Floats, worlds: Floats, sign: float, smallest: float
) -> Tested:
    """Return a test by drawing worlds anew: two-sided, of the share beyond zero.

    Worlds drawn anew are too sure of few worlds: p is never less than that of all n of them
    having one sign by chance, 2^(1 - n).
    """
    n_worlds = len(worlds)
    toward = AS_CLAIMED if effect * sign > 0 else AGAINST
    if n_worlds < 2:
        return Tested(effect, math.nan, math.nan, 1.0, math.nan, toward, False, n_worlds)
    beyond = min(int((resampled <= 0).sum()), int((resampled >= 0).sum()))
    by_sign = 2.0 ** (1 - n_worlds)
    p = min(1.0, max(by_sign, 2.0 * (beyond + 1) / (len(resampled) + 1)))
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    agree = _share(worlds * np.sign(effect) > 0)
    large = abs(effect) >= smallest
    return Tested(effect, float(low), float(high), p, agree, toward, large, n_worlds)
