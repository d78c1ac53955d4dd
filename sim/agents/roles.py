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
    """

    def __init__(self, model: Firm, journey: int):
        super().__init__(model, model.organisation.levers.authority)
        self.decides_seams = True
        self.journey = self.place = journey
        self.title = f"owner of {model.blueprint.journeys[journey]}"

    @property
    def heads(self) -> float:
        """People in the role; one person may own several journeys."""
        return float(self.model.organisation.hours.owners[self.journey])

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

    title = "CX team"

    def __init__(self, model: Firm):
        super().__init__(model, model.organisation.levers.authority)

    @property
    def heads(self) -> float:
        """People in the team."""
        return float(self.model.organisation.hours.cx_team)

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

    def __init__(self, model: Firm, function: int):
        super().__init__(model, model.organisation.levers.authority)
        self.function = self.place = function
        self.title = f"CX lead in {model.blueprint.functions[function]}"

    @property
    def heads(self) -> float:
        """People in the role; one lead may span several functions."""
        return float(self.model.organisation.hours.leads[self.function])

    def sees(self, felt: int) -> bool:
        """See what is felt at the host function's touchpoints."""
        return bool(self.model.blueprint.owners[felt] == self.function)

    def step(self) -> None:
        """Analyse with the hours that measurement and seams leave."""
        organisation = self.model.organisation
        tending = organisation.parameters["lead_liaison_share"]
        self.hours = (1.0 - tending) * float(organisation.hours.lead_hours[self.function])
        self.analyse()
