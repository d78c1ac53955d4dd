"""Customers as ordinary Mesa agents, and what each remembers of each function."""

from __future__ import annotations

import math
from array import array
from collections import deque
from typing import Any

import mesa
import numpy as np

from benchmarks.plain.enterprise import Segment
from sim.engine.draws import DRAW_DISCLOSE, DRAW_OPT_IN, DRAW_RIVAL
from sim.engine.philox import block, chosen_facts, uniform
from sim.state.customers import MOST_TRIALS

KEPT, BROKEN, STOOD = range(3)
_SINGLE = array("f", (0.0,))


def single(number: float) -> float:
    """Return a number as the engine's columns hold it, in single precision."""
    _SINGLE[0] = number
    return _SINGLE[0]


class Contact:
    """One customer with one function: its record of the customer, and promises kept.

    Attributes
    ----------
    record, stale : int
        Masks of the facts held, and of those no longer true.
    numbers : array
        Kept, broken, and standing as of the latest contact; single precision as in the engine.
    trials, touched : int
        Contacts so far, and when staleness was last settled, in the engine's steps.
    """

    __slots__ = ("numbers", "record", "stale", "touched", "trials")

    def __init__(self) -> None:
        self.record = 0
        self.stale = 0
        self.numbers = array("f", (0.0, 0.0, 0.0))
        self.trials = 0
        self.touched = 0


class Customer(mesa.Agent):
    """A customer or prospect.

    Parameters
    ----------
    model : mesa.Model
        The enterprise's model, with its ``enterprise``.
    place : int
        Number of the customer.
    record : numpy.void
        What the demand table says of them.
    """

    def __init__(self, model: Any, place: int, record: np.void):
        super().__init__(model)
        self.place = place
        self.rules = rules = model.enterprise.rules
        self.segment: Segment = model.enterprise.segments[int(record["segment"])]
        self.ratings = model.enterprise.ratings
        self.keys = model.enterprise.keys
        self.unit, self.units = int(record["unit"]), model.enterprise.units
        self.coming: deque[tuple[int, tuple[float, int, int, int]]] = deque()
        self.represented = False
        self.represented_from = float(record["represented_from"])
        self.hazard_left = float(record["hazard_left"])
        self.joined_at = float(record["joined_at"])
        self.left_at = float(record["left_at"])
        self.since = 0.0
        self.memory = 0.0
        self.expects = 0.0
        self.liking = single(rules.expectation)
        self.standing = single(rules.standing_base)
        self.trials = 0
        self.has_conceded = 0
        self.quoted = 0
        self.quoted_on = 0
        self.drop: tuple[float, ...] | None = None
        self.contacts: list[Contact | None] = [None] * len(model.blueprint.functions)
        self.record = 0
        self.stale = 0
        self.touched = 0.0
        self.agent_facts = 0
        self.owner_knows = 0
        self.owner_heard = 0.0
        self.voice = rules.voice_person * self.segment.voice
        self.hazard = 0.0
        self.renew_hazard()
        if record["represented"]:
            self.take_agent()

    def take_agent(self) -> None:
        """Be represented by a personal agent from now on."""
        self.represented = True
        self.voice = self.rules.voice_agent * self.segment.voice

    def contact(self, function: int) -> Contact:
        """Return the customer's contact with a function."""
        contact = self.contacts[function]
        if contact is None:
            contact = self.contacts[function] = Contact()
        return contact

    def standing_with(self, function: int) -> float:
        """Return a function's standing with the customer."""
        base = self.ratings.bases[self.represented][function]
        contact = self.contacts[function]
        if contact is None:
            return float((0.0 + 2.0 * base) / (0.0 + 0.0 + 2.0))
        kept, lost = contact.numbers[KEPT], contact.numbers[BROKEN]
        if self.rules.fixed_rate:
            left = max(2.0 - (kept + lost), 0.0)
            return float((kept + left * base) / (kept + lost + left))
        return float((kept + 2.0 * base) / (kept + lost + 2.0))

    def discloses(self, facts: int, standing: float) -> int:
        """Return those of a set of facts that the customer's agent discloses at a standing."""
        chance = self.rules.consent * standing
        if facts == 0 or chance <= 0.0:
            return 0
        if chance >= 1.0:
            return facts
        return chosen_facts(self.keys[DRAW_DISCLOSE], self.place, 0, 0, 0, facts, chance)

    def step(self) -> None:
        """Bring the needs that arise today, where every customer is asked every day."""
        while self.coming and self.coming[-1][1][0] < self.model.day_ends:
            self.model.brought.append(self.coming.pop())

    def opts_in(self, odds: float, name: int) -> bool:
        """Tell whether the customer lets the firm start a journey of its own."""
        if odds < 0.0:
            return True
        rules = self.rules
        odds *= math.exp(rules.opt_in_standing * (self.standing - rules.standing_base))
        drawn = uniform(block(self.keys[DRAW_OPT_IN], self.place, name, 0, 0)[0])
        return bool(drawn < odds / (1.0 + odds))

    def is_present(self, hour: float) -> bool:
        """Tell whether this is a customer at an hour."""
        return self.joined_at <= hour < self.left_at

    def live_until(self, hour: float) -> None:
        """Consume the hazard of leaving up to an hour, with a quote as long as it is in mind."""
        if self.quoted:
            forgotten = 8.0 * (self.quoted_on + 1 + 260)
            if forgotten <= hour:
                self.consume(forgotten)
                self.quoted = self.quoted_on = 0
                self.renew_hazard()
        self.consume(hour)

    def consume(self, hour: float) -> None:
        """Consume a hazard that has been the same since the last time."""
        start = max(self.since, self.rules.day_zero, self.joined_at)
        if hour <= start or self.left_at <= hour:
            return
        self.hazard_left -= self.hazard * (hour - start)
        self.since = single(hour)
        if self.hazard_left <= 0.0:
            self.left_at = single(hour + self.hazard_left / self.hazard)

    def renew_hazard(self) -> None:
        """Set the hazard from standing, memory and alternatives."""
        rules, sensitivity = self.rules, self.segment.price_sensitivity
        drive = (
            rules.leaving_standing * (rules.standing_base - self.standing)
            - rules.leaving_memory * self.memory
            + rules.leaving_price * sensitivity
        )
        if self.quoted > self.has_conceded:
            better = (self.quoted - self.has_conceded) / 65_536
            drive = min(85.0, drive + rules.leaving_offer * better * math.exp(sensitivity))
        self.hazard = single(rules.leaving_per_day / 8.0 * math.exp(drive))

    def look_around(self, hour: float) -> None:
        """Look at what rivals quote in this week, or not; keep the best in mind."""
        rules = self.rules
        search = rules.agent_search if self.represented else rules.person_search
        if not rules.rivals or self.segment.margin <= 0.0:
            return
        key, week = self.keys[DRAW_RIVAL], int(hour / 40.0)
        lanes = [block(key, self.place, week, rival, 0) for rival in range(rules.rivals)]
        if uniform(lanes[0][1]) < search:
            quote = rules.rival_offer * max(uniform(lane[0]) for lane in lanes)
            in_parts = min(int(quote * 65_536), 65_535)
            if in_parts >= self.quoted:
                self.quoted, self.quoted_on = in_parts, int(hour / 8.0)

    def take_terms(self, hour: float, money: float) -> None:
        """Have from now on what a renewal has conceded, money a year."""
        if self.rules.rivals:
            self.live_until(hour)
            if self.left_at > hour:
                margin = self.segment.margin
                conceded = min(int(money / margin * 65_536), 65_535) if margin > 0.0 else 0
                self.has_conceded = conceded
                self.renew_hazard()

    def trial(self, function: int, broken: bool, hour: float) -> None:
        """Record one contact as kept or broken; somebody who has left judges no more."""
        self.live_until(hour)
        if self.left_at <= hour:
            return
        if function >= 0:
            rules = self.rules
            contact = self.contact(function)
            numbers = contact.numbers
            before = contact.trials * numbers[STOOD]
            added = rules.broken_weight if broken else 1.0
            old = rules.standing_memory
            if rules.fixed_rate:
                share = min(added * (1.0 - old), 1.0)
                old, added = 1.0 - share, 2.0 * share
            kept, lost = old * numbers[KEPT], old * numbers[BROKEN]
            numbers[KEPT] = kept if broken else kept + added
            numbers[BROKEN] = lost + added if broken else lost
            earned = self.trials * self.standing
            if contact.trials < MOST_TRIALS:
                contact.trials += 1
                self.trials += 1
            numbers[STOOD] = self.standing_with(function)
            earned += contact.trials * numbers[STOOD] - before
            self.standing = single(min(max(earned / self.trials, 0.0), 1.0))
            if self.represented:
                self.ratings.rated[function][broken] += 1
            if broken:
                self.look_around(hour)
        self.renew_hazard()

    def remember(self, experience: float, hour: float, expected: float) -> bool:
        """Add a finished journey to memory; return False for somebody who has left.

        ``expected`` is how far expectation had moved as the case began.
        """
        self.live_until(hour)
        if self.left_at <= hour:
            return False
        rules = self.rules
        standard = rules.expectation + rules.expectation_weight * expected
        surprise = experience - standard
        off = experience - rules.expectation - self.expects
        self.expects = single(self.expects + rules.expectation_rate * off)
        if surprise < 0.0:
            surprise *= rules.loss_aversion
        self.memory = single(self.memory + rules.memory_weight * (surprise - self.memory))
        self.liking = single(self.liking + rules.memory_weight * (experience - self.liking))
        self.renew_hazard()
        return True

    def forget_case_facts(self) -> None:
        """Erase the facts that belong to a case from every record."""
        keep = self.rules.persistent_facts
        for contact in self.contacts:
            if contact is not None:
                contact.record &= keep
                contact.stale &= keep
        self.record &= keep
        self.stale &= keep
        self.owner_knows &= keep
