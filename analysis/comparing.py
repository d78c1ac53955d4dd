"""A comparison made in Python: the runs, the table of it, and its figures where one works."""

from __future__ import annotations

import html
import importlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.comparison.compare import UNEQUAL, UNEQUAL_REMARK, headline_table
from analysis.comparison.compare import compare as compare_measures
from sim.running.batch import run_study
from sim.running.memory import fitting_jobs, memory_need
from sim.study.study import Study


@dataclass(frozen=True)
class Picture:
    """A figure that shows where a notebook's cell ends with it.

    Attributes
    ----------
    name : str
        As in ``standing``.
    png : bytes
        The drawing.
    table : DataFrame
        The numbers that it shows.
    """

    name: str
    png: bytes
    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"<figure {self.name}>"

    def _repr_png_(self) -> bytes:
        return self.png


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
        return headline_table(self.table, labels_of(self.study), ranked_by=self.study.headline)

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

    def figures(self) -> dict[str, Picture]:
        """Draw every figure there is something to show in, by name."""
        replicates = self.measures["replicate"].nunique()
        with tempfile.TemporaryDirectory() as folder:
            # Imported only where figures are wanted: what draws takes long to load.
            importlib.import_module("analysis.figures.gallery").write_figures(
                Path(folder),
                self.measures,
                self.table,
                labels_of(self.study),
                footnote_of(self.study, replicates),
                self.study.headline,
            )
            drawn = sorted(Path(folder).glob("*.png"))
            return {
                png.stem: Picture(png.stem, png.read_bytes(), pd.read_csv(png.with_suffix(".csv")))
                for png in drawn
            }

    def figure(self, name: str = "outcomes") -> Picture:
        """Draw one figure; a notebook shows it.

        Raises
        ------
        ValueError
            If there is no figure of that name; the message names those there are.
        """
        drawn = self.figures()
        if name not in drawn:
            raise ValueError(f"there is no figure '{name}'; there are {', '.join(drawn)}")
        return drawn[name]


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
        jobs = fitting_jobs(memory_need(study), number * len(study.organisations))
    measures = run_study(study, number, jobs)
    return Comparison(study, measures, compare_measures(measures, study.baseline, study.budget))


def labels_of(study: Study) -> dict[str, str]:
    """Return what a board calls each org model, by name, in the order of the study."""
    return {model.organisation: model.label or model.organisation for model in study.organisations}


def footnote_of(study: Study, replicates: int, mark: str = "") -> str:
    """Return what stands below a study's figures.

    Parameters
    ----------
    mark : str
        What else tells this result from others, such as the hash of its folder.
    """
    runs = f"{replicates} replicate{'s' if replicates != 1 else ''}"
    parts = [f"Study {study.study}", runs, f"seed {study.design.seed}", mark]
    footnote = ", ".join(part for part in parts if part)
    return f"{footnote}. {UNEQUAL_REMARK}" if study.budget == UNEQUAL else footnote
