"""The bytes of a log, opened without trust: a plain file of bounded size, packed or not."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from analysis.event_log.log_refusals import log_refusal
from sim.study.errors import MachineRefusal, StudyError

MOST_LOG_BYTES = 2 << 30
"""Of a log as it lies on the disk, and of one unpacked: ten times what a million events take."""
MOST_LOG_EVENTS = 5_000_000
MOST_LOG_COLUMNS = 500
LONGEST_FIELD = 32_767
"""Characters of one cell or attribute, as spreadsheet programs have it."""

CSV, EXCEL, PARQUET, XES = "CSV", "Excel", "Parquet", "XES"
_SAMPLE = 1 << 18
_PACKED = b"\x1f\x8b"
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": ("an old workbook, or one with a password", "save it as .xlsx or as CSV"),
    b"%PDF": ("a PDF", "export the log as CSV, Excel, Parquet or XES"),
    b"BZh": ("packed in another way", "unpack it first, or pack it with gzip"),
    b"\xfd7zX": ("packed in another way", "unpack it first, or pack it with gzip"),
    b"7z\xbc\xaf": ("packed in another way", "unpack it first, or pack it with gzip"),
    b"\x28\xb5\x2f\xfd": ("packed in another way", "unpack it first, or pack it with gzip"),
    b"SQLite": ("a database", "export the log as CSV"),
}
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class _Bounded(io.RawIOBase):
    """What a packed file unpacks to, up to a bound."""

    def __init__(self, packed: BinaryIO, path: Path) -> None:
        self._unpacked = gzip.GzipFile(fileobj=packed, mode="rb")
        self._path = path
        self._left = MOST_LOG_BYTES

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read some more.

        Raises
        ------
        StudyError
            If it is damaged, or unpacks to more than is read.
        """
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            part = self._unpacked.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            message = f"the packed file is damaged or cut short ({error})"
            raise log_refusal(self._path, message, "export or copy it again") from error
        self._left -= len(part)
        if self._left < 0:
            raise _too_large(self._path, "unpacked, the log")
        view[: len(part)] = part
        return len(part)


@dataclass(frozen=True)
class LogSource:
    """A log's bytes.

    Attributes
    ----------
    path : Path
        As the user named it.
    file : BinaryIO
        The open file.
    is_packed : bool
        Whether it is packed with gzip.
    kind : str
        Of what it holds: `CSV`, `EXCEL`, `PARQUET` or `XES`.
    sha256 : str
        Digest of the file's bytes, hexadecimal.
    """

    path: Path
    file: BinaryIO
    is_packed: bool
    kind: str
    sha256: str

    def stream(self) -> BinaryIO:
        """Return what it holds from the beginning, unpacked; one stream at a time."""
        return _stream(self.file, self.path, self.is_packed)

    def sample(self) -> bytes:
        """Return the beginning of what it holds, unpacked."""
        return self.stream().read(_SAMPLE)


@contextmanager
def open_log(path: Path) -> Iterator[LogSource]:
    """Open a log for reading.

    Raises
    ------
    StudyError
        If it is no plain file, empty, too large, or of a kind that cannot be read.
    MachineRefusal
        If the machine does not let it be read.
    """
    with _opened(path) as file:
        digest = hashlib.file_digest(cast("io.BufferedReader", file), "sha256").hexdigest()
        file.seek(0)
        is_packed = file.read(2) == _PACKED
        start = _stream(file, path, is_packed).read(_SAMPLE)
        kind = _kind_of(path, start)
        if is_packed and kind in (EXCEL, PARQUET):
            message = f"this is {kind} packed with gzip, which nobody expects"
            raise log_refusal(path, message, "unpack it first")
        yield LogSource(path, file, is_packed, kind, digest)


def _stream(file: BinaryIO, path: Path, is_packed: bool) -> BinaryIO:
    file.seek(0)
    return io.BufferedReader(_Bounded(file, path), 1 << 20) if is_packed else file


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file, and nothing else: what is looked at is what is opened."""
    try:
        status = os.lstat(path)
    except FileNotFoundError as error:
        raise log_refusal(path, "there is no such file", "name the log's file") from error
    except (OSError, ValueError) as error:
        raise log_refusal(path, f"the file cannot be found ({error})", "name another") from error
    _check_plain_log(path, status)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise MachineRefusal(f"{path} cannot be read: {error.strerror or error}") from error
    with open(number, "rb") as file:
        _check_plain_log(path, os.fstat(number))
        yield file


def _check_plain_log(path: Path, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise log_refusal(path, "this is a link, not a file", "name the file that it leads to")
    if stat.S_ISDIR(status.st_mode):
        raise log_refusal(path, "this is a folder, not a file", "name the log's file in it")
    if not stat.S_ISREG(status.st_mode):
        message = "this is a device, pipe or socket, not a file"
        raise log_refusal(path, message, "save the log as a file first")
    if status.st_size == 0:
        raise log_refusal(path, "the file is empty", "export the log again")
    if status.st_size > MOST_LOG_BYTES:
        raise _too_large(path, "the log")


def _too_large(path: Path, what: str) -> StudyError:
    message = f"{what} is larger than {MOST_LOG_BYTES >> 30} GiB"
    return log_refusal(path, message, "export fewer columns, or a shorter time")


def too_many_events(path: Path) -> StudyError:
    """Return the refusal of a log with more events than are read."""
    message = f"the log has more than {MOST_LOG_EVENTS:,} events"
    return log_refusal(path, message, "export a shorter time, or a sample of whole cases")


def too_many_columns(path: Path, n_columns: int) -> StudyError:
    """Return the refusal of a log with more columns than are read."""
    message = f"the log has {n_columns:,} columns, and {MOST_LOG_COLUMNS} are read at most"
    return log_refusal(path, message, "export fewer columns")


def field_too_long(path: Path, where: str, column: str) -> StudyError:
    """Return the refusal of a field that is no name and no time."""
    message = f"{where} holds more than {LONGEST_FIELD:,} characters"
    return log_refusal(path, message, "export the log without that column", column)


def _kind_of(path: Path, start: bytes) -> str:
    """Tell by its first bytes what a file holds, whatever its name ends in."""
    for mark, (what, remedy) in _OTHER_KINDS.items():
        if start.startswith(mark):
            raise log_refusal(path, f"this is {what}, not a log that can be read", remedy)
    if start.startswith(b"PAR1"):
        return PARQUET
    if start.startswith(b"PK\x03\x04"):
        return EXCEL
    text = start
    for mark in _MARKS:
        text = text.removeprefix(mark)
    if text.replace(b"\0", b"").lstrip().startswith(b"<"):
        return XES
    if not text.strip(b" \t\r\n\0"):
        raise log_refusal(path, "the file holds nothing", "export the log again")
    return CSV
