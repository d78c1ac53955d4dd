"""Customers who come as peers: agents, consent, shared ratings, breaches, giving back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from studies import PLAIN, compact_study, started
from three_customers import contact, firm, mask, place, put

from sim.agents.ratings import Ratings
from sim.day.arrive import open_case
from sim.day.disclose import gather_facts, offered
from sim.day.judge import judge_visit, remember
from sim.day.lose_and_find import falls_between
from sim.day.pipeline import enter
from sim.engine.draws import DRAW_DISCLOSE, DRAW_JOIN
from sim.engine.philox import chosen_facts, decision_keys
from sim.organisation.stewardship import Care, Flows, care
from sim.state.blueprint import Blueprint
from sim.state.cases import CHASED, FOUND, REPEAT_ASKED
from sim.state.customers import CUSTOMER, standing_with
from sim.state.fact_records import consented, shared_record, write_records
from sim.state.population import draw_population, share_represented
from sim.state.tallies import (
    BY_TRUST,
    CASE_BREACHES,
    CASE_MISUSES,
    CASE_RATED,
    CASE_SURVEYED,
    CASE_SURVEYED_DETRACTORS,
)
from sim.study.levers import Trust
from sim.study.parameter_table import EVERY_READING

FRONT, MIDDLE, REAR = range(3)
SHARED = PLAIN | {"technology": {"record": "shared"}}


def counted(model, what: int) -> int:
    return int(model.state.case_tallies[..., what].sum())


# --- agents spread ------------------------------------------------------------------------


def everybody(study) -> np.ndarray:
    """Return customers and prospects before anything happens."""
    customers = np.zeros(sum(study.market.simulated), CUSTOMER)
    draw_population(study, 1, decision_keys(study.design.seed, 0), customers)
    return customers


def test_the_share_represented_follows_a_logistic_curve() -> None:
    growth = {"to": 0.9, "midpoint_days": 100, "span_days": 200}
    market = {"customers": 4000, "prospects": 0, "agent_adoption": 0.1, "adoption_growth": growth}
    study = compact_study(market=market, design={"warm_up_days": 50})
    adopted = everybody(study)["represented_from"] / 8 - 50
    assert share_represented(study.market, 50) == pytest.approx(0.1 + 0.8 * 0.25)
    assert share_represented(compact_study().market, 50) == compact_study().market.agent_adoption
    for day, share in (
        (-1e9, 0.1),
        (0, 0.1 + 0.8 * 0.1),
        (50, 0.1 + 0.8 * 0.25),
        (100, 0.5),
        (200, 0.82),
        (1e9, 0.9),
    ):
        spread = math.sqrt(share * (1 - share) / 4000)
        assert np.mean(adopted <= day) == pytest.approx(share, abs=4 * spread)


def test_more_growth_takes_agents_away_from_nobody() -> None:
    def adopted(to: float) -> np.ndarray:
        growth = {"to": to, "midpoint_days": 20, "span_days": 40}
        market = {"customers": 300, "agent_adoption": 0.2, "adoption_growth": growth}
        return everybody(compact_study(market=market))["represented_from"]

    assert np.all(adopted(0.9) <= adopted(0.4))
    assert np.any(adopted(0.9) < adopted(0.4))


def test_a_customer_is_represented_from_the_first_case_after_taking_an_agent() -> None:
    model = firm()
    model.state.customers[0]["represented_from"] = 5.0
    slot = put(model, 0, "repair/report", 4.0)
    assert model.state.customers[0]["represented"] == 0
    open_case(model.state, slot, 5.0)
    assert model.state.customers[0]["represented"] == 1


# --- consent ------------------------------------------------------------------------------


def test_consent_is_the_customers_own_and_more_standing_opens_more() -> None:
    model = firm(consent_scope=0.8)
    every = mask(model, "identity", "history", "intent", "promise")
    before = 0
    for standing in np.linspace(0, 1.25, 30):
        told = consented(model.state, 2, every, standing)
        assert told == consented(model.state, 2, every, standing)  # asking again opens nothing
        assert told & before == before
        before = told
    assert before == every


def test_an_agent_cannot_disclose_what_the_firm_has_not_yet_established() -> None:
    model = firm(consent_scope=1.0, standing_base=1.0)
    model.state.rules[0]["firm_facts"] = mask(model, "promise")
    slot = put(model, 2, "repair/fix")
    wanted = mask(model, "promise", "intent")
    assert offered(model.state, slot, wanted) == mask(model, "intent")
    model.state.cases[slot]["seen"] = mask(model, "promise")
    assert offered(model.state, slot, wanted) == wanted
    assert offered(model.state, put(model, 1, "repair/fix"), wanted) == 0  # nobody speaks for 1


def test_asking_for_less_consent_is_told_less() -> None:
    asked = PLAIN | {"trust": {"consent_asked": 0.5}}
    assert firm(asked, consent_scope=0.8).state.rules[0]["consent"] == 0.4


# --- an agent enters where it is ready ----------------------------------------------------


def test_an_agent_enters_the_journey_where_its_facts_take_it() -> None:
    model = firm(consent_scope=1.0, standing_base=1.0, disclosure_minutes=6.0)
    start = place(model, "repair/diagnose")  # produces a promise and is not mandatory
    slot = put(model, 2, "repair/diagnose")
    assert enter(model.state, slot)
    case = model.state.cases[slot]
    assert case["touchpoint"] != start
    assert case["note"] & mask(model, "promise")
    assert case["intake"] == 1
    needed = int(model.state.touchpoints[case["touchpoint"]]["requires"] & ~case["note"])
    _, _, hours = gather_facts(model.state, slot, 1.0)
    assert hours == pytest.approx((1 + needed.bit_count()) * 0.1)  # what it supplied is taken in


def test_nobody_else_enters_elsewhere_and_mandatory_steps_stay() -> None:
    model = firm(consent_scope=1.0, standing_base=1.0)
    for customer, name in ((1, "repair/diagnose"), (2, "repair/fix"), (2, "join/sign")):
        slot = put(model, customer, name)
        assert enter(model.state, slot)
        assert model.state.cases[slot]["touchpoint"] == place(model, name)
    model.state.rules[0]["firm_facts"] = mask(model, "promise")
    slot = put(model, 2, "repair/diagnose")
    assert enter(model.state, slot)
    assert model.state.cases[slot]["touchpoint"] == place(model, "repair/diagnose")


# --- agents write to the shared record ----------------------------------------------------


@pytest.mark.parametrize(("access", "left"), [("none", True), ("read", True), ("write", False)])
def test_an_agent_that_looks_before_everybody_keeps_the_record_current(access, left) -> None:
    levers = SHARED | {"trust": {"agent_access": access}}
    model = firm(levers, consent_scope=1.0, standing_base=1.0, store_write=1.0,
                 agent_refresh=EVERY_READING)  # fmt: skip
    fact = mask(model, "history")
    for customer, stale in ((1, fact), (2, fact if left else 0)):
        slot = put(model, customer, "repair/report")
        write_records(model.state, slot, 0.0, fact)
        model.state.customers[customer]["stale"] = fact
        assert shared_record(model.state, slot, 1.0) == (fact, stale)


@pytest.mark.parametrize(
    ("scope", "kept"),
    [("all", ("history", "intent")), ("customer", ("history",)), ("case", ("intent",))],
)
def test_a_shared_store_holds_what_its_scope_permits(scope, kept) -> None:
    levers = PLAIN | {"technology": {"record": "shared", "sharing_scope": scope}}
    model = firm(levers, store_write=1.0)
    slot = put(model, 0, "repair/report")
    write_records(model.state, slot, 0.0, mask(model, "history", "intent"))
    assert model.state.customers[0]["record"] == mask(model, *kept)


# --- shared ratings -----------------------------------------------------------------------


def test_shared_ratings_are_the_base_rate_of_the_represented_only() -> None:
    model = firm(reputation_sharing=0.5, rating_memory=0.5, broken_weight=2.0, standing_base=0.6)
    ratings = Ratings(model.organisation.parameters, 3)
    model.state.rated[MIDDLE] = (4, 3)
    ratings.step(model.state)
    heard = (4 + 1.2) / (4 + 6 + 2)
    assert model.state.bases[0] == pytest.approx([0.6] * 3)
    assert model.state.bases[1] == pytest.approx([0.6, 0.6 + 0.5 * (heard - 0.6), 0.6])
    assert standing_with(model.state, 1, MIDDLE) == pytest.approx(0.6)
    assert standing_with(model.state, 2, MIDDLE) == pytest.approx(0.6 + 0.5 * (heard - 0.6))
    assert not model.state.rated.any()
    ratings.step(model.state)  # half of it is forgotten within a week
    heard = (2 + 1.2) / (2 + 3 + 2)
    assert model.state.bases[1, MIDDLE] == pytest.approx(0.6 + 0.5 * (heard - 0.6))


def test_without_sharing_nobody_hears_of_anything() -> None:
    model = firm(reputation_sharing=0.0)
    model.state.rated[:] = 9
    Ratings(model.organisation.parameters, 3).step(model.state)
    assert np.all(model.state.bases == model.state.rules[0]["standing_base"])


# --- misuse and breaches ------------------------------------------------------------------


def visit(model, customer: int = 2) -> int:
    """Let a customer's facts be used once, on record with the function that serves."""
    slot = put(model, customer, "repair/fix")
    contact(model, customer, "rear")["record"] = mask(model, "identity")
    gather_facts(model.state, slot, 0.0)
    return slot


def test_what_nobody_audits_a_watchful_customer_notices() -> None:
    model = firm(misuse_rate=1e6, breach_noticed_agent=1.0, breach_noticed_person=0.0)
    model.rates.write(model.state, model.defects.count)
    visit(model, 1)
    assert (counted(model, CASE_MISUSES), counted(model, CASE_BREACHES)) == (1, 0)
    visit(model, 2)
    assert (counted(model, CASE_MISUSES), counted(model, CASE_BREACHES)) == (2, 1)
    model.state.rules[0]["audit"] = 1.0
    visit(model, 2)
    assert (counted(model, CASE_MISUSES), counted(model, CASE_BREACHES)) == (3, 1)


@pytest.mark.parametrize(("drawn", "misused"), [(0.38, 1), (0.41, 0), (0.49, 0), (0.51, 0)])
def test_a_use_is_misuse_with_the_chance_of_its_hazard(drawn, misused) -> None:
    """Of half a misuse a use one in 1 − e^−.5 = .393 is one."""
    model = firm()
    model.state.rules[0]["misuse"] = 0.5
    slot = put(model, 1, "repair/fix")
    contact(model, 1, "rear")["record"] = mask(model, "identity")
    model.state.luck[slot, DRAW_JOIN, 3] = int(drawn * 2**32)
    gather_facts(model.state, slot, 0.0)
    assert counted(model, CASE_MISUSES) == misused


def test_where_no_recorded_fact_is_used_none_is_misused() -> None:
    model = firm(misuse_rate=1e6)
    gather_facts(model.state, put(model, 1, "repair/fix"), 0.0)  # all has to be asked for
    assert counted(model, CASE_MISUSES) == 0


def test_a_breach_is_a_broken_promise_of_every_function_and_may_end_the_case() -> None:
    model = firm(misuse_rate=1e6, breach_noticed_agent=1.0, effort_breach=1e9)
    slot = visit(model)
    judge_visit(model.state, slot)
    assert [contact(model, 2, name)["trials"] for name in ("front", "middle", "rear")] == [1, 1, 1]
    assert all(contact(model, 2, name)["broken"] > 0 for name in ("front", "middle", "rear"))
    assert model.state.rated[:, 1].tolist() == [1, 1, 1]
    assert model.state.cases[slot]["cause"] == BY_TRUST
    assert model.state.cases[slot]["effort"] > model.state.cases[slot]["tolerance"]


# --- the trust office ------------------------------------------------------------------------


def test_hours_of_the_office_are_spent_once_and_reach_so_far() -> None:
    p = {"governance_minutes": 0.1, "audit_minutes": 0.6, "reciprocity_minutes": 3.0,
         "disclosure_minutes": 0.3}  # fmt: skip
    flows = Flows(Blueprint(compact_study()))
    flows.uses, flows.cases = 6000.0, 400.0  # 10 h to govern, 60 to audit, 20 back, 30 in
    lever = Trust(audit_share=0.3, reciprocity_share=0.25, intake_share=0.15)
    found = care(20.0, flows, p, lever)
    assert found.governed == pytest.approx(6 / 10)
    assert found.audited == pytest.approx(6 / 60)
    assert found.given_back == pytest.approx(5 / 20)
    assert found.taken_in == pytest.approx(3 / 30)
    assert care(1.0, flows, p, lever).audited == pytest.approx(0.3 / 60)  # of part of an hour
    assert care(0.0, flows, p, lever) == Care()
    assert care(1e9, flows, p, lever) == Care(1.0, 1.0, 1.0, 1.0)
    free = p | {"reciprocity_minutes": 0.0}  # what takes no time gets done by whoever is there
    assert care(1.0, flows, free, lever).given_back == 1.0
    assert care(0.0, flows, free, lever).given_back == 0.0


def test_what_the_office_reaches_sets_hazard_audit_work_and_giving_back() -> None:
    model = firm(misuse_rate=0.01, governance_effect=0.8, disclosure_minutes=1.0)
    model.organisation.week.care = Care(0.5, 0.2, 0.3, 0.4)
    model.rates.write(model.state, model.defects.count)
    rules = model.state.rules[0]
    assert rules["misuse"] == pytest.approx(0.01 * (1 - 0.8 * 0.5))
    assert (rules["audit"], rules["reciprocity"]) == (0.2, 0.3)
    assert rules["intake_minutes"] == pytest.approx(0.6)


def test_a_dedicated_office_costs_heads_and_a_hosted_one_its_hosts_time() -> None:
    def office(host: str | None):
        levers = PLAIN | {"staffing": {"trust_office": 10}, "trust": {"host": host}}
        return started(compact_study(levers, design={"warm_up_days": 0}))

    dedicated, hosted = office(None), office("rear")
    assert dedicated.organisation.staff.people["trust_office"] == 1
    assert dedicated.organisation.staff.line.sum() == hosted.organisation.staff.line.sum() - 1
    assert dedicated.organisation.staff.total == hosted.organisation.staff.total
    assert hosted.organisation.staff.hosted.tolist() == [0.0, 0.0, 1.0]
    for model in (dedicated, hosted):
        model.step()
        assert model.trust_office.hours > 0
        assert model.state.rules[0]["audit"] > 0
    # A side duty gets done as far as the host's incentives let it.
    assert hosted.trust_office.hours < dedicated.trust_office.hours


# --- giving back --------------------------------------------------------------------------


@pytest.mark.parametrize(("given_back", "spared"), [(0.0, False), (1.0, True)])
def test_a_firm_that_gives_back_asks_nobody_twice(given_back, spared) -> None:
    model = firm(ask_probability=1.0)
    model.state.rules[0]["reciprocity"] = given_back
    slot = put(model, 0, "repair/fix")
    model.state.cases[slot]["given"] = mask(model, "identity", "intent", "promise")
    gather_facts(model.state, slot, 0.0)
    case = model.state.cases[slot]
    assert bool(case["flags"] & REPEAT_ASKED) is not spared
    assert bool(case["new_effort"] == 0.0) is spared


@pytest.mark.parametrize(("given_back", "outcome"), [(0.0, CHASED), (1.0, FOUND)])
def test_a_customer_who_sees_the_status_need_not_chase(given_back, outcome) -> None:
    model = firm(chase_hours_person=1e-6)
    model.state.seams["lost"] = 1.0
    model.state.rules[0]["reciprocity"] = given_back
    slot = put(model, 0, "repair/fix")
    assert falls_between(model.state, slot, 0, 0.0, False)
    assert model.state.cases[slot]["state"] == outcome


# --- memory and surveys -------------------------------------------------------------------


def test_a_journeys_memory_may_be_the_mean_of_its_steps() -> None:
    model = firm(peak_end_weight=0.25, expectation=0.5, memory_weight=1.0, loss_aversion=1.0)
    slot = put(model, 0, "repair/report")
    case = model.state.cases[slot]
    case["worst"], case["latest"], case["felt"], case["judged"] = 0.2, 0.8, 2.7, 3
    remember(model.state, slot, 0.0, True)
    expected = 0.25 * 0.5 * (0.2 + 0.8) + 0.75 * 0.9
    assert model.state.customers[0]["liking"] == pytest.approx(expected)
    remember(model.state, slot, 0.0, False)  # the end of a dropped case is one more step
    expected = 0.25 * 0.5 * 0.2 + 0.75 * 2.7 / 4
    assert model.state.customers[0]["liking"] == pytest.approx(expected)


def test_the_disappointed_answer_a_survey_more_often_than_the_middling() -> None:
    def answers(experience: float) -> tuple[int, int]:
        model = firm(survey_response=0.6, memory_weight=1.0)
        for need in range(300):
            slot = put(model, 0, "repair/report", need=need)
            model.state.cases[slot]["worst"] = model.state.cases[slot]["latest"] = experience
            model.state.customers[0]["standing"] = experience
            remember(model.state, slot, 0.0, True)
        assert counted(model, CASE_RATED) == 300
        return counted(model, CASE_SURVEYED), counted(model, CASE_SURVEYED_DETRACTORS)

    middling, worst = answers(0.5)[0], answers(0.0)
    assert middling == pytest.approx(300 * 0.6 * 0.5, abs=4 * math.sqrt(300 * 0.3 * 0.7))
    assert worst[0] == pytest.approx(300 * 0.6 * 1.5, abs=4 * math.sqrt(300 * 0.9 * 0.1))
    assert worst[1] == worst[0]


def test_a_journeys_memory_may_be_the_mean_of_its_steps_as_they_are_judged() -> None:
    model = firm(peak_end_weight=0.0, expectation=0.0, memory_weight=1.0, loss_aversion=1.0)
    slot = put(model, 0, "repair/report")
    case = model.state.cases[slot]
    for waited in (0.0, 0.5, 1.0):
        case["waited"] = waited
        judge_visit(model.state, slot)
    remember(model.state, slot, 0.0, True)
    expected = (1.0 + math.exp(-0.5) + math.exp(-1.0)) / 3.0
    assert model.state.customers[0]["liking"] == pytest.approx(expected)


def test_who_is_counted_in_the_first_cohort_is_asked_and_who_in_none_is_not() -> None:
    model = firm(survey_response=1.0, memory_weight=1.0)
    for cohort, answers in ((0, 1), (-1, 1)):
        slot = put(model, 0, "repair/report")
        case = model.state.cases[slot]
        case["cohort"], case["worst"], case["latest"] = cohort, 0.0, 0.0
        model.state.customers[0]["standing"] = 0.0
        remember(model.state, slot, 0.0, True)
        assert counted(model, CASE_SURVEYED) == answers


def test_named_draws_of_consent_are_the_generators_own() -> None:
    model = firm(consent_scope=0.7)
    every = mask(model, "identity", "history", "intent", "promise")
    drawn = chosen_facts(model.state.keys[DRAW_DISCLOSE], 2, 0, 0, 0, every, 0.7 * 0.5)
    assert consented(model.state, 2, every, 0.5) == drawn
    assert started(compact_study(PLAIN)).state.rules[0]["misuse"] > 0
