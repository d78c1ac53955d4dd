"""The figures a board reads: each states its finding and shows its intervals.

`FIGURES` is an open list: hand ``(*FIGURES, own)`` to `write_figures` and a figure of your own
is drawn with the others. Numbers come from `analysis.comparison`; nothing is estimated here.
Every figure is written beside the CSV of exactly what it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.comparison.pairing import UNEQUAL
from analysis.comparison.wording import ordered
from analysis.figures import style
from analysis.figures.drop_offs import draw_drop_offs
from analysis.figures.figure import Figure, Picture, Shown
from analysis.figures.lettering import REMARK, drawable, families_for
from analysis.figures.outcomes import draw_outcomes
from analysis.figures.own_kpis import draw_own_kpis
from analysis.figures.standing import draw_standing
from analysis.figures.transition import draw_transition

FIGURES = (
    Figure("standing", {"standing"}, draw_standing),
    Figure("drop_offs", {"n_needs"}, draw_drop_offs),
    Figure("outcomes", set(), draw_outcomes),
    Figure("own_kpis", {"own_kpi_attainment", "journey_kpi"}, draw_own_kpis),
    Figure("course", {"transition_week"}, draw_transition),
)
"""In the order in which they are read."""


def write_figures(
    folder: Path,
    measures: pd.DataFrame,
    comparison: pd.DataFrame,
    labels: dict[str, str],
    footnote: str,
    headline: str = "net_value",
    figures: Sequence[Figure] = FIGURES,
    worth: float | None = None,
    caveat: str = "",
) -> list[Path]:
    """Write every figure whose measures are there, as PNG, SVG and CSV.

    Parameters
    ----------
    folder : Path
        Where the files go; made if it is not there.
    measures : DataFrame
        Columns of ``measures.parquet``.
    comparison : DataFrame
        `analysis.comparison.pairing.compare_measures` of the same measures.
    labels : dict of str to str
        Label of each org model by name, in the order of the study, which settles the colours.
    footnote : str
        Study, replicates, seed and hash.
    headline : str
        The measure that decides what is best; the outcomes' title is about it.
    figures : sequence of Figure
        What to draw, in this order.
    worth : float, optional
        What one head is worth on the measure that decides, where runs tell.
    caveat : str
        What every title says after its finding.

    Returns
    -------
    list of Path
        The files written, figure by figure.

    Raises
    ------
    ValueError
        If two figures have the same name.
    """
    _refuse_twins(figures)
    shown = _shown(measures, comparison, labels, footnote, headline)
    shown = replace(shown, worth=worth, caveat=caveat)
    paths: list[Path] = []
    with _looks(shown):
        for figure in figures:
            drawing = None if _missing(figure, shown) else figure.draw(shown)
            if drawing is not None:
                paths += style.save(drawing.sheet, folder, figure.name, drawing.table)
    return paths


def file_names(figures: Sequence[Figure] = FIGURES) -> list[str]:
    """Return the names of all files that `write_figures` may write."""
    return [f"{figure.name}.{kind}" for figure in figures for kind in style.FILE_KINDS]


def figure_of(
    name: str,
    measures: pd.DataFrame,
    comparison: pd.DataFrame,
    labels: dict[str, str],
    footnote: str = "",
    headline: str = "net_value",
    figures: Sequence[Figure] = FIGURES,
) -> Picture:
    """Draw one figure to look at, and leave no file behind.

    Parameters
    ----------
    name : str
        Of one of the figures.
    measures, comparison, labels, footnote, headline, figures
        As for `write_figures`.

    Returns
    -------
    Picture
        A notebook shows it; its bytes are those that `write_figures` would write.

    Raises
    ------
    ValueError
        If there is no such figure, or nothing for it to show.
    """
    _refuse_twins(figures)
    by_name = {figure.name: figure for figure in figures}
    if name not in by_name:
        raise ValueError(f"there is no figure '{name}'; there are {', '.join(by_name)}")
    shown = _shown(measures, comparison, labels, footnote, headline)
    if missing := _missing(by_name[name], shown):
        raise ValueError(f"the figure '{name}' shows what was not measured: {', '.join(missing)}")
    with _looks(shown):
        drawing = by_name[name].draw(shown)
        if drawing is None:
            raise ValueError(f"the figure '{name}' has nothing to show in these measures")
        png = style.rendered(drawing.sheet, "png")
    return Picture(name, drawing.sheet.figure, drawing.table, png)


def _refuse_twins(figures: Sequence[Figure]) -> None:
    """Refuse two figures of one name: the second would overwrite the first."""
    names = [figure.name for figure in figures]
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"more than one figure is called {', '.join(twins)}")


def _shown(
    measures: pd.DataFrame,
    comparison: pd.DataFrame,
    labels: dict[str, str],
    footnote: str,
    headline: str,
) -> Shown:
    """Return what figures are drawn from, with a label for every org model compared."""
    labels = {org: labels.get(org, org) for org in ordered(comparison["org_model"], labels)}
    if remark := spelled_out([*labels.values(), footnote]):
        footnote = f"{footnote} {remark}"
    labels = {org: drawable(label) for org, label in labels.items()}
    return Shown(measures, comparison, labels, drawable(footnote), headline)


def spelled_out(texts: Iterable[str]) -> str:
    """Return the remark that signs are spelled out, empty if fonts have all of them."""
    return "" if all(text == drawable(text) for text in texts) else REMARK


def _missing(figure: Figure, shown: Shown) -> list[str]:
    """Return the measures that a figure needs and that are not there."""
    return sorted(set(figure.needs) - set(shown.overall["measure"]))


def _looks(shown: Shown) -> AbstractContextManager[None]:
    """Return how figures look, with what every title has to say besides its finding."""
    unequal = UNEQUAL in set(shown.comparison["budget"])
    families = families_for([*shown.labels.values(), shown.footnote])
    caveats = ["unequal budgets"] * unequal + [shown.caveat] * bool(shown.caveat)
    return style.settings("; ".join(caveats), families)
