"""What management cost and rewarded, averaged over the weeks of the window."""

from __future__ import annotations

import numpy as np

from sim.organisation.organisation import Organisation


class Ledger:
    """Means over weeks of what an organisation may change from week to week.

    Attributes
    ----------
    weeks : int
        Weeks of the window so far.
    """

    def __init__(self) -> None:
        self.weeks = 0
        self._overhead = 0.0
        self._written = np.zeros(())
        self._spells: list[tuple[Organisation, int]] = []

    def note(self, organisation: Organisation) -> None:
        """Enter one week."""
        self.weeks += 1
        self._overhead += organisation.overhead_share
        self._written = self._written + organisation.written_minutes()
        # The rest lasts as long as a bundle of levers does.
        weeks = 0
        if self._spells and self._spells[-1][0] is organisation:
            _, weeks = self._spells.pop()
        self._spells.append((organisation, weeks + 1))

    def written_share(self) -> np.ndarray:
        """Return the share of what others need that was written: by function, then of all.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_functions + 1,); nan where nothing had to be.
        """
        written, needed = np.append(self._written, self._written.sum(axis=1, keepdims=True), axis=1)
        return np.divide(written, needed, out=np.full(len(needed), np.nan), where=needed > 0.0)

    def mean(self, name: str) -> np.ndarray:
        """Return a mean over the window.

        ``overhead``, ``corners``, and by function ``corners_by_function``, ``congruity`` and
        ``effort``.
        """
        if name == "overhead":
            return np.array(self._overhead / self.weeks)
        attribute = {
            "corners": "corner_share",
            "corners_by_function": "corner_shares",
            "congruity": "congruities",
            "effort": "effort",
        }
        total = sum(weeks * getattr(spell, attribute[name]) for spell, weeks in self._spells)
        return np.array(total / self.weeks)
