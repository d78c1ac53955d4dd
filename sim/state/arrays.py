"""Everything the compiled rules read and write: the arrays of one run."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from sim.engine.philox import decision_keys
from sim.engine.state_view import Shape, address_table, make_readable
from sim.engine.visit_luck import LUCK
from sim.state import tallies
from sim.state.blueprint import BRANCH, JOURNEY, SEGMENT, TOUCHPOINT, Blueprint
from sim.state.cases import CASE, FREE_SLOTS, N_COUNTERS, N_QUEUES, NONE, WHEEL
from sim.state.customers import CONTACT, CUSTOMER, DROP
from sim.state.demand_table import NEED
from sim.state.population import people
from sim.state.settings import EVENT, FUNCTION, RATE, RULES, SEAM
from sim.study.parameters import resolve
from sim.study.study import Study
from sim.study.working_time import (
    DAYS_PER_MONTH,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_YEAR,
    NEVER,
)

N_VISITS = 64
"""Visits are counted by step of a journey, of which there are fewer: in whole lines of memory."""


@dataclass(frozen=True)
class State:
    """Arrays of one run.

    Attributes
    ----------
    rules : numpy.ndarray
        Parameters and clock, RULES, shape (1,).
    keys : numpy.ndarray
        Key of every random decision, uint64.
    touchpoints, branches, journeys, segments, exit_completes, seam_of
        The blueprint's arrays.
    functions, seams, rates, find_hours
        What the organisation sets, anew each week; rates are those of touchpoints.
    customers, contacts, drops
        CUSTOMER, shape (n_customers,); CONTACT, shape (n_customers · n_functions,); DROP,
        shape (n_customers,).
    bases, rated
        Base rate of standing, by whether the customer is represented and by function,
        set each week; contacts that represented customers rated this week as kept and as
        broken, int64, shape (n_functions, 2).
    approver
        Hour at which whoever approves concessions is free, shape (1,).
    cases, visits, luck, free, wheel, joining, ending, spare, sort_due, spare_due,
    bins
        Pool of active cases and its lists; visits is int16, shape (n_slots, 64), luck
        uint32, shape (n_slots, 4, 8).
    queues, servers
        Heads and tails of queues, int32, shape (n_functions, 4, 2); hour at which each
        server is free, a heap for each function.
    demand
        The demand table, NEED, sorted by time.
    counters, open_cases
        Integers of the conservation law; open cases by journey.
    case_tallies, touch_tallies, seam_tallies, drop_tallies
        What measures are made of (see ``sim.state.tallies``).
    signals, foreseen, expected, busy
        What management reads each week: voiced failures by where they were felt, what
        caused them, and who voiced them, a person or an agent; in a slice, how many there
        would be on average; how many were to be expected without defects; hours that each
        function held its servers.
    events
        Event log, EVENT; shape (0,) unless asked for.
    """

    rules: np.ndarray
    keys: np.ndarray
    touchpoints: np.ndarray
    branches: np.ndarray
    journeys: np.ndarray
    segments: np.ndarray
    exit_completes: np.ndarray
    seam_of: np.ndarray
    functions: np.ndarray
    seams: np.ndarray
    rates: np.ndarray
    find_hours: np.ndarray
    customers: np.ndarray
    contacts: np.ndarray
    drops: np.ndarray
    bases: np.ndarray
    rated: np.ndarray
    approver: np.ndarray
    cases: np.ndarray
    visits: np.ndarray
    luck: np.ndarray
    free: np.ndarray
    wheel: np.ndarray
    joining: np.ndarray
    ending: np.ndarray
    spare: np.ndarray
    sort_due: np.ndarray
    spare_due: np.ndarray
    bins: np.ndarray
    queues: np.ndarray
    servers: np.ndarray
    demand: np.ndarray
    counters: np.ndarray
    open_cases: np.ndarray
    case_tallies: np.ndarray
    touch_tallies: np.ndarray
    seam_tallies: np.ndarray
    drop_tallies: np.ndarray
    signals: np.ndarray
    foreseen: np.ndarray
    expected: np.ndarray
    busy: np.ndarray
    events: np.ndarray

    def __post_init__(self) -> None:
        """Note where the arrays are, for compiled rules."""
        arrays = [getattr(self, field.name) for field in fields(self)]
        table = address_table(arrays, [shape for _, shape in LAYOUT.values()])
        object.__setattr__(self, "table", table)
        # A plain number: looking it up runs no Python code that an interrupt could end.
        object.__setattr__(self, "table_address", int(table.ctypes.data))

    @property
    def cohorts(self) -> np.ndarray:
        """The tallies of cases with a row for each journey, segment and month."""
        return self.case_tallies.reshape(-1, tallies.N_CASE_TALLIES)

    def __reduce__(self) -> tuple[type[State], tuple[np.ndarray, ...]]:
        """Copy and unpickle by the arrays alone: a copy's table must name its own arrays."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


_N = None
LAYOUT: dict[str, tuple[np.dtype, Shape]] = {
    name: (np.dtype(dtype), shape)
    for name, dtype, shape in (
        ("rules", RULES, (1,)),
        ("keys", np.uint64, (_N,)),
        ("touchpoints", TOUCHPOINT, (_N,)),
        ("branches", BRANCH, (_N,)),
        ("journeys", JOURNEY, (_N,)),
        ("segments", SEGMENT, (_N,)),
        ("exit_completes", np.int64, (_N, _N)),
        ("seam_of", np.int32, (_N, _N)),
        ("functions", FUNCTION, (_N,)),
        ("seams", SEAM, (_N,)),
        ("rates", RATE, (_N,)),
        ("find_hours", np.float64, (_N,)),
        ("customers", CUSTOMER, (_N,)),
        ("contacts", CONTACT, (_N,)),
        ("drops", DROP, (_N,)),
        ("bases", np.float64, (2, _N)),
        ("rated", np.int64, (_N, 2)),
        ("approver", np.float64, (1,)),
        ("cases", CASE, (_N,)),
        ("visits", np.int16, (_N, N_VISITS)),
        ("luck", np.uint32, (_N, *LUCK)),
        ("free", np.int32, (_N,)),
        ("wheel", np.int32, (WHEEL,)),
        ("joining", np.int32, (_N,)),
        ("ending", np.int32, (_N,)),
        ("spare", np.int32, (_N,)),
        ("sort_due", np.float64, (_N,)),
        ("spare_due", np.float64, (_N,)),
        ("bins", np.int32, (_N,)),
        ("queues", np.int32, (_N, N_QUEUES, 2)),
        ("servers", np.float64, (_N,)),
        ("demand", NEED, (_N,)),
        ("counters", np.int64, (N_COUNTERS,)),
        ("open_cases", np.int64, (_N,)),
        ("case_tallies", np.int64, (_N, _N, _N, tallies.N_CASE_TALLIES)),
        ("touch_tallies", np.int64, (_N, tallies.N_TOUCH_TALLIES)),
        ("seam_tallies", np.int64, (_N, tallies.N_SEAM_TALLIES)),
        ("drop_tallies", np.int64, (_N, len(tallies.CAUSES))),
        ("signals", np.int64, (_N, _N, 2)),
        ("foreseen", np.int64, (_N, _N, 2)),
        ("expected", np.int64, (_N, _N, 2)),
        ("busy", np.int64, (_N,)),
        ("events", EVENT, (_N,)),
    )
}
"""Dtype and shape of every array, in the order of the fields."""

make_readable(State, LAYOUT, {"cohorts": ("case_tallies", (_N, tallies.N_CASE_TALLIES))})


def rules_of(study: Study, log_events: bool) -> np.ndarray:
    """Return parameters and clock of a study, RULES, shape (1,)."""
    rules = np.zeros(1, RULES)
    for name, value in resolve(study.parameters).items():
        rules[0][name] = value
    design = study.design
    rules[0]["tick_hours"] = HOURS_PER_DAY / design.ticks_per_day
    rules[0]["day_zero"] = design.warm_up_days * HOURS_PER_DAY
    rules[0]["day_end"] = (design.warm_up_days + design.horizon_days) * HOURS_PER_DAY
    rules[0]["follow_up"] = design.follow_up_days * HOURS_PER_DAY
    rules[0]["month_hours"] = HOURS_PER_MONTH
    rules[0]["guess_odds"] = np.exp(rules[0]["guess_error"])
    rules[0]["stale_odds"] = np.exp(rules[0]["stale_error"])
    rules[0]["staleness_per_hour"] = rules[0]["staleness_per_year"] / HOURS_PER_YEAR
    rules[0]["persistent_facts"] = Blueprint(study).persistent_facts
    rules[0]["firm_facts"] = Blueprint(study).mask(study.enterprise.firm_facts)
    rules[0]["sliced"] = study.market.slice > 1
    rules[0]["log_events"] = log_events
    return rules


def n_months(study: Study) -> int:
    """Return how many months the window has, the last one perhaps short."""
    return int(np.ceil(study.design.horizon_days / DAYS_PER_MONTH))


def fresh_state(  # one line for each array; splitting would only hide it
    blueprint: Blueprint,
    needs: np.ndarray,
    servers: np.ndarray,
    replicate: int,
    log_events: bool,
) -> State:
    """Return the state at the first hour of the warm-up.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise as arrays.
    needs : numpy.ndarray
        The demand table, NEED.
    servers : numpy.ndarray
        People in the line, int, shape (n_functions,).
    replicate : int
        Which luck.
    log_events : bool
        Whether to keep an event log.
    """
    study = blueprint.study
    n_functions, n_journeys = len(blueprint.functions), len(blueprint.journeys)
    n_touchpoints, n_seams = len(blueprint.touchpoints), len(blueprint.seams)
    n_sites = n_touchpoints + n_seams
    touchpoints, branches = blueprint.touchpoint_array()
    functions = np.zeros(n_functions, FUNCTION)
    functions["servers"] = servers
    functions["first_journey"] = NONE
    functions["first_server"] = np.concatenate([[0], np.cumsum(servers)[:-1]])
    pool = _empty_pool(1024)
    keys = decision_keys(study.design.seed, replicate)
    customers = in_whole_lines(sum(study.market.simulated), CUSTOMER)
    people(study, keys, customers)
    counters = np.zeros(N_COUNTERS, np.int64)
    counters[FREE_SLOTS] = len(pool["free"])
    cells = (n_journeys, len(blueprint.segments), n_months(study))
    return State(
        rules=rules_of(study, log_events),
        keys=keys,
        touchpoints=touchpoints,
        branches=branches,
        journeys=blueprint.journey_array(),
        segments=blueprint.segment_array(),
        exit_completes=blueprint.exit_completes(),
        seam_of=blueprint.seam_table(),
        functions=functions,
        seams=np.zeros(max(n_seams, 1), SEAM),
        rates=np.zeros(n_touchpoints, RATE),
        find_hours=np.full(n_journeys, NEVER),
        customers=customers,
        contacts=in_whole_lines(len(customers) * n_functions, CONTACT),
        drops=np.zeros(len(customers), DROP),
        bases=np.full((2, n_functions), resolve(study.parameters)["standing_base"]),
        rated=np.zeros((n_functions, 2), np.int64),
        approver=np.zeros(1),
        wheel=np.full(WHEEL, NONE, np.int32),
        queues=np.full((n_functions, N_QUEUES, 2), NONE, np.int32),
        servers=np.zeros(int(servers.sum())),
        demand=needs,
        counters=counters,
        open_cases=np.zeros(n_journeys, np.int64),
        case_tallies=np.zeros((*cells, tallies.N_CASE_TALLIES), np.int64),
        touch_tallies=np.zeros((n_touchpoints, tallies.N_TOUCH_TALLIES), np.int64),
        seam_tallies=np.zeros((max(n_seams, 1), tallies.N_SEAM_TALLIES), np.int64),
        drop_tallies=np.zeros((n_sites, len(tallies.CAUSES)), np.int64),
        signals=np.zeros((n_touchpoints, n_sites, 2), np.int64),
        foreseen=np.zeros((n_touchpoints, n_sites, 2), np.int64),
        expected=np.zeros((n_touchpoints, n_sites, 2), np.int64),
        busy=np.zeros(n_functions, np.int64),
        events=np.zeros(65536 if log_events else 0, EVENT),
        **pool,
    )


def in_whole_lines(n_rows: int, dtype: np.dtype) -> np.ndarray:
    """Return rows of zeros that begin where a line of memory (64 bytes) does."""
    size = n_rows * dtype.itemsize
    room = np.zeros(size + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size].view(dtype)


def _empty_pool(n_slots: int) -> dict[str, np.ndarray]:
    return {
        "cases": in_whole_lines(n_slots, CASE),
        "visits": in_whole_lines(n_slots * N_VISITS, np.dtype(np.int16)).reshape(-1, N_VISITS),
        "luck": in_whole_lines(n_slots * LUCK[0] * LUCK[1], np.dtype(np.uint32)).reshape(-1, *LUCK),
        "free": np.arange(n_slots - 1, -1, -1, dtype=np.int32),
        "joining": np.zeros(n_slots, np.int32),
        "ending": np.zeros(n_slots, np.int32),
        "spare": np.zeros(n_slots, np.int32),
        "sort_due": np.zeros(n_slots),
        "spare_due": np.zeros(n_slots),
        "bins": np.zeros(n_slots + 1, np.int32),
    }


def with_more_slots(state: State) -> State:
    """Return the state with twice the slots for active cases; nothing else changes."""
    old = len(state.cases)
    pool = _empty_pool(2 * old)
    pool["cases"][:old] = state.cases
    pool["visits"][:old] = state.visits
    pool["luck"][:old] = state.luck
    n_free = int(state.counters[FREE_SLOTS])
    pool["free"][:old] = np.arange(2 * old - 1, old - 1, -1, dtype=np.int32)
    pool["free"][old : old + n_free] = state.free[:n_free]
    state.counters[FREE_SLOTS] = old + n_free
    return replace(state, **pool)


def with_more_events(state: State) -> State:
    """Return the state with twice the room for events."""
    events = np.zeros(2 * len(state.events), EVENT)
    events[: len(state.events)] = state.events
    return replace(state, events=events)
