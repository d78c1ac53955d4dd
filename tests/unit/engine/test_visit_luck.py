"""The luck of a visit: blocks side by side are the same as one by one."""

from __future__ import annotations

import numpy as np
from three_customers import firm, lanes, mask, put

from sim.engine.draws import DRAW_NOTE, DRAW_WRITE_OWN, VISIT_DECISIONS
from sim.engine.philox import chosen_facts
from sim.engine.visit_luck import draw_luck, lucky_facts


def test_every_decision_of_a_visit_has_its_published_block() -> None:
    model = firm()
    for customer, touchpoint, need, attempt in (
        (0, "repair/report", 0, 0),
        (2, "repair/fix", 7, 3),
        (1, "join/sign", (1 << 29) - 1, 32767),
    ):
        slot = put(model, customer, touchpoint, need=need)
        step = model.state.touchpoints[model.state.cases[slot]["touchpoint"]]
        model.state.visits[slot, step["local"]] = attempt
        draw_luck(model.state, slot)
        for decision in range(VISIT_DECISIONS):
            expected = [int(lane) for lane in lanes(model, decision, slot, attempt)]
            assert model.state.luck[slot, decision].tolist() == expected


def test_drawing_the_luck_of_one_case_leaves_its_neighbours_alone() -> None:
    model = firm()
    slot = put(model, 0, "repair/report")
    before = model.state.luck.copy()
    model.state.cases[slot]["need"] = 5
    draw_luck(model.state, slot)
    assert np.flatnonzero((model.state.luck != before).any(axis=(1, 2))).tolist() == [slot]


def test_facts_beyond_the_eighth_have_blocks_of_their_own() -> None:
    model = firm()
    slot = put(model, 1, "repair/fix", need=2)
    counter = int(model.state.touchpoints[model.state.cases[slot]["touchpoint"]]["counter"])
    everything = (1 << 32) - 1
    for decision in (DRAW_NOTE, DRAW_WRITE_OWN):
        key = model.state.keys[decision]
        for facts in (everything, everything ^ 255, mask(model, "identity")):
            expected = chosen_facts(key, 1, 8, counter, 0, facts, 0.4)
            assert lucky_facts(model.state, slot, decision, facts, 0.4) == expected
    assert lucky_facts(model.state, slot, DRAW_NOTE, everything, 1.0) == everything
    assert lucky_facts(model.state, slot, DRAW_NOTE, everything, 0.0) == 0
