"""Who wins over worlds, from made-up values of which it is known who should."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.evidence.winner import (
    BEST_ON_AVERAGE,
    DEPENDS,
    NO_CLEAR_WINNER,
    NOT_JUDGED,
    WINS,
    Contest,
    _errors,
    differences,
    judge,
    leaders,
    lower_bound,
    shares_best,
)

FEW = 499
"""Resamples enough where many contests are judged; 95 % of 500 is a whole number, too."""


def contest(values, groups=None, families=None) -> Contest:
    values = np.asarray(values, dtype=float)
    number = len(values)
    names = tuple("abcdef"[: values.shape[1]])
    return Contest(names, values, groups or ("",) * number, families or (0,) * number)


def noise(seed: int, worlds: int, models: int = 3) -> np.ndarray:
    """Give models that differ by luck alone, in worlds that differ much more."""
    rng = np.random.default_rng(seed)
    return 10 * rng.standard_normal((worlds, 1)) + rng.standard_normal((worlds, models))


def ahead(seed: int, worlds: int, leads=(3.0, 0.0, 0.0)) -> np.ndarray:
    return noise(seed, worlds, len(leads)) + np.array(leads)


@pytest.mark.parametrize(
    ("best", "worlds"), [(12, 16), (17, 24), (31, 48), (37, 60), (59, 100), (113, 200)]
)
def test_so_many_worlds_are_more_than_half_and_one_less_is_not(best, worlds) -> None:
    assert lower_bound(best / worlds, worlds) > 0.5
    assert lower_bound((best - 1) / worlds, worlds) <= 0.5


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    # All of n: the bound b has b^n = .05. None: zero. Kin count for less.
    assert lower_bound(1.0, 16) == pytest.approx(0.05 ** (1 / 16), rel=1e-9)
    assert lower_bound(0.0, 16) == 0.0
    assert lower_bound(0.75, 8) < lower_bound(0.75, 16)


def test_equal_models_are_hardly_ever_told_apart() -> None:
    cases, worlds = 400, 24
    apart = crowned = 0
    for seed in range(cases):
        found = judge(contest(noise(seed, worlds)), 0.0, seed=seed, draws=FEW)
        between = found.overall.differences
        apart += bool((np.abs(between.mean) > between.half).any())
        crowned += found.verdict == WINS
    # All intervals of a case together leave out zero in 5 %, within three standard errors of luck.
    within = 3 * math.sqrt(0.05 * 0.95 / cases)
    assert abs(apart / cases - 0.05) < within
    assert crowned / cases <= 0.05


def test_intervals_for_all_pairs_are_wider_than_for_one() -> None:
    one = differences(contest(noise(1, 40, 2)), seed=1)
    all_pairs = differences(contest(noise(1, 40, 6)), seed=1)
    assert 1.9 < one.width < 2.3  # Student's 2.02 with 39 degrees of freedom
    assert 2.7 < all_pairs.width < 3.5  # the studentised range's 2.99 (q = 4.23 / sqrt 2)


def test_nothing_over_nothing_is_nothing() -> None:
    same = noise(3, 30, 1)
    values = np.hstack([same, same, same + 2.0])
    found = judge(contest(values), 0.5, seed=1)
    between = found.overall.differences
    assert math.isfinite(between.width)
    assert (between.half == 0).all()
    assert between.mean[0, 1] == 0.0
    assert between.mean[2, 0] == pytest.approx(2.0)
    assert (found.verdict, found.leader, found.among) == (WINS, "c", ("c",))
    tied = judge(contest(values[:, :2]), 0.0, seed=1)
    assert tied.verdict != WINS
    assert tied.among == ("a", "b")
    assert (tied.overall.shares == 0).all()


def test_a_clear_lead_in_most_worlds_wins_and_the_seed_settles_it() -> None:
    found = judge(contest(ahead(5, 60)), 0.5, seed=7)
    assert (found.verdict, found.leader, found.among) == (WINS, "a", ("a",))
    again = judge(contest(ahead(5, 60)), 0.5, seed=7)
    assert np.array_equal(again.overall.differences.half, found.overall.differences.half)
    assert found.overall.differences.mean[0, 1] == -found.overall.differences.mean[1, 0]
    assert found.overall.differences.half[0, 1] == found.overall.differences.half[1, 0]


def test_a_lead_no_larger_than_one_head_is_none() -> None:
    found = judge(contest(ahead(5, 60)), 3.5, seed=7)
    assert (found.verdict, found.among[0], len(found.among)) == (NO_CLEAR_WINNER, "a", 3)
    assert found.overall.shares.sum() < 0.5
    # A head that costs nothing, or helps, lowers no bar; one of unknown worth lets nobody win.
    assert judge(contest(ahead(5, 60)), -9.0, seed=7).overall.least == 0.0
    assert judge(contest(ahead(5, 60)), math.nan, seed=7).verdict == NO_CLEAR_WINNER


def test_a_world_within_one_head_is_nobodys() -> None:
    values = np.array([[3.0, 1.0, 0.0], [3.0, 2.5, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, 2.0]])
    assert leaders(values, 0.5).tolist() == [0, -1, -1, 2]
    assert shares_best(values, 0.5).tolist() == [0.25, 0.0, 0.25]
    assert leaders(values, 0.0).tolist() == [0, 0, -1, 2]


def test_few_large_leads_are_best_on_average_and_not_in_most_worlds() -> None:
    values = noise(2, 200, 2) * 0.1
    values[:80, 0] += 10.0
    values[80:, 0] -= 1.0
    found = judge(contest(values), 0.0, seed=1)
    assert (found.verdict, found.leader, found.among) == (BEST_ON_AVERAGE, "a", ("a",))
    assert found.overall.shares[0] == pytest.approx(0.4)


def test_slightly_more_than_half_of_the_worlds_are_not_most() -> None:
    values = noise(2, 60, 2) * 0.1
    values[:34, 0] += 10.0
    values[34:, 0] -= 1.0
    found = judge(contest(values), 0.0, seed=1)
    assert found.overall.shares[0] == pytest.approx(34 / 60)
    assert found.verdict == BEST_ON_AVERAGE


def test_both_must_hold_in_every_ensemble() -> None:
    groups = ("x",) * 200 + ("y",) * 60
    values = np.vstack([ahead(1, 200), ahead(2, 60)])
    assert judge(contest(values, groups), 0.5, seed=1).verdict == WINS
    values[200:] = noise(2, 60)
    found = judge(contest(values, groups), 0.5, seed=1)
    assert found.overall.winner == "a"
    assert [part.winner for part in found.ensembles] == ["a", ""]
    assert found.verdict == DEPENDS
    # Each has its own winner, and together they cancel out.
    opposite = np.vstack([ahead(1, 60, (3.0, 0.0)), ahead(2, 60, (0.0, 3.0))])
    found = judge(contest(opposite, ("x",) * 60 + ("y",) * 60), 0.5, seed=1)
    assert (found.overall.winner, found.verdict) == ("", DEPENDS)
    # One ensemble is not asked twice.
    assert judge(contest(ahead(1, 60)), 0.5, seed=1).ensembles == ()


def test_worlds_that_are_kin_count_as_fewer() -> None:
    few = ahead(4, 12, (0.6, 0.0))
    values, families = np.repeat(few, 5, axis=0), tuple(np.repeat(np.arange(1, 13), 5).tolist())
    alone = judge(contest(values), 0.0, seed=1).overall
    kin = judge(contest(values, families=families), 0.0, seed=1).overall
    assert alone.effective == 60
    # Five copies of each of twelve say what twelve say: the error is theirs exactly.
    own = judge(contest(few), 0.0, seed=1).overall
    assert kin.differences.error[0, 1] == pytest.approx(own.differences.error[0, 1], rel=1e-9)
    assert kin.effective == pytest.approx(12 * 55 / 59, rel=1e-9)
    assert kin.lowest[0] < alone.lowest[0]
    # Equal numbers in two ensembles are two families.
    two = contest(values, ("x",) * 30 + ("y",) * 30, tuple([1] * 60))
    assert two.clusters.max() == 1


def test_the_error_of_unequal_families_is_that_of_a_ratio() -> None:
    # Linearised: families' sums of deviations from the mean, F/(F - 1) of their squares over W^2.
    values = np.array([[4.0, 0.0], [2.0, 0.0], [0.0, 0.0], [1.0, 0.0], [5.0, 0.0], [0.0, 0.0]])
    found = differences(contest(values, families=(1, 1, 1, 2, 2, 0)), seed=1)
    sums = np.array([4 + 2 + 0 - 3 * 2.0, 1 + 5 - 2 * 2.0, 0 - 2.0])
    expected = math.sqrt(3 / 2 * (sums**2).sum()) / 6
    assert found.error[0, 1] == pytest.approx(expected, rel=1e-12)
    # Every resample is studentised in the same way, about its own mean.
    times = np.array([[1.0, 2.0, 0.0]])
    counts = np.array([3.0, 2.0, 1.0])
    off, error = _errors(times, sums[:, None], counts)
    mean = (sums[0] + 2 * sums[1]) / 7
    left = np.array([sums[0] - 3 * mean, *[sums[1] - 2 * mean] * 2])
    assert off[0, 0] == pytest.approx(mean)
    assert error[0, 0] == pytest.approx(math.sqrt(3 / 2 * (left**2).sum()) / 7)


def test_regret_is_what_the_best_of_each_world_has_more() -> None:
    values = np.array([[3.0, 1.0], [0.0, 4.0], [2.0, 2.0]])
    found = judge(contest(values), 0.0, seed=1).overall
    assert found.expected_regret.tolist() == pytest.approx([4 / 3, 2 / 3])
    assert found.maximum_regret.tolist() == [4.0, 2.0]


def test_two_worlds_are_too_few_to_judge() -> None:
    found = judge(contest([[3.0, 1.0], [2.5, 0.0]]), 0.0, seed=1)
    assert found.verdict == NOT_JUDGED
    assert math.isinf(found.overall.differences.half[0, 1])


def test_an_ensemble_too_small_for_a_winner_is_no_disagreement() -> None:
    """Of four worlds no share is more than half for certain, so they neither confirm nor deny."""
    values = ahead(3, 24, (9.0, 0.0, 0.0))
    few = ("x",) * 16 + ("y",) * 4 + ("z",) * 4
    assert judge(contest(values, few), 0.5, seed=1, draws=FEW).verdict == NOT_JUDGED
    enough = ("x",) * 8 + ("y",) * 8 + ("z",) * 8
    assert judge(contest(values, enough), 0.5, seed=1, draws=FEW).verdict == WINS
    against = np.concatenate([values[:12], values[12:, ::-1]])
    halves = ("x",) * 12 + ("y",) * 12
    assert judge(contest(against, halves), 0.5, seed=1, draws=FEW).verdict != NOT_JUDGED


def test_one_world_says_nothing_of_a_difference() -> None:
    found = differences(contest([[3.0, 1.0, 3.0]]), seed=1, draws=FEW)
    assert math.isinf(found.half[0, 1])
    assert found.half[0, 2] == 0.0
