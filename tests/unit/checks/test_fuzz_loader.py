"""What the fuzzer says of its end: broken, done, or ended by somebody."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

import pytest

from benchmarks import fuzz_loader
from benchmarks.fuzz_loader import INTERRUPTED

LOG = """\
#3027\tNEW    cov: 1285 ft: 4407 corp: 201/259Kb lim: 2048 exec/s: 3 rss: 226Mb
stat::number_of_executed_units: 3028
stat::peak_rss_mb:              226
"""


@pytest.mark.parametrize(
    ("code", "says", "never"),
    [
        (0, "None of them broke the loader.", "from outside"),
        (INTERRUPTED, "Ended from outside before all 5,000 were tried.", "An input broke"),
        (77, "An input broke the loader", "None of them"),
    ],
)
def test_only_a_broken_loader_is_called_one(
    code: int, says: str, never: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    def ended(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], code, None, LOG)

    monkeypatch.setattr(subprocess, "run", ended)
    options = argparse.Namespace(inputs=5000, found=tmp_path / "found")
    assert bool(fuzz_loader._supervise(options)) is (code != 0)
    said = capsys.readouterr().out
    assert says in said
    assert never not in said
