"""What an org model's own design of the enterprise has to have in common with the study's.

Customers, their luck and what they want are the same under every org model (rule M1): so are
journeys, how they may end, and facts. Who does what, where and how is the design's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sim.reading.explain import shown
from sim.study.enterprise import Enterprise, Journey
from sim.study.errors import Complaint, KeyPath
from sim.study.spelling import nearest_or_all

ALIKE = ("effect", "kind", "opt_in", "value")
"""Keys of a journey that say what it is to customers."""
WHY = "customers and what they want are the same under every org model"


def check_design(design: Enterprise, own: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about a design of another firm than the study's.

    Parameters
    ----------
    design : Enterprise
        What an org model is run with.
    own : Enterprise
        The study's.
    """
    yield from _same_names(("journeys",), "journey", design.journeys, own.journeys)
    for name, journey in design.journeys.items():
        if name in own.journeys:
            yield from _check_journey(("journeys", name), journey, own.journeys[name])
    yield from _same_names(("facts",), "fact", design.facts, own.facts)
    for name, kind in design.facts.items():
        if kind != own.facts.get(name, kind):
            yield _differs(("facts", name), f"the fact `{name}`", kind, own.facts[name])
    yield from _same_names(("firm_facts",), "fact of the firm", design.firm_facts, own.firm_facts)
    for name, value in design.parameters.items():
        if value != own.parameters.get(name):
            there = own.parameters.get(name, "the registered default")
            yield _differs(("parameters", name), f"the parameter `{name}`", value, there)


def _check_journey(at: KeyPath, journey: Journey, own: Journey) -> Iterator[Complaint]:
    for key in ALIKE:
        here, there = getattr(journey, key), getattr(own, key)
        if here != there:
            yield _differs((*at, key), f"`{key}`", here, there)
    yield from _same_names((*at, "exits"), "exit", journey.exits, own.exits)
    for name, end in journey.exits.items():
        if end != own.exits.get(name, end):
            yield _differs((*at, "exits", name), f"the exit `{name}`", end, own.exits[name])


def _differs(at: KeyPath, what: str, here: Any, there: Any) -> Complaint:
    message = f"{what} is {shown(here)} here and {shown(there)} in the study's `enterprise`"
    remedy = "leave it out" if there is None else f"write {shown(there)}"
    return Complaint(at, message, f"{WHY}: {remedy}")


def _same_names(
    at: KeyPath, what: str, here: Iterable[str], there: Iterable[str]
) -> Iterator[Complaint]:
    """Yield complaints about names that only one of two designs has."""
    mine, own = list(here), list(there)
    for place, name in enumerate(mine):
        if name not in own:
            key = place if at[-1] == "firm_facts" else name
            message = f"the study's `enterprise` has no {what} `{name}`"
            yield Complaint((*at, key), message, f"{WHY}: {nearest_or_all(name, own)}")
    for name in own:
        if name not in mine:
            message = f"the study's `enterprise` has the {what} `{name}`, which is missing here"
            yield Complaint(at, message, f"{WHY}: add it")
