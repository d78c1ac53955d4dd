"""What ten thousand short runs cost beyond the runs themselves: time and memory.

``python -m benchmarks.many_runs [--runs N] [--jobs N] [--most MS]``. A run here is a
stand-in that hands back a finished table at once, so that what remains is the price of looking
after it: packing,
sending, naming, writing, and joining all tables at the end. The comparison of the joined table
is measured apart: it grows with the number of runs, as its input does.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from analysis.comparison.pairing import compare_measures
from benchmarks.stand_in import BOARD, SHORT, stand_in
from sim.keeping import manifest, store
from sim.reading.loader import load_study
from sim.runner import RunSpec
from sim.running.batch import DONE, run_many, specs_for
from sim.study.study import Study


class Memory:
    """The most memory this process held, second by second."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.seen: list[int] = []
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            self.seen.append(self.now())
            time.sleep(0.25)

    def now(self) -> int:
        """Return the megabytes held now."""
        return int(self._process.memory_info().rss >> 20)


def seconds_alone(study: Study, specs: Sequence[RunSpec]) -> float:
    """Return what a stand-in takes by itself, once each org model has had one."""
    for model in study.organisations:
        stand_in(RunSpec(study, model, 0))
    begun = time.perf_counter()
    for spec in specs:
        stand_in(spec)
    return (time.perf_counter() - begun) / len(specs)


def main() -> int:
    """Measure, print one JSON object; fail if looking after a run costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--most", type=float, default=3.0, help="milliseconds a run may cost")
    options = parser.parse_args()
    study = load_study(str(BOARD), overrides=list(SHORT))
    specs = specs_for(study, range(options.runs // len(study.organisations)))
    alone = seconds_alone(study, specs[:200])
    memory = Memory()
    with tempfile.TemporaryDirectory() as scratch:
        begun_manifest = manifest.begin(study, study_file=str(BOARD))
        with store.open_folder(Path(scratch), study, begun_manifest) as folder:
            held: list[int] = []
            times = [time.perf_counter()]
            missing = [spec for spec in specs if not folder.holds(spec)]

            def keep(spec: RunSpec, packed: store.PackedRun) -> None:
                folder.save(spec, packed)
                if spec.replicate % max(len(specs) // 40, 1) == 0:
                    held.append(memory.now())

            statuses = run_many(missing, options.jobs, keep, execute=stand_in)
            times.append(time.perf_counter())
            folder.join("measures.parquet", statuses)
            times.append(time.perf_counter())
            joined = memory.now()
            table = folder.measures(statuses)
            compare_measures(table, study.baseline)
            times.append(time.perf_counter())
            size = sum(path.stat().st_size for path in (folder.path / "runs").iterdir())
            whole = (folder.path / "measures.parquet").stat().st_size
    ran, join, comparison = (after - before for before, after in itertools.pairwise(times))
    runs = len(specs)
    overhead = 1000 * ((ran + join) / runs - alone / options.jobs)
    print(
        json.dumps(
            {
                "runs": runs,
                "jobs": options.jobs,
                "stand_in_ms": round(1000 * alone, 2),
                "run_and_keep_ms": round(1000 * ran / runs, 2),
                "join_ms": round(1000 * join / runs, 2),
                "overhead_ms": round(overhead, 2),
                "compare_seconds": round(comparison, 1),
                "memory_mb_on_the_way": held,
                "memory_mb_joined": joined,
                "memory_mb_most": max(memory.seen),
                "bytes_of_runs_each": size // runs,
                "bytes_of_measures_each": whole // runs,
            }
        )
    )
    done = all(status.status == DONE for status in statuses)
    return 0 if done and overhead <= options.most else 1


if __name__ == "__main__":
    sys.exit(main())
