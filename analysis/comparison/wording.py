"""Numbers and findings in words: what a title may say, given the interval."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from analysis.comparison.leading import LEADS, UNRANKED, Lead
from sim.study.tables import MEASURES, MeasureSpec, measure

_MINUS = "−"
_MOST_NAMES = 3
"""Org models that a title names before it counts the rest."""
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


def units_of(rows: pd.DataFrame) -> tuple[int, str]:
    """Return how many there are of what intervals are over, and what that is called.

    Parameters
    ----------
    rows : DataFrame
        With the columns ``n_replicates`` and, if there may be several worlds, ``n_worlds``.
    """
    several = "n_worlds" in rows and rows["n_worlds"].max() > 1
    column = "n_worlds" if several else "n_replicates"
    most = rows[column].max()
    number = 0 if pd.isna(most) else int(most)
    return number, column.removeprefix("n_").removesuffix("s") + ("" if number == 1 else "s")


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


def finding(comparison: pd.DataFrame, lead: Lead, labels: dict[str, str]) -> str:
    """Return one sentence on an overall measure that claims no more than the intervals allow.

    Parameters
    ----------
    comparison : DataFrame
        As `analysis.comparison.pairing.compare_measures` returns it.
    lead : Lead
        As `analysis.comparison.leading.leading` ranks the measures behind it.
    labels : dict of str to str
        Label of each org model by name, in the order of the study.
    """
    spec = measure(lead.measure)
    chosen = comparison[(comparison["measure"] == spec.name) & (comparison["scope"] == "overall")]
    rows = chosen.set_index("org_model", drop=False).T
    if not lead.order:
        return f"{spec.label}: no run finished, so there is nothing to show"
    best = rows[lead.order[0]]
    if len(lead.order) == 1:
        return f"{spec.label} under {_label(best, labels)}: {level(best)} ({level_interval(best)})"
    if lead.verdict == UNRANKED:
        ends = (rows[lead.order[-1]], best)
        worst, first = (f"{level(row)} ({_label(row, labels)})" for row in ends)
        return f"{spec.label} from {worst} to {first}: no interval yet, so no ranking"
    told = _led(lead, best, labels) if lead.verdict == LEADS else _tied(lead, rows, labels)
    against = str(best["baseline"])
    if against in lead.order and against not in (lead.order[0], lead.beside, *lead.tied):
        name, base = (labels.get(org, org) for org in (lead.order[0], against))
        told += f"; {name} is {change(best)} {base} ({change_interval(best)})"
    return told


def _label(row: pd.Series, labels: dict[str, str]) -> str:
    """Return what a board calls a row's org model."""
    return labels.get(row["org_model"], str(row["org_model"]))


def _gap(lead: Lead) -> pd.Series:
    """Return the difference between the first and the one beside it as a row."""
    ends = {"difference": lead.difference, "low": lead.low, "high": lead.high}
    return pd.Series({"measure": lead.measure, **ends})


def _led(lead: Lead, best: pd.Series, labels: dict[str, str]) -> str:
    """Return the sentence for an org model that is clearly ahead of all others."""
    gap, following = _gap(lead), labels.get(lead.beside, lead.beside)
    where = "at one parameter set" if lead.n_worlds == 1 else f"on {lead.n_worlds} worlds"
    return (
        f"{_label(best, labels)} leads on {measure(lead.measure).label.lower()} {where}: "
        f"{level(best)}, {change(gap)} {following}, the next ({change_interval(gap)})"
    )


def _tied(lead: Lead, rows: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return the sentence for org models of which none is clearly ahead."""
    spec, gap = measure(lead.measure), _gap(lead)
    if (rows.T.loc[list(lead.order), ["difference", "low", "high"]] == 0).all(axis=None):
        return f"{spec.label} is the same under every org model: {level(rows[lead.order[0]])}"
    names = [labels.get(org, org) for org in (lead.order[0], *lead.tied)]
    among = names if len(names) <= _MOST_NAMES else [*names[:2], f"{len(names) - 2} others"]
    said = (
        f"No clear winner between {', '.join(among[:-1])} and {among[-1]} on {spec.label.lower()}: "
        f"{names[0]} is {change(gap)} {names[1]} ({change_interval(gap)})"
    )
    if lead.within_one_head:
        worth = number(spec, lead.one_head, spec.decimals)
        return f"{said}, no more than one head is worth ({worth})"
    return said


def interval_note(comparison: pd.DataFrame, mark: str = "Dot: mean. Line:") -> str:
    """Return the line that names the intervals of a figure."""
    there = comparison[comparison["mean"].notna()]
    most, unit = units_of(there)
    if there.empty or most < 2:
        return "One replicate, so there is no interval: differences may be luck."
    least = int(there[f"n_{unit}"].min())
    span = f"{most}" if least == most else f"{least} to {most}"
    return f"{mark} 95 % interval (Student t over {span} {unit}, same customers and luck in each)."


def pairing_note(rows: pd.DataFrame) -> str:
    """Return what to keep in mind when several org models are compared."""
    if rows["org_model"].nunique() < 2 or units_of(rows)[0] < 2:
        return ""
    return (
        " Differences are taken between runs with the same customers and luck, so they can be "
        "clear where the intervals of the means overlap. Each interval stands by itself."
    )
