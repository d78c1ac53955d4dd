"""Shapley values: what of a difference is owed to each of the groups that make it.

The only shares that add up to the difference, are equal for groups which do the same, and 0 for
one which does nothing (Shapley 1953). Exact over all sets of groups, or estimated over orders in
which they are taken one after the other (Castro, Gomez & Tejada 2009), each order beside its
reverse (Mitchell, Cooper, Frank & Holmes 2022). A set of groups is a number whose bits say which.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Order = tuple[int, ...]
"""Groups by their places, in the order in which they are taken."""
Terms = NDArray[np.float64]


def all_sets(groups: int) -> range:
    """Return every set of so many groups."""
    return range(1 << groups)


def shapley_terms(values: Mapping[int, float], groups: int) -> Terms:
    """Return the exact Shapley values.

    Parameters
    ----------
    values : mapping of int to float
        The value of every set.
    groups : int
        How many there are.

    Returns
    -------
    float64, shape (groups,)
        Exactly 0 for a group that changes no value; their sum is the value of all less that of
        none, but for rounding.
    """
    terms = np.zeros(groups)
    for place in range(groups):
        bit = 1 << place
        parts = [
            _weight(taken.bit_count(), groups) * (values[taken | bit] - values[taken])
            for taken in all_sets(groups)
            if not taken & bit
        ]
        terms[place] = math.fsum(parts)
    return terms


def _weight(before: int, groups: int) -> float:
    """Return the share of orders in which exactly so many given groups stand before one."""
    return 1.0 / (groups * math.comb(groups - 1, before))


def drawn_orders(groups: int, number: int, seed: Sequence[int]) -> tuple[Order, ...]:
    """Return orders drawn at random, each followed by its reverse.

    Parameters
    ----------
    groups : int
    number : int
        How many orders, even.
    seed : sequence of int
        Equal seeds, equal orders.
    """
    generator = np.random.default_rng(seed)
    drawn = [tuple(generator.permutation(groups).tolist()) for _ in range(number // 2)]
    return tuple(order for each in drawn for order in (each, each[::-1]))


def sets_along(order: Order) -> list[int]:
    """Return the sets that an order leads through, from none to all."""
    found = [0]
    for place in order:
        found.append(found[-1] | 1 << place)
    return found


def terms_along(values: Mapping[int, float], orders: Sequence[Order]) -> tuple[Terms, Terms]:
    """Return Shapley values estimated over orders, and their standard errors.

    Parameters
    ----------
    values : mapping of int to float
        The value of every set that the orders lead through.
    orders : sequence of Order
        As `drawn_orders` returns them.

    Returns
    -------
    terms, errors : float64, shape (groups,)
        An order's steps add up to the difference, so the terms do. The errors are of the
        sampling alone, over pairs of orders; NaN with fewer than two pairs.
    """
    steps = np.zeros((len(orders), len(orders[0])))
    for row, order in enumerate(orders):
        along = sets_along(order)
        for place, before, after in zip(order, along, along[1:], strict=False):
            steps[row, place] = values[after] - values[before]
    pairs = (steps[0::2] + steps[1::2]) / 2
    terms = pairs.mean(axis=0)
    if len(pairs) < 2:
        return terms, np.full(len(terms), np.nan)
    return terms, pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
