"""Tests of an effect over worlds, on numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.evidence.effects import (
    AGAINST,
    AS_CLAIMED,
    above,
    below,
    best_in_boxes,
    correlations,
    difference,
    equivalence,
    no_gain,
    opposite_signs,
    variance_shares,
)

WORLDS = np.array([1.0, 2.0, 3.0, 0.5, 2.5, 1.5, -0.5, 2.0])
"""Mean 1.5; seven of eight above 0."""


def test_a_difference_is_students_t_both_ways() -> None:
    test = difference(WORLDS, 1.0, 1.0)
    known = stats.ttest_1samp(WORLDS, 0.0)
    interval = known.confidence_interval(0.95)
    assert test.p == pytest.approx(known.pvalue, rel=1e-9)
    assert (test.effect, test.sign_share) == (1.5, 7 / 8)
    assert (test.low, test.high) == pytest.approx(tuple(interval), rel=1e-9)
    assert (test.toward, test.large) == (AS_CLAIMED, True)
    turned = difference(WORLDS, -1.0, 2.0)
    assert (turned.toward, turned.large) == (AGAINST, False)
    assert turned.p == test.p


def test_one_sided_p_values_agree_with_scipy() -> None:
    known = stats.ttest_1samp(WORLDS, 1.2, alternative="greater").pvalue
    assert above(WORLDS, 1.2) == pytest.approx(known, rel=1e-9)
    assert below(WORLDS, 1.2) == pytest.approx(1.0 - known, rel=1e-9)


@pytest.mark.parametrize(("value", "p"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)])
def test_without_spread_a_difference_is_there_or_not(value, p) -> None:
    assert difference(np.full(5, value), 1.0, 0.5).p == p


def test_one_world_says_nothing() -> None:
    assert difference(np.array([3.0]), 1.0, 1.0).p == 1.0


def test_alike_is_shown_by_two_one_sided_tests() -> None:
    near = np.array([0.3, 0.0, 0.25, 0.2, 0.35, 0.1])  # nearer to one end of the margin
    test = equivalence(near, 0.5)
    lower = stats.ttest_1samp(near, -0.5, alternative="greater").pvalue
    upper = stats.ttest_1samp(near, 0.5, alternative="less").pvalue
    assert test.p == pytest.approx(max(lower, upper), rel=1e-9)
    assert (test.toward, test.sign_share) == (AS_CLAIMED, 1.0)
    # No difference to be seen is not yet alike: the interval has to lie within the margin.
    assert equivalence(WORLDS - 1.5, 0.5).p > 0.05
    far = equivalence(near - 3.0, 0.5)
    assert (far.toward, far.sign_share) == (AGAINST, 1.0)
    assert far.p < 1e-4


def test_no_gain_is_one_sided() -> None:
    small = np.array([0.1, -3.0, 0.2, -1.0, 0.0, -2.0])
    test = no_gain(small, 1.0)
    known = stats.ttest_1samp(small, 1.0, alternative="less").pvalue
    assert test.p == pytest.approx(known, rel=1e-9)
    assert (test.toward, test.sign_share) == (AS_CLAIMED, 1.0)
    gained = no_gain(small + 9.0, 1.0)
    assert (gained.toward, gained.p < 0.05) == (AGAINST, True)


def _boxes(one: float, other: float) -> dict[str, dict[str, np.ndarray]]:
    """Return two org models, the first ahead by so much in each of two boxes."""
    noise = np.linspace(-0.5, 0.5, 10)
    return {
        "small": {"a": one + noise, "b": np.zeros(10)},
        "large": {"a": other - noise, "b": np.zeros(10)},
    }


def test_opposite_signs_need_both_and_the_larger_p_counts() -> None:
    turned = opposite_signs(_boxes(3.0, -2.0), 1.0)
    assert (turned.toward, turned.large) == (AS_CLAIMED, True)
    assert turned.effect == pytest.approx(2.0)  # the weaker of the two
    # Two boxes, two sides: what is below .05 has an interval for both boxes that leaves out zero.
    assert turned.p == pytest.approx(4 * above(2.0 + np.linspace(-0.5, 0.5, 10), 0.0), rel=1e-6)
    for lead in np.linspace(0.1, 0.4, 31):
        weak = opposite_signs(_boxes(3.0, -lead), 0.0)
        if weak.toward == AS_CLAIMED:
            assert (weak.p < 0.05) == (weak.low > 0.0)
    assert "a over b: small; the other way round: large" in turned.detail
    assert not opposite_signs(_boxes(3.0, -0.6), 1.0).large
    ahead = opposite_signs(_boxes(3.0, 2.0), 1.0)
    assert (ahead.toward, ahead.p < 0.01, ahead.large) == (AGAINST, True, True)
    assert ahead.detail == "a ahead everywhere"
    assert best_in_boxes(_boxes(3.0, -2.0)) == {"a": 0.5, "b": 0.5}


def test_two_that_change_places_behind_a_third_are_no_change_of_who_is_best() -> None:
    behind = {box: {**models, "c": np.full(10, 9.0)} for box, models in _boxes(3.0, -2.0).items()}
    assert best_in_boxes(behind) == {"a": 0.0, "b": 0.0, "c": 1.0}
    found = opposite_signs(behind, 1.0)
    assert (found.toward, found.large, found.detail) == (AGAINST, True, "c ahead everywhere")
    # Neither is it where the third is not clearly ahead of all.
    shaky = {box: {**models, "c": models["a"] + 0.1} for box, models in behind.items()}
    shaky["large"]["c"] = shaky["large"]["b"] + 0.1
    wide = 40.0 * np.where(np.arange(10) % 2, 1.0, -1.0)
    for models in shaky.values():
        models["c"] = models["c"] + wide
    assert not opposite_signs(shaky, 1.0).large


def test_a_small_and_regular_difference_hides_none_that_matters() -> None:
    """A twin of the first, behind it by a hair in one box and ahead by one in the other."""
    boxes = _boxes(3.0, -2.0)
    alone = opposite_signs(boxes, 1.0)
    hair = 0.5 + 1e-6 * np.linspace(-1.0, 1.0, 10)
    boxes["small"]["twin"] = boxes["small"]["a"] - hair
    boxes["large"]["twin"] = boxes["large"]["a"] + hair
    found = opposite_signs(boxes, 1.0)
    assert (found.toward, found.large, found.detail) == (AS_CLAIMED, True, alone.detail)
    assert found.p == pytest.approx(3 * alone.p)  # three pairs in place of one


def test_intervals_for_many_boxes_are_wider_than_for_one() -> None:
    together = opposite_signs(_boxes(3.0, -2.0), 1.0)
    alone = difference(_boxes(3.0, -2.0)["large"]["b"] - _boxes(3.0, -2.0)["large"]["a"], 1.0, 1.0)
    assert together.high - together.low > 1.1 * (alone.high - alone.low)


def test_shares_of_variance_are_sobols() -> None:
    """Of y = 2a + b with levels 0 and 1: 4/5 and 1/5; an interaction belongs to neither."""
    corners = np.array([[0.0] * 6, [2.0] * 6, [1.0] * 6, [3.0] * 6])
    assert variance_shares(corners, 1.0, 0.1).effect == pytest.approx(0.6)
    joint = np.array([[0.0] * 6, [0.0] * 6, [0.0] * 6, [1.0] * 6])
    assert variance_shares(joint, 1.0, 0.1).effect == pytest.approx(0.0)
    mixed = np.array([[0.0] * 6, [2.0] * 6, [0.0] * 6, [3.0] * 6])  # A 2.5, B .5, AB .5
    assert variance_shares(mixed, 1.0, 0.1).effect == pytest.approx(6.0 / 6.75)
    still = variance_shares(np.zeros((4, 6)), 1.0, 0.1)
    assert (still.effect, still.p) == (0.0, 1.0)


@pytest.mark.parametrize(("n_worlds", "least"), [(2, 0.5), (5, 1 / 16), (24, 0.0004)])
def test_few_worlds_are_never_sure_by_being_drawn_anew(n_worlds, least) -> None:
    corners = np.outer([0.0, 2.0, 1.0, 3.0], np.ones(n_worlds))
    assert variance_shares(corners, 1.0, 0.1).p == pytest.approx(least, abs=1e-5)


def test_what_correlates_more_is_found_within_worlds() -> None:
    draws = np.random.default_rng(3)
    outcome = draws.normal(size=(24, 4))
    worlds = 50.0 * draws.normal(size=(24, 1))  # levels that differ by world say nothing
    good = outcome + 0.3 * draws.normal(size=(24, 4)) + worlds
    bad = draws.normal(size=(24, 4)) - worlds
    test = correlations(outcome + worlds, good, bad, 1.0, 0.1)
    assert test.effect > 0.7
    assert (test.toward, test.large) == (AS_CLAIMED, True)
    assert test.p < 0.001
    assert test.low < test.effect < test.high
    turned = correlations(outcome, bad, good, 1.0, 0.1)
    assert turned.toward == AGAINST
    assert correlations(outcome, good, good, 1.0, 0.1).p == 1.0


def test_a_bootstrap_is_as_sure_as_students_t() -> None:
    """Of means: 4,999 samples, so a p of .05 is known to .003; t has the wider tails."""
    draws = np.random.default_rng(11)
    shares = []
    for _ in range(40):
        corners = draws.normal(size=(4, 24))
        shares.append(variance_shares(corners, 1.0, 0.1).p)
    # Without any effect p is uniform: .05 is undercut in 2 of 40 on average, in 8 or more with
    # a chance of .0009.
    assert sum(p < 0.05 for p in shares) < 8
