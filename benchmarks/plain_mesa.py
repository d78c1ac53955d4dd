"""What a served touchpoint costs: the engine against plain Mesa models of the same rules.

All run the same study with the same demand table, draws and weekly management (the
management is the same code in all, and its time is part of all); what differs is how
the days are worked: compiled rules over arrays, or Python over one ordinary Mesa agent
a customer and one object a case. Of the plain models one visits only whom something happens
to, the other steps every customer every day. The engine runs in a process of its own,
interleaved on the same core, and all must end with the same bits. Building the models is
not timed.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import mesa
import numba

from benchmarks.agreement import disagreements
from benchmarks.plain.model import NaiveModel, PlainModel
from benchmarks.stopwatch import days_timed
from sim.model import EnterpriseModel
from sim.reading.loader import load_study
from sim.study.study import Study

STUDY = Path(__file__).parents[1] / "scenarios" / "board.yaml"
ENGINE_RUNS = 12
"""The engine's runs beside a plain model's, spread evenly over it."""


@dataclass(frozen=True)
class Timing:
    """Seconds of one run: all of it, and the days without the weekly management."""

    total: float
    days: float


@dataclass(frozen=True)
class Race:
    """One run of a plain model, and the mean of the engine's runs beside it."""

    engine: Timing
    plain: Timing


@dataclass(frozen=True)
class Pair:
    """The engine beside either plain model, and the visits that all of them made."""

    visiting: Race
    naive: Race
    served: int
    automated: int
    ticks: int


def scaled(study: Study, customers: int, days: int) -> Study:
    """Return a study with another number of customers and another horizon.

    Parameters
    ----------
    study : Study
        Its prospects are scaled in proportion.
    customers, days : int
        Customers at the start, and days of the window.
    """
    prospects = round(study.market.prospects * customers / study.market.customers)
    market = study.market.model_copy(update={"customers": customers, "prospects": prospects})
    design = study.design.model_copy(update={"horizon_days": days})
    return study.model_copy(update={"market": market, "design": design})


def timed(model: EnterpriseModel) -> Timing:
    """Run a model and return how long it took."""
    gc.collect()  # what an earlier run left behind is not for this one to clear away
    with days_timed(model) as days:
        start = time.perf_counter()
        model.run_model()
        return Timing(time.perf_counter() - start, days.seconds)


@cache
def board(customers: int, days: int) -> Study:
    """Return the bundled study in a size."""
    return scaled(load_study(STUDY), customers, days)


def engine_alone(customers: int, days: int) -> Timing:
    """Run the engine; in a process of its own, which no other model's memory is in."""
    study = board(customers, days)
    return timed(EnterpriseModel(study, study.organisations[0]))


def race(plain: PlainModel, run_engine: Callable[[], Timing]) -> Race:
    """Run a plain model, and the engine every so many of its weeks.

    A shared machine is fast for a while and slow for a while, and both are to have their part
    of either.
    """
    seconds, engines = 0.0, []
    until, a_part = 0.0, plain.last_tick / ENGINE_RUNS
    with days_timed(plain) as days:
        while plain.tick < plain.last_tick:
            if plain.tick >= until:
                engines.append(run_engine())
                until += a_part
            start = time.perf_counter()
            plain.step()
            seconds += time.perf_counter() - start
    mean = Timing(
        statistics.fmean(timing.total for timing in engines),
        statistics.fmean(timing.days for timing in engines),
    )
    return Race(mean, Timing(seconds, days.seconds))


def run_pair(study: Study, run_engine: Callable[[], Timing]) -> Pair:
    """Run either plain model once with the engine beside it.

    Raises
    ------
    SystemExit
        If a plain model and the engine disagree: then there is nothing to compare.
    """
    engine = EnterpriseModel(study, study.organisations[0])
    engine.run_model()
    races = []
    for kind in (PlainModel, NaiveModel):
        gc.collect()
        plain = kind(study, study.organisations[0])
        races.append(race(plain, run_engine))
        different = disagreements(engine, plain)
        if different:
            sys.exit(f"The engine and {kind.__name__} disagree about: {', '.join(different)}.")
        served = sum(desk.served for desk in plain.desks)
        automated = plain.days.counts["automated"]
        ticks = plain.last_tick
        plain.release()
    return Pair(*races, served, automated, ticks)


def machine() -> str:
    """Return the processor's name and the versions that matter."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line for line in cpuinfo.read_text().splitlines() if line[:10] == "model name"]
        name = models[0].split(":")[1].strip() if models else name
    return (
        f"{name}, {platform.system()} {platform.machine()}; Python {platform.python_version()}, "
        f"Mesa {mesa.__version__}, numba {numba.__version__}"
    )


def on_one_core() -> None:
    """Keep this process to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def report(study: Study, pairs: list[Pair]) -> str:
    """Return the table of all pairs."""
    design, market, levers = study.design, study.market, study.organisations[0]
    served, automated, ticks = pairs[0].served, pairs[0].automated, pairs[0].ticks
    lines = [
        f"{market.customers:,} customers and {market.prospects:,} prospects, {design.horizon_days} "
        f"days after {design.warm_up_days} of warm-up and before {design.follow_up_days} of "
        f"follow-up, {levers.label or levers.organisation}",
        machine() + "; one core",
        "",
        f"{'':<24}{'served touchpoints':>20}{'seconds':>10}{'µs each':>10}",
    ]
    seconds = {
        "engine, compiled": [pair.visiting.engine.total for pair in pairs],
        "plain Mesa": [pair.visiting.plain.total for pair in pairs],
        "the same, naive": [pair.naive.plain.total for pair in pairs],
    }
    for name, values in seconds.items():
        middle = statistics.median(values)
        lines.append(f"{name:<24}{served:>20,}{middle:>10.2f}{1e6 * middle / served:>10.2f}")
    ratios = {
        "ratio": [pair.visiting.plain.total / pair.visiting.engine.total for pair in pairs],
        "ratio, naive": [pair.naive.plain.total / pair.naive.engine.total for pair in pairs],
        "ratio of the days alone": [
            pair.visiting.plain.days / pair.visiting.engine.days for pair in pairs
        ],
    }
    for name, values in ratios.items():
        spread = f"({min(values):.1f} to {max(values):.1f} over {len(values)} pairs)"
        lines.append(f"{name:<24}{statistics.median(values):>20.1f}   {spread}")
    return "\n".join(
        [
            *lines,
            "",
            f"Visits per tick: {served / ticks:.0f} served by people, {automated / ticks:.0f} "
            f"automated besides ({ticks:,} ticks).",
            "All pairs ended with the same tallies and the same customers, to the last bit.",
            "The weekly management is the same code in both and part of the seconds; the days",
            "alone leave it out. The naive model steps every customer every day, the other one",
            "only whom something happens to.",
        ]
    )


def positive(text: str) -> int:
    """Return a whole number of at least 1 from the command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=positive, default=20_000, help="default 20000")
    parser.add_argument(
        "--days", type=positive, default=520, help="days of the window, default 520"
    )
    parser.add_argument("--pairs", type=positive, default=11, help="interleaved pairs, default 11")
    asked = parser.parse_args()
    on_one_core()
    size = (asked.customers, asked.days)
    study, pairs = board(*size), []
    spawned = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned, initializer=on_one_core) as other:
        other.submit(engine_alone, *size).result()  # compiles what is not compiled yet
        for number in range(asked.pairs):
            pairs.append(run_pair(study, lambda: other.submit(engine_alone, *size).result()))
            if sys.stderr.isatty():
                print(f"pair {number + 1} of {asked.pairs}", end="\r", file=sys.stderr)
    print(report(study, pairs))


if __name__ == "__main__":
    main()
