"""Result folders: one for each resolved study, completed and extended, never mixed up.

Every finished run has a file of its own, named by its content, so that the same command
goes on where it was interrupted and more replicates extend what is there.
"""

from __future__ import annotations

import io
import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.keeping import manifest
from sim.keeping.files import (
    TEMPORARY,
    join_parquet,
    machine_refusal,
    parquet_bytes,
    read_parquet,
    read_table,
    remove,
    write_bytes,
    write_csv,
    write_json,
    write_parquet,
    write_parts,
    write_text,
)
from sim.keeping.folder_names import folder_path
from sim.keeping.lock import LOCK, FolderLock
from sim.keeping.manifest import MANIFEST
from sim.keeping.own_files import (
    FIGURES_FOLDER,
    FIGURES_LIST,
    RUNS,
    number_of_runs,
    own_figures,
    own_files,
)
from sim.keeping.plain_files import check_plain, refuse_odd
from sim.keeping.seals import is_sealed
from sim.keeping.workbook import write_workbook
from sim.keeping.xes import xes_parts
from sim.runner import RunResult, RunSpec, run
from sim.running.batch import DONE, RunStatus
from sim.running.version import PROGRAM, Version
from sim.study.errors import ResultFolderError
from sim.study.study import Study
from sim.study.tables import MEASURES, TABLES, column_names

LATEST = "latest.txt"


PackedRun = dict[str, bytes]
"""The tables of one run as Parquet files: ``measures``, ``customers``, ``events``."""


def run_and_pack(spec: RunSpec) -> PackedRun:
    """Run, and pack what is to be kept where the run was: it travels and is written as it is."""
    return pack(spec, run(spec))


def pack(spec: RunSpec, result: RunResult) -> PackedRun:
    """Return the tables that a run should record, as Parquet files.

    Raises
    ------
    ValueError
        If the run lacks a table that its spec asks for.
    """
    packed: PackedRun = {}
    for kind in _kinds(spec):
        frame = getattr(result, kind)
        if frame is None:
            raise ValueError(f"the run recorded no {kind} though asked to")
        packed[kind] = parquet_bytes(frame, sealed_for=_run_file(spec, kind))
    return packed


class ResultFolder:
    """The results of one resolved study; open it with `open_folder`.

    Attributes
    ----------
    path : Path
        The folder.
    finished_replicates : int
        The replicates of the largest result that was ever finished here, whatever came later.
    finished_ablations : dict of str to int
        The replicates for which each mechanism was ever switched off here.
    """

    def __init__(self, path: Path, lock: FolderLock, found: Mapping[str, Any]) -> None:
        self.path = path
        self.finished_replicates = manifest.finished_replicates(found)
        self.finished_ablations = manifest.finished_ablations(found)
        self._lock = lock

    def __enter__(self) -> ResultFolder:
        """Return the folder, which nobody else writes into until the end."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Let others write into the folder."""
        self._lock.release()

    def holds(self, spec: RunSpec) -> bool:
        """Tell whether a run is finished and all that it should record is here.

        A file that is not whole, or was made for another run, is none: that run is missing.
        """
        names = (_run_file(spec, kind) for kind in _kinds(spec))
        return all(is_sealed(self.path / RUNS / name, name) for name in names)

    def save(self, spec: RunSpec, packed: PackedRun) -> None:
        """Keep a finished run: each table it should record, in a file of its own.

        Waiting for the disk each time would cost more than all else; what a loss of power
        takes, `holds` does not count.
        """
        for kind in _kinds(spec):
            file = self.path / RUNS / _run_file(spec, kind)
            write_bytes(file, packed[kind], outlives_power_loss=False)

    def join(self, name: str, statuses: Iterable[RunStatus], kind: str = "measures") -> bool:
        """Write one table of all runs, in the order of `statuses`, a few runs in memory at a time.

        A failed run has one row a headline measure with a missing value: it neither
        vanishes nor inherits a number.

        Parameters
        ----------
        name : str
            The table's file.
        statuses : iterable of RunStatus
            The runs.
        kind : str
            ``measures``, ``customers`` or ``events``.

        Returns
        -------
        bool
            Whether there is anything to join; without, nothing is written.
        """
        parts = self._parts(statuses, kind)
        first = next(parts, None)
        if first is not None:
            join_parquet(self.path / name, itertools.chain([first], parts))
        return first is not None

    def measures(self, statuses: Iterable[RunStatus]) -> pd.DataFrame:
        """Write ``measures.parquet`` and return it, its words as categories."""
        self.join("measures.parquet", statuses)
        words = [c.name for c in TABLES["measures.parquet"] if c.dtype == "string"]
        return read_parquet(self.path / "measures.parquet", words)

    def measured(self, statuses: Iterable[RunStatus]) -> pd.DataFrame:
        """Return the same, and write nothing: `statuses` are some of the folder's runs."""
        parts = [part.to_pandas() for part in self._parts(statuses, "measures")]
        return pd.concat(parts, ignore_index=True)

    def _parts(self, statuses: Iterable[RunStatus], kind: str) -> Iterator[pa.Table]:
        for status in statuses:
            if status.status == DONE and kind in _kinds(status.spec):
                yield self._part(status.spec, kind)
            elif status.status != DONE and kind == "measures":
                yield pq.read_table(io.BytesIO(parquet_bytes(missing_rows(status.spec))))

    def _part(self, spec: RunSpec, kind: str) -> pa.Table:
        file = self.path / RUNS / _run_file(spec, kind)
        table = read_table(file, sealed_for=file.name)
        if kind == "measures" and not {*column_names("measures.parquet")} <= {*table.column_names}:
            raise ResultFolderError(
                f"{file} is not a table of {kind}. It was changed outside the program; "
                "add --fresh to compute it again, or choose another place with --out"
            )
        return table

    def recorded(self, statuses: Iterable[RunStatus], kind: str) -> pd.DataFrame | None:
        """Return the ``customers`` or ``events`` of the runs that recorded them; None if none."""
        frames = [
            self._part(status.spec, kind).to_pandas()
            for status in statuses
            if status.status == DONE and kind in _kinds(status.spec)
        ]
        return pd.concat(frames, ignore_index=True) if frames else None

    def write(self, name: str, content: Any) -> Path:
        """Write one file of the folder, in the form its name ends with.

        Parameters
        ----------
        name : str
            ``*.parquet`` or ``*.csv`` for a table, ``*.xlsx`` for several by name, ``*.xes`` for
            an event log, ``*.txt`` for text, ``*.json`` for JSON-ready data.
        content : DataFrame, dict of DataFrame, str or JSON-ready
            What to write.
        """
        writers: dict[str, Callable[[Path, Any], Path]] = {
            ".parquet": write_parquet,
            ".csv": write_csv,
            ".json": write_json,
            ".txt": write_text,
            ".xlsx": write_workbook,
            ".xes": lambda path, log: write_parts(path, xes_parts(log)),
        }
        return writers[Path(name).suffix](self.path / name, content)

    @property
    def figures(self) -> Path:
        """The folder for figures, which need not exist."""
        return self.path / FIGURES_FOLDER

    def list_figures(self, names: Iterable[str]) -> None:
        """Note the figures that the program wrote or is about to write, by their files."""
        write_text(self.path / FIGURES_LIST, "".join(f"{name}\n" for name in names))

    def remove_figures(self) -> None:
        """Remove figures of earlier, perhaps fewer, runs: those on the list, and no others."""
        for file in own_figures(self.path):
            remove(file)
        remove(self.path / FIGURES_LIST)

    def replace_figures(self, before: Iterable[str], names: Iterable[str]) -> None:
        """Remove some figures, and note others that are about to be written; the rest stay."""
        gone = set(before)
        there = own_figures(self.path)
        for file in there:
            if file.name in gone:
                remove(file)
        kept = [file.name for file in there if file.name not in gone]
        self.list_figures([*kept, *names])

    def point_latest(self) -> None:
        """Make this the folder that ``latest`` means."""
        write_text(self.path.parent / LATEST, f"{self.path.name}\n")


def _run_file(spec: RunSpec, kind: str) -> str:
    """Return the name of the file that holds one table of a run; its seal repeats it."""
    ending = ".parquet" if kind == "measures" else f".{kind}.parquet"
    return f"{manifest.run_key(spec)}{ending}"


def _kinds(spec: RunSpec) -> Sequence[str]:
    """Return the tables a run records."""
    wanted = {"customers": spec.customers, "events": spec.events}
    return ["measures", *(kind for kind, asked in wanted.items() if asked)]


def missing_rows(spec: RunSpec) -> pd.DataFrame:
    """Return the rows of a failed run: what was to be measured, without values."""
    names = [name for name, measure in MEASURES.items() if measure.headline]
    return pd.DataFrame(
        {
            "org_model": spec.organisation.organisation,
            "replicate": pd.array([spec.replicate] * len(names), dtype="int32"),
            "world": pd.array([spec.world] * len(names), dtype="int32"),
            "measure": names,
            "scope": "overall",
            "scope_id": "",
            "value": math.nan,
        }
    )


def open_folder(
    parent: Path, study: Study, begun: dict[str, Any], *, fresh: bool = False, firms: int = 1
) -> ResultFolder:
    """Open the result folder of a study, to be completed, extended or replaced.

    Parameters
    ----------
    parent : Path
        Folder of result folders; created if missing.
    study : Study
        The resolved study.
    begun : dict
        The manifest of the command that starts.
    fresh : bool
        Whether to remove earlier results of the same study first.
    firms : int
        Firms for which each org model is run in a replicate.

    Raises
    ------
    ResultFolderError
        If the folder is from another program version, or is not a result folder.
    MachineRefusal
        If it cannot be created or written, or another process is writing into it.
    """
    asked, worlds = begun.get("asked", ""), begun.get("worlds_of", "")
    path = folder_path(parent, study, begun["study_as_given"]["set"], asked, worlds)
    occupied = _is_occupied(path)
    found = _check_ours(path, begun, any_version=fresh) if occupied else {}
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise machine_refusal("create", path, error) from error
    lock = FolderLock(path)
    try:
        _sweep(path)
        if fresh and occupied:
            _clear(path)
        finished = {} if fresh else _finished(found, _replicates_there(path, study, firms))
        folder = ResultFolder(path, lock, finished)
        # First of all: a folder without a manifest is taken for somebody else's.
        folder.write(MANIFEST, {**begun, **finished})
        _make_folder(path / RUNS)
    except BaseException:
        lock.release()
        raise
    return folder


def add_to_folder(path: Path) -> ResultFolder:
    """Open a result folder that is there, to add files to what it holds."""
    return ResultFolder(path, FolderLock(path), {})


def _is_occupied(path: Path) -> bool:
    """Tell whether a folder is there and holds something; refuse what no result folder holds."""
    try:
        refuse_odd(path, os.lstat(path))
        if not path.is_dir():
            return False
        check_plain(path)
        return any(map(_stays, path.iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise machine_refusal("read", path, error) from error


def _replicates_there(path: Path, study: Study, firms: int) -> int:
    """Return how many replicates the files of runs are enough for, whatever a manifest says."""
    return -(-number_of_runs(path) // (firms * len(study.organisations)))


def _stays(entry: Path) -> bool:
    """Tell whether a file means something, rather than being left over by a sudden end."""
    return entry.name != LOCK and entry.suffix != TEMPORARY


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise machine_refusal("create", path, error) from error


def _sweep(path: Path) -> None:
    """Remove halves of files that a sudden end left behind."""
    for folder in (path, path / RUNS, path / FIGURES_FOLDER):
        for file in folder.glob(f".*{TEMPORARY}"):
            remove(file)


def _finished(found: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Return what a manifest says was finished, of no more replicates than there are files for."""
    return {
        "finished_replicates": min(manifest.finished_replicates(found), most),
        "finished_ablations": {
            name: min(number, most) for name, number in manifest.finished_ablations(found).items()
        },
    }


def _check_ours(path: Path, begun: dict[str, Any], *, any_version: bool) -> dict[str, Any]:
    """Return a folder's manifest; refuse one that is not this study's, or another version's."""
    found = manifest.read_manifest(path)
    if (found.get("program"), found.get("hash")) != (PROGRAM, begun["hash"]):
        raise ResultFolderError(
            f"{path / MANIFEST} is not of this study, so nothing in it was touched. Move the "
            "folder away, or choose another place with --out DIR"
        )
    there = Version(str(found.get("program_version")), str(found.get("engine")))
    here = Version(str(begun["program_version"]), str(begun["engine"]))
    if there != here and not any_version:
        raise ResultFolderError(
            f"{path} was written by another version of the program: {there}; this is {here}. "
            "Numbers of two versions must not be mixed. Add --fresh to replace it, or "
            "--out DIR to write elsewhere"
        )
    return found


def _clear(path: Path) -> None:
    """Remove what the program wrote into a result folder, and nothing else."""
    for file in own_files(path):
        remove(file)
