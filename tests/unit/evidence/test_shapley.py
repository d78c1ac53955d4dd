"""Shapley values against games whose values are known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from analysis.evidence.shapley import (
    all_sets,
    drawn_orders,
    sets_along,
    shapley_terms,
    terms_along,
)


def _random_game(groups: int, seed: int) -> dict[int, float]:
    generator = np.random.default_rng(seed)
    return {chosen: float(generator.normal(200.0, 5.0)) for chosen in all_sets(groups)}


def test_gloves_and_votes_have_the_values_of_the_textbook() -> None:
    # Two hold a left glove, one a right one: 1/6, 1/6, 2/3 (Shapley & Shubik 1969).
    gloves = {chosen: float(chosen & 4 > 0 and chosen & 3 > 0) for chosen in all_sets(3)}
    assert shapley_terms(gloves, 3) == pytest.approx([1 / 6, 1 / 6, 2 / 3], abs=1e-15)
    # A vote of 4, 2, 1, 1 with more than half of 8 needed: 3/4, then 1/12 each.
    weights = (4, 2, 1, 1)
    votes = {
        chosen: float(sum(w for at, w in enumerate(weights) if chosen >> at & 1) > 4)
        for chosen in all_sets(4)
    }
    by_hand = np.zeros(4)
    for order in itertools.permutations(range(4)):
        for place, before, after in zip(
            order, sets_along(order), sets_along(order)[1:], strict=False
        ):
            by_hand[place] += (votes[after] - votes[before]) / 24
    assert shapley_terms(votes, 4) == pytest.approx(by_hand, abs=1e-15)
    assert shapley_terms(votes, 4) == pytest.approx([3 / 4, 1 / 12, 1 / 12, 1 / 12], abs=1e-15)


@pytest.mark.parametrize("groups", [1, 2, 5, 8])
def test_terms_add_up_to_the_difference(groups) -> None:
    game = _random_game(groups, 3)
    total = game[(1 << groups) - 1] - game[0]
    assert math.isclose(shapley_terms(game, groups).sum(), total, abs_tol=1e-9)
    orders = drawn_orders(groups, 4, (1, 7))
    assert math.isclose(terms_along(game, orders)[0].sum(), total, abs_tol=1e-9)


def test_what_changes_nothing_gets_exactly_nothing() -> None:
    game = _random_game(4, 5)
    still = 1 << 2
    game = {chosen: game[chosen & ~still] for chosen in game}
    assert shapley_terms(game, 4)[2] == 0.0
    terms, errors = terms_along(game, drawn_orders(4, 6, (2,)))
    assert (terms[2], errors[2]) == (0.0, 0.0)
    assert np.count_nonzero(shapley_terms(game, 4)) == 3
    assert shapley_terms({0: 3.0}, 0).shape == (0,)


def test_orders_come_with_their_reverse_and_are_the_same_every_time() -> None:
    orders = drawn_orders(6, 8, (20, 3))
    assert orders == drawn_orders(6, 8, (20, 3)) != drawn_orders(6, 8, (20, 4))
    assert all(sorted(order) == list(range(6)) for order in orders)
    assert all(one[::-1] == other for one, other in zip(orders[::2], orders[1::2], strict=True))
    assert sets_along((2, 0, 1)) == [0, 4, 5, 7]


def test_one_order_and_its_reverse_are_exact_for_effects_of_single_ones_and_of_pairs() -> None:
    generator = np.random.default_rng(11)
    pairs = np.triu(generator.normal(size=(5, 5)))
    game = {}
    for chosen in all_sets(5):
        there = np.array([chosen >> place & 1 for place in range(5)], dtype=float)
        game[chosen] = float(there @ pairs @ there)
    sampled, errors = terms_along(game, drawn_orders(5, 2, (1,)))
    assert sampled == pytest.approx(shapley_terms(game, 5), abs=1e-12)
    assert np.isnan(errors).all()  # one pair tells nothing of its error


def test_sampled_terms_are_as_near_as_their_error_says() -> None:
    game = _random_game(5, 8)
    exact = shapley_terms(game, 5)
    runs = [terms_along(game, drawn_orders(5, 16, (9, each))) for each in range(400)]
    off = np.array([terms - exact for terms, _ in runs])
    errors = np.array([error for _, error in runs])
    # The mean of 400 estimates, each with its own error, is off by a twentieth of one.
    assert (abs(off.mean(axis=0)) < 4 * off.std(axis=0) / 20).all()
    assert np.sqrt((errors**2).mean(axis=0)) == pytest.approx(off.std(axis=0), rel=0.15)
