"""A firm derived from an event log, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.calibration.doors import Doors, doors_of, needs_of
from analysis.calibration.graph import DerivedStep, JourneyGraph, graph_of, minutes_of
from analysis.calibration.people_seen import PeopleSeen, people_seen_of
from analysis.calibration.routes import Routes
from analysis.calibration.simplified import key_names, simplified
from analysis.calibration.time_outs import TimeOut, find_time_outs
from analysis.calibration.visits import LogVisits
from analysis.event_log.log_cases import LEAST_CASES
from sim.study.errors import Problem, StudyError

FEWEST_OF_A_PART = 50
"""Cases below which a part of a log, such as its followed cases, is not looked at by itself."""
RARELY_BEGUN = 0.04
"""Share of a day's cases that begin before its first hour, and after its last: they are spread
evenly in between, so thin ends would make too much of the night."""
FEW_OPEN = 0.002
"""So few open cases mean that the log was written when all had ended."""
FOLLOWED_SHARE = 0.98
"""Of cases that are closed: what they take is how long a case has to be followed."""
_MOST_OF_THE_LOG = 0.4
DAYS_OF_A_YEAR = 364.0
"""52 weeks, as a year of the model has."""
WITHDRAWN_WORDS = [
    "cancel",
    "withdr",
    "abandon",
    "drop",
    "lost",
    "lapse",
    "expir",
    "time-out",
    "timeout",
    "hang",
    "annul",
    "abgebrochen",
    "storn",
    "verfallen",
    "gekündigt",
    "desist",
    "rinunc",
    "ritir",
    "abandonn",
]


@dataclass(frozen=True)
class DerivedFirm:
    """All that a log says of a firm.

    Attributes
    ----------
    functions : dict of str to str
        Key of each function, and what the log calls it.
    heads : dict of str to PeopleSeen
    doors : dict of str to Doors
        By key of the function.
    needs : Doors
        When cases begin.
    steps : list of DerivedStep
        In the order in which cases come by them.
    opening : Routes
        From the beginning of a case to its first visit.
    exits : dict of str to str
        Key of each exit, and what the log calls it.
    withdrawn : tuple of str
        Exits that count as withdrawn.
    time_outs : list of TimeOut
    facts_before : dict of str to tuple of str
        By step: functions whose work usually comes before it.
    cases_per_year : float
    by_weekday : tuple of float
        Share of cases that begin on each day of the week, Monday first.
    n_cases, n_followed : int
        Cases of the log, and those followed long enough to say where they lead.
    follow_days : float
        How long that is.
    together : float
        Share of visits of one person and step that begin within minutes of each other's end.
    notes : list of str
        What was left out or put together.
    outcome_known : bool
        Whether the log says how cases end.
    chosen_by_ending : bool
        Whether the log holds ended cases alone, so that late ones are the short ones.
    drop_off : dict of str to float
        Share of all followed cases that were given up when a function had worked on them last.
    kept_back : dict of str to float
        By function, what its branches into giving up are taken times: those whom the model's own
        waits and errors drive out are among those of the log.
    queue_days : dict of str to float
        By function, how long its queue takes in the model, days of the clock: part of every gap
        that ends there, so waits are so much shorter.
    own_share : dict of str to float
        By step, what share of a visit is its own work in the model: a pace that other work slows,
        asking and writing are part of the log's visits too, so the work that is written is less.
    """

    functions: dict[str, str]
    heads: dict[str, PeopleSeen]
    doors: dict[str, Doors]
    needs: Doors
    steps: list[DerivedStep]
    opening: Routes
    exits: dict[str, str]
    withdrawn: tuple[str, ...]
    time_outs: list[TimeOut]
    facts_before: dict[str, tuple[str, ...]]
    cases_per_year: float
    by_weekday: tuple[float, ...]
    n_cases: int
    n_followed: int
    follow_days: float
    together: float
    notes: list[str]
    outcome_known: bool
    chosen_by_ending: bool
    drop_off: dict[str, float]
    kept_back: dict[str, float] = field(default_factory=dict)
    queue_days: dict[str, float] = field(default_factory=dict)
    own_share: dict[str, float] = field(default_factory=dict)


def firm_from(log: LogVisits, source: str) -> DerivedFirm:
    """Derive a firm from a log.

    Parameters
    ----------
    log : LogVisits
        The log, as visits.
    source : str
        The file, for messages.

    Raises
    ------
    StudyError
        If the log cannot give a firm: too few cases, one function only, no end to the cases.
    """
    _check(log, source)
    ended = (log.cases["outcome"] != "").to_numpy()
    log, notes = simplified(log)
    time_outs, timed_out = find_time_outs(log)
    followed, follow_days = _followed(log, ended)
    known = log.only(followed)
    names = sorted(set(known.visits["function"]))
    functions = dict(zip(key_names(names), names, strict=True))
    exits = _exits(log)
    key_of = {name: key for key, name in functions.items()}
    doors = _doors(log, functions)
    open_of = {key: each.spans for key, each in doors.items()}
    graph = graph_of(known, timed_out[followed], key_of, exits, open_of)
    notes += _left_out(graph)
    moments = log.origin + pd.to_timedelta(log.cases["start"], unit="D")
    weekday = np.bincount(moments.dt.day_of_week, minlength=7) / len(moments)
    heads = people_seen_of(log, minutes_of(log.visits), names)
    return DerivedFirm(
        functions=functions,
        heads={key_of[name]: each for name, each in heads.items()},
        doors=doors,
        needs=needs_of(moments, RARELY_BEGUN),
        steps=graph.steps,
        opening=graph.opening,
        exits=exits,
        withdrawn=tuple(key for key, text in exits.items() if is_withdrawn(text)),
        time_outs=time_outs,
        facts_before=graph.facts_before,
        cases_per_year=cases_a_day(log.cases["start"]) * DAYS_OF_A_YEAR,
        by_weekday=tuple(float(share) for share in weekday),
        n_cases=len(log.cases),
        n_followed=int(followed.sum()),
        follow_days=follow_days,
        together=batched_share(log.visits),
        notes=notes,
        outcome_known=log.outcome_known,
        chosen_by_ending=follow_days == 0.0 and _late_ones_are_short(log),
        drop_off=_drop_off(known, key_of),
    )


def _exits(log: LogVisits) -> dict[str, str]:
    """Return the key of each exit, and what the log calls it."""
    if not log.outcome_known:
        return {"completed": "the case ended"}
    words = sorted(set(log.cases["outcome"]) - {""})
    return dict(zip(key_names(words), words, strict=True))


def _late_ones_are_short(log: LogVisits) -> bool:
    """Tell whether the last fifth of cases took less than half as long as the others."""
    cases = log.cases.sort_values("start")
    days = (cases["end"] - cases["start"]).to_numpy()
    cut = int(0.8 * len(days))
    return bool(days[cut:].mean() < 0.5 * days[:cut].mean())


def _drop_off(log: LogVisits, key_of: dict[str, str]) -> dict[str, float]:
    """Return the share of cases given up, by the function that worked on them last."""
    gone = log.cases["outcome"].map(is_withdrawn)
    last = log.visits.groupby("case")["function"].last().reindex(log.cases.index)[gone]
    return {key: float((last == called).sum()) / len(gone) for called, key in key_of.items()}


def cases_a_day(starts: pd.Series) -> float:
    """Return cases begun a day in the middle nine tenths of a log: its ends may be thin."""
    low, high = starts.quantile([0.05, 0.95])
    return float(0.9 * len(starts) / max(high - low, 1.0))


def is_withdrawn(outcome: str) -> bool:
    """Tell, by its name, whether an outcome means that the case was given up (grade D)."""
    return any(word in outcome.lower() for word in WITHDRAWN_WORDS)


def _check(log: LogVisits, source: str) -> None:
    problems = []
    if len(log.cases) < LEAST_CASES:
        problems.append(
            Problem(
                source, None, None, "",
                f"it holds {len(log.cases)} cases, too few to say how often a case takes which "
                "way; "
                f"at least {LEAST_CASES} are needed",
                "take a longer period",
            )
        )  # fmt: skip
    if log.visits["function"].nunique() < 2:
        problems.append(
            Problem(
                source, None, None, "",
                "all work is done by one function, so there are no boundaries to compare org "
                "models over",
                "name the column that says who works (--group-column), or give a table of "
                "activities and functions (--map)",
            )
        )  # fmt: skip
    if problems:
        raise StudyError(problems)


def _followed(log: LogVisits, ended: np.ndarray) -> tuple[np.ndarray, float]:
    """Tell which cases began early enough for the log to show nearly all of how they end.

    Leaving out only those still open would leave out the slowest. A log in which hardly any case is
    open was written when all had ended, and shows all of each.
    """
    if (~ended).sum() <= FEW_OPEN * len(ended):
        return np.ones(len(ended), bool), 0.0
    days = (log.cases["end"] - log.cases["start"])[ended]
    first = float(log.cases["start"].min())
    longest = _MOST_OF_THE_LOG * (log.last_day - first)
    needed = min(float(days.quantile(FOLLOWED_SHARE)), longest)
    chosen = (log.cases["start"] <= log.last_day - needed).to_numpy()
    if chosen.sum() < FEWEST_OF_A_PART:
        return np.ones(len(log.cases), bool), 0.0
    return chosen, needed


def _doors(log: LogVisits, functions: dict[str, str]) -> dict[str, Doors]:
    """Return when each function is at work, read off when its visits begin."""
    begun = log.origin + pd.to_timedelta(log.visits["start"], unit="D")
    owner = log.visits["function"]
    return {key: doors_of(begun[owner == called]) for key, called in functions.items()}


def _left_out(graph: JourneyGraph) -> list[str]:
    """Return what was left out of a graph or put together, a sentence each."""
    said = []
    rare = sum(len(step.routes.left_out) for step in graph.steps) + len(graph.opening.left_out)
    visits = sum(sum(step.routes.left_out.values()) for step in graph.steps)
    if rare:
        said.append(
            f"{rare} branches taken by fewer than one visit in a thousand, or by fewer than five, "
            f"are left out ({visits:,} visits)"
        )
    if not graph.all_fit:
        said.append(
            "some kinds of waits, or time-outs, of touchpoints with fewer visits are one, so that "
            "all have room"
        )
    return said


def batched_share(visits: pd.DataFrame) -> float:
    """Return the share of visits that a person begins within a minute of ending one like it.

    Of another case, at the same step: much of it means that work is saved up and done together.
    """
    named = visits[visits["resource"] != ""].sort_values(["resource", "start"], kind="stable")
    before = named.shift()
    same = (named["resource"] == before["resource"]) & (named["activity"] == before["activity"])
    same &= named["case"] != before["case"]
    close = (named["start"] - before["end"]).abs() < 1.0 / 1440.0
    return float((same & close).mean()) if len(named) else 0.0
