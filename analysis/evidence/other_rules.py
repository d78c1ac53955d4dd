"""Rules of another kind: whether the ranking keeps its signs if people work by other known laws.

Three rules of the model have a rival in the literature. The org models are run under either in the
same worlds with the same luck; what is asked is not how far figures move, but whether any
difference between two org models changes its sign (Railsback & Grimm 2019, robustness analysis).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.comparison.intervals import student_interval
from analysis.comparison.wording import decimals_for, number
from analysis.evidence.ensembles import Drawn
from analysis.evidence.over_worlds import OverWorlds, Values, some_of
from sim.runner import RunSpec
from sim.study.study import Study
from sim.study.tables import HIGHER, MEASURES, column_names, measure


@dataclass(frozen=True)
class Rival:
    """Two rules for one thing.

    Attributes
    ----------
    about : str
        What they are rules for.
    usual, other : str
        Either of them, in words.
    settings : tuple of (mapping, mapping)
        Parameters and mechanisms that make the usual one, and those that make the other.
    """

    about: str
    usual: str
    other: str
    settings: tuple[_Setting, _Setting]


@dataclass(frozen=True)
class _Setting:
    parameters: Mapping[str, float] = field(default_factory=dict)
    mechanisms: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, study: Study) -> Study:
        """Return the study under this rule."""
        return study.model_copy(
            update={
                "parameters": {**study.parameters, **self.parameters},
                "mechanisms": study.mechanisms.model_copy(update=dict(self.mechanisms)),
            }
        )


RIVALS: Mapping[str, Rival] = MappingProxyType(
    {
        "memory": Rival(
            "what is remembered of a journey",
            "its worst and its last step",
            "the mean of its steps",
            (_Setting({"peak_end_weight": 1.0}), _Setting({"peak_end_weight": 0.0})),
        ),
        "trust": Rival(
            "how standing moves",
            "less the more is known (Beta)",
            "by a fixed share each time",
            (_Setting(mechanisms={"trust": "beta"}), _Setting(mechanisms={"trust": "fixed_rate"})),
        ),
        "patience": Rival(
            "how patience on the line is spread",
            "exponentially",
            "as a bank measured it",
            (
                _Setting(mechanisms={"patience": "exponential"}),
                _Setting(mechanisms={"patience": "measured"}),
            ),
        ),
    }
)
"""Rules that have a rival, by name."""


@dataclass(frozen=True)
class Exchanged:
    """What became of the ranking when one rule took another's place.

    Attributes
    ----------
    name : str
        Of `RIVALS`.
    n_worlds : int
        In which every org model has a value under both rules.
    pairs, kept : int
        Pairs of org models, and how many have a mean difference of the same sign under both.
    clear, clear_kept : int
        Of these, pairs whose 95 % interval leaves out zero under the usual rule.
    leaders : tuple of (str, str)
        The best mean under either rule.
    lead : tuple of (tuple of float, tuple of float)
        Of the usual leader over its runner-up, under either rule: mean and half of its interval.
    """

    name: str
    n_worlds: int
    pairs: int
    kept: int
    clear: int
    clear_kept: int
    leaders: tuple[str, str]
    lead: tuple[tuple[float, float], tuple[float, float]]


def rival_specs(study: Study, drawn: Drawn, worlds: int) -> list[RunSpec]:
    """Return the runs of all org models under both rules of every pair, world by world."""
    places = some_of(drawn, max(worlds, len(drawn.groups)))
    return [
        RunSpec(setting.in_force(within), plan, 0, world.number)
        for world in (drawn.worlds[place] for place in places)
        for within in (world.of(study),)
        for rival in RIVALS.values()
        for setting in rival.settings
        for plan in study.organisations
    ]


def exchanged(study: Study, values: Values) -> list[Exchanged]:
    """Return what became of the ranking under each rival.

    Parameters
    ----------
    study : Study
    values : float64, shape (n_runs,)
        The headline measure in the order of `rival_specs`; NaN where a run failed.
    """
    models = tuple(each.organisation for each in study.organisations)
    sign = 1.0 if measure(study.headline).direction == HIGHER else -1.0
    table = sign * values.reshape(-1, len(RIVALS), 2, len(models))
    found = []
    for place, name in enumerate(RIVALS):
        both = table[:, place]
        whole = both[~np.isnan(both).any(axis=(1, 2))]
        if len(whole) > 1 and len(models) > 1:
            found.append(_exchanged(name, whole, models))
    return found


def _exchanged(name: str, values: Values, models: Sequence[str]) -> Exchanged:
    """Judge one pair of rules, values of shape (n_worlds, 2, n_models)."""
    first, second = np.triu_indices(len(models), 1)
    differences = values[:, :, first] - values[:, :, second]
    means, low, high = student_interval(np.moveaxis(differences, 0, -1))
    same = np.sign(means[0]) == np.sign(means[1])
    clear = (low[0] > 0.0) | (high[0] < 0.0)
    order = np.argsort(-values.mean(axis=0), axis=1, kind="stable")
    lead = values[:, :, order[0, 0]] - values[:, :, order[0, 1]]
    mean, _, end = student_interval(lead.T)
    ends = list(zip(mean.tolist(), (end - mean).tolist(), strict=True))
    return Exchanged(
        name,
        len(values),
        len(first),
        int(same.sum()),
        int(clear.sum()),
        int((same & clear).sum()),
        (models[order[0, 0]], models[order[1, 0]]),
        (ends[0], ends[1]),
    )


def rules_table(found: Sequence[Exchanged]) -> pd.DataFrame:
    """Return what became of the ranking: columns of ``rules.csv``."""
    rows = [
        {
            "rule": each.name,
            "usual": RIVALS[each.name].usual,
            "other": RIVALS[each.name].other,
            "n_worlds": each.n_worlds,
            "pairs": each.pairs,
            "pairs_kept": each.kept,
            "clear_pairs": each.clear,
            "clear_pairs_kept": each.clear_kept,
            "leader_usual": each.leaders[0],
            "leader_other": each.leaders[1],
            "lead_usual": each.lead[0][0],
            "lead_usual_half": each.lead[0][1],
            "lead_other": each.lead[1][0],
            "lead_other_half": each.lead[1][1],
        }
        for each in found
    ]
    return pd.DataFrame(rows, columns=column_names("rules.csv"))


def rules_lines(
    found: Sequence[Exchanged], about: OverWorlds, labels: Mapping[str, str]
) -> list[str]:
    """Return what became of the ranking in words; none if no rule was exchanged."""
    if not found:
        return []
    worlds = min(each.n_worlds for each in found)
    said = [f"Under rules of another kind, in {worlds} worlds:"]
    return [*said, *(f"  {_line(each, about, labels)}" for each in found)]


def _line(each: Exchanged, about: OverWorlds, labels: Mapping[str, str]) -> str:
    spec, rival = MEASURES[about.measure], RIVALS[each.name]
    texts = []
    for mean, half in each.lead:
        digits = decimals_for(spec, half)
        text = number(spec, mean, digits, signed=True)
        texts.append(f"{text} \u00b1{number(spec, half, digits)}")
    signs = f"{each.kept} of {each.pairs} differences keep their sign"
    if each.clear:
        signs += f", {each.clear_kept} of the {each.clear} that are clear"
    best = f"{labels[each.leaders[0]]} stays first"
    if each.leaders[0] != each.leaders[1]:
        best = f"{labels[each.leaders[1]]} is first in place of {labels[each.leaders[0]]}"
    return (
        f"{rival.about}: {rival.other}, not {rival.usual}: {signs}; {best} "
        f"(lead {texts[0]}, then {texts[1]})"
    )


def rules_object(found: Sequence[Exchanged]) -> dict[str, Any]:
    """Return the same as plain data."""
    return {"other_rules": rules_table(found).to_dict("records")}
