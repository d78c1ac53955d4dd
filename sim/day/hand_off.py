"""The case goes on: a branch is taken, a step skipped, a note passed on (M5.1, M5.3, M5.4)."""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_GO_ON, DRAW_NOTE, DRAW_ROUTE
from sim.engine.philox import uniform
from sim.engine.visit_luck import lucky_facts
from sim.engine.which_draw import block_of_visit
from sim.state.cases import BY_PERSON, ERROR, NONE, effort_of_visit
from sim.state.customers import in_own_unit, standing_with
from sim.state.events import SKIP, log_event
from sim.state.fact_records import (
    consented,
    held_by_all,
    held_by_owner,
    n_facts,
    own_record,
    shared_record,
)
from sim.state.minding import remembered
from sim.state.tallies import (
    CASE_SKIPPED,
    CASE_TRANSFERS,
    SEAM_CROSSINGS,
    SEAM_FACTS_ARRIVED,
    SEAM_FACTS_SENT,
    count,
    in_window,
)
from sim.state.understanding import unclear


@kernel
def take_branch(state, slot):
    """Draw what follows a step, by inverse CDF in the order of the YAML file.

    Returns
    -------
    touchpoint, exit : int
        One of them is ``NONE``.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    row = step["first_branch"]
    if state.branches[row]["up_to"] <= 1.0:  # else the only way on: nothing to draw
        draw = uniform(state.luck[slot, DRAW_ROUTE, 0])
        while draw >= state.branches[row]["up_to"]:
            row += 1
    target = state.branches[row]["target"]
    if target != NONE:
        target = in_own_unit(state, slot, target)
    return target, state.branches[row]["exit"]


@station
def will_go_on(state, slot, function):
    """Tell, as a visit begins, whether who serves it means to go on with the next step (rule E7).

    Where boundaries are soft they do if the visit will end well, the next step is another
    function's, `shareable` and worth it this week (its owner's last mean wait exceeds what a
    generalist takes longer), its facts will be held in the note, it will not be passed over,
    and a draw is below a_seam/(a_seam + a_throughput). All of this is settled as the visit
    begins, so a server's time is known without looking across functions.

    Parameters
    ----------
    function : int
        Whose people serve the visit.
    """
    case = state.cases[slot]
    here = state.touchpoints[case["touchpoint"]]
    target, _ = take_branch(state, slot)
    if target == NONE or case["flags"] & ERROR or case["reply"] > 0.0 or here["rounds"] > 0:
        return False
    step = state.touchpoints[target]
    if state.rates[target]["lent"] == 0 or step["owner"] == function:
        return False
    effort = effort_of_visit(state.rules[0], case)
    if effort > 0.0 and case["effort"] + effort > case["tolerance"]:
        return False
    learned = case["learned"] | here["produces"]
    if step["requires"] & ~(case["note"] | learned) or _may_be_known(state, slot, step, learned):
        return False
    lanes = block_of_visit(state, slot, DRAW_GO_ON)
    return uniform(lanes[0]) < state.functions[function]["goes_on"]


@kernel
def _may_be_known(state, slot, step, learned):
    """Tell whether a step may turn out to be known, and so passed over, once a visit has ended."""
    case = state.cases[slot]
    if step["mandatory"] == 1 or step["produces"] == 0 or state.visits[slot, step["local"]] > 0:
        return False
    index = case["customer"]
    held = np.int64(state.contacts[index * len(state.functions) + step["owner"]]["record"])
    if state.rules[0]["store"] != 0:
        held |= np.int64(state.customers[index]["record"])
    unknown = step["produces"] & ~(case["note"] | learned | held)
    if state.customers[index]["represented"] == 1:
        unknown &= state.rules[0]["firm_facts"] & ~(case["seen"] | learned)
    return unknown == 0


@kernel
def skip_if_known(state, slot, hour):
    """Pass over the step ahead if its owner truly knows all that it would establish.

    A customer's agent may supply what is not known, by consent and by standing. Holds under
    every org model; a mandatory step is never passed over (rule M5.1), nor is one that this
    case has come by before: a loop leads back to a step to have it redone.

    Returns
    -------
    bool
        Whether the step was passed over.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    if step["mandatory"] == 1 or step["produces"] == 0 or state.visits[slot, step["local"]] > 0:
        return False
    held = held_by_owner(state, slot) | held_by_all(state, slot) | _may_offer(state, slot)
    if step["produces"] & ~(case["note"] | held):
        return False
    own, own_stale = own_record(state, slot, hour)
    shared, shared_stale = shared_record(state, slot, hour)
    shared &= ~unclear(state, slot, shared & step["produces"] & ~case["note"], own)
    known = case["note"] | (own & ~own_stale) | (shared & ~shared_stale)
    unknown = step["produces"] & ~known
    if unknown:
        index = case["customer"]
        offerable = unknown & _may_offer(state, slot)
        standing = standing_with(state, index, step["owner"])
        if offerable != unknown or consented(state, index, unknown, standing) != unknown:
            return False
        case["intake"] += n_facts(unknown)
    case["note"] |= step["produces"]
    case["seen"] |= step["produces"]
    count(state, slot, CASE_SKIPPED, 1)
    log_event(state, slot, SKIP, case["touchpoint"], 0, NONE, hour, hour)
    return True


@kernel
def _may_offer(state, slot):
    """Return what the customer's agent could disclose to the owner of the step ahead.

    Every fact but those that only the firm can establish and has not yet in this case.
    """
    case = state.cases[slot]
    owned = state.touchpoints[case["touchpoint"]]["owner"] >= 0
    if state.customers[case["customer"]]["represented"] == 0 or not owned:
        return 0
    return ~(state.rules[0]["firm_facts"] & ~case["seen"])


@kernel
def pass_note(state, slot, hour, minds):
    """Hand the case to the step ahead: each fact in the note survives with probability ρ.

    ρ = [1 − (1 − ρ_note)(1 − τ)]·e^(−κD), ρ_note set each week for the step at which people sent
    it, the rest for the seam. A hand-off between functions is counted; a change of person
    inside a function wears the note by the same rule with that function's own ties. If an
    account owner minds the hand-off everything is in writing, and what the owner knows is added.

    Parameters
    ----------
    minds : bool
        Whether an account owner does.

    Returns
    -------
    int
        The seam crossed, ``NONE`` if the case had no holder or the step is automated.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    if step["automated"] == 1 or case["machine"] != BY_PERSON:
        return NONE
    sender = case["holder"]
    case["holder"] = step["owner"]
    if sender == NONE:
        return NONE
    seam = state.seam_of[sender, step["owner"]]
    case["seam"] = seam
    note = case["note"]
    way = state.seams[seam]
    loss = state.rules[0]["minded_loss"] if minds else state.rates[case["sender"]]["note_loss"]
    survives = 1.0 - loss * way["strange"]
    case["note"] = lucky_facts(state, slot, DRAW_NOTE, note, survives * way["wear"])
    if minds:
        case["note"] |= remembered(state, slot, note, hour)
    if sender != step["owner"]:
        count(state, slot, CASE_TRANSFERS, 1)
    if in_window(state, hour):
        tally = state.seam_tallies[seam]
        tally[SEAM_CROSSINGS] += 1
        tally[SEAM_FACTS_SENT] += n_facts(note)
        tally[SEAM_FACTS_ARRIVED] += n_facts(note & case["note"])
    return seam
