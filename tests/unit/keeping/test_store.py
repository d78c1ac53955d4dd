"""Keeping results: whole files, equal bytes, folders that are completed and never mixed up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.keeping import files, manifest, store
from sim.runner import RunResult, RunSpec
from sim.running.batch import DONE, FAILED, RunStatus, specs_for
from sim.study.errors import MachineRefusal, ResultFolderError
from sim.study.study import Study
from sim.study.tables import MEASURES

ROOT = Path(store.__file__).parents[2]


def _study(**changes: Any) -> Study:
    steps = {
        "answer": {"owner": "desk", "minutes": 5, "next": {"completed": 0.5, "check": 0.5}},
        "check": {"owner": "desk", "minutes": 5, "next": {"completed": 1}},
    }
    study: dict[str, Any] = {
        "study": "tiny",
        "enterprise": {
            "enterprise": "firm",
            "functions": {"desk": {}},
            "journeys": {"ask": {"start": "answer", "touchpoints": steps}},
        },
        "market": {"customers": 10, "segments": {"all": {"share": 1}}},
        "organisations": [{"organisation": "a"}, {"organisation": "b", "authority": 0.5}],
        "baseline": "a",
    }
    return Study.model_validate({**study, **changes})


@pytest.fixture
def study() -> Study:
    return _study()


@pytest.fixture
def begun(study: Study, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "tiny.yaml"
    file.write_text("study: tiny\n", encoding="utf-8")
    return manifest.begin(study, study_file=str(file), overrides=["design.seed=1"])


def _result(spec: RunSpec, value: float = 1.0) -> RunResult:
    row = {
        "org_model": spec.organisation.organisation,
        "replicate": spec.replicate,
        "world": 0,
        "measure": "standing",
        "scope": "overall",
        "scope_id": "",
        "value": value,
    }
    measures = pd.DataFrame([row]).astype({"replicate": "int32", "world": "int32"})
    customers = pd.DataFrame({"customer_id": [1, 2]}) if spec.customers else None
    return RunResult(measures, customers, None)


def _packed(spec: RunSpec, value: float = 1.0) -> store.PackedRun:
    return store.pack(spec, _result(spec, value))


@pytest.fixture
def opened() -> Iterator[Callable[..., store.ResultFolder]]:
    """Open folders, each after letting go of the one before."""
    last: list[store.ResultFolder] = []

    def open_next(*words: Any, **options: Any) -> store.ResultFolder:
        while last:
            last.pop().__exit__()
        last.append(store.open_folder(*words, **options))
        return last[0]

    yield open_next
    while last:
        last.pop().__exit__()


def test_a_file_in_the_way_is_refused_plainly(tmp_path: Path, study: Study, begun: Any) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(MachineRefusal, match="a file, not a folder"):
        store.open_folder(tmp_path / "taken", study, begun)


def test_hash_covers_the_study_and_the_seed_but_not_replicates(study: Study) -> None:
    own = manifest.study_hash(study)
    assert len(own) == 8
    assert manifest.study_hash(_study(design={"replicates": 99})) == own
    assert manifest.study_hash(_study(design={"seed": 2})) != own
    weak = study.model_copy(update={"weak_spots": {"sales": 3.0}})
    assert manifest.study_hash(weak) != own
    assert manifest.study_hash(_study(organisations=[{"organisation": "a"}])) != own
    assert manifest.study_hash(_study(parameters={"ask_probability": 0.5})) != own


def test_hash_covers_the_order_of_branches(study: Study) -> None:
    turned = study.model_dump(mode="json")
    step = turned["enterprise"]["journeys"]["ask"]["touchpoints"]["answer"]
    step["next"] = dict(reversed(step["next"].items()))
    assert manifest.study_hash(Study.model_validate(turned)) != manifest.study_hash(study)


def test_run_key_names_what_a_run_is_about(study: Study) -> None:
    specs = specs_for(study, range(2))
    keys = [manifest.run_key(spec) for spec in specs]
    assert len(set(keys)) == 4
    more = specs_for(_study(design={"replicates": 99}), range(2), customers=True)
    assert [manifest.run_key(spec) for spec in more] == keys
    alone = specs_for(_study(organisations=[{"organisation": "a"}]), range(2))
    assert [manifest.run_key(spec) for spec in alone] == keys[:2]


def test_a_folder_is_completed(study: Study, begun: Any, tmp_path: Path, opened: Any) -> None:
    specs = specs_for(study, range(2), customers=True)
    folder = opened(tmp_path / "out", study, begun)
    folder.save(specs[0], _packed(specs[0]))
    folder.save(specs[3], _packed(specs[3], 4.0))
    again = opened(tmp_path / "out", study, begun)
    assert [again.holds(spec) for spec in specs] == [True, False, False, True]
    assert again.path.name == f"tiny-seed=1-{manifest.study_hash(study)}"


def test_a_run_without_its_customers_is_not_finished(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (without,) = specs_for(study, [0], organisations=study.organisations[:1])
    (with_customers,) = specs_for(study, [0], organisations=study.organisations[:1], customers=True)
    folder = opened(tmp_path, study, begun)
    folder.save(without, _packed(without))
    assert folder.holds(without)
    assert not folder.holds(with_customers)
    with pytest.raises(ValueError, match="no customers"):
        store.pack(with_customers, _result(without))


def test_tables_follow_the_order_of_runs_and_failures_stay_as_rows(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    specs = specs_for(study, range(2), customers=True)
    folder = opened(tmp_path, study, begun)
    for spec in reversed(specs[1:]):
        folder.save(spec, _packed(spec, spec.replicate))
    statuses = [RunStatus(specs[0], FAILED, "reason"), *(RunStatus(s, DONE) for s in specs[1:])]
    measures = folder.measures(statuses)
    failed = measures[(measures["org_model"] == "a") & (measures["replicate"] == 0)]
    assert list(failed["measure"]) == [n for n, measure in MEASURES.items() if measure.headline]
    assert failed["value"].isna().all()
    rest = measures.drop(index=failed.index)
    assert list(zip(rest["org_model"], rest["replicate"], strict=True)) == [
        ("a", 1),
        ("b", 0),
        ("b", 1),
    ]
    assert measures["replicate"].dtype == np.int32
    customers = folder.recorded(statuses, "customers")
    assert customers is not None
    assert len(customers) == 2
    assert folder.recorded(statuses, "events") is None


def test_a_run_that_is_damaged_while_it_is_needed_is_named(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    folder = opened(tmp_path, study, begun)
    folder.save(spec, _packed(spec))
    (file,) = (folder.path / "runs").iterdir()
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(ResultFolderError, match=r"\.parquet cannot be read.*computes it again"):
        folder.measures([RunStatus(spec, DONE)])


@pytest.mark.parametrize("field", ["program_version", "engine"])
def test_another_version_is_refused_and_fresh_replaces(
    study: Study, begun: dict[str, Any], tmp_path: Path, field: str, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    folder = opened(tmp_path, study, {**begun, field: "other"})
    folder.save(spec, _packed(spec))
    (folder.path / "notes.txt").write_text("mine")
    with pytest.raises(ResultFolderError, match=r"other version.*--fresh.*--out"):
        store.open_folder(tmp_path, study, begun)
    assert folder.holds(spec)
    fresh = opened(tmp_path, study, begun, fresh=True)
    assert not fresh.holds(spec)
    assert (fresh.path / "notes.txt").read_text() == "mine"
    assert json.loads((fresh.path / "manifest.json").read_text())[field] == begun[field]


def test_any_damage_to_a_run_is_noticed(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1], customers=True)
    folder = opened(tmp_path, study, begun)
    folder.save(spec, _packed(spec))
    chance, statuses = np.random.default_rng(1), [RunStatus(spec, DONE)]
    for file in (folder.path / "runs").iterdir():
        whole = file.read_bytes()
        # One byte, two at once, and one that is missing.
        places = [[place] for place in range(0, len(whole), 11)]
        places += chance.integers(0, len(whole), (100, 2)).tolist()
        contents = [_damaged(whole, some, chance) for some in places]
        contents += [whole[:place] + whole[place + 1 :] for place in range(0, len(whole), 43)]
        for content in contents:
            if content == whole:
                continue
            file.write_bytes(content)
            assert not folder.holds(spec)
            with pytest.raises(ResultFolderError, match="cannot be read"):
                folder.measures(statuses)
                folder.recorded(statuses, "customers")
        file.write_bytes(whole)
    assert folder.holds(spec)
    assert list(folder.measures(statuses)["value"]) == [1.0]


def _damaged(whole: bytes, places: list[int], chance: np.random.Generator) -> bytes:
    """Return a file with a bit turned over at each of some places."""
    damaged = bytearray(whole)
    for place in places:
        damaged[place] ^= 1 << int(chance.integers(8))
    return bytes(damaged)


def test_a_table_of_something_else_is_no_run(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    folder = opened(tmp_path, study, begun)
    folder.save(spec, _packed(spec))
    (file,) = (folder.path / "runs").iterdir()
    file.write_bytes(files.parquet_bytes(pd.DataFrame({"value": [1.0]}), sealed_for=file.name))
    with pytest.raises(ResultFolderError, match=r"not a table of measures.*--fresh"):
        folder.measures([RunStatus(spec, DONE)])


@pytest.mark.parametrize(
    "found",
    [None, "", "{", "[" * 100_000, '{"program": "standing"', '{"program": "other", "hash": "x"}',
     "[]", '"text"', "7", "null"],
)  # fmt: skip
def test_a_folder_that_is_not_ours_is_never_touched(
    study: Study, begun: Any, tmp_path: Path, found: str | None
) -> None:
    path = store.folder_path(tmp_path, study)
    (path / "runs").mkdir(parents=True)
    (path / "runs" / "1.parquet").write_text("theirs")
    if found is not None:
        (path / "manifest.json").write_text(found)
    before = sorted(path.rglob("*"))
    for fresh in (False, True):
        with pytest.raises(ResultFolderError, match="nothing in it was touched"):
            store.open_folder(tmp_path, study, begun, fresh=fresh)
    assert sorted(path.rglob("*")) == before
    assert (path / "runs" / "1.parquet").read_text() == "theirs"


def test_latest_names_the_folder(study: Study, begun: Any, tmp_path: Path, opened: Any) -> None:
    folder = opened(tmp_path, study, begun)
    folder.point_latest()
    assert (tmp_path / "latest.txt").read_text() == f"{folder.path.name}\n"


def test_figures_of_earlier_runs_do_not_stay(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    folder = opened(tmp_path, study, begun)
    figures = folder.path / "figures"
    figures.mkdir()
    for name in ("standing.png", "own.svg", "sketch.odg"):
        (figures / name).write_text(name)
    folder.list_figures(["standing.png", "standing.csv"])
    folder.remove_figures()
    assert sorted(file.name for file in figures.iterdir()) == ["own.svg", "sketch.odg"]
    opened(tmp_path, study, begun, fresh=True)
    assert sorted(file.name for file in figures.iterdir()) == ["own.svg", "sketch.odg"]


def test_a_list_of_figures_from_elsewhere_names_figures_only(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    folder = opened(tmp_path, study, begun)
    folder.figures.mkdir()
    theirs = [tmp_path / "their.csv", folder.path / "own.csv", folder.figures / "notes.txt"]
    for file in theirs:
        file.write_text("theirs")
    names = [
        "../own.csv",
        str(tmp_path / "their.csv"),
        "notes.txt",
        ".",
        "..",
        "\0.png",
        "",
        "a/b.png",
    ]
    (folder.path / ".figures").write_bytes("\n".join([*names, "x" * 300]).encode() + b"\xff")
    folder.remove_figures()
    assert all(file.read_text() == "theirs" for file in theirs)


def test_manifest_tells_what_was_computed(study: Study, begun: dict[str, Any]) -> None:
    assert begun["study_as_given"]["text"] == "study: tiny\n"
    assert Study.model_validate(begun["study_as_resolved"]) == study
    assert begun["hash"] == manifest.study_hash(study)
    assert begun["status"] == "unfinished"
    assert begun["packages"]["numpy"] == np.__version__
    (first, second) = specs_for(study, [0])
    ended = manifest.finish(
        begun, [RunStatus(first, DONE), RunStatus(second, FAILED, "why")], replicates=1
    )
    assert ended["status"] == "incomplete"
    assert ended["replicates"] == 1
    assert ended["failures"] == [
        {"org_model": "b", "replicate": 0, "world": 0, "status": "failed", "reason": "why"}
    ]
    assert manifest.finish(begun, [RunStatus(first, DONE)])["status"] == "complete"


def test_a_folder_whose_writer_died_at_once_is_ours(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    path = store.folder_path(tmp_path, study)
    path.mkdir()
    (path / ".lock").write_text("{}")
    (path / f".manifest.json.1{files.TEMPORARY}").write_text("{")
    folder = opened(tmp_path, study, begun)
    assert sorted(file.name for file in folder.path.iterdir()) == [".lock", "manifest.json", "runs"]


def test_halves_of_files_are_removed_and_runs_stay(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    folder = opened(tmp_path, study, begun)
    folder.save(spec, _packed(spec))
    half = folder.path / "runs" / f".0.parquet.1{files.TEMPORARY}"
    half.write_text("half")
    folder = opened(tmp_path, study, begun)
    assert folder.holds(spec)
    assert not half.exists()


HOLD = """
import sys, time
from pathlib import Path
from sim.keeping.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_folder_has_one_writer_and_a_dead_one_holds_nothing(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    path = opened(tmp_path, study, begun).path
    opened(tmp_path / "elsewhere", study, begun)
    before = (path / "manifest.json").stat().st_mtime_ns
    holder = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().split() == [b"held"]
        for fresh in (False, True):
            with pytest.raises(MachineRefusal, match=rf"process {holder.pid} on .*--out"):
                store.open_folder(tmp_path, study, begun, fresh=fresh)
        assert (path / "manifest.json").stat().st_mtime_ns == before
    finally:
        holder.kill()
        holder.communicate()
    assert opened(tmp_path, study, begun).path == path


def test_a_run_that_a_loss_of_power_cut_short_is_not_finished(
    study: Study, begun: Any, tmp_path: Path, opened: Any
) -> None:
    (spec,) = specs_for(study, [0], organisations=study.organisations[:1])
    folder = opened(tmp_path, study, begun)
    folder.save(spec, _packed(spec))
    (file,) = (folder.path / "runs").iterdir()
    whole = file.read_bytes()
    for left in (b"", whole[:40], bytes(len(whole))):
        file.write_bytes(left)
        assert not folder.holds(spec)
    file.write_bytes(whole)
    assert folder.holds(spec)
