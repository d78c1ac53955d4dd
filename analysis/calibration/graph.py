"""The journey of a log as a graph: touchpoints with the history they need, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.calibration.histories import Histories, Paths, with_histories
from analysis.calibration.routes import Routes, Shut, routes_of
from analysis.calibration.simplified import key_names
from analysis.calibration.visits import LogVisits
from sim.study.enterprise import MAX_TOUCHPOINTS
from sim.study.opening import WeekSpans

MOST_HISTORIES, MOST_STEPS = 12, 24
"""Touchpoints that history may add, and staffed ones in all: the rest is for waits."""
OPENING = ""
MOST_KINDS = 4
"""Kinds of waits a touchpoint, at most."""
_MOST_VARIATION = 5.0
_LEAST_MINUTES = 0.1
MINUTES_UNKNOWN = 10.0
"""Of work that a log says nothing about (grade D)."""


@dataclass(frozen=True)
class DerivedStep:
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

    def minutes_written(self, own_share: Mapping[str, float]) -> float:
        """Return the work to write down, where the model adds to each step by itself.

        Parameters
        ----------
        own_share : mapping of str to float
            What share of a visit is not added, by name of the step.
        """
        return max(self.minutes * own_share.get(self.name, 1.0), _LEAST_MINUTES)


@dataclass(frozen=True)
class JourneyGraph:
    """What a log says of a journey.

    Attributes
    ----------
    steps : list of DerivedStep
        In the order in which cases come by them.
    opening : Routes
        From the beginning of a case to its first visit.
    all_fit : bool
        Whether there was room for all kinds of waits and all time-outs.
    facts_before : dict of str to tuple of str
        By step: functions whose work usually comes before it.
    """

    steps: list[DerivedStep]
    opening: Routes
    all_fit: bool
    facts_before: dict[str, tuple[str, ...]]


def graph_of(
    log: LogVisits,
    timed_out: np.ndarray,
    key_of: dict[str, str],
    exits: dict[str, str],
    open_of: dict[str, WeekSpans],
) -> JourneyGraph:
    """Derive the graph of a log's cases.

    Parameters
    ----------
    log : LogVisits
        Cases that were followed.
    timed_out : numpy.ndarray
        bool, by case: a rule closed it.
    key_of : dict of str to str
        Key of each function.
    exits : dict of str to str
        Key of each exit, and what the log calls it.
    open_of : dict of str to tuple
        When each function is open, by key.
    """
    histories, labels = _labels(log, key_of)
    named = _named(histories, labels, key_of, list(exits))
    here = pd.Series(np.array(list(named), dtype=object)[histories.label], log.visits.index)
    ways = _ways(log, timed_out, here, exits)
    spans = {name: open_of[each.owner] for name, each in named.items()}
    opening, routes, all_fit = _routes(ways, Shut(spans, log.origin.weekday()))
    steps = _steps(log, ways, routes, named)
    return JourneyGraph(steps, opening, all_fit, _facts_before(log.visits, here, key_of))


def _labels(log: LogVisits, key_of: dict[str, str]) -> tuple[Histories, list[tuple[str, str]]]:
    """Return functions and activities as numbers, split by history where that is needed."""
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


def minutes_of(visits: pd.DataFrame) -> pd.Series:
    """Fill in minutes where the log does not say: the step's mean, the function's, or a guess."""
    by_step = visits.groupby(["function", "activity"])["minutes"].transform("mean")
    by_function = visits.groupby("function")["minutes"].transform("mean")
    return visits["minutes"].fillna(by_step).fillna(by_function).fillna(MINUTES_UNKNOWN)


@dataclass(frozen=True)
class _Ways:
    """What came next, by visit and for the opening: columns `to, since, days, late`."""

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


def _routes(ways: _Ways, shut: Shut) -> tuple[Routes, dict[str, Routes], bool]:
    """Describe what follows the opening and each touchpoint, with as many waits as have room.

    One kind of wait each, then time-outs, then further kinds where most visits wait; returns
    whether there was room for all.
    """
    rows = {OPENING: ways.opening}
    rows |= {str(name): each for name, each in ways.onward.groupby("here")}
    found = {name: routes_of(each.assign(late=False), 1, shut) for name, each in rows.items()}
    room = MAX_TOUCHPOINTS - len(rows) - sum(each.n_steps for each in found.values())
    late = {name: int(each["late"].sum()) for name, each in rows.items()}
    wishes = [
        *((name, True, 1) for name in sorted(rows, key=late.__getitem__, reverse=True)),
        *(
            (name, False, MOST_KINDS)
            for name in sorted(rows, key=lambda name: len(rows[name]), reverse=True)
        ),
    ]
    timed: set[str] = set()
    all_fit = True
    for name, for_late, most in wishes:
        if for_late and not late[name]:
            continue
        if for_late:
            timed.add(name)
        each = rows[name] if name in timed else rows[name].assign(late=False)
        wanted = [routes_of(each, kinds, shut) for kinds in range(most, 0, -1)]
        fits = [w for w in wanted if w.n_steps - found[name].n_steps <= room]
        all_fit &= len(fits) == len(wanted)
        if not fits:
            timed.discard(name)
            continue
        room -= fits[0].n_steps - found[name].n_steps
        found[name] = fits[0]
    return found.pop(OPENING), found, all_fit


def _steps(
    log: LogVisits, ways: _Ways, routes: dict[str, Routes], named: dict[str, _Named]
) -> list[DerivedStep]:
    """Describe every touchpoint, in the order in which cases come by them."""
    visits = log.visits
    minutes = minutes_of(visits)
    place = visits.groupby("case").cumcount().groupby(ways.here).mean()
    steps = []
    for name in place.sort_values(kind="stable").index:
        mine = ways.here == name
        mean, known = float(minutes[mine].mean()), visits.loc[mine, "minutes"].dropna()
        spread = float(known.std()) / mean if len(known) > 2 and mean > 0.0 else 1.0
        what = named[str(name)]
        steps.append(
            DerivedStep(
                name=str(name),
                owner=what.owner,
                activity=what.activity,
                said=what.said,
                visits=int(mine.sum()),
                minutes=mean,
                variation=min(spread, _MOST_VARIATION),
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
        had = (mine.groupby(visits["case"]).cumsum() - mine.astype(int)) > 0
        often = had[~mine].groupby(here[~mine]).mean() >= 0.5
        for name in often.index[often]:
            found[str(name)].append(key)
    return {name: tuple(keys) for name, keys in found.items()}
