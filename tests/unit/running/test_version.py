"""Who may work on another's runs: whoever has the same code, all of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.engine import compiled
from sim.running import version

HASHES = (compiled.engine_hash, compiled.program_hash)


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the hashes be of a copy of the model's sources, and return it."""
    copy = tmp_path / "sim"
    shutil.copytree(compiled._SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "_SOURCES", copy)
    yield copy
    forget()


def forget() -> None:
    for cached in (*HASHES, version.program_version, version.identity):
        cached.cache_clear()


@pytest.mark.parametrize(
    "changed", ["keeping/store.py", "keeping/files.py", "running/workers.py", "state/sizes.py"]
)
def test_identity_covers_what_has_no_say_in_a_number(sources: Path, changed: str) -> None:
    forget()
    before, engine = version.identity(), compiled.engine_hash()
    file = sources / changed
    file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    forget()
    assert version.identity() != before
    assert compiled.engine_hash() == engine


def test_every_module_that_a_worker_can_load_is_covered(sources: Path) -> None:
    for file in sorted(sources.rglob("*.py")):
        forget()
        before = version.identity()
        content = file.read_bytes()
        file.write_bytes(content + b"\n# changed\n")
        forget()
        assert version.identity() != before, file
        file.write_bytes(content)


@pytest.mark.parametrize("package", ["numpy", "scipy", "pydantic", "python"])
def test_identity_names_the_packages_that_a_run_needs(package: str) -> None:
    assert f"{package} " in version.identity()
