"""Event logs and tables of contacts made by hand, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.event_log.log_table import CONTACT_COLUMNS, LOG_COLUMNS, ContactLog, EventLog

MONDAY = pd.Timestamp("2024-01-01", tz="UTC")
Row = tuple[str, str, str, str, float | None, float, str]
"""Case, activity, function, resource, start and end in days since a Monday, outcome."""


def event_log(rows: Sequence[Row], waits: Sequence[bool] = ()) -> EventLog:
    """Return a log of rows, in order of case and time."""
    frame = pd.DataFrame(
        rows, columns=["case_id", "activity", "group", "resource", "start", "end", "outcome"]
    )
    for name in ("start", "end"):
        frame[name] = MONDAY + pd.to_timedelta(frame[name].astype(float), unit="D")
    frame["queued"] = pd.Series(pd.NaT, frame.index, "datetime64[ns, UTC]")
    frame["waits"] = list(waits) or [False] * len(frame)
    return EventLog(frame[list(LOG_COLUMNS)], "UTC", Path("a log.csv"), "0" * 64, ())


def drawn_log(n_cases: int, seed: int = 1, shop: str = "Shop", desk: str = "Desk #2") -> EventLog:
    """Return a log of a shop and a desk: calls, checks that go back and forth, refusals.

    Work of about 12 and 30 minutes between 9 and 17 on weekdays, a day or so in between; every
    fifth call is given up, one check in four goes back to the shop.
    """
    luck = np.random.default_rng(seed)
    rows: list[Row] = []
    for number in range(n_cases):
        case, moment = f"c{number}", _opening(60.0 * number / n_cases, luck)
        step, visits = "call", 0
        outcome = "granted"
        mine: list[tuple[str, str, float, float]] = []
        while True:
            minutes = float(luck.gamma(4.0, 3.0 if step == "call" else 7.5))
            end = moment + minutes / 1440.0
            mine.append((step, shop if step == "call" else desk, moment, end))
            visits += 1
            drawn = luck.random()
            if step == "call" and drawn < 0.2:
                outcome = "cancelled by customer"
                break
            if step == "check" and drawn > 0.25:
                outcome = "granted" if drawn < 0.8 else "refused"
                break
            step = "check" if step == "call" else "call"
            moment = _opening(end + float(luck.gamma(4.0, 0.3)), luck)
        rows += [
            (case, step, who, f"{who} {luck.integers(3)}", start, end, outcome)
            for step, who, start, end in mine
        ]
    return event_log(rows)


def _opening(moment: float, luck: np.random.Generator) -> float:
    """Return a moment in opening hours, the next morning if it is none."""
    day, hour = int(moment), (moment % 1.0) * 24.0
    if day % 7 >= 5 or hour >= 17.0:
        day, hour = day + 1, 0.0
        while day % 7 >= 5:
            day += 1
    if hour < 9.0:
        hour = 9.0 + float(luck.random())
    return day + hour / 24.0


def contact_log(n: int, patience: float, shape: float, seed: int = 1) -> ContactLog:
    """Return a table of contacts whose patience is Weibull, offered waits exponential."""
    luck = np.random.default_rng(seed)
    offered = np.where(luck.random(n) < 0.5, 0.0, luck.exponential(90.0, n))
    willing = patience * luck.weibull(shape, n)
    gave_up = willing < offered
    days = np.sort(luck.integers(0, 20, n) + (9.0 + 8.0 * luck.random(n)) / 24.0)
    frame = pd.DataFrame(
        {
            "case_id": [str(number) for number in range(n)],
            "group": "",
            "arrival": MONDAY + pd.to_timedelta(days, unit="D"),
            "wait_seconds": np.minimum(willing, offered),
            "abandoned": gave_up,
            "service_seconds": np.where(gave_up, np.nan, luck.exponential(180.0, n)),
            "resource": np.where(gave_up, "", "agent"),
        }
    )
    return ContactLog(frame[list(CONTACT_COLUMNS)], "UTC", Path("calls.csv"), "0" * 64, ())
