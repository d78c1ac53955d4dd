"""A case ends: completed or dropped, remembered, and perhaps back again."""

from __future__ import annotations

import math
from collections import Counter

from benchmarks.plain.case import Case
from benchmarks.plain.customer import single
from benchmarks.plain.enterprise import Enterprise
from sim.day.close import MOST_RECONTACTS
from sim.engine.draws import DRAW_SURVEY
from sim.engine.philox import block, uniform
from sim.state.tallies import (
    CASE_CLEAN,
    CASE_CLOCK_HOURS,
    CASE_COMPLETED,
    CASE_DETRACTORS,
    CASE_DROPPED,
    CASE_EFFORT,
    CASE_HOURS,
    CASE_PROMOTERS,
    CASE_RATED,
    CASE_RESOLVED,
    CASE_SURVEYED,
    CASE_SURVEYED_DETRACTORS,
    CASE_SURVEYED_PROMOTERS,
    CAUSES,
    FIXED,
    SURVEYED_SCORE,
)
from sim.study.answers import GRADES
from sim.study.working_time import HOURS_PER_DAY


class Books:
    """What is counted over the run, and how a case is closed.

    Parameters
    ----------
    enterprise : Enterprise
        Steps and seams, where cases are dropped.

    Attributes
    ----------
    counts : collections.Counter
        Needs, open, completed and so on.
    drops : list of list of int
        Drop-offs by site and cause.
    """

    def __init__(self, enterprise: Enterprise):
        self.rules = enterprise.rules
        self.keys = enterprise.keys
        n_sites = len(enterprise.steps) + len(enterprise.seams)
        self.drops = [[0] * len(CAUSES) for _ in range(n_sites)]
        self.counts: Counter[str] = Counter()

    def remember(self, case: Case, hour: float, completed: bool) -> None:
        """Let the customer remember a finished journey, and rate it."""
        case.hang_up(hour)
        customer = case.customer
        experience = 0.5 * (case.worst + (case.latest if completed else 0.0))
        if self.rules.peak_end_weight < 1.0:
            n_felt = case.judged + (0 if completed else 1)
            mean = case.felt / n_felt if n_felt else experience
            weight = self.rules.peak_end_weight
            experience = weight * experience + (1.0 - weight) * mean
        if not customer.remember(experience, hour, case.expected):
            return
        score = 0.5 * (customer.standing + customer.liking)
        tally = case.tally
        tally[CASE_RATED] += 1
        hard = 1.0 - math.exp(-case.effort / self.rules.experience_scale)
        tally[CASE_EFFORT] += int((1.0 + 4.0 * hard) * FIXED)
        if score >= self.rules.promoter_from:
            tally[CASE_PROMOTERS] += 1
        elif score < self.rules.detractor_below:
            tally[CASE_DETRACTORS] += 1
        self.survey(case, score)

    def survey(self, case: Case, score: float) -> None:
        """Let the customer answer a survey, or not."""
        draw = uniform(block(self.keys[DRAW_SURVEY], case.customer.place, case.number, 0, 0)[0])
        if draw >= min(1.0, self.rules.survey_response * (0.5 + 2.0 * abs(score - 0.5))):
            return
        case.tally[CASE_SURVEYED] += 1
        case.answers[SURVEYED_SCORE, int(score * GRADES)] += case.in_cohort
        if score >= self.rules.promoter_from:
            case.tally[CASE_SURVEYED_PROMOTERS] += 1
        elif score < self.rules.detractor_below:
            case.tally[CASE_SURVEYED_DETRACTORS] += 1

    def complete(self, case: Case, hour: float) -> float | None:
        """Close a case that completed; return the hour at which it comes back, if it does."""
        self.remember(case, hour, True)
        customer, rules, tally = case.customer, self.rules, case.tally
        self.counts["completed"] += 1
        if case.recontact == 0 and hour - case.begun <= rules.follow_up:
            tally[CASE_COMPLETED] += 1
            tally[CASE_HOURS] += int((hour - case.begun) * FIXED)
            tally[CASE_CLOCK_HOURS] += int((hour - case.begun) * FIXED)
            if case.chases == 0:
                case.clean = True
                tally[CASE_CLEAN] += 1
            if case.contacts and not case.came_again:
                case.resolved = True
                tally[CASE_RESOLVED] += 1
        if case.journey.joins and customer.joined_at > hour:
            customer.joined_at = max(hour, rules.day_zero)
            customer.since = single(hour)
            customer.renew_hazard()
        if case.journey.renews and case.recontact == 0 and case.terms == 0.0:
            customer.take_terms(hour, 0.0)
        self.retire(case)
        if case.faults == 0 or case.recontact >= MOST_RECONTACTS or customer.left_at <= hour:
            return None
        voice = rules.recontact_agent if customer.represented else rules.recontact_person
        if case.fate[1] >= min(1.0, voice * customer.segment.voice):
            return None
        lag = float(rules.recontact_hours * case.fate[2])
        if customer.represented and rules.agents_see:
            lag = max(min(lag, rules.tick_hours), lag - rules.tick_hours)
        return hour + lag

    def drop(self, case: Case, hour: float, cause: int, site: int) -> None:
        """Close a case that is dropped; dropping a renewal is leaving."""
        self.remember(case, hour, False)
        customer = case.customer
        self.counts["dropped"] += 1
        if case.recontact == 0 and hour - case.begun <= self.rules.follow_up:
            case.tally[CASE_DROPPED] += 1
            if case.in_cohort:
                self.drops[site][cause] += 1
                customer.drop = (
                    case.lacked,
                    int(hour / HOURS_PER_DAY),
                    site,
                    case.step.place,
                    -1 if case.crossed is None else case.crossed.place,
                    case.origin,
                    cause,
                )
        warm = hour < self.rules.day_zero
        first = case.recontact == 0
        if case.journey.renews and first and not warm and customer.left_at > hour:
            customer.left_at = single(hour)
        self.retire(case)

    def retire(self, case: Case) -> None:
        """Take a case off the books."""
        self.counts["open"] -= 1
        case.journey.open_cases -= 1
        case.customer.forget_case_facts()
