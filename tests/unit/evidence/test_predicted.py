"""What is known and fitted to nothing, read from the events of made-up customers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from analysis.evidence.predicted import (
    FEWEST_CASES,
    MOVED,
    PREDICTED,
    figures_of,
    left_after_lost_need,
    no_promoters,
    satisfied_less_per_contact,
    spec_of,
)
from sim.checks.people import voiced_by_people
from sim.organisation.staffing import planned_heads
from sim.reading.loader import load_study
from sim.runner import RunResult
from sim.state.blueprint import Blueprint

DAY = 8.0
WINDOW = (100.0, 520.0)
"""The window begins on the hundredth working day, and has two years of 260."""


def contacts_of(customer: int, answers: Sequence[float], **more: object) -> list[dict[str, object]]:
    """Return the contacts of one need, each with the answer that ended it."""
    return [
        {"customer_id": customer, "need": 0, "kind": "contact", "detail": "first", "end_hour": hour,
         "journey": "help", "satisfaction": answer} | more
        for hour, answer in enumerate(answers)
    ]  # fmt: skip


def test_each_further_contact_costs_the_slope_of_the_last_answers() -> None:
    rows: list[dict[str, object]] = []
    for customer in range(30):
        rows += contacts_of(customer, [5.0])
        rows += contacts_of(100 + customer, [5.0, 2.0 if customer < 15 else 4.0])
    # Of one contact all are satisfied with the last, of two half: one more costs a half.
    events = pd.DataFrame(rows)
    assert satisfied_less_per_contact(events, {"help"}) == pytest.approx(0.5)
    # In the log the needs of customers lie between one another, and the last may stand first.
    shuffled = events.sample(frac=1.0, random_state=1)
    assert satisfied_less_per_contact(shuffled, {"help"}) == pytest.approx(0.5)
    assert math.isnan(satisfied_less_per_contact(events, {"renew"}))


def test_only_contacts_that_the_customer_made_and_judged_count() -> None:
    rows: list[dict[str, object]] = []
    for customer in range(30):
        rows += contacts_of(customer, [5.0])
        rows += contacts_of(100 + customer, [5.0, 4.0])
        rows += contacts_of(200 + customer, [1.0], detail="call_back")
        rows += contacts_of(300 + customer, [5.0, math.nan])  # had left by then
        rows += contacts_of(400 + customer, [1.0], journey="renew")
    assert satisfied_less_per_contact(pd.DataFrame(rows), {"help"}) == pytest.approx(0.0)


def ends(customer: int, day: float, kind: str, **more: object) -> dict[str, object]:
    """Return the end of a customer's case on a day of the window."""
    return {
        "customer_id": customer, "recontact": 0, "kind": kind, "journey": "help",
        "detail": "wait" if kind == "dropped" else "completed", "recommend": 8.0, "effort": 1.5,
        "end_hour": (WINDOW[0] + day) * DAY,
    } | more  # fmt: skip


def customers(left_on_day: Sequence[float], segment: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"customer_id": range(len(segment)), "segment": segment, "represented": False,
         "left_on_day": left_on_day}
    )  # fmt: skip


def test_who_leaves_within_a_year_is_counted_against_others_of_the_segment() -> None:
    n = 40
    # Homes: of the lost 30 of 40 leave in time, of the others 10 of 40. Firms: as many either way.
    homes_lost = [50.0] * 30 + [math.nan] * 10
    homes_kept = [50.0] * 10 + [math.nan] * 30
    firms = [50.0, math.nan] * 80
    left = [*homes_lost, *homes_kept, *firms]
    segments = ["home"] * 2 * n + ["firm"] * 4 * n
    lost = np.repeat([True, False, True, False], [n, n, n, 3 * n])
    events = pd.DataFrame(
        [ends(who, 10.0, "dropped" if bad else "completed") for who, bad in enumerate(lost)]
    )
    found = left_after_lost_need(events, customers(left, segments), {"help"}, WINDOW)
    assert found == pytest.approx((0.5 * n + 0.0 * n) / (2 * n))


def test_a_year_is_counted_from_the_end_of_the_need_and_seen_whole() -> None:
    n = 2 * FEWEST_CASES
    left = [271.0] * n + [272.0] * n + [11.0] * n + [11.0] * n
    rows = [ends(who, 10.0, "dropped") for who in range(n)]  # gone on the last day that counts
    rows += [ends(n + who, 10.0, "completed") for who in range(n)]  # gone a day later
    rows += [ends(2 * n + who, 261.0, "completed") for who in range(n)]  # seen for less than a year
    rows += [ends(3 * n + who, 10.0, "completed", recommend=math.nan) for who in range(n)]
    found = left_after_lost_need(
        pd.DataFrame(rows), customers(left, ["home"] * 4 * n), {"help"}, WINDOW
    )
    assert found == pytest.approx(1.0)


def test_what_the_customer_withdrew_and_what_makes_a_membership_are_no_first_need() -> None:
    n = 2 * FEWEST_CASES
    rows = []
    for who in range(n):  # withdrawn, and a renewal lost, before the need that counts
        rows.append(ends(who, 1.0, "dropped", detail="not_now"))
        rows.append(ends(who, 2.0, "dropped", journey="renew"))
        rows.append(ends(who, 2.5, "dropped", detail="withdrawn"))  # its time ran out
        rows.append(ends(who, 3.0, "dropped", recontact=1))
        rows.append(ends(who, 4.0, "completed"))
        rows.append(ends(n + who, 5.0, "completed"))
        rows.append(ends(n + who, 4.0, "dropped"))  # the first one counts
    left = [math.nan] * n + [20.0] * n
    found = left_after_lost_need(
        pd.DataFrame(rows), customers(left, ["home"] * 2 * n), {"help"}, WINDOW
    )
    assert found == pytest.approx(1.0)
    assert math.isnan(
        left_after_lost_need(
            pd.DataFrame(rows[: 7 * 4]), customers(left, ["home"] * 2 * n), {"help"}, WINDOW
        )
    )


def test_no_promoters_are_counted_by_how_much_effort_it_took() -> None:
    rows = [ends(who, 1.0, "completed", effort=4.2, recommend=8.0) for who in range(30)]
    rows += [ends(who, 1.0, "dropped", effort=4.0, recommend=9.0) for who in range(10)]
    rows += [ends(who, 1.0, "completed", effort=1.0, recommend=10.0) for who in range(30)]
    rows += [ends(who, 1.0, "completed", effort=4.5, recommend=math.nan) for who in range(30)]
    events = pd.DataFrame(rows)
    assert no_promoters(events, lambda effort: effort >= 4.0) == pytest.approx(0.75)
    assert no_promoters(events, lambda effort: effort <= 2.0) == 0.0
    assert math.isnan(no_promoters(events[: FEWEST_CASES - 1], lambda effort: effort >= 4.0))


def test_of_grave_failures_more_are_voiced_and_all_at_most() -> None:
    study = load_study("scenarios/board.yaml", ["market.segments.professionals.voice=1.3"])
    study = study.model_copy(update={"parameters": {"voice_person": 0.2, "voice_severity": 2.0}})
    # Three quarters are households, as loud as the parameter says; the others 1.3 times so.
    lightest, gravest = voiced_by_people(study)
    assert lightest == pytest.approx(0.75 * 0.2 + 0.25 * 0.26)
    assert gravest == pytest.approx(0.75 * 0.8 + 0.25 * 1.0)


def test_people_who_change_function_are_of_all_people() -> None:
    study = load_study("scenarios/board.yaml")
    rows = [("heads_moved", "overall", 6.9), ("heads_moved", "function", 5.0)]
    measured = pd.DataFrame(rows, columns=["measure", "scope", "value"])
    events = pd.DataFrame([ends(1, 1.0, "completed", need=0, satisfaction=5.0)])
    events["in_cohort"] = True
    result = RunResult(measured, customers([math.nan] * 2, ["home"] * 2), events)
    people = planned_heads(Blueprint(study)).sum()
    found = figures_of(result, study)
    assert found[MOVED] == pytest.approx(6.9 / people)
    assert list(found) == list(PREDICTED)


def test_each_is_told_with_its_name_definition_and_source() -> None:
    for name, known in PREDICTED.items():
        spec = spec_of(name)
        assert spec is known.spec and spec.label and spec.formula and spec.source
        assert known.low < known.high
    assert spec_of("utilisation lowest").name == "utilisation"
