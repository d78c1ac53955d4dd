"""Opening hours: the wall clock as the days see it (rule E11).

With a calendar a week of the model, which has 40 hours, is a week on the clock, nights and weekends
included: an hour of the model is `CLOCK_HOURS` of them. Needs, replies, chases and patience run
on through the night by themselves; whoever has opening hours works in them alone. Without a
calendar nothing here does anything.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel, station
from sim.state.blueprint import Blueprint
from sim.study.opening import WeekSpans, hours_a_week
from sim.study.working_time import CLOCK_HOURS, HOURS_PER_WEEK

OPENS, SHUTS = 0, 1
A_MOMENT = 1e-9
"""Hours before closing time at which the door is shut: what is rounded is no time to begin."""
NEVER_OPEN = -1.0
"""Stands where a row of opening hours has fewer spans than others."""


def openings_of(blueprint: Blueprint) -> np.ndarray:
    """Return when each function opens and shuts in a week, and in the last row the firm.

    float64, hours of the model since Monday 0:00, shape (n_functions + 1, n_spans, 2); empty
    without a calendar.
    """
    enterprise = blueprint.study.enterprise
    if enterprise.calendar is None:
        return np.empty((0, 0, 2))
    spans = [enterprise.open_hours(name) for name, _ in blueprint.desks]
    rows = [_in_model_hours(each) for each in [*spans, enterprise.open_hours()]]
    table = np.full((len(rows), max(map(len, rows)), 2), NEVER_OPEN)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _in_model_hours(spans: WeekSpans) -> np.ndarray:
    """Return spans of minutes as hours of the model, float64, shape (n_spans, 2)."""
    return np.array(spans, np.float64) / (60.0 * CLOCK_HOURS)


def seats(blueprint: Blueprint, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many people of each function are there at a time, and how far that is too many.

    A door that is open for longer than a week of work is kept by fewer people at a time, in
    turns: n people of 40 hours over H opening hours are ⌈40n/H⌉ at a time. What rounding gives
    too much is taken back, for whoever has served is away for a while.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    people : numpy.ndarray
        People in the line, int, shape (n_functions,).

    Returns
    -------
    there : numpy.ndarray
        People at a time, int, shape (n_functions,).
    away : numpy.ndarray
        Opening hours that pass for each hour that one of them serves, 1 or more, float64, shape
        (n_functions,).
    """
    enterprise = blueprint.study.enterprise
    if enterprise.calendar is None:
        return people, np.ones(len(people))
    hours = np.array([hours_a_week(enterprise.open_hours(name)) for name, _ in blueprint.desks])
    longer = np.maximum(hours / HOURS_PER_WEEK, 1.0)
    there = np.ceil(np.round(people / longer, 9)).astype(people.dtype)
    return there, there * longer / people


def open_share(blueprint: Blueprint) -> np.ndarray:
    """Return in which share of paid hours each function is open, at most 1, shape (n_functions,).

    Hours that a function is shut are lost; one that is open for longer has no more of them.
    """
    enterprise = blueprint.study.enterprise
    hours = [hours_a_week(enterprise.open_hours(name)) for name, _ in blueprint.desks]
    return np.minimum(np.array(hours) / HOURS_PER_WEEK, 1.0)


def needs_arise(blueprint: Blueprint, hours: np.ndarray) -> np.ndarray:
    """Return the hours at which needs arise on the clock, in the order of those drawn.

    The table is drawn as if needs arose at any hour. A week's are then moved, in their order, into
    the hours of the week in which they do.

    Parameters
    ----------
    hours : numpy.ndarray
        As drawn, float64, shape (n_needs,).
    """
    if blueprint.study.enterprise.calendar is None:
        return hours
    spans = _in_model_hours(blueprint.study.enterprise.needs_spans())
    gone = np.concatenate([[0.0], np.cumsum(spans[:, SHUTS] - spans[:, OPENS])])
    weeks = np.floor(hours / HOURS_PER_WEEK)
    drawn = (hours - weeks * HOURS_PER_WEEK) * (gone[-1] / HOURS_PER_WEEK)
    span = np.clip(np.searchsorted(gone, drawn, side="right") - 1, 0, len(spans) - 1)
    inside = np.minimum(spans[span, OPENS] + drawn - gone[span], spans[span, SHUTS])
    moved: np.ndarray = weeks * HOURS_PER_WEEK + inside
    return moved


@kernel
def next_opening(state, function, hour):
    """Return the first hour from one on at which a function is open."""
    if state.rules[0]["keeps_hours"] == 0:
        return hour
    return _opens(state, function, hour)


@kernel
def visit_over(state, slot, function, start, hours):
    """Return when a visit of so many hours is over, by which a function's people serve a case.

    Nobody hangs up at closing time: a live visit goes on. Deferred work lies until the morning.
    """
    rules = state.rules[0]
    if rules["keeps_hours"] == 0:
        return start + hours
    if state.touchpoints[state.cases[slot]["touchpoint"]]["live"] == 1:
        return start + hours / rules["clock"]
    return _worked_off(state, function, start, hours / rules["clock"])


@kernel
def back_again(state, function, start, hours):
    """Return when who begins to serve at an hour, for so many hours, is there for the next case.

    In opening hours alone: whoever has gone on after closing time comes so much later.
    """
    rules = state.rules[0]
    if rules["keeps_hours"] == 0:
        return start + hours
    held = hours / rules["clock"] * state.functions[function]["away"] + state.owed[function]
    state.owed[function] = 0.0
    return _worked_off(state, function, start, held)


@kernel
def owe(state, function, hours):
    """Note that who has served for so many hours goes on, and is away for them only afterwards."""
    rules = state.rules[0]
    if rules["keeps_hours"] == 1:
        state.owed[function] += hours / rules["clock"] * (state.functions[function]["away"] - 1.0)


@kernel
def in_opening_hours(state, function, start, hours, over):
    """Tell whether all of a visit that is over at an hour was served in opening hours."""
    rules = state.rules[0]
    if rules["keeps_hours"] == 0:
        return True
    return over == _worked_off(state, function, start, hours / rules["clock"])


@kernel
def working_hours(state, since, until):
    """Return the working hours between two hours: the firm's opening hours, of which a week has 40.

    Without a calendar there are no others.
    """
    rules = state.rules[0]
    if rules["keeps_hours"] == 0:
        return until - since
    firm = len(state.functions)
    opened = open_until(state, firm, until) - open_until(state, firm, since)
    return opened * (HOURS_PER_WEEK / rules["firm_open"])


@station
def _opens(state, row, hour):
    """Return the first hour from one on that lies in a row's opening hours."""
    week = math.floor(hour / HOURS_PER_WEEK) * HOURS_PER_WEEK
    inside = hour - week
    for place in range(state.openings.shape[1]):
        if inside < state.openings[row, place, SHUTS] - A_MOMENT:
            opens = state.openings[row, place, OPENS]
            return hour if inside >= opens else week + opens
    return week + HOURS_PER_WEEK + state.openings[row, 0, OPENS]


@station
def _worked_off(state, row, start, hours):
    """Return when so many opening hours of a row have passed from an hour on."""
    each_week = 0.0
    for place in range(state.openings.shape[1]):
        each_week += _length(state, row, place)
    weeks = math.floor(hours / each_week)
    left = hours - weeks * each_week
    begins = start + weeks * HOURS_PER_WEEK
    week = math.floor(begins / HOURS_PER_WEEK) * HOURS_PER_WEEK
    while True:
        for place in range(state.openings.shape[1]):
            opens = max(begins, week + state.openings[row, place, OPENS])
            room = week + state.openings[row, place, SHUTS] - opens
            if room > 0.0:
                if left <= room:
                    return opens + left
                left -= room
        week += HOURS_PER_WEEK


@station
def open_until(state, row, hour):
    """Return for how many hours a row has been open until an hour, since the run began."""
    weeks = math.floor(hour / HOURS_PER_WEEK)
    inside = hour - weeks * HOURS_PER_WEEK
    each_week, this_week = 0.0, 0.0
    for place in range(state.openings.shape[1]):
        length = _length(state, row, place)
        each_week += length
        this_week += min(max(inside - state.openings[row, place, OPENS], 0.0), length)
    return weeks * each_week + this_week


@kernel
def _length(state, row, place):
    """Return how long a span of a row's opening hours is."""
    return state.openings[row, place, SHUTS] - state.openings[row, place, OPENS]
