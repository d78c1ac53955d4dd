"""The pool of runs: what lies in it and is not the run it seems to be is a missing run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from studies import PLAIN, RICH, compact_study

from sim.keeping.pool import RunPool, content_key, run_for_pool
from sim.running.batch import specs_for
from sim.study.errors import MachineRefusal, ResultFolderError

STUDY = compact_study(PLAIN, RICH, market={"customers": 20, "prospects": 4})
SPECS = specs_for(STUDY, range(2))
needs_unix = pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")


@pytest.fixture(scope="module")
def packed() -> list[bytes]:
    return [run_for_pool(spec) for spec in SPECS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results" / "pool"


@pytest.fixture
def pool(folder: Path, packed) -> RunPool:
    """Give a pool with all runs."""
    made = RunPool(folder)
    for spec, content in zip(SPECS, packed, strict=True):
        made.save(spec, content)
    return made


def _file(folder: Path, place: int) -> Path:
    return folder / f"{content_key(SPECS[place])}.parquet"


def test_swapped_runs_are_missing_and_change_nothing(pool, folder, packed) -> None:
    right = [pool.measures(spec) for spec in SPECS]
    one, other = _file(folder, 0), _file(folder, 2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert [pool.holds(spec) for spec in SPECS] == [False, True, False, True]
    with pytest.raises(ResultFolderError, match="cannot be read"):
        pool.measures(SPECS[0])
    for place in (0, 2):
        pool.save(SPECS[place], packed[place])
    for spec, table in zip(SPECS, right, strict=True):
        pd.testing.assert_frame_equal(pool.measures(spec), table)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:500])


def _flip(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:99] + bytes([content[99] ^ 1]) + content[100:])


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def _own_link(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))


@needs_unix
@pytest.mark.parametrize("spoil", [_cut, _flip, _pipe, _link, _own_link])
def test_what_is_no_whole_plain_file_is_a_missing_run(
    pool, folder, packed, spoil: Callable[[Path], None]
) -> None:
    spoil(_file(folder, 1))
    assert [pool.holds(spec) for spec in SPECS] == [True, False, True, True]
    pool.save(SPECS[1], packed[1])
    assert _file(folder, 1).read_bytes() == packed[1]
    assert not _file(folder, 1).is_symlink()


@needs_unix
def test_a_pool_that_leads_elsewhere_is_refused_and_nothing_written(tmp_path, folder) -> None:
    other = tmp_path / "other"
    other.mkdir()
    folder.parent.mkdir()
    folder.symlink_to(other)
    with pytest.raises(ResultFolderError, match="pool is a link"):
        RunPool(folder)
    assert list(other.iterdir()) == []
    folder.unlink()
    folder.write_text("mine")
    with pytest.raises(MachineRefusal, match="in the way"):
        RunPool(folder)
    assert folder.read_text() == "mine"


def test_a_pool_says_how_many_runs_are_there(pool, folder) -> None:
    (folder / ".half.part").write_text("")
    assert pool.n_runs == len(SPECS)
