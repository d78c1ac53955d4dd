"""Which tests execute which lines: a plugin of pytest, for ``benchmarks.mutants``.

``pytest -p benchmarks.tests_by_line`` with `STANDING_LINES` (files to watch, a line each),
`STANDING_MAP` (where to write) and `STANDING_LONGEST` (seconds of a processor that a test may take,
while it is watched) in its environment. A test that fails or takes longer is left out.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

MOST_CALLS = 40
"""Calls of a function by one test after which its lines are known well enough."""


class TooLongError(Exception):
    """A test takes too long to be run for every mutant."""


class Watch:
    """Notes the lines of the watched files that are executed."""

    def __init__(self, files: list[str]):
        self.places = {file: place for place, file in enumerate(files)}
        self.place_of: dict[CodeType, int | None] = {}
        self.begin()

    def begin(self) -> None:
        """Forget what has been executed."""
        self.lines: set[tuple[int, int]] = set()
        self.calls: dict[CodeType, int] = {}

    def enter(self, frame: FrameType, event: str, _: Any) -> Any:
        """Follow a function if it stands in a watched file."""
        code = frame.f_code
        if code not in self.place_of:
            self.place_of[code] = self.places.get(code.co_filename)
        place = self.place_of[code]
        if place is None:
            return None
        self.calls[code] = self.calls.get(code, 0) + 1
        if self.calls[code] > MOST_CALLS:
            return None

        def follow(inner: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                self.lines.add((place, inner.f_lineno))
            return follow

        return follow


class Plugin:
    """Runs each test under watch and keeps what it executed."""

    def __init__(self, files: list[str], target: Path, longest: float):
        self.watch, self.target, self.longest = Watch(files), target, longest
        self.found: dict[str, dict[str, Any]] = {}
        self.passed: set[str] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Watch a test with what is set up for it."""
        self.watch.begin()
        began = time.process_time()
        sys.settrace(self.watch.enter)
        yield
        sys.settrace(None)
        seconds = time.process_time() - began
        self.found[item.nodeid] = {"seconds": seconds, "lines": sorted(self.watch.lines)}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, None]:
        """End a test that takes too long: here alone the runner takes that for its failure."""

        def too_long(*_: Any) -> None:
            raise TooLongError

        signal.signal(signal.SIGPROF, too_long)
        signal.setitimer(signal.ITIMER_PROF, self.longest, 1.0)
        outcome = yield
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        if outcome.excinfo and issubclass(outcome.excinfo[0], TooLongError):
            # Where it was interrupted may have no line, which pytest could not tell of.
            outcome.force_exception(pytest.fail.Exception("takes too long", pytrace=False))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests pass."""
        if report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def pytest_unconfigure(self) -> None:
        """Write what each test that passed has executed."""
        kept = {name: found for name, found in self.found.items() if name in self.passed}
        self.target.write_text(json.dumps(kept), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Join in, where there is something to watch."""
    files = os.environ["STANDING_LINES"].split("\n")
    target, longest = Path(os.environ["STANDING_MAP"]), float(os.environ["STANDING_LONGEST"])
    config.pluginmanager.register(Plugin(files, target, longest))
