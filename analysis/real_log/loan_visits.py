"""The loan log as visits: which function worked on which application, at which touchpoint.

The log of the BPI Challenge 2012 (van Dongen 2012, 4TU.ResearchData, doi
10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f) records work sessions, often several within
minutes on the same item. A *stay* is an unbroken run of sessions by one function on one case; a
*visit* is what of a stay falls on one local day, and from some point on all that remains of it
(`_touchpoints` says from which). Hand-offs depend on stays alone, so no choice made here moves
them; the split into visits puts waits where the log shows them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.real_log.log_statistics import APPROVED, CANCELLED, DECLINED, STILL_OPEN

TIME_ZONE = "Europe/Amsterdam"
LEFT_OPEN_MINUTES = 240.0
"""A session longer than this was left open, not worked on (0.5 % of them)."""

AUTOMATIC_USER = "112"
"""The resource that registers every application and closes those that time out."""

FUNCTIONS: dict[str, str] = {
    "Lead handling": "leads",
    "Application intake": "intake",
    "Offer follow-up": "offers",
    "Validation": "validation",
    "Incomplete-file chasing": "completion",
    "Fraud": "fraud",
}

_DECISIONS = {"A_APPROVED": APPROVED, "A_DECLINED": DECLINED, "A_CANCELLED": CANCELLED}


def read_events(folder: Path) -> pd.DataFrame:
    """Read every status and work event: `case_id, activity, resource, timestamp, …`."""
    return pd.read_parquet(folder / "bpic2012_raw_events.parquet")


def read_sessions(folder: Path) -> pd.DataFrame:
    """Read work sessions, sorted, with function, local day, stay and minutes worked.

    Returns
    -------
    DataFrame
        `case_id, function, resource, start, end, day, stay, minutes`; `start` and `end` in UTC,
        `minutes` missing where the session was left open.
    """
    raw = pd.read_parquet(folder / "bpic2012_work_sessions.parquet")
    sessions = raw.sort_values(["case_id", "start"], kind="stable", ignore_index=True)
    sessions["function"] = sessions["group"].map(FUNCTIONS)
    sessions["day"] = sessions["start"].dt.tz_convert(TIME_ZONE).dt.date
    changed = sessions["function"] != sessions.groupby("case_id")["function"].shift()
    sessions["stay"] = changed.groupby(sessions["case_id"]).cumsum()
    minutes = (sessions["end"] - sessions["start"]).dt.total_seconds() / 60
    sessions["minutes"] = minutes.where(minutes <= LEFT_OPEN_MINUTES)
    return sessions


def read_cases(events: pd.DataFrame) -> pd.DataFrame:
    """Reduce raw events to one row per case.

    Returns
    -------
    DataFrame
        `case_id, outcome, start, end, timed_out, amount`; times in calendar days from the log's
        first event; `timed_out` where the automatic user cancelled; `amount` asked for.
    """
    origin = events["timestamp"].min()
    by_case = events.groupby("case_id")
    decisions = events[events["activity"].isin(_DECISIONS)].groupby("case_id").first()
    cases = pd.DataFrame(
        {"start": by_case["timestamp"].min(), "end": by_case["timestamp"].max()}
    ).sub(origin)
    cases = cases.apply(lambda column: column.dt.total_seconds() / 86400)
    cases["outcome"] = decisions["activity"].map(_DECISIONS)
    cases["outcome"] = cases["outcome"].fillna(STILL_OPEN)
    automatic = (decisions["activity"] == "A_CANCELLED") & (decisions["resource"] == AUTOMATIC_USER)
    cases["timed_out"] = automatic.reindex(cases.index, fill_value=False)
    cases["amount"] = by_case["amount"].first()
    return cases.reset_index()[["case_id", "outcome", "start", "end", "timed_out", "amount"]]


def label_visits(sessions: pd.DataFrame, events: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Cut the sessions into visits and name the touchpoint of each.

    Returns
    -------
    DataFrame
        `case_id, function, touchpoint, start, end, minutes`, in order; times in calendar days
        from the log's first event.
    """
    origin = events["timestamp"].min()
    timed_out = cases.loc[cases["timed_out"], "case_id"]
    visits = sessions.assign(touchpoint=_touchpoints(sessions, set(timed_out)))
    visits["minutes"] = visits["minutes"].fillna(
        visits.groupby("touchpoint")["minutes"].transform("mean")
    )
    for column in ("start", "end"):
        visits[column] = (visits[column] - origin).dt.total_seconds() / 86400
    visits["end"] = visits["end"].clip(upper=visits["start"] + visits["minutes"] / 1440)
    grouped = visits.groupby(["case_id", "stay", "touchpoint"], sort=False)
    return grouped.agg(
        function=("function", "first"),
        start=("start", "min"),
        end=("end", "max"),
        minutes=("minutes", "sum"),
    ).reset_index()[["case_id", "function", "touchpoint", "start", "end", "minutes"]]


def _touchpoints(sessions: pd.DataFrame, timed_out: set[str]) -> pd.Series:
    """Name each session's touchpoint from its function and what came before.

    First and later days of a stay differ (later ones chase a customer who was not reached, and
    who is either reached within days or never: two kinds of wait that no one curve fits); so do
    applications accepted at once and those that came through lead handling, a first assessment
    and one after a hand-back, a fraud check before and after an offer. A chain on work items
    alone would mix them and miss the hand-offs per case.
    """
    case, function = sessions["case_id"], sessions["function"]
    new_day = sessions["day"] != sessions.groupby(["case_id", "stay"])["day"].shift()
    day = new_day.groupby([case, sessions["stay"]]).cumsum()
    validation = function == "validation"
    first_stay = sessions["stay"].where(validation).groupby(case).transform("min")
    reached = sessions["stay"] > first_stay.fillna(float("inf"))
    names = pd.Series("handle_leads", index=sessions.index)
    names[function == "intake"] = "complete_application"
    names[(function == "intake") & (day == 1) & (sessions["stay"] > 1)] = "complete_lead"
    names[(function == "intake") & (day > 1)] = "call_applicant"
    last_stay = sessions["stay"] == sessions.groupby("case_id")["stay"].transform("max")
    in_vain = (function == "intake") & (day > 1) & last_stay & case.isin(timed_out)
    names[in_vain] = "call_in_vain"
    names[function == "offers"] = "call_after_offer"
    names[(function == "offers") & (day > 1)] = "call_again"
    names[validation] = "assess_application"
    names[validation & reached] = "assess_again"
    names[function == "completion"] = "fix_incomplete_file"
    names[(function == "completion") & (day > 1)] = "chase_documents"
    names[function == "fraud"] = "screen_for_fraud"
    names[(function == "fraud") & reached] = "check_for_fraud"
    return names
