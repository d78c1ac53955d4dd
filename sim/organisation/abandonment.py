"""How many give up waiting, by load and heads: as planned before any lever, and as they are (E4).

The live queue of a function is Erlang-A; of its deferred queue a share min(1, E[wait] ÷ mean
patience) gives up, E[wait] behind all that is live (``sim.organisation.queue_theory``).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.organisation.planned_visits import share_by_person, step_matrix, visits_per_hour
from sim.organisation.queue_theory import deferred_wait, erlang_a
from sim.organisation.staffing import planned_heads, planned_load, planned_minutes
from sim.state.blueprint import Blueprint
from sim.study.study import Study


class Impatience(NamedTuple):
    """How fast customers at a live and at a deferred touchpoint give up, an hour."""

    live: float
    deferred: float


class GivingUp(NamedTuple):
    """Share of those who join that give up, at live and at deferred touchpoints, 0 to 1."""

    live: float
    deferred: float


class Work(NamedTuple):
    """What comes to a function.

    Attributes
    ----------
    live, deferred : float
        Visits an hour.
    served : float
        Visits that one of its people serves in an hour of the clock, μ.
    """

    live: float
    deferred: float
    served: float


def impatience(study: Study) -> Impatience:
    """Return how fast the customers of a study give up, at the base rate of standing.

    The mean over segments of 1 ÷ patience: how many leave a short queue depends on how many
    leave at once, not on how long the most patient would stay (Zeltyn & Mandelbaum 2005).
    """
    p = study.assumed
    weights = [segment.share for segment in study.segments]
    faster = float(np.average([1.0 / each.patience for each in study.segments], weights=weights))
    return Impatience(faster / p["patience_live_hours"], faster / p["patience_deferred_hours"])


def giving_up(work: Work, heads: int, leaving: Impatience) -> GivingUp:
    """Return which shares give up where so many people serve.

    Parameters
    ----------
    work : Work
        What comes to them.
    heads : int
        How many they are; where there is nobody all give up.
    leaving : Impatience
        How fast customers leave.
    """
    if heads <= 0 or work.served <= 0.0:
        return GivingUp(1.0, 1.0)
    live, _ = erlang_a(work.live, work.served, heads, leaving.live)
    load, live_load = (work.live + work.deferred) / work.served, work.live / work.served
    wait = deferred_wait(load, live_load, work.served, heads)
    deferred = 1.0 if math.isinf(wait) else min(1.0, wait * leaving.deferred)
    return GivingUp(live, deferred if work.deferred > 0.0 else 0.0)


def planned_giving_up(blueprint: Blueprint) -> list[GivingUp]:
    """Return the shares that give up by load and heads planned before any lever, by function."""
    p = blueprint.study.assumed
    leaving = impatience(blueprint.study)
    serving = 1.0 - p["ordinary_meetings_share"]
    live, visits, minutes = _planned_visits(blueprint)
    found = []
    heads, load = planned_heads(blueprint), planned_load(blueprint)
    for function in range(len(blueprint.functions)):
        mine = blueprint.owners == function
        hours = float(visits[mine] @ minutes[mine]) / 60.0
        if hours <= 0.0:
            found.append(GivingUp(0.0, 0.0))
            continue
        more = float(load[function]) / hours  # rework that the plan adds to the first visits
        each = hours / float(visits[mine].sum())
        work = Work(
            live=more * float(visits[mine & live].sum()),
            deferred=more * float(visits[mine & ~live].sum()),
            served=serving / each,
        )
        found.append(giving_up(work, int(heads[function]), leaving))
    return found


def hours_before(blueprint: Blueprint) -> np.ndarray:
    """Return the planned hours that people have spent on a case by the time it reaches a step.

    Hours flow with cases: a = Pᵀ(a + v·h), v visits, h hours of people at a visit, P the chance
    of going from step to step; each visit has found a/v.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_touchpoints,), 0 where nobody comes by.
    """
    if not blueprint.is_whole:
        return hours_before(blueprint.whole)[blueprint.in_whole]
    visits = visits_per_hour(blueprint)
    places = range(len(visits))
    hours = np.array([planned_minutes(blueprint.touchpoint(place)) / 60.0 for place in places])
    onward = step_matrix(blueprint).T
    brought = np.linalg.solve(np.eye(len(visits)) - onward, onward @ (visits * hours))
    return np.divide(brought, visits, out=np.zeros(len(visits)), where=visits > 0.0)


def _planned_visits(blueprint: Blueprint) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which steps are live, visits by people an hour, and minutes of one, by touchpoint."""
    steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
    by_person = np.array([share_by_person(step) for step in steps])
    live = np.array([step.mode == "live" for step in steps], bool)
    all_minutes = np.array([planned_minutes(step) for step in steps])
    minutes = np.divide(all_minutes, by_person, out=np.zeros(len(steps)), where=by_person > 0.0)
    return live, visits_per_hour(blueprint) * by_person, minutes
