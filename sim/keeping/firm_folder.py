"""The folder of a firm derived from a log: whole, or not there at all.

It is filled beside its place and moved there in one step, so a log that turns out to be of no use
leaves nothing behind.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.keeping.files import TEMPORARY, machine_refusal
from sim.keeping.plain_files import check_plain, refuse_odd
from sim.study.errors import ResultFolderError

FIRM_FILES = ("enterprise.yaml", "study.yaml", "fit.csv", "fit.html", "decided.csv")
"""What ``calibrate`` writes."""


def check_free(path: Path, *, fresh: bool) -> None:
    """Refuse a folder that holds a firm already, which somebody may have edited.

    Parameters
    ----------
    path : Path
        Where a firm is to be written.
    fresh : bool
        Whether what is there may be replaced: what the program writes, and nothing else.

    Raises
    ------
    ResultFolderError
        If it holds anything that would be lost.
    """
    try:
        refuse_odd(path, os.lstat(path))
        check_plain(path)
        there = sorted(entry.name for entry in path.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise machine_refusal("read", path, error) from error
    strange = [name for name in there if name not in FIRM_FILES]
    if strange:
        raise ResultFolderError(
            f"{path} holds {strange[0]}, which is not of this command, so nothing was touched. "
            "Move that away, or choose another place with --out DIR"
        )
    if there and not fresh:
        raise ResultFolderError(
            f"{path} holds this firm already, as you may have edited it, and was left as it is. "
            "Add --fresh to replace it, or --name NAME to write another"
        )


@contextmanager
def firm_folder(path: Path) -> Iterator[Path]:
    """Give a folder to be filled, which takes the place of `path` once all has gone well.

    Raises
    ------
    MachineRefusal
        If it cannot be created or moved.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        part.mkdir(parents=True)
    except OSError as error:
        raise machine_refusal("create", part, error) from error
    try:
        yield part
        try:
            if path.exists():
                shutil.rmtree(path)  # looked over: it holds what this command wrote, and no more
            os.replace(part, path)
        except OSError as error:
            raise machine_refusal("write", path, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
