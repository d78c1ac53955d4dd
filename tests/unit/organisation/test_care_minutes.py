"""What others need is written in the minutes that care lengthens a visit by (rule E2)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import (
    ENTERPRISE,
    PLAIN,
    compact_study,
    finished,
    measured,
    overall,
    peer_enterprise,
    peer_study,
)

from sim.organisation.care_minutes import minutes_of_visits, needed_minutes, share_covered
from sim.organisation.incentives import CARE, QUALITY
from sim.organisation.organisation import Organisation
from sim.organisation.planned_visits import (
    by_people,
    next_by_people,
    step_matrix,
    visits_per_hour,
)
from sim.state.blueprint import Blueprint

SHARED = PLAIN | {"technology": {"record": "shared"}}
OFF = {"write_minutes": 0.0, "note_minutes": 0.0}


def organisation(levers: dict[str, Any] = SHARED, **parameters: float) -> Organisation:
    study = compact_study(levers, parameters=parameters)
    return Organisation.under(Blueprint(study), study.organisations[0])


def test_what_is_needed_is_written_as_far_as_care_has_minutes() -> None:
    """c/(c + N): 1 of 1 + 3 is a quarter; with nothing to write all of it is."""
    care, needed = np.array([1.0, 3.0, 0.0, 0.0]), np.array([3.0, 1.0, 2.0, 0.0])
    assert share_covered(care, needed).tolist() == [0.25, 0.75, 0.0, 1.0]


def test_a_visit_writes_what_it_produces_and_a_note_where_people_go_on() -> None:
    """W for each fact that others may read, n times the chance of going on to people."""
    org = organisation()
    found = needed_minutes(org.blueprint, {"write_minutes": 0.4, "note_minutes": 2.0}, -1)
    alone = needed_minutes(org.blueprint, {"write_minutes": 0.4, "note_minutes": 0.0}, 0)
    names = org.blueprint.touchpoint_ids
    steps = ENTERPRISE["journeys"]["repair"]["touchpoints"]
    assert not alone.any()
    for name, step in steps.items():
        ways = step["next"]
        people = sum(p for to, p in ways.items() if to in steps and not steps[to].get("automated"))
        machines = [to for to in ways if steps.get(to, {}).get("automated")]
        if machines or step.get("automated"):
            continue
        expected = 0.4 * len(step.get("produces", ())) + 2.0 * people
        assert found[names.index(f"repair/{name}")] == pytest.approx(expected)
    automated = [org.blueprint.touchpoint(i).automated for i in range(len(names))]
    assert any(automated) and not found[np.array(automated)].any()


def test_where_terms_are_discussed_a_visit_is_planned_at_half_its_rounds() -> None:
    blueprint = Blueprint(peer_study())
    offer = blueprint.touchpoint_ids.index("renew/offer")
    step = blueprint.touchpoint(offer)
    assert step.negotiate is not None
    assert step.negotiate.rounds == 5
    assert minutes_of_visits(blueprint)[offer] == step.minutes * 2.5


def test_machines_and_automated_steps_pass_a_case_on_to_the_next_people() -> None:
    study = compact_study(PLAIN, enterprise=peer_enterprise())
    blueprint = Blueprint(study)
    chance, people, steps = (f(blueprint) for f in (next_by_people, by_people, step_matrix))
    assert 0 < people[blueprint.touchpoint_ids.index("repair/diagnose")] < 1
    # Either people take the next step, or it is passed through and theirs is a later one.
    assert chance == pytest.approx(steps * people + (steps * (1 - people)) @ chance)
    assert chance.sum(axis=1).max() <= 1 + 1e-12


def test_care_lengthens_a_visit_by_its_share_of_what_is_left_to_serve() -> None:
    """C = m·d·a/(1 − φ − d(a_quality + a)), and κ = c/(c + N), by hand for one step."""
    org = organisation(write_minutes=0.5, note_minutes=1.5, discretionary_share=0.3)
    step = org.blueprint.touchpoint_ids.index("repair/report")
    owner = int(org.blueprint.owners[step])
    quality, care = org.effort[owner, [QUALITY, CARE]]
    left = 1 - org.time_away()[owner] - 0.3 * (quality + care)
    minutes = org.blueprint.touchpoint(step).minutes * 0.3 * care / left
    needed = needed_minutes(org.blueprint, org.parameters, org.store_facts)[step]
    assert 0 < minutes < needed
    assert org.care_covers()[step] == pytest.approx(minutes / (minutes + needed))
    org.week.dip = 0.2  # the same care in a day with less of it to serve takes more of a visit
    assert org.care_covers()[step] > minutes / (minutes + needed)


def test_care_prevents_faults_as_far_as_what_it_knows_is_written() -> None:
    org = organisation(care_effect=4.0)
    owners, covers = org.blueprint.owners, org.care_covers()
    assert 0 < covers.min() < 0.9
    factor = np.exp(-4.0 * org.effort[owners, CARE] * covers)
    assert org.fault_factor() == pytest.approx(np.where(owners >= 0, factor, 1.0))


def test_notes_and_writes_follow_what_care_covers() -> None:
    parameters = {"note_spoken": 0.5, "note_written": 0.9, "store_write": 0.8}
    model = finished(compact_study(SHARED, parameters=parameters))
    org, rates = model.organisation, model.state.rates
    model.rates.write(model.state, np.zeros(len(org.blueprint.site_ids)))
    covers = org.care_covers()
    assert 0 < covers.min() < 0.9
    assert rates["note_loss"] == pytest.approx(1 - (0.5 + 0.4 * covers))
    assert rates["store_write"] == pytest.approx(0.8 * covers)
    assert (rates["machine_write"] == 0.8).all()


def test_a_platform_raises_what_people_had_no_time_for() -> None:
    """P = 1 − (1 − s·κ)(1 − g): even with no care at all a platform writes its share."""
    levers = SHARED | {"technology": {"record": "shared", "level": 2}}
    parameters = {"discretionary_share": 0.0, "platform_writing_2": 0.3, "platform_notes_2": 0.6}
    model = finished(compact_study(levers, parameters=parameters | {"note_spoken": 0.5}))
    needed = needed_minutes(model.blueprint, model.organisation.parameters, -1) > 0
    assert not model.organisation.care_covers()[needed].any()
    assert model.state.rates["store_write"][needed] == pytest.approx(0.3)
    assert model.state.rates["note_loss"][needed] == pytest.approx(0.5 * 0.4)


def test_without_minutes_all_is_written_and_the_store_follows_quality_as_ones_own_record_does():
    pressed = SHARED | {"incentives": {"handle_time_weight": 1.0}}
    model = finished(compact_study(pressed, parameters=OFF | {"note_written": 0.9}))
    org, rates = model.organisation, model.state.rates
    assert (org.care_covers() == 1).all()
    assert rates["note_loss"] == pytest.approx(np.full(len(rates), 0.1))
    assert np.array_equal(rates["store_write"], rates["machine_write"])
    assert rates["store_write"].min() < org.parameters["store_write"]
    assert math.isnan(
        overall(measured(compact_study(pressed, parameters=OFF)))["notes_written_share"]
    )


def test_what_is_written_for_others_is_overhead_and_reported() -> None:
    """κN minutes of every planned visit by people, over all paid hours."""
    on, off = organisation(), organisation(**OFF)
    blueprint = on.blueprint
    visits = visits_per_hour(blueprint) * by_people(blueprint)
    needed = needed_minutes(blueprint, on.parameters, on.store_facts)
    hours = float((visits * needed * on.care_covers()).sum()) / 60
    assert hours > 0
    assert on.overhead_share - off.overhead_share == pytest.approx(hours / on.staff.total)
    table = measured(compact_study(SHARED))
    shares = table[table["measure"] == "notes_written_share"].set_index("scope_id")["value"]
    assert sorted(shares.index) == sorted(["", *ENTERPRISE["functions"]])
    low, high = shares.drop("").min(), shares.drop("").max()
    assert 0 < low < shares[""] < high <= 1
