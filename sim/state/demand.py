"""The exogenous demand table: who needs what, and when (rule M3).

Generated once for a market, root seed and replicate, before and independently of the
org model; every org model replays it. It is drawn stretch by stretch of time, in memory that
does not grow with the horizon, and a table of several stretches is kept in a file.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine import philox
from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_INTENT, DRAW_NEED, DRAW_SEGMENT
from sim.engine.philox import decision_keys, exponential, uniform
from sim.state.blueprint import Blueprint
from sim.state.demand_table import NEED, DemandTable, TableFile
from sim.state.opening_hours import needs_arise
from sim.state.population import segment_bounds, segment_of
from sim.study.working_time import HOURS_PER_DAY, HOURS_PER_YEAR

NEEDS_A_STRETCH = 2**21
"""Needs that are drawn at once, about; as many are held in memory without a file."""
NEEDS_A_BIN = 4
"""Needs that a stretch of time has on average while they are sorted."""


def generate(blueprint: Blueprint, replicate: int) -> DemandTable:
    """Return the demand table of one replicate.

    Parameters
    ----------
    blueprint : Blueprint
        Market and journeys.
    replicate : int
        Which luck.

    Raises
    ------
    OSError
        If the table needs a file and there is no room for one.
    """
    design = blueprint.study.design
    days = design.warm_up_days + design.horizon_days + design.follow_up_days
    last = float(days * HOURS_PER_DAY)
    source = _Source(blueprint, replicate, last)
    n_stretches = math.ceil(source.expected / NEEDS_A_STRETCH)
    if n_stretches <= 1:
        return DemandTable(source.until(last))
    with TableFile() as file:
        for stretch in range(n_stretches):
            file.append(source.until(last * (stretch + 1) / n_stretches))
        return file.table()


class _Source:
    """Everybody's needs to come, taken from it in the order of time.

    Parameters
    ----------
    blueprint : Blueprint
        Market and journeys.
    replicate : int
        Which luck.
    last : float
        Hour at which the table ends.
    """

    def __init__(self, blueprint: Blueprint, replicate: int, last: float):
        design, market = blueprint.study.design, blueprint.study.market
        n_customers, n_prospects = market.simulated
        n_people = n_customers + n_prospects
        self.blueprint = blueprint
        self.keys = decision_keys(design.seed, replicate)
        self.rates = need_rates(blueprint)
        names = [philox.name_counter(name) for name in blueprint.journeys]
        self.names = np.array(names, np.int64)
        self.segments = np.empty(n_people, np.uint8)
        self.next = np.empty((n_people, len(names)))
        self.drawn = np.zeros((n_people, len(names)), np.int32)
        self.told = np.zeros(n_people, np.int32)
        self.intents = np.full(n_people, -1.0)
        self.joins = _joining_journey(blueprint)
        self.hour = 0.0
        self.last = last
        if n_prospects:
            start = design.warm_up_days * HOURS_PER_DAY
            end = start + design.horizon_days * HOURS_PER_DAY
            _intents(self.keys, self.intents, n_customers, float(start), float(end))
        bounds = segment_bounds(market)
        _first_needs(
            self.keys, self.names, self.rates, bounds, self.segments, self.intents, self.next
        )
        people = np.bincount(self.segments, minlength=len(self.rates))
        self.expected = float(people @ self.rates.sum(axis=1)) * last + n_prospects

    def until(self, hour: float) -> np.ndarray:
        """Return the needs that arise before an hour and have not been taken yet.

        Returns
        -------
        numpy.ndarray
            NEED, sorted by time.
        """
        mean = self.expected * (hour - self.hour) / self.last
        # Hardly ever exceeded; nothing is touched but what is needed, so room costs nothing.
        columns = _columns(int(mean + 6.0 * math.sqrt(mean)) + 64)
        wishes = self.segments, self.intents, self.joins
        stream = self.next, self.drawn, *_desk(len(self.names))
        span = self.hour, hour
        person, size = 0, 0
        while True:
            person, size = _needs(
                self.keys, self.names, self.rates, wishes, stream, span, person, size, columns
            )
            if person == len(self.segments):
                break
            columns = tuple(np.resize(column, 2 * len(column)) for column in columns)
        needs = np.empty(size, NEED)
        bins = np.zeros((2, size // NEEDS_A_BIN + 2), np.int64)
        _by_time(size, span, columns, bins, self.told, needs)
        needs["time"] = needs_arise(self.blueprint, needs["time"])
        self.hour = hour
        return needs


def _desk(n_kinds: int) -> tuple[np.ndarray, np.ndarray]:
    """Return room for one customer: when each kind arises next, and how many were drawn."""
    return np.empty(n_kinds), np.empty(n_kinds, np.int32)


def _columns(room: int) -> tuple[np.ndarray, ...]:
    """Return columns for hour, customer and journey of needs, customer by customer."""
    return np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)


def need_rates(blueprint: Blueprint) -> np.ndarray:
    """Return needs an hour by segment and journey, float64, shape (n_segments, n_journeys)."""
    return np.array(
        [
            [segment.needs_per_year.get(name, 0.0) / HOURS_PER_YEAR for name in blueprint.journeys]
            for segment in blueprint.study.segments
        ]
    )


def _joining_journey(blueprint: Blueprint) -> int:
    joining = [
        i for i, name in enumerate(blueprint.journeys) if blueprint.journey(name).effect == "joins"
    ]
    return joining[0] if joining else -1


@kernel
def _intents(keys, intents, first, start, end):
    """Draw when each prospect means to buy, uniformly over the window."""
    for index in range(first, len(intents)):
        lanes = philox.block(keys[DRAW_INTENT], index, 0, 0, 0)
        intents[index] = start + uniform(lanes[0]) * (end - start)


@kernel
def _first_needs(keys, names, rates, bounds, segments, intents, upcoming):
    """Draw each customer's segment and when each kind of need arises first, infinite for never.

    A prospect needs nothing before the intent to buy.
    """
    for index in range(len(segments)):
        segments[index] = segment_of(philox.block(keys[DRAW_SEGMENT], index, 0, 0, 0), bounds)
        for kind in range(len(names)):
            rate = rates[segments[index], kind]
            upcoming[index, kind] = math.inf
            if rate > 0.0:
                gap = philox.block(keys[DRAW_NEED], index, 0, names[kind], 0)
                upcoming[index, kind] = max(intents[index], 0.0) + exponential(gap[0]) / rate


@kernel
def _needs(keys, names, rates, wishes, stream, span, person, count, columns):
    """Fill the columns with the needs of a span as Poisson processes, customer by customer.

    Returns
    -------
    person, count : int
        Who comes next, everybody being done or the columns being full, and the needs so far.
    """
    segments, intents, joins = wishes
    upcoming, drawn, desk, numbers = stream
    time, customer, journey = columns
    since, until = span
    for index in range(person, len(segments)):
        first = count
        if count == len(time):
            return index, first
        if since <= intents[index] < until:
            time[count] = intents[index]
            journey[count] = joins
            count += 1
        for kind in range(len(names)):
            clock = upcoming[index, kind]
            number = drawn[index, kind]
            while clock < until:
                if count == len(time):
                    return index, first
                time[count] = clock
                journey[count] = kind
                count += 1
                number += 1
                gap = philox.block(keys[DRAW_NEED], index, number, names[kind], 0)
                clock += exponential(gap[0]) / rates[segments[index], kind]
            desk[kind] = clock
            numbers[kind] = number
        upcoming[index] = desk
        drawn[index] = numbers
        customer[first:count] = index
        _in_order(time, journey, first, count)
    return len(segments), count


@kernel
def _comes_before(time, journey, one, other):
    """Tell whether a need arises before another of the same customer."""
    if time[one] != time[other]:
        return time[one] < time[other]
    return journey[one] < journey[other]


@kernel
def _sink(time, journey, first, root, size):
    """Let an entry of a heap, the latest need on top, sink to its place."""
    while True:
        largest = root
        for child in range(2 * root + 1, min(2 * root + 3, size)):
            if _comes_before(time, journey, first + largest, first + child):
                largest = child
        if largest == root:
            return
        one, other = first + root, first + largest
        time[one], time[other] = time[other], time[one]
        journey[one], journey[other] = journey[other], journey[one]
        root = largest


@kernel
def _in_order(time, journey, first, last):
    """Sort one customer's needs by time and journey, in place (heapsort)."""
    size = last - first
    for root in range(size // 2 - 1, -1, -1):
        _sink(time, journey, first, root, size)
    for end in range(size - 1, 0, -1):
        time[first], time[first + end] = time[first + end], time[first]
        journey[first], journey[first + end] = journey[first + end], journey[first]
        _sink(time, journey, first, 0, end)


@kernel
def _by_time(size, span, columns, bins, told, needs):
    """Sort needs by time, as a stable sort would, and number each customer's own.

    Needs are dealt into bins of a few each, customer by customer, and sorted within.
    """
    time, customer, journey = columns
    starts, filled = bins[0], bins[1]
    n_bins = len(starts) - 1
    since = span[0]
    scale = n_bins / (span[1] - since)
    for row in range(size):
        starts[1 + min(n_bins - 1, int((time[row] - since) * scale))] += 1
    for place in range(n_bins):
        starts[place + 1] += starts[place]
    for row in range(size):
        dealt = min(n_bins - 1, int((time[row] - since) * scale))
        place = starts[dealt] + filled[dealt]
        filled[dealt] += 1
        while place > starts[dealt] and needs[place - 1]["time"] > time[row]:
            needs[place] = needs[place - 1]
            place -= 1
        need = needs[place]
        need["time"] = time[row]
        need["customer"] = customer[row]
        need["journey"] = journey[row]
        need["need"] = told[customer[row]]
        told[customer[row]] += 1
