"""Docking: reduced to what the Virtual Design Team is about, the engine gives what it gives.

In the Virtual Design Team (Jin & Levitt 1996) exceptions are sent up to a manager whose attention
is limited; they wait in an in-tray, first come, first served, and what has waited too long to be
looked at is decided by default by whoever asked. The more decisions are kept for the top, the
longer the tray; beyond what the manager's attention can bear, decisions go by default. Here terms
beyond a function's remit are the exceptions and its head the manager, and everything else is
switched off. The same rule, written in SimPy with arrivals of its own, is what it is held against
(Axtell, Axelrod, Epstein & Cohen 1996: docking by distribution).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
import simpy

from sim.checks.theory import PLENTY, tiny_study
from sim.model import EnterpriseModel
from sim.state.tallies import CASE_COMPLETED, CASE_HOURS, CASE_NEGOTIATED, FIXED
from sim.study.working_time import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_YEAR

CUSTOMERS, DAYS, AN_HOUR = 4000, 1300, 2.0
"""Decisions of the whole firm in a working hour; a share of them is sent up as an exception."""
SEEDS = range(4)
SHARES = (0.2, 0.4, 0.55, 0.8)
"""Of decisions that are kept for the head; at an hour each, more than half is more than can be."""


class Tray(NamedTuple):
    """What became of exceptions: share decided by default, hours until a decision else."""

    by_default: float
    hours: float


def by_engine(share: float, seed: int) -> Tray:
    """Run the engine: whoever asks for terms asks for all of the stake, so all are exceptions."""
    deal = {
        "owner": "desk",
        "minutes": 1,
        "negotiate": {"stake": 1, "rounds": 2},
        "next": {"completed": 1},
    }
    study = tiny_study(
        {
            "functions": {"desk": {"heads": PLENTY}},
            "journeys": {"need": {"start": "deal", "touchpoints": {"deal": deal}}},
        },
        {
            "customers": CUSTOMERS,
            "segments": {
                "all": {
                    "share": 1,
                    "needs_per_year": {"need": AN_HOUR * share * HOURS_PER_YEAR / CUSTOMERS},
                }
            },
        },
        design={"horizon_days": DAYS, "warm_up_days": 0, "follow_up_days": 30},
        parameters={
            "base_remit": 0.9,
            "head_approval_hours": 8,
            "approval_minutes": 12,  # a head who has 8 of 40 hours for it holds one for an hour
            "alternative_person": 0,
            "negotiation_reply_hours": 0,
        },
    )
    model = EnterpriseModel(study, study.organisations[0], seed)
    looked_at = 0
    for _ in range(DAYS // DAYS_PER_WEEK):
        model.step()
        looked_at += int(model.state.approvals.sum())
    while model.running:  # until cases that arose in these days are settled
        model.step()
    cells = model.state.case_tallies.sum(axis=(0, 1, 2))
    asked, hours = int(cells[CASE_NEGOTIATED]), cells[CASE_HOURS] / FIXED
    work = 2 * cells[CASE_COMPLETED] / 60.0  # two rounds of a minute
    return Tray(1.0 - looked_at / asked, (hours - work) / looked_at)


def by_simpy(share: float, seed: int) -> Tray:
    """Run the published rule: an in-tray with time-outs, and a manager with one hour for each."""
    world, luck = simpy.Environment(), random.Random(seed)  # noqa: S311 - luck, not a secret
    manager = simpy.Resource(world, capacity=1)
    hours: list[float] = []
    asked = [0]

    def exception() -> Iterator[simpy.Event]:
        asked[0] += 1
        begun = world.now
        with manager.request() as turn:
            come = yield turn | world.timeout(HOURS_PER_WEEK)
            if turn in come:
                yield world.timeout(1.0)
                hours.append(world.now - begun)

    def arrivals() -> Iterator[simpy.Event]:
        while True:
            yield world.timeout(luck.expovariate(AN_HOUR * share))
            world.process(exception())

    world.process(arrivals())
    world.run(until=DAYS * HOURS_PER_DAY)
    return Tray(1.0 - len(hours) / asked[0], float(np.mean(hours)))


@pytest.fixture(scope="module")
def trays() -> dict[float, tuple[np.ndarray, np.ndarray]]:
    return {
        share: tuple(
            np.array([program(share, seed) for seed in SEEDS]) for program in (by_engine, by_simpy)
        )
        for share in SHARES
    }


@pytest.mark.parametrize("share", SHARES)
def test_trays_are_as_long_and_defaults_as_many(trays, share) -> None:
    ours, theirs = trays[share]
    gap = np.abs(ours.mean(axis=0) - theirs.mean(axis=0))
    error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / len(SEEDS))
    # Four standard errors, and the grain of days at the beginning and the end of a run.
    assert gap[0] <= 4 * error[0] + 0.002
    assert gap[1] <= 4 * error[1] + 0.02


def test_the_more_is_kept_for_the_top_the_longer_it_takes_and_then_defaults_begin(trays) -> None:
    means = [trays[share][0].mean(axis=0) for share in SHARES]
    defaults, hours = np.array(means).T
    steps = np.diff(hours) / np.diff(SHARES)
    assert (steps > 0).all() and steps[1] > 3 * steps[0]  # it rises, and ever faster
    assert defaults[0] == 0.0
    # Of the two shares that are more than there is time for, what is left over goes by default.
    for place in (2, 3):
        assert defaults[place] == pytest.approx(1.0 - 1.0 / (AN_HOUR * SHARES[place]), abs=0.03)
    # Below, a tray of decisions that take an hour each has the length of Pollaczek and Khinchine.
    load = AN_HOUR * SHARES[1]
    assert hours[1] == pytest.approx(1.0 + load / (2 * (1 - load)), rel=0.08)
