"""Which environments the program is tried in, and what is said of them."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

import pytest

from benchmarks import libraries
from benchmarks.libraries import (
    PROJECT,
    ROOT,
    Outcome,
    copy_program,
    counted,
    edges,
    good,
    permitted,
    table,
)

SAID = """\
.F.E
=========================== short test summary info ============================
SKIPPED [1] tests/a.py:3: no logs
FAILED tests/a.py::test_one[2.0] - assert 1 == 2
ERROR tests/b.py
1 failed, 2 passed, 1 skipped, 1 error in 83.10s (0:01:23)
"""


def test_the_project_permits_the_python_that_runs_this() -> None:
    assert permitted(">=3.11,<3.14") == ["3.11", "3.12", "3.13"]
    assert f"3.{sys.version_info.minor}" in permitted(PROJECT["requires-python"])


def test_every_requirement_has_a_lowest_version() -> None:
    wanted = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    open_below = [each for each in wanted if ">=" not in each and "==" not in each]
    assert open_below == ["standing[cluster,docs]"]


def test_newest_oldest_and_the_one_between_are_tried() -> None:
    here = {version: Path(version) for version in ("3.11", "3.12", "3.13")}
    chosen = {edge.name: (str(edge.python), edge.resolution) for edge in edges(here)}
    assert chosen == {
        "newest": ("3.13", "highest"),
        "lowest": ("3.11", "lowest-direct"),
        "locked": ("3.12", None),
    }
    assert {edge.python for edge in edges({"3.12": Path("3.12")})} == {Path("3.12")}


def test_a_stand_in_that_starts_nothing_is_no_python(tmp_path, monkeypatch) -> None:
    kept = tmp_path / "versions" / "3.11.4" / "bin"
    kept.mkdir(parents=True)
    for path, words in (
        (tmp_path / "python3.11", "exit 127"),
        (kept / "python", "echo Python 3.11.4"),
    ):
        path.write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert libraries.pythons_here() == {"3.11": kept / "python"}


def test_the_whole_program_is_copied_and_nothing_that_stands_beside_it(tmp_path: Path) -> None:
    copy_program(tmp_path / "program")
    for room in ("sim", "analysis", "benchmarks", "tests", "scenarios"):
        there = {path.relative_to(ROOT) for path in (ROOT / room).rglob("*.py")}
        copy = tmp_path / "program"
        copied = {path.relative_to(copy) for path in (copy / room).rglob("*.py")}
        assert copied == there
    assert not (tmp_path / "program" / ".git").exists()
    assert not (tmp_path / "program" / ".venv").exists()


def test_what_failed_is_read_from_what_the_suite_says() -> None:
    tests, failed = counted(SAID)
    assert tests == "1 failed, 2 passed, 1 skipped, 1 error"
    assert failed == ["tests/a.py::test_one[2.0]", "tests/b.py"]
    for cut in ("", ".....", "3.13.0 3.7.0\n..F"):
        assert counted(cut) == ("did not come to an end", [])
    assert counted("==== 7 passed in 1.00s ====\n") == ("7 passed", [])


@pytest.mark.parametrize(
    ("outcome", "serves"),
    [
        (Outcome({"Python": "3.11.4"}, "7 passed", [], "0123abcd"), True),
        (Outcome({"Python": "3.11.4"}, "1 failed, 6 passed", ["t"], "0123abcd"), False),
        (Outcome({"Python": "3.11.4"}, "7 passed", [], ""), False),
        (Outcome({"Python": "3.11.4"}, "did not come to an end", [], "0123abcd"), False),
    ],
)
def test_an_environment_serves_if_tests_and_comparison_do(outcome: Outcome, serves: bool) -> None:
    assert good(outcome) is serves


def test_the_table_has_a_column_for_each_environment() -> None:
    fine = Outcome({"Python": "3.13.0", "mesa": "3.5.1"}, "7 passed", [], "0123abcd")
    bad = Outcome({"Python": "3.11.4", "mesa": "3.3.1"}, "7 failed", list("abcdefg"), "")
    assert table({"newest": fine, "lowest": bad}).splitlines() == [
        "|  | newest | lowest |",
        "| --- | --- | --- |",
        "| Python | 3.13.0 | 3.11.4 |",
        "| mesa | 3.5.1 | 3.3.1 |",
        "| tests | 7 passed | 7 failed |",
        "| measures | 0123abcd | FAILED |",
        "| what failed | nothing | `a`, `b`, `c`, `d`, `e`, 2 more |",
    ]
