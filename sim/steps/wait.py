"""Queues with patience: G/G/n+G with whole servers, live before deferred (rule M4).

Time inside a tick is continuous. The head case starts at s = max(join, earliest
free-at); if s − join exceeds its patience it drops at join + patience, otherwise it
holds the server. With Poisson arrivals, exponential work and patience this is
Erlang-A (Palm; Garnett, Mandelbaum & Reiman 2002).
"""

from __future__ import annotations

import math

from sim.cases import NONE, QUEUED
from sim.compiled import kernel
from sim.customers import standing_with
from sim.philox import JOIN, exponential

LIVE, DEFERRED = 0, 1
HEAD, TAIL = 0, 1


@kernel
def mean_patience(state, slot):
    """Return the mean patience at a case's touchpoint, before segment and standing, hours."""
    if state.touchpoints[state.cases[slot]["touchpoint"]]["live"] == 1:
        return state.rules[0]["patience_live_hours"]
    return state.rules[0]["patience_deferred_hours"]


@kernel
def join_queue(state, slot):
    """Put a case at the end of its queue; patience is drawn now (rule M4.3)."""
    case = state.cases[slot]
    rules = state.rules[0]
    step = state.touchpoints[case["touchpoint"]]
    index = case["customer"]
    segment = state.segments[state.customers[index]["segment"]]
    contact = state.contacts[index * len(state.functions) + step["owner"]]
    goodwill = math.exp(
        rules["patience_standing_slope"] * (standing_with(rules, contact) - rules["standing_base"])
    )
    drawn = exponential(state.luck[slot, 0, JOIN])
    patience = mean_patience(state, slot) * segment["patience"] * goodwill * drawn
    case["joined"] = case["due"]
    case["deadline"] = case["joined"] + patience
    case["tie"] = int(state.luck[slot, 1, JOIN])
    case["state"] = QUEUED
    append(state, state.queues[step["owner"], LIVE if step["live"] == 1 else DEFERRED], slot)


@kernel
def append(state, queue, slot):
    """Put a case behind the last one of a queue."""
    state.cases[slot]["next"] = NONE
    if queue[TAIL] == NONE:
        queue[HEAD] = slot
    else:
        state.cases[queue[TAIL]]["next"] = slot
    queue[TAIL] = slot


@kernel
def next_case(state, function, end):
    """Take the case that a function turns to next, if it can before the tick ends.

    Returns
    -------
    slot : int
        The case, or ``NONE``.
    start : float
        Hour at which a server turns to it. If that is after its patience has ended,
        the case has dropped at its deadline and holds no server.
    """
    live = state.queues[function, LIVE]
    deferred = state.queues[function, DEFERRED]
    if live[HEAD] == NONE and deferred[HEAD] == NONE:
        return NONE, 0.0
    free_at = state.servers[state.functions[function]["first_server"]]
    live_join = math.inf
    deferred_join = math.inf
    if live[HEAD] != NONE:
        live_join = state.cases[live[HEAD]]["joined"]
    if deferred[HEAD] != NONE:
        deferred_join = state.cases[deferred[HEAD]]["joined"]
    start = max(free_at, min(live_join, deferred_join))
    if start >= end:
        return NONE, 0.0
    queue = live if live_join <= start else deferred
    slot = queue[HEAD]
    queue[HEAD] = state.cases[slot]["next"]
    if queue[HEAD] == NONE:
        queue[TAIL] = NONE
    return slot, start


@kernel
def hold_server(state, function, until):
    """Give the function's earliest free server a new free-at hour (root of a heap)."""
    record = state.functions[function]
    first = record["first_server"]
    n_servers = record["servers"]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= n_servers:
            break
        if (
            child + 1 < n_servers
            and state.servers[first + child + 1] < state.servers[first + child]
        ):
            child += 1
        if state.servers[first + child] >= until:
            break
        state.servers[first + place] = state.servers[first + child]
        place = child
    state.servers[first + place] = until
