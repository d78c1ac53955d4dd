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
    size = _needs(keys, customers, rates, counters, intents, joins, last, *_columns(0))
    columns = _columns(size)
    _needs(keys, customers, rates, counters, intents, joins, last, *columns)
    time, customer, journey = columns
    by_customer = np.lexsort((journey, time, customer))
    time, customer, journey = time[by_customer], customer[by_customer], journey[by_customer]
    first = np.searchsorted(customer, customer, side="left")
    need = (np.arange(size) - first).astype(np.int32)
    by_time = np.argsort(time, kind="stable")
    return Demand(customers, time[by_time], customer[by_time], journey[by_time], need[by_time])


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


def _columns(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros(size), np.zeros(size, np.int32), np.zeros(size, np.int32)


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
    """Fill the columns with needs as Poisson processes; return how many there are.

    Called with columns of length 0, it only counts.
    """
    count = 0
    store = len(time) > 0
    for index in range(len(customers)):
        segment = customers[index]["segment"]
        if intents[index] >= 0.0:
            if store:
                time[count] = intents[index]
                customer[count] = index
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
                if store:
                    time[count] = clock
                    customer[count] = index
                    journey[count] = kind
                count += 1
    return count
