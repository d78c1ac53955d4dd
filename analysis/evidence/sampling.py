"""Worlds drawn from what is assumed: registered ranges, switches and the firm's size.

A Latin hypercube spreads each of some two hundred coordinates evenly over few worlds (McKay,
Beckman & Conover 1979); in so many dimensions the columns of a Sobol sequence correlate. Each
switch is off in half of the worlds, independently of all else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.study.parameters import REGISTRY
from sim.study.study import Study
from sim.study.worlds import (
    LARGEST_FIRM,
    REPLICATES_APART,
    SMALLEST_FIRM,
    SWITCHES,
    World,
    drawn_parameters,
)

SIZE = "size"
"""The coordinate that is a firm's size."""
DRAWN_DIGITS = 5
"""Significant digits of a drawn value: a file of worlds then says all there is to say."""

SPREAD_TOGETHER = 320
"""Worlds that are spread evenly together."""

Points = NDArray[np.float64]
"""Worlds as rows, coordinates as columns, each between 0 and 1."""


def coordinates(study: Study) -> tuple[str, ...]:
    """Return what is drawn, by name: parameters, then the firm's size, then the switches."""
    return (*drawn_parameters(study), SIZE, *SWITCHES)


def latin_hypercube(study: Study, number: int, seed: int) -> Points:
    """Return so many worlds, spread evenly over every coordinate.

    Parameters
    ----------
    study : Study
        What it sets itself is not drawn.
    number : int
        How many.
    seed : int
        Of the draw; equal seeds, equal worlds.

    Returns
    -------
    float64, shape (number, n_coordinates)
        In the order of `coordinates`.
    """
    # Read only where worlds are drawn: reading it takes half a second.
    from scipy.stats import qmc  # noqa: PLC0415

    design = qmc.LatinHypercube(len(coordinates(study)), rng=np.random.default_rng(seed))
    return np.asarray(design.random(number), dtype=np.float64)


def world_at(study: Study, point: NDArray[np.float64], number: int) -> World:
    """Return the world that a point stands for.

    Parameters
    ----------
    point : float64, shape (n_coordinates,)
        Between 0 and 1, in the order of `coordinates`.
    number : int
        The world's number.
    """
    at = dict(zip(coordinates(study), point.tolist(), strict=True))
    return World(
        number,
        {name: _between(name, at[name]) for name in drawn_parameters(study)},
        frozenset(name for name in SWITCHES if at[name] < 0.5),
        rounded(SMALLEST_FIRM + at[SIZE] * (LARGEST_FIRM - SMALLEST_FIRM)),
    )


def worlds_from_ranges(study: Study, number: int, seed: int) -> list[World]:
    """Return worlds drawn from registered ranges, which nothing was fitted to.

    The first worlds of a larger number are those of a smaller one: whole hypercubes are drawn.
    """
    blocks = -(-number // SPREAD_TOGETHER)
    points = np.concatenate(
        [latin_hypercube(study, SPREAD_TOGETHER, seed + each) for each in range(blocks)]
    )
    return [world_at(study, point, place + 1) for place, point in enumerate(points[:number])]


def check_world(world: World) -> None:
    """Refuse a world that comes from a file and could not have been drawn.

    Raises
    ------
    ValueError
        If it sets a parameter that is not registered or outside what is permitted, switches off
        what has no switch, or is of no size that a firm has.
    """
    unknown = [name for name in world.parameters if name not in REGISTRY]
    if unknown := unknown + sorted(world.off - set(SWITCHES)):
        raise ValueError(f"{unknown[0][:60]} is no parameter of this version")
    for name, value in world.parameters.items():
        low, high = REGISTRY[name].permitted
        if not low <= value <= high:
            raise ValueError(f"{name} is {value:g}, and {low:g} to {high:g} is permitted")
    if not SMALLEST_FIRM <= world.size <= LARGEST_FIRM:
        raise ValueError(
            f"{SIZE} is {world.size:g}, and {SMALLEST_FIRM:g} to {LARGEST_FIRM:g} is permitted"
        )
    if not 0 <= world.number < REPLICATES_APART:
        raise ValueError(f"there is no world {world.number}")


def point_of(study: Study, world: World) -> NDArray[np.float64]:
    """Return where a world stands between the ends of every range; a switch that is off at 0."""
    values = [_share(name, world.parameters[name]) for name in drawn_parameters(study)]
    size = (world.size - SMALLEST_FIRM) / (LARGEST_FIRM - SMALLEST_FIRM)
    return np.array([*values, size, *(float(name not in world.off) for name in SWITCHES)])


def rounded(value: float) -> float:
    """Return a value to so many digits as a file of worlds holds."""
    return float(f"{value:.{DRAWN_DIGITS}g}")


def _between(name: str, share: float) -> float:
    row = REGISTRY[name]
    return rounded(row.low + share * (row.high - row.low))


def _share(name: str, value: float) -> float:
    row = REGISTRY[name]
    return (value - row.low) / (row.high - row.low)


def defaults_at(study: Study) -> NDArray[np.float64]:
    """Return where the registered defaults stand, at the study's size, with nothing off."""
    default = World(0, {name: REGISTRY[name].default for name in drawn_parameters(study)})
    return point_of(study, default)


def names_of(points: Sequence[str]) -> list[str]:
    """Return coordinates in plain words, for tables and figures."""
    words = {SIZE: "the firm's size"} | {name: each.meaning for name, each in SWITCHES.items()}
    return [words[name] if name in words else REGISTRY[name].meaning for name in points]
