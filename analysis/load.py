"""Reading a result folder back into frames."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.keeping.files import read_table
from sim.keeping.manifest import MANIFEST, comparison_manifest
from sim.keeping.plain_files import check_plain, refuse_odd
from sim.study.errors import ResultFolderError
from sim.study.tables import TABLES, column_names

_AGAIN = "Run the comparison again to write a new one."
# No file system has longer names of folders.
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Result:
    """What a result folder holds.

    Attributes
    ----------
    folder : Path
    measures : DataFrame
        Columns of ``measures.parquet``.
    manifest : dict
        Content of ``manifest.json``.
    """

    folder: Path
    measures: pd.DataFrame
    manifest: dict[str, Any]


def result_folder(result: str | Path, parent: Path = Path("results")) -> Path:
    """Return the folder meant by `result`: a folder, or ``latest`` under `parent`.

    Raises
    ------
    ResultFolderError
        If there is no such folder, or nothing has been written yet, or the folder holds what no
        result folder holds: links, pipes, devices.
    MachineRefusal
        If the folder cannot be read.
    """
    folder = Path(result)
    if str(result) == "latest" and not _is_folder(folder):
        folder = parent / _latest(parent / "latest.txt")
    if not _is_folder(folder):
        raise ResultFolderError(f"{folder}: there is no such result folder.")
    check_plain(folder)
    return folder


def _is_folder(path: Path) -> bool:
    """Tell whether a path is a folder; what cannot be a path, such as a long text, is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _latest(pointer: Path) -> str:
    """Return the folder's name that ``latest.txt`` holds, which may come from elsewhere."""
    try:
        refuse_odd(pointer, os.lstat(pointer))
        with pointer.open("rb") as file:
            name = file.read(_LONGEST_NAME).decode("utf-8").strip()
    except FileNotFoundError as reason:
        raise ResultFolderError(
            f"{pointer}: there is no latest result. Run a comparison first, or name a folder."
        ) from reason
    except (OSError, ValueError) as reason:
        raise ResultFolderError(
            f"{pointer}: the file cannot be read. Run a comparison again, or name a folder."
        ) from reason
    if not name or name in (".", "..") or not name.isprintable() or set(name) & set("/\\:"):
        raise ResultFolderError(
            f"{pointer}: the file does not hold the name of a folder beside it. Run a comparison "
            "again, or name a folder."
        )
    return name


def load_result(result: str | Path, parent: Path = Path("results")) -> Result:
    """Read measures and manifest of a result folder.

    Parameters
    ----------
    result : str or Path
        A result folder, or ``latest`` for the one that ``latest.txt`` names.
    parent : Path
        Folder that holds result folders and ``latest.txt``.

    Raises
    ------
    ResultFolderError
        If the folder or one of the two files is missing or cannot be read.
    """
    folder = result_folder(result, parent)
    if (folder / MANIFEST).exists():
        comparison_manifest(folder)  # an answer to another question has no measures to miss
    return Result(folder, read_measures(folder), comparison_manifest(folder))


def read_measures(folder: Path) -> pd.DataFrame:
    """Return ``measures.parquet`` of a folder, its columns in the order of the contract.

    Raises
    ------
    ResultFolderError
        If the file is missing, unreadable, lacks a column or holds other values in one.
    """
    path = folder / "measures.parquet"
    if not path.exists():
        raise ResultFolderError(f"{path}: the file is missing. {_AGAIN}")
    table = read_table(path)
    missing = [name for name in column_names("measures.parquet") if name not in table.column_names]
    if missing:
        raise ResultFolderError(f"{path}: columns are missing: {', '.join(missing)}. {_AGAIN}")
    for column in TABLES["measures.parquet"]:
        held = table.schema.field(column.name).type
        if not _HOLDS[column.dtype](held):
            raise ResultFolderError(
                f"{path}: the column {column.name} holds {held}, not {column.dtype}. {_AGAIN}"
            )
    return table.to_pandas()[column_names("measures.parquet")]


def _is_text(held: pa.DataType) -> bool:
    words = held.value_type if pa.types.is_dictionary(held) else held
    return bool(pa.types.is_string(words) or pa.types.is_large_string(words))


_HOLDS: dict[str, Callable[[pa.DataType], bool]] = {
    "string": _is_text,
    "int32": pa.types.is_integer,
    "float64": pa.types.is_floating,
}
"""What a column of a result table must hold, by its dtype in the contract."""
