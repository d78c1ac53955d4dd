"""How a function divides its discretionary time over tasks (rule M7).

Efforts a maximise (Mᵀb + m₀)ᵀa − ½aᵀCa subject to a ≥ 0 and Σa ≤ 1, the linear
multitasking model (Holmström & Milgrom 1991; Feltham & Xie 1994). Unmeasured work gets
little because giving it little is optimal. A measure that n functions share counts
n^−(1−v) (Holmström 1982), v being how far an accountable person can follow it.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

TASKS = ("quality", "care", "seam", "improvement")
QUALITY, CARE, SEAM, IMPROVEMENT = range(len(TASKS))

OWN_KPI_MOVED_BY = np.array([0.5, 0.0, 0.0, 0.25])
"""What moves a function's own KPI beside congruity: quality, and improvement in part."""


def efforts(parameters: dict[str, float], own_weight: float, shared_weight: float) -> np.ndarray:
    """Return the share of discretionary time that each task gets.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    own_weight : float
        Weight on the function's own KPI.
    shared_weight : float
        Weight on the shared journey KPI, after dilution.

    Returns
    -------
    numpy.ndarray
        float64, shape (4,), in the order of ``TASKS``; not negative, sum at most 1.
    """
    congruity = parameters["congruity"]
    moved = np.array([OWN_KPI_MOVED_BY + congruity * (1 - OWN_KPI_MOVED_BY), np.ones(len(TASKS))])
    gain = moved.T @ np.array([own_weight, shared_weight]) + parameters["intrinsic_motivation"]
    mixing = parameters["task_substitution"]
    cost = 2.0 * ((1.0 - mixing) * np.eye(len(TASKS)) + mixing)
    interior = np.linalg.solve(cost, gain)
    if interior.min() >= 0.0 and interior.sum() <= 1.0:
        return interior
    found = minimize(
        lambda a: 0.5 * a @ cost @ a - gain @ a,
        np.full(len(TASKS), 1.0 / len(TASKS)),
        jac=lambda a: cost @ a - gain,
        bounds=[(0.0, 1.0)] * len(TASKS),
        constraints={"type": "ineq", "fun": lambda a: 1.0 - a.sum(), "jac": lambda a: -np.ones(4)},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    return np.clip(found.x, 0.0, 1.0)


def diluted(weight: float, n_sharing: float, followed: float) -> float:
    """Return what a shared measure's weight counts for one of those who share it.

    Parameters
    ----------
    weight : float
        Weight before dilution.
    n_sharing : float
        Functions that share the measure.
    followed : float
        v, 0 to 1: free hours of the accountable person over hours needed.
    """
    return float(weight * max(n_sharing, 1.0) ** -(1.0 - followed))
