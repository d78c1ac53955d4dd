"""A board pack on its way, with commands that stand in for comparison and report."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from analysis.explore.packing import PackMaking


def _made(tmp_path: Path, compare: str, report: str) -> tuple[list[str], dict[str, Any]]:
    """Return the folders that the report was asked of, and what was told at last."""
    asked: list[str] = []
    told: list[dict[str, Any]] = []
    over = threading.Event()

    def tell(kind: str, said: dict[str, Any]) -> None:
        told.append(said)
        over.set()

    def of(folder: str) -> list[str]:
        asked.append(folder)
        return [sys.executable, "-c", report]

    file = tmp_path / "explore" / "shop.yaml"
    PackMaking("study: shop\n", file, [sys.executable, "-c", compare], of, tell).ask()
    assert over.wait(60)
    assert file.read_text(encoding="utf-8") == "study: shop\n"
    return asked, told[-1]


def test_the_pages_are_of_the_comparison_and_not_of_whichever_is_the_latest(tmp_path) -> None:
    asked, told = _made(
        tmp_path, "print('a table\\nresults: out/mine-1')", "print('results: out/mine-1')"
    )
    assert asked == ["out/mine-1"]
    assert {each["path"].split("/")[3] for each in told["files"]} == {"mine-1"}


def test_a_command_that_fails_is_told_by_its_last_line_and_nothing_follows(tmp_path) -> None:
    asked, told = _made(
        tmp_path, "import sys; sys.stderr.write('first\\nno room\\n'); sys.exit(4)", ""
    )
    assert asked == []
    assert told == {"said": "No board pack: no room", "failed": True}
