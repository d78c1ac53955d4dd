"""Who serves goes on with a neighbour's step: worked out by hand (rule E7)."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN
from three_customers import contact, draw, firm, mask, place, put

from sim.day.hand_off import will_go_on
from sim.day.pipeline import enter, free_again, run_tick
from sim.day.serve import in_helping_hands
from sim.day.wait import give_server, held_server
from sim.engine.draws import DRAW_GO_ON, DRAW_ROUTE
from sim.engine.philox import spread_of
from sim.organisation.incentives import SEAM_WORK, THROUGHPUT
from sim.state.calendar import in_calendar
from sim.state.cases import ERROR, IN_SERVICE, JOINING, NONE, NOW, STAYS, give_back
from sim.state.tallies import CASE_TRANSFERS, FIXED

FRONT, MIDDLE, REAR = range(3)
SOFT = PLAIN | {"ownership": {"boundaries": "soft"}}


def soft_firm(**parameters: float):
    """Return a firm in which the middle goes on for certain with the rear's fix."""
    model = firm(SOFT, **{"generalist_slowdown": 1.5, "generalist_error": 2.0} | parameters)
    state = model.state
    state.functions["goes_on"] = 1.0
    state.rates["lent"][place(model, "repair/fix")] = 1
    state.rates["error_odds"], state.rates["fault"] = 0.0, 0.0
    for name, hours in (("repair/diagnose", 0.5), ("repair/fix", 0.4)):
        step = state.touchpoints[place(model, name)]
        step["hours"], step["spread"] = hours, spread_of(0)
    return model


def diagnosed(model, need: int = 0) -> int:
    """Return a case before its diagnosis, from which it will come to the fix."""
    slot = put(model, 0, "repair/diagnose", need=need)
    model.state.cases[slot]["note"] = mask(model, "identity", "intent")
    model.state.luck[slot, DRAW_ROUTE, 0] = 0
    return slot


def test_going_on_takes_all_that_it_takes() -> None:
    model = soft_firm()
    state, fix = model.state, place(model, "repair/fix")
    slot = diagnosed(model)
    case = state.cases[slot]
    assert will_go_on(state, slot, MIDDLE)
    for name, other in (
        ("note", mask(model, "intent")),  # identity is not held
        ("flags", ERROR),
        ("reply", 1.0),
    ):
        before = case[name].copy()
        case[name] = other
        assert not will_go_on(state, slot, MIDDLE), name
        case[name] = before
    assert not will_go_on(state, slot, REAR)  # its own step
    case["new_effort"], case["tolerance"] = 2.0, 1.9  # the customer will have had enough
    assert not will_go_on(state, slot, MIDDLE)
    case["tolerance"] = 2.0
    state.rates["lent"][fix] = 0
    assert not will_go_on(state, slot, MIDDLE)
    state.rates["lent"][fix] = 1
    state.luck[slot, DRAW_ROUTE, 0] = 2**32 - 1  # back to the report, which nobody shares
    assert not will_go_on(state, slot, MIDDLE)


def test_a_step_that_may_turn_out_to_be_known_is_handed_over() -> None:
    model = soft_firm()
    fix = model.state.touchpoints[place(model, "repair/fix")]
    fix["mandatory"], fix["produces"] = 0, mask(model, "history")
    slot = diagnosed(model)
    assert will_go_on(model.state, slot, MIDDLE)
    contact(model, 0, "rear")["record"] = mask(model, "history")
    assert not will_go_on(model.state, slot, MIDDLE)


def test_what_a_customers_agent_holds_may_turn_out_to_be_known() -> None:
    model = soft_firm()
    fix = model.state.touchpoints[place(model, "repair/fix")]
    fix["mandatory"], fix["produces"] = 0, mask(model, "history")
    slot = diagnosed(model)
    model.state.rules["firm_facts"] = 0
    assert will_go_on(model.state, slot, MIDDLE)  # a person tells nothing unasked
    model.state.customers[0]["represented"] = 1
    assert not will_go_on(model.state, slot, MIDDLE)
    model.state.rules["firm_facts"] = fix["produces"]  # which only the firm can establish
    assert will_go_on(model.state, slot, MIDDLE)
    model.state.cases[slot]["seen"] = fix["produces"]  # and its agent has heard of
    assert not will_go_on(model.state, slot, MIDDLE)


@pytest.mark.parametrize("chance", [0.2, 0.7])
def test_one_draw_of_the_visit_decides(chance) -> None:
    model = soft_firm()
    model.state.functions["goes_on"] = chance
    goes_on = []
    for need in range(60):
        slot = diagnosed(model, need)
        goes_on.append(bool(will_go_on(model.state, slot, MIDDLE)))
        assert goes_on[-1] == (draw(model, DRAW_GO_ON, slot, 0) < chance)
    assert np.mean(goes_on) == pytest.approx(chance, abs=0.2)


def begun(model) -> int:
    """Work the first hour, into which a case falls that is to be diagnosed at a quarter past."""
    state = model.state
    slot = diagnosed(model)
    state.cases[slot]["state"] = JOINING
    state.counters[NOW] = -1
    in_calendar(state, slot, 0.25)
    run_tick(state, 0, 0)
    return slot


def servers(model, function: int) -> list[float]:
    record = model.state.functions[function]
    first = record["first_server"]
    return sorted(model.state.servers[first : first + record["servers"]].tolist())


def test_the_same_server_goes_on_at_once_without_queue_or_seam() -> None:
    model = soft_firm()
    state, fix = model.state, place(model, "repair/fix")
    slot = begun(model)
    case = state.cases[slot]
    assert (case["state"], case["touchpoint"], case["helper"]) == (IN_SERVICE, fix, MIDDLE)
    assert case["joined"] == 0.75  # half an hour after a quarter past, and at once
    assert case["due"] == pytest.approx(0.75 + 0.4 * 1.5)
    assert servers(model, MIDDLE) == pytest.approx([0, 0, 0, 1.35])
    assert state.busy[MIDDLE] == int(0.5 * FIXED) + int(0.4 * 1.5 * FIXED)
    assert not state.seam_tallies.any() and not state.case_tallies[..., CASE_TRANSFERS].any()
    run_tick(state, 1, 0)
    assert contact(model, 0, "middle")["trials"] == 2
    assert contact(model, 0, "rear")["trials"] == 0
    assert state.helped[MIDDLE, fix].tolist() == [1, 0]
    assert model.own_kpi(MIDDLE) == 1.0
    assert np.isnan(model.own_kpi(REAR))
    # Onwards it goes over the site's own seam.
    assert model.blueprint.seams[case["seam"]] == (REAR, FRONT)
    assert case["helper"] == NONE


def test_who_means_to_go_on_once_more_is_held_until_the_tick_after_has_ended() -> None:
    model = soft_firm()
    state, fix = model.state, place(model, "repair/fix")
    state.touchpoints[fix]["hours"] = 0.1
    onward = state.branches[state.touchpoints[fix]["first_branch"]]["target"]
    state.rates["lent"][onward] = 1
    state.touchpoints[onward]["requires"] = 0
    begun(model)
    # The fix ends at .9, takes effect with the tick after, and is followed then.
    assert servers(model, MIDDLE) == pytest.approx([0, 0, 0, 2.0])


def test_where_borders_are_fixed_the_step_is_handed_over() -> None:
    model = soft_firm()
    model.state.functions["goes_on"] = 0.0
    slot = begun(model)
    case = model.state.cases[slot]
    assert (case["state"], case["helper"], case["due"]) == (JOINING, NONE, 1.75)
    assert servers(model, MIDDLE) == pytest.approx([0, 0, 0, 0.75])


def test_who_has_changed_post_meanwhile_hands_over() -> None:
    model = soft_firm()
    state = model.state
    state.touchpoints[place(model, "repair/diagnose")]["hours"] = 1.5
    slot = begun(model)
    assert servers(model, MIDDLE) == pytest.approx([0, 0, 0, 2.0])  # held to the end of its tick
    first = state.functions[MIDDLE]["first_server"]
    state.servers[first : first + 4] = 0.0
    run_tick(state, 1, 0)
    assert (state.cases[slot]["state"], state.cases[slot]["helper"]) == (JOINING, NONE)
    assert state.cases[slot]["due"] == pytest.approx(2.75)


def test_nobody_goes_on_with_a_case_that_has_just_begun() -> None:
    """Its slot is that of a case which somebody meant to go on with, and which was given up."""
    model = soft_firm()
    state = model.state
    last = diagnosed(model)
    state.cases[last]["flags"] = STAYS
    give_back(state, last)
    state.counters[NOW] = 0
    give_server(state, MIDDLE, 0, 1.0)  # of the middle somebody is held, for another case
    slot = put(model, 2, "repair/diagnose", hour=0.5)
    assert slot == last
    # The agent knows what is wrong, so that the case begins with the fix.
    state.cases[slot]["note"] = mask(model, "promise")
    state.branches[state.touchpoints[place(model, "repair/diagnose")]["first_branch"]]["up_to"] = 2
    assert enter(state, slot)
    assert state.cases[slot]["touchpoint"] == place(model, "repair/fix")
    assert state.cases[slot]["helper"] == NONE
    assert not state.busy.any()


def test_who_goes_on_is_held_to_the_end_of_a_tick_however_long_a_tick_is() -> None:
    model = soft_firm()
    state, slot = model.state, diagnosed(model)
    for tick_hours, held in ((0.5, 1.5), (1.0, 2.0), (2.0, 2.0)):
        state.rules["tick_hours"] = tick_hours
        # Of a visit that ends at 1.3: with the tick that it ends in.
        assert free_again(state, slot, MIDDLE, 0.0, 1.3, 0) == held


def test_errors_and_faults_are_those_of_who_does_it_and_defects_those_of_the_site() -> None:
    model = soft_firm()
    state, fix = model.state, place(model, "repair/fix")
    slot = put(model, 0, "repair/fix")
    state.cases[slot]["helper"] = MIDDLE
    rate = state.rates[fix]
    rate["error_odds"], rate["defect_odds"] = 0.1 * 0.8, 3.0  # .8 is the rear's quality effort
    base, worse = 0.2 * 0.5, 3.0  # and half its care
    rate["fault"] = base * worse / (1 - base + base * worse)
    rate["fault_weight"] = base / rate["fault"]
    state.functions["careful"] = [1, 0.6, 0.8]
    state.functions["caring"], rate["covers"] = -2.0 * np.log([1, 0.9, 0.5]), 0.5
    odds, fault, weight = in_helping_hands(state, slot)
    assert odds == pytest.approx(0.1 * 0.6 * 2.0)
    expected = 0.2 * 0.9 * 3 / (1 - 0.18 + 0.18 * 3)
    assert (fault, weight) == (pytest.approx(expected), pytest.approx(0.18 / expected))


def test_who_cares_for_nothing_leaves_a_fault_for_certain_and_no_more_than_that() -> None:
    model = soft_firm()
    slot = put(model, 0, "repair/fix")
    model.state.cases[slot]["helper"] = MIDDLE
    rate = model.state.rates[place(model, "repair/fix")]
    rate["defect_odds"], rate["fault"], rate["fault_weight"], rate["covers"] = 3.0, 0.6, 0.5, 1.0
    model.state.functions["caring"] = -np.log([1, 4, 1])  # the middle four times the rear: 1.2
    assert in_helping_hands(model.state, slot)[1:] == (1.0, 1.0)


def test_what_is_worth_it_follows_from_last_week_s_wait() -> None:
    model = firm(SOFT, generalist_slowdown=1.5)
    state, fix, sign = model.state, place(model, "repair/fix"), place(model, "join/sign")
    report = place(model, "repair/report")
    costs = 80 / 60 * 0.5
    state.waited[fix] = [int(3 * (costs + 0.01) * FIXED), 3]
    state.waited[sign] = [int(2 * 0.49 * FIXED), 2]  # of an hour's work it would cost half
    state.waited[report] = [int(9 * FIXED), 1]  # not shareable
    defects = np.zeros(len(model.blueprint.site_ids))
    for _ in range(2):  # a week without a visit leaves what is expected as it was
        model.rates.write(state, defects)
        assert state.rates["wait"][[fix, sign, report]] == pytest.approx(
            [costs + 0.01, 0.49, 9.0], rel=1e-5
        )
        assert np.flatnonzero(state.rates["lent"]).tolist() == [fix]
        assert not state.waited.any()


def test_who_cares_for_seams_rather_than_throughput_goes_on_more_often() -> None:
    model, fixed = (firm(levers, discretionary_share=0.3) for levers in (SOFT, PLAIN))
    effort = model.organisation.effort
    seam, serving = effort[:, SEAM_WORK], effort[:, THROUGHPUT]
    assert model.state.functions["goes_on"] == pytest.approx(seam / (seam + serving))
    assert (model.state.functions["goes_on"] > 0.0).all()
    assert not fixed.state.functions["goes_on"].any()


def test_a_server_anywhere_in_the_heap_is_given_another_hour() -> None:
    model = firm()
    state = model.state
    luck = np.random.default_rng(3)
    for _ in range(200):
        hours = luck.permutation(4) + luck.random(4)
        for place_ in range(4):
            first = state.functions[MIDDLE]["first_server"]
            state.servers[first : first + 4] = np.sort(hours)
            until = float(luck.random() * 5)
            given = float(np.sort(hours)[place_])
            give_server(state, MIDDLE, held_server(state, MIDDLE, given), until)
            heap = state.servers[first : first + 4]
            assert sorted(heap) == sorted([*np.delete(np.sort(hours), place_), until])
            assert heap[0] <= heap[1] and heap[0] <= heap[2] and heap[1] <= heap[3]
