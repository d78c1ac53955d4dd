"""How often steps go wrong, and what is lost between them, with a week's defects (M5, M8.1).

A defect is one of the many things that make a step go wrong: defects multiply the odds of
errors and of latent faults by exp(e·(1 − exp(−k·defects))), up to a factor of exp(e). At a seam
they take from what a note keeps and add to the hazard of being lost, where ties and liaison
help.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.compiled import kernel


@kernel
def set_steps(
    rates: np.ndarray,
    owners: np.ndarray,
    odds: np.ndarray,
    error_factor: np.ndarray,
    faults: np.ndarray,
    defects: np.ndarray,
    most: float,
    steepness: float,
) -> None:
    """Set the odds of errors and the chances of faults of every step.

    Parameters
    ----------
    rates : numpy.ndarray
        Written: RATE, shape (n_touchpoints,).
    owners : numpy.ndarray
        Function that serves each step, -1 for none, int, shape (n_touchpoints,).
    odds : numpy.ndarray
        Of an error without efforts, skill or defects, float64, shape (n_touchpoints,).
    error_factor : numpy.ndarray
        What each function's quality effort and skill leave of them, shape (n_functions,).
    faults : numpy.ndarray
        Chance of a latent fault with no defect, float64, shape (n_touchpoints,).
    defects : numpy.ndarray
        Defects that a customer meets at each site, touchpoints first, float64.
    most, steepness : float
        e and k.
    """
    for step in range(len(rates)):
        worse = math.exp(most * (1.0 - math.exp(-steepness * defects[step])))
        careful = error_factor[owners[step]] if owners[step] >= 0 else 1.0
        fault = faults[step]
        rates[step]["error_odds"] = odds[step] * careful
        rates[step]["defect_odds"] = worse
        rates[step]["fault"] = chance = fault * worse / (1.0 - fault + fault * worse)
        if chance > 0.0:
            rates[step]["fault_weight"] = fault / chance


@kernel
def set_seams(
    seams: np.ndarray,
    sides: np.ndarray,
    ties: np.ndarray,
    kept: float,
    liaison: np.ndarray,
    defects: np.ndarray,
    loss_rate: float,
    note_loss: float,
    more_lost: float,
) -> None:
    """Set what each seam takes from a note, and the chance that a case is lost there.

    Parameters
    ----------
    seams : numpy.ndarray
        Written: SEAM, shape (n_seams,).
    sides : numpy.ndarray
        Functions that hand over and take over, int, shape (n_seams, 2).
    ties : numpy.ndarray
        τ of people of one function, who hand over, with those of another or their own, float64,
        shape (n_functions, n_functions).
    kept : float
        Share of ties that a change of org model has left.
    liaison, defects : numpy.ndarray
        ℓ of each seam, and the defects that a customer meets there, float64, shape (n_seams,).
    loss_rate : float
        The hazard of loss between strangers.
    note_loss, more_lost : float
        How much a defect takes from a note and adds to the hazard.
    """
    for seam in range(len(defects)):
        sender, receiver = sides[seam]
        strange = 1.0 - kept * ties[sender, receiver]
        hazard = loss_rate * strange * (1.0 - liaison[seam])
        seams[seam]["strange"] = strange
        seams[seam]["wear"] = math.exp(-note_loss * defects[seam])
        seams[seam]["lost"] = 1.0 - math.exp(-hazard * (1.0 + more_lost * defects[seam]))
        seams[seam]["lost_without_defects"] = 1.0 - math.exp(-hazard)
