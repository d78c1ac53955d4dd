"""What those who sit in a function get to see, and what waits for an executive (rule E7)."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import three_customers as by_hand
from studies import ENTERPRISE, compact_study, started
from test_management_by_hand import issue_at, site
from test_slice_and_size import cut
from test_waits_by_hand import queue_at

from sim.agents.posts import succeed
from sim.day.voice import expect, speak
from sim.improvement.issues import Alarm
from sim.improvement.recognition import SHOWING, VOICED
from sim.model import EnterpriseModel
from sim.organisation.organisation import Organisation
from sim.state.severity import SEVERITY_ERROR, SEVERITY_FAULT, SEVERITY_LOSS
from sim.state.tallies import (
    ERRORS_FORESEEN,
    ERRORS_SHOWN,
    FIXED,
    NO_SPEAKER,
    UNVOICED,
    UNVOICED_FORESEEN,
)

FRONT, MIDDLE, REAR = range(3)
SILENT, LOUD = np.uint32(2**32 - 1), np.uint32(0)
JOURNEYS = {"information": {"measurement": "journey"}}


def placed(
    host: str, hold: float = 1.0, looks_at: str = "both", on: int = 1, **more: Any
) -> EnterpriseModel:
    """Return a firm with a team of one and owners of journeys who sit with a host."""
    enterprise = copy.deepcopy(ENTERPRISE)
    enterprise["functions"]["front"]["looks_at"] = looks_at
    levers = {
        "organisation": "x",
        "staffing": {"cx_team": 10, "journey_owners": 0.4, "embedded_leads": 0.4},
        "placement": {"host": host, "hold": hold},
    }
    parameters = {"decision_hours": 3.0, "other_business_hours": 0.0} | more.pop("parameters", {})
    study = compact_study(
        levers | more,
        enterprise=enterprise,
        parameters=parameters,
        mechanisms={"placement_sight": on},
    )
    return started(study)


def team(model: EnterpriseModel) -> Any:
    return next(role for role in model.roles if role.title == "CX team")


def alarm_at(
    model: EnterpriseModel, name: str, voiced: int = 4, shown: int = 0, silent: int = 0, **more: Any
) -> Alarm:
    """Return an alarm with some signals, voiced or not, and errors that showed among them."""
    here = site(model, name)
    signals = np.zeros(len(model.blueprint.site_ids), np.int64)
    signals[here] = voiced + silent
    since = more.pop("since", 0)
    return Alarm(here, since, signals, 1.0, kinds=(voiced, shown), **more)


# --- kinds of signals ---------------------------------------------------------------------


def said(customer: int, severity: float, lane: np.uint32, measurement: str = "journey") -> Any:
    """Return the errors counted of one failure: by a person, by an agent and by nobody."""
    levers = {"organisation": "x", "information": {"measurement": measurement}}
    model = by_hand.firm(levers, observe_share=0.5, voice_person=0.25, voice_agent=0.25)
    here = by_hand.place(model, "repair/fix")
    speak(model.state, by_hand.put(model, customer, "repair/fix"), here, here, severity, lane, 0.5)
    assert not model.state.error_signals[:, :, ERRORS_FORESEEN].any()
    return model.state.error_signals[here, :, ERRORS_SHOWN].tolist()


def test_errors_are_counted_apart_by_who_voiced_them() -> None:
    assert said(0, SEVERITY_ERROR, LOUD) == [1, 0, 0]
    assert said(2, SEVERITY_ERROR, LOUD) == [0, 1, 0]  # represented by an agent
    assert said(0, SEVERITY_ERROR, SILENT) == [0, 0, 1]
    assert said(0, SEVERITY_ERROR, SILENT, "score") == [0, 0, 0]  # nobody can see it
    for severity in (SEVERITY_FAULT, SEVERITY_LOSS):
        assert said(0, severity, LOUD) == said(0, severity, SILENT) == [0, 0, 0]


def test_of_a_slice_errors_to_be_expected_are_counted_apart() -> None:
    levers = {"organisation": "x"} | JOURNEYS
    model = by_hand.firm(levers, observe_share=0.5, voice_person=0.25)
    model.state.rules[0]["sliced"] = 1
    slot, here = by_hand.put(model, 0, "repair/fix"), by_hand.place(model, "repair/fix")
    expect(model.state, slot, here, SEVERITY_ERROR, 0.1)
    speak(model.state, slot, here, here, SEVERITY_LOSS, SILENT, 0.5)
    errors = model.state.error_signals[here, :, ERRORS_FORESEEN]
    assert errors.tolist() == [int(0.25 * 0.1 * FIXED), 0, int(0.75 * 0.1 * FIXED)]
    assert model.state.foreseen[here, here, 0] == errors[0] + int(0.5 * FIXED)
    assert model.state.unvoiced[here, here, UNVOICED_FORESEEN] == errors[2] + int(0.5 * FIXED)


def heard(model: EnterpriseModel, name: str, persons: int, agents: int, *errors: int) -> Any:
    """Return kinds heard of failures felt and caused at a touchpoint, errors by who voiced them."""
    here = site(model, name)
    model.state.signals[here, here] = [persons, agents]
    model.state.error_signals[here, : len(errors), ERRORS_SHOWN] = errors
    model.channels.listen()
    assert not model.state.error_signals.any()
    return model.channels.kinds[here].tolist()


def test_voiced_failures_and_errors_among_them_are_kept_apart() -> None:
    model = placed("none")
    assert heard(model, "repair/fix", 7, 5, 3, 2) == [12, 5]
    assert heard(model, "repair/fix", 7, 0, 7) == [7, 7]
    assert heard(model, "repair/fix", 0, 0) == [0, 0]  # nothing is left of the week before


def test_what_was_caused_elsewhere_is_no_error_that_shows_here() -> None:
    model = placed("none", parameters={"cross_ties": 50.0})
    felt, seam = site(model, "repair/fix"), site(model, "middle>rear")
    model.state.signals[felt, seam, 0] = 6
    model.state.error_signals[felt, 0, ERRORS_SHOWN] = 2  # of other signals, felt there
    found, _ = model.channels.listen()
    assert found[seam, seam] == 6  # recognised by those who have a tie to everybody
    assert model.channels.kinds[seam].tolist() == [6, 0]
    assert model.channels.kinds.sum() == 6


def test_what_is_held_back_is_of_no_kind() -> None:
    model = placed("none", culture={"blame": 1.0})
    assert heard(model, "repair/fix", 7, 5, 3, 2) == [5, 2]  # agents report whatever it is


def test_an_observed_error_shows_and_is_voiced_by_nobody() -> None:
    model = placed("none", parameters={"observe_share": 1.0}, **JOURNEYS)
    here, seam = site(model, "repair/fix"), site(model, "middle>rear")
    model.state.unvoiced[here, here, UNVOICED] = 9
    model.state.unvoiced[here, seam, UNVOICED] = 5  # losses that measurement sees
    model.state.error_signals[here, NO_SPEAKER, ERRORS_SHOWN] = 6
    found, _ = model.channels.listen()
    assert found[here].sum() == 14
    assert model.channels.kinds[here].tolist() == [0, 6]


def test_of_a_slice_as_many_are_errors_as_there_are_on_average() -> None:
    parameters = {"observe_share": 0.5}
    model = started(cut(10, {"organisation": "x"} | JOURNEYS, parameters=parameters))
    here = site(model, "repair/fix")
    for week in range(40):
        model.week = week
        model.state.foreseen[here, here, 0] = 4 * FIXED
        model.state.error_signals[here, 0, ERRORS_FORESEEN] = 3 * FIXED
        model.state.error_signals[here, 0, ERRORS_SHOWN] = 1  # the slice's own chance: not used
        model.state.unvoiced[here, here, UNVOICED_FORESEEN] = 4 * FIXED
        model.state.error_signals[here, NO_SPEAKER, ERRORS_FORESEEN] = 1 * FIXED
        signals, _ = model.channels.listen()
        voiced, shown = model.channels.kinds[here].tolist()
        silent = int(signals[here, here]) - voiced
        assert voiced > 10 and silent > 1
        assert shown == round(0.75 * voiced) + round(0.25 * silent)


def test_an_alarm_knows_of_which_kind_its_signals_are() -> None:
    model = placed("none", parameters={"alarm_level": 4.0, "alarm_ratio": 1.5})
    here, register = site(model, "repair/fix"), model.register
    signals = np.zeros_like(model.channels.heard)
    kinds = np.zeros_like(model.channels.kinds)
    # The first week's level falls to nothing: counting begins anew.
    for week, (voiced, shown, silent, expected) in enumerate(
        ((2, 2, 0, 20.0), (5, 1, 2, 0.0), (6, 3, 1, 0.0))
    ):
        signals[here, here] = voiced + silent
        kinds[here] = [voiced, shown]
        expect = np.zeros(len(signals))
        expect[here] = expected
        register.hear(signals, expect, kinds, week)
    (alarm,) = register.alarms
    assert alarm.since == 1
    assert alarm.signals.sum() == 14
    assert alarm.kinds == (11, 4)
    assert (VOICED, SHOWING) == (0, 1)


# --- what reaches whom --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("looks_at", "reached"),
    [
        ("both", {"complaints", "errors", "half", "silent", "losses", "waits"}),
        ("perception", {"complaints", "errors"}),
        ("operations", {"errors", "silent", "waits"}),
    ],
)
def test_from_a_function_one_sees_what_it_looks_at(looks_at, reached) -> None:
    model = placed("front", looks_at=looks_at)
    elsewhere = {
        "complaints": alarm_at(model, "repair/fix", voiced=4, shown=2),
        "errors": alarm_at(model, "repair/fix", voiced=4, shown=3),  # voiced: of both kinds
        "half": alarm_at(model, "repair/fix", voiced=3, shown=3, silent=3),
        "silent": alarm_at(model, "repair/fix", voiced=0, shown=3, silent=4),
        "losses": alarm_at(model, "repair/fix", voiced=0, silent=4),  # seen in the journey only
        "waits": alarm_at(model, "repair/fix", 0, queue=queue_at(model, "repair/fix")),
    }
    found = {name for name, alarm in elsewhere.items() if team(model).may_look_into(alarm)}
    assert found == reached
    # Whatever is felt at home is seen: at the host's touchpoints, seams and queues.
    home = [alarm_at(model, name, 0, silent=4) for name in ("repair/report", "front>middle")]
    home.append(alarm_at(model, "repair/report", 0, queue=queue_at(model, "repair/report")))
    assert all(team(model).may_look_into(alarm) for alarm in home)


def test_a_right_to_see_the_site_is_needed_besides() -> None:
    model = placed("front", looks_at="perception")
    owner = next(role for role in model.roles if role.title == "owner of renew")
    assert owner.may_look_into(alarm_at(model, "renew/offer"))
    assert not owner.may_look_into(alarm_at(model, "repair/report"))  # at home, another's journey


def test_nobody_but_the_team_and_owners_of_journeys_is_placed() -> None:
    model = placed("front", looks_at="operations")
    loss = alarm_at(model, "repair/fix")
    lead = next(role for role in model.roles if role.title == "CX lead in rear")
    assert lead.may_look_into(loss)
    assert model.functions[REAR].may_look_into(loss)
    assert {role.title for role in model.roles if role.seated} == {
        "owner of join", "owner of renew", "owner of repair", "CX team",
    }  # fmt: skip
    assert not team(model).may_look_into(loss)
    # A function that decides about another's step is its own host, which keeps nothing from it.
    given = {"ownership": {"touchpoints": {"repair/fix": "front"}}}
    model = placed("front", looks_at="operations", **given)
    assert model.functions[FRONT].may_look_into(alarm_at(model, "repair/fix"))
    assert model.sight.share_at_home(model.functions[FRONT]) == 0.0


def test_other_alarms_are_kept_out_with_the_chance_that_a_host_has_hold() -> None:
    shut_out = {}
    for hold in (0.0, 0.4, 0.7, 1.0):
        model = placed("front", hold, "operations")
        alarms = [alarm_at(model, "repair/fix", since=week) for week in range(1000)]
        shut_out[hold] = {a.since for a in alarms if not team(model).may_look_into(a)}
        assert len(shut_out[hold]) / 1000 == pytest.approx(hold, abs=0.065)
    assert shut_out[0.4] <= shut_out[0.7] <= shut_out[1.0]
    # One draw an alarm, whoever looks; a wait at the same place has its own.
    owner = next(role for role in model.roles if role.title == "owner of repair")
    model = placed("front", 0.4, "operations")
    assert {week for week in range(1000) if not owner_sees(model, week)} == shut_out[0.4]
    assert owner.seated


def owner_sees(model: EnterpriseModel, week: int) -> bool:
    owner = next(role for role in model.roles if role.title == "owner of repair")
    return owner.may_look_into(alarm_at(model, "repair/fix", since=week))


@pytest.mark.parametrize(
    ("host", "hold", "on"), [("front", 1.0, 0), ("front", 0.0, 1), ("none", 1.0, 1)]
)
def test_without_a_host_a_hold_or_the_switch_all_is_as_ever(host, hold, on) -> None:
    model = placed(host, hold, "operations", on)
    assert team(model).may_look_into(alarm_at(model, "repair/fix"))
    assert model.sight.share_at_home(team(model)) == 0.0
    assert model.executive is None


def test_at_the_top_all_is_seen() -> None:
    model = placed("executive", looks_at="operations")
    assert team(model).may_look_into(alarm_at(model, "repair/fix"))
    assert model.sight.share_at_home(team(model)) == 0.0


def test_a_younger_alarm_is_taken_up_past_an_older_one_about_the_same_place() -> None:
    """A wait and failures at one touchpoint, from one week on, are two alarms."""
    model = placed("front", looks_at="perception", parameters={"insight_hours": 1.0})
    model.decisions.proposes = lambda *_: True
    wait = Alarm(
        site(model, "repair/fix"), 0, np.zeros(0, np.int64), 1.0,
        queue=queue_at(model, "repair/fix"),
    )  # fmt: skip
    model.register.alarms += [wait, alarm_at(model, "repair/fix")]
    team(model).hours = 1.0
    team(model).analyse()
    assert model.register.alarms == [wait]
    assert len(model.register.issues) == 1


# --- hours --------------------------------------------------------------------------------


def hours_on(hold: float, hours: float, names: tuple[str, ...], host: str = "front") -> list[float]:
    """Return what a team gives to alarms, the oldest first, at ten hours each."""
    model = placed(host, hold, parameters={"insight_hours": 10.0})
    alarms = [alarm_at(model, name, since=week) for week, name in enumerate(names)]
    model.register.alarms += alarms
    cx_team = team(model)
    cx_team.hours = hours
    cx_team._open = model.register.alarms.remove
    cx_team.analyse()
    assert cx_team.hours == pytest.approx(hours - sum(alarm.hours_done for alarm in alarms))
    return [alarm.hours_done for alarm in alarms]


def test_a_hosts_alarms_have_their_share_first() -> None:
    away_then_home = ("repair/fix", "renew/offer", "repair/report")
    assert hours_on(0.5, 8.0, away_then_home) == [4.0, 0.0, 4.0]
    assert hours_on(0.0, 8.0, away_then_home) == [8.0, 0.0, 0.0]
    assert hours_on(1.0, 8.0, away_then_home) == [0.0, 0.0, 8.0]
    assert hours_on(1.0, 8.0, away_then_home, host="executive") == [8.0, 0.0, 0.0]


def test_what_a_hosts_alarms_do_not_need_goes_to_the_others() -> None:
    assert hours_on(0.5, 24.0, ("repair/fix", "repair/report", "renew/offer")) == [10.0, 10.0, 4.0]
    assert hours_on(1.0, 14.0, ("repair/fix", "repair/report")) == [4.0, 10.0]
    assert hours_on(1.0, 6.0, ("repair/fix", "renew/offer")) == [6.0, 0.0]
    # The rest is for all alike, the oldest first, those at home included.
    assert hours_on(0.5, 8.0, ("repair/report", "repair/fix")) == [8.0, 0.0]


# --- the top ------------------------------------------------------------------------------


def brought(model: EnterpriseModel, week: int, name: str = "repair/fix", **columns: Any) -> Any:
    """Return an issue that the team has brought before the executive."""
    issue = issue_at(model, name, proposer=team(model), opened=week, **columns)
    model.week = week
    model.sight.bring_first(issue)
    return issue


def a_week(model: EnterpriseModel, week: int) -> None:
    model.week = week
    model.charges[:] = 0
    model.decisions.step()
    for path in model.posts.deciding:
        path.step()


def test_a_proposal_takes_an_executives_time_before_it_goes_to_its_owners() -> None:
    model = placed("executive", escalation={"path": "none", "attention_hours": 3})
    model.decisions.yes = lambda *_: 1.0
    first, second = brought(model, 0), brought(model, 0, "renew/offer")
    assert model.escalation is None and model.posts.deciding == [model.executive]
    a_week(model, 0)
    assert (first.status, second.status) == ("open", "brought")
    by_size = 3.0 * model.organisation.staff.by_size
    assert model.charges == pytest.approx(by_size)  # whoever is concerned does not attend
    a_week(model, 1)
    assert (first.status, second.status) == ("approved", "open")
    a_week(model, 2)
    assert second.status == "approved"
    assert first.decided == 1 and second.decided == 2


def test_what_analysts_open_is_brought_and_what_functions_open_is_not() -> None:
    model = placed("executive", parameters={"insight_hours": 1.0})
    model.decisions.proposes = lambda *_: True
    for name, analyst in (("repair/fix", team(model)), ("repair/report", model.functions[FRONT])):
        model.register.alarms.append(alarm_at(model, name))
        analyst.hours = 1.0
        analyst.analyse()
    assert [issue.status for issue in model.register.issues] == ["brought", "open"]
    assert model.register.issues[0].brought == 0
    # Nobody else discusses it yet, or has hours for shaping it.
    model.charges[:] = 0
    model.register.issues.pop()
    model._discuss_issues()
    assert not model.charges.any()


def test_a_move_is_brought_as_well() -> None:
    model = placed("executive")
    seen: list[Any] = []
    model.register.add = seen.append
    model.capacity._giver_for = lambda _: MIDDLE
    model.capacity._proposes = lambda _: True
    model.capacity.load = SimpleNamespace(weeks=1, difference=lambda *_: 0.0)
    queue = queue_at(model, "repair/fix")
    alarm = alarm_at(model, "repair/fix", 0, queue=queue)
    model.register.alarms.append(alarm)
    model.capacity.answer(alarm, queue, team(model))
    (issue,) = seen
    assert issue.move is not None and issue.status == "brought"


def test_what_waits_too_long_before_the_executive_falls_and_is_brought_again() -> None:
    nobody = {"path": "none", "attention_hours": 0}
    model = placed(
        "executive",
        escalation=nobody,
        parameters={"escalation_limit_weeks": 8, "cool_off_weeks": 5},
    )
    issue = brought(model, 0)
    for week in range(9):
        a_week(model, week)
        assert issue.status == "brought"
    a_week(model, 9)
    assert (issue.status, issue.decided) == ("refused", 9)
    for week in range(10, 14):
        a_week(model, week)
        assert issue.status == "refused"
    a_week(model, 14)
    assert (issue.status, issue.brought) == ("brought", 14)


def test_what_owners_have_refused_is_not_brought_again() -> None:
    model = placed(
        "executive",
        escalation={"path": "none", "attention_hours": 3},
        parameters={"cool_off_weeks": 5},
    )
    model.decisions.yes = lambda *_: 0.0
    issue = brought(model, 0)
    for week in range(8):
        a_week(model, week)
        assert issue.brought == 0
    assert (issue.status, issue.decided) == ("refused", 6)  # a week after, and when it had cooled


@pytest.mark.parametrize("path", ["decision_maker", "committee"])
def test_with_a_path_proposals_wait_in_its_queue(path) -> None:
    lever = {"path": path, "attention_hours": 3, "meeting_weeks": 1}
    model = placed("executive", escalation=lever)
    assert model.executive is model.escalation
    assert model.posts.deciding == [model.escalation]
    model.escalation.approves = lambda _: True
    late = brought(model, 1)
    first = issue_at(model, "renew/offer", status="escalated", escalated=0)
    second = issue_at(model, "join/sign", status="escalated", escalated=2)
    model.week = 2
    model.escalation.hours = 6.0
    model.charges[:] = 0
    for week, statuses in (
        (2, ("approved", "open", "escalated")),
        (3, ("approved", "open", "approved")),
    ):
        model.week = week
        model.escalation.hours = 3.0 if week == 2 else 0.0
        model.escalation.step()
        assert (first.status, late.status, second.status) == statuses


def test_a_committee_that_is_no_executive_has_only_what_went_up() -> None:
    model = placed("front", escalation={"path": "committee", "meeting_weeks": 1})
    issue = brought(model, 0)
    assert issue.status == "open" and model.executive is None


def test_other_levers_let_go_of_what_waits_or_hand_it_on() -> None:
    model = placed("executive", escalation={"path": "none", "attention_hours": 1})
    issue = brought(model, 0)
    model.executive.hours, model.executive.business = 2.0, [0]
    same = succeed(model, model.posts)
    assert same.executive is not model.executive
    assert (same.executive.hours, same.executive.business) == (2.0, [0])
    assert issue.status == "brought" and issue.proposer in same.roles
    model.posts = same
    elsewhere = placed("none").organisation.levers
    model.organisation = Organisation.under(model.blueprint, elsewhere)
    after = succeed(model, model.posts)
    assert after.executive is None
    assert (issue.status, issue.cleared) == ("open", True)
