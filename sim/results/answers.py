"""What customers answered, by threshold: how a net promoter score hangs on who is a promoter.

From which experience a customer answers "satisfied", and from which score "I would recommend", is
assumed. No rule acts upon it, so a run tells what its figures would be at any other threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.state.tallies import CONTACT_FELT, GRADES, SURVEYED_SCORE
from sim.study.parameters import REGISTRY

THRESHOLD = "threshold"
"""The scope of what is told by threshold."""
FELT, SCORED = "felt_at_least", "score_at_least"
"""Shares of contacts, and of surveyed scores, that reach a threshold."""
_OF_CONTACTS, _OF_SCORES = ("satisfied_from",), ("promoter_from", "detractor_below")


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


def answer_rows(answers: np.ndarray) -> list[tuple[str, str, str, float]]:
    """Return the shares of answers that reach each threshold, as measures.

    Parameters
    ----------
    answers : numpy.ndarray
        Counts by kind and fortieth, int64, shape (N_ANSWERS, N_GRADES).
    """
    rows = []
    for name, kind, parameters in (
        (FELT, CONTACT_FELT, _OF_CONTACTS),
        (SCORED, SURVEYED_SCORE, _OF_SCORES),
    ):
        total = int(answers[kind].sum())
        for threshold in thresholds(*parameters):
            there = int(answers[kind, round(threshold * GRADES) :].sum())
            share = there / total if total else math.nan
            rows.append((name, THRESHOLD, f"{threshold:.3f}", share))
    return rows


def satisfaction_at(shares: Mapping[str, float], satisfied_from: float) -> float:
    """Return what `csat` would be at another threshold; NaN if nobody answered.

    Parameters
    ----------
    shares : mapping
        From `shares_by_threshold`.
    satisfied_from : float
        One of `thresholds`.
    """
    return shares.get(f"{FELT} {satisfied_from:.3f}", math.nan)


def promoters_less_detractors(
    shares: Mapping[str, float], promoter_from: float, detractor_below: float
) -> float:
    """Return what `nps_surveyed` would be at other thresholds, in points."""
    promoters = shares.get(f"{SCORED} {promoter_from:.3f}", math.nan)
    others = shares.get(f"{SCORED} {detractor_below:.3f}", math.nan)
    return 100.0 * (promoters - (1.0 - others))


def shares_by_threshold(measures: pd.DataFrame) -> dict[str, float]:
    """Return a run's shares of answers, each by measure and threshold in one: ``measure 0.625``.

    Parameters
    ----------
    measures : DataFrame
        Columns ``measure, scope, scope_id, value`` of one run.
    """
    rows = measures[measures["scope"] == THRESHOLD]
    names = rows["measure"] + " " + rows["scope_id"]
    return dict(zip(names.tolist(), rows["value"].tolist(), strict=True))
