"""Two results beside each other: what was asked differently, and what came out differently."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import over_inside, student_interval, welch_interval
from analysis.comparison.pairing import build_cube

ABSENT = "(not there)"
_SHARED = (
    ("design.seed", "the seed"),
    ("design.warm_up_days", "the warm-up"),
    ("design.horizon_days", "the window"),
    ("market.customers", "the number of customers"),
    ("market.prospects", "the number of prospects"),
    ("market.slice", "the slice"),
    ("market.segments", "the segments"),
)
"""What must agree for a replicate of both results to have the same customers and luck."""


@dataclass(frozen=True)
class Asked:
    """One key that two studies answer differently: its path, and both values as JSON."""

    key: str
    first: str
    second: str


def asked_differently(first: Any, second: Any) -> list[Asked]:
    """Return every key whose value differs between two resolved studies.

    Parameters
    ----------
    first, second : JSON-ready
        As a manifest holds them; lists of org models are told apart by name, so that
        their order and number do not matter.
    """
    one, two = dict(_leaves(first, "")), dict(_leaves(second, ""))
    keys = list(dict.fromkeys([*one, *two]))
    pairs = ((key, one.get(key, ABSENT), two.get(key, ABSENT)) for key in keys)
    return [Asked(*pair) for pair in pairs if pair[1] != pair[2]]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every value that holds no others, by its path, as JSON."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and all(_is_named(item) for item in value):
        yield f"{path}: which", json.dumps([item["organisation"] for item in value])
        for item in value:
            yield from _leaves(item, f"{path}.{item['organisation']}")
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("organisation"), str)


def unshared_luck(first: Any, second: Any) -> list[str]:
    """Return in words what keeps two studies from having the same customers and luck."""
    return [words for path, words in _SHARED if _at(first, path) != _at(second, path)]


def _at(study: Any, path: str) -> Any:
    """Return what stands at a path of a study, None if nothing does."""
    for key in path.split("."):
        study = study.get(key) if isinstance(study, dict) else None
    return study


def came_out(
    first: pd.DataFrame, second: pd.DataFrame, names: list[str], *, paired: bool
) -> pd.DataFrame:
    """Return how overall measures of the org models that both results have differ.

    Parameters
    ----------
    first, second : DataFrame
        Columns of ``measures.parquet``.
    names : list of str
        Measures, in the order wanted.
    paired : bool
        Whether replicates of both share their luck: differences are taken inside them then.

    Returns
    -------
    DataFrame
        Columns ``measure, org_model, first, second, difference, low, high, n_first, n_second``:
        means, second less first, and its 95 % interval (Student t over pairs, else Welch's).
    """
    # Replicates have the numbers that worlds have: where one result has several worlds, world
    # meets world.
    worlds = paired and max(each["world"].nunique() for each in (first, second)) > 1
    one, two = (_by_replicate(each, names, by_world=worlds) for each in (first, second))
    rows = []
    for name in names:
        for org in dict.fromkeys(org for measure, org in one if measure == name):
            if (name, org) in two:
                rows.append((name, org, *_difference(one[name, org], two[name, org], paired)))
    columns = ["measure", "org_model", "first", "second", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "n_first", "n_second"])


def _by_replicate(
    measures: pd.DataFrame, names: list[str], *, by_world: bool
) -> Mapping[tuple[str, str], pd.Series]:
    """Return the values of each measure and org model by replicate, or by world if several."""
    rows = measures[(measures["scope"] == "overall") & measures["measure"].isin(names)]
    if rows.empty:
        return {}
    cube = build_cube(rows)
    values, units = over_inside(cube.values), list(cube.names)
    if by_world and rows["world"].nunique() == 1:
        values, units = over_inside(values)[..., None], [int(rows["world"].iloc[0])]
    return {
        (str(name), org): pd.Series(values[key, place], units).dropna()
        for key, name in enumerate(cube.keys["measure"])
        for place, org in enumerate(cube.org_models)
    }


def _difference(one: pd.Series, two: pd.Series, paired: bool) -> tuple[float, ...]:
    """Return both means, their difference with its interval, and the numbers of replicates."""
    if paired:
        both = one.index.intersection(two.index)
        one, two = one[both], two[both]
        ends = student_interval((two - one).to_numpy(np.float64))
        gap, low, high = (float(end) for end in ends)
    else:
        gap, low, high = welch_interval(one.to_numpy(np.float64), two.to_numpy(np.float64))
    return float(one.mean()), float(two.mean()), gap, low, high, len(one), len(two)
