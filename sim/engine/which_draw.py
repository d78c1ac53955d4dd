"""Which draw this is: the counter of a case, and of its visit to a step.

A customer's case is told by the need and by how often it has come back (at most three
times), a visit by the step's own counter and by how often the case has been there; four
blocks of single facts belong to each visit. The org model is not among these.
"""

from __future__ import annotations

from sim.engine.compiled import kernel
from sim.engine.philox import block, chosen_facts


@kernel
def case_word(case):
    """Return the word of a counter that tells a customer's cases apart."""
    return 4 * case["need"] + case["recontact"]


@kernel
def visit_word(state, slot, step):
    """Return the word of a counter that tells a case's visits to a step apart."""
    return 4 * state.visits[slot, step["local"]]


@kernel
def block_of_case(state, slot, decision):
    """Return a decision's block for a case: four lanes, see `block` in `sim.engine.philox`."""
    case = state.cases[slot]
    return block(state.keys[decision], case["customer"], case_word(case), 0, 0)


@kernel
def block_of_visit(state, slot, decision):
    """Return a decision's block for a case's visit to the step it stands before: four lanes."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    return block(
        state.keys[decision],
        case["customer"],
        case_word(case),
        step["counter"],
        visit_word(state, slot, step),
    )


@kernel
def facts_of_visit(state, slot, decision, facts, probability):
    """Return those of a set of facts for which a trial of a decision succeeds at this visit.

    For decisions that are not drawn with a visit's others; see `sim.engine.philox.chosen_facts`.
    """
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    return chosen_facts(
        state.keys[decision],
        case["customer"],
        case_word(case),
        step["counter"],
        state.visits[slot, step["local"]],
        facts,
        probability,
    )
