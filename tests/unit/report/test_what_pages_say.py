"""Sentences and tables of the pack's pages: no more than intervals allow, in the right unit."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
from told_answers import SIZES_TOLD, WORLDS_TOLD

from analysis.comparison.leading import LEADS, TIED, UNRANKED
from analysis.figures.transition import _paid_back
from analysis.report.answer_pages import _worlds_grid, not_told_apart
from analysis.report.other_pages import _course, _sizes_grid

BASE = SimpleNamespace(
    labels={"base": "Silos", "new": "Owners"}, study=SimpleNamespace(baseline="base")
)


def _money(*rows: tuple[float, float, float]) -> pd.DataFrame:
    """Return months 1, 2, ... with difference, low and high."""
    table = pd.DataFrame(rows, columns=["difference", "low", "high"])
    return table.assign(month=range(1, len(rows) + 1), org_model="new", measure="net_value")


def test_how_far_a_change_falls_behind_is_a_month_in_which_it_clearly_does() -> None:
    said = _course(_money((-3, -4, -2), (-1, -6, 4), (-10, -25, 5)), "new", BASE)
    assert "falls 3.0 a customer behind Silos by month 1 (95 % interval 2.0 to 4.0)" in said
    assert said.endswith("has not clearly paid back after 3 months")


def test_a_change_has_paid_back_from_where_the_interval_stays_above_zero() -> None:
    money = _money((-5, -8, -2), (1, -6, 8), (4, -2, 10), (9, 3, 15))
    assert _paid_back(money, "new") == 4
    assert _course(money, "new", BASE).endswith("has clearly paid back from month 4 on")


@pytest.mark.parametrize("money", [_money(), _money((-3, math.nan, math.nan))])
def test_without_an_interval_a_change_is_neither_behind_nor_paid_back(money) -> None:
    assert _course(money, "new", BASE) == "Owners: too few runs finished for an interval"


def test_nobody_is_ahead_by_size_without_a_ranking() -> None:
    def ahead(**lead: object) -> str:
        size = SIZES_TOLD["sizes"][0]
        told = {"sizes": [size | {"lead": size["lead"] | lead}]}
        return str(_sizes_grid(told, {"org0": "Silos", "org1": "Owners"}).rows[0][1])

    assert ahead(verdict=UNRANKED, not_clearly_behind=[]) == UNRANKED
    assert ahead(verdict=LEADS, not_clearly_behind=[]) == "Owners"
    assert ahead(verdict=TIED, not_clearly_behind=["org0"]) == "no clear winner: Owners, Silos"


def test_shares_are_per_cent_in_the_table_over_worlds() -> None:
    ranked = [row | {"difference": row["difference"] / 100} for row in WORLDS_TOLD["org_models"]]
    grid = _worlds_grid(WORLDS_TOLD | {"headline": "drop_off_rate", "org_models": ranked})
    assert grid.rows[1][1] == pytest.approx(5.0)
    assert _worlds_grid(WORLDS_TOLD).rows[1][1] == 5.0


def test_a_noisy_baseline_does_not_hide_that_the_others_differ() -> None:
    """All lie within luck of the baseline, and yet the last of them clearly behind the first."""
    rows = pd.DataFrame({"low": [-6.0, -9.0], "high": [10.0, 7.0]}, index=["a", "c"])

    def said(*tied: str) -> bool:
        lead = SimpleNamespace(
            verdict=TIED, order=("a", "base", "c"), tied=tied, measure="net_value"
        )
        compared = SimpleNamespace(lead=lead, study=BASE.study, rows=lambda name: rows)
        return not_told_apart(compared)

    assert said("base", "c")
    assert not said("base")
