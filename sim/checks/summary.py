"""What was understood of a study, as its author would want to check it."""

from __future__ import annotations

from typing import Any

from sim.organisation.staffing import line_of, staff
from sim.state.blueprint import Blueprint
from sim.study.levers import OrgModel
from sim.study.plans import stages
from sim.study.study import Study


def summary_of(study: Study) -> dict[str, Any]:
    """Return what was understood of a study: people, journeys, seams, org models.

    Parameters
    ----------
    study : Study
        A study whose org models can all be staffed.

    Returns
    -------
    dict
        JSON-ready.
    """
    enterprise = study.enterprise
    blueprint = Blueprint(study)
    planned = line_of(blueprint)
    return {
        "study": study.study,
        "enterprise": enterprise.enterprise,
        "functions": {
            name: int(planned[blueprint.functions.index(name)]) for name in enterprise.functions
        },
        "journeys": {
            name: len(journey.touchpoints) for name, journey in enterprise.journeys.items()
        },
        "seams": [
            name
            for name, (sender, receiver) in zip(blueprint.seam_ids, blueprint.seams, strict=True)
            if sender != receiver
        ],
        "facts": list(enterprise.facts),
        "customers": study.market.customers,
        "prospects": study.market.prospects,
        "segments": list(study.market.segments),
        "organisations": {
            model.organisation: _people(blueprint, model) for model in study.organisations
        },
        "baseline": study.baseline,
        "headline": study.headline,
        "design": study.design.model_dump(mode="json"),
    }


def _people(blueprint: Blueprint, model: OrgModel) -> dict[str, Any]:
    """Return an org model's label and where its people work: in line, or coordinating.

    With them what is left of its budget, money a year. Of a transition, in the end.
    """
    there = staff(blueprint, stages(model)[-1])
    return {
        "label": model.label or model.organisation,
        "in_line": int(there.line.sum()),
        "coordinating": there.coordinating,
        "unspent": round(max(0.0, there.allowed - there.spending)),
    }
