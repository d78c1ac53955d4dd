"""Care for whoever comes next is written in minutes of the visit (rule E2).

Care lengthens a visit, and that time is paid already. It is needed for what a visit has to write
down for others: facts that they may read in a shared store, and a note where other people go on
with the case. Where it does not suffice, less is written.
"""

from __future__ import annotations

import numpy as np

from sim.organisation.planned_visits import next_by_people, rounds_planned
from sim.state.blueprint import Blueprint


def has_minutes(parameters: dict[str, float]) -> bool:
    """Tell whether writing for others takes time at all."""
    return parameters["write_minutes"] > 0.0 or parameters["note_minutes"] > 0.0


def needed_minutes(
    blueprint: Blueprint, parameters: dict[str, float], store_facts: int
) -> np.ndarray:
    """Return N: the minutes that writing for others would take at a visit by people.

    N = w·k + n·x, w `write_minutes` for each of the k facts that the step produces and others
    may read, n `note_minutes` where other people, of whatever function, go on with the case: x is
    the planned chance of that. What a customer is asked for is written in the time of the question.

    Parameters
    ----------
    blueprint : Blueprint
        The enterprise.
    parameters : dict
        Resolved model parameters.
    store_facts : int
        Mask of the facts that a shared store may hold; 0 if there is none.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_touchpoints,); 0 at steps that no people do.
    """
    steps, _ = blueprint.touchpoint_array()
    facts = np.array([int(each & store_facts).bit_count() for each in steps["produces"].tolist()])
    others = np.minimum(1.0, next_by_people(blueprint).sum(axis=1))
    needed = parameters["write_minutes"] * facts + parameters["note_minutes"] * others
    return np.where(steps["automated"] == 0, needed, 0.0)


def minutes_of_visits(blueprint: Blueprint) -> np.ndarray:
    """Return m: the planned minutes of a visit that people serve, shape (n_touchpoints,)."""
    steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
    return np.array([step.minutes * rounds_planned(step) for step in steps])


def covered(care: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Return κ = c/(c + N), how much of what is needed gets written; 1 where nothing is.

    Parameters
    ----------
    care, needed : numpy.ndarray
        c and N, minutes of a visit, float64, not negative.
    """
    return np.divide(care, care + needed, out=np.ones(len(needed)), where=needed > 0.0)
