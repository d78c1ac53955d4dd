"""No crown for a tie: by hand, at the edges of luck and of one head."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analysis.comparison.headline import headline_table
from analysis.comparison.leading import LEADS, TIED, UNRANKED, Lead, lead_as_object, leading
from analysis.comparison.pairing import compare_measures
from sim.study.tables import column_names

LABELS = {"a": "Silos", "b": "Hybrid", "c": "Journeys"}
T_TWO_DEGREES = 4.302652729911275  # 97.5 % quantile of Student's t, from a printed table


def tidy(values: dict[str, list[float]], name: str = "net_value", head: float = math.nan):
    """Return an overall measure, a list of replicates an org model, and what one head is worth."""
    rows = [
        (org, replicate, 0, measure, "overall", "", value)
        for org, series in values.items()
        for replicate, own in enumerate(series)
        for measure, value in ((name, own), ("one_head", head))
    ]
    return pd.DataFrame(rows, columns=column_names("measures.parquet"))


AHEAD = {"a": [1.0, 2.0, 3.0], "b": [5.0, 6.5, 6.5], "c": [0.0, 1.0, 2.0]}
"""b is ahead of a, the next, by 4, 4.5 and 3.5: by 4, give or take t/(2√3)."""
HALF = T_TWO_DEGREES * 0.5 / math.sqrt(3)


def test_the_first_is_measured_against_the_next_and_not_the_baseline() -> None:
    lead = leading(tidy(AHEAD), "net_value")
    assert (lead.order, lead.tied, lead.beside) == (("b", "a", "c"), (), "a")
    assert (lead.difference, lead.low, lead.high) == pytest.approx((4.0, 4.0 - HALF, 4.0 + HALF))
    assert (lead.verdict, lead.n_worlds) == (LEADS, 1)
    assert math.isnan(lead.one_head)


@pytest.mark.parametrize(("head", "verdict"), [(3.999, LEADS), (4.0, TIED), (4.001, TIED)])
def test_nobody_leads_by_what_one_head_would_do(head: float, verdict: str) -> None:
    lead = leading(tidy(AHEAD, head=head), "net_value")
    assert (lead.verdict, lead.within_one_head) == (verdict, verdict == TIED)
    assert lead.tied == (("a",) if verdict == TIED else ())  # c is 5 behind


def test_what_one_head_is_worth_is_known_in_money_a_customer_only() -> None:
    lead = leading(tidy(AHEAD, "standing", head=9.0), "standing")
    assert lead.verdict == LEADS and math.isnan(lead.one_head)


def test_luck_alone_crowns_nobody() -> None:
    values = {"a": [1.0, 2.0, 3.0], "b": [1.2, 1.9, 3.2], "c": [-9.0, -8.0, -7.0]}
    lead = leading(tidy(values, head=0.0), "net_value")
    assert (lead.verdict, lead.order, lead.tied) == (TIED, ("b", "a", "c"), ("a",))
    assert lead.low < 0 < lead.high and not lead.within_one_head


def test_a_noisy_third_is_no_less_of_a_rival() -> None:
    """The next is clearly behind, and yet one behind it is not."""
    values = {"a": [5.0, 6.0, 7.0], "b": [4.0, 5.0, 6.1], "c": [14.0, 0.0, 0.0]}
    lead = leading(tidy(values), "net_value")
    assert (lead.order, lead.tied, lead.verdict) == (("a", "b", "c"), ("c",), TIED)


def test_lower_is_better_where_it_is() -> None:
    lead = leading(tidy(AHEAD, "drop_off_rate"), "drop_off_rate")
    assert (lead.order, lead.verdict) == (("c", "a", "b"), LEADS)
    assert (lead.difference, lead.low, lead.high) == (-1.0, -1.0, -1.0)


def test_equal_org_models_one_replicate_and_failures() -> None:
    same = leading(tidy({"a": [1.0, 2.0], "b": [1.0, 2.0]}), "net_value")
    assert (same.verdict, same.difference) == (TIED, 0.0)
    assert leading(tidy({"a": [1.0], "b": [2.0]}), "net_value").verdict == UNRANKED
    failed = leading(tidy({"a": [1.0, 2.0], "b": [math.nan] * 2}), "net_value")
    assert (failed.verdict, failed.order) == (UNRANKED, ("a",))
    nothing = leading(tidy({"a": [math.nan], "b": [math.nan]}), "net_value")
    assert (nothing.verdict, nothing.order) == (UNRANKED, ())
    assert leading(tidy({"a": [1.0]}), "standing").order == ()


def test_worlds_are_averaged_inside_their_replicate() -> None:
    one = tidy(AHEAD)
    lead = leading(pd.concat([one, one.assign(world=1, value=one["value"] * 3)]), "net_value")
    assert (lead.difference, lead.n_worlds) == (pytest.approx(8.0), 2)


def told(measures: pd.DataFrame) -> tuple[str, Lead]:
    lead = leading(measures, "net_value")
    return headline_table(compare_measures(measures, "a"), LABELS, lead), lead


def test_the_table_and_the_json_say_so() -> None:
    text, lead = told(tidy(AHEAD, head=1.0))
    assert "Hybrid leads on net value at one parameter set: 6.0, 4.0 above Silos, the next" in text
    assert "(What one head is worth: 1.0: " in text and "by luck)" in text
    text, lead = told(tidy(AHEAD, head=4.5))
    assert "No clear winner between Hybrid and Silos on net value" in text
    assert "no more than one head is worth (4.5)" in text and "leads" not in text
    said = lead_as_object(lead, "so it is", LABELS)
    assert (said["verdict"], said["not_clearly_behind"]) == ("no clear winner", ["a"])
    assert (said["difference"]["of"], said["difference"]["to"]) == ("b", "a")
    assert said["probability_best_is_over"].startswith("luck alone")
    text, lead = told(tidy({"a": [1.0], "b": [2.0]}))
    assert "leads" not in text and "No clear winner" not in text
    assert lead_as_object(lead, "", LABELS)["not_clearly_behind"] == []
