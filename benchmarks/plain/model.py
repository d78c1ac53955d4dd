"""The enterprise with its days worked over Python objects."""

from __future__ import annotations

import numpy as np

from benchmarks.plain.customer import BROKEN, KEPT, STOOD, Customer
from benchmarks.plain.days import Days
from benchmarks.plain.desk import Desk
from benchmarks.plain.enterprise import Enterprise
from sim.model import EnterpriseModel
from sim.organisation.moving_people import moved
from sim.organisation.readings import Reading
from sim.state.cases import N_COMPLETED, N_DROPPED, N_NEEDS, N_OPEN, N_RECONTACTS, N_UNREALISED

COUNTERS = {
    "needs": N_NEEDS,
    "recontacts": N_RECONTACTS,
    "open": N_OPEN,
    "completed": N_COMPLETED,
    "dropped": N_DROPPED,
    "unrealised": N_UNREALISED,
}
COLUMNS = (
    "hazard_left",
    "since",
    "hazard",
    "left_at",
    "joined_at",
    "memory",
    "liking",
    "standing",
    "trials",
    "record",
    "stale",
    "touched",
    "represented",
    "represented_from",
)


class PlainModel(EnterpriseModel):
    """The same management, week by week, over customers, cases and desks that are objects.

    The engine's arrays serve as the notice board between the two: management writes the
    week's rates there and reads the week's signals and work. No rule of the days reads
    or writes an array.
    """

    def install_customers(self) -> None:  # type: ignore[override]
        """Make one ordinary agent a customer and one a desk, instead of columns."""
        state = self.state
        self.enterprise = Enterprise(self.blueprint, state)
        people = [Customer(self, place, record) for place, record in enumerate(state.customers)]
        servers = self.organisation.servers
        self.desks = [Desk(self, place, int(heads)) for place, heads in enumerate(servers)]
        columns = ("time", "customer", "journey", "need")
        needs = list(zip(*(state.demand[name].tolist() for name in columns), strict=True))
        self.days = Days(self.enterprise, people, self.desks, needs, state.keys)

    def work_the_days(self) -> None:
        """Work the week as ordinary Mesa agents do, tick by tick."""
        state = self.state
        self.worked = self.organisation.servers
        self.enterprise.set_week(state)
        for place, person in self.days.known_to_owners.items():
            person.owner_knows = int(state.minder_facts[place])  # whose owner may have left
        for desk in self.desks:
            desk.set_week(state.functions[desk.place])
        state.busy[:] = 0
        for stop in self._stops():
            since, busy = self.tick, state.busy.copy()
            self._work_until(stop)
            for desk in self.desks:
                state.busy[desk.place] = desk.busy
            if stop == self.window_ticks[1]:
                self.post_totals()
            self._look_back(since, busy)
        if self.tick == self.last_tick:
            self.days.settle_overdue(self.hour)
        self._post_the_week()

    def _work_until(self, end: int) -> None:
        while self.tick < end:
            if self.tick % self.study.design.ticks_per_day == 0:
                self.begin_day()
            self.days.work(self.tick)
            self.tick += 1

    def begin_day(self) -> None:
        """Do nothing: whoever has a need is called upon when it arises."""

    def count_people(self) -> int:
        """Return how many customers there are without an agent."""
        there = (each for each in self.days.customers if each.is_present(self.hour))
        return sum(not each.represented for each in there)

    def seat(self) -> None:
        """Give every desk the servers that it now has."""
        wanted = self.organisation.servers.tolist()
        seats = moved([desk.free_at for desk in self.desks], wanted, self.hour)
        for desk, free_at in zip(self.desks, seats, strict=True):
            desk.free_at = free_at

    def take_reading(self) -> Reading:
        """Return how things are, once they are put up."""
        self.post_totals()
        return super().take_reading()

    def mean_standing(self) -> float:
        """Return the mean standing of customers of day 0."""
        column = self.state.customers["standing"]
        for person in self.days.customers:
            column[person.place] = person.standing
        return super().mean_standing()

    def queued(self) -> np.ndarray:
        """Return the cases that wait at desks, by touchpoint."""
        counts = np.zeros(len(self.enterprise.steps), np.int64)
        for desk in self.desks:
            for queue in desk.queues:
                for case in queue:
                    counts[case.step.place] += 1
        return counts

    def _post_the_week(self) -> None:
        """Put up what management reads: signals, work and open cases."""
        state = self.state
        for site, voiced in self.days.signals.items():
            state.signals[site] += voiced
        self.days.signals.clear()
        for place, person in self.days.known_to_owners.items():
            state.minder_facts[place] = person.owner_knows
        approved = self.days.approver.approved
        state.approvals[:] += approved
        approved[:] = [0] * len(approved)
        for function, rated in enumerate(self.enterprise.ratings.rated):
            state.rated[function] += rated
            rated[:] = [0, 0]
        for step in self.enterprise.steps:
            for (caused, who), number in step.expected.items():
                state.expected[step.place, caused, who] += number
            step.expected.clear()
            for (caused, who), number in step.foreseen.items():
                state.foreseen[step.place, caused, who] += number
            step.foreseen.clear()
            for (caused, what), number in step.unvoiced.items():
                state.unvoiced[step.place, caused, what] += number
            step.unvoiced.clear()
            for (who, what), number in step.errors.items():
                state.error_signals[step.place, who, what] += number
            step.errors.clear()
            for (caused, who, what), number in step.remedies.items():
                state.remedies[step.place, caused, who, what] += number
            step.remedies.clear()
            state.queue_tallies[step.place] += step.queue
            step.queue = [0] * len(step.queue)
            state.waited[step.place] += step.waited
            step.waited[:] = [0, 0]
        for desk in self.desks:
            state.busy[desk.place] = desk.busy
            desk.busy = 0
        for journey in self.enterprise.journeys:
            state.open_cases[journey.place] = journey.open_cases

    def post_totals(self) -> None:
        """Put up tallies and customers as they are, so that measures can be made of them."""
        state, days = self.state, self.days
        for step in self.enterprise.steps:
            state.touch_tallies[step.place] = step.tally
            for helper, helped in step.helped.items():
                state.helped[helper, step.place] = helped
        for seam in self.enterprise.seams:
            state.seam_tallies[seam.place] = seam.tally
        state.drop_tallies[:] = days.books.drops
        for answer, number in days.answers.items():
            state.answers[answer] = number
        for cohort, tally in days.cohorts.items():
            state.case_tallies[cohort] = tally
        for name, place in COUNTERS.items():
            state.counters[place] = days.counts[name]
        contacts = state.contacts.reshape(len(days.customers), -1)
        for person in days.customers:
            record = state.customers[person.place]
            for name in COLUMNS:
                record[name] = getattr(person, name)
            if self.days.rules.rivals:
                offer = (person.has_conceded, person.quoted, person.quoted_on)
                state.offers[person.place] = offer
            state.expectations[person.place] = person.expects
            state.agent_facts[person.place] = person.agent_facts
            state.minder_facts[person.place] = person.owner_knows
            if person.drop is not None:
                state.drops[person.place] = person.drop
            for function, contact in enumerate(person.contacts):
                if contact is not None:
                    numbers = contact.numbers
                    contacts[person.place, function] = (
                        contact.record,
                        contact.stale,
                        numbers[KEPT],
                        numbers[BROKEN],
                        numbers[STOOD],
                        contact.trials,
                        contact.touched,
                    )


class NaiveModel(PlainModel):
    """The same rules, with every customer stepped every day to see whether a need arises."""

    def install_customers(self) -> None:  # type: ignore[override]
        """Give every customer their own needs, in the order in which they arise."""
        super().install_customers()
        self.day_ends = 0.0
        self.brought: list[tuple[int, tuple[float, int, int, int]]] = []
        for row, need in enumerate(self.days.needs):
            self.days.customers[need[1]].coming.appendleft((row, need))

    def begin_day(self) -> None:
        """Step every customer; whoever has a need today brings it."""
        ticks = self.study.design.ticks_per_day
        self.day_ends = (self.tick + ticks) * self.days.rules.tick_hours
        self.brought.clear()
        self.agents_by_type[Customer].do("step")
        self.days.needs = [need for _, need in sorted(self.brought)]
        self.days.next_need = 0
