"""Erlang's queues against published values, the birth-death chain, and their own limits."""

from __future__ import annotations

import math

import pytest

from sim.organisation.queue_theory import deferred_wait, erlang_a, erlang_b, erlang_c

PUBLISHED = {
    (10, 1, 10, 0.5): (0.10391, 0.20783),
    (48, 1, 50, 0.5): (0.03091, 0.06182),
    (12, 1, 10, 0.5): (0.19566, 0.39131),
}


def chain(rate: float, served: float, servers: int, impatience: float) -> tuple[float, float]:
    """P(abandon) and E[wait] from the stationary birth-death chain, cut off far out."""
    weights = [1.0]
    for n in range(1, 12_000):
        death = min(n, servers) * served + max(0, n - servers) * impatience
        weights.append(weights[-1] * rate / death)
    queue = sum(w * max(0, n - servers) for n, w in enumerate(weights)) / sum(weights)
    return impatience * queue / rate, queue / rate


@pytest.mark.parametrize(("rates", "expected"), PUBLISHED.items())
def test_erlang_a_gives_the_published_values(rates, expected) -> None:
    assert erlang_a(*rates) == pytest.approx(expected, abs=6e-6)


@pytest.mark.parametrize(
    "rates",
    [
        (0.5, 1.0, 1, 0.1),
        (3.0, 6.0, 2, 4.0),
        (9.99, 1.0, 10, 0.05),
        (10.0, 1.0, 10, 0.05),
        (10.0, 1.0, 10, 1e-5),  # queues of thousands
        (10.01, 1.0, 10, 0.05),
        (40.0, 1.5, 20, 2.0),
    ],
)
def test_erlang_a_is_the_birth_death_chain_below_and_above_the_load_it_can_serve(rates) -> None:
    assert erlang_a(*rates) == pytest.approx(chain(*rates), rel=1e-9)


def test_one_server_by_hand() -> None:
    # Of M/M/1 with load .5: busy half of the time, mean wait ρ/(μ − λ) = 1 hour.
    assert erlang_c(0.5, 1) == pytest.approx(0.5)
    assert deferred_wait(0.5, 0.0, 1.0, 1) == pytest.approx(1.0)
    # Two servers with load 1: C = 1/3 (Erlang's table); B = 1/5.
    assert erlang_b(1.0, 2) == pytest.approx(0.2)
    assert erlang_c(1.0, 2) == pytest.approx(1.0 / 3.0)
    # Live work of half the load goes before: E[W] = (1/3) / (2·.75·.5).
    assert deferred_wait(1.0, 0.5, 1.0, 2) == pytest.approx(4.0 / 9.0)


def test_whoever_never_gives_up_waits_as_in_erlangs_queue() -> None:
    assert erlang_a(8.0, 1.0, 10, 0.0) == (0.0, deferred_wait(8.0, 0.0, 1.0, 10))
    abandon, wait = erlang_a(8.0, 1.0, 10, 1e-9)
    assert abandon == pytest.approx(1e-9 * wait)
    assert wait == pytest.approx(erlang_c(8.0, 10) / 2.0, rel=1e-6)


def test_what_cannot_be_served_gives_up_or_waits_for_ever() -> None:
    assert erlang_a(30.0, 1.0, 10, 1e-6)[0] == pytest.approx(2.0 / 3.0, rel=1e-4)
    assert erlang_a(10.0, 1.0, 10, 0.0) == (0.0, math.inf)
    assert deferred_wait(3.0, 0.0, 1.0, 3) == math.inf
    assert erlang_c(3.0, 3) == 1.0


def test_nobody_arrives_or_nobody_serves() -> None:
    assert erlang_a(0.0, 1.0, 3, 0.5) == (0.0, 0.0)
    assert erlang_a(1.0, 1.0, 0, 0.5) == (1.0, 2.0)
    assert erlang_a(1.0, 1.0, 0, 0.0) == (0.0, math.inf)
    assert erlang_b(0.0, 0) == 1.0
    assert erlang_b(0.0, 2) == 0.0


def test_a_firm_of_thousands_does_not_overflow() -> None:
    few, many = erlang_a(2900.0, 1.0, 3000, 2.0)[0], erlang_a(9000.0, 1.0, 3000, 2.0)[0]
    assert 0.0 <= few < 1e-3
    assert many == pytest.approx(2.0 / 3.0, rel=1e-6)
