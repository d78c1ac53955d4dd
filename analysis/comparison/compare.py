"""Levels and paired differences of org models, with intervals over replicates.

Every org model replays the same demand and luck in a replicate, so a difference is taken
inside a replicate (and world) first and averaged afterwards: what replicates share cancels
(common random numbers, Law, Simulation Modeling and Analysis).
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.comparison.cube import build_cube
from analysis.comparison.wording import decimals_for, in_display_unit, ordered
from sim.study.tables import HIGHER, LOWER, MEASURES, NEITHER, column_names

CONFIDENCE = 0.95
EQUAL, UNEQUAL = "equal", "unequal"
"""Whether the org models of a comparison spend the same running budget."""
UNEQUAL_REMARK = (
    "UNEQUAL BUDGETS: a difference may come from spending more or less, not from structure alone."
)
FEW = 6
"""Replicates below which a bootstrap over them is too sure of itself."""
BOOTSTRAP_SAMPLES = 2000
_LABEL_CHARACTERS = 30
_CHUNK = 200  # scopes whose bootstrap means are held at once
_TERMINAL_MEASURES = (
    "standing",
    "drop_off_rate",
    "completion_rate",
    "retention_rate",
    "cost_to_serve",
    "net_value",
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def compare(measures: pd.DataFrame, baseline: str, budget: str = EQUAL) -> pd.DataFrame:
    """Compare every org model with the baseline, measure by measure and scope by scope.

    Levels use every run of the org model; differences use pairs (the same replicate and world
    under the org model and under the baseline). Worlds are averaged inside their replicate,
    and intervals are 95 % Student t over replicates.

    Parameters
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``. A failed run has missing values or no rows.
    baseline : str
        The org model to compare against.
    budget : str
        ``equal`` or ``unequal``, as the study allows; a column says so.

    Returns
    -------
    DataFrame
        Columns of ``comparison.csv``. With one replicate the ends of an interval are missing.
        ``n_replicates`` and ``n_worlds`` count those with a pair.

    Raises
    ------
    ValueError
        If the baseline is not among the org models, a measure is not in the output contract,
        or a value is given twice.
    """
    cube = build_cube(measures)
    if baseline not in cube.org_models:
        raise ValueError(
            f"baseline '{baseline}' is not among the org models: {', '.join(cube.org_models)}"
        )
    column = cube.org_models.index(baseline)
    paired = cube.values - cube.values[:, column : column + 1]
    mean, mean_low, mean_high = student_interval(_over_worlds(cube.values))
    difference, low, high = student_interval(_over_worlds(paired))
    present = ~np.isnan(paired)
    n_keys, n_orgs = mean.shape
    direction = cube.keys["measure"].map(lambda name: MEASURES[name].direction)
    table = cube.keys.loc[cube.keys.index.repeat(n_orgs)].reset_index(drop=True)
    table["org_model"] = np.tile(np.array(cube.org_models, dtype=object), n_keys)
    table["baseline"] = baseline
    table["budget"] = budget
    for name, array in (
        ("mean", mean),
        ("mean_low", mean_low),
        ("mean_high", mean_high),
        ("difference", difference),
        ("low", low),
        ("high", high),
        ("probability_best", probability_best(cube.values, direction.to_list())),
        ("n_replicates", present.any(axis=3).sum(axis=2)),
        ("n_worlds", present.any(axis=2).sum(axis=2)),
    ):
        table[name] = array.reshape(-1)
    table["direction"] = direction.repeat(n_orgs).to_numpy()
    return table[column_names("comparison.csv")]


def _over_worlds(values: Floats) -> Floats:
    """Mean over the last axis of what is present; NaN where nothing is."""
    return _mean_of_present(values)[0]


def _mean_of_present(values: Floats) -> tuple[Floats, Floats]:
    """Return the mean over the last axis and the number of values present."""
    n_present = (~np.isnan(values)).sum(axis=-1).astype(np.float64)
    total = np.where(np.isnan(values), 0.0, values).sum(axis=-1)
    mean = np.full(total.shape, np.nan)
    np.divide(total, n_present, out=mean, where=n_present > 0)
    return mean, n_present


def student_interval(values: Floats, confidence: float = CONFIDENCE) -> tuple[Floats, ...]:
    """Return mean and Student t interval over the last axis, leaving out missing values.

    Parameters
    ----------
    values : float64, shape (..., n_replicates)
    confidence : float
        Coverage, between 0 and 1.

    Returns
    -------
    mean, low, high : float64, shape (...)
        The ends are NaN with fewer than two values: one replicate says nothing about spread.
    """
    mean, n = _mean_of_present(values)
    deviation = np.where(np.isnan(values), 0.0, values - mean[..., None])
    half = np.full(mean.shape, np.nan)
    enough = n > 1
    degrees = n[enough] - 1
    deviation_square = (deviation**2).sum(axis=-1)[enough]
    half[enough] = stdtrit(degrees, 0.5 + confidence / 2) * np.sqrt(
        deviation_square / degrees / n[enough]
    )
    return mean, mean - half, mean + half


def probability_best(values: Floats, directions: list[str]) -> Floats:
    """Return how probable it is that each org model has the best mean.

    Paired bootstrap: whole replicates are drawn with replacement, the same ones for all org
    models, and the best mean counted; equal means share. The draws depend on nothing but the
    number of replicates, so equal inputs give equal answers. With few replicates a bootstrap
    is too sure of itself; read it beside the intervals.

    Parameters
    ----------
    values : float64, shape (n_keys, n_org_models, n_replicates, n_worlds)
    directions : list of str, length n_keys
        ``higher``, ``lower`` or ``neither``.

    Returns
    -------
    float64, shape (n_keys, n_org_models)
        NaN where the direction is ``neither``, where fewer than two org models have values,
        or where fewer than two replicates hold a value of each of them.
    """
    absent: Flags = np.isnan(values)
    takes_part: Flags = np.asarray(~absent.all(axis=(2, 3)))
    complete: Flags = np.asarray(~(absent & takes_part[:, :, None, None]).any(axis=1))
    by_replicate = _over_worlds(np.where(complete[:, None], values, np.nan))
    sign = np.array([{HIGHER: 1.0, LOWER: -1.0, NEITHER: 0.0}[name] for name in directions])
    usable: Flags = np.asarray(complete.any(axis=2))
    rankable = (sign != 0) & (takes_part.sum(axis=1) > 1) & (usable.sum(axis=1) > 1)
    result = np.full(takes_part.shape, np.nan)
    for pattern in np.unique(usable[rankable], axis=0):
        rows = np.flatnonzero(rankable & (usable == pattern).all(axis=1))
        weights = _bootstrap_weights(int(pattern.sum()))
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            scores = sign[part, None, None] * by_replicate[part][:, :, pattern]
            result[part] = _share_of_wins(scores, takes_part[part], weights)
    return result


def _bootstrap_weights(n_replicates: int) -> Floats:
    """Return the share of each replicate in each sample, shape (n_replicates, n_samples)."""
    digest = hashlib.sha256(f"probability_best:{n_replicates}".encode()).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "big")))
    drawn = generator.integers(0, n_replicates, size=(BOOTSTRAP_SAMPLES, n_replicates))
    counts = np.stack([(drawn == replicate).sum(axis=1) for replicate in range(n_replicates)])
    return counts / n_replicates


def _share_of_wins(scores: Floats, takes_part: Flags, weights: Floats) -> Floats:
    """Return the share of samples each org model wins, ties shared; higher scores win."""
    size = np.nanmax(np.abs(scores), axis=(1, 2))
    means = np.where(takes_part[:, :, None], np.nan_to_num(scores) @ weights, -np.inf)
    # A matrix product may sum equal columns in another order: equal up to rounding is a tie.
    tolerance = (1e-12 * size)[:, None, None]
    wins = means >= means.max(axis=1, keepdims=True) - tolerance
    shares = (wins / wins.sum(axis=1, keepdims=True)).mean(axis=2)
    return np.where(takes_part, shares, np.nan)


def precision_reached(
    measures: pd.DataFrame, baseline: str, measure: str, half_width: float
) -> bool:
    """Say whether every paired interval of an overall measure is at most that half-wide.

    Without another org model than the baseline, its own level is judged. With fewer than two
    replicates, or when an org model has no pair, the answer is no.

    Parameters
    ----------
    half_width : float
        In the measure's stored unit (a share between 0 and 1, not per cent).
    """
    chosen = measures[(measures["measure"] == measure) & (measures["scope"] == "overall")]
    if chosen.empty or baseline not in set(chosen["org_model"]):
        return False
    table = compare(chosen, baseline)
    others = table[table["org_model"] != baseline]
    if others.empty:
        widths = (table["mean_high"] - table["mean_low"]) / 2
    else:
        widths = (others["high"] - others["low"]) / 2
    return bool((widths <= half_width).all())


def headline_table(
    comparison: pd.DataFrame, labels: dict[str, str], ranked_by: str = "standing"
) -> str:
    """Return the terminal table: org models by the headline measures, each with its interval.

    Parameters
    ----------
    comparison : DataFrame
        As `compare` returns it.
    labels : dict of str to str
        Label of each org model by name, in the order of the study.
    ranked_by : str
        The measure whose probability of being best is shown.

    Returns
    -------
    str
        Aligned lines without a trailing newline, in characters that any terminal can show.
    """
    overall = comparison[comparison["scope"] == "overall"]
    baseline = str(comparison["baseline"].iloc[0])
    there = set(overall["measure"])
    shown = [name for name in _TERMINAL_MEASURES if name in there]
    columns = [_label_column(ordered(overall["org_model"], labels), baseline, labels)]
    unequal = UNEQUAL in set(overall["budget"])
    if unequal and "running_cost" in there:
        shown.append("running_cost")
    columns += [_measure_column(name, overall, baseline, labels) for name in shown]
    chances = overall[overall["measure"] == ranked_by].set_index("org_model")["probability_best"]
    if chances.notna().any():
        orgs = ordered(overall["org_model"], labels)
        heading = ["P(best)", MEASURES[ranked_by].label.lower()]
        cells = [_chance(float(chances.get(org, np.nan))) for org in orgs]
        columns.append([*heading, *cells])
    widths = [max(len(cell) for cell in column) for column in columns]
    lines = []
    for row in zip(*columns, strict=True):
        aligned = [row[0].ljust(widths[0])]
        aligned += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(aligned).rstrip())
    lines.insert(2, "-" * (sum(widths) + 2 * (len(widths) - 1)))
    remark = [UNEQUAL_REMARK] if unequal else []
    return "\n".join([*lines, "", *remark, _table_note(overall)])


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


def _table_note(overall: pd.DataFrame) -> str:
    """Return the line that says what the intervals are."""
    n_replicates = int(overall["n_replicates"].max())
    if n_replicates < 2:
        return "One replicate: no intervals and no ranking; ask for more with --replicates."
    shown = overall[overall["measure"].isin(_TERMINAL_MEASURES)]
    fewer = ", fewer where runs failed" if shown["n_replicates"].min() < n_replicates else ""
    few = "\nWith so few runs P(best) is too sure of itself." if n_replicates < FEW else ""
    return (
        f"\u00b1 is half a 95 % interval of the mean (Student t over {n_replicates} runs{fewer}).\n"
        "* differs from the baseline: the 95 % interval of the paired difference leaves out zero."
        + few
    )
