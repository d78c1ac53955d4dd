"""Systemic flaws at sites: they arrive, and retire unfixed (rule M8.1).

Arrivals are Poisson at a rate per variant of a site and week; unfixed defects retire at
one rate under every org model; at a study's weak spots they arrive so many times as often,
under every org model alike. The number of product and process variants grows with the
firm, V = N^β: a customer meets one variant, hence the mean defects per variant, and a fix
that removes one of them helps one visit in V. A part of all defects is designed in and
comes with releases (``sim.improvement.releases``). A run starts at the unfixed mean λ/δ.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel
from sim.engine.draws import DRAW_DEFECTS
from sim.engine.philox import block, uniform
from sim.state.blueprint import Blueprint
from sim.study.enterprise import NOBODY


class Defects:
    """The number of defects at each site.

    Parameters
    ----------
    blueprint : Blueprint
        The sites.
    keys : numpy.ndarray
        Keys of the random decisions.
    heads : float
        Heads of the firm, N.

    Attributes
    ----------
    count : numpy.ndarray
        Over all variants, int64, shape (n_sites,). A change of person inside a function
        is no seam of its own and has none. What units share is counted at the first of them.
    variants : float
        Variants of each site, V.
    arriving : numpy.ndarray
        All defects that arrive a week, over all variants, float64, shape (n_sites,).
    """

    def __init__(self, blueprint: Blueprint, keys: np.ndarray, heads: float = 1.0):
        parameters = blueprint.study.assumed
        self.key = keys[DRAW_DEFECTS]
        self.processes = blueprint.processes
        self.counters = _counters(blueprint)
        self.variants = heads ** parameters["variant_growth"]
        self.arriving = np.full(len(blueprint.site_ids), parameters["defect_rate"] * self.variants)
        self.arriving *= _weakness(blueprint)
        n_touchpoints = len(blueprint.touchpoints)
        for place, (sender, receiver) in enumerate(blueprint.seams):
            if sender == receiver:
                self.arriving[n_touchpoints + place] = 0.0
        self.arriving[self.processes != np.arange(len(self.processes))] = 0.0
        self.rate = self.arriving * (1.0 - parameters["designed_in_share"])
        self.retire = 1.0 - math.exp(-1.0 / max(parameters["defect_life_weeks"], 1e-9))
        mean = self.arriving * parameters["defect_life_weeks"]
        self.count = np.floor(mean).astype(np.int64)
        for site, counter in enumerate(self.counters):
            lanes = block(self.key, int(counter), 0, 0, 0)
            self.count[site] += uniform(lanes[0]) < mean[site] - math.floor(mean[site])

    @property
    def met(self) -> np.ndarray:
        """Defects that a customer meets at each site, float64, shape (n_sites,)."""
        return self.count[self.processes] / self.variants

    def step(self, week: int) -> None:
        """Let a week's defects arrive and retire; a draw for each site, week and defect."""
        _arrive_and_retire(self.key, self.counters, week, self.rate, self.retire, self.count)


def _weakness(blueprint: Blueprint) -> np.ndarray:
    """Return how many times as often defects arrive at each site, float64, shape (n_sites,)."""
    spots, desks = blueprint.study.weak_spots, blueprint.desks
    owners = [desks[owner][0] if owner >= 0 else NOBODY for owner in blueprint.owners]
    seams = [f"{desks[f][0]}>{desks[g][0]}" for f, g in blueprint.seams]
    return np.array([spots.get(name, 1.0) for name in (*owners, *seams)])


def _counters(blueprint: Blueprint) -> np.ndarray:
    """Return each site's counter for draws: where units share flaws, that of the firm as one."""
    if blueprint.structure.defects == "unit":
        return blueprint.site_counters
    whole = dict(zip(blueprint.whole.site_ids, blueprint.whole.site_counters, strict=True))
    names = ["/".join(touchpoint) for touchpoint in blueprint.touchpoints]
    names += [f"{blueprint.desks[f][0]}>{blueprint.desks[g][0]}" for f, g in blueprint.seams]
    return np.array([whole[name] for name in names])


@kernel
def _arrive_and_retire(
    key: int,
    counters: np.ndarray,
    week: int,
    rates: np.ndarray,
    retire: float,
    counts: np.ndarray,
) -> None:
    for site in range(len(counts)):
        lanes = block(key, counters[site], week + 1, 0, 0)
        arrived = poisson(rates[site], uniform(lanes[0]))
        gone = 0
        for number in range(counts[site]):
            lanes = block(key, counters[site], week + 1, number + 1, 0)
            if uniform(lanes[1]) < retire:
                gone += 1
        counts[site] += arrived - gone


@kernel
def bring_defects(
    key: int,
    counters: np.ndarray,
    number: int,
    means: np.ndarray,
    found: float,
    counts: np.ndarray,
) -> None:
    """Add the defects designed into a release that nobody found.

    Their number and the draw of each depend on nothing but site and release, so that more say
    at the gate only ever takes some of them away.

    Parameters
    ----------
    key : uint64
        Of the draws.
    counters : numpy.ndarray
        Counter of each site, int64, shape (n_sites,).
    number : int
        The release's.
    means : numpy.ndarray
        Defects designed in on average, float64, shape (n_sites,).
    found : float
        Chance that one has been found before the launch.
    counts : numpy.ndarray
        Written: defects at each site, int64, shape (n_sites,).
    """
    for site in range(len(counts)):
        lanes = block(key, counters[site], number, 0, 0)
        for each in range(poisson(means[site], uniform(lanes[0]))):
            lanes = block(key, counters[site], number, each + 1, 0)
            if uniform(lanes[1]) >= found:
                counts[site] += 1


@kernel
def poisson(mean: float, draw: float) -> int:
    """Return a Poisson variate by inverse CDF.

    Parameters
    ----------
    mean : float
        Small; the sum is walked from zero.
    draw : float
        Uniform between 0 and 1.
    """
    number = 0
    term = math.exp(-mean)
    total = term
    while draw >= total and number < 1000:
        number += 1
        term *= mean / number
        total += term
    return number
