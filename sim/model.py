"""The enterprise as a Mesa model: one step is one working week.

Functions and coordinating roles are ordinary Mesa agents whose steps are real; customers
are a columnar agent set over arrays that the compiled day works on.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from types import ModuleType

import mesa
import numpy as np

from sim.agents.analyst import Analyst
from sim.agents.customer import ColumnarModelMixin
from sim.agents.desk import Desk, Mechanism
from sim.agents.escalation import EscalationBody
from sim.agents.function import EnterpriseFunction
from sim.agents.posts import appoint
from sim.agents.ratings import Ratings
from sim.agents.reorganising import follow_the_plan, move_people
from sim.agents.sponsor import Sponsor
from sim.agents.trust_office import TrustOffice
from sim.agents.weekly_numbers import WeeklyNumbers
from sim.day.own_rules import day_with
from sim.day.pipeline import MORE_EVENTS, MORE_SLOTS, TICKS_DONE
from sim.engine.draws import DRAWS
from sim.improvement.capacity import Capacity
from sim.improvement.channels import Channels
from sim.improvement.decisions import Decisions
from sim.improvement.defects import Defects
from sim.improvement.issues import Register
from sim.improvement.releases import Releases
from sim.improvement.sight import Sight
from sim.improvement.waits import Waits
from sim.organisation.invitations import invite, people_there
from sim.organisation.ledger import Ledger
from sim.organisation.moving_people import reseat
from sim.organisation.organisation import Organisation
from sim.organisation.rates import Rates
from sim.organisation.readings import Reading, ends_month, mean_standing, own_kpi, take_reading
from sim.organisation.staffing import planned_heads
from sim.organisation.transition import Timeline
from sim.organisation.window_end import WindowEnd, take_stock
from sim.state.arrays import OwnState, State, fresh_state, with_more_events, with_more_slots
from sim.state.blueprint import Blueprint
from sim.state.cases import DEMAND_AT, N_EVENTS, count_queued
from sim.state.customers import settle_in
from sim.state.demand import generate
from sim.state.demand_table import DemandTable
from sim.state.tallies import FIXED
from sim.study.extension import adopted_by, draw_names, numbers_of
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.working_time import DAYS_PER_WEEK


class EnterpriseModel(ColumnarModelMixin, mesa.Model):
    """One enterprise under one bundle of levers, with one draw of demand and luck.

    Parameters
    ----------
    study : Study
        Market, enterprise and design.
    levers : OrgModel
        Its levers, or a plan that leads from one bundle to another; names are never read.
    replicate : int
        Which demand and luck.
    demand : Demand, optional
        The demand table, if it has been generated already.
    log_events : bool or collection of int
        Keep an event log; of some customers alone, given by number.
    rng : int, optional
        Seed of ``model.random``, for a user's own shuffling; the study's unless given.

    Attributes
    ----------
    week : int
        Weeks worked so far, the warm-up included.
    functions : list of EnterpriseFunction
        In the order of their names.
    """

    def __init__(
        self,
        study: Study,
        levers: OrgModel,
        replicate: int = 0,
        *,
        demand: DemandTable | None = None,
        log_events: bool | Collection[int] = False,
        rng: int | None = None,
    ):
        super().__init__(rng=study.design.seed if rng is None else rng)
        self.study = study = study.for_plan(levers)
        self.week = self.tick = 0
        design = study.design
        first = design.warm_up_days // DAYS_PER_WEEK
        last = (design.warm_up_days + design.horizon_days) // DAYS_PER_WEEK
        self.timeline = Timeline(levers, first, last)
        self.blueprint = Blueprint(study).under(self.timeline.levers(0).structure)
        self.readings: list[Reading] = []
        self.standing_by_month: list[float] = []
        self.open_by_week: list[int] = []
        self.at_window_end: WindowEnd | None = None
        self.organisation = Organisation.under(self.blueprint, self.timeline.levers(0))
        self.organisation.check()
        self.timeline.changed(0, self.organisation)
        self.ratings = Ratings(self.organisation.parameters, len(self.blueprint.functions))
        self.demand = demand or generate(self.blueprint, replicate)
        self.state: State = fresh_state(
            self.blueprint,
            self.demand.needs,
            self.organisation.servers,
            replicate,
            log_events,
            self._own_state(),
        )
        settle_in(self.state)
        firm = float(planned_heads(self.blueprint.paying).sum())
        self.defects = Defects(self.blueprint, self.state.keys, firm)
        self.rates = Rates(self.organisation, self.state)
        self.rates.write(self.state, self.defects.met)
        self.releases = Releases(self.organisation.parameters, self.defects, self.state.keys)
        self.register = Register(self.blueprint, first, last)
        self.busy_hours = np.zeros(len(self.blueprint.functions))
        self.ledger = Ledger()
        self.charges = np.zeros(len(self.blueprint.functions))
        self.worked = self.organisation.servers
        self.functions = [EnterpriseFunction(self, f) for f in range(len(self.blueprint.functions))]
        self.decisions = Decisions(self)
        self.channels = Channels(self)
        self.waits = Waits(self)
        self.capacity = Capacity(self)
        self.sight = Sight(self)
        self.posts = appoint(self)
        self.extensions, self.mechanisms = self._open_desks()
        self.install_customers()
        self.datacollector = WeeklyNumbers()

    def _own_state(self) -> OwnState:
        """Return what extensions of the study add to the arrays."""
        adopted = adopted_by(self.study.extensions)
        n_columns = sum(len(each.extension.columns) for each in adopted)
        return OwnState(n_columns, draw_names(adopted))

    def _open_desks(self) -> tuple[dict[str, Desk], list[Mechanism]]:
        """Let each extension of the study have its desk and its mechanism."""
        adopted = adopted_by(self.study.extensions)
        numbers = numbers_of(adopted, len(DRAWS))
        desks = {a.extension.name: Desk(self, a, numbers[a.extension.name]) for a in adopted}
        for each in adopted:
            if each.extension.weekly is not None:
                desk = desks[each.extension.name]
                desk.mechanism = each.extension.weekly(desk)
        return desks, [desk.mechanism for desk in desks.values() if desk.mechanism is not None]

    @property
    def day(self) -> ModuleType:
        """The order of a working day, with the rules of extensions in it."""
        return day_with(adopted_by(self.study.extensions))

    # --- time ----------------------------------------------------------------

    @cached_property
    def last_tick(self) -> int:
        """Tick at which warm-up, window and follow-up are over."""
        design = self.study.design
        days = design.warm_up_days + design.horizon_days + design.follow_up_days
        return self.study.ticks_in(days)

    @cached_property
    def window_ticks(self) -> tuple[int, int]:
        """Ticks at which the window begins and ends, in the midst of a week or not."""
        design = self.study.design
        begins = self.study.ticks_in(design.warm_up_days)
        return begins, begins + self.study.ticks_in(design.horizon_days)

    def step(self) -> None:
        """Work one week: management first, then the days.

        1. Levers that come into force this week are put into force, and posts filled anew; who
           has been asked to serve elsewhere does so.
        2. Skill, ties, governance and common standards grow or fade; defects arrive and retire;
           releases are built, reviewed and launched.
        3. What customers voiced last week is heard; sites about which it is too much raise an
           alarm, and queues in which too many gave up.
        4. Coordinating roles, then functions, look into alarms and propose fixes; functions
           shape proposals and work on what is approved; what improvement time is left serves.
        5. The trust office spends its hours; account owners may leave; the sponsor gains attention.
        6. Owners decide, then whoever is at the end of the escalation path; an executive turns to
           proposals of roles that are placed at the top, before owners do.
        7. Ratings that agents share become base rates; each open issue takes its discussion;
           mechanisms of extensions decide, and pay.
        8. The rates that the rules read are written from levers, hours, ties and defects;
           mechanisms of extensions change them.
        9. The days are worked, compiled.
        10. What the week was like is noted.
        """
        follow_the_plan(self)
        move_people(self)
        self._build_up_and_wear_down()
        self.register.hear(
            *self.channels.listen(), self.channels.kinds, self.week, self.channels.told
        )
        self.waits.listen()
        for agent in (*self.roles, *self.functions):
            agent.step()
        for function in self.functions:
            function.settle()
        for post in self.posts.weekly:
            post.step()
        self.decisions.step()
        for path in self.posts.deciding:
            path.step()
        self.ratings.step(self.state)
        self._discuss_issues()
        for mechanism in self.mechanisms:
            mechanism.step()
        self._write_rates()
        self.work_the_days()
        self._note_the_week()

    def _build_up_and_wear_down(self) -> None:
        """Let what is built up and what is flawed change by a week; charges begin anew."""
        self.organisation.live_a_week(self._backlog_hours())
        self.charges = np.zeros(len(self.functions))
        self.defects.step(self.week)
        self.releases.step(self.week, self.organisation.hours.gate)

    def _write_rates(self) -> None:
        self.organisation.week.issue_hours = self.charges
        self.rates.write(self.state, self.defects.met)
        invite(self.organisation, self.state, self.week, self.count_people)
        for mechanism in self.mechanisms:
            mechanism.adjust()
        if self.register.in_window(self.week):
            self.ledger.note(self.organisation)

    def _note_the_week(self) -> None:
        """Note what the week was like, for triggers of a transition and for whoever watches."""
        if self.register.in_window(self.week) and self.timeline.watches:
            self.readings.append(self.take_reading())
        self.open_by_week.append(int(self.state.open_cases.sum()))
        self.capacity.note_week()
        self.week += 1
        self.running = self.tick < self.last_tick
        self.datacollector.collect(self)

    def _look_back(self, since: int, busy: np.ndarray) -> None:
        """Note how things are at the end of a part of a week that lies in or outside the window.

        Parameters
        ----------
        since : int
            Tick at which it began.
        busy : numpy.ndarray
            Hours for which servers had been held by then, int64, shape (n_functions,).
        """
        design = self.study.design
        begins, ends = self.window_ticks
        if begins <= since < ends:
            self.busy_hours += (self.state.busy - busy) / FIXED / self.organisation.pace
        days = DAYS_PER_WEEK * (self.tick - begins) / self.study.ticks_in(DAYS_PER_WEEK)
        if ends_month(days, design.horizon_days):
            self.standing_by_month.append(self.mean_standing())
        if self.tick == ends:
            self.at_window_end = take_stock(self.state)

    def take_reading(self) -> Reading:
        """Return how things are at the end of a week of the window."""
        return take_reading(self.state, self.hour)

    def mean_standing(self) -> float:
        """Return the mean standing of customers of day 0, frozen when they leave, 0 to 1."""
        return mean_standing(self.state)

    def count_people(self) -> int:
        """Return how many customers there are for whom no personal agent acts."""
        return people_there(self.state.customers, self.hour)

    def seat(self) -> None:
        """Give every function the servers that it now has."""
        self.state = reseat(self.state, *self.organisation.seats, self.hour)

    def charge(self, function: int, hours: float) -> None:
        """Charge line time of a function, in hours, for issues and decisions."""
        self.charges[function] += hours

    def charge_all(self, hours: float) -> None:
        """Charge time of the firm as a whole, in hours, shared over functions by size."""
        self.charges += hours * self.organisation.staff.by_size

    def spend(self, money: float) -> None:
        """Spend money once, in this week; it is part of one-off cost."""
        self.timeline.spent.append((self.week, money))

    def _discuss_issues(self) -> None:
        each = self.organisation.parameters["discussion_hours"]
        for issue in self.register.issues:
            if issue.status not in ("refused", "brought"):
                for function in self.decisions.concerned(issue):
                    self.charge(function, each)

    def queued(self) -> np.ndarray:
        """Return the cases that wait in queues, by touchpoint, int64, (n_touchpoints,)."""
        counts = np.zeros(len(self.blueprint.touchpoints), np.int64)
        count_queued(self.state.cases, counts)
        return counts

    def _backlog_hours(self) -> np.ndarray:
        """Return the work that waits in each function's queues, shape (n_functions,)."""
        return self._hours_of_one @ self.queued()

    @cached_property
    def _hours_of_one(self) -> np.ndarray:
        """Work that a case in a queue stands for, shape (n_functions, n_touchpoints)."""
        mine = self.blueprint.owners == np.arange(len(self.blueprint.functions))[:, None]
        work: np.ndarray = mine * self.state.touchpoints["hours"] * self.blueprint.stands_for
        return work

    def work_the_days(self) -> None:
        """Work the ticks of this week, compiled; a full pool or log is doubled on the way."""
        self.state.busy[:] = 0
        self.worked = self.organisation.servers
        for stop in self._stops():
            since, busy = self.tick, self.state.busy.copy()
            self._work_until(stop)
            self._look_back(since, busy)
        self.demand.let_go(int(self.state.counters[DEMAND_AT]))
        if self.tick == self.last_tick:
            self._settle_overdue()
        if self.state.counters[N_EVENTS] > len(self.state.events):
            raise RuntimeError("automated steps form a loop: a case has run round it for ever")

    def _stops(self) -> list[int]:
        """Return the ticks of the week at which something is noted: the window's ends, its own."""
        end = min(self.tick + self.study.ticks_in(DAYS_PER_WEEK), self.last_tick)
        stops = (*self.window_ticks, end)
        return sorted({tick for tick in stops if self.tick < tick <= end})

    def _work_until(self, end: int) -> None:
        """Work through the days until a tick."""
        reason = TICKS_DONE
        while self.tick < end or reason != TICKS_DONE:
            self.tick, reason = self.day.run_ticks(self.state, self.tick, end)
            if reason == MORE_SLOTS:
                self.state = with_more_slots(self.state)
            elif reason == MORE_EVENTS:
                self.state = with_more_events(self.state)

    def _settle_overdue(self) -> None:
        needed = int(self.state.counters[N_EVENTS]) + len(self.state.cases)
        while self.state.rules[0]["log_events"] and len(self.state.events) < needed:
            self.state = with_more_events(self.state)
        self.day.settle_overdue(self.state, self.hour)

    def run_model(self) -> None:
        """Work until warm-up, window and follow-up are over."""
        while self.tick < self.last_tick:
            self.step()

    # --- what agents and users ask ---------------------------------------------

    @property
    def roles(self) -> list[Analyst]:
        """The coordinating roles that are filled."""
        return self.posts.roles

    @property
    def escalation(self) -> EscalationBody | None:
        """The path for what owners refuse or nobody owns, if there is one."""
        return self.posts.escalation

    @property
    def executive(self) -> EscalationBody | None:
        """Before whom roles that are placed at the top bring their proposals, if any are."""
        return self.posts.executive

    @property
    def sponsor(self) -> Sponsor | None:
        """The sponsor, if there is one."""
        return self.posts.sponsor

    @property
    def trust_office(self) -> TrustOffice | None:
        """The trust office, if anybody works in it."""
        return self.posts.trust_office

    @property
    def hour(self) -> float:
        """Working hours since the start of the warm-up."""
        return self.tick * float(self.state.rules[0]["tick_hours"])

    def own_kpi(self, function: int) -> float:
        """Return a function's own KPI: its visits without a visible error, of all it owed."""
        return own_kpi(self.state, self.blueprint.owners, function)
