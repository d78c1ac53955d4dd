"""How many instructions the day kernel takes for a visit, as callgrind counts them.

``python -m benchmarks.instructions`` runs the bundled study's baseline in valgrind, twice: up
to the same week, and from there through many weeks' ticks in one call. The difference is the
work of that call, on a noisy machine as on a quiet one; start-up, which differs by some ten
million instructions from one time to the next, is small beside it. (Needs valgrind, whose
processor has no wide vectors: rules are compiled once more for an older one, so counts
compare with one another and not with other machines' clocks.)
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess  # valgrind and this interpreter are started  # nosec B404
import sys
import tempfile
from pathlib import Path

PROCESSOR = "haswell"
WORK = """
import json, sys
import numpy as np
from sim.reading.loader import load_study
from sim.model import EnterpriseModel
from sim.day.pipeline import TICKS_DONE, run_ticks
from sim.state.tallies import TOUCH_VISITS
customers, weeks, more = json.loads(sys.argv[1])
changes = [f"market.customers={customers}", f"market.prospects={customers // 7}",
           "design.warm_up_days=0", "design.horizon_days=520"]
study = load_study("scenarios/board.yaml", overrides=changes)
model = EnterpriseModel(study, study.organisations[0])
for _ in range(weeks):
    model.step()
before = int(model.state.touch_tallies[:, TOUCH_VISITS].sum())
ticks = more * 5 * study.design.ticks_per_day
tick, reason = run_ticks(model.state, model.tick, model.tick + ticks)
assert reason == TICKS_DONE
print(int(model.state.touch_tallies[:, TOUCH_VISITS].sum()) - before)
"""


def run(weeks: int, more: int, customers: int, counted: bool) -> tuple[int, int]:
    """Return the visits of the one call, and all instructions of the process if counted."""
    environment = os.environ | {
        "NUMBA_CPU_NAME": PROCESSOR,
        "NUMBA_CPU_FEATURES": "",
        "PYTHONHASHSEED": "0",  # the same start-up, as far as that goes
    }
    command = [sys.executable, "-c", WORK, json.dumps([customers, weeks, more])]
    with tempfile.TemporaryDirectory() as desk:
        out = Path(desk) / "counts"
        if counted:
            valgrind = str(shutil.which("valgrind"))
            command = [valgrind, "--tool=callgrind", f"--callgrind-out-file={out}", *command]
        done = subprocess.run(  # noqa: S603 # nosec B603
            command, env=environment, check=True, capture_output=True, text=True
        )
        found = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M) if counted else None
    return int(done.stdout), int(found[1]) if found else 0


def instructions_a_visit(customers: int, weeks: int, more: int) -> tuple[float, int]:
    """Return instructions for each visit served or automated, and how many visits there were.

    Parameters
    ----------
    customers : int
        Customers of the firm.
    weeks : int
        Weeks before what is counted.
    more : int
        Weeks' ticks that are counted.
    """
    run(weeks, more, customers, counted=False)  # compiles
    visits, all_of_it = run(weeks, more, customers, counted=True)
    _, before = run(weeks, 0, customers, counted=True)
    return (all_of_it - before) / visits, visits


def main() -> int:
    """Count and print; return 4 if there is no valgrind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--more", type=int, default=90)
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("valgrind is not installed", file=sys.stderr)
        return 4
    each, visits = instructions_a_visit(options.customers, options.weeks, options.more)
    print(f"day kernel: {each:,.0f} instructions a visit ({visits:,} visits, {PROCESSOR})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
