"""Whether any text makes the loader fail: a million inputs, each at most 2 KiB.

Coverage-guided by atheris where it is installed (it has packages for Linux on x86-64),
else by hypothesis, which knows nothing of coverage. Nothing but a refusal in words may
come of an input, in less than two seconds and with less than 512 MiB.

``python -m benchmarks.fuzz_loader --inputs 20000``; what breaks the loader is left as a file
in ``--found`` and belongs into ``tests/corpus/loader``, which a test replays.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import re
import subprocess  # nosec B404 - it starts this very program again
import sys
import tempfile
import time
from pathlib import Path

INPUTS = 1_000_000
LONGEST_BYTES = 2048
MOST_MEBIBYTES = 512
# A backstop against endless loops; the two seconds of processor are measured by the judge, for
# a busy machine may keep an input waiting longer than it works on it.
BACKSTOP_SECONDS = 60
INTERRUPTED = 72
"""What the fuzzer's process ends with when somebody ends it."""
CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "loader"
# The rooms between the file and the checked study are watched for coverage. The rest is not: what
# is compiled cannot be, once coverage is written into it.
WATCHED = ("sim.reading", "sim.study", "sim.organisation")


def main() -> int:
    """Run as many inputs as asked for; return 0 if none of them broke the loader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=Path("results/fuzz"))
    parser.add_argument("--no-coverage", action="store_true", help="hypothesis, never atheris")
    parser.add_argument("--inside", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _watched_run(options)
    if options.no_coverage:
        return _unwatched_run(options)
    if importlib.util.find_spec("atheris") is None:
        print(
            f"atheris is not installed (there is no package of it for {platform.system()} on "
            f"{platform.machine()}?); hypothesis makes the inputs instead, without coverage."
        )
        return _unwatched_run(options)
    return _supervise(options)


def _supervise(options: argparse.Namespace) -> int:
    """Run the fuzzer in a process of its own, for it ends its process; say what it found."""
    options.found.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz_loader", *sys.argv[1:], "--inside"]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603  # nosec B603 - this very program
            [*command, folder], stdout=sys.stdout, stderr=subprocess.PIPE, text=True, check=False
        )
    (options.found / "fuzz.log").write_text(done.stderr, encoding="utf-8")
    if done.returncode not in (0, INTERRUPTED):
        print(done.stderr[-6000:], file=sys.stderr)
        print(f"An input broke the loader; it is in {options.found}.")
        return 1
    _report(done.stderr, time.monotonic() - began)
    if done.returncode == INTERRUPTED:
        print(f"Ended from outside before all {options.inputs:,} were tried.")
    return done.returncode


def _report(log: str, seconds: float) -> None:
    """Print what the fuzzer's log says: rate, memory, growth of coverage."""
    figures = {name: int(value) for name, value in re.findall(r"stat::(\w+): +(\d+)", log)}
    inputs, peak = figures["number_of_executed_units"], figures["peak_rss_mb"]
    print(f"{inputs:,} inputs in {seconds:,.0f} s ({inputs / seconds:,.0f} a second)")
    print(f"peak memory {peak} MiB, permitted {MOST_MEBIBYTES}")
    growth = re.findall(r"^#(\d+)\s+\w+ +cov: (\d+) ft: (\d+) corp: (\d+)", log, re.MULTILINE)
    step = max(1, len(growth) // 12)
    for count, edges, features, kept in [*growth[::step], growth[-1]]:
        print(f"  after {int(count):>9,}: {edges} edges, {features} features, {kept} inputs kept")
    print("None of them broke the loader.")


def _watched_run(options: argparse.Namespace) -> None:
    """Be the fuzzer: never returns."""
    import atheris  # noqa: PLC0415 - not there on every platform

    with atheris.instrument_imports(include=["sim"], exclude=_unwatched()):
        from benchmarks import loader_inputs  # noqa: PLC0415 - only now is it watched

    folder = loader_inputs.prepare(Path(options.inside) / "study")
    corpus = Path(options.inside) / "corpus"
    corpus.mkdir()
    stock = loader_inputs.seeds() + [file.read_bytes() for file in sorted(CORPUS.glob("*"))]
    for number, content in enumerate(stock):
        (corpus / f"{number:04}").write_bytes(content)
    mutator = loader_inputs.Mutator(loader_inputs.words(), stock)

    def change(content: bytes, longest: int, seed: int) -> bytes:
        # One change in eight is of bytes, by the fuzzer itself: not all that comes is text.
        if seed % 8 == 0:
            return bytes(atheris.Mutate(content, longest))
        return mutator.change(content, longest, seed)

    flags = {
        "runs": options.inputs,
        "seed": options.seed,
        "max_len": LONGEST_BYTES,
        "timeout": BACKSTOP_SECONDS,
        "rss_limit_mb": MOST_MEBIBYTES,
        "artifact_prefix": f"{options.found}/",
        "print_final_stats": 1,
        "len_control": 0,
    }
    arguments = [sys.argv[0], *(f"-{name}={value}" for name, value in flags.items()), str(corpus)]
    atheris.Setup(
        arguments, lambda content: loader_inputs.judge(content, folder), custom_mutator=change
    )
    atheris.Fuzz()


def _unwatched() -> list[str]:
    """Return the modules of ``sim`` that are left as they are."""
    root = Path(__file__).resolve().parents[1]
    names = (
        ".".join(file.relative_to(root).with_suffix("").parts)
        for file in root.glob("sim/*/**/*.py")
    )
    return [name.removesuffix(".__init__") for name in names if not name.startswith(WATCHED)]


def _unwatched_run(options: argparse.Namespace) -> int:
    """Let hypothesis choose the changes; return 0 if no input broke the loader."""
    from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: PLC0415 - for developers
    from hypothesis import strategies as st  # noqa: PLC0415

    from benchmarks import loader_inputs  # noqa: PLC0415

    stock = loader_inputs.seeds() + [file.read_bytes() for file in sorted(CORPUS.glob("*"))]
    mutator = loader_inputs.Mutator(loader_inputs.words(), stock)
    last, count, peak = b"", 0, 0.0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = loader_inputs.prepare(Path(name))

        @seed(options.seed)
        @settings(
            max_examples=options.inputs,
            phases=[Phase.generate],  # the input as it was is what belongs into the corpus
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.sampled_from(stock), st.integers(0, 2**63))
        def loads_or_is_refused(content: bytes, number: int) -> None:
            nonlocal last, count, peak
            last = mutator.change(content, LONGEST_BYTES, number)
            loader_inputs.judge(last, folder)
            count, peak = count + 1, max(peak, loader_inputs.resident_mebibytes())
            if peak > MOST_MEBIBYTES:
                raise MemoryError(f"{peak:.0f} MiB after {count:,} inputs")

        try:
            loads_or_is_refused()
        except Exception:
            options.found.mkdir(parents=True, exist_ok=True)
            (options.found / "crash-hypothesis").write_bytes(last)
            print(f"An input broke the loader; it is in {options.found}.")
            raise
    seconds = time.monotonic() - began
    print(f"{count:,} inputs in {seconds:,.0f} s ({count / seconds:,.0f} a second)")
    print(f"peak memory {peak:.0f} MiB, permitted {MOST_MEBIBYTES}")
    print("None of them broke the loader.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
