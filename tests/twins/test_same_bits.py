"""What must not matter to the last bit: compiling, names, order, room, workers, copies."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import compact_run
import numpy as np
import pytest
import studies
from studies import (
    COMMITTEE,
    ENTERPRISE,
    PLAIN,
    POOL,
    RICH,
    SOUND,
    compact_study,
    measured,
    same,
    state_hashes,
)

import sim.state.arrays
from analysis.comparison.pairing import compare_measures
from sim.results.measures import measures
from sim.runner import RunSpec, run
from sim.running.batch import run_study
from sim.state.arrays import EVENT
from sim.state.cases import FREE_SLOTS, N_EVENTS
from sim.state.events import KINDS

HERE = Path(__file__).parent
PROJECT = Path(sim.state.arrays.__file__).parents[2]

# --- what the twins have in common ---------------------------------------------------


def test_nothing_is_idle_in_the_firm_that_the_twins_compare() -> None:
    """Equal twins prove nothing about a mechanism that never works."""
    models = [studies.finished(compact_study(), place, log_events=True) for place in range(3)]
    models.append(studies.finished(studies.peer_study(), log_events=True))
    # Promoters are rare in a firm so eventful; the twins' own study has them now and then.
    trusted = studies.finished(
        compact_study(parameters={"standing_base": 0.95, "survey_response": 1})
    )
    sound = studies.finished(compact_study(parameters=SOUND))
    firms = [*models, trusted, sound]
    cases = np.sum([m.state.case_tallies.sum(axis=(0, 1, 2)) for m in firms], axis=0)
    assert (cases > 0).all(), np.flatnonzero(cases == 0)
    drops = np.sum([m.state.drop_tallies.sum(axis=0) for m in models], axis=0)
    assert (drops > 0).all(), drops
    events = np.concatenate([m.state.events[: m.state.counters[N_EVENTS]] for m in models])
    assert set(events["kind"]) == set(range(len(KINDS)))
    assert np.isfinite(models[1].state.find_hours).all()
    assert all(m.register.outcomes.fixed for m in models)
    assert any(issue.escalated for m in models for issue in m.register.issues)
    for column in ("left_at", "joined_at"):
        values = models[0].state.customers[column]
        assert (np.isfinite(values) & (values > 0)).any(), column


# --- compiled and not ---------------------------------------------------------------


def test_compiled_rules_give_the_same_bits_as_plain_python() -> None:
    folders = [str(HERE), str(HERE.parent), str(PROJECT)]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(folders)}
    finished = subprocess.run(  # noqa: S603 - this interpreter and a file beside this one
        [sys.executable, str(HERE / "compact_run.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    plain = json.loads(finished.stdout)
    assert plain["compiled"] is False
    assert compact_run.is_compiled()
    compiled = compact_run.everything()
    different = [name for name, value in compiled.items() if plain["hashes"][name] != value]
    assert compiled.keys() == plain["hashes"].keys()
    assert not different


# --- names --------------------------------------------------------------------------


@pytest.mark.parametrize("levers", [PLAIN, RICH, COMMITTEE])
def test_renaming_an_org_model_changes_its_name_and_nothing_else(levers) -> None:
    other = levers | {"organisation": "Another name-1", "label": "Another label"}
    tables = []
    for each in (levers, other):
        study = compact_study(each)
        result = run(RunSpec(study, study.organisations[0], 0, customers=True, events=True))
        assert set(result.measures["org_model"]) == {each["organisation"]}
        tables.append(
            [
                result.measures.drop(columns="org_model"),
                result.customers.drop(columns="org_model"),
                result.events,
            ]
        )
    assert all(same(one, two) for one, two in zip(*tables, strict=True))


def test_equal_org_models_differ_by_exactly_zero() -> None:
    study = compact_study(RICH, RICH | {"organisation": "its twin"})
    table = compare_measures(run_study(study, replicates=3), "rich")
    pairs = table[(table["org_model"] == "its twin") & table["mean"].notna()]
    assert len(pairs) > 100
    assert (pairs[["difference", "low", "high"]].fillna(0.0) == 0.0).all(axis=None)
    assert pairs["difference"].notna().mean() > 0.9


# --- order --------------------------------------------------------------------------


def turned_round(mapping: dict) -> dict:
    return dict(reversed(mapping.items()))


def permuted(enterprise: dict) -> dict:
    """Return the firm with everything in another order in which order is no statement."""
    firm = copy.deepcopy(enterprise)
    for journey in firm["journeys"].values():
        for step in journey["touchpoints"].values():
            for facts in ("requires", "produces"):
                step[facts] = step.get(facts, [])[::-1]
        journey["touchpoints"] = turned_round(journey["touchpoints"])
        journey["exits"] = turned_round(journey.get("exits", {}))
    for part in ("functions", "facts", "journeys"):
        firm[part] = turned_round(firm[part])
    return firm


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_order_of_functions_journeys_touchpoints_and_facts_changes_no_measure(place) -> None:
    other = compact_study(enterprise=permuted(ENTERPRISE))
    assert list(other.enterprise.functions) != list(compact_study().enterprise.functions)
    assert same(measured(compact_study(), place), measured(other, place))


def test_heads_that_follow_from_demand_do_not_depend_on_the_order_either() -> None:
    firm = copy.deepcopy(ENTERPRISE) | {"functions": {name: {} for name in ENTERPRISE["functions"]}}
    market = {"customers": 300, "prospects": 40}
    pair = [
        measured(compact_study(enterprise=each, market=market)) for each in (firm, permuted(firm))
    ]
    assert same(*pair)


def test_the_order_of_org_models_changes_no_measure() -> None:
    forth, back = (
        run_study(compact_study(*o)) for o in ((PLAIN, RICH, COMMITTEE), (COMMITTEE, RICH, PLAIN))
    )
    for name in ("plain", "rich", "board"):
        pair = [table[table["org_model"] == name] for table in (forth, back)]
        assert len(pair[0]) > 100
        assert same(*pair)


# --- workers ------------------------------------------------------------------------


def test_one_process_and_two_write_the_same_file(tmp_path) -> None:
    study = compact_study()
    files = []
    for jobs in (1, 2):
        file = tmp_path / f"{jobs}.parquet"
        run_study(study, replicates=2, jobs=jobs).to_parquet(file)
        files.append(file.read_bytes())
    assert files[0] == files[1]


def test_a_run_does_not_depend_on_the_runs_before_it() -> None:
    first = measured(compact_study(), 1, replicate=3)
    measured(compact_study(), 2)
    assert same(first, measured(compact_study(), 1, replicate=3))
    assert not same(first, measured(compact_study(), 1, replicate=4))


# --- one more customer --------------------------------------------------------------

UNLIMITED = {"functions": {name: {"heads": 3000} for name in ENTERPRISE["functions"]}}
CALM = {"defect_rate": 0.0, "improvement_floor": 0.0}


@pytest.mark.parametrize(
    "levers",
    [PLAIN, {"organisation": "shared", "technology": {"record": "shared"}}, COMMITTEE],
    ids=["plain", "shared record", "committee"],
)
def test_one_more_customer_leaves_all_others_as_they_are(levers) -> None:
    """Without limits of capacity and without management nobody meets anybody (Starsim)."""
    models = [
        studies.finished(
            compact_study(
                levers,
                enterprise=ENTERPRISE | UNLIMITED,
                market={"customers": n, "prospects": 0},
                parameters=CALM,
            )
        )
        for n in (60, 61)
    ]
    few, more = (model.state for model in models)
    assert few.contacts["trials"].sum() > 1000
    assert more.contacts[60 * 3 :]["trials"].sum() > 0
    assert studies.array_hash(more.customers[:60]) == studies.array_hash(few.customers)
    assert studies.array_hash(more.contacts[: 60 * 3]) == studies.array_hash(few.contacts)


def test_where_capacity_is_short_one_more_customer_is_felt() -> None:
    """The test above can fail: with few servers the newcomer does change others."""
    few, more = (
        studies.finished(compact_study(PLAIN, market={"customers": n, "prospects": 0})).state
        for n in (60, 61)
    )
    assert studies.array_hash(more.customers[:60]) != studies.array_hash(few.customers)


# --- room ---------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1])
def test_a_pool_that_has_to_grow_changes_nothing(monkeypatch, place) -> None:
    ample = studies.finished(compact_study(), place)
    monkeypatch.setattr(sim.state.arrays, "FIRST_SLOTS", 1)
    tight = studies.finished(compact_study(), place)
    assert 8 <= len(tight.state.cases) < len(ample.state.cases)
    counters = [model.state.counters.copy() for model in (ample, tight)]
    for model, each in zip((ample, tight), counters, strict=True):
        each[FREE_SLOTS] -= len(model.state.cases)  # free slots less all: those in use
    assert np.array_equal(*counters)
    left_out = (*POOL, "counters", "wheel", "queues")  # the last two hold numbers of slots
    assert state_hashes(tight.state, left_out) == state_hashes(ample.state, left_out)
    assert same(measures(tight), measures(ample))


def test_a_log_that_has_to_grow_loses_no_event() -> None:
    ample = studies.finished(compact_study(), 1, log_events=True)
    tight = studies.started(compact_study(), 1, log_events=True)
    tight.state = replace(tight.state, events=np.zeros(1, EVENT))
    tight.run_model()
    rows = int(ample.state.counters[N_EVENTS])
    assert 1000 < rows <= len(tight.state.events) < len(ample.state.events)
    one, other = ample.state.events[:rows], tight.state.events[:rows]
    assert studies.array_hash(one) == studies.array_hash(other)
    assert state_hashes(tight.state, ("events",)) == state_hashes(ample.state, ("events",))


def test_keeping_a_log_changes_nothing() -> None:
    logged, plain = (studies.finished(compact_study(), 1, log_events=log) for log in (True, False))
    assert same(measures(logged), measures(plain))


# --- copies -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],  # noqa: S301 - our own
    ids=["deepcopy", "pickle"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_copy_of_a_half_finished_run_goes_on_as_the_run_does(copied, place) -> None:
    straight = studies.finished(compact_study(), place)
    model = studies.started(compact_study(), place)
    for _ in range(8):
        model.step()
    half = state_hashes(model.state)
    other = copied(model)
    other.run_model()
    assert state_hashes(model.state) == half  # the original has not moved
    model.run_model()
    expected = state_hashes(straight.state)
    assert half != expected
    assert state_hashes(other.state) == expected
    assert state_hashes(model.state) == expected
    assert same(measures(other), measures(straight))
    assert same(measures(model), measures(straight))
