"""A firm derived from an event log, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.calibration.doors import Doors, doors_of
from analysis.calibration.histories import Histories, Paths, with_histories
from analysis.calibration.people_seen import Heads, heads_of
from analysis.calibration.routes import Routes, Shut, routes_of
from analysis.calibration.simplified import key_names, simplified
from analysis.calibration.time_outs import TimeOut, find_time_outs
from analysis.calibration.visits import LogVisits
from sim.study.enterprise import MAX_TOUCHPOINTS
from sim.study.errors import Problem, StudyError

FEWEST_CASES = 50
MOST_HISTORIES, MOST_STEPS = 12, 26
"""Touchpoints that history may add, and staffed ones in all: the rest is for waits."""
MOST_KINDS = 4
RARELY_BEGUN = 0.04
"""Share of a day's cases that begin before its first hour, and after its last: they are spread
evenly in between, so thin ends would make too much of the night."""
MOST_VARIATION = 5.0
MINUTES_UNKNOWN = 10.0
"""Of work that a log says nothing about (grade D)."""
FEW_OPEN = 0.002
"""So few open cases mean that the log was written when all had ended."""
FOLLOWED_SHARE = 0.98
"""Of cases that are closed: what they take is how long a case has to be followed."""
MOST_OF_THE_LOG = 0.4
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
class Step:
    """One touchpoint.

    Attributes
    ----------
    name, owner : str
        Its key and that of its function.
    activity : str
        What the log calls it.
    said : tuple of str
        What its visits have in common in their past.
    visits : int
        In the log.
    minutes, variation : float
        Mean work and its coefficient of variation.
    minutes_known : float
        Share of visits of which the log says how long they took.
    routes : Routes
        What follows.
    """

    name: str
    owner: str
    activity: str
    said: tuple[str, ...]
    visits: int
    minutes: float
    variation: float
    minutes_known: float
    routes: Routes


@dataclass(frozen=True)
class DerivedFirm:
    """All that a log says of a firm.

    Attributes
    ----------
    functions : dict of str to str
        Key of each function, and what the log calls it.
    heads : dict of str to Heads
    doors : dict of str to Doors
        By key of the function.
    needs : Doors
        When cases begin.
    steps : list of Step
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
    drop_off : dict of str to float
        Share of all followed cases that were given up when a function had worked on them last.
    kept_back : dict of str to float
        By function, what its branches into giving up are taken times: those whom the model's own
        waits and errors drive out are among those of the log.
    """

    functions: dict[str, str]
    heads: dict[str, Heads]
    doors: dict[str, Doors]
    needs: Doors
    steps: list[Step]
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
    drop_off: dict[str, float]
    kept_back: dict[str, float] = field(default_factory=dict)


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
    exit_words = sorted(set(log.cases["outcome"]) - {""})
    exits = dict(zip(key_names(exit_words), exit_words, strict=True))
    if not log.outcome_known:
        exits = {"completed": "the case ended"}
    key_of = {name: key for key, name in functions.items()}
    histories, labels = _labels(known, key_of)
    named = _named(histories, labels, key_of, list(exits))
    here = pd.Series(np.array(list(named), dtype=object)[histories.label], known.visits.index)
    doors = _doors(log, functions)
    ways = _ways(known, timed_out[followed], here, exits)
    open_of = {name: doors[each.owner].spans for name, each in named.items()}
    shut = Shut(open_of, log.origin.dayofweek)
    opening, routes, kinds = _routes(ways, shut)
    steps = _steps(known, ways, routes, named)
    notes += _left_out(steps, opening)
    if kinds < MOST_KINDS:
        notes.append(f"at most {kinds} kinds of waits a touchpoint, so that all have room")
    minutes = _minutes(log.visits)
    moments = log.origin + pd.to_timedelta(log.cases["start"], unit="D")
    weekday = np.bincount(moments.dt.dayofweek, minlength=7) / len(moments)
    heads = heads_of(log, minutes, names)
    return DerivedFirm(
        functions=functions,
        heads={key_of[name]: each for name, each in heads.items()},
        doors=doors,
        needs=doors_of(moments, RARELY_BEGUN),
        steps=steps,
        opening=opening,
        exits=exits,
        withdrawn=tuple(key for key, text in exits.items() if is_withdrawn(text)),
        time_outs=time_outs,
        facts_before=_facts_before(known.visits, here, key_of),
        cases_per_year=cases_a_day(log.cases["start"]) * DAYS_OF_A_YEAR,
        by_weekday=tuple(float(share) for share in weekday),
        n_cases=len(log.cases),
        n_followed=int(followed.sum()),
        follow_days=follow_days,
        together=batched_share(log.visits),
        notes=notes,
        outcome_known=log.outcome_known,
        drop_off=_drop_off(known, key_of),
    )


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
    if len(log.cases) < FEWEST_CASES:
        problems.append(
            Problem(
                source, None, None, "",
                f"it holds {len(log.cases)} cases, too few to say how often a case takes which way; "
                f"at least {FEWEST_CASES} are needed",
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
    longest = MOST_OF_THE_LOG * (log.last_day - first)
    needed = min(float(days.quantile(FOLLOWED_SHARE)), longest)
    chosen = (log.cases["start"] <= log.last_day - needed).to_numpy()
    if chosen.sum() < FEWEST_CASES:
        return np.ones(len(log.cases), bool), 0.0
    return chosen, needed


def _labels(log: LogVisits, key_of: dict[str, str]) -> tuple[Histories, list[tuple[str, str]]]:
    """Number functions and activities, and split these by history where that is needed."""
    visits = log.visits
    function, names = pd.factorize(visits["function"].map(key_of), sort=True)
    base, labels = pd.factorize(visits["function"] + "\0" + visits["activity"])
    case = visits["case"].to_numpy()
    last = np.r_[case[1:] != case[:-1], True]
    outcome, _ = pd.factorize(log.cases["outcome"].where(log.cases["outcome"] != ""))
    leads_to = np.where(last, -2 - outcome[case], np.arange(len(case)) + 1)
    paths = Paths(case, function, base, leads_to)
    most = min(len(labels) + MOST_HISTORIES, MOST_STEPS)
    histories = with_histories(paths, most, [str(name) for name in names])
    return histories, [tuple(str(each).split("\0")) for each in labels]  # type: ignore[misc]


def _minutes(visits: pd.DataFrame) -> pd.Series:
    """Fill in minutes where the log does not say: the step's mean, the function's, or a guess."""
    by_step = visits.groupby(["function", "activity"])["minutes"].transform("mean")
    by_function = visits.groupby("function")["minutes"].transform("mean")
    return visits["minutes"].fillna(by_step).fillna(by_function).fillna(MINUTES_UNKNOWN)


@dataclass(frozen=True)
class _Ways:
    """What came next, by visit and for the opening: columns `to, since, days, late`, visits `here`."""

    here: pd.Series
    onward: pd.DataFrame
    opening: pd.DataFrame


def _ways(log: LogVisits, timed_out: np.ndarray, here: pd.Series, exits: dict[str, str]) -> _Ways:
    """Return where each visit of the log led, and how long that took; not where it is not known."""
    visits, cases = log.visits, log.cases
    keys = {text: key for key, text in exits.items()}
    outcomes = cases["outcome"].map(keys)
    if "completed" in exits:
        outcomes = outcomes.where(cases["outcome"] == "", "completed")
    outcomes = outcomes.where(cases["outcome"] != "")
    case = visits["case"]
    last = case != case.shift(-1)
    onward = pd.DataFrame(
        {
            "here": here,
            "to": here.shift(-1).where(~last, case.map(outcomes)),
            "since": visits["end"],
            "days": visits["start"].shift(-1).where(~last, case.map(cases["end"])) - visits["end"],
            "late": last & timed_out[case],
        }
    )
    first = visits.assign(here=here).drop_duplicates("case").set_index("case")
    opening = pd.DataFrame({"to": first["here"].reindex(cases.index)})
    begun = first["start"].reindex(cases.index).fillna(cases["end"])
    opening["since"] = cases["start"]
    opening["days"] = begun - cases["start"]
    opening["late"] = opening["to"].isna() & timed_out
    opening["to"] = opening["to"].fillna(outcomes)
    return _Ways(here, onward.dropna(subset="to"), opening.dropna(subset="to"))


def _doors(log: LogVisits, functions: dict[str, str]) -> dict[str, Doors]:
    """Return when each function is at work, read off when its visits begin."""
    begun = log.origin + pd.to_timedelta(log.visits["start"], unit="D")
    owner = log.visits["function"]
    return {key: doors_of(begun[owner == called]) for key, called in functions.items()}


def _routes(ways: _Ways, shut: Shut) -> tuple[Routes, dict[str, Routes], int]:
    """Describe what follows the opening and each touchpoint, with as many waits as have room."""
    for most in range(MOST_KINDS, 0, -1):
        opening = routes_of(ways.opening, most, shut)
        found = {
            str(name): routes_of(rows, most, shut) for name, rows in ways.onward.groupby("here")
        }
        n_waits = sum(each.n_steps for each in [opening, *found.values()])
        if 1 + ways.here.nunique() + n_waits <= MAX_TOUCHPOINTS:
            break
    return opening, found, most


def _steps(
    log: LogVisits, ways: _Ways, routes: dict[str, Routes], named: dict[str, _Named]
) -> list[Step]:
    """Describe every touchpoint, in the order in which cases come by them."""
    visits = log.visits
    minutes = _minutes(visits)
    place = visits.groupby("case").cumcount().groupby(ways.here).mean()
    steps = []
    for name in place.sort_values(kind="stable").index:
        mine = ways.here == name
        mean, known = float(minutes[mine].mean()), visits.loc[mine, "minutes"].dropna()
        spread = float(known.std()) / mean if len(known) > 2 and mean > 0.0 else 1.0
        what = named[str(name)]
        steps.append(
            Step(
                name=str(name),
                owner=what.owner,
                activity=what.activity,
                said=what.said,
                visits=int(mine.sum()),
                minutes=mean,
                variation=min(spread, MOST_VARIATION),
                minutes_known=len(known) / int(mine.sum()),
                routes=routes.get(str(name), Routes([], 0)),
            )
        )
    return steps


@dataclass(frozen=True)
class _Named:
    """What a touchpoint is: its function's key, what the log calls it, what its visits share."""

    owner: str
    activity: str
    said: tuple[str, ...]


def _named(
    histories: Histories,
    labels: Sequence[tuple[str, str]],
    key_of: dict[str, str],
    exits: Sequence[str],
) -> dict[str, _Named]:
    """Name every touchpoint, by number of the histories, in that order."""
    activities = [activity for _, activity in labels]
    texts = []
    for number, short in zip(histories.base_of, histories.short, strict=True):
        function, activity = labels[number]
        alone = activities.count(activity) == 1
        texts.append(" ".join([activity if alone else f"{function} {activity}", *short[-1:]]))
    keys = key_names(texts, [*key_of.values(), *exits])
    return {
        key: _Named(key_of[labels[number][0]], labels[number][1], said)
        for key, number, said in zip(keys, histories.base_of, histories.said, strict=True)
    }


def _facts_before(
    visits: pd.DataFrame, here: pd.Series, key_of: dict[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return, by step, the other functions that have worked on most of its cases before."""
    owner = visits["function"].map(key_of)
    found: dict[str, list[str]] = {str(name): [] for name in here.unique()}
    for key in sorted(set(owner)):
        mine = owner == key
        had = (mine.groupby(visits["case"]).cumsum() - mine) > 0
        often = had[~mine].groupby(here[~mine]).mean() >= 0.5
        for name in often.index[often]:
            found[str(name)].append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def _left_out(steps: list[Step], opening: Routes) -> list[str]:
    rare = sum(len(step.routes.left_out) for step in steps) + len(opening.left_out)
    visits = sum(sum(step.routes.left_out.values()) for step in steps)
    if not rare:
        return []
    return [
        f"{rare} branches taken by fewer than one visit in a thousand, or by fewer than five, are "
        f"left out ({visits:,} visits)"
    ]


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
