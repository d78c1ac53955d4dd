"""Many runs: order, failure, death of a worker, interruption, number of replicates."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import Executor, Future
from typing import Any

import pandas as pd
import pytest
from studies import compact_study

from sim.runner import RunResult, RunSpec
from sim.running import batch
from sim.running.batch import DONE, FAILED, replicates_until, run_many, run_study, specs_for
from sim.running.workers import LocalWorkers
from sim.state.blueprint import Blueprint
from sim.state.demand import generate
from sim.state.demand_table import DemandTable
from sim.study.study import Study

N = 6


@pytest.fixture
def specs() -> list[RunSpec]:
    study = Study.model_validate(
        {
            "study": "tiny",
            "enterprise": {
                "enterprise": "firm",
                "functions": {"desk": {}},
                "journeys": {
                    "ask": {
                        "start": "answer",
                        "touchpoints": {
                            "answer": {"owner": "desk", "minutes": 5, "next": {"completed": 1}}
                        },
                    }
                },
            },
            "market": {"customers": 10, "segments": {"all": {"share": 1}}},
            "organisations": [{"organisation": "a"}, {"organisation": "b", "authority": 0.5}],
            "baseline": "a",
        }
    )
    return specs_for(study, range(N // 2), customers=True)


def _measured(spec: RunSpec) -> RunResult:
    """Stand in for the engine: later runs take less time, so that they overtake."""
    time.sleep(0.02 * (N - spec.replicate))
    value = spec.replicate + spec.organisation.authority
    row = {"org_model": spec.organisation.organisation, "value": value, "process": os.getpid()}
    return RunResult(pd.DataFrame([row]), None, None)


def _failing(spec: RunSpec) -> RunResult:
    if (spec.organisation.organisation, spec.replicate) == ("a", 1):
        raise ValueError("no numbers\ntoday")
    return _measured(spec)


def _deadly(spec: RunSpec) -> RunResult:
    if (spec.organisation.organisation, spec.replicate) == ("b", 0):
        os._exit(9)
    return _measured(spec)


class _Kept(dict[tuple[str, int], pd.DataFrame]):
    def __call__(self, spec: RunSpec, result: RunResult) -> None:
        key = (spec.organisation.organisation, spec.replicate)
        assert key not in self, "a run was handed over twice"
        self[key] = result.measures


def _fates(statuses: list[batch.RunStatus]) -> list[tuple[str, int, str]]:
    return [(s.spec.organisation.organisation, s.spec.replicate, s.status) for s in statuses]


def test_runs_are_listed_by_org_model_then_replicate(specs: list[RunSpec]) -> None:
    listed = [(spec.organisation.organisation, spec.replicate) for spec in specs]
    assert listed == [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1), ("b", 2)]
    assert [spec.customers for spec in specs] == [True, False, False] * 2


def test_parallel_equals_serial_in_order_and_content(specs: list[RunSpec]) -> None:
    serial, parallel = _Kept(), _Kept()
    one = run_many(specs, 1, serial, execute=_measured, ready=lambda: True)
    two = run_many(specs, 2, parallel, execute=_measured, ready=lambda: True)
    assert _fates(one) == _fates(two)
    assert [s.spec for s in two] == specs
    for key, frame in serial.items():
        pd.testing.assert_frame_equal(
            frame.drop(columns="process"), parallel[key].drop(columns="process")
        )
        assert (frame["process"] == os.getpid()).all()
        assert (parallel[key]["process"] != os.getpid()).all()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_run_is_a_row_and_stops_nothing(specs: list[RunSpec], jobs: int) -> None:
    kept, ended = _Kept(), []
    statuses = run_many(
        specs, jobs, kept, on_end=ended.append, execute=_failing, ready=lambda: True
    )
    assert [s.status for s in statuses] == [DONE, FAILED, DONE, DONE, DONE, DONE]
    assert statuses[1].reason == "ValueError: no numbers today"
    assert len(kept) == N - 1
    assert len(ended) == N


def test_a_run_that_keeps_killing_its_worker_fails_alone(specs: list[RunSpec]) -> None:
    kept = _Kept()
    statuses = run_many(specs, 2, kept, execute=_deadly, ready=lambda: True)
    assert [s.status for s in statuses] == [DONE, DONE, DONE, FAILED, DONE, DONE]
    assert "died 3 times" in statuses[3].reason
    assert len(kept) == N - 1


def test_engine_is_compiled_once_before_workers_start(specs: list[RunSpec]) -> None:
    kept, said = _Kept(), []
    run_many(specs, 2, kept, announce=said.append, execute=_measured, ready=lambda: False)
    here = [key for key, frame in kept.items() if (frame["process"] == os.getpid()).all()]
    assert here == [("a", 0)]
    assert said == [batch.COMPILING]


def test_nothing_to_run_says_nothing_and_starts_nothing() -> None:
    said: list[str] = []
    assert run_many([], 2, announce=said.append, ready=lambda: False) == []
    assert said == []


class _Counting(Executor):
    """Executes on submission and counts what is handed in before it is collected."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class _CountingWorkers:
    remote = False
    size = 1

    def __init__(self) -> None:
        self.executor = _Counting()

    def open(self) -> Executor:
        return self.executor

    def close(self, *, abruptly: bool) -> None:
        """Nothing to close."""


def test_submissions_are_bounded(specs: list[RunSpec]) -> None:
    workers = _CountingWorkers()

    def collect(spec: RunSpec, result: RunResult) -> None:
        workers.executor.waiting -= 1

    run_many(specs, 2, collect, workers=workers, execute=_measured, ready=lambda: True)
    assert workers.executor.most <= batch.SUBMISSIONS_PER_WORKER * workers.size


def _swallowing(spec: RunSpec) -> RunResult:
    """Stand in for code that an interrupt turns into another error, or into a wrong result."""
    if spec.replicate == 1:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as interrupt:
            if spec.organisation.organisation == "a":
                raise SystemError("bad argument to internal function") from interrupt
    return _measured(spec)


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_swallowed_interrupt_is_no_failed_run_and_no_result(
    specs: list[RunSpec], first: str
) -> None:
    kept, ended = _Kept(), []
    chosen = [spec for spec in specs if spec.organisation.organisation == first]
    with pytest.raises(KeyboardInterrupt):
        run_many(chosen, 1, kept, on_end=ended.append, execute=_swallowing, ready=lambda: True)
    assert list(kept) == [(first, 0)]
    assert [status.status for status in ended] == [DONE]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interruption_ends_the_workers(
    specs: list[RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[bool] = []
    close = LocalWorkers.close

    def noted(self: LocalWorkers, *, abruptly: bool) -> None:
        closed.append(abruptly)
        close(self, abruptly=abruptly)

    def interrupt(spec: RunSpec, result: RunResult) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalWorkers, "close", noted)
    with pytest.raises(KeyboardInterrupt):
        run_many(specs, 2, interrupt, execute=_measured, ready=lambda: True)
    assert closed == [True]


@pytest.mark.parametrize(
    ("enough_at", "expected"),
    [(8, (8, "reached")), (13, (16, "reached")), (10**6, (30, "cap"))],
)
def test_replicates_grow_in_blocks_until_narrow_or_capped(
    enough_at: int, expected: tuple[int, str]
) -> None:
    asked: list[int] = []

    def narrow(number: int) -> bool:
        asked.append(number)
        return number >= enough_at

    ended = replicates_until(narrow, first=8, block=4, cap=30)
    assert (ended.replicates, ended.ended) == expected
    assert asked == [n for n in (8, 12, 16, 20, 24, 28, 30) if n <= ended.replicates]


def test_replicates_stop_growing_when_runs_fail() -> None:
    assert replicates_until(lambda number: None).ended == "failed"


def test_org_models_of_a_replicate_share_their_demand(monkeypatch) -> None:
    drawn: list[int] = []
    once = generate

    def counted(blueprint: Blueprint, replicate: int) -> DemandTable:
        drawn.append(replicate)
        return once(blueprint, replicate)

    monkeypatch.setattr("sim.runner.generate", counted)
    study = compact_study(design={"horizon_days": 10, "warm_up_days": 5, "follow_up_days": 5})
    table = run_study(study, replicates=2, jobs=1)
    assert drawn == [0, 1]
    other = compact_study(
        design={"horizon_days": 10, "warm_up_days": 5, "follow_up_days": 5, "seed": 8}
    )
    assert not table.equals(run_study(other, replicates=2, jobs=1))
    assert drawn == [0, 1, 0, 1]
