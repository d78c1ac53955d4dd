"""Sudden ends: the main process or its workers killed at random moments, and full disks."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from program import PROGRAM, ROOT

from benchmarks.small_study import SMALL

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL and limits of size")


@pytest.mark.parametrize("victim", ["main", "workers"])
def test_whoever_is_killed_the_tables_are_the_same(victim: str) -> None:
    words = ["--kills", "3", "--victim", victim, "--replicates", "80"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.killed", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kills; tables identical; 0 halves left" in done.stdout


FULL = """
import resource, runpy, sys
import sim.reading.loader  # what is read and compiled first may be large
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), -1))
sys.argv[0] = "run.py"
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_a_full_disk_is_the_machines_refusal_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """A limit on the size of files refuses what a full disk refuses: to write on."""
    subprocess.run([*PROGRAM, "new", "shop"], cwd=tmp_path, check=True, capture_output=True)
    words = ["compare", str(tmp_path / "shop.yaml"), *SMALL, "--jobs", "1", "--no-figures"]

    def compare(out: str, *limit: str) -> subprocess.CompletedProcess[str]:
        begin = [sys.executable, "-c", FULL, *limit] if limit else PROGRAM
        line = [*begin, *words, "--out", str(tmp_path / out)]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)

    assert compare("whole").returncode == 0
    (whole,) = (tmp_path / "whole").glob("shop-*")
    sizes = sorted(file.stat().st_size for file in (whole / "runs").iterdir())
    # Room for runs, but not for their customers; then for runs, but not for the whole table.
    for limit in (sizes[0] + 2000, sizes[-1] + 2000):
        full = compare("full", str(limit))
        assert (full.returncode, full.stdout) == (4, ""), full.stderr
        assert full.stderr.startswith("cannot write ")
        assert full.stderr.rstrip().endswith("The same command then goes on.")
        assert list((tmp_path / "full").rglob("*.part")) == []
    assert compare("full").returncode == 0
    (full_folder,) = (tmp_path / "full").glob("shop-*")
    for name in ("measures.parquet", "customers.parquet", "comparison.csv"):
        assert (full_folder / name).read_bytes() == (whole / name).read_bytes()
