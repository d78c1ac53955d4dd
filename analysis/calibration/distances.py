"""How far two logs are apart, by the distances that process simulation is judged by.

As in Chapela-Campa, Benchekroun, Baron, Dumas, Krass & Senderovich (2023, "Can I trust my
simulation model?"): shares of sequences of activities, and earth mover's distances in hours, of
events over the period, of events since their case began, of cycle times, and of events within the
day by day of the week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.calibration.visits import LogVisits

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]

DISTANCES: dict[str, str] = {
    "n_gram_distance": "share of sequences of three activities that differ, 0 to 1",
    "absolute_event_distance": "hours an event would have to be moved within the period",
    "relative_event_distance": "hours an event would have to be moved since its case began",
    "cycle_time_distance": "hours by which a case's cycle time differs",
    "circadian_distance": "hours an event would have to be moved within its day of the week",
}
N_GRAM = 3
_MOST_HOURS = 24 * 400
"""What is later than this counts as then."""


@dataclass(frozen=True)
class CountedCells:
    """A log as counts: in which cell each of its events or cases falls, and of which case it is.

    Attributes
    ----------
    cell, case : numpy.ndarray
        int64, of the same length.
    """

    cell: _Ints
    case: _Ints


@dataclass(frozen=True)
class Outline:
    """A log as the distances see it.

    Attributes
    ----------
    by_distance : dict of str to CountedCells
        By name of the distance.
    n_cases : int
        Cases of the log.
    """

    by_distance: dict[str, CountedCells]
    n_cases: int


def outlines(logs: list[LogVisits], first: float) -> list[Outline]:
    """Return several logs as the distances see them, sequences numbered alike.

    Parameters
    ----------
    logs : list of LogVisits
        Cut to the same period, days alike.
    first : float
        Day on which the period begins.
    """
    grams = [_grams(log) for log in logs]
    codes, _ = pd.factorize(pd.concat([text for text, _ in grams], ignore_index=True))
    found, at = [], 0
    for log, (text, case) in zip(logs, grams, strict=True):
        cells = {"n_gram_distance": CountedCells(codes[at : at + len(text)].astype(np.int64), case)}
        at += len(text)
        cells |= _in_time(log, first)
        found.append(Outline(cells, len(log.cases)))
    return found


def _grams(log: LogVisits) -> tuple[pd.Series, _Ints]:
    """Return sequences of activities, each case's with what it began with and how it ended."""
    visits = log.visits
    text = visits["function"] + "/" + visits["activity"]
    case = visits["case"]
    ends = "=" + log.cases["outcome"]
    grams = text
    for back in range(1, N_GRAM):
        grams = text.shift(back).where(case == case.shift(back), "^") + "|" + grams
    last = (case != case.shift(-1)).to_numpy()
    closing = text[last] + "|" + case[last].map(ends)
    both = pd.concat([grams, closing], ignore_index=True)
    return both, np.concatenate([case.to_numpy(), case[last].to_numpy()]).astype(np.int64)


def _in_time(log: LogVisits, first: float) -> dict[str, CountedCells]:
    visits, cases = log.visits, log.cases
    case = visits["case"].to_numpy(np.int64)
    since = visits["start"].to_numpy() - cases["start"].to_numpy()[case]
    closed = np.flatnonzero((cases["outcome"] != "").to_numpy())
    cycle = (cases["end"] - cases["start"]).to_numpy()[closed]
    moments = visits["start"].to_numpy() + log.origin.weekday()
    week_hour = np.floor(np.mod(moments, 7.0) * 24.0).astype(np.int64)
    return {
        "absolute_event_distance": CountedCells(_hours(visits["start"].to_numpy() - first), case),
        "relative_event_distance": CountedCells(_hours(since), case),
        "cycle_time_distance": CountedCells(_hours(cycle), closed.astype(np.int64)),
        "circadian_distance": CountedCells(np.minimum(week_hour, 7 * 24 - 1), case),
    }


def _hours(days: _Floats) -> _Ints:
    return np.clip(np.floor(days * 24.0), 0, _MOST_HOURS).astype(np.int64)


def distances(real: Outline, other: Outline) -> dict[str, float]:
    """Return every distance between two logs."""
    ones = np.ones(real.n_cases), np.ones(other.n_cases)
    return {name: _distance(name, real, other, *ones) for name in DISTANCES}


def bootstrap(
    real: Outline, others: list[Outline], rounds: int, seed: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the distances of several logs from the real one, cases drawn again with replacement.

    Returns
    -------
    dict of str to numpy.ndarray
        By distance, float64, shape (rounds, n_others): the real cases drawn are the same for all.
    """
    luck = np.random.default_rng(seed)
    found = {name: np.empty((rounds, len(others))) for name in DISTANCES}
    for number in range(rounds):
        mine = _drawn(real.n_cases, luck)
        for place, other in enumerate(others):
            weights = _drawn(other.n_cases, luck)
            for name in DISTANCES:
                found[name][number, place] = _distance(name, real, other, mine, weights)
    return found


def _drawn(n: int, luck: np.random.Generator) -> _Floats:
    return np.bincount(luck.integers(0, n, n), minlength=n).astype(float)


def _distance(name: str, one: Outline, other: Outline, mine: _Floats, its: _Floats) -> float:
    a, b = one.by_distance[name], other.by_distance[name]
    size = int(max(a.cell.max(initial=0), b.cell.max(initial=0))) + 1
    if name == "circadian_distance":
        size = 7 * 24
    p = np.asarray(np.bincount(a.cell, mine[a.case], minlength=size), np.float64)
    q = np.asarray(np.bincount(b.cell, its[b.case], minlength=size), np.float64)
    if name == "n_gram_distance":
        return float(np.abs(p / p.sum() - q / q.sum()).sum() / 2.0)
    if name == "circadian_distance":
        return _circadian(p.reshape(7, 24), q.reshape(7, 24))
    return _moved(p, q)


def _moved(p: _Floats, q: _Floats) -> float:
    """Return the earth mover's distance of two rows of counts, in cells."""
    if p.sum() == 0.0 or q.sum() == 0.0:
        return float(len(p) - 1)
    return float(np.abs(np.cumsum(p / p.sum() - q / q.sum())).sum())


def _circadian(p: _Floats, q: _Floats) -> float:
    """Return the mean over days of the week, each as heavy as in the real log."""
    weight = p.sum(axis=1) / p.sum()
    moved = np.array([_moved(a, b) for a, b in zip(p, q, strict=True)])
    return float(weight @ moved)
