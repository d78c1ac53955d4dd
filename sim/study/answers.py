"""What customers answered, by threshold: how a net promoter score hangs on who is a promoter.

From which experience a customer answers "satisfied", and from which score "I would recommend", is
assumed. No rule acts upon it, so a run tells what its figures would be at any other threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.study.parameters import REGISTRY

GRADES = 40.0
"""Answers between 0 and 1 are counted by the part of this many that they reach."""
BY_THRESHOLD = "threshold"
"""The scope of what is told by threshold."""
FELT, SCORED = "felt_at_least", "score_at_least"
"""Shares of contacts, and of surveyed scores, that reach a threshold."""
OF_ANSWERS = {FELT: ("satisfied_from",), SCORED: ("promoter_from", "detractor_below")}
"""The parameters that are thresholds of either."""


def thresholds(*parameters: str) -> tuple[float, ...]:
    """Return the thresholds in registered ranges at which answers are counted.

    Parameters
    ----------
    *parameters : str
        Registered parameters; from the lowest end of all to the highest.
    """
    rows = [REGISTRY[name] for name in parameters]
    first = math.ceil(min(row.low for row in rows) * GRADES - 1e-9)
    last = math.floor(max(row.high for row in rows) * GRADES + 1e-9)
    return tuple(grade / GRADES for grade in range(first, last + 1))


def threshold_name(threshold: float) -> str:
    """Return a threshold as the tables name it."""
    return f"{threshold:.3f}"


def satisfaction_at(shares: Mapping[str, float], satisfied_from: float) -> float:
    """Return what `csat` would be at another threshold; NaN if nobody answered.

    Parameters
    ----------
    shares : mapping of str to float
        Shares of answers by measure and threshold in one, as in ``felt_at_least 0.625``.
    satisfied_from : float
        One of `thresholds`.
    """
    return _share(shares, FELT, satisfied_from)


def promoters_less_detractors(
    shares: Mapping[str, float], promoter_from: float, detractor_below: float
) -> float:
    """Return what `nps_surveyed` would be at other thresholds, in points."""
    others = _share(shares, SCORED, detractor_below)
    return 100.0 * (_share(shares, SCORED, promoter_from) - (1.0 - others))


def _share(shares: Mapping[str, float], measure: str, threshold: float) -> float:
    return shares.get(f"{measure} {threshold_name(threshold)}", math.nan)
