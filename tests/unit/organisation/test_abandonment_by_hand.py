"""How many give up, by planned load and heads, and what has been spent on a case by then (E4)."""

from __future__ import annotations

import math

import pytest
from studies import PLAIN, compact_study

from sim.organisation.abandonment import (
    GivingUp,
    Impatience,
    Work,
    giving_up,
    hours_before,
    impatience,
    planned_giving_up,
)
from sim.organisation.planned_visits import visits_per_hour
from sim.organisation.queue_theory import deferred_wait, erlang_a
from sim.organisation.staffing import planned_heads, planned_load
from sim.state.blueprint import Blueprint


def test_live_is_erlang_a_and_deferred_a_share_of_patience() -> None:
    leaving = Impatience(live=6.0, deferred=1.0 / 24.0)
    work = Work(live=2.0, deferred=1.0, served=2.0)
    live, deferred = giving_up(work, 2, leaving)
    assert live == erlang_a(2.0, 2.0, 2, 6.0)[0]
    # Load 1.5 of 2: C = (1.5²/2)/(.25)/(1 + 1.5 + 4.5) = 9/14; E[W] = C/(4·(1 − .5)(1 − .75)).
    assert deferred == pytest.approx(9.0 / 14.0 / 0.5 / 24.0)
    assert giving_up(Work(0.0, 0.0, 2.0), 2, leaving) == GivingUp(0.0, 0.0)
    assert giving_up(work, 1, leaving).deferred == 1.0  # one cannot keep up
    assert giving_up(work, 0, leaving) == GivingUp(1.0, 1.0)


def test_the_hasty_count_for_more_than_the_patient() -> None:
    # .7 with patience 1 and .3 with .7: the mean of 1/patience is .7 + .3/.7.
    study = compact_study(PLAIN, parameters={"patience_live_hours": 0.5})
    assert impatience(study).live == pytest.approx((0.7 + 0.3 / 0.7) / 0.5)


def test_the_plan_knows_no_lever() -> None:
    parameters = {
        "ordinary_meetings_share": 0.1,
        "patience_live_hours": 0.2,
        "planned_rework": 0.25,  # a quarter more visits, none of them longer
    }
    leaders = {"organisation": "many", "staffing": {"cx_team": 20}}
    blueprint = Blueprint(compact_study(PLAIN, leaders, parameters=parameters))
    (front, middle, rear) = planned_giving_up(blueprint)
    heads, load = planned_heads(blueprint), planned_load(blueprint)
    assert front.deferred == middle.live == rear.live == 0.0
    # Front serves three live steps. Its load is hours of work an hour, meetings take a tenth.
    study_leaving = impatience(blueprint.study)
    visits = load[0] / _mean_hours(blueprint, 0)
    served = 0.9 / _mean_hours(blueprint, 0)
    expected = erlang_a(visits, served, int(heads[0]), study_leaving.live)[0]
    assert front.live == pytest.approx(expected)
    served = 0.9 / _mean_hours(blueprint, 2)
    wait = deferred_wait(load[2] / 0.9, 0.0, served, int(heads[2]))
    assert rear.deferred == pytest.approx(min(1.0, wait * study_leaving.deferred))
    assert not math.isnan(middle.deferred)


def _mean_hours(blueprint: Blueprint, function: int) -> float:
    mine = blueprint.owners == function
    visits = 1.25 * visits_per_hour(blueprint)[mine]
    return float(planned_load(blueprint)[function]) / float(visits.sum())


def test_hours_before_a_step_are_those_of_the_steps_that_lead_there() -> None:
    blueprint = Blueprint(compact_study(PLAIN))
    before = dict(zip(blueprint.touchpoint_ids, hours_before(blueprint).tolist(), strict=True))
    assert before["join/browse"] == before["join/consult"] == 0.0  # a machine's step costs nobody
    assert before["join/sign"] == pytest.approx(0.5)
    assert before["join/greet"] == pytest.approx(1.5)
    # Of those who report (r = 1 + .1·d) and are diagnosed (d = .7·r), a share comes again with all
    # that has been spent so far: hours a of the flow to report are .1·(a_d + 1.5·d), to diagnose
    # .7·(a_r + r·2/3); each visit has found a/v.
    r = 1.0 / (1.0 - 0.07)
    d = 0.7 * r
    a_r = (0.1 * (0.7 * (2.0 / 3.0) * r + 1.5 * d)) / (1.0 - 0.07)
    a_d = 0.7 * (a_r + r * 2.0 / 3.0)
    assert before["repair/report"] == pytest.approx(a_r / r)
    assert before["repair/diagnose"] == pytest.approx(a_d / d)
