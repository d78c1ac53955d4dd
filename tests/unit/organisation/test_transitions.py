"""From one org model to another: when, at what cost, and what carries over (rule M10)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from studies import (
    COMMITTEE,
    PLAIN,
    RICH,
    compact_study,
    finished,
    measured,
    overall,
    same,
    started,
)

from benchmarks.agreement import disagreements
from benchmarks.plain.model import PlainModel
from sim.agents.reorganising import follow_the_plan
from sim.organisation.coordination import ACCOUNT_OWNERS, FIRM_WIDE
from sim.organisation.moving_people import moved
from sim.organisation.organisation import Organisation
from sim.organisation.readings import Reading, ends_month, over_weeks, take_reading
from sim.organisation.transition import Timeline, breached, check_hardest_week
from sim.results.measures import measures
from sim.study.errors import StudyError
from sim.study.plans import Trigger, ever_in_force, in_force, same_levers
from sim.study.working_time import WEEKS_PER_MONTH

NEVER = {"when": {"measure": "nps", "below": -101}}
FREE = {"learning_dip": 0, "cost_per_head": 0}


def change(start=PLAIN, to=RICH, **keys) -> dict:
    return {"organisation": "change", "transition": {"from": start, "to": to, **keys}}


def begun(plan: dict, week: int = 4) -> Timeline:
    """Return a course whose transition has begun in a week of the run."""
    model = started(compact_study(plan))
    course = model.timeline
    course.look(week, [], 10)
    course.changed(week, Organisation.under(model.blueprint, course.levers(week)))
    return course


# --- two ways to come out as if nothing were planned ------------------------------------


@pytest.mark.parametrize("levers", [PLAIN, RICH, COMMITTEE], ids=lambda each: each["organisation"])
def test_a_trigger_that_never_fires_leaves_everything_as_it_was(levers) -> None:
    waiting = measured(compact_study(change(levers, RICH, cost_per_head=5000, **NEVER)))
    began = waiting[waiting["measure"] == "transition_week"]
    assert np.isnan(began["value"].iloc[0])
    rest = waiting[waiting["measure"] != "transition_week"].reset_index(drop=True)
    assert same(rest, measured(compact_study(levers)))


@pytest.mark.parametrize("levers", [PLAIN, RICH, COMMITTEE], ids=lambda each: each["organisation"])
def test_a_change_to_the_same_levers_that_takes_nothing_changes_nothing(levers) -> None:
    renamed = levers | {"organisation": "its other name"}
    found = measured(compact_study(change(levers, renamed, at_week=3, **FREE)))
    assert overall(found)["transition_week"] == 3
    rest = found[found["measure"] != "transition_week"].reset_index(drop=True)
    assert same(rest, measured(compact_study(levers)))


def test_a_dip_alone_changes_something() -> None:
    """The two tests above can fail."""
    dipping = measured(compact_study(change(RICH, RICH, at_week=3, learning_dip=0.3)))
    rest = dipping[dipping["measure"] != "transition_week"].reset_index(drop=True)
    assert not same(rest, measured(compact_study(RICH)))


def test_before_it_begins_a_transition_is_the_org_model_it_starts_from() -> None:
    one, other = started(compact_study(change(at_week=5))), started(compact_study(PLAIN))
    for _ in range(4 + 5):  # four weeks of warm-up, five of the window
        for model in (one, other):
            model.step()
        assert np.array_equal(one.state.case_tallies, other.state.case_tallies)
        assert np.array_equal(one.state.customers, other.state.customers)
    one.step()
    assert one.organisation.levers.organisation == "rich"


# --- the same in plain Mesa --------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        change(at_week=4, duration_weeks=5, learning_dip=0.2, cost_per_head=100),
        change(RICH, COMMITTEE, when={"measure": "standing", "below": 0.9, "over_weeks": 2}),
        change(
            COMMITTEE,
            RICH | {"technology": {"record": "shared", "level": 2, "bought_week": 6}},
            when={"measure": "churn_rate", "above": 0.0, "over_weeks": 3},
        ),
    ],
    ids=["dated", "standing", "churn and technology"],
)
def test_a_transition_comes_out_the_same_in_plain_mesa(plan) -> None:
    study = compact_study(plan)
    plain = PlainModel(study, study.organisations[0])
    plain.run_model()
    engine = finished(study)
    assert engine.timeline.began is not None
    assert disagreements(engine, plain) == []
    assert same(measures(engine), measures(plain))


# --- what carries over ----------------------------------------------------------------------


def test_a_shared_record_begins_empty_and_what_is_known_stays() -> None:
    model = started(compact_study(change(at_week=4, **FREE)))
    for _ in range(8):
        model.step()
    assert (model.state.customers["record"] == 0).all()
    contacts, defects = model.state.contacts.copy(), model.defects.count.copy()
    issues = list(model.register.issues)
    assert contacts["record"].any() and defects.any()
    follow_the_plan(model)
    assert model.organisation.levers.technology.record == "shared"
    assert np.array_equal(model.state.contacts, contacts)
    assert np.array_equal(model.defects.count, defects)
    assert model.register.issues == issues
    for _ in range(4):
        model.step()
    assert (model.state.customers["record"] != 0).any()  # and comes into use


def test_successors_speak_for_what_was_proposed_and_nobody_for_a_post_that_is_gone() -> None:
    model = started(compact_study(change(RICH, PLAIN | {"staffing": {"cx_team": 10}}, at_week=0)))
    team = next(role for role in model.roles if role.title == "CX team")
    owner = next(role for role in model.roles if role.title.startswith("owner"))
    issues = [type("Issue", (), {"proposer": role})() for role in (team, owner)]
    model.register.issues += issues
    model.week = 4
    follow_the_plan(model)
    heir = next(role for role in model.roles if role.title == "CX team")
    assert issues[0].proposer is heir is not team
    assert issues[1].proposer is owner
    assert (owner.authority, owner.decides_seams) == (0.0, False)
    assert owner not in model.agents and heir in model.agents


def test_attention_saved_up_is_kept_where_the_path_stays() -> None:
    longer = RICH | {"organisation": "longer", "escalation": {**RICH["escalation"]}, "authority": 1}
    model = started(compact_study(change(RICH, longer, at_week=0)))
    path, path.hours, model.week = model.escalation, 7.0, 4
    follow_the_plan(model)
    assert model.escalation is not path and model.escalation.hours == 7.0


# --- people -----------------------------------------------------------------------------------


def test_who_leaves_finishes_what_they_hold_and_is_free_elsewhere_from_then_on() -> None:
    free_at = [[3.0, 9.0, 12.0], [1.0, 8.0]]
    assert moved(free_at, [2, 3], now=5.0) == [[9.0, 12.0], [1.0, 5.0, 8.0]]
    assert moved(free_at, [1, 4], now=5.0) == [[12.0], [1.0, 5.0, 8.0, 9.0]]
    assert moved(free_at, [3, 2], now=5.0) == free_at
    assert moved(free_at, [1, 2], now=5.0) == [[12.0], [1.0, 8.0]]  # into a role
    assert moved(free_at, [3, 3], now=5.0) == [free_at[0], [1.0, 5.0, 8.0]]  # out of one
    # Of those who leave several functions whoever is free first goes first.
    several = [[9.0, 12.0], [6.0, 8.0], [1.0], [2.0]]
    assert moved(several, [1, 1, 2, 2], now=5.0) == [[12.0], [8.0], [1.0, 6.0], [2.0, 9.0]]


def test_whole_people_move_and_no_case_is_lost_with_them() -> None:
    model = finished(compact_study(change(at_week=4)))
    rich = finished(compact_study(RICH))
    assert model.state.functions["servers"].tolist() == rich.state.functions["servers"].tolist()
    assert len(model.state.servers) == model.state.functions["servers"].sum() == 6
    needs, again, still_open, completed, dropped, unrealised = model.state.counters[:6]
    assert needs + again == still_open + completed + dropped + unrealised


def test_ties_of_those_who_move_are_lost_in_part_and_grow_again() -> None:
    """Four of ten leave the line: .4 of all people lose .8 of their ties."""
    course = begun(change(at_week=0))
    assert course.ties_kept(4) == pytest.approx(1 - 0.4 * 0.8)
    assert course.ties_kept(4 + 26) == pytest.approx(1 - 0.4 * 0.8 / math.e)
    organisation = course.segments[-1][1]
    whole = organisation.tie(0, 1)
    organisation.week.ties_kept = 0.5
    assert organisation.tie(0, 1) == pytest.approx(whole / 2)


# --- what it takes ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", FIRM_WIDE, ids=lambda role: role.name)
def test_ties_are_lost_by_who_moves_to_any_role(role) -> None:
    """One of ten leaves the line for it."""
    one = {"segment": "shops", "each": 10} if role is ACCOUNT_OWNERS else 10
    course = begun(change(to=PLAIN | {"staffing": {role.name: one}}, at_week=0))
    assert course.ties_kept(4) == pytest.approx(1 - 0.1 * 0.8)


def test_the_dip_falls_evenly_to_nothing() -> None:
    course = begun(change(at_week=0, duration_weeks=4, learning_dip=0.2))
    dips = [course.dip(week) for week in range(3, 10)]
    assert dips == pytest.approx([0.25, 0.2, 0.15, 0.1, 0.05, 0, 0])  # before it, none is asked
    at_once = begun(change(at_week=0, duration_weeks=0, learning_dip=0.2))
    assert at_once.dip(4) == 0.0


def test_the_dip_leaves_the_line() -> None:
    organisation = begun(change(at_week=0)).segments[-1][1]
    slow = organisation.slowness()
    organisation.week.dip = 0.2
    assert 1 / organisation.slowness() == pytest.approx(1 / slow - 0.2)


def test_a_dip_that_leaves_no_time_to_serve_is_refused() -> None:
    study = compact_study(change(at_week=0, learning_dip=0.8))
    plan = study.organisations[0]
    organisation = begun(change(at_week=0)).segments[-1][1]
    with pytest.raises(StudyError, match="no time to serve"):
        check_hardest_week(organisation, plan)


def test_one_off_cost_enters_net_value_when_it_is_spent() -> None:
    costly, free = (
        measured(
            compact_study(
                change(at_week=4, learning_dip=0, cost_per_head=each),
                parameters=FLAT | RECORD_FREE,
            )
        )
        for each in (600, 0)
    )
    assert overall(costly)["one_off_cost"] == 600 * 10
    difference = overall(free)["net_value"] - overall(costly)["net_value"]
    assert difference == pytest.approx(6000 / 60)
    months = [
        table[(table["scope"] == "month") & (table["measure"] == "net_value")]["value"].to_numpy()
        for table in (free, costly)
    ]
    assert months[0] - months[1] == pytest.approx([6000 / 60, 0, 0])  # week 4 is in month 1


FLAT = {"discount_rate": 0.0}
RECORD_FREE = {"record_price": 0.0}


@pytest.mark.parametrize("parameters", [FLAT, {}], ids=["flat", "discounted"])
@pytest.mark.parametrize("plan", [PLAIN, change(at_week=7, cost_per_head=900)])
def test_months_add_up_to_net_value(plan, parameters) -> None:
    table = measured(compact_study(plan, parameters=parameters, design={"horizon_days": 70}))
    by = table[(table["scope"] == "month") & (table["measure"] == "net_value")]["value"]
    assert len(by) == 4
    assert by.sum() == pytest.approx(overall(table)["net_value"])


def test_standing_by_month_is_that_of_its_end() -> None:
    watched = compact_study(change(PLAIN, RICH, **NEVER), design={"follow_up_days": 0})
    model = finished(watched)
    table = measures(model)
    months = table[(table["scope"] == "month") & (table["measure"] == "standing")]["value"]
    weekly = [reading.standing for reading in model.readings]
    assert months.tolist() == [weekly[3], weekly[7], weekly[11]]  # a month has 4⅓ weeks
    assert months.iloc[-1] == overall(table)["standing"]
    unwatched = finished(compact_study(PLAIN, design={"follow_up_days": 0}))
    assert unwatched.readings == []
    assert unwatched.standing_by_month == months.tolist()


def test_running_cost_is_what_was_in_force_week_by_week() -> None:
    large = PLAIN | {"organisation": "large", "staffing": {"hired": 20}}
    table = overall(measured(compact_study(change(PLAIN, large, at_week=3, **FREE))))
    assert table["running_cost"] == pytest.approx(60000 * (3 * 10 + 9 * 12) / 12)


# --- when ---------------------------------------------------------------------------------------


def readings(*rows: tuple[int, int, int, int, int, int]) -> list[Reading]:
    return [Reading(0.5 + 0.1 * place, *row) for place, row in enumerate(rows)]


def test_measures_over_the_last_weeks() -> None:
    """Needs 10 a week; dropped 1, 2, 3; rated 4 a week; promoters 1 a week, detractors 2."""
    weeks = readings((10, 1, 4, 1, 2, 100), (20, 3, 8, 2, 4, 90), (30, 6, 12, 3, 6, 81))
    assert over_weeks(weeks, "standing", 2) == pytest.approx(0.65)
    assert over_weeks(weeks, "drop_off_rate", 1) == pytest.approx(3 / 10)
    assert over_weeks(weeks, "drop_off_rate", 3) == pytest.approx(6 / 30)
    assert over_weeks(weeks, "nps", 2) == pytest.approx(100 * (2 - 4) / 8)
    assert over_weeks(weeks, "nps", 3) == pytest.approx(100 * (3 - 6) / 12)  # none before day 0
    assert over_weeks(weeks, "churn_rate", 1) == pytest.approx(1 - 0.9**WEEKS_PER_MONTH)
    assert math.isnan(over_weeks(weeks, "standing", 4))
    assert math.isnan(over_weeks(weeks, "churn_rate", 3))  # nobody was counted on day 0


def test_a_reading_counts_customers_of_day_0_who_are_still_there() -> None:
    """One leaves an hour before it and one after; one joined on day 0 and one later."""
    state = started(compact_study(market={"customers": 4, "prospects": 1})).state
    day_zero = float(state.rules[0]["day_zero"])
    state.customers["joined_at"][[3, 4]] = day_zero, day_zero + 1.0
    state.customers["hazard"], state.customers["hazard_left"] = 0.125, [4.875, 9.0, 5.125, 9.0, 9.0]
    assert take_reading(state, day_zero + 40.0).present == 3


def test_levers_change_by_a_transition_or_by_what_is_bought() -> None:
    bought = {"organisation": "b", "technology": {"level": 2, "bought_week": 5}}
    plans = compact_study(PLAIN, change(at_week=4), bought).organisations
    assert [Timeline(plan, 0, 12).changes for plan in plans] == [False, True, True]


def test_a_trigger_fires_beyond_its_bound_and_not_without_a_value() -> None:
    weeks = readings((10, 1, 0, 0, 0, 100))
    below = Trigger(measure="standing", below=0.51, over_weeks=1)
    assert breached(below, weeks)
    assert not breached(below.model_copy(update={"below": 0.5}), weeks)
    above = Trigger(measure="standing", above=0.49, over_weeks=1)
    assert breached(above, weeks)
    assert not breached(Trigger(measure="nps", below=99, over_weeks=1), weeks)  # nobody was asked
    assert not breached(above, [])


def test_it_begins_once_the_measure_is_out_of_bounds() -> None:
    plan = change(when={"measure": "drop_off_rate", "above": 0.01, "over_weeks": 6}, **FREE)
    model = finished(compact_study(plan))
    assert model.timeline.began == 4 + 6  # after six weeks of a window that begins with week 4


def test_weeks_fall_into_months_by_their_end() -> None:
    ends = [week for week in range(14) if ends_month(5 * (week + 1), 70)]
    assert ends == [3, 7, 12, 13]  # months end after 4⅓, 8⅔ and 13 weeks; the window after 14


# --- technology that is bought on the way ------------------------------------------------------


def test_technology_is_in_force_from_the_week_it_is_bought() -> None:
    bought = {"organisation": "b", "technology": {"level": 2, "bought_week": 5}}
    always = {"organisation": "a", "technology": {"level": 2}}
    plan, owned = compact_study(bought, always).organisations
    assert [in_force(plan, week).technology.level for week in (-3, 4, 5, 9)] == [0, 0, 2, 2]
    assert in_force(owned, -3).technology.level == 2
    assert [each.technology.level for each in ever_in_force(plan)] == [0, 2]
    assert len(ever_in_force(owned)) == 1
    assert same_levers(in_force(plan, 9), owned)


def test_technology_is_paid_once_when_bought_and_in_heads_ever_after() -> None:
    firm = {"platform_heads_2": 10.0, "platform_price_2": 300.0}
    plans = [
        {"organisation": "b", "technology": {"level": 2, "bought_week": 5}},
        {"organisation": "a", "technology": {"level": 2}},
    ]
    study = compact_study(*plans, parameters=firm)
    buying, owning = (finished(study, place) for place in (0, 1))
    assert buying.organisation.staff.line.sum() == owning.organisation.staff.line.sum() == 9
    assert [buying.organisation.staff.budget, owning.organisation.staff.budget] == [10, 10]
    costs = [overall(measures(model))["one_off_cost"] for model in (buying, owning)]
    assert costs == [300 * 9, 0]


def test_what_is_bought_when_is_there_from_then_on_and_each_has_its_own_week() -> None:
    bought = {"level": 1, "bought_week": 5, "record": "shared", "record_bought_week": 2}
    plan = compact_study({"organisation": "b", "technology": bought}).organisations[0]
    there = [in_force(plan, week).technology for week in (-1, 2, 4, 5)]
    assert [(t.record, t.level) for t in there] == [
        ("own", 0), ("shared", 0), ("shared", 0), ("shared", 1)
    ]  # fmt: skip
    assert [(e.technology.record, e.technology.level) for e in ever_in_force(plan)] == [
        ("own", 0), ("shared", 0), ("shared", 1)
    ]  # fmt: skip
    assert all(t.bought_week is t.record_bought_week is None for t in there)


def test_a_record_is_paid_when_bought_and_comes_into_use_by_and_by() -> None:
    """Bought in week 2 of the window, the seventh of the run: in use by 0, 1/4, 2/4, 3/4, 1."""
    firm = {"record_price": 300.0, "record_heads": 10.0, "record_rollout_weeks": 4.0}
    firm |= {"write_minutes": 0.0, "note_minutes": 0.0}  # time to write differs from week to week
    plans = [
        {"organisation": "b", "technology": {"record": "shared", "record_bought_week": 2}},
        {"organisation": "a", "technology": {"record": "shared"}},
    ]
    study = compact_study(*plans, parameters=firm)
    buying, owning = (started(study, place) for place in (0, 1))
    full, shares = owning.state.rates["store_write"].copy(), []
    while buying.week < 12:
        buying.step()
        shares.append(buying.state.rates["store_write"] / full)
    assert (buying.state.rules["store"], len(buying.ledger._spells)) == (1, 2)
    for week, expected in zip(range(6, 12), (0, 0.25, 0.5, 0.75, 1, 1), strict=True):
        assert shares[week] == pytest.approx(expected)
    assert buying.timeline.spent == [(6, 300.0 * 9)]
    assert (owning.timeline.spent, owning.timeline.record_in_use(0)) == ([], 1.0)
    assert owning.organisation.staff.line.sum() == buying.organisation.staff.line.sum() == 9


def test_a_transition_to_a_shared_record_pays_for_it_and_one_away_from_it_does_not() -> None:
    firm = {"record_price": 50.0, "platform_price_1": 0.5}
    record, none = {"record": "shared", "level": 1}, {"record": "own", "level": 0}
    platform = none | {"level": 1}
    plans = ((none, record, 50.5), (none, platform, 0.5), (record, none, 0), (record, record, 0))
    for before, after, price in plans:
        ends = [PLAIN | {"organisation": name, "technology": technology, "authority": share}
                for name, technology, share in (("x", before, 0), ("y", after, 1))]  # fmt: skip
        model = started(compact_study(change(*ends, at_week=0, **FREE), parameters=firm))
        while model.timeline.began is None:
            model.step()
        assert sum(cost for _, cost in model.timeline.spent) == price * 10


def test_without_a_transition_no_measure_is_watched() -> None:
    assert not started(compact_study(PLAIN)).timeline.watches
