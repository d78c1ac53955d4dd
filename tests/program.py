"""The program as tests call it: in this process, or in one of its own."""

from __future__ import annotations

import io
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import run

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "run.py")]
Answer = subprocess.CompletedProcess[str]


def standing(*words: str, at: Path) -> Answer:
    """Call the program in a folder; its libraries, most of its time, are loaded already."""
    out, err = io.StringIO(), io.StringIO()
    typed = patch.object(sys, "argv", ["run.py", *words])  # what it calls itself
    with chdir(at), redirect_stdout(out), redirect_stderr(err), typed:
        try:
            code = run.main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def standing_apart(*words: str, at: Path, timeout: float = 300) -> Answer:
    """Start the program in a folder, as a user does; it ends where it would wait for ever."""
    return subprocess.run(  # noqa: S603 - this program
        [*PROGRAM, *words], cwd=at, capture_output=True, text=True, check=False, timeout=timeout
    )
