"""What technology changes, and what it costs (rules M10, E1).

A record that functions share has a price when it is bought, comes into use over some weeks and
takes heads to keep it running; what it holds is the day's business (rule M5.4). A platform raises
the chance that a cause is traced, that a note survives and that a fact is written down, and it
saves work time. Of what goes amiss without it a platform saves a share: p becomes
1 − (1 − p)(1 − g). Nothing else knows that there is a platform.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from sim.study.levers import Technology

Chances = TypeVar("Chances", float, np.ndarray)

RAISED = {
    "detection": ("trace_score", "trace_touchpoint", "trace_journey"),
    "notes": ("note_spoken", "note_written"),
    "writing": ("own_record_write", "store_write"),
}
"""Probabilities that a platform raises, by what raises them."""


def equipped(parameters: dict[str, float], level: int) -> dict[str, float]:
    """Return the parameters as they are with a platform.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    level : int
        0 for none: then they are returned as they are.
    """
    if level == 0:
        return parameters
    raised = {
        name: more(parameters, level, gain, parameters[name])
        for gain, names in RAISED.items()
        for name in names
    }
    return parameters | raised


def more(parameters: dict[str, float], level: int, gain: str, chance: Chances) -> Chances:
    """Return a chance, or an array of them, as a platform raises it.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    level : int
        0 for none.
    gain : str
        What raises it, one of ``RAISED``.
    chance : float or numpy.ndarray
        As it is without a platform.
    """
    if level == 0:
        return chance
    return 1.0 - (1.0 - chance) * (1.0 - parameters[f"platform_{gain}_{level}"])


def time_left(parameters: dict[str, float], level: int) -> float:
    """Return the share of work time that a platform leaves to be done."""
    return 1.0 if level == 0 else 1.0 - parameters[f"platform_speed_{level}"]


def subscription(parameters: dict[str, float], technology: Technology) -> float:
    """Return what technology takes a year in heads per 100 heads of the firm.

    A platform's subscription, and who keeps a shared record running.
    """
    platform = 0.0 if technology.level == 0 else parameters[f"platform_heads_{technology.level}"]
    return platform + (parameters["record_heads"] if technology.record == "shared" else 0.0)


def price(parameters: dict[str, float], before: Technology, after: Technology) -> float:
    """Return what is paid once for what is new, money for each head of the firm.

    A higher level of platform, or a shared record; what is given up gives nothing back.
    """
    bought = 0.0
    if after.level > before.level:
        bought += parameters[f"platform_price_{after.level}"]
    if is_rolled_out(before, after):
        bought += parameters["record_price"]
    return bought


def is_rolled_out(before: Technology, after: Technology) -> bool:
    """Tell whether a shared record is there that was not there before."""
    return after.record == "shared" and before.record != "shared"


def in_use(parameters: dict[str, float], weeks: int) -> float:
    """Return the share of writes to a shared record that people make so long after it was bought.

    min(1, t/`record_rollout_weeks`): in its first week nobody is used to it yet.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    weeks : int
        t, since it was bought.
    """
    needed = parameters["record_rollout_weeks"]
    return 1.0 if weeks >= needed else weeks / needed
