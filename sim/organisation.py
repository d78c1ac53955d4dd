"""From levers and enterprise to the numbers the rules read each week.

Nothing here knows an org model's name, and nothing here is an outcome: levers set
people, hours, rights and weights, from which ties, liaison and efforts follow.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sim.blueprint import HOURS_PER_WEEK, Blueprint
from sim.errors import Problem, ScenarioError
from sim.flows import crossings_per_hour
from sim.hours import Hours
from sim.incentives import CARE, IMPROVEMENT, QUALITY, SEAM, TASKS, diluted, efforts
from sim.levers import OrgModel
from sim.parameters import resolve
from sim.staffing import Staff, staff

SMALL = 1e-12
LEAST_SERVING = 0.05
"""Share of the day below which a function cannot be said to serve."""


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
        self.hours = Hours(blueprint, levers, self.parameters, self.staff)
        heads = self.heads
        outside = self.staff.total - heads
        self.inside = np.minimum(1.0, self.parameters["inner_ties"] / np.maximum(1.0, heads - 1.0))
        self.across = np.minimum(1.0, self.parameters["cross_ties"] / np.maximum(1.0, outside))
        self.crossings = crossings_per_hour(blueprint) * HOURS_PER_WEEK
        self.effort = np.zeros((len(heads), len(TASKS)))
        self.allocate_effort()

    # --- hours ---------------------------------------------------------------

    @property
    def heads(self) -> np.ndarray:
        """People in the line, float64, shape (n_functions,)."""
        return self.hours.heads

    @cached_property
    def improvement_hours(self) -> np.ndarray:
        """Hours a week that each function gives to fixes, float64, shape (n_functions,)."""
        share = self.parameters["discretionary_share"] * self.effort[:, IMPROVEMENT]
        return HOURS_PER_WEEK * self.heads * np.maximum(self.parameters["improvement_floor"], share)

    @property
    def overhead_share(self) -> float:
        """Share of all paid hours that coordination takes."""
        meetings = float((self.hours.meeting_share * self.heads).sum())
        return (self.staff.coordinating + meetings) / self.staff.total

    # --- incentives ----------------------------------------------------------

    def weights(self, function: int) -> tuple[float, float]:
        """Return a function's weights on own KPI and, after dilution, on the journey KPI."""
        shared = self.levers.incentives.shared_journey_weight
        mine = np.flatnonzero(self.hours.members[:, function])
        if len(mine) == 0:
            return 1.0 - shared, 0.0
        counted = [
            diluted(shared, float(self.hours.members[j].sum()), self.hours.followed(int(j)))
            for j in mine
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
        hours = seam_hours + p["lead_liaison_share"] * self.hours.lead_hours
        # A seam's part of the hours and its need are both in proportion to its flow.
        each = hours / np.maximum(flow_of, SMALL)
        central = self.hours.liaison_hours / max(float(self.crossings.sum()), SMALL)
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
        _ = self.constants

    def time_away(self) -> np.ndarray:
        """Return φ: the share of each function's day in which nobody is served."""
        p = self.parameters
        discretionary = p["discretionary_share"]
        committed = self.effort.sum(axis=1)
        fixing = np.maximum(p["improvement_floor"], discretionary * self.effort[:, IMPROVEMENT])
        idle = (1.0 - np.minimum(1.0, committed)) * (1.0 - p["uncommitted_productivity"])
        own = discretionary * (self.effort[:, SEAM] + idle) + fixing
        return p["ordinary_meetings_share"] + self.hours.meeting_share + own

    @cached_property
    def constants(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
