"""How well a derived firm repeats its log, in sentences that claim no more than the numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from analysis.calibration.distances import DISTANCES
from analysis.calibration.hold_out import BUSY, LATER, WHOLE
from analysis.comparison.columns import aligned

_NEAR = 0.25
"""Part of the log's figure, or two hours, by which a cycle time may differ and count as near."""
TWO_HOURS = 2.0 / 24.0
NAMES = {
    "hand_offs_per_case": "Hand-offs per worked case",
    "share_with_hand_off": "Worked cases with a hand-off",
    "ping_pong_share": "Worked cases handed straight back",
    "hand_offs_by_seam": "Hand-offs",
    "visits_per_case": "Visits per worked case",
    "outcome_share": "Cases that ended",
    "open_share": "Cases still open",
    "drop_off_share": "Cases given up",
    "drop_off_by_function": "Given up when last with",
    "cycle_days": "Cycle time, days",
    "wait_days": "Days between two visits, mean",
    "wait_days_by_function": "Days before a hand-off is taken up by",
    "cases_per_week": "Cases begun a week",
    "visits_per_week": "Visits a week by",
    "abandoned_share": "Callers who gave up",
    "abandoned_by_wait": "Callers still willing to wait after",
    "wait_seconds": "Wait, seconds",
    "calls_per_week": "Calls a week",
    "n_gram_distance": "Sequences of activities that differ",
    "absolute_event_distance": "Events over the period, hours",
    "relative_event_distance": "Events since their case began, hours",
    "cycle_time_distance": "Cycle times, hours",
    "circadian_distance": "Events within the day, hours",
}
RIDGES = (
    "Ridges, which no log parts: how long customers take to answer and how long files lie at the "
    "firm come to one wait; how patient customers are and how many give up whatever they wait come "
    "to one share; how many people there are and how much each does beside the work logged come to "
    "one load. Read neither side by itself.",
    "Not fitted: standing, incentives, authority and defects leave no trace in a log. `fit` looks "
    "for worlds in which the firm gives the figures under `patterns` in its study.",
)


def label_of(statistic: str, scope_id: str) -> str:
    """Return what a strategist reads for a statistic, overall or of one place."""
    name = NAMES.get(statistic, statistic)
    if not scope_id:
        return name
    place = scope_id.replace(">", " to ")
    if statistic == "cycle_days":
        return f"{name}: {place[1:]} % of cases take at most"
    return f"{name}: {place}"


def executive_line(fit: pd.DataFrame) -> str:
    """Return one sentence on the whole log: how many percentiles of the cycle time are near."""
    rows = fit[(fit["part"] == WHOLE) & (fit["statistic"] == "cycle_days")]
    near = int(is_near(rows).sum())
    hand = fit[(fit["part"] == WHOLE) & (fit["statistic"] == "hand_offs_per_case")].iloc[0]
    return (
        f"Simulated, the firm hands a case over {hand['simulated']:.2f} times, as against "
        f"{hand['real']:.2f} in its log; {near} of {len(rows)} percentiles of the cycle time are "
        "within a quarter, or two hours, of the log's"
    )


def is_near(rows: pd.DataFrame) -> pd.Series:
    """Tell which simulated cycle times are within a quarter or two hours of the real ones."""
    return rows["distance"] <= (_NEAR * rows["real"]).clip(lower=TWO_HOURS)


def distance_lines(fit: pd.DataFrame, part: str) -> list[str]:
    """Return who is nearest to what was held out, for each distance, as sentences."""
    rows = fit[(fit["part"] == part) & fit["statistic"].isin(list(DISTANCES))]
    if rows.empty:
        return []
    said = {
        "simulated": "The simulation is nearest, clear of luck, in",
        "resample": "The past drawn again is nearer than the simulation, clear of luck, in",
        "markov": "The chain without queues is nearer than the simulation, clear of luck, in",
        "none": "Nobody is nearest clear of luck in",
    }
    lines = []
    for who, sentence in said.items():
        names = [NAMES[name].lower() for name in rows.loc[rows["best"] == who, "statistic"]]
        if names:
            lines.append(f"{sentence}: {'; '.join(names)}.")
    return lines


WHY_BASELINES_WIN = (
    "Where the past drawn again wins, its cases are real: they have the firm's own days of the "
    "week "
    "and hours of the day, and the ties between one wait and the next; the simulation spreads work "
    "evenly over opening hours and draws each wait anew. It cannot say what another org model "
    "would change; the simulation can."
)


def beside_log_text(fit: pd.DataFrame) -> str:
    """Return the terminal table of the main figures, log beside simulation."""
    main = (
        "hand_offs_per_case", "share_with_hand_off", "ping_pong_share", "drop_off_share",
        "cycle_days", "wait_days", "cases_per_week", "abandoned_share", "wait_seconds",
    )  # fmt: skip
    rows = fit[(fit["part"] == WHOLE) & fit["statistic"].isin(main)]
    found = [three_cells(row) for row in rows.to_dict("records")]
    return beside_table(["The derived firm beside its log", "log", "simulated"], found)


def three_cells(row: Mapping[Hashable, Any]) -> list[str]:
    """Return the cells of a row of the fit: what it is, the log's figure, the simulated one."""
    name = str(row["statistic"])
    return [
        label_of(name, str(row["scope_id"])),
        figure_text(name, float(row["real"])),
        figure_text(name, float(row["simulated"])),
    ]


def beside_table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table of a name and two figures as text."""
    return "\n".join(aligned([head, *rows]))


def figure_text(statistic: str, value: float) -> str:
    """Return a figure with its unit, as a terminal shows it."""
    if math.isnan(value):
        return "none"
    if "share" in statistic or statistic.startswith("drop_off") or "abandoned" in statistic:
        return f"{100 * value:.1f} %"
    if statistic in ("cycle_days", "wait_days", "wait_days_by_function"):
        return f"{value:.2f} days" if value >= 0.1 else f"{value * 24:.2f} hours"
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


PART_QUESTIONS = {
    WHOLE: "How well does it repeat the log?",
    LATER: "Does it predict cases it has not seen?",
    BUSY: "Does it predict busier weeks from quieter ones?",
}
