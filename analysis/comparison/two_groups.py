"""Org models whose replicates fall into two groups, so that their mean describes neither.

A capability trap lets one replicate recover and the next sink (Repenning & Sterman 2002): where
replicates are bimodal, it has to be said (rule M8.7).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.comparison.intervals import Floats
from analysis.comparison.wording import decimals_for, number, ordered
from sim.study.tables import measure

WATCHED = ("net_value", "drop_off_rate")
FEWEST = 10
"""Replicates below which nothing is said."""
THRESHOLD = 5.0 / 9.0
"""The bimodality coefficient of a uniform distribution."""
LEAST_GROUP = 3
"""Runs that make a group; fewer are outliers."""
GAP = 2.0
"""Standard deviations of the wider group that lie between two groups."""


def bimodality(values: Floats) -> float:
    """Return Sarle's bimodality coefficient with its finite-sample correction.

    (G₁² + 1)/(G₂ + 3(n − 1)²/((n − 2)(n − 3))), G₁ and G₂ sample skewness and excess
    kurtosis (SAS Institute 1990; Pfister et al. 2013); NaN if all values are equal.
    """
    n = len(values)
    deviation = values - values.mean()
    variance = float((deviation**2).mean())
    if n < 4 or variance <= 0.0:
        return math.nan
    plain_skew = float((deviation**3).mean()) / variance**1.5
    plain_excess = float((deviation**4).mean()) / variance**2 - 3.0
    skew = plain_skew * math.sqrt(n * (n - 1)) / (n - 2)
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * plain_excess + 6.0)
    return (skew**2 + 1.0) / (excess + 3.0 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def two_groups(values: Floats) -> tuple[Floats, Floats] | None:
    """Return the lower and the upper of two groups of replicates; None if there is one.

    Two conditions: a bimodality coefficient above 5/9, and between two groups of at least
    three a gap of more than two standard deviations of the wider one, for the coefficient
    alone takes skewness for two groups. Of 12 normal values .2 % pass (1.2 % without the gap),
    of 12 exponential ones 3 % (35 %), of t values with three degrees of freedom .2 % (11 %). It
    is a cautious test: of 12 values from two equally likely normal distributions 6 standard
    deviations apart 24 % pass, 8 apart 55 %; of 20 values 66 and 98 %.

    Parameters
    ----------
    values : float64, shape (n_replicates,)
        Missing ones are left out; fewer than ten say nothing.
    """
    there = np.sort(values[~np.isnan(values)])
    if len(there) < FEWEST or not bimodality(there) > THRESHOLD:
        return None
    gaps = np.diff(there)[LEAST_GROUP - 1 : len(there) - LEAST_GROUP]
    cut = LEAST_GROUP + int(gaps.argmax())
    lower, upper = there[:cut], there[cut:]
    wider = max(float(lower.std(ddof=1)), float(upper.std(ddof=1)))
    return (lower, upper) if float(gaps.max()) > GAP * wider else None


def split_org_models(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the org models whose overall figures fall into two groups over replicates.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``. Of several worlds nothing is said: each is another firm.

    Returns
    -------
    DataFrame
        Columns ``measure, org_model, n_lower, lower, n_upper, upper, coefficient``: sizes and
        means of both groups.
    """
    rows: list[tuple[object, ...]] = []
    if measures["world"].nunique() > 1:
        measures = measures.iloc[:0]
    overall = measures[(measures["scope"] == "overall") & measures["measure"].isin(WATCHED)]
    keys = ["measure", "org_model"]
    runs = overall.groupby([*keys, "replicate"], sort=False)["value"].mean().reset_index()
    for names, part in runs.groupby(keys, sort=False):
        groups = two_groups(part["value"].to_numpy(np.float64))
        if groups is not None:
            low, high = groups
            sizes = (len(low), float(low.mean()), len(high), float(high.mean()))
            rows.append((*names, *sizes, bimodality(np.concatenate(groups))))
    columns = ["measure", "org_model", "n_lower", "lower", "n_upper", "upper", "coefficient"]
    return pd.DataFrame(rows, columns=columns)


def in_words(split: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return a line for each org model and measure that falls into two groups."""
    lines = []
    for name in WATCHED:
        rows = split[split["measure"] == name]
        spec = measure(name)
        unit = " %" if spec.display == "percent" else ""
        for org in ordered(rows["org_model"], labels):
            row = rows[rows["org_model"] == org].iloc[0]
            decimals = decimals_for(spec, (row["upper"] - row["lower"]) / 2)
            low, high = (number(spec, row[end], decimals) for end in ("lower", "upper"))
            lines.append(
                f"{spec.label} under {labels.get(org, org)} falls into two groups: "
                f"{row['n_lower']} runs around {low}{unit}, {row['n_upper']} around {high}{unit}. "
                "Its mean describes neither."
            )
    return "\n".join(lines)
