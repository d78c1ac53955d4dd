"""How often steps and seams are visited: a journey is an absorbing Markov chain.

Expected visits solve v = e + Pᵀv (Kemeny & Snell 1960), with all facts known, no error
and nothing skipped; staffing and liaison needs are planned on them. Of a firm of units each has as
many customers as planned, so its own steps have their part of the visits (rule E8).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from sim.state.blueprint import Blueprint
from sim.state.demand import need_rates
from sim.state.units import part_of_each
from sim.study.enterprise import Reply, Touchpoint
from sim.study.working_time import HOURS_PER_DAY


def _once(work: Callable[[Blueprint], np.ndarray]) -> Callable[[Blueprint], np.ndarray]:
    """Work something out once for a blueprint: with a thousand touchpoints it takes a second."""

    @functools.wraps(work)
    def found(blueprint: Blueprint) -> np.ndarray:
        kept = blueprint.worked_out
        if work.__name__ not in kept:
            kept[work.__name__] = work(blueprint)
            kept[work.__name__].flags.writeable = False  # everybody has the same
        return kept[work.__name__]

    return found


@_once
def step_matrix(blueprint: Blueprint) -> np.ndarray:
    """Return the chance of going from each touchpoint to each other, in a firm of one unit.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_touchpoints, n_touchpoints); rows sum to at most 1.
    """
    size = len(blueprint.touchpoints)
    matrix = np.zeros((size, size))
    for index, (journey, _) in enumerate(blueprint.touchpoints):
        step = blueprint.touchpoint(index)
        in_time = 1.0 if step.reply is None else answered_in_time(step.reply)
        for target, share in step.next.items():
            if target in blueprint.journey(journey).touchpoints:
                place = blueprint.place_of[journey, target]
                matrix[index, place] += share * in_time
    return matrix


def answered_in_time(reply: Reply) -> float:
    """Return the chance that a customer's answer comes before its limit."""
    if reply.limit_hours is None:
        return 1.0
    ratio = reply.limit_hours / reply.hours
    if reply.variation == 0:
        return float(ratio >= 1.0)
    if reply.variation == 1:
        return 1.0 - math.exp(-ratio)
    spread = math.sqrt(math.log(1.0 + reply.variation**2))
    return NormalDist().cdf(math.log(ratio) / spread + 0.5 * spread)


@_once
def visits_per_hour(blueprint: Blueprint) -> np.ndarray:
    """Return planned visits an hour, float64, shape (n_touchpoints,)."""
    if not blueprint.is_whole:
        return part_of_each(blueprint, visits_per_hour(blueprint.whole))
    size = len(blueprint.touchpoints)
    entries = np.zeros(size)
    for name, rate in zip(blueprint.journeys, _needs_per_hour(blueprint), strict=True):
        entries[blueprint.place_of[name, blueprint.journey(name).start]] += rate
    return np.linalg.solve(np.eye(size) - step_matrix(blueprint).T, entries)


def _needs_per_hour(blueprint: Blueprint) -> np.ndarray:
    market = blueprint.study.market
    shares = np.array([segment.share for segment in market.segments.values()])
    invited = [blueprint.journey(name).opt_in for name in blueprint.journeys]
    willing = np.array([1.0 if share is None else share for share in invited])
    rates = market.customers * willing * (shares @ need_rates(blueprint))
    if market.prospects:
        joining = [blueprint.journey(name).effect == "joins" for name in blueprint.journeys]
        hours = blueprint.study.design.horizon_days * HOURS_PER_DAY
        rates[joining.index(True)] += market.prospects / hours
    return rates


def _needs_of_segments(blueprint: Blueprint) -> np.ndarray:
    """Return how needs of each journey divide over segments, up to a factor of the journey's.

    float64, shape (n_segments, n_journeys).
    """
    market = blueprint.study.market
    shares = np.array([segment.share for segment in market.segments.values()])[:, None]
    needs: np.ndarray = shares * need_rates(blueprint)
    joining = [blueprint.journey(name).effect == "joins" for name in blueprint.journeys]
    needs[:, joining] = shares
    return needs


@_once
def by_people(blueprint: Blueprint) -> np.ndarray:
    """Return the share of each touchpoint's visits that people are planned for."""
    return np.array(
        [share_by_person(blueprint.touchpoint(i)) for i in range(len(blueprint.owners))]
    )


@_once
def next_by_people(blueprint: Blueprint) -> np.ndarray:
    """Return the chance that people's next visit after each touchpoint is at each other.

    In a firm of one unit. Automated steps between two people pass the case through, as machines
    do with the visits that they take.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_touchpoints, n_touchpoints); rows sum to at most 1.
    """
    steps, by_person = step_matrix(blueprint), by_people(blueprint)
    size = len(steps)
    through = steps * (1.0 - by_person)[None, :]
    passed_on = np.linalg.solve((np.eye(size) - through).T, np.eye(size)).T
    return (passed_on @ steps) * by_person[None, :]


@_once
def crossings_per_hour(blueprint: Blueprint) -> np.ndarray:
    """Return planned crossings of each seam an hour, float64, shape (n_seams,)."""
    if not blueprint.is_whole:
        return _crossings_of_units(blueprint)
    visits = visits_per_hour(blueprint)
    to_people = next_by_people(blueprint)
    flows = (visits * by_people(blueprint))[:, None] * to_people
    result = np.zeros(len(blueprint.seams))
    for place, (sender, receiver) in enumerate(blueprint.seams):
        to, by = blueprint.owners == receiver, blueprint.owners == sender
        result[place] = flows[np.ix_(by, to)].sum()
    return result


def _crossings_of_units(blueprint: Blueprint) -> np.ndarray:
    """Return each seam's part of what crosses it in the firm as one unit."""
    whole, names = blueprint.whole, blueprint.desks
    of_whole = dict(zip(whole.seams, crossings_per_hour(whole).tolist(), strict=True))
    found = []
    for seam in blueprint.seams:
        sender, receiver = (whole.functions.index(names[side][0]) for side in seam)
        within_a_unit = any(names[side][1] >= 0 for side in seam)
        part = blueprint.structure.units if within_a_unit else 1
        found.append(of_whole[sender, receiver] / part)
    return np.array(found)


@_once
def crossings_of_segments(blueprint: Blueprint) -> np.ndarray:
    """Return planned hand-offs an hour of each segment's customers, float64, (n_segments,).

    Between people, a change of person inside a function among them; those who want to join
    have the segments' shares.
    """
    if not blueprint.is_whole:
        return crossings_of_segments(blueprint.whole)
    people = visits_per_hour(blueprint) * by_people(blueprint)
    handed_over = people * next_by_people(blueprint).sum(axis=1)
    journeys = range(len(blueprint.journeys))
    by_journey = np.array([handed_over[blueprint.journey_of == j].sum() for j in journeys])
    needs = _needs_of_segments(blueprint)
    total = needs.sum(axis=0)
    parts = np.divide(needs, total, out=np.zeros_like(needs), where=total > 0.0)
    return np.asarray(parts @ by_journey)


def rounds_planned(step: Touchpoint) -> float:
    """Return the rounds that a visit is planned at: half of those it may go, else one."""
    return 1.0 if step.negotiate is None else step.negotiate.rounds / 2.0


def share_by_person(step: Touchpoint) -> float:
    """Return the share of visits to a step that people are planned for.

    A machine takes its share of visits as far as it solves them.
    """
    if step.automated:
        return 0.0
    if step.automation is None:
        return 1.0
    return 1.0 - step.automation.share * (1.0 - step.automation.error)
