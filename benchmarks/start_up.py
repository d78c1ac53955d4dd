"""What commands take before they work.

``python -m benchmarks.start_up`` times the help against a bare interpreter, and a tiny
comparison against loading the libraries that it stands on. Each pair is timed in turn,
several times; ratios are of medians. Rules are compiled once before.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess  # commands are timed as a user starts them  # nosec B404
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN = [sys.executable, str(ROOT / "run.py")]
TINY = (
    "market.customers=3000",
    "market.prospects=200",
    "design.horizon_days=20",
    "design.warm_up_days=10",
    "design.follow_up_days=5",
)
COMPARE = [
    *RUN,
    *["compare", "--orgs", "siloed,hybrid", "--replicates", "2", "--jobs", "1", "--quiet"],
    *[word for change in TINY for word in ("--set", change)],
    "--fresh",
]
LIBRARIES = "import numpy, pandas, numba, mesa"
PAIRS = {
    "help ÷ bare interpreter": ([*RUN, "--help"], [sys.executable, "-c", "pass"], 3.0),
    "tiny compare ÷ libraries": (
        [*COMPARE, "--no-figures"],
        [sys.executable, "-c", LIBRARIES],
        2.0,
    ),
    "the same with figures": (COMPARE, [sys.executable, "-c", LIBRARIES], 3.0),
}
"""What is timed, against what, and the ratio that it should not exceed."""


def seconds(command: list[str], desk: str) -> float:
    """Return how long a command takes."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=desk, check=True, capture_output=True)  # noqa: S603  # nosec B603
    return time.perf_counter() - begun


def main() -> int:
    """Time all pairs in turn; return 1 if one takes longer than it should."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=9)
    options = parser.parse_args()
    late = False
    with tempfile.TemporaryDirectory() as desk:
        for name, (command, against, most) in PAIRS.items():
            seconds(command, desk)  # what is cached on disk is there from now on
            both = [(seconds(command, desk), seconds(against, desk)) for _ in range(options.pairs)]
            slow, base = (statistics.median(times) for times in zip(*both, strict=True))
            late |= slow > most * base
            print(
                f"{name}: {slow / base:.2f} ({1000 * slow:.0f} against {1000 * base:.0f} ms; "
                f"at most {most:g})",
                flush=True,
            )
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
