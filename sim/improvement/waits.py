"""Waits that are longer than a firm planned for: an alarm at each queue (rule E4).

Every firm knows its queues: how many joined, and how many gave up. A CUSUM as for voiced
failures (``sim.improvement.alarms``) stands at each live touchpoint and at each function's deferred
queue: x are those who gave up in a week, m = those who joined × the share that a firm puts up with,
max(`abandon_target`, the share by load and heads planned before any lever).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.draws import DRAW_SLICE_WAITS
from sim.engine.philox import block
from sim.improvement.alarms import count_waits
from sim.improvement.firm import Firm
from sim.improvement.issues import QUIET_WEEKS, Alarm
from sim.improvement.slices import poisson_at_any_mean
from sim.organisation.abandonment import planned_giving_up
from sim.state.blueprint import Blueprint
from sim.state.tallies import FIXED, QUEUE_ABANDONED, QUEUE_FORESEEN, QUEUE_JOINED


@dataclass(frozen=True)
class Queue:
    """Where customers wait together.

    Attributes
    ----------
    function : int
        Who serves it.
    steps : tuple of int
        The live touchpoint, or all deferred touchpoints of the function.
    live : bool
        Which of the two it is.
    counter : int
        For draws.
    """

    function: int
    steps: tuple[int, ...]
    live: bool
    counter: int


def queues_of(blueprint: Blueprint) -> tuple[Queue, ...]:
    """Return each live touchpoint and each function's deferred queue, served by people."""
    queues: list[Queue] = []
    for function in range(len(blueprint.functions)):
        mine = [int(place) for place in np.flatnonzero(blueprint.owners == function)]
        staffed = [place for place in mine if not blueprint.touchpoint(place).automated]
        live = [place for place in staffed if blueprint.touchpoint(place).mode == "live"]
        queues += [
            Queue(function, (place,), True, int(blueprint.site_counters[place])) for place in live
        ]
        deferred = tuple(place for place in staffed if place not in live)
        if deferred:
            counter = int(blueprint.function_counters[function])
            queues.append(Queue(function, deferred, False, counter))
    return tuple(queues)


class Waits:
    """What a firm makes of its queues.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    queues : tuple of Queue
        Where a wait can raise an alarm.
    accepted : numpy.ndarray
        Share that may give up without anybody being alarmed, float64, shape (n_queues,).
    level : numpy.ndarray
        z of each queue.
    """

    def __init__(self, model: Firm):
        self.model = model
        blueprint = model.blueprint
        self.queues = queues_of(blueprint)
        self.on = bool(model.study.mechanisms.wait_signals)
        steps = np.arange(len(blueprint.touchpoints))
        members = [np.isin(steps, queue.steps) for queue in self.queues]
        self._members = np.array(members, np.int64).reshape(len(self.queues), len(steps))
        self.level = np.zeros(len(self.queues))
        self.since = np.zeros(len(self.queues), int)
        self.quiet_until = np.zeros(len(self.queues), int)
        self.gave_up = np.zeros(len(self.queues))
        self.expected = np.zeros(len(self.queues))
        self.accepted = self._accepted() if self.on else np.ones(len(self.queues))

    def _accepted(self) -> np.ndarray:
        planned = planned_giving_up(self.model.blueprint)
        shares = [
            planned[queue.function].live if queue.live else planned[queue.function].deferred
            for queue in self.queues
        ]
        target = self.model.organisation.parameters["abandon_target"]
        return np.maximum(target, np.array(shares))

    def listen(self) -> None:
        """Take in last week's queues; raise an alarm where too many gave up."""
        if self.on:
            self._count()
        self.model.state.queue_tallies[:] = 0

    def _count(self) -> None:
        p, register = self.model.organisation.parameters, self.model.register
        joined, gave_up = self._of_the_firm()
        alarmed = count_waits(
            self.model.week,
            p["alarm_ratio"],
            p["alarm_level"],
            self.quiet_until,
            gave_up,
            joined * self.accepted,
            self.level,
            self.since,
            self.gave_up,
            self.expected,
        )
        if not alarmed:
            return
        pending = {alarm.queue for alarm in register.alarms}
        for place, level in enumerate(self.level.tolist()):
            if level > p["alarm_level"] and place not in pending:
                register.alarms.append(self._alarm(place))

    def _alarm(self, place: int) -> Alarm:
        since = int(self.since[place])
        weeks = self.model.week - since + 1
        excess = max(0.0, float(self.gave_up[place] - self.expected[place])) / weeks
        signals = np.zeros(0, np.int64)
        return Alarm(self.queues[place].steps[0], since, signals, excess, queue=place)

    def _of_the_firm(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many joined each queue of the whole firm last week, and how many gave up.

        Both int64, shape (n_queues,).
        Of a slice those who gave up are drawn, Poisson around k times what its waits would have
        made of them on average, as with voiced failures (``sim.improvement.slices``).
        """
        model, k = self.model, self.model.blueprint.stands_for
        week = self._members @ model.state.queue_tallies
        joined, gave_up = k * week[:, QUEUE_JOINED], week[:, QUEUE_ABANDONED]
        if k > 1:
            key, means = model.state.keys[DRAW_SLICE_WAITS], k * week[:, QUEUE_FORESEEN] / FIXED
            for place, (queue, mean) in enumerate(zip(self.queues, means.tolist(), strict=True)):
                lanes = block(key, queue.counter, model.week, int(queue.live), 0)
                gave_up[place] = poisson_at_any_mean(mean, lanes)
        return joined, gave_up

    def reset(self, place: int, week: int, quiet: int = 0) -> None:
        """Start counting anew at a queue, after some quiet weeks."""
        self.level[place] = 0.0
        self.quiet_until[place] = max(int(self.quiet_until[place]), week + quiet)

    def shelve(self, alarm: Alarm) -> None:
        """Drop an alarm that nothing can be proposed about; it is quiet for some weeks."""
        register, week = self.model.register, self.model.week
        register.alarms.remove(alarm)
        if alarm.queue is not None:
            self.reset(alarm.queue, week, QUIET_WEEKS)
        if register.in_window(week):
            register.outcomes.shelved += 1
