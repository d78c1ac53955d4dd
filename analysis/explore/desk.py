"""Who runs what next: one pool of warm processes for all windows, the newest question first.

A window's first answer goes before everything else: what stands in its way is ended, and taken
up again later if somebody still waits for it. A question that nobody asks any more is forgotten.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.comparison.four_cells import CELL_COLUMNS
from sim.keeping.pool import RunPool, content_key, packed_for_pool
from sim.runner import RunSpec, kernels_ready
from sim.running.batch import COMPILING
from sim.running.watched import Unwanted, run_while_wanted
from sim.running.workers import Fate, LocalWorkers, Parcels, attempt_parcel
from sim.study.errors import ResultFolderError
from sim.study.study import Study

FIRST_ANSWER, BETTER_ANSWER, BESIDE_ANSWER = range(3)
"""How urgent a run is: of a first answer, of a better one, of what stands beside it."""
TO_CHOOSE_BY = [*CELL_COLUMNS, "site"]
"""What a run tells of every customer, so that one can be chosen; of who is followed, all."""
_KEPT_RUNS = 160
_AWAKE_SECONDS, _LOOKED_AT_SECONDS = 240.0, 3600.0
"""How often processes are kept from retiring, and how long after the last question."""
_LONG_ENOUGH = 0.05
"""Seconds of a task that lets every process have one."""
_MOST_DEATHS = 3


@dataclass(frozen=True, eq=False)
class Landed:
    """A run that is there: its measures, and its weeks where they are known; or why it failed."""

    measures: pd.DataFrame | None
    weeks: pd.DataFrame | None = None
    customers: pd.DataFrame | None = None
    events: pd.DataFrame | None = None
    reason: str = ""

    @property
    def is_story(self) -> bool:
        """Whether it is of customers: of use to who asked, and to nobody else."""
        return self.customers is not None


@dataclass(frozen=True)
class Errand:
    """One run that is wanted.

    Attributes
    ----------
    spec : RunSpec
    urgency : int
        `FIRST_ANSWER`, `BETTER_ANSWER` or `BESIDE_ANSWER`.
    place : int
        Among those as urgent of the same question.
    with_weeks : bool
        Whether measures alone do not do.
    """

    spec: RunSpec
    urgency: int
    place: int
    with_weeks: bool = False

    @functools.cached_property
    def key(self) -> str:
        """What tells it from others: equal ones are run once."""
        about = (self.spec.customers, self.spec.events, self.spec.followed)
        return f"{content_key(self.spec)} {about}"

    @property
    def is_story(self) -> bool:
        """Whether it records customers: such a run is not kept."""
        return self.spec.customers or self.spec.events


class Request:
    """What one question wants run; told of each run as it lands.

    Parameters
    ----------
    errands : iterable of Errand
    on_landed : callable
        Receives each errand with what it came to, in a thread of the desk.
    """

    def __init__(
        self, errands: Iterable[Errand], on_landed: Callable[[Errand, Landed], None]
    ) -> None:
        self.waiting = {each.key: each for each in errands}
        self.on_landed = on_landed
        self.number = 0
        self.landed = 0


@dataclass
class _Flight:
    errand: Errand
    sign: Path
    deaths: int = 0
    recalled: bool = False


@dataclass
class _Notes:
    """What the desk has in hand; touched with its lock held."""

    requests: list[Request] = field(default_factory=list)
    flying: dict[Future[Fate], _Flight] = field(default_factory=dict)
    deaths: dict[str, int] = field(default_factory=dict)
    kept: OrderedDict[str, Landed] = field(default_factory=OrderedDict)
    n_asked: int = 0
    asked_at: float = 0.0
    n_flights: int = 0
    closed: bool = False
    ready: bool = False


class RunDesk:
    """The warm processes and their order of work.

    Parameters
    ----------
    size : int
        Processes.
    pool : RunPool
        Where measures of runs are kept, for every command.
    signs : Path
        An empty folder, for signs that a run is not wanted any more.
    first : Study
        Run once, tiny, to load the engine before anybody asks.
    say : callable
        Told of a wait that comes once.
    """

    def __init__(
        self,
        size: int,
        pool: RunPool,
        signs: Path,
        first: Study,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._workers = LocalWorkers(size)
        self._pool = pool
        self._signs = signs
        self._first = first
        self._say = say
        self._parcels = Parcels()
        self._notes = _Notes()
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)

    def open(self) -> None:
        """Begin to work; the processes start, and load the engine."""
        self._thread.start()

    def close(self) -> None:
        """End all processes, and what they are doing."""
        with self._change:
            self._notes.closed = True
            for flight in self._notes.flying.values():
                _touch(flight.sign)
            self._change.notify()
        self._thread.join(timeout=10)
        self._workers.close(abruptly=True)

    @property
    def ready(self) -> bool:
        """Whether the engine is loaded."""
        return self._notes.ready

    def ask(self, request: Request) -> None:
        """Want the runs of a question; before those of every earlier one."""
        with self._change:
            self._notes.n_asked += 1
            self._notes.asked_at = time.monotonic()
            request.number = self._notes.n_asked
            self._notes.requests.append(request)
            # Sent off here, for the desk's own thread may be telling somebody else something.
            known = {key for key, each in request.waiting.items() if self._kept(each) is not None}
            if self._notes.ready and len(known) < len(request.waiting):
                self._send_off()
            self._change.notify()

    def forget(self, request: Request) -> None:
        """Want the runs of a question no more."""
        with self._change:
            if request in self._notes.requests:
                self._notes.requests.remove(request)
            request.waiting.clear()
            wanted = {key for each in self._notes.requests for key in each.waiting}
            for flight in self._notes.flying.values():
                if flight.errand.key not in wanted:
                    _touch(flight.sign)
            self._change.notify()

    # --- in the desk's own thread ---------------------------------------------

    def _work(self) -> None:
        self._warm_up()
        while True:
            with self._change:
                if self._notes.closed:
                    return
                told = [*self._at_hand()]
                self._send_off()  # before anything is told, which may take a moment
                if not told:
                    if not self._change.wait(_AWAKE_SECONDS):
                        self._keep_awake()
                    continue
            for request, errand, landed in told:
                request.on_landed(errand, landed)

    def _warm_up(self) -> None:
        """Let every process load the engine; the first alone, if it has to compile it."""
        tiny = _tiny(self._first)
        rounds = [self._workers.size]
        if not kernels_ready():
            self._say(f"{COMPILING[0].upper()}{COMPILING[1:]}.")
            rounds = [1, self._workers.size - 1]
        executor = self._workers.open()
        nowhere = self._signs / "never"
        for number in rounds:
            parcels = [self._parcels.pack(RunSpec(tiny, tiny.organisations[0], 0))] * number
            futures = [
                executor.submit(attempt_parcel, functools.partial(_load, nowhere), *parcel)
                for parcel in parcels
            ]
            for future in futures:
                future.exception()
        self._notes.ready = True

    def _keep_awake(self) -> None:
        """Let no process retire while somebody may look: the next answer would wait for it."""
        lately = time.monotonic() - self._notes.asked_at < _LOOKED_AT_SECONDS
        if not self._notes.flying and lately:
            executor = self._workers.open()
            for _ in range(self._workers.size):
                executor.submit(time.sleep, _LONG_ENOUGH)

    def _at_hand(self) -> Iterable[tuple[Request, Errand, Landed]]:
        """Yield what is wanted and there already."""
        for request in list(self._notes.requests):
            for key, errand in list(request.waiting.items()):
                landed = self._kept(errand)
                if landed is not None:
                    del request.waiting[key]
                    request.landed += 1
                    yield request, errand, landed
            if not request.waiting:
                self._notes.requests.remove(request)
        for key in [key for key, landed in self._notes.kept.items() if landed.is_story]:
            del self._notes.kept[key]  # whoever wants it has it, and it is large

    def _kept(self, errand: Errand) -> Landed | None:
        if self._is_at_hand(errand):
            self._notes.kept.move_to_end(errand.key)
            return self._notes.kept[errand.key]
        if errand.with_weeks or errand.is_story or not self._pool.holds(errand.spec):
            return None
        try:
            landed = Landed(self._pool.measures(errand.spec))
        except (ResultFolderError, OSError):  # damaged meanwhile: it is run again
            return None
        self._keep(errand.key, landed)
        return landed

    def _is_at_hand(self, errand: Errand) -> bool:
        """Tell whether a run is in memory, to be told of."""
        kept = self._notes.kept.get(errand.key)
        return kept is not None and (
            kept.weeks is not None or bool(kept.reason) or not errand.with_weeks
        )

    def _keep(self, key: str, landed: Landed) -> None:
        self._notes.kept[key] = landed
        while len(self._notes.kept) > _KEPT_RUNS:
            self._notes.kept.popitem(last=False)

    def _send_off(self) -> None:
        """Give free processes what is most urgent; end what stands in the way of a first answer."""
        notes = self._notes
        flying = {flight.errand.key for flight in notes.flying.values() if not flight.recalled}
        waiting: dict[str, tuple[tuple[int, int, int], Errand]] = {}
        for request in notes.requests:
            for key, errand in request.waiting.items():
                rank = _rank(request, errand)
                if key in flying or self._is_at_hand(errand):
                    continue
                if key not in waiting or rank < waiting[key][0]:
                    waiting[key] = rank, errand
        ordered = sorted(waiting.values(), key=lambda each: each[0])
        free = self._workers.size - len(notes.flying)
        for _, errand in ordered[: max(0, free)]:
            self._send(errand)
        urgent = sum(errand.urgency == FIRST_ANSWER for _, errand in ordered[max(0, free) :])
        urgent -= sum(flight.recalled for flight in notes.flying.values())
        for flight in list(notes.flying.values()):
            if urgent > 0 and flight.errand.urgency != FIRST_ANSWER and not flight.recalled:
                flight.recalled = True
                _touch(flight.sign)
                urgent -= 1

    def _send(self, errand: Errand) -> None:
        notes = self._notes
        notes.n_flights += 1
        sign = self._signs / f"{notes.n_flights}"
        execute = functools.partial(_run_for_page, sign)
        parcel = self._parcels.pack(errand.spec)
        try:
            future = self._workers.open().submit(attempt_parcel, execute, *parcel)
        except BrokenExecutor:  # its processes died: the workers open a new one
            future = self._workers.open().submit(attempt_parcel, execute, *parcel)
        notes.flying[future] = _Flight(errand, sign)
        future.add_done_callback(self._come_back)

    def _come_back(self, future: Future[Fate]) -> None:
        """Keep what a run came to; in a thread of the pool."""
        with self._change:
            flight = self._notes.flying.pop(future, None)
            if flight is None:
                return
            flight.sign.unlink(missing_ok=True)
            landed = self._landed(flight.errand, future)
            if landed is not None:
                self._keep(flight.errand.key, landed)
            self._change.notify()

    def _landed(self, errand: Errand, future: Future[Fate]) -> Landed | None:
        """Return what a run came to; None if it was ended, and is to be run again if wanted."""
        if future.cancelled() or future.exception() is not None:
            deaths = self._notes.deaths.get(errand.key, 0) + 1
            self._notes.deaths[errand.key] = deaths
            if deaths < _MOST_DEATHS:
                return None
            return Landed(None, reason=f"its process died {deaths} times")
        result, reason = future.result()
        if result is None:
            return None if reason.startswith(Unwanted.__name__) else Landed(None, reason=reason)
        packed, weeks, customers, events = result
        if not errand.is_story:
            self._pool.save(errand.spec, packed)
        measures = self._pool.measures(errand.spec) if not errand.is_story else None
        return Landed(measures, weeks if errand.with_weeks else None, customers, events)


def _rank(request: Request, errand: Errand) -> tuple[int, int, int]:
    """Return when a run is due: first answers, the newest question's first; then fair shares."""
    if errand.urgency == FIRST_ANSWER:
        return FIRST_ANSWER, -request.number, errand.place
    return errand.urgency, errand.place, -request.number


def _touch(sign: Path) -> None:
    sign.touch(exist_ok=True)


def _tiny(study: Study) -> Study:
    """Return a study that takes no time, to load the engine with."""
    return study.model_copy(
        update={
            "market": study.market.model_copy(update={"customers": 60, "prospects": 6}),
            "design": study.design.model_copy(
                update={"horizon_days": 10, "warm_up_days": 5, "follow_up_days": 5}
            ),
        }
    )


def _load(sign: Path, spec: RunSpec) -> int:
    """Load the engine, in a process of the pool."""
    run_while_wanted(spec, sign)
    return 0


def _run_for_page(sign: Path, spec: RunSpec) -> tuple[Any, ...]:
    """Run, in a process of the pool: measures travel packed, as they are kept."""
    watched = run_while_wanted(spec, sign)
    result = watched.result
    packed = packed_for_pool(spec, result.measures)
    customers = result.customers
    if customers is not None and spec.followed:
        customers = customers[customers["customer_id"].isin(spec.followed)]
    elif customers is not None:
        customers = customers[TO_CHOOSE_BY]
    return packed, watched.weeks, customers, result.events
