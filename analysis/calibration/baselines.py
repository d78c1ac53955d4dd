"""What a simulation has to beat: the past drawn again, and a chain of activities without queues."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.calibration.visits import LogVisits

_WEEK = 7.0
_MOST_VISITS = 400


def resampled(log: LogVisits, first: float, window: float, luck: np.random.Generator) -> LogVisits:
    """Return cases of the past drawn with replacement, each moved by whole weeks into a window.

    Parameters
    ----------
    log : LogVisits
        What is known of the past.
    first, window : float
        Days: when the window opens, and how long it is.
    luck : numpy.random.Generator
    """
    closed = np.flatnonzero((log.cases["outcome"] != "").to_numpy())
    n = _how_many(log, window)
    drawn = luck.choice(closed, n)
    starts = log.cases["start"].to_numpy()[drawn]
    moved = _moved_to(starts, first, window, luck) - starts
    cases = log.cases.iloc[drawn].reset_index(drop=True)
    cases = cases.assign(start=cases["start"] + moved, end=cases["end"] + moved)
    bounds = np.searchsorted(log.visits["case"].to_numpy(), np.arange(len(log.cases) + 1))
    sizes = (bounds[1:] - bounds[:-1])[drawn]
    case = np.repeat(np.arange(n), sizes)
    within = np.arange(len(case)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    visits = log.visits.iloc[bounds[drawn][case] + within].reset_index(drop=True)
    visits = visits.assign(
        case=case, start=visits["start"] + moved[case], end=visits["end"] + moved[case]
    )
    return replace(log, visits=visits, cases=cases)


def markov(log: LogVisits, first: float, window: float, luck: np.random.Generator) -> LogVisits:
    """Return cases of a first-order chain of activities, gaps drawn from the past; no queues.

    After each visit a visit of the past to the same activity is drawn, and what followed it, with
    the time that passed in between.

    Parameters
    ----------
    log : LogVisits
        What is known of the past.
    first, window : float
        Days: when the window opens, and how long it is.
    luck : numpy.random.Generator
    """
    past = _Past(log)
    n = _how_many(log, window)
    begun = luck.choice(past.openings, n)
    opened = _moved_to(log.cases["start"].to_numpy()[begun], first, window, luck)
    who, row = np.arange(n), past.first_row[begun]
    clock = opened + past.opening_gap[begun]
    outcome, ended = np.full(n, "", dtype=object), opened.copy()
    parts = []
    for _ in range(_MOST_VISITS):
        over = clock + past.length[row]
        parts.append(pd.DataFrame({"case": who, "row": row, "start": clock, "end": over}))
        model = past.alike(row, luck)
        ends = past.next_row[model] < 0
        ended[who[ends]] = over[ends] + past.gap[model[ends]]
        outcome[who[ends]] = past.outcome[model[ends]]
        on = ~ends
        who, model, over = who[on], model[on], over[on]
        if not len(who):
            break
        clock = over + past.gap[model]
        row = past.next_row[model]
    visits = pd.concat(parts, ignore_index=True).sort_values("case", kind="stable")
    named = log.visits[["activity", "function", "minutes", "resource"]].iloc[visits["row"]]
    visits = pd.concat([visits.reset_index(drop=True), named.reset_index(drop=True)], axis=1)
    cases = pd.DataFrame({"start": opened, "end": ended, "outcome": outcome})
    return replace(log, visits=visits, cases=cases)


class _Past:
    """The visits of a log as rows to draw from."""

    def __init__(self, log: LogVisits):
        visits, cases = log.visits, log.cases
        case = visits["case"].to_numpy()
        last = np.r_[case[1:] != case[:-1], True]
        starts, ends = visits["start"].to_numpy(), visits["end"].to_numpy()
        until = np.where(last, cases["end"].to_numpy()[case], np.r_[starts[1:], 0.0])
        self.gap = np.maximum(until - ends, 0.0)
        self.length = np.maximum(ends - starts, 0.0)
        self.next_row = np.where(last, -1, np.arange(len(case)) + 1)
        self.outcome = cases["outcome"].to_numpy()[case]
        code, _ = pd.factorize(visits["function"] + "\0" + visits["activity"])
        # Where a case goes is not known of the last visit of one still open.
        known = np.flatnonzero(~last | (self.outcome != ""))
        order = known[np.argsort(code[known], kind="stable")]
        self._order = order
        self._bounds = np.searchsorted(code[order], np.arange(code.max() + 2))
        self._code = code
        first = np.flatnonzero(np.r_[True, case[1:] != case[:-1]])
        self.openings = case[first]
        self.first_row = np.zeros(len(cases), np.int64)
        self.first_row[self.openings] = first
        self.opening_gap = np.zeros(len(cases))
        gap = starts[first] - cases["start"].to_numpy()[self.openings]
        self.opening_gap[self.openings] = np.maximum(gap, 0.0)

    def alike(self, row: np.ndarray, luck: np.random.Generator) -> np.ndarray:
        """Return for each row another of its activity of which it is known what followed."""
        code = self._code[row]
        low, high = self._bounds[code], self._bounds[code + 1]
        place = low + np.floor(luck.random(len(row)) * np.maximum(high - low, 1)).astype(int)
        place = np.minimum(place, len(self._order) - 1)
        return np.where(high > low, self._order[place], row)


def _how_many(log: LogVisits, window: float) -> int:
    """Return how many cases begin in a window at the rate of the past."""
    starts = log.cases["start"]
    low, high = starts.quantile([0.05, 0.95])
    return max(1, round(0.9 * len(starts) / max(float(high - low), 1.0) * window))


def _moved_to(
    starts: np.ndarray, first: float, window: float, luck: np.random.Generator
) -> np.ndarray:
    """Return moments at the same time of the week, in weeks drawn from a window."""
    into = np.mod(starts - first, _WEEK)
    weeks = np.maximum(np.ceil((window - into) / _WEEK), 1.0)
    moved: np.ndarray = first + into + _WEEK * np.floor(luck.random(len(starts)) * weeks)
    return moved
