"""The working day over Python objects, in the engine's order."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from operator import attrgetter

import numpy as np

from benchmarks.plain.books import Books
from benchmarks.plain.case import SEVERITY_LOSS, Case
from benchmarks.plain.customer import Customer
from benchmarks.plain.desk import Desk
from benchmarks.plain.draws import BRANCHING, LOSING, VOICING_LOSS
from benchmarks.plain.enterprise import Enterprise, Seam, Step
from benchmarks.plain.terms import Approver
from sim.day.judge import AGAIN, GIVES_UP
from sim.engine.draws import DRAW_LIMBO, DRAW_SPARE
from sim.engine.philox import block, exponential, uniform
from sim.state.cases import (
    ABANDONED,
    AUTOMATED,
    AWAY,
    CHASED,
    FOUND,
    GIVEN_UP,
    IN_SERVICE,
    JOINING,
    REPLYING,
)
from sim.state.tallies import (
    BY_LOSS,
    BY_TERMS,
    BY_WAIT,
    BY_WITHDRAWAL,
    CASE_CAME_BACK,
    CASE_NEEDS,
    CASE_SKIPPED,
    CASE_STARTED,
    CASE_TRANSFERS,
    CASE_UNREALISED,
    N_CASE_TALLIES,
    SEAM_CROSSINGS,
    SEAM_FACTS_ARRIVED,
    SEAM_FACTS_SENT,
    SEAM_LOST,
)

in_order = attrgetter("due", "tie")


class Days:
    """Everything that happens to cases, tick by tick.

    Parameters
    ----------
    enterprise : Enterprise
        Steps, seams and journeys.
    customers : list of Customer
        By number.
    desks : list of Desk
        One a function.
    needs : list of tuple
        Hour, customer, journey and number of each need, sorted by hour.
    keys : numpy.ndarray
        Key of every decision.
    """

    def __init__(
        self,
        enterprise: Enterprise,
        customers: list[Customer],
        desks: list[Desk],
        needs: list[tuple[float, int, int, int]],
        keys: np.ndarray,
    ):
        self.enterprise = enterprise
        self.rules = enterprise.rules
        self.customers = customers
        self.desks = desks
        self.keys = keys
        self.needs = needs
        self.next_need = 0
        self.now = 0
        self.calendar: defaultdict[int, list[Case]] = defaultdict(list)
        self.cohorts: dict[tuple[int, int, int], list[int]] = {}
        self.unread = [0] * N_CASE_TALLIES
        self.signals: dict[tuple[int, int, int], int] = {}
        self.known_to_owners: dict[int, Customer] = {}
        self.approver = Approver(enterprise.rules, len(desks))
        self.books = Books(enterprise)
        self.answers: Counter[tuple[int, int]] = Counter()
        self.counts = self.books.counts

    # --- a tick ----------------------------------------------------------------

    def work(self, tick: int) -> None:
        """Work through one tick."""
        self.now = tick
        joining: list[Case] = []
        ending: list[Case] = []
        for case in self.calendar.pop(tick, ()):
            (joining if case.state == JOINING else ending).append(case)
        self.arrivals((tick + 1) * self.rules.tick_hours, joining)
        joining.sort(key=in_order)
        for case in joining:
            self.desks[case.step.owner].join(case)
        for desk in self.desks:
            desk.serve(tick, ending, self.calendar)
        ending.sort(key=in_order)
        for case in ending:
            self.settle(case)

    def arrivals(self, end: float, joining: list[Case]) -> None:
        """Open cases for the needs that arise before an hour."""
        needs, row = self.needs, self.next_need
        while row < len(needs) and needs[row][0] < end:
            case = self.arrive(*needs[row])
            row += 1
            if case is not None and self.enter(case) and self.advance(case, case.due, 0.0):
                joining.append(case)
        self.next_need = row

    def arrive(self, hour: float, place: int, journey_place: int, need: int) -> Case | None:
        """Open a case for a need, unless its customer has left, not yet joined or opted out."""
        customer = self.customers[place]
        journey = self.enterprise.journeys[journey_place]
        self.counts["needs"] += 1
        customer.live_until(hour)
        tally, in_cohort = self.unread, False
        if self.in_window(hour):
            month = int((hour - self.rules.day_zero) / self.rules.month_hours)
            cohort = (journey_place, customer.segment.place, month)
            tally = self.cohorts.setdefault(cohort, [0] * N_CASE_TALLIES)
            in_cohort = True
        tally[CASE_NEEDS] += 1
        may_join = journey.joins and customer.joined_at > hour
        present = customer.is_present(hour) or may_join
        if not present or not customer.opts_in(journey.opt_in_odds, journey.start.counter):
            self.counts["unrealised"] += 1
            tally[CASE_UNREALISED] += 1
            return None
        tally[CASE_STARTED] += 1
        case = Case(
            customer, journey, need, self.keys, tally, in_cohort, self.signals, self.answers
        )
        self.counts["open"] += 1
        journey.open_cases += 1
        case.open(journey.start.of_unit(customer.unit), hour)
        if journey.renews and self.rules.rivals:
            customer.look_around(hour)
            customer.renew_hazard()
        return case

    def in_window(self, hour: float) -> bool:
        """Tell whether an hour lies in the window in which things are counted."""
        return self.rules.day_zero <= hour < self.rules.day_end

    def put_off(self, case: Case, hour: float) -> None:
        """Put a case into the calendar, for the next tick at the earliest."""
        case.due = hour
        if hour == math.inf:
            return
        tick = int(hour / self.rules.tick_hours)
        if tick <= self.now:
            tick = self.now + 1
            case.due = tick * self.rules.tick_hours
        self.calendar[tick].append(case)

    # --- what ends in a tick -----------------------------------------------------

    def settle_overdue(self, hour: float) -> None:
        """At the end of a run, drop who has lost patience without reaching a queue's head."""
        for desk in self.desks:
            for queue in desk.queues:
                waiting = list(queue)
                queue.clear()
                for case in waiting:
                    if case.deadline < hour:
                        desk.abandon(case)
                        self.settle(case)
                    else:
                        queue.append(case)

    def settle(self, case: Case) -> None:
        """Let what ends take effect: a visit, a reply, a loss, a wait or an absence."""
        hour, kind = case.due, case.state
        if kind == IN_SERVICE:
            onward = self.after_visit(case, hour)
        else:
            case.waited = 0.0
            if kind == ABANDONED:
                case.let_down()
                self.books.drop(case, hour, BY_WAIT, case.step.place)
                return
            if kind in (CHASED, FOUND, GIVEN_UP):
                onward = self.settle_loss(case, hour, kind)
            elif kind == REPLYING:
                onward = self.settle_reply(case, hour)
            elif kind == AWAY:
                onward = self.come_back(case, hour)
            else:
                onward = True
        if onward and self.advance(case, hour, self.rules.tick_hours):
            self.put_off(case, case.due)

    def advance(self, case: Case, hour: float, delay: float) -> bool:
        """Take a case through automated steps; return whether it then joins a queue."""
        while not case.by_person:
            case.due = case.joined = hour
            case.waited = 0.0
            self.counts["automated"] += 1
            case.begin_visit(hour)
            if not self.after_visit(case, hour):
                return False
        if not case.step.live:
            case.hang_up(hour)
        case.state = JOINING
        case.due = hour + delay
        return True

    def after_visit(self, case: Case, hour: float) -> bool:
        """Settle a finished step; return whether the case stands before another one."""
        step = case.step
        by_person = case.by_person
        verdict = case.finish_visit()
        if by_person:
            case.attended_to(hour, verdict == AGAIN)
        if verdict == GIVES_UP:
            self.books.drop(case, hour, case.cause, step.place)
            return False
        if verdict == AGAIN:
            case.visits[step.local] += 1
            case.stand_before(step)
            case.state = JOINING if case.by_person else AUTOMATED
            self.put_off(case, hour + self.rules.tick_hours)
            return False
        if step.rounds and not self.approver.settle(case, hour):
            self.books.drop(case, hour, BY_TERMS, step.place)
            return False
        if case.state == ABANDONED:  # while waiting for an approval
            self.put_off(case, case.due)
            return False
        if case.reply > 0.0:
            case.hang_up(hour)
            case.state = REPLYING
            self.put_off(case, hour + min(case.reply, step.reply_limit))
            return False
        return self.go_on(case, hour)

    def enter(self, case: Case) -> bool:
        """Let a case begin; an agent may enter further on. Tell whether it stands before a step."""
        if case.customer.represented and self.rules.agents_write:
            case.agent_writes(case.due)
        if case.customer.represented and self.skips(case, case.step, case.due):
            return self.go_on(case, case.due)
        return True

    def settle_reply(self, case: Case, hour: float) -> bool:
        """Take the customer's answer in, or close the case at its limit."""
        if case.reply > case.step.reply_limit:
            self.leave_by(case, hour, case.step.reply_exit)
            return False
        return self.go_on(case, hour)

    def come_back(self, case: Case, hour: float) -> bool:
        """Reopen a closed case as failure demand, if its customer is still there."""
        case.customer.live_until(hour)
        if not case.customer.is_present(hour):
            return False
        self.counts["recontacts"] += 1
        self.counts["open"] += 1
        case.journey.open_cases += 1
        if case.recontact == 0 and case.clean:
            case.tally[CASE_CAME_BACK] += 1
        case.let_down_by = "firm"
        case.come_again(hour)
        case.awaited = "recontact"
        case.recontact += 1
        case.open(case.journey.recontact.of_unit(case.customer.unit), hour)
        return True

    # --- from step to step -------------------------------------------------------

    def go_on(self, case: Case, hour: float) -> bool:
        """Take the branch that follows, skip what is known, and hand over."""
        server, stays = case.doer, case.stays
        case.stays = False
        while True:
            draw = case.luck[BRANCHING]
            for up_to, target, exit_taken in case.step.branches:  # noqa: B007
                if draw < up_to:
                    break
            case.visits[case.step.local] += 1
            if target is None:
                self.leave_by(case, hour, exit_taken)
                return False
            target = target.of_unit(case.customer.unit)
            case.stand_before(target)
            if not self.skips(case, target, hour):
                break
            stays = False
        if stays:
            until = self.desks[server].go_on(case, hour, self.now)
            if until is not None:
                self.put_off(case, until)
                return False
        seam = self.hand_over(case, target, hour) if case.by_person else None
        if seam is None or not self.falls_between(case, seam, hour):
            return True
        case.hang_up(hour)
        return False

    def skips(self, case: Case, step: Step, hour: float) -> bool:
        """Pass over a step whose owner truly knows all that it would establish."""
        produces = step.produces
        if step.mandatory or produces == 0 or case.visits[step.local]:
            return False
        customer = case.customer
        contact = customer.contacts[step.owner] if step.owner >= 0 else None
        held = customer.record if contact is None else contact.record | customer.record
        may_offer = case.may_offer()
        if produces & ~(case.note | held | may_offer):
            return False
        fresh, _ = case.known(hour, step.produces)
        unknown = produces & ~fresh
        if unknown:
            if unknown & ~may_offer:
                return False
            if customer.discloses(unknown, customer.standing_with(step.owner)) != unknown:
                return False
            case.intake += unknown.bit_count()
        case.note |= produces
        case.seen |= produces
        case.tally[CASE_SKIPPED] += 1
        return True

    def hand_over(self, case: Case, step: Step, hour: float) -> Seam | None:
        """Pass the note on; return the seam crossed."""
        sender = case.holder
        case.holder = step.owner
        if sender < 0:
            return None
        seam = case.crossed = self.enterprise.seam_of[sender, step.owner]
        case.minded = case.is_minded()
        loss = self.rules.minded_loss if case.minded else case.sent_by.note_loss
        sent = case.pass_note((1.0 - loss * seam.strange) * seam.wear, hour)
        if case.minded:
            self.known_to_owners[case.customer.place] = case.customer
        if sender != step.owner:
            case.tally[CASE_TRANSFERS] += 1
        if self.in_window(hour):
            seam.tally[SEAM_CROSSINGS] += 1
            seam.tally[SEAM_FACTS_SENT] += sent.bit_count()
            seam.tally[SEAM_FACTS_ARRIVED] += (sent & case.note).bit_count()
        return seam

    def falls_between(self, case: Case, seam: Seam, hour: float) -> bool:
        """Draw whether the hand-off loses the case; chase, find and give up race."""
        if case.luck[LOSING] >= seam.lost:
            return False
        rules, customer, step = self.rules, case.customer, case.step
        attempt = 4 * case.visits[step.local]
        lanes = block(self.keys[DRAW_LIMBO], customer.place, case.number, step.counter, attempt)
        patience = customer.segment.patience
        if customer.represented:
            chase = rules.chase_hours_agent * exponential(lanes[0])
            if rules.agents_see:
                chase = max(min(chase, rules.tick_hours), chase - rules.tick_hours)
            give_up = rules.give_up_hours_agent * patience * exponential(lanes[2])
        else:
            chase = rules.chase_hours_person * exponential(lanes[0])
            give_up = rules.give_up_hours_person * patience * exponential(lanes[2])
        find = case.journey.find_hours
        if case.minded:
            find = min(find, rules.minder_hours)
        find *= exponential(lanes[1])
        first = min(chase, find, give_up)
        case.state = CHASED if first == chase else (FOUND if first == find else GIVEN_UP)
        if case.state == CHASED and rules.reciprocity > 0.0:
            key = self.keys[DRAW_SPARE]
            spared = block(key, customer.place, case.number, step.counter, attempt)
            if uniform(spared[0]) < rules.reciprocity:
                case.state = FOUND
        case.seam = seam
        case.tie = lanes[3]
        self.put_off(case, hour + first)
        if self.in_window(hour):
            seam.tally[SEAM_LOST] += 1
        return True

    def settle_loss(self, case: Case, hour: float, kind: int) -> bool:
        """End a case's time in limbo; return whether it goes on."""
        case.let_down_by = "firm"
        if kind == FOUND or case.seam is None:
            return True
        site = case.seam.site
        case.customer.trial(case.step.owner, True, hour)
        draw = case.luck[VOICING_LOSS]
        case.speak(site, SEVERITY_LOSS, draw, case.seam.share_without_defects)
        if kind == GIVEN_UP:
            self.books.drop(case, hour, BY_LOSS, site)
            return False
        case.touch(hour, failure=True)
        case.chases += 1
        if not case.customer.represented:
            case.effort += self.rules.effort_chase
            case.cause = BY_LOSS
        case.let_down()
        if case.effort > case.tolerance:
            self.books.drop(case, hour, BY_LOSS, site)
            return False
        return True

    # --- the end of a case ----------------------------------------------------

    def leave_by(self, case: Case, hour: float, exit_taken: int) -> None:
        """Close a case at an exit."""
        if case.journey.completes[exit_taken]:
            again = self.books.complete(case, hour)
            if again is not None:
                case.state = AWAY
                self.put_off(case, again)
        else:
            self.books.drop(case, hour, BY_WITHDRAWAL, case.step.place)
