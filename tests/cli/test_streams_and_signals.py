"""Closed or full streams, and every way to end the program: as a shell sees them."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from program import PROGRAM, ROOT

from benchmarks.small_study import SMALL

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no such streams and signals here")
FULL = Path("/dev/full")


def ended(command: str, folder: Path, **environment: str) -> tuple[int, str]:
    """Return exit code and stderr of a shell's line in which `$P` is the program."""
    line = command.replace("$P", " ".join(f"'{word}'" for word in PROGRAM))
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    subprocess.run([*PROGRAM, "new", "firm"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("schema >&-", 0),
        ("schema 2>&-", 0),
        ("schema >&- 2>&-", 0),
        ("schema <&- >&- 2>&-", 0),
        ("--help >&-", 0),
        ("validate nothing.yaml >&- 2>&-", 2),
        ("validte 2>&-", 2),
    ],
)
def test_closed_streams(words: str, right: int, buffered: str, desk: Path) -> None:
    code, said = ended(f"$P {words}", desk, PYTHONUNBUFFERED=buffered)
    assert (code, "Traceback" in said, "bug" in said) == (right, False, False), said


@pytest.mark.skipif(not FULL.exists(), reason="no full device here")
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("schema >/dev/full", 4),
        ("--help >/dev/full", 4),
        ("schema >/dev/full 2>/dev/full", 4),
        ("schema >/dev/null 2>/dev/full", 0),
        ("validate nothing.yaml 2>/dev/full", 2),
        ("validte 2>/dev/full", 2),
    ],
)
def test_full_streams(words: str, right: int, buffered: str, desk: Path) -> None:
    code, said = ended(f"$P {words}", desk, PYTHONUNBUFFERED=buffered)
    assert (code, "Traceback" in said, "bug" in said) == (right, False, False), said
    if right == 4 and "2>" not in words:
        assert "no space left" in said


@pytest.mark.parametrize("streams", [">&- 2>&-", "2>/dev/full"])
def test_a_comparison_whose_streams_are_closed_is_complete(streams: str, desk: Path) -> None:
    words = " ".join([*SMALL, "--replicates", "1", "--no-figures", "--jobs", "1", "--quiet"])
    out = f"out{len(streams)}{streams.count('f')}"
    code, said = ended(f"$P compare firm.yaml {words} --out {out} {streams}", desk)
    assert (code, said) == (0, "")
    (table,) = (desk / out).glob("*/comparison.csv")
    assert table.read_text(encoding="utf-8").startswith("measure,")


def test_a_full_disk_behind_the_answer_loses_no_result(desk: Path) -> None:
    if not FULL.exists():
        pytest.skip("no full device here")
    words = " ".join(
        [*SMALL, "--replicates", "1", "--no-figures", "--jobs", "1", "--quiet", "--out", "full"]
    )
    code, said = ended(f"$P compare firm.yaml {words} >/dev/full", desk)
    assert code == 4
    assert "Traceback" not in said
    assert len(list((desk / "full").glob("*/comparison.csv"))) == 1


@pytest.mark.parametrize(
    ("number", "code", "jobs"),
    [
        (signal.SIGINT, 130, "1"),
        (signal.SIGTERM, 143, "2"),
        (signal.SIGHUP, 129, "1"),
    ],
)
def test_every_end_keeps_what_was_done(
    number: signal.Signals, code: int, jobs: str, desk: Path
) -> None:
    out = f"ended-{number.name}-{jobs}"
    words = [*PROGRAM, "compare", "firm.yaml", *SMALL, "--replicates", "500", "--no-figures"]
    process = subprocess.Popen(
        [*words, "--jobs", jobs, "--out", out],
        cwd=desk,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not list((desk / out).glob("*/runs/*.parquet")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert said.endswith("Interrupted. What was done is kept; the same command goes on.\n")
    assert "Traceback" not in said
    # No process is left behind that would go on computing.
    with pytest.raises(ProcessLookupError):
        for _ in range(200):
            os.killpg(process.pid, 0)
            time.sleep(0.05)


AT_AN_IMPORT = """
import os, signal, sys
class Strike:
    def find_spec(self, name, *_):
        if name == {name!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Strike())
sys.argv = ["run.py", "schema"]
import run
run.command()
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize(
    "name",
    ["analysis.commands.arguments", "argparse", "pydantic", "analysis.commands.schema"],
)
def test_an_early_end_is_heard(name: str, number: signal.Signals, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_AN_IMPORT.format(name=name, number=int(number))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    said = "Interrupted. What was done is kept; the same command goes on.\n"
    assert (done.returncode, done.stderr) == (code, said)


IN_THE_COMPILER = """
import os, sys
from llvmlite.binding.executionengine import ExecutionEngine as Engine
find = Engine._find_module_ptr
def strike(self, pointer):
    Engine._find_module_ptr = find
    os.kill(os.getpid(), {number})
    return find(self, pointer)
Engine._find_module_ptr = strike
sys.argv = ["run.py", "compare", "firm.yaml", *{words!r}]
import run
run.command()
"""


@pytest.mark.skipif("NUMBA_DISABLE_JIT" in os.environ, reason="nothing is compiled")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_end_while_the_compiler_waits_for_an_answer(
    number: signal.Signals, code: int, desk: Path
) -> None:
    """Raised in what the compiler calls, it would be lost, and the process crash."""
    words = [*SMALL, "--replicates", "500", "--no-figures", "--jobs", "1", "--quiet"]
    words += ["--out", f"compiling-{number.name}"]
    done = subprocess.run(
        [sys.executable, "-c", IN_THE_COMPILER.format(words=words, number=int(number))],
        cwd=desk,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = "Interrupted. What was done is kept; the same command goes on.\n"
    assert (done.returncode, done.stderr) == (code, said)


def test_what_was_told_to_be_ignored_is_ignored(desk: Path) -> None:
    # A shell without job control has what it starts in the background ignore Ctrl-C.
    line = "trap '' HUP INT; $P schema > ignored.json & sleep 0.05; kill -HUP $!; kill -INT $!"
    code, said = ended(f"{line}; wait $!", desk)
    assert (code, said) == (0, "")
    assert (desk / "ignored.json").stat().st_size > 1000


def test_the_tests_hear_what_the_shell_that_started_them_ignores() -> None:
    """``nohup make test &`` hands down that Ctrl-C and the end of a terminal are ignored."""
    ignored = (signal.SIGINT, signal.SIGHUP)
    code = f"import conftest, signal; print([signal.getsignal(n) for n in {[*map(int, ignored)]}])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        preexec_fn=lambda: [signal.signal(each, signal.SIG_IGN) for each in ignored],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "SIG_IGN" not in done.stdout
    assert done.stdout.count("<") == len(ignored)
