"""Doors that are shut while a journey needs somebody behind them, by an enterprise's calendar."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.state.blueprint import Blueprint
from sim.study.opening import MINUTES_PER_WEEK, WeekSpans, hours_a_week
from sim.study.working_time import HOURS_PER_WEEK


def closed_doors(blueprint: Blueprint) -> Iterator[str]:
    """Yield what a calendar makes customers wait for, a sentence without full stop each.

    Live steps whose function is shut while needs for them arise, or while those are open who
    hand cases to it; and functions that are open for less than their people are paid for.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise as one unit.
    """
    enterprise = blueprint.study.enterprise
    if enterprise.calendar is None:
        return
    for name in blueprint.functions:
        hours = hours_a_week(enterprise.open_hours(name))
        if hours < HOURS_PER_WEEK:
            yield (
                f"{name} is open for {hours:g} hours a week, and its people are paid for "
                f"{HOURS_PER_WEEK:g}: the others are lost"
            )
    needs = _minutes_open(enterprise.needs_spans())
    for place, (journey, step) in enumerate(blueprint.touchpoints):
        touchpoint = blueprint.touchpoint(place)
        if touchpoint.mode != "live" or touchpoint.automated:
            continue
        shut = ~_minutes_open(enterprise.open_hours(touchpoint.owner))
        waiting = _shut_share(shut, needs)
        if waiting > 0.0 and place in _first_steps(blueprint, journey):
            yield (
                f"{journey}/{step} is live, and {touchpoint.owner} is shut for {waiting:.0%} of "
                "the hours in which needs arise: these customers come when it opens"
            ).replace("%", " %")
        yield from _handed_to_nobody(blueprint, place, shut)


def _handed_to_nobody(blueprint: Blueprint, place: int, shut: np.ndarray) -> Iterator[str]:
    """Yield who hands cases to a live step while its function is shut."""
    enterprise, owner = blueprint.study.enterprise, blueprint.touchpoint(place).owner
    for sender, touchpoint in enumerate(blueprint.touchpoints):
        step = blueprint.touchpoint(sender)
        if step.automated or step.owner == owner or place not in blueprint.receivers(sender):
            continue
        waiting = _shut_share(shut, _minutes_open(enterprise.open_hours(step.owner)))
        if waiting > 0.0:
            yield (
                f"{'/'.join(blueprint.touchpoints[place])} is live, and {owner} is shut for "
                f"{waiting:.0%} of the hours of {step.owner}, which hands cases to it at "
                f"{'/'.join(touchpoint)}: they wait until it opens"
            ).replace("%", " %")


def _first_steps(blueprint: Blueprint, journey: str) -> set[int]:
    """Return the staffed steps that a need can come to first."""
    first = blueprint.place_of[journey, blueprint.journey(journey).start]
    return blueprint.receivers(first) if blueprint.touchpoint(first).automated else {first}


def _minutes_open(spans: WeekSpans) -> np.ndarray:
    """Return of each minute of a week whether it lies in some spans, bool."""
    minutes = np.zeros(MINUTES_PER_WEEK, bool)
    for opens, shuts in spans:
        minutes[opens:shuts] = True
    return minutes


def _shut_share(shut: np.ndarray, asked: np.ndarray) -> float:
    """Return for which share of the minutes in which it is asked for something is shut."""
    return float((shut & asked).sum() / asked.sum())
