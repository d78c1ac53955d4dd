"""Negotiated terms, who approves them, machines, and what is served first."""

from __future__ import annotations

import math

import numpy as np
import pytest
from studies import PLAIN, compact_study, finished, peer_enterprise, started
from three_customers import draw, place, put

from sim.checks.theory import QUIET
from sim.day.negotiate import (
    NO_TERMS,
    bargain,
    conceded_by,
    negotiate,
    remit_of,
    settle_terms,
)
from sim.day.serve import foresee
from sim.day.take_up import stand_before
from sim.day.wait import join_queue, next_case
from sim.engine.draws import DRAW_JOIN, DRAW_NEGOTIATE
from sim.engine.philox import uniform
from sim.engine.which_draw import block_of_visit
from sim.state.cases import (
    ABANDONED,
    BY_MACHINE,
    BY_PERSON,
    DEFERRED,
    DEFERRED_FIRST,
    ERROR,
    LATENT,
    LIVE,
    NONE,
    SENT_AWAY,
)
from sim.state.tallies import CASE_AGREED, CASE_CONCEDED, CASE_NEGOTIATED, FIXED, SEAM_CROSSINGS

FRONT, MIDDLE, REAR = range(3)


def firm(levers=PLAIN, approval="path", **parameters):
    """Return the compact firm with terms and machines, three customers, the third represented."""
    study = compact_study(
        levers,
        parameters=QUIET | parameters,
        market={"customers": 3, "prospects": 0},
        design={"warm_up_days": 0},
        enterprise=peer_enterprise(),
        mechanisms={"approval": approval},
    )
    model = started(study)
    model.state.customers["segment"] = 0
    model.state.customers["represented"] = [0, 0, 1]
    return model


# --- the curves of Faratin, Sierra & Jennings ---------------------------------------------


@pytest.mark.parametrize("readiness", [0.2, 1.0, 3.0])
def test_a_side_goes_from_its_ideal_to_its_reservation(readiness) -> None:
    steps = [conceded_by(k, 8, readiness) for k in range(9)]
    assert (steps[0], steps[-1]) == (0.0, 1.0)
    assert np.all(np.diff(steps) > 0)
    assert steps[4] == pytest.approx(0.5 ** (1 / readiness))


def test_linear_sides_meet_half_way() -> None:
    terms, n_rounds = bargain(11, 0.0, 1.0, 1.0, 1.0)
    assert n_rounds == 6
    assert terms == pytest.approx(0.5)


@pytest.mark.parametrize("firm_readiness", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("least", [0.0, 0.3, 0.9])
def test_terms_lie_between_the_reservations(firm_readiness, least) -> None:
    for most in (0.95, 1.0):
        terms, _ = bargain(8, least, most, firm_readiness, 0.7)
        assert least - 1e-12 <= terms <= most + 1e-12


def test_who_concedes_earlier_gets_less() -> None:
    eager, stubborn = bargain(20, 0.1, 1.0, 3.0, 1.0)[0], bargain(20, 0.1, 1.0, 0.3, 1.0)[0]
    assert eager > 0.5 > stubborn


def test_the_firm_accepts_a_demand_no_worse_than_its_own_next_offer() -> None:
    # Of four offers the firm's are 0, 1/3, 2/3, 1; the customer demands 1, then 1 - (1/3)^(1/2).
    terms, n_rounds = bargain(4, 0.0, 1.0, 1.0, 2.0)
    assert terms == pytest.approx(1.0 - 3.0**-0.5)
    assert n_rounds == 2


def test_reservations_that_do_not_overlap_end_without_terms() -> None:
    assert bargain(6, 0.7, 0.5, 1.0, 1.0) == (NO_TERMS, 6)
    assert bargain(2, 1.1, 1.0, 1.0, 1.0) == (NO_TERMS, 2)


# --- at the touchpoint --------------------------------------------------------------------


def test_every_round_costs_work_and_only_a_person_takes_time_to_answer() -> None:
    for customer, waits in ((0, True), (2, False)):
        model = firm(negotiation_reply_hours=10.0)
        slot = put(model, customer, "renew/offer")
        model.state.cases[slot]["reply"] = 0.0
        hours = negotiate(model.state, slot, 0.5)
        assert hours >= 0.5
        assert hours / 0.5 == pytest.approx(round(hours / 0.5))
        assert bool(model.state.cases[slot]["reply"] > 0) is bool(waits and hours > 0.5)


def test_a_customer_concedes_by_standing_with_whoever_negotiates_the_first_function_too() -> None:
    for owner in range(3):
        rounds = []
        for broken in (0, 40):
            model = firm(concession_standing=6.0, concession_person=0.3)
            model.state.touchpoints[place(model, "renew/offer")]["owner"] = owner
            record = model.state.contacts[owner]
            record["kept"], record["broken"] = 40 - broken, broken
            slot = put(model, 0, "renew/offer")
            rounds.append(negotiate(model.state, slot, 0.5))
        assert rounds[0] < rounds[1]


def test_with_nobody_a_customer_has_no_standing_that_counts() -> None:
    rounds = []
    for broken in (0, 40):
        model = firm(concession_standing=6.0, concession_person=0.3)
        model.state.touchpoints[place(model, "renew/offer")]["owner"] = NONE
        model.state.contacts["kept"], model.state.contacts["broken"] = 40 - broken, broken
        rounds.append(negotiate(model.state, put(model, 1, "renew/offer"), 0.5))
    assert rounds[0] == rounds[1]


def test_a_step_without_terms_is_left_alone() -> None:
    model = firm()
    slot = put(model, 0, "repair/fix")
    assert negotiate(model.state, slot, 0.5) == 0.5
    assert settle_terms(model.state, slot, 1.0)
    assert not model.state.case_tallies[..., CASE_NEGOTIATED].any()


def test_terms_within_the_remit_hold_at_once_and_count_in_money() -> None:
    model = firm(PLAIN | {"remit": 0.5})
    slot = put(model, 0, "renew/offer")
    case = model.state.cases[slot]
    case["terms"], case["reply"] = 0.4, 0.0
    assert settle_terms(model.state, slot, 1.0)
    assert case["reply"] == 0.0
    assert model.state.case_tallies[..., CASE_AGREED].sum() == 1
    assert model.state.case_tallies[..., CASE_CONCEDED].sum() == int(0.4 * 50 * FIXED)
    case["terms"] = NO_TERMS
    assert not settle_terms(model.state, slot, 1.0)
    assert model.state.case_tallies[..., CASE_NEGOTIATED].sum() == 2


def test_the_whole_remit_is_conceded_without_asking() -> None:
    """As in the last round, where nobody approves more."""
    for path in ("none", "decision_maker"):
        model = firm(PLAIN | {"escalation": {"path": path, "attention_hours": 4}, "remit": 0.2})
        slot = put(model, 0, "renew/offer")
        case = model.state.cases[slot]
        owner = model.state.touchpoints[case["touchpoint"]]["owner"]
        case["terms"], case["reply"] = remit_of(model.state, owner), 0.0
        assert settle_terms(model.state, slot, 5.0)
        assert case["reply"] == 0.0


def test_requests_beyond_the_remit_wait_for_whoever_approves_in_turn() -> None:
    named = {"escalation": {"path": "decision_maker", "attention_hours": 4}, "remit": 0.2}
    model = firm(PLAIN | named, approval_minutes=6.0)
    slot = put(model, 0, "renew/offer")
    case = model.state.cases[slot]
    waits = []
    for _ in range(3):
        case["terms"], case["reply"] = 0.6, 0.0
        settle_terms(model.state, slot, 5.0)
        waits.append(case["reply"])
    assert waits == pytest.approx([1.0, 2.0, 3.0])  # .1 h of attention is a tenth of the week's 4


@pytest.mark.parametrize(("attention", "approves"), [(0.0, 0), (0.5, 1)])
def test_any_attention_is_enough_to_approve(attention, approves) -> None:
    named = {"escalation": {"path": "decision_maker", "attention_hours": attention}}
    assert firm(PLAIN | named).state.rules[0]["approves"] == approves


def test_a_committee_approves_at_its_meetings() -> None:
    board = {"escalation": {"path": "committee", "attention_hours": 4, "meeting_weeks": 2}}
    model = firm(PLAIN | board | {"remit": 0.2}, approval_minutes=6.0)
    slot = put(model, 0, "renew/offer")
    case = model.state.cases[slot]
    case["terms"], case["reply"] = 0.6, 0.0
    settle_terms(model.state, slot, 5.0)
    assert case["reply"] == pytest.approx(80 + 1 - 5)


def test_where_nobody_approves_the_remit_is_all_there_is() -> None:
    model = firm(PLAIN | {"remit": 0.2})
    for need in range(60):
        slot = put(model, 2, "renew/offer", need=need)
        negotiate(model.state, slot, 0.5)
        assert model.state.cases[slot]["terms"] <= 0.2


# --- the head of the negotiating function (E7) --------------------------------------------


def asked(model, customer=0, terms=0.6, hour=5.0, need=0):
    """Let terms of a negotiation be settled; return the case and whether the two agreed."""
    slot = put(model, customer, "renew/offer", need=need)
    case = model.state.cases[slot]
    case["terms"], case["reply"] = terms, 0.0
    return case, settle_terms(model.state, slot, hour)


def test_a_head_approves_in_turn_and_owes_at_most_a_week() -> None:
    """An hour's attention of two a week: each approval takes the head 20 hours of the clock."""
    model = firm({**PLAIN, "remit": 0.2}, "head", approval_minutes=60.0, head_approval_hours=2.0)
    model.state.segments["patience"] = 1e6
    owner = model.state.touchpoints[place(model, "renew/offer")]["owner"]
    waits = [float(asked(model, need=need)[0]["reply"]) for need in range(3)]
    assert waits == pytest.approx([20.0, 40.0, 60.0])
    assert model.state.approver[owner] == pytest.approx(65.0)
    assert model.state.approvals.tolist() == [3 * int(f == owner) for f in range(3)]
    # The next would wait sixty hours to be looked at, and a week has forty.
    ends = set()
    for need in range(3, 40):
        case, agreed = asked(model, 2, need=need)
        assert (case["terms"], case["reply"]) == (0.2, 0.0)
        lanes = block_of_visit(model.state, np.flatnonzero(model.state.cases["need"] == need)[0],
                               DRAW_NEGOTIATE)  # fmt: skip
        insists = model.state.rules[0]["alternative_agent"] * uniform(lanes[0])
        assert agreed == (insists <= 0.2)
        ends.add(agreed)
    assert ends == {True, False}
    assert model.state.approvals.sum() == 3
    assert model.state.approver[owner] == pytest.approx(65.0)


@pytest.mark.parametrize(("owner", "beyond"), [(FRONT, True), (REAR, True), (NONE, False)])
def test_every_function_has_a_head_and_nobody_s_step_has_none(owner, beyond) -> None:
    model = firm(PLAIN | {"remit": 0.2}, "head", head_approval_hours=2.0)
    model.state.touchpoints[place(model, "renew/offer")]["owner"] = owner
    found = []
    for need in range(30):
        slot = put(model, 2, "renew/offer", need=need)
        negotiate(model.state, slot, 0.5)
        found.append(model.state.cases[slot]["terms"])
    assert (max(found) > 0.2) == beyond


def test_who_waits_too_long_for_an_approval_goes_and_has_conceded_nothing() -> None:
    model = firm({**PLAIN, "remit": 0.2}, "head", approval_minutes=60.0, head_approval_hours=2.0,
                 patience_deferred_hours=1e-3)  # fmt: skip
    case, agreed = asked(model)
    assert agreed
    assert case["state"] == ABANDONED
    assert 5.0 < case["due"] < 5.1
    assert model.state.case_tallies[..., CASE_NEGOTIATED].sum() == 1
    assert model.state.case_tallies[..., CASE_AGREED].sum() == 0
    assert model.state.case_tallies[..., CASE_CONCEDED].sum() == 0


def test_what_a_head_approves_is_charged_to_the_line_of_the_function() -> None:
    model = firm({**PLAIN, "remit": 0.2}, "head", approval_minutes=30.0)
    model.state.approvals[:] = [4, 0, 1]
    for function in model.functions:
        function.step()
    assert model.charges.tolist() == [2.0, 0.0, 0.5]
    assert not model.state.approvals.any()


def test_a_remit_is_its_functions_times_the_lever_up_to_all_of_it() -> None:
    own = peer_enterprise()
    own["functions"] = own["functions"] | {"front": {"heads": 3, "base_remit": 0.5}}
    for lever, front, others in ((1.0, 0.5, 0.75), (1.2, 0.6, 0.9), (1.6, 0.8, 1.0), (0, 0, 0)):
        study = compact_study(
            PLAIN | {"remit": lever}, enterprise=own, parameters={"base_remit": 0.75}
        )
        state = started(study).state
        assert state.functions["remit"].tolist() == pytest.approx([front, others, others])
        assert remit_of(state, NONE) == pytest.approx(others)  # where nobody serves


def test_a_path_for_issues_approves_no_terms_where_heads_do() -> None:
    board = {"escalation": {"path": "committee", "attention_hours": 4, "meeting_weeks": 2}}
    rules = firm(PLAIN | board, "head").state.rules[0]
    without = firm(PLAIN, "head").state.rules[0]
    names = ("approves", "approval_hours", "approval_cycle", "heads_approve")
    assert [rules[n] for n in names] == [without[n] for n in names]
    assert rules["approval_cycle"] == 0


# --- machines -----------------------------------------------------------------------------


def takers(deflection: float) -> list[int]:
    model = firm()
    model.state.rates["deflection"] = deflection
    found = []
    for need in range(400):
        slot = put(model, 0, "repair/diagnose", need=need)
        found.append(int(model.state.cases[slot]["machine"]))
    return found


def test_a_machine_takes_its_share_and_hands_over_or_sends_away_the_rest() -> None:
    resolve, deflect = takers(0.0), takers(1.0)
    solved = np.mean([taker == BY_MACHINE for taker in resolve])
    assert solved == pytest.approx(0.4 * 0.6, abs=4 * math.sqrt(0.24 * 0.76 / 400))
    assert SENT_AWAY not in resolve
    sent = np.mean([taker == SENT_AWAY for taker in deflect])
    assert sent == pytest.approx(0.4 * 0.4, abs=4 * math.sqrt(0.16 * 0.84 / 400))
    assert [t == BY_MACHINE for t in deflect] == [t == BY_MACHINE for t in resolve]


def test_whether_a_machine_takes_a_visit_has_a_draw_of_its_own() -> None:
    model = firm()
    model.state.rates["deflection"] = 1.0
    for need in range(60):
        slot = put(model, 0, "repair/diagnose", need=need)
        taken = draw(model, DRAW_JOIN, slot, 2) < 0.4
        assert (model.state.cases[slot]["machine"] != BY_PERSON) == taken


def test_a_visit_that_a_machine_hands_over_is_no_unlucky_one() -> None:
    model = firm()
    state = model.state
    state.rates["error_odds"], state.rates["defect_odds"] = 1.0 / 3.0, 1.0
    state.rates["fault"], state.rates["deflection"] = 0.3, 0.5
    slot = put(model, 0, "repair/diagnose")
    case = state.cases[slot]
    flags = []
    for need in range(6000):
        case["need"], case["flags"] = need, 0
        stand_before(state, slot)
        taken = uniform(state.luck[slot, DRAW_JOIN, 2]) < state.rates[case["touchpoint"]]["machine"]
        if taken and case["machine"] == BY_PERSON:
            foresee(state, slot, 0, 0, 0.0)
            flags.append(int(case["flags"]))
    for flag, chance in ((ERROR, 0.25), (LATENT, 0.3)):
        share = np.mean([(each & flag) > 0 for each in flags])
        tolerance = 4.0 * math.sqrt(chance * (1.0 - chance) / len(flags))
        assert share == pytest.approx(chance, abs=tolerance)


def test_whoever_is_sent_away_carries_a_fault_and_no_visible_error() -> None:
    model = firm()
    model.state.rates["error_odds"] = 1e9
    slot = put(model, 0, "repair/diagnose")
    for taker, flags in ((BY_MACHINE, 0), (SENT_AWAY, LATENT)):
        model.state.cases[slot]["flags"] = 0
        model.state.cases[slot]["machine"] = taker
        foresee(model.state, slot, 0, 0, 0.0)
        assert model.state.cases[slot]["flags"] == flags


def test_whoever_comes_back_gets_a_person() -> None:
    model = firm()
    model.state.rates["machine"] = 1.0
    slot = put(model, 0, "repair/diagnose")
    assert model.state.cases[slot]["machine"] != BY_PERSON or model.state.rates["deflection"].any()
    model.state.cases[slot]["recontact"] = 1
    stand_before(model.state, slot)
    assert model.state.cases[slot]["machine"] == BY_PERSON


def test_a_case_that_a_machine_took_on_crosses_the_seam_between_the_people_around_it() -> None:
    machine = {"share": 0.5, "error": 0.4}
    steps = {
        "ask": {"owner": "front", "minutes": 1, "next": {"check": 1}},
        "check": {"owner": "middle", "minutes": 1, "automation": machine, "next": {"do": 1}},
        "do": {"owner": "rear", "minutes": 1, "next": {"completed": 1}},
    }
    firm = {
        "enterprise": "row",
        "functions": {name: {"heads": 50} for name in ("front", "middle", "rear")},
        "facts": {"identity": "customer"},
        "journeys": {"only": {"start": "ask", "touchpoints": steps}},
    }
    study = compact_study(
        PLAIN | {"incentives": {"handle_time_weight": 0}},  # what it cannot solve it hands over
        parameters=QUIET,
        market={
            "customers": 500,
            "prospects": 0,
            "segments": {"all": {"share": 1, "needs_per_year": {"only": 40}}},
        },
        design={"warm_up_days": 0},
        enterprise=firm,
    )
    model = finished(study)
    seams = model.blueprint.seam_ids
    crossed = dict(zip(seams, model.state.seam_tallies[:, SEAM_CROSSINGS], strict=True))
    planned = dict(zip(seams, model.organisation.crossings, strict=True))
    everybody = crossed["front>middle"] + crossed["front>rear"]
    for seam, share in (("front>middle", 0.7), ("front>rear", 0.3), ("middle>rear", 0.7)):
        tolerance = 4.0 * math.sqrt(0.21 / everybody)
        assert crossed[seam] / everybody == pytest.approx(share, abs=tolerance), seam
        assert planned[seam] == pytest.approx(share * 500 * 40 / 52), seam


# --- paid to serve one journey first ------------------------------------------------------


def test_a_journey_that_pays_is_served_before_others_of_its_rank() -> None:
    levers = PLAIN | {"incentives": {"serve_first": {"middle": "renew"}}}
    model = firm(levers)
    state = model.state
    early = put(model, 0, "join/sign", 0.0)
    late = put(model, 1, "renew/offer", 0.0)
    for slot, hour in ((early, 0.0), (late, 0.5)):
        state.cases[slot]["due"] = hour
        join_queue(state, slot)
    assert state.queues[MIDDLE, DEFERRED, 0] == early
    assert state.queues[MIDDLE, DEFERRED_FIRST, 0] == late
    state.servers[:] = 1.0
    assert next_case(state, MIDDLE, 8.0)[0] == late
    assert next_case(state, MIDDLE, 8.0)[0] == early
    assert next_case(state, MIDDLE, 8.0)[0] == NONE


def test_what_has_not_joined_yet_is_not_waited_for() -> None:
    model = firm(PLAIN | {"incentives": {"serve_first": {"front": "join"}}})
    state = model.state
    now, later = put(model, 0, "repair/report"), put(model, 1, "join/consult")
    for slot, hour in ((now, 0.0), (later, 3.0)):
        state.cases[slot]["due"] = hour
        join_queue(state, slot)
    assert state.queues[FRONT, LIVE, 0] == now
    assert next_case(state, FRONT, 8.0)[0] == now


def test_a_touchpoint_stands_where_its_name_says() -> None:
    model = firm()
    assert model.state.touchpoints[place(model, "renew/offer")]["rounds"] == 5
