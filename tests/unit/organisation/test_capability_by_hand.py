"""Skill, ties, governance, and improvement that gives way to a backlog (rules M7, M8.5, M8.7)."""

from __future__ import annotations

import numpy as np
import pytest
from studies import ENTERPRISE, compact_study, started
from test_organisation_by_hand import levers, organisation, rates

from sim.organisation.capability import Capability
from sim.organisation.incentives import IMPROVEMENT
from sim.organisation.organisation import Organisation
from sim.state.cases import QUEUED
from sim.study.parameters import defaults

P = defaults() | {
    "training_gain": 0.001,
    "skill_life_weeks": 40.0,
    "workshop_ties": 0.1,
    "tie_life_weeks": 20.0,
    "governance_build": 0.02,
    "governance_decay": 0.01,
    "standards_build": 0.03,
    "standards_decay": 0.02,
}


def test_hours_build_and_without_hours_all_fades() -> None:
    held = Capability(1.5, 4.0, 0.6, 0.5)
    held.live_a_week(P, 0.0, 0.0, 0.0, 0.0)
    assert held.skill == pytest.approx(1.5 - 0.5 / 40)
    assert held.ties == pytest.approx(4.0 - 4.0 / 20)
    assert held.governance == pytest.approx(0.6 - 0.006)
    assert held.standards == pytest.approx(0.5 - 0.01)
    built = Capability(1.0, 0.0, 0.0, 0.5)
    built.live_a_week(P, 52.0, 104.0, 0.5, 0.2)
    assert built.skill == pytest.approx(1.001)
    assert built.ties == pytest.approx(0.2)
    assert built.governance == pytest.approx(0.02 * 0.5)
    assert built.standards == pytest.approx(0.5 + 0.03 * 0.5 * 0.2 - 0.02 * 0.5)


def test_a_run_starts_where_its_hours_hold_what_they_built() -> None:
    held = Capability.settled(P, 52.0, 104.0, 0.5, 0.4)
    assert held.skill == pytest.approx(1 + 0.001 * 40)
    assert held.ties == pytest.approx(0.2 * 20)
    assert held.governance == pytest.approx(0.01 / 0.02)
    assert held.standards == pytest.approx(0.012 / 0.032)
    before = (held.skill, held.ties, held.governance, held.standards)
    held.live_a_week(P, 52.0, 104.0, 0.5, 0.4)
    assert held.skill == pytest.approx(before[0])
    assert held.ties == pytest.approx(before[1])
    assert held.governance == pytest.approx(before[2])
    assert held.standards == pytest.approx(before[3])
    assert Capability.settled(P, 52.0, 104.0, 0.5, 0.0).standards == 0.0


def test_what_was_built_is_kept_when_levers_change() -> None:
    trained = organisation(levers(people={"training_hours": 80}))
    later = organisation()
    after = Organisation.under(later.blueprint, later.levers, trained.capability)
    assert after.capability is trained.capability
    assert after.capability.skill > 1.0
    after.live_a_week(np.zeros(3))
    assert after.capability.skill < 1 + 80 / 52 * 0.0005 * 52


def test_skill_divides_work_and_the_odds_of_errors() -> None:
    plain, skilled = organisation(), organisation()
    skilled.capability.skill = 1.25
    slow, fast = (o.slowness() for o in (plain, skilled))
    assert slow / fast == pytest.approx([1.25] * 3)
    before, after = (rates(o).rates["error_odds"] for o in (plain, skilled))
    skill = np.where(plain.blueprint.owners >= 0, 1.25, 1.0)
    assert before == pytest.approx(after * skill)
    assert np.all(before[plain.blueprint.owners == 1][1:] > 0)


def test_hours_of_learning_leave_the_line() -> None:
    free = {"write_minutes": 0.0, "note_minutes": 0.0}  # to write for others
    plain = organisation(**free)
    people = organisation(levers(people={"training_hours": 52, "workshop_hours": 26}), **free)
    assert people.time_away() - plain.time_away() == pytest.approx([78 / 2080] * 3)
    assert people.overhead_share - plain.overhead_share == pytest.approx(26 / 2080)
    # Workshops made 26/52 · .05 · 52 = 1.3 ties a head; EVENTFUL has one across to begin with.
    assert people.to_writers == pytest.approx(np.minimum(1, 2.3 / np.array([7, 6, 7])))
    assert plain.to_writers == pytest.approx(np.minimum(1, 1 / np.array([7, 6, 7])))


def test_whoever_is_behind_improves_less() -> None:
    org = organisation(backlog_reference_days=1.0, backlog_exponent=2.0, improvement_floor=0.005)
    free = 0.3 * org.effort[:, IMPROVEMENT]
    assert org.week.improvement_share == pytest.approx(free)
    org.live_a_week(np.array([0.5, 2.0, 100.0]) * 8 * org.heads)
    assert org.week.backlog_days == pytest.approx([0.5, 2, 100])
    assert org.week.improvement_share == pytest.approx([free[0], free[1] / 4, 0.005])
    away = org.time_away()
    org.live_a_week(np.zeros(3))
    assert away - org.time_away() == pytest.approx([0, -free[1] * 3 / 4, 0.005 - free[2]])


def test_the_backlog_is_the_work_of_cases_in_queues() -> None:
    busy = ENTERPRISE | {"functions": {name: {"heads": 1} for name in ENTERPRISE["functions"]}}
    model = started(compact_study(enterprise=busy, market={"customers": 400}))
    for _ in range(8):
        model.step()
    cases = model.state.cases
    waiting = cases[cases["state"] == QUEUED]
    assert len(waiting) > 0
    hours = np.zeros(3)
    for case in waiting:
        step = model.blueprint.touchpoint(int(case["touchpoint"]))
        hours[model.blueprint.owners[case["touchpoint"]]] += step.minutes / 60
    assert model._backlog_hours() == pytest.approx(hours)


def test_second_lines_of_reporting_take_time() -> None:
    owned = levers(
        staffing={"journey_owners": 1},
        ownership={"journeys": "journey_owner"},
        incentives={"shared_journey_weight": 0.3},
    )
    org = organisation(owned)
    assert org.hours.reports == pytest.approx([2, 3, 2])  # journeys that each serves
    alone = owned | {"incentives": {"shared_journey_weight": 0}}
    assert organisation(alone).hours.reports == pytest.approx([0, 0, 0])
    two = organisation(levers(staffing={"embedded_leads": 1, "cx_team": 10}))
    assert two.hours.reports == pytest.approx([1, 1, 1])  # a lead answers to host and team
    share = organisation(owned, link_hours=0, reporting_hours=0.4).hours.meeting_share
    nothing = organisation(owned, link_hours=0, reporting_hours=0).hours.meeting_share
    heads = org.heads
    assert share - nothing == pytest.approx(0.4 * np.array([2, 3, 2]) / (40 * heads))
