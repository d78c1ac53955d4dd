"""Backing, governance, placement, evidence, co-creation and what decisions take (rule M8)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import yaml
from studies import PLAIN, compact_study, started
from test_management_by_hand import escalated, firm, issue_at, open_after, site, team

from sim.engine.draws import DRAW_DECISION, DRAW_PROPOSE
from sim.engine.philox import block, uniform
from sim.improvement.decisions import OWNERS
from sim.improvement.issues import Alarm
from sim.improvement.rights import JOURNEY_OWNER
from sim.model import EnterpriseModel
from sim.reading.loader import load_study
from sim.study.errors import StudyError
from sim.study.working_time import WEEKS_PER_MONTH

FRONT, MIDDLE, REAR = range(3)


def no_stands(model: EnterpriseModel, proposer, backing: float, owner: int = REAR) -> float:
    """Return the share of cases in which an owner who never says yes has the last word."""
    seen: list[float] = []
    model.decisions.says_yes = lambda *voting: seen.append(voting[4]) or False
    model.decisions._agrees(issue_at(model, "repair/fix", proposer=proposer), owner, backing)
    return seen[0]


def test_authority_backing_and_governance_override_a_no_independently() -> None:
    model = firm()
    model.organisation.capability.governance = 0.25
    assert no_stands(model, team(0.2), 0.5) == pytest.approx(0.8 * 0.5 * 0.75)
    assert no_stands(model, team(0.0), 0.0) == pytest.approx(0.75)
    rear = model.functions[REAR]
    assert no_stands(model, rear, 0.5) == 1.0  # nobody overrules themselves


def test_a_sponsor_backs_as_far_as_hours_go_and_leaves_for_good() -> None:
    model = firm(
        {"sponsorship": {"strength": 0.6, "attention_hours": 4}},
        decision_hours=3.0,
        sponsor_tenure_months=12,
    )
    sponsor, issue = model.sponsor, issue_at(model, "repair/fix", proposer=team(0))
    assert sponsor.backs(issue) == 0.0  # no hours yet
    sponsor.step()
    assert sponsor.backs(issue) == 0.6
    assert sponsor.backs(issue) == 0.0  # one hour is left of four
    assert model.charges == pytest.approx([0.9, 1.2, 0.9])  # three hours of the firm, by size
    for _ in range(20):
        sponsor.step()
    assert sponsor.hours == 16.0
    model.week = math.ceil(sponsor.leaves)
    assert not sponsor.in_office
    assert sponsor.backs(issue) == 0.0
    assert firm().sponsor is None


def test_time_in_office_is_exponential_over_replicates() -> None:

    study = compact_study(
        {"organisation": "x", "sponsorship": {"strength": 0.5}},
        design={"warm_up_days": 0},
        market={"customers": 1, "prospects": 0},
    )
    stays = [started(study, replicate=r).sponsor.leaves for r in range(150)]
    mean = 29 * WEEKS_PER_MONTH
    assert sum(stays) / 150 == pytest.approx(mean, abs=4 * mean / math.sqrt(150))


def test_governance_binds_decisions_as_far_as_it_has_people() -> None:
    governed = {"staffing": {"governance": 10}}  # one of ten people
    model = firm(governed, governance_build=0.02, governance_decay=0.01, governance_hours=100.0,
                 ordinary_meetings_share=0.0, link_hours=0.0, standards_share=0.0)  # fmt: skip
    ratio = 40 / 300  # three functions of ten people at most
    assert model.organisation.hours.governed == pytest.approx(ratio)
    held = 0.02 * ratio / (0.02 * ratio + 0.01)
    assert model.organisation.capability.governance == pytest.approx(held)
    assert firm().organisation.capability.governance == 0.0


# --- who owns a touchpoint --------------------------------------------------------------


def test_a_touchpoint_is_decided_and_changed_by_whoever_owns_it() -> None:
    def at(holder: str | None, **levers) -> tuple:
        owned = {} if holder is None else {"repair/fix": holder}
        model = firm({"ownership": {"touchpoints": owned}} | levers)
        fix, decisions = site(model, "repair/fix"), model.decisions
        return decisions.owners(fix), decisions.workers(fix), decisions.accountable(fix)

    serving = (REAR,)
    assert at(None) == (serving, serving, "head of rear")
    assert at("front") == ((0,), (0,), "head of front")
    assert at("nobody") == ((), serving, "nobody")
    assert at("journey_owner") == ((), serving, "nobody")  # nobody fills the role
    funded = {"staffing": {"journey_owners": 0.5}}
    assert at("journey_owner", **funded) == ((JOURNEY_OWNER,), serving, "journey owner")


def test_owners_of_touchpoints_are_checked_with_their_place(tmp_path) -> None:
    owners = {"repair/fixe": "rear", "repair/fix": "reer", "repair/report": "nobody"}
    given = compact_study(PLAIN | {"ownership": {"touchpoints": owners}})
    plain = given.model_dump(mode="json", exclude_none=True)
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    with pytest.raises(StudyError) as refusal:
        load_study(file)
    problems = {problem.message: problem for problem in refusal.value.problems}
    assert sorted(problems) == [
        "`reer` cannot own a touchpoint",
        "`repair/fixe` is not a touchpoint of the enterprise",
    ]
    assert "rear" in problems["`reer` cannot own a touchpoint"].remedy
    assert all(problem.line for problem in problems.values())


# --- placement ------------------------------------------------------------------------


def chance_to_propose(model: EnterpriseModel, proposer, **columns) -> float:
    """Return the share of what was worth it to a journey that is proposed, over weeks."""
    proposed = 0
    for week in range(300):
        model.week = week
        issue = issue_at(model, "repair/fix", proposer=proposer, **columns)
        proposed += model.decisions.proposes(issue, 0.0)
    return proposed / 300


def test_whom_a_role_reports_to_colours_what_it_proposes() -> None:
    plain = {
        "fix_base_hours": 40.0,
        "fix_head_hours": 0.0,
        "estimate_error": 0.0,
        "congruity": 0.1,
        "decision_steepness": 2.0,
    }
    chances = {}
    for host, hold in (("none", 1.0), ("executive", 1.0), ("front", 0.0), ("front", 1.0)):
        levers = {"staffing": {"cx_team": 10}, "placement": {"host": host, "hold": hold}}
        model = firm(levers, **plain)
        cx_team = next(role for role in model.roles if role.title == "CX team")
        chances[host, hold] = chance_to_propose(model, cx_team, benefit=80.0)
    free = 1 / (1 + math.exp(-2))
    held = 1 / (1 + math.exp(-2 * (0.1 * 2 - 1)))  # felt at rear: front's KPI hardly shows it
    error = 4 * math.sqrt(0.25 / 300)
    assert chances["none", 1.0] == chances["executive", 1.0] == chances["front", 0.0]
    assert chances["front", 0.0] == pytest.approx(free, abs=error)
    assert chances["front", 1.0] == pytest.approx(held, abs=error)


def test_whether_an_issue_is_proposed_is_drawn_by_its_site_and_week() -> None:
    model = firm()
    model.week = 7
    issue = issue_at(model, "repair/fix")
    counter = int(model.blueprint.site_counters[site(model, "repair/fix")])
    drawn = float(uniform(block(model.state.keys[DRAW_PROPOSE], counter, 7, 0, 0)[0]))
    for chance in (math.nextafter(drawn, 0.0), math.nextafter(drawn, 1.0)):
        model.decisions.agreeable = lambda *_, chance=chance: chance
        assert model.decisions.proposes(issue, 0.0) == (drawn < chance)


def test_nobody_holds_a_lead_or_a_function_but_itself() -> None:
    levers = {"staffing": {"embedded_leads": 1}, "placement": {"host": "front", "hold": 0.2}}
    model = firm(levers)
    assert {role.placed for role in model.roles} == {(None, 0.0)}
    assert model.functions[MIDDLE].placed == (MIDDLE, 1.0)


def test_what_seems_not_worth_it_is_shelved_and_quiet() -> None:
    model = firm(insight_hours=1.0, fix_base_hours=1e9)
    here = site(model, "repair/fix")
    signals = np.zeros(len(model.blueprint.site_ids), int)
    signals[here] = 3
    shelved = 0
    for week in range(40):
        model.week = week
        model.register.alarms.append(Alarm(here, 0, signals, 1.0))
        model.functions[REAR].hours = 1.0
        model.functions[REAR].analyse()
        assert not model.register.alarms
        shelved += model.register.quiet_until[here] == week + 8
        model.register.issues.clear()
    chance = 1 / (1 + math.exp(1.5))  # benefit over cost is 0
    assert shelved / 40 == pytest.approx(1 - chance, abs=4 * math.sqrt(0.25 / 40))
    assert model.register.outcomes.shelved > 0


# --- evidence -------------------------------------------------------------------------


def test_doubled_evidence_brings_a_second_decision_before_the_cool_off() -> None:
    model = firm(cool_off_weeks=30)
    issue = issue_at(model, "repair/fix", status="refused", decided=1, evidence=6)
    register, here = model.register, site(model, "repair/fix")
    register.window = (0, 99)
    for week, heard, due in ((2, 3, False), (3, 2, False), (4, 1, True), (31, 0, True)):
        model.week = week
        register.heard[here] += heard
        assert model.decisions._due(issue) == due
    register.weigh(issue)
    assert issue.evidence == 12
    assert issue.evidence_ratio == 12  # over the one signal that it was opened with
    issue.decided = 31
    assert not model.decisions._due(issue)


def test_more_evidence_makes_a_better_estimate() -> None:
    model = firm(estimate_error=0.8, fix_base_hours=100, fix_head_hours=0)
    issue = issue_at(model, "repair/fix", benefit=100.0, evidence=4, evidence_at_first=4)
    rough = model.decisions.agreeable(issue, 1.0, 1.0, error=2.0)
    issue.evidence = 16
    better = model.decisions.agreeable(issue, 1.0, 1.0, error=2.0)
    estimates = [math.exp(s * 2 - s * s / 2) for s in (0.8, 0.4)]
    expected = [1 / (1 + math.exp(-1.5 * (e - 1))) for e in estimates]
    assert [rough, better] == pytest.approx(expected)


def test_each_decider_makes_an_error_of_its_own() -> None:
    model = firm()
    issue = issue_at(model, "middle>rear")
    errors = [model.decisions.draw(issue, voter, OWNERS)[1] for voter in (MIDDLE, REAR)]
    assert errors[0] != errors[1]
    draws = []
    for week in range(400):
        model.week = week
        draws.append(model.decisions.draw(issue, MIDDLE, OWNERS)[1])
    assert sum(draws) / 400 == pytest.approx(0, abs=4 / 20)


# --- co-creation ----------------------------------------------------------------------


def test_a_proposal_waits_for_its_owners_hours_and_is_liked_the_better() -> None:
    model = firm({"culture": {"co_creation_hours": 10}}, co_creation_effect=2.0,
                 co_creation_scale_hours=20.0, estimate_error=0.0)  # fmt: skip
    issue = issue_at(model, "middle>rear", evidence=1)
    model.week = 1
    plain = model.decisions.yes(issue, REAR)
    for hours, unshaped in ((6.0, [MIDDLE, REAR]), (6.0, [])):
        for function in (MIDDLE, REAR):
            model.functions[function].hours = hours
            model.functions[function]._shape_proposals()
        assert model.decisions.unshaped(issue) == unshaped
        assert model.decisions._due(issue) == (not unshaped)
    assert issue.shaped == {MIDDLE: 10.0, REAR: 10.0}
    assert model.functions[REAR].hours == 2.0
    added = 2.0 * (1 - math.exp(-0.5))
    odds = plain / (1 - plain) * math.exp(added)
    assert model.decisions.yes(issue, REAR) == pytest.approx(odds / (1 + odds))


def test_after_a_no_evidence_is_counted_anew_after_a_yes_it_goes_on() -> None:
    model = firm()
    for status, level in (("approved", 3.0), ("refused", 0.0)):
        issue = issue_at(model, "repair/fix")
        model.register.level[issue.felt] = 3.0
        model.register.decided(issue, status, 5)
        assert model.register.level[issue.felt] == level


def test_what_waits_for_an_approval_counts_at_its_age_and_what_waits_for_hours_does_not() -> None:
    model = firm()
    register = model.register
    register.window = (0, 30)
    for name, status, opened in (
        ("repair/fix", "open", 4),
        ("repair/report", "approved", 5),
        ("renew/remind", "refused", 6),
        ("middle>rear", "open", 12),
    ):
        issue_at(model, name, opened=opened).status = status
    assert sorted(register.waits(12)) == [6, 8]


def test_each_alarm_that_is_shelved_counts_once() -> None:
    model = firm()
    here = site(model, "repair/fix")
    for number in (1, 2):
        alarm = Alarm(here, 0, np.zeros(3, int), 0.0)
        model.register.alarms.append(alarm)
        model.register.shelve(alarm, number)
        assert model.register.outcomes.shelved == number


def test_the_function_that_comes_first_shapes_proposals_like_any_other() -> None:
    model = firm({"culture": {"co_creation_hours": 10}})
    assert model.decisions.unshaped(issue_at(model, "repair/report")) == [FRONT]


def test_each_owner_draws_by_its_own_name_and_what_has_no_name_by_a_number() -> None:
    model = firm()
    issue, names = issue_at(model, "middle>rear"), model.blueprint.function_counters
    counter, key = model.blueprint.site_counters[issue.site], model.state.keys[DRAW_DECISION]
    for voter, name in ((FRONT, names[FRONT]), (REAR, names[REAR]), (-3, 3)):
        lanes = block(key, int(counter), model.week, int(name), 1)
        assert model.decisions.draw(issue, voter, 1)[0] == float(uniform(lanes[0]))


# --- what decisions take --------------------------------------------------------------


def test_owners_prepare_attend_and_discuss_in_line_time() -> None:
    model = firm({"escalation": {"path": "decision_maker", "attention_hours": 6}},
                 decision_hours=3.0, preparation_hours=4.0, other_business_hours=0.0,
                 discussion_hours=0.5, write_minutes=0.0, note_minutes=0.0)  # fmt: skip
    model.decisions.yes = lambda *_: 0.0
    issue = issue_at(model, "middle>rear", proposer=team(0))
    model.week = 1
    model.decisions.step()
    assert issue.status == "escalated"
    assert model.charges == pytest.approx([0, 3 + 4, 3 + 4])  # to decide, and to prepare
    model.charges[:] = 0
    model.escalation.step()
    by_size = 3 * model.organisation.staff.by_size
    assert model.charges == pytest.approx([*by_size[:1], by_size[1] + 3, by_size[2] + 3])
    model.charges[:] = 0
    issue.status = "open"
    model._discuss_issues()
    assert model.charges == pytest.approx([0, 0.5, 0.5])
    before, away = model.organisation.overhead_share, model.organisation.time_away()
    model.organisation.week.issue_hours = model.charges
    assert model.organisation.overhead_share - before == pytest.approx(1 / 400)
    assert model.organisation.time_away() - away == pytest.approx([0, 0.5 / 160, 0.5 / 120])


def test_all_members_attend_a_committee() -> None:
    model = escalated("committee", 1, decision_hours=2.0)
    model.week = 3
    model.escalation.step()
    assert model.charges == pytest.approx([2, 2, 2 + 2])  # and rear, whose site it is, twice


def test_other_business_waits_in_the_same_queue() -> None:
    """Two matters came before the issues: with time for one a week they go first."""
    model = escalated("decision_maker", 2, attention=3.0)
    model.escalation.business = [0, 0]
    assert open_after(model, range(1, 3)) == [2, 2]
    assert not model.charges.any()  # the person's own time, whatever the org model
    assert open_after(model, range(3, 6)) == [1, 0, 0]


def test_other_business_comes_at_its_rate() -> None:
    model = escalated("decision_maker", 0, other_business_hours=1.5)
    matters = 0
    for week in range(800):
        model.week = week
        matters += len(model.escalation.new_business())
    assert matters / 800 == pytest.approx(0.5, abs=4 * math.sqrt(0.5 / 800))
    assert escalated("committee", 0).escalation.new_business() == []


# --- insight people and the record of issues ------------------------------------------


def test_insight_people_look_for_whoever_may_see() -> None:
    alone = firm({"staffing": {"insight": 10}})
    (insight,) = alone.roles
    fix, remind = site(alone, "repair/fix"), site(alone, "renew/remind")
    nothing = np.zeros(0, int)
    assert insight.speaks_for(Alarm(fix, 0, nothing, 1.0)) is alone.functions[REAR]
    assert not insight.sees(remind)  # nobody owns the automated reminder
    both = firm({"staffing": {"insight": 10, "cx_team": 10}})
    cx_team, insight = both.roles
    assert insight.speaks_for(Alarm(remind, 0, nothing, 1.0)) is cx_team
    hours = both.organisation.hours
    assert hours.analyst_hours == pytest.approx(40 * 0.85 * hours.analysts_share)


def test_the_register_keeps_every_issue_with_its_weeks() -> None:
    model = firm()
    register, here = model.register, site(model, "repair/fix")
    model.decisions.proposes = lambda *_: True
    signals = np.zeros(len(model.blueprint.site_ids), int)
    signals[here] = 4
    alarm = Alarm(here, 0, signals, 1.0)
    register.alarms.append(alarm)
    model.week = 2
    model.functions[REAR].hours = 1e3
    model.functions[REAR].analyse()
    (issue,) = register.history
    register.decided(issue, "approved", 3)
    register.finished(issue, 7, model.defects.count)
    assert register.issues == []
    (row,) = register.history
    assert (row.site, row.felt, row.opened, row.decided, row.status, row.closed, row.title) == (
        here, here, 2, 3, "closed", 7, "head of rear"
    )  # fmt: skip


def test_a_placement_in_a_study_is_checked_with_its_place(tmp_path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(
        "study: s\nbaseline: a\n"
        "enterprise:\n  enterprise: e\n  functions: {sales: {heads: 2}}\n"
        "  journeys: {j: {start: t, touchpoints: {t: {owner: sales, minutes: 5, "
        "next: {completed: 1}}}}}\n"
        "market: {customers: 10, segments: {all: {share: 1, needs_per_year: {j: 1}}}}\n"
        "organisations:\n  - organisation: a\n    placement:\n      host: salse\n",
        encoding="utf-8",
    )
    with pytest.raises(StudyError) as refusal:
        load_study(file)
    (problem,) = refusal.value.problems
    assert (problem.line, problem.path) == (11, "organisations[0].placement.host")
    assert "sales" in problem.remedy
