"""The same firm with more or fewer people: as many customers as lead to them.

People follow from demand (rule M4.4), so a size is searched in the number of customers. Prospects
and heads that an enterprise fixes go with it; whatever else a study says stays as it is. A firm
too large to simulate is simulated as a slice of its customers (rule M4.5).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.organisation.staffing import apportion, line_of, planned_heads, staff
from sim.reading.loader import study_from
from sim.state.blueprint import Blueprint
from sim.state.sizes import MOST_PEOPLE
from sim.study.errors import Problem, StudyError
from sim.study.extension import adopted_by
from sim.study.plans import ever_in_force
from sim.study.study import Enterprise, Market, Study

SIMULATED = 300
"""Employees that are simulated at most; the rest of a firm stands behind them."""
NEAR = 0.1
"""Share by which a firm may miss the size asked for; a person a function at any size."""
MOST_CUSTOMERS = MOST_PEOPLE * 10_000
"""More customers than any slice can stand for."""


@dataclass(frozen=True)
class Resized:
    """A study at a size.

    Attributes
    ----------
    asked : int
        Employees asked for.
    employees : int
        People under the baseline.
    study : Study
        With the customers that lead to them.
    """

    asked: int
    employees: int
    study: Study

    @property
    def market(self) -> Market:
        """The customers that lead to them, and what goes with them."""
        return self.study.market

    @property
    def facts(self) -> dict[str, int]:
        """What was asked for, searched and reached, by the columns of ``sizes.csv``."""
        return {
            "asked": self.asked,
            "employees": self.employees,
            "customers": self.market.customers,
            "prospects": self.market.prospects,
            "slice": self.market.slice,
        }

    @property
    def fixed(self) -> dict[str, int]:
        """Heads that the enterprise fixes, as scaled, by function."""
        return fixed_heads(self.study.enterprise)


def firm_of(study: Study, employees: int) -> Resized:
    """Return a study with as many customers as lead to so many people under the baseline.

    Parameters
    ----------
    study : Study
        Simulated whole, with the extensions that it uses loaded.
    employees : int
        About so many: heads of a function, and customers, are whole.

    Raises
    ------
    StudyError
        With every reason why there is no such firm.
    """
    option = f"--employees {employees}"
    if study.market.slice > 1:
        message = f"the study simulates one in {study.market.slice} customers"
        remedy = "a large size takes a slice of its own: `--set market.slice=1`"
        raise StudyError([Problem(option, None, None, "market.slice", message, remedy)])
    sizes = _Sizes(study)
    try:
        customers = sizes.customers_for(employees)
    except ValueError as error:
        raise StudyError([Problem(option, None, None, "", *error.args)]) from error
    scaled = sizes.study_with(customers)
    market = scaled.market.model_copy(update={"slice": _slice(scaled, employees)})
    # A log is compared with, and a mechanism switched off, at the firm's own size.
    own = {"market": market, "compared_with": None, "ablations": ()}
    try:
        checked = study_from(
            scaled.model_copy(update=own),
            extensions=[each.extension for each in adopted_by(study.extensions)],
        )
    except StudyError as error:
        raise StudyError(_at_size(each, option, study) for each in error.problems) from error
    return Resized(employees, sizes.people(customers), checked)


def fixed_heads(enterprise: Enterprise) -> dict[str, int]:
    """Return the heads that an enterprise fixes, by function."""
    heads = {name: function.heads for name, function in enterprise.functions.items()}
    return {name: number for name, number in heads.items() if number is not None}


def scaled_heads(fixed: Mapping[str, int], parts: int, of: int) -> dict[str, int]:
    """Return fixed heads for `parts` customers where they were fixed for `of`.

    Their sum is scaled, halves up, and split by largest remainders, at least one each.

    Parameters
    ----------
    fixed : mapping of str to int
        Heads by function.
    """
    total = sum(fixed.values())
    left = max(len(fixed), (2 * total * parts + of) // (2 * of))
    names, heads = list(fixed), dict.fromkeys(fixed, 1)
    while names:
        shares = apportion(left, np.array([fixed[name] for name in names], dtype=float))
        if shares.min() > 0:
            heads |= dict(zip(names, shares.tolist(), strict=True))
            break
        left -= int((shares == 0).sum())
        names = [name for name, share in zip(names, shares, strict=True) if share > 0]
    return heads


class _Sizes:
    """The firms that a study can be, by the number of their customers."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._people: dict[int, float] = {}

    def study_with(self, customers: int) -> Study:
        """Return the study with so many customers, and with what goes with them."""
        market = self._study.market
        prospects = (2 * market.prospects * customers + market.customers) // (2 * market.customers)
        size = {"customers": customers, "prospects": max(prospects, min(1, market.prospects))}
        plans = tuple(
            plan
            if plan.enterprise is None
            else plan.model_copy(update={"enterprise": self._scaled(plan.enterprise, customers)})
            for plan in self._study.organisations
        )
        return self._study.model_copy(
            update={
                "market": market.model_copy(update=size),
                "enterprise": self._scaled(self._study.enterprise, customers),
                "organisations": plans,
            }
        )

    def _scaled(self, enterprise: Enterprise, customers: int) -> Enterprise:
        """Return an enterprise with the heads that it fixes as many as go with customers."""
        functions, before = dict(enterprise.functions), self._study.market.customers
        for name, heads in scaled_heads(fixed_heads(enterprise), customers, before).items():
            functions[name] = functions[name].model_copy(update={"heads": heads})
        return enterprise.model_copy(update={"functions": functions})

    def people(self, customers: int) -> int:
        """Return everybody under the baseline; where it cannot be staffed, who is planned."""
        return int(self._counted(customers))

    @cached_property
    def _baseline(self) -> int:
        names = [plan.organisation for plan in self._study.organisations]
        return names.index(self._study.baseline)

    def _counted(self, customers: int) -> float:
        """Return the same; infinitely many where a function would need more than it may have."""
        if customers not in self._people:
            self._people[customers] = self._count(customers)
        return self._people[customers]

    def _count(self, customers: int) -> float:
        blueprint = Blueprint(self.study_with(customers))
        try:
            planned = int(planned_heads(blueprint).sum())
        except StudyError:
            return math.inf
        try:
            first = ever_in_force(self._study.organisations[self._baseline])[0]
            return staff(blueprint, first).total
        except StudyError:
            return planned

    def customers_for(self, employees: int) -> int:
        """Return the customers of the nearest firm, as near to the study's own per head as can be.

        Raises
        ------
        ValueError
            With what is wrong, and what to do, where no firm is near.
        """
        own = self._study.market.customers
        start = max(1, round(own * employees / self._counted(own)))
        enough = _first(lambda number: self._counted(number) >= employees, start)
        if enough > MOST_CUSTOMERS:
            message = f"with up to {MOST_CUSTOMERS:.1e} customers there is not work for so many"
            raise ValueError(message, "look at minutes and needs")
        goal = self._nearest(enough, employees)
        fewest = _first(lambda number: self._counted(number) >= goal, start)
        most = _first(lambda number: self._counted(number) > goal, start) - 1
        return min(max(start, fewest), most)

    def _nearest(self, enough: int, employees: int) -> float:
        """Return the size nearest to what is asked for, of `enough` customers and of one fewer."""
        functions = len(self._study.enterprise.functions)
        near = max(functions, NEAR * employees)
        found = [self._counted(number) for number in (enough, enough - 1) if number > 0]
        goal = min(found, key=lambda people: abs(people - employees))
        if abs(goal - employees) <= near and (enough > 1 or goal <= employees):
            return goal
        if enough == 1:
            message = (
                f"with a single customer there are {found[0]:.0f} people, for none of the "
                f"{functions} functions can do without"
            )
            raise ValueError(message, f"ask for {found[0]:.0f} or more")
        if math.isinf(found[0]):
            message = f"some function would have more people than it may; {found[1]:,.0f} fit in"
            raise ValueError(message, f"ask for {found[1]:.0f} or fewer")
        message = f"customers are whole: the nearest firms have {found[1]:.0f} and {found[0]:.0f}"
        raise ValueError(f"{message} people", "ask for one of these")


def _first(holds: Callable[[int], bool], start: int) -> int:
    """Return the least number from 1 that something holds for, as it does for all above it.

    Looked for from `start` on, in steps that double and then halve. One more than
    `MOST_CUSTOMERS` if it holds for none up to that.
    """
    step, low, high = 1, start, start
    if holds(start):
        while low > 0 and holds(low):
            low, high, step = low - step, low, 2 * step
        low = max(low, 0)
    else:
        while not holds(high):
            if high >= MOST_CUSTOMERS:
                return MOST_CUSTOMERS + 1
            low, high, step = high, min(high + step, MOST_CUSTOMERS), 2 * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _slice(study: Study, employees: int) -> int:
    """Return for how many customers one is simulated: no function's line ends below one."""
    try:
        fewest = int(line_of(Blueprint(study)).min())
    except StudyError:  # what is wrong is said where the study is checked
        return 1
    return max(1, min(employees // SIMULATED, fewest))


def _at_size(problem: Problem, option: str, study: Study) -> Problem:
    """Return a problem of a study as one of a size: org models by name, another size a remedy."""
    named = re.sub(
        r"^organisations\[(\d+)\]",
        lambda place: study.organisations[int(place[1])].organisation,
        problem.path,
    )
    remedy = "; or ".join([*filter(None, [problem.remedy]), "ask for another size"])
    return Problem(option, None, None, named, problem.message, remedy)
