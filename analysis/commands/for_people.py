"""The part of ``compare`` that writes for people: numbers with labels, a workbook, a read-me."""

from __future__ import annotations

import argparse
import sys

import pandas as pd

from analysis.commands.experiment import Experiment
from analysis.commands.read_me import READ_ME, read_me
from analysis.comparing import changes_of, labels_of
from analysis.comparison.for_people import numbers_for_people
from analysis.comparison.pairing import N_WORLDS
from analysis.comparison.wording import headline_measures
from sim.study.study import Study
from sim.study.tables import MEASURES

NUMBERS, WORKBOOK = "numbers.csv", "results.xlsx"


def write_for_people(
    experiment: Experiment,
    comparison: pd.DataFrame,
    answer: str,
    footing: str,
    options: argparse.Namespace,
) -> None:
    """Write what people open: numbers, a workbook where it is wanted or was before, a read-me.

    Parameters
    ----------
    answer : str
        Who leads, in one sentence.
    footing : str
        How many worlds or replicates are shown, in words.
    """
    study, folder = experiment.study, experiment.folder
    numbers = numbers_for_people(comparison, labels_of(study))
    folder.write(NUMBERS, numbers)
    # A workbook of an earlier, smaller result would contradict the tables beside it.
    if options.excel or (folder.path / WORKBOOK).exists():
        folder.write(WORKBOOK, _sheets(study, numbers, answer, experiment.hash))
    by_world = bool(comparison[N_WORLDS].max() > 1)
    text = read_me(study, folder.path, answer, sys.argv[1:], footing, by_world=by_world)
    folder.write(READ_ME, text)


def _sheets(study: Study, numbers: pd.DataFrame, answer: str, mark: str) -> dict[str, pd.DataFrame]:
    """Return the sheets of the workbook."""
    headlines = {MEASURES[name].label for name in (*headline_measures(), study.headline)}
    whole = numbers[numbers["About"] == "the whole firm"]
    about = {
        "Study": study.study,
        "Question": study.description,
        "Answer": answer,
        "Changed": changes_of(study) or "nothing",
        "Seed": study.design.seed,
        "Hash": mark,
    }
    return {
        "Answer": pd.DataFrame(list(about.items()), columns=["", "What was asked and answered"]),
        "Headline": whole[whole["Measure"].isin(headlines)],
        "Numbers": numbers,
    }
