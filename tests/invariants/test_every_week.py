"""What holds under every bundle of levers and anywhere in the plausible ranges (rule M13)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from any_study import LEVERS, PARAMETERS, any_study, shares
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from studies import RICH, compact_study, overall, started

from sim.organisation.incentives import efforts, moved_by_tasks
from sim.organisation.technology import time_left
from sim.results.measures import measures
from sim.state.cases import (
    AWAY,
    FREE,
    FREE_SLOTS,
    N_COMPLETED,
    N_DROPPED,
    N_EVENTS,
    N_NEEDS,
    N_OPEN,
    N_QUEUES,
    N_RECONTACTS,
    N_UNREALISED,
    NONE,
    QUEUED,
)
from sim.state.events import VISIT
from sim.state.opening_hours import open_until, seats
from sim.state.tallies import (
    CASE_AGAIN,
    CASE_AGAIN_FIRM,
    CASE_AGAIN_OWN_ERROR,
    CASE_AGREED,
    CASE_BREACHES,
    CASE_CALL_BACKS,
    CASE_COMPLETED,
    CASE_CONCEDED,
    CASE_CONTACTS,
    CASE_DROPPED,
    CASE_FAILURE_CONTACTS,
    CASE_MISUSES,
    CASE_NEGOTIATED,
    CASE_RATED,
    CASE_REACHED,
    CASE_RESOLVED,
    CASE_SATISFIED,
    CASE_SATISFIED_OF,
    CASE_STARTED,
    CASE_SURVEYED,
    FIXED,
)
from sim.study.errors import StudyError
from sim.study.parameters import defaults
from sim.study.study import Study
from sim.study.tables import MEASURES
from sim.study.working_time import CLOCK_HOURS, HOURS_PER_WEEK

ROUNDING = 1e-9


def begun(study: Study, **options: Any) -> Any:
    """Return a study's model, unless so many would coordinate that nobody is left in line."""
    try:
        return started(study, **options)
    except StudyError:
        assume(False)


# --- after every week -----------------------------------------------------------------


def assert_cases_are_conserved(state: Any) -> None:
    n = state.counters
    assert (
        n[N_NEEDS] + n[N_RECONTACTS] == n[N_OPEN] + n[N_COMPLETED] + n[N_DROPPED] + n[N_UNREALISED]
    )
    assert n[N_OPEN] == state.open_cases.sum()
    kinds = np.bincount(state.cases["state"], minlength=AWAY + 2)
    assert kinds[FREE] == n[FREE_SLOTS]
    assert len(state.cases) - n[FREE_SLOTS] == n[N_OPEN] + kinds[AWAY]
    free = state.free[: n[FREE_SLOTS]]
    assert len(np.unique(free)) == len(free)


def assert_every_case_is_in_one_place(state: Any) -> None:
    """Queues and calendar hold every active case once; queues in order of joining."""
    seen: list[int] = []
    for head in (*state.queues[:, :, 0].ravel(), *state.wheel):
        slot = head
        while slot != NONE:
            seen.append(int(slot))
            slot = state.cases[slot]["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == set(np.flatnonzero(state.cases["state"] != FREE).tolist())
    queued = 0
    for function in range(len(state.functions)):
        for kind in range(N_QUEUES):
            slot, last = state.queues[function, kind, 0], -np.inf
            while slot != NONE:
                case = state.cases[slot]
                assert case["state"] == QUEUED
                assert case["joined"] >= last
                last, queued = case["joined"], queued + 1
                slot = case["next"]
    assert queued == (state.cases["state"] == QUEUED).sum()


def assert_masks_and_shares_are_in_range(model: Any) -> None:
    state = model.state
    most = (1 << len(model.blueprint.facts)) - 1
    for name in ("note", "given", "seen", "learned", "lacked"):
        assert np.all((state.cases[name] & ~most) == 0)
    for store in (state.contacts, state.customers):
        assert np.all(store["record"].astype(np.int64) & ~most == 0)
        assert np.all((store["stale"] & ~store["record"]) == 0)
    for values in (state.customers["standing"], state.customers["liking"]):
        assert np.all((values >= 0) & (values <= 1))
    assert np.all(state.contacts["kept"] >= 0)
    assert np.all(state.contacts["broken"] >= 0)
    for name in ("strange", "wear", "lost", "lost_without_defects"):
        assert np.all((state.seams[name] >= 0) & (state.seams[name] <= 1))
    assert np.all(state.seams["lost_without_defects"] <= state.seams["lost"])
    work = time_left(model.organisation.parameters, model.organisation.levers.technology.level)
    assert np.all(
        state.functions["slowness"] * model.organisation.capability.skill >= work - ROUNDING
    )
    capability = model.organisation.capability
    assert capability.skill >= 1
    assert capability.ties >= 0
    assert 0 <= capability.governance <= 1
    assert np.all(model.defects.count >= 0)
    assert np.all((state.bases >= 0) & (state.bases <= 1))


def assert_parts_are_within_their_wholes(state: Any) -> None:
    n = state.case_tallies
    assert np.all(n[..., CASE_BREACHES] <= n[..., CASE_MISUSES])
    assert np.all(n[..., CASE_AGREED] <= n[..., CASE_NEGOTIATED])
    most = n[..., CASE_AGREED] * state.touchpoints["stake"].max() * FIXED
    assert np.all(n[..., CASE_CONCEDED] <= most)
    assert np.all(n[..., CASE_SURVEYED] <= n[..., CASE_RATED])
    assert_contacts_add_up(n)


def assert_contacts_add_up(n: np.ndarray) -> None:
    """Contacts of a kind are contacts; a need that reached people is resolved or brought again."""
    assert np.all(n[..., CASE_RESOLVED] >= 0)
    assert np.all(n[..., CASE_RESOLVED] + n[..., CASE_AGAIN] <= n[..., CASE_REACHED])
    reasons = n[..., CASE_AGAIN_OWN_ERROR] + n[..., CASE_AGAIN_FIRM]
    assert np.all(reasons <= n[..., CASE_AGAIN])
    for part, whole in (
        (CASE_RESOLVED, CASE_REACHED),
        (CASE_RESOLVED, CASE_COMPLETED),
        (CASE_REACHED, CASE_STARTED),
        (CASE_REACHED, CASE_CONTACTS),
        (CASE_CALL_BACKS, CASE_FAILURE_CONTACTS),
        (CASE_FAILURE_CONTACTS, CASE_CONTACTS),
        (CASE_SATISFIED, CASE_SATISFIED_OF),
        (CASE_SATISFIED_OF, CASE_CONTACTS),
    ):
        assert np.all(n[..., part] <= n[..., whole])


def assert_issues_are_kept(model: Any) -> None:
    """Every issue ever opened is closed or still there, and charged hours are not negative."""
    register = model.register
    # A fix is closed once it is made, the move of a person once it is agreed to or refused.
    closed = [issue for issue in register.history if issue.closed is not None]
    assert len(register.history) == len(closed) + len(register.issues)
    assert all(issue in register.history for issue in register.issues)
    assert all(issue.closed is not None for issue in closed)
    assert np.all(model.charges >= 0)
    assert np.all(register.level >= 0)
    chances = model.channels.chances()
    assert np.all((chances >= 0) & (chances <= 1 + ROUNDING))


def assert_efforts_fit_the_day(model: Any) -> None:
    effort = model.organisation.effort
    assert np.all(effort >= 0)
    assert np.all(effort.sum(axis=1) <= 1 + ROUNDING)


@settings(max_examples=60)
@given(any_study())
def test_after_every_week(study) -> None:
    model = begun(study)
    busy = np.zeros(len(model.functions))
    while model.tick < model.last_tick:
        model.step()
        assert_cases_are_conserved(model.state)
        assert_every_case_is_in_one_place(model.state)
        assert_masks_and_shares_are_in_range(model)
        assert_parts_are_within_their_wholes(model.state)
        assert_efforts_fit_the_day(model)
        assert_issues_are_kept(model)
        busy += model.state.busy / FIXED
        assert_capacity_holds(model, busy)


@settings(max_examples=40)
@given(LEVERS, LEVERS, st.integers(0, 11), shares(0.2))
def test_after_every_week_of_a_transition(before, after, week, dip) -> None:
    """People change post, and no case, server or probability is out of place for it."""
    course = {"from": before, "to": after, "at_week": week, "learning_dip": dip}
    begun(compact_study(after))  # has people enough
    model = begun(compact_study({"organisation": "moving", "transition": course}))
    while model.tick < model.last_tick:
        model.step()
        assert_cases_are_conserved(model.state)
        assert_every_case_is_in_one_place(model.state)
        assert_parts_are_within_their_wholes(model.state)
        assert_efforts_fit_the_day(model)
        state, line = model.state, model.organisation.staff.line
        assert np.array_equal(state.functions["servers"], line)
        assert np.array_equal(np.cumsum(line) - line, state.functions["first_server"])
        assert len(state.servers) == line.sum()
        assert model.organisation.staff.budget == 10
    assert model.timeline.began == 4 + week


def assert_capacity_holds(model: Any, busy: np.ndarray) -> None:
    """Nobody has worked more hours than there have been, but for the work in hand.

    A visit's hours are counted when it begins, so up to now they fit between hour 0 and
    the hour at which each server will be free; with a calendar, into its opening hours.
    """
    now = model.tick * float(model.state.rules[0]["tick_hours"])
    there, away = seats(model.blueprint, model.organisation.staff.line)
    for place, record in enumerate(model.state.functions):
        first, n = int(record["first_server"]), int(record["servers"])
        free_at = model.state.servers[first : first + n]
        assert n == there[place]
        if model.study.enterprise.calendar is not None:
            opened = sum(open_until(model.state, place, hour) for hour in free_at)
            held = busy[place] / CLOCK_HOURS * away[place]
            assert held <= (opened + model.state.owed[place]) * (1 + ROUNDING) + ROUNDING
            continue
        in_hand = np.maximum(0.0, free_at - now).sum()
        assert busy[place] <= n * now + in_hand + ROUNDING
        assert busy[place] <= free_at.sum() + ROUNDING


@settings(max_examples=40)
@given(any_study())
def test_nobody_serves_two_at_a_time(study) -> None:
    """The most visits under way at once are no more than the function's people."""
    # Who moves to another function makes more servers there than at first; who keeps a shared
    # record, once it is bought, serves nobody any more.
    settled = study.mechanisms.model_copy(update={"capacity_moves": 0})
    model = begun(study.model_copy(update={"mechanisms": settled}), log_events=True)
    there = [seats(model.blueprint, model.organisation.staff.line)[0]]
    while model.running:
        model.step()
        there.append(seats(model.blueprint, model.organisation.staff.line)[0])
    week = model.tick * float(model.state.rules[0]["tick_hours"]) / (len(there) - 1)
    log = model.state.events[: model.state.counters[N_EVENTS]]
    for function, n_servers in enumerate(np.transpose(there)):
        assert np.all(np.diff(n_servers) <= 0)
        mine = log[(log["kind"] == VISIT) & (log["function"] == function)]
        # Who finishes at the moment at which another begins makes room first.
        moments = [(float(end), -1) for end in mine["end"]]
        moments += [(float(start), 1) for start in mine["start"]]
        at, changes = np.transpose(sorted(moments)) if moments else np.zeros((2, 0))
        # Who is taken from the line finishes what is in hand, in the week after at the latest.
        week_before = np.clip(at // week - 1, 0, len(n_servers) - 1).astype(int)
        assert np.all(np.cumsum(changes) <= n_servers[week_before])
        assert np.all(mine["joined"] <= mine["start"])
        assert np.all(mine["start"] <= mine["end"])


# --- at the end -----------------------------------------------------------------------


@settings(max_examples=60)
@given(any_study())
def test_measures_of_a_finished_run(study) -> None:
    model = begun(study)
    model.run_model()
    table = measures(model)
    whole = overall(table)
    assume(whole["n_started"] > 0)
    headline = {name for name, spec in MEASURES.items() if spec.headline} - {"retention_rate"}
    assert whole[[*headline, "window_retention"]].notna().all()
    assert ("retention_rate" in whole) == (study.design.horizon_days >= 260)
    fates = ["completion_rate", "drop_off_rate", "unresolved_share", "unrealised_share"]
    assert whole[fates].sum() == pytest.approx(1, abs=ROUNDING)
    # Hours of a visit count when it begins, so of a short window utilisation may be above 1.
    shown = [n for n, spec in MEASURES.items() if spec.unit.startswith("share")]
    shown.remove("utilisation")
    rows = table[table["measure"].isin(shown)].dropna()
    outside = rows[(rows["value"] < -ROUNDING) | (rows["value"] > 1 + ROUNDING)]
    assert outside.empty, outside.to_string()
    why = whole[["again_own_error_share", "again_firm_share"]]
    assert why.isna().all() or why.sum() <= 1 + ROUNDING
    assert not table.duplicated(["measure", "scope", "scope_id"]).any()
    assert set(table["measure"]) | {"retention_rate"} == set(MEASURES) - {"transition_week"}


@settings(max_examples=25)
@given(any_study())
def test_parts_add_up_to_the_whole(study) -> None:
    model = begun(study)
    model.run_model()
    table = measures(model)
    drops = table[table["measure"] == "n_drop_offs"].groupby("scope")["value"].sum()
    assert drops["overall"] == model.state.case_tallies[..., CASE_DROPPED].sum()
    for scope in ("journey", "segment", "month", "cause"):
        assert drops[scope] == drops["overall"]
    assert drops["touchpoint"] + drops["seam"] == drops["overall"]
    assert drops.get("site_cause", 0.0) == drops["overall"]
    needs = table[table["measure"] == "n_needs"].groupby("scope")["value"].sum()
    assert needs["journey"] == needs["segment"] == needs["month"] == needs["overall"]


# --- equal budgets --------------------------------------------------------------------


@settings(max_examples=80)
@given(LEVERS)
def test_every_bundle_of_levers_spends_the_same_heads(levers) -> None:
    model = begun(compact_study(levers))
    staff = model.organisation.staff
    assert staff.budget == 10
    assert staff.line.min() >= 1
    assert int(staff.line.sum()) == 10 - staff.coordinating - staff.subscription - staff.idle
    assert len(model.state.servers) == staff.line.sum()


@settings(max_examples=60)
@given(LEVERS, PARAMETERS)
def test_paid_hours_are_divided_not_multiplied(levers, parameters) -> None:
    """Nobody serves more than a whole day, and what serves never vanishes."""
    model = begun(compact_study(levers, parameters=parameters))
    model.rates.write(model.state, model.defects.count)
    slowness = model.state.functions["slowness"] * model.organisation.capability.skill
    assert np.all((slowness >= 1) & (slowness <= 20 + ROUNDING))
    assert np.all(model.organisation.liaison <= 1)
    assert np.all(model.organisation.improvement_hours >= 0)
    hours = HOURS_PER_WEEK * model.organisation.heads
    assert np.all(model.organisation.improvement_hours <= hours)
    assert model.organisation.overhead_share >= 0


@settings(max_examples=150)
@given(PARAMETERS, shares(), shares(), shares(), st.booleans())
def test_efforts_are_shares_of_one_day(parameters, own, shared, handle_time, side) -> None:
    measures = moved_by_tasks(parameters["congruity"], handle_time)
    found = efforts(defaults() | parameters, measures, (own, shared), side)
    assert np.all(found >= 0)
    assert found.sum() <= 1 + ROUNDING


def test_the_checks_notice_what_they_are_for() -> None:
    """Each check fails once its subject is broken."""
    model = started(compact_study(RICH))
    for _ in range(6):
        model.step()
    state = model.state
    state.counters[N_COMPLETED] += 1
    with pytest.raises(AssertionError):
        assert_cases_are_conserved(state)
    state.contacts[0]["stale"] = ~state.contacts[0]["record"]
    with pytest.raises(AssertionError):
        assert_masks_and_shares_are_in_range(model)
    for tally in (CASE_AGAIN_OWN_ERROR, CASE_AGAIN):
        n = state.case_tallies.copy()
        assert_contacts_add_up(n)
        n[..., tally] += n[..., CASE_REACHED]
        with pytest.raises(AssertionError):
            assert_contacts_add_up(n)
    state.wheel[:] = NONE
    with pytest.raises(AssertionError):
        assert_every_case_is_in_one_place(state)
    model.register.history.append(model.functions[0])
    with pytest.raises(AttributeError):
        assert_issues_are_kept(model)
    model.organisation.effort[0] = 0.5
    with pytest.raises(AssertionError):
        assert_efforts_fit_the_day(model)
    with pytest.raises(AssertionError):
        assert_capacity_holds(model, np.full(3, 1e6))
