"""The luck of a visit: everything that may be drawn for it, drawn at once.

The eight decisions of a visit have the same counter and differ by their key alone, so
eight blocks of Philox4x32-10 go side by side through one processor's vector registers,
for little more than the price of one (Salmon et al. 2011). They are drawn when a case
turns to a step, and stay with it until it turns to another.
"""

from __future__ import annotations

from typing import Any

import numba
from llvmlite import ir
from numba.core.extending import intrinsic
from numba.np.arrayobj import make_array

from sim.compiled import kernel
from sim.philox import (
    MULTIPLIER_0,
    MULTIPLIER_1,
    ROUNDS,
    VISIT_DECISIONS,
    WEYL_0,
    WEYL_1,
    block,
    eight_trials,
    lane_limit,
    trials_from,
)

LUCK = (4, VISIT_DECISIONS)
"""Shape of a visit's luck: lanes by decisions, uint32."""
BYTES_OF_LUCK = 4 * LUCK[0] * LUCK[1]

_WORDS = ir.VectorType(ir.IntType(64), VISIT_DECISIONS)
_LANES = ir.VectorType(ir.IntType(32), VISIT_DECISIONS)


def _spread(builder: Any, value: Any) -> Any:
    """Return a vector that holds one 64-bit number everywhere."""
    zero = ir.Constant(ir.IntType(32), 0)
    one = builder.insert_element(ir.Constant(_WORDS, ir.Undefined), value, zero)
    mask = ir.Constant(ir.VectorType(ir.IntType(32), VISIT_DECISIONS), [0] * VISIT_DECISIONS)
    return builder.shuffle_vector(one, ir.Constant(_WORDS, ir.Undefined), mask)


def _same(number: int) -> ir.Constant:
    return ir.Constant(_WORDS, [number] * VISIT_DECISIONS)


def _rounds(builder: Any, keys: Any, counter: list[Any]) -> list[Any]:
    """Build the ten rounds over vectors of 64-bit numbers whose upper halves stay zero."""
    low, half = _same(0xFFFFFFFF), _same(32)
    first_key, second_key = builder.and_(keys, low), builder.lshr(keys, half)
    c0, c1, c2, c3 = (builder.and_(word, low) for word in counter)
    for _ in range(ROUNDS):
        p0 = builder.mul(c0, _same(MULTIPLIER_0))
        p1 = builder.mul(c2, _same(MULTIPLIER_1))
        c0 = builder.xor(builder.xor(builder.lshr(p1, half), c1), first_key)
        c1 = builder.and_(p1, low)
        c2 = builder.xor(builder.xor(builder.lshr(p0, half), c3), second_key)
        c3 = builder.and_(p0, low)
        first_key = builder.and_(builder.add(first_key, _same(WEYL_0)), low)
        second_key = builder.and_(builder.add(second_key, _same(WEYL_1)), low)
    return [c0, c1, c2, c3]


@intrinsic
def _draw_together(typing_context, luck, slot, keys, first, second, third, fourth):
    """Fill ``luck[slot]`` from the first keys, all with one counter."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = ir.IntType(64)
        table = make_array(signature.args[0])(context, builder, arguments[0])
        all_keys = make_array(signature.args[2])(context, builder, arguments[2])
        keys = builder.load(builder.bitcast(all_keys.data, _WORDS.as_pointer()), align=8)
        counter = [_spread(builder, value) for value in arguments[3:]]
        rows = builder.bitcast(table.data, _LANES.as_pointer())
        start = builder.mul(arguments[1], ir.Constant(word, LUCK[0]))
        for lane, drawn in enumerate(_rounds(builder, keys, counter)):
            place = builder.gep(rows, [builder.add(start, ir.Constant(word, lane))])
            builder.store(builder.trunc(drawn, _LANES), place, align=4)
        return context.get_dummy_value()

    integer = numba.int64
    return numba.void(luck, integer, keys, integer, integer, integer, integer), build


def _draw_one_by_one(luck: Any, slot: int, keys: Any, *counter: int) -> None:
    for decision in range(VISIT_DECISIONS):
        luck[slot, :, decision] = block(keys[decision], *counter)


_PLAIN: bool = numba.config.DISABLE_JIT  # type: ignore[attr-defined]
draw_side_by_side: Any = _draw_one_by_one if _PLAIN else _draw_together


@kernel
def draw_luck(state, slot):
    """Draw the luck of a case's next visit to the step it stands before."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    draw_side_by_side(
        state.luck,
        slot,
        state.keys,
        case["customer"],
        4 * case["need"] + case["recontact"],
        step["counter"],
        4 * state.visits[slot, step["local"]],
    )


@kernel
def lucky_facts(state, slot, decision, facts, probability):
    """Return those of a set of facts for which a trial of this visit succeeds.

    Parameters
    ----------
    decision : int
        One of a visit's own decisions about single facts.
    facts : int
        Mask of the facts on trial.
    probability : float
        Chance of each; the outcome is monotone in it, fact by fact.

    Returns
    -------
    int
        Mask, a subset of `facts`.
    """
    if facts == 0 or probability <= 0.0:
        return 0
    if probability >= 1.0:
        return facts
    luck = state.luck
    limit = lane_limit(probability)
    chosen = facts & eight_trials(
        luck[slot, 0, decision],
        luck[slot, 1, decision],
        luck[slot, 2, decision],
        luck[slot, 3, decision],
        limit,
    )
    if facts > 255:
        chosen |= _facts_beyond_eight(state, slot, decision, facts, limit)
    return chosen


@kernel
def _facts_beyond_eight(state, slot, decision, facts, limit):
    """Return the chosen ones among facts 8 to 31, which have blocks of their own."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    need = 4 * case["need"] + case["recontact"]
    attempt = 4 * state.visits[slot, step["local"]]
    return trials_from(
        1, state.keys[decision], case["customer"], need, step["counter"], attempt, facts, limit
    )
