"""A case ends: completed or dropped, with what follows for membership (rules M3.2, M12)."""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_CASE
from sim.engine.philox import exponential, uniform
from sim.engine.which_draw import block_of_case
from sim.state.calendar import in_calendar
from sim.state.cases import AWAY, N_COMPLETED, N_DROPPED, N_OPEN, give_back
from sim.state.contacts import first_contact_resolves
from sim.state.customer_node import sooner
from sim.state.fact_records import forget_case_facts
from sim.state.leaving import has_left, renew_hazard, take_terms
from sim.state.minding import forget_what_was_said
from sim.state.opening_hours import working_hours
from sim.state.tallies import (
    CASE_CLEAN,
    CASE_CLOCK_HOURS,
    CASE_COMPLETED,
    CASE_DROPPED,
    CASE_HOURS,
    count,
    fixed,
)
from sim.study.working_time import HOURS_PER_DAY

MOST_RECONTACTS = 3


@kernel
def close_completed(state, slot, hour):
    """Close a case that reached an exit that counts as completing."""
    case = state.cases[slot]
    state.counters[N_COMPLETED] += 1
    if case["recontact"] == 0 and hour - case["begun"] <= state.rules[0]["follow_up"]:
        count(state, slot, CASE_COMPLETED, 1)
        count(state, slot, CASE_HOURS, fixed(working_hours(state, case["begun"], hour)))
        count(state, slot, CASE_CLOCK_HOURS, fixed(hour - case["begun"]))
        if case["chases"] == 0:
            case["clean"] = 1
            count(state, slot, CASE_CLEAN, 1)
        first_contact_resolves(state, slot)
    customer = state.customers[case["customer"]]
    rules = state.rules[0]
    joins = state.journeys[case["journey"]]["joins"] == 1
    if joins and customer["joined_at"] > hour:
        customer["joined_at"] = max(hour, rules["day_zero"])
        customer["since"] = hour
        renew_hazard(state, case["customer"])
    renewed = state.journeys[case["journey"]]["renews"] == 1 and case["recontact"] == 0
    if renewed and case["terms"] == 0.0:
        take_terms(state, case["customer"], hour, 0.0)  # renewed, and nothing asked for
    _retire(state, slot)
    if not _comes_back(state, slot, hour):
        give_back(state, slot)


@kernel
def close_dropped(state, slot, hour, cause, site):
    """Close a case that ends without completing; dropping a renewal is leaving."""
    case = state.cases[slot]
    state.counters[N_DROPPED] += 1
    if case["recontact"] == 0 and hour - case["begun"] <= state.rules[0]["follow_up"]:
        count(state, slot, CASE_DROPPED, 1)
        if case["cohort"] >= 0:
            state.drop_tallies[site, cause] += 1
            _note_drop(state, slot, hour, cause, site)
    customer = state.customers[case["customer"]]
    renews = state.journeys[case["journey"]]["renews"] == 1
    warm = hour < state.rules[0]["day_zero"]
    first = case["recontact"] == 0
    if renews and first and not warm and not has_left(customer, hour):
        customer["left_at"] = hour
    _retire(state, slot)
    give_back(state, slot)


@kernel
def _note_drop(state, slot, hour, cause, site):
    """Keep why a customer's case was lost, for whoever asks about this customer."""
    case = state.cases[slot]
    drop = state.drops[case["customer"]]
    drop["site"] = site
    drop["cause"] = cause
    drop["day"] = int(hour / HOURS_PER_DAY)
    drop["lacked"] = case["lacked"]
    drop["touchpoint"] = case["touchpoint"]
    drop["seam"] = case["seam"]
    drop["origin"] = case["origin"]


@kernel
def _retire(state, slot):
    case = state.cases[slot]
    state.counters[N_OPEN] -= 1
    state.open_cases[case["journey"]] -= 1
    forget_case_facts(state, case["customer"])
    forget_what_was_said(state, case["customer"])


@kernel
def _comes_back(state, slot, hour):
    """Draw whether a case closed with an open fault returns, and when (failure demand)."""
    case = state.cases[slot]
    customer = state.customers[case["customer"]]
    if case["faults"] == 0 or case["recontact"] >= MOST_RECONTACTS:
        return False
    if has_left(customer, hour):
        return False
    rules = state.rules[0]
    lanes = block_of_case(state, slot, DRAW_CASE)
    voice = rules["recontact_agent"] if customer["represented"] == 1 else rules["recontact_person"]
    voice = min(1.0, voice * state.segments[customer["segment"]]["voice"])
    if uniform(lanes[1]) >= voice:
        return False
    case["state"] = AWAY
    lag = rules["recontact_hours"] * exponential(lanes[2])
    if rules["agents_see"] == 1 and customer["represented"] == 1:
        lag = sooner(rules, lag)
    in_calendar(state, slot, hour + lag)
    return True
