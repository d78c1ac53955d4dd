"""A function's desk: its queues and its servers, as an ordinary Mesa agent."""

from __future__ import annotations

import math
from collections import deque
from heapq import heapify, heapreplace
from typing import Any

import mesa
import numpy as np

from benchmarks.plain.case import Case
from benchmarks.plain.draws import PATIENCE, TIE
from sim.state.cases import ABANDONED, DEFERRED, IN_SERVICE, LIVE, N_QUEUES, QUEUED
from sim.state.tallies import (
    FIXED,
    QUEUE_ABANDONED,
    QUEUE_FORESEEN,
    QUEUE_JOINED,
    QUEUE_SERVED,
    TOUCH_ABANDONED,
    TOUCH_WAIT,
)


class Desk(mesa.Agent):
    """Serves live before deferred, first come first served within each.

    Parameters
    ----------
    model : mesa.Model
        The enterprise's model.
    place : int
        The function.
    n_servers : int
        People in the line.
    """

    def __init__(self, model: Any, place: int, n_servers: int):
        super().__init__(model)
        self.place = place
        self.rules = model.enterprise.rules
        self.queues: tuple[deque[Case], ...] = tuple(deque() for _ in range(N_QUEUES))
        self.first_journey = -1
        self.free_at = [0.0] * n_servers
        self.slowness = 1.0
        self.goes_on = 0.0
        self.busy = 0
        self.served = 0

    def set_week(self, record: np.void) -> None:
        """Take in how fast the function works, and what it serves first."""
        self.slowness = float(record["slowness"])
        self.goes_on = float(record["goes_on"])
        self.first_journey = int(record["first_journey"])

    def join(self, case: Case) -> None:
        """Put a case at the end of its queue; patience is drawn now."""
        rules, step, customer = self.rules, case.step, case.customer
        standing = customer.standing_with(self.place)
        goodwill = math.exp(rules.patience_standing_slope * (standing - rules.standing_base))
        case.patience = step.mean_patience * customer.segment.patience * goodwill
        case.joined = case.due
        drawn = case.luck[PATIENCE]
        if step.live and rules.patience_power != 1.0:
            drawn = rules.patience_unit * drawn**rules.patience_power
        case.deadline = case.joined + case.patience * drawn
        step.queue[QUEUE_JOINED] += 1
        case.tie = case.luck[TIE]
        case.state = QUEUED
        rank = LIVE if step.live else DEFERRED
        if case.journey.place == self.first_journey:
            rank -= 1
        self.queues[rank].append(case)

    def serve(self, tick: int, ending: list[Case], calendar: dict[int, list[Case]]) -> None:
        """Serve until nothing more can start in the tick.

        Parameters
        ----------
        tick : int
            The tick.
        ending : list of Case
            Takes what ends within the tick.
        calendar : dict
            Takes what ends later, by tick.
        """
        queues, free_at = self.queues, self.free_at
        tick_hours = self.rules.tick_hours
        end = (tick + 1) * tick_hours
        while any(queues):
            start = max(free_at[0], min(queue[0].joined for queue in queues if queue))
            if start >= end:
                return
            queue = next(queue for queue in queues if queue and queue[0].joined <= start)
            case = queue.popleft()
            if self.rules.sliced and start > case.joined:
                risk = (start - case.joined) / case.patience
                if case.step.live and self.rules.patience_power != 1.0:
                    risk = (risk / self.rules.patience_unit) ** (1.0 / self.rules.patience_power)
                stays = math.exp(-risk)
                case.step.queue[QUEUE_FORESEEN] += int((1.0 - stays) * FIXED)
            if start > case.deadline:
                self.abandon(case)
                self.note_wait(case, case.deadline)
                ending.append(case)
                continue
            case.waited = (start - case.joined) / case.step.mean_patience
            self.note_wait(case, start)
            hours = case.begin_visit(start) * self.slowness
            case.attended(start)
            self.busy += int(hours * FIXED)
            self.served += 1
            case.step.queue[QUEUE_SERVED] += 1
            until = start + hours
            heapreplace(free_at, self.free_again(case, until, tick))
            case.state = IN_SERVICE
            case.due = until
            if until < end:
                ending.append(case)
            else:
                calendar[max(tick + 1, int(until / tick_hours))].append(case)

    def note_wait(self, case: Case, hour: float) -> None:
        """Note how long a case has waited, for who may act on it next week."""
        if self.rules.soft:
            case.step.waited[0] += int((hour - case.joined) * FIXED)
            case.step.waited[1] += 1

    def free_again(self, case: Case, until: float, earliest: int) -> float:
        """Return when who serves a visit that ends at an hour can turn to another case."""
        chance, tick_hours = self.goes_on, self.rules.tick_hours
        case.stays = chance > 0.0 and case.will_be_gone_on_with(self.place, chance)
        if not case.stays:
            return until
        tick = earliest
        if until >= (earliest + 1) * tick_hours:
            tick = max(int(until / tick_hours), earliest + 1)
        return (tick + 1) * tick_hours

    def go_on(self, case: Case, hour: float, now: int) -> float | None:
        """Do the step a case stands before, in its owner's place; return when that will end."""
        held = (now + 1) * self.rules.tick_hours
        if held not in self.free_at:
            return None
        case.helper = self.place
        case.joined, case.waited, case.tie = hour, 0.0, case.luck[TIE]
        hours = case.begin_visit(hour) * self.slowness * self.rules.generalist_slowdown
        case.attended(hour)
        self.busy += int(hours * FIXED)
        self.free_at[self.free_at.index(held)] = self.free_again(case, hour + hours, now + 1)
        heapify(self.free_at)
        case.state = IN_SERVICE
        return hour + hours

    def abandon(self, case: Case) -> None:
        """Settle a case whose patience ended before a server turned to it."""
        case.state = ABANDONED
        case.due = case.deadline
        case.step.queue[QUEUE_ABANDONED] += 1
        rules = self.rules
        if rules.day_zero <= case.deadline < rules.day_end:
            tally = case.step.tally
            tally[TOUCH_WAIT] += int((case.deadline - case.joined) * FIXED)
            tally[TOUCH_ABANDONED] += 1
