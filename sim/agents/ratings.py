"""Ratings that represented customers share with one another (rule M6.4).

They reach customers who never saw what was rated: they are the base rate from which each
represented customer starts with a function (Jøsang & Ismail 2002). Own experience soon
outweighs them.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import kernel
from sim.state.arrays import State
from sim.state.customers import reputation_of


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
        _share(
            state.rated,
            self.kept,
            self.broken,
            state.bases[1],
            p["rating_memory"],
            p["broken_weight"],
            p["standing_base"],
            p["reputation_sharing"],
        )


@kernel
def _share(
    rated: np.ndarray,
    all_kept: np.ndarray,
    all_broken: np.ndarray,
    bases: np.ndarray,
    memory: float,
    weight: float,
    base: float,
    sharing: float,
) -> None:
    for function in range(len(rated)):
        kept = memory * all_kept[function] + rated[function, 0]
        broken = memory * all_broken[function] + weight * rated[function, 1]
        all_kept[function], all_broken[function] = kept, broken
        rated[function] = 0
        shared = reputation_of(kept, broken, base)
        bases[function] = base + sharing * (shared - base)
