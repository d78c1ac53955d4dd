"""Many minutes of mixed commands, some of them killed, with nothing lost.

``python -m benchmarks.soak [--minutes M] [--seed S]``. In random order: comparisons that grow,
that are interrupted or killed and go on, that meet another writer, on this machine in one or two
processes; single runs; checks of the study. After each command, whatever was kept before is still
there with the same bytes; at the end every folder's tables have the bytes of a fresh run's.
(Needs Linux or macOS.)
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import random
import signal
import subprocess  # the program under test is started  # nosec B404
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.killed import CHANGES, PROGRAM, TABLES, tables

WORDS = [word for change in CHANGES for word in ("--set", change)]
DONE, INTERRUPTED, REFUSED, KILLED = 0, 130, 4, -signal.SIGKILL


class Desk:
    """A folder with a study, and result folders that must only ever grow."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self.path = path
        self.chance = chance
        self.kept: dict[Path, str] = {}
        self.most: dict[int, int] = {}
        new = [*PROGRAM, "new", "shop"]
        subprocess.run(new, cwd=path, check=True, capture_output=True)  # noqa: S603  # nosec B603

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(  # noqa: S603 - the program under test  # nosec B603
            [*PROGRAM, *words],
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def compare(self, seed: int, replicates: int, out: str = "out") -> list[str]:
        """Return a comparison's words."""
        jobs = str(self.chance.choice((1, 2)))
        words = ["compare", "shop.yaml", *WORDS, "--seed", str(seed), "--jobs", jobs]
        return [*words, "--no-figures", "--quiet", "--out", out, "--replicates", str(replicates)]

    def check_kept(self) -> None:
        """See that every run kept before is there unchanged, and note the new ones."""
        for file, digest in self.kept.items():
            if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
                raise SystemExit(f"{file} has changed")
        for file in self.path.glob("out/*/runs/[!.]*.parquet"):
            self.kept.setdefault(file, hashlib.sha256(file.read_bytes()).hexdigest())


def expect(process: subprocess.Popen[str], *codes: int) -> int:
    """Wait for an end with one of the exit codes."""
    _, said = process.communicate(timeout=600)
    if process.returncode not in codes or "Traceback" in said:
        raise SystemExit(f"{process.args}: ended with {process.returncode}: {said}")
    return process.returncode


def finished(desk: Desk, seed: int) -> None:
    """Let a comparison grow to its end."""
    replicates = desk.most.get(seed, 0) + desk.chance.randint(1, 6)
    expect(desk.start(*desk.compare(seed, replicates)), DONE)
    desk.most[seed] = replicates


def cut(desk: Desk, seed: int) -> None:
    """Interrupt or kill a comparison at a random moment."""
    process = desk.start(*desk.compare(seed, desk.most.get(seed, 0) + 40))
    # Before a command is at work, Ctrl-C meets the interpreter's own start.
    time.sleep(desk.chance.uniform(4.0, 7.0))
    process.send_signal(desk.chance.choice((signal.SIGKILL, signal.SIGINT)))
    expect(process, KILLED, INTERRUPTED, DONE)


def two_writers(desk: Desk, seed: int) -> None:
    """Start two comparisons on one folder at once: one works, or both do one after the other."""
    replicates = desk.most.get(seed, 0) + 4
    pair = [desk.start(*desk.compare(seed, replicates)) for _ in range(2)]
    codes = [expect(process, DONE, REFUSED) for process in pair]
    if DONE not in codes:
        raise SystemExit("two writers kept each other from working")
    desk.most[seed] = replicates


def one_run(desk: Desk, seed: int) -> None:
    """Run one org model with its event log."""
    words = ("run", "shop.yaml", *WORDS, "--org", "as_it_is", "--events", "--out", "single")
    expect(desk.start(*words, "--seed", str(seed), "--quiet"), DONE)


def validated(desk: Desk, seed: int) -> None:
    """Check the study."""
    expect(desk.start("validate", "shop.yaml", *WORDS, "--seed", str(seed), "--quiet"), DONE)


def main() -> int:
    """Soak; 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        chance = random.Random(options.seed)  # noqa: S311 - an order of commands  # nosec B311
        desk = Desk(Path(scratch), chance)
        end = time.monotonic() + 60 * options.minutes
        while time.monotonic() < end:
            act = chance.choice((finished, finished, cut, cut, two_writers, one_run, validated))
            act(desk, chance.randint(1, 4))
            desk.check_kept()
            counts[act.__name__] += 1
        for seed, replicates in sorted(desk.most.items()):
            expect(desk.start(*desk.compare(seed, replicates)), DONE)
            (there,) = _folder_of(desk, seed, "out")
            # A larger one that was done before it was cut is what a smaller request shows.
            done = json.loads((there / "manifest.json").read_text(encoding="utf-8"))["replicates"]
            expect(desk.start(*desk.compare(seed, done, out=f"fresh{seed}")), DONE)
            fresh = tables(desk.path / f"fresh{seed}")
            other = [name for name in TABLES if (there / name).read_bytes() != fresh[name]]
            if other:
                said = f"{', '.join(other)} differ from those of a fresh run"
                raise SystemExit(f"{there}, {done} replicates: {said}")
        desk.check_kept()
    print(f"{options.minutes:g} minutes, {dict(counts)}, {len(desk.kept)} tables kept, none lost")
    return 0


def _folder_of(desk: Desk, seed: int, out: str) -> list[Path]:
    """Return the result folders of a seed."""
    return [
        path.parent
        for path in (desk.path / out).glob("*/manifest.json")
        if f'"seed": {seed},' in path.read_text(encoding="utf-8")
    ]


if __name__ == "__main__":
    sys.exit(main())
