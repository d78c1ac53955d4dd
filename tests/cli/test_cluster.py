"""A comparison on a Dask cluster: scheduler and workers as real processes on this machine."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deadly_run import deadly
from program import PROGRAM, ROOT

from benchmarks.small_study import SMALL
from sim.reading.loader import load_study
from sim.running.batch import DONE, FAILED, run_many, specs_for
from sim.running.cluster import CONNECT_SECONDS, ClusterWorkers
from sim.running.memory import memory_need
from sim.study.errors import ClusterLost, MachineRefusal

TABLES = ("measures.parquet", "customers.parquet", "comparison.csv", "runs.csv")

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")


class Cluster:
    """A scheduler and workers that can be killed one by one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        contact = folder / "scheduler.json"
        words = ["--port", "0", "--no-dashboard", "--scheduler-file", str(contact)]
        self.scheduler = self._start("scheduler", words)
        # The file is there before all of it is written.
        _until(
            lambda: contact.is_file() and contact.read_text(encoding="utf-8").endswith("}"),
            "the scheduler to start",
        )
        self.address = json.loads(contact.read_text(encoding="utf-8"))["address"]
        self._client = distributed.Client(self.address, set_as_default=False)

    def worker(
        self, python_path: str | None = None, *, nanny: bool = False, memory: str = "0"
    ) -> subprocess.Popen[bytes]:
        """Start one more worker and wait until the scheduler knows it; a nanny replaces it."""
        before = self.size()
        words = [self.address, "--nthreads", "1", "--nanny" if nanny else "--no-nanny"]
        words += ["--no-dashboard", "--memory-limit", memory]
        words += ["--local-directory", str(self._folder)]
        process = self._start("worker", words, python_path)
        _until(lambda: self.size() > before, "a worker to join")
        return process

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker and wait until the scheduler has noticed."""
        before = self.size()
        worker.kill()
        _until(lambda: self.size() < before, "a worker to be missed")

    def size(self) -> int:
        """Return the number of workers there are."""
        return len(self._client.nthreads())

    def _start(
        self, what: str, words: list[str], folder: str | None = None
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", what, *words, "--host", "127.0.0.1"],
            cwd=folder or ROOT,  # `python -m` imports the program from where it stands
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def end(self) -> None:
        """Kill what is still there."""
        self._client.close(timeout=2)
        for process in reversed(self._processes):
            process.kill()
            process.wait()


def _until(true: Callable[[], bool], what: str) -> None:
    for _ in range(1200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    subprocess.run([*PROGRAM, "new", "shop"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    there = Cluster(tmp_path)
    yield there
    there.end()


def _compare(desk: Path, out: str, *words: str) -> subprocess.Popen[str]:
    line = [*PROGRAM, "compare", "shop.yaml", *SMALL, "--no-figures", "--out", out, *words]
    return subprocess.Popen(
        line, cwd=desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _landed(desk: Path, out: str) -> int:
    return len(list((desk / out).glob("*/runs/*.parquet")))


def _tables(desk: Path, out: str) -> dict[str, bytes]:
    (folder,) = (path for path in (desk / out).iterdir() if path.is_dir())
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_workers_die_and_join_and_leave_no_trace(desk: Path, cluster: Cluster) -> None:
    here = _compare(desk, "here", "--replicates", "60", "--jobs", "2")
    assert here.wait(timeout=300) == 0
    first, second = cluster.worker(), cluster.worker()
    there = _compare(desk, "there", "--replicates", "60", "--cluster", cluster.address)
    _until(lambda: _landed(desk, "there") > 20 or there.poll() is not None, "runs to land")
    cluster.kill(first)
    cluster.worker()
    cluster.kill(second)  # from here on the third is alone
    landed = _landed(desk, "there")
    _, said = there.communicate(timeout=300)
    assert there.returncode == 0, said
    assert 20 < landed < 100, "the workers died too late to matter"
    assert _tables(desk, "there") == _tables(desk, "here")


def test_a_dead_scheduler_ends_the_command_which_goes_on_elsewhere(
    desk: Path, cluster: Cluster
) -> None:
    cluster.worker()
    cut = _compare(desk, "cut", "--replicates", "40", "--cluster", cluster.address)
    _until(lambda: _landed(desk, "cut") > 5 or cut.poll() is not None, "runs to land")
    cluster.scheduler.send_signal(signal.SIGKILL)
    out, said = cut.communicate(timeout=30)
    assert cut.returncode == 3, said
    assert out == ""
    assert len(said.splitlines()) == 1
    # Whichever is seen first: the broken connection, or that nobody answers.
    assert "its scheduler went away" in said or "its scheduler no longer answers" in said
    assert "the same command goes on" in said
    kept = _landed(desk, "cut")
    for place in ("cut", "uncut"):
        assert _compare(desk, place, "--replicates", "40", "--jobs", "2").wait(timeout=300) == 0
    assert 5 < kept < 80
    assert _tables(desk, "cut") == _tables(desk, "uncut")


def test_a_run_that_keeps_killing_its_worker_fails_alone(cluster: Cluster) -> None:
    for _ in range(2):
        cluster.worker(nanny=True)
    study = load_study(str(ROOT / "scenarios" / "board.yaml"))
    specs = specs_for(study, range(4), organisations=study.organisations[:1])
    kept: list[str] = []
    with ClusterWorkers(cluster.address) as workers:
        statuses = run_many(
            specs, on_done=lambda spec, result: kept.append(result), workers=workers, execute=deadly
        )
    assert [status.status for status in statuses] == [DONE, FAILED, DONE, DONE]
    assert "died 3 times" in statuses[1].reason
    assert sorted(kept) == ["0", "2", "3"]


def test_without_workers_it_gives_up(cluster: Cluster) -> None:
    said: list[str] = []
    with pytest.raises(MachineRefusal, match="has no workers"):
        ClusterWorkers(cluster.address, said.append, patience=1.0)
    assert said == [f"waiting for workers of {cluster.address}, at most 1 s"]


def test_a_cluster_that_loses_all_its_workers_is_lost(cluster: Cluster) -> None:
    only = cluster.worker()
    study = load_study(str(ROOT / "scenarios" / "board.yaml"))
    specs = specs_for(study, [1], organisations=study.organisations[:1])
    with (
        ClusterWorkers(cluster.address, patience=3.0) as workers,
        pytest.raises(ClusterLost, match="no workers to use for 3 s"),
    ):
        run_many(specs, workers=workers, execute=deadly)
    assert only.wait(timeout=10) == 9


def test_a_scheduler_that_falls_silent_is_dead(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.worker()
    with ClusterWorkers(cluster.address) as workers:
        monkeypatch.setattr("sim.running.cluster.SILENCE_SECONDS", 2.0)
        cluster.scheduler.send_signal(signal.SIGSTOP)
        with pytest.raises(ClusterLost, match="no longer answers"):
            workers.open().submit(len, "abc").result(timeout=30)
    cluster.scheduler.send_signal(signal.SIGCONT)


def test_an_address_where_nobody_answers_is_the_machines_refusal(desk: Path) -> None:
    begun = time.monotonic()
    lost = _compare(desk, "nobody", "--cluster", "tcp://127.0.0.1:9")
    out, said = lost.communicate(timeout=60)
    assert (lost.returncode, out) == (4, "")
    assert said.startswith("No cluster answers at tcp://127.0.0.1:9")
    assert time.monotonic() - begun < CONNECT_SECONDS + 25


def test_the_address_of_a_worker_is_no_schedulers(cluster: Cluster) -> None:
    cluster.worker()
    (address,) = cluster._client.nthreads()
    with pytest.raises(MachineRefusal, match="is a worker, not a scheduler"):
        ClusterWorkers(address)


def _other_version(folder: Path) -> Path:
    """Return a folder with this program, but for one line in its engine."""
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    with (folder / "sim" / "money.py").open("a", encoding="utf-8") as file:
        file.write("# other\n")
    return folder


def test_a_late_worker_of_another_version_is_left_alone(
    desk: Path, cluster: Cluster, tmp_path: Path
) -> None:
    here = _compare(desk, "calm", "--replicates", "60", "--jobs", "2")
    assert here.wait(timeout=300) == 0
    cluster.worker()
    there = _compare(desk, "mixed", "--replicates", "60", "--cluster", cluster.address)
    _until(lambda: _landed(desk, "mixed") > 5 or there.poll() is not None, "runs to land")
    other = cluster.worker(python_path=str(_other_version(tmp_path / "other")))
    landed = _landed(desk, "mixed")
    _, said = there.communicate(timeout=300)
    assert there.returncode == 0, said
    assert landed < 200, "the worker joined too late to matter"
    (line,) = (line for line in said.splitlines() if "not used" in line)
    assert "has joined and is not used: it runs standing" in line
    assert other.poll() is None, "somebody else's worker was ended"
    assert _tables(desk, "mixed") == _tables(desk, "calm")


def test_a_worker_of_another_version_is_refused_at_the_start(
    desk: Path, cluster: Cluster, tmp_path: Path
) -> None:
    cluster.worker()
    cluster.worker(python_path=str(_other_version(tmp_path / "other")))
    strange = _compare(desk, "other", "--cluster", cluster.address)
    out, said = strange.communicate(timeout=60)
    assert (strange.returncode, out) == (4, ""), said
    assert "Numbers of two versions must not be mixed" in said


def test_workers_with_too_little_memory_are_refused_or_left_alone(
    desk: Path, cluster: Cluster
) -> None:
    cluster.worker(memory="64MB")
    small = _compare(desk, "small", "--cluster", cluster.address)
    out, said = small.communicate(timeout=60)
    assert (small.returncode, out) == (4, ""), said
    assert "has too little memory: a run of 1,700 people" in said
    assert "may use 61 MB" in said
    assert "--memory-limit" in said


def test_a_small_worker_that_joins_late_is_left_alone(cluster: Cluster) -> None:
    cluster.worker()
    study = load_study(str(ROOT / "scenarios" / "board.yaml"))
    said: list[str] = []
    with ClusterWorkers(cluster.address, said.append, need=memory_need(study)) as workers:
        cluster.worker(memory="64MB")
        _until(lambda: bool(said), "a word about the small worker")
        assert workers.size == 1
        cluster.worker()
        _until(lambda: workers.size == 2, "the next one to be used")
    assert "too little memory" in said[0]
    assert len(said) == 1


def test_workers_without_the_program_are_refused(desk: Path, cluster: Cluster) -> None:
    cluster.worker(python_path=str(desk))
    strange = _compare(desk, "strange", "--cluster", cluster.address)
    out, said = strange.communicate(timeout=60)
    assert (strange.returncode, out) == (4, ""), said
    assert "without this program" in said
    assert _landed(desk, "strange") == 0


def test_words_that_are_no_address_or_one_too_many(desk: Path) -> None:
    for words, about in (
        (["--cluster", "here"], "is not an address such as tcp://127.0.0.1:8786"),
        (["--cluster", "tcp://127.0.0.1:9", "--jobs", "2"], "not allowed with"),
    ):
        refused = _compare(desk, "words", *words)
        _, said = refused.communicate(timeout=60)
        assert refused.returncode == 2
        assert about in said


def test_without_the_extra_it_says_what_to_install(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError\n")
    line = [*PROGRAM, "compare", "shop.yaml", *SMALL, "--out", "bare"]
    done = subprocess.run(
        [*line, "--cluster", "tcp://127.0.0.1:9"],
        cwd=desk,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "standing[cluster]" in done.stderr
