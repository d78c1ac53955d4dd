"""Needs arise and become cases (rule M3)."""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_CASE, DRAW_OPT_IN
from sim.engine.philox import block, exponential, uniform
from sim.engine.which_draw import block_of_case
from sim.state.cases import (
    DEMAND_AT,
    N_NEEDS,
    N_OPEN,
    N_RECONTACTS,
    N_UNREALISED,
    NONE,
    give_back,
    take_slot,
)
from sim.state.contacts import RETURNING, comes_again, firm_lets_down, forget_contacts
from sim.state.customers import in_own_unit
from sim.state.events import ARRIVAL, log_event
from sim.state.leaving import consume_hazard, is_present, renew_hazard
from sim.state.rivals import look_around
from sim.state.tallies import CASE_CAME_BACK, CASE_NEEDS, CASE_STARTED, CASE_UNREALISED, count


@kernel
def demand_due(state, tick):
    """Tell how many needs arise by the end of a tick."""
    end = (tick + 1) * state.rules[0]["tick_hours"]
    first = state.counters[DEMAND_AT]
    last = first
    while last < len(state.demand) and state.demand[last]["time"] < end:
        last += 1
    return last - first


@kernel
def arrive(state):
    """Open a case for the next need of the demand table.

    At a renewal the customer may look around at what rivals offer (rule E7).

    A need that arises after its customer has left (or before a prospect has joined), or that
    the firm may not start, is unrealised demand: counted, not redrawn.

    Returns
    -------
    int
        The case's slot, or ``NONE`` if the need is unrealised.
    """
    need = state.demand[state.counters[DEMAND_AT]]
    state.counters[DEMAND_AT] += 1
    state.counters[N_NEEDS] += 1
    hour = need["time"]
    index = need["customer"]
    consume_hazard(state, index, hour)
    slot = take_slot(state)
    case = state.cases[slot]
    case["customer"] = index
    case["need"] = need["need"]
    case["journey"] = need["journey"]
    case["recontact"] = 0
    case["faults"] = 0
    case["cohort"] = cohort_of(state, slot, hour)
    count(state, slot, CASE_NEEDS, 1)
    customer = state.customers[index]
    joins = state.journeys[case["journey"]]["joins"] == 1
    may_join = joins and customer["joined_at"] > hour
    present = is_present(customer, hour) or may_join
    if not present or not opts_in(state, index, state.journeys[case["journey"]]):
        state.counters[N_UNREALISED] += 1
        count(state, slot, CASE_UNREALISED, 1)
        give_back(state, slot)
        return NONE
    count(state, slot, CASE_STARTED, 1)
    case["touchpoint"] = in_own_unit(state, slot, state.journeys[case["journey"]]["start"])
    open_case(state, slot, hour)
    if state.rules[0]["rivals"] > 0 and state.journeys[case["journey"]]["renews"] == 1:
        look_around(state, index, hour)
        renew_hazard(state, index)
    return slot


@kernel
def opts_in(state, index, journey):
    """Tell whether the customer lets the firm start a journey that is the firm's to start.

    Odds o·exp(β(S − a)): each customer has one threshold for each journey, so that who opts
    in does so until standing falls (rule M6.2).
    """
    odds = journey["opt_in_odds"]
    if odds < 0.0:
        return True
    rules = state.rules[0]
    goodwill = np.float64(state.customers[index]["standing"]) - rules["standing_base"]
    odds *= math.exp(rules["opt_in_standing"] * goodwill)
    name = state.touchpoints[journey["start"]]["counter"]
    drawn = uniform(block(state.keys[DRAW_OPT_IN], index, name, 0, 0)[0])
    return drawn < odds / (1.0 + odds)


@kernel
def cohort_of(state, slot, hour):
    """Return the cohort of a need that arises at an hour, -1 outside the window.

    Cohorts go by journey, by segment within it, and by month within that.
    """
    rules = state.rules[0]
    if hour < rules["day_zero"] or hour >= rules["day_end"]:
        return -1
    case = state.cases[slot]
    segment = state.customers[case["customer"]]["segment"]
    month = int((hour - rules["day_zero"]) / rules["month_hours"])
    before = case["journey"] * len(state.segments) + segment
    return before * state.case_tallies.shape[2] + month


@kernel
def open_case(state, slot, hour):
    """Put a case at its beginning; tolerance for effort is drawn once a case."""
    case = state.cases[slot]
    index = case["customer"]
    customer = state.customers[index]
    if customer["represented"] == 0 and np.float64(customer["represented_from"]) <= hour:
        customer["represented"] = 1
    segment = state.segments[state.customers[index]["segment"]]
    lanes = block_of_case(state, slot, DRAW_CASE)
    case["tolerance"] = (
        state.rules[0]["tolerance_effort"] * segment["tolerance"] * exponential(lanes[0])
    )
    case["tie"] = int(lanes[3])
    case["begun"] = hour
    case["joined"] = hour
    case["due"] = hour
    case["effort"] = 0.0
    case["new_effort"] = 0.0
    case["worst"] = 1.0
    case["latest"] = 1.0
    case["waited"] = 0.0
    case["reply"] = 0.0
    case["note"] = 0
    case["given"] = 0
    case["seen"] = 0
    case["learned"] = 0
    case["flags"] = 0
    case["holder"] = NONE
    case["helper"] = NONE
    case["cause"] = NONE
    case["site"] = NONE
    case["chases"] = 0
    case["seam"] = NONE
    case["origin"] = NONE
    case["lacked"] = 0
    case["intake"] = 0
    case["terms"] = 0.0
    case["felt"] = 0.0
    case["judged"] = 0
    case["expected"] = state.expectations[index]
    case["clean"] = 0
    if case["recontact"] == 0:
        forget_contacts(state, slot)
    state.visits[slot, :] = 0
    state.counters[N_OPEN] += 1
    state.open_cases[case["journey"]] += 1
    log_event(state, slot, ARRIVAL, case["touchpoint"], 0, NONE, hour, hour)


@kernel
def come_back(state, slot, hour):
    """Reopen a closed case as failure demand; a customer who has left does not come back.

    Returns
    -------
    bool
        Whether the case is open again.
    """
    case = state.cases[slot]
    consume_hazard(state, case["customer"], hour)
    if not is_present(state.customers[case["customer"]], hour):
        give_back(state, slot)
        return False
    state.counters[N_RECONTACTS] += 1
    if case["recontact"] == 0 and case["clean"] == 1:
        count(state, slot, CASE_CAME_BACK, 1)
    firm_lets_down(state, slot)
    comes_again(state, slot, hour)
    case["line"] = RETURNING
    case["recontact"] += 1
    case["touchpoint"] = in_own_unit(state, slot, state.journeys[case["journey"]]["recontact"])
    open_case(state, slot, hour)
    return True
