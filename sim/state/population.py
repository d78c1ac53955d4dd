"""Customers and prospects as they are before anything happens (rules M3, M12).

Who they are is drawn for a market, root seed and replicate, before and independently of the
org model: each customer from a block of their own.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine import philox
from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_SEGMENT
from sim.engine.philox import exponential, uniform
from sim.study.study import Market, Study
from sim.study.working_time import HOURS_PER_DAY, NEVER


def draw_population(study: Study, units: int, keys: np.ndarray, customers: np.ndarray) -> None:
    """Fill in who everybody is: customers first, then prospects.

    Parameters
    ----------
    study : Study
        Market and design.
    units : int
        Units of the firm. Where a customer lives is drawn once and the same under every org model:
        each unit has an equal part of the firm's country.
    keys : numpy.ndarray
        Key of every random decision, uint64.
    customers : numpy.ndarray
        CUSTOMER, shape (n_customers + n_prospects,), all zero.
    """
    market = study.market
    n_customers, _ = market.simulated
    _draw_people(keys, customers, segment_bounds(market), units)
    start = study.design.warm_up_days * HOURS_PER_DAY
    customers["represented_from"] = start + _adopted(market, keys, len(customers))
    customers["represented"] = customers["represented_from"] <= 0.0
    customers["joined_at"][:n_customers] = -NEVER
    customers["joined_at"][n_customers:] = NEVER
    customers["left_at"] = NEVER


def segment_bounds(market: Market) -> np.ndarray:
    """Return up to which draw each segment reaches, shape (n_segments,); the last one to all."""
    bounds = np.cumsum([segment.share for segment in market.segments.values()])
    bounds[-1] = 2.0
    return bounds


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
        drawn[index] = uniform(philox.block(keys[DRAW_SEGMENT], index, 0, 0, 0)[1])


@kernel
def segment_of(lanes, bounds):
    """Return the segment that a customer's block says."""
    segment = 0
    while uniform(lanes[0]) >= bounds[segment]:
        segment += 1
    return segment


@kernel
def _draw_people(keys, customers, bounds, units):
    """Draw each customer's segment, threshold of leaving, and unit."""
    for index in range(len(customers)):
        lanes = philox.block(keys[DRAW_SEGMENT], index, 0, 0, 0)
        customers[index]["segment"] = segment_of(lanes, bounds)
        customers[index]["hazard_left"] = exponential(lanes[2])
        customers[index]["unit"] = int(units * uniform(lanes[3]))
