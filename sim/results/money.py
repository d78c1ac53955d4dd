"""Revenue, margin and net value of a run (rule M12)."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from sim.organisation.readings import EVERYBODY, parts
from sim.organisation.wages import Wages
from sim.state.leaving import leaving_hours
from sim.state.tallies import CASE_COMPLETED, CASE_CONCEDED, FIXED
from sim.study.working_time import DAYS_PER_WEEK, DAYS_PER_YEAR, HOURS_PER_WEEK, HOURS_PER_YEAR

if TYPE_CHECKING:
    from sim.model import EnterpriseModel

YEARS_PER_WEEK = HOURS_PER_WEEK / HOURS_PER_YEAR


def _stay(model: EnterpriseModel, rows: slice) -> tuple[np.ndarray, np.ndarray]:
    """Return from when to when each is a customer, in years of the window."""
    rules = model.state.rules[0]
    start, end = float(rules["day_zero"]), float(rules["day_end"])
    first = np.clip(model.state.customers["joined_at"][rows], start, end)
    last = np.maximum(first, np.clip(leaving_hours(model.state, rows), start, end))
    return (first - start) / HOURS_PER_YEAR, (last - start) / HOURS_PER_YEAR


def _day_zero_customers(model: EnterpriseModel) -> int:
    day_zero = model.state.rules[0]["day_zero"]
    return max(1, int((model.state.customers["joined_at"] <= day_zero).sum()))


def revenue(model: EnterpriseModel) -> float:
    """Return revenue in the window per customer present at day 0, money.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run.
    """
    yearly = np.array([s.revenue_per_year for s in model.study.segments])
    total = 0.0
    for rows in parts(model.state):
        first, last = _stay(model, rows)
        earned = yearly[model.state.customers["segment"][rows]] * (last - first)
        total += float(earned.sum())
    return total / _day_zero_customers(model)


def margins(model: EnterpriseModel, rows: slice = EVERYBODY) -> np.ndarray:
    """Return each customer's discounted margin in the window, money, shape (n_rows,)."""
    rate = model.organisation.parameters["discount_rate"]
    first, last = _stay(model, rows)
    return _yearly_margin(model, rows) * _margin_years(model, _Stays(first, last, rate))


def _yearly_margin(model: EnterpriseModel, rows: slice) -> np.ndarray:
    """Return each customer's margin a year, money, shape (n_rows,)."""
    segments = model.study.segments
    yearly = np.array([s.revenue_per_year * s.margin_share for s in segments])
    return yearly[model.state.customers["segment"][rows]]


def _margin_years(model: EnterpriseModel, stays: _Stays) -> np.ndarray:
    """Return for how many discounted years of its margin each stay counts, shape (n_stays,)."""
    return stays.whole + _from_releases(model, stays)


def _from_releases(model: EnterpriseModel, stays: _Stays) -> np.ndarray:
    """Return what releases add to stays, as discounted years of a margin without them.

    A release of the window pays from its launch. Earlier ones are part of the margin as it
    is; one that a review has kept from its launch is missing from it until then.
    """
    gain = model.organisation.parameters["release_gain"]
    start = float(model.state.rules[0]["day_zero"])
    total = np.zeros(len(stays.first))
    for planned, launch in model.releases.hours():
        at = max(0.0, (launch - start) / HOURS_PER_YEAR)
        if planned >= start:
            total += stays.after(at)
        elif at > 0.0:
            total -= stays.before(at)
    return gain * total


class _Stays:
    """Stays whose discounted time before and after a moment is asked for again and again.

    Most moments lie before or after all of them, where it is all of the time or none.

    Parameters
    ----------
    first, last : numpy.ndarray
        From when to when, years of the window, float64, shape (n_stays,).
    rate : float
        At which time is discounted, per year.
    """

    def __init__(self, first: np.ndarray, last: np.ndarray, rate: float) -> None:
        self.first, self.last, self.rate = first, last, rate
        self.begin = float(first.min(initial=np.inf))
        self.end = float(last.max(initial=-np.inf))
        self.whole = _discounted_time(first, last, rate)

    def after(self, at: float) -> np.ndarray | float:
        """Return the discounted time of each stay from a moment on, years."""
        if at <= self.begin:
            return self.whole
        if at >= self.end:
            return 0.0
        first, last = np.clip(self.first, at, None), np.clip(self.last, at, None)
        return _discounted_time(first, last, self.rate)

    def before(self, at: float) -> np.ndarray | float:
        """Return the discounted time of each stay up to a moment, years."""
        if at >= self.end:
            return self.whole
        if at <= self.begin:
            return 0.0
        first, last = np.clip(self.first, None, at), np.clip(self.last, None, at)
        return _discounted_time(first, last, self.rate)


def _discounted_time(first: np.ndarray, last: np.ndarray, rate: float) -> np.ndarray:
    """Return ∫e^(−rt)dt over a stay, years."""
    if rate == 0.0:
        return last - first
    return (np.exp(-rate * first) - np.exp(-rate * last)) / rate


def _journey_margins(model: EnterpriseModel) -> np.ndarray:
    """Return the discounted margin of journeys, less what was conceded, by month, money."""
    rate = model.organisation.parameters["discount_rate"]
    completed = model.state.case_tallies[..., CASE_COMPLETED].sum(axis=1)
    months = (np.arange(completed.shape[1]) + 0.5) / 12.0
    values = np.array([model.blueprint.journey(name).value for name in model.blueprint.journeys])
    earned = (values[:, None] * completed).sum(axis=0)
    given_up = model.state.case_tallies[..., CASE_CONCEDED].sum(axis=(0, 1)) / FIXED
    return (earned - given_up) * np.exp(-rate * months)


def net_value(model: EnterpriseModel) -> float:
    """Return the net value of the window, discounted, money per day-0 customer.

    Margin less what was conceded, running and one-off cost. The margin of a completed
    journey counts at the middle of the month its need began.
    """
    rate = model.organisation.parameters["discount_rate"]
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    from_journeys = float(_journey_margins(model).sum())
    cost = running_cost(model, 0.0, years, rate) + one_off_cost(model, 0.0, np.inf, rate)
    from_stays = sum(float(margins(model, rows).sum()) for rows in parts(model.state))
    total = from_stays + from_journeys - cost
    return total / _day_zero_customers(model)


def running_cost(model: EnterpriseModel, start: float, end: float, rate: float = 0.0) -> float:
    """Return wages and subscriptions of a part of the window, discounted, money.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run; of a slice, its part of the cost.
    start, end : float
        Years of the window.
    rate : float
        At which it is discounted, per year.
    """
    cost = 0.0
    for begin, finish, spending in _stretches_of_spending(model):
        first, last = max(start, begin), min(end, finish)
        if last > first:
            time = _discounted_time(np.array([first]), np.array([last]), rate)[0]
            cost += spending * float(time)
    return cost / model.study.market.slice


def _stretches_of_spending(model: EnterpriseModel) -> list[tuple[float, float, float]]:
    """Return from when to when how much is spent, years of the window and money a year.

    A change of the organisation at the same spending begins no stretch: one integral cut in two
    may differ from the whole in its last digit, and a change that costs nothing costs nothing.
    """
    segments = [
        (_year_of(model, week), organisation.staff.spending)
        for week, organisation in model.timeline.segments
    ]
    stretches = [next(alike) for _, alike in groupby(segments, key=itemgetter(1))]
    ends = [begin for begin, _ in stretches[1:]] + [np.inf]
    return [(begin, end, spending) for (begin, spending), end in zip(stretches, ends, strict=True)]


def one_head(model: EnterpriseModel) -> float:
    """Return what one head more costs over the window, discounted, money per day-0 customer.

    Of the function with the highest wage: who is dearer than that is worth more than one head.
    """
    rate = model.organisation.parameters["discount_rate"]
    years = np.array([model.study.design.horizon_days / DAYS_PER_YEAR])
    cost = Wages.of(model.blueprint).dearest / model.study.market.slice
    time = float(_discounted_time(np.zeros(1), years, rate)[0])
    return cost * time / _day_zero_customers(model)


def _year_of(model: EnterpriseModel, week: int) -> float:
    """Return when a week of the run begins, in years of the window, which may begin within one."""
    return (week - model.study.design.warm_up_days / DAYS_PER_WEEK) * YEARS_PER_WEEK


def one_off_cost(model: EnterpriseModel, start: float, end: float, rate: float = 0.0) -> float:
    """Return what was spent once in a part of the window, discounted, money.

    Parameters are those of `running_cost`.
    """
    at = [(max(0.0, _year_of(model, week)), cost) for week, cost in model.timeline.spent]
    total = sum(cost * float(np.exp(-rate * year)) for year, cost in at if start <= year < end)
    return total / model.study.market.slice


def net_value_by_month(model: EnterpriseModel) -> list[float]:
    """Return what each month of the window adds to net value, money per day-0 customer.

    The months of a window add up to its net value.
    """
    rate = model.organisation.parameters["discount_rate"]
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    totals = _journey_margins(model)
    months = [(month / 12.0, min(years, (month + 1) / 12.0)) for month in range(len(totals))]
    for rows in parts(model.state):
        first, last = _stay(model, rows)
        yearly = _yearly_margin(model, rows)
        for month, (start, end) in enumerate(months):
            stays = _Stays(np.clip(first, start, end), np.clip(last, start, end), rate)
            totals[month] += float((yearly * _margin_years(model, stays)).sum())
    for month, (start, end) in enumerate(months):
        totals[month] -= running_cost(model, start, end, rate)
        totals[month] -= one_off_cost(
            model, start, np.inf if month + 1 == len(months) else end, rate
        )
    return [float(total) for total in totals / _day_zero_customers(model)]


def conceded(model: EnterpriseModel) -> float:
    """Return the margin given up in negotiations, per day-0 customer, money."""
    total = float(model.state.case_tallies[..., CASE_CONCEDED].sum()) / FIXED
    return total / _day_zero_customers(model)


def lifetime_value(model: EnterpriseModel) -> float:
    """Return the margin of day-0 customers in the window and beyond, discounted, money each.

    Whoever is still there is worth a year's margin over yearly churn plus the discount
    rate (Gupta & Lehmann 2005), churn being that of the window.
    """
    rules, customers = model.state.rules[0], model.state.customers
    start, end = float(rules["day_zero"]), float(rules["day_end"])
    n_staying, yearly, so_far = 0, 0.0, 0.0
    for rows in parts(model.state):
        there = customers["joined_at"][rows] <= start
        staying = there & (leaving_hours(model.state, rows) > end)
        n_staying += int(staying.sum())
        yearly += float(_yearly_margin(model, rows)[staying].sum())
        so_far += float(margins(model, rows)[there].sum())
    years = (end - start) / HOURS_PER_YEAR
    rate = model.organisation.parameters["discount_rate"]
    kept = max(n_staying / _day_zero_customers(model), 1e-9)
    churn = -np.log(kept) / years
    ahead = yearly / max(churn + rate, 1e-9)
    return float(so_far + ahead * np.exp(-rate * years)) / _day_zero_customers(model)
