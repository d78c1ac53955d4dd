"""A plan over the weeks: which levers are in force when, and what changing them takes.

A transition begins at its week or when its measure leaves its bounds. From then on the
org model it leads to is in force; the line loses time to learning, less from week to
week, and who changes post loses ties, which grow again (rule M10).
"""

from __future__ import annotations

import math

from sim.organisation import technology
from sim.organisation.organisation import Organisation
from sim.organisation.readings import Reading, over_weeks
from sim.study.levers import OrgModel
from sim.study.plans import Transition, Trigger, ever_in_force, in_force, same_levers, stages


class Timeline:
    """Where a plan stands.

    Parameters
    ----------
    plan : OrgModel
        Levers, or a transition between two bundles.
    first_week : int
        Week of the run at which the window begins.
    last_week : int
        Week at which it ends; nothing changes after that.

    Attributes
    ----------
    began : int or None
        Week of the run in which the transition began.
    spent : list of (int, float)
        One-off costs: week of the run, money of the whole firm.
    segments : list of (int, Organisation)
        Since which week of the run which organisation is in force.
    """

    def __init__(self, plan: OrgModel, first_week: int, last_week: int):
        self.plan = plan
        self.transition: Transition | None = getattr(plan, "transition", None)
        self.first_week, self.last_week = first_week, last_week
        self.changes = self.transition is not None or len(ever_in_force(plan)) > 1
        self.began: int | None = None
        self.spent: list[tuple[int, float]] = []
        self.segments: list[tuple[int, Organisation]] = []
        self._ties_lost: list[tuple[int, float]] = []
        self._record_bought: int | None = None

    @property
    def watches(self) -> bool:
        """Whether a transition waits for a measure to leave its bounds."""
        waits = self.transition is not None and self.transition.when is not None
        return waits and self.began is None

    def levers(self, week: int) -> OrgModel:
        """Return the levers in force in a week of the run."""
        stage = stages(self.plan)[0 if self.began is None else -1]
        return in_force(stage, week - self.first_week)

    def look(self, week: int, readings: list[Reading], heads: int) -> None:
        """Begin the transition if it is due.

        Parameters
        ----------
        week : int
            Week of the run.
        readings : list of Reading
            How things were at the end of each week of the window.
        heads : int
            Heads of the firm, for whom the transition is paid.
        """
        plan = self.transition
        if plan is None or self.began is not None:
            return
        if not self.first_week <= week < self.last_week:
            return
        at_date = plan.at_week is not None and week - self.first_week >= plan.at_week
        if at_date or (plan.when is not None and breached(plan.when, readings)):
            self.began = week
            self.spent.append((week, plan.cost_per_head * heads))

    def changed(self, week: int, after: Organisation) -> None:
        """Note that an organisation is in force from a week on, and what that takes."""
        if self.segments:
            before = self.segments[-1][1]
            self._buy(week, before, after)
            if self.transition is not None and self.began == week:
                p = after.parameters
                moved = before.staff.moved_share(after.staff)
                self._ties_lost.append((week, moved * p["transition_tie_loss"]))
        self.segments.append((week, after))

    def people_moved(self, week: int, after: Organisation) -> None:
        """Note that people have moved from a week on; they lose the ties of a transition."""
        before = self.segments[-1][1]
        moved = before.staff.moved_share(after.staff)
        self._ties_lost.append((week, moved * after.parameters["transition_tie_loss"]))
        self.segments.append((week, after))

    def _buy(self, week: int, before: Organisation, after: Organisation) -> None:
        """Pay for technology that was not there; what is given up gives nothing back."""
        had, has = before.levers.technology, after.levers.technology
        price = technology.price(after.parameters, had, has)
        if price > 0.0:
            self.spent.append((week, price * after.staff.total))
        if technology.is_rolled_out(had, has):
            self._record_bought = week

    def record_in_use(self, week: int) -> float:
        """Return the share of writes to a shared record that people make by now, 0 to 1."""
        if self._record_bought is None:
            return 1.0
        parameters = self.segments[-1][1].parameters
        return technology.in_use(parameters, week - self._record_bought)

    def dip(self, week: int) -> float:
        """Return the share of the line's time lost to learning in a week."""
        plan = self.transition
        if plan is None or self.began is None or plan.duration_weeks == 0:
            return 0.0
        left = 1.0 - (week - self.began) / plan.duration_weeks
        return plan.learning_dip * max(0.0, left)

    def ties_kept(self, week: int) -> float:
        """Return the share of ties that changes have left or that have grown again."""
        kept = 1.0
        for since, lost in self._ties_lost:
            grown = self.segments[-1][1].parameters["tie_regrowth_weeks"]
            kept *= 1.0 - lost * math.exp(-(week - since) / grown)
        return kept


def breached(trigger: Trigger, readings: list[Reading]) -> bool:
    """Tell whether a watched measure is out of its bounds; one that has no value is not."""
    value = over_weeks(readings, trigger.measure, trigger.over_weeks)
    low = trigger.below is not None and value < trigger.below
    return low or (trigger.above is not None and value > trigger.above)


def check_hardest_week(organisation: Organisation, plan: OrgModel) -> None:
    """Check that an organisation leaves every function time to serve, in transition too.

    Raises
    ------
    StudyError
        If it does not.
    """
    transition = getattr(plan, "transition", None)
    if transition is not None and same_levers(organisation.levers, transition.to):
        organisation.week.dip = transition.learning_dip
    organisation.check()
