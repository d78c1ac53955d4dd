"""Queues whose chances are known in closed form: Erlang's, with and without patience (rule M4.1).

Whoever plans people, or judges what one more of them would do, reckons with these. The day
itself simulates its queues and uses none of this.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammainc, gammaln

TERMS_AT_ONCE = 1024
NEGLIGIBLE = 1e-15
"""Share of a sum below which a term that is smaller than all before it is left out."""


def erlang_b(load: float, servers: int) -> float:
    """Return the chance that all servers of a system without a queue are busy (Erlang 1917).

    Parameters
    ----------
    load : float
        a, work that arrives in the time that one server needs for it: arrivals ÷ services.
    servers : int
        n; with none everybody finds them busy.
    """
    if load <= 0.0:
        return 1.0 if servers == 0 else 0.0
    inverse = 1.0
    for n in range(1, servers + 1):
        inverse = 1.0 + inverse * n / load
    return 1.0 / inverse


def erlang_c(load: float, servers: int) -> float:
    """Return the chance to wait in an M/M/n queue whose customers wait for ever (Erlang 1917).

    Parameters
    ----------
    load : float
        a, arrivals ÷ services of one server.
    servers : int
        n.

    Returns
    -------
    float
        C(n, a), 0 to 1; 1 where the servers cannot keep up with the load.
    """
    if load >= servers:
        return 1.0
    lost = erlang_b(load, servers)
    return lost / (1.0 - (1.0 - lost) * load / servers)


def deferred_wait(load: float, live_load: float, served: float, servers: int) -> float:
    """Return the mean wait of what is served after all that is live.

    C(n, a) / (nμ(1 − ρ_live)(1 − ρ)), two ranks without preemption and the same mean work
    (Cobham 1954; Kella & Yechiali 1985).

    Parameters
    ----------
    load, live_load : float
        Arrivals ÷ services of one server, of both ranks and of the live one.
    served : float
        μ, services of one server, per hour.
    servers : int
        n.

    Returns
    -------
    float
        Hours; infinite where the servers cannot keep up with the load.
    """
    if load >= servers:
        return math.inf
    idle = (1.0 - live_load / servers) * (1.0 - load / servers)
    return erlang_c(load, servers) / (servers * served * idle)


def erlang_a(rate: float, served: float, servers: int, impatience: float) -> tuple[float, float]:
    """Return P(abandon) and E[wait] of all who join an M/M/n+M queue (Palm's Erlang-A).

    Palm 1957; Garnett, Mandelbaum & Reiman 2002. The wait counts all, those who abandon
    included.

    Parameters
    ----------
    rate, served, impatience : float
        λ, μ and θ per hour: arrivals, services of one server, and one customer's leaving the
        queue, 0 for one who waits for ever.
    servers : int
        n.

    Returns
    -------
    abandon : float
        0 to 1.
    wait : float
        Hours; infinite where nobody gives up and the servers cannot keep up.
    """
    if rate <= 0.0:
        return 0.0, 0.0
    if servers == 0:
        return (1.0, 1.0 / impatience) if impatience > 0.0 else (0.0, math.inf)
    use = rate / (servers * served)
    if impatience <= 0.0:
        wait = deferred_wait(rate / served, 0.0, served, servers)
        return 0.0, wait
    busy, leaving = servers * served / impatience, rate / impatience
    all_busy = erlang_b(rate / served, servers)
    if use <= 1.0:
        total, weighted = _queue_sums(busy, leaving)
        waits = total * all_busy / (1.0 + (total - 1.0) * all_busy)
        wait = waits * weighted / total / rate
        return wait * impatience, wait
    # A = x·e^y·y^−x·γ(x, y), of which the inverse does not overflow.
    log_total = math.log(busy) + leaving - busy * math.log(leaving)
    inverse = math.exp(-(log_total + gammaln(busy) + math.log(gammainc(busy, leaving))))
    waits = all_busy / (inverse + (1.0 - inverse) * all_busy)
    abandon = waits * (inverse / use + 1.0 - 1.0 / use)
    return abandon, abandon / impatience


def _queue_sums(busy: float, leaving: float) -> tuple[float, float]:
    """Return Σ w_j and Σ j·w_j over queue lengths j, w_j = Π y/(x + i) over i = 1 … j.

    Parameters
    ----------
    busy, leaving : float
        x = nμ/θ and y = λ/θ, y no larger than x.
    """
    total, weighted, last, done = 1.0, 0.0, 1.0, 0
    while True:
        lengths = np.arange(done + 1, done + TERMS_AT_ONCE + 1)
        weights = last * np.cumprod(leaving / (busy + lengths))
        total += float(weights.sum())
        weighted += float((weights * lengths).sum())
        last, done = float(weights[-1]), done + TERMS_AT_ONCE
        if last * done <= NEGLIGIBLE * weighted or weighted == 0.0:
            return total, weighted
