"""What may lie in a result folder: plain files and folders.

A link leads elsewhere, so that writing or removing would reach what is not ours; a pipe, a
device or a socket may never end. They are found by name alone, before anything is opened.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

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
    kind = _KINDS.get(stat.S_IFMT(status.st_mode))
    if getattr(status, "st_reparse_tag", 0) in _LINK_TAGS:
        kind = "a link"
    if kind is not None:
        raise ResultFolderError(
            f"{path} is {kind}. A result folder holds plain files and folders only, so nothing in "
            "it was opened or changed. Move that away, or choose another place with --out DIR"
        )
