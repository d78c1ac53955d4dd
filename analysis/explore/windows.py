"""The windows that are open, each with a question of its own, and what each is told."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from pydantic_core import to_json

MOST_WINDOWS, MOST_STREAMS = 24, 32
ALIVE_SECONDS = 15.0
"""After which a stream says that it is there, so that one whose reader has gone is found."""


class TooManyError(Exception):
    """There are as many windows, or streams, as there may be."""


class Forgettable(Protocol):
    """What a window asked, as long as it has not asked something else."""

    def forget(self) -> None:
        """Want no more of it."""


class Window:
    """One window of the page: what it asks now, and the latest that it was told of each kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._serial = 0
        self._told: dict[str, tuple[int, bytes]] = {}
        self._asked: dict[str, Forgettable] = {}
        self.stream: Stream | None = None

    def tell(self, kind: str, said: dict[str, Any]) -> None:
        """Tell a window something; a later word of the same kind takes its place."""
        text = to_json(said, inf_nan_mode="null")
        with self._lock:
            self._serial += 1
            self._told[kind] = self._serial, text
            stream = self.stream
        if stream is not None:
            stream.wake()

    def asks(self, kind: str, question: Forgettable) -> None:
        """Note what the window asks now; what it asked before is forgotten."""
        with self._lock:
            before = self._asked.get(kind)
            self._asked[kind] = question
        if before is not None:
            before.forget()

    def since(self, serial: int) -> list[tuple[int, str, bytes]]:
        """Return what was told after a serial number, in order."""
        with self._lock:
            rows = [(at, kind, text) for kind, (at, text) in self._told.items() if at > serial]
        return sorted(rows)

    def close(self) -> None:
        """Forget everything that it asked, and end its stream."""
        with self._lock:
            asked, self._asked = list(self._asked.values()), {}
            stream, self.stream = self.stream, None
        for question in asked:
            question.forget()
        if stream is not None:
            stream.end()


class Stream:
    """One open line to a window.

    Parameters
    ----------
    window : Window
    on_end : callable
        Told when it has ended.
    """

    def __init__(self, window: Window, on_end: Callable[[Stream], None]) -> None:
        self._window, self._on_end = window, on_end
        self._loop = asyncio.get_running_loop()
        self._awake = asyncio.Event()
        self._ended = False

    def wake(self) -> None:
        """Let it look whether there is something to tell; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._awake.set)
        except RuntimeError:  # the server is closing
            self._ended = True

    def end(self) -> None:
        """End it; from any thread."""
        self._ended = True
        self.wake()

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield what the window is told, as server-sent events."""
        serial = 0
        try:
            yield b": open\n\n"
            while not self._ended:
                self._awake.clear()
                for at, kind, text in self._window.since(serial):
                    serial = at
                    yield b"event: %s\ndata: %s\n\n" % (kind.encode(), text)
                try:
                    await asyncio.wait_for(self._awake.wait(), ALIVE_SECONDS)
                except TimeoutError:
                    yield b": alive\n\n"
        finally:
            self._on_end(self)


class Windows:
    """All windows, by the random number each has given itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Window] = OrderedDict()
        self._streams: set[Stream] = set()
        self._once = ""

    def window(self, name: str) -> Window:
        """Return a window; a new one takes the place of one that nobody looks at any more.

        Raises
        ------
        TooManyError
            If somebody looks at every other one.
        """
        gone = None
        with self._lock:
            if name not in self._open:
                if len(self._open) >= MOST_WINDOWS:
                    unseen = (each for each, window in self._open.items() if window.stream is None)
                    last = next(unseen, None)
                    if last is None:
                        raise TooManyError
                    gone = self._open.pop(last)
                self._open[name] = opened = Window()
                if self._once:
                    opened.tell("engine", {"said": self._once})
            self._open.move_to_end(name)
            found = self._open[name]
        if gone is not None:
            gone.close()
        return found

    def stream(self, name: str) -> Stream:
        """Open a window's line, in place of the one it has.

        Raises
        ------
        TooManyError
            If there are as many as there may be.
        """
        window = self.window(name)
        with self._lock:
            before = window.stream
            if before is None and len(self._streams) >= MOST_STREAMS:
                raise TooManyError
            opened = Stream(window, self._ended)
            window.stream = opened
            self._streams.add(opened)
        if before is not None:
            before.end()
        return opened

    def tell_all(self, said: str) -> None:
        """Tell every window of a wait that comes once; later ones hear of it as they open."""
        with self._lock:
            self._once = said
            windows = list(self._open.values())
        for window in windows:
            window.tell("engine", {"said": said})

    def close(self) -> None:
        """Close all."""
        with self._lock:
            windows, self._open = list(self._open.values()), OrderedDict()
        for window in windows:
            window.close()

    def _ended(self, stream: Stream) -> None:
        with self._lock:
            self._streams.discard(stream)
            for window in self._open.values():
                if window.stream is stream:
                    window.stream = None
