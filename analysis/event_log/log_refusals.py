"""How a log is refused: in the words and form in which studies are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.study.errors import Problem, StudyError

_LONGEST_QUOTED = 60
_MOST_QUOTED = 3


def log_refusal(path: Path | str, message: str, remedy: str, place: str = "") -> StudyError:
    """Return what is wrong with a log and what to do about it, as an error to raise.

    Parameters
    ----------
    path : Path or str
        The file as the user named it, or an option.
    message, remedy : str
        As of a `Problem`.
    place : str
        Where in the file, such as a column; empty for all of it.
    """
    return StudyError([Problem(str(path), None, None, place, message, remedy)])


def quoted(value: object) -> str:
    """Return a value from a file as it may stand in a sentence: cut, and between quotes."""
    text = str(value)
    return f"'{text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 1] + '…'}'"


def a_few(values: Sequence[object], most: int = _MOST_QUOTED) -> str:
    """Return the first few values between quotes, and how many more there are."""
    more = len(values) - most
    first = ", ".join(quoted(value) for value in values[:most])
    return f"{first} and {more:,} more" if more > 0 else first
