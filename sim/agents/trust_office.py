"""The trust office: it looks after what customers tell the firm (rule M9)."""

from __future__ import annotations

import mesa

from sim.improvement.firm import Firm
from sim.organisation.stewardship import Flows, care


class TrustOffice(mesa.Agent):
    """Receives, governs, audits and gives back, with the hours it has.

    It is dedicated, or a side duty of a host function that does it as far as its own
    incentives let it.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    hours : float
        Of last week's work.
    """

    model: Firm
    title = "trust office"

    def __init__(self, model: Firm):
        super().__init__(model)
        self.flows = Flows(model.blueprint)
        self.hours = 0.0

    def step(self) -> None:
        """Spend the week's hours; what they reach holds for the week's days."""
        organisation = self.model.organisation
        self.hours = organisation.hours.trust_hours
        organisation.week.care = care(
            self.hours, self.flows, organisation.parameters, organisation.levers.trust
        )
