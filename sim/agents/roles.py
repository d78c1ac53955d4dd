"""Coordinating roles: journey owners, the CX team and embedded leads."""

from __future__ import annotations

from sim.agents.analyst import Analyst
from sim.agents.firm import Firm


class JourneyOwner(Analyst):
    """Sees a journey end to end, seams included; looks for stuck cases; proposes.

    Parameters
    ----------
    model : Firm
        The enterprise.
    journey : int
        The journey owned.
    heads : float
        People in the role; one person may own several journeys.
    """

    def __init__(self, model: Firm, journey: int, heads: float):
        super().__init__(model, model.organisation.levers.authority)
        self.decides_seams = True
        self.journey = journey
        self.heads = heads
        self.title = f"owner of {model.blueprint.journeys[journey]}"

    def sees(self, felt: int) -> bool:
        """See everything felt within the journey."""
        return bool(self.model.blueprint.journey_of[felt] == self.journey)

    def step(self) -> None:
        """Analyse with the hours that monitoring, follow-up and measurement leave."""
        hours = self.model.organisation.hours
        self.hours = hours.insight_share("journey_owner") * hours.owner_hours(self.journey)
        self.analyse()


class CxTeam(Analyst):
    """Sees all signals at the granularity of measurement; proposes to owners."""

    def __init__(self, model: Firm, heads: int):
        super().__init__(model, model.organisation.levers.authority)
        self.heads = heads
        self.title = "CX team"

    def sees(self, felt: int) -> bool:
        """See everything."""
        return felt >= 0

    def step(self) -> None:
        """Analyse with the hours that measurement and following up leave."""
        hours = self.model.organisation.hours
        self.hours = hours.insight_share("cx_team") * hours.team_hours
        self.analyse()


class EmbeddedLead(Analyst):
    """Sits in a function, sees what is felt there, and tends its seams part of the time."""

    def __init__(self, model: Firm, function: int, heads: float):
        super().__init__(model, model.organisation.levers.authority)
        self.function = function
        self.heads = heads
        self.title = f"CX lead in {model.blueprint.functions[function]}"

    def sees(self, felt: int) -> bool:
        """See what is felt at the host function's touchpoints."""
        return bool(self.model.blueprint.owners[felt] == self.function)

    def step(self) -> None:
        """Analyse with the hours that measurement and seams leave."""
        organisation = self.model.organisation
        tending = organisation.parameters["lead_liaison_share"]
        self.hours = (1.0 - tending) * float(organisation.hours.lead_hours[self.function])
        self.analyse()
