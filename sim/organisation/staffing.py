"""Who works where: the same people under every org model, split by its levers.

How many people there are follows from demand once (rule M4.4); heads of coordinating roles are
taken out of the line, which is planned for those who are left (rule E5), so that every org model
spends the same running budget (rule M1), unless it hires on top. Where wages differ, heads leave
until no more is spent than on that firm without any role (rule E8). An org model with a design of
its own has the people of the study's enterprise, spread by what the design needs. Heads are whole
people; what is asked for beyond them is a side duty of somebody in the line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.organisation import technology
from sim.organisation.coordination import (
    ACCOUNT_OWNERS,
    EMBEDDED_LEADS,
    FIRM_WIDE,
    JOURNEY_OWNERS,
    ROLES,
    TRUST_OFFICE,
    Per,
    Role,
)
from sim.organisation.line_plan import LinePlan
from sim.organisation.planned_visits import rounds_planned, share_by_person, visits_per_hour
from sim.organisation.wages import Wages, fewest_leavers
from sim.state.blueprint import Blueprint
from sim.study.enterprise import MOST_HEADS, Touchpoint
from sim.study.errors import Problem, StudyError
from sim.study.levers import OrgModel
from sim.study.study import Study

ROUNDING = 1e-9
"""So much less than a whole person is a whole person, so much more no side duty."""


@dataclass(frozen=True)
class Staff:
    """Heads under one org model.

    Attributes
    ----------
    line : numpy.ndarray
        People who serve, int, shape (n_functions,).
    posts : mapping of Role to numpy.ndarray
        Whole people in each coordinating role, by where they work: for the firm, shape (1,);
        by function or journey, of whom one may span several, float, shape (n,).
    rest : mapping of Role to float
        What was asked for beyond whole people: side duties of people in the line.
    trust_host : int or None
        Function that has the trust office as a side duty.
    subscription : int
        Heads that are not there because technology is paid for instead, or kept running.
    idle : int
        People who are paid and do nothing.
    spending : float
        What all this costs, money a year. Whoever is moved later keeps the wage.
    allowed : float
        What it may cost, money a year; less than one wage more.
    """

    line: np.ndarray
    posts: Mapping[Role, np.ndarray]
    rest: Mapping[Role, float] = field(default_factory=dict)
    trust_host: int | None = None
    subscription: int = 0
    idle: int = 0
    spending: float = 0.0
    allowed: float = 0.0

    @cached_property
    def coordinating(self) -> int:
        """Whole people in coordinating roles."""
        return sum(self.in_roles.values())

    @cached_property
    def in_roles(self) -> dict[Role, int]:
        """Whole people in each coordinating role."""
        return {role: round(float(self.posts[role].sum())) for role in ROLES}

    @cached_property
    def people(self) -> dict[str, float]:
        """Whole people in each coordinating role, by the name of its lever."""
        return {role.name: float(self.posts[role].sum()) for role in ROLES}

    def filled(self, role: Role) -> bool:
        """Tell whether anybody works in a role, be it as a side duty."""
        return self.people[role.name] > 0.0 or self.rest.get(role, 0.0) > 0.0

    @cached_property
    def by_size(self) -> np.ndarray:
        """Each function's share of the line, float64, shape (n_functions,)."""
        return self.line / self.line.sum()

    @cached_property
    def hosted(self) -> np.ndarray:
        """Side duties that people of each function have, in heads, shape (n_functions,).

        A lead's lie with each function alike, a hosted trust office with its host, all
        others with functions by their size.
        """
        placed = {EMBEDDED_LEADS: np.full(len(self.line), 1.0 / len(self.line))}
        if self.trust_host is not None:
            placed[TRUST_OFFICE] = np.eye(len(self.line))[self.trust_host]
        hosted = np.zeros(len(self.line))
        for role, heads in self.rest.items():
            hosted = hosted + heads * placed.get(role, self.by_size)
        return hosted

    @cached_property
    def total(self) -> int:
        """Everybody."""
        return int(self.line.sum()) + self.coordinating + self.idle

    @property
    def budget(self) -> int:
        """Heads that are paid for in a year: everybody, and what technology takes."""
        return self.total + self.subscription

    def moved_share(self, after: Staff) -> float:
        """Return the share of people who hold another post under another staff."""
        places = (EMBEDDED_LEADS, JOURNEY_OWNERS, *FIRM_WIDE)
        posts = [
            np.concatenate([each.line, *(each.posts[role] for role in places)]).astype(float)
            for each in (self, after)
        ]
        joined = np.maximum(0.0, posts[1] - posts[0]).sum()
        return min(1.0, float(joined) / self.total)


def planned_heads(blueprint: Blueprint) -> np.ndarray:
    """Return the heads of each function before any lever: ⌈load/((1 − φ₀)u)⌉ or as given.

    Returns
    -------
    numpy.ndarray
        int, shape (n_functions,), at least one each.

    Raises
    ------
    StudyError
        If a function would need more people than it may have.
    """
    if not blueprint.is_whole:
        return _heads_of_units(blueprint)
    parameters = blueprint.study.assumed
    serving = (1.0 - parameters["ordinary_meetings_share"]) * parameters["planned_utilisation"]
    heads = []
    for name, load in zip(blueprint.functions, planned_load(blueprint), strict=True):
        given = blueprint.study.enterprise.functions[name].heads
        needed = load / serving
        if given is None and needed > MOST_HEADS:
            message = f"the planned work of {name} would take {needed:.2g} people"
            remedy = f"at most {MOST_HEADS} can work in a function; look at minutes and needs"
            raise StudyError([Problem("", None, None, f"functions.{name}", message, remedy)])
        heads.append(given if given is not None else max(1, math.ceil(needed - 1e-9)))
    return np.array(heads)


def _heads_of_units(blueprint: Blueprint) -> np.ndarray:
    """Return the same heads, spread over units: there are as many under every structure."""
    units = blueprint.structure.units
    heads = []
    for name, number in zip(blueprint.whole.functions, planned_heads(blueprint.whole), strict=True):
        places = blueprint.functions_named(name)
        if number < len(places):
            people = "1 person" if number == 1 else f"{number} people"
            message = f"{name} has {people}, fewer than the {units} units that each have it"
            remedy = f"take {name} out of `structure.local`, or have at most {number} units"
            if number == 1:
                remedy = f"take {name} out of `structure.local`"
            raise StudyError([Problem("", None, None, "structure.units", message, remedy)])
        heads += apportion(int(number), np.ones(len(places))).tolist()
    return np.array(heads)


def planned_load(blueprint: Blueprint) -> np.ndarray:
    """Return each function's planned work, hours an hour, float64, shape (n_functions,).

    Work that is done again, asked for or repaired comes on top as one share, the same for every
    function and org model (rule E3): what an org model spares of it is its own to use.
    """
    rework = blueprint.study.assumed["planned_rework"]
    steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
    hours = np.array([planned_minutes(step) / 60.0 for step in steps])
    work = visits_per_hour(blueprint) * hours * (1.0 + rework)
    places = range(len(blueprint.functions))
    return np.array([work[blueprint.owners == place].sum() for place in places])


def planned_minutes(step: Touchpoint) -> float:
    """Return the minutes of people's work that a visit to a step is planned at.

    A negotiation is planned at half of the rounds it may go.
    """
    return step.minutes * share_by_person(step) * rounds_planned(step)


def whole(heads: float) -> int:
    """Return heads as whole people; what remains is a side duty of somebody in the line."""
    return math.floor(heads + ROUNDING)


def apportion(total: int, weights: np.ndarray) -> np.ndarray:
    """Split whole people by weight with largest remainders, ties to the first.

    Parameters
    ----------
    total : int
        People to split.
    weights : numpy.ndarray
        float, not negative, not all zero.
    """
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(int)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def staff(blueprint: Blueprint, levers: OrgModel) -> Staff:
    """Return the staff under one org model.

    Raises
    ------
    StudyError
        If coordination would leave a function without anybody in the line.
    """
    blueprint = blueprint.under(levers.structure)
    wages, budgeted = Wages.of(blueprint), Wages.of(blueprint.paying)
    paid = planned_heads(blueprint.paying)
    change = (1.0 + blueprint.study.budget_change) * (1.0 + levers.budget_change)
    firm = whole(change * int(paid.sum()))
    # Nobody is hired, and nothing subscribed to, by halves.
    hired = _nearest(levers.staffing.hired * firm / 100.0)
    parameters = blueprint.study.assumed
    yearly = technology.subscription(parameters, levers.technology)
    subscription = _nearest(yearly * firm / 100.0)
    lengths = {
        Per.FIRM: 1,
        Per.CUSTOMERS: 1,
        Per.FUNCTION: len(blueprint.functions),
        Per.JOURNEY: len(blueprint.journeys),
    }
    asked = {
        role: _asked(levers, role, firm, lengths[role.per])
        for role in ROLES
        if role is not ACCOUNT_OWNERS
    }
    asked[ACCOUNT_OWNERS] = float(n_account_owners(blueprint.study, levers))
    people = {role: whole(heads) for role, heads in asked.items()}
    host = levers.trust.host
    if host is not None:
        people[TRUST_OFFICE] = 0  # nobody leaves the line for it
    rest = {role: heads - people[role] for role, heads in asked.items()}
    unpaid = subscription + levers.staffing.idle
    allowed = wages.usual * (firm + hired)
    if not budgeted.alike:
        allowed = change * budgeted.of_line(line_of(blueprint.paying)) + wages.usual * hired
    beside = wages.of_roles(people) + wages.usual * unpaid
    heads = firm, hired, sum(people.values()) + unpaid
    line = _affordable(blueprint, levers, heads, allowed - beside)
    return Staff(
        line=line,
        posts={
            role: np.full(lengths[role.per], people[role] / lengths[role.per]) for role in ROLES
        },
        trust_host=None if host is None else blueprint.functions_named(host)[0],
        rest={role: heads for role, heads in rest.items() if heads > ROUNDING},
        subscription=subscription,
        idle=levers.staffing.idle,
        spending=wages.of_line(line) + beside,
        allowed=allowed,
    )


def _counted_in_heads(blueprint: Blueprint) -> bool:
    """Tell whether heads are what a budget is spent on: all earn the same, as planned too."""
    return Wages.of(blueprint).alike and Wages.of(blueprint.paying).alike


def _affordable(
    blueprint: Blueprint, levers: OrgModel, heads: tuple[int, int, int], money: float
) -> np.ndarray:
    """Return the line that heads, or where wages differ money a year, allow (rule E8).

    Parameters
    ----------
    heads : (int, int, int)
        The firm, heads hired on top of it, and those of both who are not in the line, at one wage
        for all.
    """
    firm, hired, elsewhere = heads
    planned = int(planned_heads(blueprint).sum())
    most, gone = planned + hired - len(blueprint.functions), planned - firm + elsewhere
    if _counted_in_heads(blueprint):
        leaving: int | None = gone if gone <= most else None
    else:
        wages = Wages.of(blueprint)
        leaving = fewest_leavers(
            lambda n: wages.of_line(_line_without(blueprint, hired, n)),
            money,
            min(gone, most),
            most,
        )
    if leaving is None:
        raise _nobody_left(blueprint, levers, firm + hired, elsewhere)
    return _line_without(blueprint, hired, leaving)


def _line_without(blueprint: Blueprint, hired: int, gone: int) -> np.ndarray:
    """Return the line that some have left; a larger budget has more people join it."""
    return line_of(blueprint, hired + max(0, -gone), max(0, gone))


def _nobody_left(blueprint: Blueprint, levers: OrgModel, firm: int, gone: int) -> StudyError:
    """Return what is wrong where some function would have nobody left in the line."""
    idle = ", do nothing" if levers.staffing.idle else ""
    message = (
        f"{gone} of {firm} people would coordinate{idle} or pay for technology, and some function "
        "would have nobody left"
    )
    most = firm - len(blueprint.functions)
    remedy = f"at most {most} can coordinate in a firm of this size"
    if most < 0:
        message = f"{firm} people are paid for, fewer than there are functions"
        remedy = f"have at most {firm} functions, or a larger budget"
    elif not _counted_in_heads(blueprint):
        remedy += ", fewer where they cost more than who leaves the line for them"
    return StudyError([Problem("", None, None, "staffing", message, remedy)])


def line_of(blueprint: Blueprint, hired: int = 0, taken: int = 0) -> np.ndarray:
    """Return the people of the line by function (rule E5).

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    hired, taken : int
        Heads on top of the firm, and those that leave the line; somebody is left in each function.

    Returns
    -------
    numpy.ndarray
        int, shape (n_functions,), at least one each.
    """
    planned = planned_heads(blueprint)
    if blueprint.study.mechanisms.line_plan == "proportional":
        planned = planned + apportion(hired, planned.astype(float))
        return planned - _taken(taken, planned, planned - 1)
    return LinePlan(blueprint, planned_load(blueprint), planned).line(hired - taken)


def n_account_owners(study: Study, levers: OrgModel) -> int:
    """Return how many people look after customers of a segment: as many as are full (rule E8)."""
    lever = levers.staffing.account_owners
    if lever is None:
        return 0
    segment = study.market.segments[study.market.with_owners(lever.segment)]
    return whole(study.market.customers * segment.share / lever.each)


def _asked(levers: OrgModel, role: Role, firm: int, places: int) -> float:
    """Return the heads that the levers ask for in a role: per 100 of the firm, or per place."""
    heads: float = getattr(levers.staffing, role.name)
    return heads * firm / 100.0 if role.per is Per.FIRM else heads * places


def sliced(line: np.ndarray, slice_: int) -> np.ndarray:
    """Return the servers of a slice of the line: whole, at least one in each function.

    Largest remainders of one head in `slice_`. What rounding gives to a function or takes
    from it is made good by the pace of its servers (``Organisation.pace``).
    """
    if slice_ == 1:
        return line
    return np.maximum(1, apportion(_nearest(float(line.sum()) / slice_), line.astype(float)))


def _nearest(heads: float) -> int:
    return math.floor(heads + 0.5)


def _taken(total: int, planned: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """Return the heads that each function gives, in proportion, leaving one in each."""
    given = np.minimum(apportion(total, planned.astype(float)), spare)
    missing = total - int(given.sum())
    if missing > 0:  # of no more people than there is room for, none gives more than it has
        given += apportion(missing, (spare - given).astype(float))
    return given
