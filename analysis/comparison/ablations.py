"""What each mechanism contributes: the difference with everything on, less that without it."""

from __future__ import annotations

import math

import pandas as pd

from analysis.comparison.columns import aligned
from analysis.comparison.intervals import student_interval
from analysis.comparison.wording import decimals_for, in_display_unit, number, units_of
from sim.study.ablations import ABLATIONS
from sim.study.tables import MEASURES, column_names

_KEYS = ["measure", "org_model", "replicate", "world"]


_KINDS = ("level", "level_without", "makes", "difference", "difference_without", "contribution")
"""Columns of ``ablations.csv`` that have an interval, in the order of the table."""


def contributions(
    with_all: pd.DataFrame,
    without: dict[str, pd.DataFrame],
    baseline: str,
    measures: list[str],
    budget: str,
) -> pd.DataFrame:
    """Return what mechanisms make of org models, and of the differences between them.

    Differences are taken inside a replicate, and so is the difference of differences: all
    of them have the same customers and luck. Intervals are 95 % Student t over replicates or,
    where there are several worlds, over these.

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
        by org model, the baseline among them, whose differences are zero.
    """
    on = _paired(with_all, baseline, measures)
    unit = "world" if with_all["world"].nunique() > 1 else "replicate"
    rows = []
    for name, frame in without.items():
        off = _paired(frame, baseline, measures)
        both = on.join(off.add_suffix("_without"), how="left")
        both["makes"] = both["level"] - both["level_without"]
        both["contribution"] = both["difference"] - both["difference_without"]
        by_unit = both.groupby(["measure", "org_model", unit], sort=False).mean()
        for (measure, org_model), part in by_unit.groupby(["measure", "org_model"], sort=False):
            whole = both.xs((measure, org_model), level=("measure", "org_model"))
            whole = whole[whole["contribution"].notna()]
            rows.append(
                [name, measure, org_model, baseline, budget]
                + [
                    end
                    for column in _KINDS
                    for end in map(float, student_interval(part[column].to_numpy()))
                ]
                + [whole.index.unique(level=each).size for each in ("replicate", "world")]
            )
    return pd.DataFrame(rows, columns=column_names("ablations.csv"))


def _paired(frame: pd.DataFrame, baseline: str, measures: list[str]) -> pd.DataFrame:
    """Return levels, and differences to the baseline, by measure, org model, replicate, world."""
    chosen = frame[(frame["scope"] == "overall") & frame["measure"].isin(measures)]
    values = chosen.astype({"measure": str, "org_model": str}).set_index(_KEYS)["value"]
    base = values.xs(baseline, level="org_model")
    table = (
        values.rename("level")
        .reset_index()
        .merge(base.rename("base").reset_index(), on=["measure", "replicate", "world"], how="left")
    )
    table["difference"] = table["level"] - table["base"]
    return table.set_index(_KEYS)[["level", "difference"]]


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
    base = labels[str(shown["baseline"].iloc[0])]
    spec = MEASURES[measure]
    unit = " (% points)" if spec.display == "percent" else ""
    heading = f"What mechanisms make of {spec.label.lower()}{unit}"
    levels = _lines(shown, labels, measure, ("level", "makes"))
    against = f"What mechanisms contribute to {spec.label.lower()} against {base}{unit}"
    others = shown[shown["org_model"] != shown["baseline"]]
    differences = _lines(others, labels, measure, ("difference", "contributes"))
    _, units = units_of(shown)
    note = (
        "Level: without the mechanism. Makes: the level with everything on, less that.\n"
        "Contributes: the difference with everything on, less that without the mechanism.\n"
        f"\u00b1 is half a 95 % interval over paired {units}; * leaves out zero."
    )
    return "\n".join([heading, "", *levels, "", against, "", *differences, "", note])


_FROM = {
    "level": (("level", "level_low", "level_high"), "level_without"),
    "makes": (None, "makes"),
    "difference": (("difference", "low", "high"), "difference_without"),
    "contributes": (None, "contribution"),
}
"""Columns shown with nothing off, and without a mechanism, by what stands above them."""
_ENDS = {"difference_without": ("low_without", "high_without")}


def _lines(
    shown: pd.DataFrame, labels: dict[str, str], measure: str, kinds: tuple[str, str]
) -> list[str]:
    """Return a table's lines: a mechanism each, and for each org model a column of each kind."""
    orgs = [name for name in labels if name in set(shown["org_model"])]
    columns = [["Switched off", "", "(nothing)", *(ABLATIONS[a].label for a in _names(shown))]]
    for org in orgs:
        rows = shown[shown["org_model"] == org]
        for place, kind in enumerate(kinds):
            of_all, without = _FROM[kind]
            signed = kind != "level"
            ends = _ENDS.get(without, (f"{without}_low", f"{without}_high"))
            first = (
                "" if of_all is None else _cell(measure, *rows.iloc[0][[*of_all]], signed=signed)
            )
            cells = [
                _cell(measure, *row, signed=signed) for row in rows[[without, *ends]].to_numpy()
            ]
            columns.append(["" if place else labels[org][:22], f"{kind} ", first, *cells])
    return aligned(list(zip(*columns, strict=True)), heading=2)


def _names(shown: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(shown["ablation"]))


def _cell(measure: str, mean: float, low: float, high: float, *, signed: bool) -> str:
    """Return a number with half its interval; a signed one is starred if that leaves out zero."""
    if math.isnan(mean):
        return "failed "
    spec = MEASURES[measure]
    half = (high - low) / 2
    decimals = decimals_for(spec, half)
    text = number(spec, mean, decimals, signed=signed).replace("\u2212", "-")
    if math.isnan(half):
        return f"{text} "
    star = "*" if signed and (low > 0 or high < 0) else " "
    return f"{text} \u00b1{in_display_unit(spec, half):,.{decimals}f}{star}"
