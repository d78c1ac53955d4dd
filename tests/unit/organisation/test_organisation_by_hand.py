"""From levers to heads, hours, ties, liaison and efforts (rules M1, M4.4, M5, M7)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import ENTERPRISE, PLAIN, RICH, compact_study, started

from sim.checks.theory import tiny_study
from sim.organisation.coordination import CX_TEAM, EMBEDDED_LEADS, JOURNEY_OWNERS, TRUST_OFFICE
from sim.organisation.organisation import Organisation
from sim.organisation.planned_visits import (
    answered_in_time,
    crossings_per_hour,
    visits_per_hour,
)
from sim.organisation.rates import Rates, scaled_odds
from sim.organisation.staffing import (
    Staff,
    apportion,
    planned_heads,
    planned_load,
    staff,
    whole,
)
from sim.state.blueprint import Blueprint
from sim.study.enterprise import Reply
from sim.study.errors import StudyError
from sim.study.study import Study

FRONT, MIDDLE, REAR = range(3)


def organisation(levers=PLAIN, **parameters: float) -> Organisation:
    study = compact_study(levers, parameters=parameters)
    return Organisation.under(Blueprint(study), study.organisations[0])


def levers(**groups) -> dict:
    return {"organisation": "x", **groups}


# --- flows ----------------------------------------------------------------------------


def loop_study(automated: bool = False, rework: float = 0.0, **market) -> Study:
    """Return two functions and a loop: in → work → (out .5, in .25, end .25); out → end."""
    steps = {
        "in": {"owner": "front", "minutes": 6, "next": {"work": 1}},
        "work": {
            "owner": "nobody" if automated else "back",
            "automated": automated,
            "minutes": 12,
            "next": {"out": 0.5, "in": 0.25, "completed": 0.25},
        },
        "out": {"owner": "front", "minutes": 3, "next": {"completed": 1}},
    }
    return tiny_study(
        {
            "functions": {"front": {}, "back": {}},
            "journeys": {"j": {"start": "in", "touchpoints": steps}},
        },
        {"customers": 2080, "segments": {"all": {"share": 1, "needs_per_year": {"j": 3}}}} | market,
        parameters={
            "ordinary_meetings_share": 0.2,
            "planned_utilisation": 0.8,
            "planned_rework": rework,
        },
    )


def test_visits_of_a_loop_are_a_geometric_series() -> None:
    """Three needs an hour, and a quarter of all work begins anew: 3/(1 − .25) = 4."""
    blueprint = Blueprint(loop_study())
    assert blueprint.touchpoint_ids == ("j/in", "j/out", "j/work")
    assert visits_per_hour(blueprint) == pytest.approx([4, 2, 4])


def test_crossings_of_a_loop() -> None:
    blueprint = Blueprint(loop_study())
    crossings = dict(zip(blueprint.seam_ids, crossings_per_hour(blueprint), strict=True))
    assert crossings == pytest.approx({"front>back": 4, "back>front": 4 * 0.75})


def test_an_automated_step_passes_the_case_through() -> None:
    blueprint = Blueprint(loop_study(automated=True))
    crossings = dict(zip(blueprint.seam_ids, crossings_per_hour(blueprint), strict=True))
    assert crossings == pytest.approx({"front>front": 3.0})  # 4 · .75 go on to people


@pytest.mark.parametrize(
    ("variation", "limit", "in_time"),
    [
        (1.0, None, 1.0),
        (0.0, 9.9, 0.0),
        (0.0, 10.0, 1.0),
        (1.0, 10.0, 1.0 - math.exp(-1.0)),
        (2.0, 10.0, 0.73706),  # lognormal at its mean: normal below half of sqrt(ln 5)
        (0.5, 5.0, 0.10913),  # half of it: below ln .5 / sqrt(ln 1.25) + half of that root
    ],
)
def test_customers_answer_in_time_as_often_as_their_answers_spread(variation, limit, in_time):
    reply = Reply(hours=10.0, variation=variation, limit_hours=limit)
    assert answered_in_time(reply) == pytest.approx(in_time, abs=1e-5)


def test_prospects_spread_over_the_window_add_to_the_flow() -> None:
    study = compact_study(PLAIN, market={"customers": 1, "prospects": 96})
    blueprint = Blueprint(study)
    flows = dict(zip(blueprint.touchpoint_ids, visits_per_hour(blueprint), strict=True))
    assert flows["join/browse"] == pytest.approx(96 / (60 * 8))
    assert flows["join/sign"] == pytest.approx(0.8 * 96 / (60 * 8))


# --- heads ----------------------------------------------------------------------------


def test_heads_follow_from_load_meetings_and_utilisation() -> None:
    """Front works 4 · .1 + 2 · .05 = .5 h an hour, back 4 · .2 = .8; each head serves .64."""
    assert planned_heads(Blueprint(loop_study())).tolist() == [2, 1]  # back, front
    assert planned_heads(Blueprint(loop_study(customers=20800))).tolist() == [13, 8]


def test_work_done_again_is_planned_for_on_top() -> None:
    """A fifth more: .6 and .96 h an hour at .64 a head; ten times the firm 6 and 9.6."""
    assert planned_load(Blueprint(loop_study(rework=0.2))) == pytest.approx([0.96, 0.6])
    assert planned_heads(Blueprint(loop_study(rework=0.2))).tolist() == [2, 1]
    assert planned_heads(Blueprint(loop_study(rework=0.2, customers=20800))).tolist() == [15, 10]


@given(
    st.integers(0, 200),
    st.lists(st.floats(0, 50), min_size=1, max_size=8).filter(lambda ws: sum(ws) > 0.1),
)
def test_whole_people_are_split_by_largest_remainder(total, weights) -> None:
    parts = apportion(total, np.array(weights))
    exact = total * np.array(weights) / sum(weights)
    assert parts.sum() == total
    assert np.all(np.abs(parts - exact) < 1 + 1e-9)
    remainders = exact - np.floor(exact)
    up = parts > np.floor(exact)
    if up.any() and not up.all():
        assert remainders[up].min() >= remainders[~up].max() - 1e-9


def test_ties_of_remainders_go_to_the_first() -> None:
    assert apportion(3, np.array([1.0, 1.0])).tolist() == [2, 1]
    assert apportion(5, np.array([3.0, 2.0, 2.0])).tolist() == [2, 2, 1]  # 2.14, 1.43, 1.43
    assert [whole(h) for h in (0.49, 0.99, 1.5, 3 * (1 / 3), 2.0)] == [0, 0, 1, 1, 2]


def test_coordinating_heads_leave_the_line() -> None:
    found = organisation(RICH).staff
    # 10 per 100 of a firm of 10
    assert (found.people["cx_team"], found.people["liaison"]) == (1, 1)
    assert found.posts[EMBEDDED_LEADS] == pytest.approx(
        [1 / 3] * 3
    )  # .4 · 3 functions: one whole lead and .2
    assert found.rest == pytest.approx({EMBEDDED_LEADS: 0.2, JOURNEY_OWNERS: 0.2})
    assert found.posts[JOURNEY_OWNERS] == pytest.approx([1 / 3] * 3)
    assert (found.coordinating, found.total) == (4, 10)
    assert found.line.sum() == 6
    assert found.line.min() >= 1


def test_a_firm_never_loses_the_last_person_of_a_function() -> None:
    firm = ENTERPRISE | {"functions": {"front": {"heads": 1}, "middle": {"heads": 8}, "rear": {}}}
    study = compact_study(levers(staffing={"cx_team": 20, "journey_owners": 2}), enterprise=firm)
    found = staff(Blueprint(study), study.organisations[0])
    assert found.line.min() >= 1
    assert found.line[FRONT] == 1
    greedy = compact_study(levers(staffing={"journey_owners": 20}), enterprise=firm)
    with pytest.raises(StudyError) as refusal:
        staff(Blueprint(greedy), greedy.organisations[0])
    assert refusal.value.problems[0].path.endswith("staffing")


# --- ties, liaison and loss -----------------------------------------------------------


def test_ties_thin_out_with_size() -> None:
    org = organisation(inner_ties=1.0, cross_ties=2.0)  # heads 3, 4, 3
    assert org.inside == pytest.approx([1 / 2, 1 / 3, 1 / 2])
    assert org.to_writers == pytest.approx([2 / 7, 2 / 6, 2 / 7])
    assert org.tie(MIDDLE, MIDDLE) == pytest.approx(1 / 3)
    assert org.tie(MIDDLE, REAR) == pytest.approx(1 / 3)
    assert org.tie(REAR, MIDDLE) == pytest.approx(2 / 7)
    everybody = organisation(inner_ties=50.0, cross_ties=50.0)
    assert np.all(everybody.inside == 1)
    assert np.all(everybody.ties == 1)


def rates(org: Organisation, defects: dict[str, int] | None = None):
    """Return the state after the organisation has set what the rules read."""
    model = started(compact_study(PLAIN))
    count = np.zeros(len(org.blueprint.site_ids), int)
    for site, number in (defects or {}).items():
        count[org.blueprint.site_ids.index(site)] = number
    Rates(org, model.state).write(model.state, count)
    return model.state


def test_a_note_survives_and_a_case_is_lost_by_the_formulas() -> None:
    org = organisation(
        cross_ties=2.0,
        note_spoken=0.7,
        note_written=0.7,
        note_defect_loss=0.2,
        loss_rate=0.1,
        loss_defect=0.3,
        discretionary_share=0.0,
    )
    state = rates(org, {"rear>front": 2})
    seam = org.blueprint.seam_ids.index("rear>front")
    assert not org.liaison.any()
    tie = 2 / 7
    kept = 1 - 0.3 * (1 - tie)
    survives = 1 - state.rates["note_loss"] * state.seams[seam]["strange"]
    assert survives == pytest.approx(kept)
    assert state.seams[seam]["wear"] == pytest.approx(math.exp(-0.4))
    hazard = 0.1 * (1 - tie)
    assert state.seams[seam]["lost"] == pytest.approx(1 - math.exp(-hazard * 1.6))
    assert state.seams[seam]["lost_without_defects"] == pytest.approx(1 - math.exp(-hazard))


def test_liaison_people_serve_all_seams_alike() -> None:
    plain = organisation(discretionary_share=0.0, liaison_minutes=60.0)
    flow = plain.crossings
    org = organisation(levers(staffing={"liaison": 10}), discretionary_share=0.0,
                       liaison_minutes=60.0, ordinary_meetings_share=0.2,
                       link_hours=2.0, standards_share=0.0)  # fmt: skip
    assert org.staff.people["liaison"] == 1
    # Ordinary meetings take a fifth of 40 hours, and meeting three functions takes two each.
    assert org.liaison == pytest.approx(np.minimum(1, (32 - 6) / flow.sum()))
    assert org.hours.links == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("minutes", [6.0, 60.0, 600.0])
def test_both_sides_give_their_seam_work_to_their_seams_by_flow(minutes) -> None:
    """A seam that is crossed only when a step is skipped has no planned flow: as flow goes to 0."""
    org = organisation(discretionary_share=0.3, liaison_minutes=minutes)
    flow, seams = org.crossings, org.blueprint.seams
    assert (flow == 0).any()
    hours = 0.3 * org.effort[:, 3] * 40 * np.array([3, 4, 3])
    touching = [sum(flow[p] for p, pair in enumerate(seams) if f in pair) for f in range(3)]
    expected = [sum(hours[f] / touching[f] for f in set(pair)) * 60 / minutes for pair in seams]
    assert org.liaison == pytest.approx(np.minimum(1, expected))


def test_a_lost_case_is_found_by_whoever_monitors_the_journey() -> None:
    org = organisation(RICH, monitor_minutes=12.0, monitor_share=0.3, measurement_hours=0.0,
                       ordinary_meetings_share=0.0, link_hours=0.0)  # fmt: skip
    model = started(compact_study(PLAIN))
    model.state.open_cases[:] = [0, 30, 1]
    Rates(org, model.state).write(model.state, np.zeros(len(org.blueprint.site_ids), int))
    # Of 1.2 heads of owners one is a whole person; the rest is done as far as effort lets it.
    done = org.hours.side_share @ org.staff.line / org.staff.line.sum()
    monitoring = 0.3 * (1 + 0.2 * done) / 3  # hours an hour of each journey's owner
    assert model.state.find_hours == pytest.approx(
        [0.2 / monitoring, 6 / monitoring, 0.2 / monitoring]
    )
    assert np.all(np.isinf(rates(organisation()).find_hours))


# --- the day --------------------------------------------------------------------------


def test_a_server_is_held_for_all_the_time_in_which_nobody_is_served() -> None:
    org = organisation(
        levers(staffing={"cx_team": 10}),  # one person, whom every function meets
        ordinary_meetings_share=0.2,
        discretionary_share=0.3,
        uncommitted_productivity=0.5,
        link_hours=2.0,
        error_scale=1,
        latent_fault_scale=1,
        write_minutes=0,
        note_minutes=0,
    )
    state = rates(org)
    effort, heads = org.effort, org.staff.line
    for function in range(3):
        throughput, quality, care, seam, improvement, side = effort[function]
        meetings = 0.2 + 2.0 / (40 * heads[function])
        idle = 0.5 * (1 - effort[function].sum())
        serving = 1 - meetings - 0.3 * (quality + care + seam + improvement + idle)
        assert side == 0  # one whole person in the team, and no side duty
        assert throughput > 0.1  # serves at full productivity: neither away nor idle
        assert state.functions[function]["slowness"] == pytest.approx(1 / serving)
        mine = org.blueprint.owners == function
        steps = [org.blueprint.touchpoint(place) for place in np.flatnonzero(mine)]
        odds = [step.error / (1 - step.error) * math.exp(-3 * quality) for step in steps]
        assert state.rates[mine]["error_odds"] == pytest.approx(odds)
        faults = [step.latent_fault * math.exp(-4 * care) for step in steps]
        assert state.rates[mine]["fault"] == pytest.approx(faults)


def test_errors_and_faults_have_odds_of_their_own_times_a_scale() -> None:
    """Fix has an error of .08 and faults of .1: odds .08/.92 doubled, and 3·(1/9) are 1 in 4."""
    quiet = {"quality_effect": 0, "care_effect": 0}
    org = organisation(error_scale=2, latent_fault_scale=3, **quiet)
    rate = rates(org).rates[org.blueprint.touchpoint_ids.index("repair/fix")]
    assert rate["error_odds"] == pytest.approx(2 * 0.08 / 0.92)
    assert rate["fault"] == pytest.approx(0.25)
    certain = scaled_odds(np.array([0.0, 0.37, 1.0]), 1.0)
    assert certain.tolist() == [0.0, 0.37, 1.0]  # off: to the bit
    assert scaled_odds(np.array([0.0, 1.0]), 5.0).tolist() == [0.0, 1.0]


def test_defects_saturate_in_what_they_add_to_errors() -> None:
    org = organisation(defect_effect=0.2, defect_error=2.0)
    rate = rates(org, {"repair/fix": 3}).rates
    here = org.blueprint.touchpoint_ids.index("repair/fix")
    expected = np.ones(len(rate))
    expected[here] = worse = math.exp(2 * (1 - math.exp(-0.6)))
    assert rate["defect_odds"] == pytest.approx(expected)
    fault = rates(org).rates[here]["fault"]
    odds = fault / (1 - fault) * worse
    assert rate[here]["fault"] == pytest.approx(odds / (1 + odds))
    assert rate[here]["fault_weight"] == pytest.approx(fault / (odds / (1 + odds)))


def test_measurement_is_paid_by_coordinators_first_and_by_the_line_for_the_rest() -> None:
    sites = len(Blueprint(compact_study()).site_ids)
    journey = {"information": {"measurement": "journey"}}
    line = organisation(levers(**journey), measurement_hours=1.0)
    assert line.hours.measurement_hours == 3 * sites
    assert line.hours.meeting_share == pytest.approx([3 * sites / 400] * 3)
    team = organisation(levers(**journey, staffing={"cx_team": 10}), measurement_hours=0.1,
                        ordinary_meetings_share=0.2, link_hours=2.0)  # fmt: skip
    assert team.hours.analysts_share == pytest.approx(1 - 0.3 * sites / (32 - 6))


def test_leads_report_in_a_second_line_where_there_is_a_team_they_answer_to() -> None:
    leads = {"embedded_leads": 1}  # one in each of three functions
    assert organisation(levers(staffing=leads)).hours.reports.tolist() == [0, 0, 0]
    both = organisation(levers(staffing=leads | {"cx_team": 10}))
    assert both.hours.reports.tolist() == [1, 1, 1]


def test_no_coordinating_hour_is_spent_twice() -> None:
    org = organisation(RICH, follow_up_share=0.4, monitor_share=0.3, measurement_hours=0.05)
    paid = float(org.staff.coordinating - org.staff.people["liaison"]) * 40
    following = sum(org.hours.accountable_hours(j) for j in range(3))
    insight = sum(
        org.hours.insight_share(JOURNEY_OWNERS) * org.hours.owner_hours(j) for j in range(3)
    )
    looking = sum(org.hours.owner_hours(j) for j in range(3)) / 0.7 * 0.3
    others = org.hours.insight_share(CX_TEAM) * org.hours.team_hours + float(
        org.hours.lead_hours.sum()
    )
    assert 0 < following + insight + looking + others + org.hours.measurement_hours < paid


@pytest.mark.parametrize(
    ("accountable", "left"),
    [("nobody", (1.0, 1.0)), ("cx_team", (0.6, 1.0)), ("journey_owner", (1.0, 0.6))],
)
def test_following_up_leaves_the_rest_for_insight(accountable, left) -> None:
    org = organisation(levers(ownership={"journeys": accountable}), follow_up_share=0.4)
    assert tuple(map(org.hours.insight_share, (CX_TEAM, JOURNEY_OWNERS))) == left


@pytest.mark.parametrize(("host", "office"), [(None, [0.1, 0.15, 0.25]), (2, [0, 0, 0.5])])
def test_side_duties_lie_alike_by_size_or_with_a_host(host, office) -> None:
    """Of .6 leads each function has a third; of a fifth of a team's head as much as of the line."""
    rest = {EMBEDDED_LEADS: 0.6, CX_TEAM: 0.2, TRUST_OFFICE: 0.5}
    hosted = Staff(np.array([2, 3, 5]), {}, rest, host).hosted
    assert hosted == pytest.approx(np.add([0.24, 0.26, 0.3], office))


def test_a_team_that_answers_for_journeys_looks_for_stuck_cases() -> None:
    hours = {"measurement_hours": 0.0, "ordinary_meetings_share": 0.0, "link_hours": 0.0}
    looking = hours | {"team_monitor_share": 0.25, "monitor_minutes": 12.0, "follow_up_share": 0.4}
    team = {"staffing": {"cx_team": 10}}  # one person of ten
    beside = organisation(levers(**team), **looking)
    assert not beside.hours.looking_hours.any()  # nobody made it accountable
    assert beside.hours.team_hours == pytest.approx(40)
    org = organisation(levers(**team, ownership={"journeys": "cx_team"}), **looking)
    assert org.hours.looking_hours == pytest.approx([0.25 * 40 / 3] * 3)
    # The rest is for following up and insight: no hour is spent twice.
    assert org.hours.team_hours == pytest.approx(30)
    assert org.hours.accountable_hours(0) == pytest.approx(0.4 * 30 / 3)
    model = started(compact_study(PLAIN))
    model.state.open_cases[:] = [0, 30, 1]
    Rates(org, model.state).write(model.state, np.zeros(len(org.blueprint.site_ids), int))
    each = 0.2 / (0.25 / 3)  # hours of the clock to check one case of a journey
    assert model.state.find_hours == pytest.approx([each, 30 * each, each])
