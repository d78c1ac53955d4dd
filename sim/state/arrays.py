"""Everything the compiled rules read and write: the arrays of one run, a row each."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from sim.engine.philox import decision_keys
from sim.engine.state_view import ArrayShape, address_table, make_readable
from sim.engine.visit_luck import LUCK
from sim.state.blueprint import Blueprint
from sim.state.blueprint_rows import BRANCH, JOURNEY, SEGMENT, TOUCHPOINT
from sim.state.calendar import WHEEL
from sim.state.cases import CASE, FREE_SLOTS, N_COUNTERS, N_EVENTS, N_QUEUES, NONE
from sim.state.customers import CONTACT, CUSTOMER, DROP
from sim.state.demand_table import NEED
from sim.state.opening_hours import openings_of, seats
from sim.state.population import draw_population
from sim.state.remedies import WEEKS_INVITED
from sim.state.rivals import OFFER
from sim.state.settings import EVENT, FUNCTION, RATE, RULES, SEAM
from sim.state.severity import SEVERITY_FAULT, SEVERITY_LOSS, loudness
from sim.state.tallies import (
    CAUSES,
    N_ANSWERS,
    N_CARRIED,
    N_CASE_TALLIES,
    N_ERRORS,
    N_GRADES,
    N_QUEUE_TALLIES,
    N_SEAM_TALLIES,
    N_SPEAKERS,
    N_TOUCH_TALLIES,
    N_UNVOICED,
)
from sim.study.mechanisms import MEASURED_SHAPE
from sim.study.opening import hours_a_week
from sim.study.study import Study
from sim.study.working_time import (
    CLOCK_HOURS,
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
    NEVER,
)

N_VISITS = 64
"""Visits are counted by step of a journey, of which there are fewer: in whole lines of memory."""


def array(
    dtype: DTypeLike,
    shape: tuple[int | str, ...],
    about: str,
    *,
    fill: float = 0,
    lines: bool = False,
) -> Any:
    """Declare an array of the state.

    Parameters
    ----------
    dtype : dtype-like
        Of its elements.
    shape : tuple of int or str
        Length of each dimension: a number where it is always the same, and a constant of the
        compiled rules; else the name under which `fresh_state` knows it.
    about : str
        What it holds, with its unit.
    fill : float
        What stands in it before the first hour, where `fresh_state` is not given anything.
    lines : bool
        Whether it begins where a line of memory does, for its rows are whole lines.
    """
    about_it = {"dtype": np.dtype(dtype), "shape": shape, "about": about}
    return field(metadata=about_it | {"fill": fill, "lines": lines})


@dataclass(frozen=True)
class State:
    """Arrays of one run; what each holds stands in its row."""

    # What levers, parameters and the enterprise say
    rules: np.ndarray = array(RULES, (1,), "parameters and clock")
    keys: np.ndarray = array(np.uint64, ("n_draws",), "key of every random decision")
    touchpoints: np.ndarray = array(TOUCHPOINT, ("n_touchpoints",), "the blueprint's")
    branches: np.ndarray = array(BRANCH, ("n_branches",), "the blueprint's")
    journeys: np.ndarray = array(JOURNEY, ("n_journeys",), "the blueprint's")
    segments: np.ndarray = array(SEGMENT, ("n_segments",), "the blueprint's")
    exit_completes: np.ndarray = array(
        np.int64, ("n_exits", "n_journeys"), "whether an exit counts as completing"
    )
    own_steps: np.ndarray = array(
        np.int64,
        ("n_functions", "n_journeys"),
        "mask of a journey's touchpoints by owner",
    )
    seam_of: np.ndarray = array(
        np.int32, ("n_functions", "n_functions"), "seam by who sends and who receives, -1 for none"
    )
    # What the organisation sets, anew each week
    functions: np.ndarray = array(FUNCTION, ("n_functions",), "servers and their pace")
    seams: np.ndarray = array(SEAM, ("n_seams",), "what a note keeps and how much falls between")
    rates: np.ndarray = array(RATE, ("n_touchpoints",), "errors, faults, machines, writing")
    openings: np.ndarray = array(
        np.float64,
        ("n_keep_hours", "n_spans", 2),
        "when each function, and last the firm, opens and shuts in a week, hours; empty without a "
        "calendar",
    )
    find_hours: np.ndarray = array(
        np.float64, ("n_journeys",), "mean hours until a lost case is found", fill=NEVER
    )
    # Customers
    customers: np.ndarray = array(CUSTOMER, ("n_customers",), "customers", lines=True)
    contacts: np.ndarray = array(
        CONTACT, ("n_contacts",), "each customer with each function", lines=True
    )
    offers: np.ndarray = array(
        OFFER, ("n_offers",), "what rivals offer each customer, empty without rivals"
    )
    agent_facts: np.ndarray = array(
        np.uint32, ("n_customers",), "facts in the shared record that each customer's agent wrote"
    )
    minder_facts: np.ndarray = array(
        np.uint32, ("n_customers",), "facts nobody wrote that each customer's account owner knows"
    )
    minder_touched: np.ndarray = array(
        np.float32, ("n_customers",), "hour up to which what went stale of them is forgotten"
    )
    drops: np.ndarray = array(DROP, ("n_customers",), "why the latest case was dropped")
    expectations: np.ndarray = array(
        np.float32, ("n_customers",), "how far what each customer expects has moved from the start"
    )
    own: np.ndarray = array(
        np.float64, ("n_customers", "n_own"), "columns that extensions have declared"
    )
    bases: np.ndarray = array(
        np.float64, (2, "n_functions"), "base rate of standing, by represented or not; set weekly"
    )
    rated: np.ndarray = array(
        np.int64, ("n_functions", 2), "contacts rated as kept and as broken this week"
    )
    approver: np.ndarray = array(
        np.float64,
        ("n_functions",),
        "hour at which a function's head is free to approve terms; the first, of the path's",
    )
    approvals: np.ndarray = array(
        np.int64, ("n_functions",), "terms that a function's head has approved this week"
    )
    owed: np.ndarray = array(
        np.float64,
        ("n_functions",),
        "opening hours for which people of a function are still to be away, for they have gone on",
    )
    # The pool of active cases and its lists
    cases: np.ndarray = array(CASE, ("n_slots",), "active cases", lines=True)
    visits: np.ndarray = array(
        np.int16, ("n_slots", N_VISITS), "how often a case has been at a step", lines=True
    )
    luck: np.ndarray = array(np.uint32, ("n_slots", *LUCK), "luck of the visit ahead", lines=True)
    free: np.ndarray = array(np.int32, ("n_slots",), "free slots")
    wheel: np.ndarray = array(np.int32, (WHEEL,), "the calendar: first slot by tick", fill=NONE)
    joining: np.ndarray = array(np.int32, ("n_slots",), "slots that join a queue in this tick")
    ending: np.ndarray = array(np.int32, ("n_slots",), "slots in which something ends in it")
    spare: np.ndarray = array(np.int32, ("n_slots",), "room for sorting: slots")
    sort_due: np.ndarray = array(np.float64, ("n_slots",), "room for sorting: hours")
    spare_due: np.ndarray = array(np.float64, ("n_slots",), "room for sorting: hours")
    bins: np.ndarray = array(np.int32, ("n_bins",), "room for sorting: where bins end")
    queues: np.ndarray = array(
        np.int32, ("n_functions", N_QUEUES, 2), "heads and tails of queues", fill=NONE
    )
    servers: np.ndarray = array(
        np.float64, ("n_servers",), "hour at which each server is free, a heap for each function"
    )
    demand: np.ndarray = array(NEED, ("n_needs",), "the demand table, sorted by time")
    # What is counted
    counters: np.ndarray = array(np.int64, (N_COUNTERS,), "integers of the conservation law")
    open_cases: np.ndarray = array(np.int64, ("n_journeys",), "open cases by journey")
    case_tallies: np.ndarray = array(
        np.int64,
        ("n_journeys", "n_segments", "n_months", N_CASE_TALLIES),
        "needs of each cohort, see ``sim.state.tallies``",
    )
    answers: np.ndarray = array(
        np.int64,
        (N_ANSWERS, N_GRADES),
        "answers of the cohort in fortieths: how contacts felt, and scores surveyed",
    )
    touch_tallies: np.ndarray = array(
        np.int64, ("n_touchpoints", N_TOUCH_TALLIES), "visits of the window"
    )
    helped: np.ndarray = array(
        np.int64,
        ("n_functions", "n_touchpoints", 2),
        "visits of the window, and errors in them, by who did them in the owner's place",
    )
    seam_tallies: np.ndarray = array(
        np.int64, ("n_seams", N_SEAM_TALLIES), "crossings of the window"
    )
    drop_tallies: np.ndarray = array(np.int64, ("n_sites", len(CAUSES)), "drops by site and cause")
    # What management reads each week
    waited: np.ndarray = array(
        np.int64, ("n_touchpoints", 2), "hours waited this week and how many did; soft boundaries"
    )
    signals: np.ndarray = array(
        np.int64,
        ("n_touchpoints", "n_sites", 2),
        "voiced failures by where they were felt, what caused them and who voiced them: a person "
        "or an agent",
    )
    foreseen: np.ndarray = array(
        np.int64, ("n_touchpoints", "n_sites", 2), "how many of a slice there would be on average"
    )
    expected: np.ndarray = array(
        np.int64, ("n_touchpoints", "n_sites", 2), "how many there would be without any defect"
    )
    unvoiced: np.ndarray = array(
        np.int64,
        ("n_touchpoints", "n_sites", N_UNVOICED),
        "failures that nobody voiced and measurement can see, by where they were felt and what "
        "caused them: how many, without any defect, and of a slice on average",
    )
    error_signals: np.ndarray = array(
        np.int64,
        ("n_touchpoints", N_SPEAKERS, N_ERRORS),
        "how many of these failures are visible errors, by who voiced them, a person, an agent or "
        "nobody; of a slice, how many there would be on average",
    )
    remedies: np.ndarray = array(
        np.int64,
        ("n_touchpoints", "n_sites", 2, N_CARRIED),
        "how many of the voiced failures say what would put them right, by where they were felt, "
        "what caused them and who voiced them: how many, without any defect, and of a slice on "
        "average",
    )
    invited: np.ndarray = array(
        np.float64,
        (WEEKS_INVITED,),
        "share of the people whose week of the year it was that workshops invited when it was "
        "that week last",
    )
    queue_tallies: np.ndarray = array(
        np.int64,
        ("n_touchpoints", N_QUEUE_TALLIES),
        "who joined a queue this week, gave up and was served; of a slice, how many would give up "
        "on average",
    )
    busy: np.ndarray = array(np.int64, ("n_functions",), "hours that servers were held")
    events: np.ndarray = array(EVENT, ("n_events",), "the event log, empty unless asked for")
    followed: np.ndarray = array(
        np.uint8, ("n_followed",), "1 for whose events alone are kept, empty if all are"
    )

    def __post_init__(self) -> None:
        """Note where the arrays are, for compiled rules."""
        arrays = [getattr(self, row.name) for row in fields(self)]
        table = address_table(arrays, [shape for _, shape in LAYOUT.values()])
        object.__setattr__(self, "table", table)
        # A plain number: looking it up runs no Python code that an interrupt could end.
        object.__setattr__(self, "table_address", int(table.ctypes.data))

    @property
    def cohorts(self) -> np.ndarray:
        """The tallies of cases with a row for each journey, segment and month."""
        return self.case_tallies.reshape(-1, N_CASE_TALLIES)

    def __reduce__(self) -> tuple[type[State], tuple[np.ndarray, ...]]:
        """Copy and unpickle by the arrays alone: a copy's table must name its own arrays."""
        return type(self), tuple(getattr(self, row.name) for row in fields(self))


ROWS_OF_STATE = {row.name: row.metadata for row in fields(State)}
"""What is declared of each array, in the order in which compiled rules number them."""
LAYOUT: dict[str, tuple[np.dtype, ArrayShape]] = {
    name: (row["dtype"], tuple(n if isinstance(n, int) else None for n in row["shape"]))
    for name, row in ROWS_OF_STATE.items()
}
POOL = tuple(
    name for name, row in ROWS_OF_STATE.items() if row["shape"][0] in ("n_slots", "n_bins")
)
"""The arrays that grow with the number of active cases."""
FIRST_SLOTS, FIRST_EVENTS = 1024, 65536

make_readable(State, LAYOUT, {"cohorts": ("case_tallies", (None, N_CASE_TALLIES))})


def rules_of(study: Study, log_events: bool) -> np.ndarray:
    """Return parameters and clock of a study, RULES, shape (1,)."""
    rules = np.zeros(1, RULES)
    for name, value in study.assumed.items():
        rules[0][name] = value
    design = study.design
    rules[0]["tick_hours"] = HOURS_PER_WEEK / study.ticks_in(DAYS_PER_WEEK)
    rules[0]["clock"] = 1.0
    if study.enterprise.calendar is not None:
        rules[0]["keeps_hours"] = 1
        rules[0]["clock"] = CLOCK_HOURS
        rules[0]["firm_open"] = hours_a_week(study.enterprise.open_hours()) / CLOCK_HOURS
        # Whoever waits on the line waits for minutes on the clock.
        rules[0]["patience_live_hours"] /= CLOCK_HOURS
    rules[0]["day_zero"] = design.warm_up_days * HOURS_PER_DAY
    rules[0]["day_end"] = (design.warm_up_days + design.horizon_days) * HOURS_PER_DAY
    rules[0]["follow_up"] = design.follow_up_days * HOURS_PER_DAY
    rules[0]["month_hours"] = HOURS_PER_MONTH
    rules[0]["guess_odds"] = np.exp(rules[0]["guess_error"])
    rules[0]["stale_odds"] = np.exp(rules[0]["stale_error"])
    rules[0]["severity_fault"] = loudness(SEVERITY_FAULT, float(rules[0]["voice_severity"]))
    rules[0]["severity_loss"] = loudness(SEVERITY_LOSS, float(rules[0]["voice_severity"]))
    rules[0]["staleness_per_hour"] = rules[0]["staleness_per_year"] / HOURS_PER_YEAR
    power = 1.0 / MEASURED_SHAPE if study.mechanisms.patience == "measured" else 1.0
    rules[0]["patience_power"] = power
    rules[0]["patience_unit"] = 1.0 / math.gamma(1.0 + power)
    rules[0]["fixed_rate"] = study.mechanisms.trust == "fixed_rate"
    rules[0]["persistent_facts"] = Blueprint(study).persistent_facts
    rules[0]["firm_facts"] = Blueprint(study).mask(study.enterprise.firm_facts)
    rules[0]["rivals"] = study.market.rivals
    rules[0]["sliced"] = study.market.slice > 1
    rules[0]["log_events"] = log_events
    return rules


def n_months(study: Study) -> int:
    """Return how many months the window has, the last one perhaps short."""
    return int(np.ceil(study.design.horizon_days / DAYS_PER_MONTH))


class OwnState(NamedTuple):
    """What extensions add to a run's arrays.

    Attributes
    ----------
    n_columns : int
        Numbers that they keep of each customer.
    draws : tuple of str
        Names of their random decisions.
    """

    n_columns: int
    draws: tuple[str, ...]


NOTHING_OWN = OwnState(0, ())


def fresh_state(
    blueprint: Blueprint,
    needs: np.ndarray,
    servers: np.ndarray,
    replicate: int,
    log_events: bool | Collection[int],
    own: OwnState = NOTHING_OWN,
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
    log_events : bool or collection of int
        Whether to keep an event log; of some customers alone, given by number.
    own : OwnState
        What extensions add.
    """
    study = blueprint.study
    touchpoints, branches = blueprint.touchpoint_array()
    given: dict[str, np.ndarray] = {
        "rules": rules_of(study, bool(log_events)),
        "keys": decision_keys(study.design.seed, replicate, own.draws),
        "touchpoints": touchpoints,
        "branches": branches,
        "journeys": blueprint.journey_array(),
        "segments": blueprint.segment_array(),
        "exit_completes": blueprint.exit_completes(),
        "own_steps": blueprint.own_steps(),
        "seam_of": blueprint.seam_table(),
        "openings": openings_of(blueprint),
        "demand": needs,
    }
    servers, away = seats(blueprint, servers)
    lengths = lengths_of(blueprint, int(servers.sum()), bool(log_events))
    if not isinstance(log_events, bool):
        given["followed"] = np.zeros(lengths["n_customers"], np.uint8)
        given["followed"][list(log_events)] = 1
    lengths["n_own"] = own.n_columns
    state = State(**given, **_empty(lengths, set(ROWS_OF_STATE) - set(given)))
    state.functions["servers"] = servers
    state.functions["away"] = away
    state.functions["unit"] = blueprint.function_units
    state.functions["first_journey"] = NONE
    state.functions["first_server"] = np.concatenate([[0], np.cumsum(servers)[:-1]])
    state.bases[:] = state.rules[0]["standing_base"]
    state.free[:] = np.arange(len(state.free) - 1, -1, -1)
    state.counters[FREE_SLOTS] = len(state.free)
    draw_population(study, blueprint.structure.units, state.keys, state.customers)
    return state


def lengths_of(blueprint: Blueprint, n_servers: int, log_events: bool) -> dict[str, int]:
    """Return the lengths that arrays of a run begin with, by the names that their rows use."""
    n_customers = sum(blueprint.study.market.simulated)
    n_touchpoints, n_seams = len(blueprint.touchpoints), len(blueprint.seams)
    return {
        "n_journeys": len(blueprint.journeys),
        "n_segments": len(blueprint.segments),
        "n_functions": len(blueprint.functions),
        "n_touchpoints": n_touchpoints,
        "n_seams": max(n_seams, 1),
        "n_sites": n_touchpoints + n_seams,
        "n_months": n_months(blueprint.study),
        "n_customers": n_customers,
        "n_offers": n_customers if blueprint.study.market.rivals else 0,
        "n_contacts": n_customers * len(blueprint.functions),
        "n_servers": n_servers,
        "n_slots": FIRST_SLOTS,
        "n_bins": FIRST_SLOTS + 1,
        "n_events": FIRST_EVENTS if log_events else 0,
        "n_followed": 0,
    }


def _empty(lengths: Mapping[str, int], names: Iterable[str]) -> dict[str, np.ndarray]:
    """Return arrays as they are declared, with what they begin with."""
    found = {}
    for name in names:
        row = ROWS_OF_STATE[name]
        shape = tuple(n if isinstance(n, int) else lengths[n] for n in row["shape"])
        if row["lines"]:
            found[name] = in_whole_lines(math.prod(shape), row["dtype"]).reshape(shape)
        else:
            found[name] = np.zeros(shape, row["dtype"])  # takes memory only once it is written to
        if row["fill"]:
            found[name][:] = row["fill"]
    return found


def in_whole_lines(n_rows: int, dtype: np.dtype) -> np.ndarray:
    """Return rows of zeros that begin where a line of memory (64 bytes) does."""
    size = n_rows * dtype.itemsize
    room = np.zeros(size + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size].view(dtype)


def with_more_slots(state: State) -> State:
    """Return the state with twice the slots for active cases; nothing else changes."""
    old = len(state.cases)
    pool = _empty({"n_slots": 2 * old, "n_bins": 2 * old + 1}, POOL)
    pool["cases"][:old] = state.cases
    pool["visits"][:old] = state.visits
    pool["luck"][:old] = state.luck
    n_free = int(state.counters[FREE_SLOTS])
    pool["free"][:old] = np.arange(2 * old - 1, old - 1, -1)
    pool["free"][old : old + n_free] = state.free[:n_free]
    state.counters[FREE_SLOTS] = old + n_free
    return replace(state, **pool)


def with_more_events(state: State) -> State:
    """Return the state with twice the room for events; room not written to takes no memory."""
    events = np.zeros(2 * len(state.events), EVENT)
    written = min(int(state.counters[N_EVENTS]), len(state.events))
    events[:written] = state.events[:written]
    return replace(state, events=events)
