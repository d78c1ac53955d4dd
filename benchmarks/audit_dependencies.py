"""Whether a known hole is in one of the packages that are installed with this program.

The registry that packages come from tells of each release what is known against it. Where it
does not (a mirror, say), or cannot be reached, this says so and audits nothing.

    python -m benchmarks.audit_dependencies
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess  # pip is asked for its settings  # nosec B404
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SECONDS = 10
_INDEX = re.compile(r"--index-url <url>[^(]*\(default\s+(\S+?)\)")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pinned(lock: str) -> list[tuple[str, str]]:
    """Return name and version of every package of a lock file."""
    return _PINNED.findall(lock)


@functools.cache
def registry() -> str:
    """Return where releases are asked about: beside the index that pip is set to.

    Raises
    ------
    OSError
        If pip names no address.
    """
    # What pip is set to stands in its help as the default.
    asked = [sys.executable, "-m", "pip", "download", "--help"]
    wide = os.environ | {"COLUMNS": "300"}  # so that no address is broken over lines
    said = subprocess.run(  # noqa: S603  # nosec B603
        asked, capture_output=True, text=True, check=False, env=wide
    )
    found = _INDEX.search(said.stdout)
    if found is None:
        raise OSError("pip names no index")
    return found.group(1).rstrip("/").removesuffix("/simple") + "/pypi"


def told(name: str, version: str) -> Any:
    """Return what the registry says of a release.

    Raises
    ------
    OSError, ValueError
        If it cannot be asked, or does not know.
    """
    address = f"{registry()}/{name}/{version}/json"  # https, to one place
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310  # nosec B310
        return json.load(answer)


def holes(name: str, version: str, said: Any) -> Iterator[str]:
    """Yield a line for each hole that is known in a release and has not been taken back."""
    for hole in said["vulnerabilities"]:
        if not hole.get("withdrawn"):
            mended = ", ".join(hole.get("fixed_in") or []) or "no release yet"
            yield f"{name} {version}: {hole['id']}, mended in {mended}. {hole.get('link', '')}"


def audit(lock: str, ask: Callable[[str, str], Any] = told) -> tuple[list[str], str]:
    """Return the known holes, and what was audited, as a sentence.

    The first package that the registry cannot answer for ends it: it is not asked in vain.
    """
    packages, found = pinned(lock), []
    for place, (name, version) in enumerate(packages):
        try:
            found += list(holes(name, version, ask(name, version)))
        except (OSError, ValueError, KeyError, TypeError) as refusal:
            return found, (
                f"NOT AUDITED beyond {place} of {len(packages)} packages: the registry says "
                f"nothing of holes in {name} {version} ({refusal})"
            )
    return found, f"{len(packages)} packages audited, {len(found)} known holes"


if __name__ == "__main__":
    known, sentence = audit(LOCK.read_text(encoding="utf-8"))
    print("\n".join([*known, sentence]))
    sys.exit(1 if known else 0)
