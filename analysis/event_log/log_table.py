"""What a log holds once it is read: one row an event, or one row a contact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LOG_COLUMNS = (
    "case_id",
    "activity",
    "group",
    "resource",
    "start",
    "end",
    "outcome",
    "queued",
    "waits",
)
CONTACT_COLUMNS = (
    "case_id",
    "group",
    "arrival",
    "wait_seconds",
    "abandoned",
    "service_seconds",
    "resource",
)


@dataclass(frozen=True)
class Decided:
    """One thing that was decided about a file, for the user to see before it is used.

    Attributes
    ----------
    what : str
        What was in question, in words: "times", "separator", "functions".
    as_ : str
        What was taken.
    why : str
        On what grounds, and how many rows speak for and against.
    option : str
        The option that says otherwise; empty where there is none.
    """

    what: str
    as_: str
    why: str
    option: str = ""


@dataclass(frozen=True)
class EventLog:
    """An event log, one row an event, cases together, in order of time within a case.

    Attributes
    ----------
    events : pandas.DataFrame
        Columns as `LOG_COLUMNS`: `case_id`, `activity`, `group`, `resource`, `outcome` are
        strings (empty where unknown; `group` is the function; `outcome` the case's, the same in
        all its rows); `start` and `end` are datetime64[ns, UTC], `start` missing where the log
        has one time an event, `end` never; `queued`, of the same type, is when the work was put
        into a queue, missing where the log does not say; `waits` is bool: nobody works in this
        row, it is a stay in a queue or a wait for somebody.
    zone : str
        Name of the time zone in which clocks on the wall are read: an IANA name, or an offset.
    source : Path
        The file read.
    sha256 : str
        Digest of its bytes, hexadecimal.
    decided : tuple of Decided
        What was guessed or chosen, in order.
    """

    events: pd.DataFrame
    zone: str
    source: Path
    sha256: str
    decided: tuple[Decided, ...]


@dataclass(frozen=True)
class ContactLog:
    """A table of one row a contact, as a call centre keeps it.

    Attributes
    ----------
    contacts : pandas.DataFrame
        Columns as `CONTACT_COLUMNS`: `arrival` is datetime64[ns, UTC]; `wait_seconds` until an
        agent answered or the caller hung up; `abandoned` is bool; `service_seconds` is missing
        where nobody answered; `resource` is who did, empty where that is not known.
    zone, source, sha256, decided
        As of an `EventLog`.
    """

    contacts: pd.DataFrame
    zone: str
    source: Path
    sha256: str
    decided: tuple[Decided, ...]
