"""An attribution in words: a sentence that claims no more than intervals allow, and a table."""

from __future__ import annotations

import math
import textwrap

import pandas as pd

from analysis.comparison.columns import aligned
from analysis.comparison.wording import decimals_for, is_clear, number, signed_change
from analysis.evidence.attribution import Attribution, Estimate
from sim.study.tables import MEASURES

_CHANGES = 54
"""Characters of a line of what changes."""
INTERVALS = (
    "95 % interval (Student t over worlds, each by itself: of twenty, one leaves out zero by luck)"
)


def estimate_text(measure: str, estimate: Estimate) -> str:
    """Return a difference with its interval, as in ``+1.9 (+1.2 to +2.6)``."""
    return signed_change(_row(measure, estimate))


def named_interval(text: str) -> str:
    """Return the same, saying what stands in the brackets."""
    return text.replace("(", "(95 % interval ", 1)


def _row(measure: str, estimate: Estimate) -> pd.Series:
    difference, low, high = estimate
    return pd.Series({"measure": measure, "difference": difference, "low": low, "high": high})


def level_text(measure: str, estimate: Estimate) -> str:
    """Return a level with its interval, as in ``224.6 (201.0 to 248.2)``."""
    spec = MEASURES[measure]
    mean, low, high = estimate
    decimals = decimals_for(spec, (high - low) / 2)
    unit = " %" if spec.display == "percent" else ""
    text = f"{number(spec, mean, decimals)}{unit}"
    if math.isnan(low):
        return text
    return f"{text} ({number(spec, low, decimals)} to {number(spec, high, decimals)})"


def owed(found: Attribution, labels: dict[str, str]) -> str:
    """Return one sentence: what of the difference is owed to which group of levers.

    Parameters
    ----------
    found : Attribution
    labels : dict of str to str
        Label of each org model by name.
    """
    first, second = (
        labels[plan.organisation] for plan in (found.between.first, found.between.second)
    )
    about = MEASURES[found.measure].label.lower()
    if not found.groups:
        return f"{first} and {second} differ in no lever, so nothing of {about} is owed to any"
    if not found.whole:
        return f"No world has {about} under every org model between {first} and {second}"
    total = named_interval(estimate_text(found.measure, found.difference))
    if len(found.whole) == 1:
        top = found.table.iloc[0]
        return (
            f"Of the {total} between {first} and {second} on {about} in one world, "
            f"{_part(found, top)} is owed to {top['label']}: no interval yet"
        )
    clear = found.table[[is_clear(*ends) for ends in found.table[["low", "high"]].to_numpy()]]
    if is_clear(*found.difference[1:]):
        return _of_a_difference(found, clear, f"{total} between {first} and {second} on {about}")
    apart = f"{second} is not clearly apart from {first} on {about}: {total}"
    if clear.empty:
        return f"{apart}; nothing is clearly owed to any one group of levers"
    verbs = [f"{row['label']} makes {_part(found, row)}" for _, row in clear.head(2).iterrows()]
    return f"{apart}; yet {' and '.join(verbs)}"


def _of_a_difference(found: Attribution, clear: pd.DataFrame, difference: str) -> str:
    """Return the sentence on a difference that is clear."""
    sign = math.copysign(1.0, found.difference[0])
    along, against = (clear[clear["term"] * way > 0].head(2) for way in (sign, -sign))
    if along.empty:
        said = f"The {difference} is not clearly owed to any one group of levers"
        verb = "makes"
    else:
        parts = [f"{_part(found, row)} is owed to {row['label']}" for _, row in along.iterrows()]
        said, verb = f"Of the {difference}, {' and '.join(parts)}", "works against it with"
    for _, row in against.head(1).iterrows():
        said += f"; {row['label']} {verb} {_part(found, row)}"
    return said


def _part(found: Attribution, row: pd.Series) -> str:
    return estimate_text(found.measure, (row["term"], row["low"], row["high"]))


def attribution_text(found: Attribution, labels: dict[str, str]) -> str:
    """Return the terms as a table, in characters that any terminal can show."""
    plans = (found.between.first, found.between.second)
    first, second = (labels[plan.organisation] for plan in plans)
    spec = MEASURES[found.measure]
    unit = "% points" if spec.display == "percent" else spec.unit
    title = f"; {found.drawn.title}" if found.drawn.title else ""
    lines = [f"What {second} has more of {spec.label.lower()} ({unit}) than {first}{title}", ""]
    cells = [("group", f"from {first} to {second}", "owed to it")]
    for _, row in found.table.iterrows():
        changes = textwrap.wrap(row["changes"], _CHANGES) or [""]
        cells.append((row["group"], changes[0], _part(found, row)))
        cells += [("", f"  {more}", "") for more in changes[1:]]
    cells.append(("all", "", estimate_text(found.measure, found.difference)))
    table = aligned(cells, left=range(3))
    lines += [*table[:-1], table[1], table[-1]]
    lines += _alone(found, first)
    return "\n".join([*lines, "", *_notes(found, first, second)]).replace("−", "-")


def _alone(found: Attribution, first: str) -> list[str]:
    """Return a table of what each group makes by itself; nothing where that is the difference."""
    if not found.is_exact or len(found.groups) < 2:
        return []
    cells = [("group", f"by itself, all else as under {first}", "worlds with more")]
    for _, row in found.table.iterrows():
        estimate = (row["alone"], row["alone_low"], row["alone_high"])
        worlds = f"{row['alone_above'] * len(found.whole):.0f} of {len(found.whole)}"
        cells.append((row["group"], estimate_text(found.measure, estimate), worlds))
    return ["", *aligned(cells, left=range(2))]


def _notes(found: Attribution, first: str, second: str) -> list[str]:
    """Return what stands below the table: levels, how it was found, what cannot be told apart."""
    levels = [level_text(found.measure, each) for each in found.levels]
    notes = [f"{first}: {levels[0]}; {second}: {levels[1]}."] if found.whole else []
    if len(found.whole) > 1:
        more = int((found.differences > 0.0).sum())
        notes.append(f"{second} has more in {more} of {len(found.whole)} worlds.")
        notes.append(f"In brackets: {INTERVALS}.")
    elif found.whole:
        notes.append("One world gives no interval; ask for more with --worlds.")
    notes += [how_found(found), *apart_notes(found)]
    if found.interaction is not None:
        notes.append(f"{interaction_text(found)}.")
    equal = ", ".join(group.name for group in found.between.equal)
    if equal:
        notes.append(f"Equal under both, so exactly 0: {equal}.")
    return notes


def how_found(found: Attribution) -> str:
    """Return how many org models were run, in how many worlds."""
    worlds = f"{len(found.whole)} world{'' if len(found.whole) == 1 else 's'}"
    left = len(found.values) - len(found.whole)
    missing = f" ({left} more left out, where a run failed or has no value)" if left else ""
    if found.is_exact:
        return (
            f"Exact Shapley values over all {found.n_sets} org models between the two, in "
            f"{worlds}{missing}: the terms add up to the difference in each."
        )
    worst = found.table["sampling_error"].max() if found.whole else math.nan
    error = ""
    if not math.isnan(worst):
        spec = MEASURES[found.measure]
        error = (
            f"; sampling has a standard error of at most {number(spec, worst, spec.decimals + 1)}"
        )
    return (
        f"Shapley values from {found.method.orders} orders of the levers in each of {worlds}"
        f"{missing}, {found.n_sets} org models: the terms add up to the difference in each{error}."
    )


def apart_notes(found: Attribution) -> list[str]:
    """Return which groups are taken together, and why."""
    return [
        f"Taken together: {each.first} and {each.second}, for with one of them alone "
        f"{each.reason.rstrip('.')}."
        for each in found.between.together
    ]


def interaction_text(found: Attribution) -> str:
    """Return what the two largest groups make together beyond what each makes alone."""
    worth = found.interaction
    if worth is None:
        return ""
    one, other = found.largest
    said = estimate_text(found.measure, worth)
    return f"{one} x {other}: both together make {said} beyond what each makes alone"
