"""Alarms, decisions, escalation and fixes by hand (rule M8)."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from studies import compact_study, started

from sim.improvement.issues import QUIET_WEEKS, Alarm, Issue
from sim.model import EnterpriseModel
from sim.state.tallies import FIXED


def firm(levers: dict[str, Any] | None = None, **parameters: float) -> EnterpriseModel:
    """Return the compact firm, its window from week 0."""
    model = started(
        compact_study(
            {"organisation": "x"} | (levers or {}),
            parameters=parameters,
            design={"warm_up_days": 0},
        )
    )
    return model


def site(model: EnterpriseModel, name: str) -> int:
    return model.blueprint.site_ids.index(name)


def hear(model: EnterpriseModel, week: int) -> None:
    """Let the firm hear what was voiced in a week."""
    model.week = week
    model.register.hear(*model.channels.listen(), model.channels.kinds, week)


def issue_at(model: EnterpriseModel, name: str, benefit: float = 100.0, **columns: Any) -> Issue:
    """Return an issue about a site, felt at a touchpoint of the rear and proposed by front."""
    here = site(model, name)
    issue = Issue(
        site=here,
        cause=here,
        felt=site(model, "repair/fix"),
        since=0,
        opened=0,
        proposer=model.functions[0],
        benefit_hours=benefit,
    )
    for column, value in columns.items():
        setattr(issue, column, value)
    model.register.issues.append(issue)
    return issue


# --- alarms ---------------------------------------------------------------------------


def test_the_alarm_is_a_cusum_of_signals_against_what_was_expected() -> None:
    # Without ties nobody recognises a cause: all counts where it was felt.
    model = firm(alarm_ratio=1.5, alarm_level=4.0, inner_ties=0.0, cross_ties=0.0)
    register, here = model.register, site(model, "repair/fix")
    cause = site(model, "middle>rear")
    level, weeks = 0.0, [(2, 3.0), (6, 2.0), (5, 2.0), (8, 2.5), (4, 2.0)]
    for week, (voiced, expected) in enumerate(weeks):
        model.state.signals[here, cause, 0] = voiced
        model.state.expected[here, here, 0] = int(expected * FIXED)
        hear(model, week)
        level = max(0.0, level + voiced * math.log(1.5) - expected * 0.5)
        assert register.level[here] == pytest.approx(level)
        assert bool(register.alarms) == (level > 4.0)
    assert not model.state.signals.any()
    assert not model.state.expected.any()
    (alarm,) = register.alarms  # one, though the level stays above
    assert alarm.felt == here
    # Week 0 left the level at 0 (2 ln 1.5 < 1.5), so counting began anew in week 1; the
    # level passed 4 in week 3: 6 + 5 + 8 voiced, 2 + 2 + 2.5 expected, over three weeks.
    assert alarm.since == 1
    assert alarm.signals.sum() == alarm.signals[cause] == 19
    assert alarm.excess == pytest.approx((19 - 6.5) / 3)


def test_a_count_as_high_as_expected_raises_no_alarm_however_high() -> None:
    model = firm()
    here = site(model, "repair/fix")
    for week in range(50):
        model.state.signals[here, here, 0] = 100
        model.state.expected[here, here, 0] = int(100 * FIXED)
        hear(model, week)
    assert not model.register.alarms


def test_after_work_on_the_wrong_site_the_alarm_is_quiet_for_some_weeks() -> None:
    model = firm()
    register, here = model.register, site(model, "repair/fix")
    wrong = issue_at(model, "repair/diagnose", cause=here)
    before = model.defects.count.copy()
    model.defects.count[wrong.site] = 2
    register.finished(wrong, 10, model.defects.count)
    assert model.defects.count[wrong.site] == 2
    assert (register.outcomes.wasted, register.outcomes.fixed) == (1, 1)
    heard = []
    for week in range(10, 10 + QUIET_WEEKS + 1):
        model.state.signals[here, here, 0] = 50
        hear(model, week)
        heard.append(bool(register.level[here] > 0))
    assert heard == [False] * QUIET_WEEKS + [True]
    assert len(before) == len(model.defects.count)


def test_a_fix_removes_the_defect_found_and_not_all_of_them() -> None:
    model = firm()
    right = issue_at(model, "repair/fix", since=3)
    model.defects.count[right.site] = 3
    model.register.finished(right, 11, model.defects.count)
    assert model.defects.count[right.site] == 2
    assert model.register.outcomes.fix_times == [8]
    assert model.register.outcomes.wasted == 0
    assert model.register.issues == []


def test_after_a_fix_that_was_right_counting_begins_anew_at_once() -> None:
    model = firm(inner_ties=0.0, cross_ties=0.0)
    register, here = model.register, site(model, "repair/fix")
    model.state.signals[here, here, 0] = 50
    hear(model, 4)
    (alarm,) = register.alarms
    right = issue_at(model, "repair/fix")
    model.defects.count[here] = 1
    register.finished(right, 5, model.defects.count)
    assert register.level[here] == 0.0
    model.state.signals[here, here, 0] = 30
    hear(model, 5)
    assert (register.since[here], register.signals[here].sum()) == (5, 30)
    assert alarm.signals.sum() == 50


# --- what an owner makes of a proposal ------------------------------------------------


def test_the_chance_of_a_yes_is_a_logistic_of_benefit_over_cost() -> None:
    model = firm(fix_base_hours=40, fix_head_hours=5, decision_steepness=1.5, congruity=0.2,
                 planned_utilisation=0.7)  # fmt: skip
    issue = issue_at(model, "repair/fix", benefit=110.0)
    decisions, rear, front = model.decisions, 2, 0
    assert decisions.workers(issue.site) == (rear,)
    assert decisions.cost_hours(issue.site) == 40 + 5 * 3
    assert decisions.price(rear) == pytest.approx(1.0)
    decisions.parameters["estimate_error"] = 0.0
    expected = 1 / (1 + math.exp(-1.5 * (110 / 55 - 1)))
    assert decisions.yes(issue, None) == pytest.approx(expected)
    assert decisions.yes(issue, rear) == pytest.approx(expected)  # felt at home, own weight 1
    elsewhere = 1 / (1 + math.exp(-1.5 * (0.2 * 2 - 1)))
    assert decisions.yes(issue, front) == pytest.approx(elsewhere)
    issue.benefit_hours = 1e9
    assert decisions.yes(issue, None) == pytest.approx(1 / (1 + math.exp(-1.5 * 4)))  # at most 5


def test_hours_cost_more_where_the_queue_is_long() -> None:
    model = firm(planned_utilisation=0.7)
    prices = []
    for used in (0.0, 0.7, 0.85, 0.99):
        model.functions[0].utilisation = used
        prices.append(model.decisions.price(0))
    assert prices == pytest.approx([0.3, 1.0, 2.0, 5.0])


def test_who_counts_the_whole_journey_counts_what_the_dearest_hours_cost() -> None:
    model = firm(
        fix_base_hours=40, fix_head_hours=5, decision_steepness=1.5, planned_utilisation=0.7
    )
    issue = issue_at(model, "repair/fix", benefit=165.0)
    model.decisions.parameters["estimate_error"] = 0.0
    model.functions[2].utilisation = 0.85  # an hour of the rear's costs two
    expected = 1 / (1 + math.exp(-1.5 * (165 / (55 * 2) - 1)))
    assert model.decisions.yes(issue, None) == pytest.approx(expected)


def test_benefit_is_the_work_of_failures_beyond_expectation_over_ordinary_defects() -> None:
    model = firm(voice_person=0.2, voice_agent=0.9, defect_rate=0.04, defect_life_weeks=50,
                 fault_minutes=10, voice_severity=1)  # fmt: skip
    here = site(model, "repair/fix")  # 80 minutes of work, two defects on average
    alarm = Alarm(here, 0, np.zeros(3, int), excess=1.5)
    # Homes, then shops, which speak up half as often again; an agent at most for certain.
    voice = 0.7 * (0.3 * 1 + 0.7 * 0.26) + 0.3 * (0.3 * 1 + 0.7 * 0.39)
    expected = 1.5 / voice * 52 * (90 / 60) / 2
    assert model.decisions.benefit(alarm) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seams", "owners", "name"),
    [
        ("both", (1, 2), "nobody"),
        ("upstream", (1,), "head of middle"),
        ("downstream", (2,), "head of rear"),
        ("nobody", (), "nobody"),
        ("journey_owner", (), "nobody"),  # the role has no heads
    ],
)
def test_who_decides_about_a_seam_and_whose_name_stands_for_it(seams, owners, name) -> None:
    model = firm({"ownership": {"seams": seams}})
    assert model.decisions.owners(site(model, "middle>rear")) == owners
    assert model.decisions.accountable(site(model, "middle>rear")) == name
    assert model.decisions.owners(site(model, "renew/remind")) == ()
    assert model.decisions.accountable(site(model, "renew/remind")) == "nobody"
    assert model.decisions.accountable(site(model, "repair/fix")) == "head of rear"
    assert model.decisions.workers(site(model, "middle>rear")) == (1, 2)
    assert model.decisions.workers(site(model, "renew/remind")) == (1,)  # who serves renew


def test_a_funded_journey_owner_decides_about_seams() -> None:
    model = firm({"ownership": {"seams": "journey_owner"}, "staffing": {"journey_owners": 0.4}})
    assert model.decisions.owners(site(model, "front>front")) == (0,)
    assert model.decisions.owners(site(model, "middle>rear")) == (-2,)
    assert model.decisions.accountable(site(model, "middle>rear")) == "journey owner"


def test_who_was_accountable_goes_by_the_rights_of_the_time() -> None:
    owners = {"ownership": {"seams": "journey_owner", "journeys": "journey_owner"}}
    team = {"ownership": {"seams": "downstream", "journeys": "cx_team"}}
    now = firm(owners | {"staffing": {"journey_owners": 0.4}})
    before = firm(team | {"staffing": {"cx_team": 10}}).organisation
    seam, nobodys = site(now, "middle>rear"), site(now, "renew/remind")
    found = [[now.decisions.accountable(at, when) for at in (seam, nobodys)]
             for when in (None, before)]  # fmt: skip
    assert found == [["journey owner", "journey owner"], ["head of rear", "cx team"]]


def decided(model: EnterpriseModel, issue: Issue, yes: dict[int, float]) -> str:
    """Return what becomes of an issue when each owner says yes with a given chance."""
    model.week = issue.opened + 1
    model.decisions.yes = lambda _, decider, *__: yes[decider]
    model.decisions.step()
    return issue.status


def team(authority: float) -> SimpleNamespace:
    """Return a proposer who heads no function and owns no seam."""
    return SimpleNamespace(authority=authority, decides_for=None, decides_seams=False, title="team")


@pytest.mark.parametrize(
    ("yes", "status"),
    [({1: 1.0, 2: 1.0}, "approved"), ({1: 1.0, 2: 0.0}, "refused"), ({1: 0.0, 2: 1.0}, "refused")],
)
def test_a_seam_of_two_owners_is_a_joint_veto(yes, status) -> None:
    model = firm()
    assert decided(model, issue_at(model, "middle>rear"), yes) == status


def test_authority_overrides_a_no() -> None:
    for authority, status in ((0.0, "refused"), (1.0, "approved")):
        model = firm()
        issue = issue_at(model, "middle>rear", proposer=team(authority))
        assert decided(model, issue, {1: 0.0, 2: 0.0}) == status


def test_authority_holds_in_its_share_of_cases() -> None:
    approved = 0
    model = firm()
    for week in range(400):
        issue = issue_at(model, "repair/fix", proposer=team(0.3), opened=week)
        approved += decided(model, issue, {2: 0.2}) == "approved"
        model.register.issues.clear()
    chance = 0.3 + 0.7 * 0.2
    assert approved / 400 == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 400))


def test_what_is_refused_is_decided_again_after_the_cool_off() -> None:
    model = firm(cool_off_weeks=10)
    issue = issue_at(model, "repair/fix")
    assert decided(model, issue, {2: 0.0}) == "refused"
    for week in range(2, 14):
        model.week = week
        model.decisions.yes = lambda *_: 1.0
        model.decisions.step()
        assert issue.status == ("approved" if week >= 11 else "refused")
    assert model.register.outcomes.decision_waits == [11]  # from opening to the yes


def test_a_site_nobody_owns_is_escalated_if_there_is_a_path() -> None:
    alone = firm()
    assert decided(alone, issue_at(alone, "renew/remind"), {}) == "open"  # nobody says no
    model = firm({"escalation": {"path": "decision_maker"}})
    assert decided(model, issue_at(model, "renew/remind"), {}) == "escalated"


# --- escalation -----------------------------------------------------------------------


def escalated(path: str, n_issues: int, attention: float = 4.0, **parameters: float):
    lever = {"path": path, "attention_hours": attention, "meeting_weeks": 3}
    alone = {"decision_hours": 3.0, "other_business_hours": 0.0}
    model = firm({"escalation": lever}, **(alone | parameters))
    for _ in range(n_issues):
        issue_at(model, "repair/fix", status="escalated", escalated=1)
    return model


def open_after(model: EnterpriseModel, weeks: range) -> list[int]:
    """Return how many issues are still escalated after each week."""
    left = []
    for week in weeks:
        model.week = week
        model.escalation.step()
        left.append(len(model.register.waiting("escalated")))
    return left


def test_attention_is_hours_and_what_is_left_of_them_carries_over() -> None:
    """Four hours a week and three a decision: 1, 1, 2 decisions in three weeks."""
    model = escalated("decision_maker", 9)
    assert open_after(model, range(1, 7)) == [8, 7, 5, 4, 3, 1]
    assert model.escalation.hours == pytest.approx(6 * 4 - 8 * 3)


def test_unspent_attention_is_kept_for_four_weeks_at_most() -> None:
    model = escalated("decision_maker", 0)
    open_after(model, range(1, 20))
    assert model.escalation.hours == 16.0


def test_a_committee_decides_at_its_meetings_only() -> None:
    model = escalated("committee", 9)
    assert open_after(model, range(1, 7)) == [9, 9, 5, 5, 5, 1]


def test_what_waits_too_long_falls() -> None:
    model = escalated("decision_maker", 4, attention=0.0, escalation_limit_weeks=8)
    assert open_after(model, range(1, 12)) == [4] * 9 + [0] * 2
    assert all(issue.status == "refused" for issue in model.register.issues)


@pytest.mark.parametrize(("votes", "approves"), [((1, 1, 0), True), ((1, 0, 0), False)])
def test_a_committee_follows_its_majority(votes, approves) -> None:
    model = escalated("committee", 1)
    model.decisions.yes = lambda _, function, *__: float(votes[function])
    assert model.escalation.approves(model.register.issues[0]) == approves


# --- insight and work -----------------------------------------------------------------


def test_a_function_sees_its_own_touchpoints_and_a_team_sees_all() -> None:
    model = firm({"staffing": {"cx_team": 10, "journey_owners": 0.4, "embedded_leads": 0.4}})
    fix, offer = site(model, "repair/fix"), site(model, "renew/offer")
    assert [f.sees(fix) for f in model.functions] == [False, False, True]
    seen = {role.title: (role.sees(fix), role.sees(offer)) for role in model.roles}
    assert seen == {
        "owner of join": (False, False),
        "owner of renew": (False, True),
        "owner of repair": (True, False),
        "CX team": (True, True),
        "CX lead in front": (False, False),
        "CX lead in middle": (False, True),
        "CX lead in rear": (True, False),
    }


def test_insight_hours_turn_an_alarm_into_an_issue() -> None:
    model = firm(insight_hours=30.0)
    model.decisions.proposes = lambda *_: True
    here, cause = site(model, "repair/fix"), site(model, "middle>rear")
    signals = np.zeros(len(model.blueprint.site_ids), int)
    signals[cause] = 5
    model.register.alarms.append(Alarm(here, 0, signals, 1.0))
    rear = model.functions[2]
    for weekly, opened in ((12.0, False), (12.0, False), (6.0, True)):
        rear.hours = weekly
        rear.analyse()
        assert bool(model.register.issues) == opened
    (issue,) = model.register.issues
    assert not model.register.alarms
    assert (issue.cause, issue.felt, issue.proposer) == (cause, here, rear)
    assert issue.site in {cause, here}
    assert rear.hours == 0.0


def test_measurement_traces_the_cause_with_its_probability() -> None:
    found = {}
    for measurement in ("score", "touchpoint", "journey"):
        model = firm({"information": {"measurement": measurement}}, insight_hours=1.0,
                     trace_score=0.1, trace_touchpoint=0.35, trace_journey=0.8)  # fmt: skip
        model.decisions.proposes = lambda *_: True
        here, cause = site(model, "repair/fix"), site(model, "middle>rear")
        signals = np.zeros(len(model.blueprint.site_ids), int)
        signals[cause] = 1
        traced = 0
        for week in range(400):
            model.week = week
            model.register.alarms.append(Alarm(here, week, signals, 1.0))
            model.functions[2].hours = 1.0
            model.functions[2].analyse()
            traced += model.register.issues.pop().site == cause
        found[measurement] = traced / 400
    expected = {"score": 0.1, "touchpoint": 0.35, "journey": 0.8}
    assert found == pytest.approx(expected, abs=4 * math.sqrt(0.25 / 400))


def test_fixes_take_the_owners_hours_oldest_first() -> None:
    model = firm(fix_base_hours=20.0, fix_head_hours=0.0)
    first, second = (issue_at(model, "repair/fix", status="approved") for _ in range(2))
    rear = model.functions[2]
    rear.hours = 30.0
    rear._work_on_fixes()
    assert model.register.issues == [second]
    assert (first.hours_done, second.hours_done) == (20.0, 10.0)
    assert first.status == "closed"
