"""What can go wrong outside the program, said in words a strategist can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

KeyPath = tuple[str | int, ...]
"""Keys and list positions that lead to a value."""

LONGEST_SAID = 800
MOST_SAID = 100


def _harmless(text: str) -> str:
    """Return a text that neither moves the cursor nor hides what stands beside it, cut if long.

    Names come from files and options, and may hold anything.
    """
    cut = text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 1]}…"
    return "".join(sign if sign.isprintable() else "?" for sign in cut)


def _sentence(text: str) -> str:
    """End a text with exactly one full stop."""
    stripped = _harmless(text.strip())
    return stripped if stripped.endswith((".", "?", "!")) else f"{stripped}."


@dataclass(frozen=True)
class Problem:
    """One mistake in the input and what to do about it.

    Parameters
    ----------
    file : str
        File as the user knows it, or the command-line option that holds the mistake; "" for
        a study that was made in Python.
    line, column : int or None
        Counted from 1; None where there is no line (an option, a missing file).
    path : str
        Keys leading to the value inside that file, joined by dots; "" for the whole file.
    message : str
        What is wrong, and what is permitted.
    remedy : str
        What to write instead.
    position : int
        Place in the order of a study that was made in Python, or stands in cells, and so has no
        lines.
    cell : str
        Sheet and cell of a workbook; "" elsewhere.
    """

    file: str
    line: int | None
    column: int | None
    path: str
    message: str
    remedy: str = ""
    position: int = 0
    cell: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        place = f"{place}, {self.cell}" if self.cell else place
        parts = [_harmless(part) for part in (place, self.path) if part]
        said = _sentence(self.message)
        if self.remedy:
            said = f"{said} {_sentence(self.remedy[0].upper() + self.remedy[1:])}"
        return ": ".join([*parts, said])


class Complaint(NamedTuple):
    """A mistake in a study as a whole: where it is, what is wrong, what to do."""

    path: KeyPath
    message: str
    remedy: str


class StudyError(Exception):
    """The input cannot be used; holds every problem found, in file order.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]):
        self.problems: list[Problem] = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SAID]]
        more = len(self.problems) - MOST_SAID
        return "\n".join([*lines, f"... and {more} more."] if more > 0 else lines)


class MachineRefusal(Exception):  # noqa: N818 - the machine refuses; the program has not erred
    """The machine refused: disk full, no permission, port taken."""


class ResultFolderError(Exception):
    """A result folder cannot be used: written by another version, incomplete or unreadable."""


class ClusterLost(Exception):  # noqa: N818 - the cluster went away; the program has not erred
    """The cluster went away in the middle of the work: scheduler dead, or no workers left."""
