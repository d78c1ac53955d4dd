"""Reading a result folder back into frames."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.study.errors import ResultFolderError
from sim.study.tables import column_names

_AGAIN = "Run the comparison again to write a new one."


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
        If there is no such folder, or nothing has been written yet.
    """
    folder = Path(result)
    if str(result) == "latest" and not folder.is_dir():
        pointer = parent / "latest.txt"
        try:
            named = Path(pointer.read_text(encoding="utf-8").strip())
        except OSError as reason:
            raise ResultFolderError(
                f"{pointer}: there is no latest result. Run a comparison first, or name a folder."
            ) from reason
        folder = parent / named if (parent / named).is_dir() else named
    if not folder.is_dir():
        raise ResultFolderError(f"{folder}: there is no such result folder.")
    return folder


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
    return Result(folder, read_measures(folder), read_manifest(folder))


def read_measures(folder: Path) -> pd.DataFrame:
    """Return ``measures.parquet`` of a folder, its columns in the order of the contract.

    Raises
    ------
    ResultFolderError
        If the file is missing, unreadable or lacks a column.
    """
    path = folder / "measures.parquet"
    try:
        measures = pd.read_parquet(path)
    except FileNotFoundError as reason:
        raise ResultFolderError(f"{path}: the file is missing. {_AGAIN}") from reason
    except (OSError, ValueError) as reason:
        raise ResultFolderError(f"{path}: the file cannot be read. {_AGAIN}") from reason
    expected = column_names("measures.parquet")
    missing = [name for name in expected if name not in measures.columns]
    if missing:
        raise ResultFolderError(f"{path}: columns are missing: {', '.join(missing)}. {_AGAIN}")
    return measures[expected]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return ``manifest.json`` of a folder.

    Raises
    ------
    ResultFolderError
        If the file is missing or is not a JSON object.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as reason:
        raise ResultFolderError(f"{path}: the file is missing. {_AGAIN}") from reason
    except (OSError, ValueError) as reason:
        raise ResultFolderError(f"{path}: the file cannot be read. {_AGAIN}") from reason
    if not isinstance(manifest, dict):
        raise ResultFolderError(f"{path}: the file does not hold a manifest. {_AGAIN}")
    return manifest
