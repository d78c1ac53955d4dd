"""Results made up for board packs: a study of so many org models, measures of known effects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import synthetic_measures as synthetic

from analysis.comparison.pairing import compare_measures
from analysis.figures.gallery import write_figures
from analysis.load import Result
from analysis.report.sources import Answer, Compared, Sources
from sim.keeping.own_files import FIGURES_LIST
from sim.reading.loader import load_study
from sim.study.study import Study

LONG = "A very long name of an organisation that nobody could remember, in two parts"
NAMES = [
    "Silos", "Central team", "顧客体験チーム", LONG, "Ταξίδια πελατών", "=SUM(A1)", "<b>Bold</b>",
    "Ägide & Söhne", "Peer", "Matrix", "Key accounts", "Regional units",
]  # fmt: skip


def study_with(number: int) -> Study:
    """Return the bundled study with so many org models, named to be awkward."""
    study = load_study("scenarios/board.yaml")
    plans = [
        study.organisations[place % len(study.organisations)].model_copy(
            update={"organisation": f"org{place}", "label": NAMES[place]}
        )
        for place in range(number)
    ]
    return study.model_copy(update={"organisations": tuple(plans), "baseline": "org0"})


def compared_of(
    folder: Path, number: int, effect: float = 1.0, *, draws: bool = False, alike: bool = False
) -> Compared:
    """Return a comparison of so many org models.

    Parameters
    ----------
    effect : float
        By how much each differs from the one before.
    draws : bool
        Whether its figures are there.
    alike : bool
        Whether all have the very same measures.
    """
    study = study_with(number)
    names = [plan.organisation for plan in study.organisations]
    measures = synthetic.measures(names, effect=effect)
    if alike:
        one = measures[measures["org_model"] == names[0]]
        measures = pd.concat([one.assign(org_model=name) for name in names], ignore_index=True)
    folder.mkdir(parents=True, exist_ok=True)
    compared = Compared(Result(folder, measures, {"hash": "0a1b2c3d"}), study)
    if draws:
        table = compare_measures(measures, "org0")
        paths = write_figures(folder / "figures", measures, table, compared.labels, "Made up.")
        listed = "".join(f"{path.name}\n" for path in paths)
        (folder / FIGURES_LIST).write_text(listed, encoding="utf-8")
    return compared


def sources_of(compared: Compared, **told: dict[str, Any]) -> Sources:
    """Return what a pack is written from, with answers of other commands by kind."""
    folder = compared.result.folder
    return Sources(compared, {kind: Answer(folder, each) for kind, each in told.items()})
