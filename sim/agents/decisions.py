"""Who decides about a site, and what they make of a proposal (rules M8.5, M8.6).

p = logistic(θ(min(B/C, 5) − 1)): B is what the owner expects to save a year by its own
weights, C the work of the fix at its queue's shadow price. All owners must agree;
authority overrides a no in a share A of cases. Nobody decides about a site that nobody
owns: it is escalated, or stays.
"""

from __future__ import annotations

import math

import numpy as np

from sim.agents.firm import Firm
from sim.agents.issues import Alarm, Issue
from sim.philox import DECISION, block, uniform

WEEKS_PER_YEAR = 52.0
LOSS_HOURS = 1.0
"""Work of sorting out one lost case."""
MEAN_SEVERITY = 1.3
OWNERS, ESCALATION = 0, 1
"""Who decides: draws of the two bodies are apart."""
JOURNEY_OWNER = -2
"""Stands for the owner of a journey among the owners of a seam."""


class Decisions:
    """Rights to decide, and the arithmetic of a yes or no.

    Parameters
    ----------
    model : Firm
        The enterprise.
    """

    def __init__(self, model: Firm):
        self.model = model
        self.parameters = model.organisation.parameters
        market = model.study.market
        adoption = market.agent_adoption
        voices = ((adoption, "voice_agent"), (1.0 - adoption, "voice_person"))
        self.mean_voice = sum(
            segment.share * share * min(1.0, self.parameters[voice] * segment.voice * MEAN_SEVERITY)
            for segment in market.segments.values()
            for share, voice in voices
        )

    # --- rights --------------------------------------------------------------

    def owners(self, site: int) -> tuple[int, ...]:
        """Return who decides about a site: functions, or ``JOURNEY_OWNER``; empty if nobody."""
        blueprint = self.model.blueprint
        n_touchpoints = len(blueprint.touchpoints)
        if site < n_touchpoints:
            owner = int(blueprint.owners[site])
            return () if owner < 0 else (owner,)
        sender, receiver = blueprint.seams[site - n_touchpoints]
        if sender == receiver:
            return (sender,)
        funded = self.model.organisation.staff.filled("journey_owners")
        rights = {
            "both": (sender, receiver),
            "upstream": (sender,),
            "downstream": (receiver,),
            "journey_owner": (JOURNEY_OWNER,) if funded else (),
            "nobody": (),
        }
        return rights[self.model.organisation.levers.ownership.seams]

    def workers(self, site: int) -> tuple[int, ...]:
        """Return the functions whose improvement time a fix takes."""
        blueprint = self.model.blueprint
        n_touchpoints = len(blueprint.touchpoints)
        if site < n_touchpoints:
            owner = int(blueprint.owners[site])
            # A step that nobody owns is changed by the functions that serve its journey.
            journey = self.model.organisation.hours.members[blueprint.journey_of[site]]
            return (owner,) if owner >= 0 else tuple(int(f) for f in np.flatnonzero(journey))
        return tuple(sorted(set(blueprint.seams[site - n_touchpoints])))

    def accountable(self, site: int) -> str:
        """Return who is accountable for a site by name, or ``nobody``.

        One owner answers for a site; where there are several or none, whoever answers
        for journeys, if that role is funded.
        """
        owners = set(self.owners(site))
        if owners == {JOURNEY_OWNER}:
            return "journey owner"
        if len(owners) == 1:
            return f"head of {self.model.blueprint.functions[owners.pop()]}"
        staff = self.model.organisation.staff
        holder = self.model.organisation.levers.ownership.journeys
        funded = {
            "journey_owner": staff.filled("journey_owners"),
            "cx_team": staff.filled("cx_team"),
        }
        return holder.replace("_", " ") if funded.get(holder) else "nobody"

    # --- benefit and cost ----------------------------------------------------

    def benefit(self, alarm: Alarm) -> float:
        """Return the hours a year that removing one defect may save, from the evidence.

        Excess failures over the defects that a site ordinarily has, each at the work of
        doing the step again.
        """
        p = self.parameters
        failures = alarm.excess / max(self.mean_voice, 1e-9) * WEEKS_PER_YEAR
        variants = self.model.defects.variants
        ordinary = max(1.0, p["defect_rate"] * variants * p["defect_life_weeks"])
        step = self.model.blueprint.touchpoint(alarm.felt)
        hours = max(LOSS_HOURS, (step.minutes + p["fault_minutes"]) / 60.0)
        return failures * hours / ordinary

    def cost_hours(self, site: int) -> float:
        """Return the work of a fix: k₀ + k₁ × heads who must change."""
        heads = sum(self.model.functions[f].heads for f in self.workers(site))
        return self.parameters["fix_base_hours"] + self.parameters["fix_head_hours"] * heads

    def price(self, function: int) -> float:
        """Return the shadow price of a function's hour, 1 at planned utilisation."""
        planned = 1.0 - self.parameters["planned_utilisation"]
        spare = max(0.05, 1.0 - self.model.functions[function].utilisation)
        return min(5.0, max(0.2, planned / spare))

    def yes(self, issue: Issue, decider: int | None) -> float:
        """Return the chance that a decider says yes.

        Parameters
        ----------
        issue : Issue
            What is proposed.
        decider : int or None
            A function, which counts by its own weights; None for one who counts the
            whole journey.
        """
        share = 1.0
        price = max((self.price(f) for f in self.workers(issue.site)), default=1.0)
        if decider is not None:
            own, shared = self.model.organisation.weighting[decider]
            felt_here = int(self.model.blueprint.owners[issue.felt]) == decider
            congruity = self.model.organisation.congruity(decider)
            share = shared + own * (1.0 if felt_here else congruity)
            price = self.price(decider)
        ratio = min(5.0, share * issue.benefit_hours / (self.cost_hours(issue.site) * price))
        return 1.0 / (1.0 + math.exp(-self.parameters["decision_steepness"] * (ratio - 1.0)))

    # --- decisions -----------------------------------------------------------

    def step(self) -> None:
        """Let owners decide what was opened by last week, or may be decided again."""
        register, week = self.model.register, self.model.week
        cool_off = self.parameters["cool_off_weeks"]
        for issue in list(register.issues):
            again = (
                issue.status == "refused"
                and issue.decided is not None
                and week - issue.decided >= cool_off
            )
            if again or (issue.status == "open" and week > issue.opened):
                self._decide(issue)

    def _decide(self, issue: Issue) -> None:
        register, week = self.model.register, self.model.week
        owners = self.owners(issue.site)
        if owners and all(self._agrees(issue, owner) for owner in owners):
            register.decided(issue, "approved", week)
            return
        if self.model.escalation is None:
            if owners:
                register.decided(issue, "refused", week)
            return  # nobody owns it and nobody else decides: it stays open
        issue.status = "escalated"
        issue.escalated = week

    def _agrees(self, issue: Issue, owner: int) -> bool:
        decider = None if owner == JOURNEY_OWNER else owner
        own = owner == JOURNEY_OWNER and issue.proposer.decides_seams
        authority = 0.0 if own else issue.proposer.authority  # nobody overrules themselves
        chance = authority + (1.0 - authority) * self.yes(issue, decider)
        return self.draw(issue, owner, OWNERS) < chance

    def draw(self, issue: Issue, voter: int, body: int) -> float:
        """Return a voter's draw on an issue: uniform, by site, week, voter and body."""
        model = self.model
        counter = int(model.blueprint.site_counters[issue.site])
        voters = model.blueprint.function_counters
        name = int(voters[voter]) if voter >= 0 else -voter
        return float(uniform(block(model.state.keys[DECISION], counter, model.week, name, body)[0]))
