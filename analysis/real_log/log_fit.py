"""How well the simulation repeats a firm's own event log: real, simulated, error.

A study names the statistics of a log (`compared_with`); its baseline stands for the firm as it
was. The simulated events of that org model, several replicates pooled, are put into the form of
a log and described by the very function that described the real one.

What counts as a case. A real log knows a case from its opening to its closing. A customer who
comes back because a closed case held a fault (failure demand) is a new contact in the model and
no case of such a log, so recontacts are left out; the work they cause is in the queues of all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.comparison.columns import aligned
from analysis.real_log.log_statistics import STATISTICS, compare_with_log, read_log_statistics
from sim.study.study import Study
from sim.study.working_time import HOURS_PER_DAY

LOGGED_REPLICATES = 4
"""Replicates of the baseline whose events are kept and pooled: some 50,000 cases of the loan
study, so that chance moves a share by 0.2 points at most."""


_LABELS = {
    "handoffs_per_case": "Hand-offs per worked case",
    "share_with_handoff": "Worked cases with a hand-off",
    "ping_pong_share": "Worked cases handed straight back",
    "auto_declined_share": "Declined before anybody worked on them",
    "approved_share": "Approved",
    "declined_share": "Declined",
    "cancelled_share": "Cancelled",
    "open_share": "Still open when observation ended",
    "median_cycle_days": "Median time from opening to closing",
}
_PARTS = {
    "cancelled_share_by_function": "cancelled when last with",
    "cancelled_share_by_touchpoint": "cancelled after",
    "median_cycle_days": "when",
}
_UNITS = {"handoffs_per_case": "hand-offs", "median_cycle_days": "days"}
_SHARE = "share"


@dataclass(frozen=True)
class RealLog:
    """What is known of a real log.

    Attributes
    ----------
    statistics : DataFrame
        `statistic, scope_id, value`, as `log_statistics.case_statistics` gives them.
    citation : str
        Where the log comes from; empty if its file does not say.
    """

    statistics: pd.DataFrame
    citation: str


def read_log(path: Path) -> RealLog:
    """Read the statistics of a log, and where it comes from.

    Parameters
    ----------
    path : Path
        CSV with the columns `statistic, scope_id, value`. Comment lines (`#`) above them cite
        the log, or explain a statistic by its name and a colon.

    Raises
    ------
    ValueError
        If the file does not hold such a table; the message says what is wrong with it.
    OSError
        If it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        statistics = read_log_statistics(path)[["statistic", "scope_id", "value"]]
    except (ValueError, KeyError) as error:
        raise ValueError(
            "it does not hold a table with the columns `statistic`, `scope_id` and `value`, "
            "the last a number"
        ) from error
    unknown = sorted(set(statistics["statistic"]) - set(STATISTICS))
    if unknown or statistics.empty:
        named = f"`{unknown[0]}` is not a statistic of a log" if unknown else "it holds no rows"
        raise ValueError(f"{named}; statistics are " + ", ".join(STATISTICS))
    comments = [line[1:].strip() for line in text.splitlines() if line.startswith("#")]
    cited = [line for line in comments if line.partition(":")[0] not in STATISTICS]
    return RealLog(statistics, " ".join(cited))


def as_log(events: Mapping[int, pd.DataFrame], study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the simulated events of several replicates into the form of one log.

    Parameters
    ----------
    events : mapping of int to DataFrame
        By replicate, the table ``events.parquet`` of `sim.study.tables`.
    study : Study
        The study they come from; only needs that arise in its window are cases, since those of
        the warm-up met a firm that was still filling up.

    Returns
    -------
    visits : DataFrame
        `case_id, touchpoint, function, start, end`, in working hours.
    cases : DataFrame
        `case_id, outcome, exit, start, end`, in working hours; outcome completed, dropped or
        unresolved.
    """
    logs = []
    for replicate, log in events.items():
        first_contact = log[log["recontact"] == 0]
        names = str(replicate) + ":" + first_contact["case:concept:name"].astype(str)
        logs.append(first_contact.assign(case_id=names))
    rows = pd.concat(logs, ignore_index=True)
    by_case = rows.groupby("case_id", sort=False)
    cases = by_case.agg(start=("queued_hour", "min"), end=("end_hour", "max")).reset_index()
    closings = rows[rows["kind"].isin(("completed", "dropped"))].set_index("case_id")
    cases["outcome"] = cases["case_id"].map(closings["kind"]).fillna("unresolved")
    cases["exit"] = cases["case_id"].map(closings["detail"]).fillna("")
    design = study.design
    opens = design.warm_up_days * HOURS_PER_DAY
    closes = opens + design.horizon_days * HOURS_PER_DAY
    cases = cases[(cases["start"] >= opens) & (cases["start"] < closes)]
    visits = rows[(rows["kind"] == "visit") & rows["case_id"].isin(cases["case_id"])].rename(
        columns={
            "org:group": "function",
            "start_hour": "start",
            "end_hour": "end",
        }
    )
    columns = ["case_id", "outcome", "exit", "start", "end"]
    return visits[["case_id", "touchpoint", "function", "start", "end"]], cases[columns]


def log_fit(events: Mapping[int, pd.DataFrame], study: Study, log: pd.DataFrame) -> pd.DataFrame:
    """Set the simulated log of the baseline beside the statistics of the real one.

    Parameters
    ----------
    events : mapping of int to DataFrame
        By replicate, the events of the org model that stands for the firm as it was.
    study : Study
        The study they come from.
    log : DataFrame
        `statistic, scope_id, value` of the real log.

    Returns
    -------
    DataFrame
        The table ``log_fit.csv`` of `sim.study.tables`; every statistic that either side has.
    """
    fit = compare_with_log(*as_log(events, study), log=log)
    return fit.assign(unit=[_UNITS.get(name, _SHARE) for name in fit["statistic"]])


def fit_table(fit: pd.DataFrame, label: str, replicates: int, citation: str) -> str:
    """Return the terminal table: each statistic of the log, the simulated one, the error.

    Parameters
    ----------
    fit : DataFrame
        As `log_fit` returns it.
    label : str
        What a board calls the org model.
    replicates : int
        Replicates pooled.
    citation : str
        Where the log comes from.

    Returns
    -------
    str
        Lines without a trailing newline.
    """
    heading = [f"{label} beside the firm's own log", "log", "simulated", "error"]
    rows = [heading, *(_cells(row) for _, row in fit.iterrows())]
    lines = aligned(rows)
    many = f"{replicates} replicates" if replicates > 1 else "1 replicate"
    notes = [
        f"Error: simulated minus log. {label}, the baseline, stands for the firm as it was; {many}",
        "pooled, described by the same rules as the log and cut to its period. Shares are of all",
        "cases, or of worked cases where it says so: those that somebody worked on.",
    ]
    return "\n".join([*lines, "", *notes, *([f"Log: {citation}"] if citation else [])])


def _cells(row: pd.Series) -> list[str]:
    """Return label, log, simulated and error of one statistic, shares as per cent."""
    ending = {_SHARE: " %", "days": " days"}.get(row["unit"], "")
    scale, decimals = (100.0, 1) if row["unit"] == _SHARE else (1.0, 2)

    def text(value: float, ending: str, sign: str = "") -> str:
        shown = round(value * scale, decimals) + 0.0  # no minus before a zero
        return "none" if math.isnan(value) else f"{shown:{sign},.{decimals}f}{ending}"

    return [
        _label(row["statistic"], row["scope_id"]),
        text(row["real"], ending),
        text(row["simulated"], ending),
        text(row["error"], " points" if row["unit"] == _SHARE else ending, "+"),
    ]


def _label(statistic: str, scope_id: str) -> str:
    """Return what a strategist reads for a statistic, overall or of one place or outcome."""
    if not scope_id:
        return _LABELS.get(statistic, statistic)
    return f"  {_PARTS.get(statistic, statistic)} {scope_id.replace('_', ' ')}"
