"""When a customer leaves (rule M12): the one home of joining, staying and leaving.

The hazard of leaving is constant between a customer's events and is consumed against one
threshold drawn once (a proportional hazard, Cox 1972). Joining and leaving are switched off
during warm-up.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel
from sim.study.working_time import HOURS_PER_DAY


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

    Joining and leaving are switched off during warm-up: nothing is consumed then.
    """
    customer = state.customers[index]
    since = np.float64(customer["since"])
    start = max(since, state.rules[0]["day_zero"], customer["joined_at"])
    if hour <= start or has_left(customer, hour):
        return
    hazard = np.float64(customer["hazard"])
    customer["hazard_left"] -= hazard * (hour - start)
    customer["since"] = hour
    if customer["hazard_left"] <= 0.0:
        customer["left_at"] = hour + customer["hazard_left"] / hazard


@kernel
def renew_hazard(state, index):
    """Set the hazard from standing, memory and alternatives: h₀·exp(xβ)."""
    rules = state.rules[0]
    customer = state.customers[index]
    segment = state.segments[customer["segment"]]
    customer["hazard"] = (
        rules["leaving_per_day"]
        / HOURS_PER_DAY
        * math.exp(
            rules["leaving_standing"] * (rules["standing_base"] - np.float64(customer["standing"]))
            - rules["leaving_memory"] * np.float64(customer["memory"])
            + rules["leaving_price"] * segment["price_sensitivity"]
        )
    )


def leaving_hours(customers: np.ndarray, day_zero: float) -> np.ndarray:
    """Return the hour at which each customer left, or will at the present hazard.

    Parameters
    ----------
    customers : numpy.ndarray
        CUSTOMER, shape (n_customers,).
    day_zero : float
        Hour at which the window begins.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_customers,), infinite for who will never leave.
    """
    c = customers
    since = np.maximum(np.maximum(c["since"], day_zero), c["joined_at"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = since + c["hazard_left"] / c["hazard"]
    return np.where(np.isfinite(c["left_at"]) | ~np.isfinite(since), c["left_at"], ahead)


def left_by_now(customers: np.ndarray, day_zero: float, hour: float) -> np.ndarray:
    """Return the hour at which each customer left, infinite for whoever has not by an hour.

    The hazard is consumed in the columns only when something happens to a customer; between
    events somebody may have left already. This is what `consume_hazard` would find, without
    storing it; parameters are those of `leaving_hours`.
    """
    found = leaving_hours(customers, day_zero)
    return np.where(found <= hour, found, customers["left_at"])
