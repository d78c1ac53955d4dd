"""Releases: what the firm changes by plan, with the defects designed into it (rule M10).

Every `release_weeks` one is planned. It brings defects, which are part of all defects
there are, and raises the margin of customers from its launch on. Whoever has a say at the
investment gate, and hours for it, finds some of the defects before the launch, which
comes later by the time that reviewing takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.draws import DRAW_RELEASE
from sim.improvement.defects import Defects, bring_defects
from sim.study.working_time import HOURS_PER_WEEK


@dataclass(frozen=True)
class Release:
    """A planned release.

    Attributes
    ----------
    number : int
        From 1.
    launch : float
        Week in which it goes live, warm-up included; not whole if a review is short.
    found : float
        Chance that a designed-in defect has been found before.
    """

    number: int
    launch: float
    found: float


class Releases:
    """Plans, reviews and launches of one enterprise.

    Parameters
    ----------
    parameters : dict
        Resolved model parameters.
    defects : Defects
        Where designed-in defects go.
    keys : numpy.ndarray
        Keys of the random decisions.
    """

    def __init__(self, parameters: dict[str, float], defects: Defects, keys: np.ndarray):
        self.parameters = parameters
        self.defects = defects
        self.key = keys[DRAW_RELEASE]
        self.planned: list[Release] = []
        self.launched: list[Release] = []

    def step(self, week: int, gate: float) -> None:
        """Plan what is due this week, and launch what is ready.

        Parameters
        ----------
        week : int
            Weeks since the start of the warm-up.
        gate : float
            Say of customer experience at the gate, with the hours behind it, 0 to 1.
        """
        period = self.parameters["release_weeks"]
        number = len(self.planned) + len(self.launched) + 1
        while number * period < week + 1:
            launch = number * period + self.parameters["gate_weeks"] * gate
            self.planned.append(Release(number, launch, self.parameters["gate_catch"] * gate))
            number += 1
        for release in [each for each in self.planned if each.launch < week + 1]:
            self.planned.remove(release)
            self.launched.append(release)
            self._bring_defects(release)

    def _bring_defects(self, release: Release) -> None:
        """Add the designed-in defects that nobody found."""
        share = self.parameters["designed_in_share"] * self.parameters["release_weeks"]
        bring_defects(
            self.key,
            self.defects.counters,
            release.number,
            share * self.defects.arriving,
            release.found,
            self.defects.count,
        )

    def hours(self) -> list[tuple[float, float]]:
        """Return when each launched release was planned and went live, hours of the run."""
        period = self.parameters["release_weeks"]
        return [
            (each.number * period * HOURS_PER_WEEK, each.launch * HOURS_PER_WEEK)
            for each in self.launched
        ]
