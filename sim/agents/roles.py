"""Coordinating roles: journey owners, the CX team, embedded leads, insight people."""

from __future__ import annotations

from sim.agents.analyst import Analyst
from sim.improvement.firm import Firm, Watcher
from sim.improvement.issues import Alarm, Proposer
from sim.organisation.coordination import CX_TEAM, EMBEDDED_LEADS, INSIGHT, JOURNEY_OWNERS


class JourneyOwner(Analyst):
    """Sees a journey end to end, seams included; looks for stuck cases; proposes.

    Parameters
    ----------
    model : Firm
        The enterprise.
    journey : int
        The journey owned.
    """

    seated = True

    def __init__(self, model: Firm, journey: int):
        super().__init__(model, model.organisation.levers.authority)
        self.decides_seams = True
        self.journey = self.place = journey
        self.title = f"owner of {model.blueprint.journeys[journey]}"

    @property
    def heads(self) -> float:
        """People in the role; one person may own several journeys."""
        return float(self.organisation.hours.at_work[JOURNEY_OWNERS][self.journey])

    def sees(self, felt: int) -> bool:
        """See everything heard about the journey, end to end, seams included."""
        blueprint = self.model.blueprint
        n_touchpoints = len(blueprint.touchpoints)
        if felt < n_touchpoints:
            return bool(blueprint.journey_of[felt] == self.journey)
        return bool(blueprint.seam_journeys[felt - n_touchpoints, self.journey])

    def step(self) -> None:
        """Analyse with the hours that monitoring, follow-up and measurement leave."""
        self.hours = float(self.organisation.insight_hours.owners[self.journey])
        self.analyse()


class CxTeam(Analyst):
    """Sees all signals at the granularity of measurement; proposes to owners."""

    title = "CX team"
    seated = True

    def __init__(self, model: Firm):
        super().__init__(model, model.organisation.levers.authority)

    @property
    def heads(self) -> float:
        """People in the team."""
        return self.organisation.hours.heads_in(CX_TEAM)

    def sees(self, felt: int) -> bool:
        """See everything."""
        return felt >= 0

    def step(self) -> None:
        """Analyse with the hours that measurement and following up leave."""
        self.hours = self.organisation.insight_hours.team
        self.analyse()


class EmbeddedLead(Analyst):
    """Sits in a function, sees what is felt there, and tends its seams part of the time."""

    def __init__(self, model: Firm, function: int):
        super().__init__(model, model.organisation.levers.authority)
        self.function = self.place = function
        self.title = f"CX lead in {model.blueprint.functions[function]}"

    @property
    def placed(self) -> tuple[int | None, float]:
        """Itself: what a lead sees was felt at its host, whose KPI shows all of it."""
        return None, 0.0

    @property
    def heads(self) -> float:
        """People in the role; one lead may span several functions."""
        return float(self.organisation.hours.at_work[EMBEDDED_LEADS][self.function])

    def sees(self, felt: int) -> bool:
        """See what is heard about the host function's touchpoints and seams."""
        return self.model.decisions.touches(felt, self.function)

    def step(self) -> None:
        """Analyse with the hours that measurement and seams leave."""
        self.hours = float(self.organisation.insight_hours.leads[self.function])
        self.analyse()


class InsightTeam(Analyst):
    """Looks into alarms for whoever has the right to see them, who then proposes."""

    title = "insight team"

    def __init__(self, model: Firm):
        super().__init__(model, 0.0)

    @property
    def heads(self) -> float:
        """People in the team."""
        return self.organisation.hours.heads_in(INSIGHT)

    def sees(self, felt: int) -> bool:
        """Look into whatever somebody may see."""
        return any(agent.sees(felt) for agent in self._others())

    def may_look_into(self, alarm: Alarm) -> bool:
        """Look into whatever somebody else may look into."""
        return self.speaks_for(alarm) is not self

    def speaks_for(self, alarm: Alarm) -> Proposer:
        """Return the first coordinating role that may look into an alarm, else a function."""
        seeing = (agent for agent in self._others() if agent.may_look_into(alarm))
        return next(seeing, self)

    def _others(self) -> list[Watcher]:
        others = (role for role in self.model.roles if role is not self)
        return [*others, *self.model.functions]

    def step(self) -> None:
        """Analyse with the hours that measurement leaves."""
        self.hours = self.organisation.insight_hours.analysts
        self.analyse()
