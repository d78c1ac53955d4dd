"""What was asked differently, and what came out differently, by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.comparison.intervals import welch_interval
from analysis.comparison.two_results import (
    ABSENT,
    asked_differently,
    came_out,
    unshared_luck,
)
from sim.study.tables import column_names

STUDY = {
    "design": {"seed": 1},
    "market": {"customers": 10, "segments": {"all": {"share": 1}}},
    "organisations": [{"organisation": "a", "authority": 0.1}, {"organisation": "b"}],
}


def other(**changes):
    return {**STUDY, **changes}


def test_every_key_that_differs_is_named_with_both_values() -> None:
    assert asked_differently(STUDY, other()) == []
    models = [{"organisation": "b"}, {"organisation": "a", "authority": 0.2, "label": "A"}]
    found = asked_differently(STUDY, other(organisations=models, budget="unequal"))
    told = {each.key: (each.first, each.second) for each in found}
    assert told == {
        "organisations: which": ('["a", "b"]', '["b", "a"]'),
        "organisations.a.authority": ("0.1", "0.2"),
        "organisations.a.label": (ABSENT, '"A"'),
        "budget": (ABSENT, '"unequal"'),
    }
    assert asked_differently([], STUDY)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"design": {"seed": 2}}, ["the seed"]),
        ({"market": {"customers": 11, "segments": STUDY["market"]["segments"]}},
         ["the number of customers"]),
        ({"market": {"customers": 10, "segments": {}}}, ["the segments"]),
        ({"market": 3}, ["the number of customers", "the segments"]),
        ({"organisations": [], "parameters": {"x": 1}}, []),
    ],
)  # fmt: skip
def test_luck_is_shared_by_the_same_seed_customers_and_segments(changes, said) -> None:
    assert unshared_luck(STUDY, other(**changes)) == said


def tidy(values: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (org, replicate, 0, "net_value", "overall", "", value)
        for org, series in values.items()
        for replicate, value in enumerate(series)
    ]
    return pd.DataFrame(rows, columns=column_names("measures.parquet"))


def test_what_shares_luck_is_paired_by_replicate() -> None:
    first = tidy({"a": [1.0, 5.0, 9.0, 50.0], "gone": [1.0] * 4})
    second = tidy({"a": [2.0, 7.0, 12.0], "new": [1.0] * 3})
    (row,) = came_out(first, second, ["net_value", "standing"], paired=True).to_dict("records")
    half = 4.302652729911275 / math.sqrt(3)  # pairs differ by 1, 2 and 3
    assert (row["org_model"], row["first"], row["second"]) == ("a", 5.0, 7.0)
    assert (row["difference"], row["low"]) == pytest.approx((2.0, 2.0 - half))
    assert (row["n_first"], row["n_second"]) == (3, 3)


def test_worlds_meet_worlds_where_only_one_result_has_several() -> None:
    """Replicates of the first world are numbered as worlds are, and are none of them."""
    first = tidy({"a": [1.0, 5.0, 9.0]}).assign(world=1)
    second = tidy({"a": [6.0, 70.0, 80.0]})
    second = second.assign(world=second["replicate"] + 1, replicate=0)
    for one, two, gap in ((first, second, 1.0), (second, first, -1.0)):
        (row,) = came_out(one, two, ["net_value"], paired=True).to_dict("records")
        assert (row["difference"], row["n_first"], row["n_second"]) == (gap, 1, 1)


def test_what_does_not_is_held_apart() -> None:
    first, second = tidy({"a": [1.0, 5.0, 9.0]}), tidy({"a": [2.0, 7.0, 12.0]})
    (row,) = came_out(first, second, ["net_value"], paired=False).to_dict("records")
    assert (row["low"], row["high"]) == pytest.approx(
        welch_interval(first["value"].to_numpy(), second["value"].to_numpy())[1:]
    )
    assert row["low"] < 0 < row["difference"] < row["high"]


def test_welch_by_hand() -> None:
    """Means 2 and 6, squared errors 1/3 and 4/3 of two degrees each: 2.94 degrees together."""
    one, two = pd.Series([1.0, 2.0, 3.0]).to_numpy(), pd.Series([4.0, 6.0, 8.0]).to_numpy()
    gap, low, high = welch_interval(one, two)
    degrees = (5 / 3) ** 2 / ((1 / 9 + 16 / 9) / 2)
    assert degrees == pytest.approx(2.941, abs=0.001)
    assert gap == 4.0
    assert (high - gap) / math.sqrt(5 / 3) == pytest.approx(3.219, abs=0.01)  # 3.18 at 3, 4.30 at 2
    assert gap - low == pytest.approx(high - gap)
    assert all(map(math.isnan, welch_interval(one[:1], two)[1:]))
    assert all(map(math.isnan, welch_interval(one[:0], two)))
    assert welch_interval(one * 0, one * 0) == (0.0, 0.0, 0.0)
