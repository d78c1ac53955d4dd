"""What was understood of a study, as its author would want to check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.organisation.organisation import Organisation
from sim.organisation.staffing import line_of
from sim.state.blueprint import Blueprint
from sim.study.levers import OrgModel
from sim.study.plans import levers_of, stages
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
    baseline = next(each for each in study.organisations if each.organisation == study.baseline)
    return {
        "study": study.study,
        "enterprise": enterprise.enterprise,
        "functions": _functions(blueprint),
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
        "designs": [_design(run) for run in study.designs if run.enterprise != enterprise],
        "organisations": {
            model.organisation: _people(Blueprint(study.for_plan(model)), model)
            | {"differs": _differing(stages(model)[-1], baseline)}
            for model in study.organisations
        },
        "baseline": study.baseline,
        "headline": study.headline,
        "design": study.design.model_dump(mode="json"),
    }


def _functions(blueprint: Blueprint) -> dict[str, int]:
    """Return the heads that each function is planned with, before any lever."""
    planned = line_of(blueprint)
    names = blueprint.study.enterprise.functions
    return {name: int(planned[blueprint.functions.index(name)]) for name in names}


def _design(study: Study) -> dict[str, Any]:
    """Return what another design of the enterprise has, and which org models are run with it.

    Its heads are what its work needs; those there are, the budget pays for.
    """
    enterprise = study.enterprise
    return {
        "enterprise": enterprise.enterprise,
        "organisations": [model.organisation for model in study.organisations],
        "functions": _functions(Blueprint(study)),
        "journeys": {name: len(each.touchpoints) for name, each in enterprise.journeys.items()},
    }


def _people(blueprint: Blueprint, model: OrgModel) -> dict[str, Any]:
    """Return an org model's label and where its people work: in line, or coordinating.

    With them those in line by function of the firm as one, over how many units they are spread,
    the share of hand-offs of their customers that account owners have time for (None without any),
    heads by coordinating role, those that are not there because technology is paid for instead,
    those who are idle, and what is left of its budget, money a year. Of a transition, in the end.
    """
    levers = stages(model)[-1]
    organisation = Organisation.under(blueprint, levers)
    there, owners = organisation.staff, levers.staffing.account_owners
    return {
        "label": model.label or model.organisation,
        "in_line": int(there.line.sum()),
        "coordinating": there.coordinating,
        "line": {
            name: int(there.line[list(organisation.blueprint.functions_named(name))].sum())
            for name in blueprint.study.enterprise.functions
        },
        "roles": {
            role.name: heads for role, each in there.posts.items() if (heads := float(each.sum()))
        },
        "technology": there.subscription,
        "idle": there.idle,
        "units": levers.structure.units,
        "minded": None if owners is None else organisation.hours.minded,
        "unspent": round(max(0.0, there.allowed - there.spending)),
    }


def _differing(levers: OrgModel, baseline: OrgModel) -> dict[str, Any]:
    """Return the levers that have another value than under the baseline, by their paths."""
    here, there = (_paths(levers_of(stages(each)[-1])) for each in (levers, baseline))
    return {path: value for path, value in here.items() if value != there.get(path)}


def _paths(levers: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return levers by their paths, such as ``staffing.cx_team``."""
    found: dict[str, Any] = {}
    for key, value in levers.items():
        deeper = isinstance(value, dict) and value
        found |= _paths(value, f"{before}{key}.") if deeper else {f"{before}{key}": value}
    return found
