"""Revenue, margin and net value of a run (rule M12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.blueprint import DAYS_PER_YEAR, HOURS_PER_YEAR
from sim.tallies import CASE_COMPLETED, CASE_CONCEDED, FIXED

if TYPE_CHECKING:
    from sim.model import EnterpriseModel


def _stay(model: EnterpriseModel, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return from when to when each is a customer, in years of the window."""
    rules = model.state.rules[0]
    start, end = float(rules["day_zero"]), float(rules["day_end"])
    first = np.clip(model.state.customers["joined_at"], start, end)
    last = np.maximum(first, np.clip(left, start, end))
    return (first - start) / HOURS_PER_YEAR, (last - start) / HOURS_PER_YEAR


def _day_zero_customers(model: EnterpriseModel) -> int:
    day_zero = model.state.rules[0]["day_zero"]
    return max(1, int((model.state.customers["joined_at"] <= day_zero).sum()))


def revenue(model: EnterpriseModel, left: np.ndarray) -> float:
    """Return revenue in the window per customer present at day 0, money.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run.
    left : numpy.ndarray
        Hour at which each customer left, shape (n_customers,).
    """
    first, last = _stay(model, left)
    yearly = np.array([s.revenue_per_year for s in model.study.market.segments.values()])
    earned = yearly[model.state.customers["segment"]] * (last - first)
    return float(earned.sum()) / _day_zero_customers(model)


def margins(model: EnterpriseModel, left: np.ndarray) -> np.ndarray:
    """Return each customer's discounted margin in the window, money, shape (n_customers,)."""
    rate = model.organisation.parameters["discount_rate"]
    first, last = _stay(model, left)
    yearly = np.array(
        [s.revenue_per_year * s.margin_share for s in model.study.market.segments.values()]
    )
    return yearly[model.state.customers["segment"]] * _discounted_time(first, last, rate)


def _discounted_time(first: np.ndarray, last: np.ndarray, rate: float) -> np.ndarray:
    """Return ∫e^(−rt)dt over a stay, years."""
    if rate == 0.0:
        return last - first
    return (np.exp(-rate * first) - np.exp(-rate * last)) / rate


def net_value(model: EnterpriseModel, left: np.ndarray) -> float:
    """Return margin − running cost in the window, discounted, per day-0 customer, money.

    The margin of a completed journey counts at the middle of the month its need began.
    """
    parameters = model.organisation.parameters
    rate = parameters["discount_rate"]
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    completed = model.state.case_tallies[..., CASE_COMPLETED].sum(axis=1)
    months = (np.arange(completed.shape[1]) + 0.5) / 12.0
    values = np.array([model.blueprint.journey(name).value for name in model.blueprint.journeys])
    from_journeys = float((values[:, None] * completed * np.exp(-rate * months)).sum())
    wages = model.organisation.staff.total * parameters["wage_per_year"]
    cost = wages * float(_discounted_time(np.zeros(1), np.array([years]), rate)[0])
    given_up = model.state.case_tallies[..., CASE_CONCEDED].sum(axis=(0, 1)) / FIXED
    given_up = float((given_up * np.exp(-rate * months)).sum())
    total = float(margins(model, left).sum()) + from_journeys - given_up - cost
    return total / _day_zero_customers(model)


def conceded(model: EnterpriseModel) -> float:
    """Return the margin given up in negotiations, per day-0 customer, money."""
    total = float(model.state.case_tallies[..., CASE_CONCEDED].sum()) / FIXED
    return total / _day_zero_customers(model)


def lifetime_value(model: EnterpriseModel, left: np.ndarray) -> float:
    """Return the margin of day-0 customers in the window and beyond, discounted, money each.

    Whoever is still there is worth a year's margin over yearly churn plus the discount
    rate (Gupta & Lehmann 2005), churn being that of the window.
    """
    rules, customers = model.state.rules[0], model.state.customers
    start, end = float(rules["day_zero"]), float(rules["day_end"])
    there = customers["joined_at"] <= start
    staying = there & (left > end)
    years = (end - start) / HOURS_PER_YEAR
    rate = model.organisation.parameters["discount_rate"]
    kept = max(staying.sum() / max(1, there.sum()), 1e-9)
    churn = -np.log(kept) / years
    yearly = np.array(
        [s.revenue_per_year * s.margin_share for s in model.study.market.segments.values()]
    )
    ahead = yearly[customers["segment"]][staying].sum() / max(churn + rate, 1e-9)
    total = margins(model, left)[there].sum() + ahead * np.exp(-rate * years)
    return float(total) / _day_zero_customers(model)
