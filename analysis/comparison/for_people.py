"""The comparison as people read it: labels for names, units said, decimals that mean something.

The full numbers stand in ``comparison.csv`` and ``measures.parquet``; nothing is computed here.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from analysis.comparison.wording import decimals_for, in_display_unit
from sim.study.tables import CAUSE_WORDS, MEASURES, NEITHER, MeasureSpec, column_names

_ENDS = ("mean", "mean_low", "mean_high", "difference", "low", "high")


def numbers_for_people(comparison: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return every row of a comparison with words for names and rounded numbers.

    Parameters
    ----------
    comparison : DataFrame
        As `analysis.comparison.pairing.compare_measures` returns it.
    labels : dict of str to str
        Label of each org model by name.

    Returns
    -------
    DataFrame
        Columns of ``numbers.csv``. Shares are per cent, differences of shares points; as many
        decimals as the interval has to say, which is no more than two of its digits.
    """
    rows = [_row(row, labels) for row in comparison.to_dict("records")]
    return pd.DataFrame(rows, columns=column_names("numbers.csv"))


def _row(row: Mapping[Hashable, Any], labels: dict[str, str]) -> list[object]:
    spec = MEASURES[str(row["measure"])]
    level = _rounded(spec, [row[name] for name in _ENDS[:3]])
    change = _rounded(spec, [row[name] for name in _ENDS[3:]])
    base = row["org_model"] == row["baseline"]
    low, high = row["low"], row["high"]
    clear = "" if base or math.isnan(low) else ("yes" if low > 0 or high < 0 else "no")
    better = "" if spec.direction == NEITHER else spec.direction
    org, against = str(row["org_model"]), str(row["baseline"])
    return [
        spec.label, unit_shown(spec), better, _about(str(row["scope"]), str(row["scope_id"])),
        labels.get(org, org), *level,
        *(["", *[math.nan] * 3] if base else [labels.get(against, against), *change]), clear,
        row["n_worlds"] if row["n_worlds"] > 1 else row["n_replicates"],
    ]  # fmt: skip


def _rounded(spec: MeasureSpec, values: list[float]) -> list[float]:
    """Return a mean and its interval in the unit shown, rounded by the interval's width."""
    decimals = decimals_for(spec, (values[2] - values[1]) / 2)
    return [round(in_display_unit(spec, value), decimals) + 0.0 for value in values]


def unit_shown(spec: MeasureSpec) -> str:
    """Return the unit of a measure as it is shown: shares are per cent."""
    return spec.unit.replace("share", "%", 1) if spec.display == "percent" else spec.unit


def _about(scope: str, scope_id: str) -> str:
    """Return in words what a row is about."""
    if scope == "overall":
        return "the whole firm"
    if scope == "cause":
        return f"cause: {CAUSE_WORDS.get(scope_id, scope_id)}"
    if scope == "site_cause":
        site, _, cause = scope_id.rpartition(":")
        return f"{site}: {CAUSE_WORDS.get(cause, cause)}"
    return f"{scope} {scope_id}"
