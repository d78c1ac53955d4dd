"""Terms are negotiated by alternating offers (rule M11)."""

from __future__ import annotations

import math

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_NEGOTIATE
from sim.engine.philox import exponential, uniform
from sim.engine.which_draw import block_of_visit
from sim.state.cases import ABANDONED, ERROR
from sim.state.customers import standing_with
from sim.state.leaving import take_terms
from sim.state.tallies import CASE_AGREED, CASE_CONCEDED, CASE_NEGOTIATED, count, fixed
from sim.study.working_time import HOURS_PER_WEEK

NO_TERMS = -1.0


@kernel
def conceded_by(round_number, rounds, readiness):
    """Return how far a side has come from its ideal to its reservation, (k/K)^(1/β).

    Time-dependent tactics of Faratin, Sierra & Jennings (1998): β < 1 holds out, β > 1
    concedes early.

    Parameters
    ----------
    round_number : int
        k, from 0 to `rounds`.
    rounds : int
        K.
    readiness : float
        β, above 0.
    """
    return (round_number / rounds) ** (1.0 / readiness)


@kernel
def bargain(rounds, least, most, firm, customer):
    """Let a firm and a customer make offers in turn, as shares of the stake.

    The firm goes from 0 up to `most`, the customer from 1 down to `least`. Each accepts
    when the offer received is no worse than its own next one.

    Parameters
    ----------
    rounds : int
        Offers that each side makes before it gives up.
    least, most : float
        The customer's and the firm's reservation.
    firm, customer : float
        How early each concedes, β.

    Returns
    -------
    terms : float
        Share of the stake that is conceded, ``NO_TERMS`` if they do not agree.
    n_rounds : int
        Rounds it took.
    """
    if least > most:
        return NO_TERMS, rounds
    last = rounds - 1
    for number in range(rounds):
        offer = most * conceded_by(number, last, firm)
        demand = 1.0 - (1.0 - least) * conceded_by(number, last, customer)
        if offer >= demand:
            return offer, number + 1
        if number < last and demand <= most * conceded_by(number + 1, last, firm):
            return demand, number + 1
    return NO_TERMS, rounds


@kernel
def negotiate(state, slot, hours):
    """Negotiate at a step that is for it; return the hours of work that all rounds take.

    What the firm may concede at most is its remit, unless somebody can approve more. A
    person takes time over each answer, an agent none. The outcome takes effect when the
    step ends.
    """
    if state.touchpoints[state.cases[slot]["touchpoint"]]["rounds"] == 0:
        return hours
    return hours * _rounds_to_terms(state, slot)


@kernel
def remit_of(state, owner):
    """Return the share of the stake that whoever negotiates concedes without approval (E7).

    Parameters
    ----------
    owner : int
        The negotiating function, below 0 for none.
    """
    return state.rules[0]["remit"] if owner < 0 else state.functions[owner]["remit"]


@kernel
def _approved_beyond(state, owner):
    """Tell whether anybody approves terms beyond the remit: the path, or the function's head."""
    rules = state.rules[0]
    return rules["approves"] == 1 and (owner >= 0 or rules["heads_approve"] == 0)


@station
def _rounds_to_terms(state, slot):
    """Note on which terms the two agree; return how many rounds that takes."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    rules = state.rules[0]
    index = case["customer"]
    lanes = block_of_visit(state, slot, DRAW_NEGOTIATE)
    goodwill = 0.0
    if step["owner"] >= 0:
        goodwill = standing_with(state, index, step["owner"]) - rules["standing_base"]
    warmth = math.exp(rules["concession_standing"] * goodwill)
    represented = state.customers[index]["represented"] == 1
    insists = rules["alternative_agent"] if represented else rules["alternative_person"]
    ready = rules["concession_agent"] if represented else rules["concession_person"]
    most = 1.0 if _approved_beyond(state, step["owner"]) else remit_of(state, step["owner"])
    firm = state.rates[case["touchpoint"]]["concession"]
    least = insists * uniform(lanes[0])  # above 1, the alternative beats all there is to concede
    terms, n_rounds = bargain(step["rounds"], least, most, firm, ready * warmth)
    case["terms"] = terms
    if not represented:
        answers = (n_rounds - 1) * rules["negotiation_reply_hours"]
        case["reply"] += answers * exponential(lanes[1])
    return n_rounds


@kernel
def settle_terms(state, slot, hour):
    """Count the outcome of a negotiation; what exceeds the remit waits for approval.

    Returns
    -------
    bool
        Whether the two agreed; True where nothing was negotiated. A customer whose patience ends
        before the approval comes has ``ABANDONED``, at the hour in ``due``.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    if step["rounds"] == 0 or case["flags"] & ERROR:
        return True
    return _count_terms(state, slot, hour)


@station
def _count_terms(state, slot, hour):
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    count(state, slot, CASE_NEGOTIATED, 1)
    if case["terms"] < 0.0:
        return False
    if case["terms"] > remit_of(state, step["owner"]):
        if state.rules[0]["heads_approve"] == 0:
            _wait_for_the_path(state, slot, hour)
        elif not _ask_the_head(state, slot, hour):
            return False
    if case["state"] == ABANDONED:
        return True
    count(state, slot, CASE_AGREED, 1)
    money = case["terms"] * step["stake"]
    count(state, slot, CASE_CONCEDED, fixed(money))
    if state.journeys[case["journey"]]["renews"] == 1:
        take_terms(state, case["customer"], hour, money)
    return True


@station
def _wait_for_the_path(state, slot, hour):
    """Let terms wait for the escalation path (M8.6), one request after the other.

    A committee approves at its meetings.
    """
    rules = state.rules[0]
    begun = max(hour, state.approver[0])
    cycle = rules["approval_cycle"]
    if cycle > 0.0:
        begun = max(begun, math.ceil(hour / cycle) * cycle)
    state.approver[0] = begun + rules["approval_hours"]
    state.cases[slot]["reply"] += state.approver[0] - hour


@station
def _ask_the_head(state, slot, hour):
    """Let terms wait for the head of the negotiating function (E7); return whether they agree.

    A head approves requests in turn and owes at most a week's hours: what would wait longer to
    be looked at is refused, and the offer stays at the remit, which the customer takes if it is
    no worse than the alternative. Waiting runs against the patience of whoever is deferred, of
    which each has a draw of its own.
    """
    case = state.cases[slot]
    owner = state.touchpoints[case["touchpoint"]]["owner"]
    rules = state.rules[0]
    index = case["customer"]
    customer = state.customers[index]
    lanes = block_of_visit(state, slot, DRAW_NEGOTIATE)
    begun = max(hour, state.approver[owner])
    if begun - hour > HOURS_PER_WEEK:
        represented = customer["represented"] == 1
        insists = rules["alternative_agent"] if represented else rules["alternative_person"]
        case["terms"] = remit_of(state, owner)
        return insists * uniform(lanes[0]) <= case["terms"]
    state.approver[owner] = begun + rules["approval_hours"]
    state.approvals[owner] += 1
    wait = begun - hour + rules["approval_alone"]
    goodwill = standing_with(state, index, owner) - rules["standing_base"]
    kindly = math.exp(rules["patience_standing_slope"] * goodwill)
    segment = state.segments[customer["segment"]]
    patience = rules["patience_deferred_hours"] * segment["patience"] * kindly
    patience *= exponential(lanes[2])
    if wait > patience:
        case["state"] = ABANDONED
        case["due"] = hour + patience
    else:
        case["reply"] += wait
    return True
