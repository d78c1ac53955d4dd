"""Units that do their work in the same way: one fault, one alarm, one fix for all (rule E8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from studies import PLAIN, compact_study, finished, measured, same, started

from sim.improvement.defects import Defects
from sim.improvement.rights import heads_of, owners_of, workers_of
from sim.organisation.organisation import Organisation
from sim.organisation.staffing import planned_heads
from sim.state.blueprint import Blueprint

LOCAL: dict[str, Any] = {"units": 2, "local": ["front", "rear"]}


def firm(levers: dict[str, Any] | None = None, **structure: str) -> Any:
    return started(compact_study(PLAIN | {"structure": LOCAL | structure} | (levers or {})))


def site(model: Any, name: str) -> int:
    return int(model.blueprint.site_ids.index(name))


def named(model: Any, functions: tuple[int, ...]) -> list[str]:
    return [model.blueprint.functions[each] for each in functions]


def test_a_site_of_each_unit_has_the_flaws_of_the_first() -> None:
    model = firm(defects="firm")
    shared = model.blueprint.processes
    for here, there in (
        ("repair/fix@2", "repair/fix@1"),
        ("rear@2>front@2", "rear@1>front@1"),
        ("front@2>middle", "front@1>middle"),
        ("repair/diagnose", "repair/diagnose"),
    ):
        assert shared[site(model, here)] == site(model, there)
    alone = firm()
    assert alone.blueprint.processes.tolist() == list(range(len(alone.blueprint.site_ids)))


def test_flaws_come_and_go_as_in_the_firm_as_one() -> None:
    study = compact_study(PLAIN, parameters={"designed_in_share": 0.3})
    whole = started(study)
    cut = firm(defects="firm")
    heads = float(planned_heads(whole.blueprint).sum())
    one = Defects(whole.blueprint, whole.state.keys, heads)
    many = Defects(cut.blueprint, whole.state.keys, heads)
    for week in range(60):
        one.step(week)
        many.step(week)
        for name, met in zip(cut.blueprint.site_ids, many.met, strict=True):
            as_one = name.replace("@1", "").replace("@2", "")
            assert met == one.met[whole.blueprint.site_ids.index(as_one)]
    assert one.count.sum() > 0


def test_what_units_hear_is_counted_in_one_place() -> None:
    model = firm(defects="firm")
    fix, other = site(model, "repair/fix@1"), site(model, "repair/fix@2")
    report = site(model, "repair/report@2")
    model.state.signals[other, other, 0] = 4
    model.state.signals[fix, fix, 1] = 3
    heard, expected = model.channels.listen()
    assert heard[fix].sum() == 7
    assert heard[other].sum() == heard[report].sum() == 0
    assert model.channels.kinds[other].sum() == 0 < model.channels.kinds[fix].sum()
    assert expected.shape == (len(model.blueprint.site_ids),)


@pytest.mark.parametrize(
    ("reports", "step", "seam"),
    [
        ("function", ["rear@1"], ["rear@1", "front@1"]),
        ("unit", ["rear@1", "rear@2"], ["rear@1", "rear@2", "front@1", "front@2"]),
        ("both", ["rear@1", "rear@2"], ["rear@1", "rear@2", "front@1", "front@2"]),
    ],
)
def test_all_whose_process_it_is_decide_as_they_report(reports, step, seam) -> None:
    model = firm(defects="firm", reports=reports)
    for number in (1, 2):
        here = owners_of(model.organisation, site(model, f"repair/fix@{number}"))
        assert sorted(named(model, here)) == step
        between = owners_of(model.organisation, site(model, f"rear@{number}>front@{number}"))
        assert sorted(named(model, between)) == sorted(seam)
    asked = [model.decisions._approvers[each] for each in here]
    assert sum(len(each) for each in asked) == {"function": 1, "unit": 2, "both": 3}[reports]


def test_each_unit_of_its_own_decides_alone() -> None:
    model = firm()
    fix = owners_of(model.organisation, site(model, "repair/fix@2"))
    assert named(model, fix) == ["rear@2"]
    assert heads_of(model.organisation, fix[0]) == fix


def test_all_work_on_a_fix_and_it_costs_what_all_have_to_learn() -> None:
    own, shared = firm(), firm(defects="firm")
    fix = site(own, "repair/fix@1")
    assert named(shared, workers_of(shared.organisation, fix)) == ["rear@1", "rear@2"]
    p = own.organisation.parameters
    for model in (own, shared):
        people = sum(model.organisation.staff.line[f] for f in model.decisions.workers(fix))
        cost = p["fix_base_hours"] + p["fix_head_hours"] * people
        assert model.decisions.cost_hours(fix) == pytest.approx(cost)
    assert shared.decisions.cost_hours(fix) > own.decisions.cost_hours(fix)


def test_whoever_does_the_same_sees_it_and_has_a_say() -> None:
    model = firm(defects="firm")
    fix, second = site(model, "repair/fix@1"), model.blueprint.functions.index("rear@2")
    assert model.decisions.touches(fix, second)
    assert model.decisions.has_say(fix, second)
    assert model.functions[second].sees(fix)
    assert not model.decisions.touches(fix, model.blueprint.functions.index("front@2"))
    assert not firm().decisions.has_say(fix, second)


def test_a_fix_helps_in_every_unit() -> None:
    model = firm(defects="firm")
    fix, other = site(model, "repair/fix@1"), site(model, "repair/fix@2")
    model.defects.count[fix] = 3
    before = model.defects.met[[fix, other]]
    model.defects.count[fix] -= 1
    after = model.defects.met[[fix, other]]
    assert (before - after).tolist() == [1.0 / model.defects.variants] * 2


def test_a_run_fixes_what_is_shared_and_nothing_at_its_copies() -> None:
    model = finished(compact_study(PLAIN | {"structure": LOCAL | {"defects": "firm"}}))
    copies = model.blueprint.processes != np.arange(len(model.blueprint.site_ids))
    assert copies.any()
    assert not model.defects.count[copies].any()
    assert model.register.history
    assert not any(copies[each.site] for each in model.register.history if each.move is None)


def test_it_shows() -> None:
    tables = [
        measured(compact_study(PLAIN | {"structure": LOCAL | {"defects": kind}}))
        for kind in ("unit", "firm")
    ]
    assert not same(*tables)


def test_a_blueprint_is_cut_anew_for_shared_processes_only() -> None:
    study = compact_study(PLAIN | {"structure": LOCAL | {"reports": "both"}})
    blueprint = Blueprint(study)
    cut = blueprint.under(study.organisations[0].structure)
    assert cut is blueprint.under(study.organisations[0].structure.cut)
    assert Organisation.under(blueprint, study.organisations[0]).blueprint is cut
