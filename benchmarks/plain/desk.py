"""A function's desk: its queues and its servers, as an ordinary Mesa agent."""

from __future__ import annotations

import math
from collections import deque
from heapq import heapreplace
from typing import Any

import mesa

from benchmarks.plain.case import Case
from benchmarks.plain.draws import PATIENCE, TIE
from sim.cases import ABANDONED, IN_SERVICE, QUEUED
from sim.tallies import FIXED, TOUCH_ABANDONED, TOUCH_WAIT


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
        self.live: deque[Case] = deque()
        self.deferred: deque[Case] = deque()
        self.free_at = [0.0] * n_servers
        self.slowness = 1.0
        self.busy = 0
        self.served = 0

    def join(self, case: Case) -> None:
        """Put a case at the end of its queue; patience is drawn now."""
        rules, step, customer = self.rules, case.step, case.customer
        standing = customer.contact(self.place).standing
        goodwill = math.exp(rules.patience_standing_slope * (standing - rules.standing_base))
        patience = step.mean_patience * customer.segment.patience * goodwill * case.luck[PATIENCE]
        case.joined = case.due
        case.deadline = case.joined + patience
        case.tie = case.luck[TIE]
        case.state = QUEUED
        (self.live if step.live else self.deferred).append(case)

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
        live, deferred, free_at = self.live, self.deferred, self.free_at
        tick_hours = self.rules.tick_hours
        end = (tick + 1) * tick_hours
        while live or deferred:
            live_join = live[0].joined if live else math.inf
            deferred_join = deferred[0].joined if deferred else math.inf
            start = max(free_at[0], min(live_join, deferred_join))
            if start >= end:
                return
            case = live.popleft() if live_join <= start else deferred.popleft()
            if start > case.deadline:
                self.abandon(case)
                ending.append(case)
                continue
            case.waited = (start - case.joined) / case.step.mean_patience
            hours = case.begin_visit(start) * self.slowness
            self.busy += int(hours * FIXED)
            self.served += 1
            until = start + hours
            heapreplace(free_at, until)
            case.state = IN_SERVICE
            case.due = until
            last = int(until / tick_hours)
            if last <= tick:
                ending.append(case)
            else:
                calendar[last].append(case)

    def abandon(self, case: Case) -> None:
        """Settle a case whose patience ended before a server turned to it."""
        case.state = ABANDONED
        case.due = case.deadline
        rules = self.rules
        if rules.day_zero <= case.deadline < rules.day_end:
            tally = case.step.tally
            tally[TOUCH_WAIT] += int((case.deadline - case.joined) * FIXED)
            tally[TOUCH_ABANDONED] += 1
