"""Customers whose reports say what would put a failure right (rule E7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.plain.customer import Customer
from sim.engine.draws import DRAW_INVITE, DRAW_REMEDY
from sim.engine.philox import block, uniform
from sim.state.tallies import CARRIED, CARRIED_EXPECTED, CARRIED_FORESEEN, FIXED

if TYPE_CHECKING:
    from benchmarks.plain.case import Case


def is_invited(customer: Customer, hour: float) -> bool:
    """Tell whether a workshop's invitation to a person holds at an hour."""
    key, place = customer.keys[DRAW_INVITE], customer.place
    first = int(uniform(block(key, place, 0, 0, 0)[1]) * 52)
    year, week = 0, first
    while week <= int(hour / 40.0):  # in the week `first` of each year a new one may come
        year, week = year + 1, week + 52
    drawn = uniform(block(key, place, year, 0, 0)[0])
    return bool(drawn < customer.rules.invited[first])


def chance_of_remedy(customer: Customer, function: int, hour: float) -> float:
    """Return the chance that a customer's report on a function carries a remedy."""
    rules = customer.rules
    if function < 0:
        return 0.0
    beyond = customer.standing_with(function) - rules.standing_base
    if beyond <= 0.0:
        return 0.0
    if not customer.represented and not (any(rules.invited) and is_invited(customer, hour)):
        return 0.0
    return float(rules.remedy_share * beyond / (1.0 - rules.standing_base))


def carry(
    case: Case, caused_at: int, lane: int, voiced: bool, expected: float, foreseen: float
) -> None:
    """Count a report that carries a remedy, and how many would on average.

    Parameters
    ----------
    case : Case
        Whose failure it is, at the step it stands before.
    caused_at : int
        What caused it.
    lane : int
        0 for an error, 1 for a fault, 2 for a loss.
    voiced : bool
        Whether there is a report.
    expected, foreseen : float
        Reports on average without a defect, and with those there are.
    """
    customer, step = case.customer, case.step
    chance = chance_of_remedy(customer, step.owner, case.due) if customer.rules.remedy_share else 0
    if chance <= 0.0:
        return
    who = int(customer.represented)
    if voiced:
        words = (customer.place, case.number, step.counter, 4 * case.visits[step.local])
        if uniform(block(case.keys[DRAW_REMEDY], *words)[lane]) < chance:
            step.carry(caused_at, who, CARRIED, 1)
    if not customer.represented:
        step.carry(caused_at, who, CARRIED_EXPECTED, int(expected * chance * FIXED))
    if customer.rules.sliced:
        step.carry(caused_at, who, CARRIED_FORESEEN, int(foreseen * chance * FIXED))
