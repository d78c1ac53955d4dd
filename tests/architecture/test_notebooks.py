"""The notebooks run as they stand, in any folder, and their figures show where they are made."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "docs").glob("*.ipynb"))


@functools.cache
def shown_by(notebook: Path) -> list[list[str]]:
    """Return what each cell of a notebook shows that runs in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return executed(notebook, Path(folder))


def executed(notebook: Path, folder: Path) -> list[list[str]]:
    """Return what each cell of code shows; see ``run_notebook``."""
    done = subprocess.run(  # noqa: S603 - this interpreter, our own page
        [sys.executable, str(ROOT / "tests" / "run_notebook.py"), str(notebook)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_printed(notebook: Path) -> None:
    book = json.loads(notebook.read_text(encoding="utf-8"))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    names = [cell["id"] for cell in book["cells"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_a_figure(notebook: Path) -> None:
    shown = shown_by(notebook)
    pictures = [start for _, kind, start in shown if kind == "png"]
    assert pictures
    assert all(start[2:].startswith(r"\x89PNG") for start in pictures)  # after b' or b"


def test_the_first_comparison_shows_tables_and_moves_only_what_it_changed() -> None:
    shown = shown_by(ROOT / "docs" / "first-comparison.ipynb")
    assert [kind for name, kind, _ in shown if name == "Comparison"] == ["html", "html"]
    moved = dict(re.findall(r"^(\S+) +(-?[\d.]+)$", shown[-1][2], re.MULTILINE))
    assert set(moved) == {"siloed", "hybrid", "journey-accountable"}
    assert [name for name, by in moved.items() if float(by)] == ["hybrid"]


def test_a_mechanism_of_ones_own_works_and_does_nothing_at_rest() -> None:
    shown = shown_by(ROOT / "docs" / "own-mechanism.ipynb")
    weeks, at_rest = shown[-2][2], shown[-1][2]
    assert weeks.count(">") == 6
    assert at_rest == "True"


def test_a_cell_that_fails_fails_the_test(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "source": ["1 / 0"]}
    (tmp_path / "broken.ipynb").write_text(json.dumps({"cells": [cell]}))
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        executed(tmp_path / "broken.ipynb", tmp_path)
