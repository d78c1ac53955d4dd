"""How much faster two worker processes are than one.

``python -m benchmarks.two_workers`` runs the bundled study's org models over some replicates in
this process, and then in a pool of two that has loaded its rules; in turn, several times. The
tables must be the same.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import pandas as pd

from benchmarks.plain_mesa import STUDY, machine, positive
from sim.reading.loader import load_study
from sim.runner import RunResult, RunSpec
from sim.running.batch import run_many, specs_for
from sim.running.workers import LocalWorkers

LEAST_SECONDS = 60.0
"""Serial work below which starting and ending would weigh too much."""


def timed(specs: list[RunSpec], workers: LocalWorkers | None) -> tuple[float, pd.DataFrame]:
    """Return the seconds that runs took, and their measures in the order of `specs`."""
    tables: dict[tuple[str, int], pd.DataFrame] = {}

    def keep(spec: RunSpec, result: RunResult) -> None:
        tables[spec.organisation.organisation, spec.replicate] = result.measures

    begun = time.perf_counter()
    jobs = 1 if workers is None else workers.size
    run_many(specs, jobs, keep, workers=workers)
    seconds = time.perf_counter() - begun
    ordered = [tables[spec.organisation.organisation, spec.replicate] for spec in specs]
    return seconds, pd.concat(ordered, ignore_index=True)


def main() -> int:
    """Measure and print; return 1 if the work was too short to tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replicates", type=positive, default=16)
    parser.add_argument("--pairs", type=positive, default=3)
    options = parser.parse_args()
    study = load_study(str(STUDY))
    specs = specs_for(study, range(options.replicates))
    ratios, serial = [], []
    with LocalWorkers(2) as pool:
        warm = specs_for(study, range(options.replicates, options.replicates + 2))
        timed(warm, None)
        timed(warm, pool)
        for _ in range(options.pairs):
            alone, table = timed(specs, None)
            together, same = timed(specs, pool)
            if not table.equals(same):
                sys.exit("One process and two disagree.")
            ratios.append(alone / together)
            serial.append(alone)
    print(machine())
    print(
        f"{len(specs)} runs, {statistics.median(serial):.0f} s in one process: two workers are "
        f"{statistics.median(ratios):.2f} x as fast ({min(ratios):.2f} to {max(ratios):.2f}, "
        f"{len(ratios)} pairs)"
    )
    return 0 if min(serial) >= LEAST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
