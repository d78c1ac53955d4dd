"""What rivals offer a customer, and what the customer has (rule E7).

Each rival quotes a share of the yearly margin. A customer who looks around keeps the best
quote in mind for a year; what counts against it is what the firm has conceded at the latest
renewal. Rivals never see standing, and quote the same under every org model.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_RIVAL
from sim.engine.philox import block, uniform
from sim.study.working_time import DAYS_PER_YEAR, HOURS_PER_DAY, HOURS_PER_WEEK, NEVER

OFFER = np.dtype(
    [
        ("present", "u2"),  # conceded at the latest renewal, in parts of the yearly margin
        ("best", "u2"),  # best quote kept in mind, in the same parts, 0 if there is none
        ("day", "u2"),  # of the run on which that quote was seen
    ],
    align=True,
)

PARTS = 65_536
"""Parts of the yearly margin in which offers are kept."""


@kernel
def in_parts(share):
    """Return a share of the yearly margin in whole parts, rounded down, all of it at most."""
    return int(min(share * PARTS, PARTS - 1.0))


@kernel
def advantage(state, index):
    """Return max(0, best seen − present terms), a share of the yearly margin."""
    offer = state.offers[index]
    better = np.int64(offer["best"]) - np.int64(offer["present"])
    return better / PARTS if better > 0 else 0.0


@kernel
def forgotten_at(offer):
    """Return the hour at which a quote is forgotten: when its day ends, a year later.

    Parameters
    ----------
    offer : numpy.void
        OFFER.

    Returns
    -------
    float
        Working hour of the run, infinite if there is no quote to forget.
    """
    if offer["best"] == 0:
        return NEVER
    return HOURS_PER_DAY * (np.float64(offer["day"]) + 1.0 + DAYS_PER_YEAR)


@kernel
def forget(state, index):
    """Let a customer forget the quote kept in mind."""
    state.offers[index]["best"] = 0
    state.offers[index]["day"] = 0


@kernel
def hold_terms(state, index, money):
    """Note what a customer has from the latest renewal on, money a year."""
    margin = state.segments[state.customers[index]["segment"]]["margin"]
    state.offers[index]["present"] = in_parts(money / margin) if margin > 0.0 else 0


@station
def look_around(state, index, hour):
    """Let a customer look at what rivals offer, or not; who has no margin is offered nothing.

    One draw says whether the customer looks in a week, and one for each rival what it quotes
    in that week: uniform up to `rival_offer`. So the luck of an occasion is the week's, whatever
    the org model has made of it, and looking twice in a week sees the same.
    """
    rules = state.rules[0]
    customer = state.customers[index]
    search = rules["agent_search"] if customer["represented"] == 1 else rules["person_search"]
    if rules["rivals"] == 0 or state.segments[customer["segment"]]["margin"] <= 0.0:
        return
    week = int(hour / HOURS_PER_WEEK)
    lanes = block(state.keys[DRAW_RIVAL], index, week, 0, 0)
    if uniform(lanes[1]) >= search:
        return
    best = uniform(lanes[0])
    for rival in range(1, rules["rivals"]):
        best = max(best, uniform(block(state.keys[DRAW_RIVAL], index, week, rival, 0)[0]))
    quote = in_parts(rules["rival_offer"] * best)
    if quote >= state.offers[index]["best"]:
        state.offers[index]["best"] = quote
        state.offers[index]["day"] = int(hour / HOURS_PER_DAY)
