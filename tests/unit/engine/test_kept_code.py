"""Compiled code on disk: believed only while nobody and nothing has changed it."""
# ruff: noqa: S603 - the program under test is started, nothing from outside

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engine import compiled, kept_code

ROOT = Path(compiled.__file__).resolve().parents[2]
# One small rule: loading it from the cache is a hit, compiling it a miss.
ASK = """
from sim.engine import compiled, philox
print(philox.uniform(12345))
print(sum(philox.uniform.stats.cache_misses.values()))
print(compiled.CACHE_FOLDER)
"""

needs_owners = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")


def asked(cache: Path, temporary: Path) -> tuple[str, int, Path]:
    """Return the number, how often it was compiled, and where the code lies."""
    temporary.mkdir(exist_ok=True)
    environment = os.environ | {"STANDING_CACHE": str(cache), "TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    number, misses, folder = done.stdout.split()
    return number, int(misses), Path(folder)


def test_code_that_is_whole_is_compiled_once(tmp_path: Path) -> None:
    first = asked(tmp_path / "cache", tmp_path / "tmp")
    again = asked(tmp_path / "cache", tmp_path / "tmp")
    assert (first[1], again[1]) == (1, 0)
    assert first[0] == again[0]


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "flipped"])
def test_damaged_code_is_compiled_anew_once(tmp_path: Path, kind: str, damage: str) -> None:
    number, _, folder = asked(tmp_path / "cache", tmp_path / "tmp")
    for file in folder.rglob(f"*.{kind}"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        kept = {"empty": b"", "truncated": bytes(content[:-9]), "flipped": bytes(content)}
        file.write_bytes(kept[damage])
    found = [asked(tmp_path / "cache", tmp_path / "tmp") for _ in range(2)]
    assert [(each[0], each[1]) for each in found] == [(number, 1), (number, 0)]


@pytest.mark.parametrize("damaged", ["nbi", "nbc"])
def test_damaged_code_does_not_count_as_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    _, _, folder = asked(tmp_path / "cache", tmp_path / "tmp")
    monkeypatch.setattr(compiled, "CACHE_FOLDER", folder)
    monkeypatch.setattr(compiled.numba.config, "DISABLE_JIT", 0)
    assert compiled.compiled_before("philox")
    next(folder.rglob(f"philox.*.{damaged}")).write_bytes(b"")
    assert not compiled.compiled_before("philox")


def test_what_another_copy_of_the_program_compiled_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, folder = asked(tmp_path / "cache", tmp_path / "tmp")
    monkeypatch.setattr(compiled, "CACHE_FOLDER", folder)
    monkeypatch.setattr(compiled.numba.config, "DISABLE_JIT", 0)
    assert compiled.compiled_before("philox")
    (own,) = {file.parent for file in folder.rglob("philox.*")}
    own.rename(own.with_name("engine_of_another_place"))
    assert not compiled.compiled_before("philox")


def test_where_no_folder_can_be_made_one_private_place_serves_all(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="ascii")
    found = [asked(in_the_way, tmp_path / "tmp") for _ in range(2)]
    assert [misses for _, misses, _ in found] == [1, 0]
    (only,) = (tmp_path / "tmp").iterdir()
    assert only in found[0][2].parents
    assert os.name != "posix" or only.stat().st_mode & 0o77 == 0


@needs_owners
def test_last_resort_is_gone_at_the_end_and_shared_until_then(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in ("cache", f"tmp/standing-{os.getuid()}"):
        (tmp_path / name).write_text("", encoding="ascii")
    child = (
        "import subprocess, sys; from sim.engine import compiled; print(compiled.CACHE_FOLDER, "
        "flush=True); subprocess.run([sys.executable, '-c', 'from sim.engine import compiled; "
        "print(compiled.CACHE_FOLDER)'])"
    )
    environment = {"STANDING_CACHE": str(tmp_path / "cache"), "TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", child],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    mine, childs = done.stdout.split()
    assert mine == childs
    assert [path.name for path in temporary.iterdir()] == [f"standing-{os.getuid()}"]


@needs_owners
@pytest.mark.parametrize("mode", [0o777, 0o775, 0o757])
def test_folder_that_others_can_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    cache = tmp_path / "cache"
    (cache / "kernels").mkdir(parents=True)
    (cache / "kernels").chmod(mode)
    monkeypatch.setenv("STANDING_CACHE", str(cache))
    monkeypatch.setattr(kept_code.tempfile, "tempdir", str(tmp_path))
    folder, remark = kept_code.chosen_folder("kernels")
    assert not folder.is_relative_to(cache)
    assert str(cache) in remark
    assert "others can write" in remark


@needs_owners
def test_folder_inside_one_that_others_can_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("STANDING_CACHE", str(tmp_path / "open" / "cache"))
    monkeypatch.setattr(kept_code.tempfile, "tempdir", str(tmp_path))
    folder, _ = kept_code.chosen_folder("kernels")
    assert not folder.is_relative_to(tmp_path / "open")


@needs_owners
def test_usual_folder_is_used_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDING_CACHE", str(tmp_path / "cache"))
    assert kept_code.chosen_folder("kernels") == (tmp_path / "cache" / "kernels", "")
