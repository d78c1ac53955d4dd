"""What each mechanism contributes: the difference with everything on, less that without it."""

from __future__ import annotations

import math

import pandas as pd

from analysis.comparison.intervals import student_interval
from analysis.comparison.wording import decimals_for, in_display_unit, number
from sim.study.ablations import ABLATIONS
from sim.study.tables import MEASURES, column_names

_KEYS = ["measure", "org_model", "replicate", "world"]


def contributions(
    with_all: pd.DataFrame,
    without: dict[str, pd.DataFrame],
    baseline: str,
    measures: list[str],
    budget: str,
) -> pd.DataFrame:
    """Return what mechanisms contribute to the differences between org models.

    Differences are taken inside a replicate, and so is the difference of differences: all
    of them have the same customers and luck. Intervals are 95 % Student t over replicates.

    Parameters
    ----------
    with_all : DataFrame
        Columns of ``measures.parquet``, everything on.
    without : dict of str to DataFrame
        The same with a mechanism off, by its name.
    baseline : str
        The org model that the others are compared with.
    measures : list of str
        Overall measures to look at.
    budget : str
        ``equal`` or ``unequal``.

    Returns
    -------
    DataFrame
        Columns of ``ablations.csv``: mechanism by mechanism, measure by measure, org model
        by org model.
    """
    on = _paired(with_all, baseline, measures)
    rows = []
    for name, frame in without.items():
        off = _paired(frame, baseline, measures)
        both = on.rename(columns={"difference": "difference_on"}).join(
            off.rename(columns={"difference": "difference_off"}), how="left"
        )
        both["contribution"] = both["difference_on"] - both["difference_off"]
        # Worlds are averaged inside their replicate, as everywhere.
        by_replicate = both.groupby(["measure", "org_model", "replicate"], sort=False).mean()
        for (measure, org_model), part in by_replicate.groupby(
            ["measure", "org_model"], sort=False
        ):
            rows.append(
                [name, measure, org_model, baseline, budget]
                + [
                    end
                    for column in ("difference_on", "difference_off", "contribution")
                    for end in map(float, student_interval(part[column].to_numpy()))
                ]
                + [int(part["contribution"].notna().sum())]
            )
    return pd.DataFrame(rows, columns=column_names("ablations.csv"))


def _paired(frame: pd.DataFrame, baseline: str, measures: list[str]) -> pd.DataFrame:
    """Return differences to the baseline by measure, org model, replicate and world."""
    chosen = frame[(frame["scope"] == "overall") & frame["measure"].isin(measures)]
    values = chosen.astype({"measure": str, "org_model": str}).set_index(_KEYS)["value"]
    base = values.xs(baseline, level="org_model")
    table = (
        values.rename("value")
        .reset_index()
        .merge(base.rename("base").reset_index(), on=["measure", "replicate", "world"], how="left")
    )
    table["difference"] = table["value"] - table["base"]
    return table[table["org_model"] != baseline].set_index(_KEYS)[["difference"]]


def ablation_table(table: pd.DataFrame, labels: dict[str, str], measure: str) -> str:
    """Return the lines for a terminal: one a mechanism, two columns an org model.

    Parameters
    ----------
    table : DataFrame
        As `contributions` returns it.
    labels : dict of str to str
        Label of each org model by name, in the order of the study.
    measure : str
        The measure shown.
    """
    shown = table[table["measure"] == measure]
    orgs = [name for name in labels if name in set(shown["org_model"])]
    base = labels[str(shown["baseline"].iloc[0])]
    spec = MEASURES[measure]
    unit = " (% points)" if spec.display == "percent" else ""
    columns = [["Switched off", "", "(nothing)", *(ABLATIONS[a].label for a in _names(shown))]]
    for org in orgs:
        rows = shown[shown["org_model"] == org]
        first = rows.iloc[0]
        differences = [_cell(measure, *first[["difference", "low", "high"]])]
        differences += [
            _cell(measure, *row)
            for row in rows[["difference_without", "low_without", "high_without"]].to_numpy()
        ]
        effects = [
            _cell(measure, *row)
            for row in rows[["contribution", "contribution_low", "contribution_high"]].to_numpy()
        ]
        columns.append([labels[org][:22], "difference ", *differences])
        columns.append(["", "contributes ", "", *effects])
    widths = [max(len(cell) for cell in column) for column in columns]
    lines = []
    for row in zip(*columns, strict=True):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(2, "-" * (sum(widths) + 2 * (len(widths) - 1)))
    heading = f"What mechanisms contribute to {spec.label.lower()} against {base}{unit}"
    note = (
        "Contributes: the difference with everything on, less that without the mechanism.\n"
        "± is half a 95 % interval over paired replicates; * leaves out zero."
    )
    return "\n".join([heading, "", *lines, "", note])


def _names(shown: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(shown["ablation"]))


def _cell(measure: str, mean: float, low: float, high: float) -> str:
    """Return a signed number with half its interval, starred if that leaves out zero."""
    if math.isnan(mean):
        return "failed "
    spec = MEASURES[measure]
    half = (high - low) / 2
    decimals = decimals_for(spec, half)
    text = number(spec, mean, decimals, signed=True).replace("\u2212", "-")
    if math.isnan(half):
        return f"{text} "
    star = "*" if low > 0 or high < 0 else " "
    return f"{text} \u00b1{in_display_unit(spec, half):,.{decimals}f}{star}"
