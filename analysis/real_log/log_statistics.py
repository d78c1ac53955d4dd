"""Statistics of a case log, by one definition for real and for simulated events.

A firm's event log and the simulator's own are reduced to the same two frames (who worked on
which case and when; how each case ended) and described by the same function, so that a
difference between the two columns of the comparison is never one of definition.

Simulated time counts working hours, a real log calendar time. A week is five working days of
`ticks_per_day` ticks and seven calendar days, so one tick of eight a day stands for 0.175
calendar days (4.2 hours): nights and weekends are spread evenly over the working hours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.reading.bundled import bundled_folder

TICKS_PER_DAY = 8
WORKING_DAYS_PER_WEEK = 5
CALENDAR_DAYS_PER_WEEK = 7

APPROVED, DECLINED, CANCELLED, STILL_OPEN = "approved", "declined", "cancelled", "open"
LOG_OUTCOMES = (APPROVED, DECLINED, CANCELLED, STILL_OPEN)

LOAN_LOG = bundled_folder() / "enterprises" / "loan-origination-log.csv"

STATISTICS: dict[str, str] = {
    "handoffs_per_case": "changes of function between one visit and the next, per worked case",
    "share_with_handoff": "worked cases with at least one hand-off",
    "ping_pong_share": "worked cases in which a hand-off goes straight back whence it came",
    "auto_declined_share": "cases declined before anybody worked on them",
    "approved_share": "cases approved",
    "declined_share": "cases declined",
    "cancelled_share": "cases cancelled, by the customer or by the time-out",
    "open_share": "cases without an outcome when observation ended",
    "cancelled_share_by_function": "cases cancelled that this function worked on last",
    "cancelled_share_by_touchpoint": "cases cancelled that were last worked on at this touchpoint",
    "median_cycle_days": "calendar days from first to last event of a closed case",
    "window_days": "calendar days over which the log's cases started",
    "follow_up_days": "calendar days observed after the last case started",
}
"""Statistics and their meaning; shares are of all cases unless the text says worked cases."""

_WINDOW = ("window_days", "follow_up_days")


def calendar_days(ticks: Any, ticks_per_day: int = TICKS_PER_DAY) -> Any:
    """Convert simulated working time to calendar days.

    Parameters
    ----------
    ticks : float, array or Series
        Working time in ticks.
    ticks_per_day : int
        Ticks in a working day.

    Returns
    -------
    float, array or Series
        Calendar days, same shape.
    """
    return ticks * (CALENDAR_DAYS_PER_WEEK / (WORKING_DAYS_PER_WEEK * ticks_per_day))


def working_ticks(days: Any, ticks_per_day: int = TICKS_PER_DAY) -> Any:
    """Convert calendar days to simulated working time in ticks; inverse of `calendar_days`."""
    return days * (WORKING_DAYS_PER_WEEK * ticks_per_day / CALENDAR_DAYS_PER_WEEK)


def case_statistics(events: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Describe a log by the statistics that simulation is compared on.

    Parameters
    ----------
    events : DataFrame
        One row per visit: `case_id, function, touchpoint, start, end` (calendar days from any
        common origin). Rows with the function "" or missing are automated steps: nobody's work.
    cases : DataFrame
        One row per case: `case_id, outcome, start, end`; outcome one of `LOG_OUTCOMES`.

    Returns
    -------
    DataFrame
        `statistic, scope_id, value`; scope_id is "" for all cases, else a function, a
        touchpoint, or (cycle time) an outcome. Meanings stand in `STATISTICS`.

    Raises
    ------
    ValueError
        If there are no cases, or an outcome is unknown.
    """
    unknown = sorted(set(cases["outcome"]) - set(LOG_OUTCOMES))
    if unknown or cases.empty:
        raise ValueError(f"unknown outcomes: {unknown}" if unknown else "the log holds no cases")
    worked = events[events["function"].fillna("") != ""]
    worked = worked[worked["case_id"].isin(cases["case_id"])]
    worked = worked.sort_values(["case_id", "start", "end"], kind="stable")
    rows = [
        *_hand_off_rows(worked),
        *_outcome_rows(worked, cases),
        *_cancelled_rows(worked, cases, "function"),
        *_cancelled_rows(worked, cases, "touchpoint"),
        *_cycle_rows(cases),
        ("window_days", "", float(cases["start"].max() - cases["start"].min())),
        ("follow_up_days", "", float(max(0.0, cases["end"].max() - cases["start"].max()))),
    ]
    return pd.DataFrame(rows, columns=["statistic", "scope_id", "value"])


def _hand_off_rows(worked: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Count hand-offs after runs of visits by the same function are taken as one."""
    case, function = worked["case_id"], worked["function"]
    stays = worked[(case != case.shift()) | (function != function.shift())]
    n_worked = case.nunique()
    by_case = stays.groupby("case_id")["function"]
    hand_off = by_case.shift().notna()
    back = hand_off & (by_case.shift(2) == stays["function"])
    return [
        ("handoffs_per_case", "", _share(int(hand_off.sum()), n_worked)),
        ("share_with_handoff", "", _share(stays.loc[hand_off, "case_id"].nunique(), n_worked)),
        ("ping_pong_share", "", _share(stays.loc[back, "case_id"].nunique(), n_worked)),
    ]


def _outcome_rows(worked: pd.DataFrame, cases: pd.DataFrame) -> list[tuple[str, str, float]]:
    untouched = ~cases["case_id"].isin(worked["case_id"])
    automatic = int((untouched & (cases["outcome"] == DECLINED)).sum())
    shares = [
        (f"{outcome}_share", "", _share(int((cases["outcome"] == outcome).sum()), len(cases)))
        for outcome in LOG_OUTCOMES
    ]
    return [("auto_declined_share", "", _share(automatic, len(cases))), *shares]


def _cancelled_rows(
    worked: pd.DataFrame, cases: pd.DataFrame, column: str
) -> list[tuple[str, str, float]]:
    """Share of all cases that were cancelled, by where they were last worked on."""
    last = worked.groupby("case_id")[column].last()
    cancelled = cases.loc[cases["outcome"] == CANCELLED, "case_id"].map(last).dropna()
    counts = cancelled.value_counts().sort_index()
    return [
        (f"cancelled_share_by_{column}", str(place), _share(int(count), len(cases)))
        for place, count in counts.items()
    ]


def _cycle_rows(cases: pd.DataFrame) -> list[tuple[str, str, float]]:
    days = cases["end"] - cases["start"]
    closed = cases["outcome"] != STILL_OPEN
    rows = [("median_cycle_days", "", float(days[closed].median()))]
    for outcome in (APPROVED, DECLINED, CANCELLED):
        chosen = days[cases["outcome"] == outcome]
        rows.append(("median_cycle_days", outcome, float(chosen.median())))
    return rows


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def compare_with_log(
    simulated_events: pd.DataFrame,
    simulated_cases: pd.DataFrame,
    log: pd.DataFrame | None = None,
    ticks_per_day: int = TICKS_PER_DAY,
) -> pd.DataFrame:
    """Set a simulated log beside the statistics of the real one.

    The real log was observed for some months, and its last cases only for days: some were still
    open. The simulated log is cut to the same window, counted back from its last case, so that
    slow cases go unseen in both alike.

    Parameters
    ----------
    simulated_events : DataFrame
        `case_id, touchpoint, function, start, end` in ticks; if there is a column `kind`, rows
        other than `visit` are left out.
    simulated_cases : DataFrame
        `case_id, outcome, exit, start, end` in ticks; outcome completed, dropped or unresolved.
        Any drop counts as cancelled: the real log does not say why a customer left.
    log : DataFrame, optional
        `statistic, scope_id, value` of the real log; by default those of the loan log.
    ticks_per_day : int
        Ticks in a working day of the simulation.

    Returns
    -------
    DataFrame
        `statistic, scope_id, real, simulated, error`; error = simulated − real. A place where
        one side has no cancellation at all counts as a share of zero.
    """
    real = read_log_statistics() if log is None else log
    events = simulated_events
    if "kind" in events:
        events = events[events["kind"] == "visit"]
    events = events.assign(
        touchpoint=events["touchpoint"].astype(str).str.split("/").str[-1],
        start=calendar_days(events["start"], ticks_per_day),
        end=calendar_days(events["end"], ticks_per_day),
    )
    cases = simulated_cases.assign(
        outcome=_real_outcomes(simulated_cases),
        start=calendar_days(simulated_cases["start"], ticks_per_day),
        end=calendar_days(simulated_cases["end"], ticks_per_day),
    )
    simulated = case_statistics(*observed_in(events, cases, *_window(real)))
    both = real.rename(columns={"value": "real"}).merge(
        simulated.rename(columns={"value": "simulated"}), how="outer", on=["statistic", "scope_id"]
    )
    both = both[~both["statistic"].isin(_WINDOW)]
    by_place = both["statistic"].str.startswith("cancelled_share_by_")
    both.loc[by_place] = both.loc[by_place].fillna(0.0)
    both["error"] = both["simulated"] - both["real"]
    order = {name: place for place, name in enumerate(STATISTICS)}
    return both.sort_values(
        ["statistic", "scope_id"],
        key=lambda column: column.map(order) if column.name == "statistic" else column,
        ignore_index=True,
    )


def _window(log: pd.DataFrame) -> tuple[float, float]:
    """Return how long a log's cases started, and were followed; unlimited if it does not say."""
    values = log.set_index("statistic")["value"]
    window, follow_up = (float(values.get(name, float("inf"))) for name in _WINDOW)
    return window, follow_up


def observed_in(
    events: pd.DataFrame, cases: pd.DataFrame, window: float, follow_up: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut a log to the last `window` days of starting cases, followed `follow_up` days more.

    Parameters
    ----------
    events, cases : DataFrame
        As for `case_statistics`, times in calendar days.
    window, follow_up : float
        Calendar days; infinity cuts nothing.

    Returns
    -------
    events, cases : DataFrame
        Cases that started in the window; those that closed too late to be seen are open.
    """
    last_start = cases["start"].max()
    seen_until = last_start + follow_up
    cases = cases[cases["start"] >= last_start - window].copy()
    unseen = cases["end"] > seen_until
    cases.loc[unseen, "outcome"] = STILL_OPEN
    cases["end"] = cases["end"].clip(upper=seen_until)
    seen = events["case_id"].isin(cases["case_id"]) & (events["start"] <= seen_until)
    return events[seen], cases


def _real_outcomes(cases: pd.DataFrame) -> pd.Series:
    """Translate how simulated cases ended into the outcomes of the real log."""
    finished = cases["outcome"] == "completed"
    declined = finished & (cases["exit"] == DECLINED)
    outcome = pd.Series(CANCELLED, index=cases.index)
    outcome[finished] = APPROVED
    outcome[declined] = DECLINED
    outcome[cases["outcome"] == "unresolved"] = STILL_OPEN
    return outcome


def read_log_statistics(path: Path = LOAN_LOG) -> pd.DataFrame:
    """Return the statistics of a real log: `statistic, scope_id, value`."""
    return pd.read_csv(path, keep_default_na=False, comment="#", dtype={"scope_id": str}).astype(
        {"value": float}
    )
