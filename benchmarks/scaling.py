"""How cost and memory grow with customers and with the horizon.

``python -m benchmarks.scaling`` runs the bundled study's baseline, each run in a process of its
own that has compiled its rules: cost for each served touchpoint with many customers against few;
a horizon twice as long with half as many needs a year against the horizon as it is; and the
peak memory that each customer adds, demand included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess  # each run has a process of its own  # nosec B404
import sys
from dataclasses import dataclass
from pathlib import Path

from sim.reading.loader import load_study

STUDY = Path(__file__).resolve().parents[1] / "scenarios" / "board.yaml"

WORK = """
import json, resource, sys, time
from sim.reading.loader import load_study
from sim.model import EnterpriseModel
from sim.results.measures import measures
from sim.state.tallies import TOUCH_VISITS
study, overrides = json.loads(sys.argv[1])
small = load_study(study, overrides=[*overrides, "market.customers=10000", "market.prospects=1000"])
model = EnterpriseModel(small, small.organisations[0])
model.run_model()  # compiles, or loads what is compiled
measures(model)
study = load_study(study, overrides=overrides)
model = EnterpriseModel(study, study.organisations[0])
begun = time.perf_counter()
model.run_model()
seconds = time.perf_counter() - begun
measures(model)
visits = int(model.state.touch_tallies[:, TOUCH_VISITS].sum())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([seconds, visits, peak, len(model.state.demand)]))
"""


@dataclass(frozen=True)
class Run:
    """Seconds of a run without building it, its visits, peak memory in bytes, and its needs."""

    seconds: float
    visits: int
    peak: int
    needs: int


def run(overrides: list[str]) -> Run:
    """Run the baseline with some values of the study changed."""
    command = [sys.executable, "-c", WORK, json.dumps([str(STUDY), overrides])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 # nosec B603
    return Run(*json.loads(done.stdout))


def sized(customers: int, *more: str) -> list[str]:
    """Return the changes that give the firm a number of customers, prospects in proportion."""
    return [f"market.customers={customers}", f"market.prospects={customers // 7}", *more]


def twice_as_long() -> list[str]:
    """Return the changes that double every span of time and halve every rate of needs."""
    study = load_study(str(STUDY))
    design = study.design
    spans = {"horizon_days": design.horizon_days, "warm_up_days": design.warm_up_days}
    longer = [f"design.{name}={2 * days}" for name, days in spans.items()]
    rates = [
        f"market.segments.{name}.needs_per_year.{journey}={rate / 2}"
        for name, segment in study.market.segments.items()
        for journey, rate in segment.needs_per_year.items()
    ]
    return [*longer, *rates]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--long", type=int, default=100_000, help="customers of the long run")
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    ratios, longer = [], []
    for _ in range(options.pairs):
        few, many = (run(sized(number)) for number in (options.few, options.many))
        ratios.append(many.seconds / many.visits * few.visits / few.seconds)
        once, twice = run(sized(options.long)), run(sized(options.long, *twice_as_long()))
        longer.append(twice.seconds / once.seconds * once.needs / twice.needs)
    each = (many.peak - few.peak) / (options.many - options.few)
    print(
        f"cost a served touchpoint, {options.many:,} customers ÷ {options.few:,}: "
        f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(
        f"horizon and warm-up twice as long, as many needs, {options.long:,} customers: "
        f"{statistics.median(longer):.3f} ({min(longer):.3f} to {max(longer):.3f})"
    )
    print(
        f"peak memory for each customer more: {each:.0f} bytes "
        f"({many.needs / options.many:.1f} needs each, {many.peak / 2**20:,.0f} MiB in all)"
    )


if __name__ == "__main__":
    main()
