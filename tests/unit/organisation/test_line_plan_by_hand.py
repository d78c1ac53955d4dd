"""Where the people of the line work (rule E5)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, RICH, compact_study

from sim.checks.doubts import doubts
from sim.checks.theory import tiny_study
from sim.organisation.line_plan import LinePlan, PlannedWork, _all_busy, _Falls, planned_work
from sim.organisation.queue_theory import deferred_wait, erlang_a, erlang_b
from sim.organisation.staffing import _taken, line_of, planned_heads, planned_load, staff
from sim.state.blueprint import Blueprint
from sim.study.study import Study

CUSTOMERS = 2000


def work(**given: float) -> PlannedWork:
    rates = {"live": 0.0, "deferred": 0.0, "served": 1.0}
    return PlannedWork(**(rates | {"patience_live": 1.0, "patience_deferred": 10.0} | given))


def firm(needs: dict[str, tuple[str, float, float]], heads: dict[str, int], **parameters) -> Study:
    """Return functions of one step each: live or deferred, minutes, visits an hour."""
    journeys = {
        name: {
            "start": "do",
            "touchpoints": {
                "do": {"owner": name, "mode": mode, "minutes": minutes, "next": {"completed": 1}}
            },
        }
        for name, (mode, minutes, _) in needs.items()
    }
    functions = {name: {"heads": heads[name]} if name in heads else {} for name in needs}
    rates = {name: visits * 2080 / CUSTOMERS for name, (_, _, visits) in needs.items()}
    study = tiny_study(
        {"functions": functions, "journeys": journeys},
        {"customers": CUSTOMERS, "segments": {"all": {"share": 1, "needs_per_year": rates}}},
        parameters={
            "planned_utilisation": 0.7,
            "patience_live_hours": 0.2,
            "patience_deferred_hours": 20.0,
            **parameters,
        },
    )
    return study.model_copy(
        update={"mechanisms": study.mechanisms.model_copy(update={"line_plan": "marginal"})}
    )


NEEDS = {
    "calls": ("live", 6.0, 20.0),
    "desk": ("deferred", 30.0, 9.0),
    "experts": ("deferred", 120.0, 0.4),
    "hall": ("live", 12.0, 11.0),
}


def test_who_is_deferred_waits_by_erlangs_c() -> None:
    """λ = .5, μ = 1: one person makes wait 1 hour, two .1/(2 · .75) of an hour, of 10."""
    found = work(deferred=0.5).unserved(np.array([1.0, 2.0]))
    assert found == pytest.approx([0.5 * 0.1, 0.5 * 0.1 / 1.5 / 10])


def test_who_is_live_gives_up_as_in_erlangs_a() -> None:
    """λ = μ = θ = 1: a Poisson number of mean 1 is there, so λP(abandon) = E(N − n)⁺."""
    found = work(live=1.0).unserved(np.array([1.0, 2.0]))
    assert found == pytest.approx([math.exp(-1), 3 * math.exp(-1) - 1])


def test_of_people_who_cannot_keep_up_nobody_deferred_gets_anything() -> None:
    found = work(live=1.2, deferred=1.0).unserved(np.array([1.0, 2.0, 3.0]))
    abandon = [1.2 * erlang_a(1.2, 1.0, n, 1.0)[0] for n in (1, 2, 3)]
    late = [1.0, 1.0, deferred_wait(2.2, 1.2, 1.0, 3) / 10]
    assert found == pytest.approx(np.add(abandon, late))


@pytest.mark.parametrize("rates", [(30.0, 0.0), (4.0, 25.0), (0.3, 0.1), (900.0, 300.0)])
def test_many_numbers_at_once_are_as_one_by_one(rates) -> None:
    one = work(live=rates[0], deferred=rates[1], served=2.0, patience_live=0.2)
    heads = np.arange(1, int(one.load) + 60)
    by_one = [
        rates[0] * erlang_a(rates[0], 2.0, n, 5.0)[0]
        + rates[1] * min(1.0, deferred_wait(one.load, rates[0] / 2.0, 2.0, n) / 10)
        for n in heads.tolist()
    ]
    assert one.unserved(heads.astype(float)) == pytest.approx(by_one, rel=1e-6, abs=1e-12)


def test_servers_far_too_few_for_the_load_are_busy_but_for_the_share_they_serve() -> None:
    """B = 1 − n/a where a chance of no more than n at work is too small for a number."""
    few = np.array([1.0, 10.0, 300.0])
    found = _all_busy(few, 30_000.0)
    assert found == pytest.approx(1 - few / 30_000, rel=1e-12)
    assert found == pytest.approx([erlang_b(30_000.0, int(n)) for n in few], rel=2e-4)


def test_falls_never_rise_and_add_up() -> None:
    overrun = work(deferred=5.5)
    falls = _Falls(overrun, 1)
    found = [falls.after(n) for n in range(1, 40)]
    assert found == sorted(found, reverse=True)
    ends = overrun.unserved(np.array([1.0, 40.0]))
    assert sum(found) == pytest.approx(ends[0] - ends[1], rel=1e-6)
    assert found[0] > 0.7  # the way out of 5.5 heads of work is worth what it leads to


@pytest.mark.parametrize("change", [-4, -1, 0, 3])
def test_no_other_line_of_as_many_loses_fewer(change) -> None:
    blueprint = Blueprint(firm(NEEDS, {}))
    usual = planned_heads(blueprint)
    load = planned_load(blueprint)
    plan = LinePlan(blueprint, load, usual)
    line = plan.line(change)
    total = int(usual.sum()) + change
    least = np.floor(load / 0.95).astype(int) + 1
    assert line.sum() == total
    assert (line >= least).all()
    planned = planned_work(blueprint, load)
    losses = [each.unserved(np.arange(1.0, total + 1)) for each in planned]
    best = min(
        sum(loss[n - 1] for loss, n in zip(losses, heads, strict=True))
        for heads in itertools.product(*(range(n, n + total - least.sum() + 1) for n in least))
        if sum(heads) == total
    )
    mine = sum(loss[n - 1] for loss, n in zip(losses, line, strict=True))
    assert mine == pytest.approx(best, rel=1e-7)


def test_each_head_less_is_one_persons_and_rework_is_planned_for() -> None:
    study = firm(NEEDS, {})
    lines = [line_of(Blueprint(study), taken=taken) for taken in range(5)]
    for before, after in itertools.pairwise(lines):
        assert sorted((before - after).tolist()) == [0, 0, 0, 1]
    again = Blueprint(firm(NEEDS, {}, planned_rework=0.25))
    plain = Blueprint(study)
    with_rework, without = (planned_work(b, planned_load(b)) for b in (again, plain))
    assert [a.load / b.load for a, b in zip(with_rework, without, strict=True)] == pytest.approx(
        [1.25] * 4
    )
    assert [a.served for a in with_rework] == pytest.approx([b.served for b in without])


def test_a_person_serves_so_many_an_hour_beside_meetings_and_a_function_may_have_no_work() -> None:
    """Twenty calls an hour of six minutes: ten an hour each, nine where a tenth are meetings."""
    needs = {"calls": NEEDS["calls"], "archive": ("deferred", 30.0, 0.0)}
    blueprint = Blueprint(firm(needs, {}, ordinary_meetings_share=0.1))
    found = planned_work(blueprint, planned_load(blueprint))
    work_of = dict(zip(blueprint.functions, found, strict=True))
    assert work_of["calls"].live == pytest.approx(20.0)
    assert work_of["calls"].served == pytest.approx(9.0)
    assert (work_of["archive"].deferred, work_of["archive"].served) == (0.0, 0.0)
    assert work_of["archive"].load == 0.0


def test_if_not_all_can_keep_up_the_line_begins_with_one_each() -> None:
    blueprint = Blueprint(firm(NEEDS, {}))
    usual, load = planned_heads(blueprint), planned_load(blueprint)
    least = np.floor(load / 0.95).astype(int) + 1
    line = LinePlan(blueprint, load, usual).line(int(least.sum() - usual.sum()) - 2)
    assert line.sum() == least.sum() - 2
    assert line.min() >= 1
    assert (line < least).any()
    assert LinePlan(blueprint, load, usual).line(4 - int(usual.sum())).tolist() == [1, 1, 1, 1]


def test_a_line_that_is_given_stays_and_roles_take_where_least_is_lost() -> None:
    heads = {"calls": 4, "desk": 6, "experts": 3, "hall": 4}
    blueprint = Blueprint(firm(NEEDS, heads))
    load = planned_load(blueprint)
    plan = LinePlan(blueprint, load, planned_heads(blueprint))
    assert plan.line(0).tolist() == [4, 6, 3, 4]
    planned = planned_work(blueprint, load)
    rises = [
        float(np.diff(w.unserved(np.array([n, n - 1.0])))[0])
        for w, n in zip(planned, plan.line(0), strict=True)
    ]
    taken = plan.line(0) - plan.line(-1)
    assert taken.tolist() == [int(f == int(np.argmin(rises))) for f in range(4)]
    assert plan.line(-13).tolist() == [1, 1, 1, 1]


def test_only_functions_that_say_nothing_are_planned() -> None:
    blueprint = Blueprint(firm(NEEDS, {"calls": 9}))
    line = line_of(blueprint)
    assert line[0] == 9
    alone = {name: need for name, need in NEEDS.items() if name != "calls"}
    assert line[1:].tolist() == line_of(Blueprint(firm(alone, {}))).tolist()


def test_functions_alike_are_told_apart_by_size_and_then_by_their_names() -> None:
    need = ("deferred", 30.0, 3.0)
    one = dict.fromkeys(("ash", "oak", "yew"), need)
    other = dict(reversed(one.items()))
    lines = [line_of(Blueprint(firm(each, {})), taken=1) for each in (one, other)]
    assert lines[0].tolist() == lines[1].tolist()
    assert sorted(lines[0].tolist())[0] < max(lines[0])


def test_a_very_large_firm_is_planned_like_a_small_one() -> None:
    needs = {f"f{n:02}": ("live" if n % 2 else "deferred", 30.0, 80.0 * (n + 1)) for n in range(40)}
    blueprint = Blueprint(firm(needs, {}))
    usual, load = planned_heads(blueprint), planned_load(blueprint)
    line = LinePlan(blueprint, load, usual).line(-1000)
    assert usual.sum() > 40_000
    assert line.sum() == usual.sum() - 1000
    assert (load / line < 0.95).all()


def test_idle_people_are_paid_and_leave_the_line() -> None:
    idle = {"organisation": "idle", "staffing": {"idle": 2}}
    study = compact_study(PLAIN, idle)
    plain, less = (staff(Blueprint(study), model) for model in study.organisations)
    assert (less.idle, less.line.sum(), less.coordinating) == (2, plain.line.sum() - 2, 0)
    assert (less.total, less.budget) == (plain.total, plain.budget)


def test_in_proportion_a_line_is_as_it_was() -> None:
    study = compact_study(RICH, mechanisms={"line_plan": "proportional"})
    assert staff(Blueprint(study), study.organisations[0]).line.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("taken", "left"),
    [(0, [1, 8, 1]), (5, [1, 3, 1]), (7, [1, 1, 1])],  # in proportion .5, 4 and .5 of five
)
def test_in_proportion_what_the_last_in_a_function_would_give_others_give(taken, left) -> None:
    heads = {"front": {"heads": 1}, "middle": {"heads": 8}, "rear": {"heads": 1}}
    study = compact_study(
        enterprise=ENTERPRISE | {"functions": heads}, mechanisms={"line_plan": "proportional"}
    )
    assert line_of(Blueprint(study), taken=taken).tolist() == left


def test_in_proportion_nobody_gives_more_than_all_but_one() -> None:
    """In proportion .375 of the ones, .75 of the twos, 3 of the eight; the two missing are its."""
    planned = np.array([1] * 8 + [2] * 4 + [8])
    assert _taken(9, planned, planned - 1).tolist() == [0] * 8 + [1] * 4 + [5]
    alike = np.array([3, 3, 3])
    assert _taken(6, alike, alike - 1).tolist() == [2, 2, 2]  # and there is no room for more


def test_a_function_that_is_planned_above_the_cap_is_doubtful() -> None:
    heads = {"calls": 4, "desk": 7, "experts": 1, "hall": 4}
    short = firm(NEEDS, heads, utilisation_cap=0.75)  # .8 of one expert's time
    said = [text for text in doubts(short) if "understaffed" in text]
    assert len(said) == 1 and "experts" in said[0] and "80 %" in said[0]
    assert not [text for text in doubts(firm(NEEDS, heads)) if "understaffed" in text]
