"""To whom the functions of a unit report, and so whose figures count for them (rule E8).

A function of a unit answers to the head of its function, to the head of the unit, or to both,
which is the matrix (Davis & Lawrence 1977; Galbraith 1971). The figure of a unit counts what is
felt anywhere in it, and is shared by all its functions: it counts n^−(1−v) (Holmström 1982), v
being how far the unit's head can follow them in the hours there are for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.organisation.incentives import diluted
from sim.organisation.planned_visits import crossings_per_hour
from sim.state.blueprint import Blueprint
from sim.study.levers import OrgModel


@dataclass(frozen=True)
class Reporting:
    """What lines of report make of each function's own KPI.

    Attributes
    ----------
    by_unit : numpy.ndarray
        Share of the weight on the own KPI that is on the unit's, float64, shape (n_functions,).
    counts : numpy.ndarray
        What is left of that weight after dilution, 0 to 1, float64, shape (n_functions,).
    inside : numpy.ndarray
        Share of a function's hand-offs to and from others that stay in its unit, float64,
        shape (n_functions,): so far what helps the journey helps the unit.
    """

    by_unit: np.ndarray
    counts: np.ndarray
    inside: np.ndarray


def reporting(
    blueprint: Blueprint, levers: OrgModel, parameters: dict[str, float], line: np.ndarray
) -> Reporting:
    """Return whose figures count for each function, and how far.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    levers : OrgModel
        The bundle in force.
    parameters : dict
        Resolved model parameters.
    line : numpy.ndarray
        People by function, shape (n_functions,).
    """
    units = blueprint.function_units
    asked = {"function": 0.0, "both": 0.5, "unit": 1.0}[levers.structure.reports]
    by_unit, counts = np.zeros(len(units)), np.ones(len(units))
    for unit in set(units[units >= 0].tolist()) if asked > 0.0 else ():
        there = units == unit
        kept = diluted(1.0, float(there.sum()), followed(parameters, line[there]))
        kept += parameters["diluted_weight_returns"] * (1.0 - kept)
        counts[there] = 1.0 - asked * (1.0 - kept)
        by_unit[there] = asked * kept / counts[there]
    return Reporting(by_unit, counts, _inside(blueprint))


def followed(parameters: dict[str, float], line: np.ndarray) -> float:
    """Return v, how far the head of a unit can follow its functions: hours over hours needed.

    `unit_head_hours` ÷ (`follow_up_hours` × Σ(1 + max(0, ln(n/10)))), at most 1, as for whoever
    is accountable for a journey.

    Parameters
    ----------
    line : numpy.ndarray
        People of each of its functions.
    """
    needed = parameters["follow_up_hours"] * float(following(line).sum())
    return min(1.0, parameters["unit_head_hours"] / needed) if needed > 0.0 else 1.0


def following(heads: np.ndarray) -> np.ndarray:
    """Return how much more than a small function each one takes to follow: 1 + ln(n/10)."""
    return 1.0 + np.maximum(0.0, np.log(heads / 10.0))


def _inside(blueprint: Blueprint) -> np.ndarray:
    """Return the share of each function's hand-offs to and from others that stay in its unit."""
    units = blueprint.function_units
    flows, within = np.zeros(len(units)), np.zeros(len(units))
    for (sender, receiver), flow in zip(
        blueprint.seams, crossings_per_hour(blueprint), strict=True
    ):
        if sender == receiver:
            continue
        stays = units[sender] == units[receiver] and units[sender] >= 0
        for function in (sender, receiver):
            flows[function] += flow
            within[function] += flow * stays
    return np.divide(within, flows, out=np.zeros(len(units)), where=flows > 0.0)
