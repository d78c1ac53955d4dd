"""The network in SimPy: a process for each case, a resource for each station.

SimPy expresses all of it; the hour of a hand-off is a timeout. A case that finds a server
free goes on at once, without an event and without a race against its patience, which saves
SimPy up to half of its time; `by_the_book` lets every case race, as the example of
reneging in SimPy's own manual does.
"""

from __future__ import annotations

import gc
import random
import time
from bisect import bisect
from collections.abc import Generator
from itertools import accumulate

import simpy

from benchmarks.queues.network import (
    END,
    FRONT,
    HAND_OFF,
    JOURNEYS,
    Journey,
    Network,
    Outcome,
    Tally,
    patience,
)

Moves = Generator[simpy.Event, object, None]
# Of a step: rate of its work, what may follow, and below which draw each of these but the last.
Table = dict[str, tuple[float, list[str], list[float]]]


def table_of(journey: Journey) -> Table:
    """Return a journey as a case looks it up."""
    table: Table = {}
    for station, step in journey.steps.items():
        bounds = list(accumulate(step.next.values()))[:-1]
        table[station] = (60.0 / step.minutes, list(step.next), bounds)
    return table


class Firm:
    """The stations, the streams of needs, and what is counted.

    Parameters
    ----------
    network : Network
        Size and servers.
    seed : int
        Of all draws.
    by_the_book : bool
        Whether a case races against its patience even where a server is free.
    """

    def __init__(self, network: Network, seed: int, by_the_book: bool):
        # A simulation, no secret.
        self.luck = random.Random(seed)  # noqa: S311  # nosec B311
        self.by_the_book = by_the_book
        self.env = simpy.Environment()
        self.outcome = Outcome({station: Tally() for station in network.servers})
        self.stations = {
            station: (
                simpy.Resource(self.env, servers),
                1.0 / patience(station),
                self.outcome.stations[station],
            )
            for station, servers in network.servers.items()
        }
        for name, journey in JOURNEYS.items():
            self.env.process(self._needs(network.arrivals(name), table_of(journey)))

    def _needs(self, rate: float, table: Table) -> Moves:
        """Let needs of one journey arise."""
        env, draw = self.env, self.luck.expovariate
        while True:
            yield env.timeout(draw(rate))
            self.outcome.needs += 1
            env.process(self._case(table))

    def _case(self, table: Table) -> Moves:
        """Take one case from its arrival to its end."""
        env, timeout, stations = self.env, self.env.timeout, self.stations
        draw, uniform, by_the_book = self.luck.expovariate, self.luck.random, self.by_the_book
        here = FRONT
        while True:
            resource, impatience, tally = stations[here]
            work, targets, bounds = table[here]
            with resource.request() as request:
                if by_the_book or not request.triggered:
                    joined = env.now
                    yield request | timeout(draw(impatience))
                    tally.waited += env.now - joined
                    if not request.triggered:
                        tally.abandoned += 1
                        return
                tally.served += 1
                yield timeout(draw(work))
            here = targets[bisect(bounds, uniform())]
            if here == END:
                self.outcome.completed += 1
                return
            yield timeout(HAND_OFF)


def run(network: Network, replicate: int, by_the_book: bool = False) -> Outcome:
    """Build the model, run it and return what it leaves."""
    gc.collect()
    begun = time.process_time()
    firm = Firm(network, replicate, by_the_book)
    built = time.process_time()
    firm.env.run(until=network.hours)
    firm.outcome.seconds = firm.outcome.days = time.process_time() - built
    firm.outcome.building = built - begun
    return firm.outcome
