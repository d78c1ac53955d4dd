"""The luck of a visit: everything that may be drawn for it, drawn at once.

The decisions of a visit have the same counter and differ by their key alone, so their blocks
of Philox4x32-10 go side by side through one processor's vector registers, for little more
than the price of one (Salmon et al. 2011). They are drawn when a case turns to a step, and stay
with it until it turns to another. Those about a shared store are drawn without one too, for it may
come before the visit does.
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


class _SideBySide:
    """Blocks of some decisions, one after the other in the table, as vectors in the making.

    Parameters
    ----------
    first, number : int
        The decisions.
    builder : llvmlite.ir.IRBuilder
        Writes the code.
    keys : llvmlite.ir.Value
        Points to the keys of all decisions.
    counter : list of llvmlite.ir.Value
        Four 64-bit numbers.
    """

    def __init__(self, first: int, number: int, builder: Any, keys: Any, counter: list[Any]):
        self.first, self.number, self.builder = first, number, builder
        self.words = ir.VectorType(ir.IntType(64), number)
        place = ir.Constant(ir.IntType(64), first)
        keys = builder.bitcast(builder.gep(keys, [place]), self.words.as_pointer())
        keys = builder.load(keys, align=8)
        self.low, self.half = self._same(0xFFFFFFFF), self._same(32)
        self.keys = [builder.and_(keys, self.low), builder.lshr(keys, self.half)]
        self.counter = [builder.and_(self._spread(word), self.low) for word in counter]

    def _same(self, number: int) -> ir.Constant:
        return ir.Constant(self.words, [number] * self.number)

    def _spread(self, value: Any) -> Any:
        """Return a vector that holds one 64-bit number everywhere."""
        zero, nothing = ir.Constant(ir.IntType(32), 0), ir.Constant(self.words, ir.Undefined)
        one = self.builder.insert_element(nothing, value, zero)
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.number), [0] * self.number)
        return self.builder.shuffle_vector(one, nothing, mask)

    def go_round(self) -> None:
        """Build one round over vectors of 64-bit numbers whose upper halves stay zero."""
        builder, low, half = self.builder, self.low, self.half
        c0, c1, c2, c3 = self.counter
        k0, k1 = self.keys
        p0 = builder.mul(c0, self._same(MULTIPLIER_0))
        p1 = builder.mul(c2, self._same(MULTIPLIER_1))
        self.counter = [
            builder.xor(builder.xor(builder.lshr(p1, half), c1), k0),
            builder.and_(p1, low),
            builder.xor(builder.xor(builder.lshr(p0, half), c3), k1),
            builder.and_(p0, low),
        ]
        self.keys = [
            builder.and_(builder.add(k0, self._same(WEYL_0)), low),
            builder.and_(builder.add(k1, self._same(WEYL_1)), low),
        ]

    def store(self, rows: Any, slot: Any) -> None:
        """Put the lanes of each decision side by side into a row of the table of luck."""
        builder, word = self.builder, ir.IntType(64)
        halves = ir.VectorType(ir.IntType(32), self.number)
        lanes = [builder.trunc(words, halves) for words in self.counter]
        pairs = [self._joined(*two) for two in (lanes[:2], lanes[2:])]
        order = [
            lane * self.number + decision
            for decision in range(self.number)
            for lane in range(LANES)
        ]
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), order)
        drawn = builder.shuffle_vector(*pairs, mask)
        place = builder.mul(slot, ir.Constant(word, LUCK[0] * LANES))
        place = builder.add(place, ir.Constant(word, self.first * LANES))
        target = builder.bitcast(builder.gep(rows, [place]), drawn.type.as_pointer())
        builder.store(drawn, target, align=4)

    def _joined(self, first: Any, second: Any) -> Any:
        """Return a vector of the elements of two."""
        length = 2 * self.number
        mask = ir.Constant(ir.VectorType(ir.IntType(32), length), list(range(length)))
        return self.builder.shuffle_vector(first, second, mask)


WIDEST = 8
"""Decisions in one vector. What is beyond has a narrower one, and the two take turns, so that
neither waits for itself."""


@intrinsic
def _draw_together(typing_context, luck, slot, keys, first, second, third, fourth):
    """Fill ``luck[slot]`` from the first keys, all with one counter."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = make_array(signature.args[0])(context, builder, arguments[0]).data
        all_keys = make_array(signature.args[2])(context, builder, arguments[2]).data
        counter = list(arguments[3:])
        blocks = [
            _SideBySide(place, min(WIDEST, VISIT_DECISIONS - place), builder, all_keys, counter)
            for place in range(0, VISIT_DECISIONS, WIDEST)
        ]
        for _ in range(PHILOX_ROUNDS):
            for each in blocks:
                each.go_round()
        for each in blocks:
            each.store(rows, arguments[1])
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
        row = builder.add(builder.mul(slot, ir.Constant(word, LUCK[0])), decision)
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
