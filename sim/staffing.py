"""Who works where: the same people under every org model, split by its levers.

Line heads follow from demand once (rule M4.4); heads of coordinating roles are taken
out of the line, so that every org model spends the same running budget (rule M1), unless
it hires on top. Heads are whole people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.blueprint import Blueprint
from sim.errors import Problem, ScenarioError
from sim.flows import visits_per_hour
from sim.levers import OrgModel
from sim.parameters import resolve
from sim.scenario import MOST_HEADS


@dataclass(frozen=True)
class Staff:
    """Heads under one org model.

    Attributes
    ----------
    line : numpy.ndarray
        People who serve, int, shape (n_functions,).
    leads : numpy.ndarray
        Embedded leads by function; one lead may span several, float, shape (n_functions,).
    owners : numpy.ndarray
        Journey owners by journey; one may own several, float, shape (n_journeys,).
    cx_team, liaison : int
        Whole people.
    """

    line: np.ndarray
    leads: np.ndarray
    owners: np.ndarray
    cx_team: int
    liaison: int

    @property
    def coordinating(self) -> int:
        """Whole people in coordinating roles."""
        return round(float(self.leads.sum() + self.owners.sum())) + self.cx_team + self.liaison

    @property
    def total(self) -> int:
        """Everybody."""
        return int(self.line.sum()) + self.coordinating


def planned_heads(blueprint: Blueprint) -> np.ndarray:
    """Return the heads of each function before any lever: ⌈load/((1 − φ₀)u)⌉ or as given.

    Returns
    -------
    numpy.ndarray
        int, shape (n_functions,), at least one each.

    Raises
    ------
    ScenarioError
        If a function would need more people than it may have.
    """
    parameters = resolve(blueprint.scenario.parameters)
    serving = (1.0 - parameters["ordinary_meetings_share"]) * parameters["planned_utilisation"]
    heads = []
    for name, load in zip(blueprint.functions, planned_load(blueprint), strict=True):
        given = blueprint.scenario.enterprise.functions[name].heads
        needed = load / serving
        if given is None and needed > MOST_HEADS:
            message = f"the planned work of {name} would take {needed:.2g} people"
            remedy = f"at most {MOST_HEADS} can work in a function; look at minutes and needs"
            raise ScenarioError([Problem("", None, None, f"functions.{name}", message, remedy)])
        heads.append(given if given is not None else max(1, math.ceil(needed - 1e-9)))
    return np.array(heads)


def planned_load(blueprint: Blueprint) -> np.ndarray:
    """Return each function's planned work, hours an hour, float64, shape (n_functions,)."""
    hours = np.array(
        [
            0.0 if step.automated else step.minutes / 60.0
            for step in map(blueprint.touchpoint, range(len(blueprint.touchpoints)))
        ]
    )
    work = visits_per_hour(blueprint) * hours
    places = range(len(blueprint.functions))
    return np.array([work[blueprint.owners == place].sum() for place in places])


def whole(heads: float) -> int:
    """Return heads as whole people, halves up; what is unfunded stays in the line."""
    return math.floor(heads + 0.5)


def apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Split whole people by weight with largest remainders, ties to the first.

    Parameters
    ----------
    total : int
        People to split.
    weights : numpy.ndarray
        float, not negative, not all zero.
    """
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(int)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def staff(blueprint: Blueprint, levers: OrgModel) -> Staff:
    """Return the staff under one org model.

    Raises
    ------
    ScenarioError
        If coordination would leave a function without anybody in the line.
    """
    planned = planned_heads(blueprint)
    firm = int(planned.sum())
    asked = levers.staffing
    planned = planned + apportion(whole(asked.hired * firm / 100.0), planned.astype(float))
    n_leads = whole(asked.embedded_leads * len(planned))
    n_owners = whole(asked.journey_owners * len(blueprint.journeys))
    cx_team = whole(asked.cx_team * firm / 100.0)
    liaison = whole(asked.liaison * firm / 100.0)
    taken = n_leads + n_owners + cx_team + liaison
    spare = planned - 1
    if taken > spare.sum():
        message = (
            f"{taken} of {int(planned.sum())} people would coordinate, and some function would "
            "have nobody left"
        )
        remedy = f"at most {int(spare.sum())} can coordinate in a firm of this size"
        raise ScenarioError([Problem("", None, None, "staffing", message, remedy)])
    line = planned - _taken(taken, planned, spare)
    return Staff(
        line=line,
        leads=np.full(len(planned), n_leads / len(planned)),
        owners=np.full(len(blueprint.journeys), n_owners / len(blueprint.journeys)),
        cx_team=cx_team,
        liaison=liaison,
    )


def _taken(total: int, planned: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """Return the heads that each function gives, in proportion, leaving one in each."""
    if total == 0:
        return np.zeros_like(planned)
    given = np.minimum(apportion(total, planned.astype(float)), spare)
    while given.sum() < total:
        room = spare - given
        given += np.minimum(apportion(total - int(given.sum()), room.astype(float)), room)
    return given
