"""The answer in a terminal: org models by the headline measures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.comparison.columns import aligned
from analysis.comparison.leading import UNRANKED, Lead
from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import (
    UNEQUAL_REMARK,
    decimals_for,
    finding,
    headline_measures,
    in_display_unit,
    ordered,
    shown_measures,
    units_of,
)
from sim.study.tables import MEASURES

FEW = 6
"""Replicates below which a bootstrap over them is too sure of itself."""
_LABEL_CHARACTERS = 30


def headline_table(
    comparison: pd.DataFrame,
    labels: dict[str, str],
    lead: Lead,
    n_asked: int = 1,
) -> str:
    """Return the terminal table: org models by the headline measures, each with its interval.

    Parameters
    ----------
    comparison : DataFrame
        As `analysis.comparison.pairing.compare_measures` returns it.
    labels : dict of str to str
        Label of each org model by name, in the order of the study.
    lead : Lead
        The ranking on the measure that decides; its probability of being best by luck is shown.
    n_asked : int
        Replicates asked for; fewer are there where runs failed.

    Returns
    -------
    str
        Aligned lines without a trailing newline, in characters that any terminal can show.
    """
    overall = comparison[comparison["scope"] == "overall"]
    baseline = str(comparison["baseline"].iloc[0])
    there = set(overall["measure"])
    shown = shown_measures(headline_measures(), overall)
    columns = [_label_column(ordered(overall["org_model"], labels), baseline, labels)]
    unequal = UNEQUAL in set(overall["budget"])
    if unequal and "running_cost" in there:
        shown.append("running_cost")
    columns += [_measure_column(name, overall, baseline, labels) for name in shown]
    chances = overall[overall["measure"] == lead.measure].set_index("org_model")["probability_best"]
    if chances.notna().any() and lead.n_worlds < 2:
        orgs = ordered(overall["org_model"], labels)
        heading = ["P(best", "by luck)"]
        cells = [_chance(float(chances.get(org, np.nan))) for org in orgs]
        columns.append([*heading, *cells])
    lines = aligned(list(zip(*columns, strict=True)), heading=2)
    remark = [UNEQUAL_REMARK] if unequal else []
    said = _said_of(lead, overall, labels)
    return "\n".join([*lines, "", *said, *remark, _table_note(overall, n_asked)])


def _said_of(lead: Lead, overall: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """Return who leads, if anybody does, and by what rule."""
    if lead.verdict == UNRANKED:
        return []
    # A terminal may know no true minus sign.
    told = [f"{finding(overall, lead, labels)}.".replace("\u2212", "-")]
    spec = MEASURES[lead.measure]
    worth = f"{lead.one_head:,.{spec.decimals}f}: {lead.rule}"
    if np.isnan(lead.one_head):
        worth = f"not known in {spec.label.lower()}, so luck alone is judged"
    return [*told, f"(What one head is worth: {worth}.)"]


def _label_column(orgs: list[str], baseline: str, labels: dict[str, str]) -> list[str]:
    """Return heading and one cell an org model, the baseline marked."""
    names = [_shortened(labels.get(org, org)) for org in orgs]
    marked = [
        f"{name} (baseline)" if org == baseline else name
        for org, name in zip(orgs, names, strict=True)
    ]
    return ["Org model", "", *marked]


def _shortened(label: str) -> str:
    """Return a label cut to what a terminal line has room for."""
    return label if len(label) <= _LABEL_CHARACTERS else f"{label[: _LABEL_CHARACTERS - 3]}..."


def _measure_column(
    measure: str, overall: pd.DataFrame, baseline: str, labels: dict[str, str]
) -> list[str]:
    """Return two heading lines and one cell an org model: mean, half-width, star."""
    spec = MEASURES[measure]
    rows = overall[overall["measure"] == measure].set_index("org_model")
    half = (rows["mean_high"] - rows["mean_low"]) / 2
    decimals = decimals_for(spec, float(half.max()))
    scale = in_display_unit(spec, 1.0)
    cells = []
    for org in ordered(overall["org_model"], labels):
        if org not in rows.index or np.isnan(rows["mean"][org]):
            cells.append("failed ")
            continue
        width = f" \u00b1{half[org] * scale:,.{decimals}f}" if half[org] == half[org] else ""
        differs = org != baseline and (rows["low"][org] > 0 or rows["high"][org] < 0)
        cells.append(f"{rows['mean'][org] * scale:,.{decimals}f}{width}{'*' if differs else ' '}")
    unit = "% " if spec.display == "percent" else " "
    return [f"{spec.label} ", unit, *cells]


def _chance(probability: float) -> str:
    """Return a probability with two decimals, never as a certainty."""
    if np.isnan(probability):
        return "-"
    if probability >= 0.995:
        return ">0.99"
    return "<0.01" if probability < 0.005 else f"{probability:.2f}"


def _table_note(overall: pd.DataFrame, n_asked: int) -> str:
    """Return the line that says what the intervals are."""
    number, unit = units_of(overall)
    if number < 1:
        return "Every run failed, so there is nothing to compare."
    if number < 2 <= n_asked:
        return f"Runs failed: one {unit} of {n_asked} is left, so no intervals and no ranking."
    if number < 2:
        return "One replicate: no intervals and no ranking; ask for more with --replicates."
    shown = overall[overall["measure"].isin(shown_measures(headline_measures(), overall))]
    fewer = ", fewer where runs failed" if shown[f"n_{unit}"].min() < number else ""
    too_sure = number < FEW and unit == "replicates"
    few = "\nWith so few runs P(best by luck) is too sure of itself." if too_sure else ""
    return (
        f"\u00b1 is half a 95 % interval of the mean (Student t over {number} {unit}{fewer}).\n"
        "* differs from the baseline: the 95 % interval of the paired difference leaves out zero."
        + few
    )
