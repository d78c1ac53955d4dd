"""Ratings that represented customers share with one another (rule M6.4).

They reach customers who never saw what was rated: they are the base rate from which each
represented customer starts with a function (Jøsang & Ismail 2002). Own experience soon
outweighs them.
"""

from __future__ import annotations

import numpy as np

from sim.state import State


class Ratings:
    """What represented customers as a community say of each function.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    n_functions : int
        Functions that can be rated.

    Attributes
    ----------
    kept, broken : numpy.ndarray
        Contacts rated as kept and as broken, the latter weighted, forgotten week by week;
        float64, shape (n_functions,).
    """

    def __init__(self, parameters: dict[str, float], n_functions: int):
        self.parameters = parameters
        self.kept = np.zeros(n_functions)
        self.broken = np.zeros(n_functions)

    def step(self, state: State) -> None:
        """Take in a week's ratings and set the base rates for the next.

        Parameters
        ----------
        state : State
            Read and emptied: rated. Written: bases.
        """
        p = self.parameters
        self.kept = p["rating_memory"] * self.kept + state.rated[:, 0]
        self.broken = p["rating_memory"] * self.broken + p["broken_weight"] * state.rated[:, 1]
        state.rated[:] = 0
        base = p["standing_base"]
        shared = (self.kept + 2.0 * base) / (self.kept + self.broken + 2.0)
        state.bases[1] = base + p["reputation_sharing"] * (shared - base)
