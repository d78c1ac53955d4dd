"""A study as text, written once for all of its runs, which come one after the other."""

from __future__ import annotations

from collections.abc import Callable

from sim.study.study import Study


class LatestText:
    """The text of the study asked for last, written anew only where it is another one.

    Threads may ask at once: study and text are replaced together.

    Parameters
    ----------
    written : callable
        Writes a study's text.
    """

    def __init__(self, written: Callable[[Study], str]) -> None:
        self._written = written
        self._held: tuple[Study | None, str] = (None, "")

    def of(self, study: Study) -> str:
        """Return a study's text."""
        held = self._held
        if study is not held[0]:
            self._held = held = study, self._written(study)
        return held[1]
