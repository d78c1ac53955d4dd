"""Compiled code on disk: in a folder that nobody else can write to, in files that are sealed.

Whoever can write into the folder decides what this program does, for machine code is loaded
from there and run. And code that was damaged on disk must be found out before it runs.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import pickle  # only what the seal below vouches for  # nosec B403
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs
from numba.core.caching import IndexDataCacheFile

PLACE = "STANDING_CACHE"
"""The environment's word for the folder that compiled code is kept in."""
_DIGEST_BYTES = 32


def chosen_folder(name: str) -> tuple[Path, str]:
    """Return a folder of this name for compiled code, and a remark if it is not the usual one.

    The usual place first; then one of the user's own among temporary files, which the next
    command finds again. Where even that cannot be used, one for this command and the processes
    it starts, removed at its end.

    Parameters
    ----------
    name : str
        Says which code it is.
    """
    root = os.environ.get(PLACE) or platformdirs.user_cache_dir("standing", False)
    why = _made_ready(Path(root), name)
    if not why:
        return Path(root) / name, ""
    number = os.getuid() if hasattr(os, "getuid") else ""
    other = Path(tempfile.gettempdir()) / f"standing-{number}"
    if _made_ready(other, name):
        other = Path(tempfile.mkdtemp(prefix="standing-kernels-"))
        os.environ[PLACE] = str(other)  # processes that this one starts find it there
        atexit.register(shutil.rmtree, other, ignore_errors=True)
        (other / name).mkdir(mode=0o700)
    remark = f"Compiled code is not kept in {root}: {why}. It is kept in {other} instead."
    return other / name, remark


def _made_ready(root: Path, name: str) -> str:
    """Make a folder and the one of this name in it; return why it cannot be used, if so."""
    folder = root / name
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        stranger = next(_open_to_others(folder), None)
        if stranger is not None:
            return f"others can write to {stranger}"
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as refusal:
        return (refusal.strerror or str(refusal)).lower()


def _open_to_others(folder: Path) -> Iterator[Path]:
    """Yield the folder, or those it lies in, as far as another user could exchange it."""
    if not hasattr(os, "getuid"):
        return  # elsewhere a user's own folders are closed to others by the system
    trusted = {0, os.getuid()}
    for at in (folder, *folder.resolve().parents):
        found = at.stat()
        by_others = bool(found.st_mode & stat.S_IWOTH)
        by_group = bool(found.st_mode & stat.S_IWGRP)
        if at != folder:
            # Who may write to a sticky folder cannot rename what is not theirs; and where
            # everybody has a group of their own, what is open to it is not open to others.
            sticky = bool(found.st_mode & stat.S_ISVTX)
            by_others, by_group = by_others and not sticky, by_group and not sticky
            by_group = by_group and found.st_gid not in {0, os.getgid()}
        if found.st_uid not in trusted or by_others or by_group:
            yield at


class SealedFile(IndexDataCacheFile):
    """Compiled code of one rule, each file behind a checksum of it.

    What does not agree with its checksum is as if it were not there: it is compiled anew, and
    written over.
    """

    def _load_index(self) -> dict[Any, str]:
        content = _unsealed(Path(self._index_path))
        if content is None:
            return {}
        version, stamp, overloads = pickle.loads(content)  # noqa: S301 - sealed  # nosec B301
        current = (version, stamp) == (self._version, self._source_stamp)
        return overloads if current else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        content = _unsealed(Path(self._data_path(name)))
        return None if content is None else pickle.loads(content)  # noqa: S301  # nosec B301

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, value: Any) -> None:
        content = self._dump(value)
        # A full disk costs the next run its time, and this one nothing.
        with suppress(OSError), self._open_for_write(path) as file:
            file.write(hashlib.sha256(content).digest())
            file.write(content)


def sealed_cache(cache: Any) -> SealedFile:
    """Return sealed files in the place of those that numba's cache of a rule has chosen."""
    of_rule = cache._impl
    stamp = of_rule.locator.get_source_stamp()
    return SealedFile(cache.cache_path, of_rule.filename_base, stamp)


def is_whole(path: Path) -> bool:
    """Tell whether a file of compiled code agrees with its checksum."""
    return _unsealed(path) is not None


def _unsealed(path: Path) -> bytes | None:
    """Return what a sealed file holds; None if it is not there, not readable or has changed."""
    try:
        sealed = path.read_bytes()
    except OSError:
        return None
    content = sealed[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == sealed[:_DIGEST_BYTES] else None
