"""Whether the tests would notice a small fault in a rule: mutation testing.

``python -m benchmarks.mutants --sample 300`` puts that many faults, one at a time, into the rules
of the day, the organisation, improvement, standing and leaving (``benchmarks/mutation.py``), runs
for each the tests that execute its line, in plain Python, those first that execute little else,
and prints the share noticed with its 95 % interval and every fault that was not. The sample is
spread evenly over files and kinds of fault, and the same for the same seed. ``--only judge.py:90``
tries those of a place.

Which tests execute which line is found out first and kept in ``.cache/mutants`` until a source or
a test changes. Faults that no test can notice, or need not, stand with their reason in
``benchmarks/surviving_mutants.md`` and are told apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import random
import shutil
import subprocess  # each fault is tried in a process of its own  # nosec B404
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

from benchmarks.mutation import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
RULES = ("sim/day", "sim/organisation", "sim/improvement", "sim/agents/ratings.py")
NO_RULES = ("__init__.py", "places.py", "own_rules.py", "week.py", "firm.py")
"""Files among them that only declare, or build the day anew for extensions."""
PARTS = {
    "sim/state/leaving.py": (),
    "sim/state/customers.py": ("reputation", "settle_in", "standing_of_those", "standing_with",
                               "add_trial", "hazard_of_staleness"),
}  # fmt: skip
"""Files of which some or all functions are rules of standing and leaving."""
TESTS = (
    "tests/unit/day",
    "tests/unit/organisation",
    "tests/unit/improvement",
    "tests/unit/state",
    "tests/unit/results",
    "tests/architecture/test_one_rule.py",
    "tests/theory/test_queue_by_hand.py",
    "tests/twins/test_plain_mesa.py",
)
COPIED = ("sim", "analysis", "benchmarks", "tests", "scenarios", "docs", "run.py", "pyproject.toml",
          "README.md", "CHANGELOG.md")  # fmt: skip
SURVIVORS = ROOT / "benchmarks" / "surviving_mutants.md"
MOST_CHECKED = 3
"""Tests of each mutant that are run without it first."""
WORKERS = max(1, os.cpu_count() or 1)
SURE = 1.959963984540054
"""Standard deviations of a 95 % interval."""


class Chosen(NamedTuple):
    """A test with how many lines of rules it executes, and the seconds that it takes."""

    lines: int
    seconds: float
    name: str


class Tried(NamedTuple):
    """What became of a mutant: noticed, in vain, or by nobody for no test executes it."""

    mutant: Mutant
    noticed: bool
    n_tests: int
    seconds: float


def files() -> list[Path]:
    """Return the files that hold rules."""
    found = [ROOT / name for name in PARTS]
    for name in RULES:
        path = ROOT / name
        found += [path] if path.is_file() else sorted(path.glob("*.py"))
    return sorted(path for path in found if path.name not in NO_RULES)


def all_mutants() -> list[Mutant]:
    """Return every mutant of every rule, by file, kind and place."""
    return [
        mutant
        for path in files()
        for mutant in mutants_of(path, ROOT, PARTS.get(path.relative_to(ROOT).as_posix(), ()))
    ]


def sampled(mutants: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return a sample spread evenly over files and kinds: every n-th from a random start."""
    if number >= len(mutants):
        return mutants
    step = len(mutants) / number
    start = random.Random(seed).random() * step  # noqa: S311  # nosec B311 - luck, not a secret
    return [mutants[int(start + place * step)] for place in range(number)]


def wilson(noticed: int, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if number == 0:
        return 0.0, 1.0
    share, z = noticed / number, SURE**2 / number
    middle = (share + z / 2) / (1 + z)
    half = math.sqrt(share * (1 - share) * z + z**2 / 4) / (1 + z)
    return middle - half, middle + half


# --- which tests execute which line -----------------------------------------------------


def in_plain_python(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment in which rules are not compiled, and a folder's own are imported."""
    own = {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    return os.environ | own | more


def content() -> str:
    """Return a hash of every source and test."""
    digest = hashlib.sha256()
    for room in ("sim", "tests"):
        for path in sorted((ROOT / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def tests_by_line(tests: Iterable[str], longest: float) -> dict[str, Any]:
    """Return what each test that takes no longer executes, from the cache if it is there.

    Returns
    -------
    dict
        By test: seconds, and lines as pairs of a place in `files` and a line.
    """
    asked = hashlib.sha256(" ".join([*tests, str(longest)]).encode()).hexdigest()[:8]
    kept = ROOT / ".cache" / "mutants" / f"{content()}-{asked}.json"
    if kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    modules = sorted(
        path
        for name in tests
        for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("test_*.py"))
    )
    # Taken in turn, so that what is slow stands in several parts.
    parts = [modules[place::WORKERS] for place in range(WORKERS)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(WORKERS) as pool:
        targets = [Path(folder) / f"{place}.json" for place in range(WORKERS)]
        list(pool.map(_watch, parts, targets, [longest] * WORKERS))
        found = {}
        for target in targets:
            found |= json.loads(target.read_text(encoding="utf-8"))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found), encoding="utf-8")
    return found


def _watch(modules: list[Path], target: Path, longest: float) -> None:
    target.write_text("{}", encoding="utf-8")
    if not modules:
        return
    watched = "\n".join(str(path) for path in files())
    asked = {"LINES": watched, "MAP": str(target), "LONGEST": str(longest)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.tests_by_line"]
    subprocess.run(  # noqa: S603  # nosec B603 - this interpreter, our own tests
        [*command, "-p", "no:cacheprovider", *(str(path.relative_to(ROOT)) for path in modules)],
        cwd=ROOT,
        env=in_plain_python(ROOT, **{f"STANDING_{name}": each for name, each in asked.items()}),
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if target.read_text(encoding="utf-8") == "{}":
        raise RuntimeError(f"nothing is known of what {len(modules)} files of tests execute")


class Choice:
    """Chooses the tests of a mutant.

    Parameters
    ----------
    found : dict
        As `tests_by_line` gives it.
    seconds : float
        What all tests of one mutant may take.
    """

    def __init__(self, found: dict[str, Any], seconds: float):
        self.seconds = seconds
        places = {place: path.relative_to(ROOT).as_posix() for place, path in enumerate(files())}
        self.by_line: dict[tuple[str, int], list[Chosen]] = {}
        self.by_file: dict[str, set[Chosen]] = {}
        for name, test in found.items():
            chosen = Chosen(len(test["lines"]), test["seconds"], name)
            for place, line in test["lines"]:
                self.by_line.setdefault((places[place], line), []).append(chosen)
                self.by_file.setdefault(places[place], set()).add(chosen)

    def of(self, mutant: Mutant, source: str) -> list[Chosen]:
        """Return the tests that execute what a mutant changes, as time allows.

        Those come first that execute little else: they are about it.
        """
        last = mutant.line + source[mutant.start : mutant.end].count("\n")
        first = max(1, mutant.line - 3)  # a statement over several lines is noted where it begins
        tests = {
            test
            for line in range(first, last + 1)
            for test in self.by_line.get((mutant.file, line), ())
        }
        if not tests and not source[: mutant.start].rpartition("\n")[2].startswith(" "):
            tests = self.by_file.get(mutant.file, set())  # a constant, set as the file is imported
        kept, total = [], 0.0
        for test in sorted(tests):
            total += test.seconds
            if kept and total > self.seconds:
                break
            kept.append(test)
        return kept


# --- trying -----------------------------------------------------------------------------


class Workshop:
    """Copies of the repository, one for each worker, into which faults are put."""

    def __init__(self, folder: Path, choice: Choice):
        self.choice = choice
        self.copies: Queue[Path] = Queue()
        for number in range(WORKERS):
            copy = folder / str(number)
            _copy(copy)
            self.copies.put(copy)

    def check(self, mutants: list[Mutant]) -> None:
        """Run the first of the tests with no fault in any rule: then all have to pass."""
        tests: dict[Chosen, None] = {}
        for mutant in mutants:
            source = (ROOT / mutant.file).read_text(encoding="utf-8")
            tests.update(dict.fromkeys(self.choice.of(mutant, source)[:MOST_CHECKED]))
        copy = self.copies.get()
        if tests and _fails(copy, list(tests)):
            raise RuntimeError(f"tests fail with no fault in any rule, in {copy}")
        self.copies.put(copy)

    def attempt(self, mutant: Mutant) -> Tried:
        """Put a mutant into a copy, run its tests, and take it out again."""
        source = (ROOT / mutant.file).read_text(encoding="utf-8")
        tests = self.choice.of(mutant, source)
        if not tests:
            return Tried(mutant, False, 0, 0.0)
        copy = self.copies.get()
        began = time.perf_counter()
        try:
            (copy / mutant.file).write_text(mutant.applied(source), encoding="utf-8")
            noticed = _fails(copy, tests)
        finally:
            (copy / mutant.file).write_text(source, encoding="utf-8")
            self.copies.put(copy)
        return Tried(mutant, noticed, len(tests), time.perf_counter() - began)


def _copy(target: Path) -> None:
    """Copy what tests need; nothing that has been compiled, for it may be of another fault."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            compiled = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target / name, ignore=compiled)
        else:
            shutil.copy(source, target / name)


def _fails(copy: Path, tests: list[Chosen]) -> bool:
    """Tell whether any of the tests fails, or none comes to an end."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    longest = 60.0 + 4.0 * sum(test.seconds for test in tests)
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 - this interpreter, our own tests
            [*command, *(test.name for test in tests)],
            cwd=copy,
            env=in_plain_python(copy),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=longest,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


# --- saying it --------------------------------------------------------------------------


def explained() -> set[tuple[str, str, str]]:
    """Return the survivors that have their reason: file, line before, line after."""
    found, file, before = set(), "", ""
    rows = SURVIVORS.read_text(encoding="utf-8").splitlines() if SURVIVORS.is_file() else []
    for row in rows:
        if row.startswith("## "):
            file = row[3:].strip("` ")
        elif row.startswith("    - "):
            before = row[6:].strip()
        elif row.startswith("    + "):
            found.add((file, before, row[6:].strip()))
    return found


def told(mutant: Mutant) -> tuple[str, str, str]:
    """Return a mutant as the page of survivors has it."""
    before, after = mutant.shown((ROOT / mutant.file).read_text(encoding="utf-8"))
    return mutant.file, before, after


def report(tried: list[Tried], seconds: float) -> float:
    """Print what was noticed and what was not; return the upper end of the interval.

    What went unnoticed with a reason is no fault that tests could tell of, and is not counted.
    """
    noticed = sum(each.noticed for each in tried)
    known = explained()
    spared = sum(not each.noticed and told(each.mutant) in known for each in tried)
    counted = len(tried) - spared
    low, high = wilson(noticed, counted)
    print(
        f"\n{noticed} of {counted} faults noticed: {noticed / max(counted, 1):.1%} "
        f"({low:.1%} to {high:.1%}), {spared} more explained, in {seconds:,.0f} s"
    )
    kinds = Counter(each.mutant.operator for each in tried)
    for kind, number in sorted(kinds.items()):
        n_seen = sum(each.noticed for each in tried if each.mutant.operator == kind)
        print(f"  {kind:<18} {n_seen:>4} of {number}")
    return high


def tell(each: Tried, known: set[tuple[str, str, str]]) -> None:
    """Print a fault that was not noticed."""
    file, before, after = told(each.mutant)
    reason = ", explained" if (file, before, after) in known else ""
    print(f"\n{file}:{each.mutant.line} {each.mutant.operator}, {each.n_tests} tests{reason}")
    print(f"    - {before}\n    + {after}", flush=True)


def chosen_by(options: argparse.Namespace) -> list[Mutant]:
    """Return the mutants that are asked for."""
    mutants = all_mutants()
    if options.only:
        name, _, line = options.only.partition(":")
        mutants = [m for m in mutants if m.file.endswith(name) and line in ("", str(m.line))]
    return sampled(mutants, options.sample, options.seed)


def main() -> int:
    """Try a sample; return 1 if fewer are noticed than should be, beyond what is chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="those of a file, or of FILE:LINE")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="tests to choose from")
    parser.add_argument("--seconds", type=float, default=60.0, help="for the tests of one fault")
    parser.add_argument("--longest", type=float, default=8.0, help="seconds a test may take")
    parser.add_argument("--least", type=float, default=0.9, help="share that should be noticed")
    options = parser.parse_args()
    began = time.perf_counter()
    choice = Choice(tests_by_line(options.tests, options.longest), options.seconds)
    print(f"which tests execute which line: {time.perf_counter() - began:,.0f} s", flush=True)
    mutants = chosen_by(options)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(WORKERS) as pool:
        workshop = Workshop(Path(folder), choice)
        workshop.check(mutants)
        tried, known = [], explained()
        for each in pool.map(workshop.attempt, mutants):
            tried.append(each)
            if not each.noticed:
                tell(each, known)
    return int(report(tried, time.perf_counter() - began) < options.least)


if __name__ == "__main__":
    sys.exit(main())
