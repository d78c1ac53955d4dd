"""Texts in columns, as a terminal shows them: East Asian signs and emoji take two cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Sequence


def terminal_width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    joining = sum(unicodedata.category(sign) in ("Mn", "Me", "Cf") for sign in text)
    return len(text) + wide - joining


def aligned(
    rows: Sequence[Sequence[str]], left: Container[int] = (0,), heading: int = 1
) -> list[str]:
    """Return rows as lines of equal columns, a rule under the heading.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of one length.
    left : container of int
        Columns that stand to the left; the others stand to the right.
    heading : int
        Rows above the rule.
    """
    widths = [max(map(terminal_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            _padded(cell, width, place in left)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    return [*lines[:heading], rule, *lines[heading:]]


def _padded(cell: str, width: int, to_the_left: bool) -> str:
    room = " " * (width - terminal_width(cell))
    return cell + room if to_the_left else room + cell
