"""Reports that say what would put a failure right, and who writes them (rule E7)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import three_customers as by_hand
from studies import PLAIN
from three_customers import contact, place, put

from sim.day.voice import expect, speak
from sim.engine.draws import DRAW_INVITE, DRAW_REMEDY
from sim.engine.philox import block, uniform
from sim.state.remedies import remedy_chance, takes_part
from sim.state.severity import SEVERITY_ERROR
from sim.state.tallies import CARRIED, CARRIED_EXPECTED, CARRIED_FORESEEN, FIXED

LOUD, SILENT = np.uint32(0), np.uint32(2**32 - 1)
PERSON, AGENT = 0, 2
"""Customers of the firm of three: the last one has an agent."""


def firm(kept: float = 8.0, **parameters: float) -> Any:
    """Return a firm with a base rate of .5 and, with all at the rear, S = (8 + 1)/(8 + 2) = .9."""
    model = by_hand.firm(PLAIN, **{"standing_base": 0.5, "remedy_share": 0.5} | parameters)
    for customer in range(3):
        contact(model, customer, "rear")["kept"] = kept
    return model


def invite(model: Any, share: float = 1.0) -> None:
    model.state.invited[:] = share
    model.state.rules[0]["invites"] = share > 0.0


def chance(model: Any, customer: int, step: str = "repair/fix", hour: float = 0.0) -> float:
    owner = model.state.touchpoints[place(model, step)]["owner"]
    return float(remedy_chance(model.state, customer, owner, hour))


# --- with which chance --------------------------------------------------------------------


def test_it_rises_from_the_base_rate_of_standing_to_full_standing() -> None:
    model = firm()
    assert chance(model, AGENT) == pytest.approx(0.5 * (0.9 - 0.5) / (1.0 - 0.5))
    assert chance(model, AGENT, "repair/report") == 0.0  # the front stands at the base rate
    contact(model, AGENT, "front")["broken"] = 4.0
    assert chance(model, AGENT, "repair/report") == 0.0  # and now below it
    assert chance(firm(kept=1e9), AGENT) == pytest.approx(0.5)
    assert chance(firm(remedy_share=0.0), AGENT) == 0.0


def test_nobody_writes_it_to_nobody() -> None:
    assert chance(firm(), AGENT, "renew/remind") == 0.0  # nobody owns the step


def test_a_person_writes_it_while_invited() -> None:
    model = firm()
    assert chance(model, PERSON) == 0.0
    invite(model)
    assert chance(model, PERSON) == chance(model, AGENT) == pytest.approx(0.4)
    invite(model, 0.0)
    assert chance(model, PERSON) == 0.0


# --- who is invited -------------------------------------------------------------------------


def drawn(model: Any, customer: int, year: int, lane: int) -> float:
    return float(uniform(block(model.state.keys[DRAW_INVITE], customer, year, 0, 0)[lane]))


def test_an_invitation_comes_in_a_week_of_ones_own_and_lasts_for_a_year() -> None:
    model = firm()
    for customer in range(3):
        week = int(drawn(model, customer, 0, 1) * 52)
        for year in range(4):
            luck = drawn(model, customer, year, 0)
            starts = max(0, week + 52 * (year - 1)) * 40.0
            ends = (week + 52 * year) * 40.0 - 1e-9
            for share, invited in ((luck - 1e-6, False), (luck + 1e-6, True)):
                model.state.invited[:] = 0.0
                model.state.invited[week] = share
                if ends > starts:
                    assert takes_part(model.state, customer, starts) == invited
                    assert takes_part(model.state, customer, ends) == invited


def test_more_hours_invite_others_besides() -> None:
    model, before = firm(), np.zeros(200, bool)
    for share in (0.0, 0.1, 0.4, 0.8, 1.0):
        invite(model, share)
        invited = np.array([takes_part(model.state, each, 5000.0) for each in range(200)])
        assert np.all(invited >= before)
        assert invited.mean() == pytest.approx(share, abs=4 * math.sqrt(0.25 / 200))
        before = invited


# --- what is counted ----------------------------------------------------------------------------


def severities(model: Any) -> tuple[float, float, float]:
    rules = model.state.rules[0]
    return SEVERITY_ERROR, float(rules["severity_fault"]), float(rules["severity_loss"])


@pytest.mark.parametrize("failure", range(3))
def test_each_failure_of_a_visit_has_a_draw_of_its_own(failure) -> None:
    model = firm()
    here = place(model, "repair/fix")
    for need in range(40):
        slot = put(model, AGENT, "repair/fix", need=need)
        model.state.remedies[:] = 0
        speak(model.state, slot, here, 0, severities(model)[failure], LOUD, 0.0)
        says = by_hand.draw(model, DRAW_REMEDY, slot, failure) < 0.4
        assert model.state.remedies[here, 0, 1, CARRIED] == says
        assert model.state.remedies.sum() == says
    assert model.state.signals[here, 0, 1] == 40


def test_what_is_not_voiced_says_nothing() -> None:
    model = firm(voice_agent=0.5)
    here = place(model, "repair/fix")
    for need in range(40):
        slot = put(model, AGENT, "repair/fix", need=need)
        speak(model.state, slot, here, here, SEVERITY_ERROR, SILENT, 0.0)
    assert model.state.remedies.sum() == 0


def test_how_much_of_it_people_would_write_without_a_defect_is_counted() -> None:
    model = firm(voice_person=0.25)
    invite(model)
    slot, here = put(model, PERSON, "repair/fix"), place(model, "repair/fix")
    expect(model.state, slot, here, SEVERITY_ERROR, 0.1)
    counted = model.state.remedies[here, here, 0]
    assert counted.tolist() == [0, int(0.25 * 0.1 * chance(model, PERSON) * FIXED), 0]
    counted[:] = 0
    speak(model.state, slot, here, here, severities(model)[2], SILENT, 0.5)
    assert counted[CARRIED_EXPECTED] == int(0.5 * 0.5 * chance(model, PERSON) * FIXED)
    assert counted[CARRIED_FORESEEN] == 0
    # An agent names the cause in any case: what is expected of it is sorted alike.
    agent = put(model, AGENT, "repair/fix")
    expect(model.state, agent, here, SEVERITY_ERROR, 0.1)
    assert not model.state.remedies[here, here, 1].any()


def test_of_a_slice_it_is_counted_how_much_there_would_be_with_the_defects_there_are() -> None:
    model = firm(voice_agent=0.5)
    model.state.rules[0]["sliced"] = 1
    slot, here = put(model, AGENT, "repair/fix"), place(model, "repair/fix")
    model.state.rates[here]["defect_odds"] = 2.0
    expect(model.state, slot, here, SEVERITY_ERROR, 0.1)
    counted = model.state.remedies[here, here, 1]
    assert counted.tolist() == [0, 0, int(0.5 * (0.2 / 1.1) * chance(model, AGENT) * FIXED)]
    counted[:] = 0
    speak(model.state, slot, here, here, SEVERITY_ERROR, SILENT, 0.0)
    assert not counted.any()  # of errors it is counted at every visit
    speak(model.state, slot, here, here, severities(model)[1], SILENT, 0.0)
    assert counted[CARRIED_FORESEEN] == int(0.75 * chance(model, AGENT) * FIXED)
