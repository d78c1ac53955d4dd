"""An event log as visits: who worked on which case, when, and for how long.

A *visit* is what one function did of one activity on one case on one day of the clock on the
wall: rows that follow each other within it are one. Rows without a function, and those in which a
case only waits, are nobody's work; they say when a case began and ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.calibration.doors import doors_of, open_between
from analysis.event_log.log_table import EventLog

_LEFT_OPEN_MINUTES = 240.0
"""A piece of work longer than this was left open, not worked on."""
LONGEST_GUESS_MINUTES = 60.0
"""Where work has no start and end of its own, time counts as work up to this: since the same
person's last event, or until the case is in another state."""
CONTIGUOUS = 0.8
"""If so many rows begin when the one before ends, the log keeps states, not work."""
LATER_DAYS = ", later days"
CLOSING_DAYS = 1.0 / 24.0
"""What happens in the last hour of a case, and took nobody any time, may be what closes it."""
OFTEN_LATER = 0.01
"""Share of all visits that come later in a turn of an activity, for these to be one visit."""
OPEN_WORDS = frozenset(
    [
        "",
        "open",
        "still open",
        "unfinished",
        "in progress",
        "running",
        "pending",
        "unresolved",
        "ongoing",
        "none",
        "nan",
    ]
)
"""Outcomes that say that a case had none when the log was written."""


@dataclass(frozen=True)
class LogVisits:
    """A log as visits and cases; times in days of the clock on the wall.

    Attributes
    ----------
    visits : DataFrame
        `case, activity, function, start, end, minutes, resource`, in order; `case` is a row of
        `cases`, `minutes` missing where unknown.
    cases : DataFrame
        `start, end, outcome, case_id, worked_until`, one row a case; `outcome` is "" of those still
        open, `worked_until` when it was last worked on, not only closed.
    people : DataFrame
        `resource, function, day, minutes`: who worked for which function on which day, how long.
    origin : pandas.Timestamp
        Midnight before the first event, without a zone: day 0.
    last_day : float
        When the log ends.
    work_from : str
        How minutes of work are known: `logged`, or `guessed` from a person's events.
    outcome_known : bool
        Whether the log itself says how its cases ended.
    """

    visits: pd.DataFrame
    cases: pd.DataFrame
    people: pd.DataFrame
    origin: pd.Timestamp
    last_day: float
    work_from: str
    outcome_known: bool = True

    def only(self, chosen: np.ndarray) -> LogVisits:
        """Return the cases of a mask, numbered anew, with their visits."""
        numbers = np.cumsum(chosen) - 1
        kept = self.visits[chosen[self.visits["case"].to_numpy()]].copy()
        kept["case"] = numbers[kept["case"].to_numpy()]
        cases = self.cases[chosen].reset_index(drop=True)
        return replace(self, visits=kept.reset_index(drop=True), cases=cases)


def visits_of(log: EventLog) -> LogVisits:
    """Cut a log into visits.

    Parameters
    ----------
    log : EventLog
        As it was read.
    """
    events = log.events
    rows = pd.DataFrame(
        {
            "case": pd.factorize(events["case_id"])[0],
            "activity": events["activity"].to_numpy(),
            "function": events["group"].to_numpy(),
            "resource": events["resource"].to_numpy(),
            "waits": events["waits"].to_numpy(bool) if "waits" in events else False,
        }
    )
    end, start = (on_the_wall(events[name], log.zone) for name in ("end", "start"))
    origin = min(end.min(), start.min() if start.notna().any() else end.min()).normalize()
    rows["end"] = (end - origin).dt.total_seconds().to_numpy() / 86400.0
    rows["start"] = (start - origin).dt.total_seconds().to_numpy() / 86400.0
    rows, work_from = _with_work(rows, origin)
    first = rows.drop_duplicates("case").index
    by_case = rows.groupby("case", sort=True)
    cases = pd.DataFrame({"start": by_case["start"].min(), "end": by_case["end"].max()})
    outcomes = events["outcome"].to_numpy()[first]
    cases["outcome"] = ["" if str(o).strip().lower() in OPEN_WORDS else str(o) for o in outcomes]
    cases["case_id"] = events["case_id"].to_numpy()[first]
    last_day = float(rows["end"].max())
    visits = _merged(rows)
    early = visits["end"] < visits["case"].map(cases["end"]) - CLOSING_DAYS
    if work_from == "logged":
        early |= visits["minutes"].notna()
    worked = visits[early].groupby("case")["end"].max().reindex(cases.index)
    cases["worked_until"] = worked.fillna(cases["start"])
    return LogVisits(visits, cases, _people(rows), origin, last_day, work_from)


def on_the_wall(times: pd.Series, zone: str) -> pd.Series:
    """Return moments as a clock on the wall of a zone shows them, without the zone.

    Parameters
    ----------
    times : pandas.Series
        datetime64, UTC.
    zone : str
        An IANA name, or an offset such as `+02:00`.
    """
    name = f"UTC{zone}" if zone[:1] in "+-" else zone
    return times.dt.tz_convert(name).dt.tz_localize(None)


def _with_work(rows: pd.DataFrame, origin: pd.Timestamp) -> tuple[pd.DataFrame, str]:
    """Give each row its start and minutes of work; return how they are known."""
    before = rows["end"].shift().where(rows["case"] == rows["case"].shift())
    begun = rows["start"].notna()
    follows = begun & before.notna()
    touching = (rows["start"] - before).abs() < 1.0 / 86400.0
    states = bool(follows.any()) and float(touching[follows].mean()) >= CONTIGUOUS
    worked = (rows["function"] != "") & ~rows["waits"]
    spans = (rows["end"] - rows["start"])[begun & worked]
    if begun[worked].mean() > 0.5 and (spans > 0.0).mean() > 0.5:
        minutes = _worked(rows, worked, origin)
        longest = LONGEST_GUESS_MINUTES if states else _LEFT_OPEN_MINUTES
        rows["minutes"] = minutes.where(minutes <= longest)
        rows["start"] = rows["start"].fillna(rows["end"])
        return rows, "guessed" if states else "logged"
    at = rows["end"]
    by_person = at[rows["resource"] != ""].sort_values(kind="stable")
    last_seen = by_person.groupby(rows["resource"]).shift()
    in_case = (at - before) * 1440.0
    by_person_too = ((at - last_seen.reindex(rows.index)) * 1440.0).fillna(np.inf)
    minutes = in_case.fillna(by_person_too).clip(upper=by_person_too)
    rows["minutes"] = minutes.where((minutes > 0.0) & (minutes <= LONGEST_GUESS_MINUTES))
    rows["start"] = at - rows["minutes"].fillna(0.0) / 1440.0
    return rows, "guessed"


def _worked(rows: pd.DataFrame, worked: pd.Series, origin: pd.Timestamp) -> pd.Series:
    """Return minutes from start to end; of work that lay over night, while doors were open."""
    minutes = (rows["end"] - rows["start"]) * 1440.0
    over_night = worked & (np.floor(rows["start"]) != np.floor(rows["end"])) & minutes.notna()
    begun = rows["start"][worked & minutes.notna()]
    if over_night.any() and len(begun):
        spans = doors_of(origin + pd.to_timedelta(begun, unit="D")).spans
        since, until = rows["start"][over_night].to_numpy(), rows["end"][over_night].to_numpy()
        minutes[over_night] = open_between(since, until, spans, origin.weekday())
    return minutes


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    """Make one visit of the rows of one activity, function, case and day that follow each other."""
    worked = rows[(rows["function"] != "") & ~rows["waits"]].copy()
    worked["day"] = np.floor(worked["start"])
    columns = ["case", "activity", "function", "day"]
    changed = (worked[columns] != worked[columns].shift()).any(axis=1)
    # What was left open was not worked on until it was closed.
    known = worked["minutes"].notna()
    worked["end"] = worked["end"].where(known, worked["start"])
    grouped = worked.groupby(changed.cumsum(), sort=False)
    merged = grouped.agg(
        case=("case", "first"),
        activity=("activity", "first"),
        function=("function", "first"),
        start=("start", "min"),
        end=("end", "max"),
        resource=("resource", "first"),
    )
    merged["minutes"] = grouped["minutes"].sum(min_count=1)
    return merged.reset_index(drop=True)


def _people(rows: pd.DataFrame) -> pd.DataFrame:
    """Add up who worked for which function on which day, as far as the log names people."""
    known = rows[(rows["function"] != "") & (rows["resource"] != "") & ~rows["waits"]]
    known = known.assign(day=np.floor(known["start"]), minutes=known["minutes"].fillna(0.0))
    return added_up(known)


def added_up(people: pd.DataFrame) -> pd.DataFrame:
    """Return minutes by person, function and day, a row each."""
    minutes = people.groupby(["resource", "function", "day"])["minutes"].sum()
    return minutes.reset_index()


def gathered(log: LogVisits) -> LogVisits:
    """Return a log in which all that remains of a turn after its first visit is one visit.

    A turn is what one function does of one activity on a case without a break by another. Where
    people come back to a case day after day until a customer answers, the days in between depend on
    each other: the later, the fewer are left. As one visit, whose wait begins with it, they are as
    long as in the log.

    Parameters
    ----------
    log : LogVisits
        A log.
    """
    visits = log.visits
    columns = ["case", "function", "activity"]
    new_turn = (visits[columns] != visits[columns].shift()).any(axis=1)
    often = (~new_turn).groupby([visits["function"], visits["activity"]]).transform("sum")
    new_turn |= often < OFTEN_LATER * len(visits)
    later = ~new_turn
    group = (new_turn | new_turn.shift(fill_value=True)).cumsum()
    grouped = visits.groupby(group, sort=False)
    merged = grouped.first()
    merged["minutes"] = grouped["minutes"].sum(min_count=1)
    merged["activity"] += later.groupby(group).first().map({True: LATER_DAYS, False: ""})
    ends = merged["start"] + merged["minutes"].fillna(0.0) / 1440.0
    merged["end"] = np.where(grouped.size() > 1, ends, merged["end"])
    return replace(log, visits=merged.reset_index(drop=True))
