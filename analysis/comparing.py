"""A comparison made in Python: the runs, the table of it, and its figures where one works."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.comparison.headline import headline_table
from analysis.comparison.leading import Lead, leading
from analysis.comparison.pairing import UNEQUAL, compare_measures
from analysis.comparison.wording import UNEQUAL_REMARK
from sim.running.batch import run_study
from sim.running.memory import fitting_jobs, memory_need
from sim.study.extension import adopted_by
from sim.study.study import Study

if TYPE_CHECKING:
    from analysis.figures.figure import Figure, Picture

_MOST_CHANGES, _LONGEST_CHANGE = 12, 80
"""Changes that are named, and the characters of each."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The org models of a study side by side; printed, it is the headline table.

    Attributes
    ----------
    study : Study
        What was run.
    measures : DataFrame
        One row a measure and run; columns of ``measures.parquet``.
    table : DataFrame
        Levels, differences to the baseline and their intervals; columns of ``comparison.csv``.
    """

    study: Study
    measures: pd.DataFrame
    table: pd.DataFrame

    def __str__(self) -> str:
        table = headline_table(self.table, labels_of(self.study), self.lead)
        return "\n".join([*heading_of(self.study), table])

    @property
    def lead(self) -> Lead:
        """Who leads on the measure that decides, if luck and one head leave anybody ahead."""
        return leading(self.measures, self.study.headline)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def of(self, measure: str) -> pd.DataFrame:
        """Return the rows of one measure over the whole firm, by org model.

        Raises
        ------
        ValueError
            If nothing of that name was measured.
        """
        overall = self.table[self.table["scope"] == "overall"]
        rows = overall[overall["measure"] == measure]
        if rows.empty:
            there = ", ".join(sorted(set(overall["measure"])))
            raise ValueError(f"there is no measure '{measure}'; there are {there}")
        return rows.set_index("org_model")

    def figure(self, name: str = "outcomes", figures: Sequence[Figure] | None = None) -> Picture:
        """Draw one figure; a notebook shows it where a cell ends with it.

        Parameters
        ----------
        name : str
            Such as ``standing``, ``drop_offs``, ``outcomes`` or ``own_kpis``.
        figures : sequence of Figure, optional
            Those to choose from; the program's own and those of extensions if left out.

        Raises
        ------
        ValueError
            If there is no figure of that name, or nothing for it to show.
        """
        # Imported only where figures are wanted: what draws takes long to load.
        from analysis.figures.gallery import FIGURES, figure_of  # noqa: PLC0415

        return figure_of(
            name,
            self.measures,
            self.table,
            labels_of(self.study),
            footnote_of(self.study, self.measures["replicate"].nunique()),
            self.study.headline,
            (*FIGURES, *extension_figures(self.study)) if figures is None else figures,
        )


def compare(study: Study, replicates: int | None = None, jobs: int | None = None) -> Comparison:
    """Run every org model of a study with the same customers and luck, and compare them.

    Parameters
    ----------
    study : Study
        As `load_study` or `study_from` return it.
    replicates : int, optional
        Draws of demand and luck; the study's own number if left out.
    jobs : int, optional
        Processes; as many as there are cores and memory if left out. The result is the same.

    Returns
    -------
    Comparison

    Raises
    ------
    RuntimeError
        If a run fails; the message holds every reason.
    """
    number = study.design.replicates if replicates is None else replicates
    if jobs is None:
        # What was made by hand, as in a notebook, stands in no file for others to load.
        here = any(each.reference is None for each in adopted_by(study.extensions))
        most = 1 if here else number * len(study.organisations)
        jobs = fitting_jobs(memory_need(study), most)
    measures = run_study(study, number, jobs)
    return Comparison(study, measures, compare_measures(measures, study.baseline, study.budget))


def extension_figures(study: Study) -> tuple[Figure, ...]:
    """Return the figures of the extensions that a study uses."""
    return tuple(
        figure for each in adopted_by(study.extensions) for figure in each.extension.figures
    )


def labels_of(study: Study) -> dict[str, str]:
    """Return what a board calls each org model, by name, in the order of the study."""
    return {model.organisation: model.label or model.organisation for model in study.organisations}


def footnote_of(study: Study, runs: int | str, mark: str = "") -> str:
    """Return what stands below a study's figures.

    Parameters
    ----------
    runs : int or str
        How many replicates there are, or what else intervals are over, in words.
    mark : str
        What else tells this result from others, such as the hash of its folder.
    """
    if isinstance(runs, int):
        runs = f"{runs} replicate{'s' if runs != 1 else ''}"
    parts = [f"Study {study.study}", runs, f"seed {study.design.seed}", mark]
    footnote = ", ".join(part for part in parts if part)
    if study.changes:
        footnote += f". Changed: {changes_of(study)}"
    return f"{footnote}. {UNEQUAL_REMARK}" if study.budget == UNEQUAL else footnote


def heading_of(study: Study) -> list[str]:
    """Return the lines above a study's table: what was changed, none if nothing was."""
    return [f"Study {study.study}, changed: {changes_of(study)}", ""] if study.changes else []


def changes_of(study: Study) -> str:
    """Return what was laid over a study as written, as far as there is room for it."""
    shown = [
        each if len(each) <= _LONGEST_CHANGE else f"{each[: _LONGEST_CHANGE - 3]}..."
        for each in study.changes[:_MOST_CHANGES]
    ]
    left = len(study.changes) - len(shown)
    return ", ".join([*shown, *([f"and {left} more, see manifest.json"] if left else [])])
