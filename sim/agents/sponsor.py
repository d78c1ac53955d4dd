"""An executive who stands behind proposals, as long as in office (rule M8.5)."""

from __future__ import annotations

import mesa

from sim.agents.escalation import SAVED_WEEKS
from sim.engine.draws import DRAW_SPONSOR
from sim.engine.philox import block, exponential
from sim.improvement.firm import Firm
from sim.improvement.issues import Issue
from sim.study.working_time import WEEKS_PER_MONTH


class Sponsor(mesa.Agent):
    """Backs proposals with hours; leaves after an exponential time in office, for good.

    The time left in office at day 0 is drawn, since an exponential time has no memory:
    until then the sponsor is there under any draw.

    Parameters
    ----------
    model : Firm
        The enterprise.
    since : int
        Week from which the time in office counts.

    Attributes
    ----------
    hours : float
        Attention saved up.
    leaves : float
        Week in which the sponsor leaves.
    """

    model: Firm
    title = "sponsor"

    def __init__(self, model: Firm, since: int):
        super().__init__(model)
        self.lever = model.organisation.levers.sponsorship
        self.hours = 0.0
        months = model.organisation.parameters["sponsor_tenure_months"]
        lanes = block(model.state.keys[DRAW_SPONSOR], 0, 0, 0, 0)
        self.leaves = since + months * WEEKS_PER_MONTH * float(exponential(lanes[0]))

    def stays_on_as(self, before: Sponsor) -> None:
        """Go on as the same person, with the time in office and the attention there was."""
        self.hours, self.leaves = before.hours, before.leaves

    @property
    def in_office(self) -> bool:
        """Whether the sponsor is still there."""
        return self.model.week < self.leaves

    def step(self) -> None:
        """Gain the week's attention."""
        weekly = self.lever.attention_hours
        self.hours = min(self.hours + weekly, SAVED_WEEKS * weekly)

    def backs(self, issue: Issue) -> float:
        """Return σ for a proposal if the sponsor has time for it, else 0."""
        needed = self.model.organisation.parameters["decision_hours"]
        if issue.status == "approved" or not self.in_office or self.hours < needed:
            return 0.0
        self.hours -= needed
        self.model.charge_all(needed)
        return self.lever.strength
