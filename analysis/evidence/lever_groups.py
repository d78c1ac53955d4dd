"""Groups of levers by which two org models may differ, and the org models between the two.

What only makes sense together stands in one group: the trust office's people and its rights, say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sim.study.levers import OrgModel
from sim.study.plans import Plan

DESIGN, EXTENSIONS = "enterprise", "extensions"
ANSWERING = {"journey_owner": "journey_owners", "cx_team": "cx_team"}
"""Roles that ``ownership`` may name, each by its lever under ``staffing``."""


@dataclass(frozen=True)
class LeverGroup:
    """Levers that are taken from one org model together.

    Attributes
    ----------
    name : str
        In tables.
    label : str
        In words, as a sentence goes on with it.
    paths : tuple of str
        Levers such as ``staffing.cx_team``, or whole parts of an org model such as ``authority``.
    """

    name: str
    label: str
    paths: tuple[str, ...]


def _group(name: str, label: str, *paths: str) -> LeverGroup:
    return LeverGroup(name, label, paths)


_ROLES = ("cx_team", "liaison", "embedded_leads", "journey_owners", "insight", "governance")
_OFFICE = ("host", "consent_asked", "audit_share", "reciprocity_share", "intake_share")
GROUPS: tuple[LeverGroup, ...] = (
    _group(
        "structure",
        "units",
        *(f"structure.{key}" for key in ("units", "local", "defects", "reports")),
    ),
    _group("staffing", "coordinating roles", *(f"staffing.{role}" for role in _ROLES)),
    _group(
        "ownership",
        "ownership",
        "ownership.seams",
        "ownership.journeys",
        "ownership.touchpoints",
    ),
    _group("boundaries", "soft boundaries between functions", "ownership.boundaries"),
    _group("rights", "rights to override and concede", "authority", "remit"),
    _group(
        "incentives",
        "what functions are paid for",
        "incentives.serve_first",
        "incentives.shared_journey_weight",
        "incentives.handle_time_weight",
    ),
    _group("information", "what is measured", "information.measurement"),
    _group(
        "trust office",
        "the trust office",
        "staffing.trust_office",
        *(f"trust.{key}" for key in _OFFICE),
    ),
    _group("agent access", "agents' right to the record", "trust.agent_access"),
    _group("account owners", "account owners", "staffing.account_owners"),
    _group(
        "escalation",
        "where refused issues go",
        *(f"escalation.{key}" for key in ("path", "attention_hours", "meeting_weeks")),
    ),
    _group(
        "record",
        "the shared record",
        *(f"technology.{key}" for key in ("record", "sharing_scope", "record_bought_week")),
    ),
    _group("platform", "the customer platform", "technology.level", "technology.bought_week"),
    _group("gate", "a say at the investment gate", "gate.influence"),
    _group("placement", "where roles sit", "placement.host", "placement.hold"),
    _group(
        "sponsorship", "the sponsor", "sponsorship.strength", "sponsorship.attention_hours"
    ),
    _group("culture", "how faults are dealt with", "culture.blame", "culture.co_creation_hours"),
    _group(
        "people",
        "training and workshops",
        "people.training_hours",
        "people.workshop_hours",
        "people.customer_workshop_hours",
    ),
    _group("budget", "the budget", "budget_change", "staffing.hired", "staffing.idle"),
    _group("design", "the design of the enterprise", DESIGN),
    _group("extensions", "levers of extensions", EXTENSIONS),
)  # fmt: skip
"""Every lever there is, each in one group, in the order in which ties are settled."""


def lever_value(model: OrgModel, path: str) -> Any:
    """Return what an org model says of a lever, or of a whole part of it."""
    value: Any = model
    for key in path.split("."):
        value = getattr(value, key, None)
    return value


def differing(first: OrgModel, second: OrgModel) -> tuple[LeverGroup, ...]:
    """Return the groups in which two org models differ, each with those levers that do."""
    found = []
    for group in GROUPS:
        paths = tuple(p for p in group.paths if lever_value(first, p) != lever_value(second, p))
        if paths:
            found.append(LeverGroup(group.name, group.label, paths))
    return tuple(found)


def one_by_one(groups: Iterable[LeverGroup]) -> tuple[LeverGroup, ...]:
    """Return each lever of some groups as a group of its own, called by its path."""
    return tuple(LeverGroup(path, path, (path,)) for group in groups for path in group.paths)


def joined(first: LeverGroup, second: LeverGroup) -> LeverGroup:
    """Return two groups as one."""
    name = f"{first.name} and {second.name}"
    label = f"{first.label} and {second.label}" if first.label != first.name else name
    return LeverGroup(name, label, (*first.paths, *second.paths))


def mixed(first: Plan, second: Plan, taken: Sequence[LeverGroup], name: str) -> Plan:
    """Return an org model with the levers of some groups of a second one, else those of a first.

    Parameters
    ----------
    first, second : Plan
        None of them a transition.
    taken : sequence of LeverGroup
        Whose levers are the second's.
    name : str
        Of the org model; nothing reads it.
    """
    changed: dict[str, Any] = {"organisation": name, "label": ""}
    for path in (path for group in taken for path in group.paths):
        part, _, lever = path.partition(".")
        if lever:
            section = changed.get(part, getattr(first, part))
            changed[part] = section.model_copy(update={lever: lever_value(second, path)})
        else:
            changed[part] = getattr(second, part)
    return first.model_copy(update=changed)


def unanswered(model: OrgModel) -> set[str]:
    """Return the roles that decide or answer under an org model which has nobody in them."""
    named = {model.ownership.seams, model.ownership.journeys, *model.ownership.touchpoints.values()}
    return {role for role, post in ANSWERING.items() if role in named and not _heads(model, post)}


def _heads(model: OrgModel, post: str) -> float:
    return float(getattr(model.staffing, post))


def changes_text(group: LeverGroup, first: OrgModel, second: OrgModel) -> str:
    """Return what changes in a group from a first org model to a second, lever by lever."""
    return ", ".join(
        f"{path.rpartition('.')[2]} {_said(lever_value(first, path))} -> "
        f"{_said(lever_value(second, path))}"
        if path not in (DESIGN, EXTENSIONS)
        else f"another {path}" if path == DESIGN else "extensions' levers"
        for path in group.paths
    )  # fmt: skip


def _said(value: Any) -> str:
    """Return a lever's value as a study writes it, shortly."""
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "+".join(str(each) for each in value)
    if isinstance(value, dict):
        return "+".join(f"{key}: {each}" for key, each in value.items())
    if hasattr(value, "model_dump"):
        held = value.model_dump(exclude_none=True)
        return " ".join(f"{key} {each}" for key, each in held.items())
    return str(value)
