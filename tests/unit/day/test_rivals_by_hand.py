"""What rivals offer, worked out by hand on three customers (rule E7)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from studies import PLAIN, compact_study, peer_enterprise, started
from three_customers import firm, place, put

from sim.day.arrive import arrive
from sim.day.close import close_completed
from sim.day.judge import trial
from sim.day.negotiate import settle_terms
from sim.engine.draws import DRAW_RIVAL
from sim.engine.philox import block, uniform
from sim.state.cases import DEMAND_AT
from sim.state.leaving import consume_hazard, leaving_hours, left_by_now, renew_hazard
from sim.state.rivals import PARTS, look_around

REAR = 2
SEARCHING = {"agent_search": 1.0, "person_search": 1.0, "rival_offer": 0.2}
YEAR = 2080.0
MARGIN = 400 * 0.4  # of a home, a year
HAZARD = {"leaving_per_day": 0.8, "leaving_standing": 0.0, "leaving_memory": 0.0,
          "leaving_price": 0.0, "leaving_offer": 10.0}  # fmt: skip


def quotes(model, customer: int, week: int) -> list[float]:
    """Return what each of the market's three rivals quotes a customer in a week."""
    key = model.state.keys[DRAW_RIVAL]
    return [0.2 * float(uniform(block(key, customer, week, rival, 0)[0])) for rival in range(3)]


def offer(model, customer: int) -> tuple[float, float, int]:
    """Return present terms, the best quote and the day it was seen on."""
    present, best, day = model.state.offers[customer].tolist()
    return present / PARTS, best / PARTS, day


def quoted(model, customer: int, share: float, day: int = 0) -> None:
    model.state.offers[customer]["best"] = int(share * PARTS)
    model.state.offers[customer]["day"] = day
    renew_hazard(model.state, customer)


def test_the_best_of_all_quotes_of_a_week_is_kept_with_its_day() -> None:
    model = firm(**SEARCHING)
    look_around(model.state, 0, 3 * 40.0 + 17.0)
    _, best, day = offer(model, 0)
    assert best == pytest.approx(max(quotes(model, 0, 3)), abs=1 / PARTS)
    assert day == 17
    seen = [max(quotes(model, 0, week)) for week in range(8)]
    for week in range(8):
        look_around(model.state, 0, week * 40.0)
    assert offer(model, 0)[1] == pytest.approx(max(seen), abs=1 / PARTS)
    assert offer(model, 0)[2] == 5 * int(np.argmax(seen))


def test_rivals_are_as_many_as_the_market_has_and_quote_up_to_a_share() -> None:
    best = []
    for n in (0, 1, 3, 5):
        model = started(compact_study(PLAIN, market={"customers": 400, "rivals": n},
                                      parameters=SEARCHING))  # fmt: skip
        for customer in range(400):
            look_around(model.state, customer, 0.0)
        assert len(model.state.offers) == (415 if n else 0)
        best.append(model.state.offers["best"][:400] / PARTS if n else np.zeros(400))
    for n, found in zip((1, 3, 5), best[1:], strict=True):
        # The best of n uniform quotes is n/(n + 1) of the largest on average.
        spread = 0.2 * math.sqrt(n / (n + 1) ** 2 / (n + 2) / 400)
        assert found.mean() == pytest.approx(0.2 * n / (n + 1), abs=4 * spread)
        assert found.max() < 0.2
    assert all(np.all(more >= less) for less, more in itertools.pairwise(best))


def test_an_agent_looks_more_often_than_a_person_by_one_draw_a_week() -> None:
    model = firm(agent_search=0.8, person_search=0.25, rival_offer=0.2)
    for customer, search in ((0, 0.25), (2, 0.8)):
        looked = []
        for week in range(200):
            model.state.offers[customer] = (0, 0, 0)
            look_around(model.state, customer, week * 40.0 + 1.0)
            looked.append(model.state.offers[customer]["best"] > 0)
            drawn = uniform(block(model.state.keys[DRAW_RIVAL], customer, week, 0, 0)[1])
            assert looked[-1] == (drawn < search)
        assert np.mean(looked) == pytest.approx(search, abs=0.12)


def test_a_broken_trial_makes_a_customer_look_and_a_kept_one_does_not() -> None:
    model = firm(**SEARCHING, **HAZARD)
    trial(model.state, 0, REAR, False, 1.0)
    assert offer(model, 0)[1] == 0.0
    trial(model.state, 0, REAR, True, 1.0)
    _, best, _ = offer(model, 0)
    assert best > 0.0
    assert model.state.customers[0]["hazard"] == pytest.approx(0.1 * math.exp(10 * best))


def test_the_hazard_counts_what_is_offered_beyond_present_terms() -> None:
    model = firm(**HAZARD)
    model.state.segments[0]["price_sensitivity"] = 0.5
    model.state.offers[0] = (int(0.05 * PARTS), int(0.125 * PARTS), 0)
    renew_hazard(model.state, 0)
    better = (8192 - 3276) / PARTS  # .125 and .05 in whole parts
    expected = 0.1 * math.exp(10 * better * math.exp(0.5))
    assert model.state.customers[0]["hazard"] == pytest.approx(expected)
    model.state.offers[0] = (int(0.2 * PARTS), int(0.125 * PARTS), 0)
    renew_hazard(model.state, 0)  # what is worse than present terms drives nobody away
    assert model.state.customers[0]["hazard"] == pytest.approx(0.1)


def test_a_quote_is_forgotten_a_year_later_and_the_hazard_falls_in_the_midst_of_time() -> None:
    model = firm(**HAZARD | {"leaving_per_day": 8e-5})
    customer = model.state.customers[0]
    customer["hazard_left"] = 1.0
    quoted(model, 0, 0.125, day=2)
    with_it, without = 1e-5 * math.exp(1.25), 1e-5
    forgotten = 8.0 * 3 + YEAR
    consume_hazard(model.state, 0, forgotten + 100.0)
    spent = with_it * forgotten + without * 100.0
    assert customer["hazard_left"] == pytest.approx(1.0 - spent, rel=1e-6)
    assert customer["hazard"] == pytest.approx(without)
    assert offer(model, 0)[1] == 0.0
    assert customer["since"] == forgotten + 100.0


def test_looking_often_consumes_as_much_as_looking_once() -> None:
    once, often = (firm(**HAZARD | {"leaving_per_day": 8e-5}) for _ in range(2))
    for model in (once, often):
        quoted(model, 0, 0.1)
    consume_hazard(once.state, 0, 4000.0)
    for hour in (5.0, 700.0, 8.0 + YEAR, 9.0 + YEAR, 3000.0, 4000.0):
        consume_hazard(often.state, 0, hour)
    left = [float(model.state.customers[0]["hazard_left"]) for model in (once, often)]
    assert left[0] == pytest.approx(left[1], rel=1e-12)


@pytest.mark.parametrize("left", [0.01, 0.02, 0.0295, 0.03, 0.1])
def test_when_somebody_will_leave_has_the_forgetting_in_it(left) -> None:
    model = firm(**HAZARD | {"leaving_per_day": 8e-5})
    model.state.customers[0]["hazard_left"] = left
    quoted(model, 0, 0.04)
    fast, slow, forgotten = 1e-5 * math.exp(10 * int(0.04 * PARTS) / PARTS), 1e-5, 8.0 + YEAR
    by_then = fast * forgotten
    expected = left / fast if left < by_then else forgotten + (left - by_then) / slow
    assert leaving_hours(model.state)[0] == pytest.approx(expected, rel=1e-5)
    assert left_by_now(model.state, 0, expected + 1.0) == pytest.approx(expected, rel=1e-5)
    assert np.isinf(left_by_now(model.state, np.array([0]), expected - 1.0)[0])
    consume_hazard(model.state, 0, expected + 1.0)
    assert model.state.customers[0]["left_at"] == pytest.approx(expected, rel=1e-5)


def test_in_warm_up_a_quote_is_forgotten_and_nothing_is_consumed() -> None:
    model = firm(**HAZARD)
    model.state.rules[0]["day_zero"] = 3000.0
    model.state.customers[0]["hazard_left"] = 1.0
    quoted(model, 0, 0.1)
    assert leaving_hours(model.state)[0] == pytest.approx(3000.0 + 10.0)
    consume_hazard(model.state, 0, 2500.0)
    assert (offer(model, 0)[1], model.state.customers[0]["hazard_left"]) == (0.0, 1.0)


def test_terms_of_a_renewal_hold_until_the_next_one() -> None:
    model = firm(**HAZARD)
    state = model.state
    state.customers["hazard_left"] = 1e6
    slot = put(model, 0, "renew/offer")
    state.touchpoints[place(model, "renew/offer")]["stake"] = 40.0
    state.touchpoints[place(model, "renew/offer")]["rounds"] = 5
    quoted(model, 0, 0.125)
    state.cases[slot]["terms"] = 0.2
    settle_terms(state, slot, 2.0)
    present = int(0.2 * 40 / MARGIN * PARTS)
    assert state.offers[0]["present"] == present
    assert state.customers[0]["hazard"] == pytest.approx(
        0.1 * math.exp(10 * (8192 - present) / PARTS)
    )
    close_completed(state, slot, 3.0)
    assert state.offers[0]["present"] == present
    again = put(model, 0, "renew/offer", need=1)
    close_completed(state, again, 50.0)  # renewed, and nothing was asked for
    assert state.offers[0]["present"] == 0
    assert state.customers[0]["hazard"] == pytest.approx(0.1 * math.exp(1.25))


def test_terms_of_another_journey_are_no_terms_of_the_contract() -> None:
    model = firm(**HAZARD)
    state = model.state
    fix = place(model, "repair/fix")
    state.touchpoints[fix]["stake"], state.touchpoints[fix]["rounds"] = 40.0, 5
    slot = put(model, 0, "repair/fix")
    state.cases[slot]["terms"] = 0.2
    settle_terms(state, slot, 2.0)
    assert state.offers[0]["present"] == 0


def test_a_renewal_that_falls_due_is_an_occasion_to_look() -> None:
    study = compact_study(
        market={"customers": 40, "prospects": 0}, enterprise=peer_enterprise(),
        parameters=SEARCHING, design={"warm_up_days": 0},
    )  # fmt: skip
    model = started(study)
    renew = model.blueprint.journeys.index("renew")
    looked = {True: 0, False: 0}
    while looked[True] < 5:
        need = model.state.demand[model.state.counters[DEMAND_AT]]
        before = model.state.offers[need["customer"]].copy()
        begun = arrive(model.state) >= 0
        seen = bool(model.state.offers[need["customer"]] != before)
        renews = bool(need["journey"] == renew)
        assert not seen or renews
        looked[renews and begun and seen] += 1
    assert looked[False] > 5


def test_a_customer_without_margin_is_offered_nothing() -> None:
    model = firm(**SEARCHING)
    model.state.segments[0]["margin"] = 0.0
    look_around(model.state, 0, 1.0)
    assert offer(model, 0)[1] == 0.0


def test_what_is_known_of_a_customer_takes_six_bytes() -> None:
    assert firm().state.offers.itemsize == 6
