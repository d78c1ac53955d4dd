"""What a cell says: a value of the kind that stands there, or why it is none.

A cell does not tell 8 from 8.0 and may hold a number as text, so the schema decides which is
meant; lists and names with a value each are written in one cell, as `a; b` and `a: 1; b: 2`.
"""

from __future__ import annotations

import math
import re
from typing import Any

from sim.reading.explain import shown
from sim.reading.shape import Shape
from sim.reading.workbook_file import LONGEST_TEXT, SheetCell
from sim.reading.yaml_source import LARGEST_INTEGER, UNPRINTABLE

EXACT_IN_A_CELL = 2**53
"""Whole numbers up to this are kept by spreadsheet programs as they are."""

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
_BETWEEN = re.compile(r"[;,\n]")
_DECIMAL_COMMA = re.compile(r"[0-9],[0-9]")
_TRUE_OR_FALSE = {"yes": True, "true": True, "no": False, "false": False}
_TYPED_ANEW = {
    "f": (
        "a formula stands here",
        "type the value in; `Paste special, values` puts what it calculates in its place",
    ),
    "e": ("an error of the spreadsheet stands here", "type a value in, or empty the cell"),
    "d": (
        "a date or a time stands here",
        "spreadsheets make one of what looks like it: format the cell as a number or as text, and "
        "type the value again",
    ),
}


class UnfitCellError(Exception):
    """A cell holds no permitted value; holds message and remedy."""


def text_of(cell: SheetCell) -> str:
    """Return a name or a text that a cell holds; a number is taken as it is written.

    Raises
    ------
    UnfitCellError
        If it holds something else, or signs that are no text.
    """
    value = _held(cell)
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def value_of(cell: SheetCell, shape: Shape | None) -> Any:
    """Return a cell's value as plain data.

    Parameters
    ----------
    cell : SheetCell
        Not an empty one.
    shape : Shape or None
        What is permitted there; None if nothing is, which others complain of.

    Raises
    ------
    UnfitCellError
        If it holds a formula, an error, a date, or what cannot be taken apart.
    """
    value = _held(cell)
    if shape is None:
        return value
    if shape.type == "object":
        return _named_values(text_of(cell), shape)
    if shape.type == "array":
        return [part for part in map(str.strip, _BETWEEN.split(text_of(cell))) if part]
    if shape.type == "string":
        return text_of(cell)
    return _of_kind(value, shape)


def _held(cell: SheetCell) -> Any:
    """Return what a cell holds, unless it is nothing to go by."""
    if cell.kind in _TYPED_ANEW:
        raise UnfitCellError(*_TYPED_ANEW[cell.kind])
    value = cell.value
    if isinstance(value, str):
        found = UNPRINTABLE.search(value)
        if found:
            code = f"U+{ord(found.group()):04X}"
            raise UnfitCellError(f"there is a character that is not text ({code})", "delete it")
        if len(value) > LONGEST_TEXT:
            raise UnfitCellError("the text is longer than a cell can hold", "shorten it")
    elif isinstance(value, float) and not math.isfinite(value):
        raise UnfitCellError("the number is too large", "write a smaller one")
    return value


def _of_kind(value: Any, shape: Shape) -> Any:
    """Return a value as the number, or true or false, that it obviously stands for."""
    if isinstance(value, str) and shape.type == "boolean":
        return _TRUE_OR_FALSE.get(value.lower(), value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = _number(value)
    elif shape.type == "integer" and isinstance(value, int | float) and value > EXACT_IN_A_CELL:
        message = "a spreadsheet does not keep all digits of a number as long as this"
        raise UnfitCellError(message, "format the cell as text, and type the number again")
    whole = isinstance(value, float) and value.is_integer() and shape.type == "integer"
    return int(value) if whole else value


def _number(text: str) -> float:
    """Return the number that a text shows."""
    value = int(text) if re.fullmatch(r"[-+]?[0-9]{1,19}", text) else float(text)
    if not math.isfinite(value) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        raise UnfitCellError("the number is too large", "write a smaller one")
    return value


def _named_values(text: str, shape: Shape) -> dict[str, Any]:
    """Take `a: 1; b: 2` apart."""
    found: dict[str, Any] = {}
    for part in map(str.strip, _BETWEEN.split(text)):
        if not part:
            continue
        name, colon, said = (each.strip() for each in part.rpartition(":"))
        if not colon or not name or not said:
            remedy = "write each as `name: value`, with semicolons between them"
            if _DECIMAL_COMMA.search(text):
                remedy += ", and numbers with a point, such as 0.5"
            raise UnfitCellError(f"{shown(part)} is no name with a value", remedy)
        if name in found:
            raise UnfitCellError(f"`{name}` is given twice", "keep one")
        below = shape.child(name)
        found[name] = said if below is None or below.type == "string" else _of_kind(said, below)
    return found
