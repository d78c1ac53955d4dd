"""Figures are drawn into memory: which window system or notebook there is does not matter."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import analysis

ROOT = Path(analysis.__file__).resolve().parents[1]
DRAW = """
from analysis.figures import style
with style.settings():
    drawn = style.sheet("A title", ["a note"], 2.0)
    drawn.axes(1, 0.5, 3, 1).plot([1, 2], [1, 2])
    print(style.rendered(drawn, "png")[:4], style.rendered(drawn, "svg")[:5])
import os
print(os.environ.get("MPLBACKEND"))
"""


@pytest.mark.parametrize(
    "backend",
    ["module://matplotlib_inline.backend_inline", "module://nowhere", "nowhere", "qtagg", ""],
)
def test_figures_are_drawn_whatever_backend_is_named(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        cwd=ROOT,
        env=os.environ | {"MPLBACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"b'\\x89PNG' b'<?xml'\n{backend}\n"
