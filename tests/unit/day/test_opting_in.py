"""What the firm may start with a customer, by standing (rule M6.2)."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from studies import ENTERPRISE, PLAIN, compact_study, finished, started

from sim.day.arrive import opts_in
from sim.organisation.planned_visits import visits_per_hour
from sim.state.blueprint import Blueprint
from sim.state.tallies import CASE_NEEDS, CASE_UNREALISED

CUSTOMERS, SHARE = 3000, 0.3


def by_invitation():
    """Return the compact firm where repairs are the firm's to start."""
    enterprise = copy.deepcopy(ENTERPRISE)
    enterprise["journeys"]["repair"]["opt_in"] = SHARE
    return enterprise


def test_standing_opens_what_the_firm_may_start() -> None:
    market = {"customers": CUSTOMERS, "prospects": 0}
    model = started(compact_study(PLAIN, enterprise=by_invitation(), market=market))
    state, beta = model.state, model.organisation.parameters["opt_in_standing"]
    base = model.organisation.parameters["standing_base"]

    def who(standing: float, journey: str = "repair") -> np.ndarray:
        state.customers["standing"] = standing
        row = state.journeys[model.blueprint.journeys.index(journey)]
        return np.array([opts_in(state, index, row) for index in range(CUSTOMERS)])

    for standing in (base, 0.2, 0.95):
        odds = SHARE / (1 - SHARE) * math.exp(beta * (standing - base))
        share = odds / (1 + odds)
        spread = math.sqrt(share * (1 - share) / CUSTOMERS)
        assert who(standing).mean() == pytest.approx(share, abs=4 * spread)
    assert np.all(who(0.95) >= who(base))  # more standing makes nobody opt out
    assert who(0.0, "renew").all()


def test_what_nobody_opted_in_to_never_arises_and_is_not_planned_for() -> None:
    indifferent = {"opt_in_standing": 0, "leaving_per_day": 0.0002, "leaving_offer": 0}
    market = {"customers": 1000, "prospects": 0}
    shares, planned = [], []
    for enterprise in (ENTERPRISE, by_invitation()):
        study = compact_study(PLAIN, enterprise=enterprise, market=market, parameters=indifferent)
        model = finished(study)
        journey = model.blueprint.journeys.index("repair")
        cases = model.state.case_tallies[journey].sum(axis=(0, 1))
        shares.append(1 - cases[CASE_UNREALISED] / cases[CASE_NEEDS])
        place = model.blueprint.touchpoints.index(("repair", "report"))
        planned.append(visits_per_hour(Blueprint(study))[place])
    spread = math.sqrt(SHARE * (1 - SHARE) / 1000)
    assert shares[1] / shares[0] == pytest.approx(SHARE, abs=4 * spread)
    assert planned[1] / planned[0] == pytest.approx(SHARE)
