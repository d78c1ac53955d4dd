"""How busy people were: the share of servers' time that work took."""

from __future__ import annotations

import numpy as np

from sim.model import EnterpriseModel
from sim.study.working_time import HOURS_PER_DAY


def utilisation(model: EnterpriseModel, heads: np.ndarray) -> np.ndarray:
    """Return the share of servers' time in the window that work took, by function.

    What a visit takes of the day includes the meetings and other duties beside it, so 1 means
    that nobody was ever free. A visit counts in the hour in which it begins.

    Parameters
    ----------
    model : EnterpriseModel
        A run that is over.
    heads : numpy.ndarray
        People in the line over the window, float64, shape (n_functions,).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_functions,).
    """
    hours = model.study.design.horizon_days * HOURS_PER_DAY
    return np.asarray(model.busy_hours * model.study.market.slice / (heads * hours))
