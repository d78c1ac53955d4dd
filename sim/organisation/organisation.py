"""From levers and enterprise to the numbers the rules read each week.

Nothing here knows an org model's name, and nothing here is an outcome: levers set
people, hours, rights and weights, from which ties, liaison and efforts follow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.organisation.capability import Capability, share_of_year
from sim.organisation.care_minutes import Writing, facts_shared
from sim.organisation.efforts import Efforts, congruity_of, divide
from sim.organisation.incentives import (
    CARE,
    IMPROVEMENT,
    QUALITY,
    SEAM_WORK,
    SIDE,
    TASKS,
    at_corners,
    cosine,
)
from sim.organisation.lasting import Lasting
from sim.organisation.planned_visits import crossings_per_hour
from sim.organisation.reporting import Reporting
from sim.organisation.role_hours import RoleHours
from sim.organisation.staffing import Staff, sliced, staff
from sim.organisation.standards import (
    InsightHours,
    left_for_insight,
    share_agreed,
)
from sim.organisation.technology import equipped, time_left
from sim.organisation.week import Week
from sim.state.blueprint import Blueprint
from sim.state.opening_hours import seats
from sim.state.units import met_by
from sim.study.errors import Problem, StudyError
from sim.study.levers import OrgModel
from sim.study.working_time import HOURS_PER_DAY, HOURS_PER_WEEK

SMALL = 1e-12
LEAST_SERVING = 0.05
"""Share of the day below which a function cannot be said to serve."""


@dataclass(frozen=True, eq=False)
class Organisation:
    """One enterprise under one bundle of levers; `under` makes one.

    What follows from levers never changes. What does is in two records: what the week is like,
    and what has been built up.

    Attributes
    ----------
    blueprint : Blueprint
        The enterprise.
    levers : OrgModel
        The bundle; its name is never read.
    parameters : dict
        Resolved model parameters, as technology leaves them.
    staff : Staff
        Who works where.
    efforts : Efforts
        Who gives how much to what, and the hours that roles have by it.
    capability : Capability
        What the enterprise has built up, and keeps when levers change.
    week : Week
        What changes from week to week.
    """

    blueprint: Blueprint
    levers: OrgModel
    parameters: dict[str, float]
    staff: Staff
    efforts: Efforts
    capability: Capability
    week: Week

    @classmethod
    def under(
        cls,
        blueprint: Blueprint,
        levers: OrgModel,
        capability: Capability | None = None,
        moved: np.ndarray | None = None,
    ) -> Organisation:
        """Return an enterprise under a bundle of levers, before its first week.

        Parameters
        ----------
        blueprint : Blueprint
            The enterprise.
        levers : OrgModel
            The bundle.
        capability : Capability, optional
            That it starts with, such as the enterprise's under other levers; by default what
            these levers hold up for ever.
        moved : numpy.ndarray, optional
            People that each function has more, or less, than the levers plan, int, shape
            (n_functions,); they add up to none.
        """
        blueprint = blueprint.under(levers.structure)
        own = blueprint.study.assumed
        parameters = equipped(own, levers.technology.level)
        there = staff(blueprint, levers)
        if moved is not None:
            there = replace(there, line=there.line + moved)
        efforts = divide(blueprint, levers, parameters, there)
        if capability is None:
            capability = Capability.settled(parameters, *_building(levers, efforts.hours))
        idle = np.zeros(len(there.line))
        week = Week(idle, idle, improvement_share=idle, idle_share=idle, learning=idle)
        organisation = cls(blueprint, levers, parameters, there, efforts, capability, week)
        organisation.plan_fixes()
        return organisation

    @property
    def hours(self) -> RoleHours:
        """Who meets whom, and what roles have left for their own work."""
        return self.efforts.hours

    @cached_property
    def insight_hours(self) -> InsightHours:
        """Hours a week that each coordinating role has to look into alarms."""
        return left_for_insight(self.hours)

    @property
    def lines(self) -> Reporting:
        """Whose figures count as each function's own."""
        return self.efforts.lines

    @property
    def weighting(self) -> list[tuple[float, float]]:
        """Each function's weights on its own KPI and, after dilution, on the journey KPI."""
        return self.efforts.weighting

    @property
    def effort(self) -> np.ndarray:
        """Share of discretionary time by function and task, shape (n_functions, n_tasks)."""
        return self.efforts.effort

    # --- week by week ----------------------------------------------------------

    def live_a_week(self, backlog_hours: np.ndarray) -> None:
        """Let skill, ties and governance grow or fade, and see how much work waits.

        Parameters
        ----------
        backlog_hours : numpy.ndarray
            Work in each function's queues, shape (n_functions,).
        """
        self.week.backlog_days = backlog_hours / (HOURS_PER_DAY * self.heads)
        self.plan_fixes()
        self.capability.live_a_week(self.parameters, *self._building)

    @cached_property
    def _building(self) -> tuple[float, float, float, float]:
        """What its levers build up skill, ties and agreement by."""
        return _building(self.levers, self.hours)

    def plan_fixes(self) -> None:
        """Set how much of each function's day goes to fixes this week.

        max(i_min, d·a_improvement·min(1, (B₀/B)^γ)), B the backlog in days a head: whoever
        is behind works harder rather than better (Repenning & Sterman 2002).
        """
        p = self.parameters
        share = self.discretionary[:, IMPROVEMENT]
        behind = np.maximum(1.0, self.week.backlog_days / p["backlog_reference_days"])
        share = np.maximum(p["improvement_floor"], share * behind ** -p["backlog_exponent"])
        self.week.improvement_share = share
        self.week.idle_share = np.zeros_like(share)

    @property
    def improvement_hours(self) -> np.ndarray:
        """Hours of all its people that each function has for fixes, shape (n_functions,)."""
        return self._hours_a_week * self.week.improvement_share

    # --- ties --------------------------------------------------------------------

    @cached_property
    def inside(self) -> np.ndarray:
        """Chance that two people of a function have a tie, float64, shape (n_functions,)."""
        others = np.maximum(1.0, self.heads - 1.0)
        return np.minimum(1.0, self.parameters["inner_ties"] / others)

    @property
    def ties(self) -> np.ndarray:
        """τ, before what a change of org model takes: chance that a person has a tie to another.

        float64, shape (n_functions, n_functions), from the row's function to the column's. Of the
        people that somebody knows elsewhere, K_out, `unit_tie_share` work in the same unit, if
        it has any others (rule E8).
        """
        return self._ties.of(self.capability.ties, self._who_knows_whom)[0]

    @cached_property
    def _ties(self) -> Lasting[tuple[np.ndarray, np.ndarray]]:
        """What `ties` and `to_writers` are for as long as nobody gets to know more people."""
        return Lasting()

    def _who_knows_whom(self) -> tuple[np.ndarray, np.ndarray]:
        ties = self._ties_now()
        return ties, self._mean_to_writers(ties)

    def _ties_now(self) -> np.ndarray:
        known = self.parameters["cross_ties"] + self.capability.ties
        shares, people = self._neighbours
        chances = np.minimum(1.0, shares * known / people)
        chances[np.diag_indices(len(chances))] = self.inside
        return chances

    @cached_property
    def _neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """Of ties of the row's function, the share among people like the column's, and how many.

        People are alike if they work in the row's unit, or else anywhere but there; both float64,
        shape (n_functions, n_functions), people at least one.
        """
        units = self.blueprint.function_units
        together = (units[:, None] == units) & (units >= 0)
        near = together @ self.heads - np.where(units >= 0, self.heads, 0.0)
        among = np.where(near > 0.0, self.parameters["unit_tie_share"], 0.0)
        far = self.staff.total - self.heads - near
        shares = np.where(together, among[:, None], 1.0 - among[:, None])
        return shares, np.maximum(1.0, np.where(together, near[:, None], far[:, None]))

    @property
    def to_writers(self) -> np.ndarray:
        """Mean τ of each function's people to those who write about the same customers.

        float64, shape (n_functions,); people of other functions, not of other units.
        """
        return self._ties.of(self.capability.ties, self._who_knows_whom)[1]

    def _mean_to_writers(self, ties: np.ndarray) -> np.ndarray:
        met = np.array([met_by(self.blueprint, place) for place in range(len(ties))])
        met[np.diag_indices(len(met))] = False
        people = np.where(met, self.heads, 0.0)
        number = people.sum(axis=1)
        mean = np.divide(
            (ties * people).sum(axis=1), number, out=np.zeros(len(ties)), where=number > 0.0
        )
        # Alike to everybody, it is what it is to anybody: nothing is lost to rounding.
        return np.clip(mean, *_ends(ties, met))

    def tie(self, sender: int, receiver: int) -> float:
        """Return τ between a person of one function and a person of another."""
        return float(self.ties[sender, receiver]) * self.week.ties_kept

    # --- a slice of the firm ----------------------------------------------------

    @cached_property
    def servers(self) -> np.ndarray:
        """People of the line who are simulated, int, shape (n_functions,)."""
        return sliced(self.staff.line, self.blueprint.stands_for)

    @cached_property
    def seats(self) -> tuple[np.ndarray, np.ndarray]:
        """How many of them are there at a time, and for how long who has served is away."""
        return seats(self.blueprint, self.servers)

    @cached_property
    def pace(self) -> np.ndarray:
        """Factor on the time a server is held, so that a slice has just its part of the line."""
        return self.servers * self.blueprint.stands_for / self.heads

    # --- hours ---------------------------------------------------------------

    @cached_property
    def heads(self) -> np.ndarray:
        """People in the line, float64, shape (n_functions,)."""
        return self.staff.line.astype(float)

    @property
    def overhead_share(self) -> float:
        """Share of all paid hours that coordination takes, by last week's issues.

        People in coordinating roles, side duties, meetings, reports, workshops, decisions, and
        what visits take to write for others.
        """
        issues = float(self.week.issue_hours.sum()) / HOURS_PER_WEEK
        writing = float(self.written_minutes()[0].sum()) / 60.0 / HOURS_PER_WEEK
        return (self._coordinating_heads + issues + writing) / self.staff.total

    @cached_property
    def _coordinating_heads(self) -> float:
        people = self.levers.people
        workshops = share_of_year(people.workshop_hours + people.customer_workshop_hours)
        line = self.hours.side_heads + (self.hours.meeting_share + workshops) * self.heads
        return self.staff.coordinating + float(line.sum())

    @cached_property
    def _hours_a_week(self) -> np.ndarray:
        """Paid hours of each function's people, shape (n_functions,)."""
        return HOURS_PER_WEEK * self.heads

    # --- incentives ----------------------------------------------------------

    def congruity(self, function: int) -> float:
        """Return how far a function's own KPI counts what helps the journey, 0 to 1."""
        return congruity_of(self.blueprint, self.parameters, function)

    @cached_property
    def remits(self) -> np.ndarray:
        """Share of a stake that each function concedes without approval, shape (n_functions,).

        min(1, base × lever), the base being its own in the enterprise or the parameter's (E7).
        """
        places = range(len(self.blueprint.functions))
        own = [self.blueprint.declared(place).base_remit for place in places]
        usual = self.parameters["base_remit"]
        bases = np.array([usual if base is None else base for base in own])
        return np.minimum(1.0, bases * self.levers.remit)

    def effort_of(self, function: int) -> dict[str, float]:
        """Return a function's share of discretionary time by task."""
        return dict(zip(TASKS, self.effort[function].tolist(), strict=True))

    @cached_property
    def discretionary(self) -> np.ndarray:
        """Share of the day that each task has, float64, shape (n_functions, n_tasks)."""
        return np.multiply(self.parameters["discretionary_share"], self.effort)

    @cached_property
    def corner_share(self) -> float:
        """Share of efforts that sit at a corner, where levers are inert, 0 to 1."""
        found, tasks = self._corners.sum(axis=0).tolist()
        return float(found / tasks)

    @cached_property
    def corner_shares(self) -> np.ndarray:
        """The same of each function's efforts, float64, shape (n_functions,)."""
        found, tasks = self._corners.T
        return np.asarray(found / tasks)

    @cached_property
    def _corners(self) -> np.ndarray:
        """Each function's tasks at a corner, and all that it has, int, shape (n_functions, 2)."""
        hosts = (self.staff.hosted > 0.0).tolist()
        return np.array(
            [
                (at_corners(effort, side), len(TASKS) if side else len(TASKS) - 1)
                for effort, side in zip(self.effort, hosts, strict=True)
            ]
        )

    @cached_property
    def congruities(self) -> np.ndarray:
        """The cosine of each function's rewards with journey value, (n_functions,)."""
        return np.array(
            [cosine(m, b) for m, b in zip(self.efforts.measures, self.weighting, strict=True)]
        )

    # --- what the rules read -------------------------------------------------

    @cached_property
    def crossings(self) -> np.ndarray:
        """Planned crossings of each seam, a week, shape (n_seams,)."""
        return crossings_per_hour(self.blueprint) * HOURS_PER_WEEK

    @cached_property
    def liaison(self) -> np.ndarray:
        """ℓ by seam: liaison hours over hours the flow needs, at most 1.

        Both sides' seam work, split by flow, and the hours of liaison people and
        embedded leads.
        """
        p = self.parameters
        seam_hours = self.discretionary[:, SEAM_WORK] * self.heads * HOURS_PER_WEEK
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

    def check(self) -> None:
        """Check that every function has time to serve.

        Raises
        ------
        StudyError
            If meetings and other duties leave some function none.
        """
        serving = self._serving()
        if serving.min() < LEAST_SERVING:
            name = self.blueprint.functions[int(serving.argmin())]
            message = f"meetings and other duties leave {name} no time to serve customers"
            remedy = "ask for less measurement, learning or coordinating staff"
            raise StudyError([Problem("", None, None, "levers", message, remedy)])

    def time_away(self) -> np.ndarray:
        """Return φ: the share of each function's day in which nobody is served.

        Of side duties' time what they take is away, the rest uncommitted; throughput serves fully.
        """
        return self._time_put_by + self._taken_this_week()

    def _taken_this_week(self) -> np.ndarray:
        """Return what fixes, issues and a transition take of each function's day."""
        week = self.week
        serving = self.parameters["uncommitted_productivity"] * week.idle_share
        away = week.improvement_share + week.issue_hours / self._hours_a_week + week.dip
        return np.subtract(away, serving)

    @cached_property
    def _time_put_by(self) -> np.ndarray:
        """What levers and efforts take of the day beside fixes, shape (n_functions,)."""
        p = self.parameters
        side = self.hours.side_heads / self.heads
        committed = np.delete(self.effort, SIDE, axis=1).sum(axis=1)
        free = np.maximum(0.0, p["discretionary_share"] * (1.0 - committed) - side)
        idle = free * (1.0 - p["uncommitted_productivity"])
        people = self.levers.people
        learning = share_of_year(
            people.training_hours + people.workshop_hours + people.customer_workshop_hours
        )
        meetings = p["ordinary_meetings_share"] + self.hours.meeting_share
        return meetings + learning + self.discretionary[:, SEAM_WORK] + side + idle

    def _serving(self) -> np.ndarray:
        """Return the share of each function's day for plain work, shape (n_functions,)."""
        return self._left_to_serve - self._taken_this_week()

    @cached_property
    def _left_to_serve(self) -> np.ndarray:
        """What quality effort, care and all that lasts leave of the day, shape (n_functions,)."""
        careful = self.discretionary[:, [QUALITY, CARE]].sum(axis=1)
        return np.subtract(1.0 - careful, self._time_put_by)

    def slowness(self) -> np.ndarray:
        """Return the hours a server is held per hour of plain work, shape (n_functions,)."""
        return self._work / (np.maximum(LEAST_SERVING, self._serving()) * self.skill)

    @property
    def skill(self) -> np.ndarray:
        """Skill of each function's people, newcomers included, shape (n_functions,)."""
        return self.capability.with_newcomers(self.week.learning / self.heads)

    @cached_property
    def _work(self) -> np.ndarray:
        """What technology leaves of an hour of plain work, at the servers' pace."""
        return time_left(self.parameters, self.levers.technology.level) * self.pace

    def error_factor(self) -> np.ndarray:
        """Return what quality effort and skill leave of the odds of a visible error."""
        return self._careful / self.skill

    @cached_property
    def _careful(self) -> np.ndarray:
        return np.exp(-self.parameters["quality_effect"] * self.effort[:, QUALITY])

    # --- what is written for others ------------------------------------------

    @cached_property
    def store_facts(self) -> int:
        """Mask of the facts that a record shared by functions may hold; 0 without one."""
        return facts_shared(self.blueprint, self.levers.technology)

    @cached_property
    def _writing(self) -> Writing:
        """What writing for others takes at each step, and the care that there is for it."""
        care = self.discretionary[:, CARE]
        return Writing.of(self.blueprint, self.parameters, self.store_facts, care)

    def care_covers(self) -> np.ndarray:
        """Return κ: how much of what others need is written this week, (n_touchpoints,).

        Care lengthens a visit by c = m·d·a_care/(1 − φ − d(a_quality + a_care)) minutes; see
        ``care_minutes``.
        """
        return self._writing.covered_by_step(np.maximum(LEAST_SERVING, self._serving()))

    def written_minutes(self) -> np.ndarray:
        """Return what writing for others takes this week and would take, in planned visits.

        Returns
        -------
        numpy.ndarray
            Minutes a week by function, float64, shape (2, n_functions): κN and N.
        """
        return self._writing.by_function(self.care_covers())

    @cached_property
    def caring(self) -> np.ndarray:
        """k·a_care of each function: what care takes off the log of a latent fault's chance."""
        return np.multiply(self.parameters["care_effect"], self.effort[:, CARE])

    def fault_factor(self) -> np.ndarray:
        """Return what care leaves of the chance of a latent fault, by touchpoint, this week.

        e^(−k·a_care·κ): care prevents faults as far as what it knows gets written.
        """
        factor = np.exp(-self.caring[self.blueprint.owners] * self.care_covers())
        return np.where(self.blueprint.owners >= 0, factor, 1.0)

    @property
    def automation_objective(self) -> tuple[np.ndarray, float]:
        """Weight on deflecting, rather than resolving, what machines cannot solve, 0 to 1.

        It follows what the owner is paid for, handling fast, as far as a say at the
        investment gate does not set it: own weight × `handle_time_weight` × (1 − e), e being
        the gate's influence with the hours behind it.

        Returns
        -------
        by_owner : numpy.ndarray
            float64, shape (n_functions,).
        by_nobody : float
            Where no function owns the touchpoint.
        """
        fast = self.levers.incentives.handle_time_weight * (1.0 - self.hours.gate)
        own = np.array([weights[0] for weights in self.weighting])
        return fast * own, fast


def _ends(values: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest value of each row where something is there, 0 if nothing."""
    least = np.min(values, axis=1, initial=np.inf, where=there)
    return np.where(there.any(axis=1), least, 0.0), np.max(values, axis=1, initial=0.0, where=there)


def _building(levers: OrgModel, hours: RoleHours) -> tuple[float, float, float, float]:
    """Return hours of training and workshops a year, and how far decisions and words are agreed."""
    people = levers.people
    standardised = share_agreed(hours, left_for_insight(hours).given)
    return people.training_hours, people.workshop_hours, hours.governed, standardised
