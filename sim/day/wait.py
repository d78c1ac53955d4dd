"""Queues with patience: G/G/n+G with whole servers, live before deferred (rule M4).

Time inside a tick is continuous. The head case starts at s = max(join, earliest
free-at); if s − join exceeds its patience it drops at join + patience, otherwise it
holds the server. With Poisson arrivals, exponential work and patience this is
Erlang-A (Palm; Garnett, Mandelbaum & Reiman 2002).
"""

from __future__ import annotations

import math

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_JOIN
from sim.engine.philox import exponential
from sim.state.cases import ABANDONED, DEFERRED, LIVE, N_QUEUES, NONE, QUEUED
from sim.state.customers import standing_with
from sim.state.opening_hours import next_opening
from sim.state.rows_ahead import expect_case
from sim.state.tallies import (
    QUEUE_ABANDONED,
    QUEUE_FORESEEN,
    QUEUE_JOINED,
    TOUCH_ABANDONED,
    TOUCH_WAIT,
    fixed,
    in_window,
)

HEAD, TAIL = 0, 1
HOURS_WAITED, HAVE_WAITED = 0, 1


@kernel
def mean_patience(state, slot):
    """Return the mean patience at a case's touchpoint, before segment and standing, hours."""
    if state.touchpoints[state.cases[slot]["touchpoint"]]["live"] == 1:
        return state.rules[0]["patience_live_hours"]
    return state.rules[0]["patience_deferred_hours"]


@kernel
def join_queue(state, slot):
    """Put a case at the end of its queue, with the patience of this moment (rule M4.3)."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    case["joined"] = case["due"]
    case["trusted"] = standing_with(state, case["customer"], step["owner"])
    case["tie"] = int(state.luck[slot, DRAW_JOIN, 1])
    case["state"] = QUEUED
    rank = LIVE if step["live"] == 1 else DEFERRED
    if state.functions[step["owner"]]["first_journey"] == case["journey"]:
        rank -= 1
    append(state, state.queues[step["owner"], rank], slot)
    state.queue_tallies[case["touchpoint"], QUEUE_JOINED] += 1


@kernel
def patience_of(state, slot):
    """Return the mean patience of a case in a queue: with its segment and standing, hours."""
    case = state.cases[slot]
    rules = state.rules[0]
    segment = state.segments[state.customers[case["customer"]]["segment"]]
    goodwill = case["trusted"] - rules["standing_base"]
    kindly = math.exp(rules["patience_standing_slope"] * goodwill)
    return mean_patience(state, slot) * segment["patience"] * kindly


@kernel
def deadline(state, slot):
    """Return the hour at which the patience of a case in a queue ends.

    Everything it follows from is settled when the case joins; most are served at once, and
    nobody needs to know.
    """
    drawn = exponential(state.luck[slot, DRAW_JOIN, 0])
    if spread_as_measured(state, slot):
        rules = state.rules[0]
        drawn = rules["patience_unit"] * drawn ** rules["patience_power"]
    return state.cases[slot]["joined"] + patience_of(state, slot) * drawn


@kernel
def spread_as_measured(state, slot):
    """Tell whether patience is Weibull here, not exponential: where calls were measured, live."""
    live = state.touchpoints[state.cases[slot]["touchpoint"]]["live"] == 1
    return live and state.rules[0]["patience_power"] != 1.0


@station
def foresee_abandonment(state, slot, start):
    """Count how many of a slice would on average have given up before a server turned to them.

    1 − e^(−wait/patience), or a Weibull's share: the wait is the queue's, whatever this one's
    patience was.
    """
    case = state.cases[slot]
    risk = (start - case["joined"]) / patience_of(state, slot)
    if spread_as_measured(state, slot):
        rules = state.rules[0]
        risk = (risk / rules["patience_unit"]) ** (1.0 / rules["patience_power"])
    chance = 1.0 - math.exp(-risk)
    state.queue_tallies[case["touchpoint"], QUEUE_FORESEEN] += fixed(chance)


@kernel
def abandon(state, slot, hour):
    """Note that a case's patience ended at an hour, before a server turned to it."""
    case = state.cases[slot]
    case["state"] = ABANDONED
    case["due"] = hour
    state.queue_tallies[case["touchpoint"], QUEUE_ABANDONED] += 1
    if in_window(state, hour):
        tally = state.touch_tallies[case["touchpoint"]]
        tally[TOUCH_WAIT] += fixed(hour - case["joined"])
        tally[TOUCH_ABANDONED] += 1


@kernel
def note_wait(state, slot, hour):
    """Note how long a case has waited for its step, where somebody may act on it next week."""
    if state.rules[0]["soft"] == 1:
        case = state.cases[slot]
        waited = state.waited[case["touchpoint"]]
        waited[HOURS_WAITED] += fixed((hour - case["joined"]) * state.rules[0]["clock"])
        waited[HAVE_WAITED] += 1


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

    Live before deferred; within each, a journey that the function is paid to serve first;
    then first come, first served.

    Returns
    -------
    slot : int
        The case, or ``NONE``.
    start : float
        Hour at which a server turns to it. If that is after its patience has ended,
        the case has dropped then and holds no server.
    """
    earliest = math.inf
    for rank in range(N_QUEUES):
        head = state.queues[function, rank, HEAD]
        if head != NONE:
            earliest = min(earliest, state.cases[head]["joined"])
    free_at = state.servers[state.functions[function]["first_server"]]
    start = max(free_at, earliest)
    if start >= end:
        return NONE, 0.0
    start = next_opening(state, function, start)
    if start >= end:
        return NONE, 0.0
    rank = 0
    while True:
        head = state.queues[function, rank, HEAD]
        if head != NONE and state.cases[head]["joined"] <= start:
            break
        rank += 1
    queue = state.queues[function, rank]
    queue[HEAD] = state.cases[head]["next"]
    if queue[HEAD] == NONE:
        queue[TAIL] = NONE
    else:
        expect_case(state, queue[HEAD], False)
    return head, start


@kernel
def hold_server(state, function, until):
    """Give the function's earliest free server a new free-at hour (root of a heap)."""
    give_server(state, function, 0, until)


@kernel
def held_server(state, function, until):
    """Return a server of a function who is held until an hour: the place in its heap, or NONE."""
    first = state.functions[function]["first_server"]
    for place in range(state.functions[function]["servers"]):
        if state.servers[first + place] == until:
            return place
    return NONE


@kernel
def give_server(state, function, place, until):
    """Give a server, by the place in its function's heap, a new free-at hour."""
    record = state.functions[function]
    first = record["first_server"]
    n_servers = record["servers"]
    while place > 0:
        above = (place - 1) // 2
        if state.servers[first + above] <= until:
            break
        state.servers[first + place] = state.servers[first + above]
        place = above
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
