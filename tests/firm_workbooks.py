"""A small firm's workbook for tests: written, one cell changed, read again."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from analysis.commands.firm_workbook import new_workbook
from sim.reading.loader import load_study
from sim.study.errors import Problem, StudyError

Book = Any
Cell = Any


@functools.cache
def starter_bytes() -> bytes:
    """Return the small starter as a workbook."""
    return new_workbook(Path("shop.xlsx"), None, "standing")


@functools.cache
def starter_cells() -> dict[str, list[tuple[Any, ...]]]:
    """Return what stands in the starter's cells, row by row, by sheet."""
    book = openpyxl.load_workbook(io.BytesIO(starter_bytes()), read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def starter_book() -> Book:
    """Return the small starter as an open workbook, its values alone."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in starter_cells().items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def cell(book: Book, sheet: str, row: str, column: str) -> Cell:
    """Return the cell in the row that is called so and under the heading that is called so.

    Of a touchpoint the row is called `journey touchpoint`.
    """
    there = book[sheet]
    top = next(r for r in range(1, 5) if there.cell(r, 1).value in HEADS[sheet])
    n_names = 2 if sheet == "touchpoints" else 1
    for line in range(top, there.max_row + 1):
        names = [str(there.cell(line, at).value) for at in range(1, n_names + 1)]
        if " ".join(names) == row:
            break
    else:
        raise AssertionError(f"no row {row}")
    at = next(c for c in range(1, 60) if there.cell(top, c).value == column)
    return there.cell(line, at)


HEADS = {
    "settings": ("setting",),
    "functions": ("function",),
    "facts": ("fact",),
    "journeys": ("journey",),
    "touchpoints": ("journey",),
    "segments": ("segment",),
    "needs": ("journey",),
    "org models": ("lever",),
    "parameters": ("parameter",),
    "mechanisms": ("mechanism",),
    "patterns": ("measure",),
}


def problems_of(folder: Path, book: Book, **options: Any) -> list[Problem]:
    """Save a workbook as shop.xlsx, and return what is wrong with it."""
    file = folder / "shop.xlsx"
    book.save(file)
    try:
        load_study(file, **options)
    except StudyError as error:
        return error.problems
    return []


Change = Callable[[Book], Cell]
"""Changes a workbook and returns the cell that a message should name."""
