"""What a study may say and hardly means: no mistakes, but worth a word before it is run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.checks.closed_doors import closed_doors
from sim.organisation.coordination import ACCOUNTABLE
from sim.organisation.organisation import Organisation
from sim.organisation.staffing import planned_load
from sim.state.blueprint import Blueprint
from sim.state.opening_hours import open_share
from sim.state.units import most_of_units
from sim.study.enterprise import Enterprise
from sim.study.plans import ever_in_force
from sim.study.spelling import first_few
from sim.study.study import Study

GIVEN = "Give it more heads, or leave `heads` out to have them computed"
COMPUTED = "Let fewer people leave the line for other work, or have a larger budget"
TOO_MUCH_PLANNED = 1.15
"""Planned work over the hours for it from which a firm is unlike those in which 3 to 10 % give up.

All customers of the first day are planned for, and all time away, so it is more than what comes: in
the first 40 worlds of each ensemble of the bundled firm the median of the busiest function is 1.03
to 1.04, the 95th percentile 1.15 to 1.21 (grade D: these are worlds of the model, not firms)."""


def doubts(study: Study) -> list[str]:
    """Return what to tell the author of a valid study, a sentence without full stop each.

    Parameters
    ----------
    study : Study
        A study whose org models can all be staffed.
    """
    said: list[str] = []
    for run in study.designs:
        told = set(said)
        names = ", ".join(model.organisation for model in run.organisations)
        where = "" if run.enterprise == study.enterprise else f"in the enterprise of {names}, "
        said += [f"{where}{each}" for each in _about_design(run) if each not in told]
        said += _about_people(run)
    # A transition leads through org models of the study.
    return list(dict.fromkeys([*said, *_equal_labels(study)]))


def _about_design(study: Study) -> Iterator[str]:
    """Yield what is doubtful in an enterprise, whoever works in it."""
    yield from _idle_functions(Blueprint(study))
    yield from _facts_without_source(study.enterprise)
    yield from _unneeded_journeys(study)
    yield from closed_doors(Blueprint(study))


def _about_people(study: Study) -> Iterator[str]:
    """Yield what is doubtful in org models that are run with the study's enterprise."""
    blueprint = Blueprint(study)
    organisations = [
        Organisation.under(blueprint, bundle)
        for model in study.organisations
        for bundle in ever_in_force(model)
    ]
    yield from _overloaded(blueprint, organisations)
    yield from _understaffed(blueprint, organisations)
    for organisation in organisations:
        yield from _nobody_there(organisation)


def _idle_functions(blueprint: Blueprint) -> Iterator[str]:
    """Yield the functions that own no touchpoint: their people are paid and do nothing."""
    for place, name in enumerate(blueprint.functions):
        if place not in blueprint.owners:
            yield f"the function {name} owns no touchpoint, so its people have nothing to do"


def load_ratios(blueprint: Blueprint, organisations: list[Organisation]) -> np.ndarray:
    """Return planned work over the hours to do it in, shape (n_organisations, n_functions).

    By function of the firm as one: of its units, that in which it is most.
    """
    ratios = [
        planned_load(o.blueprint) / (o.staff.line * (1.0 - o.time_away()) * open_share(o.blueprint))
        for o in organisations
    ]
    return np.array(
        [most_of_units(o.blueprint, each) for o, each in zip(organisations, ratios, strict=True)]
    ).reshape(-1, len(blueprint.functions))


def _overloaded(blueprint: Blueprint, organisations: list[Organisation]) -> Iterator[str]:
    """Yield the functions that have more planned work than hours to serve in."""
    ratios = load_ratios(blueprint, organisations)
    for place, name in enumerate(blueprint.functions):
        pairs = zip(organisations, ratios[:, place], strict=True)
        over = [o for o, ratio in pairs if ratio > TOO_MUCH_PLANNED]
        if over:
            models = ", ".join(o.levers.organisation for o in over)
            yield (
                f"{name} has {ratios[:, place].max():.0%} of the work that its people have "
                f"hours for (under {models}): many who come will give up waiting. "
                + (COMPUTED if blueprint.declared(place).heads is None else GIVEN)
            ).replace("%", " %", 1)


def _understaffed(blueprint: Blueprint, organisations: list[Organisation]) -> Iterator[str]:
    """Yield the functions whose people are planned to be busy above the cap (rule E5)."""
    parameters = blueprint.study.assumed
    cap, serving = parameters["utilisation_cap"], 1.0 - parameters["ordinary_meetings_share"]
    uses = np.array(
        [
            most_of_units(o.blueprint, planned_load(o.blueprint) / serving / o.staff.line)
            for o in organisations
        ]
    ).reshape(-1, len(blueprint.functions))
    for place, name in enumerate(blueprint.functions):
        over = [o for o, use in zip(organisations, uses[:, place], strict=True) if use >= cap]
        if over:
            models = ", ".join(dict.fromkeys(o.levers.organisation for o in over))
            yield (
                f"{name} is understaffed: planned work takes {uses[:, place].max():.0%} of its "
                f"people's time beside meetings (under {models}), and {cap:.0%} is the most that "
                "can be planned for"
            ).replace("%", " %")


def _nobody_there(organisation: Organisation) -> Iterator[str]:
    """Yield the levers whose role has no people, and the roles that are side duties only."""
    levers, there = organisation.levers, organisation.staff
    name, asked = levers.organisation, levers.staffing
    people = there.people
    for key, holder in (("seams", levers.ownership.seams), ("journeys", levers.ownership.journeys)):
        role = ACCOUNTABLE.get(holder)
        if role is not None and not there.filled(role):
            yield (
                f"{name}: ownership.{key} is given to `{holder}`, but staffing.{role.name} comes "
                "to nobody, so nobody takes it up"
            )
    if levers.gate.influence > 0 and organisation.hours.review_coverage <= 0:
        yield (
            f"{name}: gate.influence is {levers.gate.influence:g}, but no coordinating role has "
            "hours to review releases, so it changes nothing"
        )
    for role in there.rest:
        if not people[role.name]:
            yield (
                f"{name}: staffing.{role.name} of {getattr(asked, role.name):g} comes to less than "
                f"one person in a firm of {there.total} people: a side duty of somebody in the line"
            )


def _facts_without_source(enterprise: Enterprise) -> Iterator[str]:
    """Yield the facts that some step needs and none establishes, or that nothing needs.

    A customer can be asked for any fact (rule M5.2), so such a study runs; but who has to
    ask again and again is most likely a slip of the pen.
    """
    needed: dict[str, list[str]] = {}
    for journey_name, journey in enterprise.journeys.items():
        made = {fact for step in journey.touchpoints.values() for fact in step.produces}
        for step_name, step in journey.touchpoints.items():
            for fact in step.requires:
                lasting = enterprise.facts[fact] == "customer"
                if fact not in (_all_made(enterprise) if lasting else made):
                    needed.setdefault(fact, []).append(f"{journey_name}/{step_name}")
    for fact, places in needed.items():
        often = "once" if enterprise.facts[fact] == "customer" else "in every case"
        yield (
            f"no touchpoint {'at all' if often == 'once' else 'of the journey'} produces the fact "
            f"{fact}, which {first_few(places)} needs: the customer is asked for it {often}, or "
            "it is guessed"
        )
    used = {
        fact for j in enterprise.journeys.values() for s in j.touchpoints.values()
        for fact in s.requires
    }  # fmt: skip
    for fact in enterprise.facts:
        if fact not in used:
            yield f"no touchpoint needs the fact {fact}, so whether it is kept changes nothing"


def _unneeded_journeys(study: Study) -> Iterator[str]:
    """Yield the journeys that no segment needs and no prospect takes."""
    needed = {
        name
        for segment in study.market.segments.values()
        for name, a_year in segment.needs_per_year.items()
        if a_year > 0
    }
    for name, journey in study.enterprise.journeys.items():
        joined = journey.effect == "joins" and study.market.prospects > 0
        if name not in needed and not joined:
            yield (
                f"nobody needs the journey {name}: no segment has it in `needs_per_year`, so it "
                "never begins and decides nothing"
            )


def _equal_labels(study: Study) -> Iterator[str]:
    """Yield the labels that several org models share: no table or figure tells them apart."""
    by_label: dict[str, list[str]] = {}
    for model in study.organisations:
        by_label.setdefault(model.label or model.organisation, []).append(model.organisation)
    for label, names in by_label.items():
        if len(names) > 1:
            yield (
                f"the org models {' and '.join(names)} have the same label, `{label}`: nobody can "
                "tell them apart in a table or figure"
            )


def _all_made(enterprise: Enterprise) -> set[str]:
    """Return the facts that some touchpoint of the enterprise establishes."""
    return {
        fact
        for journey in enterprise.journeys.values()
        for step in journey.touchpoints.values()
        for fact in step.produces
    }
