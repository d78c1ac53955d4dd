"""The other results known in closed form: Philox, Markov chain, note, Beta reputation (M13)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.checks.theory import (
    PHILOX_VECTORS,
    chain_study,
    finished,
    retention_study,
    run_all,
    standing_study,
)
from sim.engine.philox import block
from sim.state.cases import N_COMPLETED, N_DROPPED, N_NEEDS, N_OPEN, N_RECONTACTS, N_UNREALISED
from sim.state.tallies import (
    BY_WITHDRAWAL,
    CASE_COMPLETED,
    CASE_NEEDS,
    CASE_TRANSFERS,
    SEAM_CROSSINGS,
    SEAM_FACTS_ARRIVED,
    SEAM_FACTS_SENT,
    TOUCH_VISITS,
)

# The known-answer file of Random123 for philox4x32-10, as (counter, key) -> lanes.
PUBLISHED = {
    ("00000000 00000000 00000000 00000000", "00000000 00000000"): (
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8"
    ),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff"): (
        "408f276d 41c83b0e a20bc7c6 6d5451fd"
    ),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0"): (
        "d16cfe09 94fdcceb 5001e420 24126ea1"
    ),
}


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("given", "expected"), PUBLISHED.items())
def test_philox_gives_the_published_vectors(given, expected) -> None:
    counter, key = words(given[0]), words(given[1])
    lanes = block(np.uint64(key[0] | key[1] << 32), *counter)
    assert [int(lane) for lane in lanes] == words(expected)


def test_the_program_checks_itself_against_the_same_vectors() -> None:
    mine = [(tuple(words(c)), words(k), tuple(words(v))) for (c, k), v in PUBLISHED.items()]
    assert list(PHILOX_VECTORS) == [(c, k[0] | k[1] << 32, v) for c, k, v in mine]


@pytest.fixture(scope="module")
def chain():
    return finished(chain_study()).state


def test_visits_and_ends_of_an_absorbing_chain(chain) -> None:
    """Visits solve v = e + Pᵀv; apply, check and decide stand in the order of their names."""
    moves = np.array([[0, 0.7, 0], [0.3, 0, 0.6], [0, 0.25, 0]])
    visits = np.linalg.inv(np.eye(3) - moves)[0]
    spread = np.linalg.inv(np.eye(3) - moves)  # Var of visits, Kemeny & Snell 1960
    variance = (spread @ (2 * np.diag(np.diag(spread)) - np.eye(3)) - spread**2)[0]
    needs = chain.case_tallies[..., CASE_NEEDS].sum()
    found = chain.touch_tallies[:3, TOUCH_VISITS] / needs
    # Visits of the last hours of the window and of needs from before it belong to others.
    assert np.all(np.abs(found - visits) < 4 * np.sqrt(variance / needs) + 2e-4)
    ends = {"completed": 0.1 * visits[0] + 0.75 * visits[2]}
    ends |= {"apply": 0.2 * visits[0], "check": 0.1 * visits[1]}
    counted = {
        "completed": chain.case_tallies[..., CASE_COMPLETED].sum(),
        "apply": chain.drop_tallies[0, BY_WITHDRAWAL],
        "check": chain.drop_tallies[1, BY_WITHDRAWAL],
    }
    assert sum(ends.values()) == pytest.approx(1)
    for name, chance in ends.items():
        within = 4 * math.sqrt(chance * (1 - chance) / needs)
        assert counted[name] / needs == pytest.approx(chance, abs=within)


def test_hand_offs_of_an_absorbing_chain(chain) -> None:
    """Every move between apply or decide (front) and check (back) is one; no other move is."""
    visits = np.linalg.inv(np.eye(3) - [[0, 0.7, 0], [0.3, 0, 0.6], [0, 0.25, 0]])[0]
    expected = 0.7 * visits[0] + 0.9 * visits[1] + 0.25 * visits[2]
    needs = chain.case_tallies[..., CASE_NEEDS].sum()
    found = chain.case_tallies[..., CASE_TRANSFERS].sum() / needs
    assert found == pytest.approx(expected, abs=4 * 2 / math.sqrt(needs))


def test_cases_are_conserved(chain) -> None:
    n = chain.counters
    assert (
        n[N_NEEDS] + n[N_RECONTACTS] == n[N_OPEN] + n[N_COMPLETED] + n[N_DROPPED] + n[N_UNREALISED]
    )
    assert n[N_NEEDS] > 100_000


@pytest.mark.parametrize("survival", [0.5, 0.85])
def test_facts_kept_after_h_hand_offs_are_rho_to_the_h(survival) -> None:
    state = finished(retention_study(survival, 4)).state
    first = state.seam_tallies[state.seam_of[0, 1]]
    sent, crossings = float(first[SEAM_FACTS_SENT]), float(first[SEAM_CROSSINGS])
    assert sent == 8 * crossings  # nothing is lost before the first hand-off
    for place in range(4):
        expected = survival ** (place + 1)
        tally = state.seam_tallies[state.seam_of[place, place + 1]]
        within = 4 * math.sqrt(expected * (1 - expected) / sent) + 1e-3
        assert tally[SEAM_FACTS_ARRIVED] / sent == pytest.approx(expected, abs=within)


def test_standing_comes_to_rest_at_the_beta_fixed_point() -> None:
    """All kept: r = 1/(1 − λ), S = (r + 2a)/(r + 2)."""
    state = finished(standing_study(0.0)).state
    assert state.contacts["kept"] == pytest.approx(10.0, rel=1e-4)
    assert np.all(state.contacts["broken"] == 0)
    assert state.customers["standing"] == pytest.approx((10 + 1.2) / 12, rel=1e-4)


def test_broken_contacts_weigh_in_the_fixed_point() -> None:
    """At rest after a kept contact: E[s] = λwp/(1 − λ), E[r] = 1 + λ(1 − p)/(1 − λ)."""
    p = 0.3
    state = finished(standing_study(p)).state
    spread = math.sqrt(p * (1 - p) / (1 - 0.9**2) / len(state.contacts))
    kept, broken = (state.contacts[name].astype(float).mean() for name in ("kept", "broken"))
    assert kept == pytest.approx(1 + 0.9 * (1 - p) * 10, abs=4 * spread)
    assert broken == pytest.approx(0.9 * 1.5 * p * 10, abs=4 * 1.5 * spread)


def test_the_table_that_users_print_holds_every_row() -> None:
    table = run_all(quick=True)
    cases = set(table["case"].str.split().str[0])
    assert cases == {"philox4x32-10", "erlang-a", "absorbing", "note", "standing,"}
    exact = table[~table["case"].str.startswith("erlang")]
    assert exact["ok"].all(), exact[~exact["ok"]].to_string()
