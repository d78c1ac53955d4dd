"""Columns of three customers and a prospect, with cases put by hand where a rule looks."""

from __future__ import annotations

from typing import Any

import numpy as np
from studies import PLAIN, compact_study, started

from sim.checks.theory import QUIET
from sim.day.arrive import cohort_of, open_case
from sim.day.take_up import stand_before
from sim.engine.philox import block, exponential, uniform
from sim.state.arrays import State
from sim.state.cases import take_slot
from sim.study.mechanisms import off_values

PROSPECT = 3


def firm(levers: dict[str, Any] | None = None, **parameters: float) -> Any:
    """Return the compact firm with three customers, all mechanisms off but those given.

    Its window begins at hour 0. Customer 2 is represented by an agent, no other is; all
    belong to the first segment.
    """
    study = compact_study(
        levers or PLAIN,
        parameters=QUIET | parameters,
        market={"customers": 3, "prospects": 1},
        design={"warm_up_days": 0},
        mechanisms=off_values(),
    )
    model = started(study)
    model.state.customers["segment"] = 0
    model.state.customers["represented"] = [0, 0, 1, 0]
    return model


def place(model: Any, name: str) -> int:
    """Return a touchpoint's place by its name, such as ``repair/fix``."""
    return int(model.blueprint.touchpoint_ids.index(name))


def mask(model: Any, *facts: str) -> int:
    """Return a set of facts as a mask."""
    return int(model.blueprint.mask(facts))


def put(model: Any, customer: int, touchpoint: str, hour: float = 0.0, need: int = 0) -> int:
    """Open a case of a customer at a touchpoint; return its slot."""
    state: State = model.state
    slot = int(take_slot(state))
    here = place(model, touchpoint)
    case = state.cases[slot]
    case["customer"], case["need"], case["recontact"] = customer, need, 0
    case["journey"] = state.touchpoints[here]["journey"]
    case["touchpoint"] = here
    case["cohort"] = cohort_of(state, slot, float(state.rules[0]["day_zero"]))
    case["faults"] = 0
    open_case(state, slot, hour)
    stand_before(state, slot)
    return slot


def lanes(model: Any, decision: int, slot: int, attempt: int = 0) -> tuple:
    """Return the block of a case's decision at the touchpoint it stands at."""
    case = model.state.cases[slot]
    counter = int(model.state.touchpoints[case["touchpoint"]]["counter"])
    need = 4 * int(case["need"]) + int(case["recontact"])
    return block(model.state.keys[decision], int(case["customer"]), need, counter, 4 * attempt)


def draw(model: Any, decision: int, slot: int, lane: int, attempt: int = 0) -> float:
    """Return one uniform draw of a case's decision."""
    return float(uniform(lanes(model, decision, slot, attempt)[lane]))


def waits(model: Any, decision: int, slot: int, lane: int) -> float:
    """Return one exponential draw of a case's decision."""
    return float(exponential(lanes(model, decision, slot)[lane]))


def contact(model: Any, customer: int, function: str) -> np.void:
    """Return the record of one customer with one function."""
    names = model.blueprint.functions
    return model.state.contacts[customer * len(names) + names.index(function)]
