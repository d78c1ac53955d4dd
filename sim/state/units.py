"""A firm of units: what of the firm as one each of them has, and who meets whom (rule E8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.state.blueprint import Blueprint

NO_UNIT = -1
"""The unit of what the firm has once."""


def part_of_each(blueprint: Blueprint, of_all: np.ndarray) -> np.ndarray:
    """Return each unit's part, as planned, of something counted by touchpoint of the firm as one.

    Parameters
    ----------
    blueprint : Blueprint
        The firm of units.
    of_all : numpy.ndarray
        Float64, shape (n_touchpoints of the firm as one,).

    Returns
    -------
    numpy.ndarray
        Float64, shape (n_touchpoints,).
    """
    units = np.where(blueprint.touchpoint_units == NO_UNIT, 1, blueprint.structure.units)
    part: np.ndarray = of_all[blueprint.in_whole] / units
    return part


def met_by(blueprint: Blueprint, function: int) -> np.ndarray:
    """Return whether customers of a function's unit meet each function, bool, (n_functions,).

    A function of the whole firm is met by all; it counts one unit's functions, since no customer
    meets two units.
    """
    own = max(0, int(blueprint.function_units[function]))
    units = blueprint.function_units
    met: np.ndarray = (units == NO_UNIT) | (units == own)
    return met


def processes(blueprint: Blueprint) -> np.ndarray:
    """Return the site whose flaws each site has: its own, or where units share them the first's.

    Returns
    -------
    numpy.ndarray
        int, shape (n_sites,).
    """
    if blueprint.structure.defects == "unit":
        return np.arange(len(blueprint.site_ids))
    names = [name for name, _ in blueprint.desks]
    sites = [*blueprint.touchpoints, *((names[f], names[g]) for f, g in blueprint.seams)]
    # A journey and its step may bear the names of two functions, so both are kept apart.
    kinds = [place < len(blueprint.touchpoints) for place in range(len(sites))]
    first: dict[tuple[bool, tuple[str, str]], int] = {}
    for place, key in enumerate(zip(kinds, sites, strict=True)):
        first.setdefault(key, place)
    return np.array([first[key] for key in zip(kinds, sites, strict=True)])


def namesakes(blueprint: Blueprint, function: int) -> tuple[int, ...]:
    """Return the functions that do their work in the same way as one: of all units, or itself."""
    if blueprint.structure.defects == "unit":
        return (function,)
    return blueprint.functions_named(blueprint.desks[function][0])


def pooled(processes_of: np.ndarray, values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Return values by site with what units share added up at the first of them.

    Parameters
    ----------
    processes_of : numpy.ndarray
        As `processes` gives it.
    values : numpy.ndarray
        By site along an axis.
    axis : int
        Which.
    """
    moved = np.moveaxis(values, axis, 0)
    found = np.zeros_like(moved)
    np.add.at(found, processes_of, moved)
    # Compiled rules are compiled anew for another order of memory.
    return np.ascontiguousarray(np.moveaxis(found, 0, axis))


def most_of_units(blueprint: Blueprint, values: np.ndarray) -> np.ndarray:
    """Return, for each function of the firm as one, the most of its units' values.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise under the structure of an org model.
    values : numpy.ndarray
        By function, float64, shape (n_functions,).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_functions of the firm as one,).
    """
    places = (list(blueprint.functions_named(name)) for name in blueprint.whole.functions)
    return np.array([values[each].max() for each in places])


def unit_of(blueprint: Blueprint, function: int) -> list[int]:
    """Return the functions of a function's unit, itself among them; alone where it has none."""
    units = blueprint.function_units
    if units[function] == NO_UNIT:
        return [function]
    return [int(each) for each in np.flatnonzero(units == units[function])]


def receivers_in_units(blueprint: Blueprint, index: int) -> set[int]:
    """Return the touchpoints whose people can get a case next: it never leaves its customer's unit.

    Parameters
    ----------
    blueprint : Blueprint
        The firm of units.
    index : int
        The touchpoint it comes from.
    """
    own = int(blueprint.touchpoint_units[index])
    units = range(blueprint.structure.units) if own == NO_UNIT else (own,)
    firsts = [
        blueprint.place_of[blueprint.whole.touchpoints[each]]
        for each in blueprint.whole.receivers(int(blueprint.in_whole[index]))
    ]
    return {
        place if blueprint.touchpoint_units[place] == NO_UNIT else place + unit
        for place in firsts
        for unit in units
    }


def own_rows(blueprint: Blueprint) -> tuple[np.ndarray, np.ndarray]:
    """Return touchpoints and branches as rows: branches lead to the first unit's steps."""
    whole, branches = blueprint.whole.touchpoint_array()
    rows = whole[blueprint.in_whole]
    rows["owner"] = blueprint.owners
    rows["per_unit"] = blueprint.touchpoint_units != NO_UNIT
    firsts = np.array([blueprint.place_of[each] for each in blueprint.whole.touchpoints])
    leads_on = branches["target"] >= 0
    branches["target"][leads_on] = firsts[branches["target"][leads_on]]
    return rows, branches
