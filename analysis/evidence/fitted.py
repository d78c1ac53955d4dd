"""What a fit found: worlds taken in, the one in the middle, and what happened on the way."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.comparison.intervals import Floats
from analysis.evidence.sampling import Points
from analysis.evidence.targets import Target
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.worlds import World

_ENDS = (5, 50, 95)
"""Percentiles of the worlds that are told."""


@dataclass(frozen=True)
class FitSize:
    """How much is run.

    Attributes
    ----------
    runs : int
        Of the first wave; later ones have half as many.
    members : int
        Worlds wanted.
    all_on : int
        Worlds wanted of the firm's own size in which nothing is off; one becomes its default.
    stream : int
        Which draws, beside the study's seed: see `stream_of`.
    """

    runs: int = 1000
    members: int = 200
    all_on: int = 30
    stream: int = 0


def stream_of(study: Study, org_model: OrgModel) -> int:
    """Return which draws a fit of an org model takes: the baseline's, or its own by its levers.

    Ensembles of the same draws would hold many of the same worlds, and whoever counts them as
    different ones would be surer than there is reason to be.
    """
    if org_model.organisation == study.baseline:
        return 0
    levers = org_model.model_dump_json(exclude={"organisation", "label"})
    return int(hashlib.sha256(levers.encode()).hexdigest()[:7], 16)


@dataclass
class Told:
    """What happened on the way, for the recipe."""

    dummies: int = 0
    runs: list[int] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    emulated: list[dict[str, float]] = field(default_factory=list)
    widening: float = 1.0
    frees_most: str = ""
    set_aside: list[str] = field(default_factory=list)
    least_chance: list[float] = field(default_factory=list)
    tried: int = 0
    taken: int = 0
    missed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Members:
    """Worlds taken in, and what their runs gave.

    Attributes
    ----------
    points : float64, shape (n_members, n_coordinates)
    outputs : DataFrame
        Means over replicates in the measures' own units, one column a target.
    tried : int
        Candidates that were run.
    """

    points: Points
    outputs: pd.DataFrame
    tried: int


@dataclass(frozen=True)
class Fitted:
    """A firm's worlds under one org model.

    Attributes
    ----------
    members, all_on : Members
    medoid : World or None
        The world in the middle, nothing off; None if there is none.
    targets : tuple of Target
        Fitted and reported.
    default, middle : dict of str to float
        What the registered defaults give, and what the medoid gives on fresh luck.
    informed : tuple of str
        Coordinates that some emulator reads.
    told : Told
    """

    members: Members
    all_on: Members
    medoid: World | None
    targets: tuple[Target, ...]
    default: dict[str, float]
    middle: dict[str, float]
    informed: tuple[str, ...]
    told: Told


def told_by(values: Floats, known: tuple[float, float]) -> dict[str, float]:
    """Return what worlds give of a figure, as ``patterns.csv`` has it; NaN where none has one.

    Parameters
    ----------
    values : float64, shape (n_worlds,)
        Of each world, NaN where it has none.
    known : tuple of float
        Least and most that firms are known to have.
    """
    there = values[np.isfinite(values)]
    if not len(there):
        return dict.fromkeys(("low", "median", "high", "inside"), math.nan)
    low, median, high = np.percentile(there, _ENDS).tolist()
    inside = (there >= known[0]) & (there <= known[1])
    return {"low": low, "median": median, "high": high, "inside": float(inside.mean())}


def medoid_of(members: Floats, candidates: Floats) -> int:
    """Return which candidate lies nearest to all members, by mean distance of ranks.

    Parameters
    ----------
    members : float64, shape (n_members, n_features)
    candidates : float64, shape (n_candidates, n_features)
        Ranked among the members, feature by feature.
    """
    ordered = np.sort(members, axis=0)
    ranks = [
        np.column_stack(
            [np.searchsorted(ordered[:, place], rows[:, place]) for place in range(rows.shape[1])]
        )
        for rows in (members, candidates)
    ]
    distances = np.abs(ranks[1][:, None, :] - ranks[0][None, :, :]).mean(axis=(1, 2))
    return int(np.argmin(distances))
