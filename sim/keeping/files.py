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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.keeping.seals import blank_seal, holds_seal, sealed
from sim.study.errors import MachineRefusal, ResultFolderError

TEMPORARY = ".part"
ROWS_IN_GROUP = 100_000
_CELL_BYTES = 8
"""Of a number, or of a word that repeats, in memory."""
# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t")
_decimal: ContextVar[str] = ContextVar("decimal", default=".")


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
        errno.EFBIG: "files may not grow that large here. Raise the limit, or choose another "
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


def _replace(
    path: Path, write: Callable[[BinaryIO], object], *, outlives_power_loss: bool = True
) -> Path:
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
            if outlives_power_loss:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        remove(part)
        if isinstance(error, OSError):
            raise machine_refusal("write", path, error) from error
        raise
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
    """Write text as UTF-8 with line feeds, atomically, and return its path.

    File names may hold bytes that are no text; a manifest that quotes them has them escaped.
    """
    return _replace(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))


def write_parts(path: Path, parts: Iterable[str]) -> Path:
    """Write a long text as UTF-8, part by part, atomically, and return its path."""
    return _replace(path, lambda file: file.writelines(part.encode() for part in parts))


def write_json(path: Path, value: Any) -> Path:
    """Write JSON, keys in the order given, atomically; NaN and infinities are refused."""
    return write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _not_a_formula(value: Any) -> Any:
    """Return a cell that a spreadsheet shows and never calculates: text gets an apostrophe."""
    if not isinstance(value, str):
        return value
    # Unquoted, a carriage return ends a row for many readers, and what follows starts a cell.
    line = value.replace("\r", " ")
    return f"'{line}" if line.startswith(_FORMULA) else line


@contextmanager
def csv_decimal(sign: str) -> Iterator[None]:
    """Write the tables of all that is done inside for a spreadsheet with that decimal sign.

    Parameters
    ----------
    sign : str
        ``point``, or ``comma``: then semicolons stand between cells, as most of Europe has it.
    """
    before = _decimal.set({"point": ".", "comma": ","}[sign])
    try:
        yield
    finally:
        _decimal.reset(before)


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
    decimal = _decimal.get()
    separator = "," if decimal == "." else ";"
    return safe.to_csv(
        index=False,
        float_format=float_format,
        lineterminator="\n",
        decimal=decimal,
        sep=separator,
    )


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table as UTF-8 CSV, atomically, as `csv_text` puts it."""
    return write_text(path, csv_text(frame))


def write_bytes(path: Path, content: bytes, *, outlives_power_loss: bool = True) -> Path:
    """Write bytes, atomically, and return the path.

    Parameters
    ----------
    outlives_power_loss : bool
        Whether to wait until the disk has them. Without, a sudden end of the process does no
        harm, but a sudden end of the machine may leave a file whose seal is broken.
    """
    return _replace(path, lambda file: file.write(content), outlives_power_loss=outlives_power_loss)


def write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    """Write a table as Parquet without an index, atomically; see `parquet_bytes`.

    Raises
    ------
    MachineRefusal
        If the disk is full or writing is not allowed.
    """
    return write_bytes(path, parquet_bytes(frame))


def parquet_bytes(frame: pd.DataFrame, *, sealed_for: str | None = None) -> bytes:
    """Return a table as a Parquet file without an index.

    Equal tables give equal bytes: categories are stored as the values they stand for and
    no library's own notes are kept.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any; its index is not kept.
    sealed_for : str, optional
        The name that a seal in the file's notes is made for; see `sim.keeping.seals`.
    """
    columns: dict[str, Any] = {}
    for name in frame.columns:
        column = pa.array(frame[name].array, from_pandas=True)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        columns[name] = column
    table, content = pa.table(columns), io.BytesIO()
    with pq.ParquetWriter(content, table.schema, write_page_checksum=True) as writer:
        writer.write_table(table)
        if sealed_for is not None:
            writer.add_key_value_metadata(blank_seal(sealed_for))
    return content.getvalue() if sealed_for is None else sealed(content.getvalue())


def join_parquet(path: Path, parts: Iterable[pa.Table]) -> Path:
    """Write tables below one another as Parquet, atomically, a few of them in memory at a time.

    Parameters
    ----------
    path : Path
        Where to.
    parts : iterable of pyarrow.Table
        At least one; the others are brought to the columns and types of the first. The bytes
        depend on the parts and their order alone.
    """

    def write(file: BinaryIO) -> None:
        groups = _row_groups(parts)
        first = next(groups)
        with pq.ParquetWriter(file, first.schema, write_page_checksum=True) as writer:
            writer.write_table(first)
            for group in groups:
                writer.write_table(group)

    return _replace(path, write)


def _row_groups(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join neighbouring tables until they are long enough to be stored as one group of rows."""
    schema: pa.Schema | None = None
    waiting: list[pa.Table] = []
    for part in parts:
        schema = schema or part.schema
        waiting.append(part.select(schema.names).cast(schema))
        if sum(len(table) for table in waiting) >= ROWS_IN_GROUP:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def read_table(
    path: Path, categories: Sequence[str] = (), *, sealed_for: str | None = None
) -> pa.Table:
    """Read a table written by this module, `categories` as numbers with the words beside them.

    Parameters
    ----------
    path : Path
        A Parquet file.
    categories : sequence of str
        Columns of words that repeat.
    sealed_for : str, optional
        The name that it must be sealed for; see `parquet_bytes`.

    Raises
    ------
    ResultFolderError
        If it is missing or not readable as a table, has changed since it was sealed, or would
        fill the memory.
    """
    try:
        _check_room(path, os.path.getsize(path))
        content = path.read_bytes()
        if sealed_for is not None and not holds_seal(content, sealed_for):
            raise ValueError("its seal is broken, or another one's")
        file = pq.ParquetFile(
            pa.BufferReader(content),
            read_dictionary=list(categories),
            page_checksum_verification=True,
        )
        _check_room(path, file.metadata.num_rows * file.metadata.num_columns * _CELL_BYTES)
        return file.read(use_threads=False).replace_schema_metadata(None)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise ResultFolderError(
            f"{path} cannot be read. It was cut short or changed outside the program. The same "
            "comparison computes it again"
        ) from error


def _check_room(path: Path, n_bytes: int) -> None:
    """Refuse a table that would fill the memory: a few bytes can stand for any number of rows."""
    # Imported only where a table is read: it stands on much that other commands do without.
    from sim.running.memory import machine_bytes  # noqa: PLC0415

    if n_bytes > machine_bytes() / 2:
        raise ResultFolderError(
            f"{path} holds more than this machine has memory for: {n_bytes / 1e9:,.0f} GB. If a "
            "comparison wrote it, take a machine with more; else run the comparison again"
        )


def read_parquet(
    path: Path, categories: Sequence[str] = (), *, sealed_for: str | None = None
) -> pd.DataFrame:
    """Read a table as `read_table` does, into a frame."""
    return read_table(path, categories, sealed_for=sealed_for).to_pandas()
