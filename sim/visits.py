"""A case turns to a step: its luck is drawn, and who takes the visit is settled."""

from __future__ import annotations

from sim.cases import BY_MACHINE, BY_PERSON, SENT_AWAY
from sim.compiled import kernel
from sim.luck import draw_luck
from sim.philox import FATE, JOIN, uniform


@kernel
def stand_before(state, slot):
    """Turn a case to the step it stands before, or to the same step again."""
    draw_luck(state, slot)
    state.cases[slot]["machine"] = _who_takes(state, slot)


@kernel
def _who_takes(state, slot):
    """Return who takes the visit: a person, or a machine with errors of its own (rule M7).

    What the machine cannot solve it hands to a person if it is meant to resolve, and sends
    away as if it were done if it is meant to deflect. Who comes back gets a person.
    """
    case = state.cases[slot]
    rate = state.rates[case["touchpoint"]]
    if rate["machine"] <= 0.0 or case["recontact"] > 0:
        return BY_PERSON
    luck = state.luck[slot]
    if uniform(luck[2, JOIN]) >= rate["machine"]:
        return BY_PERSON
    if uniform(luck[0, FATE]) >= rate["machine_error"]:
        return BY_MACHINE
    return SENT_AWAY if uniform(luck[1, FATE]) < rate["deflection"] else BY_PERSON
