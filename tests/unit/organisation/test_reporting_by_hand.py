"""To whom functions of a unit report: whose figures count, and who says yes (rule E8)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import PLAIN, compact_study, started

from sim.improvement.approvers import approvers
from sim.improvement.issues import Issue
from sim.organisation.incentives import moved_by_tasks
from sim.organisation.organisation import Organisation
from sim.organisation.planned_visits import crossings_per_hour
from sim.organisation.reporting import followed
from sim.state.blueprint import Blueprint
from sim.study.working_time import HOURS_PER_WEEK

UNITS: dict[str, Any] = {"units": 2, "local": ["front", "rear"]}


def under(reports: str, levers: dict[str, Any] | None = None, **parameters: float) -> Organisation:
    structure = {"structure": UNITS | {"reports": reports}}
    study = compact_study(PLAIN | structure | (levers or {}), parameters=parameters)
    return Organisation.under(Blueprint(study), study.organisations[0])


def place(organisation: Organisation, name: str) -> int:
    return organisation.blueprint.functions.index(name)


def test_a_firm_of_one_unit_has_no_other_figures_than_its_functions() -> None:
    study = compact_study(PLAIN)
    lines = Organisation.under(Blueprint(study), study.organisations[0]).efforts.lines
    assert lines.by_unit.tolist() == [0.0] * 3
    assert lines.counts.tolist() == [1.0] * 3


@pytest.mark.parametrize(("reports", "asked"), [("unit", 1.0), ("both", 0.5)])
def test_the_figures_of_a_unit_are_diluted_by_those_who_share_them(reports, asked) -> None:
    # Two functions of less than ten people each need 2 hours to follow; there is 1.
    parameters = {"unit_head_hours": 1.0, "follow_up_hours": 1.0, "diluted_weight_returns": 0.2}
    organisation = under(reports, **parameters)
    left = 2.0 ** -(1.0 - 0.5)
    left += 0.2 * (1.0 - left)
    counts = 1.0 - asked * (1.0 - left)
    lines = organisation.efforts.lines
    for name, unit in (("front@1", True), ("rear@2", True), ("middle", False)):
        at = place(organisation, name)
        assert lines.counts[at] == pytest.approx(counts if unit else 1.0)
        assert lines.by_unit[at] == pytest.approx(asked * left / counts if unit else 0.0)
        assert organisation.weighting[at][0] == pytest.approx(counts if unit else 1.0)


def test_large_functions_take_longer_to_follow() -> None:
    parameters = {"unit_head_hours": 3.0, "follow_up_hours": 2.0}
    assert followed(parameters, np.array([5, 40])) == 3.0 / (2.0 * (2.0 + math.log(4.0)))
    assert followed(parameters, np.array([5])) == 1.0


def test_what_helps_the_journey_helps_the_unit_as_far_as_hand_offs_stay_in_it() -> None:
    organisation = under("unit", congruity=0.2)
    blueprint, at = organisation.blueprint, place(organisation, "front@1")
    flows = dict(zip(blueprint.seam_ids, crossings_per_hour(blueprint), strict=True))
    within = flows["front@1>rear@1"] + flows["rear@1>front@1"]
    others = flows["front@1>middle"] + flows["middle>front@1"]
    inside = within / (within + others)
    assert organisation.efforts.lines.inside[at] == pytest.approx(inside)
    by_unit = float(organisation.efforts.lines.by_unit[at])
    expected = moved_by_tasks(0.2 + by_unit * inside * 0.8, 0.5)
    assert organisation.efforts.measures[at] == pytest.approx(expected)
    middle = place(organisation, "middle")
    assert organisation.efforts.measures[middle] == pytest.approx(moved_by_tasks(0.2, 0.5))


def test_following_takes_hours_of_the_unit_and_a_second_line_those_of_its_functions() -> None:
    parameters = {"unit_head_hours": 4.0, "reporting_hours": 2.0}
    alone, unit, both = (under(each, **parameters) for each in ("function", "unit", "both"))
    for name in alone.blueprint.functions:
        at = place(alone, name)
        led = reported = 0.0
        if "@" in name:
            there = [place(alone, f"{each}@{name[-1]}") for each in ("front", "rear")]
            led = 4.0 / (HOURS_PER_WEEK * alone.heads[there].sum())
            reported = 2.0 / (HOURS_PER_WEEK * alone.heads[at])
        shares = [each.hours.meeting_share[at] for each in (alone, unit, both)]
        assert shares[1] == pytest.approx(shares[0] + led)
        assert shares[2] == pytest.approx(shares[0] + led + reported)


def test_in_a_matrix_both_heads_have_to_say_yes() -> None:
    for reports, number in (("function", 1), ("unit", 1), ("both", 2)):
        organisation = under(reports)
        assert len(approvers(organisation, place(organisation, "rear@2"))) == number
        assert len(approvers(organisation, place(organisation, "middle"))) == 1
    one, two = approvers(organisation, place(organisation, "rear@2"))
    assert (one.voter, one.by_unit, one.heads_unit) == (place(organisation, "rear@2"), 0.0, False)
    assert (two.voter, two.by_unit, two.heads_unit) == (-11, 1.0, True)


def test_a_matrix_agrees_as_often_as_both_of_its_heads_do() -> None:
    """What is felt in another function of the unit shows in the unit's figures alone."""
    shares = {}
    for reports in ("function", "unit", "both"):
        study = compact_study(
            PLAIN | {"structure": UNITS | {"reports": reports}},
            parameters={"congruity": 0.0, "decision_steepness": 4.0},
        )
        model = started(study)
        felt = model.blueprint.touchpoint_ids.index("repair/report@1")
        site = model.blueprint.touchpoint_ids.index("repair/fix@1")
        owner = int(model.blueprint.owners[site])
        yes = 0
        for week in range(400):
            model.week = week
            hours = 1.2 * model.decisions.cost_hours(site)
            issue = Issue(site, site, felt, 0, week, model.functions[owner], hours)
            yes += bool(model.decisions._agrees(issue, owner, 0.0))
        shares[reports] = yes / 400
    assert shares["unit"] > shares["function"] + 0.2
    assert shares["both"] <= min(shares["unit"], shares["function"]) + 0.05
