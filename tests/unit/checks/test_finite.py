"""A run that cannot be computed has failed; one in which nothing happened has not."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from studies import PEER, PEERS, PLAIN, RICH, TRUSTING, compact_study, peer_enterprise

from sim.checks.finite import check_finite
from sim.runner import RunSpec, run
from sim.running.batch import DONE, FAILED, run_many, specs_for
from sim.study.errors import StudyError
from sim.study.parameters import REGISTRY


def table(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["measure", "scope", "scope_id", "value"])


@pytest.mark.parametrize(
    "row",
    [
        ("net_value", "overall", "", math.nan),
        ("net_value", "month", "02", math.nan),
        ("completion_rate", "journey", "join", math.nan),
        ("cost_to_serve", "overall", "", math.nan),
        ("standing", "overall", "", math.nan),
        ("visits", "touchpoint", "join/sign", math.inf),
        ("a_measure_of_ones_own", "overall", "", -math.inf),
    ],
)
def test_no_number_where_there_are_cases_is_a_failure(row: tuple[str, str, str, float]) -> None:
    there = (("n_needs", "journey", "join", 3.0), ("n_started", "overall", "", 3.0))
    with pytest.raises(ArithmeticError, match=rf"no number came out for {row[0]} \("):
        check_finite(table(*there, row), customers_at_start=5)


def test_a_value_is_rightly_missing_where_there_is_nothing_to_measure() -> None:
    rows = table(
        ("n_needs", "journey", "join", 0.0),
        ("completion_rate", "journey", "join", math.nan),
        ("standing", "overall", "", math.nan),
        ("retention_rate", "overall", "", math.nan),
        ("negotiation_agreement_rate", "overall", "", math.nan),
    )
    check_finite(rows, customers_at_start=0)


def test_many_are_counted_and_three_named() -> None:
    rows = table(*(("net_value", "month", f"{month:02d}", math.nan) for month in range(9)))
    with pytest.raises(ArithmeticError, match=r"\(00\).*\(02\) and 6 more"):
        check_finite(rows, customers_at_start=5)


def test_a_run_beyond_what_can_be_computed_is_a_failed_row() -> None:
    # No loader lets this through; a study made by hand may hold it all the same.
    # Where rivals quote, the exponent has a bound.
    study = compact_study(PLAIN, parameters={"leaving_standing": 1e12}, market={"rivals": 0})
    (status,) = run_many(specs_for(study, [0]))
    assert status.status == FAILED
    assert "no number came out for revenue" in status.reason


@pytest.mark.parametrize("days", [5, 9])
def test_a_window_of_a_few_days_is_no_failure(days: int) -> None:
    design = {"horizon_days": days, "warm_up_days": 0, "follow_up_days": 0}
    (status,) = run_many(specs_for(compact_study(PLAIN, design=design), [0]))
    assert (status.status, status.reason) == (DONE, "")


NO_TIME = "no time to serve customers"


@pytest.mark.parametrize("name", REGISTRY)
def test_rules_stay_finite_at_both_ends_of_what_is_permitted(name: str) -> None:
    low, high = REGISTRY[name].permitted
    extreme = TRUSTING | {name: high}
    studies = [
        *(compact_study(RICH, parameters={name: value}) for value in (low, high)),
        compact_study(PEER, parameters=extreme, market=PEERS, enterprise=peer_enterprise()),
    ]
    for study in studies:
        try:
            done = run(RunSpec(study, study.organisations[0], 0))
        except StudyError as refused:
            assert NO_TIME in str(refused)  # in words, before the run
            continue
        values = done.measures.set_index("measure")["value"].dropna()
        assert values["overhead_share"] <= 1.0
        assert values["standing"].between(0.0, 1.0).all()
