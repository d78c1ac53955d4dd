"""Columns of the customers, and of each customer with each function.

Standing is earned per customer and function as a Beta reputation with forgetting
(Jøsang & Ismail 2002, rule M6.1). When a customer leaves stands in ``sim.state.leaving``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel
from sim.state.leaving import renew_hazard

CUSTOMER = np.dtype(
    [
        ("hazard_left", "f8"),  # hazard still to be consumed before leaving
        ("joined_at", "f8"),  # hour of joining; infinite for a prospect who has not
        ("left_at", "f4"),  # hour of leaving, infinite while present
        ("since", "f4"),  # hour up to which hazard has been consumed
        ("hazard", "f4"),  # per hour, constant until the next event
        ("memory", "f4"),  # remembered satisfaction, 0 is as expected
        ("liking", "f4"),  # remembered experience, 0 to 1
        ("standing", "f4"),  # of the enterprise, weighted by contacts
        ("represented_from", "f4"),  # hour from which a personal agent acts for the customer
        ("touched", "f4"),  # hour that staleness was last settled
        ("record", "u4"),  # shared record: facts held
        ("stale", "u4"),  # of these, no longer true
        ("trials", "i4"),  # contacts so far, with all functions, each counted as below
        ("segment", "u1"),
        ("unit", "u1"),  # of the firm, whose customer it is
        ("represented", "u2"),
    ],
    align=True,
)
"""One line of memory (64 bytes) a customer."""

CONTACT = np.dtype(
    [
        ("record", "u4"),  # the function's own record: facts held
        ("stale", "u4"),  # of these, no longer true
        ("kept", "f4"),  # r
        ("broken", "f4"),  # s
        ("standing", "f4"),  # S as of the latest contact
        ("trials", "u2"),  # contacts so far; the count stops at MOST_TRIALS
        ("touched", "u2"),  # when staleness was last settled, in steps of STEP_HOURS
    ],
    align=True,
)

DROP = np.dtype(
    [
        ("lacked", "u4"),  # facts that were missing when something was last missing
        ("day", "u2"),  # of the run on which the customer's latest case was dropped
        ("site", "i2"),  # where it was dropped, -1 if none was
        ("touchpoint", "i2"),  # step before which or at which the case stood
        ("seam", "i2"),  # seam it crossed last, -1 if none
        ("origin", "i2"),  # touchpoint that left the fault which surfaced last, -1 if none did
        ("cause", "i2"),
    ],
    align=True,
)
"""Why a customer's latest dropped case was lost."""

STEP_HOURS = 2.0
"""What a function's record of a customer is aged by: a quarter of a day, to the nearest."""
MOST_TRIALS = 65_535
"""Contacts with one function from which more no longer add to its weight."""


def reputation(kept, broken, base, prior=2.0):
    """Return S = (r + pa)/(r + s + p) of promises kept r, broken s and a base rate a.

    With a prior weight p of 2 it is the expectation of a Beta reputation (Jøsang & Ismail 2002);
    numbers or arrays.
    """
    return (kept + prior * base) / (kept + broken + prior)


reputation_of = kernel(reputation)
"""The same in compiled rules, for numbers."""


@kernel
def settle_in(state):
    """Set every customer to what they are before any experience with the firm."""
    rules = state.rules[0]
    for index in range(len(state.customers)):
        customer = state.customers[index]
        customer["standing"] = rules["standing_base"]
        customer["liking"] = rules["expectation"]
        state.drops[index]["site"] = -1
        state.drops[index]["cause"] = -1
        renew_hazard(state, index)


@kernel
def standing_of_those(customers, joined_by):
    """Return the mean standing of those who had joined by an hour, NaN if nobody had.

    Parameters
    ----------
    customers : numpy.ndarray
        CUSTOMER, shape (n_customers,).
    joined_by : float
        The hour, since the start of the warm-up.
    """
    total, number = 0.0, 0
    for index in range(len(customers)):
        if customers[index]["joined_at"] <= joined_by:
            total += np.float64(customers[index]["standing"])
            number += 1
    return total / number if number > 0 else math.nan


@kernel
def in_own_unit(state, slot, place):
    """Return the touchpoint of a case's own unit, given the first unit's (rule E8)."""
    if state.touchpoints[place]["per_unit"] == 0:
        return place
    return place + state.customers[state.cases[slot]["customer"]]["unit"]


@kernel
def step_of(state, slot, local):
    """Return the touchpoint of a case's own unit that has a place within its journey."""
    steps, place = state.touchpoints, np.int64(state.cases[slot]["touchpoint"])
    while steps[place]["local"] > local:
        place -= 1
    while steps[place]["local"] < local:
        place += 1
    # Reached from above this is the last unit's; before the first unit's stands another step.
    while place > 0 and steps[place - 1]["counter"] == steps[place]["counter"]:
        place -= 1
    return in_own_unit(state, slot, place)


@kernel
def origin_of_fault(state, slot):
    """Return the touchpoint that left the fault which surfaces: of several the earliest step's."""
    local, faults = 0, state.cases[slot]["faults"]
    while faults & 1 == 0:
        faults >>= 1
        local += 1
    return step_of(state, slot, local)


@kernel
def standing_with(state, index, function):
    """Return S, the reputation of one function with one customer.

    The base rate is the market's; for a represented customer the ratings that others
    share have their part in it (a community's base rate, Jøsang & Ismail 2002).
    """
    contact = state.contacts[index * len(state.functions) + function]
    kept = np.float64(contact["kept"])
    broken = np.float64(contact["broken"])
    base = state.bases[state.customers[index]["represented"], function]
    return reputation_of(kept, broken, base, prior_weight(state.rules[0], kept, broken))


@kernel
def prior_weight(rules, kept, broken):
    """Return the weight of the base rate: 2, or what a fixed rate has left of it."""
    if rules["fixed_rate"] == 1:
        return max(2.0 - (kept + broken), 0.0)
    return 2.0


@kernel
def add_evidence(rules, contact, broken):
    """Add a promise kept or broken: r ← λr + kept and s ← λs + w·broken.

    At a fixed rate ρ (Jonker & Treur 1999), 1 − λ or w times that, S ← S + ρ(kept − S): what is
    known and the base rate have a weight of 2 together.
    """
    stays = rules["standing_memory"]
    gains = rules["broken_weight"] if broken else 1.0
    if rules["fixed_rate"] == 1:
        rate = min(gains * (1.0 - stays), 1.0)
        stays, gains = 1.0 - rate, 2.0 * rate
    kept = stays * np.float64(contact["kept"])
    lost = stays * np.float64(contact["broken"])
    contact["kept"] = kept + (0.0 if broken else gains)
    contact["broken"] = lost + (gains if broken else 0.0)


@kernel
def add_trial(state, index, function, broken):
    """Record one trial, a promise kept or broken, in both standings.

    Enterprise standing is the contact-weighted mean over functions, of each as it stood
    at the customer's latest contact with it: shared ratings enter at a customer's events.
    The mean is carried on in single precision, which may leave 0 to 1 by a rounding.
    """
    rules = state.rules[0]
    customer = state.customers[index]
    contact = state.contacts[index * len(state.functions) + function]
    before = contact["trials"] * np.float64(contact["standing"])
    add_evidence(rules, contact, broken)
    earned = customer["trials"] * np.float64(customer["standing"])
    if contact["trials"] < MOST_TRIALS:
        contact["trials"] += 1
        customer["trials"] += 1  # the sum of the functions' weights
    contact["standing"] = standing_with(state, index, function)
    earned += contact["trials"] * np.float64(contact["standing"]) - before
    customer["standing"] = min(max(earned / customer["trials"], 0.0), 1.0)
    if customer["represented"] == 1:
        state.rated[function, 1 if broken else 0] += 1


@kernel
def hazard_of_staleness(rules, touched, hour):
    """Return the hazard, from `touched` to `hour`, that a fact is no longer true.

    The chance is 1 − e^(−hazard).
    """
    return rules["staleness_per_hour"] * max(hour - touched, 0.0)
