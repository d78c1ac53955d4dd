"""What a derived firm does when it is simulated, as a log of the same form as the real one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.firm import DerivedFirm
from analysis.calibration.firm_yaml import STUDY_FILE
from analysis.calibration.visits import LogVisits
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.study import Study
from sim.study.working_time import CLOCK_HOURS, CLOCK_HOURS_PER_DAY, HOURS_PER_DAY

_MOST_CASES = 12_000
"""Cases simulated to be set beside the log; of a larger log a shorter period."""
MOST_SETTLING_DAYS = 130
SEEN_WORKED = 30
"""Visits of a step that say how much longer than written they are."""
OWN_BETWEEN = 0.3, 1.0
"""What share of a visit is taken to be its own work, at least and at most."""
MINUTES_OF_A_DAY = 1440.0
A_MONDAY = pd.Timestamp("2024-01-01")
_WORKING = 5.0 / 7.0
CLOCK_DAYS = CLOCK_HOURS / CLOCK_HOURS_PER_DAY
"""Days on the wall for each hour of the model."""
DROPPED = "dropped by the model"


def predicted_log(
    firm: DerivedFirm, folder: Path, window: float, follow_up: float, *, busier: float = 1.0
) -> LogVisits:
    """Simulate the study of a folder under its baseline, and return its log.

    Parameters
    ----------
    firm : DerivedFirm
        What the study was written from.
    folder : Path
        Holds the study.
    window, follow_up : float
        Days of the clock in which cases begin, and for which they are followed after it.
    busier : float
        Times as many cases as the study has.

    Returns
    -------
    LogVisits
        Day 0 is a Monday on which the window opens; a week longer than asked, so that it can be
        cut to begin on any weekday.
    """
    study = load_study(str(folder / STUDY_FILE))
    settle = min(MOST_SETTLING_DAYS, max(20, math.ceil(2 * _slow_case(firm) * _WORKING)))
    settle = 5 * math.ceil(settle / 5)
    per_day = firm.cases_per_year * busier / 364.0
    window = min(window, max(_MOST_CASES / per_day, 14.0))
    design = study.design.model_copy(
        update={
            "warm_up_days": settle,
            "horizon_days": max(5, 5 * math.ceil((window + 7.0) / 7.0)),
            "follow_up_days": min(520, 5 * math.ceil((follow_up * _WORKING + 1.0) / 5.0)),
        }
    )
    customers = max(1, round(study.market.customers * busier))
    market = study.market.model_copy(update={"customers": customers})
    study = study.model_copy(update={"design": design, "market": market})
    (model,) = (m for m in study.organisations if m.organisation == study.baseline)
    events = run(RunSpec(study, model, 0, events=True)).events
    if events is None:
        raise AssertionError("a run with events returns them")
    return _as_log(events, study, firm)


def driven_out(log: LogVisits, firm: DerivedFirm) -> dict[str, tuple[float, float]]:
    """Return which shares of a predicted log's cases give up by a branch, and through the model.

    By key of the function that worked on them last.
    """
    last = log.visits.groupby("case")["function"].last().reindex(log.cases.index)
    by_model, given_up = log.cases["by_model"], log.cases["given_up"]
    n = max(len(log.cases), 1)
    return {
        key: (
            float((given_up & ~by_model & (last == called)).sum() / n),
            float((by_model & (last == called)).sum() / n),
        )
        for key, called in firm.functions.items()
    }


def queue_days_of(log: LogVisits, firm: DerivedFirm) -> dict[str, float]:
    """Return how many days of the clock a predicted log's visits queue on average, by function."""
    days = log.visits.groupby("function")["queue"].mean()
    return {key: float(days.get(called, 0.0)) for key, called in firm.functions.items()}


def own_share_of(log: LogVisits, firm: DerivedFirm) -> dict[str, float]:
    """Return by step what share of a predicted log's visits is the work that stands in the firm.

    In the model people work at the pace that other work leaves them, ask, write, and look things
    up; what a log calls a visit holds all of it. A step with few visits has its function's share.
    Visits that lie over night say nothing.
    """
    visits = log.visits
    same_day = visits[np.floor(visits["start"]) == np.floor(visits["end"])]
    written = {step.name: step.minutes_written(firm.own_share) for step in firm.steps}
    worked = (same_day["end"] - same_day["start"]) * MINUTES_OF_A_DAY
    by_step = _shares(same_day["step"].map(written), worked, same_day["step"], SEEN_WORKED)
    by_function = _shares(same_day["step"].map(written), worked, same_day["function"], 1)
    return {
        step.name: by_step.get(step.name, by_function.get(firm.functions[step.owner], 1.0))
        for step in firm.steps
    }


def _shares(part: pd.Series, whole: pd.Series, by: pd.Series, least: int) -> dict[str, float]:
    """Return sums of a part over sums of the whole by group, of those that have enough rows."""
    parts, wholes, n = part.groupby(by).sum(), whole.groupby(by).sum(), whole.groupby(by).size()
    share = (parts / wholes.clip(lower=1e-9)).clip(*OWN_BETWEEN)[n >= least]
    return {str(name): float(value) for name, value in share.items()}


def _slow_case(firm: DerivedFirm) -> float:
    return firm.follow_days or 60.0


def _as_log(events: pd.DataFrame, study: Study, firm: DerivedFirm) -> LogVisits:
    # With a calendar an hour of the model is so many on the wall, nights included.
    opens = study.design.warm_up_days * HOURS_PER_DAY
    closes = opens + study.design.horizon_days * HOURS_PER_DAY
    rows = events[events["recontact"] == 0]
    case, names = pd.factorize(rows["case:concept:name"])
    rows = rows.assign(case=case)
    by_case = rows.groupby("case")
    cases = pd.DataFrame({"start": by_case["queued_hour"].min(), "end": by_case["end_hour"].max()})
    closings = rows[rows["kind"].isin(["completed", "dropped"])].drop_duplicates("case")
    detail = closings.set_index("case")["detail"]
    said = firm.exits | {"completed": firm.exits.get("completed", "completed")}
    gone = firm.exits[firm.withdrawn[0]] if firm.withdrawn else DROPPED
    detail = detail.reindex(cases.index)
    cases["by_model"] = detail.notna() & ~detail.isin(list(said))
    cases["given_up"] = cases["by_model"] | detail.isin(firm.withdrawn)
    cases["outcome"] = detail.map(lambda name: said.get(name, gone), na_action="ignore").fillna("")
    if not firm.outcome_known:
        cases["outcome"] = cases["outcome"].where(cases["outcome"].isin(["", DROPPED]), "completed")
    cases["case_id"] = names[cases.index]
    visits = rows[rows["kind"] == "visit"]
    titles = {each: each.rpartition("/")[2] for each in visits["touchpoint"].unique()}
    step = visits["touchpoint"].map(titles)
    activity = {each.name: each.activity for each in firm.steps}
    visits = pd.DataFrame(
        {
            "case": visits["case"],
            "activity": step.map(activity),
            "function": visits["org:group"].map(firm.functions),
            "start": _days(visits["start_hour"], opens),
            "end": _days(visits["end_hour"], opens),
            "queue": (visits["start_hour"] - visits["queued_hour"]) * CLOCK_DAYS,
            "minutes": np.nan,
            "resource": "",
            "step": step,
        }
    ).sort_values(["case", "start"], kind="stable", ignore_index=True)
    inside = (cases["start"] >= opens) & (cases["start"] < closes)
    for name in ("start", "end"):
        cases[name] = _days(cases[name], opens)
    none = pd.DataFrame({"resource": [], "function": [], "day": [], "minutes": []})
    last = float(visits["end"].max())
    log = LogVisits(visits, cases.reset_index(drop=True), none, A_MONDAY, last, "logged")
    return log.only(inside.to_numpy())


def _days(hours: pd.Series, opens: float) -> pd.Series:
    """Return hours of the model since the run began as days on the wall since the window opened."""
    return (hours - opens) * CLOCK_DAYS
