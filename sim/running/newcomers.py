"""Which workers of a cluster may be given runs: those of this very version, with the memory.

At the start every worker must fit, for whoever started them is there to mend it. A worker that
joins later and does not fit is left alone, and said so: many hours of work need not end for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from sim.engine.compiled import compiled_before
from sim.running.memory import Need, machine_bytes
from sim.running.version import identity
from sim.state.sizes import bytes_in_words
from sim.study.errors import MachineRefusal

ANSWER_SECONDS = 60.0
"""How long a worker may take to say what it is; it imports the program to do so."""
USABLE_SHARE = 0.95
"""Share of its memory limit at which a worker's nanny ends it."""


@dataclass(frozen=True)
class Present:
    """A worker that its scheduler knows.

    Attributes
    ----------
    process : str
        Names the worker's process; an address may be used again by another.
    address, host : str
        Where it is.
    threads : int
        How many runs it works on at once.
    limit : float
        Bytes it may use; 0 without a limit.
    """

    process: str
    address: str
    host: str
    threads: int
    limit: float


@dataclass(frozen=True)
class _Answer:
    """What a worker said: its version, the memory of its machine, whether it is compiled."""

    version: str
    machine: float = 0.0
    compiled: bool = True


def stranger(version: str) -> str:
    """Say that something has another version than this program."""
    return (
        f"runs {version}, this is {identity()}. Numbers of two versions must not be mixed. Start "
        "scheduler and workers with the same program and packages as here (see docs/scale.md)."
    )


def provisions() -> tuple[float, bool]:
    """Return, on a worker, its machine's memory and whether the engine is compiled there."""
    return machine_bytes(), compiled_before("pipeline")


class Newcomers:
    """Looks at every worker that joins a cluster, and keeps the list of those that are used.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    need : Need, optional
        What a run takes; without, memory is not looked at.
    announce : callable, optional
        Receives one line of text about a worker that is not used.
    """

    def __init__(
        self, client: Any, need: Need | None, announce: Callable[[str], None] | None
    ) -> None:
        self._client = client
        self._need = need
        self._announce = announce or (lambda text: None)
        self._present: dict[str, Present] = {}
        self._admitted: dict[str, _Answer] = {}
        self._refused: set[str] = set()
        self._asking = threading.Lock()

    @property
    def threads(self) -> int:
        """How many runs the workers that are used can work on at once."""
        return sum(worker.threads for worker in self._used())

    def restriction(self) -> dict[str, list[str]] | None:
        """Return how a task is kept to the workers that are used; None if there are none.

        Where all are used nothing is restricted: it would cost time for each task and worker.
        """
        used = self._used()
        if len(used) == len(self._present):
            return {}
        return {"workers": [worker.address for worker in used]} if used else None

    def begin(self, present: Iterable[Present]) -> None:
        """Look at the workers there are at the start.

        Raises
        ------
        MachineRefusal
            If one of them does not fit, or does not answer.
        """
        self._present = {worker.process: worker for worker in present}
        for worker, answer in self._ask(self._present.values()):
            why = self._objection(worker, answer) if answer else "does not answer."
            if why:
                raise MachineRefusal(f"The cluster cannot be used: {worker.address} {why}")
            self._admitted[worker.process] = answer

    def look(self, present: Iterable[Present]) -> None:
        """Note who is there now, and ask those that are new, without waiting for their answer."""
        self._present = {worker.process: worker for worker in present}
        known = self._admitted.keys() | self._refused
        new = [worker for worker in self._present.values() if worker.process not in known]
        if new and self._asking.acquire(blocking=False):
            threading.Thread(target=self._admit, args=(new,), daemon=True).start()

    def _used(self) -> list[Present]:
        return [worker for worker in self._present.values() if worker.process in self._admitted]

    def _admit(self, new: list[Present]) -> None:
        """Ask workers that have joined; who does not answer is asked again at the next look."""
        try:
            for worker, answer in self._ask(new):
                if answer is None:
                    continue
                why = self._objection(worker, answer)
                if why:
                    self._refused.add(worker.process)
                    self._announce(f"{worker.address} has joined and is not used: it {why}")
                else:
                    self._admitted[worker.process] = answer
        except Exception:  # noqa: S110 - a lost cluster is the watcher's affair  # nosec B110
            pass
        finally:
            self._asking.release()

    def _objection(self, worker: Present, answer: _Answer) -> str:
        """Return why a worker cannot be used, or nothing if it can."""
        if answer.version != identity():
            return stranger(answer.version)
        if self._need is None:
            return ""
        taken = self._need.process(worker.threads, compiled=answer.compiled)
        usable = min(worker.limit * USABLE_SHARE or answer.machine, answer.machine)
        if taken > usable:
            return self._too_small(worker, taken, f"may use {bytes_in_words(usable)}")
        others = [
            self._need.process(other.threads)
            for other in self._used()
            if other.host == worker.host and other.process != worker.process
        ]
        if taken + sum(others) > answer.machine:
            there = f"shares {bytes_in_words(answer.machine)} with {len(others)} other workers"
            return self._too_small(worker, taken, there)
        return ""

    def _too_small(self, worker: Present, taken: float, there: str) -> str:
        threads = f", its {worker.threads} threads {bytes_in_words(taken)}"
        return (
            f"has too little memory: {self._need}{threads if worker.threads > 1 else ''}, and it "
            f"{there}. Start fewer workers on a machine, each with --nthreads 1 and a larger "
            "--memory-limit; or take fewer customers: a sample answers the same questions."
        )

    def _ask(self, workers: Iterable[Present]) -> list[tuple[Present, Any]]:
        """Return what workers say they are, None for those that say nothing in time."""

        async def ask_all() -> list[_Answer | None]:
            return await asyncio.gather(*(self._answer(worker.address) for worker in asked))

        asked = list(workers)
        answers = self._client.sync(ask_all, callback_timeout=3 * ANSWER_SECONDS)
        return list(zip(asked, answers, strict=True))

    async def _answer(self, address: str) -> _Answer | None:
        try:
            version = await self._run(identity, address)
            if version is None:
                return None
            if isinstance(version, BaseException):
                return _Answer("without this program")
            if version != identity():
                return _Answer(str(version))
            machine, compiled = await self._run(provisions, address)
        except (OSError, TimeoutError, TypeError):  # gone, too slow, or gone in between
            return None
        return _Answer(str(version), float(machine), bool(compiled))

    def _run(self, question: Callable[[], Any], address: str) -> Coroutine[Any, Any, Any]:
        async def answered() -> Any:
            told = await self._client._run(question, workers=[address], on_error="return")
            return told.get(address)

        return asyncio.wait_for(answered(), ANSWER_SECONDS)
