"""Whether hand-offs as such make customers cancel, read off an event log.

At a given stage and elapsed time, do cases that have been handed over more often than
others end more often as cancelled? In two real logs of service processes they do not
(BPI Challenges 2012 and 2013); delay, rework and loss may drive customers away, a hand-off
as such must not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.errors import Problem, StudyError

LOAN_STUDY = "scenarios/loan.yaml"
N_TIMES = 8
"""Classes of elapsed time within a stage, equally filled."""
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class OddsRatio:
    """A common odds ratio over strata, with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
        1 is no effect.
    n_visits, n_ended : int
        Visits compared, and those after which the case ended so.
    """

    value: float
    low: float
    high: float
    n_visits: int
    n_ended: int


def mantel_haenszel(tables: np.ndarray) -> tuple[float, float]:
    """Return the common odds ratio of 2 × 2 tables and the standard error of its logarithm.

    Parameters
    ----------
    tables : numpy.ndarray
        float64, shape (n_strata, 4): exposed with and without the outcome, not exposed
        with and without it.

    Returns
    -------
    ratio, error : float
        Mantel & Haenszel 1959; variance by Robins, Breslow & Greenland 1986.
    """
    a, b, c, d = tables.T
    n = tables.sum(axis=1)
    r, s = a * d / n, b * c / n
    p, q = (a + d) / n, (b + c) / n
    total_r, total_s = r.sum(), s.sum()
    variance = (
        (p * r).sum() / (2 * total_r**2)
        + (p * s + q * r).sum() / (2 * total_r * total_s)
        + (q * s).sum() / (2 * total_s**2)
    )
    return float(total_r / total_s), float(math.sqrt(variance))


def hand_off_odds_ratio(events: pd.DataFrame) -> OddsRatio:
    """Return how much more often cases with many hand-offs are dropped, all else given.

    A visit counts as exposed if its case has been handed over more often than is usual
    (the median) among visits at the same touchpoint and after about the same time; the
    outcome is that the case is dropped before another visit, at an exit or otherwise: a log
    knows both as cancelled. Strata are touchpoint and class of elapsed time.

    Parameters
    ----------
    events : pandas.DataFrame
        An event log with columns as in ``events.parquet``.
    """
    visits = _visits(events)
    visits["time"] = visits.groupby("stage")["elapsed"].transform(_class_of)
    strata = visits.groupby(["stage", "time"])
    exposed = visits["handed"] > strata["handed"].transform("median")
    counts = pd.DataFrame(
        {
            "a": exposed & visits["ended"],
            "b": exposed & ~visits["ended"],
            "c": ~exposed & visits["ended"],
            "d": ~exposed & ~visits["ended"],
        }
    ).groupby([visits["stage"], visits["time"]])
    tables = counts.sum().to_numpy(float)
    tables = tables[(tables[:, :2].sum(axis=1) > 0) & (tables[:, 2:].sum(axis=1) > 0)]
    ratio, error = mantel_haenszel(tables)
    width = math.exp(NORMAL_95 * error)
    n_ended = int(tables[:, [0, 2]].sum())
    return OddsRatio(ratio, ratio / width, ratio * width, int(tables.sum()), n_ended)


def _class_of(elapsed: pd.Series) -> pd.Series:
    return pd.qcut(elapsed.rank(method="first"), min(N_TIMES, len(elapsed)), labels=False)


def _visits(events: pd.DataFrame) -> pd.DataFrame:
    """Return one row a visit by people: stage, elapsed hours, hand-offs so far, the outcome."""
    rows = events[events["kind"].isin(["visit", "completed", "dropped"])]
    by_case = rows.groupby("case:concept:name", sort=False)
    following = by_case["kind"].shift(-1)
    visits = rows.assign(
        begun=by_case["queued_hour"].transform("first"), ended=following == "dropped"
    )
    visits = visits[visits["kind"] == "visit"]
    by_case = visits.groupby("case:concept:name", sort=False)
    before = by_case["org:group"].shift(1)
    changed = (before.notna() & (before != visits["org:group"])).astype(int)
    return pd.DataFrame(
        {
            "stage": visits["concept:name"],
            "elapsed": visits["end_hour"] - visits["begun"],
            "handed": changed.groupby(visits["case:concept:name"], sort=False).cumsum(),
            "ended": visits["ended"],
        }
    )


def main(replicates: int = 4) -> OddsRatio:
    """Run the loan study under its baseline with events, and print the odds ratio."""
    study = load_study(LOAN_STUDY)
    (model,) = (m for m in study.organisations if m.organisation == study.baseline)
    logs = []
    for replicate in range(replicates):
        events = run(RunSpec(study, model, replicate, events=True)).events
        if events is None:
            raise StudyError([Problem(LOAN_STUDY, None, None, "", "no events were kept", "")])
        logs.append(
            events.assign(**{"case:concept:name": f"{replicate}-" + events["case:concept:name"]})
        )
    found = hand_off_odds_ratio(pd.concat(logs, ignore_index=True))
    print(
        f"hand-offs beyond the usual, at a given stage and elapsed time: odds ratio of "
        f"cancelling {found.value:.2f} (95 % interval {found.low:.2f} to {found.high:.2f}; "
        f"{found.n_visits:,} visits, {found.n_ended:,} cancelled after one; "
        f"{replicates} replicates)"
    )
    return found


if __name__ == "__main__":
    main()
