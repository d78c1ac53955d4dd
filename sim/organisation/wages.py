"""What people cost a year, and how many a budget pays for (rule E8).

A budget is money. At one wage for all it is heads as well, and is counted so: what a firm pays for
is then exact, however odd the wage.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.organisation.coordination import ROLES, Role
from sim.state.blueprint import Blueprint

SUM_ROUNDING = 1e-9
"""Share of a budget by which spending may exceed it: what a sum of wages is rounded by."""


@dataclass(frozen=True)
class Wages:
    """Cost of one head a year, money.

    Attributes
    ----------
    usual : float
        Where nothing else is said: the parameter `wage_per_year`. Whoever is hired on top of the
        firm, what technology takes and idle people cost this.
    functions : numpy.ndarray
        Of each function's people, float64, shape (n_functions,).
    roles : dict of Role to float
        Of people in each coordinating role.
    """

    usual: float
    functions: np.ndarray
    roles: dict[Role, float]

    @classmethod
    def of(cls, blueprint: Blueprint) -> Wages:
        """Return the wages that an enterprise says, and the usual one elsewhere."""
        usual = blueprint.study.assumed["wage_per_year"]
        enterprise = blueprint.study.enterprise
        own = [blueprint.declared(place).wage for place in range(len(blueprint.functions))]
        functions = np.array([usual if wage is None else wage for wage in own])
        by_role = {str(name): wage for name, wage in enterprise.role_wages.items()}
        return cls(usual, functions, {role: by_role.get(role.name, usual) for role in ROLES})

    @cached_property
    def alike(self) -> bool:
        """Whether all earn the same."""
        return {*self.functions.tolist(), *self.roles.values()} == {self.usual}

    @property
    def dearest(self) -> float:
        """Wage of the dearest function's people."""
        return float(self.functions.max())

    def of_line(self, line: np.ndarray) -> float:
        """Return the wages of the line, money a year.

        Parameters
        ----------
        line : numpy.ndarray
            People by function, or years of their work, shape (n_functions,).
        """
        return self.usual * float(line.sum()) if self.alike else float(line @ self.functions)

    def of_roles(self, people: Mapping[Role, int]) -> float:
        """Return the wages of whole people in coordinating roles, money a year."""
        if self.alike:
            return self.usual * sum(people.values())
        return sum(number * self.roles[role] for role, number in people.items())


def fewest_leavers(
    spending: Callable[[int], float], allowed: float, guess: int, most: int
) -> int | None:
    """Return the least number of people who have to leave the line for a budget to suffice.

    Heads leave until spending is within the budget, so that less than one wage is left.

    Parameters
    ----------
    spending : callable
        Money a year that is spent once so many have left, negative for more people; it falls with
        every one who leaves.
    allowed : float
        The budget, money a year.
    guess : int
        Where to begin to look, at most `most`.
    most : int
        How many can leave.

    Returns
    -------
    int or None
        None if even then too much is spent.
    """
    limit = allowed * (1.0 + SUM_ROUNDING)
    if spending(most) > limit:
        return None
    step, low = 1, guess
    while spending(low) <= limit:  # more people than it needs: look further down
        low, step = low - step, 2 * step
    # If none of those before is enough, it is `most`, which is.
    found = bisect_left(range(low, most), True, key=lambda left: spending(left) <= limit)
    return low + found
