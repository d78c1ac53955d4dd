"""What a board pack says, whatever it is written on: pages of findings, tables and charts."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.ticker import MaxNLocator

BARS, STACKED, LINES = "bars", "stacked", "lines"
"""Kinds of charts: bars side by side, bars that add up, lines along an axis of time."""

_MOST_STEPS = 6
"""Of an axis of values."""

GridCell = str | float
_COMMAND = re.compile("`([^`]+)`")


@dataclass(frozen=True)
class Grid:
    """A table: words and numbers, and how many decimals each column shows.

    Attributes
    ----------
    about : str
        What stands above it.
    head : tuple of str
        Names of the columns, with their unit.
    rows : tuple of tuple of (str or float)
        A missing number is NaN.
    decimals : tuple of int
        For each column; of words, 0.
    """

    about: str
    head: tuple[str, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    decimals: tuple[int, ...]


@dataclass(frozen=True)
class Series:
    """One row of bars, or one line.

    Attributes
    ----------
    label : str
    values : tuple of float
        One for each category; NaN where there is none.
    low, high : tuple of float
        Ends of the intervals; empty where there are none.
    colours : tuple of str
        Six hex digits behind ``#``: one for all, or one for each category.
    pattern, lines : str
        What is drawn over the one colour, as office programs call it, and in which colour; empty
        for nothing.
    """

    label: str
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    colours: tuple[str, ...] = ()
    pattern: str = ""
    lines: str = ""


@dataclass(frozen=True)
class Chart:
    """Numbers that an office program draws itself, so that they can be changed there.

    Attributes
    ----------
    about, unit : str
    kind : str
        `BARS`, `STACKED` or `LINES`.
    categories : tuple of str
    series : tuple of Series
    decimals : int
        That its numbers show.
    note : str
        What the intervals are.
    """

    about: str
    unit: str
    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    decimals: int
    note: str = ""

    @property
    def axis(self) -> tuple[float, float] | None:
        """Where the axis of values begins and ends; None: as the program likes.

        Office programs look at values alone for that, and would cut intervals off. The step is
        theirs: they know how much room its numbers have.
        """
        ends = [end for each in self.series for end in (*each.low, *each.high)]
        inside = [value for each in self.series for value in each.values]
        found = [each for each in (0.0, *ends, *inside) if math.isfinite(each)]
        low, high = min(found), max(found)
        if not ends or low == high:
            return None
        ticks = MaxNLocator(_MOST_STEPS, steps=[1, 2, 5, 10]).tick_values(low, high)
        return float(ticks[0]), float(ticks[-1])


@dataclass(frozen=True)
class Illustration:
    """A figure that was drawn already.

    Attributes
    ----------
    name : str
        Of its files.
    svg, png : Path
    alt : str
        What it shows, for whoever cannot see it.
    """

    name: str
    svg: Path
    png: Path
    alt: str


@dataclass(frozen=True)
class Page:
    """One question that a board asks, and its answer.

    Attributes
    ----------
    key : str
        A short name.
    question : str
    title : str
        The finding, in one sentence.
    lines : tuple of str
        What else there is to say, a paragraph each.
    grids, charts, figures : tuple
    caveats : tuple of str
        Under which conditions it holds.
    """

    key: str
    question: str
    title: str
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    figures: tuple[Illustration, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Missing:
    """A page that is left out, and the command that makes what it would be written from."""

    question: str
    command: str


@dataclass(frozen=True)
class Pack:
    """A board pack.

    Attributes
    ----------
    title : str
        The question that was asked.
    pages : tuple of Page
        The executive page first.
    missing : tuple of Missing
    method : tuple of str
        How it was done and what it rests on, a paragraph each.
    footnote : str
        Study, changes, worlds or replicates, seed, hash.
    tables : mapping of str to Grid
        What the workbook holds besides, by name of the sheet.
    """

    title: str
    pages: tuple[Page, ...]
    missing: tuple[Missing, ...]
    method: tuple[str, ...]
    footnote: str
    tables: dict[str, Grid] = field(default_factory=dict)


def commands_apart(text: str) -> list[tuple[str, bool]]:
    """Split a text at what stands between backticks, as commands do in a terminal.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (str, bool)
        Each part, without the marks, and whether it is a command; no part is empty.
    """
    parts = enumerate(_COMMAND.split(text))
    return [(part, place % 2 == 1) for place, part in parts if part]


def without_marks(text: str) -> str:
    """Return a text without the marks of commands, for where letters are all alike."""
    return _COMMAND.sub(r"\1", text)
