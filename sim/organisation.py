"""From levers and enterprise to the numbers the rules read each week.

Nothing here knows an org model's name, and nothing here is an outcome: levers set
people, hours, rights and weights, from which ties, liaison and efforts follow.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.blueprint import HOURS_PER_WEEK, NEVER, Blueprint
from sim.errors import Problem, ScenarioError
from sim.flows import crossings_per_hour
from sim.incentives import CARE, IMPROVEMENT, QUALITY, SEAM, TASKS, diluted, efforts
from sim.levers import OrgModel
from sim.parameters import resolve
from sim.staffing import Staff, staff
from sim.state import State

SMALL = 1e-12
LEAST_SERVING = 0.05
"""Share of the day below which a function cannot be said to serve."""
MEASUREMENT_FACTOR = {"score": 0.0, "touchpoint": 1.0, "journey": 3.0}


class Organisation:
    """One enterprise under one bundle of levers.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    levers : OrgModel
        The bundle; its name is never read.

    Attributes
    ----------
    staff : Staff
        Who works where.
    inside, across : numpy.ndarray
        Chance that two people have a tie, inside a function and to people outside it,
        float64, shape (n_functions,).
    effort : numpy.ndarray
        Share of discretionary time by function and task, shape (n_functions, 4).
    """

    def __init__(self, blueprint: Blueprint, levers: OrgModel):
        self.blueprint = blueprint
        self.levers = levers
        self.parameters = resolve(blueprint.scenario.parameters)
        self.staff: Staff = staff(blueprint, levers)
        heads = self.staff.line.astype(float)
        outside = self.staff.total - heads
        self.inside = np.minimum(1.0, self.parameters["inner_ties"] / np.maximum(1.0, heads - 1.0))
        self.across = np.minimum(1.0, self.parameters["cross_ties"] / np.maximum(1.0, outside))
        self.crossings = crossings_per_hour(blueprint) * HOURS_PER_WEEK
        self.members = self._members()
        self.effort = np.zeros((len(heads), len(TASKS)))
        self.allocate_effort()

    def _members(self) -> np.ndarray:
        """Return which functions work in which journeys, bool, (n_journeys, n_functions)."""
        table = np.zeros((len(self.blueprint.journeys), len(self.blueprint.functions)), bool)
        for place, (journey, _) in enumerate(self.blueprint.touchpoints):
            owner = self.blueprint.owners[place]
            if owner >= 0:
                table[self.blueprint.journeys.index(journey), owner] = True
        return table

    # --- hours ---------------------------------------------------------------

    @property
    def heads(self) -> np.ndarray:
        """People in the line, float64, shape (n_functions,)."""
        return self.staff.line.astype(float)

    @property
    def links(self) -> np.ndarray:
        """Coordinating people that each function meets with, float64, shape (n_functions,)."""
        owners = self.staff.owners @ self.members
        return owners + self.staff.leads + self.staff.cx_team + self.staff.liaison

    @property
    def committee_share(self) -> np.ndarray:
        """Share of each function's day that the escalation path takes, shape (n_functions,)."""
        path = self.levers.escalation
        if path.path == "committee":
            return path.attention_hours / (HOURS_PER_WEEK * self.heads)
        if path.path == "decision_maker":
            return np.full(
                len(self.heads), path.attention_hours / HOURS_PER_WEEK / self.heads.sum()
            )
        return np.zeros(len(self.heads))

    @property
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
    def _paid_role_hours(self) -> tuple[np.ndarray, float, np.ndarray]:
        """Hours a week of owners by journey, of the CX team, and of leads by function."""
        n_functions = len(self.blueprint.functions)
        owners = [self.role_hours(float(functions.sum())) for functions in self.members]
        team = self.staff.cx_team * self.role_hours(n_functions)
        return self.staff.owners * np.array(owners), team, self.staff.leads * self.role_hours(1)

    @property
    def liaison_hours(self) -> float:
        """Hours a week of those who only tend seams."""
        return self.staff.liaison * self.role_hours(len(self.blueprint.functions))

    @property
    def _insightful_hours(self) -> float:
        owners, team, leads = self._paid_role_hours
        return float(owners.sum() + team + leads.sum())

    @property
    def analysts_share(self) -> float:
        """Share of coordinating people's hours left after upkeep of measurement, 0 to 1."""
        hours = self._insightful_hours
        return 0.0 if hours <= 0 else max(0.0, 1.0 - self.measurement_hours / hours)

    @property
    def meeting_share(self) -> np.ndarray:
        """Share of each function's day spent on being coordinated, shape (n_functions,)."""
        linked = self.parameters["link_hours"] * self.links / (HOURS_PER_WEEK * self.heads)
        rest = max(0.0, self.measurement_hours - self._insightful_hours)
        unpaid = rest / (HOURS_PER_WEEK * self.heads.sum())
        return linked + self.committee_share + unpaid

    @cached_property
    def improvement_hours(self) -> np.ndarray:
        """Hours a week that each function gives to fixes, float64, shape (n_functions,)."""
        share = self.parameters["discretionary_share"] * self.effort[:, IMPROVEMENT]
        return HOURS_PER_WEEK * self.heads * np.maximum(self.parameters["improvement_floor"], share)

    @property
    def overhead_share(self) -> float:
        """Share of all paid hours that coordination takes."""
        meetings = float((self.meeting_share * self.heads).sum())
        return (self.staff.coordinating + meetings) / self.staff.total

    # --- incentives ----------------------------------------------------------

    def accountable_hours(self, journey: int) -> float:
        """Return the hours a week of whoever is accountable for a journey by name."""
        holder = self.levers.ownership.journeys
        share = self.parameters["follow_up_share"]
        if holder == "journey_owner":
            return share * self.owner_hours(journey)
        if holder == "cx_team":
            return share * self.team_hours / len(self.blueprint.journeys)
        return 0.0

    def owner_hours(self, journey: int) -> float:
        """Return a journey owner's hours a week left after monitoring and measurement."""
        looking = self.parameters["monitor_share"]
        return float(self._paid_role_hours[0][journey]) * self.analysts_share * (1.0 - looking)

    @property
    def team_hours(self) -> float:
        """Hours a week of the CX team left after measurement."""
        return self._paid_role_hours[1] * self.analysts_share

    @property
    def lead_hours(self) -> np.ndarray:
        """Hours a week of each function's lead left after measurement."""
        return self._paid_role_hours[2] * self.analysts_share

    def insight_share(self, holder: str) -> float:
        """Return the share of a role's hours for insight: what following up leaves."""
        accountable = self.levers.ownership.journeys == holder
        return 1.0 - (self.parameters["follow_up_share"] if accountable else 0.0)

    def followed(self, journey: int) -> float:
        """Return v of a journey: accountable hours over hours needed, at most 1."""
        sizes = self.heads[self.members[journey]]
        each = 1.0 + np.maximum(0.0, np.log(sizes / 10.0))
        needed = self.parameters["follow_up_hours"] * float(each.sum())
        return 1.0 if needed <= 0 else min(1.0, self.accountable_hours(journey) / needed)

    def weights(self, function: int) -> tuple[float, float]:
        """Return a function's weights on own KPI and, after dilution, on the journey KPI."""
        shared = self.levers.incentives.shared_journey_weight
        mine = np.flatnonzero(self.members[:, function])
        if len(mine) == 0:
            return 1.0 - shared, 0.0
        counted = [
            diluted(shared, float(self.members[j].sum()), self.followed(int(j))) for j in mine
        ]
        return 1.0 - shared, float(np.mean(counted))

    def allocate_effort(self) -> None:
        """Let every function divide its discretionary time by what it is rewarded for.

        Nothing that weights depend on changes in a run, so this is done once.
        """
        self.weighting = [self.weights(function) for function in range(len(self.heads))]
        for function, weights in enumerate(self.weighting):
            self.effort[function] = efforts(self.parameters, *weights)

    def effort_of(self, function: int) -> dict[str, float]:
        """Return a function's share of discretionary time by task."""
        return {task: float(self.effort[function, i]) for i, task in enumerate(TASKS)}

    # --- what the rules read -------------------------------------------------

    def liaison(self) -> np.ndarray:
        """Return ℓ by seam: liaison hours over hours the flow needs, at most 1.

        Both sides' seam work, split by flow, and the hours of liaison people and
        embedded leads.
        """
        p = self.parameters
        seam_hours = p["discretionary_share"] * self.effort[:, SEAM] * self.heads * HOURS_PER_WEEK
        flow_of = np.zeros(len(self.heads))
        for place, (sender, receiver) in enumerate(self.blueprint.seams):
            flow_of[sender] += self.crossings[place]
            if receiver != sender:
                flow_of[receiver] += self.crossings[place]
        hours = seam_hours + p["lead_liaison_share"] * self.lead_hours
        # A seam's part of the hours and its need are both in proportion to its flow.
        each = hours / np.maximum(flow_of, SMALL)
        central = self.liaison_hours / max(float(self.crossings.sum()), SMALL)
        needed = max(p["liaison_minutes"] / 60.0, SMALL)
        return np.array(
            [
                min(1.0, (sum(each[f] for f in {sender, receiver}) + central) / needed)
                for sender, receiver in self.blueprint.seams
            ]
        )

    def tie(self, sender: int, receiver: int) -> float:
        """Return τ between a person of one function and a person of another."""
        return float(self.inside[sender] if sender == receiver else self.across[sender])

    def check(self) -> None:
        """Check that every function has time to serve.

        Raises
        ------
        ScenarioError
            If meetings and other duties leave some function none.
        """
        _ = self._function_constants

    def set_rates(self, state: State, defects: np.ndarray) -> None:
        """Write what the rules read into the state.

        Parameters
        ----------
        state : State
            Written: functions, seams, rates, find_hours.
        defects : numpy.ndarray
            Defects at each site, int, shape (n_sites,).
        """
        state.functions["slowness"] = self._function_constants[0]
        self._set_seams(state, defects[len(self.blueprint.touchpoints) :])
        self._set_finding(state)
        self._set_touchpoints(state, defects[: len(self.blueprint.touchpoints)])

    def time_away(self) -> np.ndarray:
        """Return φ: the share of each function's day in which nobody is served."""
        p = self.parameters
        discretionary = p["discretionary_share"]
        committed = self.effort.sum(axis=1)
        fixing = np.maximum(p["improvement_floor"], discretionary * self.effort[:, IMPROVEMENT])
        idle = (1.0 - np.minimum(1.0, committed)) * (1.0 - p["uncommitted_productivity"])
        own = discretionary * (self.effort[:, SEAM] + idle) + fixing
        return p["ordinary_meetings_share"] + self.meeting_share + own

    @cached_property
    def _function_constants(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Slowness, quality and care of each function, which no week changes."""
        p = self.parameters
        careful = p["discretionary_share"] * (self.effort[:, QUALITY] + self.effort[:, CARE])
        serving = 1.0 - self.time_away() - careful
        if serving.min() < LEAST_SERVING:
            name = self.blueprint.functions[int(serving.argmin())]
            message = f"meetings and other duties leave {name} no time to serve customers"
            remedy = "ask for less of escalation, measurement or coordinating staff"
            raise ScenarioError([Problem("", None, None, "levers", message, remedy)])
        quality = p["quality_effect"] * self.effort[:, QUALITY]
        return 1.0 / serving, quality, np.exp(-p["care_effect"] * self.effort[:, CARE])

    @cached_property
    def _seam_constants(self) -> tuple[np.ndarray, np.ndarray]:
        """What a seam would keep of a note, and its hazard of loss, if it had no defect."""
        p = self.parameters
        ties = np.array([self.tie(*seam) for seam in self.blueprint.seams])
        kept = 1.0 - (1.0 - p["note_retention"]) * (1.0 - ties)
        return kept, p["loss_rate"] * (1.0 - ties) * (1.0 - self.liaison())

    @cached_property
    def _touchpoint_constants(self) -> tuple[np.ndarray, np.ndarray]:
        """Odds of an error, and chance of a latent fault, of steps without a defect."""
        _, quality, care = self._function_constants
        steps, _ = self.blueprint.touchpoint_array()
        owned = self.blueprint.owners >= 0
        effort = np.where(owned, quality[self.blueprint.owners], 0.0)
        careless = np.where(owned, care[self.blueprint.owners], 1.0)
        return np.exp(steps["log_odds"] - effort), steps["latent"] * careless

    def _set_touchpoints(self, state: State, defects: np.ndarray) -> None:
        p = self.parameters
        effect = p["defect_error"] * (1.0 - np.exp(-p["defect_effect"] * defects))
        errors, faults = self._touchpoint_constants
        worse = np.exp(effect)  # defects multiply odds
        chance = faults * worse / (1.0 - faults + faults * worse)
        state.rates["error_odds"] = errors
        state.rates["defect_odds"] = worse
        state.rates["fault"] = chance
        np.divide(faults, chance, out=state.rates["fault_weight"], where=chance > 0.0)

    def _set_seams(self, state: State, defects: np.ndarray) -> None:
        if len(defects) == 0:
            return
        p = self.parameters
        kept, hazard = self._seam_constants
        state.seams["retention"] = kept * np.exp(-p["note_defect_loss"] * defects)
        state.seams["lost"] = 1.0 - np.exp(-hazard * (1.0 + p["loss_defect"] * defects))
        state.seams["lost_without_defects"] = 1.0 - np.exp(-hazard)

    def _set_finding(self, state: State) -> None:
        """Mean time to find a lost case: open cases × hours a check ÷ monitoring hours."""
        p = self.parameters
        weekly = self._paid_role_hours[0] * self.analysts_share * p["monitor_share"]
        hours = weekly / HOURS_PER_WEEK  # in an hour of the clock
        checks = np.maximum(1.0, state.open_cases) * p["monitor_minutes"] / 60.0
        state.find_hours[:] = NEVER
        np.divide(checks, hours, out=state.find_hours, where=hours > 0)
