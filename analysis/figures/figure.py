"""What a figure is: a name, the measures it needs, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

import matplotlib.figure
import pandas as pd

from analysis.comparison.leading import leading
from analysis.comparison.wording import finding
from analysis.figures.style import Sheet


@dataclass(frozen=True)
class Shown:
    """What a figure is drawn from: a comparison, and how to speak of it.

    Attributes
    ----------
    measures : DataFrame
        Columns of ``measures.parquet``.
    comparison : DataFrame
        `analysis.comparison.pairing.compare_measures` of the same measures.
    labels : dict of str to str
        Label of each org model by name, in the order of the study, which settles the colours.
    footnote : str
        Study, replicates, seed and hash.
    headline : str
        The measure that decides what is best.
    worth : float or None
        What one head is worth on it, where runs tell.
    caveat : str
        What every title says after its finding.
    """

    measures: pd.DataFrame
    comparison: pd.DataFrame
    labels: dict[str, str]
    footnote: str
    headline: str
    worth: float | None = None
    caveat: str = ""

    @property
    def overall(self) -> pd.DataFrame:
        """Rows of the comparison on whole enterprises, not on their parts."""
        return self.comparison[self.comparison["scope"] == "overall"]

    def finding(self, name: str) -> str:
        """Return one sentence on a measure: who leads, or that nobody clearly does."""
        worth = self.worth if name == self.headline else None
        return finding(self.overall, leading(self.measures, name, worth), self.labels)

    @property
    def baseline(self) -> str:
        """Name of the org model compared against."""
        return str(self.comparison["baseline"].iloc[0])


@dataclass(frozen=True)
class Drawing:
    """A figure as it has been drawn.

    Attributes
    ----------
    sheet : Sheet
        As `analysis.figures.style.sheet` makes it.
    table : DataFrame
        Exactly the numbers shown: written as CSV beside the figure.
    """

    sheet: Sheet
    table: pd.DataFrame


@dataclass(frozen=True)
class Figure:
    """A figure of the open list.

    Attributes
    ----------
    name : str
        Of its files; letters, digits and underscores.
    needs : set of str
        Measures of whole enterprises without which it is not drawn.
    draw : function of Shown
        Returns the drawing, or None if there is nothing to show. It estimates nothing:
        numbers come from `analysis.comparison`.

    Raises
    ------
    ValueError
        If the name cannot name a file.
    """

    name: str
    needs: Set[str]
    draw: Callable[[Shown], Drawing | None]

    def __post_init__(self) -> None:
        """Refuse a name that would lead to another folder."""
        if not self.name.isidentifier():
            raise ValueError(
                f"a figure cannot be called '{self.name}': letters, digits and underscores only"
            )


@dataclass(frozen=True)
class Picture:
    """A figure to look at: a notebook shows it where it is the value of a cell.

    Attributes
    ----------
    name : str
    figure : matplotlib.figure.Figure
        For whoever wants to change it or to save it otherwise.
    table : DataFrame
        The numbers it shows.
    png : bytes
        The bytes that its file would have.
    """

    name: str
    figure: matplotlib.figure.Figure
    table: pd.DataFrame
    png: bytes

    def __repr__(self) -> str:
        """Name the figure: its bytes say nothing to a terminal."""
        return f"<figure {self.name}>"

    def _repr_png_(self) -> bytes:
        return self.png
