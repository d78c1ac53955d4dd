"""What a study's heads must allow: equal running budgets (rule M1), and a slice (M4.5).

A budget is what people and technology may cost a year: at one wage for all so many heads, else
money, of which less than one wage may be left (rule E8).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.organisation.staffing import line_of, staff
from sim.organisation.wages import Wages
from sim.state.blueprint import Blueprint
from sim.study.errors import Complaint, StudyError
from sim.study.plans import ever_in_force
from sim.study.study import Study

SAME_BUDGET = 1e-9
"""Share by which two budgets may differ and be the same: sums of money are rounded."""


def check_budgets(study: Study) -> Iterator[Complaint]:
    """Yield a complaint for each org model whose budget is not the baseline's.

    Nothing is said about a study that allows unequal budgets, nor about an org model that
    cannot be staffed at all: what is wrong there is said elsewhere.
    """
    if study.budget == "unequal":
        return
    budgets = _budgets(study)
    common = max(budgets.get(study.baseline, set()), default=None)
    if common is None:
        return
    wages = Wages.of(Blueprint(study))
    unit, each = ("heads", wages.usual) if wages.alike else ("money", 1.0)
    for place, model in enumerate(study.organisations):
        for own in sorted(budgets.get(model.organisation, set())):
            if math.isclose(own, common, rel_tol=SAME_BUDGET):
                continue
            key = ("budget_change",) if model.budget_change else ("staffing", "hired")
            yield Complaint(
                ("organisations", place, *key),
                f"the running budget of `{model.organisation}` is {own / each:.0f} {unit} a year, "
                f"that of the baseline `{study.baseline}` is {common / each:.0f}",
                "give all org models the same `staffing.hired` and `budget_change`, or write "
                "`budget: unequal` into the study, and every table and title will say so",
            )


def check_slice(study: Study) -> Iterator[Complaint]:
    """Yield a complaint if some function has fewer people than one server stands for."""
    stands_for = study.market.slice
    for run in study.designs:
        blueprint = Blueprint(run)
        try:
            heads = line_of(blueprint)
        except StudyError:
            continue
        if stands_for <= heads.min() or stands_for == 1:
            continue
        name = blueprint.functions[int(heads.argmin())]
        yield Complaint(
            ("market", "slice"),
            f"one in {stands_for} of the {int(heads.min())} people in {name} is less than one "
            "person",
            f"permitted: 1 to {int(heads.min())}; below about 50 people in the slice, waits grow "
            "because fewer people stand in for one another",
        )


def _budgets(study: Study) -> dict[str, set[float]]:
    """Return what each org model may spend in a year, money, if it can be staffed."""
    found = {}
    for run in study.designs:
        blueprint = Blueprint(run)
        for model in run.organisations:
            try:
                bundles = ever_in_force(model)
                found[model.organisation] = {staff(blueprint, each).allowed for each in bundles}
            except StudyError:
                continue
    return found
