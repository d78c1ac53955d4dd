"""The demand table as it is kept: in memory, or in a file of which memory holds what is in use."""

from __future__ import annotations

import mmap
import tempfile
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np

NEED = np.dtype(
    [
        ("time", "f8"),  # hour at which it arises
        ("customer", "i4"),
        ("journey", "i4"),
        ("need", "i4"),  # its number among the customer's needs
    ],
    align=True,
)


@dataclass(frozen=True)
class DemandTable:
    """Needs, sorted by time.

    Attributes
    ----------
    needs : numpy.ndarray
        NEED, shape (n_needs,).
    file : mmap.mmap, optional
        The file that holds them, mapped into memory.
    """

    needs: np.ndarray
    file: mmap.mmap | None = None

    def let_go(self, row: int) -> None:
        """Let memory go that needs before a row take; a file keeps them for the next run."""
        if self.file is not None and hasattr(mmap, "MADV_DONTNEED"):
            passed = row * NEED.itemsize // mmap.PAGESIZE * mmap.PAGESIZE
            if passed:
                self.file.madvise(mmap.MADV_DONTNEED, 0, passed)

    def __reduce__(self) -> tuple[type[DemandTable], tuple[np.ndarray]]:
        """Copy and unpickle by the needs alone: a copy holds them in memory."""
        return type(self), (np.array(self.needs),)


class TableFile:
    """A file for a table that is written piece by piece; it ends with whoever reads it."""

    def __init__(self) -> None:
        self._file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit

    def __enter__(self) -> TableFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def append(self, needs: np.ndarray) -> None:
        """Write needs that arise after those written before.

        Parameters
        ----------
        needs : numpy.ndarray
            NEED, sorted by time.

        Raises
        ------
        OSError
            If there is no room in the folder for temporary files.
        """
        try:
            self._file.write(needs.data)
            self._file.flush()
        except OSError as error:
            folder = tempfile.gettempdir()
            raise OSError(
                error.errno,
                f"the table of needs does not fit into {folder} (TMPDIR names another folder): "
                f"{error.strerror}",
            ) from error

    def table(self) -> DemandTable:
        """Return the table of all that was written, mapped into memory."""
        mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return DemandTable(np.frombuffer(mapped, NEED), mapped)
