"""Queues in which too many give up raise an alarm, worked out by hand (rule E4)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from studies import RICH, compact_study, started
from test_management_by_hand import firm, site
from test_slice_and_size import cut

from sim.improvement.issues import QUIET_WEEKS, Alarm
from sim.model import EnterpriseModel
from sim.organisation.abandonment import planned_giving_up
from sim.state.tallies import (
    FIXED,
    QUEUE_ABANDONED,
    QUEUE_FORESEEN,
    QUEUE_JOINED,
    QUEUE_SERVED,
)

FRONT, MIDDLE, REAR = range(3)


def queue_at(model: EnterpriseModel, name: str) -> int:
    """Return the number of the queue that a touchpoint belongs to."""
    here = site(model, name)
    return next(n for n, queue in enumerate(model.waits.queues) if here in queue.steps)


def week_of(model: EnterpriseModel, name: str, joined: int, gave_up: int) -> None:
    """Let a firm see a week's queue at one touchpoint."""
    row = model.state.queue_tallies[site(model, name)]
    row[QUEUE_JOINED] += joined
    row[QUEUE_ABANDONED] += gave_up


def alarmed(model: EnterpriseModel) -> list[Alarm]:
    return [alarm for alarm in model.register.alarms if alarm.queue is not None]


def test_each_live_touchpoint_and_each_deferred_queue_has_one() -> None:
    model = firm()
    found = [
        (queue.function, queue.live, [model.blueprint.site_ids[step] for step in queue.steps])
        for queue in model.waits.queues
    ]
    assert found == [
        (FRONT, True, ["join/consult"]),
        (FRONT, True, ["repair/confirm"]),
        (FRONT, True, ["repair/report"]),
        (MIDDLE, False, ["join/sign", "renew/offer", "repair/diagnose"]),
        (REAR, False, ["join/greet", "repair/fix"]),
    ]


def test_the_alarm_is_a_cusum_of_who_gave_up_against_what_is_put_up_with() -> None:
    model = firm(alarm_ratio=1.5, alarm_level=4.0, abandon_target=0.05)
    waits, here = model.waits, queue_at(model, "repair/fix")
    level = 0.0
    for week, (joined, gave_up) in enumerate([(40, 1), (60, 9), (20, 8), (40, 4)]):
        model.week = week
        week_of(model, "repair/fix", joined, gave_up - 1)
        week_of(model, "join/greet", 0, 1)  # the same queue
        waits.listen()
        level = max(0.0, level + gave_up * math.log(1.5) - 0.05 * joined * 0.5)
        assert waits.level[here] == pytest.approx(level)
        assert bool(alarmed(model)) == (level > 4.0)
    assert not model.state.queue_tallies.any()
    (alarm,) = alarmed(model)  # one, though the level stays above
    # Week 0 left the level at 0: 9 + 8 gave up of 80 from week 1 to week 2.
    assert (alarm.queue, alarm.since) == (here, 1)
    assert alarm.excess == pytest.approx((17 - 0.05 * 80) / 2)


def test_counting_goes_on_as_long_as_the_level_is_above_zero() -> None:
    model = firm(alarm_ratio=1.5, alarm_level=4.0, abandon_target=0.05)
    waits, here = model.waits, queue_at(model, "repair/fix")
    for week, gave_up in enumerate((2, 12)):
        model.week = week
        week_of(model, "repair/fix", 8, gave_up)
        waits.listen()
        if week == 0:
            assert 0.0 < waits.level[here] < 1.0
    (alarm,) = alarmed(model)
    assert (alarm.since, waits.gave_up[here]) == (0, 14)
    assert alarm.excess == pytest.approx((14 - 0.05 * 16) / 2)


def test_a_firm_that_planned_for_long_waits_puts_up_with_them() -> None:
    hasty = {"patience_live_hours": 0.01}
    model = firm(**hasty, abandon_target=0.03)
    planned = planned_giving_up(model.blueprint)
    assert planned[FRONT].live > 0.04
    assert planned[REAR].deferred < 0.03
    assert model.waits.accepted[queue_at(model, "repair/report")] == planned[FRONT].live
    assert model.waits.accepted[queue_at(model, "repair/fix")] == 0.03


def test_switched_off_nothing_is_counted() -> None:
    study = compact_study({"organisation": "x"}, mechanisms={"wait_signals": 0})
    model = started(study)
    week_of(model, "repair/fix", 50, 50)
    model.waits.listen()
    assert not alarmed(model)
    assert not model.waits.level.any()
    assert not model.state.queue_tallies.any()


def test_a_queue_is_seen_by_who_serves_it_and_by_who_sees_one_of_its_steps() -> None:
    owners = {"staffing": {"journey_owners": 1.0, "embedded_leads": 0.4, "insight": 10}}
    taken = {"ownership": {"touchpoints": {"repair/fix": "front"}}}
    model = firm(owners | taken)

    def sees(name: str) -> list[str]:
        alarm = Alarm(site(model, name), 0, np.zeros(0, int), 1.0, queue=queue_at(model, name))
        everybody = (*model.roles, *model.functions)
        return [agent.title for agent in everybody if agent.may_look_into(alarm)]

    insight = "insight team"
    report = ["owner of repair", "CX lead in front", insight, "head of front"]
    assert sees("repair/report") == report
    # Front decides about one of the rear's steps, and so sees the queue that it stands in.
    fix = ["owner of join", "owner of repair", "CX lead in rear", insight]
    assert sees("repair/fix") == [*fix, "head of front", "head of rear"]


def test_insight_people_speak_for_who_may_see_a_queue() -> None:
    model = firm({"staffing": {"insight": 10}})
    (insight,) = model.roles
    here = queue_at(model, "repair/fix")
    alarm = Alarm(site(model, "repair/fix"), 0, np.zeros(0, int), 1.0, queue=here)
    assert insight.speaks_for(alarm) is model.functions[REAR]


def test_looking_into_a_wait_takes_insight_hours() -> None:
    model = firm(insight_hours=10.0)
    here = queue_at(model, "repair/fix")
    alarm = Alarm(site(model, "repair/fix"), 0, np.zeros(0, int), 1.0, queue=here)
    model.register.alarms.append(alarm)
    for function, hours in ((MIDDLE, 40.0), (REAR, 6.0)):
        model.functions[function].hours = hours
        model.functions[function].analyse()
    assert (model.functions[MIDDLE].hours, model.functions[REAR].hours) == (40.0, 0.0)
    assert alarm.hours_done == 6.0
    assert alarmed(model) == [alarm]


def answered(model: EnterpriseModel, name: str) -> int:
    """Let whoever serves a queue look into its alarm; return the queue."""
    here = queue_at(model, name)
    function = model.functions[model.waits.queues[here].function]
    model.register.alarms.append(Alarm(site(model, name), 0, np.zeros(0, int), 1.0, queue=here))
    function.hours = 1e3
    function.analyse()
    return here


def test_where_nobody_can_be_moved_the_alarm_is_shelved_and_quiet() -> None:
    model = firm()
    here = answered(model, "repair/fix")
    assert not alarmed(model)
    assert model.register.outcomes.shelved == 1
    heard = []
    for week in range(QUIET_WEEKS + 1):
        model.week = week
        week_of(model, "repair/fix", 50, 30)
        model.waits.listen()
        heard.append(bool(model.waits.level[here] > 0.0))
    assert heard == [False] * QUIET_WEEKS + [True]


# --- a slice ----------------------------------------------------------------------------


def test_who_gives_up_in_the_firm_has_its_mean_and_its_chance() -> None:
    model = started(cut(10, {"organisation": "x"}))
    waits, here = model.waits, queue_at(model, "repair/fix")
    found = []
    for week in range(3000):
        model.week = week
        row = model.state.queue_tallies[site(model, "repair/fix")]
        row[:] = 0
        row[QUEUE_JOINED], row[QUEUE_FORESEEN] = 7, round(1.5 * FIXED)
        joined, gave_up = (each[here] for each in waits._of_the_firm())
        assert joined == 70
        found.append(gave_up)
    assert np.mean(found) == pytest.approx(15.0, abs=4 * (15.0 / 3000) ** 0.5)
    assert np.var(found) == pytest.approx(15.0, rel=0.12)


def totals(**changes: Any) -> np.ndarray:
    """Return the queues of a whole run, summed over touchpoints and weeks."""
    model = started(cut(2, RICH, **changes))
    heard, total = model.waits.listen, np.zeros(4)

    def listen() -> None:
        nonlocal total
        total += model.state.queue_tallies.sum(axis=0)
        heard()

    model.waits.listen = listen
    model.run_model()
    return total


def test_what_a_slice_foresees_is_who_gives_up_in_it() -> None:
    hasty = {"patience_live_hours": 0.05, "patience_deferred_hours": 4.0}
    total = totals(parameters=hasty)
    gave_up, foreseen = total[QUEUE_ABANDONED], total[QUEUE_FORESEEN] / FIXED
    assert gave_up > 100
    assert foreseen == pytest.approx(gave_up, abs=4 * gave_up**0.5)
    left = total[QUEUE_JOINED] - total[QUEUE_SERVED] - gave_up
    assert 0 <= left < 0.05 * total[QUEUE_JOINED]  # who waits at the end
