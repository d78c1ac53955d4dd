"""The event log as a table that process-mining tools read (columns: docs/events.md)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from sim.model import EnterpriseModel
from sim.results.customer_table import accountable_at
from sim.results.name_columns import as_column, column_of, strung
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
    touchpoints, kinds = blueprint.touchpoint_ids, log["kind"]
    activities = [ACTIVITIES.get(kind, "") for kind in KINDS]
    unnamed = np.array([not name for name in activities])[kinds]
    activity = np.where(unnamed, len(activities) + log["touchpoint"], kinds)
    begun = log["start"]
    calendar = model.study.enterprise.calendar
    moments = timestamps if calendar is None else partial(clock_timestamps, zone=calendar.zone)
    return pd.DataFrame(
        {
            "case:concept:name": as_column(
                strung(log["customer"], "-", log["need"], "-", log["recontact"])
            ),
            "concept:name": column_of(activity, [*activities, *touchpoints]),
            "org:group": column_of(log["function"], [*blueprint.functions, None]),
            "org:resource": _resources(model, log),
            "start_timestamp": moments(begun),
            "time:timestamp": moments(log["end"]),
            "lifecycle:transition": "complete",
            "kind": column_of(kinds, KINDS),
            "detail": _details(log, blueprint.exits),
            "touchpoint": column_of(log["touchpoint"], touchpoints),
            "site": column_of(log["site"], [*blueprint.site_ids, ""]),
            "journey": column_of(log["journey"], [*blueprint.journeys]),
            "segment": column_of(
                model.state.customers["segment"][log["customer"]], [*model.blueprint.segments]
            ),
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
            "fault_from": column_of(log["origin"], [*touchpoints, ""]),
            "accountable": _accountable(model, log),
            "standing": log["standing"].astype(float),
        }
    )


def _names_in(masks: np.ndarray, facts: Sequence[str]) -> ExtensionArray:
    """Return the facts of each mask as words, such as ``address, consent``; empty for none."""
    kinds, which = np.unique(masks, return_inverse=True)
    words = [
        ", ".join(name for bit, name in enumerate(facts) if int(kind) >> bit & 1) for kind in kinds
    ]
    return column_of(which.reshape(-1), words)


def _accountable(model: EnterpriseModel, log: np.ndarray) -> ExtensionArray:
    """Return who was accountable for each row's seam or else touchpoint when it came about."""
    places = np.where(log["site"] >= 0, log["site"], log["touchpoint"])
    return accountable_at(model, places, log["start"] / HOURS_PER_DAY)


def _contacts(log: np.ndarray) -> ExtensionArray:
    """Return the contact that each row is part of: customer, need and number, None for none."""
    there = log["contact"] > 0
    return as_column(strung(log["customer"], "-", log["need"], "/", log["contact"], where=there))


def _resources(model: EnterpriseModel, log: np.ndarray) -> ExtensionArray:
    """Return who served each visit: the first of the function's people who was free.

    People of a function are alike, and the engine counts hours, not faces; it never has more
    of them at work than there are. Where some customers alone are followed nobody can tell.
    """
    places = np.full(len(log), -1, np.int32)
    names: list[str | None] = []
    if not len(model.state.followed):
        for function, name in enumerate(model.blueprint.functions):
            visits = np.flatnonzero((log["kind"] == VISIT) & (log["function"] == function))
            order = visits[np.argsort(log["start"][visits], kind="stable")]
            people = _first_free(log["start"][order].tolist(), log["end"][order].tolist())
            places[order] = np.array(people, np.int32) + len(names)
            names += [f"{name} {person + 1}" for person in range(max(people, default=-1) + 1)]
    return column_of(places, [*names, None])


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


def _details(log: np.ndarray, exits: Sequence[str]) -> ExtensionArray:
    """Return what else is to be said of each row: an error, an exit, a cause, a kind of contact."""
    said = log["detail"].astype(np.int32)
    names = ["", "error", "lost"]
    places = np.where(said == 1, 1, 0)
    places[log["kind"] == LOSS] = 2
    completed = log["kind"] == CASE_CLOSED
    dropped = log["kind"] == CASE_LOST
    withdrawn = dropped & (said >= EXITS_FROM)
    kinds: list[tuple[np.ndarray, int, Sequence[str]]] = [
        (completed, 0, exits),
        (withdrawn, EXITS_FROM, exits),
        (dropped & ~withdrawn, 0, CAUSES),
        (log["kind"] == CONTACT_ENDED, 0, CONTACT_KINDS),
    ]
    for rows, first, words in kinds:
        places[rows] = len(names) + said[rows] - first
        names += words
    return column_of(places, names)


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
