"""Whether the program works at both ends of what it may be installed with.

``python -m benchmarks.libraries [--quick] [--only EDGE ...] [--folder FOLDER]`` makes fresh
environments outside the repository, each with a copy of the program as it is now, runs the suite
and a small comparison there, and prints what stood there and what came of it, as one table.

- ``newest``: the newest Python here that ``pyproject.toml`` permits, with the newest libraries
- ``lowest``: the oldest such Python, with the lowest libraries that it names
- ``locked``: a Python between the two, with ``requirements.lock``

``--quick`` runs the tests in ``tests/unit`` and ``tests/twins`` only.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import os
import re
import shutil
import subprocess  # nosec B404 - environments are made, and tested from outside
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.start_up import COMPARE, ROOT, RUN

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
QUICK = ("tests/unit", "tests/twins")
NOT_COPIED = (
    ".git", ".venv", ".cache", "results", "site", "__pycache__", ".*_cache", ".hypothesis",
)  # fmt: skip
SHOWN_FAILURES = 5
VERSIONS = """
import importlib.metadata, platform, sys
print(platform.python_version(), *map(importlib.metadata.version, sys.argv[1:]))
"""
# With threads, Arrow may abort the interpreter when it ends.
CHECKSUM = """
import hashlib, pandas, sys
values = pandas.read_parquet(sys.argv[1], use_threads=False)["value"].to_numpy(float)
print(hashlib.sha256(values.tobytes()).hexdigest()[:8])
"""


class Edge(NamedTuple):
    """One way to install: a Python, and where the versions of libraries come from."""

    name: str
    python: Path
    resolution: str | None
    """How uv chooses within the permitted ranges; None takes the lock."""


class Outcome(NamedTuple):
    """What stood in an environment, and what came of it."""

    versions: dict[str, str]
    tests: str
    failed: list[str]
    numbers: str
    """First digits of the checksum of the small comparison's measures; nothing if there is none."""


# --- Pythons ----------------------------------------------------------------------------


def permitted(requires: str) -> list[str]:
    """Return the Pythons that a project permits with ``>=3.a,<3.b``, oldest first."""
    lowest, above = re.findall(r"3\.(\d+)", requires)
    return [f"3.{minor}" for minor in range(int(lowest), int(above))]


def pythons_here() -> dict[str, Path]:
    """Return the permitted Pythons that are on this machine, oldest first."""
    found = {}
    for version in permitted(PROJECT["requires-python"]):
        works = (path for path in _candidates(version) if _is(path, version))
        if (path := next(works, None)) is not None:
            found[version] = path
    return found


def _candidates(version: str) -> Iterator[Path]:
    """Yield where a Python may be: on the path, or among those that pyenv keeps."""
    if (there := shutil.which(f"python{version}")) is not None:
        yield Path(there)
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(home.glob(f"versions/{version}.*/bin/python"), reverse=True)


def _is(path: Path, version: str) -> bool:
    """Return whether an interpreter starts, which pyenv's stand-ins may not, and is a version."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # nosec B603
    return done.stdout.startswith(f"Python {version}.")


def edges(here: dict[str, Path]) -> list[Edge]:
    """Return the ways to install that the Pythons of this machine allow."""
    pythons = [*here.values()]
    return [
        Edge("newest", pythons[-1], "highest"),
        Edge("lowest", pythons[0], "lowest-direct"),
        Edge("locked", pythons[len(pythons) // 2], None),
    ]


# --- one environment --------------------------------------------------------------------


def run(*words: object, log: Path, cwd: Path) -> tuple[int, str]:
    """Run a command; add all it says to a log as it says it; return its exit code, and that."""
    own = {"STANDING_CACHE": str(log.parent / "cache"), "UV_CACHE_DIR": str(log.parents[1] / "uv")}
    # Hundreds of processes are started: each would compile every module anew.
    inherited = {key: os.environ[key] for key in os.environ if key != "PYTHONDONTWRITEBYTECODE"}
    with log.open("a+", encoding="utf-8") as file:
        begins = file.seek(0, os.SEEK_END)
        done = subprocess.run(  # noqa: S603 - the program, and what installs it  # nosec B603
            [str(word) for word in words],
            cwd=cwd,
            env=inherited | own,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
        file.seek(begins)
        return done.returncode, file.read()


def copy_program(to: Path) -> None:
    """Copy the program, so that what is tried stays as it is, whatever is edited meanwhile."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        # Rooms of the program may be called as what is left out beside it.
        patterns = NOT_COPIED if Path(folder) == ROOT else ("__pycache__",)
        return {name for each in patterns for name in fnmatch.filter(names, each)}

    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(ROOT, to, ignore=left_out, symlinks=True)


def install(edge: Edge, uv: Path, folder: Path) -> Path:
    """Make an edge's environment anew; return its Python.

    Raises
    ------
    SystemExit
        If it cannot be made.
    """
    log, chosen, program = folder / "install.log", Path("requirements.lock"), folder / "program"
    copy_program(program)
    commands: list[tuple[object, ...]] = [(edge.python, "-m", "venv", "--clear", folder / "venv")]
    python = folder / "venv" / "bin" / "python"
    if edge.resolution is not None:
        chosen = folder / "requirements.txt"
        wanted = ("pyproject.toml", "--extra", "dev", "--resolution", edge.resolution)
        end = ("--python", python, "--generate-hashes", "-o", chosen)
        commands.append((uv, "pip", "compile", *wanted, *end))
    commands.append((uv, "pip", "install", "--python", python, "--require-hashes", "-r", chosen))
    for command in commands:
        if run(*command, log=log, cwd=program)[0]:
            raise SystemExit(f"{edge.name} cannot be installed; {log} says why:\n{tail(log)}")
    return python


def tail(log: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8").splitlines()[-15:])


def tried(python: Path, folder: Path, quick: bool) -> Outcome:
    """Run the suite, or a part of it, and the small comparison."""
    names = [_name(wanted) for wanted in PROJECT["dependencies"]]
    names += [_name(wanted) for wanted in PROJECT["optional-dependencies"]["cluster"]]
    program, log = folder / "program", folder / "tests.log"
    code, said = run(python, "-c", VERSIONS, *names, log=log, cwd=program)
    if code:
        raise SystemExit(f"{python} does not start:\n{tail(log)}")
    versions = dict(zip(("Python", *names), said.split(), strict=True))
    beside = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadscope", "--no-loadscope-reorder")
    told = ("-q", "--durations=40", "-p", "no:cacheprovider")
    words = ["-m", "pytest", *told, *beside, *(QUICK if quick else ())]
    # First, so that the engine is compiled once, not by every process of the tests.
    numbers = compared(python, folder)
    tests, failed = counted(run(python, *words, log=log, cwd=program)[1])
    return Outcome(versions, tests, failed, numbers)


def _name(wanted: str) -> str:
    """Return the name of a library from what is wanted of it, ``mesa>=3`` say."""
    return re.split(r"[^A-Za-z0-9_-]", wanted)[0]


def counted(said: str) -> tuple[str, list[str]]:
    """Return how many tests passed, failed or were skipped, and those that failed."""
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
    last = said.strip().splitlines()[-1] if said.strip() else ""
    if not re.search(r"\d (passed|failed|errors?)", last):
        return "did not come to an end", failed
    return re.sub(r" in [\d.]+s.*", "", last).strip("= "), failed


def compared(python: Path, folder: Path) -> str:
    """Compare two org models over a few days, figures and all; return the measures' checksum.

    Measures are the engine's, the same to the last bit wherever it runs; intervals are not, for
    releases of SciPy differ in the ninth digit of a quantile.
    """
    desk, log = folder / "desk", folder / "compare.log"
    shutil.rmtree(desk, ignore_errors=True)
    desk.mkdir()
    words = [folder / "program" / "run.py", *COMPARE[len(RUN) :]]
    code, _ = run(python, *words, log=log, cwd=desk)
    tables = sorted(desk.glob("results/*/measures.parquet"))
    if code or len(tables) != 1:
        return ""
    code, said = run(python, "-c", CHECKSUM, tables[0], log=log, cwd=desk)
    return "" if code else said.split()[-1]


# --- all of them ------------------------------------------------------------------------


def table(outcomes: dict[str, Outcome]) -> str:
    """Return one table: a column for each environment, a row for each library, then the outcome."""
    rows = [["", *outcomes], ["---"] * (1 + len(outcomes))]
    for name in next(iter(outcomes.values())).versions:
        rows.append([name, *(each.versions[name] for each in outcomes.values())])
    rows.append(["tests", *(each.tests for each in outcomes.values())])
    rows.append(["measures", *(each.numbers or "FAILED" for each in outcomes.values())])
    rows.append(["what failed", *(_shown(each.failed) for each in outcomes.values())])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(failed: list[str]) -> str:
    """Return the first of the failed tests in words."""
    more = len(failed) - SHOWN_FAILURES
    shown = [f"`{name}`" for name in failed[:SHOWN_FAILURES]]
    return ", ".join([*shown, f"{more} more"] if more > 0 else shown) or "nothing"


def good(outcome: Outcome) -> bool:
    """Return whether an environment serves."""
    return bool(outcome.numbers) and not outcome.failed and " passed" in outcome.tests


def _installer(folder: Path) -> Path:
    """Put uv into an environment of its own; return its command."""
    folder.mkdir(parents=True, exist_ok=True)
    for words in ((sys.executable, "-m", "venv", folder), (folder / "bin/pip", "install", "uv")):
        if run(*words, log=folder / "install.log", cwd=folder)[0]:
            raise SystemExit(f"uv cannot be installed:\n{tail(folder / 'install.log')}")
    return folder / "bin" / "uv"


def main() -> int:
    """Install and try each edge; return 1 if one of them does not serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"only {' and '.join(QUICK)}")
    parser.add_argument("--only", nargs="+", choices=("newest", "lowest", "locked"))
    parser.add_argument("--folder", type=Path, help="keep environments and logs in this folder")
    options = parser.parse_args()
    outcomes: dict[str, Outcome] = {}
    with contextlib.ExitStack() as stack:
        scratch = options.folder or stack.enter_context(tempfile.TemporaryDirectory())
        base = Path(scratch).resolve()
        uv = _installer(base / "installer")
        for edge in edges(pythons_here()):
            if options.only and edge.name not in options.only:
                continue
            began = time.monotonic()
            folder = base / edge.name
            folder.mkdir(exist_ok=True)
            outcomes[edge.name] = tried(install(edge, uv, folder), folder, options.quick)
            took = time.monotonic() - began
            print(f"{edge.name}: {outcomes[edge.name].tests} ({took:,.0f} s)", flush=True)
    print(table(outcomes))
    return 0 if all(map(good, outcomes.values())) else 1


if __name__ == "__main__":
    sys.exit(main())
