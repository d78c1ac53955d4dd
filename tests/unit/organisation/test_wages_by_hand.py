"""What people cost, and how many a budget pays for (rule E8)."""

from __future__ import annotations

import copy
from typing import Any, get_args

import pytest
from studies import ENTERPRISE, PLAIN, RICH, compact_study, measured, overall

from sim.organisation.coordination import CX_TEAM, ROLES
from sim.organisation.staffing import Staff, line_of, staff
from sim.organisation.wages import fewest_leavers
from sim.reading.budgets import check_budgets
from sim.state.blueprint import Blueprint
from sim.study.errors import StudyError
from sim.study.levers import RoleName
from sim.study.study import Study

WAGES = {"front": 40_000, "middle": 60_000, "rear": 90_000}
TEAM = {"organisation": "team", "staffing": {"cx_team": 10}}  # one of a firm of ten


def paid_firm(*models: dict[str, Any], roles: dict[str, float], **keys: Any) -> Study:
    """Return the compact firm with wages of its own: 3 · 40 + 4 · 60 + 3 · 90 = 630 thousand."""
    enterprise = copy.deepcopy(ENTERPRISE) | {"role_wages": roles}
    for name, wage in WAGES.items():
        enterprise["functions"][name]["wage"] = wage
    return compact_study(*models, enterprise=enterprise, **keys)


def with_budget(study: Study, change: float) -> Study:
    return study.model_copy(update={"budget_change": change})


def staffed(study: Study) -> list[Staff]:
    return [staff(Blueprint(study), model) for model in study.organisations]


def test_every_role_can_have_a_wage() -> None:
    assert set(get_args(RoleName)) == {role.name for role in ROLES}


def test_a_cut_by_a_tenth_takes_one_of_ten() -> None:
    study = with_budget(compact_study(PLAIN), -0.1)
    there = staffed(study)[0]
    assert (there.total, there.allowed, there.spending) == (9, 540_000.0, 540_000.0)
    assert overall(measured(study, 0))["running_cost"] == 540_000.0


@pytest.mark.parametrize(("change", "heads"), [(-0.11, 8), (-0.1, 9), (0.09, 10), (0.1, 11)])
def test_nobody_is_paid_by_halves(change: float, heads: int) -> None:
    there = staffed(compact_study(PLAIN | {"budget_change": change}))[0]
    assert (there.total, there.spending) == (heads, heads * 60_000.0)


def test_changes_of_study_and_org_model_multiply_and_roles_are_of_the_firm_that_is_left() -> None:
    study = with_budget(compact_study(PLAIN | {"budget_change": -0.5}, TEAM), 0.6)
    cut, team = staffed(study)
    assert cut.total == 8  # 10 · 1.6 · .5
    assert (team.total, team.people["cx_team"]) == (16, 1)  # a tenth of 16, by whole people


def test_wages_by_function_are_what_the_line_costs() -> None:
    study = paid_firm(PLAIN, roles={})
    there = staffed(study)[0]
    assert (there.line.tolist(), there.spending, there.allowed) == ([3, 4, 3], 630e3, 630e3)
    assert overall(measured(study, 0))["running_cost"] == 630e3


@pytest.mark.parametrize("wage", [30_000.0, 60_000.0, 110_000.0, 250_000.0])
def test_heads_leave_the_line_until_a_dear_role_is_paid_for_and_no_further(wage: float) -> None:
    study = paid_firm(PLAIN, TEAM, roles={"cx_team": wage})
    blueprint = Blueprint(study)
    _, team = staffed(study)
    assert team.in_roles[CX_TEAM] == 1
    line_costs = [
        sum(
            n * w for n, w in zip(line_of(blueprint, 0, gone).tolist(), WAGES.values(), strict=True)
        )
        for gone in range(8)
    ]
    gone = 10 - int(team.line.sum())
    assert team.line.tolist() == line_of(blueprint, 0, gone).tolist()
    assert team.spending == line_costs[gone] + wage
    assert team.spending <= team.allowed == 630e3
    assert gone == 0 or line_costs[gone - 1] + wage > 630e3
    assert list(check_budgets(study)) == []  # less than one wage is left


def test_what_is_left_of_a_budget_is_net_value() -> None:
    """The same line, dearer by what the team's wage differs: all else is equal to the bit."""
    dear, cheap = (paid_firm(PLAIN, TEAM, roles={"cx_team": w}) for w in (110_000.0, 109_000.0))
    lines = [staffed(study)[1].line.tolist() for study in (dear, cheap)]
    assert lines[0] == lines[1]
    found = [overall(measured(study, 1)) for study in (dear, cheap)]
    assert found[1]["running_cost"] == found[0]["running_cost"] - 1000.0
    assert found[1]["net_value"] > found[0]["net_value"]
    assert found[1]["standing"] == found[0]["standing"]


def test_a_role_that_costs_more_than_all_who_can_leave_is_refused() -> None:
    with pytest.raises(StudyError, match="fewer where they cost more than who leaves"):
        staffed(paid_firm(TEAM, roles={"cx_team": 500_000.0}))


def test_budgets_that_differ_are_told_in_money_where_wages_do() -> None:
    study = paid_firm(PLAIN, RICH | {"budget_change": -0.1}, roles={})
    (found,) = check_budgets(study)
    assert found.path == ("organisations", 1, "budget_change")
    assert "567000 money a year" in found.message
    assert "630000" in found.message


def test_the_fewest_leavers_are_found_from_any_guess() -> None:
    def spending(gone: int) -> float:
        return 100.0 - 7.0 * gone

    for guess in (-40, -3, 0, 2, 5, 9):
        assert fewest_leavers(spending, 86.0, guess, 9) == 2  # 100 − 14 = 86
        assert fewest_leavers(spending, 85.9, guess, 9) == 3
        assert fewest_leavers(spending, 121.0, guess, 9) == -3
        assert fewest_leavers(spending, 37.0, guess, 9) == 9  # all who can
    assert fewest_leavers(spending, 36.9, 0, 9) is None
