"""Where refused and unowned issues go: a named decision-maker, or a committee (rule M8.6).

Attention is hours. What is not decided by a limit falls by default, that is, it is not
done (Levitt et al., VDT 1994-99). Congestion is that queue and nothing else.
"""

from __future__ import annotations

import mesa

from sim.agents.decisions import ESCALATION
from sim.agents.firm import Firm
from sim.agents.issues import Issue

NAMED = -3
"""Stands for the decision-maker in draws."""


class Escalation(mesa.Agent):
    """A path with finite attention; unspent hours carry over up to four weeks.

    Attributes
    ----------
    hours : float
        Attention saved up.
    """

    model: Firm

    def __init__(self, model: Firm):
        super().__init__(model)
        self.hours = 0.0
        self.lever = model.organisation.levers.escalation

    def step(self) -> None:
        """Decide what attention allows, oldest first; let fall what has waited too long."""
        parameters = self.model.organisation.parameters
        weeks = max(4, self.lever.meeting_weeks)
        self.hours = min(
            self.hours + self.lever.attention_hours, weeks * self.lever.attention_hours
        )
        register, week = self.model.register, self.model.week
        for issue in register.waiting("escalated"):
            since = week if issue.escalated is None else issue.escalated
            if week - since > parameters["escalation_limit_weeks"]:
                register.decided(issue, "refused", week)
            elif self.meets() and self.hours >= parameters["decision_hours"]:
                self.hours -= parameters["decision_hours"]
                status = "approved" if self.approves(issue) else "refused"
                register.decided(issue, status, week)

    def meets(self) -> bool:
        """Tell whether decisions can be taken this week."""
        raise NotImplementedError

    def approves(self, issue: Issue) -> bool:
        """Decide an issue."""
        raise NotImplementedError


class DecisionMaker(Escalation):
    """One named person, who counts the whole journey and can decide any week."""

    title = "decision-maker"

    def meets(self) -> bool:
        """Any week."""
        return True

    def approves(self, issue: Issue) -> bool:
        """Yes with the chance that benefit over cost gives."""
        decisions = self.model.decisions
        return decisions.draw(issue, NAMED, ESCALATION) < decisions.yes(issue, None)


class Committee(Escalation):
    """All functions, at meeting dates; the majority decides, each by its own weights."""

    title = "committee"

    def meets(self) -> bool:
        """Every so many weeks."""
        return self.model.week % self.lever.meeting_weeks == 0

    def approves(self, issue: Issue) -> bool:
        """Yes if more than half of the functions say so."""
        decisions = self.model.decisions
        votes = [
            decisions.draw(issue, function, ESCALATION) < decisions.yes(issue, function)
            for function in range(len(self.model.functions))
        ]
        return 2 * sum(votes) > len(votes)
