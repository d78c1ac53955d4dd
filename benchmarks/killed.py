"""A comparison whose main process, or whose workers, are killed again and again.

``python -m benchmarks.killed [--kills N] [--victim main|workers] [--replicates N] [--seed S]``.
The main process is killed with SIGKILL at random moments and started again by the same command;
workers are killed while the command goes on. Either way the tables must have the same bytes as
those of an undisturbed run. (Needs Linux or macOS.)
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess  # the program under test is started  # nosec B404
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "run.py")]
TABLES = ("measures.parquet", "customers.parquet", "comparison.csv", "runs.csv")
# Runs of the starter study that take 50 ms and more.
CHANGES = (
    "market.customers=3000",
    "market.prospects=300",
    "enterprise.functions.sales.heads=5",
    "enterprise.functions.service.heads=5",
    "enterprise.functions.operations.heads=5",
    "design.horizon_days=130",
    "design.warm_up_days=20",
    "design.follow_up_days=20",
)
LONGEST = 600


def command(out: str, replicates: int) -> list[str]:
    """Return the command line, the same at every start."""
    words = [word for change in CHANGES for word in ("--set", change)]
    options = ["--no-figures", "--quiet", "--jobs", "2", "--out", out]
    return [*PROGRAM, "compare", "shop.yaml", *words, *options, "--replicates", str(replicates)]


def tables(parent: Path) -> dict[str, bytes]:
    """Return the tables of the only result folder under `parent`."""
    (folder,) = (path for path in parent.iterdir() if path.is_dir())
    return {name: (folder / name).read_bytes() for name in TABLES}


def landed(parent: Path) -> int:
    """Return how many runs are kept under `parent`."""
    return len(list(parent.glob("*/runs/[!.]*.parquet")))


def start(desk: Path, out: str, replicates: int) -> subprocess.Popen[bytes]:
    """Start the command."""
    return subprocess.Popen(  # noqa: S603 - the program under test  # nosec B603
        command(out, replicates), cwd=desk, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for the command's good end."""
    _, said = process.communicate(timeout=LONGEST)
    if process.returncode != 0:
        raise SystemExit(f"the command ended with {process.returncode}: {said.decode()}")


def kill_main(desk: Path, out: str, replicates: int, kills: int, chance: random.Random) -> int:
    """Kill the main process at random moments; return how often."""
    killed = 0
    while killed < kills:
        before = landed(desk / out)
        process = start(desk, out, replicates)
        # One time in four while it starts, else when it has begun to bring in runs.
        at_work = chance.random() > 1 / 4
        while at_work and landed(desk / out) == before and process.poll() is None:
            time.sleep(0.05)
        time.sleep(chance.uniform(0.0, 1.5))
        if process.poll() is not None:
            raise SystemExit(f"done after {killed} kills: ask for more replicates")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
        print(f"kill {killed}: {landed(desk / out)} tables kept", flush=True)
    finish(start(desk, out, replicates))
    return killed


def kill_workers(desk: Path, out: str, replicates: int, kills: int, chance: random.Random) -> int:
    """Kill workers at random moments of one command; return how many."""
    process = start(desk, out, replicates)
    killed = before = 0
    while killed < kills and process.poll() is None:
        # Workers that bring in runs, not ones that start: a run that three workers died of in a
        # row is a failed one, whoever killed them.
        if landed(desk / out) == before:
            time.sleep(0.05)
            continue
        time.sleep(chance.uniform(0.0, 1.0))
        workers = [
            child
            for child in psutil.Process(process.pid).children()
            if "LokyProcess" in " ".join(child.cmdline())
        ]
        if workers:
            before = landed(desk / out)
            chance.choice(workers).kill()
            killed += 1
            print(f"kill {killed}: {landed(desk / out)} tables kept", flush=True)
    finish(process)
    return killed


def main() -> int:
    """Kill, and compare the bytes of the tables; 0 if they are the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--victim", choices=("main", "workers"), default="main")
    parser.add_argument("--replicates", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        desk = Path(scratch)
        new = [*PROGRAM, "new", "shop"]
        subprocess.run(new, cwd=desk, check=True, capture_output=True)  # noqa: S603  # nosec B603
        kill = kill_main if options.victim == "main" else kill_workers
        chance = random.Random(options.seed)  # noqa: S311 - moments, not secrets  # nosec B311
        killed = kill(desk, "killed", options.replicates, options.kills, chance)
        finish(start(desk, "undisturbed", options.replicates))
        same = tables(desk / "killed") == tables(desk / "undisturbed")
        left = list((desk / "killed").rglob("*.part"))
    print(f"{killed} kills; tables {'identical' if same else 'DIFFERENT'}; {len(left)} halves left")
    return 0 if same and not left and killed == options.kills else 1


if __name__ == "__main__":
    sys.exit(main())
