"""A need on its way through a journey: what happens at a visit, and what it leaves behind."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.plain.customer import single
from benchmarks.plain.dossier import Dossier
from benchmarks.plain.draws import (
    BRANCHING,
    ERRING,
    LEAVING_FAULT,
    MISUSING,
    REPLYING,
    SURFACING,
    VOICING_ERROR,
    VOICING_FAULT,
    WORKING,
)
from benchmarks.plain.enterprise import Step
from benchmarks.plain.remedies import carry
from sim.day.judge import AGAIN, GIVES_UP, GOES_ON
from sim.day.negotiate import bargain
from sim.engine.draws import (
    DRAW_ASK,
    DRAW_AUDIT,
    DRAW_GO_ON,
    DRAW_MIND,
    DRAW_NEGOTIATE,
    DRAW_NOTE,
    DRAW_OUTDATED,
    DRAW_RECIPROCATE,
    DRAW_REMEMBER,
    DRAW_REMIND,
)
from sim.engine.philox import block, exponential, uniform
from sim.state.cases import (
    ASKED,
    BREACHED,
    BY_PERSON,
    ERROR,
    LATENT,
    OWN_ERROR,
    REPEAT_ASKED,
    SENT_AWAY,
    SURFACED,
)
from sim.state.tallies import (
    BY_EFFORT,
    BY_ERROR,
    BY_TRUST,
    CASE_AGAIN,
    CASE_AGAIN_FIRM,
    CASE_AGAIN_OWN_ERROR,
    CASE_BREACHES,
    CASE_CALL_BACKS,
    CASE_CONTACTS,
    CASE_FACTS_DISCLOSED,
    CASE_FACTS_HELD,
    CASE_FACTS_NEEDED,
    CASE_FACTS_OFFERABLE,
    CASE_FAILURE_CONTACTS,
    CASE_MISUSES,
    CASE_REACHED,
    CASE_REPEAT_ASKS,
    CASE_RESOLVED,
    CASE_SATISFIED,
    CASE_SATISFIED_OF,
    CONTACT_FELT,
    ERRORS_FORESEEN,
    ERRORS_SHOWN,
    FIXED,
    NO_SPEAKER,
    TOUCH_BY_MACHINE,
    TOUCH_ERRORS,
    TOUCH_VISITS,
    TOUCH_WAIT,
    UNVOICED,
    UNVOICED_EXPECTED,
    UNVOICED_FORESEEN,
)
from sim.study.answers import GRADES

FAILED_EXPERIENCE = 0.3678794411714423
SEVERITY_ERROR, SEVERITY_FAULT, SEVERITY_LOSS = 1.0, 1.5, 2.0


@dataclass(slots=True, eq=False)
class Case(Dossier):
    """One need of one customer, visit by visit."""

    # --- contacts ----------------------------------------------------------------

    def touch(self, hour: float, *, failure: bool = False, by_firm: bool = False) -> None:
        """Begin a contact."""
        if self.contacts == 0:
            self.tally[CASE_REACHED] += 1
            if self.came_again:
                self.count_again()
        elif not by_firm:
            self.come_again(hour)
        self.contacts += 1
        self.in_touch, self.awaited, self.contact_felt = True, "", 1.0
        self.tally[CASE_CONTACTS] += 1
        self.tally[CASE_CALL_BACKS] += by_firm
        self.tally[CASE_FAILURE_CONTACTS] += failure

    def come_again(self, hour: float) -> None:
        """Note that the customer comes again within 21 days of eight hours, or never saw people."""
        if self.contacts == 0 or hour <= self.first_end + 168.0:
            if self.resolved:
                self.tally[CASE_RESOLVED] -= 1
            if self.contacts and not self.came_again:
                self.count_again()
            self.resolved, self.came_again = False, True

    def count_again(self) -> None:
        """Count a need that reached people and whose customer came again, and for what."""
        self.tally[CASE_AGAIN] += 1
        self.tally[CASE_AGAIN_OWN_ERROR] += self.let_down_by == "step"
        self.tally[CASE_AGAIN_FIRM] += self.let_down_by == "firm"

    def attended(self, hour: float) -> None:
        """Take in that people turn to the case: a contact, if the customer is not on the line."""
        if self.in_touch:
            return
        if self.awaited == "recontact":
            self.touch(hour, failure=True)
        elif self.contacts == 0:
            self.touch(hour)
        elif self.step.live:
            self.touch(hour, failure=self.awaited == "repeat")
        elif self.flags & ASKED:
            self.touch(hour, failure=True, by_firm=True)

    def attended_to(self, hour: float, again: bool) -> None:
        """Take in that people are done with a visit."""
        if self.in_touch:
            self.contact_felt = single(self.contact_felt * self.latest)
        if again or not self.step.live:
            self.hang_up(hour)
            self.awaited = "repeat" if again else ""

    def let_down(self) -> None:
        """Feel a wait in vain, or a chase."""
        self.worst = min(self.worst, FAILED_EXPERIENCE)
        if self.in_touch:
            self.contact_felt = single(self.contact_felt * FAILED_EXPERIENCE)

    def hang_up(self, hour: float) -> None:
        """End a contact, which the customer judges unless they have left."""
        if not self.in_touch:
            return
        self.in_touch = False
        if self.contacts == 1:
            self.first_end = single(hour)
        if self.customer.left_at > hour:
            self.tally[CASE_SATISFIED_OF] += 1
            self.answers[CONTACT_FELT, int(self.contact_felt * GRADES)] += self.in_cohort
            self.tally[CASE_SATISFIED] += self.contact_felt >= self.customer.rules.satisfied_from

    # --- a visit begins --------------------------------------------------------

    def begin_visit(self, hour: float) -> float:
        """Bring the facts together and find the step's fate; return hours of plain work."""
        guessed, stale, extra_hours = self.gather_facts(hour)
        hours = self.foresee(guessed, stale, extra_hours)
        if self.step.rounds:
            hours *= self.negotiate()
        rules = self.customer.rules
        if rules.day_zero <= hour < rules.day_end:
            tally = self.step.tally
            tally[TOUCH_VISITS] += 1
            tally[TOUCH_WAIT] += int((hour - self.joined) * FIXED)
            tally[TOUCH_BY_MACHINE] += self.machine != BY_PERSON
            if self.flags & ERROR:
                tally[TOUCH_ERRORS] += 1
            if self.helper >= 0:
                helped = self.step.helped.setdefault(self.helper, [0, 0])
                helped[0] += 1
                helped[1] += self.flags & ERROR
        return hours

    def gather_facts(self, hour: float) -> tuple[int, int, float]:
        """Return how many facts are guessed and how many used stale, and the hours it took."""
        self.flags = 0
        self.new_effort = 0.0
        self.learned = 0
        requires = self.step.requires
        self.settle_record(hour)
        rules = self.customer.rules
        taken_in, self.intake = self.intake, 0
        if requires == 0:
            return 0, 0, taken_in * rules.intake_minutes / 60.0
        fresh, stale = self.known(hour, requires, settled=True)
        stale &= requires & ~fresh
        missing = requires & ~fresh & ~stale
        tally = self.tally
        needed = requires & self.seen
        tally[CASE_FACTS_NEEDED] += needed.bit_count()
        tally[CASE_FACTS_HELD] += (needed & fresh).bit_count()
        recorded = requires & fresh & ~self.note
        looks_up = rules.store and self.machine == BY_PERSON and requires & ~self.at_hand()
        disclosed = self.disclosed(missing | stale) if missing | stale else 0
        stale &= ~disclosed
        missing &= ~disclosed
        if missing:
            self.lacked = missing
        asked = self.asked(missing) if missing else 0
        if recorded | disclosed:
            self.misuse((recorded | disclosed).bit_count())
        told = asked | disclosed
        self.given |= told
        self.learned = told
        self.seen |= requires & (fresh | told)
        self.note |= requires & fresh
        taken_in += disclosed.bit_count()
        hours = (asked.bit_count() * rules.ask_minutes + taken_in * rules.intake_minutes) / 60.0
        if looks_up:
            hours += rules.lookup_minutes / 60.0
        return (missing & ~asked).bit_count(), stale.bit_count(), hours

    def disclosed(self, wanted: int) -> int:
        """Return the facts that the customer's own agent discloses to the step's owner."""
        offerable = wanted & self.may_offer()
        if not offerable:
            return 0
        customer = self.customer
        disclosed = customer.discloses(offerable, customer.standing_with(self.step.owner))
        promises = offerable & self.seen & self.customer.rules.firm_facts & ~disclosed
        disclosed |= self.draw_facts(DRAW_REMIND, promises, self.customer.rules.agents_remind)
        self.tally[CASE_FACTS_OFFERABLE] += offerable.bit_count()
        self.tally[CASE_FACTS_DISCLOSED] += disclosed.bit_count()
        return disclosed

    def may_offer(self) -> int:
        """Return what an agent could disclose to the step's owner."""
        if not self.customer.represented or self.step.owner < 0:
            return 0
        return ~(self.customer.rules.firm_facts & ~self.seen)

    def misuse(self, n_uses: int) -> None:
        """Draw whether facts are used as the customer never agreed, and whether they notice."""
        rules, customer = self.customer.rules, self.customer
        if self.luck[MISUSING] >= 1.0 - math.exp(-rules.misuse * n_uses):
            return
        attempt = 4 * self.visits[self.step.local]
        key = self.keys[DRAW_AUDIT]
        lanes = block(key, customer.place, self.number, self.step.counter, attempt)
        self.tally[CASE_MISUSES] += 1
        noticed = rules.breach_noticed_person
        if customer.represented:
            noticed = rules.breach_noticed_agent
        if uniform(lanes[0]) >= rules.audit and uniform(lanes[1]) < noticed:
            self.flags |= BREACHED
            self.tally[CASE_BREACHES] += 1

    def negotiate(self) -> int:
        """Find the terms of a negotiation; return how many rounds it takes."""
        rules, step, customer = self.customer.rules, self.step, self.customer
        reservation, delay, _ = self.terms_luck()
        goodwill = 0.0
        if step.owner >= 0:
            goodwill = customer.standing_with(step.owner) - rules.standing_base
        insists, ready = rules.alternative_person, rules.concession_person
        if customer.represented:
            insists, ready = rules.alternative_agent, rules.concession_agent
        self.terms, n_rounds = bargain(
            step.rounds,
            insists * reservation,
            self.most_conceded(),
            step.concession,
            ready * math.exp(rules.concession_standing * goodwill),
        )
        if not customer.represented:
            answers = (n_rounds - 1) * rules.negotiation_reply_hours
            self.reply += answers * delay
        return int(n_rounds)

    def most_conceded(self) -> float:
        """Return the share of the stake that the firm concedes at most."""
        rules, step = self.customer.rules, self.step
        if rules.approves and (step.owner >= 0 or not rules.heads_approve):
            return 1.0
        return float(rules.remit if step.owner < 0 else step.remit)

    def terms_luck(self) -> tuple[float, float, float]:
        """Return what is drawn for a negotiation: reservation, delay of replies, patience."""
        attempt, step = 4 * self.visits[self.step.local], self.step
        place = self.customer.place
        lanes = block(self.keys[DRAW_NEGOTIATE], place, self.number, step.counter, attempt)
        return uniform(lanes[0]), exponential(lanes[1]), exponential(lanes[2])

    def asked(self, missing: int) -> int:
        """Return the facts that the customer is asked for; note what that costs them."""
        rules = self.customer.rules
        asked = self.draw_facts(DRAW_ASK, missing, rules.ask_probability)
        if asked:
            n_first = (asked & ~self.given).bit_count()
            repeated = asked & self.given
            n_repeats = (
                repeated & ~self.draw_facts(DRAW_RECIPROCATE, repeated, rules.reciprocity)
            ).bit_count()
            self.new_effort += n_first * rules.effort_ask + n_repeats * rules.effort_repeat
            self.flags |= ASKED
            if n_repeats:
                self.flags |= REPEAT_ASKED
            self.tally[CASE_REPEAT_ASKS] += n_repeats
        return asked

    def foresee(self, guessed: int, stale: int, extra_hours: float) -> float:
        """Find how the step will turn out; return hours of plain work."""
        rules, step, luck = self.customer.rules, self.step, self.luck
        fault_chance, fault_weight = step.fault_chance, step.fault_weight
        if self.helper >= 0:
            odds, fault_chance, fault_weight = step.done_by(self.helper, rules.generalist_error)
            without, chance = step.chances_of_error(odds)
        elif guessed or stale:
            odds = step.error_odds
            for _ in range(guessed):
                odds *= rules.guess_odds
            for _ in range(stale):
                odds *= rules.stale_odds
            without, chance = step.chances_of_error(odds)
        else:
            without, chance = step.error_without_defects, step.error_chance
        # What it would be with no defect and all facts known; who helps out guesses nothing.
        alone = without if self.helper >= 0 else step.error_without_defects
        self.error_without_defects = 0.0
        if self.machine == BY_PERSON:
            self.error_without_defects = without
            if luck[ERRING] < chance:
                own = self.by_person and luck[ERRING] < alone
                self.flags |= ERROR | (OWN_ERROR if own else 0)
            if luck[LEAVING_FAULT] < fault_chance:
                self.flags |= LATENT
                self.fault_weight = fault_weight
        elif self.machine == SENT_AWAY:
            self.flags |= LATENT
            self.fault_weight = 1.0
        hours = step.hours * luck[WORKING] + extra_hours
        if self.faults and self.surfaces():
            self.flags |= SURFACED
            hours += rules.fault_minutes / 60.0
        if rules.store_facts:
            n_kept = ((step.produces | self.learned) & rules.store_facts).bit_count()
            hours += n_kept * rules.store_minutes / 60.0
        self.reply = step.reply_hours * luck[REPLYING] if step.reply_hours > 0.0 else 0.0
        return hours

    def surfaces(self) -> bool:
        """Tell whether a latent fault surfaces at the step."""
        step = self.step
        back = self.journey.recontact.of_unit(self.customer.unit)
        if self.recontact and step is back and not self.visits[step.local]:
            return True
        own = step.siblings
        if self.helper >= 0:
            own = self.journey.own_steps.get(self.helper, 0)
        if not self.by_person or not self.faults & ~own:
            return False
        return self.luck[SURFACING] < self.customer.rules.fault_surfacing

    # --- a visit ends ----------------------------------------------------------

    def finish_visit(self) -> int:
        """Let the step take effect; return whether it goes on, is repeated or given up."""
        step = self.step
        self.voice_visit()
        if not self.flags & ERROR:
            self.learned |= step.produces
        self.write_records(self.due, self.learned)
        self.note |= self.learned
        self.seen |= self.learned
        if self.by_person:
            self.holder = step.owner
            self.sent_by = step
        verdict = self.judge()
        if self.flags & SURFACED:
            self.faults = 0
        if self.flags & LATENT and not self.flags & ERROR:
            self.faults |= 1 << step.local
        return verdict

    def voice_visit(self) -> None:
        """Voice the failures of the visit, and count what was to be expected."""
        step, voice = self.step, self.customer.voice
        chance, failing = min(1.0, voice * SEVERITY_ERROR), 0.0
        self.expect(step.place, chance * self.error_without_defects)
        if self.customer.rules.observes:
            silent = int((1.0 - chance) * self.error_without_defects * FIXED)
            step.leave_unvoiced(step.place, UNVOICED_EXPECTED, silent)
        if self.customer.rules.sliced:
            worse = self.error_without_defects * step.defect_odds
            failing = worse / (1.0 - self.error_without_defects + worse) if worse > 0.0 else 0.0
            agent = int(self.customer.represented)
            step.foresee(step.place, agent, chance * failing)
            step.note_errors(agent, ERRORS_FORESEEN, int(chance * failing * FIXED))
            if self.customer.rules.observes:
                silent = int((1.0 - chance) * failing * FIXED)
                step.leave_unvoiced(step.place, UNVOICED_FORESEEN, silent)
                step.note_errors(NO_SPEAKER, ERRORS_FORESEEN, silent)
        carry(self, step.place, 0, False, chance * self.error_without_defects, chance * failing)
        if self.flags & ERROR:
            self.speak(step.place, SEVERITY_ERROR, self.luck[VOICING_ERROR], 0.0)
            if self.luck[VOICING_ERROR] < chance:
                step.note_errors(int(self.customer.represented), ERRORS_SHOWN, 1)
            elif self.customer.rules.observes:
                step.note_errors(NO_SPEAKER, ERRORS_SHOWN, 1)
        if self.flags & SURFACED:
            lowest = (self.faults & -self.faults).bit_length() - 1
            origin = self.journey.by_local[lowest].of_unit(self.customer.unit).place
            self.origin = origin
            self.speak(origin, SEVERITY_FAULT, self.luck[VOICING_FAULT], self.fault_weight)

    def speak(self, caused_at: int, severity: float, draw: float, share_expected: float) -> None:
        """Voice a failure felt at the step, or not."""
        louder = severity**self.customer.rules.voice_severity
        chance = min(1.0, self.customer.voice * louder)
        step, rules = self.step, self.customer.rules
        shows = rules.observes >= (1 if severity == SEVERITY_ERROR else 2)
        if shows:
            if draw >= chance:
                step.leave_unvoiced(caused_at, UNVOICED, 1)
            silent = int((1.0 - chance) * share_expected * FIXED)
            step.leave_unvoiced(caused_at, UNVOICED_EXPECTED, silent)
            if rules.sliced and severity != SEVERITY_ERROR:
                silent = int((1.0 - chance) * FIXED)
                step.leave_unvoiced(caused_at, UNVOICED_FORESEEN, silent)
        if draw < chance:
            site = (step.place, caused_at, int(self.customer.represented))
            self.signals[site] = self.signals.get(site, 0) + 1
        self.expect(caused_at, chance * share_expected)
        if self.customer.rules.sliced and severity != SEVERITY_ERROR:
            step.foresee(caused_at, int(self.customer.represented), chance)
        lane = (SEVERITY_ERROR, SEVERITY_FAULT, SEVERITY_LOSS).index(severity)
        foreseen = chance if lane else 0.0
        carry(self, caused_at, lane, draw < chance, chance * share_expected, foreseen)

    def expect(self, caused_at: int, chance: float) -> None:
        """Count what was to be expected without defects, by cause and who would voice it."""
        key = (caused_at, int(self.customer.represented))
        expected = self.step.expected
        expected[key] = expected.get(key, 0) + int(chance * FIXED)

    def judge(self) -> int:
        """Let the customer judge the finished step."""
        rules, flags = self.customer.rules, self.flags
        if flags & ASKED:
            self.cause = BY_EFFORT
        if flags & SURFACED:
            self.new_effort += rules.effort_fault
            self.cause = BY_ERROR
        if flags & ERROR:
            self.new_effort += rules.effort_error
            self.cause = BY_ERROR
        if flags & BREACHED:
            self.new_effort += rules.effort_breach
            self.cause = BY_TRUST
        if flags & (ASKED | SURFACED | ERROR | BREACHED):
            self.let_down_by = "step" if flags & OWN_ERROR else "firm"
        self.effort += self.new_effort
        self.latest = math.exp(-self.new_effort / rules.experience_scale - self.waited)
        self.worst = min(self.worst, self.latest)
        self.felt += self.latest
        self.judged += 1
        broken = flags & (ERROR | SURFACED | REPEAT_ASKED) != 0
        if flags & BREACHED:
            for function, unit in enumerate(self.customer.units):
                if unit in (-1, self.customer.unit):
                    self.customer.trial(function, True, self.due)
        else:
            self.customer.trial(self.doer, broken, self.due)
        if self.effort > self.tolerance and self.new_effort > 0.0:
            return GIVES_UP
        return AGAIN if flags & ERROR else GOES_ON

    # --- who serves may go on ----------------------------------------------------

    def effort_to_come(self) -> float:
        """Return the effort that the visit in hand will have taken of the customer."""
        rules, effort = self.customer.rules, self.new_effort
        for flag, more in (
            (SURFACED, rules.effort_fault),
            (ERROR, rules.effort_error),
            (BREACHED, rules.effort_breach),
        ):
            if self.flags & flag:
                effort += more
        return effort

    def next_step(self) -> Step | None:
        """Return the step that the visit's luck leads to, if any."""
        draw = self.luck[BRANCHING]
        target = next(target for up_to, target, _ in self.step.branches if draw < up_to)
        return None if target is None else target.of_unit(self.customer.unit)

    def will_be_gone_on_with(self, function: int, chance: float) -> bool:
        """Tell whether people of a function who serve the case mean to go on with it."""
        step, target = self.step, self.next_step()
        if target is None or self.flags & ERROR or self.reply > 0.0 or step.rounds:
            return False
        if not target.lent or target.owner == function:
            return False
        effort = self.effort_to_come()
        if effort > 0.0 and self.effort + effort > self.tolerance:
            return False
        note = self.note | self.learned | step.produces
        if target.requires & ~note or self.may_pass_over(target, note):
            return False
        attempt = 4 * self.visits[step.local]
        key = self.keys[DRAW_GO_ON]
        lanes = block(key, self.customer.place, self.number, step.counter, attempt)
        return bool(uniform(lanes[0]) < chance)

    def may_pass_over(self, target: Step, note: int) -> bool:
        """Tell whether a step may turn out to be known by the time the visit has ended."""
        if target.mandatory or not target.produces or self.visits[target.local]:
            return False
        customer = self.customer
        contact = customer.contacts[target.owner]
        held = 0 if contact is None else contact.record
        if customer.rules.store:
            held |= customer.record
        unknown = target.produces & ~(note | held)
        if customer.represented:
            seen = self.seen | self.learned | self.step.produces
            unknown &= customer.rules.firm_facts & ~seen
        return unknown == 0

    def is_minded(self) -> bool:
        """Tell whether the customer's account owner minds the hand-off to the step ahead."""
        rules, customer, step = self.customer.rules, self.customer, self.step
        if rules.minded <= 0.0 or customer.segment.place != rules.minded_segment:
            return False
        attempt = 4 * self.visits[step.local]
        lanes = block(self.keys[DRAW_MIND], customer.place, self.number, step.counter, attempt)
        return bool(uniform(lanes[0]) < rules.minded)

    def pass_note(self, retention: float, hour: float) -> int:
        """Hand the note to the step ahead; return the facts that were sent."""
        sent = self.note
        self.note = self.draw_facts(DRAW_NOTE, sent, retention)
        if self.minded:
            self.note |= self.said_by_owner(sent, hour)
        return sent

    def said_by_owner(self, sent: int, hour: float) -> int:
        """Return what the customer's account owner knows, who has seen the note."""
        customer, rules = self.customer, self.customer.rules
        elapsed = max(hour - customer.owner_heard, 0.0)
        chance = 1.0 - math.exp(-rules.staleness_per_hour * elapsed)
        known = customer.owner_knows & ~self.draw_facts(DRAW_OUTDATED, customer.owner_knows, chance)
        known |= self.draw_facts(DRAW_REMEMBER, sent & ~known, rules.owner_memory)
        customer.owner_knows, customer.owner_heard = known, single(hour)
        return known
