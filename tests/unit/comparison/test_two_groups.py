"""Replicates that fall into two groups are noticed, those that do not are left in peace."""

from __future__ import annotations

import argparse
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import synthetic_measures as synthetic
from studies import PLAIN, RICH, compact_study

from analysis.commands.compare import _Outcome, _Result, _Tables, _tell
from analysis.comparison.leading import leading
from analysis.comparison.pairing import compare_measures
from analysis.comparison.two_groups import (
    THRESHOLD,
    bimodality,
    in_words,
    split_org_models,
    two_groups,
)
from analysis.evidence.sampled import Sample
from sim.running.batch import Precision
from sim.study.tables import column_names

LUCK = np.random.default_rng(11)


def share_noticed(samples: np.ndarray) -> float:
    return float(np.mean([two_groups(sample) is not None for sample in samples]))


def test_the_coefficient_by_hand() -> None:
    """Six values of 0 and six of 1: no skew, excess −2, corrected −22/9."""
    corrected = 11 / 90 * (13 * -2 + 6)
    expected = 1 / (corrected + 3 * 121 / 90)
    assert bimodality(np.repeat([0.0, 1.0], 6)) == pytest.approx(expected)
    assert np.isnan(bimodality(np.ones(12)))


def test_the_threshold_is_that_of_a_uniform_distribution() -> None:
    assert bimodality(np.linspace(0, 1, 100_001)) == pytest.approx(THRESHOLD, abs=1e-4)


def test_two_groups_are_told_apart() -> None:
    low, high = LUCK.normal(10.0, 1.0, 7), LUCK.normal(40.0, 1.0, 5)
    found = two_groups(LUCK.permutation(np.concatenate([low, high, [np.nan]])))
    assert found is not None
    assert found[0].tolist() == sorted(low)
    assert found[1].tolist() == sorted(high)


@pytest.mark.parametrize(
    ("draw", "most"),
    [
        (LUCK.normal(size=(4000, 12)), 0.006),
        (LUCK.standard_t(3, size=(4000, 12)), 0.008),
        (LUCK.exponential(size=(4000, 12)), 0.05),
    ],
    ids=["normal", "heavy tails", "skewed"],
)
def test_one_group_is_seldom_taken_for_two(draw, most) -> None:
    assert share_noticed(draw) < most


@pytest.mark.parametrize(("runs", "least"), [(12, 0.45), (20, 0.9)])
def test_groups_far_apart_are_noticed_more_often_the_more_runs_there_are(runs, least) -> None:
    sides = 8.0 * (LUCK.random((1000, runs)) < 0.5)
    assert share_noticed(LUCK.normal(size=(1000, runs)) + sides) > least


def test_few_runs_equal_runs_and_a_pair_of_outliers_say_nothing() -> None:
    apart = np.repeat([0.0, 9.0], 5) + LUCK.normal(0, 0.1, 10)
    assert two_groups(apart) is not None
    assert two_groups(apart[:9]) is None
    assert two_groups(np.ones(12)) is None
    assert two_groups(np.array([*LUCK.normal(0, 1, 10), 30.0, 31.0])) is None


def test_a_line_for_each_org_model_that_falls_apart() -> None:
    rows = [
        (org, replicate, 0, name, "overall", "", value + luck)
        for org, shift in (("calm", 0.0), ("torn", 0.2))
        for name, level in (("net_value", 100.0), ("drop_off_rate", 0.1), ("standing", 0.5))
        for replicate, luck in enumerate(LUCK.normal(0, 0.01, 12))
        for value in (level + shift * (replicate % 3 == 0),)
    ]
    measures = pd.DataFrame(rows, columns=column_names("measures.parquet"))
    split = split_org_models(measures)
    assert set(split["org_model"]) == {"torn"}
    assert split[["n_lower", "n_upper"]].to_numpy().tolist() == [[8, 4], [8, 4]]
    text = in_words(split, {"calm": "Calm", "torn": "Torn"})
    assert text.splitlines()[1].startswith(
        "Drop-off under Torn falls into two groups: 8 runs around 1"
    )
    assert "4 around 30" in text
    assert in_words(split[:0], {}) == ""
    # Of several worlds nothing is said: each is another firm.
    assert split_org_models(pd.concat([measures, measures.assign(world=1)])).empty


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("torn", [False, True])
def test_compare_says_it_beside_its_table(torn, as_json, capsys) -> None:
    measures = synthetic.measures(["plain", "rich"])
    shifted = (measures["org_model"] == "rich") & (measures["measure"] == "net_value")
    measures.loc[shifted & (measures["replicate"] < 5), "value"] += 50.0 * torn
    experiment = SimpleNamespace(
        study=compact_study(PLAIN, RICH), hash="0", folder=SimpleNamespace(path="results/compact-0")
    )
    comparison, lead = compare_measures(measures, "plain"), leading(measures, "net_value")
    tables = _Tables(comparison, lead, split_org_models(measures), None, None)
    outcome = _Outcome([], Precision(12, "fixed"), None)
    result = _Result(Sample(experiment.study, None, 12), outcome, measures, None)
    _tell(experiment, result, tables, argparse.Namespace(json=as_json, quiet=False))
    told = capsys.readouterr().out
    if as_json:
        found = [row["org_model"] for row in json.loads(told)["two_groups"]]
        assert found == ["rich"] * torn
    else:
        assert ("Net value under rich falls into two groups: 7 runs around" in told) is torn
