"""Provenance: what was computed, from what, by which program, where and when."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess  # git alone is called  # nosec B404
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.keeping.latest_text import LatestText
from sim.keeping.plain_files import plain_object
from sim.reading.study_files import study_as_given
from sim.runner import RunSpec
from sim.running.batch import FAILED, RunStatus
from sim.running.version import PROGRAM, program_version
from sim.study.ablations import ABLATIONS
from sim.study.errors import ResultFolderError
from sim.study.study import Study

PACKAGES = (
    "llvmlite",
    "loky",
    "matplotlib",
    "mesa",
    "numba",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "pydantic",
    "pyyaml",
    "rich",
    "salib",
    "scikit-learn",
    "scipy",
)
_NOT_IN_HASH = {"replicates", "worlds"}
_SOURCES = Path(__file__).resolve().parents[1]
MANIFEST = "manifest.json"


def study_hash(study: Study, asked: str = "", worlds: str = "") -> str:
    """Return the first 8 hex digits of the SHA-256 over a resolved study.

    It covers the market, enterprise, org models, seed and every override, but not the
    number of replicates or worlds or what is switched off: more of any extends the same results.
    Mappings keep the order of the study, because branches and segments are drawn in that order.

    Parameters
    ----------
    study : Study
        The resolved study.
    asked : str
        What is asked of it, where that is something else than a comparison.
    worlds : str
        What tells the worlds that it is run in from others; empty for the study as given.
    """
    left_out: dict[str, Any] = {"design": _NOT_IN_HASH, "ablations": True}
    if not study.weak_spots:  # a study without any is the one that it was before there were such
        left_out["weak_spots"] = True
    if not study.enterprise.parameters:
        left_out["enterprise"] = {"parameters"}
    text = study.model_dump_json(exclude=left_out)
    return hashlib.sha256((text + asked + worlds).encode()).hexdigest()[:8]


def study_text(study: Study) -> str:
    """Return what a run's key covers of its study: all but the other org models."""
    return study.model_dump_json(
        exclude={
            "organisations": True,
            "baseline": True,
            "ablations": True,
            "design": _NOT_IN_HASH,
        }
    )


_LATEST_TEXT = LatestText(study_text)


def run_key(spec: RunSpec) -> str:
    """Return 16 hex digits that name a run by its content: what it is about, never when.

    They cover the study, the org model, replicate and world, and the program's version.
    """
    text = _LATEST_TEXT.of(spec.study)
    about = (spec.organisation.model_dump_json(), str(spec.replicate), str(spec.world))
    parts = (str(program_version()), text, *about)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def begin(
    study: Study,
    *,
    study_file: str,
    overrides: Sequence[str] = (),
    command: Sequence[str] = (),
    asked: str = "",
    worlds: str = "",
) -> dict[str, Any]:
    """Return the manifest of a command that starts now.

    Parameters
    ----------
    study : Study
        The study as resolved.
    study_file : str
        The study's file as the user named it; its text is kept as given.
    overrides : sequence of str
        The ``--set`` options.
    command : sequence of str
        The command line, without the interpreter.
    asked : str
        What is asked of the study, where that is something else than a comparison.
    worlds : str
        What tells the worlds that it is run in from others; empty for the study as given.

    Returns
    -------
    dict
        JSON-ready; ``status`` is ``unfinished`` until `finish`.
    """
    version = program_version()
    return {
        "program": PROGRAM,
        "program_version": version.release,
        "engine": version.engine,
        "commit": _commit(),
        "status": "unfinished",
        "command": list(command),
        "study": study.study,
        "hash": study_hash(study, asked, worlds),
        **({"asked": asked} if asked else {}),
        **({"worlds_of": worlds} if worlds else {}),
        "seed": study.design.seed,
        "budget": study.budget,
        "study_as_given": {
            "file": study_file,
            "text": study_as_given(study_file),
            "set": list(overrides),
        },
        "study_as_resolved": study.model_dump(mode="json"),
        "packages": {name: _package_version(name) for name in PACKAGES},
        "host": _host(),
        "started": _now(),
        "ended": None,
        "failures": [],
    }


def _host() -> dict[str, Any]:
    return {
        "name": platform.node(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
    }


def finish(begun: dict[str, Any], statuses: Iterable[RunStatus], **facts: Any) -> dict[str, Any]:
    """Return the manifest of a command that ends now.

    Parameters
    ----------
    begun : dict
        What `begin` returned.
    statuses : iterable of RunStatus
        The fate of the runs; the failed ones are listed with their reasons.
    **facts
        Further entries, such as the number of replicates.
    """
    failures = [row for row in status_rows(statuses) if row["status"] == FAILED]
    return {
        **begun,
        **facts,
        "status": "incomplete" if failures else "complete",
        "ended": _now(),
        "failures": failures,
    }


def status_rows(statuses: Iterable[RunStatus]) -> list[dict[str, Any]]:
    """Return the fate of every run as rows: org_model, replicate, world, status, reason."""
    return [
        {
            "org_model": status.spec.organisation.organisation,
            "replicate": status.spec.replicate,
            "world": status.spec.world,
            "status": status.status,
            "reason": status.reason,
        }
        for status in statuses
    ]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result folder.

    Raises
    ------
    ResultFolderError
        If it is missing, too large to be one, or is not a JSON object.
    """
    path = folder / MANIFEST
    try:
        return plain_object(path)
    except FileNotFoundError:
        raise _unusable(path, "is missing") from None
    except (OSError, ValueError) as error:
        raise _unusable(path, "cannot be read") from error


def comparison_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result folder that holds a comparison.

    Raises
    ------
    ResultFolderError
        If there is none that can be read, or something else was asked of the study.
    """
    found = read_manifest(folder)
    if found.get("asked"):
        raise ResultFolderError(
            f"{folder} answers another question ({found['asked']}) and holds no comparison. Name "
            "a result of `compare`"
        )
    return found


def _unusable(path: Path, why: str) -> ResultFolderError:
    return ResultFolderError(
        f"{path} {why}, and nothing else says what {path.parent} belongs to, so nothing in it was "
        "touched. Move the folder away and run the comparison again, or choose another place with "
        "--out DIR"
    )


def finished_replicates(found: Mapping[str, Any]) -> int:
    """Return of how many replicates a manifest says that they were once finished; 0 if of none."""
    number = found.get("finished_replicates")
    return number if type(number) is int and number > 0 else 0


def finished_ablations(found: Mapping[str, Any]) -> dict[str, int]:
    """Return which mechanisms a manifest says were once switched off, for how many replicates."""
    there = found.get("finished_ablations")
    if not isinstance(there, dict):
        return {}
    return {
        name: number
        for name, number in there.items()
        if name in ABLATIONS and type(number) is int and number > 0
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _package_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit of the sources, marked if they were edited since; None if unknown."""
    git = shutil.which("git")
    if git is None or not (_SOURCES.parent / ".git").exists():
        return None
    try:
        described = subprocess.run(  # noqa: S603 - a fixed command, nothing from outside  # nosec B603
            [git, "-C", str(_SOURCES.parent), "describe", "--always", "--dirty", "--abbrev=40"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip() or None
