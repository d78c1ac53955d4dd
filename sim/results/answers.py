"""Answers that a run has counted become shares by threshold (see ``sim.study.answers``)."""

from __future__ import annotations

import math

import numpy as np

from sim.state.tallies import CONTACT_FELT, SURVEYED_SCORE
from sim.study.answers import (
    BY_THRESHOLD,
    FELT,
    GRADES,
    OF_ANSWERS,
    SCORED,
    threshold_name,
    thresholds,
)


def answer_rows(answers: np.ndarray) -> list[tuple[str, str, str, float]]:
    """Return the shares of answers that reach each threshold, as measures.

    Parameters
    ----------
    answers : numpy.ndarray
        Counts by kind and grade, int64, shape (N_ANSWERS, N_GRADES).
    """
    rows = []
    for name, kind in ((FELT, CONTACT_FELT), (SCORED, SURVEYED_SCORE)):
        total = int(answers[kind].sum())
        for threshold in thresholds(*OF_ANSWERS[name]):
            there = int(answers[kind, round(threshold * GRADES) :].sum())
            share = there / total if total else math.nan
            rows.append((name, BY_THRESHOLD, threshold_name(threshold), share))
    return rows
