"""Stories of one customer made by hand, for tests of their words and their figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.stories import Story

DAY_ZERO, HORIZON = 160.0, 250
CUSTOMER: dict[str, Any] = {
    "customer_id": 812,
    "segment": "homes",
    "represented": False,
    "outcome": "stayed",
    "site": "",
    "cause": "",
    "accountable": "",
    "dropped_on_day": np.nan,
    "seam": "",
    "missing_facts": "",
    "fault_from": "",
    "incentive": "",
    "issue": "",
    "left_on_day": np.nan,
    "reason": "",
    "promise_owner": "",
    "standing": 0.62,
    "value": 410.0,
}
EVENT: dict[str, Any] = {
    "concept:name": "",
    "org:group": None,
    "detail": "",
    "site": "",
    "journey": "repair",
    "customer_id": 812,
    "need": 0,
    "recontact": 0,
    "asked_again": "",
    "fault_from": "",
    "accountable": "nobody",
    "standing": 0.7,
}


def event(day: float, kind: str, step: str, by: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a row of the event log, at a day of the window, the first one 1."""
    hour = DAY_ZERO + 8.0 * (day - 1.0)
    about = {"kind": kind, "touchpoint": f"repair/{step}", "org:group": by}
    return EVENT | about | {"start_hour": hour, "end_hour": hour + 0.5} | more


def story(
    events: list[dict[str, Any]], name: str = "siloed", label: str = "Siloed", **who: Any
) -> Story:
    """Return a story of some events; ``who`` is what its row of the customer table says."""
    log = pd.DataFrame(events, columns=[*EVENT, "kind", "touchpoint", "start_hour", "end_hour"])
    log = log.loc[:, ~log.columns.duplicated()].astype({"org:group": object})
    row = pd.Series(CUSTOMER | who)
    return Story(name, label, row, log, DAY_ZERO, DAY_ZERO + 8.0 * HORIZON)


def one_repair(need: int, day: float, *, wrong: bool, standing: float = 0.7) -> list[dict]:
    """Return a need that goes from one function to the next, and may go wrong on the way."""
    told = {"need": need, "standing": standing}
    asked = {"asked_again": "address, consent"} if wrong else {}
    fault = {"fault_from": "repair/report"} if wrong else {}
    return [
        event(day, "arrival", "report", **told),
        event(day, "visit", "report", "front", **told, detail="error" if wrong else ""),
        event(day + 2, "visit", "mend", "middle", **told, **asked),
        *([event(day + 3, "loss", "check", site="middle>rear", **told)] if wrong else []),
        *([event(day + 6, "chase", "check", site="middle>rear", **told)] if wrong else []),
        event(day + 8, "visit", "check", "rear", **told, **fault),
        event(day + 9, "contact", "check", **told, detail="first"),
        event(day + 9, "completed", "check", **told, detail="completed"),
    ]


LEAVER = [
    *one_repair(0, 12.0, wrong=False),
    *one_repair(1, 60.0, wrong=True, standing=0.66),
    *one_repair(2, 110.0, wrong=True, standing=0.48),
    event(125.0, "arrival", "report", need=3, standing=0.41),
    event(125.0, "visit", "report", "front", need=3, standing=0.41),
    event(131.0, "dropped", "mend", "middle", need=3, site="repair/mend", detail="wait"),
    *one_repair(4, 180.0, wrong=False, standing=0.4),
]
"""Four needs before leaving on day 140, and one after it."""
GONE = {"outcome": "left", "left_on_day": 140.0, "reason": "memory ×1.6, price ×1.2",
        "standing": 0.4, "value": 120.0}  # fmt: skip


def leaver(name: str = "siloed", label: str = "Siloed") -> Story:
    """Return the story of who left."""
    return story(LEAVER, name, label, **GONE)


def stayer(name: str = "hybrid", label: str = "Hybrid") -> Story:
    """Return the story of who stayed, with one need that went wrong."""
    events = [each for need in range(5) for each in one_repair(
        need, 12.0 + 48.0 * need, wrong=need == 1, standing=0.6 + 0.04 * need
    )]  # fmt: skip
    return story(events, name, label)
