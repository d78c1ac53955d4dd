"""What an org model says against what its enterprise and market have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.reading.cross_checks import EXECUTIVE, NO_HOST, PROBABILITY_TOLERANCE
from sim.study.enterprise import Enterprise
from sim.study.errors import Complaint, KeyPath
from sim.study.levers import ALL_LOCAL, LIVE_LOCAL, OrgModel
from sim.study.spelling import nearest_or_all
from sim.study.study import Market


def check_org_model(model: OrgModel, enterprise: Enterprise, market: Market) -> Iterator[Complaint]:
    """Yield complaints about names in an org model that enterprise or market do not know."""
    yield from _check_structure(model, enterprise)
    yield from _check_account_owners(model, market)
    host, shares = model.trust.host, model.trust
    if host is not None and host not in enterprise.functions:
        yield Complaint(
            ("trust", "host"),
            f"`{host}` is not a declared function",
            nearest_or_all(host, enterprise.functions),
        )
    split = shares.audit_share + shares.reciprocity_share + shares.intake_share
    if split > 1.0 + PROBABILITY_TOLERANCE:
        yield Complaint(
            ("trust",),
            f"the trust office's shares of its hours add up to {split:g}",
            "audit_share, reciprocity_share and intake_share may add up to 1; the rest governs",
        )
    for function, journey in model.incentives.serve_first.items():
        at: KeyPath = ("incentives", "serve_first", function)
        if function not in enterprise.functions:
            message = f"`{function}` is not a declared function"
            yield Complaint(at, message, nearest_or_all(function, enterprise.functions))
        elif journey not in enterprise.journeys:
            message = f"`{journey}` is not a journey of the enterprise"
            yield Complaint(at, message, nearest_or_all(journey, enterprise.journeys))
    yield from _check_owners(model.ownership.touchpoints, enterprise)
    names = [*enterprise.functions, EXECUTIVE, NO_HOST]
    if model.placement.host not in names:
        message = f"`{model.placement.host}` is not a declared function"
        yield Complaint(("placement", "host"), message, nearest_or_all(model.placement.host, names))


def _check_structure(model: OrgModel, enterprise: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about units, and about roles in a function that there is several times."""
    units, local = model.structure.units, model.structure.local
    there = enterprise.local_under(model.structure)
    local = () if local in (ALL_LOCAL, LIVE_LOCAL) else local
    for index, name in enumerate(local):
        at: KeyPath = ("structure", "local", index)
        if name not in enterprise.functions:
            message = f"`{name}` is not a declared function"
            yield Complaint(
                at, message, nearest_or_all(name, [*enterprise.functions, *ALL_LOCAL, *LIVE_LOCAL])
            )
        elif name in local[:index]:
            yield Complaint(at, f"`{name}` comes twice", "name it once")
    if units > 1 and model.structure.local == LIVE_LOCAL and not there:
        yield Complaint(
            ("structure", "local"),
            "no function has a touchpoint whose `mode` is live",
            "name the functions that each unit has, or give `all`",
        )
    if (units > 1) != bool(model.structure.local):
        missing = "no function is local" if units > 1 else "there is one unit only"
        yield Complaint(
            ("structure",),
            f"{missing}, so that units change nothing",
            "give both `units`, more than 1, and `local`, the functions that each unit has",
        )
    for key, usual in (("reports", "function"), ("defects", "unit")):
        value = getattr(model.structure, key)
        if units == 1 and value != usual:
            yield Complaint(
                ("structure", key),
                f"`{key}: {value}` means nothing where there are no units",
                f"give `units`, more than 1, and `local`, or leave `{key}: {usual}`",
            )
    hosts = {("trust", "host"): model.trust.host, ("placement", "host"): model.placement.host}
    for where, host in hosts.items():
        if host in enterprise.functions and host in there:
            yield Complaint(
                where,
                f"each of the {units} units has `{host}`, and a role sits in one function",
                "name a function that is not in `structure.local`",
            )


def _check_account_owners(model: OrgModel, market: Market) -> Iterator[Complaint]:
    """Yield complaints about account owners of no segment, or of whom nobody would be there."""
    lever = model.staffing.account_owners
    if lever is None:
        return
    segment = market.with_owners(lever.segment)
    if segment not in market.segments:
        yield Complaint(
            ("staffing", "account_owners", "segment"),
            f"`{segment}` is not a segment of the market",
            nearest_or_all(segment, market.segments),
        )
    elif market.customers * market.segments[segment].share < lever.each:
        number = int(market.customers * market.segments[segment].share)
        yield Complaint(
            ("staffing", "account_owners", "each"),
            f"`{segment}` has {number} customers, so that nobody would look after them",
            f"give at most {number}: then one account owner looks after all of them",
        )


def _check_owners(owners: Mapping[str, str], enterprise: Enterprise) -> Iterator[Complaint]:
    """Yield complaints about touchpoints and owners that there are not."""
    steps = [f"{name}/{step}" for name, j in enterprise.journeys.items() for step in j.touchpoints]
    holders = [*enterprise.functions, "journey_owner", "nobody"]
    for step, holder in owners.items():
        at: KeyPath = ("ownership", "touchpoints", step)
        if step not in steps:
            message = f"`{step}` is not a touchpoint of the enterprise"
            yield Complaint(at, message, nearest_or_all(step, steps))
        elif holder not in holders:
            message = f"`{holder}` cannot own a touchpoint"
            yield Complaint(at, message, nearest_or_all(holder, holders))
