"""What is brought to the page: a study or a log, received into a bounded file, then read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from fastapi import Request

from analysis.explore.saving import saved_study
from sim.reading.loader import load_study
from sim.reading.workbook_file import WORKBOOK_ENDING
from sim.study.errors import Problem, StudyError

MOST_OF_A_STUDY = 16 << 20
MOST_OF_A_LOG = 256 << 20
"""Bytes of a file that is brought."""


@asynccontextmanager
async def received(request: Request, folder: Path, most: int) -> AsyncIterator[Path]:
    """Give a file with a request's body, which is gone at the end.

    Parameters
    ----------
    folder : Path
        Where it lies meanwhile, in a folder of its own.
    most : int
        Bytes that it may have.

    Raises
    ------
    StudyError
        If there are more, or none.
    """
    with tempfile.TemporaryDirectory(dir=folder) as own:
        # A study's files may lie beside its folder: so it has one with nothing beside it.
        path = Path(own) / "study" / "brought"
        path.parent.mkdir()
        size = 0
        with path.open("wb") as file:
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise _problem("the file", f"this is larger than {most >> 20} MiB")
                file.write(part)
        if not size:
            raise _problem("the file", "there is nothing in it")
        yield path


def loaded_study(file: Path, name: str, program: str) -> str:
    """Read a study or workbook that was brought; return it as the text of a study file.

    Parameters
    ----------
    name : str
        What it is called where it came from: its ending says which of the two it is.

    Raises
    ------
    StudyError
        With every problem in it, under that name.
    """
    ending = Path(name).suffix.lower()
    if ending not in (WORKBOOK_ENDING, ".yaml", ".yml"):
        said = f"`{ending or name}` is no study"
        raise _problem(name, said, "bring a .yaml file or a workbook (.xlsx)")
    path = file.with_suffix(ending)
    os.replace(file, path)
    try:
        study = load_study(path)
    except StudyError as error:
        raise StudyError(
            replace(each, file=name) if each.file == str(path) else each for each in error.problems
        ) from error
    return saved_study(study.model_copy(update={"compared_with": None}), program)


def _problem(file: str, message: str, remedy: str = "") -> StudyError:
    return StudyError([Problem(file, None, None, "", message, remedy)])
