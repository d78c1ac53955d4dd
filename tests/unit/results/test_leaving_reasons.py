"""Why a customer left: the terms of the hazard they left by, and the promise behind it."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN, compact_study, finished
from three_customers import firm, place

from sim.results.customer_table import customer_table
from sim.results.leaving_reasons import NO_REASON, _factors, leaving_reasons
from sim.state.leaving import leaving_hours


@pytest.mark.parametrize("market", [{"rivals": 0}, {"rivals": 3}])
def test_the_terms_are_those_of_the_hazard_by_which_they_left(market) -> None:
    model = finished(compact_study(PLAIN, market=market))
    rules, state = model.state.rules[0], model.state
    left = leaving_hours(state)
    who = np.flatnonzero(left <= float(rules["day_end"]))
    assert len(who) > 10
    base = float(rules["leaving_per_day"]) / 8.0
    hazard = base * _factors(model, who, left[who]).prod(axis=1)
    # Who has a quote in mind that is forgotten only by the end has it in the column still.
    same = np.isclose(hazard, state.customers["hazard"][who], rtol=1e-4)
    assert same.mean() == 1.0 if market["rivals"] == 0 else same.mean() > 0.9


def test_everybody_who_left_has_a_reason_and_nobody_else() -> None:
    table = customer_table(finished(compact_study(PLAIN)))
    left = table["outcome"] == "left"
    assert left.any() and not left.all()
    assert ((table["reason"] != "") == left).all()
    assert (table["left_on_day"].notna() == left).all()
    assert (table.loc[~left, ["broken_promise", "promise_owner"]] == "").all(axis=None)
    assert (table.loc[left, "broken_promise"] != "").any()


def test_reasons_by_hand() -> None:
    model = firm(leaving_standing=2.0, leaving_memory=1.0, leaving_price=1.0, standing_base=0.6)
    state, day_zero = model.state, float(model.state.rules[0]["day_zero"])
    state.segments["price_sensitivity"] = 0.0
    customers = state.customers
    customers["standing"][:3] = 0.1, 0.6, 0.6
    customers["memory"][:3] = -0.2, 0.0, 0.5
    left = np.full(len(customers), np.inf)
    left[:3] = day_zero + 3.0, day_zero + 17.0, day_zero + 8.0
    here = place(model, "repair/fix")
    state.drops["site"][:3], state.drops["day"][:3] = (here, here, -1), (0, 60_000, 0)
    state.contacts["broken"] = 0.0
    state.contacts.reshape(len(customers), -1)["broken"][1] = (1.0, 3.0, 2.0)
    found = leaving_reasons(model, left)
    # exp(2 · .5) = 2.7 and exp(.2) = 1.2; exp(−.5) keeps.
    assert found["reason"][:3].tolist() == ["standing ×2.7, memory ×1.2", NO_REASON, NO_REASON]
    assert found["left_on_day"][:3].tolist() == [1.0, 3.0, 2.0]
    assert found["broken_promise"][:3].tolist() == ["repair/fix", "", ""]
    owner = model.blueprint.functions[model.blueprint.owners[here]]
    assert found["promise_owner"][:3].tolist() == [owner, model.blueprint.functions[1], ""]
    assert set(found["reason"][3:]) <= {""}
