"""Improvement time that nothing takes serves, and two sides of a seam share a fix (rule E4)."""

from __future__ import annotations

from typing import Any

import pytest
from studies import compact_study, started
from test_management_by_hand import issue_at

from sim.improvement.issues import Issue
from sim.model import EnterpriseModel

FRONT, MIDDLE, REAR = range(3)


def firm(**settings: Any) -> EnterpriseModel:
    """Return the compact firm of 3, 4 and 3 people, its window from week 0."""
    return started(compact_study({"organisation": "x"}, design={"warm_up_days": 0}, **settings))


def worked(model: EnterpriseModel, *hours: float) -> list[float]:
    """Let each function work on fixes with its hours and settle; return what is left."""
    for function, there in zip(model.functions, hours, strict=True):
        function.hours = there
    for function in model.functions:
        function._work_on_fixes()
    for function in model.functions:
        function.settle()
    return [function.hours for function in model.functions]


def fix_of_a_seam(model: EnterpriseModel, cost: float) -> Issue:
    model.decisions.cost_hours = lambda _: cost
    return issue_at(model, "middle>rear", status="approved")


# --- what nothing takes -----------------------------------------------------------------


def test_improvement_time_that_nothing_takes_serves_in_the_same_week() -> None:
    model = firm(parameters={"uncommitted_productivity": 0.7, "improvement_floor": 0.1})
    organisation = model.organisation
    organisation.plan_fixes()
    busy = organisation.time_away()
    model.decisions.cost_hours = lambda _: 6.0
    issue_at(model, "repair/fix", status="approved")
    # Each has a tenth of 40 hours a head; rear, of three people, gives 6 of its 12 to the fix.
    hours = organisation.improvement_hours
    assert hours == pytest.approx([12, 16, 12])
    assert worked(model, *hours) == pytest.approx([12, 16, 6])
    idle = [12 / 120, 16 / 160, 6 / 120]
    assert busy - organisation.time_away() == pytest.approx([0.7 * share for share in idle])
    organisation.plan_fixes()  # a new week has to find out anew
    assert organisation.time_away() == pytest.approx(busy)


def test_what_serves_was_left_of_the_week_in_a_run_too() -> None:
    model = firm(parameters={"improvement_floor": 0.1})
    model.step()
    # Nobody has voiced anything before the first week: all improvement time is left.
    week = model.organisation.week
    assert week.idle_share == pytest.approx(week.improvement_share)
    assert model.state.functions["slowness"] == pytest.approx(model.organisation.slowness())


def test_off_what_nothing_takes_is_lost() -> None:
    model = firm(mechanisms={"idle_improvement_serves": 0})
    model.step()
    assert not model.organisation.week.idle_share.any()


# --- the two sides of a seam ------------------------------------------------------------


def test_each_side_of_a_seam_gives_half_of_a_fix() -> None:
    model = firm()
    issue = fix_of_a_seam(model, cost=20.0)
    assert worked(model, 50, 16, 15) == [50, 6, 5]
    assert (issue.status, issue.hours_done) == ("closed", 20)


def test_what_one_side_lacks_the_other_gives() -> None:
    model = firm()
    issue = fix_of_a_seam(model, cost=20.0)
    assert worked(model, 50, 4, 13) == [50, 0, 0]  # 10 of its own and 3 for middle
    assert (issue.status, issue.hours_done) == ("approved", 17)
    assert worked(model, 50, 9, 1) == [50, 6, 1]  # of middle's half 6 hours are left, 3 to do
    assert issue.status == "closed"


def test_other_work_comes_before_the_other_sides_half() -> None:
    model = firm()
    seam = fix_of_a_seam(model, cost=20.0)
    own = issue_at(model, "repair/fix", status="approved")  # later, and the rear's alone
    worked(model, 0, 0, 25)
    assert (seam.hours_done, own.hours_done) == (10, 15)


def test_off_whoever_comes_first_by_name_gives_what_it_has() -> None:
    model = firm(mechanisms={"seam_fix_sharing": 0})
    issue = fix_of_a_seam(model, cost=20.0)
    assert worked(model, 50, 16, 15) == [50, 0, 11]
    assert issue.status == "closed"
