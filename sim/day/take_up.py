"""A case turns to a step: its luck is drawn, and who takes the visit is settled."""

from __future__ import annotations

from sim.engine.compiled import kernel, station
from sim.engine.draws import DRAW_JOIN, DRAW_MACHINE
from sim.engine.philox import uniform
from sim.engine.visit_luck import draw_luck
from sim.engine.which_draw import block_of_visit
from sim.state.cases import BY_MACHINE, BY_PERSON, NONE, SENT_AWAY


@station
def stand_before(state, slot):
    """Turn a case to the step it stands before, or to the same step again."""
    draw_luck(state, slot)
    state.cases[slot]["helper"] = NONE
    state.cases[slot]["machine"] = _who_takes(state, slot)


@kernel
def _who_takes(state, slot):
    """Return who takes the visit: a person, or a machine with errors of its own (rule M7).

    What the machine cannot solve it hands to a person if it is meant to resolve, and sends
    away as if it were done if it is meant to deflect. Who comes back gets a person. The
    machine's luck is its own, or a visit it hands over would be an unlucky one.
    """
    case = state.cases[slot]
    rate = state.rates[case["touchpoint"]]
    if rate["machine"] <= 0.0 or case["recontact"] > 0:
        return BY_PERSON
    if uniform(state.luck[slot, DRAW_JOIN, 2]) >= rate["machine"]:
        return BY_PERSON
    lanes = block_of_visit(state, slot, DRAW_MACHINE)
    if uniform(lanes[0]) >= rate["machine_error"]:
        return BY_MACHINE
    return SENT_AWAY if uniform(lanes[1]) < rate["deflection"] else BY_PERSON
