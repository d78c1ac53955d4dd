"""What would change the answer over worlds: what moves the lead, and where it flips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.evidence.flipping import (
    Scenes,
    Switched,
    Tipping,
    scenes_of,
    switched,
    tipping_points,
)
from analysis.evidence.moving import LEAST_WORLDS, Cloud, Moving, cloud_of, moving
from analysis.evidence.over_worlds import OverWorlds
from analysis.evidence.winner import WINS, leaders
from sim.study.worlds import SWITCHES

MOST_TIPPING = 5
"""Coordinates whose tipping points are looked for at most: those that move the lead most."""


@dataclass(frozen=True)
class Explained:
    """What would change the answer.

    Attributes
    ----------
    cloud : Cloud
    moving : Moving
    scenes : Scenes
    tipping : tuple of Tipping
    switched : tuple of Switched
    conditional_on : tuple of str
        Mechanisms on which the sign of the winner's lead depends; none where nobody wins.
    """

    cloud: Cloud
    moving: Moving
    scenes: Scenes
    tipping: tuple[Tipping, ...]
    switched: tuple[Switched, ...]
    conditional_on: tuple[str, ...]


def explained(found: OverWorlds, *, seed: int) -> Explained | None:
    """Return what would change the answer; None where too few worlds are there to tell.

    Parameters
    ----------
    found : OverWorlds
    seed : int
        Of all that is drawn.
    """
    outcome = found.outcome
    if outcome is None or found.whole.sum() < LEAST_WORLDS:
        return None
    worlds = [world for world, whole in zip(found.drawn.worlds, found.whole, strict=True) if whole]
    cloud = cloud_of(worlds, found.lead[found.whole])
    if not cloud.names:
        return None
    values = found.sign * found.values[found.whole]
    least = outcome.overall.least if np.isfinite(outcome.overall.least) else 0.0
    moved = moving(cloud, seed=seed)
    names = [str(name) for name in moved.strongest["parameter"]]
    tipping = tipping_points(cloud, names[:MOST_TIPPING], seed=seed)
    leader = found.models.index(found.leader)
    flips = switched(values, leader, [world.off for world in worlds], tuple(SWITCHES))
    hangs = [each.name for each in flips if each.decides and outcome.verdict == WINS]
    scenes = scenes_of(cloud, leaders(values, least), seed=seed)
    return Explained(cloud, moved, scenes, tuple(tipping), tuple(flips), tuple(hangs))
