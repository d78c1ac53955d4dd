"""Where runs are executed: one interface, and the processes of this machine behind it.

A worker gets a study once for each task as bytes, and unpacks it once for all of them; demand
is drawn where the run is, and only finished tables travel back.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pickle  # see _unpacked  # nosec B403
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from types import TracebackType
from typing import Any, Protocol, cast

from loky import cpu_count, get_reusable_executor

from sim.runner import RunSpec
from sim.study.extension import adopt, adopted_by
from sim.study.study import Study

# Workers wait for a slower sibling, and for the next block of replicates, without retiring.
IDLE_SECONDS = 600
ORPHAN_SECONDS = 0.5

Execute = Callable[[RunSpec], Any]
Fate = tuple[Any | None, str]
"""A result and an empty text; or None and the reason for it."""


class Workers(Protocol):
    """A place where runs are executed; opened again if one of its processes dies."""

    remote: bool
    """Whether they may be on other machines, with compiled code of their own."""

    @property
    def size(self) -> int:
        """How many runs they work on at once; may change while they work."""

    def open(self) -> Executor:
        """Return an executor ready for submissions, a new one if the last one broke.

        A submission whose worker died ends with a `BrokenExecutor`.
        """

    def close(self, *, abruptly: bool) -> None:
        """Let the workers go; `abruptly` also ends what they are doing."""


class ClosedAtTheEnd:
    """Workers as a context: closed at its end, at once if something went wrong."""

    def close(self, *, abruptly: bool) -> None:
        """Let the workers go."""
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close(abruptly=kind is not None)


class LocalWorkers(ClosedAtTheEnd):
    """Processes on this machine, `size` of them, kept between calls until closed."""

    remote = False

    def __init__(self, size: int) -> None:
        self._size = size
        self._executor: Executor | None = None

    @property
    def size(self) -> int:
        """The number of processes."""
        return self._size

    def open(self) -> Executor:
        """Return the pool, started at the first call and replaced when broken."""
        self._executor = get_reusable_executor(
            max_workers=self._size,
            timeout=IDLE_SECONDS,
            initializer=_follow_parent,
            initargs=(os.getpid(),),
        )
        return self._executor

    def close(self, *, abruptly: bool) -> None:
        """End the processes: idle ones would hold on to the parent's stdout."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=abruptly)  # type: ignore[call-arg]
            self._executor = None

    def __enter__(self) -> LocalWorkers:
        """Return the workers; processes start with the first submission."""
        return self


def _follow_parent(parent: int) -> None:
    """Leave Ctrl-C to the parent, which hears it too, but end when the parent has died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":  # elsewhere a process keeps the number of a parent that is gone
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """Wait for the parent's death, then die: nobody is left to take the result."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)


def default_jobs() -> int:
    """Return the number of processors this process may use."""
    return int(cpu_count())


def attempt(execute: Callable[[Any], Any], spec: Any) -> Fate:
    """Execute one run; an exception becomes its reason, so that it always travels back."""
    try:
        return execute(spec), ""
    except Exception as error:  # a failed run is a row, whatever it failed of
        return None, " ".join(f"{type(error).__name__}: {error}".split())


class Parcels:
    """Runs made ready to travel: the study is packed once, not once a run."""

    def __init__(self) -> None:
        self._study: Study | None = None
        self._packed = b""

    def pack(self, spec: RunSpec) -> tuple[bytes, dict[str, Any]]:
        """Return the study as bytes, and what else the run is about."""
        if spec.study is not self._study:
            adopted = adopted_by(spec.study.extensions)
            made_by_hand = [each.extension.name for each in adopted if each.reference is None]
            if made_by_hand:
                raise ValueError(
                    f"the extension {made_by_hand[0]} was made by hand and stands in no file that "
                    "another process could load: use one process, or put it into a module"
                )
            references = [each.reference for each in adopted]
            self._study, self._packed = spec.study, pickle.dumps((references, spec.study))
        about = {field.name: getattr(spec, field.name) for field in dataclasses.fields(spec)}
        del about["study"]
        return self._packed, about


def attempt_parcel(execute: Execute, study: bytes, about: dict[str, Any]) -> Fate:
    """Execute one run that `Parcels.pack` made ready, in the worker."""

    def unpacked(about: Mapping[str, Any]) -> Any:
        # Within the attempt: an extension that is not found here is a reason like any other.
        return execute(RunSpec(study=_unpacked(study), **about))

    return attempt(unpacked, about)


@functools.lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Study:
    """Return a study from its bytes; studies do not change, so that runs may share it.

    Its extensions are loaded from where the main process had them, and must be the same.
    """
    loaded = pickle.loads(packed)  # noqa: S301 - packed by our own main process  # nosec B301
    references, study = cast(tuple[list[str], Study], loaded)
    for reference in references:
        adopt(reference)
    adopted_by(study.extensions)
    return study
