"""The scenarios that come with the program: beside it in a checkout, inside it once installed."""

from __future__ import annotations

import os
from pathlib import Path

from sim.reading.explain import spelling_advice
from sim.study.errors import Problem, StudyError

FOLDER = "scenarios"
_PACKAGE = Path(__file__).resolve().parents[1]


def bundled_folder() -> Path:
    """Return the folder of the bundled scenarios, wherever the program lies."""
    # Inside the package first: what stands beside an installed one may be anybody's.
    inside = _PACKAGE / FOLDER
    return inside if inside.is_dir() else _PACKAGE.parent / FOLDER


def bundled_names() -> list[str]:
    """Return the names of all bundled files, as a study may name them, in order."""
    folder = bundled_folder()
    files = (path for kind in ("yaml", "csv") for path in folder.rglob(f"*.{kind}"))
    return sorted(path.relative_to(folder).as_posix() for path in files)


def bundled_org_models() -> list[str]:
    """Return the names of the bundled org models, which are those of their files."""
    inside = (Path(name) for name in bundled_names())
    return [path.stem for path in inside if path.parent.as_posix() == "organisations"]


def bundled(name: str) -> Path:
    """Return where a bundled study, enterprise or org model lies.

    Parameters
    ----------
    name : str
        Such as ``board.yaml`` or ``enterprises/subscription.yaml``.

    Raises
    ------
    StudyError
        If there is no such file; its message names those there are.
    """
    names = bundled_names()
    if name not in names:
        message, remedy = "there is no such bundled file", spelling_advice(name, names)
        raise StudyError([Problem(name, None, None, "", message, remedy)])
    return bundled_folder() / name


def bundled_name(name: str) -> str | None:
    """Return the bundled file that a study means by a name, which may begin ``scenarios/``."""
    inside = name.removeprefix("./").removeprefix(f"{FOLDER}/")
    return inside if inside in bundled_names() else None


def at_hand(path: str | Path) -> str:
    """Return a study's file as given or, if ``scenarios/...`` is not there, the bundled one."""
    given = Path(path)
    inside = "/".join(given.parts[1:])
    if not os.path.exists(path) and given.parts[:1] == (FOLDER,) and inside in bundled_names():
        return str(bundled_folder() / inside)
    return str(path)
