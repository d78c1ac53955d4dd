"""What is known of a firm: its kind, or its own figures, beside a run and in no rule."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.commands.beside_patterns import beside_patterns
from sim.checks.patterns import seen_beside
from sim.reading.loader import load_study
from sim.study.errors import StudyError
from sim.study.pattern_table import ANY_FIRM, FIRM_KINDS, Pattern, patterns_of
from sim.study.tables import MEASURES

RUN = pd.DataFrame(
    [
        ("fcr_rate", "overall", "", 0.7),
        ("fcr_rate", "journey", "resolve", 0.1),
        ("churn_rate", "overall", "", 0.03),
        ("csat", "overall", "", math.nan),
        ("utilisation", "overall", "", 0.7),
        ("utilisation", "function", "sales", 0.4),
        ("utilisation", "function", "service", 0.95),
    ],
    columns=["measure", "scope", "scope_id", "value"],
)


def with_words(*overrides: str):
    return load_study("scenarios/board.yaml", overrides)


def seen(*overrides: str) -> dict:
    return {row.measure: row for row in seen_beside(with_words(*overrides), RUN)}


def test_every_row_is_about_a_measure_and_says_from_where() -> None:
    for row in (*ANY_FIRM, *(row for rows in FIRM_KINDS.values() for row in rows)):
        assert row.measure in MEASURES
        assert row.low < row.high, row
        assert row.source and row.grade in "ABCD"
    assert all(len({row.measure for row in rows}) == len(rows) for rows in FIRM_KINDS.values())


def test_a_kind_goes_before_any_firm_and_the_studys_own_before_both() -> None:
    own = Pattern(measure="fcr_rate", low=0.5, high=0.6, source="ours")
    assert patterns_of(None) == []
    assert patterns_of(None, (own,)) == [own]
    bank = {row.measure: row for row in patterns_of("retail_bank")}
    assert (bank["fcr_rate"].low, bank["fcr_rate"].high) == pytest.approx((0.63, 0.79))
    assert bank["csat"] in ANY_FIRM
    assert {row.measure: row for row in patterns_of("retail_bank", (own,))}["fcr_rate"] is own


def test_a_year_of_losses_is_a_month_of_them_twelve_times() -> None:
    row = next(row for row in FIRM_KINDS["software"] if row.measure == "churn_rate")
    assert 1 - (1 - row.low) ** 12 == pytest.approx(0.05, abs=0.001)
    assert 1 - (1 - row.high) ** 12 == pytest.approx(0.12, abs=0.001)


def test_a_run_is_held_against_them() -> None:
    rows = seen()
    assert rows["fcr_rate"].least == rows["fcr_rate"].most == 0.7
    assert rows["fcr_rate"].outside == ""
    assert rows["churn_rate"].outside == "above"
    assert (rows["utilisation"].least, rows["utilisation"].most) == (0.4, 0.95)
    assert rows["utilisation"].outside == "below and above"
    assert math.isnan(rows["csat"].least) and rows["csat"].outside == ""


def test_own_figures_are_measured_and_count_alone_where_no_kind_is_named() -> None:
    own = "patterns=[{measure: churn_rate, low: .001, high: .002, source: our books}]"
    row = seen(own)["churn_rate"]
    assert (row.low, row.high, row.source, row.grade) == (0.001, 0.002, "our books", "A")


def test_the_text_names_what_is_outside() -> None:
    lines = beside_patterns(seen_beside(with_words(), RUN), "siloed", "subscription")
    assert "beside what is known of subscription (2 of " in lines[0]
    churn = next(line for line in lines if "Churn a month" in line)
    assert "3.00 %" in churn and "known: 0.90 to 2.80 %" in churn and "above!" in churn
    assert "Statista" in churn and "(grade C)" in churn
    assert "no value" in next(line for line in lines if "Customer satisfaction" in line)
    assert beside_patterns([], "siloed", "this firm") == []


def test_what_is_known_changes_no_run() -> None:
    plain = with_words().model_dump(exclude={"enterprise": {"kind"}})
    other = with_words("enterprise.kind=insurer").model_dump(exclude={"enterprise": {"kind"}})
    assert plain == other


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        ("enterprise.kind=retail_bnk", "no kind of firm", "retail_bank"),
        ("patterns=[{measure: churn, low: 0, high: 1}]", "not a measure", "churn_rate"),
        ("patterns=[{measure: csat, low: .9, high: .1}]", "above `high`", "exchange"),
        (
            "patterns=[{measure: csat, low: 0, high: 1}, {measure: csat, low: 0, high: 1}]",
            "comes twice",
            "once",
        ),
        ("patterns=[{measure: csat, low: 0}]", "`high` is missing", "add it"),
    ],
)
def test_a_mistake_is_named(words: str, message: str, remedy: str) -> None:
    with pytest.raises(StudyError) as refusal:
        with_words(words)
    (problem,) = refusal.value.problems
    assert message in problem.message and remedy in problem.remedy.lower()
