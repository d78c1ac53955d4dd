"""What functions are rewarded for, and how they divide their effort by it (rule M7)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, compact_study
from test_organisation_by_hand import levers, organisation

from sim.organisation.coordination import CX_TEAM
from sim.organisation.incentives import (
    COST_OF_EFFORT,
    QUALITY,
    SIDE,
    TASKS,
    at_corners,
    cosine,
    diluted,
    efforts,
    gains,
    moved_by_tasks,
    side_share,
    skipping,
)
from sim.organisation.organisation import Organisation
from sim.state.blueprint import Blueprint
from sim.study.parameters import defaults

FRONT, MIDDLE, REAR = range(3)


def gain_and_cost(
    p: dict, own: float, shared: float, side: bool, handle_time: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    narrow = np.array([handle_time, 1 - handle_time, 0, 0, 0.25, 0])
    rewarded = own * (narrow + p["congruity"] * (1 - narrow)) + shared
    length = math.sqrt(sum(x * x for x in rewarded[:5]))
    if length > 0:
        strength = p["incentive_strength"] * (own + shared) / length
        rewarded = rewarded * strength ** p["incentive_direction"]
    gain = rewarded + p["intrinsic_motivation"]
    size = 6 if side else 5
    cost = np.full((size, size), COST_OF_EFFORT * p["task_substitution"])
    np.fill_diagonal(cost, COST_OF_EFFORT)
    return gain[:size], cost


def best(p: dict, own: float, shared: float, side: bool = False) -> np.ndarray:
    return efforts(p, moved_by_tasks(p["congruity"], 0.5), (own, shared), side)


GRID = np.array(
    [a for a in itertools.product(np.arange(0, 1.0001, 0.1), repeat=5) if sum(a) <= 1.0001]
)


@pytest.mark.parametrize("direction", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("mixing", [0.0, 0.05, 0.3])
@pytest.mark.parametrize(
    ("own", "shared"), [(1, 0), (0.6, 0.4), (0.5, 0.05), (0, 0), (1, 1), (0.2, 0.9)]
)
def test_efforts_are_the_best_answer_of_a_fine_grid(own, shared, mixing, direction) -> None:
    p = defaults() | {"task_substitution": mixing, "incentive_direction": direction}
    gain, cost = gain_and_cost(p, own, shared, side=False)
    found = best(p, own, shared)
    assert found[SIDE] == 0  # nobody has a side duty
    found = found[:SIDE]

    def value(a: np.ndarray) -> np.ndarray:
        return a @ gain - 0.5 * np.einsum("...i,ij,...j", a, cost, a)

    of_grid = value(GRID).max()
    assert found.min() >= 0
    assert found.sum() <= 1 + 1e-9
    assert value(found) >= of_grid - 1e-9
    mesh = 0.5 * 5 * COST_OF_EFFORT * 0.1**2  # no better than this is where the grid stops
    assert value(found) <= of_grid + mesh
    if (own, shared) == (1, 1) and mixing < 0.3 and direction == 0:
        assert found.sum() == pytest.approx(1)  # the day is full
        assert at_corners(np.append(found, 0), side_duties=False) == 5


def test_rewards_are_a_direction_with_a_length_of_its_own() -> None:
    """Own KPI .5, .5, 0, 0, .25: √(.25 + .25 + .0625) = .75 long; the journey KPI √5."""
    p = {"incentive_direction": 1.0, "incentive_strength": 0.6, "intrinsic_motivation": 0.1}
    measures = moved_by_tasks(0.0, 0.5)
    own = 0.1 + 0.6 / 0.75 * np.array([0.5, 0.5, 0, 0, 0.25, 0])
    assert gains(p, measures, (1.0, 0.0)) == pytest.approx(own)
    # A side duty is rewarded by the journey KPI like any task, but no part of its length.
    assert gains(p, measures, (0.0, 1.0)) == pytest.approx([0.1 + 0.6 / math.sqrt(5)] * 6)
    # Half the weight, half the reward; what nobody rewards is done for its own sake.
    assert gains(p, measures, (0.0, 0.5)) == pytest.approx([0.1 + 0.3 / math.sqrt(5)] * 6)
    assert gains(p, measures, (0.0, 0.0)) == pytest.approx([0.1] * 6)
    # In between: the longer of two rows is a stronger reward by √(its length).
    halfway = gains(p | {"incentive_direction": 0.5}, measures, (0.0, 1.0))
    assert halfway == pytest.approx([0.1 + math.sqrt(0.6 / math.sqrt(5))] * 6)
    off = gains(p | {"incentive_direction": 0.0}, measures, (0.5, 0.5))
    assert off == pytest.approx([0.85, 0.85, 0.6, 0.6, 0.725, 0.6])


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_weight_on_the_journey_turns_effort_and_does_not_raise_it(weight) -> None:
    """All weight counts alike, so the length of what is rewarded stays L."""
    p = defaults() | {"intrinsic_motivation": 0.0}
    rewarded = gains(p, moved_by_tasks(0.2, 0.5), (1.0 - weight, weight))
    assert np.linalg.norm(rewarded[:SIDE]) == pytest.approx(p["incentive_strength"])


def test_the_own_kpi_turned_to_the_journey_is_as_long_as_it_was() -> None:
    narrow, turned = (moved_by_tasks(0.2, 0.7, turned=t)[0] for t in (False, True))
    assert np.linalg.norm(turned[:SIDE]) == pytest.approx(np.linalg.norm(narrow[:SIDE]))
    assert turned == pytest.approx([turned[0]] * 6)


@pytest.mark.parametrize("side", [False, True])
def test_an_interior_answer_is_the_inverse_of_cost_times_gain(side) -> None:
    p = defaults()
    gain, cost = gain_and_cost(p, 0.7, 0.2, side)
    found = best(p, 0.7, 0.2, side)
    assert found[: len(gain)] == pytest.approx(np.linalg.inv(cost) @ gain)
    assert at_corners(found, side) == 0


def test_every_task_that_is_there_gets_something_under_equal_weights() -> None:
    for side in (False, True):
        found = best(defaults(), 0.5, 0.5, side)
        assert found[: 6 if side else 5].min() > 0.02
        assert found.sum() < 1


@pytest.mark.parametrize("congruity", [0.0, 0.1, 0.2])
def test_writing_is_what_it_is_under_equal_weights_and_rises_with_effort(congruity) -> None:
    p = defaults() | {"congruity": congruity, "writing_effect": 4.0}
    quality = np.array([best(p, own, 1 - own)[QUALITY] for own in (1.0, 0.5, 0.0)])
    found = skipping(p, quality)
    assert found[1] == 1.0
    # A narrow KPI pays for quality alone, the journey's for care and seams as well.
    assert quality[0] > quality[1] > quality[2]
    assert found[0] < 1.0 < found[2]
    assert np.log(found[0] / found[2]) == pytest.approx(4.0 * (quality[2] - quality[0]))


def test_tasks_at_no_effort_count_as_corners() -> None:
    p = defaults() | {"intrinsic_motivation": 0.0, "congruity": 0.0, "task_substitution": 0.0}
    p["incentive_direction"] = 0.0
    found = best(p, 1.0, 0.0, side=True)
    assert found == pytest.approx(np.array([0.5, 0.5, 0, 0, 0.25, 0]) / COST_OF_EFFORT)
    assert at_corners(found, side_duties=True) == 3  # care, seams, side duties
    assert at_corners(found, side_duties=False) == 2


@pytest.mark.parametrize(("weight", "task"), [(1.0, "throughput"), (0.0, "quality")])
def test_the_own_kpi_rewards_handling_fast_or_getting_it_right(weight, task) -> None:
    p = defaults() | {"congruity": 0.0, "intrinsic_motivation": 0.0}
    found = efforts(p, moved_by_tasks(0.0, weight), (1.0, 0.0))
    other = {"throughput", "quality"} - {task}
    assert found[TASKS.index(task)] > 0.14  # L over the cost of effort, less substitution
    assert found[TASKS.index(other.pop())] < 1e-9


def test_congruity_of_rewards_is_a_cosine() -> None:
    assert cosine(moved_by_tasks(0.3, 0.5), (0.0, 1.0)) == pytest.approx(1)
    assert cosine(moved_by_tasks(1.0, 0.5), (1.0, 0.0)) == pytest.approx(1)
    narrow = cosine(moved_by_tasks(0.0, 0.5), (1.0, 0.0))
    assert narrow == pytest.approx(1.25 / math.sqrt(6 * (0.25 + 0.25 + 0.0625)))
    assert narrow < cosine(moved_by_tasks(0.2, 0.5), (1.0, 0.0)) < 1
    assert math.isnan(cosine(moved_by_tasks(0.2, 0.5), (0.0, 0.0)))


def test_a_function_may_have_a_congruity_of_its_own() -> None:
    firm = ENTERPRISE | {
        "functions": ENTERPRISE["functions"] | {"rear": {"heads": 3, "congruity": 0.9}}
    }
    study = compact_study(PLAIN, enterprise=firm, parameters={"congruity": 0.1})
    org = Organisation.under(Blueprint(study), study.organisations[0])
    assert [org.congruity(f) for f in range(3)] == pytest.approx([0.1, 0.1, 0.9])
    assert org.effort[REAR, 2] > org.effort[FRONT, 2]
    assert org.congruities[REAR] > org.congruities[FRONT]
    assert list(org.corner_shares) == [0, 0, 0]


def test_functions_at_a_corner_are_known_one_by_one() -> None:
    firm = ENTERPRISE | {
        "functions": ENTERPRISE["functions"] | {"rear": {"heads": 3, "congruity": 0.9}}
    }
    nothing = {"congruity": 0.0, "intrinsic_motivation": 0.0, "task_substitution": 0.0}
    study = compact_study(PLAIN, enterprise=firm, parameters=nothing)
    org = Organisation.under(Blueprint(study), study.organisations[0])
    assert list(org.corner_shares) == [0.4, 0.4, 0]  # care and seams of five
    assert org.corner_share == pytest.approx(4 / 15)


def test_diluted_weight_is_lost_or_goes_back_to_the_own_kpi() -> None:
    shared = levers(incentives={"shared_journey_weight": 0.6})  # nobody follows it
    lost = organisation(shared)
    back = organisation(shared, diluted_weight_returns=1.0)
    counts = (0.6 / 3 + 0.6 + 0.6 / 3) / 3
    assert lost.weighting[MIDDLE] == pytest.approx((0.4, counts))
    assert back.weighting[MIDDLE] == pytest.approx((1 - counts, counts))
    assert back.effort.sum() > lost.effort.sum()


def test_a_side_duty_takes_and_delivers_what_effort_lets_it() -> None:
    """Half a person for the team in a firm of ten: whoever has it also has customers."""
    free = {"write_minutes": 0.0, "note_minutes": 0.0}  # to write for others
    org = organisation(levers(staffing={"cx_team": 5}), **free)
    assert (org.staff.people["cx_team"], org.staff.total) == (0, 10)
    assert org.staff.line.sum() == 10
    assert org.staff.hosted == pytest.approx(0.5 * np.array([0.3, 0.4, 0.3]))
    done = np.array([side_share(effort) for effort in org.effort])
    assert np.all((done > 0.2) & (done < 0.4))
    taken = org.staff.hosted * done
    assert org.hours.side_heads == pytest.approx(taken)
    assert org.hours.heads_in(CX_TEAM) == pytest.approx(taken.sum())
    without = organisation()
    assert without.staff.hosted.sum() == without.effort[:, SIDE].sum() == 0
    share = org.overhead_share - float((org.hours.meeting_share * org.heads).sum()) / 10
    assert share == pytest.approx(taken.sum() / 10)
    d, eta = org.parameters["discretionary_share"], org.parameters["uncommitted_productivity"]
    others = org.effort.copy()
    others[:, SIDE] = 0
    idle = np.maximum(0, d * (1 - others.sum(axis=1)) - taken / org.heads)
    away = 0.15 + org.hours.meeting_share + d * (others[:, 3] + others[:, 4])
    assert org.time_away() == pytest.approx(away + taken / org.heads + idle * (1 - eta))


def test_efforts_are_those_of_the_hours_that_follow_from_them() -> None:
    """Half a person's time, as far as they get to it, follows the measure they are paid by."""
    org = organisation(
        levers(
            staffing={"cx_team": 5},
            ownership={"journeys": "cx_team"},
            incentives={"shared_journey_weight": 0.9},
        ),
        link_hours=0.0,
    )
    hours, p = org.hours, org.parameters
    for place in range(3):
        counts = np.mean(
            [diluted(0.9, hours.members[j].sum(), hours.followed(j))
             for j in np.flatnonzero(hours.members[:, place])]
        )  # fmt: skip
        again = best(p, 0.1, float(counts), side=True)
        assert org.effort[place] == pytest.approx(again, rel=1e-5)
        assert hours.side_share[place] == pytest.approx(side_share(again), rel=1e-5)


def test_a_shared_measure_is_diluted_unless_somebody_follows_it() -> None:
    assert diluted(0.4, 4, 0.0) == pytest.approx(0.1)
    assert diluted(0.4, 4, 1.0) == pytest.approx(0.4)
    assert diluted(0.4, 4, 0.5) == pytest.approx(0.2)
    assert diluted(0.4, 1, 0.0) == pytest.approx(0.4)


def test_weights_follow_from_the_journeys_a_function_works_in() -> None:
    owned = organisation(
        levers(
            staffing={"journey_owners": 1},
            ownership={"journeys": "journey_owner"},
            incentives={"shared_journey_weight": 0.4},
        ),
        follow_up_hours=10.0,
        follow_up_share=0.5,
        monitor_share=0.3,
        ordinary_meetings_share=0.0,
        link_hours=0.0,
    )
    # No function has more than ten heads, so each needs ten hours; half of what monitoring
    # leaves of an owner's week goes into following up.
    join, renew, repair = (owned.hours.followed(j) for j in range(3))
    assert owned.hours.accountable_hours(0) == pytest.approx(14.0)
    assert (join, repair) == (pytest.approx(14 / 30), pytest.approx(14 / 30))
    assert renew == 1.0  # one function only
    own, shared = owned.weighting[MIDDLE]
    assert own == pytest.approx(0.6)
    many = 0.4 * 3 ** -(1 - 14 / 30)
    assert shared == pytest.approx((many + 0.4 + many) / 3)
    assert organisation().weighting[MIDDLE] == (1.0, 0.0)


def test_large_functions_take_longer_to_follow() -> None:
    firm = ENTERPRISE | {"functions": {n: {"heads": 40} for n in ENTERPRISE["functions"]}}
    study = compact_study(
        levers(ownership={"journeys": "cx_team"}, staffing={"cx_team": 5}),
        enterprise=firm,
        parameters={
            "follow_up_hours": 20.0,
            "follow_up_share": 0.5,
            "team_monitor_share": 0.0,
            "ordinary_meetings_share": 0.0,
            "link_hours": 0.0,
        },
    )
    org = Organisation.under(Blueprint(study), study.organisations[0])
    assert org.staff.people["cx_team"] == 6
    needed = 20 * sum(1 + math.log(n / 10) for n in org.staff.line)
    assert org.hours.followed(0) == pytest.approx(0.5 * 6 * 40 / 3 / needed)
