"""How the functions of an enterprise divide their discretionary time (rule M7).

How far a shared measure counts depends on the hours of whoever follows it, and where these are
somebody's side duty, on effort: efforts and hours are set to one another. What both follow
from changes with the levers only, so they are divided once for a bundle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.organisation.incentives import TASKS, diluted, efforts, moved_by_tasks, side_share
from sim.organisation.reporting import Reporting, reporting
from sim.organisation.role_hours import RoleHours
from sim.organisation.staffing import Staff
from sim.state.blueprint import Blueprint
from sim.state.units import met_by
from sim.study.levers import OrgModel

ROUNDS = 4
"""How often efforts and the hours of those with side duties are set to one another."""


@dataclass(frozen=True)
class Efforts:
    """Who gives how much to what, and the hours that roles have by it.

    Attributes
    ----------
    hours : RoleHours
        Who meets whom, and what roles have left for their own work.
    lines : Reporting
        Whose figures count as each function's own.
    measures : list of numpy.ndarray
        M of each function: how far its tasks move its own and the journey KPI.
    weighting : list of (float, float)
        Each function's weights on its own KPI and, after dilution, on the journey KPI.
    effort : numpy.ndarray
        Share of discretionary time by function and task, shape (n_functions, n_tasks).
    """

    hours: RoleHours
    lines: Reporting
    measures: list[np.ndarray]
    weighting: list[tuple[float, float]]
    effort: np.ndarray


def divide(
    blueprint: Blueprint, levers: OrgModel, parameters: dict[str, float], staff: Staff
) -> Efforts:
    """Let every function divide its discretionary time by what it is rewarded for.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    levers : OrgModel
        The bundle in force.
    parameters : dict
        Resolved model parameters.
    staff : Staff
        Who works where.
    """
    places = range(len(blueprint.functions))
    lines = reporting(blueprint, levers, parameters, staff.line)
    measures = [_measures(blueprint, levers, parameters, lines, place) for place in places]
    effort = np.zeros((len(blueprint.functions), len(TASKS)))
    shares = np.full(len(blueprint.functions), 0.5)

    for _ in range(ROUNDS):
        found = RoleHours(blueprint, levers, parameters, staff, shares)
        weighting = [_weights(levers, parameters, found, lines, place) for place in places]
        for place in places:
            side = bool(staff.hosted[place] > 0.0)
            effort[place] = efforts(parameters, measures[place], weighting[place], side)
        shares = np.array([side_share(each) for each in effort])
    found = RoleHours(blueprint, levers, parameters, staff, shares)
    return Efforts(found, lines, measures, weighting, effort)


def _measures(
    blueprint: Blueprint,
    levers: OrgModel,
    parameters: dict[str, float],
    lines: Reporting,
    function: int,
) -> np.ndarray:
    """Return M of a function: how far its tasks move its own and the journey KPI.

    The figure of its unit, where that is its own in part, counts what helps the journey as far as
    hand-offs stay in the unit.
    """
    turned = blueprint.study.mechanisms.own_kpi == "journey"
    congruity = congruity_of(blueprint, parameters, function)
    by_unit, inside = float(lines.by_unit[function]), float(lines.inside[function])
    congruity += by_unit * inside * (1.0 - congruity)
    return moved_by_tasks(congruity, levers.incentives.handle_time_weight, turned)


def congruity_of(blueprint: Blueprint, parameters: dict[str, float], function: int) -> float:
    """Return how far a function's own KPI counts what helps the journey, 0 to 1.

    Its own in the enterprise, else the parameter's; what levers make of M has no say in it.
    """
    own = blueprint.declared(function).congruity
    return parameters["congruity"] if own is None else own


def _who_share(blueprint: Blueprint, members: np.ndarray, function: int) -> np.ndarray:
    """Return how many functions share each journey's KPI with one, itself counted, (n_journeys,).

    Where there are units the figure is the unit's: other units' functions have no part in it.
    """
    if blueprint.is_whole:
        return np.asarray(members.sum(axis=1))
    return np.asarray((members & met_by(blueprint, function)).sum(axis=1))


def _weights(
    levers: OrgModel,
    parameters: dict[str, float],
    hours: RoleHours,
    lines: Reporting,
    function: int,
) -> tuple[float, float]:
    """Return a function's weights on own KPI and, after dilution, on the journey KPI."""
    shared = levers.incentives.shared_journey_weight
    mine = np.flatnonzero(hours.members[:, function])
    sharing = _who_share(hours.blueprint, hours.members, function)
    counted = [diluted(shared, float(sharing[j]), hours.followed(int(j))) for j in mine]
    counts = float(np.mean(counted)) if counted else 0.0
    returned = parameters["diluted_weight_returns"] * (shared - counts)
    own = (1.0 - shared) * float(lines.counts[function])
    return own + returned, counts
