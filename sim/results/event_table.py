"""The event log as a table that process-mining tools read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.model import EnterpriseModel
from sim.state.blueprint import HOURS_PER_DAY
from sim.state.cases import N_EVENTS
from sim.state.events import CASE_COMPLETED, CASE_DROPPED, EXITS_FROM, KINDS, LOSS
from sim.state.tallies import CAUSES

FIRST_DAY = pd.Timestamp("2025-01-06 09:00", tz="UTC")
"""A Monday; the calendar has working days of eight hours from nine o'clock."""


def event_table(model: EnterpriseModel) -> pd.DataFrame:
    """Return one row a visit, skip, loss and end of a case, in the order they came about.

    Returns
    -------
    pandas.DataFrame
        ``case:concept:name, concept:name, org:group, time:timestamp`` as process-mining
        tools expect, then ``kind`` (see ``sim.state.events``), ``detail`` (error, exit or cause),
        ``site``, ``journey``, ``customer_id``, ``need``, ``recontact``, and
        ``queued_hour, start_hour, end_hour`` in working hours since the warm-up began.
    """
    log = model.state.events[: int(model.state.counters[N_EVENTS])]
    blueprint = model.blueprint
    steps = np.array([*blueprint.touchpoint_ids, ""], dtype=object)
    groups = np.array([*blueprint.functions, ""], dtype=object)
    sites = np.array([*blueprint.site_ids, ""], dtype=object)
    kinds = np.array(KINDS, dtype=object)[log["kind"]]
    owners = np.append(blueprint.owners, -1)
    closing = np.isin(log["kind"], (CASE_COMPLETED, CASE_DROPPED))
    return pd.DataFrame(
        {
            "case:concept:name": _case_names(log),
            "concept:name": np.where(closing, kinds, steps[log["touchpoint"]]),
            "org:group": groups[owners[log["touchpoint"]]],
            "time:timestamp": timestamps(log["end"]),
            "kind": kinds,
            "detail": _details(log, np.array(blueprint.exits, dtype=object)),
            "site": sites[log["site"]],
            "journey": np.array(blueprint.journeys, dtype=object)[log["journey"]],
            "customer_id": log["customer"],
            "need": log["need"],
            "recontact": log["recontact"],
            "queued_hour": log["joined"],
            "start_hour": log["start"],
            "end_hour": log["end"],
        }
    )


def _case_names(log: np.ndarray) -> list[str]:
    columns = zip(
        log["customer"].tolist(), log["need"].tolist(), log["recontact"].tolist(), strict=True
    )
    return [f"{customer}-{need}-{recontact}" for customer, need, recontact in columns]


def _details(log: np.ndarray, exits: np.ndarray) -> np.ndarray:
    details = np.where(log["detail"] == 1, "error", "").astype(object)
    completed = log["kind"] == CASE_COMPLETED
    details[completed] = exits[log["detail"][completed]]
    dropped = log["kind"] == CASE_DROPPED
    withdrawn = log["detail"] >= EXITS_FROM
    details[withdrawn] = exits[log["detail"][withdrawn] - EXITS_FROM]
    by_cause = dropped & ~withdrawn
    details[by_cause] = np.array(CAUSES, dtype=object)[log["detail"][by_cause]]
    details[log["kind"] == LOSS] = "lost"
    return details


def timestamps(hours: np.ndarray) -> pd.DatetimeIndex:
    """Return working hours as moments of a calendar with five working days a week."""
    days = np.floor(hours / HOURS_PER_DAY)
    calendar = days + 2 * np.floor(days / 5)
    seconds = calendar * 86400.0 + (hours - days * HOURS_PER_DAY) * 3600.0
    return FIRST_DAY + pd.to_timedelta(np.round(seconds), unit="s")
