"""A pool of runs that commands share: equal runs are found by what they are about.

A run's key covers all that decides its numbers and nothing else: not what its study, its org
model or its world are called, nor which of several studies asked for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from sim.keeping.files import join_parquet, machine_refusal, parquet_bytes, read_table, write_bytes
from sim.keeping.latest_text import LatestText
from sim.keeping.own_files import entries
from sim.keeping.plain_files import refuse_odd_folder
from sim.keeping.seals import is_sealed
from sim.keeping.store import missing_rows
from sim.runner import RunSpec, run
from sim.running.batch import DONE, RunStatus
from sim.running.version import program_version
from sim.study.study import Study

POOL_FOLDER = "pool"
"""The folder's name, beside the result folders."""
_NAMES = ["org_model", "replicate", "world"]
_ENDING = ".parquet"


def content_key(spec: RunSpec) -> str:
    """Return 16 hex digits that are the same for runs whose numbers are the same.

    Parameters
    ----------
    spec : RunSpec
        What to run.
    """
    parts = (
        str(program_version()),
        _LATEST.of(spec.study),
        spec.organisation.model_dump_json(exclude={"organisation", "label"}),
        str(spec.luck),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _decisive_text(study: Study) -> str:
    """Return what decides a study's numbers as text."""
    about = {"enterprise", "market", "design", "parameters", "mechanisms", "extensions"}
    about |= {"weak_spots"} if study.weak_spots else set()
    paying = study.paying.enterprise.model_dump_json()
    budget = study.model_dump_json(include={"budget", "budget_change"})
    text = study.model_copy(
        update={"design": study.design.model_copy(update={"replicates": 1, "worlds": 0})}
    ).model_dump_json(include=about)
    return "\n".join((text, paying, budget))


_LATEST = LatestText(_decisive_text)


def run_for_pool(spec: RunSpec) -> bytes:
    """Run, and pack the measures where the run was: they travel and are written as they are."""
    return packed_for_pool(spec, run(spec).measures)


def packed_for_pool(spec: RunSpec, measures: pd.DataFrame) -> bytes:
    """Pack a run's measures as the pool keeps them.

    Parameters
    ----------
    spec : RunSpec
        What was run.
    measures : DataFrame
        Of the run, columns of ``measures.parquet``.
    """
    return parquet_bytes(measures.drop(columns=_NAMES), sealed_for=_file_name(spec))


class RunPool:
    """Measures of runs, each in a file named by its content.

    Several commands may use one pool at once: a file is whole or not there, and two that
    compute the same run write the same bytes.

    Parameters
    ----------
    folder : Path
        Created if missing.

    Raises
    ------
    MachineRefusal
        If it cannot be created.
    ResultFolderError
        If something else is in its place, or a link that leads elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        refuse_odd_folder(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise machine_refusal("create", folder, error) from error
        self._folder = folder

    @property
    def n_runs(self) -> int:
        """How many runs seem to be there, by their names."""
        return sum(file.suffix == _ENDING for file in entries(self._folder))

    def holds(self, spec: RunSpec) -> bool:
        """Tell whether a run, or one equal to it, is there whole."""
        name = _file_name(spec)
        return is_sealed(self._folder / name, name)

    def save(self, spec: RunSpec, packed: bytes) -> None:
        """Keep a finished run."""
        write_bytes(self._folder / _file_name(spec), packed, outlives_power_loss=False)

    def measures(self, spec: RunSpec) -> pd.DataFrame:
        """Return a run's measures, columns of ``measures.parquet``, under the names asked for.

        Raises
        ------
        ResultFolderError
            If the file is not whole.
        """
        name = _file_name(spec)
        found = read_table(self._folder / name, sealed_for=name).to_pandas()
        found.insert(0, "org_model", spec.organisation.organisation)
        found.insert(1, "replicate", spec.replicate)
        found.insert(2, "world", spec.world)
        return found

    def join(self, path: Path, statuses: Iterable[RunStatus]) -> None:
        """Write the measures of runs as one table, a few of them in memory at a time.

        Parameters
        ----------
        path : Path
            Of the table.
        statuses : iterable of RunStatus
            At least one run. One that failed has its headline measures without a value.
        """

        def parts() -> Iterator[pa.Table]:
            for status in statuses:
                done = status.status == DONE
                rows = self.measures(status.spec) if done else missing_rows(status.spec)
                yield pa.Table.from_pandas(rows, preserve_index=False)

        join_parquet(path, parts())

    def values(self, statuses: Iterable[RunStatus], measure: str) -> list[float]:
        """Return an overall measure in each run, NaN where it failed, and write nothing."""
        return [
            overall_value(self.measures(status.spec), measure)
            if status.status == DONE
            else float("nan")
            for status in statuses
        ]

    def crossings(self, spec: RunSpec) -> dict[str, float]:
        """Return how many cases crossed each seam in a run, by the seam's name."""
        rows = self.measures(spec)
        own = rows[(rows["scope"] == "seam") & (rows["measure"] == "crossings")]
        return dict(zip(own["scope_id"].astype(str), own["value"].astype(float), strict=True))


def overall_value(rows: pd.DataFrame, measure: str) -> float:
    """Return a measure of the whole firm in one run's measures; NaN if there is none."""
    own = rows[(rows["scope"] == "overall") & (rows["measure"] == measure)]
    return float(own["value"].iloc[0]) if len(own) else float("nan")


def _file_name(spec: RunSpec) -> str:
    return f"{content_key(spec)}{_ENDING}"
