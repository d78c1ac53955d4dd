"""Hours that customer workshops take, and whom they invite (rule E7)."""

from __future__ import annotations

import numpy as np
import pytest
from studies import ENTERPRISE, compact_study, started

from sim.organisation.invitations import invite, people_there, share_invited
from sim.study.working_time import HOURS_PER_YEAR

PEOPLE = {"organisation": "x", "people": {"customer_workshop_hours": 6}}
NOBODY_REPRESENTED = {"agent_adoption": 0.0}


def firm(levers=PEOPLE, market=NOBODY_REPRESENTED, **parameters):
    return started(
        compact_study(levers, parameters={"invite_hours": 4} | parameters, market=market)
    )


def test_hours_of_the_line_invite_a_customer_each_so_many() -> None:
    model = firm()
    # Ten heads give 6 hours each; every 4 of them invite one of 60 people.
    assert share_invited(model.organisation, 60) == pytest.approx(10 * 6 / 4 / 60)
    assert share_invited(model.organisation, 5) == 1.0
    assert share_invited(model.organisation, 0) == 0.0


def test_people_are_customers_who_are_there_and_have_no_agent() -> None:
    customers = firm().state.customers
    assert people_there(customers, 0.0) == 60  # 15 prospects have not joined
    customers["represented"][:10] = 1
    customers["left_at"][10:14] = 80.0
    assert people_there(customers, 79.0) == 50
    assert people_there(customers, 80.0) == 46
    customers["joined_at"][60] = 90.0
    assert people_there(customers, 90.0) == 47


def test_a_run_begins_as_if_hours_had_been_given_all_along_and_goes_on_by_the_week() -> None:
    model = firm()
    invite(model.organisation, model.state, 0, lambda: 60)
    assert model.state.invited == pytest.approx(np.full(52, 0.25))
    invite(model.organisation, model.state, 53, lambda: 30)
    assert model.state.invited[1] == pytest.approx(0.5)
    assert np.delete(model.state.invited, 1) == pytest.approx(np.full(51, 0.25))
    assert model.state.rules[0]["invites"] == 1


def test_who_was_invited_stays_so_for_a_year_once_hours_are_no_longer_given() -> None:
    model, without = firm(), firm({"organisation": "x"})
    invite(model.organisation, model.state, 0, lambda: 60)
    for week in range(1, 53):
        assert model.state.rules[0]["invites"] == 1
        invite(without.organisation, model.state, week, lambda: 60)
    assert not model.state.invited.any()
    assert model.state.rules[0]["invites"] == 0


def test_a_slice_invites_its_part() -> None:
    big = {name: {"heads": 10 * heads["heads"]} for name, heads in ENTERPRISE["functions"].items()}
    for slice_ in (1, 5):
        market = {"customers": 600, "prospects": 150, "slice": slice_} | NOBODY_REPRESENTED
        study = compact_study(
            PEOPLE, parameters={"invite_hours": 4}, market=market,
            enterprise=ENTERPRISE | {"functions": big},
        )  # fmt: skip
        model = started(study)
        model.step()
        assert model.state.invited[0] == pytest.approx(100 * 6 / 4 / 600, rel=0.02)


def test_workshops_with_customers_take_hours_and_make_no_ties() -> None:
    free = {"write_minutes": 0.0, "note_minutes": 0.0}
    with_, without = (firm(each, **free).organisation for each in (PEOPLE, {"organisation": "x"}))
    apart = with_.time_away() - without.time_away()
    assert apart == pytest.approx(np.full(3, 6 / HOURS_PER_YEAR))
    assert with_.overhead_share - without.overhead_share == pytest.approx(6 / HOURS_PER_YEAR)
    assert with_.capability.ties == without.capability.ties
    assert with_.capability.skill == without.capability.skill
