"""Seals: what a file must say about itself before it is believed.

Parquet's own checksums cover the values, not the names, types and places that stand at a file's
end, and nothing in a file says which run it is of. A seal does both: it stands among the notes at
the end and holds a checksum of all other bytes, with the name that the file was made for.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

_SEAL, _DIGITS, _FOR = b"checksum ", 16, b" for "
_BLANK = _DIGITS * b"0"
_PARQUET_END = b"PAR1"
# The tail of a Parquet file: how long the notes before it are, then the letters above.
_TAIL = 8
# Notes are a few hundred bytes a column; a longer claim is not worth the memory.
_LONGEST_NOTES = 1 << 24
_AT_ONCE = 1 << 20


def blank_seal(name: str) -> dict[str, str]:
    """Return the note that a file made for `name` has to hold, before `sealed` fills it in."""
    return {"seal": b"".join((_SEAL, _BLANK, _FOR, name.encode(), b"\n")).decode()}


def sealed(content: bytes) -> bytes:
    """Return a file with the checksum of its bytes in its seal, which was blank."""
    place = content.rindex(_SEAL) + len(_SEAL)
    digits = _checksum(io.BytesIO(content), place)
    return b"".join((content[:place], digits, content[place + _DIGITS :]))


def holds_seal(content: bytes, name: str) -> bool:
    """Tell whether bytes are a whole file that was made for `name` and has not changed since."""
    return _holds_seal(io.BytesIO(content), name)


def is_sealed(path: Path, name: str) -> bool:
    """Tell the same of a file, of which little is in memory at a time.

    What is no plain file is none: a pipe would be waited for.
    """
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        with path.open("rb") as file:
            return _holds_seal(file, name)
    except OSError:
        return False


def _holds_seal(file: BinaryIO, name: str) -> bool:
    size = file.seek(0, os.SEEK_END)
    if size < _TAIL:
        return False
    file.seek(size - _TAIL)
    length = int.from_bytes(file.read(4), "little")
    if file.read(4) != _PARQUET_END or not 0 < length <= min(size - _TAIL, _LONGEST_NOTES):
        return False
    start = size - _TAIL - length
    file.seek(start)
    notes = file.read(length)
    found = notes.rfind(_SEAL)
    here = found + len(_SEAL)
    said = notes[here + _DIGITS :]
    if found < 0 or not said.startswith(b"".join((_FOR, name.encode(), b"\n"))):
        return False
    return _checksum(file, start + here) == notes[here : here + _DIGITS]


def _checksum(file: BinaryIO, place: int) -> bytes:
    """Return the checksum of a file, that of nothing standing in the checksum's place."""
    digest = hashlib.sha256()
    file.seek(0)
    left = place
    while left:
        part = file.read(min(left, _AT_ONCE))
        if not part:
            return b""
        digest.update(part)
        left -= len(part)
    digest.update(_BLANK)
    file.seek(place + _DIGITS)
    while part := file.read(_AT_ONCE):
        digest.update(part)
    return digest.hexdigest()[:_DIGITS].encode()
