"""The network that all three can express, what a run of it leaves, and its closed form.

Needs arise in Poisson streams, one for each journey, and all begin at the front office.
Each function is a station of several servers, first come, first served, with exponential
work; whoever has waited longer than an exponential patience leaves for good. After a step
the case goes on by the journey's branches and joins the next queue one hour later, for in
the engine a hand-off takes exactly one tick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sim.organisation.queue_theory import erlang_a
from sim.study.working_time import HOURS_PER_DAY, HOURS_PER_YEAR

END = "completed"
FRONT = "front"
FRONT_LOAD = 0.75
"""The front office serves live, where a queue is lost custom: it is staffed to less load."""
PATIENCE_LIVE, PATIENCE_DEFERRED = 0.127, 80.0
"""Mean hours, the defaults of the engine's registry."""
TICKS_PER_DAY = 8
HAND_OFF = HOURS_PER_DAY / TICKS_PER_DAY


@dataclass(frozen=True)
class Step:
    """What a journey does at a station: mean minutes of work, and the chance of what follows."""

    minutes: float
    next: dict[str, float]


@dataclass(frozen=True)
class Journey:
    """Needs of each customer a year, and one step at each station it comes by."""

    needs: float
    steps: dict[str, Step]


# As many steps a case as in the bundled study, with times of work like its own. All begin
# with the same work at the front, which is thus a queue known in closed form.
JOURNEYS = {
    "join": Journey(
        0.6,
        {
            "front": Step(10, {"sales": 1.0}),
            "sales": Step(38, {"operations": 0.8, END: 0.2}),
            "operations": Step(45, {"accounts": 1.0}),
            "accounts": Step(20, {END: 1.0}),
        },
    ),
    "change": Journey(
        1.2,
        {
            "front": Step(10, {"sales": 0.4, "product": 0.6}),
            "sales": Step(24, {"product": 0.9, END: 0.1}),
            "product": Step(27, {"operations": 1.0}),
            "operations": Step(33, {"accounts": 0.3, END: 0.7}),
            "accounts": Step(15, {END: 1.0}),
        },
    ),
    "resolve": Journey(
        1.75,
        {
            "front": Step(10, {"product": 0.35, "operations": 0.25, END: 0.4}),
            "product": Step(45, {"operations": 0.7, END: 0.3}),
            "operations": Step(60, {"accounts": 0.5, "product": 0.1, END: 0.4}),
            "accounts": Step(12, {END: 1.0}),
        },
    ),
}


@dataclass(frozen=True)
class Network:
    """One size of the network.

    Attributes
    ----------
    customers, days : int
        How many have needs, and for how long; it starts empty.
    servers : dict of str to int
        By station, the front office first.
    """

    customers: int
    days: int
    servers: dict[str, int]

    @property
    def hours(self) -> float:
        """Horizon in hours of work."""
        return self.days * HOURS_PER_DAY

    def arrivals(self, journey: str) -> float:
        """Return needs an hour."""
        return self.customers * JOURNEYS[journey].needs / HOURS_PER_YEAR


@dataclass(slots=True)
class Tally:
    """What happened at one station; hours waited are those of the served and of the abandoning."""

    served: int = 0
    abandoned: int = 0
    waited: float = 0.0


@dataclass
class Outcome:
    """What one run left.

    Attributes
    ----------
    stations : dict of str to Tally
        What happened where.
    needs, completed : int
        Cases that began, and that came to the end of their journey.
    building, seconds, days : float
        Seconds of the processor for building the model, for all of its run, and for the
        run without the weekly management (only the engine has one).
    """

    stations: dict[str, Tally]
    needs: int = 0
    completed: int = 0
    building: float = 0.0
    seconds: float = 0.0
    days: float = field(default=0.0)

    @property
    def served(self) -> int:
        """Steps served."""
        return sum(tally.served for tally in self.stations.values())

    def measures(self) -> dict[str, float]:
        """Return what runs are compared by; waits in hours."""
        tallies = list(self.stations.values())
        abandoned = sum(tally.abandoned for tally in tallies)
        front = self.stations[FRONT]
        joined = front.served + front.abandoned
        return {
            "completed": float(self.completed),
            "wait a step": sum(tally.waited for tally in tallies) / (self.served + abandoned),
            "abandoned": abandoned / self.needs,
            "wait at the front": front.waited / joined,
            "abandoned there": front.abandoned / joined,
        }


def is_patient(station: str) -> bool:
    """Tell whether customers wait for hours at a station rather than for minutes."""
    return station != FRONT


def patience(station: str) -> float:
    """Return the mean patience at a station, hours."""
    return PATIENCE_DEFERRED if is_patient(station) else PATIENCE_LIVE


def visits(journey: Journey) -> dict[str, float]:
    """Return how often a case comes by each station if nobody abandons."""
    expected = dict.fromkeys(journey.steps, 0.0)
    flow = {FRONT: 1.0}
    while max(flow.values(), default=0.0) > 1e-9:  # what still goes round a loop
        onward: dict[str, float] = {}
        for station, share in flow.items():
            expected[station] += share
            for target, chance in journey.steps[station].next.items():
                if target != END:
                    onward[target] = onward.get(target, 0.0) + share * chance
        flow = onward
    return expected


def sized(customers: int, days: int, load: float) -> Network:
    """Return the network with servers for a load.

    Parameters
    ----------
    customers, days : int
        Who has needs, and for how long.
    load : float
        Work that comes in over what the servers could do, at most, but at the front.
    """
    work: dict[str, float] = {FRONT: 0.0}
    for journey in JOURNEYS.values():
        rate = customers * journey.needs / HOURS_PER_YEAR
        for station, expected in visits(journey).items():
            hours = expected * journey.steps[station].minutes / 60.0
            work[station] = work.get(station, 0.0) + rate * hours
    loads = {station: load if is_patient(station) else FRONT_LOAD for station in work}
    servers = {station: math.ceil(work[station] / loads[station]) for station in work}
    return Network(customers, days, servers)


def closed_form(network: Network) -> dict[str, float]:
    """Return wait and abandonment at the front office, a queue known in closed form."""
    rate = sum(network.arrivals(name) for name in JOURNEYS)
    served = 60.0 / next(iter(JOURNEYS.values())).steps[FRONT].minutes
    share, wait = erlang_a(rate, served, network.servers[FRONT], 1.0 / PATIENCE_LIVE)
    return {"wait at the front": wait, "abandoned there": share}
