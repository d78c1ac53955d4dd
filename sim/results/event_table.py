"""The event log as a table that process-mining tools read (columns: docs/events.md)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from sim.model import EnterpriseModel
from sim.results.customer_table import accountable_at
from sim.state.cases import N_EVENTS
from sim.state.events import (
    CASE_CLOSED,
    CASE_LOST,
    CONTACT_ENDED,
    EXITS_FROM,
    KINDS,
    LOSS,
    VISIT,
)
from sim.state.tallies import CAUSES
from sim.study.event_kinds import ACTIVITIES, CONTACT_KINDS
from sim.study.working_time import CLOCK_HOURS, DAYS_PER_WEEK, HOURS_PER_DAY

FIRST_DAY = pd.Timestamp("2025-01-06 09:00", tz="UTC")
"""A Monday; without a calendar of the firm's, working days have eight hours from nine o'clock."""


def event_table(model: EnterpriseModel) -> pd.DataFrame:
    """Return one row for whatever happened to a case, in the order in which it came about.

    Returns
    -------
    pandas.DataFrame
        Columns as in ``TABLES["events.parquet"]`` of `sim.study.tables`.
    """
    log = model.state.events[: int(model.state.counters[N_EVENTS])]
    blueprint = model.blueprint
    rules = model.state.rules[0]
    steps = np.array(blueprint.touchpoint_ids, dtype=object)[log["touchpoint"]]
    groups = np.array([*blueprint.functions, None], dtype=object)
    sites = np.array([*blueprint.site_ids, ""], dtype=object)
    kinds = np.array(KINDS, dtype=object)[log["kind"]]
    names = np.array([ACTIVITIES.get(kind, "") for kind in KINDS], dtype=object)[log["kind"]]
    begun = log["start"]
    calendar = model.study.enterprise.calendar
    moments = timestamps if calendar is None else partial(clock_timestamps, zone=calendar.zone)
    return pd.DataFrame(
        {
            "case:concept:name": _case_names(log),
            "concept:name": np.where(names == "", steps, names),
            "org:group": groups[log["function"]],
            "org:resource": _resources(model, log),
            "start_timestamp": moments(begun),
            "time:timestamp": moments(log["end"]),
            "lifecycle:transition": "complete",
            "kind": kinds,
            "detail": _details(log, np.array(blueprint.exits, dtype=object)),
            "touchpoint": steps,
            "site": sites[log["site"]],
            "journey": np.array(blueprint.journeys, dtype=object)[log["journey"]],
            "segment": _segments(model)[log["customer"]],
            "customer_id": log["customer"],
            "need": log["need"],
            "recontact": log["recontact"],
            "contact_id": _contacts(log),
            "queued_hour": log["joined"],
            "start_hour": begun,
            "end_hour": log["end"],
            "in_window": (begun >= rules["day_zero"]) & (begun < rules["day_end"]),
            "in_cohort": log["cohort"] == 1,
            **_answers(log),
            "asked_again": _names_in(log["asked_again"], blueprint.facts),
            "fault_from": np.array([*blueprint.touchpoint_ids, ""], dtype=object)[log["origin"]],
            "accountable": _accountable(model, log),
            "standing": log["standing"].astype(float),
        }
    )


def _case_names(log: np.ndarray) -> list[str]:
    columns = zip(
        log["customer"].tolist(), log["need"].tolist(), log["recontact"].tolist(), strict=True
    )
    return [f"{customer}-{need}-{recontact}" for customer, need, recontact in columns]


def _names_in(masks: np.ndarray, facts: Sequence[str]) -> np.ndarray:
    """Return the facts of each mask as words, such as ``address, consent``; empty for none."""
    kinds, which = np.unique(masks, return_inverse=True)
    words = [
        ", ".join(name for bit, name in enumerate(facts) if int(kind) >> bit & 1) for kind in kinds
    ]
    return np.array(words, dtype=object)[which.reshape(-1)]


def _accountable(model: EnterpriseModel, log: np.ndarray) -> np.ndarray:
    """Return who was accountable for each row's seam or else touchpoint when it came about."""
    places = np.where(log["site"] >= 0, log["site"], log["touchpoint"])
    return accountable_at(model, places, log["start"] / HOURS_PER_DAY)


def _contacts(log: np.ndarray) -> np.ndarray:
    """Return the contact that each row is part of: customer, need and number, None for none."""
    columns = (log[name].tolist() for name in ("customer", "need", "contact"))
    names = [f"{who}-{need}/{n}" if n else None for who, need, n in zip(*columns, strict=True)]
    return np.array(names, dtype=object)


def _segments(model: EnterpriseModel) -> np.ndarray:
    """Return the name of each customer's segment."""
    names = np.array(model.blueprint.segments, dtype=object)
    return np.asarray(names[model.state.customers["segment"]])


def _resources(model: EnterpriseModel, log: np.ndarray) -> np.ndarray:
    """Return who served each visit: the first of the function's people who was free.

    People of a function are alike, and the engine counts hours, not faces; it never has more
    of them at work than there are. Where some customers alone are followed nobody can tell.
    """
    found = np.full(len(log), None, dtype=object)
    if len(model.state.followed):
        return found
    for function, name in enumerate(model.blueprint.functions):
        visits = np.flatnonzero((log["kind"] == VISIT) & (log["function"] == function))
        order = visits[np.argsort(log["start"][visits], kind="stable")]
        starts, ends = log["start"][order].tolist(), log["end"][order].tolist()
        people = _first_free(starts, ends)
        found[order] = [f"{name} {person + 1}" for person in people]
    return found


def _first_free(starts: list[float], ends: list[float]) -> list[int]:
    """Return, for pieces of work in the order of their start, who takes each: the lowest free."""
    free: list[int] = []
    working: list[tuple[float, int]] = []
    taken = []
    for start, end in zip(starts, ends, strict=True):
        while working and working[0][0] <= start:
            heapq.heappush(free, heapq.heappop(working)[1])
        person = heapq.heappop(free) if free else len(working)
        heapq.heappush(working, (end, person))
        taken.append(person)
    return taken


def _details(log: np.ndarray, exits: np.ndarray) -> np.ndarray:
    details = np.where(log["detail"] == 1, "error", "").astype(object)
    completed = log["kind"] == CASE_CLOSED
    details[completed] = exits[log["detail"][completed]]
    dropped = log["kind"] == CASE_LOST
    withdrawn = log["detail"] >= EXITS_FROM
    details[withdrawn] = exits[log["detail"][withdrawn] - EXITS_FROM]
    by_cause = dropped & ~withdrawn
    details[by_cause] = np.array(CAUSES, dtype=object)[log["detail"][by_cause]]
    details[log["kind"] == LOSS] = "lost"
    contacts = log["kind"] == CONTACT_ENDED
    details[contacts] = np.array(CONTACT_KINDS, dtype=object)[log["detail"][contacts]]
    return details


def _answers(log: np.ndarray) -> dict[str, np.ndarray]:
    """Return how customers judged a contact or journey at its end; missing where they did not."""
    judged = {
        "recommend": log["recommend"] >= 0,
        "satisfaction": log["satisfaction"] >= 0,
        "effort": log["recommend"] >= 0,
    }
    return {
        name: np.where(there, log[name].astype(float), np.nan) for name, there in judged.items()
    } | {"surveyed": log["surveyed"] == 1}


def timestamps(hours: np.ndarray) -> pd.DatetimeIndex:
    """Return working hours as moments of a calendar with five working days a week."""
    days = np.floor(hours / HOURS_PER_DAY)
    calendar = days + 2 * np.floor(days / DAYS_PER_WEEK)
    seconds = calendar * 86400.0 + (hours - days * HOURS_PER_DAY) * 3600.0
    return FIRST_DAY + pd.to_timedelta(np.round(seconds), unit="s")


def clock_timestamps(hours: np.ndarray, zone: str) -> pd.DatetimeIndex:
    """Return hours of a run with a calendar as moments on the wall clock of a zone.

    Every week has 168 hours and every door opens at its hour of the day. Of the hour that is
    there twice as summer ends the first is meant, and of that which is not there as it begins the
    first moment after it.
    """
    seconds = np.round(hours * (CLOCK_HOURS * 3600.0))
    local = FIRST_DAY.normalize().tz_localize(None) + pd.to_timedelta(seconds, unit="s")
    return local.tz_localize(zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward")
