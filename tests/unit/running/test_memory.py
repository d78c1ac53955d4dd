"""Memory: estimates are above what runs hold, and not far; what does not fit is refused."""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from studies import ENTERPRISE, PLAIN, compact_study

from analysis.commands import experiment
from sim.keeping import store
from sim.running import memory
from sim.running.batch import specs_for
from sim.running.memory import Need, check_memory, largest_of, memory_need
from sim.state.sizes import Size, estimate
from sim.study.study import Study

ROOT = Path(store.__file__).parents[2]
AMPLE = copy.deepcopy(ENTERPRISE)
for function in AMPLE["functions"].values():
    del function["heads"]
# Where as much goes wrong as in the other tests, people cannot keep up.
CALM = {"loss_rate": 0.03, "defect_rate": 0.03, "liaison_minutes": 3.0}


def ample(customers: int) -> Study:
    """Return a study whose functions have the people they need."""
    return compact_study(PLAIN, enterprise=AMPLE, parameters=CALM, market={"customers": customers})


def traced(study: Study, *, events: bool = False) -> int:
    """Return the most bytes that Python, NumPy and Arrow hold during a run and its packing."""
    (spec, *_) = specs_for(study, [0], customers=True, events=events)
    usual = pa.default_memory_pool()
    texts = pa.proxy_memory_pool(usual)  # Arrow's columns of texts lie where tracemalloc is blind
    pa.set_memory_pool(texts)
    tracemalloc.start()
    store.run_and_pack(spec)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pa.set_memory_pool(usual)
    return peak + texts.max_memory()


@pytest.mark.parametrize("customers", [3000, 20_000])
def test_a_run_takes_less_than_estimated_and_more_than_half(customers: int) -> None:
    traced(ample(200))  # compiled before memory is watched
    study = ample(customers)
    peak, run = traced(study), memory_need(study).run
    assert peak < run < 2 * peak


def test_neither_events_nor_cases_that_nobody_serves_are_forgotten() -> None:
    logged = ample(3000)
    assert traced(logged, events=True) < memory_need(logged, events=True).run
    swamped = compact_study(market={"customers": 10_000})
    assert traced(swamped) < memory_need(swamped).run


RESIDENT = """
import json, pickle, re, sys
from pathlib import Path
from types import SimpleNamespace
from sim.keeping import store
from sim.running.batch import specs_for
study = pickle.loads(bytes.fromhex(sys.stdin.read()))
store.run_and_pack(specs_for(study, [0], customers=True)[0])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for a process's largest size")
def test_a_process_takes_less_than_estimated_and_more_than_half() -> None:
    import pickle

    for customers in (200, 40_000):
        study = ample(customers)
        done = subprocess.run(  # noqa: S603 - this interpreter, our own module
            [sys.executable, "-c", RESIDENT],
            input=pickle.dumps(study).hex(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        peak, process = 1024 * json.loads(done.stdout), memory_need(study).process()
        assert peak < process < 2 * peak


def need(run: float) -> Need:
    return Need(Size(1000, 5000, run, run, 1.0), run)


def test_processes_add_up_beside_the_main_one() -> None:
    one = need(1e9)
    rest, report = memory.BYTES_AT_REST, memory.BYTES_TO_REPORT
    assert one.here(1) == rest + 1e9 + report
    assert one.here(4) == 5 * rest + 4e9 + report
    assert one.process(threads=3) == rest + 3e9
    # Compiled ones follow when the first run has compiled.
    assert one.here(1, compiled=False) == one.here(1) + memory.BYTES_TO_COMPILE
    assert one.here(4, compiled=False) == one.here(4)


@pytest.mark.parametrize("run", [1e6, 1e9])
@pytest.mark.parametrize("compiled", [True, False])
def test_as_many_fit_as_are_said_to_and_no_more(run: float, compiled: bool) -> None:
    one = need(run)
    for bytes_there in (1e8, 1e9, 3.1e9, 1.6e10):
        fitting = one.fitting(bytes_there, compiled=compiled)
        assert fitting == 0 or one.here(fitting, compiled=compiled) <= bytes_there
        assert one.here(fitting + 1, compiled=compiled) > bytes_there


def complaint(study: Study, processes: int) -> tuple[str, str]:
    (found,) = check_memory(study, memory_need(study), processes)
    assert found.path[0] == "market"
    return found.message, found.remedy


def test_what_does_not_fit_is_refused_with_figures_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 4e9)
    monkeypatch.setattr(memory, "compiled_before", lambda _: True)
    study = ample(300_000)
    assert list(check_memory(study, memory_need(study), 1)) == []
    message, remedy = complaint(study, 8)
    assert "a run of 300,000 people with" in message
    assert "of memory, and 8 processes about" in message
    assert "the machine has 4 GB" in message
    jobs = int(remedy.removeprefix("take --jobs "))
    assert list(check_memory(study, memory_need(study), jobs)) == []
    assert complaint(study, jobs + 1)


def test_a_run_that_does_not_fit_has_a_sample_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 4e9)
    _, remedy = complaint(ample(10**7), 1)
    words = remedy.removesuffix(" customers").split()
    fewer = ample(int(words[-1].replace(",", "")))
    assert memory_need(fewer).here(1) < 4e9 < 2 * memory_need(fewer).here(1)
    monkeypatch.setattr(memory, "machine_bytes", lambda: 1e8)
    assert complaint(ample(200), 1)[1] == "take a machine with more memory"


def test_compiling_needs_room_once(monkeypatch: pytest.MonkeyPatch) -> None:
    study = ample(200)
    monkeypatch.setattr(memory, "machine_bytes", lambda: memory_need(study).here(1) + 1e6)
    for compiled in (True, False):
        monkeypatch.setattr(memory, "compiled_before", lambda _, there=compiled: there)
        assert bool(list(check_memory(study, memory_need(study), 1))) is not compiled


def test_a_log_counts_where_runs_keep_their_events() -> None:
    plain = ample(3000)
    assert memory_need(plain).size == estimate(plain)
    named = plain.model_copy(update={"compared_with": "log.csv"})
    assert memory_need(named).run == memory_need(plain, events=True).run > memory_need(plain).run


@pytest.mark.parametrize(("room", "jobs"), [(1e12, 4), (0.0, 1)])
def test_without_a_number_there_are_as_many_processes_as_fit(
    monkeypatch: pytest.MonkeyPatch, room: float, jobs: int
) -> None:
    said: list[str] = []
    monkeypatch.setattr(memory, "machine_bytes", lambda: room)
    for module in (memory, experiment):
        monkeypatch.setattr(module, "default_jobs", lambda: 4)
    options = argparse.Namespace(cluster=None, jobs=None)
    listener = SimpleNamespace(message=said.append)
    workers = experiment.workers_for(options, listener, 12, ample(200))
    assert workers.size == jobs
    assert said == [] if jobs == 4 else "1 of 4 processes" in said[0]


def test_a_confined_process_has_what_it_was_granted(monkeypatch, tmp_path) -> None:
    granted = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "Path", lambda _: granted)
    installed = memory.machine_bytes()
    granted.write_text("1000000\n")
    assert memory.machine_bytes() == 1e6
    granted.write_text("max\n")
    assert memory.machine_bytes() == installed
    monkeypatch.setattr(memory.os, "sysconf", lambda _: (_ for _ in ()).throw(ValueError))
    assert memory.machine_bytes() == memory.ASSUMED_BYTES


def test_the_largest_of_many_is_found_and_each_is_weighed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, large = ample(200), ample(3000)
    weighed: list[Study] = []

    def weigh(study: Study) -> Need:
        weighed.append(study)
        return memory_need(study)

    monkeypatch.setattr(memory, "memory_need", weigh)
    assert largest_of([small, large, small, large, small]) is large
    assert len(weighed) == 2
