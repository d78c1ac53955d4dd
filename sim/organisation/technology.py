"""What a technology platform changes, and what it costs (rule M10).

It raises the chance that a cause is traced, that a note survives and that a fact is
written down, and it saves work time. Of what goes amiss without it a platform saves a
share: p becomes 1 − (1 − p)(1 − g). Nothing else knows that there is a platform.
"""

from __future__ import annotations

RAISED = {
    "detection": ("trace_score", "trace_touchpoint", "trace_journey"),
    "notes": ("note_retention",),
    "writing": ("own_record_write", "shared_record_write", "graph_write"),
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
        name: 1.0 - (1.0 - parameters[name]) * (1.0 - parameters[f"platform_{gain}_{level}"])
        for gain, names in RAISED.items()
        for name in names
    }
    return parameters | raised


def time_left(parameters: dict[str, float], level: int) -> float:
    """Return the share of work time that a platform leaves to be done."""
    return 1.0 if level == 0 else 1.0 - parameters[f"platform_speed_{level}"]


def subscription(parameters: dict[str, float], level: int) -> float:
    """Return the yearly price of a platform in heads per 100 heads of the firm."""
    return 0.0 if level == 0 else parameters[f"platform_heads_{level}"]


def price(parameters: dict[str, float], level: int) -> float:
    """Return the one-off price of a platform, money for each head of the firm."""
    return 0.0 if level == 0 else parameters[f"platform_price_{level}"]
