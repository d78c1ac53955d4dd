"""Ctrl-C, heard for certain, and what else asks a process to end.

Python raises an interrupt wherever it happens to be. Inside a library that can mean that it is
swallowed, or turned into another error: the run then looks finished, or failed, although its
user wanted the work to end.
"""

from __future__ import annotations

import _thread
import signal
import threading

TYPE_CHECKING = False  # as in typing, which takes longer to load than the help to print
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any

ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C, a plain `kill`, and a terminal that is closed."""
AGAIN_SECONDS = 0.01
"""How soon a signal comes again that found the compiler at work."""


class Ended(KeyboardInterrupt):
    """Somebody asked the process to end.

    Parameters
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number
        """What a shell takes for the end by this signal."""


class Interrupts:
    """Notes every Ctrl-C while open, beside raising it as usual.

    Outside the main thread, or where the caller has set up its own handling, it notes nothing
    and changes nothing: what a process was told to ignore, by `nohup` say, stays ignored.

    Parameters
    ----------
    numbers : sequence of int
        Signals to hear; those that a surrounding one hears are heard as well.
    """

    def __init__(self, numbers: tuple[int, ...] = (signal.SIGINT,)) -> None:
        self._numbers = numbers
        self._heard = 0
        self._before: dict[int, Any] = {}

    def check(self) -> None:
        """Raise `Ended` if there was a Ctrl-C, even one that has been swallowed."""
        if self._heard:
            raise Ended(self._heard)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._remember(number)
        if _compiler_waits_for(frame):
            again = threading.Timer(AGAIN_SECONDS, _thread.interrupt_main, (int(number),))
            again.daemon = True
            again.start()
            return
        raise Ended(number)

    def _remember(self, number: int) -> None:
        self._heard = number
        outer = getattr(self._before.get(number), "__self__", None)
        if isinstance(outer, Interrupts):
            outer._remember(number)

    def __enter__(self) -> Interrupts:
        """Begin to listen."""
        if threading.current_thread() is threading.main_thread():
            for number in ENDINGS:
                before = signal.getsignal(number)
                is_outer = isinstance(getattr(before, "__self__", None), Interrupts)
                is_usual = before in (signal.default_int_handler, signal.SIG_DFL)
                if is_outer or (is_usual and number in self._numbers):
                    self._before[number] = before
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening; what was swallowed until now is raised in place of anything else."""
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before = {}
        if kind is None or not issubclass(kind, KeyboardInterrupt):
            self.check()


def _compiler_waits_for(frame: FrameType | None) -> bool:
    """Return whether machine code of the compiler has called this Python and needs its answer.

    What is raised there reaches nobody: the compiler goes on without the answer, and crashes.
    """
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("llvmlite."):
            return True
        frame = frame.f_back
    return False
