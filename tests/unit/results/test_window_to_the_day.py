"""What is said of the window is said of all of it, of nothing else, and not of the follow-up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from studies import PLAIN, RICH, compact_study, finished, overall

from sim.results.customer_table import customer_table
from sim.results.event_table import event_table
from sim.results.measures import measures
from sim.results.money import one_off_cost
from sim.results.settling import settling_days
from sim.study.study import Study

OF_THE_WINDOW = (
    "standing", "kept_share", "consistency", "retention_rate", "window_retention", "churn_rate",
    "revenue", "cost_to_serve",
)  # fmt: skip
"""Measures that have nothing to wait for once the window is over."""


def study(**design: int) -> Study:
    return compact_study(PLAIN, design={"horizon_days": 65} | design)


def finished_with_log(**design: int) -> tuple[Any, pd.DataFrame]:
    model = finished(study(**design), log_events=True)
    return model, event_table(model)


@pytest.mark.parametrize(
    "design",
    [
        {"warm_up_days": 20, "horizon_days": 60},
        {"warm_up_days": 33, "horizon_days": 31},
        {"warm_up_days": 4, "horizon_days": 7},
        {"warm_up_days": 3, "horizon_days": 5},
    ],
)
def test_cost_to_serve_is_that_of_the_window_to_the_day(design: dict[str, int]) -> None:
    model, log = finished_with_log(**design)
    begins = 8.0 * design["warm_up_days"]
    ends = begins + 8.0 * design["horizon_days"]
    visits = log[(log["kind"] == "visit") & log["start_hour"].between(begins, ends, "left")]
    hours = (visits["end_hour"] - visits["start_hour"]).groupby(visits["org:group"]).sum()
    paid = sum(hours / pd.Series(model.organisation.pace, model.blueprint.functions)[hours.index])
    table = overall(measures(model))
    assert table["cost_to_serve"] == pytest.approx(
        paid / 2080.0 * model.organisation.parameters["wage_per_year"] / table["n_started"],
        rel=1e-4,
    )


def test_what_needs_no_follow_up_does_not_move_with_it() -> None:
    tables = [measures(finished(study(follow_up_days=days))) for days in (0, 13, 65)]
    first, *others = (
        table[table["measure"].isin(OF_THE_WINDOW)].set_index(["measure", "scope", "scope_id"])
        for table in tables
    )
    assert {"month", "segment", "function", "overall"} <= set(first.index.unique("scope"))
    for other in others:
        np.testing.assert_allclose(first["value"], other["value"][first.index], rtol=1e-7)


@pytest.mark.parametrize(
    "design", [{}, {"warm_up_days": 23, "horizon_days": 66}, {"horizon_days": 5}]
)
def test_standing_is_that_of_the_last_month_and_of_the_customers(design: dict[str, int]) -> None:
    model = finished(study(**design))
    table = measures(model)
    monthly = table[(table["measure"] == "standing") & (table["scope"] == "month")]["value"]
    assert len(monthly) == len(table[(table["measure"] == "nps") & (table["scope"] == "month")])
    assert monthly.iloc[-1] == pytest.approx(overall(table)["standing"], rel=1e-12)
    of_day_zero = model.state.customers["joined_at"] <= model.state.rules[0]["day_zero"]
    mean = customer_table(model)["standing"][of_day_zero].mean()
    assert mean == pytest.approx(overall(table)["standing"], rel=1e-6)


@pytest.mark.parametrize(("days", "has_a_year"), [(65, False), (259, False), (260, True)])
def test_retention_of_a_year_takes_a_year(days: int, has_a_year: bool) -> None:
    model = finished(compact_study(PLAIN, design={"horizon_days": days, "follow_up_days": 0}))
    table = measures(model)
    found = overall(table)
    left = customer_table(model)
    there = model.state.customers["joined_at"] <= model.state.rules[0]["day_zero"]
    stayed = (left["outcome"][there] == "stayed").mean()
    assert found["window_retention"] == pytest.approx(stayed)
    assert ("retention_rate" in found) == has_a_year
    if has_a_year:
        assert found["retention_rate"] == found["window_retention"]
    by_segment = table[(table["measure"] == "retention_rate") & (table["scope"] == "segment")]
    assert len(by_segment) == (2 if has_a_year else 0)


def test_a_transition_is_paid_from_its_day_on() -> None:
    """Weeks go on through a window that begins within one; its third begins on day 8 then."""
    change = {"from": PLAIN, "to": RICH, "at_week": 2, "cost_per_head": 100.0}
    for warm_up, day in ((20, 10.0), (22, 8.0)):
        design = {"warm_up_days": warm_up, "horizon_days": 40}
        model = finished(
            compact_study({"organisation": "change", "transition": change}, design=design)
        )
        spent = one_off_cost(model, 0.0, math.inf)
        assert spent > 0
        assert one_off_cost(model, 0.0, (day - 0.01) / 260.0) == 0
        assert one_off_cost(model, 0.0, (day + 0.01) / 260.0) == spent


def test_a_run_too_short_to_tell_has_settled_at_once() -> None:
    assert settling_days([]) == settling_days([7]) == 0
    assert settling_days([90, 90, 3, 3, 3, 3, 3, 3]) == 10  # two weeks of five days
