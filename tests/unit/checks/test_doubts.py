"""Warnings about studies that are valid and hardly meant."""

from __future__ import annotations

import copy

import pytest
from studies import ENTERPRISE, compact_study

from sim.checks.doubts import doubts


def _with(change) -> list[str]:
    enterprise = copy.deepcopy(ENTERPRISE)
    change(enterprise)
    return doubts(compact_study(enterprise=enterprise))


def _only(said: list[str], word: str) -> str:
    (found,) = [text for text in said if word in text]
    return found


def test_a_function_without_touchpoints_is_named() -> None:
    said = _with(lambda firm: firm["functions"].update(spare={"heads": 2}))
    assert "spare owns no touchpoint" in _only(said, "spare")


def test_too_few_heads_are_named_with_the_org_models() -> None:
    def starve(firm):
        firm["journeys"]["repair"]["touchpoints"]["report"]["minutes"] = 4000

    assert "front has" in _only(_with(starve), "of the work that")
    assert not any(text.startswith("front has") for text in _with(lambda firm: None))


def test_a_firm_is_overloaded_above_what_firms_have_planned() -> None:
    # A minute more for the step moves planned work over hours from 1.14 to 1.16.
    def with_report_of(minutes):
        def change(firm):
            firm["journeys"]["repair"]["touchpoints"]["report"]["minutes"] = minutes

        return [text for text in _with(change) if "of the work that" in text]

    assert with_report_of(80) == []
    (said,) = with_report_of(81)
    assert "front has 116 % of the work" in said and "(under rich)" in said


@pytest.mark.parametrize(
    ("ownership", "word"),
    [
        ({"seams": "journey_owner"}, "ownership.seams is given to `journey_owner`"),
        ({"journeys": "journey_owner"}, "ownership.journeys is given to `journey_owner`"),
        ({"journeys": "cx_team"}, "ownership.journeys is given to `cx_team`"),
    ],
)
def test_a_lever_without_people_is_named(ownership, word) -> None:
    alone = {"organisation": "paper", "ownership": ownership}
    assert word in _only(doubts(compact_study(alone)), "paper")
    staffed = alone | {"staffing": {"journey_owners": 1, "cx_team": 20}}
    assert not any("is given to" in text for text in doubts(compact_study(staffed)))


def test_a_role_that_rounds_to_nobody_is_named() -> None:
    few = {"organisation": "few", "staffing": {"liaison": 0.1}}
    assert "staffing.liaison of 0.1 comes to less than one person" in _only(
        doubts(compact_study(few)), "few"
    )


def test_facts_that_nobody_makes_or_needs_are_named() -> None:
    def change(firm):
        firm["facts"] |= {"wish": "case", "colour": "customer", "unused": "case"}
        firm["journeys"]["repair"]["touchpoints"]["report"]["requires"] = ["wish", "colour"]

    said = _with(change)
    assert "in every case" in _only(said, "wish")
    assert "asked for it once" in _only(said, "colour")
    assert "no touchpoint needs the fact unused" in _only(said, "unused")


def test_a_journey_that_nobody_needs_is_named() -> None:
    def change(firm):
        firm["journeys"]["unheard"] = copy.deepcopy(firm["journeys"]["repair"])

    assert "needs_per_year" in _only(_with(change), "the journey unheard")
    assert not any("nobody needs" in text for text in _with(lambda firm: None))


def test_org_models_with_one_label_are_named() -> None:
    twins = [{"organisation": name, "label": "Silos"} for name in ("a", "b")]
    said = _only(doubts(compact_study(*twins, {"organisation": "c"})), "same label")
    assert said.startswith("the org models a and b have the same label, `Silos`")
    assert not any("same label" in text for text in doubts(compact_study(*twins[:1])))
