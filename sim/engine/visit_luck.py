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

from sim.engine.compiled import kernel
from sim.engine.draws import VISIT_DECISIONS
from sim.engine.philox import (
    MULTIPLIER_0,
    MULTIPLIER_1,
    PHILOX_ROUNDS,
    WEYL_0,
    WEYL_1,
    block,
    eight_trials,
    lane_limit,
    trials_from,
)
from sim.engine.which_draw import case_word, visit_word

LANES = 4
LUCK = (VISIT_DECISIONS, LANES)
"""Shape of a visit's luck: decisions by lanes, uint32."""
BYTES_OF_LUCK = 4 * LUCK[0] * LUCK[1]

_WORDS = ir.VectorType(ir.IntType(64), VISIT_DECISIONS)
_HALVES = ir.VectorType(ir.IntType(32), VISIT_DECISIONS)


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
    for _ in range(PHILOX_ROUNDS):
        p0 = builder.mul(c0, _same(MULTIPLIER_0))
        p1 = builder.mul(c2, _same(MULTIPLIER_1))
        c0 = builder.xor(builder.xor(builder.lshr(p1, half), c1), first_key)
        c1 = builder.and_(p1, low)
        c2 = builder.xor(builder.xor(builder.lshr(p0, half), c3), second_key)
        c3 = builder.and_(p0, low)
        first_key = builder.and_(builder.add(first_key, _same(WEYL_0)), low)
        second_key = builder.and_(builder.add(second_key, _same(WEYL_1)), low)
    return [c0, c1, c2, c3]


def _by_decision(builder: Any, lanes: list[Any]) -> Any:
    """Return one vector with the four lanes of each decision side by side."""
    pairs = [_side_by_side(builder, *two) for two in (lanes[:2], lanes[2:])]
    n_halves = LANES * VISIT_DECISIONS
    order = [
        lane * VISIT_DECISIONS + decision
        for decision in range(VISIT_DECISIONS)
        for lane in range(LANES)
    ]
    mask = ir.Constant(ir.VectorType(ir.IntType(32), n_halves), order)
    return builder.shuffle_vector(*pairs, mask)


def _side_by_side(builder: Any, first: Any, second: Any) -> Any:
    """Return a vector of the elements of two."""
    length = 2 * VISIT_DECISIONS
    mask = ir.Constant(ir.VectorType(ir.IntType(32), length), list(range(length)))
    return builder.shuffle_vector(first, second, mask)


@intrinsic
def _draw_together(typing_context, luck, slot, keys, first, second, third, fourth):
    """Fill ``luck[slot]`` from the first keys, all with one counter."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table = make_array(signature.args[0])(context, builder, arguments[0])
        all_keys = make_array(signature.args[2])(context, builder, arguments[2])
        keys = builder.load(builder.bitcast(all_keys.data, _WORDS.as_pointer()), align=8)
        counter = [_spread(builder, value) for value in arguments[3:]]
        lanes = [builder.trunc(words, _HALVES) for words in _rounds(builder, keys, counter)]
        drawn = _by_decision(builder, lanes)
        rows = builder.bitcast(table.data, drawn.type.as_pointer())
        builder.store(drawn, builder.gep(rows, [arguments[1]]), align=4)
        return context.get_dummy_value()

    integer = numba.int64
    return numba.void(luck, integer, keys, integer, integer, integer, integer), build


def _draw_one_by_one(luck: Any, slot: int, keys: Any, *counter: int) -> None:
    for decision in range(VISIT_DECISIONS):
        luck[slot, decision] = block(keys[decision], *counter)


@intrinsic
def _trials_together(typing_context, luck, slot, decision, limit):
    """Compare the eight 16-bit lanes of one decision's block with a limit of 1 to 2¹⁶."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, slot, decision, limit = arguments
        short, word = ir.IntType(16), ir.IntType(64)
        eight = ir.VectorType(short, 8)
        rows = builder.bitcast(
            make_array(signature.args[0])(context, builder, table).data, eight.as_pointer()
        )
        row = builder.add(builder.mul(slot, ir.Constant(word, VISIT_DECISIONS)), decision)
        lanes = builder.load(builder.gep(rows, [row]), align=4)
        most = builder.trunc(builder.sub(limit, ir.Constant(word, 1)), short)
        first = ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(ir.Constant(eight, ir.Undefined), most, first)
        same = builder.shuffle_vector(
            one,
            ir.Constant(eight, ir.Undefined),
            ir.Constant(ir.VectorType(ir.IntType(32), 8), [0] * 8),
        )
        outcomes = builder.icmp_unsigned("<=", lanes, same)
        return builder.zext(builder.bitcast(outcomes, ir.IntType(8)), word)

    integer = numba.int64
    return integer(luck, integer, integer, integer), build


def _trials_one_by_one(luck: Any, slot: int, decision: int, limit: int) -> int:
    first, second, third, fourth = luck[slot, decision]
    return int(eight_trials(first, second, third, fourth, limit))


_PLAIN: bool = numba.config.DISABLE_JIT  # type: ignore[attr-defined]
draw_side_by_side: Any = _draw_one_by_one if _PLAIN else _draw_together
trials_side_by_side: Any = _trials_one_by_one if _PLAIN else _trials_together


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
        case_word(case),
        step["counter"],
        visit_word(state, slot, step),
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
    limit = lane_limit(probability)
    if limit == 0:
        return 0
    chosen = facts & trials_side_by_side(state.luck, slot, decision, limit)
    if facts > 255:
        chosen |= _facts_beyond_eight(state, slot, decision, facts, limit)
    return chosen


@kernel
def _facts_beyond_eight(state, slot, decision, facts, limit):
    """Return the chosen ones among facts 8 to 31, which have blocks of their own."""
    case = state.cases[slot]
    step = state.touchpoints[case["touchpoint"]]
    return trials_from(
        1,
        state.keys[decision],
        case["customer"],
        case_word(case),
        step["counter"],
        visit_word(state, slot, step),
        facts,
        limit,
    )
