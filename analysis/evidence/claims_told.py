"""What is said of claims: a table, rows and plain data, all from their verdicts."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.comparison.columns import aligned
from analysis.evidence.claim_files import (
    BY_CONSTRUCTION,
    CORRELATIONS,
    DIFFERENCE,
    FAILS_IN_TOO_FEW,
    FAILS_NOT_RUN,
    VARIANCE_SHARES,
    Claim,
    Quantity,
)
from analysis.evidence.effects import AGREEING, Tested
from analysis.evidence.ensembles import Drawn
from analysis.evidence.verdicts import MOST_FALSE, UNDETERMINED, VERDICTS, Verdict, as_plain
from sim.study.tables import MEASURES, column_names

SMALL_NUMBER = 0.0005
HOW_TO_READ = (
    f"Supported: the sign as claimed, q below {MOST_FALSE:g} (Benjamini-Hochberg over the claims "
    f"run), at least the smallest effect of interest, and the same sign in {AGREEING * 100:g} % of "
    "worlds. Contrary: the same the other way round. Conditional: a split of the worlds, chosen "
    "in one half of them, meets either in the other half. Undetermined: none of these."
)
"""What the words of a verdict mean."""


@dataclass(frozen=True)
class Unit:
    """How an effect is shown: its unit, a factor and decimals; what has no value is a dash."""

    words: str
    factor: float
    decimals: int

    def of(self, value: float, signed: bool = True) -> str:
        """Return a value as text, in characters that any terminal can show."""
        if not math.isfinite(value):
            return "-"
        shown = round(value * self.factor, self.decimals) + 0.0
        return f"{shown:{'+' if signed else ''},.{self.decimals}f}"

    def with_unit(self, value: float) -> str:
        """Return a value with as much of its unit as a column has room for."""
        return f"{self.of(value)} {_short(self.words)}" if math.isfinite(value) else "-"

    def between(self, low: float, high: float) -> str:
        """Return an interval, a dash if there is none."""
        known = math.isfinite(low) and math.isfinite(high)
        return f"{self.of(low)} to {self.of(high)}" if known else "-"


def unit_of_claim(claim: Claim, quantity: Quantity | None = None) -> Unit:
    """Return how a claim's effect is shown, or another quantity beside it."""
    if quantity is None and claim.kind == VARIANCE_SHARES:
        return Unit("share of variance", 1.0, 2)
    if quantity is None and claim.kind == CORRELATIONS:
        return Unit("correlation", 1.0, 2)
    return unit_of_quantity(claim.measure if quantity is None else quantity)


def unit_of_quantity(asked: Quantity) -> Unit:
    """Return how a quantity is shown."""
    if asked.per is not None:
        return Unit(f"per 1,000 {MEASURES[asked.per].unit}", 1000.0, 2)
    spec = MEASURES[asked.measure]
    if spec.display == "percent":
        return Unit("points", 100.0, spec.decimals + 1)
    return Unit(spec.unit, 1.0, spec.decimals + 1)


def measure_words(quantity: Quantity) -> str:
    """Return what is measured, as a board reads it."""
    label = MEASURES[quantity.measure].label
    if quantity.scope != "overall":
        label = f"{label} by {quantity.scope}"
    return label if quantity.per is None else f"{label} per {MEASURES[quantity.per].label.lower()}"


def measure_name(quantity: Quantity) -> str:
    """Return what is measured by its names, as ``claims.csv`` has it."""
    name = (
        quantity.measure if quantity.scope == "overall" else f"{quantity.measure}@{quantity.scope}"
    )
    if quantity.per is None:
        return name
    per = (
        quantity.per if quantity.per_scope == "overall" else f"{quantity.per}@{quantity.per_scope}"
    )
    return f"{name}/{per}"


def claims_table(found: Sequence[Verdict], runs: Mapping[int, int]) -> pd.DataFrame:
    """Return one row a claim: columns of ``claims.csv``."""
    rows = [
        (
            each.claim.claim,
            measure_name(each.claim.measure),
            each.tested.effect,
            each.tested.low,
            each.tested.high,
            each.tested.p,
            each.q,
            each.tested.sign_share,
            each.verdict,
            each.condition,
            each.fails_as_predicted,
            runs[each.claim.claim],
        )
        for each in found
    ]
    return pd.DataFrame(rows, columns=column_names("claims.csv"))


def counted(found: Sequence[Verdict]) -> str:
    """Return how many claims have each verdict, in one line."""
    verdicts = [each.verdict for each in found]
    parts = [f"{verdicts.count(word)} {word}" for word in VERDICTS if word in verdicts]
    return f"{len(found)} claim{'s' if len(found) != 1 else ''}: {', '.join(parts)}"


def hardly_matters(found: Verdict) -> bool:
    """Tell whether an undecided effect is small for certain.

    Its 95 % interval lies within the smallest effect of interest, either way: that is known of it,
    while nothing is of one whose interval goes beyond.
    """
    low, high, smallest = found.tested.low, found.tested.high, found.claim.smallest
    undecided = found.verdict == UNDETERMINED
    has_a_size = found.claim.kind in (DIFFERENCE, VARIANCE_SHARES, CORRELATIONS)
    return undecided and has_a_size and -smallest < low and high < smallest


def hardly_matters_text(found: Sequence[Verdict]) -> str:
    """Return which undecided claims are about effects that hardly matter; nothing if none is."""
    undecided = [each for each in found if each.verdict == UNDETERMINED]
    small = [str(each.claim.claim) for each in undecided if hardly_matters(each)]
    if not small:
        return ""
    return (
        f"Of {len(undecided)} undetermined {len(small)} have no effect that would matter, one way "
        f"or the other: the interval lies within the smallest of interest ({', '.join(small)})."
    )


def claims_text(found: Sequence[Verdict]) -> str:
    """Return the table of verdicts, as aligned lines."""
    head = ["", "claim", "effect", "95 % interval", "smallest", "q", "agree", "verdict"]
    rows = []
    for each in found:
        unit, test = unit_of_claim(each.claim), each.tested
        rows.append(
            [
                str(each.claim.claim),
                textwrap.shorten(each.claim.says, 58, placeholder=" ..."),
                unit.with_unit(test.effect),
                unit.between(test.low, test.high),
                unit.of(each.claim.smallest, signed=False),
                _small(each.q),
                "-" if math.isnan(test.sign_share) else f"{test.sign_share:.0%}",
                each.verdict,
            ]
        )
    lines = aligned([head, *rows], {1, 7})
    said: list[str] = lines[:2]
    for each, line in zip(found, lines[2:], strict=True):
        said.append(line)
        if each.condition:
            said.append(f"      {each.condition}")
    return "\n".join(said)


def _short(unit: str) -> str:
    """Return a unit as far as a column has room for it."""
    return unit.partition(" per day-0")[0].partition(",")[0] if "1,000" not in unit else "per 1,000"


def _small(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "<.001" if value < SMALL_NUMBER else f"{value:.3f}".removeprefix("0")


def fails_text(found: Sequence[Verdict]) -> str:
    """Return what came out under the conditions in which claims should fail."""
    rows = [["", "should fail when", "effect", "95 % interval", "falls short"]]
    for each in found:
        condition, test = each.claim.fails_when, each.fails
        if condition is None:
            continue
        unit = unit_of_claim(each.claim)
        told = (
            ["-", FAILS_IN_TOO_FEW if condition.under else FAILS_NOT_RUN, "-"]
            if test is None
            else [
                unit.of(test.effect),
                unit.between(test.low, test.high),
                each.fails_as_predicted or "does not hold anyway",
            ]
        )
        says = textwrap.shorten(condition.says, 70, placeholder=" ...")
        rows.append([str(each.claim.claim), says, *told])
    return "\n".join(aligned(rows, {1, 4})) if len(rows) > 1 else ""


def beside_text(found: Sequence[Verdict]) -> str:
    """Return the contrasts that stand beside claims and support nothing."""
    rows = [["", "beside the claim", "", "effect", "95 % interval"]]
    for each in found:
        for shown in each.beside:
            unit = unit_of_claim(each.claim, shown.beside.measure or each.claim.measure)
            rows.append(
                [
                    str(each.claim.claim),
                    textwrap.shorten(shown.beside.says, 66, placeholder=" ..."),
                    shown.beside.kind if shown.beside.kind == BY_CONSTRUCTION else "",
                    unit.with_unit(shown.effect),
                    unit.between(shown.low, shown.high),
                ]
            )
    return "\n".join(aligned(rows, {1, 2})) if len(rows) > 1 else ""


def as_data(each: Verdict, n_runs: int) -> dict[str, Any]:
    """Return all that is known of a claim as plain data."""
    claim = each.claim
    return {
        "claim": claim.claim,
        "source": claim.source,
        "says": claim.says,
        "test": claim.test,
        "kind": claim.kind,
        "measure": measure_name(claim.measure),
        "expected": claim.expected,
        "smallest": claim.smallest,
        "why_smallest": claim.why_smallest,
        **(as_plain(each.tested) or {}),
        "q": each.q,
        "verdict": each.verdict,
        "condition": each.condition,
        "hardly_matters": hardly_matters(each),
        "held_out": as_plain(each.held_out),
        "fails_when": None if claim.fails_when is None else claim.fails_when.says,
        "under_that": as_plain(each.fails),
        "fails_as_predicted": each.fails_as_predicted,
        "beside": [
            {
                "says": shown.beside.says,
                "kind": shown.beside.kind,
                "measure": measure_name(shown.beside.measure or claim.measure),
                "effect": shown.effect,
                "low": shown.low,
                "high": shown.high,
            }
            for shown in each.beside
        ],
        "cells": {
            name: {"mean": mean, "sd_over_worlds": spread}
            for name, (mean, spread) in (each.cells or {}).items()
        },
        "best_in_share_of_combinations": each.best_in,
        "n_runs": n_runs,
    }


def in_smallest(test: Tested, smallest: float) -> tuple[float, float, float]:
    """Return effect and interval in units of the smallest effect of interest."""
    return test.effect / smallest, test.low / smallest, test.high / smallest


def worlds_in_words(drawn: Drawn) -> str:
    """Return on which worlds an answer rests."""
    number = len(drawn.worlds)
    if not drawn.fitted:
        return f"{number} worlds drawn from registered ranges: assumed, not fitted to this firm"
    parts = [f"{drawn.of.count(name)} fitted as {name}" for name in drawn.groups]
    return f"{number} worlds in which the firm looks like firms: {', '.join(parts)}"
