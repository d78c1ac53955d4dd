"""What management cost and rewarded, averaged over the weeks of the window."""

from __future__ import annotations

import numpy as np

from sim.organisation import Organisation


class Ledger:
    """Means over weeks of what an organisation may change from week to week.

    Attributes
    ----------
    weeks : int
        Weeks of the window so far.
    """

    def __init__(self) -> None:
        self.weeks = 0
        self._sums: dict[str, np.ndarray] = {}

    def note(self, organisation: Organisation) -> None:
        """Enter one week."""
        self.weeks += 1
        entries = {
            "overhead": np.array(organisation.overhead_share),
            "corners": np.array(organisation.corner_share),
            "congruity": organisation.congruities,
            "effort": organisation.effort,
        }
        for name, value in entries.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def mean(self, name: str) -> np.ndarray:
        """Return the mean over the window: ``overhead``, ``corners``, ``congruity``, ``effort``."""
        return self._sums[name] / self.weeks
