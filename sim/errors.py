"""What can go wrong outside the program, said in words a strategist can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def _sentence(text: str) -> str:
    """End a text with exactly one full stop."""
    # Names come from files; none of them may move the cursor or hide what stands beside it.
    stripped = "".join(sign if sign.isprintable() else "?" for sign in text.strip())
    return stripped if stripped.endswith((".", "?", "!")) else f"{stripped}."


@dataclass(frozen=True)
class Problem:
    """One mistake in the input and what to do about it.

    Parameters
    ----------
    file : str
        File as the user knows it, or the command-line option that holds the mistake.
    line, column : int or None
        Counted from 1; None where there is no line (an option, a missing file).
    path : str
        Keys leading to the value inside that file, joined by dots; "" for the whole file.
    message : str
        What is wrong, and what is permitted.
    remedy : str
        What to write instead.
    """

    file: str
    line: int | None
    column: int | None
    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        path = "".join(sign if sign.isprintable() else "?" for sign in self.path)
        parts = [place, path] if path else [place]
        said = _sentence(self.message)
        if self.remedy:
            said = f"{said} {_sentence(self.remedy[0].upper() + self.remedy[1:])}"
        return ": ".join([*parts, said])


class ScenarioError(Exception):
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
        return "\n".join(str(problem) for problem in self.problems)


class MachineRefusal(Exception):  # noqa: N818 - the machine refuses; the program has not erred
    """The machine refused: disk full, no permission, port taken."""


class ResultFolderError(Exception):
    """A result folder cannot be used: written by another version, incomplete or unreadable."""
