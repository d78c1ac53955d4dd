"""Whoever has hours to turn an alarm into an issue (rules M8.3, M8.4)."""

from __future__ import annotations

import mesa

from sim.engine.draws import DRAW_CAUSE
from sim.engine.philox import block, normal, uniform
from sim.improvement.firm import Firm
from sim.improvement.issues import Alarm, Issue, Proposer
from sim.improvement.remedies import drawn_from
from sim.organisation.organisation import Organisation
from sim.study.levers import OrgModel

TRACE = {"score": "trace_score", "touchpoint": "trace_touchpoint", "journey": "trace_journey"}


class Analyst(mesa.Agent):
    """An agent who may see signals and has hours to make sense of them.

    Attributes
    ----------
    hours : float
        Insight hours left this week; what an open alarm does not take is lost.
    authority : float
        A: share of cases in which this agent's word overrides an owner's no.
    decides_seams : bool
        Whether this agent is the one who decides where journey owners own the seams.
    decides_for : int or None
        Function that this agent heads.
    title : str
        Who it is, for people.
    seated : bool
        Whether placement says where this agent sits.
    """

    title: str = ""
    seated = False
    decides_for: int | None = None

    model: Firm
    place = -1
    """Journey or function that the post is about, -1 for none."""

    @property
    def post(self) -> tuple[str, int]:
        """What is handed over to a successor: the kind of role, and its place."""
        return type(self).__name__, self.place

    def __init__(self, model: Firm, authority: float):
        super().__init__(model)
        self.authority = authority
        self.decides_seams = False
        self.hours = 0.0

    @property
    def organisation(self) -> Organisation:
        """The enterprise under the levers in force."""
        return self.model.organisation

    @property
    def levers(self) -> OrgModel:
        """The levers in force."""
        return self.organisation.levers

    def sees(self, felt: int) -> bool:
        """Tell whether the agent has the right to see what is heard about a site."""
        raise NotImplementedError

    @property
    def placed(self) -> tuple[int | None, float]:
        """The function whose KPI colours what the agent proposes, and its hold, 0 to 1."""
        placement = self.levers.placement
        names = self.model.blueprint.functions
        host = names.index(placement.host) if placement.host in names else None
        return host, placement.hold

    def may_look_into(self, alarm: Alarm) -> bool:
        """Tell whether the agent has the right to see what an alarm is about.

        A queue is seen by the function that serves it, and by whoever sees one of its steps. What
        reaches those who are placed somewhere depends on where that is.
        """
        return self._has_right_to(alarm) and self.model.sight.open_to(self, alarm)

    def _has_right_to(self, alarm: Alarm) -> bool:
        if alarm.queue is None:
            return self.sees(alarm.felt)
        queue = self.model.waits.queues[alarm.queue]
        return self.decides_for == queue.function or any(self.sees(step) for step in queue.steps)

    def speaks_for(self, alarm: Alarm) -> Proposer:
        """Return who proposes what this agent finds out about an alarm."""
        return self

    def analyse(self) -> None:
        """Spend the week's hours on visible alarms, oldest first; a host's have its share first."""
        sight, alarms = self.model.sight, self.model.register.alarms
        claimed = self.hours * sight.share_at_home(self)
        if claimed > 0.0:
            self._look_into([each for each in alarms if sight.at_home(self, each)], claimed)
        self._look_into(list(alarms), self.hours)

    def _look_into(self, alarms: list[Alarm], hours: float) -> None:
        """Spend so many hours at most on those of some alarms that are visible."""
        needed = self.organisation.parameters["insight_hours"]
        for alarm in alarms:
            if hours <= 0.0:
                return
            if not self.may_look_into(alarm):
                continue
            spent = min(hours, needed - alarm.hours_done)
            hours -= spent
            self.hours -= spent
            alarm.hours_done += spent
            if alarm.hours_done >= needed:
                self._open(alarm)

    def _open(self, alarm: Alarm) -> None:
        """Form a belief about the cause, and propose a fix if it seems worth it.

        With the probability that the granularity of measurement gives, the site
        believed guilty is the cause of one signal drawn from the alarm; else it is where
        the failure was felt. A signal that carries a remedy needs no tracing (rule E7).
        """
        model = self.model
        if alarm.queue is not None:
            model.capacity.answer(alarm, alarm.queue, self.speaks_for(alarm))
            return
        week = model.week
        counter = int(model.blueprint.site_counters[alarm.felt])
        lanes = block(model.state.keys[DRAW_CAUSE], counter, week, 0, 0)
        report = drawn_from(alarm, float(uniform(lanes[0])))
        parameters = self.organisation.parameters
        granularity = TRACE[self.levers.information.measurement]
        known = report.remedied or uniform(lanes[1]) < parameters[granularity]
        issue = Issue(
            site=report.cause if known else alarm.felt,
            cause=report.cause,
            felt=alarm.felt,
            since=alarm.since,
            opened=week,
            proposer=self.speaks_for(alarm),
            benefit_hours=model.decisions.benefit(alarm),
            evidence=int(alarm.signals.sum()),
            remedied=report.remedied,
        )
        if model.decisions.proposes(issue, float(normal(lanes[2], lanes[3]))):
            model.sight.bring_first(issue)
            model.register.open_issue(alarm, issue)
        else:
            model.register.shelve(alarm, week)
