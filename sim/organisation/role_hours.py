"""Hours: who meets whom, what measuring takes, and what roles have left for their own work.

Each hour of a coordinating person is spent once: on meeting functions, on upkeep of
measurement, on monitoring, on following up, or on insight (rules M7, M8, M10).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.organisation.coordination import (
    ACCOUNT_OWNERS,
    ACCOUNTABLE,
    CX_TEAM,
    EMBEDDED_LEADS,
    FIRM_WIDE,
    GOVERNANCE,
    INSIGHT,
    JOURNEY_OWNERS,
    LIAISON,
    ROLES,
    TRUST_OFFICE,
    Meets,
    Per,
    Role,
)
from sim.organisation.planned_visits import crossings_of_segments
from sim.organisation.reporting import following
from sim.organisation.staffing import Staff
from sim.state.blueprint import Blueprint
from sim.study.levers import OrgModel
from sim.study.working_time import HOURS_PER_WEEK

MEASUREMENT_FACTOR = {"score": 0.0, "touchpoint": 1.0, "journey": 3.0}


class RoleHours:
    """The weekly hours of one enterprise under one bundle of levers.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    levers : OrgModel
        The bundle.
    parameters : dict
        Resolved model parameters.
    staff : Staff
        Who works where.
    side_share : numpy.ndarray
        Share of a side duty that gets done in each function, shape (n_functions,).

    Attributes
    ----------
    at_work : dict of Role to numpy.ndarray
        Heads in each role, side duties as far as they get done included: for the firm,
        shape (1,), by function or by journey.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        levers: OrgModel,
        parameters: dict[str, float],
        staff: Staff,
        side_share: np.ndarray,
    ):
        self.blueprint = blueprint
        self.levers = levers
        self.parameters = parameters
        self.staff = staff
        self.members = _members(blueprint)
        self.side_share = side_share
        self.at_work = {role: staff.posts[role] + self._beside(role) for role in ROLES}

    def _beside(self, role: Role) -> np.ndarray | float:
        """Return the heads that a role has of people in the line, as far as they get to it."""
        beside, staff = self.staff.rest.get(role, 0.0), self.staff
        if role.per is Per.FUNCTION:
            return beside / len(staff.line) * self.side_share
        if role is TRUST_OFFICE and staff.trust_host is not None:
            return beside * float(self.side_share[staff.trust_host])
        done = float(self.side_share @ staff.by_size)
        return beside * done / len(staff.posts[role])

    def heads_in(self, role: Role) -> float:
        """Return the heads in a role that works for the whole firm."""
        return float(self.at_work[role][0])

    @cached_property
    def heads(self) -> np.ndarray:
        """People in the line, float64, shape (n_functions,)."""
        return self.staff.line.astype(float)

    @cached_property
    def links(self) -> np.ndarray:
        """Coordinating people that each function meets with, float64, shape (n_functions,).

        Insight people sit with their data and meet whoever they work for.
        """
        central = sum(self.heads_in(role) for role in FIRM_WIDE if role.meets is Meets.EVERYBODY)
        return self.at_work[JOURNEY_OWNERS] @ self.members + self.at_work[EMBEDDED_LEADS] + central

    @cached_property
    def side_heads(self) -> np.ndarray:
        """Heads' worth of time that side duties take of each function, shape (n_functions,)."""
        return self.staff.hosted * self.side_share

    @cached_property
    def reports(self) -> np.ndarray:
        """Second lines in which each function reports, float64, shape (n_functions,).

        One for each journey whose shared KPI it carries before somebody accountable,
        its part of a lead who answers to a central team as well, and in a matrix one to its unit.
        """
        lines = np.zeros(len(self.heads))
        role = ACCOUNTABLE.get(self.levers.ownership.journeys)
        if role and self.staff.filled(role) and self.levers.incentives.shared_journey_weight > 0:
            lines += self.members.sum(axis=0)
        if self.levers.structure.reports == "both":
            lines += self.blueprint.function_units >= 0
        return lines + (self.at_work[EMBEDDED_LEADS] if self.staff.filled(CX_TEAM) else 0.0)

    @cached_property
    def measurement_hours(self) -> float:
        """Hours a week that measuring experience takes, beyond a single score."""
        factor = MEASUREMENT_FACTOR[self.levers.information.measurement]
        return factor * self.parameters["measurement_hours"] * len(self.blueprint.site_ids)

    def role_hours(self, n_links: float) -> float:
        """Return the hours a week that one coordinating person has for the role's own work.

        What ordinary meetings leave of the week, less the person's own side of meeting
        every function that the role links to.
        """
        week = HOURS_PER_WEEK * (1.0 - self.parameters["ordinary_meetings_share"])
        return max(0.0, week - self.parameters["link_hours"] * n_links)

    @cached_property
    def paid_role_hours(self) -> tuple[np.ndarray, float, np.ndarray]:
        """Hours a week of owners by journey, of the CX team, and of leads by function."""
        owners = [self.role_hours(float(functions.sum())) for functions in self.members]
        team = self.heads_in(CX_TEAM) * self._central_hours
        leads = self.at_work[EMBEDDED_LEADS] * self.role_hours(1)
        return self.at_work[JOURNEY_OWNERS] * np.array(owners), team, leads

    @cached_property
    def _central_hours(self) -> float:
        """Hours a week of somebody who meets every function."""
        return self.role_hours(len(self.blueprint.functions))

    @cached_property
    def liaison_hours(self) -> float:
        """Hours a week of those who only tend seams."""
        return self.heads_in(LIAISON) * self._central_hours * self._own_share

    @cached_property
    def minded(self) -> float:
        """m: share of hand-offs of their customers that account owners mind (rule E8).

        Hours a week that they have ÷ (`minding_minutes` × planned hand-offs), at most 1.
        """
        lever = self.levers.staffing.account_owners
        if lever is None:
            return 0.0
        market = self.blueprint.study.market
        place = self.blueprint.segments.index(market.with_owners(lever.segment))
        crossings = crossings_of_segments(self.blueprint)[place] * HOURS_PER_WEEK
        needed = float(crossings) * self.parameters["minding_minutes"] / 60.0
        hours = self.heads_in(ACCOUNT_OWNERS) * self._central_hours
        return min(1.0, hours / needed) if needed > 0.0 else float(hours > 0.0)

    @cached_property
    def governed(self) -> float:
        """Governance hours over the hours that the functions need, at most 1."""
        needed = self.agreeing_hours
        hours = self.heads_in(GOVERNANCE) * self._central_hours * self._own_share
        return min(1.0, hours / needed) if needed > 0.0 else float(hours > 0.0)

    @cached_property
    def agreeing_hours(self) -> float:
        """Hours a week that agreeing on something with all functions needs."""
        return self.parameters["governance_hours"] * float(following(self.heads).sum())

    @cached_property
    def _own_share(self) -> float:
        """Share of the hours of roles without insight that common standards leave them."""
        return 1.0 - self.parameters["standards_share"]

    @cached_property
    def paid_analyst_hours(self) -> float:
        """Hours a week of insight people."""
        return self.heads_in(INSIGHT) * self.role_hours(0)

    @cached_property
    def paid_other_hours(self) -> float:
        """Hours a week of the roles that have no insight hours."""
        heads = sum(self.heads_in(role) for role in (LIAISON, GOVERNANCE, TRUST_OFFICE))
        return heads * self._central_hours

    @cached_property
    def analyst_hours(self) -> float:
        """Hours a week that insight people have left after upkeep of measurement."""
        return self.paid_analyst_hours * self.analysts_share

    @cached_property
    def trust_hours(self) -> float:
        """Hours a week of those who look after what customers disclose."""
        return self.heads_in(TRUST_OFFICE) * self._central_hours * self._own_share

    @cached_property
    def _insightful_hours(self) -> float:
        owners, team, leads = self.paid_role_hours
        return float(owners.sum() + team + leads.sum()) + self.paid_analyst_hours

    @cached_property
    def analysts_share(self) -> float:
        """Share of coordinating people's hours left after upkeep of measurement, 0 to 1."""
        hours = self._insightful_hours
        taken = self.measurement_hours + self.review_coverage * self._review_hours
        return 0.0 if hours <= 0 else max(0.0, 1.0 - taken / hours)

    @cached_property
    def _review_hours(self) -> float:
        """Hours a week that reviewing releases would take."""
        p = self.parameters
        return self.levers.gate.influence * p["gate_hours"] / p["release_weeks"]

    @cached_property
    def review_coverage(self) -> float:
        """Share of the reviews that coordinating people have hours for, after measurement."""
        needed = self._review_hours
        left = max(0.0, self._insightful_hours - self.measurement_hours)
        return min(1.0, left / needed) if needed > 0 else 0.0

    @cached_property
    def gate(self) -> float:
        """Say at the investment gate that there are hours behind, 0 to 1."""
        return self.levers.gate.influence * self.review_coverage

    @cached_property
    def meeting_share(self) -> np.ndarray:
        """Share of each function's day spent on being coordinated, shape (n_functions,)."""
        met = self.parameters["link_hours"] * self.links
        reported = self.parameters["reporting_hours"] * self.reports
        rest = max(0.0, self.measurement_hours - self._insightful_hours)
        unpaid = rest / (HOURS_PER_WEEK * self.heads.sum())
        return (met + reported) / (HOURS_PER_WEEK * self.heads) + unpaid + self._led_by_units

    @cached_property
    def _led_by_units(self) -> np.ndarray:
        """Share of each function's day that following its unit's functions takes of the unit."""
        units = self.blueprint.function_units
        led = np.zeros(len(units))
        if self.levers.structure.reports != "function":
            for unit in set(units[units >= 0].tolist()):
                there = units == unit
                people = float(self.heads[there].sum())
                led[there] = self.parameters["unit_head_hours"] / (HOURS_PER_WEEK * people)
        return led

    def accountable_hours(self, journey: int) -> float:
        """Return the hours a week of whoever is accountable for a journey by name."""
        holder = ACCOUNTABLE.get(self.levers.ownership.journeys)
        share = self.parameters["follow_up_share"]
        if holder is JOURNEY_OWNERS:
            return share * self.owner_hours(journey)
        if holder is CX_TEAM:
            return share * self.team_hours / len(self.blueprint.journeys)
        return 0.0

    def owner_hours(self, journey: int) -> float:
        """Return a journey owner's hours a week left after monitoring and measurement."""
        looking = self.parameters["monitor_share"]
        return float(self.paid_role_hours[0][journey]) * self.analysts_share * (1.0 - looking)

    @cached_property
    def looking_hours(self) -> np.ndarray:
        """Hours a week that go to looking for stuck cases, by journey, shape (n_journeys,).

        Of owners, and of a CX team that is accountable for journeys, which it looks after alike.
        """
        owners = self.paid_role_hours[0] * self.analysts_share
        team = self.paid_role_hours[1] * self.analysts_share * self._team_looks / len(owners)
        return owners * self.parameters["monitor_share"] + team

    @cached_property
    def _team_looks(self) -> float:
        """Share of the CX team's hours spent looking for stuck cases, if it answers for them."""
        answers = ACCOUNTABLE.get(self.levers.ownership.journeys) is CX_TEAM
        return self.parameters["team_monitor_share"] if answers else 0.0

    @cached_property
    def team_hours(self) -> float:
        """Hours a week of the CX team left after measurement and looking for stuck cases."""
        return self.paid_role_hours[1] * self.analysts_share * (1.0 - self._team_looks)

    @cached_property
    def lead_hours(self) -> np.ndarray:
        """Hours a week of each function's lead left after measurement."""
        return self.paid_role_hours[2] * self.analysts_share

    def insight_share(self, role: Role) -> float:
        """Return the share of a role's hours for insight: what following up leaves."""
        accountable = ACCOUNTABLE.get(self.levers.ownership.journeys) is role
        return 1.0 - (self.parameters["follow_up_share"] if accountable else 0.0)

    def followed(self, journey: int) -> float:
        """Return v of a journey: accountable hours over hours needed, at most 1."""
        each = following(self.heads[self.members[journey]])
        needed = self.parameters["follow_up_hours"] * float(each.sum())
        return 1.0 if needed <= 0 else min(1.0, self.accountable_hours(journey) / needed)


def _members(blueprint: Blueprint) -> np.ndarray:
    """Return which functions work in which journeys, bool, (n_journeys, n_functions)."""
    table = np.zeros((len(blueprint.journeys), len(blueprint.functions)), bool)
    for place, (journey, _) in enumerate(blueprint.touchpoints):
        owner = blueprint.owners[place]
        if owner >= 0:
            table[blueprint.journeys.index(journey), owner] = True
    return table
