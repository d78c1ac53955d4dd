"""People change post while cases are in their hands (rule M10).

Heads move as whole people: whoever leaves a function finishes what they hold, and is
free in the next one from then on. Those who are free first go first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.state.arrays import State


def moved(free_at: Sequence[Sequence[float]], wanted: Sequence[int], now: float) -> list:
    """Return the hours at which servers are free after people have moved.

    Parameters
    ----------
    free_at : sequence of sequence of float
        Hour at which each server of each function is free, a heap for each.
    wanted : sequence of int
        Servers that each function is to have.
    now : float
        The hour.

    Returns
    -------
    list of list of float
        A heap for each function; one whose number does not change stays as it is.
    """
    kept: list[list[float]] = []
    moving: list[float] = []
    for hours, number in zip(free_at, wanted, strict=True):
        if number >= len(hours):
            kept.append(list(hours))
            continue
        ordered = sorted(hours)
        going = len(hours) - number
        moving += [max(now, hour) for hour in ordered[:going]]
        kept.append(ordered[going:])
    moving.sort()
    for hours, number in zip(kept, wanted, strict=True):
        missing = number - len(hours)
        if missing > 0:
            joining = [moving.pop(0) if moving else now for _ in range(missing)]
            hours[:] = sorted([*hours, *joining])  # in order, hence a heap
    return kept


def reseat(state: State, wanted: np.ndarray, away: np.ndarray, now: float) -> State:
    """Return the state with other numbers of servers; nothing else changes.

    Parameters
    ----------
    state : State
        Its functions are written to.
    wanted : numpy.ndarray
        Servers of each function, int, shape (n_functions,).
    away : numpy.ndarray
        Opening hours that pass for each hour that one of them serves, shape (n_functions,).
    now : float
        The hour.
    """
    state.functions["away"] = away
    if np.array_equal(state.functions["servers"], wanted):
        return state
    first = state.functions["first_server"]
    free_at = [
        state.servers[start : start + number].tolist()
        for start, number in zip(first, state.functions["servers"], strict=True)
    ]
    servers = np.array([hour for hours in moved(free_at, wanted.tolist(), now) for hour in hours])
    state.functions["servers"] = wanted
    state.functions["first_server"] = np.concatenate([[0], np.cumsum(wanted)[:-1]])
    return replace(state, servers=servers)
