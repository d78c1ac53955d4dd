"""Customers by what became of them under two org models, and which of them is typical of a kind.

A story is told of one customer; how common its kind is, and the reverse, stands beside it, so that
one story is never taken for the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEFT, STAYED = "left", "stayed"
CELLS = ((LEFT, STAYED), (STAYED, LEFT), (LEFT, LEFT), (STAYED, STAYED))
"""What became of a customer under the first of two org models, and under the second."""
CELL_COLUMNS = ["customer_id", "outcome", "promises", "left_on_day"]
"""Columns of ``customers.parquet`` by which customers are counted and chosen."""
HOW_CHOSEN = (
    "chosen for being typical: nearest to the median of these customers in promises kept or broken "
    "to them and in the day on which they left, by rank"
)


@dataclass(frozen=True)
class FourCells:
    """How many customers there are of each kind, in one run of each of two org models.

    Attributes
    ----------
    first, second : str
        Names of the org models.
    counts : dict of (str, str) to int
        Customers by what became of them under the first and under the second: `CELLS`.
    others : int
        Who never joined under one of the two, or under both: in none of the cells.
    """

    first: str
    second: str
    counts: dict[tuple[str, str], int]
    others: int

    @property
    def customers(self) -> int:
        """How many there are in the cells together."""
        return sum(self.counts.values())

    def share(self, cell: tuple[str, str]) -> float:
        """Return the share of one cell, 0 to 1; 0 if nobody is in any."""
        return self.counts[cell] / self.customers if self.customers else 0.0


def beside(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the customers of two runs side by side.

    Parameters
    ----------
    first, second : DataFrame
        The columns `CELL_COLUMNS` of the same customers under two org models.

    Returns
    -------
    DataFrame
        Indexed by ``customer_id``; of each run ``outcome``, ``promises`` and ``left_on_day``, with
        the endings ``_first`` and ``_second``.
    """
    pairs = first[CELL_COLUMNS].merge(
        second[CELL_COLUMNS],
        on="customer_id",
        suffixes=("_first", "_second"),
        validate="one_to_one",
    )
    return pairs.set_index("customer_id")


def four_cells(pairs: pd.DataFrame, first: str, second: str) -> FourCells:
    """Count the customers of `beside` by what became of them under each of the two."""
    found = pairs.groupby(["outcome_first", "outcome_second"], observed=True).size()
    counts = {cell: int(found.get(cell, 0)) for cell in CELLS}
    return FourCells(first, second, counts, len(pairs) - sum(counts.values()))


def cell_of(pairs: pd.DataFrame, customer: int) -> tuple[str, str]:
    """Return what became of one customer under each of the two."""
    row = pairs.loc[customer]
    return str(row["outcome_first"]), str(row["outcome_second"])


def typical(pairs: pd.DataFrame, cell: tuple[str, str]) -> int | None:
    """Return the customer whose story is typical of a cell; None if nobody is in it.

    Of all in the cell the one nearest to its median in the promises kept or broken to them under
    either org model, and in the days on which they left: the distance is that of ranks (0 the
    least, 1 the most), summed, so that units do not matter. Of several the lowest number.
    """
    kind = pairs[(pairs["outcome_first"] == cell[0]) & (pairs["outcome_second"] == cell[1])]
    if kind.empty:
        return None
    columns = ["promises_first", "promises_second"]
    columns += [f"left_on_day_{side}" for side, became in _sides(cell) if became == LEFT]
    ranks = kind[columns].rank(method="average")
    middle = (len(kind) + 1) / 2.0
    distance = (ranks - middle).abs().sum(axis=1).to_numpy() / len(kind)
    nearest = np.flatnonzero(distance <= distance.min() + 1e-12)
    return int(min(kind.index[nearest]))


def _sides(cell: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("first", cell[0]), ("second", cell[1])


def cells_sentence(cells: FourCells, labels: dict[str, str]) -> str:
    """Return how common each kind is, in words."""
    first, second = labels[cells.first], labels[cells.second]
    lost, gained, neither, both = (
        f"{cells.counts[cell]:,} ({cells.share(cell):.1%})".replace("%)", " %)") for cell in CELLS
    )
    said = (
        f"Of {cells.customers:,} customers {lost} left under {first} and stayed under {second}, "
        f"{gained} the reverse; {both} stayed under both, {neither} left under both."
    )
    if cells.others:
        said += f" {cells.others:,} more never joined under one of the two, or under both."
    return said


def kind_in_words(cell: tuple[str, str], first: str, second: str) -> str:
    """Return one kind of customer in words, as in ``left under Siloed and stayed under Hybrid``."""
    if cell[0] == cell[1]:
        return f"{cell[0]} under both {first} and {second}"
    return f"{cell[0]} under {first} and {cell[1]} under {second}"


def cells_as_object(cells: FourCells) -> dict[str, object]:
    """Return the counts and shares as plain data."""
    return {
        "between": [cells.first, cells.second],
        "customers": cells.customers,
        "never_joined": cells.others,
        "cells": [
            {
                "first": cell[0],
                "second": cell[1],
                "customers": cells.counts[cell],
                "share": cells.share(cell),
            }
            for cell in CELLS
        ],
    }
