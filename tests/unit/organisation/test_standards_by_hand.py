"""Common standards: whose hours they take, how far they reach, what they help (rule E2)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from studies import ENTERPRISE, RICH, compact_study, started
from test_organisation_by_hand import levers, organisation, rates

from sim.agents.roles import CxTeam, EmbeddedLead, InsightTeam, JourneyOwner
from sim.organisation.organisation import Organisation
from sim.organisation.standards import chance_to_understand, left_for_insight, share_agreed
from sim.state.blueprint import Blueprint
from sim.study.parameters import defaults

QUIET_ROLES = {"link_hours": 0.0, "ordinary_meetings_share": 0.0, "follow_up_share": 0.0,
               "monitor_share": 0.0, "lead_liaison_share": 0.0}  # fmt: skip
TEAM = {"staffing": {"cx_team": 10}}  # one of ten heads


def test_understanding_is_by_tie_standards_or_what_systems_prescribe_whichever_helps_most() -> None:
    p = defaults() | {"understanding_floor": 0.4, "standards_given": 0.3}
    found = chance_to_understand(p, np.array([0.1, 0.5, 0.25]), 0.2)
    assert found == pytest.approx([0.4 + 0.6 * 0.3, 0.4 + 0.6 * 0.5, 0.4 + 0.6 * 0.3])
    agreed = chance_to_understand(p, np.array([0.1, 0.5]), 0.8)
    assert agreed == pytest.approx([0.4 + 0.6 * 0.8] * 2)
    plain = chance_to_understand(p | {"understanding_floor": 1.0}, np.zeros(2), 0.0)
    assert plain.tolist() == [1.0, 1.0]


def test_every_step_reads_with_its_owners_ties_and_a_machine_of_nobodys_with_none() -> None:
    org = organisation(understanding_floor=0.4, standards_given=0.0, cross_ties=3)
    org.week.ties_kept = 0.5
    org.capability.standards = 0.2
    # 3 people in front and rear, 4 in the middle: 7, 6 and 7 others, half of the ties are gone.
    tied = 0.4 + 0.6 * np.array([1.5 / 7, 1.5 / 6, 1.5 / 7, 0.2])
    assert rates(org).rates["understanding"] == pytest.approx(tied[org.blueprint.owners])
    assert (org.blueprint.owners == -1).any()


def test_a_team_gives_its_share_off_its_insight() -> None:
    org = organisation(levers(**TEAM), standards_share=0.2, governance_hours=4, **QUIET_ROLES)
    hours = left_for_insight(org.hours)
    assert (hours.team, hours.given) == pytest.approx((32.0, 8.0))
    # Nine are left, at most ten a function: needed are 4 hours for each of three functions.
    assert share_agreed(org.hours, 8.0) == pytest.approx(8 / 12)
    assert share_agreed(org.hours, 20.0) == 1.0
    rest = 0.015 * 8 / 12
    assert org.capability.standards == pytest.approx(rest / (rest + 0.008))


def test_where_agreeing_takes_no_time_whoever_gives_any_is_enough() -> None:
    for given in (0.0, 2.0):
        org = organisation(levers(staffing={"governance": 5 * given}), governance_hours=0.0)
        assert org.hours.agreeing_hours == 0.0
        assert share_agreed(org.hours, given) == org.hours.governed == float(given > 0.0)


def test_a_large_function_takes_longer_to_agree_with() -> None:
    heads = {"front": {"heads": 10}, "middle": {"heads": 30}, "rear": {"heads": 5}}
    study = compact_study(
        enterprise=ENTERPRISE | {"functions": heads}, parameters={"governance_hours": 2}
    )
    org = Organisation.under(Blueprint(study), study.organisations[0])
    assert org.hours.agreeing_hours == pytest.approx(2 * (3 + math.log(3)))


def test_every_coordinating_role_gives() -> None:
    """Who has insight hours gives of these; liaison, governance and trust office of their work."""
    roles = {"cx_team": 10, "liaison": 10, "insight": 10, "governance": 10, "trust_office": 10,
             "embedded_leads": 0.4, "journey_owners": 0.4}  # fmt: skip
    fed = levers(staffing=roles)
    with_it, without = (
        organisation(fed, standards_share=share, measurement_hours=0.0, **QUIET_ROLES)
        for share in (0.25, 0.0)
    )
    before, after = left_for_insight(without.hours), left_for_insight(with_it.hours)
    heads = sum(float(each.sum()) for each in with_it.hours.at_work.values())
    assert before.given == 0.0
    assert after.given == pytest.approx(0.25 * 40 * heads)
    for name in ("owners", "team", "analysts", "leads"):
        assert getattr(after, name) == pytest.approx(0.75 * np.array(getattr(before, name)))
    for name in ("liaison_hours", "trust_hours"):
        assert getattr(with_it.hours, name) == pytest.approx(0.75 * getattr(without.hours, name))
    p = organisation(fed, standards_share=0.25, governance_hours=100, **QUIET_ROLES)
    assert p.hours.governed == pytest.approx(0.75 * 40 / p.hours.agreeing_hours)


def test_nobody_gives_hours_that_there_are_not() -> None:
    """Following up leaves an owner one hour in twenty for insight: no more can go to standards."""
    org = organisation(
        levers(staffing={"journey_owners": 1}, ownership={"journeys": "journey_owner"}),
        standards_share=0.3, **QUIET_ROLES | {"follow_up_share": 0.95},
    )  # fmt: skip
    hours = left_for_insight(org.hours)
    assert hours.owners == pytest.approx([0.0] * 3)
    assert hours.given == pytest.approx(0.05 * 40 * 3)


def test_without_coordinating_people_there_are_no_standards() -> None:
    org = organisation(standards_share=0.3)
    assert left_for_insight(org.hours).given == 0.0
    assert org.capability.standards == 0.0


def test_standards_are_kept_when_levers_change_and_then_fade() -> None:
    agreed = organisation(levers(**TEAM), standards_share=0.2)
    before = agreed.capability.standards
    later = organisation()
    after = Organisation.under(later.blueprint, later.levers, agreed.capability)
    after.live_a_week(np.zeros(3))
    assert 0 < after.capability.standards == pytest.approx(before * (1 - 0.008))


@pytest.mark.parametrize("kind", [CxTeam, EmbeddedLead, InsightTeam, JourneyOwner])
def test_roles_look_into_alarms_with_what_is_left(kind) -> None:
    staffed = RICH | {"staffing": RICH["staffing"] | {"insight": 10}}
    model = started(compact_study(staffed, parameters={"standards_share": 0.3, "link_hours": 0.1}))
    role = next(each for each in model.roles if isinstance(each, kind))
    role.step()
    left = model.organisation.insight_hours
    expected = {CxTeam: left.team, InsightTeam: left.analysts, EmbeddedLead: left.leads[0],
                JourneyOwner: left.owners[0]}  # fmt: skip
    assert role.hours == pytest.approx(float(expected[kind]))
    assert role.hours > 0
