"""Ctrl-C, heard for certain.

Python raises an interrupt wherever it happens to be. Inside a library that can mean that it is
swallowed, or turned into another error: the run then looks finished, or failed, although its
user wanted the work to end.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Interrupts:
    """Notes every Ctrl-C while open, beside raising it as usual.

    Outside the main thread, or where the caller has set up its own handling, it notes nothing
    and changes nothing.
    """

    def __init__(self) -> None:
        self._heard = False
        self._listening = False

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if there was a Ctrl-C, even one that has been swallowed."""
        if self._heard:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._heard = True
        raise KeyboardInterrupt

    def __enter__(self) -> Interrupts:
        """Begin to listen."""
        self._listening = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._listening:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening; what was swallowed until now is raised in place of anything else."""
        if self._listening:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if kind is None or not issubclass(kind, KeyboardInterrupt):
            self.check()
