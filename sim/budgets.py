"""Whether all org models of a study spend the same running budget a year (rule M1).

A budget counts heads: everybody in the line and in coordinating roles, and what a
technology subscription costs. At one wage for all, equal heads are equal money.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.blueprint import Blueprint
from sim.cross_checks import Complaint
from sim.errors import ScenarioError
from sim.scenario import Scenario
from sim.staffing import staff


def check_budgets(scenario: Scenario) -> Iterator[Complaint]:
    """Yield a complaint for each org model whose budget is not the baseline's.

    Nothing is said about a study that allows unequal budgets, nor about an org model that
    cannot be staffed at all: what is wrong there is said elsewhere.
    """
    if scenario.budget == "unequal":
        return
    heads = _budgets(scenario)
    common = heads.get(scenario.baseline)
    if common is None:
        return
    for place, model in enumerate(scenario.organisations):
        own = heads.get(model.organisation, common)
        if own != common:
            yield Complaint(
                ("organisations", place, "staffing", "hired"),
                f"the running budget of `{model.organisation}` is {own} heads a year, that of "
                f"the baseline `{scenario.baseline}` is {common}",
                "give all org models the same `staffing.hired`, or write `budget: unequal` into "
                "the study, and every table and title will say so",
            )


def _budgets(scenario: Scenario) -> dict[str, int]:
    """Return the heads that each org model pays for in a year, of those that can be staffed."""
    blueprint = Blueprint(scenario)
    found = {}
    for model in scenario.organisations:
        try:
            found[model.organisation] = staff(blueprint, model).total
        except ScenarioError:
            continue
    return found
