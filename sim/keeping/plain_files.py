"""What may lie in a result folder: plain files and folders.

A link leads elsewhere, so that writing or removing would reach what is not ours; a pipe, a
device or a socket may never end. They are found by name alone, before anything is opened. What
lies beside result folders, such as another's answer, is read with the same care.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from sim.keeping.files import machine_refusal
from sim.study.errors import ResultFolderError

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}
# On Windows: a symbolic link, and a junction.
_LINK_TAGS = {0xA000000C, 0xA0000003}
_LARGEST_OBJECT = 1 << 25
"""Bytes; the manifest of the largest study has a tenth of that."""
_MOST_PARTS = 2_000_000
"""Of an object, each of which may take fifty times its own length in memory."""


def check_plain(path: Path) -> None:
    """Refuse a folder that holds, at any depth, what is neither a plain file nor a folder.

    Parameters
    ----------
    path : Path
        A result folder.

    Raises
    ------
    ResultFolderError
        If there is such a thing; it is named.
    MachineRefusal
        If a folder cannot be read.
    """
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    status = entry.stat(follow_symlinks=False)
                    refuse_odd(Path(entry.path), status)
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(Path(entry.path))
        except OSError as error:
            raise machine_refusal("read", folder, error) from error


def refuse_odd(path: Path, status: os.stat_result) -> None:
    """Refuse what is neither a plain file nor a folder, by what ``lstat`` says of it."""
    kind = _odd_kind(status)
    if kind is not None:
        raise ResultFolderError(
            f"{path} is {kind}. A result folder holds plain files and folders only, so nothing in "
            "it was opened or changed. Move that away, or choose another place with --out DIR"
        )


def refuse_odd_folder(path: Path) -> None:
    """Refuse a folder beside result folders that is something else, or leads elsewhere.

    Parameters
    ----------
    path : Path
        Which need not exist.

    Raises
    ------
    ResultFolderError
        If it is a link, a pipe, a socket or a device.
    """
    try:
        refuse_odd(path, os.lstat(path))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise machine_refusal("read", path, error) from error


def plain_content(path: Path, largest: int) -> bytes:
    """Return what a plain file holds, which may come from elsewhere.

    Parameters
    ----------
    path : Path
        Anything.
    largest : int
        Bytes that it may have.

    Raises
    ------
    ValueError
        If it is a link, a pipe, a socket or a device, which is not opened, or is larger.
    OSError
        If it is not there, is a folder, or the machine does not let it be read.
    """
    kind = _odd_kind(os.lstat(path))
    if kind is not None:
        raise ValueError(f"it is {kind}")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"it is larger than {largest >> 20} MiB")
    return content


def plain_object(path: Path) -> dict[str, Any]:
    """Return the JSON object that a plain file holds, which may come from elsewhere.

    Raises
    ------
    ValueError
        If it holds something else, is too large or nested too deeply, or is no plain file.
    OSError
        If it is not there, or the machine does not let it be read.
    """
    content = plain_content(path, _LARGEST_OBJECT)
    if sum(map(content.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise ValueError("it holds far more than an answer has")
    try:
        found = json.loads(content, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _odd_kind(status: os.stat_result) -> str | None:
    """Return what something is that is neither a plain file nor a folder; None for those."""
    if getattr(status, "st_reparse_tag", 0) in _LINK_TAGS:
        return "a link"
    return _KINDS.get(stat.S_IFMT(status.st_mode))
