"""What changes in an organisation from week to week, beside what it has built up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.organisation.stewardship import Care


@dataclass
class Week:
    """An organisation's week so far.

    Attributes
    ----------
    backlog_days : numpy.ndarray
        Work in each function's queues, in days a head, shape (n_functions,).
    issue_hours : numpy.ndarray
        Line time that issues and decisions took last week, shape (n_functions,).
    learning : numpy.ndarray
        People of each function who have moved there lately, shape (n_functions,).
    improvement_share : numpy.ndarray
        Share of each function's day that goes to fixes, shape (n_functions,).
    idle_share : numpy.ndarray
        Part of it that nothing has taken, and that serves customers, shape (n_functions,).
    ties_kept : float
        Share of ties that a change of org model has left, or that have grown again.
    dip : float
        Share of the line's time that is lost to learning.
    record_in_use : float
        Share of writes to a shared record that people make by now; 1 unless it is new.
    care : Care
        What the trust office, if there is one, does for customers' facts.
    """

    backlog_days: np.ndarray
    issue_hours: np.ndarray
    improvement_share: np.ndarray
    idle_share: np.ndarray
    learning: np.ndarray
    ties_kept: float = 1.0
    dip: float = 0.0
    record_in_use: float = 1.0
    care: Care = field(default_factory=Care)
