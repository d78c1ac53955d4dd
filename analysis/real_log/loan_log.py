"""Fit the loan enterprise to its event log: ``python -m analysis.real_log.loan_log --logs DIR``.

Reads the log of the BPI Challenge 2012 (see `analysis.real_log.loan_visits`), derives branch
probabilities, work, waits for the customer, staffing and volume, and writes
`scenarios/enterprises/loan-origination.yaml` and `loan-origination-log.csv` beside it. The log
itself is never copied.
"""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

import pandas as pd
from scipy.special import ndtri

from analysis.real_log.loan_visits import label_visits, read_cases, read_events, read_sessions
from analysis.real_log.loan_yaml import LoanFit, Step, write_enterprise, write_statistics
from analysis.real_log.log_statistics import (
    APPROVED,
    CALENDAR_DAYS_PER_WEEK,
    DECLINED,
    LOAN_LOG,
    STILL_OPEN,
    TICKS_PER_DAY,
    WORKING_DAYS_PER_WEEK,
    calendar_days,
    case_statistics,
    working_ticks,
)

SUBMIT = "submit"
TIMED_OUT = "timed_out"
MOST_VARIATION = 5.0
"""Largest coefficient of variation of work that an enterprise may state."""

NEVER_IN_LIMITS = 10.0
"""A customer who never answers is written as one whose answer takes this many times the limit."""

REPLY_FROM: dict[str, str] = {
    "call_after_offer": "previous",
    "call_again": "start",
    "call_applicant": "previous",
    "call_in_vain": "previous",
    "chase_documents": "previous",
}
"""Touchpoints that wait for the customer, and whence the wait is counted.

`start`: from the visit's start, for touchpoints that stand for all remaining days of a stay.
`previous`: from the end of the visit before, where the wait begins before the call: the offer is
in the post, or the customer has to be reached first.
"""

LIMITED = ("call_in_vain", "call_again")
"""Touchpoints at which the bank's 30-day time-out closes applications."""

FOLLOWED = (*LIMITED, "complete_application", "complete_lead")
FOLLOWED_DAYS = 35.0
"""Days of the log that must remain after a visit for a time-out to be seen, and where it matters.

Whether an applicant who was not reached on the first day ever will be is known only then.
"""


def derive(folder: Path) -> tuple[LoanFit, pd.DataFrame]:
    """Derive the fit and the log's own statistics.

    Parameters
    ----------
    folder : Path
        Holds `bpic2012_raw_events.parquet` and `bpic2012_work_sessions.parquet`.

    Returns
    -------
    LoanFit
        What the enterprise file states.
    DataFrame
        `statistic, scope_id, value` as of `case_statistics`.
    """
    events, sessions = read_events(folder), read_sessions(folder)
    cases = read_cases(events)
    visits = label_visits(sessions, events, cases)
    observed = cases["start"].max() - cases["start"].min()
    working_days = observed * WORKING_DAYS_PER_WEEK / CALENDAR_DAYS_PER_WEEK
    heads, utilisation = _heads(sessions, working_days)
    last_day = cases["end"].max()
    path = _with_routes(_with_submission(visits, cases), cases)
    steps = {
        str(name): _step(str(name), rows, last_day) for name, rows in path.groupby("touchpoint")
    }
    approved = cases["outcome"] == APPROVED
    fit = LoanFit(
        steps=steps,
        heads=heads,
        utilisation=utilisation,
        n_cases=len(cases),
        cases_per_working_day=len(cases) / working_days,
        approved_amount=float(cases.loc[approved, "amount"].mean()),
        approved_of_completed=float(
            approved.sum() / (approved | (cases["outcome"] == DECLINED)).sum()
        ),
    )
    return fit, case_statistics(visits, cases)


def _with_submission(visits: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Put before each case's visits the step that nobody works on: the application itself."""
    submitted = cases[["case_id", "start"]].assign(
        end=cases["start"], touchpoint=SUBMIT, function="", minutes=0.0
    )
    together = pd.concat([submitted, visits], ignore_index=True)
    return together.sort_values("case_id", kind="stable", ignore_index=True)


def _with_routes(path: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Add where each visit led and when, and how long the customer's part of it took.

    A hand-off takes one tick in the model by itself, so that much is left out of the waits.
    """
    by_case = path.groupby("case_id")
    closed = cases.set_index("case_id")
    exits = closed["outcome"].where(~closed["timed_out"], TIMED_OUT)
    routed = path.assign(
        leads_to=by_case["touchpoint"].shift(-1).fillna(path["case_id"].map(exits)),
        left=by_case["start"].shift(-1).fillna(path["case_id"].map(closed["end"])),
        previous=by_case["end"].shift(),
    )
    counted_later = routed["leads_to"].map(REPLY_FROM) == "previous"
    routed["left"] = routed["left"].mask(counted_later, routed["end"])
    next_function = by_case["function"].shift(-1)
    handed_on = next_function.notna() & (next_function != "")
    handed_on &= next_function != path["function"]
    for since in ("start", "previous"):
        wait = routed["left"] - routed[since] - handed_on * calendar_days(1)
        routed[f"since_{since}"] = wait.clip(lower=0)
    return routed


def _step(name: str, rows: pd.DataFrame, last_day: float) -> Step:
    """Describe one touchpoint by the visits whose continuation the log shows.

    Where the time-out strikes, only visits that the log follows long enough to see it: dropping
    just the cases still open would drop the slowest.
    """
    limited = name in LIMITED
    if name in FOLLOWED:
        rows = rows[rows["start"] < last_day - FOLLOWED_DAYS]
    rows = rows[rows["leads_to"] != STILL_OPEN]
    leads_to = rows["leads_to"]
    kept = leads_to[leads_to != TIMED_OUT] if limited else leads_to.replace(TIMED_OUT, "cancelled")
    shares = kept.value_counts(normalize=True) if len(kept) else pd.Series({"cancelled": 1.0})
    mean = float(rows["minutes"].mean())
    variation = float(rows["minutes"].std()) / mean if mean > 0 else 0.0
    return Step(
        visits=len(rows),
        minutes=mean,
        variation=min(variation, MOST_VARIATION),
        reply=_reply(rows[f"since_{REPLY_FROM[name]}"], leads_to, limited)
        if name in REPLY_FROM
        else {},
        branches={str(target): float(share) for target, share in shares.items()},
    )


def _reply(days: pd.Series, leads_to: pd.Series, limited: bool) -> dict[str, float]:
    """Fit the wait for the customer, in working hours.

    Without a time-out by mean and standard deviation. With one, a log-normal wait is fitted so
    that the share that times out and the median of the answers in time are those of the log; the
    limit is what is left of the 30 days when the touchpoint begins (median of the time-outs).
    """
    late = leads_to == TIMED_OUT
    if not limited:
        hours = working_ticks(days[~late & (leads_to != "cancelled")])
        return {"hours": float(hours.mean()), "variation": float(hours.std() / hours.mean())}
    if late.all():
        limit = float(working_ticks(days.median()))
        return {"hours": NEVER_IN_LIMITS * limit, "variation": 0.0, "limit_hours": limit}
    limit, median = float(days[late].median()), float(days[~late].median())
    share = float(late.mean())
    at_limit, at_median = ndtri(1 - share), ndtri((1 - share) / 2)
    sigma = (math.log(limit) - math.log(median)) / (at_limit - at_median)
    centre = math.log(limit) - at_limit * sigma
    return {
        "hours": float(working_ticks(math.exp(centre + sigma**2 / 2))),
        "variation": math.sqrt(math.exp(sigma**2) - 1),
        "limit_hours": float(working_ticks(limit)),
    }


def _heads(sessions: pd.DataFrame, working_days: float) -> tuple[dict[str, int], dict[str, float]]:
    """Estimate people per function from the days they were at work.

    Whoever has a session on a day is paid that day's eight hours; meetings and all else that the
    log does not hold are among them, as they are among a head's hours in the model. The hours
    are split over functions by minutes worked, and scaled up for the sessions (11 %) whose person
    the log does not name. Whole people, rounded up.

    Returns
    -------
    dict of str to int
        Heads by function.
    dict of str to float
        Logged hours of work by paid hours of those whole people.
    """
    known = sessions.dropna(subset=["resource", "minutes"])
    person_day = [known["resource"], known["day"]]
    part = known["minutes"] / known["minutes"].groupby(person_day).transform("sum")
    hours = TICKS_PER_DAY * part.groupby(known["function"]).sum()
    worked = sessions.groupby("function")["minutes"].sum()
    hours *= worked / known.groupby("function")["minutes"].sum()
    heads = {
        str(name): math.ceil(value / (TICKS_PER_DAY * working_days))
        for name, value in hours.items()
    }
    paid = {name: count * TICKS_PER_DAY * working_days for name, count in heads.items()}
    return heads, {name: float(worked[name]) / 60 / paid[name] for name in heads}


def main(arguments: list[str] | None = None) -> None:
    """Write the enterprise and the log's statistics.

    Raises
    ------
    SystemExit
        If the folder with the log is not given or lacks the log.
    """
    parser = argparse.ArgumentParser(description="Fit the loan enterprise to its event log.")
    parser.add_argument("--logs", default=os.environ.get("STANDING_LOGS"), help="folder of the log")
    parser.add_argument("--out", default=str(LOAN_LOG.parent), help="folder to write into")
    given = parser.parse_args(arguments)
    if not given.logs or not (Path(given.logs) / "bpic2012_raw_events.parquet").exists():
        parser.error("name the folder that holds bpic2012_raw_events.parquet: --logs DIR")
    fit, statistics = derive(Path(given.logs))
    out = Path(given.out)
    write_enterprise(fit, out / "loan-origination.yaml")
    write_statistics(statistics, out / LOAN_LOG.name)


if __name__ == "__main__":
    main()
