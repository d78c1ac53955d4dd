"""The load of functions as it is, and what one person more would save (rule E4).

A·ΔP·H hours a year: A cases a year that reach a function's queues, ΔP by how much one person more
lowers the share that gives up there (``sim.organisation.abandonment``), H the planned hours that
all people have spent on such a case by then, for nothing if it is given up.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.improvement.firm import Firm
from sim.organisation.abandonment import (
    GivingUp,
    Impatience,
    Work,
    giving_up,
    hours_before,
    impatience,
)
from sim.state.tallies import FIXED, QUEUE_JOINED, QUEUE_SERVED
from sim.study.working_time import HOURS_PER_WEEK, WEEKS_PER_YEAR

WEEKS_SEEN = 13
"""Weeks by which load is judged: a quarter."""


class WeekSeen(NamedTuple):
    """A week as those who run the queues see it, of the whole firm.

    Attributes
    ----------
    joined, served : numpy.ndarray
        Visits by touchpoint, float64, shape (n_touchpoints,).
    held : numpy.ndarray
        Hours for which people were held, by function, float64, shape (n_functions,).
    heads : numpy.ndarray
        People in the line.
    """

    joined: np.ndarray
    served: np.ndarray
    held: np.ndarray
    heads: np.ndarray


class RealisedLoad:
    """What came to the functions of a firm in the last quarter, hours as they were.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    weeks : deque of WeekSeen
        The last thirteen weeks, or as many as there have been.
    """

    def __init__(self, model: Firm):
        self.model = model
        self.weeks: deque[WeekSeen] = deque(maxlen=WEEKS_SEEN)

    @cached_property
    def _leaving(self) -> Impatience:
        return impatience(self.model.study)

    @cached_property
    def _spent(self) -> np.ndarray:
        return hours_before(self.model.blueprint)

    @cached_property
    def _live(self) -> np.ndarray:
        blueprint = self.model.blueprint
        steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
        return np.array([step.mode == "live" for step in steps], bool)

    def note_week(self) -> None:
        """Note the queues and the work of the week that ends."""
        model, state = self.model, self.model.state
        k, organisation = model.blueprint.stands_for, model.organisation
        week = WeekSeen(
            joined=k * state.queue_tallies[:, QUEUE_JOINED].astype(float),
            served=k * state.queue_tallies[:, QUEUE_SERVED].astype(float),
            held=k * state.busy / FIXED / organisation.pace,
            heads=organisation.heads,
        )
        self.weeks.append(week)

    def utilisation(self, function: int) -> float:
        """Return the share of its people's time that a function's work took, last quarter."""
        hours = HOURS_PER_WEEK * sum(float(week.heads[function]) for week in self.weeks)
        return sum(float(week.held[function]) for week in self.weeks) / hours if hours else 0.0

    def _work(self, function: int) -> Work:
        """Return the load that reached a function in the last quarter, hours as they were."""
        mine = self.model.blueprint.owners == function
        hours = HOURS_PER_WEEK * max(1, len(self.weeks))
        joined = sum((week.joined for week in self.weeks), np.zeros(len(mine)))
        served = sum(float(week.served[mine].sum()) for week in self.weeks)
        held = sum(float(week.held[function]) for week in self.weeks)
        return Work(
            live=float(joined[mine & self._live].sum()) / hours,
            deferred=float(joined[mine & ~self._live].sum()) / hours,
            served=served / held if held > 0.0 else 0.0,
        )

    def _hours_at_stake(self, function: int) -> GivingUp:
        """Return A·H, hours a year spent on cases by the time they reach a function's queues."""
        mine = self.model.blueprint.owners == function
        joined = sum((week.joined for week in self.weeks), np.zeros(len(mine)))
        spent = joined * self._spent * WEEKS_PER_YEAR / max(1, len(self.weeks))
        return GivingUp(
            float(spent[mine & self._live].sum()), float(spent[mine & ~self._live].sum())
        )

    def difference(self, function: int, fewer: int) -> float:
        """Return the hours a year that one person more than `fewer` saves a function."""
        work, hours = self._work(function), self._hours_at_stake(function)
        if work.served <= 0.0:
            return 0.0
        without = giving_up(work, fewer, self._leaving)
        with_one = giving_up(work, fewer + 1, self._leaving)
        live = hours.live * (without.live - with_one.live)
        return live + hours.deferred * (without.deferred - with_one.deferred)
