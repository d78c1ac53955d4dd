"""Whole files or none: atomic writes, and the same bytes for the same data.

A file is written beside its place and moved there in one step, so that whoever reads it,
or goes on after an interruption, never meets half of one.
"""

from __future__ import annotations

import errno
import io
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import MachineRefusal, ResultFolderError

TEMPORARY = ".part"
# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def machine_refusal(action: str, path: Path, error: OSError) -> MachineRefusal:
    """Return what the machine refused, and what to do about it, as an error to raise.

    Parameters
    ----------
    action : str
        What was tried, such as ``write``.
    path : Path
        With what.
    error : OSError
        The machine's answer.
    """
    remedies = {
        errno.ENOSPC: "the disk is full. Free some space, or choose another place with --out",
        errno.EDQUOT: "your disk quota is used up. Free some space, or choose another "
        "place with --out",
        errno.EACCES: "permission denied. Close any program that has it open, or choose a "
        "folder you may write to with --out",
        errno.EROFS: "the place is read-only. Choose another with --out",
        errno.ENOTDIR: "part of the path is a file, not a folder. Choose another with --out",
        errno.ENOENT: "no folder can be created there. Choose another with --out",
        errno.EEXIST: "a file of that name is in the way. Choose another place with --out",
    }
    reason = remedies.get(error.errno or 0, f"{error.strerror or error}. Choose another with --out")
    return MachineRefusal(f"cannot {action} {path}: {reason}. The same command then goes on.")


def _replace(path: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Write a file beside its place, then move it there in one step.

    Raises
    ------
    MachineRefusal
        If the disk is full or writing is not allowed; nothing is left behind then.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        with part.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise machine_refusal("write", path, error) from error
    finally:
        remove(part)
    return path


def remove(path: Path) -> None:
    """Remove a file if it is there.

    Raises
    ------
    MachineRefusal
        If the machine does not allow it.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        # A folder that vanished or turned into a file has already been reported as such.
        if error.errno not in (errno.ENOTDIR, errno.ENOENT):
            raise machine_refusal("remove", path, error) from error


def write_text(path: Path, text: str) -> Path:
    """Write text as UTF-8 with line feeds, atomically, and return its path."""
    return _replace(path, lambda file: file.write(text.encode("utf-8")))


def write_json(path: Path, value: Any) -> Path:
    """Write JSON, keys in the order given, atomically; NaN and infinities are refused."""
    return write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _not_a_formula(value: Any) -> Any:
    """Return a cell that a spreadsheet shows and never calculates: text gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_text(frame: pd.DataFrame, float_format: str | None = None) -> str:
    """Return a table as CSV without an index; missing values are empty.

    Every CSV of the program is made here. Names of functions and org models cannot start a
    formula, since the loader refuses such names; labels, reasons and what comes from a
    log can, so text that starts like a formula gets an apostrophe before it. Numbers stay.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any; its index is not kept.
    float_format : str, optional
        How numbers are written; as exactly as they are by default.
    """
    safe = frame.rename(columns=_not_a_formula)
    texts = [name for name in safe.columns if safe[name].dtype.kind not in "biufcmM"]
    safe = safe.assign(**{str(name): safe[name].map(_not_a_formula) for name in texts})
    return safe.to_csv(index=False, float_format=float_format, lineterminator="\n")


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table as UTF-8 CSV, atomically, as `csv_text` puts it."""
    return write_text(path, csv_text(frame))


def write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table as Parquet without an index, atomically.

    Equal tables give equal bytes: categories are stored as the values they stand for and
    no library's own notes are kept.

    Parameters
    ----------
    path : Path
        Where to.
    frame : pandas.DataFrame
        Any; its index is not kept.

    Raises
    ------
    MachineRefusal
        If the disk is full or writing is not allowed.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            values = table.column(place).cast(field.type.value_type)
            table = table.set_column(place, pa.field(field.name, values.type), values)
    return _replace(
        path, lambda file: pq.write_table(table.combine_chunks(), file, write_page_checksum=True)
    )


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table written by `write_parquet`.

    Raises
    ------
    ResultFolderError
        If it is missing or not readable as a table.
    """
    try:
        held = io.BytesIO(path.read_bytes())
        return pq.read_table(held, page_checksum_verification=True).to_pandas()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise ResultFolderError(
            f"{path} cannot be read. It was cut short or changed outside the program; "
            "add --fresh to compute it again, or choose another place with --out"
        ) from error
