"""Cost per served touchpoint of this checkout against another one, interleaved in one run.

``python -m benchmarks.against_commit FOLDER`` runs each checkout's own bundled study, with the same
customers and days, in turn, each in a process of its own that has compiled its rules and run once
before. A run is timed with its measures, in processor time; the ratio of costs is what counts, for
seconds depend on the machine. ``--org`` is the place of another org model than the baseline,
``--set`` changes the study of both, ``--there`` the other's alone, where keys have other names.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess  # each checkout has a process of its own  # nosec B404
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

WORK = """
import importlib, json, sys, time
from sim.model import EnterpriseModel
def first(name, *homes):
    for home in homes:  # checkouts of different ages have it in different rooms
        try:
            return getattr(importlib.import_module(home), name)
        except ImportError:
            pass
load_study = first("load_study", "sim.reading.loader", "sim.loader")
TOUCH_VISITS = first("TOUCH_VISITS", "sim.state.tallies", "sim.tallies")
measures = first("measures", "sim.results.measures", "sim.recorder")
study = load_study("scenarios/board.yaml", overrides=json.loads(sys.argv[1]))
seconds = []
for turn in range(8):  # the first compiles
    model = EnterpriseModel(study, study.organisations[int(sys.argv[2])])
    begun = time.process_time()
    model.run_model()
    measures(model)
    seconds.append(time.process_time() - begun)
    visits = int(model.state.touch_tallies[:, TOUCH_VISITS].sum())
    model.release()
print(json.dumps([min(seconds[1:]), visits]))
"""


def timed(folder: Path, overrides: list[str], place: int) -> tuple[float, int]:
    """Return the seconds of one run in a checkout, and the touchpoints served in its window."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    # This interpreter, with code from above.
    done = subprocess.run(  # noqa: S603 # nosec B603
        [sys.executable, "-c", WORK, json.dumps(overrides), str(place)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, visits = json.loads(done.stdout)
    return float(seconds), int(visits)


def main() -> int:
    """Time both checkouts in turn and print the ratio of costs per served touchpoint."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--org", type=int, default=0, help="place of the org model in the study")
    parser.add_argument("--set", nargs="*", default=[], help="changes of both studies")
    parser.add_argument("--there", nargs="*", default=[], help="changes of the other's alone")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--most", type=float, help="fail above this ratio")
    options = parser.parse_args()
    overrides = [f"market.customers={options.customers}", "design.warm_up_days=260", *options.set]
    other = options.other.resolve()
    ratios = []
    for pair in range(options.pairs):
        costs = []
        for folder, more in ((HERE, []), (other, options.there)):
            seconds, visits = timed(folder, overrides + more, options.org)
            costs.append(seconds / visits)
            print(f"pair {pair + 1}: {folder.name}: {seconds:.2f} s, {visits:,} touchpoints, "
                  f"{1e9 * costs[-1]:.0f} ns each", flush=True)  # fmt: skip
        ratios.append(costs[0] / costs[1])
    middle = statistics.median(ratios)
    print(f"cost per served touchpoint here ÷ there: median {middle:.2f} "
          f"({min(ratios):.2f} to {max(ratios):.2f}, {len(ratios)} pairs)")  # fmt: skip
    return int(options.most is not None and middle > options.most)


if __name__ == "__main__":
    raise SystemExit(main())
