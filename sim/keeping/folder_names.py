"""How result folders are called: ``<study>-<what was changed>-<hash>``.

The hash alone says which result it is; what stands before it is for people. A result that is
there already under another name, because the same study was once written otherwise, is found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from sim.keeping.manifest import study_hash
from sim.study.study import Study

LONGEST_CHANGES = 40
"""Characters of a folder's name that say what was changed."""
_SAME_RESULT = ("ablations", "design.replicates", "design.worlds")
"""Keys that extend a result and make no other one."""


def folder_path(
    parent: Path,
    study: Study,
    overrides: Sequence[str] = (),
    asked: str = "",
    worlds: str = "",
) -> Path:
    """Return the result folder of a study under `parent`, which need not exist.

    Parameters
    ----------
    parent : Path
        Folder of result folders.
    study : Study
        The resolved study.
    overrides : sequence of str
        The ``--set`` options that made it.
    asked : str
        What is asked of the study, as in `study_hash`; its first word stands in the name.
    worlds : str
        As in `study_hash`.
    """
    ending = study_hash(study, asked, worlds)
    names = re.compile(rf"{re.escape(study.study)}(-[A-Za-z0-9_.=+]+)?-{ending}")
    there = sorted((name for name in _entries(parent) if names.fullmatch(name)), key=len)
    return parent / (there[0] if there else "-".join([*_parts(study, overrides, asked), ending]))


def _entries(parent: Path) -> list[str]:
    """Return what lies in a folder; whoever opens it says what is wrong if it cannot be read."""
    try:
        return os.listdir(parent)
    except OSError:
        return []


def _parts(study: Study, overrides: Sequence[str], asked: str) -> list[str]:
    """Return the name's parts before the hash."""
    parts = [*asked.split()[:1], shortened(overrides)]
    named = "+".join(part for part in parts if part)
    return [study.study, named] if named else [study.study]


def shortened(overrides: Sequence[str]) -> str:
    """Return what was changed, as far as there is room for it in a name.

    Parameters
    ----------
    overrides : sequence of str
        Each ``key.path=value``.

    Returns
    -------
    str
        Such as ``customers=1500+sales.heads=3+2``: the last two keys below each section, with
        the value, and how many more there are. Letters, digits and ``_.=+`` only.
    """
    words = []
    for override in overrides:
        path, _, value = override.partition("=")
        if path.strip() not in _SAME_RESULT:
            keys = path.strip().split(".")
            word = f"{'.'.join(keys[1:][-2:] or keys)}={value.strip()}"
            words.append(re.sub(r"[^A-Za-z0-9_.=]+", "_", word)[:LONGEST_CHANGES].strip("_"))
    shown: list[str] = []
    for word in words:
        if len("+".join([*shown, word])) > LONGEST_CHANGES - len("+99"):
            break
        shown.append(word)
    shown = shown or words[:1]
    left = len(words) - len(shown)
    return "+".join([*shown, *([str(left)] if left else [])])
