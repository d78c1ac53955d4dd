"""Columns of the customers, and of each customer with each function.

Standing is earned per customer and function as a Beta reputation with forgetting
(Jøsang & Ismail 2002, rule M6.1); the hazard of leaving is constant between a
customer's events and is consumed against one threshold drawn once (rule M12).
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel

CUSTOMER = np.dtype(
    [
        ("threshold", "f8"),  # exponential, mean 1
        ("consumed", "f8"),  # hazard consumed so far
        ("since", "f8"),  # hour up to which it has been consumed
        ("hazard", "f8"),  # per hour, constant until the next event
        ("left_at", "f8"),  # hour of leaving, infinite while present
        ("joined_at", "f8"),  # hour of joining; infinite for a prospect who has not
        ("memory", "f8"),  # remembered satisfaction, 0 is as expected
        ("liking", "f8"),  # remembered experience, 0 to 1
        ("standing", "f8"),  # of the enterprise, weighted by contacts
        ("earned", "f8"),  # standing with each function times contacts, summed
        ("record", "i8"),  # shared record: facts held
        ("stale", "i8"),  # of these, no longer true
        ("touched", "f8"),  # hour that staleness was last settled
        ("represented_from", "f8"),  # hour from which a personal agent acts for the customer
        ("segment", "i4"),
        ("represented", "i4"),
        ("trials", "i4"),  # contacts so far, with all functions
        ("ended", "i4"),  # cases that have ended
    ],
    align=True,
)

CONTACT = np.dtype(
    [
        ("record", "u4"),  # the function's own record: facts held
        ("stale", "u4"),  # of these, no longer true
        ("kept", "f4"),  # r
        ("broken", "f4"),  # s
        ("touched", "f4"),  # hour that staleness was last settled
        ("trials", "i4"),
        ("ended", "i4"),  # cases of the customer that had ended when the record was written
        ("standing", "f4"),  # S as of the latest contact; two contacts fill a line of memory
    ],
    align=True,
)

DROP = np.dtype(
    [
        ("site", "i4"),  # where the customer's latest case was dropped, -1 if none was
        ("cause", "i4"),
        ("hour", "f4"),
        ("lacked", "u4"),  # facts that were missing when something was last missing
        ("touchpoint", "i2"),  # step before which or at which the case stood
        ("seam", "i2"),  # seam it crossed last, -1 if none
        ("origin", "i2"),  # touchpoint that left the fault which surfaced last, -1 if none did
        ("need", "i2"),
    ],
    align=True,
)
"""Why a customer's latest dropped case was lost; of a need's number the lowest 15 bits."""


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
def standing_with(state, index, function):
    """Return S = (r + 2a)/(r + s + 2) of one customer with one function.

    The base rate a is the market's; for a represented customer the ratings that others
    share have their part in it (a community's base rate, Jøsang & Ismail 2002).
    """
    contact = state.contacts[index * len(state.functions) + function]
    kept = np.float64(contact["kept"])
    broken = np.float64(contact["broken"])
    base = state.bases[state.customers[index]["represented"], function]
    return (kept + 2.0 * base) / (kept + broken + 2.0)


@kernel
def add_trial(state, index, function, broken):
    """Record one trial, r ← λr + kept and s ← λs + w·broken, in both standings.

    Enterprise standing is the contact-weighted mean over functions, of each as it stood
    at the customer's latest contact with it: shared ratings enter at a customer's events.
    """
    rules = state.rules[0]
    customer = state.customers[index]
    contact = state.contacts[index * len(state.functions) + function]
    before = contact["trials"] * np.float64(contact["standing"])
    kept = rules["standing_memory"] * np.float64(contact["kept"])
    lost = rules["standing_memory"] * np.float64(contact["broken"])
    contact["kept"] = kept + (0.0 if broken else 1.0)
    contact["broken"] = lost + (rules["broken_weight"] if broken else 0.0)
    contact["trials"] += 1
    contact["standing"] = standing_with(state, index, function)
    customer["trials"] += 1
    customer["earned"] += contact["trials"] * np.float64(contact["standing"]) - before
    customer["standing"] = customer["earned"] / customer["trials"]
    if customer["represented"] == 1:
        state.rated[function, 1 if broken else 0] += 1


@kernel
def is_present(customer, hour):
    """Tell whether somebody is a customer at an hour."""
    return customer["joined_at"] <= hour < customer["left_at"]


@kernel
def consume_hazard(state, index, hour):
    """Consume the hazard of leaving up to an hour; a customer may turn out to have left.

    Joining and leaving are switched off during warm-up: nothing is consumed then.
    """
    customer = state.customers[index]
    start = max(customer["since"], state.rules[0]["day_zero"], customer["joined_at"])
    if hour <= start or customer["left_at"] <= hour:
        return
    customer["consumed"] += customer["hazard"] * (hour - start)
    customer["since"] = hour
    if customer["consumed"] >= customer["threshold"]:
        excess = customer["consumed"] - customer["threshold"]
        customer["left_at"] = hour - excess / customer["hazard"]


@kernel
def renew_hazard(state, index):
    """Set the hazard from standing, memory and alternatives: h₀·exp(xβ)."""
    rules = state.rules[0]
    customer = state.customers[index]
    segment = state.segments[customer["segment"]]
    customer["hazard"] = (
        rules["leaving_per_day"]
        / 8.0
        * math.exp(
            rules["leaving_standing"] * (rules["standing_base"] - customer["standing"])
            - rules["leaving_memory"] * customer["memory"]
            + rules["leaving_price"] * segment["price_sensitivity"]
        )
    )


@kernel
def stale_by_now(rules, touched, hour):
    """Return the chance that a fact fresh at `touched` is no longer true at `hour`."""
    return 1.0 - math.exp(-rules["staleness_per_year"] * (hour - np.float64(touched)) / 2080.0)
