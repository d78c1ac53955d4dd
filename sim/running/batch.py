"""Many runs: one code path over `concurrent.futures.Executor`, in one process or in several.

Results are handed over as they land and are the caller's to keep; what comes back is the
fate of every run, in the order asked for, whatever the order of completion. A run that
fails is one failed row and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.engine.compiled import CACHE_REMARK
from sim.runner import RunResult, RunSpec, kernels_ready, run
from sim.running.interrupts import Interrupts
from sim.running.workers import (
    Execute,
    Fate,
    LocalWorkers,
    Parcels,
    Workers,
    attempt,
    attempt_parcel,
)
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.worlds import World

DONE, FAILED = "done", "failed"
FIRST_BLOCK = 8
REPLICATE_CAP = 200
COMPILING = "compiling the engine for this machine (once, three to four minutes)"
SUBMISSIONS_PER_WORKER = 2
MAX_DEATHS = 3
# The longest wait for a run to land before looking whether Ctrl-C was pressed: where a wait
# cannot be interrupted, this is how long the keys go unheard.
LISTEN_SECONDS = 1.0

OnDone = Callable[[RunSpec, Any], None]


@dataclass(frozen=True)
class RunStatus:
    """The fate of one run: ``done``, or ``failed`` with the reason in one line."""

    spec: RunSpec
    status: str
    reason: str = ""


def specs_for(
    study: Study,
    replicates: Iterable[int],
    *,
    worlds: Sequence[World] = (),
    organisations: Sequence[OrgModel] | None = None,
    customers: bool = False,
    events: bool = False,
) -> list[RunSpec]:
    """List the runs of a comparison by org model, world and replicate: the order of all tables.

    Parameters
    ----------
    study : Study
        The study.
    replicates : iterable of int
        Numbers of the replicates.
    worlds : sequence of World
        In which to run it; none for the study as given.
    organisations : sequence of OrgModel, optional
        The org models; those of the study if left out.
    customers, events : bool
        Whether the first run of each org model also records its customers, its events.
    """
    numbers = list(replicates)
    firms = [(0, study)] if not worlds else [(world.number, world.of(study)) for world in worlds]
    runs = [(firm, number, world) for world, firm in firms for number in numbers]
    return [
        RunSpec(
            study=firm,
            organisation=organisation,
            replicate=number,
            world=world,
            customers=customers and place == 0 and number == 0,
            events=events and place == 0 and number == 0,
        )
        for organisation in (study.organisations if organisations is None else organisations)
        for place, (firm, number, world) in enumerate(runs)
    ]


def run_many(
    specs: Sequence[RunSpec],
    jobs: int = 1,
    on_done: OnDone | None = None,
    *,
    on_end: Callable[[RunStatus], None] | None = None,
    announce: Callable[[str], None] | None = None,
    workers: Workers | None = None,
    execute: Execute = run,
    ready: Callable[[], bool] = kernels_ready,
) -> list[RunStatus]:
    """Execute runs, serially if `jobs` is 1, else in `jobs` processes.

    Parameters
    ----------
    specs : sequence of RunSpec
        The runs.
    jobs : int
        Number of processes; with 1 everything happens in this one.
    on_done : callable, optional
        Receives spec and result of each run as it lands, in order of completion.
    on_end : callable, optional
        Receives the status of each run as it ends, failed ones included.
    announce : callable, optional
        Receives one line of text before a one-time wait.
    workers : Workers, optional
        Where to run; if left out, local processes for this call only.
    execute : callable
        What a run is; a top-level function, since it travels to the workers. What it returns
        is handed to `on_done`.
    ready : callable
        Whether the compiled engine is there already.

    Returns
    -------
    list of RunStatus
        In the order of `specs`.

    Raises
    ------
    KeyboardInterrupt
        If interrupted; workers are ended, what has landed is kept.
    ClusterLost
        If the workers are a cluster's and it went away; what has landed is kept.
    """
    # By replicate, whose org models share a demand table; statuses are in the order of `specs`.
    pending = sorted(enumerate(specs), key=lambda each: (each[1].world, each[1].replicate))
    alone = _alone(len(pending), jobs, workers, ready, announce)
    with Interrupts() as interrupts:
        collector = _Collector(len(specs), on_done, on_end, interrupts)
        for index, spec in pending[:alone]:
            collector.take(index, spec, attempt(execute, spec))
        if pending[alone:]:
            if workers is None:
                with LocalWorkers(min(jobs, len(pending) - alone)) as own:
                    _fan_out(pending[alone:], own, execute, collector)
            else:
                _fan_out(pending[alone:], workers, execute, collector)
        return collector.statuses()


def _alone(
    runs: int,
    jobs: int,
    workers: Workers | None,
    ready: Callable[[], bool],
    announce: Callable[[str], None] | None,
) -> int:
    """Return how many runs, the first ones, this process executes itself."""
    if not runs or (workers is not None and workers.remote):
        return 0
    compiled = ready()
    if not compiled and announce is not None:
        announce(f"{COMPILING}. {CACHE_REMARK}" if CACHE_REMARK else COMPILING)
    if jobs == 1 or runs == 1:
        return runs
    # Compiling here once lets every worker load the result instead of compiling it again.
    alone = int(not compiled)
    # A pool for one run would only cost its start.
    return runs if runs - alone == 1 else alone


class _Collector:
    """Passes results on as they land and remembers each run's fate in its place."""

    def __init__(
        self,
        size: int,
        on_done: OnDone | None,
        on_end: Callable[[RunStatus], None] | None,
        interrupts: Interrupts,
    ) -> None:
        self._fates: dict[int, RunStatus] = {}
        self._size = size
        self._on_done = on_done
        self._on_end = on_end
        self.listen = interrupts.check

    def take(self, index: int, spec: RunSpec, fate: Fate) -> None:
        self.listen()  # an interrupted run proves nothing, whatever it seems to have ended as
        result, reason = fate
        if result is not None and self._on_done is not None:
            self._on_done(spec, result)
        status = RunStatus(spec, DONE if result is not None else FAILED, reason)
        self._fates[index] = status
        if self._on_end is not None:
            self._on_end(status)

    def statuses(self) -> list[RunStatus]:
        return [self._fates[index] for index in range(self._size)]


_Numbered = tuple[int, RunSpec]


def _fan_out(
    pending: list[_Numbered], workers: Workers, execute: Execute, collector: _Collector
) -> None:
    """Run in parallel; after a worker's death run the suspects one at a time.

    Whoever was in flight when a worker died may have killed it. Alone in the pool the
    guilty one gives itself away: after `MAX_DEATHS` it is a failed row.
    """
    waiting = list(reversed(pending))
    parcels = Parcels()
    while waiting:
        suspects = _drain(waiting, workers, execute, collector, parcels)
        for suspect in suspects:
            deaths = 1
            while _drain([suspect], workers, execute, collector, parcels):
                deaths += 1
                if deaths >= MAX_DEATHS:
                    reason = f"its process died {deaths} times (out of memory, or killed)"
                    collector.take(*suspect, (None, reason))
                    break


def _drain(
    waiting: list[_Numbered],
    workers: Workers,
    execute: Execute,
    collector: _Collector,
    parcels: Parcels,
) -> list[_Numbered]:
    """Submit from the end of `waiting` in a bounded window until it is empty or a worker dies.

    Returns
    -------
    list of (index, RunSpec)
        The runs in flight when a worker died, in order; empty if none did.
    """
    executor = workers.open()
    flying: dict[Future[Fate], _Numbered] = {}
    dead: list[_Numbered] = []
    while (waiting and not dead) or flying:
        while waiting and not dead and len(flying) < workers.size * SUBMISSIONS_PER_WORKER:
            numbered = waiting.pop()
            try:
                parcel = parcels.pack(numbered[1])
                flying[executor.submit(attempt_parcel, execute, *parcel)] = numbered
            except BrokenExecutor:
                dead.append(numbered)
        landed, _ = wait(flying, LISTEN_SECONDS, return_when=FIRST_COMPLETED)
        collector.listen()
        for future in landed:
            numbered = flying.pop(future)
            try:
                fate = future.result()
            except BrokenExecutor:
                dead.append(numbered)
            else:
                collector.take(*numbered, fate)
    return sorted(dead, key=lambda numbered: numbered[0])


@dataclass(frozen=True)
class Precision:
    """How a sequence of blocks of replicates ended.

    Attributes
    ----------
    replicates : int
        Replicates used.
    ended : str
        ``reached`` (narrow enough), ``cap`` (the largest number allowed), ``failed`` (runs
        failed, so that more would not answer the question) or ``fixed`` (so many were asked for).
    """

    replicates: int
    ended: str


def replicates_until(
    narrow: Callable[[int], bool | None],
    *,
    first: int = FIRST_BLOCK,
    block: int = 4,
    cap: int = REPLICATE_CAP,
) -> Precision:
    """Add replicates in blocks until the headline interval is narrow enough.

    Parameters
    ----------
    narrow : callable
        Given a number of replicates, runs what is missing of them and tells whether the
        paired 95 % interval of the headline measure is narrow enough; None if it cannot tell
        because runs failed.
    first : int
        Replicates in the first block: fewer would let a lucky small sample end it.
    block : int
        Replicates added each time.
    cap : int
        Replicates at which to give up.
    """
    number = min(first, cap)
    while True:
        answer = narrow(number)
        if answer is None:
            return Precision(number, "failed")
        if answer:
            return Precision(number, "reached")
        if number >= cap:
            return Precision(number, "cap")
        number = min(number + block, cap)


def run_study(study: Study, replicates: int | None = None, jobs: int = 1) -> pd.DataFrame:
    """Run every org model of a study on the same customers and return the measures.

    Parameters
    ----------
    study : Study
        The study.
    replicates : int, optional
        Number of replicates; the study's own if left out.
    jobs : int
        Number of processes; does not affect the result.

    Returns
    -------
    pandas.DataFrame
        The tidy table ``measures.parquet`` of ``sim.study.tables``.

    Raises
    ------
    RuntimeError
        If a run fails; the message holds every reason.
    """
    number = study.design.replicates if replicates is None else replicates
    specs = specs_for(study, range(number))
    frames: dict[tuple[str, int], pd.DataFrame] = {}

    def keep(spec: RunSpec, result: RunResult) -> None:
        frames[spec.organisation.organisation, spec.replicate] = result.measures

    statuses = run_many(specs, jobs, keep)
    failed = [status.reason for status in statuses if status.status == FAILED]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(specs)} runs failed: " + "; ".join(failed))
    ordered = [frames[spec.organisation.organisation, spec.replicate] for spec in specs]
    return pd.concat(ordered, ignore_index=True)
