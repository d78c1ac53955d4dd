"""Thresholds of answers are set after a run: no rule acts upon them, so no run is needed again.

From which experience on a contact's customer says "satisfied", and from which score on a journey's
recommends, is drawn evenly from those thresholds in range at which the firm gives what is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.comparison.intervals import Floats
from analysis.evidence.history_matching import AMISS, MEETS, NEARLY, grade
from analysis.evidence.targets import Target, scale_of
from sim.study.answers import promoters_less_detractors, satisfaction_at, thresholds
from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.worlds import drawn_parameters

THRESHOLDS = {"csat": ("satisfied_from",), "nps_surveyed": ("promoter_from", "detractor_below")}
"""Parameters that nothing but so named a measure depends on."""


@dataclass(frozen=True)
class Chosen:
    """Thresholds of a world that was taken in.

    Attributes
    ----------
    parameters : dict of str to float
    outputs : dict of str to float
        What the measures are at them, in their own units.
    """

    parameters: dict[str, float]
    outputs: dict[str, float]


def set_afterwards(study: Study, targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets whose thresholds are set after a run: those the study leaves open."""
    drawn = set(drawn_parameters(study))
    return tuple(each for each in targets if drawn.issuperset(THRESHOLDS.get(each.name, ("",))))


def options_for(target: Target, outputs: Mapping[str, float]) -> dict[tuple[float, ...], float]:
    """Return what a target's measure is at all thresholds in range, in its own units.

    Parameters
    ----------
    target : Target
        One of `set_afterwards`.
    outputs : mapping of str to float
        From `raw_outputs`.
    """
    names = THRESHOLDS[target.name]
    reading = satisfaction_at if target.name == "csat" else promoters_less_detractors
    found = {}
    for values in product(*(thresholds(name) for name in names)):
        found[values] = reading(outputs, *values)
    return found


def at_any_threshold(target: Target, run: Mapping[str, float]) -> Floats:
    """Return a target's measure at every threshold there is, on the scale of comparison."""
    scale = scale_of(target.name)
    return np.array([scale(value) for value in options_for(target, run).values()])


def chosen_thresholds(
    targets: Sequence[Target],
    outputs: Mapping[str, float],
    luck: Floats,
    replicates: int,
    near_misses: int,
    generator: np.random.Generator,
) -> Chosen | None:
    """Choose thresholds with which a world gives what is known, if there are any.

    Parameters
    ----------
    targets : sequence of Target
        Of `set_afterwards`.
    outputs : mapping of str to float
        Means over the world's runs, from `raw_outputs`.
    luck : float64, shape (n_targets,)
        Variance of one run.
    replicates : int
        Runs that the means are over.
    near_misses : int
        How many more of them a world may have.
    generator : Generator
        Draws one of the thresholds that will do.
    """
    parameters: dict[str, float] = {}
    values: dict[str, float] = {}
    for target, variance in zip(targets, luck, strict=True):
        graded: dict[int, list[tuple[tuple[float, ...], float]]] = {
            MEETS: [],
            NEARLY: [],
            AMISS: [],
        }
        scale = scale_of(target.name)
        for option, value in options_for(target, outputs).items():
            scaled = scale(value) if math.isfinite(value) else math.nan
            graded[grade(target, scaled, variance, replicates)].append((option, value))
        if not graded[MEETS]:
            near_misses -= 1
        best = graded[MEETS] or graded[NEARLY]
        if near_misses < 0 or not best:
            return None
        option, value = best[int(generator.integers(len(best)))]
        parameters |= dict(zip(THRESHOLDS[target.name], option, strict=True))
        values[target.name] = value
    return Chosen(parameters, values)


def places_and_shares(names: Sequence[str], chosen: Chosen) -> tuple[list[int], list[float]]:
    """Return which coordinates thresholds are, and where in their ranges they stand."""
    places = [names.index(name) for name in chosen.parameters]
    rows = [REGISTRY[name] for name in chosen.parameters]
    values = zip(chosen.parameters.values(), rows, strict=True)
    return places, [(value - row.low) / (row.high - row.low) for value, row in values]
