"""The study as the page shows it before anything is run: names, people, budget, who may do what."""

from __future__ import annotations

from typing import Any

from analysis.comparing import changes_of, labels_of
from analysis.explore.controls import values_of
from analysis.explore.states import AskedPair
from sim.checks.doubts import doubts
from sim.checks.summary import summary_of
from sim.study.plans import stages
from sim.study.study import Study
from sim.study.tables import MEASURES, NEITHER


def pair_described(asked: AskedPair) -> dict[str, Any]:
    """Return what was understood of a window's state, as plain data."""
    study = asked.study
    summary = summary_of(study)
    return {
        "study": study.study,
        "names": asked.names,
        "pair": asked.pair,
        "labels": labels_of(study),
        "org_models": asked.org_models,
        "enterprise": study.enterprise.enterprise,
        "description": study.enterprise.description,
        "changed": changes_of(study),
        "baseline": study.baseline,
        "headline": MEASURES[study.headline].label,
        "functions": list(study.enterprise.functions),
        "customers": study.market.customers,
        "segments": list(study.market.segments),
        "weeks": -(-study.design.horizon_days // 5),
        "values": values_of(study),
        "choices": _choices(study),
        "people": {name: _people(summary, name, study) for name in asked.names},
        "doubts": doubts(study),
        "budget": study.budget,
    }


def _people(summary: dict[str, Any], name: str, study: Study) -> dict[str, Any]:
    """Return where the people of one org model work, and who decides what."""
    there = summary["organisations"][name]
    levers = stages(next(p for p in study.organisations if p.organisation == name))[-1]
    return {
        **{key: there[key] for key in ("in_line", "coordinating", "line", "roles", "technology",
                                       "idle", "units", "unspent")},
        "differs": sorted(there["differs"]),
        "local": list(levers.structure.local),
        "record": levers.technology.record,
        "platform": levers.technology.level,
        "authority": levers.authority,
        "path": levers.escalation.path,
        "sponsor": levers.sponsorship.strength,
        "trust_host": levers.trust.host,
    }  # fmt: skip


def _choices(study: Study) -> dict[str, list[list[str]]]:
    """Return what may be chosen where that depends on the study: value and words of each."""
    functions = [[name, name.replace("_", " ")] for name in study.enterprise.functions]
    deciding = [
        [name, spec.label] for name, spec in MEASURES.items() if spec.headline
        and spec.direction != NEITHER
    ]  # fmt: skip
    if study.headline not in [name for name, _ in deciding]:
        deciding.append([study.headline, MEASURES[study.headline].label])
    return {
        "headline": deciding,
        "placement.host": [["none", "nowhere in particular"], ["executive", "the top"], *functions],
        "structure.local": [["", "nothing"], ["live", "those who talk to customers"],
                            ["all", "everything"]],
    }  # fmt: skip
