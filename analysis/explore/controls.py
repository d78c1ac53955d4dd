"""The controls of the page: what a strategist can turn, in the registries' words.

A row here says where a lever stands on the page and what a board calls it. What may be entered,
the default and the sentence are the schema's and the registry's; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from analysis.words.entries import all_entries
from sim.reading.shape import Shape, study_shape
from sim.study.parameters import REGISTRY
from sim.study.study import Study


@dataclass(frozen=True)
class Control:
    """Where one lever stands, and what a board calls it.

    Attributes
    ----------
    path : str
        Of the lever in an org model, or of the key in a study.
    label, unit : str
        As a board reads them.
    step : float or None
        By which a slider moves; None for what is typed or chosen.
    top : float or None
        Where a slider ends, if before what is permitted.
    """

    path: str
    label: str
    unit: str = ""
    step: float | None = None
    top: float | None = None


SHARE, HEADS = "share", "per 100 heads"
FIRM_CONTROLS: tuple[Control, ...] = (
    Control("market.customers", "Customers"),
    Control("market.prospects", "Prospects"),
    Control("market.agent_adoption", "Customers with an agent of their own", SHARE, 0.01),
    Control("market.rivals", "Rivals", "firms", 1),
    Control("budget_change", "Change of the running budget", SHARE, 0.01, 0.5),
    Control("headline", "What decides"),
)
"""Of the firm and its market: the same under both org models."""
LEVER_GROUPS: Mapping[str, tuple[Control, ...]] = {
    "Authority": (
        Control("authority", "Authority of who coordinates", SHARE, 0.01),
        Control("escalation.path", "Where disputes go"),
        Control("escalation.attention_hours", "Time for disputes", "hours a week", 0.5),
        Control("sponsorship.strength", "Executive sponsor", SHARE, 0.01),
        Control("gate.influence", "Say in what is released", SHARE, 0.01),
    ),
    "Structure": (
        Control("structure.units", "Units, such as regions", "units", 1, 8),
        Control("structure.local", "What each unit has of its own"),
        Control("structure.reports", "To whom unit functions report"),
        Control("ownership.seams", "Who decides about hand-offs"),
        Control("ownership.journeys", "Who answers for journeys"),
        Control("ownership.boundaries", "Borders between functions"),
    ),
    "Coordinating roles": (
        Control("staffing.cx_team", "Central CX team", HEADS, 0.1, 8),
        Control("staffing.embedded_leads", "CX leads inside functions", "per function", 0.1, 4),
        Control("staffing.journey_owners", "Journey owners", "per journey", 0.1, 4),
        Control("staffing.liaison", "Liaison for hand-offs", HEADS, 0.1, 8),
        Control("staffing.insight", "Insight and measurement", HEADS, 0.1, 8),
        Control("staffing.governance", "Governance", HEADS, 0.1, 8),
        Control("placement.host", "Where the roles sit"),
    ),
    "Goals and measurement": (
        Control("incentives.shared_journey_weight", "Pay by the shared journey KPI", SHARE, 0.01),
        Control("incentives.handle_time_weight", "Own KPI rewards speed", SHARE, 0.01),
        Control("information.measurement", "What is measured"),
    ),
    "Record and platform": (
        Control("technology.record", "Customer record"),
        Control("technology.level", "Customer platform", "level", 1),
        Control("technology.bought_week", "Platform bought in week", "week"),
        Control("technology.record_bought_week", "Shared record bought in week", "week"),
    ),
    "Trust office and agents": (
        Control("staffing.trust_office", "Trust office", HEADS, 0.1, 8),
        Control("trust.agent_access", "What customers' agents may do"),
        Control("trust.consent_asked", "Disclosure asked for", SHARE, 0.01),
        Control("trust.audit_share", "Office's time on audits", SHARE, 0.01),
        Control("trust.reciprocity_share", "Office's time on giving back", SHARE, 0.01),
    ),
    "People and culture": (
        Control("people.training_hours", "Training", "hours a year", 1, 80),
        Control("people.workshop_hours", "Workshops across functions", "hours a year", 1, 80),
        Control("culture.blame", "Blame", SHARE, 0.01),
        Control("culture.co_creation_hours", "Shaping proposals together", "hours", 1, 40),
    ),
}  # fmt: skip
"""Of an org model."""
PRICE_CONTROLS: tuple[Control, ...] = (
    Control("parameters.record_price", "Price of a shared record"),
    Control("parameters.platform_price_1", "Price of a plain platform"),
    Control("parameters.platform_price_2", "Price of an advanced platform"),
    Control("parameters.platform_heads_1", "Subscription of a plain platform"),
    Control("parameters.platform_heads_2", "Subscription of an advanced platform"),
)
"""What record and platform cost: assumed, the same under both org models."""


def control_groups() -> list[dict[str, Any]]:
    """Return the controls as plain data, group by group: rule, meaning, unit, default."""
    groups = [("firm", "Firm and customers", FIRM_CONTROLS)]
    groups += [("lever", name, rows) for name, rows in LEVER_GROUPS.items()]
    groups += [("firm", "What technology costs", PRICE_CONTROLS)]
    return [
        {"kind": kind, "name": name, "controls": [_described(kind, row) for row in rows]}
        for kind, name, rows in groups
    ]


def _described(kind: str, row: Control) -> dict[str, Any]:
    """Return one control with its rule."""
    found: dict[str, Any] = {
        "path": row.path, "label": row.label, "unit": row.unit, "step": row.step, "top": row.top,
    }  # fmt: skip
    if row.path.startswith("parameters."):
        each = REGISTRY[row.path.removeprefix("parameters.")]
        low, high = each.permitted
        return found | {
            "unit": each.unit, "meaning": each.meaning, "type": "number", "choices": [],
            "low": low, "high": high, "default": each.default,
            "permitted": f"{low:g} to {high:g}; plausible {each.low:g} to {each.high:g}",
        }  # fmt: skip
    shape = shape_of(kind, row.path)
    rule = shape.rule
    entry = _entries().get((kind, row.path))
    return found | {
        "meaning": entry.meaning if entry is not None else str(rule.get("description", "")),
        "type": shape.type,
        "choices": shape.choices,
        "low": rule.get("minimum", rule.get("exclusiveMinimum")),
        "high": rule.get("maximum", rule.get("exclusiveMaximum")),
        "default": entry.details.get("default", "") if entry is not None else "",
        "permitted": shape.permitted(),
    }


def shape_of(kind: str, path: str) -> Shape:
    """Return the rule of a lever, or of a key of the study.

    Raises
    ------
    KeyError
        If there is none of that path.
    """
    keys: tuple[str | int, ...] = tuple(path.split("."))
    found = study_shape().at(("organisations", 0, *keys) if kind == "lever" else keys)
    if found is None:
        raise KeyError(path)
    return found


@cache
def _entries() -> Mapping[tuple[str, str], Any]:
    kinds = {"lever": "lever", "key": "firm"}
    return {(kinds[each.kind], each.name): each for each in all_entries() if each.kind in kinds}


def other_settings() -> list[dict[str, str]]:
    """Return every lever, key and parameter there is beside those with a control, by its path."""
    return list(_others())


def _others() -> Iterator[dict[str, str]]:
    shown = {row.path for rows in (FIRM_CONTROLS, PRICE_CONTROLS) for row in rows}
    levers = {row.path for rows in LEVER_GROUPS.values() for row in rows}
    for each in all_entries():
        path = f"parameters.{each.name}" if each.kind == "parameter" else each.name
        known = levers if each.kind == "lever" else shown
        if each.kind not in ("lever", "key", "parameter") or path in known or "NAME" in path:
            continue
        if each.kind == "key" and not path.startswith(("market.", "design.", "mechanisms.", "bud")):
            continue
        permitted = each.details.get("permitted", "")
        unit = each.details.get("unit", "")
        yield {
            "path": path,
            "kind": "lever" if each.kind == "lever" else "firm",
            "meaning": each.meaning,
            "permitted": f"{permitted} {unit}".strip(),
            "default": each.details.get("default", ""),
        }


def values_of(study: Study) -> dict[str, Any]:
    """Return what every control stands at: of the firm, and of each org model by name."""
    data = study.model_dump(mode="json", by_alias=True)
    prices = {
        row.path: study.assumed[row.path.removeprefix("parameters.")] for row in PRICE_CONTROLS
    }
    levers = {
        plan["organisation"]: {
            row.path: _at(_levers(plan), row.path) for rows in LEVER_GROUPS.values() for row in rows
        }
        for plan in data["organisations"]
    }
    return {
        "firm": {row.path: _at(data, row.path) for row in FIRM_CONTROLS} | prices,
        "levers": levers,
    }


def _levers(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the levers of a plan; of a transition those in the end."""
    transition = plan.get("transition")
    return plan if transition is None else dict(transition["to"])


def _at(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
