"""Numbers and findings in words: what a title may say, given the interval."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from sim.study.tables import HIGHER, MEASURES, NEITHER, MeasureSpec, measure

_MINUS = "−"
SURE = 0.95
"""Probability of being best from which a title may say highest or lowest."""
UNEQUAL_REMARK = (
    "UNEQUAL BUDGETS: a difference may come from spending more or less, not from structure alone."
)


def headline_measures() -> list[str]:
    """Return the measures that an answer opens with, in the order of the output contract."""
    return [name for name, spec in MEASURES.items() if spec.headline]


def shown_measures(names: Iterable[str], table: pd.DataFrame) -> list[str]:
    """Return those of the measures that a table has, or what is shown instead where it has none.

    Parameters
    ----------
    names : iterable of str
        What is wanted, in order.
    table : DataFrame
        With the column ``measure``, and ``mean`` or ``value``: where all of them are missing, as
        they are of a failed run, the table has no value of a measure.
    """
    value = "mean" if "mean" in table else "value"
    there, known = set(table["measure"]), set(table["measure"][table[value].notna()])
    shown = [
        MEASURES[name].instead if name not in known and MEASURES[name].instead in known else name
        for name in names
    ]
    return [name for name in shown if name in there]


def ordered(org_models: Iterable[str], labels: dict[str, str]) -> list[str]:
    """Return the distinct org models in the order of `labels`, then those without a label."""
    there = list(dict.fromkeys(org_models))
    return [org for org in labels if org in there] + [org for org in there if org not in labels]


def in_display_unit(spec: MeasureSpec, value: float) -> float:
    """Return a stored value as it is shown: shares as per cent, the rest as they are."""
    return value * 100 if spec.display == "percent" else value


def decimals_for(spec: MeasureSpec, half_width: float) -> int:
    """Return the decimals to show a value with an interval of that half-width (stored unit).

    The measure's own decimals, fewer if the half-width has two significant digits before
    them, more (at most two) if the half-width would otherwise read as zero.
    """
    width = in_display_unit(spec, half_width)
    if not (math.isfinite(width) and width > 0):
        return spec.decimals
    decimals = min(spec.decimals, max(0, 1 - math.floor(math.log10(width))))
    while decimals < spec.decimals + 2 and round(width, decimals) == 0:
        decimals += 1
    return decimals


def number(spec: MeasureSpec, value: float, decimals: int, signed: bool = False) -> str:
    """Return a stored value as text without its unit, with a true minus sign."""
    shown = round(in_display_unit(spec, value), decimals)
    text = f"{abs(shown):,.{decimals}f}"
    if shown < 0:
        return _MINUS + text
    return f"+{text}" if signed and shown > 0 else text


def is_clear(low: float, high: float) -> bool:
    """Say whether an interval leaves out zero; a missing interval does not."""
    return bool(low > 0 or high < 0)


def level(row: pd.Series) -> str:
    """Return the mean with its unit, as in ``61.2 %``."""
    spec = measure(row["measure"])
    text = number(spec, row["mean"], decimals_for(spec, (row["mean_high"] - row["mean_low"]) / 2))
    return f"{text} %" if spec.display == "percent" else text


def level_interval(row: pd.Series) -> str:
    """Return the mean's interval in words, or that there is none."""
    if math.isnan(row["mean_low"]):
        return "one replicate, no interval"
    spec = measure(row["measure"])
    decimals = decimals_for(spec, (row["mean_high"] - row["mean_low"]) / 2)
    ends = (number(spec, row[end], decimals) for end in ("mean_low", "mean_high"))
    return f"95 % interval {' to '.join(ends)}"


def level_with_interval(row: pd.Series) -> str:
    """Return the mean with its interval, as in ``0.612 (0.600 to 0.624)``."""
    if math.isnan(row["mean"]):
        return "runs failed"
    if math.isnan(row["mean_low"]):
        return f"{level(row)} (no interval)"
    return f"{level(row)} ({level_interval(row).removeprefix('95 % interval ')})"


def change(row: pd.Series) -> str:
    """Return the difference to the baseline with its side, as in ``3.2 points below``."""
    spec = measure(row["measure"])
    size = number(spec, abs(row["difference"]), difference_decimals(row))
    unit = " points" if spec.display == "percent" else ""
    return f"{size}{unit} {'above' if row['difference'] > 0 else 'below'}"


def change_interval(row: pd.Series) -> str:
    """Return the interval of the difference in words: sizes if it is clear, else with signs."""
    spec = measure(row["measure"])
    decimals = difference_decimals(row)
    if is_clear(row["low"], row["high"]):
        ends = sorted((abs(row["low"]), abs(row["high"])))
        texts = [number(spec, end, decimals) for end in ends]
    else:
        texts = [number(spec, row[end], decimals, signed=True) for end in ("low", "high")]
    return f"95 % interval {texts[0]} to {texts[1]}"


def signed_change(row: pd.Series, decimals: int | None = None) -> str:
    """Return the difference with its interval in figures, as in ``−3.2 (−3.6 to −2.8)``."""
    if math.isnan(row["difference"]):
        return "no run to compare"
    spec = measure(row["measure"])
    decimals = difference_decimals(row) if decimals is None else decimals
    text = number(spec, row["difference"], decimals, signed=True)
    if math.isnan(row["low"]):
        return text
    ends = (number(spec, row[end], decimals, signed=True) for end in ("low", "high"))
    return f"{text} ({' to '.join(ends)})"


def difference_decimals(row: pd.Series) -> int:
    """Return the decimals for a row's difference; a clear interval must not seem to touch zero."""
    spec = measure(row["measure"])
    decimals = decimals_for(spec, (row["high"] - row["low"]) / 2)
    if is_clear(row["low"], row["high"]):
        nearest = in_display_unit(spec, min(abs(row["low"]), abs(row["high"])))
        while decimals < spec.decimals + 2 and round(nearest, decimals) == 0:
            decimals += 1
    return decimals


def finding(comparison: pd.DataFrame, name: str, labels: dict[str, str]) -> str:
    """Return one sentence on an overall measure that claims no more than the intervals allow.

    Parameters
    ----------
    comparison : DataFrame
        As `analysis.comparison.pairing.compare_measures` returns it.
    name : str
        A measure with a better direction.
    labels : dict of str to str
        Label of each org model by name, in the order of the study.

    Raises
    ------
    ValueError
        If neither direction of the measure is better.
    """
    spec = measure(name)
    if spec.direction == NEITHER:
        raise ValueError(f"'{name}' has no better direction, so no org model leads on it")
    chosen = comparison[(comparison["measure"] == name) & (comparison["scope"] == "overall")]
    rows = chosen[chosen["mean"].notna()].sort_values(
        "mean", ascending=spec.direction != HIGHER, kind="stable"
    )
    if rows.empty:
        return f"{spec.label}: no run finished, so there is nothing to show"
    best = rows.iloc[0]
    if len(rows) == 1:
        label = labels.get(best["org_model"], best["org_model"])
        return f"{spec.label} under {label}: {level(best)} ({level_interval(best)})"
    others = rows[(rows["org_model"] != rows["baseline"]) & rows["low"].notna()]
    if others.empty:
        worst = rows.iloc[-1]
        ends = [
            f"{level(row)} ({labels.get(row['org_model'], row['org_model'])})"
            for row in (worst, best)
        ]
        return f"{spec.label} from {ends[0]} to {ends[1]}: no interval yet, so no ranking"
    return _ranked_finding(spec, others, rows, labels)


def _ranked_finding(
    spec: MeasureSpec, others: pd.DataFrame, rows: pd.DataFrame, labels: dict[str, str]
) -> str:
    """Return the sentence for several org models with intervals, best mean first."""
    base = labels.get(others["baseline"].iloc[0], others["baseline"].iloc[0])
    sign = 1 if spec.direction == HIGHER else -1
    clear = (others["low"] > 0) | (others["high"] < 0)
    better = others[clear & (sign * others["difference"] > 0)]
    worse = others[clear & (sign * others["difference"] < 0)]
    what = spec.label.lower()
    extreme = "highest" if sign > 0 else "lowest"
    if not better.empty:
        row = better.iloc[0]
        name = labels.get(row["org_model"], row["org_model"])
        claim = f"{level(row)}, {change(row)} {base} ({change_interval(row)})"
        if row["probability_best"] >= SURE:
            return f"{name} has the {extreme} {what}: {claim}"
        chance = f"probability {row['probability_best']:.2f}"
        return f"{spec.label} under {name} is {claim}; not clearly the best ({chance})"
    if len(worse) == len(others) == len(rows) - 1:
        row = others.iloc[0]
        name = labels.get(row["org_model"], row["org_model"])
        own = rows[rows["org_model"] == rows["baseline"]].iloc[0]
        return (
            f"{base}, the baseline, has the {extreme} {what}: {level(own)}; {name}, the next, "
            f"is {change(row)} ({change_interval(row)})"
        )
    row = (others if worse.empty else worse).sort_values("difference", key=abs).iloc[-1]
    name = labels.get(row["org_model"], row["org_model"])
    if not worse.empty:
        return (
            f"No org model is clearly better than {base} on {what}; {name} is {change(row)} it "
            f"({change_interval(row)})"
        )
    if (others[["difference", "low", "high"]] == 0).all(axis=None):
        return f"{spec.label} is the same under every org model: {level(rows.iloc[0])}"
    return (
        f"No org model differs clearly from {base} in {what}: {name} is furthest, "
        f"{signed_change(row).split(' (')[0]} ({change_interval(row)})"
    )


def interval_note(comparison: pd.DataFrame, mark: str = "Dot: mean. Line:") -> str:
    """Return the line that names the intervals of a figure."""
    counts = comparison.loc[comparison["mean"].notna(), "n_replicates"]
    if counts.empty or counts.max() < 2:
        return "One replicate, so there is no interval: differences may be luck."
    least, most = int(counts.min()), int(counts.max())
    span = f"{most}" if least == most else f"{least} to {most}"
    return f"{mark} 95 % interval (Student t over {span} replicates, same customers and luck)."


def pairing_note(rows: pd.DataFrame) -> str:
    """Return what to keep in mind when several org models are compared."""
    if rows["org_model"].nunique() < 2 or rows["n_replicates"].max() < 2:
        return ""
    return (
        " Differences are taken between runs with the same customers and luck, so they can be "
        "clear where the intervals of the means overlap. Each interval stands by itself."
    )
