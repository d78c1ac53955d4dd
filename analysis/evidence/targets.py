"""Targets: what is known of firms as they are, as figures that a run is held against.

Shares are compared as log-odds and other positive figures as logarithms: there a distance means
the same near the ends of a scale as in its middle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.comparison.intervals import Floats
from sim.checks.patterns import known_of
from sim.study.answers import BY_THRESHOLD
from sim.study.pattern_table import Pattern
from sim.study.study import Study
from sim.study.tables import MEASURES

LOWEST, HIGHEST = "lowest", "highest"
"""Of a measure that is by function, the two figures that are held against what is known."""
_EDGE = 1e-4
"""A share nearer to 0 or 1 than this is taken to be as near."""


@dataclass(frozen=True)
class Target:
    """Between which figures one output of a run is known to lie.

    Attributes
    ----------
    name : str
        The measure, with ``lowest`` or ``highest`` where it is by function.
    pattern : Pattern
        What is known, and from where.
    low, high : float
        The same on the scale of comparison.
    widening : float
        What the vagueness of the range is multiplied with, where else no world would be left.
    """

    name: str
    pattern: Pattern
    low: float
    high: float
    widening: float = 1.0

    @property
    def tolerance(self) -> float:
        """A sixth of the range: how far outside a firm may be without a word."""
        return self.widening * (self.high - self.low) / 6.0

    def outside(self, values: Floats) -> Floats:
        """Return how far values on the scale of comparison lie outside the range; 0 inside."""
        over = np.maximum(values - self.high, self.low - values)
        return np.asarray(np.maximum(over, 0.0), dtype=np.float64)


def targets_of(study: Study) -> tuple[Target, ...]:
    """Return what is known of a study's firm: figures of its kind, or its own.

    Those that are not fitted are reported beside.

    Parameters
    ----------
    study : Study
        Its enterprise may name a kind, and it may have `patterns` of its own.
    """
    found: list[Target] = []
    for row in known_of(study):
        low, high = (scale_of(row.measure)(end) for end in (row.low, row.high))
        ends = (f" {LOWEST}", f" {HIGHEST}") if row.by_function else ("",)
        found += [Target(f"{row.measure}{end}", row, low, high) for end in ends]
    return tuple(found)


def widened(targets: Sequence[Target], widening: float) -> tuple[Target, ...]:
    """Return targets whose ranges are so many times as vague."""
    return tuple(replace(target, widening=widening) for target in targets)


def scale_of(name: str) -> Callable[[float], float]:
    """Return what brings a measure's value to the scale of comparison.

    Parameters
    ----------
    name : str
        A registered measure.
    """
    spec = MEASURES[name]
    if spec.display == "percent" or spec.unit.startswith("share"):
        return _log_odds
    if name in ("nps", "nps_surveyed"):
        return lambda value: _log_odds((value + 100.0) / 200.0)
    return lambda value: math.log(max(value, _EDGE))


def _log_odds(share: float) -> float:
    inside = min(max(share, _EDGE), 1.0 - _EDGE)
    return math.log(inside / (1.0 - inside))


def raw_outputs(targets: Sequence[Target], measures: pd.DataFrame) -> dict[str, float]:
    """Return a run's outputs in the measures' own units; NaN where it has none.

    Beside them stand the shares of its answers that reach each threshold.

    Parameters
    ----------
    measures : DataFrame
        Columns ``measure, scope, scope_id, value`` of one run.
    """
    overall = measures[measures["scope"] == "overall"].set_index("measure")["value"]
    functions = measures[measures["scope"] == "function"]
    found: dict[str, float] = {}
    for target in targets:
        name, _, end = target.name.partition(" ")
        if end:
            values = functions.loc[functions["measure"] == name, "value"].dropna()
            most = values.min() if end == LOWEST else values.max()
            found[target.name] = float(most) if len(values) else math.nan
        else:
            found[target.name] = float(overall.get(name, math.nan))
    return found | shares_by_threshold(measures)


def shares_by_threshold(measures: pd.DataFrame) -> dict[str, float]:
    """Return a run's shares of answers, each by measure and threshold in one: ``measure 0.625``.

    Parameters
    ----------
    measures : DataFrame
        Columns ``measure, scope, scope_id, value`` of one run.
    """
    rows = measures[measures["scope"] == BY_THRESHOLD]
    names = rows["measure"] + " " + rows["scope_id"]
    return dict(zip(names.tolist(), rows["value"].tolist(), strict=True))


def scaled(targets: Sequence[Target], outputs: Mapping[str, float]) -> Floats:
    """Return outputs on the scale of comparison, in the order of `targets`."""
    return np.array(
        [scale_of(each.pattern.measure)(outputs[each.name]) for each in targets], dtype=np.float64
    )


def luck_of_pairs(
    twice: Sequence[Sequence[Mapping[str, float]]], targets: Sequence[Target]
) -> Floats:
    """Return the variance of one run, from pairs that differ in nothing but luck."""
    values = np.array([[scaled(targets, run) for run in runs] for runs in twice])
    return np.asarray(np.nanmean((values[:, 0] - values[:, 1]) ** 2, axis=0) / 2.0, np.float64)
