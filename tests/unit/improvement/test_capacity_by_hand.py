"""One person moves to where too many give up, worked out by hand (rule E4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, compact_study, finished, measured, started
from test_management_by_hand import firm, site, team
from test_waits_by_hand import queue_at

from benchmarks.agreement import disagreements
from benchmarks.plain.model import PlainModel
from sim.agents.reorganising import follow_the_plan, move_people
from sim.improvement.capacity import Stake
from sim.improvement.issues import QUIET_WEEKS, Alarm, Issue, Move
from sim.improvement.realised_load import WEEKS_SEEN, WeekSeen
from sim.model import EnterpriseModel
from sim.organisation.abandonment import hours_before, impatience

FRONT, MIDDLE, REAR = range(3)


def seen(model: EnterpriseModel, joined: dict[str, float], held: list[float]) -> None:
    """Let a firm have seen one week: visits by touchpoint, all served, and hours of work."""
    visits = np.zeros(len(model.blueprint.touchpoints))
    for name, number in joined.items():
        visits[site(model, name)] = number
    model.capacity.load.weeks.append(
        WeekSeen(visits, visits.copy(), np.array(held), model.organisation.heads)
    )


def busy_rear(levers: dict[str, Any] | None = None, **parameters: float) -> EnterpriseModel:
    """Return a firm of 3, 4 and 3 whose rear has had twice the work of the others.

    Held of 40 hours a head: 24 of 120 in front, 32 of 160 in the middle, 80 of 120 in the rear.
    """
    model = firm(levers, **parameters)
    joined = {"repair/report": 40.0, "repair/diagnose": 40.0, "repair/fix": 40.0}
    seen(model, joined, [24.0, 32.0, 80.0])
    return model


# --- what one person more is worth ---------------------------------------------------------


def test_what_one_more_saves_is_cases_times_share_times_hours_spent() -> None:
    model = busy_rear(patience_deferred_hours=24.0)
    before = hours_before(model.blueprint)[site(model, "repair/fix")]
    leaving = impatience(model.study).deferred
    # One visit an hour of two hours each: three wait C/(nμ(1 − ρ)) = (4/9)/(1.5/3), four
    # (4/23)/(2/2) hours; 40 a week are 2,080 a year.
    saved = (8.0 / 9.0 - 4.0 / 23.0) * leaving
    assert model.capacity.load.difference(REAR, 3) == pytest.approx(2080 * before * saved)
    # Two cannot keep up with two hours of work an hour: all would give up.
    all_give_up = 1.0 - 8.0 / 9.0 * leaving
    assert model.capacity.load.difference(REAR, 2) == pytest.approx(2080 * before * all_give_up)
    # A move to the rear gains the first; it takes 20 hours a week and the change of one head.
    stake = model.capacity.stake(Move(REAR, MIDDLE))
    assert stake.gain == pytest.approx(2080 * before * saved)
    assert stake.loss == model.capacity.load.difference(MIDDLE, 3)
    p = model.organisation.parameters
    assert stake.cost == 20.0 * p["retraining_weeks"] + p["fix_head_hours"]


def test_what_one_more_saves_a_year_is_the_mean_of_the_weeks_seen() -> None:
    once, thrice = busy_rear(), busy_rear()
    for fixes, held in ((10.0, 20.0), (70.0, 140.0)):  # forty a week on average, as in the first
        seen(thrice, {"repair/fix": fixes}, [0.0, 0.0, held])
    of_one, of_three = (model.capacity.load for model in (once, thrice))
    assert of_three._hours_at_stake(REAR) == pytest.approx(of_one._hours_at_stake(REAR))
    assert of_three._work(REAR) == pytest.approx(of_one._work(REAR))
    assert of_three.difference(REAR, 3) == pytest.approx(of_one.difference(REAR, 3))


def test_load_is_that_of_the_last_quarter() -> None:
    model = firm()
    for week in range(WEEKS_SEEN + 5):
        seen(
            model, {"repair/fix": 1.0 if week < 5 else 10.0}, [0.0, 0.0, 0.0 if week < 5 else 60.0]
        )
    load = model.capacity.load
    assert len(load.weeks) == WEEKS_SEEN
    assert load.utilisation(REAR) == pytest.approx(0.5)
    assert load._work(REAR) == pytest.approx((0.0, 0.25, 1.0 / 6.0))
    assert load.difference(FRONT, 3) == 0.0  # nothing came


def test_a_week_is_noted_as_the_whole_firm_has_it() -> None:
    study = compact_study(market={"customers": 120, "slice": 2})
    model = started(study)
    for _ in range(3):
        model.step()
    (*_, week) = model.capacity.load.weeks
    assert len(model.capacity.load.weeks) == 3
    assert week.heads.tolist() == [3.0, 4.0, 3.0]
    assert week.joined.sum() == 2 * model.state.queue_tallies[:, 0].sum() > 0
    # The slice's servers are as many as half the line but for rounding, which pace makes good.
    share = model.state.busy / 1048576.0 / model.organisation.servers
    assert week.held / week.heads == pytest.approx(share)


# --- who gives -----------------------------------------------------------------------------


def test_who_gives_has_three_serves_the_journey_and_stays_less_busy() -> None:
    model = busy_rear()
    assert [model.capacity.can_give(f, REAR) for f in range(3)] == [True, True, False]
    # Front: 24 of 120 hours, .3 with two; the rear itself at 2/3 could give to nobody.
    assert not model.capacity.can_give(REAR, FRONT)
    model.organisation.staff.line[FRONT] = 2
    assert not model.capacity.can_give(FRONT, REAR)
    apart = busy_rear()
    apart.organisation.hours.members[:, MIDDLE] = False
    assert not apart.capacity.can_give(MIDDLE, REAR)


def test_who_loses_least_gives() -> None:
    model = busy_rear()
    losses = {FRONT: 5.0, MIDDLE: 4.0}
    model.capacity.load.difference = lambda function, fewer: losses[function]
    assert model.capacity._giver_for(REAR) == MIDDLE
    losses[FRONT] = 3.0
    assert model.capacity._giver_for(REAR) == FRONT
    losses[MIDDLE] = 3.0  # .2·3/2 against .2·4/3 without the one who goes
    assert model.capacity._giver_for(REAR) == MIDDLE


# --- who decides ---------------------------------------------------------------------------


def move_of(model: EnterpriseModel, move: Move, proposer: Any = None, week: int = 0) -> Issue:
    here = site(model, "repair/fix")
    issue = Issue(here, here, here, 0, week, proposer or team(0.0), 0.0, move=move)
    model.register.add(issue)
    return issue


def fixed_stake(model: EnterpriseModel, gain: float, loss: float, cost: float = 100.0) -> None:
    model.capacity.stake = lambda move: Stake(gain, loss, cost)


def test_each_side_decides_by_its_own_weights() -> None:
    model = firm(decision_steepness=1.5)
    weights = {FRONT: (0.9, 0.0), MIDDLE: (0.6, 0.3), REAR: (0.5, 0.4)}
    model.organisation.weighting[:] = [weights[function] for function in range(3)]
    fixed_stake(model, gain=260.0, loss=60.0)
    issue = move_of(model, Move(REAR, MIDDLE))

    def logistic(ratio: float) -> float:
        return 1.0 / (1.0 + math.exp(-1.5 * (ratio - 1.0)))

    yes = model.decisions.yes
    assert yes(issue, REAR) == pytest.approx(logistic((0.5 * 260 + 0.4 * 200) / 100))
    assert yes(issue, MIDDLE) == pytest.approx(logistic((-0.6 * 60 + 0.3 * 200) / 100))
    assert yes(issue, FRONT) == pytest.approx(logistic(0.0))  # neither its gain nor its loss
    assert yes(issue, None) == pytest.approx(logistic(2.0))
    fixed_stake(model, gain=1e6, loss=0.0)
    assert yes(issue, REAR) == pytest.approx(logistic(5.0))
    fixed_stake(model, gain=0.0, loss=1e6)
    assert yes(issue, MIDDLE) == pytest.approx(logistic(-5.0))


@pytest.mark.parametrize(("gain", "loss", "status"), [(1e6, -1e6, "approved"), (0, 1e6, "refused")])
def test_both_sides_have_to_agree_and_then_there_is_quiet(gain, loss, status) -> None:
    model = busy_rear(decision_steepness=50.0, cool_off_weeks=26)
    model.organisation.weighting[:] = [(0.5, 0.5)] * 3
    fixed_stake(model, gain, loss)
    issue = move_of(model, Move(REAR, MIDDLE))
    model.week = 1
    model.decisions.step()
    assert (issue.status, issue.closed, model.register.issues) == (status, 1, [])
    approved = status == "approved"
    assert model.capacity.due == ([issue.move] if approved else [])
    assert model.capacity.quiet_until.tolist() == [0, 27 if approved else 0, 27]
    assert model.waits.quiet_until[queue_at(model, "repair/fix")] == 27
    charged = model.organisation.parameters["decision_hours"]
    head = model.organisation.parameters["fix_head_hours"] if approved else 0.0
    assert model.charges.tolist() == [0.0, charged, charged + head]


def test_a_giver_who_says_no_can_be_overruled_and_the_path_decides() -> None:
    for authority, path, expected in ((0.0, "none", "refused"), (1.0, "none", "approved"),
                                      (0.0, "decision_maker", "approved")):  # fmt: skip
        levers = {"escalation": {"path": path, "attention_hours": 20}}
        model = busy_rear(levers, decision_steepness=50.0, other_business_hours=0.0)
        model.organisation.weighting[:] = [(1.0, 0.0)] * 3
        fixed_stake(model, gain=500.0, loss=100.0)
        issue = move_of(model, Move(REAR, MIDDLE), team(authority))
        model.week = 1
        model.decisions.step()
        if model.escalation is not None:
            assert issue.status == "escalated"
            model.escalation.step()
        assert issue.status == expected


def test_a_move_that_makes_no_sense_any_more_falls() -> None:
    model = busy_rear()
    issue = move_of(model, Move(REAR, MIDDLE))
    for _ in range(WEEKS_SEEN):
        seen(model, {"repair/diagnose": 40.0}, [24.0, 150.0, 10.0])
    model.week = 1
    model.decisions.step()
    assert model.register.issues == []
    assert (issue.status, issue.closed) == ("open", 1)
    assert model.waits.quiet_until[queue_at(model, "repair/fix")] == 1 + QUIET_WEEKS


# --- from alarm to proposal ----------------------------------------------------------------


def wait_alarm(model: EnterpriseModel, name: str) -> Alarm:
    alarm = Alarm(site(model, name), 0, np.zeros(0, int), 1.0, queue=queue_at(model, name))
    model.register.alarms.append(alarm)
    return alarm


def test_an_alarm_proposes_one_person_and_one_move_at_a_time() -> None:
    model = busy_rear(decision_steepness=50.0)
    model.organisation.weighting[:] = [(0.5, 0.5)] * 3
    fixed_stake(model, gain=500.0, loss=0.0)
    rear = model.functions[REAR]
    rear.hours = 1e3
    wait_alarm(model, "repair/fix")
    rear.analyse()
    (issue,) = model.register.issues
    assert issue.move == Move(REAR, MIDDLE)
    assert (issue.proposer, issue.site) == (rear, site(model, "repair/fix"))
    assert model.decisions.deciding(issue) == model.decisions.concerned(issue) == (REAR, MIDDLE)
    again = wait_alarm(model, "repair/fix")
    rear.analyse()
    assert model.register.issues == [issue]
    assert again not in model.register.alarms
    # A fix of the same site is another matter.
    other = Issue(issue.site, issue.site, issue.site, 0, 0, rear, 1.0)
    failing = Alarm(issue.site, 0, np.ones(len(model.blueprint.site_ids), int), 1.0)
    model.register.alarms.append(failing)
    model.register.open_issue(failing, other)
    assert model.register.issues == [issue, other]


def test_what_loses_more_than_it_gains_is_not_proposed() -> None:
    for gain, number in ((500.0, 1), (0.0, 0)):
        model = busy_rear(decision_steepness=50.0)
        fixed_stake(model, gain=gain, loss=100.0)
        model.capacity.answer(
            wait_alarm(model, "repair/fix"), queue_at(model, "repair/fix"), model.functions[REAR]
        )
        assert len(model.register.issues) == number
        assert not model.register.alarms


def test_who_sits_with_the_receiver_proposes_what_is_good_for_it_alone() -> None:
    for placed, number in (((REAR, 1.0), 1), ((REAR, 0.0), 0), ((None, 1.0), 0)):
        model = busy_rear(decision_steepness=50.0)
        fixed_stake(model, gain=500.0, loss=600.0)
        seated = team(0.0)
        seated.placed, seated.seated = placed, True
        model.capacity.answer(
            wait_alarm(model, "repair/fix"), queue_at(model, "repair/fix"), seated
        )
        assert len(model.register.issues) == number


def test_switched_off_nobody_moves() -> None:
    for switches in ({"capacity_moves": 0}, {"wait_signals": 0}):
        model = started(compact_study(mechanisms=switches))
        model.step()
        assert not model.capacity.load.weeks
        assert not model.capacity.on


# --- who has moved -------------------------------------------------------------------------


def moved(**parameters: float) -> EnterpriseModel:
    """Return a firm in which one person moves from the middle to the rear in week 2."""
    model = busy_rear(retraining_weeks=3.0, transition_tie_loss=0.5, **parameters)
    model.week = 2
    model.capacity.due = [Move(REAR, MIDDLE)]
    move_people(model)
    return model


def test_all_that_follows_from_the_line_follows_the_move() -> None:
    model, other = moved(), firm()
    assert model.organisation.staff.line.tolist() == [3, 3, 4]
    assert model.state.functions["servers"].tolist() == [3, 3, 4]
    assert model.organisation.staff.total == other.organisation.staff.total
    assert model.organisation.staff.budget == other.organisation.staff.budget
    assert model.decisions.cost_hours(site(model, "repair/fix")) == pytest.approx(
        other.decisions.cost_hours(site(model, "repair/fix"))
        + model.organisation.parameters["fix_head_hours"]
    )
    assert model.organisation.inside[REAR] <= other.organisation.inside[REAR]
    assert model.rates.organisation is model.organisation
    assert [week for week, _ in model.timeline.segments] == [0, 2]
    assert model.capacity.done == [(2, Move(REAR, MIDDLE))]


def test_the_mover_serves_at_half_skill_for_some_weeks() -> None:
    model = moved(training_gain=0.0)
    skills = []
    for week in (2, 3, 4, 5):
        model.week = week
        move_people(model)
        skills.append(model.organisation.skill.tolist())
    # One of four at half: 1 − .5/4. The odds of an error are divided by it, and so is the pace.
    assert skills == [[1.0, 1.0, 0.875]] * 3 + [[1.0, 1.0, 1.0]]
    at_home = model.organisation
    slowness, errors = at_home.slowness()[REAR], at_home.error_factor()[REAR]
    at_home.week.learning = np.array([0.0, 0.0, 1.0])
    assert at_home.slowness()[REAR] == pytest.approx(slowness / 0.875)
    assert at_home.error_factor()[REAR] == pytest.approx(errors / 0.875)


def test_the_mover_loses_ties_that_grow_again() -> None:
    model = moved()
    regrowth = model.organisation.parameters["tie_regrowth_weeks"]
    assert model.organisation.week.ties_kept == pytest.approx(1.0 - 0.1 * 0.5)
    model.week = 12
    move_people(model)
    kept = 1.0 - 0.05 * math.exp(-10 / regrowth)
    assert model.organisation.week.ties_kept == pytest.approx(kept)


def test_other_levers_begin_with_what_is_planned() -> None:
    to = {"organisation": "other", "staffing": {"cx_team": 10}}
    plan = {"organisation": "change", "transition": {"from": PLAIN, "to": to, "at_week": 4}}
    model = started(compact_study(plan, design={"warm_up_days": 0}))
    planned = firm(to).organisation.staff.line.tolist()
    model.week = 2
    model.capacity.due = [Move(REAR, MIDDLE)]
    move_people(model)
    assert model.organisation.staff.line.tolist() == [3, 3, 4]
    model.capacity.due = [Move(FRONT, REAR)]
    model.week = 4
    follow_the_plan(model)
    move_people(model)
    assert model.organisation.staff.line.tolist() == planned
    assert model.state.functions["servers"].tolist() == planned
    assert not model.capacity.learning().any()
    assert len(model.capacity.done) == 1


# --- in a run ------------------------------------------------------------------------------

UNEVEN = ENTERPRISE | {
    "functions": {"front": {"heads": 3}, "middle": {"heads": 8}, "rear": {"heads": 3}}
}
"""A firm in which the middle has more people than work, and the rear too few."""
URGENT: dict[str, float] = {
    "patience_deferred_hours": 6.0,
    "retraining_weeks": 2.0,
    "insight_hours": 2.0,
    "decision_steepness": 4.0,
}


def uneven(levers: dict[str, Any] | None = None, **more: Any) -> Any:
    market = {"customers": 100} | more.pop("market", {})
    return compact_study(
        PLAIN | (levers or {}), enterprise=UNEVEN, parameters=URGENT, market=market, **more
    )


SHARED = {
    "incentives": {"shared_journey_weight": 0.5},
    "staffing": {"cx_team": 8},
    "authority": 0.5,
}


def test_people_move_within_a_run_and_come_out_the_same_in_plain_mesa() -> None:
    study = uneven(SHARED)
    engine, plain = finished(study), PlainModel(study, study.organisations[0])
    plain.run_model()
    assert engine.capacity.done
    assert engine.capacity.done == plain.capacity.done
    assert disagreements(engine, plain) == []
    assert engine.organisation.staff.line.sum() == started(study).organisation.staff.line.sum()


def test_the_measure_counts_moves_a_year_and_what_functions_gained() -> None:
    study = uneven(SHARED)
    table = measured(study)
    rows = table[table["measure"] == "heads_moved"].set_index("scope_id")["value"]
    model = finished(study)
    moves = model.capacity.moved_in(4, 4 + 12)
    assert rows[""] == len(moves) / (60 / 260) > 0
    assert rows["middle"] < 0.0
    gained = [move.receiver for move in moves].count(FRONT) / (60 / 260)
    assert rows["front"] == pytest.approx(gained)
    assert rows["front"] + rows["middle"] + rows["rear"] == pytest.approx(0.0)
