"""Levels and paired differences of org models, with intervals over replicates.

Every org model replays the same demand and luck in a replicate, so a difference is taken
inside a replicate (and world) first and averaged afterwards: what replicates share cancels
(common random numbers, Law, Simulation Modeling and Analysis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.intervals import Floats, over_inside, probability_best, student_interval
from sim.study.tables import MEASURES, SCOPES, column_names

EQUAL, UNEQUAL = "equal", "unequal"
"""Whether the org models of a comparison spend the same running budget."""
N_REPLICATES, N_WORLDS = "n_replicates", "n_worlds"
_KEY = ["measure", "scope", "scope_id"]
DESIGN_SCOPES = ("function", "touchpoint", "seam")
"""Scopes that are about a part of the enterprise, which not every design may have."""


def compare_measures(measures: pd.DataFrame, baseline: str, budget: str = EQUAL) -> pd.DataFrame:
    """Compare every org model with the baseline, measure by measure and scope by scope.

    Levels use every run of the org model; differences use pairs (the same replicate and world
    under the org model and under the baseline). Intervals are 95 % Student t over replicates or,
    where there are several worlds, over worlds, in each of which replicates are averaged.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``. A failed run has missing values or no rows.
    baseline : str
        The org model to compare against.
    budget : str
        ``equal`` or ``unequal``, as the study allows; a column says so.

    Returns
    -------
    DataFrame
        Columns of ``comparison.csv``. With one replicate the ends of an interval are missing.
        ``n_replicates`` and ``n_worlds`` count those with a pair. An org model has no row for a
        function or site that its design lacks; what the baseline lacks has no pair, only values.

    Raises
    ------
    ValueError
        If the baseline is not among the org models, a measure is not in the output contract,
        or a value is given twice.
    """
    cube = build_cube(measures)
    if baseline not in cube.org_models:
        raise ValueError(
            f"baseline '{baseline}' is not among the org models: {', '.join(cube.org_models)}"
        )
    column = cube.org_models.index(baseline)
    paired = cube.values - cube.values[:, column : column + 1]
    mean, mean_low, mean_high = student_interval(over_inside(cube.values))
    difference, low, high = student_interval(over_inside(paired))
    alone = ~cube.there[:, column, None, None, None]
    present = ~np.isnan(np.where(alone, cube.values, paired))
    n_keys, n_orgs = mean.shape
    direction = cube.keys["measure"].map(lambda name: MEASURES[name].direction)
    table = cube.keys.loc[cube.keys.index.repeat(n_orgs)].reset_index(drop=True)
    table["org_model"] = np.tile(np.array(cube.org_models, dtype=object), n_keys)
    table["baseline"] = baseline
    table["budget"] = budget
    for name, array in (
        ("mean", mean),
        ("mean_low", mean_low),
        ("mean_high", mean_high),
        ("difference", difference),
        ("low", low),
        ("high", high),
        ("probability_best", probability_best(cube.values, direction.to_list())),
        (cube.units, present.any(axis=3).sum(axis=2)),
        (cube.inside, present.any(axis=2).sum(axis=2)),
    ):
        table[name] = array.reshape(-1)
    table["direction"] = direction.repeat(n_orgs).to_numpy()
    return table.loc[cube.there.reshape(-1), column_names("comparison.csv")].reset_index(drop=True)


def precision_reached(
    measures: pd.DataFrame, baseline: str, measure: str, half_width: float
) -> bool:
    """Say whether every paired interval of an overall measure is at most that half-wide.

    Without another org model than the baseline, its own level is judged. With fewer than two
    replicates, or when an org model has no pair, the answer is no.

    Parameters
    ----------
    half_width : float
        In the measure's stored unit (a share between 0 and 1, not per cent).
    """
    chosen = measures[(measures["measure"] == measure) & (measures["scope"] == "overall")]
    if chosen.empty or baseline not in set(chosen["org_model"]):
        return False
    table = compare_measures(chosen, baseline)
    others = table[table["org_model"] != baseline]
    if others.empty:
        widths = (table["mean_high"] - table["mean_low"]) / 2
    else:
        widths = (others["high"] - others["low"]) / 2
    return bool((widths <= half_width).all())


@dataclass(frozen=True)
class Cube:
    """Measures as one array.

    Attributes
    ----------
    keys : DataFrame
        Columns measure, scope, scope_id; one row per first index of `values`.
    org_models : list of str
        In the order in which the measures name them.
    values : float64, shape (n_keys, n_org_models, n_units, n_inside)
        NaN where there is no value. Units are worlds where there are several, with replicates
        inside; else replicates.
    there : bool, shape (n_keys, n_org_models)
        Whether the org model has the function or site that a key is about.
    names : list of int
        Numbers of the units.
    by_world : bool
        Whether units are worlds.
    """

    keys: pd.DataFrame
    org_models: list[str]
    values: Floats
    there: NDArray[np.bool_]
    names: list[int]
    by_world: bool

    @property
    def units(self) -> str:
        """The column that counts units: what intervals are over."""
        return N_WORLDS if self.by_world else N_REPLICATES

    @property
    def inside(self) -> str:
        """The column that counts what is averaged inside each."""
        return N_REPLICATES if self.by_world else N_WORLDS

    @property
    def n_worlds(self) -> int:
        """How many points of the assumptions there are."""
        return self.values.shape[2 if self.by_world else 3]


def build_cube(measures: pd.DataFrame) -> Cube:
    """Return the tidy measures as an array, scopes in the order of the output contract.

    A count that has no row in a run that is there is zero: no need was dropped at that site, if
    the org model has it.

    Raises
    ------
    ValueError
        If a measure or scope is not in the output contract or a value is given twice.
    """
    unknown = sorted(set(measures["measure"].unique()) - set(MEASURES))
    if unknown:
        raise ValueError(
            f"measures that are not in the output contract: {', '.join(unknown)}; "
            "add them to sim/study/measure_table.py"
        )
    stray = sorted(set(measures["scope"].unique()) - set(SCOPES))
    if stray:
        raise ValueError(f"scopes that are not in the output contract: {', '.join(stray)}")
    measures = measures.reset_index(drop=True)
    row_key, keys = _numbered(measures)
    row_org, org_models = pd.factorize(measures["org_model"])
    row_replicate, replicates = pd.factorize(measures["replicate"], sort=True)
    row_world, worlds = pd.factorize(measures["world"], sort=True)
    shape = (len(keys), len(org_models), len(replicates), len(worlds))
    cell = np.ravel_multi_index((row_key, row_org, row_replicate, row_world), shape)
    flat = np.full(shape, np.nan).reshape(-1)
    given = np.zeros(flat.shape, dtype=bool)
    given[cell] = True
    if given.sum() != len(cell):
        first = measures[pd.Series(cell).duplicated()].iloc[0]
        raise ValueError(f"a value is given twice: {dict(first.drop('value'))}")
    flat[cell] = measures["value"].to_numpy(dtype=np.float64)
    values, rows = flat.reshape(shape), given.reshape(shape)
    is_count = keys["measure"].map(lambda name: MEASURES[name].is_count).to_numpy(dtype=bool)
    ran = ~np.isnan(values).all(axis=0)
    there = _there(keys, np.asarray(rows.any(axis=(2, 3)))) | ~ran.any(axis=(1, 2))
    values[(is_count[:, None] & there)[:, :, None, None] & ~rows & ran[None]] = 0.0
    by_world = len(worlds) > 1
    if by_world:
        values = values.swapaxes(2, 3)
    names = [int(name) for name in (worlds if by_world else replicates)]
    return Cube(keys, [str(name) for name in org_models], values, there, names, by_world)


def _there(keys: pd.DataFrame, given: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which org models have what a key is about: all, but for places of other designs.

    Parameters
    ----------
    given : bool, shape (n_keys, n_org_models)
        Whether there is any row of the key.
    """
    scope, place = keys["scope"].to_numpy(), keys["scope_id"].copy()
    by_cause = scope == "site_cause"
    place[by_cause] = place[by_cause].str.rsplit(":", n=1).str[0]
    of_function = scope == "function"
    named = np.isin(scope, DESIGN_SCOPES)
    known = pd.DataFrame(given).groupby([of_function, place.to_numpy()]).transform("any").to_numpy()
    there = known | ~(named | by_cause)[:, None]
    for one in (of_function, ~of_function):
        # What has no row of any function, or of any site, does not tell which it has.
        there |= one[:, None] & ~given[named & one].any(axis=0)
    return np.asarray(there)


def _numbered(measures: pd.DataFrame) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return each row's key number and the keys, in the order of the output contract.

    Words may be strings or categories: a long table is smaller with categories.
    """
    codes, words = [], []
    for name in _KEY:
        column = measures[name]
        if column.isna().any():
            column = column.astype(object).fillna("")
        code, word = pd.factorize(column)
        codes.append(code)
        words.append(np.asarray(word, dtype=object))
    cells = np.ravel_multi_index(codes, [max(len(word), 1) for word in words])
    _, first, number = np.unique(cells, return_index=True, return_inverse=True)
    keys = pd.DataFrame(
        {name: word[code[first]] for name, word, code in zip(_KEY, words, codes, strict=True)}
    )
    # Month 100 comes after 99: as text it would come before.
    of_month, of_number = keys["scope"] == "month", keys["scope_id"].astype(str).str.zfill(9)
    order = pd.DataFrame(
        {
            "measure": keys["measure"].map(list(MEASURES).index),
            "scope": keys["scope"].map(SCOPES.index),
            "scope_id": keys["scope_id"].mask(of_month, of_number),
        }
    )
    chosen = order.sort_values(_KEY).index.to_numpy()
    place = np.empty(len(chosen), dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    return place[number], keys.loc[chosen].reset_index(drop=True)
