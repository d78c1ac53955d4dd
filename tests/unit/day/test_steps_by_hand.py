"""Arriving, serving, losing and voicing, each on three customers by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from three_customers import PROSPECT, draw, firm, place, put, waits

from sim.day.arrive import arrive, cohort_of, demand_due
from sim.day.hand_off import take_branch
from sim.day.judge import let_down
from sim.day.lose_and_find import chase, falls_between
from sim.day.pipeline import go_on
from sim.day.serve import chance_of, foresee, surfaces
from sim.day.voice import expect, speak, voice_probability, voice_visit
from sim.engine.draws import DRAW_CASE, DRAW_FATE, DRAW_LIMBO, DRAW_ROUTE, DRAW_WORK
from sim.engine.philox import block, uniform
from sim.state.cases import (
    BY_MACHINE,
    BY_PERSON,
    CHASED,
    ERROR,
    FOUND,
    GIVEN_UP,
    LATENT,
    N_NEEDS,
    N_OPEN,
    N_UNREALISED,
    NONE,
    OWN_ERROR,
    SURFACED,
)
from sim.state.contacts import FIRST, OFF_LINE
from sim.state.demand_table import NEED
from sim.state.severity import SEVERITY_ERROR
from sim.state.tallies import (
    BY_LOSS,
    CASE_NEEDS,
    CASE_STARTED,
    CASE_UNREALISED,
    FIXED,
    SEAM_LOST,
    count,
)

FRONT, MIDDLE, REAR = range(3)
DAY = 8.0


def tally(model, what: int) -> int:
    return int(model.state.case_tallies[..., what].sum())


# --- arriving -------------------------------------------------------------------------


def with_needs(*needs: tuple[float, int, str], **parameters: float):
    """Return the firm whose demand table is (hour, customer, journey), in order of time."""
    model = firm(**parameters)
    state, names = model.state, model.blueprint.journeys
    rows = [(hour, who, names.index(name), 0) for hour, who, name in needs]
    model.state = replace(state, demand=np.array(rows, NEED))
    return model


def test_a_tick_sees_the_needs_that_arise_before_it_ends() -> None:
    model = with_needs((0.5, 0, "repair"), (0.9, 1, "repair"), (1.0, 2, "repair"))
    assert demand_due(model.state, 0) == 2
    assert demand_due(model.state, 1) == 3  # nothing has been taken yet


def test_a_need_becomes_a_case_at_the_start_of_its_journey() -> None:
    model = with_needs((0.5, 1, "repair"), tolerance_effort=20.0)
    model.state.segments[0]["tolerance"] = 0.5
    slot = int(arrive(model.state))
    case = model.state.cases[slot]
    assert case["touchpoint"] == place(model, "repair/report")
    assert case["begun"] == case["due"] == 0.5
    counter_free = 20.0 * 0.5 * float(-math.log(first_lane(model, 1)))
    assert case["tolerance"] == pytest.approx(counter_free, rel=1e-12)
    assert model.state.counters[[N_NEEDS, N_OPEN, N_UNREALISED]].tolist() == [1, 1, 0]
    assert [tally(model, w) for w in (CASE_NEEDS, CASE_STARTED, CASE_UNREALISED)] == [1, 1, 0]
    assert model.state.open_cases[model.blueprint.journeys.index("repair")] == 1


def first_lane(model, customer: int) -> float:
    return float(uniform(block(model.state.keys[DRAW_CASE], customer, 0, 0, 0)[0]))


def test_a_need_whose_customer_has_left_is_unrealised_and_takes_no_slot() -> None:
    model = with_needs((3.0, 0, "repair"), (4.0, PROSPECT, "repair"), (5.0, PROSPECT, "join"))
    model.state.customers[0]["left_at"] = 2.0
    free = model.state.counters.copy()
    assert arrive(model.state) == NONE
    assert arrive(model.state) == NONE  # a prospect who has not joined needs no repair
    assert model.state.counters[[N_NEEDS, N_UNREALISED, N_OPEN]].tolist() == [2, 2, 0]
    assert model.state.counters[6] == free[6]
    assert arrive(model.state) != NONE
    assert tally(model, CASE_UNREALISED) == 2


def test_a_need_belongs_to_its_journey_its_segment_and_a_twelfth_of_a_year() -> None:
    model = firm()
    state = model.state
    state.customers[1]["segment"] = 1
    slot = put(model, 1, "repair/fix")
    state.rules[0]["day_zero"], state.rules[0]["day_end"] = 100.0, 600.0
    hours = [100.0, 100 + 260 / 12 * DAY - 0.01, 100 + 260 / 12 * DAY + 0.01]
    n_months, repair = state.case_tallies.shape[2], model.blueprint.journeys.index("repair")
    assert n_months > 1
    rows = [(repair * len(state.segments) + 1) * n_months + month for month in (0, 0, 1)]
    assert [cohort_of(state, slot, hour) for hour in hours] == rows
    assert [cohort_of(state, slot, hour) for hour in (99.99, 600.0)] == [-1, -1]
    state.cases[slot]["cohort"] = rows[-1]
    count(state, slot, CASE_NEEDS, 3)
    assert state.case_tallies[repair, 1, 1, CASE_NEEDS] == 3


# --- serving --------------------------------------------------------------------------


def test_odds_become_chances() -> None:
    assert chance_of(0.0) == 0.0
    assert chance_of(1.0) == 0.5
    assert chance_of(0.06 / 0.94) == pytest.approx(0.06)
    assert chance_of(math.inf) == 1.0


@pytest.mark.parametrize("customer", [0, 1, 2])
@pytest.mark.parametrize("guessed", [0, 2])
def test_an_error_is_drawn_from_guesses_stale_facts_and_the_week_s_rates(customer, guessed) -> None:
    model = firm(guess_error=1.2, stale_error=0.7)
    state = model.state
    here = place(model, "repair/fix")
    rate = state.rates[here]
    rate["error_odds"], rate["defect_odds"] = 0.08 / 0.92 * math.exp(-0.4), math.exp(0.3)
    rate["fault"], rate["fault_weight"] = 0.12, 0.8
    slot = put(model, customer, "repair/fix")
    foresee(state, slot, guessed, 1, 0.0)
    log_odds = math.log(0.08 / 0.92) + 1.2 * guessed + 0.7 - 0.4
    chance = 1 / (1 + math.exp(-log_odds - 0.3))
    case = state.cases[slot]
    assert bool(case["flags"] & ERROR) == (draw(model, DRAW_FATE, slot, 0) < chance)
    assert case["error_without_defects"] == pytest.approx(1 / (1 + math.exp(-log_odds)))
    assert bool(case["flags"] & LATENT) == (draw(model, DRAW_FATE, slot, 1) < 0.12)


def test_certain_errors_and_none() -> None:
    model = firm()
    for odds, expected in ((math.inf, ERROR | OWN_ERROR), (0.0, 0)):
        model.state.rates["error_odds"] = odds
        model.state.rates["defect_odds"] = 1.0
        model.state.rates["fault"] = 0.0
        slot = put(model, 0, "repair/fix")
        foresee(model.state, slot, 3, 3, 0.0)
        assert model.state.cases[slot]["flags"] == expected


def test_work_is_drawn_with_its_variation_and_faults_and_records_add_to_it() -> None:
    model = firm({"organisation": "s", "technology": {"record": "shared"}},
                 store_minutes=6.0, fault_minutes=30.0, fault_surfacing=1.0)  # fmt: skip
    varied = put(model, 0, "repair/fix")
    hours = foresee(model.state, varied, 0, 0, 0.25)
    assert hours == pytest.approx(80 / 60 * waits(model, DRAW_WORK, varied, 0) + 0.25)
    constant = put(model, 0, "join/greet")  # produces one fact for the shared record
    assert foresee(model.state, constant, 0, 0, 0.0) == pytest.approx(20 / 60 + 0.1)
    fault = 1 << int(model.state.touchpoints[place(model, "join/consult")]["local"])
    model.state.cases[constant]["faults"] = fault
    assert foresee(model.state, constant, 0, 0, 0.0) == pytest.approx(20 / 60 + 0.1 + 0.5)
    assert model.state.cases[constant]["flags"] & SURFACED


def test_a_fault_surfaces_at_another_function_and_for_certain_where_it_comes_back() -> None:
    model = firm(fault_surfacing=1.0)
    own = put(model, 0, "repair/confirm")
    fault = 1 << int(model.state.touchpoints[place(model, "repair/report")]["local"])
    model.state.cases[own]["faults"] = fault  # front left it, and front looks again
    foresee(model.state, own, 0, 0, 0.0)
    assert not model.state.cases[own]["flags"] & SURFACED
    other = put(model, 0, "repair/fix")
    model.state.cases[other]["faults"] = fault
    foresee(model.state, other, 0, 0, 0.0)
    assert model.state.cases[other]["flags"] & SURFACED
    model.state.rules[0]["fault_surfacing"] = 0.0
    back = put(model, 0, "repair/report")
    model.state.cases[back]["faults"], model.state.cases[back]["recontact"] = fault, 1
    foresee(model.state, back, 0, 0, 0.0)
    assert model.state.cases[back]["flags"] & SURFACED


def test_only_people_notice_a_fault_that_somebody_else_has_left() -> None:
    model = firm(fault_surfacing=1.0)
    slot, fix = put(model, 0, "repair/fix"), place(model, "repair/fix")
    fault = 1 << int(model.state.touchpoints[place(model, "repair/report")]["local"])
    model.state.cases[slot]["faults"] = fault
    for automated, taker, noticed in ((0, BY_PERSON, True), (0, BY_MACHINE, False), (1, 0, False)):
        model.state.touchpoints[fix]["automated"] = automated
        model.state.cases[slot]["machine"] = taker
        assert surfaces(model.state, slot) == noticed


@pytest.mark.parametrize("customer", [0, 1, 2])
def test_branches_follow_the_cumulative_shares_in_the_order_written(customer) -> None:
    model = firm()
    slot = put(model, customer, "repair/report")
    target, exit_taken = take_branch(model.state, slot)
    u = draw(model, DRAW_ROUTE, slot, 0)
    expected = "repair/diagnose" if u < 0.7 else "repair/fix" if u < 0.9 else None
    assert target == (NONE if expected is None else place(model, expected))
    assert (exit_taken == NONE) == (expected is not None)


# --- falling between ------------------------------------------------------------------


@pytest.mark.parametrize("customer", [0, 2])
@pytest.mark.parametrize("find_hours", [math.inf, 0.5])
def test_a_lost_case_is_chased_found_or_given_up_whichever_comes_first(
    customer, find_hours
) -> None:
    model = firm(
        chase_hours_person=40.0,
        chase_hours_agent=8.0,
        give_up_hours_person=50.0,
        give_up_hours_agent=320.0,
    )
    state = model.state
    state.find_hours[:] = find_hours
    seam = int(state.seam_of[MIDDLE, REAR])
    outcomes = set()
    for need in range(30):
        slot = put(model, customer, "repair/fix", need=need)
        state.seams[seam]["lost"] = 0.5
        lost = draw(model, DRAW_ROUTE, slot, 1) < 0.5
        assert falls_between(state, slot, seam, 10.0, False) == lost
        if not lost:
            continue
        means = (8.0, 320.0) if customer == 2 else (40.0, 50.0)
        race = {
            CHASED: means[0] * waits(model, DRAW_LIMBO, slot, 0),
            FOUND: find_hours * waits(model, DRAW_LIMBO, slot, 1),
            GIVEN_UP: means[1] * waits(model, DRAW_LIMBO, slot, 2),
        }
        first = min(race, key=race.__getitem__)
        case = state.cases[slot]
        assert case["state"] == first
        assert case["due"] == pytest.approx(10.0 + race[first])
        assert case["site"] == len(state.touchpoints) + seam
        outcomes.add(first)
    assert outcomes >= ({FOUND} if find_hours < 1 else {CHASED})
    assert state.seam_tallies[seam, SEAM_LOST] > 5


@pytest.mark.parametrize(
    ("sender", "chance", "goes_on"),
    [(MIDDLE, 0.0, True), (MIDDLE, 1.0, False), (NONE, 1.0, True)],
)
def test_a_case_goes_on_unless_a_hand_off_loses_it(sender, chance, goes_on) -> None:
    model = firm()
    slot = put(model, 0, "repair/diagnose")
    case = model.state.cases[slot]
    case["holder"], case["line"] = sender, FIRST
    model.state.seams["lost"] = chance
    model.state.luck[slot, DRAW_ROUTE, 0] = 0  # on to the fix
    assert go_on(model.state, slot, 1.0) == goes_on
    assert case["touchpoint"] == place(model, "repair/fix")
    assert (case["state"] in {CHASED, FOUND, GIVEN_UP}) == (not goes_on)
    assert case["line"] == (FIRST if goes_on else OFF_LINE)  # nobody speaks for a lost case


def test_chasing_costs_a_person_effort_and_an_agent_none() -> None:
    model = firm(effort_chase=2.0)
    person, agent = put(model, 0, "repair/fix"), put(model, 2, "repair/fix")
    for slot in (person, agent):
        chase(model.state, slot)
        let_down(model.state, slot)
        assert model.state.cases[slot]["chases"] == 1
        assert model.state.cases[slot]["worst"] == pytest.approx(math.exp(-1))
    assert model.state.cases["effort"][[person, agent]].tolist() == [2.0, 0.0]
    assert model.state.cases["cause"][[person, agent]].tolist() == [BY_LOSS, NONE]


# --- voicing --------------------------------------------------------------------------


def test_voice_rises_with_severity_up_to_certainty() -> None:
    model = firm(voice_person=0.2, voice_agent=0.9)
    model.state.segments[0]["voice"] = 1.5
    person, agent = put(model, 0, "repair/fix"), put(model, 2, "repair/fix")
    assert voice_probability(model.state, person, 1.0) == pytest.approx(0.3)
    assert voice_probability(model.state, person, 2.0) == pytest.approx(0.6)
    assert voice_probability(model.state, agent, 1.0) == 1.0


def test_the_graver_a_failure_the_more_it_is_voiced_by_a_power() -> None:
    """An error counts 1, a fault 1.5^3 = 3.375 and a loss 2^3 = 8 times .1; 8 · .1 · 1.5 > 1."""
    model = firm(voice_person=0.1, voice_severity=3)
    rules, slot = model.state.rules[0], put(model, 0, "repair/fix")
    assert voice_probability(model.state, slot, SEVERITY_ERROR) == pytest.approx(0.1)
    assert voice_probability(model.state, slot, rules["severity_fault"]) == pytest.approx(0.3375)
    assert voice_probability(model.state, slot, rules["severity_loss"]) == pytest.approx(0.8)
    model.state.segments[0]["voice"] = 1.5
    assert voice_probability(model.state, slot, rules["severity_loss"]) == 1.0
    assert firm().state.rules[0][["severity_fault", "severity_loss"]].tolist() == (1.5, 2.0)


def test_management_takes_graver_failures_to_be_louder_too() -> None:
    """Of 1.3 severe failures persons voice .1 · 1.3² = .169 at base; three in ten more, 1.5."""
    model = firm(voice_person=0.1, voice_severity=2)
    shares = 0.7 * 0.169 + 0.3 * 0.169 * 1.5
    assert model.decisions.mean_voice() == pytest.approx(0.7 * shares + 0.3 * agents_voice(model))


def agents_voice(model) -> float:
    voice = 1.69 * model.organisation.parameters["voice_agent"]
    return 0.7 * min(1.0, voice) + 0.3 * min(1.0, 1.5 * voice)


def test_a_signal_carries_where_it_was_felt_and_caused() -> None:
    model = firm(voice_person=0.25)
    slot = put(model, 0, "repair/fix")
    loud, quiet = int(0.2 * 2**32), int(0.3 * 2**32)
    speak(model.state, slot, 2, 7, 1.0, np.uint64(loud), 0.5)
    speak(model.state, slot, 2, 7, 1.0, np.uint64(quiet), 0.5)
    assert model.state.signals[2, 7, 0] == model.state.signals.sum() == 1
    assert model.state.expected[2, 7].tolist() == [2 * int(0.25 * 0.5 * FIXED), 0]  # by persons
    expect(model.state, slot, 3, 1.0, 0.1)
    assert model.state.expected[3, 3].tolist() == [int(0.025 * FIXED), 0]


def test_every_visit_counts_how_much_of_it_is_expected_to_be_complained_of() -> None:
    model = firm(voice_person=0.25)
    slot, fix = put(model, 0, "repair/fix"), place(model, "repair/fix")
    model.state.cases[slot]["error_without_defects"] = 0.5
    voice_visit(model.state, slot)
    expected = model.state.expected[fix, fix, 0]
    assert expected > 0
    voice_visit(model.state, slot)
    assert model.state.expected[fix, fix, 0] == 2 * expected
