"""The audit of dependencies: what is known is told, what cannot be asked is said."""

from __future__ import annotations

from typing import Any

from benchmarks.audit_dependencies import LOCK, audit, pinned

TWO = """\
one==1.0 \\
    --hash=sha256:00
two==2.0 ; sys_platform == 'linux' \\
    --hash=sha256:11
"""
HOLE = {"id": "PYSEC-1", "fixed_in": ["1.1"], "link": "https://example.org/1"}


def test_every_package_of_the_lock_is_asked_for() -> None:
    assert pinned(TWO) == [("one", "1.0"), ("two", "2.0")]
    lock = LOCK.read_text(encoding="utf-8")
    assert len(pinned(lock)) == sum(not line.startswith((" ", "#")) for line in lock.splitlines())


def test_a_known_hole_is_told_and_one_taken_back_is_not() -> None:
    def ask(name: str, version: str) -> Any:
        return {"vulnerabilities": [HOLE | {"withdrawn": None if name == "one" else "2026"}]}

    found, sentence = audit(TWO, ask)
    assert found == ["one 1.0: PYSEC-1, mended in 1.1. https://example.org/1"]
    assert sentence == "2 packages audited, 1 known holes"


def test_a_registry_that_says_nothing_is_said_and_asked_once() -> None:
    asked = []

    def ask(name: str, version: str) -> Any:
        asked.append(name)
        raise OSError("404")

    found, sentence = audit(TWO, ask)
    assert (found, asked) == ([], ["one"])
    assert sentence.startswith("NOT AUDITED beyond 0 of 2 packages")
