"""What a log is like, by one definition for the real one, the simulated one and any other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.calibration.visits import LogVisits

LOG_STATISTICS: dict[str, str] = {
    "hand_offs_per_case": "changes of function between one visit and the next, per worked case",
    "share_with_hand_off": "worked cases with at least one hand-off",
    "ping_pong_share": "worked cases in which a hand-off goes straight back whence it came",
    "hand_offs_by_seam": "hand-offs from one function to another, per worked case",
    "visits_per_case": "visits per worked case",
    "outcome_share": "cases that ended so, of all cases",
    "open_share": "cases without an outcome when observation ended",
    "drop_off_share": "cases given up, of all cases",
    "drop_off_by_function": "cases given up that this function worked on last, of all cases",
    "cycle_days": "days of the clock from a closed case's first event to its last, by percentile",
    "wait_days": "days of the clock between two visits of a case, mean",
    "wait_days_by_function": "days of the clock before a function takes a case over, mean",
    "cases_per_week": "cases begun a week",
    "visits_per_week": "visits a week, by function",
}
"""Statistics and their meaning, in the order of the report."""

PERCENTILES = (10, 25, 50, 75, 90)


def describe(log: LogVisits, withdrawn: tuple[str, ...]) -> pd.DataFrame:
    """Describe a log.

    Parameters
    ----------
    log : LogVisits
        Any log, cut to the period that is looked at.
    withdrawn : tuple of str
        Outcomes that mean that a case was given up.

    Returns
    -------
    DataFrame
        `statistic, scope_id, value`; meanings stand in `STATISTICS`.
    """
    rows = [
        *_hand_over_rows(log.visits),
        *_outcome_rows(log, withdrawn),
        *_time_rows(log),
        *_load_rows(log),
    ]
    return pd.DataFrame(rows, columns=["statistic", "scope_id", "value"])


_Rows = list[tuple[str, str, float]]


def _hand_over_rows(visits: pd.DataFrame) -> _Rows:
    case, function = visits["case"], visits["function"]
    stays = visits[(case != case.shift()) | (function != function.shift())]
    n_worked = max(case.nunique(), 1)
    by_case = stays.groupby("case")["function"]
    before = by_case.shift()
    handed = before.notna()
    back = handed & (by_case.shift(2) == stays["function"])
    seams = (before + ">" + stays["function"])[handed].value_counts().sort_index()
    return [
        ("hand_offs_per_case", "", handed.sum() / n_worked),
        ("share_with_hand_off", "", stays.loc[handed, "case"].nunique() / n_worked),
        ("ping_pong_share", "", stays.loc[back, "case"].nunique() / n_worked),
        ("visits_per_case", "", len(visits) / n_worked),
        *(("hand_offs_by_seam", str(name), count / n_worked) for name, count in seams.items()),
    ]


def _outcome_rows(log: LogVisits, withdrawn: tuple[str, ...]) -> _Rows:
    outcome = log.cases["outcome"]
    last = log.visits.groupby("case")["function"].last().reindex(log.cases.index)
    given_up = outcome.isin(withdrawn)
    by_function = last[given_up].value_counts().sort_index() / max(len(outcome), 1)
    shares = outcome[outcome != ""].value_counts().sort_index() / max(len(outcome), 1)
    return [
        *(("outcome_share", str(name), float(share)) for name, share in shares.items()),
        ("open_share", "", float((outcome == "").mean())),
        ("drop_off_share", "", float(given_up.mean())),
        *(("drop_off_by_function", str(name), float(s)) for name, s in by_function.items()),
    ]


def _time_rows(log: LogVisits) -> _Rows:
    cases, visits = log.cases, log.visits
    closed = cases[cases["outcome"] != ""]
    days = (closed["end"] - closed["start"]).to_numpy()
    cycle = np.percentile(days, PERCENTILES) if len(days) else np.full(len(PERCENTILES), np.nan)
    same = visits["case"] == visits["case"].shift()
    gaps = (visits["start"] - visits["end"].shift()).clip(lower=0.0)[same]
    handed = visits["function"] != visits["function"].shift()
    before = gaps[handed[same]].groupby(visits["function"][same & handed]).mean()
    return [
        *(("cycle_days", f"p{p}", float(v)) for p, v in zip(PERCENTILES, cycle, strict=True)),
        ("wait_days", "", float(gaps.mean())),
        *(("wait_days_by_function", str(name), float(v)) for name, v in before.items()),
    ]


def _load_rows(log: LogVisits) -> _Rows:
    weeks = max(float(log.cases["start"].max() - log.cases["start"].min()), 1.0) / 7.0
    counts = log.visits["function"].value_counts().sort_index() / weeks
    return [
        ("cases_per_week", "", len(log.cases) / weeks),
        *(("visits_per_week", str(name), float(count)) for name, count in counts.items()),
    ]


def seen_in(log: LogVisits, first: float, window: float, follow_up: float) -> LogVisits:
    """Cut a log to the cases that begin in a window, followed for so long after it.

    Parameters
    ----------
    log : LogVisits
        Any log.
    first, window, follow_up : float
        Days: when the window opens, how long it is, how long its cases are followed after it.

    Returns
    -------
    LogVisits
        Cases that close later are open; visits that begin later were not seen.
    """
    starts = log.cases["start"].to_numpy()
    cut = log.only((starts >= first) & (starts < first + window))
    until = first + window + follow_up
    late = (cut.cases["end"] > until).to_numpy()
    cases = cut.cases.assign(
        outcome=np.where(late, "", cut.cases["outcome"]), end=cut.cases["end"].clip(upper=until)
    )
    visits = cut.visits[cut.visits["start"] <= until].reset_index(drop=True)
    return replace(log, visits=visits, cases=cases, last_day=until)
