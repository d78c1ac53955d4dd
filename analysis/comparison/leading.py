"""Who leads on a measure: no crown where luck, or one head more, could have turned it round.

An org model leads where its paired difference to every other one leaves out zero and is larger
than what one head is worth. Everything here rests on one point of the assumptions: it is about
luck, never about what is unknown of a firm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import over_inside, student_interval
from analysis.comparison.pairing import build_cube
from sim.study.tables import HIGHER, MEASURES, NEITHER, measure

LEADS, TIED, UNRANKED = "leads", "no clear winner", "not ranked"
ONE_HEAD = "one_head"
"""The measure that says what one head is worth."""
ONE_HEAD_RULE = (
    "what one person more of the dearest function costs over the window, a day-0 customer"
)
IDLE_RULE = "what one head less in the baseline's line loses, by runs with idle heads"
BY_LUCK = "luck alone, at one point of the assumptions"
BY_WORLDS = "which worlds were drawn, of those that were"
"""What a share of bootstrap samples is a probability over."""


@dataclass(frozen=True)
class Lead:
    """The ranking of org models on one overall measure, as far as luck allows one.

    Attributes
    ----------
    measure : str
    order : tuple of str
        Org models with a value, the best mean first.
    tied : tuple of str
        Those that the first is not clearly ahead of, the nearest first; all behind the first
        where there is no interval yet.
    difference, low, high : float
        The first less `beside`, paired, with its 95 % interval, in the measure's unit.
    one_head : float
        What one head is worth in the measure's unit; NaN where no rule says.
    n_worlds : int
        Points of the assumptions that were run.
    rule : str
        How what one head is worth was found.
    """

    measure: str
    order: tuple[str, ...]
    tied: tuple[str, ...]
    difference: float
    low: float
    high: float
    one_head: float
    n_worlds: int
    rule: str = ONE_HEAD_RULE

    @property
    def verdict(self) -> str:
        """``leads``, ``no clear winner``, or ``not ranked`` without two and an interval."""
        if len(self.order) < 2 or math.isnan(self.low):
            return UNRANKED
        return TIED if self.tied else LEADS

    @property
    def beside(self) -> str:
        """The org model that the first is measured against: the nearest tied, or the next."""
        return self.tied[0] if self.tied else self.order[1]

    @property
    def within_one_head(self) -> bool:
        """Whether the difference is clear of luck, and yet no larger than one head is worth."""
        return bool((self.low > 0 or self.high < 0) and abs(self.difference) <= self.one_head)


def leading(measures: pd.DataFrame, name: str, worth: float | None = None) -> Lead:
    """Rank the org models on an overall measure.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``.
    name : str
        A measure with a better direction.
    worth : float, optional
        What one head is worth in the measure's unit, as runs with idle heads tell; what one
        costs if left out.

    Raises
    ------
    ValueError
        If neither direction of the measure is better.
    """
    spec = measure(name)
    if spec.direction == NEITHER:
        raise ValueError(f"'{name}' has no better direction, so no org model leads on it")
    overall = measures[measures["scope"] == "overall"]
    rows = overall[overall["measure"] == name]
    if rows.empty:
        return Lead(name, (), (), math.nan, math.nan, math.nan, math.nan, 0)
    cube = build_cube(rows)
    values = over_inside(cube.values)[0]
    sign = 1.0 if spec.direction == HIGHER else -1.0
    means, _, _ = student_interval(values)
    places = [int(p) for p in np.argsort(-sign * means, kind="stable") if not np.isnan(means[p])]
    order = tuple(cube.org_models[place] for place in places)
    rule = ONE_HEAD_RULE if worth is None else IDLE_RULE
    worth = _one_head(overall, name) if worth is None else max(0.0, worth)
    if len(places) < 2:
        return Lead(name, order, (), math.nan, math.nan, math.nan, worth, cube.n_worlds, rule)
    paired = over_inside(cube.values[0, places[0]] - cube.values[0, places[1:]])
    difference, low, high = student_interval(paired)
    nearest = np.where(sign > 0, low, -high)
    ahead = (nearest > 0) & ~(np.abs(difference) <= worth)
    tied = tuple(org for org, clear in zip(order[1:], ahead, strict=True) if not clear)
    at = order.index(tied[0]) - 1 if tied else 0
    gap, below, above = (float(each[at]) for each in (difference, low, high))
    return Lead(name, order, tied, gap, below, above, worth, cube.n_worlds, rule)


def _one_head(overall: pd.DataFrame, name: str) -> float:
    """Return what one head is worth in a measure's unit: known of money a day-0 customer only."""
    found = overall["value"][overall["measure"] == ONE_HEAD]
    if MEASURES[name].unit != MEASURES[ONE_HEAD].unit or found.isna().all():
        return math.nan
    return float(found.mean())


def lead_as_object(lead: Lead, sentence: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the ranking as plain data, for ``--json``.

    Parameters
    ----------
    lead : Lead
    sentence : str
        The same in words.
    labels : mapping of str to str
        Label of each org model by name.
    """
    ranked = len(lead.order) > 1
    return {
        "measure": lead.measure,
        "verdict": lead.verdict,
        "sentence": sentence,
        "order": list(lead.order),
        "labels": [labels.get(org, org) for org in lead.order],
        "not_clearly_behind": list(lead.tied) if lead.verdict == TIED else [],
        "difference": {
            "of": lead.order[0] if lead.order else None,
            "to": lead.beside if ranked else None,
            "mean": lead.difference,
            "low": lead.low,
            "high": lead.high,
        },
        "one_head": lead.one_head,
        "one_head_rule": lead.rule,
        "n_worlds": lead.n_worlds,
        "probability_best_is_over": BY_LUCK if lead.n_worlds < 2 else BY_WORLDS,
    }
