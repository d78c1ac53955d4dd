"""One writer at a time: a lock on a folder that dies with its process.

The operating system holds the lock and lets go of it however the process ends, so that a lock
is never left behind. The file's text only says who holds it.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sim.keeping.files import machine_refusal
from sim.study.errors import MachineRefusal

LOCK = ".lock"
# On Windows a locked byte cannot be read by others: lock one far behind the text.
_LOCKED_BYTE = 1 << 20

if sys.platform == "win32":
    import msvcrt

    def _seize(file: BinaryIO) -> None:
        """Lock the file for this process, or raise OSError at once."""
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _seize(file: BinaryIO) -> None:
        """Lock the file for this process, or raise OSError at once."""
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """The right to write into a folder, from making it until `release` or the process's end.

    Parameters
    ----------
    folder : Path
        An existing folder.

    Raises
    ------
    MachineRefusal
        If another process holds the lock, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise machine_refusal("write", path, error) from error
        try:
            _seize(self._file)
        except OSError as error:
            # Some network drives know no locks; there whole files with the same content are
            # all that protects two processes from one another.
            if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                self._file.close()
                raise MachineRefusal(_in_use(folder, path)) from error
        try:
            self._file.truncate(0)
            self._file.write(json.dumps(_holder()).encode())
            self._file.flush()
        except OSError as error:
            self._file.close()
            raise machine_refusal("write", path, error) from error

    def release(self) -> None:
        """Let others write. The file stays: removing it could take it from its next holder."""
        self._file.close()


def _holder() -> dict[str, str | int]:
    return {
        "process": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _in_use(folder: Path, path: Path) -> str:
    """Say who writes into the folder, as far as the lock file tells."""
    try:
        holder = json.loads(path.read_bytes())
        who = f"process {holder['process']} on {holder['host']}, since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return (
        f"{folder} is being written by {who}. Nothing in it was touched. Wait until that has "
        "ended, and the same command goes on; or choose another place with --out DIR."
    )
