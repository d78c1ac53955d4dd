"""The engine against an independent implementation of the same rules in plain Mesa."""

from __future__ import annotations

from pathlib import Path

import mesa
import numpy as np
import pytest
from studies import (
    COMMITTEE,
    PEER,
    PEERS,
    PLAIN,
    RICH,
    SOUND,
    TRUSTING,
    compact_study,
    finished,
    peer_enterprise,
    peer_study,
    same,
)

from benchmarks.agreement import disagreements
from benchmarks.plain.customer import Customer
from benchmarks.plain.desk import Desk
from benchmarks.plain.model import NaiveModel, PlainModel
from benchmarks.plain_mesa import scaled
from sim.reading.loader import load_study
from sim.results.measures import measures
from sim.state.tallies import (
    CASE_AGAIN,
    CASE_AGAIN_FIRM,
    CASE_AGAIN_OWN_ERROR,
    CASE_BREACHES,
    CASE_CONCEDED,
    CASE_FACTS_DISCLOSED,
    CASE_NEGOTIATED,
    CASE_SURVEYED,
)

BOARD = Path(__file__).parents[2] / "scenarios" / "board.yaml"


def both(study, place: int = 0, kind: type[PlainModel] = PlainModel):
    plain = kind(study, study.organisations[place])
    plain.run_model()
    return finished(study, place), plain


@pytest.mark.parametrize("place", range(6))
def test_the_bundled_study_comes_out_the_same(place) -> None:
    engine, plain = both(scaled(load_study(BOARD), 3000, 40), place)
    assert disagreements(engine, plain) == []
    assert engine.state.touch_tallies[:, 0].sum() > 4000


@pytest.mark.parametrize("levers", [PLAIN, RICH, COMMITTEE], ids=lambda each: each["organisation"])
def test_a_firm_in_which_every_mechanism_works_comes_out_the_same(levers) -> None:
    engine, plain = both(compact_study(levers))
    assert disagreements(engine, plain) == []
    assert same(measures(engine), measures(plain))
    assert engine.register.outcomes == plain.register.outcomes


def test_a_firm_whose_errors_are_its_steps_own_comes_out_the_same() -> None:
    engine, plain = both(compact_study(parameters=SOUND))
    assert disagreements(engine, plain) == []
    assert same(measures(engine), measures(plain))
    again, own, firm = (
        engine.state.case_tallies[..., what].sum()
        for what in (CASE_AGAIN, CASE_AGAIN_OWN_ERROR, CASE_AGAIN_FIRM)
    )
    assert own > 5 and firm > 5 and own + firm < again


@pytest.mark.parametrize("share", [1, 2])
def test_rules_of_another_kind_come_out_the_same(share) -> None:
    market = {"slice": share, "customers": 60 * share, "prospects": 15 * share}
    kinds = {"trust": "fixed_rate", "patience": "measured"}
    engine, plain = both(
        compact_study(
            COMMITTEE, parameters={"peak_end_weight": 0.0}, market=market, mechanisms=kinds
        )
    )
    assert disagreements(engine, plain) == []
    assert same(measures(engine), measures(plain))
    known = engine.state.contacts["kept"] + engine.state.contacts["broken"]
    assert 1.0 < known.max() <= 2.0 + 1e-6
    as_usual, _ = both(compact_study(COMMITTEE, parameters={"peak_end_weight": 0.0}, market=market))
    assert (as_usual.state.queue_tallies != engine.state.queue_tallies).any()


def test_account_owners_come_out_the_same() -> None:
    owners = {"segment": "shops", "each": 6}
    levers = RICH | {"staffing": RICH["staffing"] | {"account_owners": owners}}
    hasty = {"minding_minutes": 400.0, "owner_tenure_months": 1.0, "staleness_per_year": 5.0}
    engine, plain = both(compact_study(levers, parameters=hasty))
    assert 0.0 < engine.organisation.hours.minded < 1.0
    assert engine.state.minder_facts.any()
    assert disagreements(engine, plain) == []


@pytest.mark.parametrize(
    "structure",
    [
        {"units": 2, "local": ["front", "rear"]},
        {"units": 2, "local": "all", "reports": "both", "defects": "firm"},
        {"units": 3, "local": ["middle"], "reports": "unit"},
    ],
    ids=lambda each: f"{each['units']} units, {each['local']}",
)
def test_a_firm_of_units_comes_out_the_same(structure) -> None:
    levers = PEER | {"structure": structure, "staffing": {}}
    levers["ownership"] = {"boundaries": "soft"}
    study = compact_study(levers, parameters=TRUSTING, market=PEERS, enterprise=peer_enterprise())
    engine, plain = both(study)
    assert disagreements(engine, plain) == []
    assert same(measures(engine), measures(plain))
    assert engine.state.case_tallies[..., CASE_BREACHES].sum() > 0


def test_a_record_that_is_bought_while_cases_are_open_comes_out_the_same() -> None:
    bought = {"record": "shared", "record_bought_week": 2}
    at_once = {"record_rollout_weeks": 0.0, "record_price": 0.0, "record_heads": 0.0}
    study = compact_study(
        PLAIN | {"technology": bought}, parameters=at_once, market={"customers": 200}
    )
    engine, plain = both(study)
    assert disagreements(engine, plain) == []
    assert engine.state.customers["record"].any()


LOOKING = PEER | {"organisation": "looking", "trust": {"agent_access": "read"}}


@pytest.mark.parametrize("levers", [PLAIN, PEER, LOOKING], ids=lambda each: each["organisation"])
def test_a_firm_that_meets_peers_comes_out_the_same(levers) -> None:
    engine, plain = both(peer_study(levers))
    assert disagreements(engine, plain) == []
    counts = engine.state.case_tallies.sum(axis=(0, 1, 2))
    happened = [CASE_BREACHES, CASE_NEGOTIATED, CASE_CONCEDED, CASE_FACTS_DISCLOSED, CASE_SURVEYED]
    assert counts[happened].min() > 0
    assert levers is PLAIN or engine.state.helped.any()
    assert engine.state.agent_facts.any() == (levers is PEER)
    assert engine.state.offers["best"].any() and engine.state.offers["present"].any()
    grown = engine.state.customers["represented_from"]
    assert ((grown > 0) & (grown < engine.hour)).any()


@pytest.mark.parametrize("share", [1, 2])
def test_customers_who_help_mend_come_out_the_same(share) -> None:
    much = {"standing_base": 0.2, "remedy_share": 1.0}
    market = {"slice": share, "customers": 60 * share, "prospects": 15 * share}
    engine, plain = both(compact_study(COMMITTEE, parameters=much, market=market))
    assert disagreements(engine, plain) == []
    assert engine.register.told.any()
    assert np.array_equal(engine.register.told, plain.register.told)
    assert engine.register.outcomes == plain.register.outcomes


def test_stepping_everybody_every_day_comes_out_the_same() -> None:
    engine, naive = both(peer_study(), kind=NaiveModel)
    assert disagreements(engine, naive) == []
    assert not any(person.coming for person in naive.days.customers)


def test_ticks_of_another_length_come_out_the_same() -> None:
    engine, plain = both(compact_study(RICH, design={"ticks_per_day": 6}))
    assert disagreements(engine, plain) == []


def test_a_disagreement_would_be_seen() -> None:
    engine, plain = both(compact_study(PLAIN))
    engine.state.drop_tallies[0, 0] += 1
    engine.state.contacts["kept"][0] += 1e-5
    assert disagreements(engine, plain) == ["drop-offs", "standing and records"]


def test_customers_and_desks_are_ordinary_mesa_agents() -> None:
    study = compact_study(PLAIN)
    plain = PlainModel(study, study.organisations[0])
    market = study.market
    assert len(plain.agents_by_type[Customer]) == market.customers + market.prospects
    assert len(plain.agents_by_type[Desk]) == len(study.enterprise.functions)
    assert all(isinstance(each, mesa.Agent) for each in plain.agents)
