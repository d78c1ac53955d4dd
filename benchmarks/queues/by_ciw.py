"""The network in Ciw: a node for each station, a class of customers for each journey.

Ciw knows patience and classes. Two things it has no word for. A hand-off that takes an hour
is one more node, with a server for everybody and that hour as service; as Ciw looks at every
node at every event, this node costs it nearly as much as all the others, so the network can
also be run with hand-offs `at_once`. And branches by journey that lead through this one node
are drawn as a whole when a case arrives, as its route.
"""

from __future__ import annotations

import gc
import math
import random
import time
from bisect import bisect
from collections.abc import Callable

import ciw

from benchmarks.queues.by_simpy import table_of
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


def routes(journey: Journey, places: dict[str, int], between: list[int]) -> Callable[..., object]:
    """Return what draws the nodes that a case will come by after the first.

    Parameters
    ----------
    journey : Journey
        Its branches.
    places : dict of str to int
        Number of each station's node.
    between : list of int
        Nodes on the way from any station to any other.
    """
    table = table_of(journey)

    def route(individual: object, simulation: object) -> list[int]:
        path: list[int] = []
        here = FRONT
        while True:
            _, targets, bounds = table[here]
            # Ciw itself draws from this stream.
            drawn = random.random()  # noqa: S311  # nosec B311
            here = targets[bisect(bounds, drawn)]
            if here == END:
                return path
            path += [*between, places[here]]

    return route


def simulation_of(network: Network, at_once: bool) -> ciw.Simulation:
    """Return the network ready to run."""
    stations = list(network.servers)
    places = {station: place for place, station in enumerate(stations, 1)}
    hand_offs = [] if at_once else [len(stations) + 1]
    service, arrivals, leaving, routing = {}, {}, {}, {}
    for name, journey in JOURNEYS.items():
        nowhere = [None] * (len(stations) - 1 + len(hand_offs))
        arrivals[name] = [ciw.dists.Exponential(network.arrivals(name)), *nowhere]
        leaving[name] = [ciw.dists.Exponential(1.0 / patience(each)) for each in stations]
        leaving[name] += [None for _ in hand_offs]
        service[name] = [
            ciw.dists.Exponential(60.0 / journey.steps[each].minutes)
            if each in journey.steps
            else ciw.dists.Deterministic(0.0)  # never drawn: the journey does not come by
            for each in stations
        ]
        service[name] += [ciw.dists.Deterministic(HAND_OFF) for _ in hand_offs]
        routing[name] = ciw.routing.ProcessBased(routes(journey, places, hand_offs))
    return ciw.Simulation(
        ciw.create_network(
            arrival_distributions=arrivals,
            service_distributions=service,
            reneging_time_distributions=leaving,
            routing=routing,
            number_of_servers=[*network.servers.values(), *(math.inf for _ in hand_offs)],
        )
    )


def run(network: Network, replicate: int, at_once: bool = False) -> Outcome:
    """Build the model, run it and return what it leaves."""
    gc.collect()
    begun = time.process_time()
    ciw.seed(replicate)
    simulation = simulation_of(network, at_once)
    built = time.process_time()
    simulation.simulate_until_max_time(network.hours)
    ended = time.process_time()
    outcome = _outcome(network, simulation)
    outcome.building, outcome.seconds = built - begun, ended - built
    outcome.days = outcome.seconds
    return outcome


def _outcome(network: Network, simulation: ciw.Simulation) -> Outcome:
    """Count from Ciw's records; who is still being served at the end has none yet."""
    stations = list(network.servers)
    outcome = Outcome({station: Tally() for station in stations})
    outcome.needs = simulation.nodes[0].number_of_individuals
    outcome.completed = simulation.nodes[-1].number_of_completed_individuals
    for individual in simulation.get_all_individuals():
        for record in individual.data_records:
            if record.node > len(stations):
                continue
            tally = outcome.stations[stations[record.node - 1]]
            tally.waited += record.waiting_time
            if record.record_type == "renege":
                tally.abandoned += 1
            else:
                tally.served += 1
    return outcome
