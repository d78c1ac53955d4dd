"""Cases fall between people, and are chased, found or given up (rule M5.5)."""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_LIMBO, DRAW_ROUTE, DRAW_SPARE
from sim.engine.philox import exponential, uniform
from sim.engine.which_draw import block_of_visit
from sim.state.calendar import in_calendar
from sim.state.cases import CHASED, FOUND, GIVEN_UP, NONE
from sim.state.customer_node import sooner
from sim.state.events import LOSS, log_event
from sim.state.tallies import BY_LOSS, SEAM_LOST, in_window


@kernel
def falls_between(state, slot, seam, hour, minds):
    """Draw whether a hand-off loses the case; P(lost) = 1 − exp(−ω(1 − τ)(1 − ℓ)(1 + κ′D)).

    If it does, three times race: the customer (or the agent, sooner) chases it, someone
    accountable for the journey finds it, or an account owner who minded the hand-off and is
    sooner, or the customer gives up.

    Parameters
    ----------
    minds : bool
        Whether an account owner minds the hand-off.

    Returns
    -------
    bool
        Whether the case is now lost.
    """
    case = state.cases[slot]
    # The draw is the receiving step's own, so it does not depend on where the case comes from.
    if uniform(state.luck[slot, DRAW_ROUTE, 1]) >= state.seams[seam]["lost"]:
        return False
    rules = state.rules[0]
    customer = state.customers[case["customer"]]
    segment = state.segments[customer["segment"]]
    lanes = block_of_visit(state, slot, DRAW_LIMBO)
    if customer["represented"] == 1:
        chase = rules["chase_hours_agent"] * exponential(lanes[0])
        if rules["agents_see"] == 1:
            chase = sooner(rules, chase)
        give_up = rules["give_up_hours_agent"] * segment["patience"] * exponential(lanes[2])
    else:
        chase = rules["chase_hours_person"] * exponential(lanes[0])
        give_up = rules["give_up_hours_person"] * segment["patience"] * exponential(lanes[2])
    find = state.find_hours[case["journey"]]
    if minds:
        find = min(find, rules["minder_hours"])
    find *= exponential(lanes[1])
    first = min(chase, find, give_up)
    case["state"] = CHASED if first == chase else (FOUND if first == find else GIVEN_UP)
    if case["state"] == CHASED and rules["reciprocity"] > 0.0:
        spared = block_of_visit(state, slot, DRAW_SPARE)
        if uniform(spared[0]) < rules["reciprocity"]:
            case["state"] = FOUND  # the customer sees the status and points it out
    case["site"] = len(state.touchpoints) + seam
    case["tie"] = int(lanes[3])
    in_calendar(state, slot, hour + first)
    if in_window(state, hour):
        state.seam_tallies[seam, SEAM_LOST] += 1
    log_event(state, slot, LOSS, case["touchpoint"], 0, case["site"], hour, hour)
    return True


@kernel
def chase(state, slot):
    """Note what chasing a lost case costs the customer; an agent chases without human effort."""
    case = state.cases[slot]
    case["chases"] += 1
    if state.customers[case["customer"]]["represented"] == 0:
        case["effort"] += state.rules[0]["effort_chase"]
        case["cause"] = BY_LOSS


@kernel
def loss_without_defects(state, slot):
    """Return which share of the chance of this loss would remain without any defect."""
    seam = state.seams[state.cases[slot]["site"] - len(state.touchpoints)]
    if state.cases[slot]["site"] == NONE or seam["lost"] <= 0.0:
        return 0.0
    return seam["lost_without_defects"] / seam["lost"]
