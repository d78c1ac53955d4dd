"""What lies in a result folder and is not the run, the file or the folder it seems to be."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from studies import PLAIN, RICH, compact_study

from sim.keeping import files, manifest, seals, store
from sim.runner import RunSpec, run
from sim.running.batch import DONE, RunStatus, specs_for
from sim.study.errors import ResultFolderError
from sim.study.study import Study

STUDY = compact_study(PLAIN, RICH, market={"customers": 20, "prospects": 4})
SPECS = specs_for(STUDY, range(2), customers=True)
needs_unix = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and sockets")


@pytest.fixture(scope="module")
def packed() -> dict[int, store.PackedRun]:
    return {place: store.pack(spec, run(spec)) for place, spec in enumerate(SPECS)}


@pytest.fixture
def begun(tmp_path: Path) -> dict:
    (tmp_path / "s.yaml").write_text("study: compact\n")
    return manifest.begin(STUDY, study_file=str(tmp_path / "s.yaml"))


@pytest.fixture
def folder(tmp_path: Path, begun, packed) -> Iterator[store.ResultFolder]:
    """Give a folder with all runs."""
    with store.open_folder(tmp_path / "out", STUDY, begun) as opened:
        for place, spec in enumerate(SPECS):
            opened.save(spec, packed[place])
        yield opened


def file_of(folder: store.ResultFolder, spec: RunSpec, ending: str = ".parquet") -> Path:
    return folder.path / "runs" / f"{manifest.run_key(spec)}{ending}"


def answer(folder: store.ResultFolder, packed) -> tuple[bytes, bytes]:
    """Complete the folder as the program does; return the bytes of its tables."""
    for place, spec in enumerate(SPECS):
        if not folder.holds(spec):
            folder.save(spec, packed[place])
    statuses = [RunStatus(spec, DONE) for spec in SPECS]
    folder.measures(statuses)
    folder.join("customers.parquet", statuses, "customers")
    names = ("measures.parquet", "customers.parquet")
    return tuple((folder.path / name).read_bytes() for name in names)


def other_seed(folder: store.ResultFolder) -> bytes:
    study = compact_study(PLAIN, RICH, market={"customers": 20, "prospects": 4}, design={"seed": 8})
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    return store.pack(spec, run(spec))["measures"]


FOREIGN: dict[str, Callable[[store.ResultFolder], bytes]] = {
    "another seed": other_seed,
    "another org model": lambda folder: file_of(folder, SPECS[2]).read_bytes(),
    "another replicate": lambda folder: file_of(folder, SPECS[1]).read_bytes(),
    "the customers' table": lambda folder: file_of(
        folder, SPECS[0], ".customers.parquet"
    ).read_bytes(),
    "nothing": lambda folder: b"",
    "the end of a table only": lambda folder: file_of(folder, SPECS[1]).read_bytes()[-400:],
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_run_of_something_else_is_a_missing_run(folder, packed, begun, kind) -> None:
    right = answer(folder, packed)
    file_of(folder, SPECS[0]).write_bytes(FOREIGN[kind](folder))
    folder.__exit__()
    with store.open_folder(folder.path.parent, STUDY, begun) as again:
        assert [again.holds(spec) for spec in SPECS] == [False, True, True, True]
        assert answer(again, packed) == right


def test_swapped_runs_change_nothing(folder, packed, begun) -> None:
    right = answer(folder, packed)
    one, other = file_of(folder, SPECS[0]), file_of(folder, SPECS[2])
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    folder.__exit__()
    with store.open_folder(folder.path.parent, STUDY, begun) as again:
        assert [again.holds(spec) for spec in SPECS] == [False, True, False, True]
        assert answer(again, packed) == right


def test_customers_of_another_run_are_missing_too(folder) -> None:
    mine = file_of(folder, SPECS[0], ".customers.parquet")
    mine.write_bytes(file_of(folder, SPECS[2], ".customers.parquet").read_bytes())
    assert not folder.holds(SPECS[0])


def test_a_seal_is_for_one_name(tmp_path: Path) -> None:
    content = files.parquet_bytes(pd.DataFrame({"checksum ": [1.0]}), sealed_for="ab.parquet")
    assert seals.holds_seal(content, "ab.parquet")
    for other in ("b.parquet", "ab.parque", "ab.parquet2", ""):
        assert not seals.holds_seal(content, other)
    assert not seals.is_sealed(tmp_path / "absent", "ab.parquet")


@needs_unix
def test_an_endless_run_is_refused_before_it_is_opened(folder, begun) -> None:
    file = file_of(folder, SPECS[0])
    file.unlink()
    file.symlink_to("/dev/zero")
    folder.__exit__()
    with pytest.raises(ResultFolderError, match="is a link"):
        store.open_folder(folder.path.parent, STUDY, begun)


def plant_link(path: Path) -> None:
    path.symlink_to(path.parent / "elsewhere")


def plant_pipe(path: Path) -> None:
    os.mkfifo(path)


def plant_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's name is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


PLANTS = {"link": plant_link, "pipe": plant_pipe, "socket": plant_socket}


@needs_unix
@pytest.mark.parametrize("kind", PLANTS)
@pytest.mark.parametrize(
    "place", ["manifest.json", ".lock", ".figures", "measures.parquet", "runs/x", "mine/deep/x"]
)
def test_what_is_no_plain_file_is_refused_and_nothing_touched(
    tmp_path: Path, begun, kind: str, place: str
) -> None:
    path = store.folder_path(tmp_path, STUDY)
    odd = path / place
    odd.parent.mkdir(parents=True)
    PLANTS[kind](odd)
    before = sorted(path.rglob("*"))
    for fresh in (False, True):
        with pytest.raises(ResultFolderError, match=rf"{odd.name} is a {kind}"):
            store.open_folder(tmp_path, STUDY, begun, fresh=fresh)
    assert sorted(path.rglob("*")) == before


@needs_unix
@pytest.mark.parametrize("name", ["", "runs", "figures"])
def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path, begun, name: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "standing.png").write_text("theirs")
    link = store.folder_path(tmp_path / "out", STUDY) / name
    link.parent.mkdir(parents=True)
    link.symlink_to(theirs, target_is_directory=True)
    for fresh in (False, True):
        with pytest.raises(ResultFolderError, match="is a link"):
            store.open_folder(tmp_path / "out", STUDY, begun, fresh=fresh)
    assert [file.name for file in theirs.iterdir()] == ["standing.png"]


def test_fresh_removes_no_table_that_is_not_a_run(folder, begun) -> None:
    mine = folder.path / "runs" / "mine.parquet"
    mine.write_text("mine")
    folder.__exit__()
    with store.open_folder(folder.path.parent, STUDY, begun, fresh=True) as again:
        assert not any(again.holds(spec) for spec in SPECS)
    assert mine.read_text() == "mine"


def test_a_manifest_is_believed_only_as_far_as_the_runs_go(folder, begun) -> None:
    folder.write("manifest.json", {**begun, "finished_replicates": 10**9})
    folder.__exit__()
    with store.open_folder(folder.path.parent, STUDY, begun) as again:
        assert again.finished_replicates == 2


@pytest.mark.parametrize("said", [None, "12", -3, True, 1.5, [], {}])
def test_a_manifest_that_says_no_number_says_none(said) -> None:
    assert manifest.finished_replicates({"finished_replicates": said}) == 0


def test_a_study_is_told_apart_from_its_twin() -> None:
    assert isinstance(STUDY, Study)
    again = Study.model_validate(STUDY.model_dump(mode="json"))
    twin = RunSpec(again, again.organisations[0], 0)
    assert manifest.run_key(twin) == manifest.run_key(SPECS[0])
