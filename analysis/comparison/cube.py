"""Tidy measures as one array: scopes by org models by replicates by worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.tables import MEASURES, SCOPES

_KEY = ["measure", "scope", "scope_id"]


@dataclass(frozen=True)
class Cube:
    """Measures as one array.

    Attributes
    ----------
    keys : DataFrame
        Columns measure, scope, scope_id; one row per first index of `values`.
    org_models : list of str
        In the order in which the measures name them.
    values : float64, shape (n_keys, n_org_models, n_replicates, n_worlds)
        NaN where there is no value.
    """

    keys: pd.DataFrame
    org_models: list[str]
    values: NDArray[np.float64]


def build_cube(measures: pd.DataFrame) -> Cube:
    """Return the tidy measures as an array, scopes in the order of the output contract.

    A count that has no row in a run that is there is zero: nobody was lost at that site.

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
    if len(np.unique(cell)) != len(cell):
        first = measures[pd.Series(cell).duplicated()].iloc[0]
        raise ValueError(f"a value is given twice: {dict(first.drop('value'))}")
    flat = np.full(shape, np.nan).reshape(-1)
    flat[cell] = measures["value"].to_numpy(dtype=np.float64)
    given = np.zeros(flat.shape, dtype=bool)
    given[cell] = True
    values, rows = flat.reshape(shape), given.reshape(shape)
    is_count = keys["measure"].map(lambda name: MEASURES[name].is_count).to_numpy(dtype=bool)
    ran = ~np.isnan(values).all(axis=0)
    values[is_count[:, None, None, None] & ~rows & ran[None]] = 0.0
    return Cube(keys, [str(name) for name in org_models], values)


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
    order = pd.DataFrame(
        {
            "measure": keys["measure"].map(list(MEASURES).index),
            "scope": keys["scope"].map(SCOPES.index),
            "scope_id": keys["scope_id"],
        }
    )
    chosen = order.sort_values(_KEY).index.to_numpy()
    place = np.empty(len(chosen), dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    return place[number], keys.loc[chosen].reset_index(drop=True)
