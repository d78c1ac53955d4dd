"""When a customer leaves (rules M12, E7): the one home of joining, staying and leaving.

The hazard of leaving is constant between a customer's events and is consumed against one
threshold drawn once (a proportional hazard, Cox 1972). Forgetting a rival's quote is an event
in time: what is consumed up to it has the quote in it, and what comes after has not. Joining
and leaving are switched off during warm-up.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.compiled import kernel
from sim.state.rivals import advantage, forget, forgotten_at, hold_terms
from sim.study.working_time import HOURS_PER_DAY

if TYPE_CHECKING:
    from sim.state.arrays import State

MOST_EXPONENT = 85.0
"""Of a hazard, so that a float32 holds it: whoever comes near it has left the next moment."""
_ALL = slice(None)


@kernel
def is_present(customer, hour):
    """Tell whether somebody is a customer at an hour."""
    return customer["joined_at"] <= hour and not has_left(customer, hour)


@kernel
def has_left(customer, hour):
    """Tell whether somebody is known to have left by an hour; consume the hazard first."""
    return np.float64(customer["left_at"]) <= hour


@kernel
def consume_hazard(state, index, hour):
    """Consume the hazard of leaving up to an hour; a customer may turn out to have left.

    A quote that has been forgotten by then counts up to the moment of forgetting it. Joining
    and leaving are switched off during warm-up: nothing is consumed then.
    """
    day_zero = state.rules[0]["day_zero"]
    if state.rules[0]["rivals"] > 0:
        forgotten = forgotten_at(state.offers[index])
        if forgotten <= hour:
            _consume(state.customers[index], day_zero, forgotten)
            forget(state, index)
            renew_hazard(state, index)
    _consume(state.customers[index], day_zero, hour)


@kernel
def _consume(customer, day_zero, hour):
    """Consume a hazard that has been constant since it was consumed last."""
    since = np.float64(customer["since"])
    start = max(since, day_zero, customer["joined_at"])
    if hour <= start or has_left(customer, hour):
        return
    hazard = np.float64(customer["hazard"])
    customer["hazard_left"] -= hazard * (hour - start)
    customer["since"] = hour
    if customer["hazard_left"] <= 0.0:
        customer["left_at"] = hour + customer["hazard_left"] / hazard


@kernel
def renew_hazard(state, index):
    """Set the hazard from standing, memory and alternatives as they are now."""
    better = advantage(state, index) if state.rules[0]["rivals"] > 0 else 0.0
    state.customers[index]["hazard"] = hazard_with(state, index, better)


@kernel
def hazard_with(state, index, better):
    """Return a customer's hazard of leaving, an hour: h₀·exp(xβ).

    Parameters
    ----------
    better : float
        How much more a rival offers than the firm has conceded, a share of the yearly margin.
    """
    rules = state.rules[0]
    customer = state.customers[index]
    segment = state.segments[customer["segment"]]
    exponent = (
        rules["leaving_standing"] * (rules["standing_base"] - np.float64(customer["standing"]))
        - rules["leaving_memory"] * np.float64(customer["memory"])
        + rules["leaving_price"] * segment["price_sensitivity"]
    )
    if better > 0.0:
        exponent += rules["leaving_offer"] * better * math.exp(segment["price_sensitivity"])
        exponent = min(exponent, MOST_EXPONENT)
    return rules["leaving_per_day"] / HOURS_PER_DAY * math.exp(exponent)


@kernel
def take_terms(state, index, hour, money):
    """Let what a renewal has conceded, money a year, count from now on."""
    if state.rules[0]["rivals"] == 0:
        return
    consume_hazard(state, index, hour)
    if not has_left(state.customers[index], hour):
        hold_terms(state, index, money)
        renew_hazard(state, index)


def leaving_hours(state: State, rows: Any = _ALL) -> np.ndarray:
    """Return the hour at which each customer left, or will if nothing else happens to them.

    Parameters
    ----------
    state : State
        Its customers, and what they have seen of rivals.
    rows : slice, int or numpy.ndarray
        Which customers.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_rows,), infinite for who will never leave.
    """
    c, day_zero = state.customers[rows], float(state.rules[0]["day_zero"])
    since = np.maximum(np.maximum(c["since"], day_zero), c["joined_at"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = since + c["hazard_left"] / c["hazard"]
        if state.rules[0]["rivals"] > 0:
            ahead = _with_forgetting(state, rows, since, ahead)
    return np.where(np.isfinite(c["left_at"]), c["left_at"], ahead)


def _with_forgetting(state: State, rows: Any, since: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Return when each will leave, given when they would if no quote were ever forgotten."""
    c = state.customers[rows]
    numbers = np.atleast_1d(np.arange(len(state.customers))[rows])
    without, forgotten = np.empty(len(numbers), np.float32), np.empty(len(numbers))
    _look_past_quotes(state, numbers, without, forgotten)
    spent = c["hazard"].astype(float) * np.maximum(0.0, forgotten - since)
    later = np.maximum(since, forgotten) + (c["hazard_left"] - spent) / without
    return np.where(ahead > forgotten, later, ahead).reshape(np.shape(ahead))


@kernel
def _look_past_quotes(state, numbers, without, forgotten):
    """Write each one's hazard once the quote in mind is forgotten, and the hour of that."""
    for place in range(len(numbers)):
        index = numbers[place]
        without[place] = hazard_with(state, index, 0.0)
        forgotten[place] = forgotten_at(state.offers[index])


def left_by_now(state: State, rows: Any, hour: float) -> np.ndarray:
    """Return the hour at which each customer left, infinite for whoever has not by an hour.

    The hazard is consumed in the columns only when something happens to a customer; between
    events somebody may have left already. This is what `consume_hazard` would find, without
    storing it; parameters are those of `leaving_hours`.
    """
    found = leaving_hours(state, rows)
    return np.where(found <= hour, found, state.customers["left_at"][rows])
