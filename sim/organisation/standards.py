"""Common standards of what is written down, and what readers understand by them (rule E2).

Coordinating people agree on what a field means and how it is filled in. The hours go off what
they would have spent on insight; who has no insight to give up gives them off the role's work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.organisation.coordination import CX_TEAM, JOURNEY_OWNERS
from sim.organisation.role_hours import RoleHours


@dataclass(frozen=True)
class InsightHours:
    """Hours a week that each role has for insight, after what it gives to common standards.

    Attributes
    ----------
    owners : numpy.ndarray
        Of journey owners, by journey.
    team, analysts : float
        Of the CX team, and of insight people.
    leads : numpy.ndarray
        Of embedded leads, by function.
    given : float
        What all coordinating roles give to common standards.
    """

    owners: np.ndarray
    team: float
    analysts: float
    leads: np.ndarray
    given: float


def left_for_insight(hours: RoleHours) -> InsightHours:
    """Divide coordinating people's hours between insight and common standards.

    Each role gives `standards_share` of its hours, as far as its insight hours go; liaison,
    governance and trust office give theirs off their own work.

    Parameters
    ----------
    hours : RoleHours
        The weekly hours of one enterprise under one bundle of levers.
    """
    share = hours.parameters["standards_share"]
    paid_owners, paid_team, paid_leads = hours.paid_role_hours
    journeys = range(len(hours.blueprint.journeys))
    owners = np.array([hours.owner_hours(journey) for journey in journeys])
    owners = owners * hours.insight_share(JOURNEY_OWNERS)
    team = hours.team_hours * hours.insight_share(CX_TEAM)
    leads = hours.lead_hours * (1.0 - hours.parameters["lead_liaison_share"])
    analysts = hours.analyst_hours
    by_owners = np.minimum(owners, share * paid_owners)
    by_team = min(team, share * paid_team)
    by_leads = np.minimum(leads, share * paid_leads)
    by_analysts = min(analysts, share * hours.paid_analyst_hours)
    insightful = float(by_owners.sum()) + by_team + float(by_leads.sum()) + by_analysts
    return InsightHours(
        owners - by_owners,
        team - by_team,
        analysts - by_analysts,
        leads - by_leads,
        insightful + share * hours.paid_other_hours,
    )


def share_agreed(hours: RoleHours, given: float) -> float:
    """Return hours given to common standards over hours needed, at most 1.

    Needed are `governance_hours`·Σ_f (1 + max(0, ln(n_f/10))), as for agreed ways of deciding:
    both are agreed with every function, and a large one takes longer.
    """
    needed = hours.agreeing_hours
    return min(1.0, given / needed) if needed > 0.0 else float(given > 0.0)


def chance_to_understand(
    parameters: dict[str, float], ties: np.ndarray, standards: float
) -> np.ndarray:
    """Return u_f, the chance that a reader understands a fact another function wrote.

    u_f = u₀ + (1 − u₀)·max(τ_f, s, s₀): as anybody would, and beyond that as far as the reader
    knows somebody there, common standards reach, or the firm's systems prescribe what is meant
    (shared meaning across boundaries: Carlile 2004; Bechky 2003).

    Parameters
    ----------
    parameters : dict
        `understanding_floor` u₀, `standards_given` s₀.
    ties : numpy.ndarray
        τ_f of each reader to people of other functions, 0 to 1.
    standards : float
        s, 0 to 1.

    Returns
    -------
    numpy.ndarray
        0 to 1, the shape of `ties`.
    """
    floor, given = parameters["understanding_floor"], parameters["standards_given"]
    chance: np.ndarray = floor + (1.0 - floor) * np.maximum(ties, max(standards, given))
    return chance
