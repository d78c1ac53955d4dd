"""Account owners: hand-offs that they mind, what they remember, and when they leave (rule E8)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import PLAIN, compact_study, started
from three_customers import firm, lanes, mask, put

from sim.day.close import close_completed
from sim.day.hand_off import pass_note
from sim.day.lose_and_find import falls_between
from sim.engine.draws import DRAW_LIMBO, DRAW_MIND, DRAW_OUTDATED, DRAW_REMEMBER, DRAW_TENURE
from sim.engine.philox import block, exponential, uniform
from sim.organisation.organisation import Organisation
from sim.organisation.staffing import n_account_owners, staff
from sim.state.blueprint import Blueprint
from sim.state.cases import FOUND
from sim.state.minding import minded
from sim.state.tallies import SEAM_FACTS_ARRIVED, SEAM_FACTS_SENT
from sim.study.working_time import HOURS_PER_WEEK, WEEKS_PER_MONTH, WEEKS_PER_YEAR

OWNED: dict[str, Any] = {
    "organisation": "owned",
    "staffing": {"account_owners": {"segment": "shops", "each": 6}},
}
KNOWN = ("identity", "history", "intent", "promise")


def handed(chance: float = 1.0, **parameters: float) -> tuple[Any, int]:
    """Return a firm in which a case with four facts is handed to the rear, and its slot."""
    model = firm(PLAIN, **parameters)
    model.state.rules[0]["minded_segment"] = 0
    model.state.rules[0]["minded"] = chance
    model.state.rates["note_loss"] = 1.0
    slot = put(model, 0, "repair/fix", need=3)
    case = model.state.cases[slot]
    case["holder"] = model.blueprint.functions.index("front")
    case["sender"] = model.blueprint.place_of["repair", "report"]
    case["note"] = mask(model, *KNOWN)
    model.state.seams["strange"], model.state.seams["wear"] = 1.0, 1.0
    return model, slot


def lucky(model: Any, decision: int, slot: int, chance: float) -> int:
    """Return the facts for which a decision succeeds, by hand: 16-bit lanes of one block."""
    words = lanes(model, decision, slot)
    halves = [int(word) >> shift & 0xFFFF for word in words for shift in (0, 16)]
    return sum(1 << place for place, half in enumerate(halves) if (half + 0.5) / 65536 < chance)


def test_with_chance_m_a_hand_off_of_their_segment_is_minded() -> None:
    found = []
    for need in range(40):
        model, _ = handed(0.4)
        slot = put(model, 0, "repair/fix", need=need)
        drawn = uniform(lanes(model, DRAW_MIND, slot)[0])
        found.append(bool(minded(model.state, slot)))
        assert found[-1] == (drawn < 0.4)
        model.state.customers[0]["segment"] = 1
        assert not minded(model.state, slot)
    assert 0 < sum(found) < 40


def test_nobody_minds_where_there_is_nobody() -> None:
    model, slot = handed(0.0)
    model.state.rules[0]["minded_segment"] = -1
    assert not minded(model.state, slot)


@pytest.mark.parametrize("minds", [False, True])
def test_what_is_minded_is_in_writing(minds) -> None:
    model, slot = handed(owner_memory=0.0)
    model.state.rules[0]["minded_loss"] = 0.0
    pass_note(model.state, slot, 1.0, minds)
    assert model.state.cases[slot]["note"] == (mask(model, *KNOWN) if minds else 0)


def test_an_owner_keeps_in_mind_what_the_note_said_though_it_was_lost() -> None:
    model, slot = handed(owner_memory=0.5)
    model.state.rules[0]["minded_loss"] = 1.0
    pass_note(model.state, slot, 1.0, True)
    kept = mask(model, *KNOWN) & lucky(model, DRAW_REMEMBER, slot, 0.5)
    assert model.state.cases[slot]["note"] == kept != 0
    assert kept != mask(model, *KNOWN)
    assert model.state.minder_facts[0] == kept
    assert model.state.minder_touched[0] == np.float32(1.0)


def test_an_owner_brings_what_is_known_from_before_and_forgets_what_is_outdated() -> None:
    model, slot = handed(owner_memory=0.0, staleness_per_year=1.0)
    model.state.rules[0]["staleness_per_hour"] = 0.01
    model.state.rules[0]["minded_loss"] = 1.0
    model.state.minder_facts[0] = mask(model, *KNOWN)
    model.state.minder_touched[0] = 20.0
    model.state.cases[slot]["note"] = mask(model, "intent")
    pass_note(model.state, slot, 120.0, True)
    outdated = lucky(model, DRAW_OUTDATED, slot, 1.0 - math.exp(-0.01 * 100.0))
    still = mask(model, *KNOWN) & ~outdated
    assert model.state.cases[slot]["note"] == model.state.minder_facts[0] == still
    assert 0 != still != mask(model, *KNOWN)
    tally = model.state.seam_tallies[model.state.cases[slot]["seam"]]
    again = still & mask(model, "intent")  # what was sent and is known where it goes
    assert (tally[SEAM_FACTS_SENT], tally[SEAM_FACTS_ARRIVED]) == (1, again.bit_count())
    assert still.bit_count() > again.bit_count()


def test_what_belongs_to_a_case_is_forgotten_with_it() -> None:
    model, slot = handed()
    model.state.minder_facts[0] = mask(model, *KNOWN)
    close_completed(model.state, slot, 5.0)
    assert model.state.minder_facts[0] == mask(model, *KNOWN) & model.blueprint.persistent_facts


@pytest.mark.parametrize("minds", [False, True])
def test_a_case_lost_though_minded_is_found_sooner(minds) -> None:
    model, slot = handed(minder_hours=0.5)
    state = model.state
    state.seams["lost"], state.find_hours[:] = 1.0, 1000.0
    state.rules[0]["chase_hours_person"] = state.rules[0]["give_up_hours_person"] = 1e6
    seam = int(state.seam_of[0, 1])
    assert falls_between(state, slot, seam, 10.0, minds)
    case = state.cases[slot]
    mean = 0.5 if minds else 1000.0
    assert case["due"] == 10.0 + mean * exponential(lanes(model, DRAW_LIMBO, slot)[1])
    assert case["state"] == FOUND


def test_who_was_found_anyway_is_not_found_later() -> None:
    model, slot = handed(minder_hours=400.0)
    state = model.state
    state.seams["lost"], state.find_hours[:] = 1.0, 100.0
    state.rules[0]["chase_hours_person"] = state.rules[0]["give_up_hours_person"] = 1e6
    assert falls_between(state, slot, int(state.seam_of[0, 1]), 10.0, True)
    drawn = exponential(lanes(model, DRAW_LIMBO, slot)[1])
    assert state.cases[slot]["due"] == 10.0 + 100.0 * drawn


def test_as_many_leave_the_line_as_have_all_the_customers_they_can_look_after() -> None:
    study = compact_study(PLAIN, OWNED)  # 60 customers, of whom 18 have shops
    assert [n_account_owners(study, plan) for plan in study.organisations] == [0, 3]
    plain, owned = (staff(Blueprint(study), plan) for plan in study.organisations)
    assert owned.people["account_owners"] == 3
    assert owned.total == plain.total
    assert owned.line.sum() == plain.line.sum() - 3


def test_they_mind_as_many_hand_offs_as_they_have_hours_for() -> None:
    parameters = {"ordinary_meetings_share": 0.1, "link_hours": 1.0, "minding_minutes": 240.0}
    nobody_joins = {"prospects": 0}
    study = compact_study(OWNED, parameters=parameters, market=nobody_joins)
    blueprint = Blueprint(study)
    hours = Organisation.under(blueprint, study.organisations[0]).hours
    theirs = 3 * (HOURS_PER_WEEK * 0.9 - len(blueprint.functions))
    # Of 18 shops each has 40 faults a year; an offer to renew is never handed on.
    report = 1.0 / (1.0 - 0.7 * 0.1)
    diagnosed = 0.7 * report
    mended = (0.2 * report + 0.9 * diagnosed) / 0.9
    handed_on = 0.9 * report + diagnosed + 1.1 * mended
    assert hours.minded == pytest.approx(theirs / (4 * 18 * 40 / WEEKS_PER_YEAR * handed_on))
    assert 0.0 < hours.minded < 1.0
    parameters["minding_minutes"] = 1e-6
    plenty = compact_study(OWNED, parameters=parameters, market=nobody_joins)
    assert Organisation.under(Blueprint(plenty), plenty.organisations[0]).hours.minded == 1.0


def test_an_owner_who_leaves_takes_along_what_nobody_wrote() -> None:
    study = compact_study(OWNED, parameters={"owner_tenure_months": 12.0})
    model = started(study)
    owners = model.posts.account_owners
    assert owners is not None and owners.number == 3
    chance = 1.0 - math.exp(-1.0 / (12.0 * WEEKS_PER_MONTH))
    left = 0
    for week in range(200):
        model.week = week
        model.state.minder_facts[:] = 1
        owners.step()
        for each in range(3):
            gone = uniform(block(model.state.keys[DRAW_TENURE], each, week, 0, 0)[0]) < chance
            left += gone
            assert (model.state.minder_facts[each::3] == (not gone)).all()
    assert 0 < left < 40
