"""The engine, SimPy and Ciw simulate one queueing network, and agree (`benchmarks.queueing`)."""

from __future__ import annotations

import pytest

from benchmarks.queueing import ENGINE, disagreements, distances
from benchmarks.queues import by_ciw, by_engine, by_simpy
from benchmarks.queues.network import (
    FRONT,
    FRONT_LOAD,
    JOURNEYS,
    Network,
    Outcome,
    sized,
    visits,
)
from sim.checks.theory import ERLANG_A
from sim.model import EnterpriseModel
from sim.organisation.queue_theory import erlang_a

# So small that Ciw takes less than a second for a run.
NETWORK = sized(3_000, 60, 0.9)
ENGINE_RUNS, OTHER_RUNS = 16, 2


@pytest.fixture(scope="module")
def runs() -> dict[str, list[Outcome]]:
    others = range(OTHER_RUNS)
    return {
        ENGINE: [by_engine.run(NETWORK, number) for number in range(ENGINE_RUNS)],
        "SimPy": [by_simpy.run(NETWORK, number, by_the_book=True) for number in others],
        "SimPy, spared races": [by_simpy.run(NETWORK, 10 + number) for number in others],
        "Ciw": [by_ciw.run(NETWORK, number) for number in others],
        "Ciw, no delay": [by_ciw.run(NETWORK, number, at_once=True) for number in others],
    }


def test_all_agree_and_with_the_closed_form(runs) -> None:
    assert disagreements(NETWORK, [runs]) == []
    apart = distances(NETWORK, [runs])
    assert apart.keys() == runs.keys() - {ENGINE} | {"closed form"}
    assert len(apart["Ciw"]) == 5
    assert len(apart["closed form"]) == 2


def test_a_disagreement_would_be_seen(runs) -> None:
    assert NETWORK.servers[FRONT] == 2
    understaffed = Network(NETWORK.customers, NETWORK.days, NETWORK.servers | {FRONT: 1})
    wrong = runs | {"SimPy": [by_simpy.run(understaffed, 0)]}
    found = disagreements(NETWORK, [wrong])
    assert {each.split(":")[0] for each in found} == {"SimPy"}


def test_nobody_gets_lost(runs) -> None:
    """What began has ended, or stands in the firm: in few days not much can."""
    for name, mine in runs.items():
        for run in mine:
            gone = sum(tally.abandoned for tally in run.stations.values())
            assert 0 <= run.needs - run.completed - gone < 0.02 * run.needs, name


def test_the_study_has_the_servers_and_the_work_of_the_network() -> None:
    study = by_engine.study_of(NETWORK)
    model = EnterpriseModel(study, study.organisations[0])
    servers = dict(zip(model.blueprint.functions, model.organisation.servers, strict=True))
    assert servers == NETWORK.servers
    model.step()
    assert set(model.state.functions["slowness"]) == {1.0}
    model.release()


def test_visits_follow_the_branches_round_the_loop() -> None:
    expected = visits(JOURNEYS["resolve"])
    # product P = .35 + .1 O and operations O = .25 + .7 P
    operations = (0.25 + 0.7 * 0.35) / (1 - 0.7 * 0.1)
    assert expected["operations"] == pytest.approx(operations)
    assert expected["product"] == pytest.approx(0.35 + 0.1 * operations)
    assert expected["front"] == 1


def test_servers_are_enough_for_the_load() -> None:
    network = sized(40_000, 130, 0.95)
    rate = sum(network.arrivals(name) for name in JOURNEYS)
    assert rate == pytest.approx(40_000 * 3.55 / 2080)
    load = rate * 10 / 60 / network.servers[FRONT]
    assert FRONT_LOAD * 0.9 < load <= FRONT_LOAD


@pytest.mark.parametrize(("rates", "expected"), ERLANG_A.items())
def test_the_closed_form_is_the_published_one(rates, expected) -> None:
    assert erlang_a(*rates) == pytest.approx(expected, abs=6e-6)
