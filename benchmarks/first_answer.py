"""How long a strategist waits for the first answer after a lever was moved on the what-if page.

``python -m benchmarks.first_answer`` starts the page on the bundled study, moves a lever twenty
times, each time to a value that nobody has asked for, in the midst of the runs of the question
before, and prints the median of the times from the change to the first answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from queue import Queue
from typing import Any

from benchmarks.page_served import ROOT, Served, served

MOST_SECONDS = 2.0
_LEVERS = ("authority", "incentives.shared_journey_weight", "incentives.handle_time_weight")
_PAUSE_SECONDS = 1.5
_WINDOW = "window-of-the-benchmark"


def main() -> int:
    """Time first answers; return 1 if half of them take longer than they should."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--changes", type=int, default=20)
    number = parser.parse_args().changes
    with tempfile.TemporaryDirectory() as desk, served(["--out", desk], ROOT) as page:
        waits = list(waited(page, number))
    median = statistics.median(waits)
    for name, value in (("median", median), ("least", min(waits)), ("most", max(waits))):
        print(f"{name} of {number} lever changes: {value:.2f} s")
    print(f"{sum(wait <= MOST_SECONDS for wait in waits)} within {MOST_SECONDS:g} s")
    return int(median > MOST_SECONDS)


def waited(page: Served, number: int) -> list[float]:
    """Return the seconds from each of so many changes to its first answer."""
    told: Queue[tuple[float, dict[str, Any]]] = Queue()

    def listen() -> None:
        for kind, said in page.heard(_WINDOW):
            if kind == "answer":
                told.put((time.perf_counter(), said))

    threading.Thread(target=listen, daemon=True).start()
    page.ask(0, {"pair": ["siloed", "hybrid"]}, _WINDOW)
    told.get(timeout=300)  # the engine is loaded
    waits = []
    for mark in range(1, number + 1):
        time.sleep(_PAUSE_SECONDS)
        value = round(0.05 + 0.9 * mark / (number + 1), 4)
        # Both org models move, so that neither is known from before.
        changes = [
            {"side": side, "path": _LEVERS[mark % len(_LEVERS)], "value": value + 0.001 * at}
            for at, side in enumerate("ab")
        ]
        begun = time.perf_counter()
        page.ask(mark, {"pair": ["siloed", "hybrid"], "changes": changes}, _WINDOW)
        waits.append(_until(told, mark) - begun)
    return waits


def _until(told: Queue[tuple[float, dict[str, Any]]], mark: int) -> float:
    """Return when the first answer to a question came."""
    while True:
        at, said = told.get(timeout=120)
        if said["question"] == mark:
            return at


if __name__ == "__main__":
    sys.exit(main())
