"""Numbers that figures show beyond the comparison: where needs are dropped, the KPI gap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.intervals import student_interval
from analysis.comparison.pairing import build_cube, compare_measures

PER_NEEDS = 1000
"""Drop-offs at a site are stated per this many needs."""

SEAM_MARK = ">"
"""Stands between the two functions of a seam's id; a touchpoint's id has none."""

_LOST_COLUMNS = [
    "site",
    "cause",
    "org_model",
    "baseline",
    "mean",
    "mean_low",
    "mean_high",
    "difference",
    "low",
    "high",
    "n_replicates",
    "n_worlds",
]


def largest(rows: pd.DataFrame, sizes: pd.Series) -> pd.Series:
    """Return the row with the largest size, the first of equals."""
    return rows.iloc[int(sizes.to_numpy().argmax())]


def lost_by_site(measures: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return drop-offs per 1,000 needs at every touchpoint and seam, whole and by cause.

    The needs are those of the same run, so that replicates with more demand weigh the same.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``; counts `n_drop_offs` and `n_needs`.
    baseline : str
        The org model to compare against.

    Returns
    -------
    DataFrame
        site, cause (empty for the whole site), org_model, then mean, difference and their 95 %
        intervals as in ``comparison.csv``, drop-offs per 1,000 needs. Empty if no need was dropped
        or the needs were not counted.
    """
    run = ["org_model", "replicate", "world"]
    needs = measures[(measures["measure"] == "n_needs") & (measures["scope"] == "overall")]
    scopes = ["touchpoint", "seam", "site_cause"]
    lost = measures[(measures["measure"] == "n_drop_offs") & measures["scope"].isin(scopes)]
    if needs.empty or not (lost["value"] > 0).any():
        return pd.DataFrame(columns=_LOST_COLUMNS)
    rated = lost.merge(needs[[*run, "value"]], on=run, suffixes=("", "_needs"))
    rated["value"] = PER_NEEDS * rated["value"] / rated["value_needs"]
    # The needs go along so that a run in which no need was dropped is seen to have run.
    table = compare_measures(pd.concat([rated.drop(columns="value_needs"), needs]), baseline)
    table = table[table["measure"] == "n_drop_offs"].reset_index(drop=True)
    split = table["scope"] == "site_cause"
    parts = table["scope_id"].str.rpartition(":")
    table["site"] = np.where(split, parts[0], table["scope_id"])
    table["cause"] = np.where(split, parts[2], "")
    return table[_LOST_COLUMNS]


def site_label(site: str) -> str:
    """Return a site as a board reads it: ``sales › service`` or ``join: quote``."""
    if SEAM_MARK in site:
        return site.replace(SEAM_MARK, " › ").replace("_", " ")
    return site.replace("/", ": ").replace("_", " ")


def kpi_gap(measures: pd.DataFrame) -> pd.DataFrame:
    """Return how far own KPIs look better than the journey, run by run, per org model.

    Returns
    -------
    DataFrame
        org_model, gap, low, high: overall `own_kpi_attainment` − `journey_kpi` as shares, with
        the 95 % interval over replicates. Empty if one of the two was not measured.
    """
    names = ["own_kpi_attainment", "journey_kpi"]
    chosen = measures[measures["measure"].isin(names) & (measures["scope"] == "overall")]
    if set(chosen["measure"]) != set(names):
        return pd.DataFrame(columns=["org_model", "gap", "low", "high"])
    cube = build_cube(chosen)
    own, journey = (cube.values[list(cube.keys["measure"]).index(name)] for name in names)
    by_replicate, _, _ = student_interval(own - journey)
    gap, low, high = student_interval(by_replicate)
    return pd.DataFrame({"org_model": cube.org_models, "gap": gap, "low": low, "high": high})


def month_by_month(measures: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return how org models differ from the baseline month by month.

    Standing of each month as it is, net value added up from the first month to each: what
    a change has cost so far, or has paid back. Differences and sums are taken inside a replicate.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``; `standing` and `net_value` by month.
    baseline : str
        The org model to compare against.

    Returns
    -------
    DataFrame
        measure, month (from 1), org_model, baseline, difference, low, high. Empty without months.
    """
    names = ["standing", "net_value"]
    chosen = measures[(measures["scope"] == "month") & measures["measure"].isin(names)]
    columns = ["measure", "month", "org_model", "baseline", "difference", "low", "high"]
    if chosen.empty or baseline not in set(chosen["org_model"]):
        return pd.DataFrame(columns=columns)
    cube = build_cube(chosen)
    place = cube.org_models.index(baseline)
    paired = cube.values - cube.values[:, place : place + 1]
    parts = []
    for name in names:
        keys = cube.keys[cube.keys["measure"] == name]
        values = paired[keys.index]
        if name == "net_value":
            values = values.cumsum(axis=0)
        by_replicate, _, _ = student_interval(values)
        ends = student_interval(by_replicate)
        months = keys["scope_id"].astype(int).to_numpy()
        for org, org_model in enumerate(cube.org_models):
            part = dict(
                zip(("difference", "low", "high"), (end[:, org] for end in ends), strict=True)
            )
            about = {"measure": name, "month": months, "org_model": org_model, "baseline": baseline}
            parts.append(pd.DataFrame(about | part))
    return pd.concat(parts, ignore_index=True)[columns]
