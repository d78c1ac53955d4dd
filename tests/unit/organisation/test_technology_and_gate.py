"""What technology raises and costs, and what a say at the investment gate does (rule M10)."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN, RICH, compact_study, finished, measured, overall, started

from sim.checks.doubts import doubts
from sim.improvement.releases import Releases
from sim.organisation.organisation import Organisation
from sim.organisation.technology import RAISED, equipped, in_use, time_left
from sim.results.money import _from_releases, _Stays
from sim.state.blueprint import Blueprint
from sim.study.parameters import REGISTRY, resolve

EAGER = RICH | {"organisation": "eager", "gate": {"influence": 1.0}}


def organisation(levers: dict, **parameters: float) -> Organisation:
    study = compact_study(levers, parameters=parameters)
    return Organisation.under(Blueprint(study), study.organisations[0])


# --- technology --------------------------------------------------------------------------


@pytest.mark.parametrize("level", [1, 2])
def test_a_platform_raises_what_it_may_and_nothing_else(level) -> None:
    plain = resolve({})
    better = equipped(plain, level)
    raised = {
        *("trace_score", "trace_touchpoint", "trace_journey", "note_spoken", "note_written"),
        *("own_record_write", "store_write"),
    }
    assert {name for name in plain if better[name] != plain[name]} == raised
    assert all(plain[name] < better[name] < 1 for name in raised)
    share = plain[f"platform_notes_{level}"]
    assert better["note_spoken"] == pytest.approx(
        plain["note_spoken"] + (1 - plain["note_spoken"]) * share
    )
    assert equipped(plain, 0) is plain
    assert {p.split("_")[1] for p in REGISTRY if p.startswith("platform_")} == {
        *RAISED,
        "speed",
        "heads",
        "price",
    }


def test_a_higher_level_does_more_of_everything() -> None:
    plain = resolve({})
    one, two = equipped(plain, 1), equipped(plain, 2)
    assert all(one[name] < two[name] for names in RAISED.values() for name in names)
    assert time_left(plain, 2) < time_left(plain, 1) < time_left(plain, 0) == 1


def test_work_goes_faster_and_the_engine_writes_more_down() -> None:
    equipped_firm = {"organisation": "x", "technology": {"level": 2}}
    model, plain = started(compact_study(equipped_firm)), started(compact_study(PLAIN))
    for each in (model, plain):
        each.rates.write(each.state, each.defects.met)
    ratio = model.state.functions["slowness"] / plain.state.functions["slowness"]
    assert ratio == pytest.approx(0.95, rel=1e-12)
    assert (model.state.rates["own_write"] > plain.state.rates["own_write"]).all()
    shared = [
        {"organisation": "x", "technology": {"record": "shared", "level": level}}
        for level in (0, 2)
    ]
    less, more = (started(compact_study(each)).state.rates["store_write"] for each in shared)
    assert (less < more).all()
    assert (model.state.rates["note_loss"] < plain.state.rates["note_loss"]).all()


# --- a record that functions share ---------------------------------------------------------


def test_a_shared_record_takes_heads_to_keep_it_running() -> None:
    """Twelve and eight in a hundred of a firm of ten are two whole people together, one each."""
    owned = {"organisation": "s", "technology": {"record": "shared"}}
    both = {"organisation": "b", "technology": {"record": "shared", "level": 1}}
    prices = {"record_heads": 12.0, "platform_heads_1": 8.0}
    kept = [organisation(levers, **prices).staff for levers in (PLAIN, owned, both)]
    assert [int(staff.line.sum()) for staff in kept] == [10, 9, 8]
    assert [staff.subscription for staff in kept] == [0, 1, 2]
    assert [staff.budget for staff in kept] == [10, 10, 10]


def test_a_record_comes_into_use_evenly_over_its_weeks() -> None:
    weeks = {"record_rollout_weeks": 4.0}
    assert [in_use(weeks, week) for week in range(6)] == [0, 0.25, 0.5, 0.75, 1, 1]
    assert in_use({"record_rollout_weeks": 0.0}, 0) == 1


# --- the gate ------------------------------------------------------------------------------


def test_reviews_take_hours_from_those_who_coordinate() -> None:
    team = {"organisation": "team", "staffing": {"cx_team": 10}}
    calm, eager = organisation(team), organisation(team | {"gate": {"influence": 1.0}})
    assert (calm.hours.review_coverage, calm.hours.gate) == (0.0, 0.0)
    assert (eager.hours.review_coverage, eager.hours.gate) == (1.0, 1.0)
    assert calm.hours.team_hours == pytest.approx(40 * 0.85 - 3 * 0.5)
    assert eager.hours.team_hours == pytest.approx(calm.hours.team_hours - 120 / 13)


def test_influence_without_anybody_who_has_hours_is_worth_nothing() -> None:
    alone = {"organisation": "alone", "gate": {"influence": 1.0}}
    found = organisation(alone)
    assert found.hours.gate == 0.0
    assert found.automation_objective[1] == organisation(PLAIN).automation_objective[1]
    said = doubts(compact_study(alone))
    assert any("gate.influence is 1" in text and "alone" in text for text in said)


def test_reviews_that_are_too_much_work_are_done_in_part() -> None:
    found = organisation(EAGER, gate_hours=1e5)
    assert 0 < found.hours.review_coverage < 0.05
    assert found.hours.analysts_share == pytest.approx(0.0, abs=1e-12)


def test_the_gate_sets_what_automation_is_for() -> None:
    """Deflecting counts as much as the owner is paid for handling fast, less the gate's say."""
    fast = {"incentives": {"shared_journey_weight": 0.4, "handle_time_weight": 0.5}}
    blind, half, seeing = (
        organisation(RICH | fast | {"gate": {"influence": each}}) for each in (0.0, 0.5, 1.0)
    )
    own = np.array([weights[0] for weights in blind.weighting])
    assert blind.automation_objective[0] == pytest.approx(0.5 * own)
    assert half.automation_objective[1] == 0.25
    assert (seeing.automation_objective[0] == 0).all()
    model = started(compact_study(RICH | fast | {"gate": {"influence": 1.0}}))
    model.rates.write(model.state, model.defects.met)
    assert (model.state.rates["deflection"] == 0).all()


# --- releases ------------------------------------------------------------------------------


def launched(gate: float, weeks: int = 300, replicate: int = 0) -> Releases:
    model = started(compact_study(PLAIN, parameters={"defect_rate": 0.05}), replicate=replicate)
    model.defects.count[:] = 0
    for week in range(weeks):
        model.releases.step(week, gate)
    return model.releases


def test_releases_come_on_time_and_bring_their_part_of_all_defects() -> None:
    found = launched(0.0)
    assert len(found.launched) == 300 // 13
    assert [release.launch for release in found.launched[:2]] == [13, 26]
    expected = found.defects.arriving.sum() * 0.3 * 13 * len(found.launched)
    assert found.defects.count.sum() == pytest.approx(expected, abs=4 * expected**0.5)


def test_a_review_finds_defects_of_the_same_releases_and_delays_them() -> None:
    blind, seeing = launched(0.0), launched(1.0)
    assert (seeing.defects.count <= blind.defects.count).all()  # the same ones, less some
    share = seeing.defects.count.sum() / blind.defects.count.sum()
    chance = (0.6 * 0.4 / blind.defects.count.sum()) ** 0.5
    assert share == pytest.approx(1 - 0.6, abs=3 * chance)
    assert [release.launch for release in seeing.launched[:2]] == [17, 30]
    half = launched(0.5)
    assert (seeing.defects.count <= half.defects.count).all()
    assert half.launched[0].launch == 15


def test_no_influence_no_draw_differs_and_designed_in_defects_are_part_of_all() -> None:
    never = started(compact_study(PLAIN, parameters={"designed_in_share": 0.0}))
    always = started(compact_study(PLAIN, parameters={"designed_in_share": 1.0}))
    assert np.array_equal(never.defects.arriving, always.defects.arriving)
    assert np.array_equal(never.defects.count, always.defects.count)  # at the unfixed mean
    assert (always.defects.rate == 0).all()


def test_a_release_pays_from_its_launch_on() -> None:
    """Of a margin a tenth more, from each launch to the end of the window."""
    paying = {"release_gain": 0.1, "discount_rate": 0.0, "release_weeks": 6.0}
    early, late = (
        from_releases(finished(compact_study(EAGER, parameters=paying | {"gate_weeks": weeks})), 12)
        for weeks in (0.0, 3.0)
    )
    # Releases at weeks 6 and 12 of the run; the window goes from week 4 to week 16.
    assert early == pytest.approx(0.1 * ((16 - 6) + (16 - 12)) / 52)
    assert late == pytest.approx(0.1 * ((16 - 9) + (16 - 15)) / 52)


def from_releases(model, weeks: int) -> float:
    """Return what releases add to a stay from day 0 on, years of its margin."""
    stays = _Stays(np.zeros(1), np.array([weeks / 52]), 0.0)
    return float(_from_releases(model, stays)[0])


def test_a_release_that_review_kept_from_its_launch_is_missing_until_then() -> None:
    paying = {"release_gain": 0.1, "discount_rate": 0.0, "release_weeks": 3.0, "gate_weeks": 2.0}
    model = finished(compact_study(EAGER, parameters=paying, design={"horizon_days": 10}))
    # Planned in week 3, before the window; live in week 5, a week into it.
    assert from_releases(model, 2) == pytest.approx(-0.1 * 1 / 52)


def test_no_gain_no_difference() -> None:
    values = [
        overall(measured(compact_study(PLAIN, parameters={"release_gain": gain})))["net_value"]
        for gain in (0.0, 0.01)
    ]
    assert values[1] > values[0]


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_time_before_and_after_a_moment_is_that_of_the_stays_cut_there(rate: float) -> None:
    first, last = np.array([0.5, 0.5, 1.0, 2.0]), np.array([0.5, 1.5, 3.0, 2.5])
    stays = _Stays(first, last, rate)
    for at in (0.0, 0.5, 1.2, 2.2, 3.0, 4.0):
        for cut, found in (((at, None), stays.after(at)), ((None, at), stays.before(at))):
            begins, ends = np.clip(first, *cut), np.clip(last, *cut)
            time = (np.exp(-rate * begins) - np.exp(-rate * ends)) / rate if rate else ends - begins
            assert np.array_equal(np.broadcast_to(found, 4), time)
