"""Runs on a Dask cluster, behind the same interface as the processes of this machine.

A Dask client waits for ever for a scheduler that has died, and the scheduler tries a run again
by itself when its worker dies. So a watcher asks the scheduler every second how it fares: a run
whose worker died is handed back as such, and a cluster that has gone away ends all waiting.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from typing import Any

from sim.errors import ClusterLost, MachineRefusal
from sim.version import identity
from sim.workers import ClosedAtTheEnd

CONNECT_SECONDS = 5.0
WATCH_SECONDS = 1.0
SILENCE_SECONDS = 15.0
"""How long the scheduler may leave a question unanswered before it counts as dead."""
PATIENCE_SECONDS = 60.0
"""How long a cluster may be without workers."""
_GO_ON = (
    "What was done is kept. Start the cluster again and the same command goes on; without "
    "--cluster it goes on on this machine."
)


class ClusterWorkers(ClosedAtTheEnd):
    """The workers of a running Dask cluster, those included that join later.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://127.0.0.1:8786``.
    announce : callable, optional
        Receives one line of text before a wait.
    patience : float
        Seconds to wait for workers, at the start and whenever there are none.

    Raises
    ------
    MachineRefusal
        If the cluster cannot be reached, has no workers, or runs another program or version.
    """

    remote = True

    def __init__(
        self,
        address: str,
        announce: Callable[[str], None] | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.address = address
        self._client = _connected(address)
        try:
            self._check(announce, patience)
            self._executor = _WatchedExecutor(self._client, address, patience)
        except TimeoutError as error:
            _close(self._client)
            raise _silence(address, SILENCE_SECONDS) from error
        except BaseException:
            _close(self._client)
            raise

    def _check(self, announce: Callable[[str], None] | None, patience: float) -> None:
        """Wait for workers, then see that scheduler and workers run this very program."""
        try:
            self._refuse_strangers({"scheduler": self._client.run_on_scheduler(identity)})
            if not self._client.scheduler_info(n_workers=-1)["workers"]:
                if announce is not None:
                    announce(f"waiting for workers of {self.address}, at most {patience:.0f} s")
                self._client.wait_for_workers(1, timeout=patience)
            self._refuse_strangers(self._client.run(identity, on_error="return"))
        except TimeoutError as error:
            raise MachineRefusal(
                f"The cluster at {self.address} has no workers. Start some with: "
                f"python -m dask worker {self.address} --nthreads 1"
            ) from error
        except ImportError as error:
            self._refuse_strangers({"scheduler": error})

    def _refuse_strangers(self, answers: dict[str, str | BaseException]) -> None:
        for place, answer in answers.items():
            if answer != identity():
                there = answer if isinstance(answer, str) else "without this program"
                raise _stranger(self.address, place, there)

    @property
    def size(self) -> int:
        """The number of runs that all workers there are now can work on at once; at least 1."""
        return max(self._executor.size, 1)

    def open(self) -> Executor:
        """Return the executor; a cluster replaces its dead workers itself."""
        return self._executor

    def close(self, *, abruptly: bool) -> None:
        """Leave the cluster, which stays and drops what it has not done yet."""
        self._executor.shutdown()
        _close(self._client)

    def __enter__(self) -> ClusterWorkers:
        """Return the workers."""
        return self


def _connected(address: str) -> Any:
    """Return a client of the scheduler, or say plainly why there is none."""
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that only this needs
    except ImportError as error:
        raise MachineRefusal(
            "--cluster needs the package distributed. Install it with: "
            "python -m pip install 'distributed>=2025.9' (or 'standing[cluster]')"
        ) from error
    # What they have to say about a lost cluster is said here, in plain words.
    for name in ("distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise _silence(address, CONNECT_SECONDS) from error


def _silence(address: str, seconds: float) -> MachineRefusal:
    return MachineRefusal(
        f"No cluster answers at {address} within {seconds:.0f} s. Is its scheduler running, and "
        "is the address the one it printed? Without --cluster the same command uses this machine."
    )


def _close(client: Any) -> None:
    """Close a client, even one whose scheduler no longer answers."""
    with suppress(Exception):
        client.close(timeout=2)


def _stranger(address: str, place: str, there: str) -> MachineRefusal:
    return MachineRefusal(
        f"The cluster at {address} cannot be used: {place} runs {there}, this is {identity()}. "
        "Numbers of two versions must not be mixed. Start scheduler and workers with the same "
        "program and packages as here (see docs/scale.md)."
    )


def _as_here(version: str, task: Callable[..., Any], *arguments: Any) -> Any:
    """Do a task on a worker, unless the worker is of another version than who asks."""
    if identity() != version:
        raise _stranger("the given address", "a worker that joined", identity())
    return task(*arguments)


def _fare(keys: list[str], dask_scheduler: Any = None) -> tuple[int, list[str]]:
    """Tell, on the scheduler, how many threads work, and which tasks have lost a worker."""
    threads = sum(worker.nthreads for worker in dask_scheduler.workers.values())
    tasks = (dask_scheduler.tasks.get(key) for key in keys)
    return threads, [task.key for task in tasks if task is not None and task.suspicious]


class _WatchedExecutor(Executor):
    """A cluster's executor whose futures always end: in a result, a death, or a lost cluster."""

    def __init__(self, client: Any, address: str, patience: float) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._address = address
        self._patience = patience
        self._version = identity()
        self._flying: dict[str, tuple[Future[Any], Future[Any]]] = {}
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._lost: ClusterLost | None = None
        self.size, _ = self._ask()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Hand a task to the cluster."""
        if self._lost is not None:
            raise self._lost
        key = f"standing-{uuid.uuid4().hex}"
        ours: Future[Any] = Future()
        theirs = self._executor.submit(_as_here, self._version, task, *arguments, key=key)
        with self._guard:
            self._flying[key] = ours, theirs
        theirs.add_done_callback(functools.partial(self._land, key))
        return ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop watching."""
        self._ended.set()

    def _land(self, key: str, theirs: Future[Any]) -> None:
        """Pass on what a task came to."""
        if key not in self._flying:
            return
        if theirs.cancelled():  # not by us, as it would not be flying any more then
            self._lose("its scheduler went away")
            return
        error = theirs.exception()
        if error is None:
            with self._guard:
                ours, _ = self._flying.pop(key, (None, None))
            if ours is not None:
                ours.set_result(theirs.result())
        elif type(error).__name__ == "KilledWorker":
            self._take(key, BrokenExecutor("its workers died"))
        elif isinstance(error, MachineRefusal):
            self._take(key, error)
        else:  # a task returns its own failures: this one could not even be begun
            self._take(key, _stranger(self._address, "a worker", f"something else ({error})"))

    def _take(self, key: str, error: BaseException) -> None:
        """Take a task back from the cluster, for a reason."""
        with self._guard:
            ours, theirs = self._flying.pop(key, (None, None))
        if ours is None or theirs is None:
            return
        ours.set_exception(error)
        if self._lost is None:
            # Cancelling waits for the scheduler, which nothing here may do without end.
            threading.Thread(target=theirs.cancel, daemon=True).start()

    def _ask(self) -> tuple[int, list[str]]:
        """Ask the scheduler how our tasks fare; TimeoutError if it does not answer."""
        threads, suspects = self._client.sync(
            self._client._run_on_scheduler,
            _fare,
            list(self._flying),
            callback_timeout=SILENCE_SECONDS,
        )
        return int(threads), list(suspects)

    def _watch(self) -> None:
        """Look after the tasks until the end, or until the cluster is lost."""
        seen = time.monotonic()
        while not self._ended.wait(WATCH_SECONDS):
            try:
                self.size, suspects = self._ask()
            except Exception:  # whatever it was: nobody can be asked any more
                self._lose("its scheduler no longer answers")
                return
            for key in suspects:
                self._take(key, BrokenExecutor("its worker died"))
            if self.size:
                seen = time.monotonic()
            elif time.monotonic() - seen > self._patience:
                self._lose(f"it has had no workers for {self._patience:.0f} s")
                return

    def _lose(self, why: str) -> None:
        """End all waiting."""
        self._lost = ClusterLost(f"The cluster at {self._address} is lost: {why}. {_GO_ON}")
        for key in list(self._flying):
            self._take(key, self._lost)
