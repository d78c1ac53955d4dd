"""From the runs of claims to a verdict each; nothing of a verdict stands anywhere else.

*Supported*: the sign as claimed, q < .05 (Benjamini-Hochberg over the list), an effect of at
least the smallest of interest, and the same sign in 80 % of worlds. *Contrary*: the same the
other way round. *Conditional*: otherwise, if a split of the worlds that the claim names meets
either on held-out worlds. Else *undetermined*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from scipy.stats import false_discovery_control

from analysis.comparison.intervals import Flags, Floats
from analysis.evidence.claim_files import (
    CORRELATIONS,
    EQUIVALENCE,
    NO_GAIN,
    OPPOSITE,
    VARIANCE_SHARES,
    Beside,
    Claim,
    Quantity,
)
from analysis.evidence.effects import (
    AGAINST,
    AGREEING,
    AS_CLAIMED,
    Tested,
    best_in_boxes,
    correlations,
    difference,
    equivalence,
    no_gain,
    opposite_signs,
    variance_shares,
)
from analysis.evidence.ensembles import Drawn
from analysis.evidence.sampling import names_of
from sim.study.worlds import SWITCHES

SUPPORTED, CONTRARY, CONDITIONAL, UNDETERMINED = (
    "supported",
    "contrary",
    "conditional",
    "undetermined",
)
VERDICTS = (SUPPORTED, CONDITIONAL, UNDETERMINED, CONTRARY)
MOST_FALSE = 0.05
YES, NO, NOTHING_TO_FAIL = "yes", "no", ""
FAILS = "fails/"
"""Before the names of cells under the condition in which a claim should fail."""
FEWEST_WORLDS = 3
"""Worlds on one side of a split, in each half: fewer say nothing."""


class Readings(Protocol):
    """What runs have measured."""

    def of(self, claim: int, cell: str, quantity: Quantity) -> Floats:
        """Return a quantity of a cell in every world, shape (n_worlds,); missing is NaN."""


@dataclass(frozen=True)
class WorldsSide:
    """One side of a named split of the worlds."""

    words: str
    worlds: Flags


@dataclass(frozen=True)
class ShownBeside:
    """A contrast beside the claim: it supports nothing."""

    beside: Beside
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """A claim with what was found.

    Attributes
    ----------
    claim : Claim
    tested : Tested
        Over all worlds.
    q : float
        Its p among those of all claims run (Benjamini & Hochberg 1995).
    verdict, condition : str
        One of `VERDICTS`; on what a conditional one depends.
    held_out : Tested or None
        Of a split that one half of the worlds chose: its test in the other half.
    side : bool, shape (n_worlds,), or None
        In which worlds a conditional verdict holds.
    fails : Tested or None
        The effect under the condition in which the claim should fail, in the worlds in which the
        claim holds; None if too few of them were run under it.
    fails_as_predicted : str
        ``yes`` or ``no``; empty where the claim does not hold anyway.
    beside : tuple of ShownBeside
    cells : dict of str to tuple of float
        Mean and standard deviation over worlds of each cell.
    best_in : dict of str to float
        Of `opposite signs`: the share of boxes in which each org model has the best mean.
    """

    claim: Claim
    tested: Tested
    q: float = math.nan
    verdict: str = UNDETERMINED
    condition: str = ""
    held_out: Tested | None = None
    side: Flags | None = None
    fails: Tested | None = None
    fails_as_predicted: str = NOTHING_TO_FAIL
    beside: tuple[ShownBeside, ...] = ()
    cells: Mapping[str, tuple[float, float]] | None = None
    best_in: Mapping[str, float] | None = None


def verdicts_of(
    claims: Sequence[Claim], readings: Readings, drawn: Drawn, names: Mapping[int, Sequence[str]]
) -> list[Verdict]:
    """Return a verdict for each claim, over all claims as one family.

    Parameters
    ----------
    claims : sequence of Claim
        That were run.
    readings : Readings
        What was measured.
    drawn : Drawn
        The worlds, in order.
    names : mapping of int to sequence of str
        The cells of each claim.
    """
    every = np.ones(len(drawn.worlds), bool)
    first = [Verdict(c, tested(c, readings, every)) for c in claims]
    found = [
        replace(each, q=q, verdict=_decided(each.tested, q))
        for each, q in zip(first, adjusted([each.tested.p for each in first]), strict=True)
    ]
    found = _with_conditions(found, readings, drawn)
    return [_with_what_stands_beside(each, readings, names[each.claim.claim]) for each in found]


def adjusted(values: Sequence[float]) -> list[float]:
    """Return p values as Benjamini & Hochberg (1995) adjust them; what is missing counts as 1."""
    known = [p if math.isfinite(p) else 1.0 for p in values]
    return [float(q) for q in false_discovery_control(known)] if known else []


def _decided(test: Tested, q: float) -> str:
    """Return the verdict that a test alone gives."""
    sure = q < MOST_FALSE and test.large and test.sign_share >= AGREEING
    if not sure:
        return UNDETERMINED
    return SUPPORTED if test.toward == AS_CLAIMED else CONTRARY


def tested(claim: Claim, readings: Readings, where: Flags, before: str = "") -> Tested:
    """Return the test of a claim in some of the worlds.

    Parameters
    ----------
    claim : Claim
    readings : Readings
    where : bool, shape (n_worlds,)
        Which worlds.
    before : str
        Before the names of cells: `FAILS` under the condition in which it should fail.
    """
    if claim.kind == CORRELATIONS:
        return _of_scores(claim, readings, where, before)
    if claim.kind == OPPOSITE:
        return opposite_signs(_by_box(claim, readings, where, before), claim.smallest)
    if claim.kind == VARIANCE_SHARES:
        corners = _present([_values(claim, readings, before + c)[where] for c in claim.corners])
        return variance_shares(corners, claim.sign, claim.smallest)
    worlds = _contrast(claim, readings, _weights_of(claim, before), claim.measure, before)[where]
    worlds = worlds[np.isfinite(worlds)]
    if claim.kind == EQUIVALENCE:
        return equivalence(worlds, claim.smallest)
    if claim.kind == NO_GAIN:
        return no_gain(worlds, claim.smallest)
    return difference(worlds, claim.sign, claim.smallest)


def _weights_of(claim: Claim, before: str) -> Mapping[str, float]:
    own = claim.fails_when.contrast if before and claim.fails_when is not None else None
    return own or claim.contrast or {}


def _values(
    claim: Claim, readings: Readings, cell: str, quantity: Quantity | None = None
) -> Floats:
    """Return what is read off a cell: the quantity asked for, else the cell's or the claim's."""
    own = claim.cells[cell.rpartition("/")[2]].measure
    return readings.of(claim.claim, cell, quantity or own or claim.measure)


def _contrast(
    claim: Claim,
    readings: Readings,
    weights: Mapping[str, float],
    quantity: Quantity | None,
    before: str = "",
) -> Floats:
    """Return the weighted sum of cells in each world."""
    asked = None if quantity == claim.measure else quantity
    parts = [
        weight * _values(claim, readings, before + cell, asked) for cell, weight in weights.items()
    ]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def _present(rows: Sequence[Floats]) -> Floats:
    """Return rows without the worlds that any of them lacks, shape (n_rows, n_worlds)."""
    table = np.array(rows)
    return np.asarray(table[:, np.isfinite(table).all(axis=0)], dtype=np.float64)


def _of_scores(claim: Claim, readings: Readings, where: Flags, before: str) -> Tested:
    """Return the test of two scores under every rule; of several the one that says least."""
    assert claim.scores is not None  # a claim of this kind has them  # noqa: S101  # nosec B101
    wanted = (claim.measure, claim.scores.expected, claim.scores.other)
    found = []
    for rule in [before] if before else [f"{rule}/" for rule in claim.rules]:
        rows = [
            readings.of(claim.claim, rule + cell, quantity)[where]
            for quantity in wanted
            for cell in claim.cells
        ]
        table = _present(rows).reshape(len(wanted), len(claim.cells), -1).transpose(0, 2, 1)
        outcome, expected, other = table
        found.append(correlations(outcome, expected, other, claim.sign, claim.smallest))
    # Where every rule speaks against the claim, the one that does so least.
    least = max if all(each.toward == AGAINST for each in found) else min
    weakest = least(found, key=lambda each: each.effect * claim.sign)
    return replace(
        weakest,
        p=max(each.p for each in found),
        sign_share=min(each.sign_share for each in found),
        large=all(each.large and each.toward == weakest.toward for each in found),
    )


def _by_box(
    claim: Claim, readings: Readings, where: Flags, before: str = ""
) -> dict[str, dict[str, Floats]]:
    found = {}
    for box in claim.boxes:
        keys = [f"{before}{box}/{cell}" for cell in claim.cells]
        rows = _present([readings.of(claim.claim, key, claim.measure)[where] for key in keys])
        found[box] = dict(zip(claim.cells, rows, strict=True))
    return found


def splits_of(claim: Claim, drawn: Drawn) -> list[WorldsSide]:
    """Return the sides of all splits that a claim names, and of the ensembles there are."""
    found: list[WorldsSide] = []
    for name in claim.splits:
        words = names_of([name])[0]
        if name not in SWITCHES and not all(name in world.parameters for world in drawn.worlds):
            continue  # the study sets it, so that it divides no worlds
        if name in SWITCHES:
            off = np.array([name in world.off for world in drawn.worlds])
            found += [WorldsSide(f"off: {words}", off), WorldsSide(f"on: {words}", ~off)]
            continue
        at = np.array([world.parameters[name] for world in drawn.worlds])
        middle = float(np.median(at))
        found.append(WorldsSide(f"{name} above {middle:.3g}", at > middle))
        found.append(WorldsSide(f"{name} at most {middle:.3g}", at <= middle))
    if len(drawn.groups) > 1:
        of = np.array(drawn.of)
        found += [WorldsSide(f"firms fitted as {name}", of == name) for name in drawn.groups]
    return found


def halves(drawn: Drawn) -> tuple[Flags, Flags]:
    """Return which worlds choose a split, and which are held out: every second one."""
    place = np.arange(len(drawn.worlds))
    return place % 2 == 0, place % 2 == 1


def _with_conditions(found: Sequence[Verdict], readings: Readings, drawn: Drawn) -> list[Verdict]:
    """Look for a split of the worlds where a claim is undecided over all of them."""
    chosen = {
        place: _chosen(each.claim, readings, drawn)
        for place, each in enumerate(found)
        if each.verdict == UNDETERMINED
    }
    there = {place: split for place, split in chosen.items() if split is not None}
    tests = {
        place: tested(found[place].claim, readings, split.worlds & halves(drawn)[1])
        for place, (split, _) in there.items()
    }
    q = dict(zip(tests, adjusted([test.p for test in tests.values()]), strict=True))
    answer = list(found)
    for place, (split, first) in there.items():
        test = tests[place]
        decided = _decided(test, q[place])
        if decided != UNDETERMINED and test.toward == first.toward:
            said = f"{decided} where {split.words}"
            answer[place] = replace(
                found[place],
                verdict=CONDITIONAL,
                condition=said,
                held_out=test,
                side=split.worlds,
            )
    return answer


def _chosen(claim: Claim, readings: Readings, drawn: Drawn) -> tuple[WorldsSide, Tested] | None:
    """Return the side of a split that meets a verdict most clearly in one half of the worlds."""
    one, other = halves(drawn)
    candidates = []
    for split in splits_of(claim, drawn):
        if min((split.worlds & one).sum(), (split.worlds & other).sum()) < FEWEST_WORLDS:
            continue
        test = tested(claim, readings, split.worlds & one)
        if _decided(test, test.p) != UNDETERMINED:
            candidates.append((split, test))
    return min(candidates, key=lambda each: each[1].p) if candidates else None


def _with_what_stands_beside(found: Verdict, readings: Readings, names: Sequence[str]) -> Verdict:
    """Add the condition to fail, contrasts beside, and each cell's own figures."""
    claim = found.claim
    shown = []
    for each in claim.beside:
        worlds = _contrast(claim, readings, each.contrast, each.measure)
        test = difference(worlds[np.isfinite(worlds)], 1.0, 0.0)
        shown.append(ShownBeside(each, test.effect, test.low, test.high))
    every = np.ones(len(_values(claim, readings, names[0])), bool)
    best = best_in_boxes(_by_box(claim, readings, every)) if claim.kind == OPPOSITE else None
    fails = None
    if any(name.startswith(FAILS) for name in names):
        where = every if found.side is None else found.side
        fails = tested(claim, readings, where, FAILS)
        if found.side is not None and fails.n_worlds < FEWEST_WORLDS:
            fails = None
    return replace(
        found,
        beside=tuple(shown),
        cells={name: _spread(_values(claim, readings, name)) for name in names},
        best_in=best,
        fails=fails,
        fails_as_predicted=_fails(found, fails),
    )


def _fails(found: Verdict, test: Tested | None) -> str:
    """Say whether the effect under the condition falls short, where there is one at all."""
    on_a_side = found.held_out if found.verdict == CONDITIONAL else None
    as_claimed = found.verdict == SUPPORTED or (
        on_a_side is not None and on_a_side.toward == AS_CLAIMED
    )
    if not as_claimed or test is None:
        return NOTHING_TO_FAIL
    holds = test.toward == AS_CLAIMED and test.large
    return NO if holds else YES


def _spread(worlds: Floats) -> tuple[float, float]:
    there = worlds[np.isfinite(worlds)]
    if not len(there):
        return math.nan, math.nan
    return float(there.mean()), float(there.std(ddof=1)) if len(there) > 1 else math.nan


def as_plain(test: Tested | None) -> dict[str, Any] | None:
    """Return a test as plain data."""
    if test is None:
        return None
    return {
        "effect": test.effect,
        "low": test.low,
        "high": test.high,
        "p": test.p,
        "sign_share": test.sign_share,
        "large_enough": test.large,
        "toward": "as claimed" if test.toward == AS_CLAIMED else "against",
        "n_worlds": test.n_worlds,
        "detail": test.detail,
    }
