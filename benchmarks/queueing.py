"""What a customer through a network of queues costs: the engine against SimPy and Ciw.

All run the same network (see `benchmarks.queues.network`): arrivals, journeys over several
stations, work, patience, hand-offs and horizon. Each library is used as its manual says, and
once more in a way that spares it something. Runs are interleaved on one core and timed in
seconds of the processor, so that what others do on a shared machine counts less. Building
the models is not timed, but the ratio with it is printed besides, for the engine draws all
needs then and the libraries as they go; the weekly management of the engine, which the
libraries know nothing of, is part of its time.

Steps are about as many as in the bundled study with 20,000 customers in two years. Ciw takes
a minute for them, and all pairs some seven.

Before anything is compared all must agree on how many come through, on waits and on who
abandons, and with the closed form where there is one.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from benchmarks.plain_mesa import machine, on_one_core, positive
from benchmarks.queues import by_ciw, by_engine, by_simpy
from benchmarks.queues.network import Network, Outcome, closed_form, sized

ENGINE = "engine"
CIW_AT_ONCE = "Ciw, no delay"
LIBRARIES: dict[str, Callable[[Network, int], Outcome]] = {
    "SimPy": partial(by_simpy.run, by_the_book=True),
    "SimPy, spared races": by_simpy.run,
    "Ciw": by_ciw.run,
    CIW_AT_ONCE: partial(by_ciw.run, at_once=True),
}
ENGINE_RUNS = 8
"""The engine's runs in a pair; their median counts, for they are short."""
FARTHEST = 5.0
"""Standard errors that two may be apart."""

Runs = dict[str, list[Outcome]]


def run_pair(network: Network, number: int) -> Runs:
    """Run the engine some times and each library once, each with luck of its own."""
    first = number * ENGINE_RUNS
    runs = {ENGINE: [by_engine.run(network, first + place) for place in range(ENGINE_RUNS)]}
    return runs | {name: [run(network, number)] for name, run in LIBRARIES.items()}


def gathered(pairs: list[Runs]) -> Runs:
    """Return the runs of all pairs by who made them."""
    return {name: [run for pair in pairs for run in pair[name]] for name in pairs[0]}


def means(runs: list[Outcome]) -> dict[str, float]:
    """Return the mean of each measure."""
    rows = [run.measures() for run in runs]
    return {name: statistics.fmean(row[name] for row in rows) for name in rows[0]}


def distances(network: Network, pairs: list[Runs]) -> dict[str, dict[str, float]]:
    """Return how far each is from the engine, and the engine from the closed form.

    In standard errors of the difference. The engine's runs are cheap, so that there are
    enough of them to tell the spread of one run; the same network has the same spread
    whoever simulates it.
    """
    runs = gathered(pairs)
    rows = [run.measures() for run in runs[ENGINE]]
    spread = {name: statistics.stdev(row[name] for row in rows) for name in rows[0]}
    found = means(runs[ENGINE])
    apart: dict[str, dict[str, float]] = {}
    for name in LIBRARIES:
        share = math.sqrt(1.0 / len(rows) + 1.0 / len(runs[name]))
        other = means(runs[name])
        apart[name] = {key: (other[key] - found[key]) / (spread[key] * share) for key in found}
    error = {key: spread[key] / math.sqrt(len(rows)) for key in spread}
    known = closed_form(network)
    apart["closed form"] = {key: (known[key] - found[key]) / error[key] for key in known}
    return apart


def disagreements(network: Network, pairs: list[Runs]) -> list[str]:
    """Return who is too far from the engine, and in what.

    Ciw without the hour of a hand-off is another network and is not judged.
    """
    return [
        f"{name}: {measure} is {distance:+.1f} standard errors from the engine's"
        for name, row in distances(network, pairs).items()
        for measure, distance in row.items()
        if name != CIW_AT_ONCE and not abs(distance) <= FARTHEST
    ]


def agreement(network: Network, pairs: list[Runs]) -> list[str]:
    """Return a table of the measures, with distances in standard errors in brackets."""
    runs = gathered(pairs)
    found, apart = means(runs[ENGINE]), distances(network, pairs)
    rows: dict[str, dict[str, float]] = {ENGINE: found}
    rows |= {name: means(runs[name]) for name in LIBRARIES}
    rows["closed form"] = closed_form(network)
    lines = [f"{'':<21}" + "".join(f"{name:>20}" for name in found)]
    for who, row in rows.items():
        cells = []
        for name in found:
            digits = 0 if name == "completed" else 4
            value = f"{row[name]:,.{digits}f}" if name in row else ""
            near = f" ({apart[who][name]:+.1f})" if name in apart.get(who, {}) else " " * 7
            cells.append(f"{value + near:>20}")
        lines.append(f"{who:<21}" + "".join(cells))
    return lines


def each(runs: list[Outcome], of: Callable[[Outcome], float]) -> float:
    """Return the median of microseconds a case."""
    return statistics.median(1e6 * of(run) / run.needs for run in runs)


def ratios(pairs: list[Runs], name: str, of: Callable[[Outcome], float]) -> str:
    """Return the median ratio of a library's cost for each case to the engine's, and its range."""
    found = [each(pair[name], of) / each(pair[ENGINE], of) for pair in pairs]
    return f"{statistics.median(found):.0f} ({min(found):.0f} to {max(found):.0f})"


def report(network: Network, pairs: list[Runs]) -> str:
    """Return the tables of all pairs."""
    runs = gathered(pairs)
    servers = ", ".join(f"{count} in {name}" for name, count in network.servers.items())
    lines = [
        f"{network.customers:,} customers, {network.days} days; {servers}",
        f"{machine()}, SimPy {version('simpy')}, Ciw {version('ciw')}; one core",
        "",
        *agreement(network, pairs),
        "",
        f"{'':<21}{'cases':>9}{'served':>9}{'seconds':>9}{'µs a case':>11}"
        f"{'ratio':>18}{'days alone':>18}{'with building':>18}",
    ]
    for name, mine in runs.items():
        cases = statistics.median(run.needs for run in mine)
        served = statistics.median(run.served for run in mine)
        seconds = statistics.median(run.seconds for run in mine)
        cost = each(mine, lambda run: run.seconds)
        line = f"{name:<21}{cases:>9,.0f}{served:>9,.0f}{seconds:>9.2f}{cost:>11.2f}"
        if name != ENGINE:
            line += "".join(
                f"{ratios(pairs, name, of):>18}"
                for of in (
                    lambda run: run.seconds,
                    lambda run: run.days,
                    lambda run: run.building + run.seconds,
                )
            )
        lines.append(line)
    part = statistics.median(run.days / run.seconds for run in runs[ENGINE])
    return "\n".join(
        [
            *lines,
            "",
            "Medians; of ratios over pairs, with the lowest and the highest. In brackets above:",
            "standard errors from the engine's mean. The days are "
            f"{part:.0%} of the engine's time,",
            "the weekly management is the rest.",
        ]
    )


def main() -> int:
    """Measure and print; return 1 if they disagree, for then there is nothing to compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=positive, default=20_000, help="default 20000")
    parser.add_argument("--days", type=positive, default=520, help="default 520")
    parser.add_argument("--load", type=float, default=0.95, help="but of the front, default .95")
    parser.add_argument("--pairs", type=positive, default=3, help="interleaved, default 3")
    asked = parser.parse_args()
    on_one_core()
    by_engine.run(sized(200, 20, asked.load), 0)  # compiles what is not compiled yet
    network = sized(asked.customers, asked.days, asked.load)
    pairs = []
    for number in range(asked.pairs):
        pairs.append(run_pair(network, number))
        if sys.stderr.isatty():
            print(f"pair {number + 1} of {asked.pairs}", end="\r", file=sys.stderr)
    print(report(network, pairs))
    wrong = disagreements(network, pairs)
    if wrong:
        print("\n".join(["They disagree:", *wrong]), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
