"""Several designs of one enterprise: whose people pay, and what stays as it is (rule E8)."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, RICH, array_hash, compact_study, finished, same, started

from sim.organisation.staffing import Staff, planned_heads, staff
from sim.runner import RunSpec, run
from sim.state.blueprint import Blueprint
from sim.study.study import Study

UNITS = {"structure": {"units": 2, "local": ["front", "rear"]}}


def merged(care: dict[str, Any], middle: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a design in which front and rear are one function."""
    firm = copy.deepcopy(ENTERPRISE)
    firm["functions"] = {"care": care, "middle": middle or {"heads": 4}}
    for journey in firm["journeys"].values():
        for step in journey["touchpoints"].values():
            step["owner"] = {"front": "care", "rear": "care"}.get(step["owner"], step["owner"])
    return firm


def staffed(design: dict[str, Any], levers: dict[str, Any] | None = None, **keys: Any) -> Staff:
    study = compact_study(PLAIN, PLAIN | {"enterprise": design} | (levers or {}), **keys)
    plan = study.organisations[1]
    return staff(Blueprint(study.for_plan(plan)), plan)


@pytest.mark.parametrize("need", [(3, 2), (6, 4), (12, 8)])
def test_the_people_are_those_of_the_study_spread_by_what_the_design_needs(
    need: tuple[int, int],
) -> None:
    care, middle = ({"heads": heads} for heads in need)
    there = staffed(merged(care, middle), mechanisms={"line_plan": "proportional"})
    assert there.line.tolist() == [6, 4]
    assert there.budget == 10


def test_people_are_hired_and_taken_as_the_line_plan_has_it() -> None:
    assert staffed(merged({"heads": 4})).line.sum() == 10
    assert staffed(merged({"heads": 30})).line.sum() == 10
    assert staffed(merged({})).line.sum() == 10


def test_roles_and_changes_of_budget_are_of_the_firm_that_pays() -> None:
    there = staffed(merged({"heads": 46}), {"staffing": {"cx_team": 20}, "budget_change": -0.1})
    assert (there.budget, there.coordinating, int(there.line.sum())) == (9, 1, 8)


def test_where_wages_differ_the_budget_is_money() -> None:
    paying = copy.deepcopy(ENTERPRISE)
    for name, wage in (("front", 50_000), ("middle", 60_000), ("rear", 40_000)):
        paying["functions"][name]["wage"] = wage
    dear = {"heads": 3, "wage": 70_000}
    there = staffed(merged({"heads": 2, "wage": 70_000}, dear), enterprise=paying)
    assert there.allowed == 3 * 50_000 + 4 * 60_000 + 3 * 40_000
    assert there.spending == 7 * 70_000


def test_a_dear_design_has_fewer_people_for_what_heads_at_the_usual_wage_cost() -> None:
    there = staffed(
        merged({"heads": 9, "wage": 90_000}, {"heads": 9, "wage": 90_000}),
        parameters={"wage_per_year": 60_000},
    )
    assert there.allowed == 10 * 60_000
    assert there.line.sum() == 6


def test_defects_are_those_of_a_firm_of_the_size_that_pays() -> None:
    plan = PLAIN | {"enterprise": merged({"heads": 90})}
    study = compact_study(PLAIN, plan, parameters={"variant_growth": 0.5})
    one, other = (started(study, place) for place in (0, 1))
    assert one.defects.variants == other.defects.variants


@pytest.mark.parametrize("levers", [RICH, PLAIN | UNITS], ids=["rich", "units"])
def test_a_design_equal_to_the_studys_changes_nothing(levers: dict[str, Any]) -> None:
    plan = levers | {"enterprise": ENTERPRISE}
    study = compact_study(levers, plan, parameters={"variant_growth": 0.5})
    one, other = (
        run(RunSpec(study, plan, 0, customers=True, events=True)) for plan in study.organisations
    )
    for table in ("measures", "customers", "events"):
        assert same(getattr(one, table), getattr(other, table))


def test_demand_and_customers_are_the_same_under_every_design() -> None:
    study = compact_study(PLAIN, PLAIN | {"enterprise": merged({})})
    models = [started(study, place) for place in (0, 1)]
    one, other = (array_hash(np.asarray(model.demand.needs)) for model in models)
    assert one == other
    one, other = (array_hash(model.state.customers) for model in models)
    assert one == other


def test_a_run_has_the_functions_of_its_own_design() -> None:
    study = compact_study(PLAIN, PLAIN | {"enterprise": merged({})})
    assert names(study, 0) == {"front", "middle", "rear"}
    assert names(study, 1) == {"care", "middle"}


def names(study: Study, place: int) -> set[str]:
    found = run(RunSpec(study, study.organisations[place], 0)).measures
    return set(found[found["scope"] == "function"]["scope_id"])


def test_a_transition_within_a_design_keeps_it() -> None:
    change = {"from": PLAIN, "to": RICH, "at_week": 4}
    plan = {"organisation": "way", "enterprise": merged({}), "transition": change}
    model = finished(compact_study(PLAIN, plan), 1)
    assert model.timeline.began is not None
    assert model.blueprint.functions == ("care", "middle")
    assert model.organisation.staff.budget == 10


def test_a_study_is_seen_by_design() -> None:
    design = merged({})
    study = compact_study(
        PLAIN,
        PLAIN | {"organisation": "b", "enterprise": design},
        PLAIN | {"organisation": "c", "enterprise": ENTERPRISE},
        PLAIN | {"organisation": "d", "enterprise": design},
    )
    seen = [[plan.organisation for plan in each.organisations] for each in study.designs]
    assert seen == [["plain", "c"], ["b", "d"]]
    paying = Blueprint(study.designs[1]).paying
    assert np.array_equal(planned_heads(paying), [3, 4, 3])
    assert compact_study(PLAIN).designs == (compact_study(PLAIN),)
