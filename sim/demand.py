"""The exogenous demand table: who needs what, and when (rule M3).

Generated once for a market, root seed and replicate, before and independently of the
org model; every org model replays it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim import philox
from sim.blueprint import HOURS_PER_DAY, HOURS_PER_YEAR, NEVER, Blueprint
from sim.compiled import kernel
from sim.customers import CUSTOMER
from sim.philox import INTENT, NEED, decision_keys, exponential, uniform
from sim.scenario import Market

NEEDS_A_BIN = 4
"""Needs that a stretch of time has on average while they are sorted."""


@dataclass(frozen=True)
class Demand:
    """Customers and their needs, the needs sorted by time.

    Attributes
    ----------
    customers : numpy.ndarray
        CUSTOMER, shape (n_customers,), as they are before anything happens.
    time : numpy.ndarray
        Hour at which each need arises, float64, shape (n_needs,).
    customer, journey, need : numpy.ndarray
        Whose it is, which journey, and its number among the customer's needs, int32.
    """

    customers: np.ndarray
    time: np.ndarray
    customer: np.ndarray
    journey: np.ndarray
    need: np.ndarray


def generate(blueprint: Blueprint, replicate: int) -> Demand:
    """Return the demand table of one replicate.

    Parameters
    ----------
    blueprint : Blueprint
        Market and journeys.
    replicate : int
        Which luck.
    """
    scenario = blueprint.scenario
    design, market = scenario.design, scenario.market
    keys = decision_keys(design.seed, replicate)
    window = np.array([design.warm_up_days, design.warm_up_days + design.horizon_days])
    start, end = window * HOURS_PER_DAY
    last = end + design.follow_up_days * HOURS_PER_DAY
    segment_shares = np.cumsum([s.share for s in market.segments.values()])
    segment_shares[-1] = 2.0
    n_customers, n_prospects = market.simulated
    customers = np.zeros(n_customers + n_prospects, CUSTOMER)
    _people(keys, customers, segment_shares)
    customers["represented_from"] = start + _adopted(market, keys, len(customers))
    customers["represented"] = customers["represented_from"] <= 0.0
    customers["joined_at"] = -NEVER
    customers["left_at"] = NEVER
    intents = np.full(len(customers), -1.0)
    if n_prospects:
        customers["joined_at"][n_customers:] = NEVER
        _intents(keys, intents, n_customers, start, end)
    joins = _joining_journey(blueprint)
    counters = np.array([philox.name_counter(name) for name in blueprint.journeys], np.int64)
    rates = need_rates(blueprint)
    room, size = _most_likely(customers, rates, n_prospects, last), -1
    while size < 0:  # nothing is touched but what is needed, so room costs nothing
        columns = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
        size = _needs(keys, customers, rates, counters, intents, joins, last, *columns)
        room *= 2
    table = Demand(
        customers,
        np.empty(size),
        *(np.empty(size, np.int32) for _ in range(3)),
    )
    bins = np.zeros((2, size // NEEDS_A_BIN + 2), np.int64)
    _by_time(size, last, *columns, bins, table.time, table.customer, table.journey, table.need)
    return table


def _most_likely(customers: np.ndarray, rates: np.ndarray, n_prospects: int, last: float) -> int:
    """Return a number of needs that is hardly ever exceeded: the mean and six deviations."""
    people = np.bincount(customers["segment"], minlength=len(rates))
    mean = float(people @ rates.sum(axis=1)) * last + n_prospects
    return int(mean + 6.0 * math.sqrt(mean)) + 64


def need_rates(blueprint: Blueprint) -> np.ndarray:
    """Return needs an hour by segment and journey, float64, shape (n_segments, n_journeys)."""
    return np.array(
        [
            [segment.needs_per_year.get(name, 0.0) / HOURS_PER_YEAR for name in blueprint.journeys]
            for segment in blueprint.scenario.market.segments.values()
        ]
    )


def _joining_journey(blueprint: Blueprint) -> int:
    joining = [
        i for i, name in enumerate(blueprint.journeys) if blueprint.journey(name).effect == "joins"
    ]
    return joining[0] if joining else -1


def share_represented(market: Market, day: float) -> float:
    """Return the share of customers for whom a personal agent acts.

    a + (b − a)/(1 + 81^((m − t)/s)): s is the time from a tenth to nine tenths of the growth.

    Parameters
    ----------
    market : Market
        a, `agent_adoption`, and how it grows, if it does.
    day : float
        t, days since the window began.
    """
    first, growth = market.agent_adoption, market.adoption_growth
    if growth is None:
        return first
    exponent = min(700.0, math.log(81.0) * (growth.midpoint_days - day) / growth.span_days)
    return first + (growth.to - first) / (1.0 + math.exp(exponent))


def _adopted(market: Market, keys: np.ndarray, n_customers: int) -> np.ndarray:
    """Return when each customer is represented from, hours from the start of the window.

    Of those below the share represented at t a personal agent acts by then. Minus infinity for
    always, infinity for never.
    """
    drawn = np.zeros(n_customers)
    _openness(keys, drawn)
    first = market.agent_adoption
    hours = np.where(drawn < first, -NEVER, NEVER)
    growth = market.adoption_growth
    if growth is not None and growth.to > first:
        grown = (drawn - first) / (growth.to - first)
        later = (grown >= 0.0) & (grown < 1.0)
        odds = grown[later] / (1.0 - grown[later])
        with np.errstate(divide="ignore"):
            days = growth.midpoint_days + growth.span_days / math.log(81.0) * np.log(odds)
        hours[later] = days * HOURS_PER_DAY
    return hours


@kernel
def _openness(keys, drawn):
    """Draw how early each customer takes an agent, uniform; the lower, the earlier."""
    for index in range(len(drawn)):
        drawn[index] = uniform(philox.block(keys[philox.SEGMENT], index, 0, 0, 0)[1])


@kernel
def _people(keys, customers, segment_shares):
    """Draw each customer's segment and threshold of leaving."""
    for index in range(len(customers)):
        lanes = philox.block(keys[philox.SEGMENT], index, 0, 0, 0)
        segment = 0
        while uniform(lanes[0]) >= segment_shares[segment]:
            segment += 1
        customers[index]["segment"] = segment
        customers[index]["threshold"] = exponential(lanes[2])


@kernel
def _intents(keys, intents, first, start, end):
    """Draw when each prospect means to buy, uniformly over the window."""
    for index in range(first, len(intents)):
        lanes = philox.block(keys[INTENT], index, 0, 0, 0)
        intents[index] = start + uniform(lanes[0]) * (end - start)


@kernel
def _needs(keys, customers, rates, counters, intents, joins, last, time, customer, journey):
    """Fill the columns with needs as Poisson processes, customer by customer.

    Returns
    -------
    int
        How many there are, -1 if the columns are too short for them.
    """
    count = 0
    for index in range(len(customers)):
        first = count
        segment = customers[index]["segment"]
        if intents[index] >= 0.0:
            if count == len(time):
                return -1
            time[count] = intents[index]
            journey[count] = joins
            count += 1
        for kind in range(len(counters)):
            rate = rates[segment, kind]
            if rate <= 0.0:
                continue
            clock = max(intents[index], 0.0)
            number = 0
            while True:
                lanes = philox.block(keys[NEED], index, number, counters[kind], 0)
                clock += exponential(lanes[0]) / rate
                number += 1
                if clock >= last or math.isinf(clock):
                    break
                if count == len(time):
                    return -1
                time[count] = clock
                journey[count] = kind
                count += 1
        customer[first:count] = index
        _in_order(time, journey, first, count)
    return count


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
def _by_time(size, last, time, customer, journey, bins, times, customers, journeys, needs):
    """Sort needs by time, as a stable sort would, and number each customer's own.

    Needs are dealt into bins of a few each, customer by customer, and sorted within.
    """
    starts, filled = bins[0], bins[1]
    n_bins = len(starts) - 1
    for row in range(size):
        starts[1 + min(n_bins - 1, int(time[row] / last * n_bins))] += 1
    for place in range(n_bins):
        starts[place + 1] += starts[place]
    number = 0
    for row in range(size):
        number = number + 1 if row > 0 and customer[row] == customer[row - 1] else 0
        dealt = min(n_bins - 1, int(time[row] / last * n_bins))
        place = starts[dealt] + filled[dealt]
        filled[dealt] += 1
        while place > starts[dealt] and times[place - 1] > time[row]:
            times[place] = times[place - 1]
            customers[place] = customers[place - 1]
            journeys[place] = journeys[place - 1]
            needs[place] = needs[place - 1]
            place -= 1
        times[place] = time[row]
        customers[place] = customer[row]
        journeys[place] = journey[row]
        needs[place] = number
