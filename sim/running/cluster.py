"""Runs on a Dask cluster, behind the same interface as the processes of this machine.

A Dask client waits for ever for a scheduler that has died, and the scheduler tries a run again
by itself when its worker dies. So a watcher asks the scheduler every second how it fares: a run
whose worker died is handed back as such, a worker that has joined is looked at before it is
used, and a cluster that has gone away ends all waiting.
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
from dataclasses import dataclass
from typing import Any

from sim.running.greeting import who_answers
from sim.running.memory import Need
from sim.running.newcomers import Newcomers, Present, stranger
from sim.running.version import identity
from sim.running.workers import ClosedAtTheEnd
from sim.study.errors import ClusterLost, MachineRefusal

CONNECT_SECONDS = 5.0
WATCH_SECONDS = 1.0
SILENCE_SECONDS = 15.0
"""How long the scheduler may leave a question unanswered before it counts as dead."""
PATIENCE_SECONDS = 60.0
"""How long a cluster may be without workers."""
MOST_BEGINNINGS = 3
"""How often a task may be handed to a worker that cannot even begin it."""
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
    need : Need, optional
        What a run takes; without, the workers' memory is not looked at.

    Raises
    ------
    MachineRefusal
        If the cluster cannot be reached, has no workers, runs another program or version, or has
        workers with too little memory.
    """

    remote = True

    def __init__(
        self,
        address: str,
        announce: Callable[[str], None] | None = None,
        patience: float = PATIENCE_SECONDS,
        need: Need | None = None,
    ) -> None:
        self.address = address
        self._client = _connected(address)
        newcomers = Newcomers(self._client, need, announce)
        try:
            self._check(announce, patience)
            self._executor = _WatchedExecutor(self._client, address, patience, newcomers)
        except TimeoutError as error:
            _close(self._client)
            raise _silence(address, SILENCE_SECONDS) from error
        except BaseException:
            _close(self._client)
            raise

    def _check(self, announce: Callable[[str], None] | None, patience: float) -> None:
        """See that the scheduler runs this very program, then wait for workers."""
        try:
            there = self._client.run_on_scheduler(identity)
        except ImportError:
            there = "without this program"
        if there != identity():
            raise MachineRefusal(
                f"The cluster at {self.address} cannot be used: its scheduler {stranger(there)}"
            )
        if self._client.scheduler_info(n_workers=-1)["workers"]:
            return
        if announce is not None:
            announce(f"waiting for workers of {self.address}, at most {patience:.0f} s")
        try:
            self._client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            raise MachineRefusal(
                f"The cluster at {self.address} has no workers. Start some with: "
                f"python -m dask worker {self.address} --nthreads 1"
            ) from error

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
    for name in ("distributed.client", "distributed.comm", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    who = who_answers(address, CONNECT_SECONDS)
    if who and who != "Scheduler":
        raise MachineRefusal(
            f"At {address} is a {who.lower()}, not a scheduler. Give the address that the "
            "scheduler printed."
        )
    try:
        if not who:
            raise TimeoutError
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # whatever goes wrong with a stranger, nobody can be worked with
        raise _silence(address, CONNECT_SECONDS) from error


def _silence(address: str, seconds: float) -> MachineRefusal:
    secret = (
        " Addresses of this kind need certificates, which Dask reads from its own configuration."
        if address.startswith(("tls:", "wss:"))
        else ""
    )
    return MachineRefusal(
        f"No cluster answers at {address} within {seconds:.0f} s. Is its scheduler running, and "
        f"is the address the one it printed?{secret} Without --cluster the same command uses this "
        "machine."
    )


def _close(client: Any) -> None:
    """Close a client, even one whose scheduler no longer answers."""
    with suppress(Exception):
        client.close(timeout=2)


def _as_here(version: str, task: Callable[..., Any], *arguments: Any) -> Any:
    """Do a task on a worker, unless the worker is of another version than who asks."""
    if identity() != version:
        raise MachineRefusal(f"a worker {stranger(version)}")
    return task(*arguments)


def _fare(
    keys: list[str], dask_scheduler: Any = None
) -> tuple[list[tuple[str, str, str, int, float]], list[str], list[str]]:
    """Tell, on the scheduler, which workers there are, and how tasks fare.

    Returns
    -------
    workers : list of tuple
        What `Present` says of each.
    suspects, stranded : list of str
        Tasks that have lost a worker; tasks that wait for workers that are not there.
    """
    workers = [
        (w.server_id, w.address, w.host, int(w.nthreads), float(w.memory_limit or 0))
        for w in dask_scheduler.workers.values()
    ]
    tasks = [task for task in map(dask_scheduler.tasks.get, keys) if task is not None]
    suspects = [task.key for task in tasks if task.suspicious]
    stranded = [
        task.key
        for task in tasks
        if task.state == "no-worker" and task.worker_restrictions and not task.suspicious
    ]
    return workers, suspects, stranded


@dataclass
class _Flight:
    """A task on its way: our future of it, the cluster's once it is there, and what it is."""

    ours: Future[Any]
    call: tuple[Any, ...]
    theirs: Future[Any] | None = None
    beginnings: int = 0
    refused: BaseException | None = None


class _WatchedExecutor(Executor):
    """A cluster's executor whose futures always end: in a result, a death, or a lost cluster."""

    def __init__(self, client: Any, address: str, patience: float, newcomers: Newcomers) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._address = address
        self._patience = patience
        self._newcomers = newcomers
        self._version = identity()
        self._flying: dict[str, _Flight] = {}
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._lost: ClusterLost | None = None
        present, _, _ = self._ask()
        newcomers.begin(present)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def size(self) -> int:
        """How many runs the workers that are used can work on at once."""
        return self._newcomers.threads

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Hand a task to the cluster."""
        if self._lost is not None:
            raise self._lost
        flight = _Flight(Future(), (task, *arguments))
        self._send(flight)
        return flight.ours

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop watching."""
        self._ended.set()

    def _send(self, flight: _Flight) -> None:
        """Send a task to the workers that are used; keep it for now if there are none."""
        key, where = f"standing-{uuid.uuid4().hex}", self._newcomers.restriction()
        flight.refused = flight.theirs = None
        if where is not None:
            flight.theirs = self._executor.submit(
                _as_here, self._version, *flight.call, key=key, **where
            )
        with self._guard:
            self._flying[key] = flight
        if flight.theirs is not None:
            flight.theirs.add_done_callback(functools.partial(self._land, key))

    def _send_again(self, key: str) -> None:
        """Send a task anew that has met no worker that is used."""
        flight = self._drop(key)
        if flight is None:
            return
        if flight.refused is not None:
            flight.beginnings += 1
            if flight.beginnings >= MOST_BEGINNINGS:
                flight.ours.set_exception(flight.refused)
                return
        try:
            self._send(flight)
        except Exception:  # nobody can be asked any more, which the watcher will notice
            flight.ours.set_exception(BrokenExecutor("it could not be sent again"))

    def _land(self, key: str, theirs: Future[Any]) -> None:
        """Pass on what a task came to."""
        flight = self._flying.get(key)
        if flight is None:
            return
        if theirs.cancelled():  # not by us, as it would not be flying any more then
            self._lose("its scheduler went away")
            return
        error = theirs.exception()
        if error is None:
            if self._drop(key) is not None:
                flight.ours.set_result(theirs.result())
        elif type(error).__name__ == "KilledWorker":
            self._take(key, BrokenExecutor("its workers died"))
        else:
            # A task returns its own failures: this one could not even be begun. Most likely a
            # worker has joined that is of another version, and the watcher will know it soon.
            flight.refused = MachineRefusal(f"The cluster at {self._address}: {error}")

    def _drop(self, key: str) -> _Flight | None:
        """Forget a task and cancel what the cluster still does about it."""
        with self._guard:
            flight = self._flying.pop(key, None)
        theirs = None if flight is None else flight.theirs
        if theirs is not None and not theirs.done() and self._lost is None:
            # Cancelling waits for the scheduler, which nothing here may do without end.
            threading.Thread(target=theirs.cancel, daemon=True).start()
        return flight

    def _take(self, key: str, error: BaseException) -> None:
        """Take a task back from the cluster, for a reason."""
        flight = self._drop(key)
        if flight is not None:
            flight.ours.set_exception(error)

    def _ask(self) -> tuple[list[Present], list[str], list[str]]:
        """Ask the scheduler who is there and how our tasks fare; TimeoutError without answer."""
        workers, suspects, stranded = self._client.sync(
            self._client._run_on_scheduler,
            _fare,
            list(self._flying),
            callback_timeout=SILENCE_SECONDS,
        )
        return [Present(*worker) for worker in workers], list(suspects), list(stranded)

    def _watch(self) -> None:
        """Look after the tasks until the end, or until the cluster is lost."""
        seen = time.monotonic()
        while not self._ended.wait(WATCH_SECONDS):
            try:
                present, suspects, stranded = self._ask()
            except Exception:  # whatever it was: nobody can be asked any more
                self._lose("its scheduler no longer answers")
                return
            self._newcomers.look(present)
            for key in suspects:
                self._take(key, BrokenExecutor("its worker died"))
            if self.size:
                seen = time.monotonic()
                for key in {*stranded, *self._not_begun()}:
                    self._send_again(key)
            elif time.monotonic() - seen > self._patience:
                self._lose(f"it has had no workers to use for {self._patience:.0f} s")
                return

    def _not_begun(self) -> list[str]:
        """Return the tasks that no worker has or could begin."""
        with self._guard:
            flying = list(self._flying.items())
        return [key for key, flight in flying if flight.refused or flight.theirs is None]

    def _lose(self, why: str) -> None:
        """End all waiting."""
        self._lost = ClusterLost(f"The cluster at {self._address} is lost: {why}. {_GO_ON}")
        for key in list(self._flying):
            self._take(key, self._lost)
