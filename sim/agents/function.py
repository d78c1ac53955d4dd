"""Enterprise functions: they divide their effort, look into their own alarms, and fix."""

from __future__ import annotations

from sim.agents.analyst import Analyst
from sim.improvement.firm import Firm
from sim.improvement.issues import Issue
from sim.state.tallies import FIXED
from sim.study.working_time import HOURS_PER_WEEK


class EnterpriseFunction(Analyst):
    """A function of the enterprise.

    Parameters
    ----------
    model : Firm
        The enterprise.
    function : int
        Its place in the canonical order.

    Attributes
    ----------
    name, title : str
        The function, and its head as somebody accountable.
    utilisation : float
        Share of its servers' time that last week's work took, all people counted.
    """

    def __init__(self, model: Firm, function: int):
        super().__init__(model, 0.0)
        self.function = self.decides_for = function
        self.name = model.blueprint.functions[function]
        self.title = f"head of {self.name}"
        self.utilisation = model.organisation.parameters["planned_utilisation"]

    @property
    def heads(self) -> int:
        """People in the line."""
        return int(self.organisation.staff.line[self.function])

    @property
    def effort(self) -> dict[str, float]:
        """Share of discretionary time by task."""
        return self.organisation.effort_of(self.function)

    @property
    def own_kpi(self) -> float:
        """Share of its own visits so far that it got right and served in time."""
        return self.model.own_kpi(self.function)

    @property
    def placed(self) -> tuple[int | None, float]:
        """Itself: a function proposes by its own weights."""
        own, shared = self.organisation.weighting[self.function]
        return self.function, own / (own + shared) if own + shared > 0.0 else 1.0

    def sees(self, felt: int) -> bool:
        """See what is heard about its own touchpoints, and about seams it has a say in."""
        return self.model.decisions.has_say(felt, self.function)

    def step(self) -> None:
        """Look into alarms nobody else took up, shape proposals, work on approved fixes.

        All come out of improvement time; what is left of it is settled by `settle`. What its head
        approved last week comes out of the line.
        """
        self._charge_approvals()
        if self.model.week > 0:
            busy = float(self.model.state.busy[self.function]) / FIXED
            self.utilisation = busy / (HOURS_PER_WEEK * int(self.model.worked[self.function]))
        self.hours = float(self.organisation.improvement_hours[self.function])
        self.analyse()
        self._shape_proposals()
        self._work_on_fixes()

    def _charge_approvals(self) -> None:
        """Charge the line for the terms that the head approved last week (rule E7)."""
        approved = self.model.state.approvals
        each = self.organisation.parameters["approval_minutes"] / 60.0
        hours = int(approved[self.function]) * each * self.model.blueprint.stands_for
        approved[self.function] = 0
        if hours > 0.0:
            self.model.charge(self.function, hours)

    def _shape_proposals(self) -> None:
        needed = self.levers.culture.co_creation_hours
        if needed <= 0.0:
            return
        for issue in self.model.register.waiting("open"):
            if self.hours > 0.0 and self.function in self.model.decisions.unshaped(issue):
                spent = min(self.hours, needed - issue.shaped.get(self.function, 0.0))
                issue.shaped[self.function] = issue.shaped.get(self.function, 0.0) + spent
                self.hours -= spent

    def _work_on_fixes(self) -> None:
        for issue in self.model.register.waiting("approved"):
            if self.hours <= 0.0:
                return
            if self.function not in self.model.decisions.workers(issue.site):
                continue
            cost = self.model.decisions.fix_hours(issue)
            if self._shares(issue):
                self._give_half(issue, cost)
            else:
                self._give(issue, cost, self.hours)

    def settle(self) -> None:
        """Give what the other side of a seam lacks for its half of a fix; the rest serves.

        The other side has given what it had: functions settle when all have had their week.
        """
        for issue in self.model.register.waiting("approved"):
            if self.hours <= 0.0:
                break
            if self.function in self.model.decisions.workers(issue.site) and self._shares(issue):
                self._give(issue, self.model.decisions.fix_hours(issue), self.hours)
        study, paid = self.model.study, HOURS_PER_WEEK * self.heads
        if study.mechanisms.idle_improvement_serves:
            # As any uncommitted time does: with the productivity η.
            self.organisation.week.idle_share[self.function] = self.hours / paid

    def _shares(self, issue: Issue) -> bool:
        """Tell whether a fix is work of two sides, who give half each."""
        two, study = len(self.model.decisions.workers(issue.site)) > 1, self.model.study
        return two and bool(study.mechanisms.seam_fix_sharing)

    def _give_half(self, issue: Issue, cost: float) -> None:
        """Give this side's half of a fix, as far as hours go."""
        before, given = self.hours, issue.given.get(self.function, 0.0)
        self._give(issue, cost, max(0.0, cost / 2 - given))
        issue.given[self.function] = given + before - self.hours

    def _give(self, issue: Issue, cost: float, most: float) -> None:
        """Work on a fix for so many hours at most, and finish it if that is all it takes."""
        spent = min(self.hours, most, cost - issue.hours_done)
        self.hours -= spent
        issue.hours_done += spent
        if issue.hours_done >= cost:
            self.model.register.finished(issue, self.model.week, self.model.defects.count)
