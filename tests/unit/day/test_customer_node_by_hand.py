"""What a customer's agent with access to the shared record does with it (rule E2)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import PLAIN, compact_study, started
from three_customers import firm, lanes, mask, put, waits

from sim.day.close import close_completed
from sim.day.disclose import gather_facts
from sim.day.lose_and_find import falls_between
from sim.day.pipeline import enter
from sim.engine.draws import (
    DRAW_AGENT_WRITES,
    DRAW_LIMBO,
    DRAW_REFRESH,
    DRAW_REMIND,
    DRAW_UNDERSTAND,
)
from sim.engine.philox import block, name_counter
from sim.engine.visit_luck import draw_luck
from sim.state.customer_node import sooner
from sim.state.fact_records import shared_record, write_records
from sim.state.understanding import understood, written_elsewhere
from sim.study.parameter_table import EVERY_READING
from sim.study.working_time import HOURS_PER_YEAR

OPEN = {"consent_scope": 1.0, "standing_base": 1.0}
"""An agent discloses everything: consent is certain, and so is standing."""


def with_access(access: str = "write", **parameters: float) -> Any:
    """Return three customers with a shared record, the last represented."""
    levers = {"technology": {"record": "shared"}, "trust": {"agent_access": access}}
    return firm(PLAIN | levers, **OPEN, **parameters)


def halves(words: tuple) -> list[float]:
    """Return the eight 16-bit lanes of a block as numbers from 0 to 1."""
    return [((int(word) >> shift & 0xFFFF) + 0.5) / 65536 for word in words for shift in (0, 16)]


def below(words: tuple, chance: float) -> int:
    return sum(1 << place for place, half in enumerate(halves(words)) if half < chance)


# --- correcting ---------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [100.0, 1040.0, 8000.0])
def test_what_was_stale_is_corrected_at_its_rate(hours) -> None:
    model = with_access(agent_refresh=2.0)
    facts = mask(model, "identity", "history", "promise", "intent")
    for need in range(8):
        model.state.customers["record"] = model.state.customers["stale"] = facts
        slot = put(model, 2, "repair/fix", need=need)
        # Nothing goes stale here: what is corrected stays so, and the chance is 1 − e^(−rt).
        fixed = below(lanes(model, DRAW_REFRESH, slot), 1 - math.exp(-2.0 * hours / HOURS_PER_YEAR))
        assert shared_record(model.state, slot, hours) == (facts, facts & ~fixed)
        person = put(model, 0, "repair/fix", need=need)
        assert shared_record(model.state, person, hours) == (facts, facts)


def test_looking_on_the_way_changes_nothing_on_average() -> None:
    """The share that is stale after two looks is that after one, in the long run σ/(σ + r)."""
    wears, corrects, gap = 3.0, 5.0, 400.0
    model = with_access(staleness_per_year=wears, agent_refresh=corrects, store_write=0.0)
    facts = mask(model, "identity", "history", "promise", "intent")
    both = (wears + corrects) / HOURS_PER_YEAR
    for before in (0, facts):
        one = two = 0
        for need in range(1500):
            customer = model.state.customers[2]
            customer["record"], customer["stale"], customer["touched"] = facts, before, 0.0
            slot = put(model, 2, "repair/fix", need=need)
            one += int(shared_record(model.state, slot, 2 * gap)[1]).bit_count()
            write_records(model.state, slot, gap, facts)
            # The next look is another visit's.
            model.state.visits[slot, :] += 1
            draw_luck(model.state, slot)
            two += int(shared_record(model.state, slot, 2 * gap)[1]).bit_count()
            model.state.free[model.state.counters[6]] = slot
            model.state.counters[6] += 1
        rest = wears / (wears + corrects)
        start = 1.0 if before else 0.0
        expected = rest + (start - rest) * math.exp(-both * 2 * gap)
        for found in (one, two):
            assert found / 6000 == pytest.approx(expected, abs=0.03)


def test_who_looks_before_everybody_looks_at_once_too() -> None:
    """What was stale when the record was settled is put right before it is read in that hour."""
    model = with_access(agent_refresh=EVERY_READING)
    facts = mask(model, "identity", "history")
    customer = model.state.customers[2]
    customer["record"], customer["stale"], customer["touched"] = facts, facts, 8.0
    assert shared_record(model.state, put(model, 2, "repair/fix"), 8.0) == (facts, 0)


@pytest.mark.parametrize("corrects", [0.0, 5.0])
def test_what_an_agent_adds_as_a_case_begins_ages_nothing_else(corrects) -> None:
    """A record that was settled before the visit is as stale at the visit as one that was not."""
    wears, gap = 3.0, 400.0
    model = with_access(staleness_per_year=wears, agent_refresh=corrects, agent_writes=1.0)
    facts, stale = mask(model, "identity", "history", "promise"), 0
    for need in range(1500):
        customer = model.state.customers[2]
        customer["record"], customer["stale"], customer["touched"] = facts, 0, 0.0
        slot = put(model, 2, "repair/fix", need=need)
        model.state.cases[slot]["due"] = gap
        enter(model.state, slot)
        assert customer["touched"] == gap
        stale += (int(shared_record(model.state, slot, 2 * gap)[1]) & facts).bit_count()
        model.state.free[model.state.counters[6]] = slot
        model.state.counters[6] += 1
    both = wears + corrects
    expected = wears / both * (1.0 - math.exp(-both * 2 * gap / HOURS_PER_YEAR))
    assert stale / 4500 == pytest.approx(expected, abs=0.03)


# --- writing ------------------------------------------------------------------------------


def test_it_writes_what_the_record_lacks_as_a_case_begins() -> None:
    model = with_access(agent_writes=0.5)
    model.state.rules[0]["firm_facts"] = mask(model, "promise")
    everything = mask(model, *model.blueprint.facts)
    for need in range(6):
        model.state.customers["record"] = mask(model, "history")
        model.state.agent_facts[:] = 0
        slot = put(model, 2, "repair/fix", need=need)
        enter(model.state, slot)
        words = block(model.state.keys[DRAW_AGENT_WRITES], 2, 4 * need, 0, 0)
        wanted = below(words, 0.5) & mask(model, "identity", "intent")
        assert model.state.agent_facts.tolist() == [0, 0, wanted, 0]
        assert model.state.customers["record"][2] == wanted | mask(model, "history")
        assert model.state.cases[slot]["intake"] == wanted.bit_count()
        enter(model.state, put(model, 1, "repair/fix", need=need))  # nobody acts for this one
        assert model.state.customers["record"][1] == mask(model, "history") != everything


@pytest.mark.parametrize("access", ["none", "read"])
def test_who_may_not_write_does_not(access) -> None:
    model = with_access(access, agent_writes=0.9, agent_refresh=12.0, reminder=0.9)
    slot = put(model, 2, "repair/fix")
    enter(model.state, slot)
    assert not model.state.customers["record"].any()
    rules = model.state.rules[0]
    assert rules["agents_refresh"] == rules["agents_write"] == rules["agents_remind"] == 0.0


def test_a_new_record_takes_what_agents_write_as_it_comes_into_use() -> None:
    bought = {"technology": {"record": "shared", "record_bought_week": 0}}
    access = {"trust": {"agent_access": "write"}}
    weeks = {"record_rollout_weeks": 4.0, "record_price": 0.0, "record_heads": 0.0}
    model = started(
        compact_study(PLAIN | bought | access, parameters=weeks | {"agent_writes": 0.8})
    )
    found = [float(model.state.rules[0]["agents_write"])]
    for _ in range(10):
        model.step()
        found.append(float(model.state.rules[0]["agents_write"]))
    # Bought as the window begins, in use over four weeks.
    assert found == pytest.approx([0.0] * 6 + [0.2, 0.4, 0.6, 0.8, 0.8])


def test_nobody_has_a_tie_to_an_agent() -> None:
    model = with_access(agent_writes=0.9)
    facts = mask(model, "identity", "intent", "promise")
    model.state.rates["understanding"] = 1.0
    model.state.rules[0]["agents_understood"] = 0.5
    model.state.agent_facts[2] = mask(model, "identity", "intent")
    slot = put(model, 2, "repair/fix")
    words = block(model.state.keys[DRAW_UNDERSTAND], 2, 0, name_counter("rear"), 0)
    clear = below(words, 0.5) & mask(model, "identity", "intent") | mask(model, "promise")
    assert understood(model.state, slot, facts) == clear
    # What people write again is theirs.
    model.state.rates["store_write"] = 1.0
    write_records(model.state, slot, 1.0, mask(model, "intent"))
    assert model.state.agent_facts[2] == mask(model, "identity")


def test_what_an_agent_wrote_is_nobodys_own() -> None:
    """Even of a fact that no other function asks for or establishes."""
    model = with_access()
    facts = mask(model, "identity", "intent", "promise")
    model.state.touchpoints["elsewhere"] = mask(model, "promise")
    model.state.agent_facts[[1, 2]] = mask(model, "identity", "intent")
    for customer, more in ((1, 0), (2, mask(model, "identity"))):
        slot = put(model, customer, "repair/fix")
        found = written_elsewhere(model.state, slot, facts, mask(model, "intent"))
        assert found == mask(model, "promise") | more


def test_what_an_agent_wrote_is_understood_without_ties() -> None:
    study = compact_study(PLAIN, parameters={"understanding_floor": 0.4, "standards_given": 0.25,
                                             "cross_ties": 6.0})  # fmt: skip
    model = started(study)
    assert model.state.rules[0]["agents_understood"] == pytest.approx(0.4 + 0.6 * 0.25)
    assert np.all(model.state.rates["understanding"][model.blueprint.owners >= 0] > 0.9)


# --- reminding ----------------------------------------------------------------------------


def test_it_reminds_of_a_promise_that_consent_left_out() -> None:
    model = with_access(reminder=0.5)
    model.state.rules[0]["consent"] = 0.0
    promise = mask(model, "promise")
    model.state.rules[0]["firm_facts"] = promise
    seen = set()
    for need in range(12):
        slot = put(model, 2, "repair/fix", need=need)
        model.state.cases[slot]["seen"] = mask(model, "promise", "intent")
        gather_facts(model.state, slot, 1.0)
        told = below(lanes(model, DRAW_REMIND, slot), 0.5) & promise
        assert model.state.cases[slot]["learned"] == told
        seen.add(told)
        # What was never said in this case nobody can be reminded of.
        other = put(model, 2, "repair/fix", need=need)
        gather_facts(model.state, other, 1.0)
        assert model.state.cases[other]["learned"] == 0
    assert seen == {0, promise}


# --- seeing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "then"), [(0.4, 0.4), (1.0, 1.0), (1.3, 1.0), (2.0, 1.0), (40.0, 39.0)]
)
def test_one_tick_earlier_is_no_earlier_than_the_next(hours, then) -> None:
    rules = with_access("read").state.rules[0]
    assert rules["tick_hours"] == 1.0
    assert sooner(rules, hours) == pytest.approx(then)


@pytest.mark.parametrize(("access", "earlier"), [("none", 0), ("read", 1), ("write", 1)])
def test_who_sees_what_is_stored_chases_one_tick_earlier(access, earlier) -> None:
    model = with_access(access, chase_hours_agent=40.0)
    model.state.seams["lost"] = 1.0
    model.state.rules[0]["agents_see"] = earlier
    for need in range(5):
        for customer in (0, 2):
            slot = put(model, customer, "repair/fix", need=need)
            model.state.rules[0]["give_up_hours_agent"] = 1e9
            model.state.rules[0]["give_up_hours_person"] = 1e9
            mean = model.state.rules[0][f"chase_hours_{'agent' if customer else 'person'}"]
            assert falls_between(model.state, slot, 0, 10.0, False)
            chased = float(mean) * waits(model, DRAW_LIMBO, slot, 0)
            sooner = max(min(chased, 1.0), chased - 1.0) if customer and earlier else chased
            assert model.state.cases[slot]["due"] == pytest.approx(max(10.0 + sooner, 1.0))


@pytest.mark.parametrize(("access", "sees"), [("none", 0), ("read", 1), ("write", 1)])
@pytest.mark.parametrize("record", ["own", "shared"])
@pytest.mark.parametrize("switch", [True, False])
def test_there_is_something_to_see_only_in_a_shared_record(access, sees, record, switch) -> None:
    levers = PLAIN | {"technology": {"record": record}, "trust": {"agent_access": access}}
    model = started(compact_study(levers, mechanisms={"agents_see_status": switch}))
    assert model.state.rules[0]["agents_see"] == (sees and record == "shared" and switch)
    assert (model.state.rules[0]["agents_refresh"] > 0) == (
        access == "write" and record == "shared"
    )


def test_who_sees_what_is_stored_comes_back_one_tick_earlier() -> None:
    again = {"recontact_agent": 1.0, "recontact_person": 1.0, "recontact_hours": 50.0}
    for customer, earlier in ((0, 0.0), (2, 1.0)):
        due = []
        for sees in (0, 1):
            model = with_access("read", **again)
            model.state.rules[0]["agents_see"] = sees
            slot = put(model, customer, "repair/fix", need=3)
            model.state.cases[slot]["faults"] = 1
            close_completed(model.state, slot, 100.0)
            due.append(float(model.state.cases[slot]["due"]))
        assert due[0] > 102.0
        assert due[1] == pytest.approx(due[0] - earlier)
