"""Progress of long work: a bar on a terminal's stderr, nothing anywhere else.

A pipe, a log file and ``--quiet`` get no progress lines, so that whatever a script
reads from stderr is a message worth reading.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from analysis.commands.streams import remark

SILENT_SECONDS = 5.0
"""How long work may go on without a word."""


@contextmanager
def said_if_long(text: str, *, quiet: bool = False) -> Iterator[None]:
    """Say what is being done once it has taken a while.

    Parameters
    ----------
    text : str
        What is being done, as a line.
    quiet : bool
        Whether to say nothing at all.
    """
    clock = threading.Timer(SILENT_SECONDS, remark, [text])
    clock.daemon = True
    if not quiet:
        clock.start()
    try:
        yield
    finally:
        clock.cancel()


class Reporter(Protocol):
    """What work that takes long tells about itself."""

    def expect(self, total: int, done: int) -> None:
        """Say how many runs there are in all, and how many of them are done already."""

    def advance(self, runs: int = 1) -> None:
        """Say that `runs` more runs are done."""

    def message(self, text: str) -> None:
        """Show one plain line, such as a one-time wait and its reason."""

    def __enter__(self) -> Reporter:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, whatever happened."""


class Silent:
    """Say nothing, except messages to `stream` if there is one."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def expect(self, total: int, done: int) -> None:
        """Ignore the number of runs."""

    def advance(self, runs: int = 1) -> None:
        """Ignore that runs are done."""

    def message(self, text: str) -> None:
        """Write one line, if there is a stream to write to."""
        if self._stream is not None:
            remark(text, self._stream)

    def __enter__(self) -> Silent:
        """Begin without a sign."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End without a sign."""


class Bar:
    """A bar with runs done and time left."""

    def __init__(self, label: str, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("runs"),
            TimeElapsedColumn(),
            TextColumn("gone,"),
            # Runs of one study take about equally long, so all of them inform the estimate.
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(file=stream),
            speed_estimate_period=3600,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task(label, total=None)

    def expect(self, total: int, done: int) -> None:
        """Set the number of runs the bar is full at, and where it stands."""
        # Runs done earlier took no time now: a reset keeps them out of the estimate.
        self._progress.reset(self._task, total=total, completed=done)

    def advance(self, runs: int = 1) -> None:
        """Move the bar on."""
        self._progress.advance(self._task, runs)

    def message(self, text: str) -> None:
        """Print one line above the bar."""
        self._progress.console.print(text, markup=False, highlight=False)

    def __enter__(self) -> Bar:
        """Draw the bar."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the bar, so that it does not stand between the answer and the prompt."""
        self._progress.stop()


def reporter(label: str, *, quiet: bool = False, stream: TextIO | None = None) -> Reporter:
    """Return what suits the place the program runs in.

    Parameters
    ----------
    label : str
        What the bar calls the work.
    quiet : bool
        Whether to say nothing at all, messages included.
    stream : TextIO, optional
        Where to; standard error if left out.

    Returns
    -------
    Reporter
        A bar on a terminal; elsewhere messages only; with `quiet`, nothing.
    """
    target = sys.stderr if stream is None else stream
    if quiet:
        return Silent()
    return Bar(label, target) if target.isatty() else Silent(target)
