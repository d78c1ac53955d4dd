"""What a trust office does with its hours (rule M9).

It takes in what agents disclose, governs how facts are used, audits uses, and gives
customers back what the firm holds about their case. Each hour is spent once; what it
reaches is hours over hours needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.organisation.planned_visits import visits_per_hour
from sim.state.blueprint import Blueprint
from sim.study.levers import Trust
from sim.study.working_time import HOURS_PER_WEEK


@dataclass(frozen=True)
class Care:
    """How well customers' facts are looked after.

    Attributes
    ----------
    governed, audited, given_back, taken_in : float
        Share of uses under governance and under audit, of cases in which the firm gives
        back status and data, and of disclosed facts that the office takes in for the
        functions; each 0 to 1.
    """

    governed: float = 0.0
    audited: float = 0.0
    given_back: float = 0.0
    taken_in: float = 0.0


def covered(hours: float, amount: float, minutes: float) -> float:
    """Return which share of some work gets done: hours over hours needed, at most 1."""
    needed = amount * minutes / 60.0
    if hours <= 0.0:
        return 0.0
    return 1.0 if needed <= 0.0 else min(1.0, hours / needed)


class Flows:
    """What passes through a firm in a planned week: uses of facts, and cases.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    """

    def __init__(self, blueprint: Blueprint):
        places = range(len(blueprint.touchpoints))
        needed = np.array([len(set(blueprint.touchpoint(p).requires)) for p in places])
        visits = visits_per_hour(blueprint) * HOURS_PER_WEEK
        starts = [
            blueprint.place_of[name, blueprint.journey(name).start] for name in blueprint.journeys
        ]
        self.uses = float(visits @ needed)
        self.cases = float(visits[starts].sum())


def care(hours: float, flows: Flows, parameters: dict[str, float], lever: Trust) -> Care:
    """Return what so many hours a week reach.

    Parameters
    ----------
    hours : float
        Of the office, a week.
    flows : Flows
        Uses and cases of a planned week.
    parameters : dict
        Resolved model parameters.
    lever : Trust
        How the office splits its hours; what is left goes to governance.
    """
    p = parameters
    governing = max(0.0, 1.0 - lever.audit_share - lever.reciprocity_share - lever.intake_share)
    return Care(
        governed=covered(governing * hours, flows.uses, p["governance_minutes"]),
        audited=covered(lever.audit_share * hours, flows.uses, p["audit_minutes"]),
        given_back=covered(lever.reciprocity_share * hours, flows.cases, p["reciprocity_minutes"]),
        # At most every fact that a visit needs is disclosed.
        taken_in=covered(lever.intake_share * hours, flows.uses, p["disclosure_minutes"]),
    )
