"""Where people of the line work: planned from scratch for the heads that roles leave (rule E5).

Under every org model, the baseline too, each function first gets the least number that keeps
up with its work. Every further head goes where it lets the fewest customers give up. So a head
that a role takes is missed where it is missed least, and none is dear because a share was
rounded.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, gammaln

from sim.engine.draws import DRAW_LINE
from sim.engine.philox import block, decision_keys, uniform
from sim.organisation.planned_visits import share_by_person, visits_per_hour
from sim.state.blueprint import Blueprint

DIGITS = 9
"""Digits by which two falls are compared: functions alike in all fall alike but for rounding."""
CLOSE = 1e-6
"""Chance of giving up, once waiting, below which its closed form has lost its digits."""
FEWEST_AHEAD = 64
"""Heads beyond those a function needs for which falls are worked out at once, at least."""


@dataclass(frozen=True)
class PlannedWork:
    """What comes to a function's people as planned, before any lever.

    Attributes
    ----------
    live, deferred : float
        λ, visits an hour.
    served : float
        μ, visits an hour that one person serves beside ordinary meetings.
    patience_live, patience_deferred : float
        Mean patience, hours.
    """

    live: float
    deferred: float
    served: float
    patience_live: float
    patience_deferred: float

    @property
    def load(self) -> float:
        """Return a: people who would be busy all day."""
        return (self.live + self.deferred) / self.served if self.served > 0.0 else 0.0

    def unserved(self, heads: np.ndarray) -> np.ndarray:
        """Return J(n) = λ_live·P_ab + λ_def·min(1, E[W_def]/patience), customers an hour.

        P_ab is Erlang-A's (Garnett, Mandelbaum & Reiman 2002) for what is live alone;
        E[W_def] = C(n, a)/(nμ(1 − ρ_live)(1 − ρ)), as what is live goes first (Cobham 1954). Where
        the people cannot keep up, ρ ≥ 1, all that is deferred counts as unserved.

        Parameters
        ----------
        heads : numpy.ndarray
            n, float64, at least 1.
        """
        if self.load <= 0.0:
            return np.zeros(len(heads))
        return np.asarray(self.live * self._abandoning(heads) + self.deferred * self._late(heads))

    def _abandoning(self, heads: np.ndarray) -> np.ndarray:
        """Return P(abandon) of Erlang-A for what is live."""
        if self.live <= 0.0:
            return np.zeros(len(heads))
        use = self.live / (heads * self.served)
        busy, leaving = heads * self.served * self.patience_live, self.live * self.patience_live
        with np.errstate(divide="ignore", over="ignore"):
            # A = x·e^y·y^−x·γ(x, y): where nothing of it is left, the queue is geometric.
            log_total = np.log(busy) + leaving - busy * np.log(leaving) + gammaln(busy)
            inverse = np.exp(-(log_total + np.log(gammainc(busy, leaving))))
            inverse = np.where(np.isfinite(inverse), inverse, 1.0 - use)
            gives_up = inverse / use + 1.0 - 1.0 / use
            close = (use < 1.0) & (gives_up < CLOSE)
            gives_up = np.where(close, 1.0 / np.maximum(busy - leaving, 1.0), gives_up)
        all_busy = _all_busy(heads, self.live / self.served)
        waits = all_busy / (inverse + (1.0 - inverse) * all_busy)
        return np.asarray(waits * gives_up)

    def _late(self, heads: np.ndarray) -> np.ndarray:
        """Return min(1, E[W_def]/patience), 1 where the people cannot keep up."""
        use = self.load / heads
        lost = _all_busy(heads, self.load)
        keeps_up = use < 1.0
        left, left_by_live = (
            np.where(keeps_up, 1.0 - load / heads, 1.0)
            for load in (self.load, self.live / self.served)
        )
        waits = lost / (1.0 - (1.0 - lost) * np.minimum(use, 1.0))
        wait = waits / (heads * self.served * left_by_live * left)
        return np.where(keeps_up, np.minimum(1.0, wait / self.patience_deferred), 1.0)


def _all_busy(heads: np.ndarray, load: float) -> np.ndarray:
    """Return Erlang's B for many numbers of servers at once: e^−a·aⁿ/n! ÷ P(Poisson(a) ≤ n)."""
    below = gammaincc(heads + 1.0, load)
    with np.errstate(divide="ignore"):
        found = np.exp(heads * np.log(load) - load - gammaln(heads + 1.0) - np.log(below))
    return np.where(below > 0.0, found, 1.0 - heads / load)


def planned_work(blueprint: Blueprint, load: np.ndarray) -> list[PlannedWork]:
    """Return what comes to each function's people as planned.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    load : numpy.ndarray
        Planned work, hours an hour, with the rework that is planned for, shape (n_functions,).
    """
    p = blueprint.study.assumed
    steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
    people = np.array([0.0 if each.minutes == 0.0 else share_by_person(each) for each in steps])
    visits = visits_per_hour(blueprint) * people * (1.0 + p["planned_rework"])
    live = np.array([each.mode == "live" for each in steps])
    segments = blueprint.study.segments
    usual = sum(s.share * s.patience for s in segments) / sum(s.share for s in segments)
    found = []
    for place, hours in enumerate(load.tolist()):
        mine = blueprint.owners == place
        rates = [float(visits[mine & kind].sum()) for kind in (live, ~live)]
        serving = 1.0 - p["ordinary_meetings_share"]
        served = serving * sum(rates) / hours if hours > 0.0 else 0.0
        patience = (p["patience_live_hours"] * usual, p["patience_deferred_hours"] * usual)
        found.append(PlannedWork(rates[0], rates[1], served, patience[0], patience[1]))
    return found


class _Falls:
    """How much J falls with each further head of a function, as far as anybody asks.

    J is not convex where a function cannot keep up: the first heads change nothing and the next
    ones much. There a head counts for the mean fall of those it takes to get out of it, as on the
    convex hull of J, so that falls never rise from one head to the next.
    """

    def __init__(self, work: PlannedWork, first: int):
        self._work = work
        self._first = first
        self._falls = np.zeros(0)

    def after(self, heads: int) -> float:
        """Return the fall from `heads` to one more, to `DIGITS` digits."""
        place = heads - self._first
        if place >= len(self._falls):
            need = max(self._work.load - self._first, 0.0)
            room = max(2 * place, FEWEST_AHEAD + int(1.5 * need + 0.5 * self._first))
            unserved = self._work.unserved(np.arange(self._first, self._first + room + 2.0))
            self._falls = _never_rising(unserved[:-1] - unserved[1:])
        return float(f"{self._falls[place]:.{DIGITS - 1}e}")


def _never_rising(falls: np.ndarray) -> np.ndarray:
    """Return the slopes of the convex hull: neighbours that rise are made their mean."""
    if bool((falls[1:] <= falls[:-1]).all()):
        return falls
    means: list[float] = []
    widths: list[int] = []
    for fall in falls.tolist():
        mean, width = fall, 1
        while means and means[-1] < mean:
            mean = (mean * width + means[-1] * widths[-1]) / (width + widths[-1])
            width += widths.pop()
            means.pop()
        means.append(mean)
        widths.append(width)
    return np.repeat(means, widths)


class LinePlan:
    """How the people of one enterprise's line are spread over its functions.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    load : numpy.ndarray
        Planned work, hours an hour, with the rework that is planned for, shape (n_functions,).
    usual : numpy.ndarray
        Heads before any lever, int, shape (n_functions,): what the enterprise gives, and else
        what makes up how many there are.
    """

    def __init__(self, blueprint: Blueprint, load: np.ndarray, usual: np.ndarray):
        self._blueprint = blueprint
        self._usual = usual
        self._work = planned_work(blueprint, load)
        p = blueprint.study.assumed
        serving = 1.0 - p["ordinary_meetings_share"]
        least = np.floor(load / serving / p["utilisation_cap"]).astype(int) + 1
        places = range(len(blueprint.functions))
        self._given = np.array([blueprint.declared(f).heads is not None for f in places])
        self._least = np.where(self._given, usual, least)
        key = decision_keys(blueprint.study.design.seed, 0)[DRAW_LINE]
        self._lots = [
            float(uniform(block(key, counter, 0, 0, 0)[0]))
            for counter in blueprint.function_counters
        ]

    def line(self, change: int) -> np.ndarray:
        """Return the line with so many heads more than usual, or fewer.

        Parameters
        ----------
        change : int
            Heads hired less those that leave the line.

        Returns
        -------
        numpy.ndarray
            int, shape (n_functions,), at least one each.
        """
        if not self._given.any():
            return self._from_scratch(int(self._usual.sum()) + change)
        before = self._usual.copy()
        open_ = np.flatnonzero(~self._given)
        if len(open_):
            before[open_] = self._spread(open_, int(self._usual[open_].sum()))
        if change > 0:
            return self._more(before, change, range(len(before)))
        return self._fewer(before, -change)

    def _from_scratch(self, total: int) -> np.ndarray:
        """Return the line of an enterprise that says of no function how many it has."""
        places = np.arange(len(self._usual))
        spare = total - int(self._least.sum())
        if spare < 0:
            return self._spread(places, total)
        # The order in which heads are given is the same however many there are.
        kept = self._blueprint.worked_out
        if "line" not in kept or len(kept["line"]) < spare:
            most = max(spare, int(self._usual.sum()) - int(self._least.sum()))
            kept["line"] = np.array(self._order(self._least, most, places.tolist()), int)
        return self._least + np.bincount(kept["line"][:spare], minlength=len(places))

    def _spread(self, places: np.ndarray, total: int) -> np.ndarray:
        """Return the heads of some functions; if the least numbers are too many, from one each."""
        start = np.zeros_like(self._usual)
        start[places] = self._least[places]
        if start.sum() > total:
            start[places] = 1
        return self._more(start, total - int(start.sum()), places.tolist())[places]

    def _more(self, start: np.ndarray, number: int, places: list[int] | range) -> np.ndarray:
        return start + np.bincount(self._order(start, number, places), minlength=len(start))

    def _order(self, start: np.ndarray, number: int, places: list[int] | range) -> list[int]:
        """Return the functions that further heads go to, one by one, where J falls most."""
        falls = {place: _Falls(self._work[place], int(start[place])) for place in places}
        heads = start.tolist()
        return self._drawn(number, places, heads, lambda f: -falls[f].after(heads[f]), 1)

    def _fewer(self, start: np.ndarray, number: int) -> np.ndarray:
        """Return what is left once heads are taken, one by one, where J rises least."""
        heads = start.tolist()
        falls = [_Falls(work, 1) for work in self._work]
        there = [place for place in range(len(heads)) if heads[place] > 1]
        self._drawn(number, there, heads, lambda f: falls[f].after(heads[f] - 1), -1)
        return np.array(heads)

    def _drawn(
        self,
        number: int,
        places: list[int] | range,
        heads: list[int],
        cost: Callable[[int], float],
        step: int,
    ) -> list[int]:
        """Change heads by one so many times where it costs least; return where, in order.

        Ties go to the larger function, then by a draw that its name decides.
        """
        waiting = [(cost(f), -heads[f], self._lots[f], f) for f in places]
        heapq.heapify(waiting)
        order = []
        for _ in range(number):
            place = waiting[0][-1]
            heads[place] += step
            order.append(place)
            if step < 0 and heads[place] == 1:
                heapq.heappop(waiting)
            else:
                heapq.heapreplace(waiting, (cost(place), -heads[place], self._lots[place], place))
        return order
