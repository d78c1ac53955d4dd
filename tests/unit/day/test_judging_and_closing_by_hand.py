"""Judging, leaving and closing, each on three customers by hand."""

from __future__ import annotations

import math
import random

import pytest
from three_customers import PROSPECT, contact, firm, mask, place, put

from sim.day.arrive import come_back
from sim.day.close import close_completed, close_dropped
from sim.day.judge import (
    AGAIN,
    GIVES_UP,
    GOES_ON,
    judge_visit,
    leave_faults,
    recommendation,
    remember,
    trial,
)
from sim.engine.draws import DRAW_CASE
from sim.engine.philox import block, exponential
from sim.state.cases import (
    ASKED,
    AWAY,
    ERROR,
    FREE,
    LATENT,
    N_COMPLETED,
    N_DROPPED,
    N_OPEN,
    N_RECONTACTS,
    NONE,
    REPEAT_ASKED,
    SURFACED,
)
from sim.state.customers import MOST_TRIALS, standing_with
from sim.state.fact_records import held_by_owner
from sim.state.leaving import consume_hazard, renew_hazard
from sim.state.tallies import (
    BY_EFFORT,
    BY_ERROR,
    BY_WAIT,
    BY_WITHDRAWAL,
    CASE_CAME_BACK,
    CASE_CLEAN,
    CASE_COMPLETED,
    CASE_DROPPED,
    CASE_HOURS,
    FIXED,
)
from sim.study.working_time import NEVER

FRONT, MIDDLE, REAR = range(3)
DAY = 8.0


def tally(model, what: int) -> int:
    return int(model.state.case_tallies[..., what].sum())


# --- judging --------------------------------------------------------------------------


def test_a_contact_is_kept_or_broken_and_earlier_ones_fade() -> None:
    model = firm(standing_memory=0.5, broken_weight=2.0, standing_base=0.6)
    record = contact(model, 0, "middle")
    for broken, r, s in ((False, 1, 0), (True, 0.5, 2), (False, 1.25, 1), (True, 0.625, 2.5)):
        trial(model.state, 0, MIDDLE, broken, 1.0)
        assert (record["kept"], record["broken"]) == (r, s)
        standing = (r + 1.2) / (r + s + 2)
        assert standing_with(model.state, 0, MIDDLE) == pytest.approx(standing)
        assert model.state.customers[0]["standing"] == pytest.approx(standing)
    assert record["trials"] == 4
    assert not model.state.contacts["trials"][3:].any()


def test_at_a_fixed_rate_standing_goes_the_same_share_of_the_way_each_time() -> None:
    model = firm(standing_memory=0.75, broken_weight=2.0, standing_base=0.6)
    model.state.rules[0]["fixed_rate"] = 1
    standing = 0.6
    for broken in (False, True, False, False, True, True):
        trial(model.state, 0, MIDDLE, broken, 1.0)
        standing += -0.5 * standing if broken else 0.25 * (1.0 - standing)
        assert standing_with(model.state, 0, MIDDLE) == pytest.approx(standing, rel=1e-6)
        assert model.state.customers[0]["standing"] == pytest.approx(standing, rel=1e-6)
    model.state.rules[0]["broken_weight"] = 9.0  # more than the whole way is the whole way
    trial(model.state, 0, MIDDLE, True, 1.0)
    assert standing_with(model.state, 0, MIDDLE) == 0.0


def test_enterprise_standing_is_weighted_by_contacts() -> None:
    model = firm(standing_base=0.6)
    customer, functions = model.state.customers[1], range(len(model.state.functions))
    assert customer["standing"] == 0.6
    for hour, (name, broken) in enumerate(
        [("front", False), ("rear", True), ("front", False), ("front", True), ("rear", False)]
    ):
        trial(model.state, 1, model.blueprint.functions.index(name), broken, float(hour))
        trials = [model.state.contacts[len(functions) + f]["trials"] for f in functions]
        weighed = sum(n * standing_with(model.state, 1, f) for f, n in enumerate(trials))
        # Standing with each function is kept in single precision.
        assert customer["standing"] == pytest.approx(weighed / (hour + 1), rel=1e-7)


def test_contacts_beyond_those_that_are_counted_take_no_weight_from_standing() -> None:
    model = firm(standing_memory=1.0, standing_base=0.6)
    customer, record = model.state.customers[0], contact(model, 0, "middle")
    record["trials"] = customer["trials"] = MOST_TRIALS - 1
    record["standing"] = customer["standing"] = 0.6
    for kept in range(1, 20):
        trial(model.state, 0, MIDDLE, False, 1.0)
        assert customer["standing"] == pytest.approx((kept + 1.2) / (kept + 2), abs=1e-6)
    assert record["trials"] == customer["trials"] == MOST_TRIALS


def test_no_rounding_takes_standing_below_zero() -> None:
    model = firm(standing_memory=0.0, broken_weight=0.0, standing_base=0.0)
    standings, luck = [], random.Random(1)  # noqa: S311 - luck, not a secret
    for function in luck.choices(range(len(model.state.functions)), k=2000):
        trial(model.state, 0, function, luck.random() < 0.9, 1.0)
        standings.append(float(model.state.customers[0]["standing"]))
    assert 0.0 == min(standings) < max(standings) < 1.0


def test_whoever_has_left_judges_no_more() -> None:
    model = firm()
    model.state.customers[0]["left_at"] = 5.0
    trial(model.state, 0, MIDDLE, True, 5.0)
    assert contact(model, 0, "middle")["trials"] == 0
    trial(model.state, 0, MIDDLE, True, 4.0)
    assert contact(model, 0, "middle")["trials"] == 1


@pytest.mark.parametrize(
    ("flags", "asked", "effort", "cause"),
    [
        (0, 0.0, 0.0, NONE),
        (ASKED, 0.3, 0.3, BY_EFFORT),
        (ASKED | REPEAT_ASKED, 1.3, 1.3, BY_EFFORT),
        (ERROR, 0.0, 1.0, BY_ERROR),
        (SURFACED, 0.0, 2.0, BY_ERROR),
        (ASKED | SURFACED | ERROR, 0.3, 3.3, BY_ERROR),
    ],
)
def test_effort_adds_up_and_beyond_tolerance_ends_the_case(flags, asked, effort, cause) -> None:
    model = firm(effort_error=1.0, effort_fault=2.0, experience_scale=3.0)
    for tolerance in (effort, effort - 0.01):
        slot = put(model, 0, "repair/fix")
        case = model.state.cases[slot]
        case["flags"], case["new_effort"], case["tolerance"] = flags, asked, max(0.0, tolerance)
        case["waited"] = 0.5
        verdict = judge_visit(model.state, slot)
        assert case["effort"] == pytest.approx(effort)
        assert case["cause"] == cause
        assert case["latest"] == pytest.approx(math.exp(-effort / 3.0 - 0.5))
        assert case["worst"] == case["latest"]
        stays = AGAIN if flags & ERROR else GOES_ON
        beyond = effort > max(0.0, tolerance)
        assert verdict == (GIVES_UP if beyond else stays)
    broken = bool(flags & (ERROR | SURFACED | REPEAT_ASKED))
    assert bool(contact(model, 0, "rear")["broken"] > 0) == broken


def test_faults_are_left_behind_cleared_and_not_left_by_a_step_done_again() -> None:
    model = firm()
    slot = put(model, 0, "repair/fix")
    case, bit = model.state.cases[slot], 1 << int(
        model.state.touchpoints[place(model, "repair/fix")]["local"]
    )  # fmt: skip
    for flags, before, after in (
        (LATENT, 0, bit),
        (LATENT | ERROR, 0, 0),
        (SURFACED, 5, 0),
        (SURFACED | LATENT, 5, bit),
        (0, 5, 5),
    ):
        case["flags"], case["faults"] = flags, before
        leave_faults(model.state, slot)
        assert case["faults"] == after


@pytest.mark.parametrize(("worst", "latest", "completed"), [(0.9, 1.0, True), (0.2, 0.8, False)])
def test_memory_weighs_worst_and_last_and_disappointment_more(worst, latest, completed) -> None:
    model = firm(expectation=0.8, loss_aversion=2.0, memory_weight=0.25, leaving_memory=1.5,
                 leaving_per_day=0.001, leaving_price=0.0)  # fmt: skip
    slot = put(model, 0, "repair/fix")
    case, customer = model.state.cases[slot], model.state.customers[0]
    case["worst"], case["latest"] = worst, latest
    customer["memory"], customer["liking"] = 0.1, 0.7
    remember(model.state, slot, 2.0, completed)
    experience = 0.5 * (worst + (latest if completed else 0.0))
    surprise = (experience - 0.8) * (1.0 if experience > 0.8 else 2.0)
    assert customer["memory"] == pytest.approx(0.1 + 0.25 * (surprise - 0.1))
    assert customer["liking"] == pytest.approx(0.7 + 0.25 * (experience - 0.7))
    hazard = 0.001 / 8 * math.exp(-1.5 * customer["memory"])
    assert customer["hazard"] == pytest.approx(hazard)


def test_what_is_expected_moves_towards_what_was_and_counts_in_part() -> None:
    """From .8, a journey of .4 moves e by .1 · (.4 − .8) = −.04; half of it counts: .78."""
    model = firm(expectation=0.8, expectation_rate=0.1, expectation_weight=0.5,
                 loss_aversion=2.0, memory_weight=0.25)  # fmt: skip
    state, customer = model.state, model.state.customers[0]
    open_already = put(model, 0, "repair/fix", need=1)
    first = put(model, 0, "repair/fix")
    for slot in (first, open_already):
        state.cases[slot]["worst"] = state.cases[slot]["latest"] = 0.4
    remember(state, first, 2.0, True)
    assert customer["memory"] == pytest.approx(0.25 * 2 * (0.4 - 0.8))
    assert state.expectations[0] == pytest.approx(-0.04)
    customer["memory"] = 0.0
    remember(state, open_already, 3.0, True)  # judged as it was expected when it began
    assert customer["memory"] == pytest.approx(0.25 * 2 * (0.4 - 0.8))
    assert state.expectations[0] == pytest.approx(-0.04 + 0.1 * (0.4 - 0.76))
    later = put(model, 0, "repair/fix", need=2)
    state.cases[later]["worst"] = state.cases[later]["latest"] = 0.4
    customer["memory"] = 0.0
    remember(state, later, 4.0, True)
    assert customer["memory"] == pytest.approx(0.25 * 2 * (0.4 - (0.8 + 0.5 * -0.076)))
    assert state.expectations[1:].tolist() == [0.0, 0.0, 0.0]


def test_who_has_left_expects_nothing_new_and_off_nothing_moves() -> None:
    model = firm(expectation_rate=0.1)
    slot = put(model, 0, "repair/fix")
    model.state.cases[slot]["worst"] = 0.1
    model.state.customers[0]["left_at"] = 1.0
    remember(model.state, slot, 2.0, True)
    still = firm(expectation_weight=0.7)
    slot = put(still, 0, "repair/fix")
    still.state.cases[slot]["worst"] = 0.1
    remember(still.state, slot, 2.0, True)
    assert model.state.expectations[0] == still.state.expectations[0] == 0.0


# --- leaving --------------------------------------------------------------------------


def test_hazard_is_consumed_until_the_threshold_and_dates_leaving_back() -> None:
    model = firm(leaving_per_day=0.8, leaving_standing=0.0, leaving_price=0.0)
    customer = model.state.customers[0]
    customer["hazard_left"] = 1.0
    renew_hazard(model.state, 0)
    assert customer["hazard"] == pytest.approx(0.1)
    consume_hazard(model.state, 0, 4.0)
    assert (customer["hazard_left"], customer["since"]) == (pytest.approx(0.6), 4.0)
    consume_hazard(model.state, 0, 3.0)  # an abandonment may be dated back
    assert customer["since"] == 4.0
    consume_hazard(model.state, 0, 25.0)
    assert customer["left_at"] == pytest.approx(10.0)


def test_nobody_leaves_in_warm_up() -> None:
    model = firm(leaving_per_day=8.0)
    model.state.rules[0]["day_zero"] = 100.0
    customer = model.state.customers[0]
    customer["hazard_left"] = 1.0
    renew_hazard(model.state, 0)
    consume_hazard(model.state, 0, 100.0)
    assert customer["hazard_left"] == 1.0
    consume_hazard(model.state, 0, 110.0)
    assert 100.0 < customer["left_at"] < 110.0


def test_a_worse_standing_and_a_higher_price_raise_the_hazard() -> None:
    model = firm(leaving_per_day=0.8, leaving_standing=3.0, leaving_price=0.5)
    customer = model.state.customers[1]
    customer["standing"], customer["memory"] = 0.5, 0.0
    model.state.segments[0]["price_sensitivity"] = 0.4
    renew_hazard(model.state, 1)
    base = float(model.state.rules[0]["standing_base"])
    assert customer["hazard"] == pytest.approx(0.1 * math.exp(3 * (base - 0.5) + 0.2))


# --- closing --------------------------------------------------------------------------


def closed(model, customer: int, touchpoint: str, hour: float, **columns: float) -> int:
    slot = put(model, customer, touchpoint)
    for name, value in columns.items():
        model.state.cases[slot][name] = value
    close_completed(model.state, slot, hour)
    return slot


def test_a_completed_case_is_counted_and_its_slot_free_again() -> None:
    model = firm()
    slot = closed(model, 0, "repair/confirm", 12.0)
    assert model.state.counters[[N_OPEN, N_COMPLETED]].tolist() == [0, 1]
    assert [tally(model, w) for w in (CASE_COMPLETED, CASE_CLEAN)] == [1, 1]
    assert tally(model, CASE_HOURS) == 12 * int(FIXED)
    assert model.state.cases[slot]["state"] == FREE
    assert not model.state.open_cases.any()


def test_what_was_chased_is_not_clean_and_what_comes_too_late_does_not_count() -> None:
    model = firm()
    closed(model, 0, "repair/confirm", 12.0, chases=1)
    closed(model, 0, "repair/confirm", 10 * DAY + 0.01)  # follow-up is ten days
    assert [tally(model, w) for w in (CASE_COMPLETED, CASE_CLEAN)] == [1, 0]
    assert model.state.counters[N_COMPLETED] == 2


def test_a_prospect_joins_by_completing_and_nobody_joins_twice() -> None:
    model = firm()
    assert model.state.customers[PROSPECT]["joined_at"] == NEVER
    closed(model, PROSPECT, "join/greet", 12.0)
    closed(model, 0, "join/greet", 12.0)
    assert model.state.customers["joined_at"].tolist() == [-NEVER, -NEVER, -NEVER, 12.0]


def drop(model, customer: int, touchpoint: str, hour: float) -> None:
    slot = put(model, customer, touchpoint)
    close_dropped(model.state, slot, hour, BY_WAIT, place(model, touchpoint))


def test_a_drop_is_counted_at_its_site_by_its_cause() -> None:
    model = firm()
    drop(model, 1, "repair/report", 17.0)
    here = place(model, "repair/report")
    assert model.state.drop_tallies[here, BY_WAIT] == model.state.drop_tallies.sum() == 1
    assert model.state.counters[[N_OPEN, N_DROPPED]].tolist() == [0, 1]
    assert tally(model, CASE_DROPPED) == 1
    assert model.state.drops["site"].tolist() == [-1, here, -1, -1]
    assert model.state.drops["cause"].tolist() == [-1, BY_WAIT, -1, -1]
    assert model.state.drops["day"][1] == 2
    assert model.state.customers[1]["left_at"] == NEVER


def test_dropping_a_renewal_is_leaving_but_not_during_warm_up() -> None:
    model = firm()
    model.state.rules[0]["day_zero"] = 10.0
    drop(model, 0, "renew/offer", 9.0)
    drop(model, 1, "renew/offer", 11.0)
    assert model.state.customers["left_at"].tolist() == [NEVER, 11.0, NEVER, NEVER]


FAULT = {"faults": 1}


def test_a_case_closed_with_a_fault_comes_back_at_most_three_times() -> None:
    model = firm(recontact_person=1.0, recontact_hours=40.0)
    state = model.state
    slot = closed(model, 0, "repair/confirm", 5.0, **FAULT)
    for time in range(1, 4):
        case = state.cases[slot]
        assert case["state"] == AWAY
        lag = 40.0 * waits_of_case(model, 0, time - 1)
        assert case["due"] == pytest.approx(5.0 * time + lag)
        assert come_back(state, slot, 5.0 * time)
        assert case["recontact"] == state.counters[N_RECONTACTS] == time
        assert case["touchpoint"] == place(model, "repair/report")
        assert case["faults"] == 1
        close_completed(state, slot, 5.0 * (time + 1))
    assert state.cases[slot]["state"] == FREE
    assert tally(model, CASE_CAME_BACK) == tally(model, CASE_COMPLETED) == 1


def waits_of_case(model, customer: int, recontact: int) -> float:
    return float(exponential(block(model.state.keys[DRAW_CASE], customer, recontact, 0, 0)[2]))


def test_without_a_fault_or_a_voice_nothing_comes_back() -> None:
    for chance, faults in ((1.0, 0), (0.0, 1)):
        model = firm(recontact_person=chance)
        slot = closed(model, 0, "repair/confirm", 5.0, faults=faults)
        assert model.state.cases[slot]["state"] == FREE
        assert tally(model, CASE_CAME_BACK) == 0


def test_whoever_has_left_by_then_does_not_come_back() -> None:
    model = firm(recontact_person=1.0)
    slot = closed(model, 0, "repair/confirm", 5.0, **FAULT)
    model.state.customers[0]["left_at"] = 6.0
    assert not come_back(model.state, slot, 7.0)
    assert model.state.counters[[N_OPEN, N_RECONTACTS]].tolist() == [0, 0]
    assert model.state.cases[slot]["state"] == FREE


@pytest.mark.parametrize(("hour", "chases"), [(5.0, 1), (10 * DAY + 1.0, 0)])
def test_only_a_case_that_counts_as_clean_can_be_taken_back(hour, chases) -> None:
    """Clean less came back must never fall below zero: it is a share of needs."""
    model = firm(recontact_person=1.0)
    slot = closed(model, 0, "repair/confirm", hour, chases=chases, **FAULT)
    assert model.state.cases[slot]["state"] == AWAY
    assert tally(model, CASE_CLEAN) - tally(model, CASE_CAME_BACK) == 0


def test_withdrawing_keeps_the_case_facts_no_longer_than_the_case() -> None:
    model = firm()
    record = contact(model, 1, "front")
    record["record"] = mask(model, "identity", "intent")
    slot = put(model, 1, "renew/offer")
    close_dropped(model.state, slot, 2.0, BY_WITHDRAWAL, place(model, "renew/offer"))
    assert held_by_owner(model.state, put(model, 1, "repair/report")) == mask(model, "identity")


@pytest.mark.parametrize(
    "promoter, detractor, answers",
    [
        (0.85, 0.65, {0.0: 0, 0.5: 5, 0.64: 6, 0.66: 7, 0.84: 8, 0.86: 9, 0.9: 9, 1.0: 10}),
        # Where the bounds are others, answers follow them: 7 and 8 lie between, whatever rounds.
        (0.75, 0.7, {0.69: 6, 0.71: 7, 0.74: 7, 0.76: 9}),
        (0.95, 0.4, {0.39: 4, 0.42: 7, 0.93: 8, 0.96: 10}),
    ],
)
def test_a_score_is_answered_as_promoter_detractor_or_between(promoter, detractor, answers) -> None:
    rules = firm(promoter_from=promoter, detractor_below=detractor).state.rules[0]
    assert {score: recommendation(rules, score) for score in answers} == answers


def test_who_joins_leaves_from_then_on_by_what_they_have_met_with() -> None:
    model = firm()
    state = model.state
    slot = put(model, PROSPECT, "join/sign", hour=3.0)
    state.customers[PROSPECT]["hazard"] = 7.0
    close_completed(state, slot, 5.0)
    joined = float(state.customers[PROSPECT]["hazard"])
    renew_hazard(state, PROSPECT)
    assert joined == float(state.customers[PROSPECT]["hazard"]) < 7.0
    assert state.customers[PROSPECT]["joined_at"] == 5.0


def test_the_hazard_of_who_joins_is_consumed_from_then_on() -> None:
    model = firm()
    close_completed(model.state, put(model, PROSPECT, "join/sign", hour=3.0), 5.0)
    customer = model.state.customers[PROSPECT]
    customer["hazard_left"], customer["hazard"] = 1.0, 0.125
    consume_hazard(model.state, PROSPECT, 7.0)
    assert customer["hazard_left"] == 0.75
