"""Levels, paired differences and intervals against values worked out by hand."""

from __future__ import annotations

import json
import math
import time

import numpy as np
import pandas as pd
import pytest
import synthetic_measures as synthetic

from analysis.comparison.headline import headline_table
from analysis.comparison.intervals import BOOTSTRAP_SAMPLES, _bootstrap_weights
from analysis.comparison.leading import leading
from analysis.comparison.pairing import compare_measures, precision_reached
from analysis.load import load_result
from sim.study.errors import ResultFolderError
from sim.study.tables import CAUSE_WORDS, MEASURES, SCOPES, TABLES, column_names, tables_page

T_TWO_DEGREES = 4.302652729911275  # 97.5 % quantile of Student's t, from a printed table


def tidy(values: dict[str, list[float]], measure: str = "standing") -> pd.DataFrame:
    """Return one overall measure: a list of replicates for each org model."""
    rows = [
        (org, replicate, 0, measure, "overall", "", value)
        for org, series in values.items()
        for replicate, value in enumerate(series)
    ]
    return pd.DataFrame(rows, columns=column_names("measures.parquet"))


def row(table: pd.DataFrame, org: str) -> pd.Series:
    return table[table["org_model"] == org].iloc[0]


def table_of(
    measures: pd.DataFrame, labels: dict[str, str], baseline: str, n_asked: int = 1
) -> tuple[pd.DataFrame, str]:
    """Return a comparison and the terminal's table of it."""
    comparison = compare_measures(measures, baseline)
    return comparison, headline_table(comparison, labels, leading(measures, "standing"), n_asked)


def test_level_and_paired_difference_by_hand() -> None:
    table = compare_measures(tidy({"a": [1.0, 2.0, 6.0], "b": [2.0, 4.0, 9.0]}), "a")
    assert list(table.columns) == column_names("comparison.csv")
    b = row(table, "b")
    # Level: mean 5, deviations −3, −1, 4, so s² = 26 / 2 = 13.
    half = T_TWO_DEGREES * math.sqrt(13 / 3)
    assert b["mean"] == pytest.approx(5.0)
    assert (b["mean_low"], b["mean_high"]) == pytest.approx((5 - half, 5 + half))
    # Pairs differ by 1, 2, 3: mean 2, s = 1; far narrower than the levels suggest.
    half = T_TWO_DEGREES / math.sqrt(3)
    assert b["difference"] == pytest.approx(2.0)
    assert (b["low"], b["high"]) == pytest.approx((2 - half, 2 + half))
    assert (b["n_replicates"], b["n_worlds"], b["direction"]) == (3, 1, "higher")
    a = row(table, "a")
    assert (a["difference"], a["low"], a["high"]) == (0, 0, 0)


def test_one_replicate_has_no_interval() -> None:
    table = compare_measures(tidy({"a": [1.0], "b": [2.0]}), "a")
    ends = table[["mean_low", "mean_high", "low", "high", "probability_best"]]
    assert ends.isna().all(axis=None)
    assert row(table, "b")["difference"] == 1.0


def test_equal_org_models_differ_by_exactly_nothing() -> None:
    noisy = np.random.default_rng(3).normal(size=12).tolist()
    table = compare_measures(tidy({"a": noisy, "twin": list(noisy)}), "a")
    twin = row(table, "twin")
    assert (twin["difference"], twin["low"], twin["high"]) == (0.0, 0.0, 0.0)
    assert list(table["probability_best"]) == [0.5, 0.5]


def test_a_failed_run_leaves_its_pair_out() -> None:
    values = {"a": [1.0, 2.0, math.nan, 4.0], "b": [2.0, math.nan, 30.0, 7.0]}
    table = compare_measures(tidy(values), "a")
    b = row(table, "b")
    assert b["difference"] == pytest.approx((1.0 + 3.0) / 2)
    assert b["mean"] == pytest.approx((2.0 + 30.0 + 7.0) / 3)
    assert b["n_replicates"] == 2
    assert row(table, "a")["n_replicates"] == 3
    absent = compare_measures(tidy(values).dropna(subset="value"), "a")
    pd.testing.assert_frame_equal(absent, table)


def test_all_runs_of_an_org_model_failed() -> None:
    table = compare_measures(tidy({"a": [1.0, 2.0], "b": [math.nan] * 2, "c": [0.0, 1.0]}), "a")
    b = row(table, "b")
    assert math.isnan(b["mean"]) and math.isnan(b["probability_best"])
    assert b["n_replicates"] == 0
    assert row(table, "a")["probability_best"] == 1.0


def test_replicates_are_averaged_inside_their_world() -> None:
    measures = tidy({"a": [1.0, 3.0], "b": [2.0, 6.0]})
    other = measures.assign(world=1, value=measures["value"] * 10)
    b = row(compare_measures(pd.concat([measures, other]), "a"), "b")
    # Pairs: in world 0 they differ by 1 and 3, in world 1 by 10 and 30: 2 and 20.
    assert b["difference"] == pytest.approx(11.0)
    assert b["high"] - b["difference"] == pytest.approx(12.706204736 * 18 / 2)
    assert (b["n_replicates"], b["n_worlds"]) == (2, 2)


def test_best_is_lowest_where_lower_is_better() -> None:
    values = {"a": [0.30, 0.31, 0.29], "b": [0.20, 0.21, 0.19]}
    lower = compare_measures(tidy(values, "drop_off_rate"), "a")
    assert list(lower["probability_best"]) == [0.0, 1.0]
    higher = compare_measures(tidy(values, "completion_rate"), "a")
    assert list(higher["probability_best"]) == [1.0, 0.0]
    neither = compare_measures(tidy(values, "disclosure_share"), "a")
    assert neither["probability_best"].isna().all()


def test_probability_best_matches_enumerated_bootstrap() -> None:
    # Differences +1, +1, −3: of the 27 equally likely samples b leads in the 8 without −3.
    table = compare_measures(tidy({"a": [0.0, 0.0, 3.0], "b": [1.0, 1.0, 0.0]}), "a")
    assert row(table, "b")["probability_best"] == pytest.approx(8 / 27, abs=0.03)
    assert table["probability_best"].sum() == pytest.approx(1.0)


def test_same_answer_whatever_the_order_and_index_of_rows() -> None:
    measures = synthetic.measures(["x", "y", "z"], 5)
    shuffled = measures.sample(frac=1, random_state=1)
    first = measures.drop_duplicates("org_model").index
    shuffled = pd.concat([measures.loc[first], shuffled.drop(first)])  # keep the study's order
    pd.testing.assert_frame_equal(compare_measures(measures, "x"), compare_measures(shuffled, "x"))


def test_months_come_in_order_however_many_there_are() -> None:
    """As text, month 100 would come before month 11."""
    months = [f"{month:02d}" for month in range(1, 121)]
    rows = [
        (org, 0, 0, "net_value", "month", month, float(place))
        for org in ("a", "b")
        for place, month in enumerate(months)
    ]
    measures = pd.DataFrame(rows, columns=column_names("measures.parquet"))
    table = compare_measures(measures, "a")
    assert table[table["org_model"] == "b"]["scope_id"].to_list() == months


def test_a_count_without_a_row_is_zero_only_where_the_run_is_there() -> None:
    rows = [
        ("a", 0, 0, "n_drop_offs", "seam", "f>g", 4.0),
        ("a", 1, 0, "n_drop_offs", "seam", "f>g", 6.0),
        ("a", 0, 0, "n_needs", "overall", "", 100.0),
        ("a", 1, 0, "n_needs", "overall", "", 100.0),
        ("b", 0, 0, "n_needs", "overall", "", 100.0),
        ("b", 1, 0, "n_needs", "overall", "", math.nan),
    ]
    table = compare_measures(pd.DataFrame(rows, columns=column_names("measures.parquet")), "a")
    b = row(table[table["measure"] == "n_drop_offs"], "b")
    assert (b["mean"], b["difference"], b["n_replicates"]) == (0.0, -4.0, 1)


def test_bad_frames_are_refused() -> None:
    measures = tidy({"a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="baseline 'z'"):
        compare_measures(measures, "z")
    with pytest.raises(ValueError, match="given twice"):
        compare_measures(pd.concat([measures, measures]), "a")
    with pytest.raises(ValueError, match="output contract: happiness"):
        compare_measures(measures.assign(measure="happiness"), "a")
    with pytest.raises(ValueError, match="output contract: planet"):
        compare_measures(measures.assign(scope="planet"), "a")


def test_precision_reached() -> None:
    measures = tidy({"a": [1.0, 2.0, 6.0], "b": [2.0, 4.0, 9.0]})
    half = T_TWO_DEGREES / math.sqrt(3)
    assert precision_reached(measures, "a", "standing", half + 1e-9)
    assert not precision_reached(measures, "a", "standing", half - 1e-9)
    assert not precision_reached(measures[measures["replicate"] == 0], "a", "standing", 99.0)
    assert not precision_reached(measures, "a", "nps", 99.0)
    failed = pd.concat([measures, tidy({"c": [math.nan] * 3})])
    assert not precision_reached(failed, "a", "standing", 99.0)


def test_thirty_thousand_rows_in_two_seconds() -> None:
    generator = np.random.default_rng(1)
    keys = pd.MultiIndex.from_product(
        [[f"o{k}" for k in range(6)], range(12), [f"s{k}" for k in range(420)]],
        names=["org_model", "replicate", "scope_id"],
    )
    measures = keys.to_frame(index=False).assign(
        world=0, measure="errors", scope="touchpoint", value=generator.normal(size=len(keys))
    )
    started = time.process_time()
    assert len(compare_measures(measures, "o0")) == 420 * 6
    assert time.process_time() - started < 2.0


def test_headline_table_is_aligned_and_says_what_the_intervals_are() -> None:
    labels = {"y": "Why", "x": "Ex", "z": "A name so long that it would break a terminal line"}
    comparison, text = table_of(synthetic.measures(["x", "y", "z"], 6), labels, "x")
    lines = text.splitlines()
    names = [line.split("  ")[0] for line in lines[3:6]]
    assert names == ["Why", "Ex (baseline)", "A name so long that it woul..."]
    assert "95 % interval" in text and "6 replicates" in text
    assert max(len(line) for line in lines[: lines.index("")]) <= 120
    headings = ("Standing", "Retention", "P(best")
    assert [heading in lines[0] for heading in headings] == [True] * 3
    assert lines[1].endswith("by luck)")
    standing = row(comparison[comparison["measure"] == "standing"], "x")
    half = (standing["mean_high"] - standing["mean_low"]) / 2
    assert f"{standing['mean']:.3f} ±{half:.3f}" in lines[4]
    assert "*" in lines[3] and "*" not in lines[4]
    text.encode("cp1252")  # a terminal that knows no more than this must be able to show it


def test_wide_labels_are_aligned_in_a_terminal() -> None:
    """Twelve cells each: a letter takes one, an East Asian sign two."""
    labels = {"x": "営業チーム顧", "y": "twelve cells", "z": "Baseline"}
    _, lines = table_of(synthetic.measures([*labels], 3), labels, "z")
    rows = lines.splitlines()[3:5]
    rests = [row.removeprefix(label) for row, label in zip(rows, labels.values(), strict=False)]
    gaps = [len(rest) - len(rest.lstrip()) for rest in rests]
    assert gaps[0] == gaps[1] > 0


def test_headline_table_with_one_replicate_shows_no_interval() -> None:
    _, text = table_of(synthetic.measures(["x", "y"], 1), {"x": "Ex", "y": "Why"}, "x")
    assert "±" not in text and "P(best" not in text
    assert "One replicate" in text


@pytest.mark.parametrize(("left", "said"), [(0, "Every run failed"), (1, "one replicate of 3 is")])
def test_where_runs_failed_nobody_is_told_to_ask_for_more(left: int, said: str) -> None:
    measures = synthetic.measures(["x", "y"], 3)
    measures.loc[measures["replicate"] >= left, "value"] = np.nan
    _, text = table_of(measures, {"x": "Ex", "y": "Why"}, "x", n_asked=3)
    assert said in text
    assert "ask for more" not in text


def test_output_contract_is_complete() -> None:
    for spec in MEASURES.values():
        assert spec.direction in {"higher", "lower", "neither"}
        assert spec.display in {"percent", "number", "money", "count"}
        assert spec.label and spec.unit and spec.formula and spec.source
    headline = {name for name, spec in MEASURES.items() if spec.headline}
    assert {"standing", "drop_off_rate", "completion_rate", "retention_rate"} <= headline
    page = tables_page()
    names = [*MEASURES, *TABLES, *CAUSE_WORDS]
    names += [column.name for columns in TABLES.values() for column in columns]
    assert [name for name in names if f"`{name}`" not in page] == []
    assert len(SCOPES) == 10


def test_load_follows_latest_and_explains_what_is_missing(tmp_path) -> None:
    with pytest.raises(ResultFolderError, match="no latest result"):
        load_result("latest", tmp_path)
    folder = tmp_path / "board-0a1b2c3d"
    folder.mkdir()
    (tmp_path / "latest.txt").write_text("board-0a1b2c3d\n", encoding="utf-8")
    with pytest.raises(ResultFolderError, match=r"measures\.parquet: the file is missing"):
        load_result("latest", tmp_path)
    measures = tidy({"a": [1.0]})
    measures.to_parquet(folder / "measures.parquet")
    (folder / "manifest.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(ResultFolderError, match=r"manifest\.json"):
        load_result("latest", tmp_path)
    (folder / "manifest.json").write_text(json.dumps({"seed": 1}), encoding="utf-8")
    result = load_result("latest", tmp_path)
    assert (result.folder, result.manifest) == (folder, {"seed": 1})
    pd.testing.assert_frame_equal(result.measures, measures)
    measures.drop(columns="world").to_parquet(folder / "measures.parquet")
    with pytest.raises(ResultFolderError, match="columns are missing: world"):
        load_result(folder)
    (folder / "measures.parquet").write_bytes(b"no parquet")
    with pytest.raises(ResultFolderError, match="cannot be read"):
        load_result(folder)


def test_two_thousand_replicates_are_compared_at_once() -> None:
    n_replicates, orgs = 2000, list("abcdef")
    n_rows = len(MEASURES) * len(orgs) * n_replicates
    measures = pd.DataFrame(
        {
            "org_model": np.tile(np.repeat(orgs, n_replicates), len(MEASURES)),
            "replicate": np.tile(np.arange(n_replicates), len(MEASURES) * len(orgs)),
            "world": 0,
            "measure": np.repeat(list(MEASURES), len(orgs) * n_replicates),
            "scope": "overall",
            "scope_id": "",
            "value": np.random.default_rng(1).normal(size=n_rows),
        }
    )
    taken = []
    for _ in range(3):
        started = time.process_time()
        table = compare_measures(measures, "a")
        taken.append(time.process_time() - started)
    assert len(table) == len(MEASURES) * len(orgs)
    assert min(taken) < 1.5


def test_each_bootstrap_sample_draws_as_many_replicates_as_there_are() -> None:
    weights = _bootstrap_weights(7)
    assert weights.shape == (7, BOOTSTRAP_SAMPLES)
    assert np.array_equal(weights * 7, np.round(weights * 7))
    assert weights.sum(axis=0) == pytest.approx(1.0)
