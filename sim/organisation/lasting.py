"""What is worked out once for as long as what it follows from stays as it is.

Most of what an organisation comes to in a week follows from levers and from what it has built up,
which rarely moves once it is settled; working it out anew each week would only find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Lasting(Generic[Kept]):
    """One thing worked out, and what it followed from.

    Whoever reads it leaves it as it is, for the next week reads the same.
    """

    def __init__(self) -> None:
        self._known: tuple[Hashable, Kept] | None = None

    def of(self, reason: Hashable, work_out: Callable[[], Kept]) -> Kept:
        """Return what follows from a reason; work it out only if the reason is another one.

        Parameters
        ----------
        reason : hashable
            All that it follows from and that may change.
        work_out : callable
            Works it out.
        """
        if self._known is None or self._known[0] != reason:
            self._known = (reason, work_out())
        return self._known[1]
