"""Measures of a firm of units under the names of the firm as one: so org models can be compared.

What each unit has of its own comes once for each unit; here it becomes one function, touchpoint or
seam again (rule E8).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict

from sim.state.blueprint import Blueprint

ADDED_UP = frozenset({"visits", "errors", "n_drop_offs", "crossings", "lost", "heads_moved"})
"""Measures that count or add up; of the others a mean is taken."""
UNIT = re.compile(r"@\d+")

MeasureRow = tuple[str, str, str, float]


def of_the_firm(rows: list[MeasureRow], blueprint: Blueprint) -> list[MeasureRow]:
    """Return measures with what units have of their own put together.

    Parameters
    ----------
    rows : list of (measure, scope, scope_id, value)
        As of a run; returned as they are if the firm is one unit.
    blueprint : Blueprint
        The enterprise under the structure of the run.

    Returns
    -------
    list of (measure, scope, scope_id, value)
        Counts are summed; a rate is the mean of the units' rates, each by its visits (of a seam,
        its crossings).
    """
    if blueprint.is_whole:
        return rows
    weights = _weights(rows, blueprint)
    parts: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    for measure, scope, scope_id, value in rows:
        key = (measure, scope, UNIT.sub("", scope_id))
        parts[key].append((value, weights.get((scope, scope_id), 1.0)))
    return [(*key, _together(key[0], values)) for key, values in parts.items()]


def _weights(rows: list[MeasureRow], blueprint: Blueprint) -> dict[tuple[str, str], float]:
    """Return the visits or crossings of each function, touchpoint and seam, by scope and name."""
    found = {
        (scope, scope_id): value
        for measure, scope, scope_id, value in rows
        if measure in ("visits", "crossings")
    }
    for place, name in enumerate(blueprint.functions):
        mine = [blueprint.touchpoint_ids[each] for each in (blueprint.owners == place).nonzero()[0]]
        found["function", name] = sum(found["touchpoint", step] for step in mine)
    return found


def _together(measure: str, values: list[tuple[float, float]]) -> float:
    """Return a sum, or a mean by weight of what has a value."""
    known = [(value, weight) for value, weight in values if not math.isnan(value)]
    if measure in ADDED_UP:
        return sum(value for value, _ in known)
    if len(values) == 1 or not known:
        return values[0][0]
    total = sum(weight for _, weight in known)
    if total <= 0.0:
        return sum(value for value, _ in known) / len(known)
    return sum(value * weight for value, weight in known) / total
