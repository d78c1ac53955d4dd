"""Which program this is: its release, and its engine between releases."""

from __future__ import annotations

import functools
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.engine.compiled import engine_hash, program_hash

PROGRAM = "standing"
_NUMBERS = ("llvmlite", "loky", "mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
_PYTHON = ".".join(map(str, sys.version_info[:2]))
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@dataclass(frozen=True)
class Version:
    """A program version; two are the same if release and engine are.

    Attributes
    ----------
    release : str
        The release number.
    engine : str
        First 8 hex digits of the SHA-256 over the model's sources: between releases,
        changed rules give other numbers under the same number.
    """

    release: str
    engine: str

    def __str__(self) -> str:
        return f"{self.release} (engine {self.engine})"


@functools.cache
def program_version() -> Version:
    """Return the version of the program that is running."""
    return Version(_release(), engine_hash()[:8])


def is_of_this_version(written: Mapping[str, Any]) -> bool:
    """Tell whether a manifest says that this very program wrote it."""
    here = program_version()
    return (written.get("program_version"), written.get("engine")) == (here.release, here.engine)


def is_of_another_version(written: Mapping[str, Any]) -> bool:
    """Tell whether a manifest names another program, or another version of this one."""
    return "engine" in written and not is_of_this_version(written)


@functools.cache
def identity() -> str:
    """Return all code that runs on a worker: the program, Python and packages, in one line.

    Two machines of one type that say the same here get the same bits, and keep them alike.
    """
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in _NUMBERS)
    program = f"{program_version()}, sources {program_hash()[:8]}"
    return f"{PROGRAM} {program} with python {_PYTHON}, {packages}"


def _release() -> str:
    """Read the release from the project file beside the sources, else from the installation."""
    if _PROJECT.is_file():
        return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version(PROGRAM)
