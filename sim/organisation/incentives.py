"""How a function divides its discretionary time over tasks (rule M7).

Efforts a maximise gᵀa − ½aᵀCa subject to a ≥ 0 and Σa ≤ 1, the linear multitasking model
(Holmström & Milgrom 1991; Feltham & Xie 1994). What is gained, g, is a direction, Mᵀb, with a
length of its own (rule E6), and what people do for its own sake beside it. Unmeasured work gets
little because giving it little is optimal. A measure that n functions share counts
n^−(1−v) (Holmström 1982), v being how far an accountable person can follow it.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize

TASKS = ("throughput", "quality", "care", "seam", "improvement", "side")
THROUGHPUT, QUALITY, CARE, SEAM_WORK, IMPROVEMENT, SIDE = range(len(TASKS))

IMPROVEMENT_IN_OWN_KPI = 0.25
"""How far improvement moves a function's own KPI: fixes help later, and others as well."""
COST_OF_EFFORT = 4.0
"""Marginal cost of all effort on one task. With it every task gets more than .02 of the
discretionary time under equal weights, and no sum constraint binds there."""
JOURNEY_VALUE = np.ones(len(TASKS))
"""What the tasks are worth to a journey. Which of them matters most differs from firm to
firm, so none is preferred."""
AT_A_CORNER = 1e-9


def moved_by_tasks(congruity: float, handle_time_weight: float, turned: bool = False) -> np.ndarray:
    """Return M: how far each task moves the own KPI and the journey KPI.

    Parameters
    ----------
    congruity : float
        How far the own KPI counts what helps the journey, 0 to 1.
    handle_time_weight : float
        Share of the own KPI that rewards throughput rather than getting it right.
    turned : bool
        Whether the own KPI is turned to the journey's direction, as long as it is.

    Returns
    -------
    numpy.ndarray
        float64, shape (2, n_tasks): own KPI, journey KPI.
    """
    narrow = np.zeros(len(TASKS))
    narrow[THROUGHPUT] = handle_time_weight
    narrow[QUALITY] = 1.0 - handle_time_weight
    narrow[IMPROVEMENT] = IMPROVEMENT_IN_OWN_KPI
    own = narrow + congruity * (JOURNEY_VALUE - narrow)
    if turned:
        own = JOURNEY_VALUE * _length(own) / _length(JOURNEY_VALUE)
    return np.array([own, JOURNEY_VALUE])


def _length(gain: np.ndarray) -> float:
    """Return the length of a gain over the tasks that every function has, side duties apart."""
    return float(np.linalg.norm(np.delete(gain, SIDE)))


def gains(
    parameters: dict[str, float], measures: np.ndarray, weights: tuple[float, float]
) -> np.ndarray:
    """Return what a function gains by each task: g = Mᵀb(L·Σb/‖Mᵀb‖)^χ + m₀ (rule E6).

    With χ = 0 a measure that more tasks move is a stronger one, so that a journey KPI raises all
    effort by being long. With χ = 1 only the direction of Mᵀb counts and L·Σb is its length: what
    dilution takes from b weakens reward, what M counts does not (Feltham & Xie 1994 part a
    measure's direction from its strength likewise).

    Parameters
    ----------
    parameters : dict
        Resolved model parameters: L `incentive_strength`, χ `incentive_direction` and m₀
        `intrinsic_motivation`.
    measures : numpy.ndarray
        M, shape (2, n_tasks), as `moved_by_tasks` gives it.
    weights : tuple of float
        b: weight on the own KPI, and on the shared journey KPI after dilution.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_tasks,); m₀ alone where nothing is rewarded.
    """
    rewarded: np.ndarray = measures.T @ np.array(weights)
    length = _length(rewarded)
    if length > 0.0:
        strength = parameters["incentive_strength"] * sum(weights) / length
        rewarded = rewarded * strength ** parameters["incentive_direction"]
    return rewarded + parameters["intrinsic_motivation"]


def efforts(
    parameters: dict[str, float],
    measures: np.ndarray,
    weights: tuple[float, float],
    side_duties: bool = False,
) -> np.ndarray:
    """Return the share of discretionary time that each task gets.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    measures : numpy.ndarray
        M, shape (2, n_tasks), as `moved_by_tasks` gives it.
    weights : tuple of float
        b: weight on the own KPI, and on the shared journey KPI after dilution.
    side_duties : bool
        Whether the function hosts any; a task that is not there gets nothing.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_tasks,), in the order of ``TASKS``; not negative, sum at most 1.
    """
    there = np.array([task != SIDE or side_duties for task in range(len(TASKS))])
    gain = gains(parameters, measures, weights)[there]
    mixing, size = parameters["task_substitution"], len(gain)
    cost = COST_OF_EFFORT * ((1.0 - mixing) * np.eye(size) + mixing)
    found = np.zeros(len(TASKS))
    found[there] = _best(gain, cost)
    return found


def _best(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return the a that maximises gainᵀa − ½aᵀ·cost·a over a ≥ 0, Σa ≤ 1."""
    interior = np.linalg.solve(cost, gain)
    if interior.min() >= 0.0 and interior.sum() <= 1.0:
        return interior
    size = len(gain)
    found = minimize(
        lambda a: 0.5 * a @ cost @ a - gain @ a,
        np.full(size, 1.0 / size),
        jac=lambda a: cost @ a - gain,
        bounds=[(0.0, 1.0)] * size,
        constraints={
            "type": "ineq",
            "fun": lambda a: 1.0 - a.sum(),
            "jac": lambda a: -np.ones(size),
        },
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    return np.clip(found.x, 0.0, 1.0)


def skipping(parameters: dict[str, float], quality: np.ndarray) -> np.ndarray:
    """Return what people's effort makes of the odds that a learned fact is not written down.

    e^(−k(a_quality − ā)), the form in which effort acts on errors: people under pressure skip
    what nobody counts (M5.4). ā is the effort under equal weights on own and journey KPI,
    fast and right counting alike: there the probabilities of writing are what they say.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    quality : numpy.ndarray
        Quality effort by function, float64.
    """
    usual = efforts(parameters, moved_by_tasks(parameters["congruity"], 0.5), (0.5, 0.5))[QUALITY]
    factor: np.ndarray = np.exp(-parameters["writing_effect"] * (quality - usual))
    return factor


def at_corners(effort: np.ndarray, side_duties: bool) -> int:
    """Return how many tasks sit at a corner: at no effort, or with the day full."""
    n_there = len(TASKS) if side_duties else len(TASKS) - 1
    if effort.sum() >= 1.0 - AT_A_CORNER:
        return n_there
    there = effort if side_duties else np.delete(effort, SIDE)
    return int((there <= AT_A_CORNER).sum())


def cosine(measures: np.ndarray, weights: tuple[float, float]) -> float:
    """Return how well what is rewarded points to journey value, 0 to 1; nan if nothing is.

    The cosine of the angle between Mᵀb and the journey's value of the tasks (Feltham &
    Xie 1994; Baker 2002).
    """
    rewarded = measures.T @ np.array(weights)
    length = float(np.linalg.norm(rewarded) * np.linalg.norm(JOURNEY_VALUE))
    return float(rewarded @ JOURNEY_VALUE) / length if length > 0.0 else math.nan


def side_share(effort: np.ndarray) -> float:
    """Return the share of a side duty that gets done: a_side/(a_side + a_throughput)."""
    both = float(effort[SIDE] + effort[THROUGHPUT])
    return float(effort[SIDE]) / both if both > 0.0 else 0.0


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
