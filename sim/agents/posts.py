"""Who fills the posts that the levers in force provide for, and who succeeds whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.agents.account_owners import AccountOwners
from sim.agents.analyst import Analyst
from sim.agents.escalation import Committee, DecisionMaker, EscalationBody
from sim.agents.roles import CxTeam, EmbeddedLead, InsightTeam, JourneyOwner
from sim.agents.sponsor import Sponsor
from sim.agents.trust_office import TrustOffice
from sim.improvement.sight import TOP
from sim.organisation.coordination import (
    ACCOUNT_OWNERS,
    CX_TEAM,
    EMBEDDED_LEADS,
    INSIGHT,
    JOURNEY_OWNERS,
    TRUST_OFFICE,
)

if TYPE_CHECKING:
    from sim.improvement.firm import Firm

PATHS = {"none": None, "committee": Committee, "decision_maker": DecisionMaker}


@dataclass(frozen=True)
class Posts:
    """Everybody in a post beside the heads of functions.

    Attributes
    ----------
    roles : list of Analyst
        Coordinating roles that look into alarms, in the order in which they do.
    trust_office : TrustOffice or None
    account_owners : AccountOwners or None
    escalation : EscalationBody or None
    sponsor : Sponsor or None
    executive : EscalationBody or None
        Before whom roles that are placed at the top bring their proposals first: the escalation
        path, or somebody of their own where there is none.
    """

    roles: list[Analyst]
    trust_office: TrustOffice | None
    account_owners: AccountOwners | None
    escalation: EscalationBody | None
    sponsor: Sponsor | None
    executive: EscalationBody | None = None

    @property
    def weekly(self) -> list[TrustOffice | AccountOwners | Sponsor]:
        """Those who spend or gain hours once a week, or leave, and look into no alarm."""
        there = (self.trust_office, self.account_owners, self.sponsor)
        return [each for each in there if each is not None]

    @property
    def apart(self) -> EscalationBody | None:
        """The executive, if that is not the escalation path."""
        return None if self.executive is self.escalation else self.executive

    @property
    def deciding(self) -> list[EscalationBody]:
        """Those before whom matters wait for attention."""
        return [each for each in (self.escalation, self.apart) if each is not None]


def appoint(firm: Firm) -> Posts:
    """Fill the posts that the levers in force provide for.

    Parameters
    ----------
    firm : Firm
        The enterprise; whoever is appointed is among its agents.
    """
    levers, staff = firm.organisation.levers, firm.organisation.staff
    roles: list[Analyst] = []
    if staff.filled(JOURNEY_OWNERS):
        roles += [JourneyOwner(firm, place) for place in range(len(firm.blueprint.journeys))]
    if staff.filled(CX_TEAM):
        roles.append(CxTeam(firm))
    if staff.filled(EMBEDDED_LEADS):
        roles += [EmbeddedLead(firm, place) for place in range(len(firm.blueprint.functions))]
    if staff.filled(INSIGHT):
        roles.append(InsightTeam(firm))
    office = TrustOffice(firm) if staff.filled(TRUST_OFFICE) else None
    owners = AccountOwners(firm) if staff.filled(ACCOUNT_OWNERS) else None
    path = PATHS[levers.escalation.path]
    escalation = path(firm) if path else None
    since = max(firm.week, firm.register.window[0])
    sponsor = Sponsor(firm, since) if levers.sponsorship.strength > 0.0 else None
    executive = _executive(firm, roles, escalation) if levers.placement.host == TOP else None
    return Posts(roles, office, owners, escalation, sponsor, executive)


def _executive(
    firm: Firm, roles: list[Analyst], escalation: EscalationBody | None
) -> EscalationBody | None:
    """Return before whom roles at the top bring their proposals first, if there are any."""
    if not (firm.sight.on and any(role.seated for role in roles)):
        return None
    return escalation or DecisionMaker(firm)


def succeed(firm: Firm, before: Posts) -> Posts:
    """Fill the posts anew; a successor answers for what the predecessor has proposed.

    Parameters
    ----------
    firm : Firm
        The enterprise, under the levers that are in force now.
    before : Posts
        Who was there until now; they leave the enterprise's agents.
    """
    after = appoint(firm)
    firm.register.hand_over(before.roles, after.roles)
    if before.escalation is not None and type(before.escalation) is type(after.escalation):
        after.escalation.takes_over_from(before.escalation)
    if before.executive is not None and after.executive is None:
        for issue in firm.register.waiting("brought"):
            firm.register.clear(issue)
    if before.apart is not None and after.apart is not None:
        after.apart.takes_over_from(before.apart)
    if before.sponsor is not None and after.sponsor is not None:
        after.sponsor.stays_on_as(before.sponsor)
    if before.account_owners is not None:
        before.account_owners.hand_over(after.account_owners)
    offices = (before.trust_office, before.account_owners)
    leaving = (*before.roles, *offices, *before.deciding, before.sponsor)
    for each in leaving:
        if each is not None:
            each.remove()
    return after
