"""What is known, disclosed, asked, guessed, written and forgotten (rules M5.1 to M5.6)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from three_customers import contact, firm, lanes, mask, place, put

from sim.day.disclose import gather_facts
from sim.day.hand_off import pass_note, skip_if_known
from sim.day.take_up import stand_before
from sim.engine.draws import DRAW_ASK, DRAW_DISCLOSE, DRAW_FRESH_OWN, DRAW_NOTE, DRAW_WRITE_OWN
from sim.engine.philox import block, chosen_facts, decision_keys
from sim.organisation.incentives import QUALITY, efforts, moved_by_tasks
from sim.state.cases import ASKED, BY_MACHINE, FACTS_ABOVE, REPEAT_ASKED
from sim.state.customers import STEP_HOURS, hazard_of_staleness
from sim.state.fact_records import (
    forget_case_facts,
    held_by_owner,
    n_facts,
    own_record,
    settle_own_record,
    shared_record,
    write_records,
)
from sim.state.tallies import CASE_REPEAT_ASKS, CASE_SKIPPED, CASE_TRANSFERS

KEY = decision_keys(1, 0)[DRAW_NOTE]
ALL = (1 << 32) - 1
SHARED = {"organisation": "shared", "technology": {"record": "shared"}}


# --- draws for single facts ------------------------------------------------------------


@given(st.integers(0, ALL), st.floats(0, 1), st.floats(0, 1), st.integers(0, 5))
def test_chosen_facts_are_a_subset_and_monotone_in_their_probability(facts, p, q, attempt) -> None:
    low, high = sorted((p, q))
    few = chosen_facts(KEY, 3, 4, 5, attempt, facts, low)
    many = chosen_facts(KEY, 3, 4, 5, attempt, facts, high)
    assert few & ~facts == 0
    assert few & ~many == 0


@given(st.integers(0, ALL), st.integers(0, ALL))
def test_each_fact_has_its_own_draw_whatever_else_is_on_trial(some, others) -> None:
    alone = chosen_facts(KEY, 3, 4, 5, 0, some, 0.4)
    together = chosen_facts(KEY, 3, 4, 5, 0, some | others, 0.4)
    assert together & some == alone


@pytest.mark.parametrize("probability", [0.02, 0.4, 0.9])
def test_every_fact_is_chosen_with_its_probability(probability) -> None:
    n = 4000
    counts = np.zeros(32)
    for customer in range(n):
        chosen = chosen_facts(KEY, customer, 0, 9, 0, ALL, probability)
        counts += [(chosen >> bit) & 1 for bit in range(32)]
    spread = math.sqrt(probability * (1 - probability) / n)
    assert np.all(np.abs(counts / n - probability) < 4 * spread)
    assert abs(counts.sum() / (32 * n) - probability) < 4 * spread / math.sqrt(32)


def test_certain_facts_need_no_draw() -> None:
    assert chosen_facts(KEY, 1, 2, 3, 0, 0b1011, 1.0) == 0b1011
    assert chosen_facts(KEY, 1, 2, 3, 0, 0b1011, 0.0) == 0


def test_a_fact_s_draw_is_its_16_bit_lane() -> None:
    """Facts 8 to 15 of the second attempt stand in block 4·1 + 1, two to a lane."""
    lane = int(block(KEY, 7, 8, 9, 5)[1])
    low, high = (lane & 0xFFFF) / 65536, (lane >> 16) / 65536
    facts = 0b11 << 10
    for probability in np.linspace(0.05, 0.95, 10):
        expected = (low < probability) << 10 | (high < probability) << 11
        assert chosen_facts(KEY, 7, 8, 9, 1, facts, float(probability)) == expected


@given(st.integers(0, ALL))
def test_facts_are_counted(facts) -> None:
    assert n_facts(facts) == facts.bit_count()


# --- stores ----------------------------------------------------------------------------


def test_a_record_goes_stale_as_time_passes() -> None:
    model = firm(staleness_per_year=0.5)
    rules = model.state.rules[0]
    hazard = hazard_of_staleness
    assert hazard(rules, 100.0, 100.0) == hazard(rules, 101.0, 100.0) == 0.0
    assert hazard(rules, 0.0, 2080.0) == pytest.approx(0.5)
    slot = put(model, 0, "repair/report")
    held = mask(model, "identity", "history")
    record = contact(model, 0, "front")
    record["record"], record["stale"], record["touched"] = held, 0, 0.0
    counter = int(model.state.touchpoints[model.state.cases[slot]["touchpoint"]]["counter"])
    for hour in (0.0, 500.0, 2080.0, 20800.0):
        chance = 1 - math.exp(-0.5 * hour / 2080)
        stale = chosen_facts(model.state.keys[DRAW_FRESH_OWN], 0, 0, counter, 0, held, chance)
        assert own_record(model.state, slot, hour) == (held, stale)
    assert own_record(model.state, slot, 1e9) == (held, held)


def test_a_fact_once_stale_stays_stale_until_written_anew() -> None:
    model = firm(staleness_per_year=0.0, own_record_write=1.0)
    slot = put(model, 0, "repair/report")
    identity, history = mask(model, "identity"), mask(model, "history")
    record = contact(model, 0, "front")
    record["record"], record["stale"] = identity | history, identity
    assert own_record(model.state, slot, 9.0) == (identity | history, identity)
    write_records(model.state, slot, 9.0, history)
    assert own_record(model.state, slot, 9.0) == (identity | history, identity)
    write_records(model.state, slot, 9.0, identity)
    assert own_record(model.state, slot, 9.0) == (identity | history, 0)


def test_each_function_writes_its_own_record_with_its_own_probability() -> None:
    model = firm(own_record_write=0.5)
    facts = mask(model, "identity", "history", "intent", "promise")
    slot = put(model, 1, "repair/report")
    counter = int(model.state.touchpoints[model.state.cases[slot]["touchpoint"]]["counter"])
    settle_own_record(model.state, slot, 2.0)
    write_records(model.state, slot, 3.0, facts)
    expected = chosen_facts(model.state.keys[DRAW_WRITE_OWN], 1, 0, counter, 0, facts, 0.5)
    assert contact(model, 1, "front")["record"] == expected
    assert (
        contact(model, 1, "front")["touched"] * STEP_HOURS == 2.0
    )  # a fact ages from the start of its visit
    assert model.state.contacts["record"].astype(bool).sum() == 1
    assert not model.state.customers["record"].any()


def test_who_is_under_pressure_writes_less_down() -> None:
    """Odds of not writing times e^(−k(a − ā)), ā the effort under equal weights."""
    chances = {"own_record_write": 0.5, "store_write": 0.6, "staleness_per_year": 0.0}
    hurried = {"incentives": {"shared_journey_weight": 0, "handle_time_weight": 1}}
    model = firm(SHARED | hurried, writing_effect=6.0, discretionary_share=0.3, **chances)
    organisation, rates = model.organisation, model.state.rates
    usual = efforts(organisation.parameters, moved_by_tasks(0.2, 0.5), (0.5, 0.5))[QUALITY]
    fewer = float(np.exp(6 * (usual - organisation.effort[0, QUALITY])))
    assert fewer > 2
    own, shared = 0.5 / (0.5 + 0.5 * fewer), 0.6 / (0.6 + 0.4 * fewer)
    report, browse = place(model, "repair/report"), place(model, "join/browse")
    assert rates["own_write"][report] == pytest.approx(own)
    assert rates["store_write"][report] == pytest.approx(shared)
    assert rates["store_write"][browse] == 0.6  # nobody is under pressure at an automated step
    facts = mask(model, "identity", "history", "intent", "promise")
    slot, held = put(model, 0, "repair/report"), []
    for need in range(2000):
        model.state.cases[slot]["need"] = need
        stand_before(model.state, slot)
        contact(model, 0, "front")["record"] = model.state.customers[0]["record"] = 0
        write_records(model.state, slot, 3.0, facts)
        held.append([n_facts(int(contact(model, 0, "front")["record"])),
                     n_facts(int(model.state.customers[0]["record"]))])  # fmt: skip
    for chance, share in zip((own, shared), np.mean(held, axis=0) / 4, strict=True):
        assert share == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 8000))


def test_a_shared_record_is_there_for_all_or_for_nobody() -> None:
    alone, shared = firm(store_write=1.0), firm(SHARED, store_write=1.0)
    for model, expected in ((alone, 0), (shared, mask(shared, "history"))):
        slot = put(model, 0, "repair/report")
        write_records(model.state, slot, 3.0, mask(model, "history"))
        fix = put(model, 0, "repair/fix")
        assert shared_record(model.state, fix, 4.0) == (expected, 0)
        assert own_record(model.state, fix, 4.0) == (0, 0)


def test_facts_of_a_case_are_forgotten_with_it() -> None:
    model = firm(SHARED)
    everything = mask(model, "identity", "history", "intent", "promise")
    model.state.contacts["record"] = everything
    model.state.customers["record"] = everything
    model.state.customers["stale"] = mask(model, "intent", "identity")
    forget_case_facts(model.state, 1)
    lasting = mask(model, "identity", "history")
    assert model.state.customers["record"].tolist() == [everything, lasting, everything, everything]
    assert model.state.customers["stale"][1] == mask(model, "identity")
    for touchpoint in ("repair/report", "repair/fix"):
        assert held_by_owner(model.state, put(model, 1, touchpoint)) == lasting
        assert held_by_owner(model.state, put(model, 0, touchpoint)) == everything


# --- at a visit ------------------------------------------------------------------------


def test_what_is_in_the_note_is_neither_asked_nor_guessed() -> None:
    model = firm(ask_probability=1.0)
    slot = put(model, 0, "repair/fix")
    case = model.state.cases[slot]
    case["note"] = mask(model, "intent", "promise", "identity")
    assert gather_facts(model.state, slot, 1.0) == (0, 0, 0.0)
    assert case["flags"] == 0
    assert case["new_effort"] == 0


def test_a_missing_fact_is_asked_for_and_asking_again_breaks_an_expectation() -> None:
    model = firm(ask_probability=1.0, ask_minutes=3.0, effort_ask=0.3, effort_repeat=1.0)
    slot = put(model, 0, "repair/fix")
    case = model.state.cases[slot]
    case["note"] = mask(model, "identity")
    case["given"] = mask(model, "promise")
    n_guessed, n_stale, hours = gather_facts(model.state, slot, 1.0)
    assert (n_guessed, n_stale) == (0, 0)
    assert hours == pytest.approx(2 * 3 / 60)  # intent and promise
    assert case["flags"] % (1 << FACTS_ABOVE) == ASKED | REPEAT_ASKED
    assert case["flags"] >> FACTS_ABOVE == mask(model, "promise")
    assert case["new_effort"] == pytest.approx(0.3 + 1.0)
    assert case["learned"] == mask(model, "intent", "promise")
    assert case["given"] == mask(model, "intent", "promise")
    assert model.state.case_tallies[..., CASE_REPEAT_ASKS].sum() == 1


def test_what_is_not_asked_is_guessed_and_what_is_stale_is_used() -> None:
    model = firm(ask_probability=0.0)
    slot = put(model, 0, "repair/fix")
    record = contact(model, 0, "rear")
    record["record"], record["stale"] = mask(model, "identity"), mask(model, "identity")
    assert gather_facts(model.state, slot, 1.0) == (2, 1, 0.0)


def test_questions_follow_their_own_draw() -> None:
    model = firm(ask_probability=0.5)
    for customer in (0, 1):
        slot = put(model, customer, "repair/fix")
        needed = mask(model, "intent", "promise", "identity")
        counter = int(model.state.touchpoints[model.state.cases[slot]["touchpoint"]]["counter"])
        asked = chosen_facts(model.state.keys[DRAW_ASK], customer, 0, counter, 0, needed, 0.5)
        n_guessed, _, _ = gather_facts(model.state, slot, 1.0)
        assert model.state.cases[slot]["learned"] == asked
        assert n_guessed == n_facts(needed & ~asked)


def test_an_agent_discloses_by_consent_and_by_the_standing_of_the_function() -> None:
    model = firm(consent_scope=0.9, disclosure_minutes=6.0)
    slot = put(model, 2, "repair/fix")
    record = contact(model, 2, "rear")
    record["kept"], record["broken"] = 2.0, 3.0  # S = (2 + 1.2)/(2 + 3 + 2)
    needed = mask(model, "intent", "promise", "identity")
    chance = 0.9 * 3.2 / 7.0
    told = chosen_facts(model.state.keys[DRAW_DISCLOSE], 2, 0, 0, 0, needed, chance)
    n_guessed, _, hours = gather_facts(model.state, slot, 1.0)
    assert model.state.cases[slot]["learned"] == told
    assert n_guessed == n_facts(needed & ~told)
    assert hours == pytest.approx(n_facts(told) * 0.1)
    assert model.state.cases[slot]["new_effort"] == 0.0


def test_a_disclosed_fact_replaces_a_stale_one() -> None:
    model = firm(consent_scope=1.0, standing_base=1.0)
    slot = put(model, 2, "repair/fix")
    record = contact(model, 2, "rear")
    record["record"], record["stale"] = mask(model, "identity"), mask(model, "identity")
    assert gather_facts(model.state, slot, 1.0)[:2] == (0, 0)


def test_looking_into_the_shared_record_takes_time_where_the_rest_does_not_suffice() -> None:
    """Three minutes a visit: with a gap or something stale, by people, where there is a record."""
    firms = [firm(levers, lookup_minutes=3.0) for levers in (SHARED, None)]
    for model, price in zip(firms, (0.05, 0.0), strict=True):
        slot = put(model, 0, "repair/fix")
        case, record = model.state.cases[slot], contact(model, 0, "rear")
        case["note"] = mask(model, "intent", "promise")
        assert gather_facts(model.state, slot, 1.0)[2] == pytest.approx(price)  # identity lacks
        record["record"] = mask(model, "identity")
        assert gather_facts(model.state, slot, 1.0)[2] == 0.0
        case["note"] = mask(model, "intent", "promise")
        record["stale"] = mask(model, "identity")
        assert gather_facts(model.state, slot, 1.0)[2] == pytest.approx(price)
        case["machine"] = BY_MACHINE
        assert gather_facts(model.state, slot, 1.0)[2] == 0.0


# --- between visits --------------------------------------------------------------------


@pytest.mark.parametrize("loss", [0.0, 0.5, 1.0])
def test_each_fact_in_the_note_survives_by_who_sent_it_and_over_which_seam(loss) -> None:
    model = firm()
    slot = put(model, 0, "repair/diagnose")
    case, facts = model.state.cases[slot], mask(model, "intent", "history", "promise")
    front, middle = 0, 1
    seam = int(model.state.seam_of[front, middle])
    model.state.seams[seam]["strange"], model.state.seams[seam]["wear"] = 0.8, 0.5
    sender = place(model, "repair/report")
    model.state.rates["note_loss"] = 0.0
    model.state.rates[sender]["note_loss"] = loss
    retention = (1 - 0.8 * loss) * 0.5
    case["note"], case["holder"], case["sender"] = facts, front, sender
    counter = int(model.state.touchpoints[case["touchpoint"]]["counter"])
    kept = chosen_facts(model.state.keys[DRAW_NOTE], 0, 0, counter, 0, facts, retention)
    assert pass_note(model.state, slot, 1.0, False) == seam
    assert case["note"] == kept
    assert case["holder"] == middle
    assert model.state.case_tallies[..., CASE_TRANSFERS].sum() == 1
    assert model.state.seam_tallies[seam].tolist() == [1, 0, 3, n_facts(kept)]


def test_the_first_step_of_a_case_and_an_automated_one_take_no_hand_off() -> None:
    model = firm()
    first, automated = put(model, 0, "repair/report"), put(model, 1, "renew/remind")
    model.state.cases[automated]["holder"] = 1
    for slot in (first, automated):
        model.state.cases[slot]["note"] = 0b11
        assert pass_note(model.state, slot, 1.0, False) == -1
        assert model.state.cases[slot]["note"] == 0b11
    assert model.state.cases[automated]["holder"] == 1
    assert model.state.case_tallies[..., CASE_TRANSFERS].sum() == 0


def test_a_step_is_passed_over_if_all_it_establishes_is_known_and_fresh() -> None:
    model = firm()
    state, promise = model.state, mask(model, "promise")
    slot = put(model, 0, "repair/diagnose")
    assert not skip_if_known(state, slot, 1.0)
    record = contact(model, 0, "middle")
    record["record"], record["stale"] = promise, promise
    assert not skip_if_known(state, slot, 1.0)  # known, but no longer true
    record["stale"] = 0
    assert skip_if_known(state, slot, 1.0)
    assert state.cases[slot]["note"] == promise
    assert state.case_tallies[..., CASE_SKIPPED].sum() == 1
    mandatory = put(model, 0, "join/sign")
    nothing_established = put(model, 0, "renew/offer")
    for other in (mandatory, nothing_established):
        state.cases[other]["note"] = (1 << 4) - 1
        assert not skip_if_known(state, other, 1.0)


def test_draws_of_a_visit_belong_to_its_case_and_attempt() -> None:
    model = firm()
    slot, other = put(model, 0, "repair/fix"), put(model, 0, "repair/fix", need=1)
    drawn = [lanes(model, DRAW_NOTE, s, a) for s in (slot, other) for a in (0, 1)]
    assert len({tuple(map(int, block)) for block in drawn}) == 4


def test_what_is_known_or_asked_for_has_been_seen_and_what_is_guessed_has_not() -> None:
    needed = ("intent", "history")
    for known, ask, seen in ((True, 0.0, needed), (False, 1.0, needed), (False, 0.0, ())):
        model = firm(ask_probability=ask)
        slot = put(model, 0, "repair/diagnose")
        if known:
            model.state.cases[slot]["note"] = mask(model, "intent")
            contact(model, 0, "middle")["record"] = mask(model, "history")
        gather_facts(model.state, slot, 0.0)
        assert model.state.cases[slot]["seen"] == mask(model, *seen)
