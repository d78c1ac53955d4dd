"""What a fit found, as a table, a recipe and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.columns import aligned
from analysis.comparison.wording import number
from analysis.evidence.candidates import PASSED_OVER
from analysis.evidence.ensembles import Ensemble, firm_key
from analysis.evidence.fitted import Fitted, Members, told_by
from analysis.evidence.predicted import spec_of
from analysis.evidence.sampling import world_at
from analysis.evidence.would_change import OF_STUDY, question_of
from sim.running.version import program_version
from sim.study.study import Study
from sim.study.tables import column_names


def patterns_table(fitted: Fitted, predicted: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Return what is known beside what the worlds give: columns of ``patterns.csv``.

    Parameters
    ----------
    fitted : Fitted
    predicted : sequence of mapping
        Rows of what nothing was fitted to, as `predictions_of` makes them.
    """
    rows: list[Mapping[str, Any]] = []
    for target in fitted.targets:
        known, there = target.pattern, fitted.members.outputs
        values = there[target.name].to_numpy(np.float64) if len(there) else np.empty(0)
        rows.append(
            {
                "output": target.name,
                "fitted": known.fitted and target.name not in fitted.told.set_aside,
                "known_low": known.low,
                "known_high": known.high,
                "default": fitted.default[target.name],
                "middle": fitted.middle.get(target.name, math.nan),
                "source": known.source,
                "grade": known.grade,
                **told_by(values, (known.low, known.high)),
            }
        )
    return pd.DataFrame([*rows, *predicted], columns=column_names("patterns.csv"))


def ensemble_from(study: Study, org_model: str, fitted: Fitted, asked: str) -> Ensemble:
    """Return the worlds found, with the recipe that makes them again.

    Parameters
    ----------
    asked : str
        The command, without paths.
    """
    told = fitted.told
    recipe: dict[str, Any] = {
        "enterprise": study.enterprise.enterprise,
        "firm": firm_key(study),
        OF_STUDY: question_of(study),
        "made_by": asked,
        "engine": str(program_version()),
        "seed": study.design.seed,
        "inert_coordinates": told.dummies,
        "runs_by_wave": told.runs,
        "left_of_all_assumed": [float(f"{share:.3g}") for share in told.left],
        "emulators_q2": told.emulated,
        "ranges_widened_by": told.widening,
        "set_aside": told.set_aside,
        "least_chance": [float(f"{chance:.3g}") for chance in told.least_chance],
        "tried": told.tried,
        "taken_in": told.taken,
        "taken_in_again": len(fitted.all_on.points),
        "missed_by_candidates": dict(sorted(told.missed.items())),
        "informed": list(fitted.informed),
    }
    if fitted.medoid is not None:
        recipe["middle"] = dict(fitted.medoid.parameters)
        recipe["middle_size"] = fitted.medoid.size
    points = fitted.members.points
    worlds = tuple(world_at(study, point, 1 + place) for place, point in enumerate(points))
    return Ensemble(org_model, recipe, worlds)


def patterns_text(table: pd.DataFrame) -> str:
    """Return the table in words: what is known, first default, middle, and 90 % of worlds."""
    lines = [["", "known", "default", "middle world", "90 % of worlds", "inside"]]
    for row in table.to_dict("records"):
        _, _, end = str(row["output"]).partition(" ")
        spec = spec_of(str(row["output"]))

        def shown(*values: float, spec: Any = spec) -> str:
            if any(math.isnan(value) for value in values):
                return "-"
            return " to ".join(number(spec, value, spec.decimals) for value in values)

        unit = " (%)" if spec.display == "percent" else ""
        note = "" if row["fitted"] else ", not fitted"
        lines.append(
            [
                f"{spec.label}{unit}{f', {end}' if end else ''}{note}",
                shown(row["known_low"], row["known_high"]),
                shown(row["default"]),
                shown(row["middle"]),
                shown(row["low"], row["high"]),
                "-" if math.isnan(row["inside"]) else f"{100 * row['inside']:.0f} %",
            ]
        )
    return "\n".join(aligned(lines)).replace("\u2212", "-")


def fit_text(fitted: Fitted, wanted: int, org_model: str) -> list[str]:
    """Return how the worlds were found, and what is missed, as sentences."""
    told = fitted.told
    found = len(fitted.members.points)
    said = [
        f"{found} of {told.tried} worlds that were not ruled out give what is known of firms "
        f"under {org_model}."
        if told.tried
        else "No world was left to be tried."
    ]
    if told.left:
        said.append(f"Waves leave {_share(told.left[-1])} of all that is assumed.")
    if told.least_chance:
        said.append(
            f"Not run: worlds with a chance below {_share(told.least_chance[0])} of being taken "
            f"in, which by the emulators hold {_share(PASSED_OVER)} of those that would be."
        )
    said.append(
        f"{len(fitted.informed)} coordinates are informed by what is known; {told.dummies} do "
        f"nothing under {org_model} and stay anything in their ranges."
    )
    if found < wanted:
        said.append(f"That is fewer than the {wanted} wanted: read shares of worlds with care.")
    if told.widening > 1:
        culprit = f"; {told.frees_most} rules most out" if told.frees_most else ""
        said.append(f"Every range had to be taken {told.widening:g} times as vague{culprit}.")
    if told.missed:
        worst, times = told.missed.most_common(1)[0]
        said.append(
            f"What candidates, those of the firm's own size among them, missed most often was "
            f"{worst} ({times} of them)."
        )
    for name in told.set_aside:
        said.append(f"No world reaches what is known of {name}: it was set aside.")
    return said


def _share(share: float) -> str:
    return f"one part in {1 / share:,.0f}" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def ridges(members: Members, informed: Sequence[str], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return pairs of informed coordinates that what is known ties to one another.

    Their margins mean little: where one is high the other has to be low, or as high.

    Returns
    -------
    list of dict
        The five strongest rank correlations beyond a half: ``first, second, correlation``.
    """
    if len(members.points) < 20:
        return []
    places = [names.index(name) for name in informed]
    ranks = pd.DataFrame(members.points[:, places], columns=list(informed)).rank()
    tied = ranks.corr().to_numpy()
    pairs = [
        (abs(tied[a, b]), a, b)
        for a in range(len(informed))
        for b in range(a + 1, len(informed))
        if abs(tied[a, b]) > 0.5
    ]
    return [
        {"first": informed[a], "second": informed[b], "correlation": float(tied[a, b])}
        for _, a, b in sorted(pairs, reverse=True)[:5]
    ]


def recipe_facts(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe without the middle world's parameters, for printing."""
    return {name: value for name, value in recipe.items() if name != "middle"}
