"""Customers by what became of them under two org models, and who is typical of a kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.four_cells import (
    CELLS,
    beside,
    cell_of,
    cells_as_object,
    cells_sentence,
    four_cells,
    kind_in_words,
    typical,
)

OUTCOMES = ("left", "stayed", "never joined")


def customers(outcomes: list[str], promises: list[int], days: list[float]) -> pd.DataFrame:
    """Return the columns of a customer table by which customers are counted and chosen."""
    return pd.DataFrame(
        {
            "customer_id": range(len(outcomes)),
            "outcome": outcomes,
            "promises": promises,
            "left_on_day": days,
        }
    )


def any_two(number: int = 500) -> pd.DataFrame:
    """Return a market of customers who fare as luck has it under either org model."""
    luck = np.random.default_rng(7)
    runs = []
    for _ in range(2):
        outcomes = luck.choice(OUTCOMES, number, p=(0.2, 0.7, 0.1)).tolist()
        days = np.where(np.array(outcomes) == "left", luck.integers(1, 500, number), np.nan)
        runs.append(customers(outcomes, luck.integers(0, 80, number).tolist(), days.tolist()))
    return beside(*runs)


def test_the_four_cells_and_who_never_joined_add_up_to_the_market() -> None:
    pairs = any_two()
    cells = four_cells(pairs, "one", "other")
    assert cells.customers + cells.others == len(pairs) == 500
    assert cells.others == (pairs == "never joined").any(axis=1).sum() > 0
    assert sum(cells.share(cell) for cell in CELLS) == pytest.approx(1.0)
    for cell in CELLS:
        kind = [cell_of(pairs, number) == cell for number in pairs.index]
        assert cells.counts[cell] == sum(kind) > 0
    told = cells_as_object(cells)
    assert sum(each["customers"] for each in told["cells"]) == told["customers"]


def test_with_the_two_exchanged_every_cell_has_its_reverse() -> None:
    pairs = any_two()
    turned = pairs.rename(columns=lambda name: {
        "first": name.replace("_first", "_second"), "second": name.replace("_second", "_first")
    }[name.rsplit("_", 1)[1]])  # fmt: skip
    there, back = four_cells(pairs, "a", "b"), four_cells(turned, "b", "a")
    assert {cell: back.counts[cell[::-1]] for cell in CELLS} == there.counts
    assert typical(pairs, ("left", "stayed")) == typical(turned, ("stayed", "left"))


def pairs_of_one_kind(promises: list[int], others: list[int], days: list[float]) -> pd.DataFrame:
    """Return customers who all left under the first org model and stayed under the second."""
    number = len(promises)
    left = customers(["left"] * number, promises, days)
    return beside(left, customers(["stayed"] * number, others, [np.nan] * number))


def test_the_typical_one_is_in_the_middle_of_all_that_is_told_not_at_an_end() -> None:
    pairs = pairs_of_one_kind([1, 90, 20, 30, 25], [4, 99, 44, 60, 50], [3, 400, 90, 310, 200])
    assert typical(pairs, ("left", "stayed")) == 4
    dramatic = pairs_of_one_kind([20, 900, 21, 22], [40, 900, 41, 42], [10, 900, 11, 12])
    assert typical(dramatic, ("left", "stayed")) in (2, 3)


def test_units_of_what_is_ranked_do_not_matter_and_ties_go_to_the_lowest_number() -> None:
    days = [3.0, 400.0, 90.0, 310.0, 200.0]
    once = pairs_of_one_kind([1, 90, 20, 30, 25], [4, 99, 44, 60, 50], days)
    other = pairs_of_one_kind([1, 90, 20, 30, 25], [4, 99, 44, 60, 50], [d * 60 for d in days])
    assert typical(once, ("left", "stayed")) == typical(other, ("left", "stayed"))
    alike = pairs_of_one_kind([5, 5, 5], [6, 6, 6], [7, 7, 7])
    assert typical(alike, ("left", "stayed")) == 0


def test_of_a_kind_that_is_not_there_nobody_is_typical() -> None:
    assert typical(pairs_of_one_kind([1], [1], [1]), ("stayed", "left")) is None


def test_counts_are_said_with_their_shares_and_the_reverse_beside_them() -> None:
    left, stayed, gone = ["left"], ["stayed"], ["never joined"]
    one = left * 33 + stayed * 17 + left * 10 + stayed * 940 + gone * 5
    two = stayed * 33 + left * 17 + left * 10 + stayed * 940 + stayed * 5
    promises, days = [1] * len(one), [1.0] * len(one)
    pairs = beside(customers(one, promises, days), customers(two, promises, days))
    cells = four_cells(pairs, "a", "b")
    assert cells_sentence(cells, {"a": "Siloed", "b": "Hybrid"}) == (
        "Of 1,000 customers 33 (3.3 %) left under Siloed and stayed under Hybrid, 17 (1.7 %) the "
        "reverse; 940 (94.0 %) stayed under both, 10 (1.0 %) left under both. 5 more never joined "
        "under one of the two, or under both."
    )
    assert kind_in_words(("left", "left"), "A", "B") == "left under both A and B"
