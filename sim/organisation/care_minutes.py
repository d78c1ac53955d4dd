"""Care for whoever comes next is written in minutes of the visit (rule E2).

Care lengthens a visit, and that time is paid already. It is needed for what a visit has to write
down for others: facts that they may read in a shared store, and a note where other people go on
with the case. Where it does not suffice, less is written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.organisation.planned_visits import (
    by_people,
    next_by_people,
    rounds_planned,
    visits_per_hour,
)
from sim.state.blueprint import Blueprint
from sim.study.levers import Technology
from sim.study.working_time import HOURS_PER_WEEK


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
    others = np.minimum(1.0, next_by_people(blueprint.whole).sum(axis=1))[blueprint.in_whole]
    needed = parameters["write_minutes"] * facts + parameters["note_minutes"] * others
    return np.where(steps["automated"] == 0, needed, 0.0)


def minutes_of_visits(blueprint: Blueprint) -> np.ndarray:
    """Return m: the planned minutes of a visit that people serve, shape (n_touchpoints,)."""
    steps = [blueprint.touchpoint(place) for place in range(len(blueprint.touchpoints))]
    return np.array([step.minutes * rounds_planned(step) for step in steps])


def share_covered(care: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Return κ = c/(c + N), how much of what is needed gets written; 1 where nothing is.

    Parameters
    ----------
    care, needed : numpy.ndarray
        c and N, minutes of a visit, float64, not negative.
    """
    return np.divide(care, care + needed, out=np.ones(len(needed)), where=needed > 0.0)


def facts_shared(blueprint: Blueprint, technology: Technology) -> int:
    """Return the mask of the facts that a record shared by functions may hold; 0 without one."""
    every, lasting = (1 << len(blueprint.facts)) - 1, blueprint.persistent_facts
    scope = {"all": every, "customer": lasting, "case": every & ~lasting}
    return scope[technology.sharing_scope] if technology.record == "shared" else 0


@dataclass(frozen=True, eq=False)
class Writing:
    """What writing for others takes at each step of an enterprise, and the care there is for it.

    Attributes
    ----------
    owners : numpy.ndarray
        Function of each step, -1 for none, int, shape (n_touchpoints,).
    needed : numpy.ndarray
        N: what it would take of a visit, minutes, float64, shape (n_touchpoints,).
    careful : numpy.ndarray
        m·d·a_care: minutes of care in a visit, if nothing else took time, shape (n_touchpoints,).
    visits : numpy.ndarray
        Planned visits that people serve, a week, shape (n_touchpoints,).
    n_functions : int
        How many functions there are.
    """

    owners: np.ndarray
    needed: np.ndarray
    careful: np.ndarray
    visits: np.ndarray
    n_functions: int

    @classmethod
    def of(
        cls, blueprint: Blueprint, parameters: dict[str, float], store_facts: int, care: np.ndarray
    ) -> Writing:
        """Return the writing of an enterprise.

        Parameters
        ----------
        blueprint : Blueprint
            The enterprise.
        parameters : dict
            Resolved model parameters.
        store_facts : int
            Mask of the facts that a shared store may hold.
        care : numpy.ndarray
            Share of each function's day that goes to care, d·a_care, shape (n_functions,).
        """
        return cls(
            blueprint.owners,
            needed_minutes(blueprint, parameters, store_facts),
            minutes_of_visits(blueprint) * care[blueprint.owners],
            visits_per_hour(blueprint) * by_people(blueprint) * HOURS_PER_WEEK,
            len(care),
        )

    def covered_by_step(self, serving: np.ndarray) -> np.ndarray:
        """Return κ by step, `serving` being the share of each function's day for plain work."""
        return share_covered(self.careful / serving[self.owners], self.needed)

    def by_function(self, covers: np.ndarray) -> np.ndarray:
        """Return minutes a week by function, κN and N in planned visits, (2, n_functions)."""
        needed = self.visits * self.needed
        places = np.maximum(0, self.owners)
        minutes = (needed * covers, needed)
        return np.array([np.bincount(places, each, self.n_functions) for each in minutes])
