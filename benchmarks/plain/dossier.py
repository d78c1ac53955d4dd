"""What a case is, and what the firm has on record of its customer."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from benchmarks.plain.customer import Customer, single
from benchmarks.plain.draws import FOR_MACHINE, case_luck, machine_luck, visit_luck
from benchmarks.plain.enterprise import Journey, Seam, Step
from sim.engine.draws import (
    DRAW_AGENT_WRITES,
    DRAW_FRESH_OWN,
    DRAW_FRESH_SHARED,
    DRAW_REFRESH,
    DRAW_UNDERSTAND,
    DRAW_WRITE_OWN,
    DRAW_WRITE_SHARED,
)
from sim.engine.philox import chosen_facts
from sim.state.cases import (
    BY_MACHINE,
    BY_PERSON,
    SENT_AWAY,
)
from sim.state.customers import STEP_HOURS
from sim.state.tallies import TOUCH_ELSEWHERE, TOUCH_UNDERSTOOD


@dataclass(slots=True, eq=False)
class Dossier:
    """One need of one customer.

    ``number`` is four times the need plus the recontact; ``tally`` is the list of counts
    of its cohort, or a list that nobody reads for a need outside the window.
    """

    customer: Customer
    journey: Journey
    need: int
    keys: np.ndarray
    tally: list[int]
    in_cohort: bool
    signals: dict[tuple[int, int, int], int]
    answers: Counter[tuple[int, int]]
    recontact: int = 0
    faults: int = 0
    fault_weight: float = 0.0
    error_without_defects: float = 0.0
    number: int = 0
    step: Step = field(init=False)
    visits: list[int] = field(init=False)
    luck: tuple = ()
    fate: tuple = ()
    state: int = 0
    machine: int = BY_PERSON
    crossed: Seam | None = None
    origin: int = -1
    lacked: int = 0
    intake: int = 0
    terms: float = 0.0
    felt: float = 0.0
    judged: int = 0
    tie: int = 0
    due: float = 0.0
    joined: float = 0.0
    patience: float = 0.0
    deadline: float = 0.0
    begun: float = 0.0
    tolerance: float = 0.0
    effort: float = 0.0
    new_effort: float = 0.0
    worst: float = 1.0
    latest: float = 1.0
    waited: float = 0.0
    reply: float = 0.0
    note: int = 0
    given: int = 0
    seen: int = 0
    learned: int = 0
    flags: int = 0
    holder: int = -1
    sent_by: Step = field(init=False)
    helper: int = -1
    stays: bool = False
    cause: int = -1
    seam: Seam | None = None
    chases: int = 0
    clean: bool = False
    in_touch: bool = False
    awaited: str = ""
    contacts: int = 0
    contact_felt: float = 1.0
    first_end: float = 0.0
    expected: float = 0.0
    came_again: bool = False
    let_down_by: str = ""
    resolved: bool = False
    minded: bool = False

    def open(self, step: Step, hour: float) -> None:
        """Stand at the beginning, before a step; tolerance for effort is drawn once a case."""
        customer = self.customer
        if not customer.represented and customer.represented_from <= hour:
            customer.take_agent()
        self.number = 4 * self.need + self.recontact
        self.fate = case_luck(self.keys, self.customer.place, self.number)
        rules = self.customer.rules
        self.tolerance = rules.tolerance_effort * self.customer.segment.tolerance * self.fate[0]
        self.tie = self.fate[3]
        self.begun = self.joined = self.due = hour
        self.effort = self.new_effort = self.waited = self.reply = 0.0
        self.worst = self.latest = 1.0
        self.expected = self.customer.expects
        self.note = self.given = self.seen = self.learned = self.flags = 0
        self.holder = self.cause = -1
        self.seam = None
        self.chases = 0
        self.clean = False
        self.crossed = None
        self.origin = -1
        self.lacked = self.intake = self.judged = 0
        self.terms = self.felt = 0.0
        self.visits = [0] * self.journey.n_steps
        self.stand_before(step)

    def stand_before(self, step: Step) -> None:
        """Turn to a step, or to the same one again."""
        self.step = step
        self.helper = -1
        self.luck = visit_luck(
            self.keys,
            self.customer.place,
            self.number,
            step.counter,
            self.visits[step.local],
            step.spread,
            step.reply_spread,
        )
        self.machine = self.who_takes()

    def who_takes(self) -> int:
        """Return who takes the visit: a person, or a machine that may send the customer away."""
        step = self.step
        if step.machine <= 0.0 or self.recontact or self.luck[FOR_MACHINE] >= step.machine:
            return BY_PERSON
        errs, sends_away = machine_luck(
            self.keys, self.customer.place, self.number, step.counter, self.visits[step.local]
        )
        if errs >= step.machine_error:
            return BY_MACHINE
        return SENT_AWAY if sends_away < step.deflection else BY_PERSON

    @property
    def doer(self) -> int:
        """The function whose people do the step: its owner, but for help."""
        return self.helper if self.helper >= 0 else self.step.owner

    @property
    def by_person(self) -> bool:
        """Whether somebody of the step's owner serves it."""
        return not self.step.automated and self.machine == BY_PERSON

    def draw_facts(self, decision: int, facts: int, chance: float) -> int:
        """Return those of a set of facts for which a trial of this visit succeeds."""
        if facts == 0 or chance <= 0.0:
            return 0
        if chance >= 1.0:
            return facts
        step = self.step
        return chosen_facts(
            self.keys[decision],
            self.customer.place,
            self.number,
            step.counter,
            self.visits[step.local],
            facts,
            chance,
        )

    def draw_before(self, decision: int, facts: int, chance: float) -> int:
        """Return the same for a trial of the case, before any visit."""
        key = self.keys[decision]
        return chosen_facts(key, self.customer.place, self.number, 0, 0, facts, chance)

    # --- records -------------------------------------------------------------

    def own_record(self, hour: float) -> tuple[int, int]:
        """Return what the step's owner has on record, and what of it is stale."""
        owner = self.doer
        if owner < 0:
            return 0, 0
        contact = self.customer.contacts[owner]
        if contact is None or contact.record == 0:
            return 0, 0
        held, stale = contact.record, contact.stale
        if held == stale:
            return held, stale
        elapsed = max(hour - contact.touched * STEP_HOURS, 0.0)
        chance = 1.0 - math.exp(-self.customer.rules.staleness_per_hour * elapsed)
        return held, stale | self.draw_facts(DRAW_FRESH_OWN, held & ~stale, chance)

    def shared_record(self, hour: float, begins: bool = False) -> tuple[int, int]:
        """Return what the shared record holds and what of it is stale, at or before a visit."""
        customer = self.customer
        held, stale = customer.record, customer.stale
        if held == 0:
            return 0, 0
        elapsed = max(hour - customer.touched, 0.0)
        chance = 1.0 - math.exp(-customer.rules.staleness_per_hour * elapsed)
        look = self.draw_before if begins else self.draw_facts
        stale |= look(DRAW_FRESH_SHARED, held & ~stale, chance)
        if customer.represented and customer.rules.agents_refresh:
            for place in range(stale.bit_length()):
                fact = 1 << place
                if stale & fact:
                    chance = self.put_right(fact, bool(customer.stale & fact), elapsed)
                    stale &= ~look(DRAW_REFRESH, fact, chance)
        return held, stale

    def put_right(self, fact: int, long_stale: bool, elapsed: float) -> float:
        """Return the chance that the agent has corrected a fact since: two states, two rates."""
        customer = self.customer
        if not customer.discloses(fact, customer.standing):
            return 0.0
        wears, corrects = customer.rules.staleness_per_hour, customer.rules.agents_refresh
        if math.isinf(corrects):
            return 1.0
        both = wears + corrects
        gone = 1.0 - math.exp(-wears * elapsed - corrects * elapsed)
        if long_stale:
            return (1.0 - wears / both) * gone
        return 1.0 - wears / both * gone / (1.0 - math.exp(-wears * elapsed))

    def agent_writes(self, hour: float) -> None:
        """Let the customer's agent write what the shared record lacks, as the case begins."""
        customer, rules = self.customer, self.customer.rules
        held = customer.record
        lacking = rules.store_facts & ~held & ~(rules.firm_facts & ~self.seen)
        offered = customer.discloses(lacking, customer.standing)
        written = self.draw_before(DRAW_AGENT_WRITES, offered, rules.agents_write)
        if written:
            _, customer.stale = self.shared_record(hour, begins=True)
            customer.record = held | written
            customer.touched = single(hour)
            customer.agent_facts |= written
            self.intake += written.bit_count()

    def settle_record(self, hour: float) -> None:
        """Note in the owner's record what has gone stale by the start of the visit."""
        owner = self.doer
        if owner >= 0:
            contact = self.customer.contact(owner)
            contact.record, contact.stale = self.own_record(hour)
            contact.touched = int(hour / STEP_HOURS + 0.5)

    def riddles(self, wanted: int, own: int, hour: float | None) -> int:
        """Return the facts wanted from the shared record that the owner cannot make sense of.

        Fact by fact: whether it is understood is drawn for customer and reader, once and for all.
        With an hour the reading is counted.
        """
        step, customer, found = self.step, self.customer, 0
        rules = customer.rules
        others = step.elsewhere | customer.agent_facts
        unknown = wanted & customer.record & others & ~own & ~self.note
        counted = hour is not None and rules.day_zero <= hour < rules.day_end
        for place in range(unknown.bit_length()):
            fact = 1 << place
            if not unknown & fact:
                continue
            key, chance = self.keys[DRAW_UNDERSTAND], step.understanding
            if customer.agent_facts & fact:
                chance = rules.agents_understood
            if chance < 1.0 and not chosen_facts(
                key, customer.place, 0, step.reader, 0, fact, chance
            ):
                found |= fact
            if counted:
                step.tally[TOUCH_ELSEWHERE] += 1
                step.tally[TOUCH_UNDERSTOOD] += not found & fact
        return found

    def known(self, hour: float, wanted: int, settled: bool = False) -> tuple[int, int]:
        """Return which facts are known and fresh before the step, and which are stale.

        What is wanted of the shared record has to be understood.
        """
        own, own_stale = 0, 0
        if not settled:
            own, own_stale = self.own_record(hour)
        elif self.doer >= 0:
            contact = self.customer.contact(self.doer)
            own, own_stale = contact.record, contact.stale
        fresh = self.note | (own & ~own_stale)
        stale = own_stale
        if self.customer.rules.store:
            shared, shared_stale = self.shared_record(hour)
            clear = ~self.riddles(wanted, own, hour if settled else None)
            shared &= clear
            shared_stale &= clear
            fresh |= shared & ~shared_stale
            stale |= shared_stale
        return fresh, stale

    def at_hand(self) -> int:
        """Return the facts that note and own record hold and that are true, at a visit begun."""
        if self.step.owner < 0:
            return self.note
        contact = self.customer.contact(self.step.owner)
        return self.note | (contact.record & ~contact.stale)

    def write_records(self, hour: float, facts: int) -> None:
        """Write learned facts to the owner's record and to a shared one."""
        if facts == 0:
            return
        customer = self.customer
        if self.doer >= 0:
            contact = customer.contact(self.doer)
            written = self.draw_facts(DRAW_WRITE_OWN, facts, self.step.own_write)
            contact.record |= written
            contact.stale &= ~written
        kept = facts & customer.rules.store_facts
        if kept:
            held, stale = self.shared_record(hour)
            by_person = self.machine == BY_PERSON
            chance = self.step.store_write if by_person else self.step.machine_write
            written = self.draw_facts(DRAW_WRITE_SHARED, kept, chance)
            customer.agent_facts &= ~written
            customer.record = held | written
            customer.stale = stale & ~written
            customer.touched = single(hour)
