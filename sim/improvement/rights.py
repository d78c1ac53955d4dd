"""Who decides about a site, who works on its fixes, and who is accountable (rules M8.5, E7)."""

from __future__ import annotations

import numpy as np

from sim.organisation.coordination import ACCOUNTABLE, JOURNEY_OWNERS
from sim.organisation.organisation import Organisation
from sim.state.units import namesakes

JOURNEY_OWNER = -2
"""Stands for the owner of a journey among the owners of a seam."""


def owners_of(organisation: Organisation, site: int) -> tuple[int, ...]:
    """Return who decides about a site: functions, or ``JOURNEY_OWNER``; empty if nobody.

    Parameters
    ----------
    organisation : Organisation
        The enterprise under a bundle of levers.
    site : int
        A touchpoint or seam.
    """
    owners = _owners_here(organisation, site)
    deciding = [each for owner in owners for each in heads_of(organisation, owner)]
    return tuple(dict.fromkeys(deciding))


def heads_of(organisation: Organisation, owner: int) -> tuple[int, ...]:
    """Return who decides for a function about what units do in the same way (rule E8).

    The head of the function, who stands in the first unit, or where functions report to units as
    well, each unit's.
    """
    if owner < 0:
        return (owner,)
    alike = namesakes(organisation.blueprint, owner)
    return alike[:1] if organisation.levers.structure.reports == "function" else alike


def _owners_here(organisation: Organisation, site: int) -> tuple[int, ...]:
    """Return who owns a site, whatever other units do."""
    blueprint = organisation.blueprint
    n_touchpoints = len(blueprint.touchpoints)
    rights, funded = organisation.levers.ownership, organisation.staff.filled(JOURNEY_OWNERS)
    if site < n_touchpoints:
        serving = int(blueprint.owners[site])
        named = rights.touchpoints.get("/".join(blueprint.touchpoints[site]), "")
        deciding_here = blueprint.functions_named(named, int(blueprint.touchpoint_units[site]))
        if deciding_here:
            return deciding_here
        if named == "journey_owner":
            return (JOURNEY_OWNER,) if funded else ()
        return () if named == "nobody" or serving < 0 else (serving,)
    sender, receiver = blueprint.seams[site - n_touchpoints]
    if sender == receiver:
        return (sender,)
    deciding = {
        "both": (sender, receiver),
        "upstream": (sender,),
        "downstream": (receiver,),
        "journey_owner": (JOURNEY_OWNER,) if funded else (),
        "nobody": (),
    }
    return deciding[rights.seams]


def workers_of(organisation: Organisation, site: int) -> tuple[int, ...]:
    """Return the functions whose improvement time a fix of a site takes, of all units it is for."""
    here = _workers_here(organisation, site)
    alike = (each for worker in here for each in namesakes(organisation.blueprint, worker))
    return tuple(dict.fromkeys(alike))


def _workers_here(organisation: Organisation, site: int) -> tuple[int, ...]:
    """Return the functions that work on a fix of a site, whatever other units do."""
    blueprint = organisation.blueprint
    n_touchpoints = len(blueprint.touchpoints)
    if site < n_touchpoints:
        deciding = tuple(owner for owner in _owners_here(organisation, site) if owner >= 0)
        serving = int(blueprint.owners[site])
        # A step that nobody owns is changed by the functions that serve its journey.
        journey = organisation.hours.members[blueprint.journey_of[site]]
        alone = (serving,) if serving >= 0 else tuple(int(f) for f in np.flatnonzero(journey))
        return deciding or alone
    return tuple(sorted(set(blueprint.seams[site - n_touchpoints])))


def accountable_for(organisation: Organisation, site: int) -> str:
    """Return who is accountable for a site by name, or ``nobody``.

    One owner answers for a site; where there are several or none, whoever answers for journeys, if
    that role is funded.
    """
    owners = set(owners_of(organisation, site))
    if owners == {JOURNEY_OWNER}:
        return "journey owner"
    if len(owners) == 1:
        return f"head of {organisation.blueprint.functions[owners.pop()]}"
    return answers_for_journeys(organisation)


def answers_for_journeys(organisation: Organisation) -> str:
    """Return who answers for journeys' outcomes by name, or ``nobody`` if no one is funded."""
    holder = organisation.levers.ownership.journeys
    role = ACCOUNTABLE.get(holder)
    funded = role is not None and organisation.staff.filled(role)
    return holder.replace("_", " ") if funded else "nobody"
