"""What two places of a study must agree on.

Each check yields complaints, so that a study with ten mistakes gets ten messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from sim.study.enterprise import COMPLETED, NOBODY, Enterprise, Journey, Touchpoint
from sim.study.errors import Complaint, KeyPath
from sim.study.levers import OrgModel
from sim.study.parameters import REGISTRY
from sim.study.spelling import nearest_or_all
from sim.study.study import Market
from sim.study.tables import MEASURES, NEITHER

PROBABILITY_TOLERANCE = 1e-6
MOST_VISITS = 1000.0
"""Times that a case may come by one touchpoint on average; more is a loop nobody meant."""

EXECUTIVE, NO_HOST = "executive", "none"
"""What a placement's host may be beside a function."""


def check_enterprise(enterprise: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about functions, facts and journeys that do not fit together."""
    for word in (NOBODY, EXECUTIVE, NO_HOST):
        if word in enterprise.functions:
            message = f"a function cannot be called `{word}`"
            yield Complaint(("functions", word), message, "give it another name")
    for index, fact in enumerate(enterprise.firm_facts):
        if enterprise.facts.get(fact) != "case":
            declared = [name for name, kind in enterprise.facts.items() if kind == "case"]
            yield Complaint(
                ("firm_facts", index),
                f"`{fact}` is not a declared fact of the kind `case`",
                nearest_or_all(fact, declared),
            )
    for name, journey in enterprise.journeys.items():
        yield from _check_journey(("journeys", name), journey, enterprise)


def _check_journey(at: KeyPath, journey: Journey, enterprise: Enterprise) -> Iterator[Complaint]:
    for key in ("start", "recontact"):
        target = getattr(journey, key)
        if target is not None and target not in journey.touchpoints:
            yield Complaint(
                (*at, key),
                f"`{target}` is not a touchpoint of this journey",
                nearest_or_all(target, journey.touchpoints),
            )
    for exit_name in journey.exits:
        if exit_name in journey.touchpoints or exit_name == COMPLETED:
            yield Complaint(
                (*at, "exits", exit_name),
                f"`{exit_name}` names a touchpoint or the built-in exit as well",
                "rename the exit",
            )
    for name, touchpoint in journey.touchpoints.items():
        yield from _check_touchpoint((*at, "touchpoints", name), touchpoint, journey, enterprise)
    yield from _check_reachable(at, journey)
    yield from _check_automated_loops(at, journey)


def _check_touchpoint(
    at: KeyPath, touchpoint: Touchpoint, journey: Journey, enterprise: Enterprise
) -> Iterator[Complaint]:
    if touchpoint.owner == NOBODY:
        if not touchpoint.automated:
            yield Complaint(
                (*at, "owner"),
                "a step that nobody owns has nobody to do it",
                "set `automated: true` or name a function",
            )
    elif touchpoint.owner not in enterprise.functions:
        yield Complaint(
            (*at, "owner"),
            f"`{touchpoint.owner}` is not a declared function",
            nearest_or_all(touchpoint.owner, [*enterprise.functions, NOBODY]),
        )
    for key in ("requires", "produces"):
        for index, fact in enumerate(getattr(touchpoint, key)):
            if fact not in enterprise.facts:
                yield Complaint(
                    (*at, key, index),
                    f"`{fact}` is not a declared fact",
                    nearest_or_all(fact, enterprise.facts),
                )
    yield from _check_kind(at, touchpoint)
    yield from _check_branches(at, touchpoint, journey)


def _check_kind(at: KeyPath, touchpoint: Touchpoint) -> Iterator[Complaint]:
    """Yield complaints about a touchpoint that is two things at once."""
    if touchpoint.automated and touchpoint.automation is not None:
        yield Complaint(
            (*at, "automation"),
            "a step that is automated altogether leaves a machine no share to take",
            "remove `automation`, or `automated: true`",
        )
    if touchpoint.shareable:
        for key, is_set in (
            ("automated", touchpoint.automated),
            ("automation", touchpoint.automation is not None),
            ("negotiate", touchpoint.negotiate is not None),
        ):
            if is_set:
                yield Complaint(
                    (*at, "shareable"),
                    f"a step with `{key}` is nothing that people of another function go on with",
                    f"remove `shareable: true`, or `{key}`",
                )
    if touchpoint.negotiate is not None:
        for key, is_set in (
            ("automated", touchpoint.automated),
            ("automation", touchpoint.automation is not None),
            ("reply", touchpoint.reply is not None),
        ):
            if is_set:
                yield Complaint(
                    (*at, key),
                    f"`{key}` cannot stand beside `negotiate`",
                    "offers are made by people, and each waits for its own answer: remove it",
                )


def _check_branches(at: KeyPath, touchpoint: Touchpoint, journey: Journey) -> Iterator[Complaint]:
    exits = [COMPLETED, *journey.exits]
    for target in touchpoint.next:
        if target not in journey.touchpoints and target not in exits:
            yield Complaint(
                (*at, "next", target),
                f"`{target}` is neither a touchpoint nor an exit of this journey",
                nearest_or_all(target, [*journey.touchpoints, *exits]),
            )
    total = sum(touchpoint.next.values())
    if abs(total - 1) > PROBABILITY_TOLERANCE:
        yield Complaint(
            (*at, "next"),
            f"the branch probabilities add up to {total:g}",
            "they must add up to 1",
        )
    reply = touchpoint.reply
    if reply is not None and (reply.limit_hours is None) != (reply.limit_exit is None):
        yield Complaint(
            (*at, "reply"),
            "`limit_hours` and `limit_exit` come together",
            "give both, or neither",
        )
    if reply is not None and reply.limit_exit is not None and reply.limit_exit not in exits:
        yield Complaint(
            (*at, "reply", "limit_exit"),
            f"`{reply.limit_exit}` is not an exit of this journey",
            nearest_or_all(reply.limit_exit, exits),
        )


def _check_reachable(at: KeyPath, journey: Journey) -> Iterator[Complaint]:
    links = {
        name: {target for target, share in step.next.items() if share > 0}
        for name, step in journey.touchpoints.items()
    }
    ends = {name for name, targets in links.items() if targets - set(journey.touchpoints)}
    while True:
        more = {name for name, targets in links.items() if name not in ends and targets & ends}
        if not more:
            break
        ends |= more
    for name in journey.touchpoints:
        if name not in ends:
            yield Complaint(
                (*at, "touchpoints", name),
                "no exit can be reached from here",
                "give some branch of the loop a way to `completed` or another exit",
            )
    known = {COMPLETED, *journey.exits, *journey.touchpoints}
    entries = {journey.start, journey.recontact or journey.start}
    if not entries.union(*links.values()) <= known:
        return  # What a misspelt name should have led to is not known.
    reached = set(entries)
    frontier = set(reached)
    while frontier:
        frontier = {t for name in frontier for t in links.get(name, ())} - reached
        reached |= frontier
    for name in journey.touchpoints:
        if name not in reached:
            yield Complaint(
                (*at, "touchpoints", name),
                "no branch leads here",
                "lead a branch to it or remove it",
            )
    if ends == set(journey.touchpoints):
        yield from _check_loops_are_left(at, journey)


def _check_loops_are_left(at: KeyPath, journey: Journey) -> Iterator[Complaint]:
    """Staffing plans on mean visits, v = e + Pᵀv, which grow without bound as loops close."""
    names = list(journey.touchpoints)
    chances = np.array(
        [[journey.touchpoints[name].next.get(to, 0.0) for to in names] for name in names]
    )
    # Rows that add up to a little more than 1 are permitted; a loop must not live on that.
    chances /= np.maximum(1.0, [[sum(step.next.values())] for step in journey.touchpoints.values()])
    try:
        visits = np.linalg.inv(np.eye(len(names)) - chances).max(axis=0)
    except np.linalg.LinAlgError:
        visits = np.full(len(names), np.inf)
    for name, times in zip(names, visits, strict=True):
        if not 0.0 <= times <= MOST_VISITS:
            yield Complaint(
                (*at, "touchpoints", name),
                "cases go round a loop here almost for ever",
                f"give it a larger chance to end; {MOST_VISITS:g} rounds on average are permitted",
            )


def _check_automated_loops(at: KeyPath, journey: Journey) -> Iterator[Complaint]:
    """Automated steps take no time, so a loop of nothing else would never end a tick."""
    links = {
        name: {
            target
            for target, share in step.next.items()
            if share > 0 and target in journey.touchpoints and journey.touchpoints[target].automated
        }
        for name, step in journey.touchpoints.items()
        if step.automated and step.reply is None
    }
    for name, first in links.items():
        seen: set[str] = set()
        frontier = set(first)
        while frontier:
            seen |= frontier
            frontier = {t for at_name in frontier for t in links.get(at_name, ())} - seen
        if name in seen:
            yield Complaint(
                (*at, "touchpoints", name),
                "automated steps that take no time form a loop",
                "put a staffed step or a `reply` into the loop",
            )


def check_market(market: Market, journeys: Mapping[str, Journey] | None) -> Iterator[Complaint]:
    """Yield complaints about shares and, if journeys are known, about needs and prospects."""
    total = sum(segment.share for segment in market.segments.values())
    if abs(total - 1) > PROBABILITY_TOLERANCE:
        yield Complaint(
            ("segments",), f"the segments' shares add up to {total:g}", "they must add up to 1"
        )
    growth = market.adoption_growth
    if growth is not None and growth.to < market.agent_adoption:
        yield Complaint(
            ("adoption_growth", "to"),
            f"{growth.to:g} is below `agent_adoption`, {market.agent_adoption:g}",
            "adoption of agents grows or stays: give a share at least as large",
        )
    if journeys is None:
        return
    known = list(journeys)
    if market.prospects and not any(journey.effect == "joins" for journey in journeys.values()):
        yield Complaint(
            ("prospects",),
            "there are prospects but no journey by which they could join",
            "give a journey `effect: joins`, or set `prospects: 0`",
        )
    for name, segment in market.segments.items():
        for journey in segment.needs_per_year:
            if journey not in known:
                yield Complaint(
                    ("segments", name, "needs_per_year", journey),
                    f"`{journey}` is not a journey of the enterprise",
                    nearest_or_all(journey, known),
                )


def check_weak_spots(spots: Iterable[str], enterprise: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about weak spots that are neither functions nor seams."""
    functions = list(enterprise.functions)
    for name in spots:
        ends = name.split(">")
        if name not in functions and not (len(ends) == 2 and set(ends) <= set(functions)):
            yield Complaint(
                ("weak_spots", name),
                f"`{name}` is neither a function nor a seam between two, such as "
                f"`{functions[0]}>{functions[-1]}`",
                nearest_or_all(name, functions),
            )


def check_baseline(baseline: str, organisations: Iterable[OrgModel]) -> Iterator[Complaint]:
    """Yield a complaint if the baseline is none of the org models."""
    names = [model.organisation for model in organisations]
    if baseline not in names:
        yield Complaint(
            ("baseline",),
            f"`{baseline}` is not an org model of this study",
            nearest_or_all(baseline, names),
        )


def check_headline(headline: str) -> Iterator[Complaint]:
    """Yield a complaint if what decides what is best is no measure with a better side."""
    sided = [
        name for name, spec in MEASURES.items() if spec.direction != NEITHER and not spec.is_count
    ]
    if headline not in sided:
        message = f"`{headline}` is not a measure of which more or less is better"
        yield Complaint(("headline",), message, nearest_or_all(headline, sided))


def check_ablations(wanted: tuple[str, ...], known: Iterable[str]) -> Iterator[Complaint]:
    """Yield complaints about mechanisms to switch off that there are not, or that come twice."""
    names = list(known)
    for index, name in enumerate(wanted):
        place: KeyPath = ("ablations", index)
        if name not in names:
            advice = "there are: " + ", ".join(f"`{each}`" for each in names)
            yield Complaint(place, f"`{name}` is no mechanism that can be switched off", advice)
        elif name in wanted[:index]:
            yield Complaint(place, f"`{name}` comes twice", "name it once")


def check_parameters(parameters: dict[str, float]) -> Iterator[Complaint]:
    """Yield complaints about unknown parameters and values outside the permitted range."""
    for name, value in parameters.items():
        if name not in REGISTRY:
            yield Complaint(
                ("parameters", name), f"`{name}` is not a parameter", nearest_or_all(name, REGISTRY)
            )
            continue
        least, most = REGISTRY[name].permitted
        if not least <= value <= most:
            yield Complaint(
                ("parameters", name),
                f"{value:g} is out of range",
                f"permitted: {least:g} to {most:g}",
            )
