"""What pairing is worth: how many times as many runs differences would take without it.

Common random numbers (Law, Simulation Modeling and Analysis): runs with the same customers and
luck vary together, so their difference varies less than it would between runs of their own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.intervals import over_inside
from analysis.comparison.pairing import build_cube
from sim.study.tables import MEASURES

FEWEST_UNITS = 8
"""Replicates or worlds below which variances say too little."""


def pairing_gain(measures: pd.DataFrame, baseline: str, name: str) -> float | None:
    """Return how many times as many runs unpaired differences to the baseline would take.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``.
    baseline, name : str
        The org model compared with, and an overall measure.

    Returns
    -------
    float or None
        (var(x) + var(b)) / var(x - b), the median over org models; None where there are too few
        runs, or no org model ever differs from the baseline.
    """
    overall = measures[(measures["scope"] == "overall") & (measures["measure"] == name)]
    if overall.empty:
        return None
    cube = build_cube(overall)
    values = over_inside(cube.values)[0]
    values = values[:, np.isfinite(values).all(axis=0)]
    if values.shape[1] < FEWEST_UNITS or baseline not in cube.org_models:
        return None
    base = values[cube.org_models.index(baseline)]
    others = [row for org, row in zip(cube.org_models, values, strict=True) if org != baseline]
    gains = [
        float((row.var(ddof=1) + base.var(ddof=1)) / (row - base).var(ddof=1))
        for row in others
        if (row - base).var(ddof=1) > 0
    ]
    return float(np.median(gains)) if gains else None


def pairing_words(gain: float | None, name: str, n_worlds: int = 1) -> list[str]:
    """Return what pairing is worth as a remark; none where that is not known.

    Parameters
    ----------
    gain : float or None
        As of `pairing_gain`.
    name : str
        The overall measure.
    n_worlds : int
        Worlds compared: of several, most of what runs share is the world.
    """
    if gain is None:
        return []
    label = MEASURES[name].label.lower()
    same = "world, customers and luck" if n_worlds > 1 else "customers and luck"
    return [
        f"Without the same {same} under every org model, differences of {label} as "
        f"clear as these would take about {gain:,.{0 if gain >= 10 else 1}f} times as many runs."
    ]
