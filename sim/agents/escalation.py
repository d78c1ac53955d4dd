"""Where refused and unowned issues go: a named decision-maker, or a committee (rule M8.6).

Attention is hours. What is not decided by a limit falls by default, that is, it is not
done (Levitt et al., VDT 1994-99). Congestion is that queue and nothing else. Where roles are placed
at the top, each of their proposals takes its time in such a queue before it goes to owners (E7).
"""

from __future__ import annotations

import mesa

from sim.engine.draws import DRAW_BUSINESS
from sim.engine.philox import block, uniform
from sim.improvement.decisions import ESCALATION
from sim.improvement.defects import poisson
from sim.improvement.firm import Firm
from sim.improvement.issues import Issue

NAMED = -3
"""Stands for the decision-maker in draws."""
SAVED_WEEKS = 4
"""Weeks for which attention that nobody asked for is kept."""


class EscalationBody(mesa.Agent):
    """A path with finite attention; unspent hours carry over.

    Attributes
    ----------
    hours : float
        Attention saved up.
    business : list of int
        Weeks in which other business that waits came in.
    """

    model: Firm

    def __init__(self, model: Firm):
        super().__init__(model)
        self.hours = 0.0
        self.business: list[int] = []
        self.lever = model.organisation.levers.escalation

    def takes_over_from(self, before: EscalationBody) -> None:
        """Go on with the attention and the business of a predecessor on the same path."""
        self.hours, self.business = before.hours, before.business

    def take(self, issue: Issue) -> None:
        """Put an issue on the path; the functions concerned prepare it."""
        issue.status = "escalated"
        issue.escalated = self.model.week
        hours = self.model.organisation.parameters["preparation_hours"]
        for function in self.model.decisions.concerned(issue):
            self.model.charge(function, hours)

    def step(self) -> None:
        """Decide what attention allows, oldest first; let fall what has waited too long."""
        parameters = self.model.organisation.parameters
        weekly = self.lever.attention_hours
        self.hours = min(self.hours + weekly, self.saved_weeks * weekly)
        week, limit = self.model.week, parameters["escalation_limit_weeks"]
        self.business += self.new_business()
        waiting = [(since, None) for since in self.business if week - since <= limit]
        self.business = []
        for since, issue in sorted([*waiting, *self._issues()], key=lambda item: item[0]):
            if issue is not None and week - since > limit:
                self.model.decisions.settle(issue, "refused")
            elif self.meets() and self.hours >= parameters["decision_hours"]:
                self.hours -= parameters["decision_hours"]
                self._attend(issue, parameters["decision_hours"])
            elif issue is None:
                self.business.append(since)

    def _issues(self) -> list[tuple[int, Issue | None]]:
        week, register = self.model.week, self.model.register
        found: list[tuple[int, Issue | None]] = []
        if self is self.model.escalation:
            waiting = register.waiting("escalated")
            found += [(week if i.escalated is None else i.escalated, i) for i in waiting]
        if self is self.model.executive:
            waiting = register.waiting("brought")
            found += [(week if i.brought is None else i.brought, i) for i in waiting]
        return found

    def _attend(self, issue: Issue | None, hours: float) -> None:
        """Deal with one matter; other business takes nobody else's time."""
        if issue is None:
            return
        if not self.model.capacity.still_makes_sense(issue):
            return
        self.charge_members(hours)
        if issue.status == "brought":
            self.model.register.clear(issue)
            return
        for function in self.model.decisions.concerned(issue):
            self.model.charge(function, hours)
        status = "approved" if self.approves(issue) else "refused"
        self.model.decisions.settle(issue, status)

    @property
    def saved_weeks(self) -> int:
        """Weeks for which unspent attention is kept."""
        return SAVED_WEEKS

    def new_business(self) -> list[int]:
        """Return the week, once for each other matter that has come in."""
        return []

    def charge_members(self, hours: float) -> None:
        """Charge the time of whoever decides."""
        raise NotImplementedError

    def meets(self) -> bool:
        """Tell whether decisions can be taken this week."""
        raise NotImplementedError

    def approves(self, issue: Issue) -> bool:
        """Decide an issue."""
        raise NotImplementedError


class DecisionMaker(EscalationBody):
    """One named person, who counts the whole journey and can decide any week.

    Issues wait in one queue with the person's other business.
    """

    title = "decision-maker"

    def new_business(self) -> list[int]:
        """Return the week, once for each matter: Poisson, each as long as a decision."""
        parameters = self.model.organisation.parameters
        each, weekly = parameters["decision_hours"], parameters["other_business_hours"]
        if each <= 0.0 or weekly <= 0.0:
            return []
        week = self.model.week
        lanes = block(self.model.state.keys[DRAW_BUSINESS], week, 0, 0, 0)
        return [week] * int(poisson(weekly / each, uniform(lanes[0])))

    def charge_members(self, hours: float) -> None:
        """Charge the firm as a whole: the person belongs to no function."""
        self.model.charge_all(hours)

    def meets(self) -> bool:
        """Any week."""
        return True

    def approves(self, issue: Issue) -> bool:
        """Yes with the chance that benefit over cost gives."""
        return self.model.decisions.says_yes(issue, None, NAMED, ESCALATION)


class Committee(EscalationBody):
    """All functions, at meeting dates; the majority decides, each by its own weights."""

    title = "committee"

    @property
    def saved_weeks(self) -> int:
        """Weeks for which unspent attention is kept: from one meeting to the next at least."""
        return max(SAVED_WEEKS, self.lever.meeting_weeks)

    def charge_members(self, hours: float) -> None:
        """Charge every function: all members are there."""
        for function in range(len(self.model.functions)):
            self.model.charge(function, hours)

    def meets(self) -> bool:
        """Every so many weeks."""
        return self.model.week % self.lever.meeting_weeks == 0

    def approves(self, issue: Issue) -> bool:
        """Yes if more than half of the functions say so."""
        decisions = self.model.decisions
        votes = [
            decisions.says_yes(issue, function, function, ESCALATION)
            for function in range(len(self.model.functions))
        ]
        return 2 * sum(votes) > len(votes)
