"""For every lever a study in which it shows, and one in which its mechanism is off.

To add a lever: one entry under its path in the schema. `beside` are levers that both sides
of a comparison have, `parameters` belong to a study in which the lever shows; with
`off_beside` or `off` laid over these its mechanism is switched off, and nothing may change.
`sets` names measures that a lever sets by definition, which tell nothing about its effect.
Where nothing can switch a lever off, because it takes people or hours, `takes` says what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shown:
    """How a lever shows.

    Attributes
    ----------
    moved : Any
        Value it is moved to, from its default or from `start`.
    start : Any
        Value it is moved from; None for its default.
    peers : bool
        Whether customers meet the firm as peers: agents spread, terms are negotiated.
    """

    moved: Any
    start: Any = None
    beside: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    off: dict[str, float] | None = None
    off_beside: dict[str, Any] | None = None
    sets: tuple[str, ...] = ()
    takes: str = ""
    peers: bool = False


SHARED: dict[str, Any] = {"technology": {"record": "shared"}}
NO_STORE = {
    "store_write": 0.0,
    "write_minutes": 0.0,
    "lookup_minutes": 0.0,
    "record_heads": 0.0,
}
FREE_RECORD = {"record_price": 0.0}
NO_PLATFORM: dict[str, Any] = {"technology": {"level": 0}}
SILENCE = {"voice_person": 0.0, "voice_agent": 0.0, "alarm_level": 1e12}
TEAM = {"staffing": {"cx_team": 10}}
# What is felt in one place is caused, traced and proposed about in another, whose owner sees
# nothing in it; and nobody hears of a cause but by measurement.
RELUCTANT = {
    "trace_journey": 1.0,
    "voice_person": 1.0,
    "alarm_level": 1.0,
    "insight_hours": 1.0,
    "inner_ties": 0.0,
    "cross_ties": 0.0,
    "congruity": 0.0,
    "fix_base_hours": 4.0,
    "fix_head_hours": 0.0,
    "decision_steepness": 4.0,
    "fault_surfacing": 0.9,
    "estimate_error": 0.0,
}
# Cases fall between, are voiced and traced, and nobody owns what lies between: it has to go up.
BETWEEN = {
    "trace_journey": 1.0,
    "loss_rate": 0.9,
    "loss_defect": 1.0,
    "liaison_minutes": 600.0,
    "cross_ties": 0.0,
    "voice_person": 1.0,
    "alarm_level": 1.0,
    "insight_hours": 1.0,
    "decision_hours": 1.0,
    "fix_base_hours": 30.0,
    "defect_rate": 0.2,
}
TRACED = {"information": {"measurement": "journey"}}
UNOWNED = TRACED | {"ownership": {"seams": "nobody"}}
DECIDER = UNOWNED | {"escalation": {"path": "decision_maker"}}
# Owners hardly ever agree by themselves, so whoever can overrule them shows.
STUBBORN = {"fix_base_hours": 60.0, "decision_steepness": 4.0, "congruity": 0.0}
OFFICE = {"staffing": {"trust_office": 10}}
# An office of one in a firm of ten could do everything; here its hours reach only so far.
PRESSED = {
    "misuse_rate": 0.05,
    "governance_minutes": 60.0,
    "audit_minutes": 60.0,
    "reciprocity_minutes": 600.0,
    "disclosure_minutes": 20.0,
}
INERT = {
    "quality_effect": 0.0,
    "writing_effect": 0.0,
    "care_effect": 0.0,
    "discretionary_share": 0.0,
}
REWARDS = (
    "congruity",
    "corner_share",
    *(f"effort_{t}" for t in ("throughput", "quality", "care", "seam", "improvement", "side")),
)

LEVERS: dict[str, Shown] = {
    "staffing.cx_team": Shown(10, takes="a head"),
    "staffing.liaison": Shown(10, takes="a head"),
    "staffing.embedded_leads": Shown(0.4, takes="a head"),
    "staffing.journey_owners": Shown(0.4, takes="a head"),
    "staffing.account_owners": Shown({"segment": "homes", "each": 16}, takes="a head"),
    "staffing.hired": Shown(10, takes="money"),
    "budget_change": Shown(-0.1, takes="money"),
    "structure.units": Shown(
        2,
        beside={"structure": {"local": ["front", "rear"]}},
        off_beside={"structure": {"local": []}},
    ),
    "structure.local": Shown(
        ["front", "rear"],
        beside={"structure": {"units": 2}},
        off_beside={"structure": {"units": 1}},
    ),
    "structure.defects": Shown(
        "firm",
        beside={"structure": {"units": 2, "local": ["front", "rear"]}},
        off_beside={"structure": {"units": 1, "local": []}},
    ),
    "structure.reports": Shown(
        "both",
        beside={"structure": {"units": 2, "local": ["front", "rear"]}},
        off_beside={"structure": {"units": 1, "local": []}},
    ),
    "staffing.idle": Shown(1, takes="a head"),
    "staffing.insight": Shown(10, takes="a head"),
    "staffing.governance": Shown(10, takes="a head"),
    "ownership.seams": Shown(
        "nobody", beside=TRACED, parameters=BETWEEN, off=SILENCE, sets=("site_owner_share",)
    ),
    "ownership.touchpoints": Shown(
        {"repair/fix": "nobody"},
        beside=TRACED,
        parameters=RELUCTANT,
        off=SILENCE,
        sets=("site_owner_share",),
    ),
    "ownership.boundaries": Shown("soft", off={"generalist_slowdown": 10.0}),
    "ownership.journeys": Shown(
        "cx_team",
        beside=TEAM | {"incentives": {"shared_journey_weight": 0.5}},
        off_beside={"staffing": {}},
        sets=("accountable_share", "site_owner_share"),
    ),
    "authority": Shown(
        1.0, beside=TEAM | TRACED, parameters=RELUCTANT, off_beside={"staffing": {}}
    ),
    "remit": Shown(0.0, takes="leave to concede", peers=True),
    "incentives.serve_first": Shown({"front": "repair"}, takes="a place in the queue"),
    "staffing.trust_office": Shown(10, takes="a head"),
    "trust.host": Shown("front", beside=OFFICE, peers=True, off_beside={"staffing": {}}),
    "trust.audit_share": Shown(
        0.6, beside=OFFICE, peers=True, parameters=PRESSED, off_beside={"staffing": {}}
    ),
    "trust.reciprocity_share": Shown(
        0.5, beside=OFFICE, peers=True, parameters=PRESSED, off_beside={"staffing": {}}
    ),
    "trust.intake_share": Shown(
        0.5, beside=OFFICE, peers=True, parameters=PRESSED, off_beside={"staffing": {}}
    ),
    "trust.consent_asked": Shown(0.2, peers=True, off={"consent_scope": 0.0}),
    "trust.agent_access": Shown(
        "write", beside=SHARED, peers=True, off_beside={"technology": {"record": "own"}}
    ),
    "technology.sharing_scope": Shown("case", beside=SHARED, peers=True, off=NO_STORE),
    "incentives.shared_journey_weight": Shown(0.5, off=INERT | SILENCE, sets=REWARDS),
    "incentives.handle_time_weight": Shown(1.0, off=INERT | SILENCE, sets=REWARDS),
    "technology.record": Shown("shared", off=NO_STORE),
    "technology.record_bought_week": Shown(4, beside=SHARED, off=NO_STORE | FREE_RECORD),
    "information.measurement": Shown(
        "journey",
        start="touchpoint",
        off={"trace_touchpoint": 0.5, "trace_journey": 0.5, "measurement_hours": 0.0},
    ),
    "escalation.path": Shown("decision_maker", beside=UNOWNED, parameters=BETWEEN, off=SILENCE),
    "escalation.attention_hours": Shown(
        0, beside=DECIDER, parameters=BETWEEN, off_beside={"escalation": {"path": "none"}}
    ),
    "escalation.meeting_weeks": Shown(
        10,
        beside=UNOWNED | {"escalation": {"path": "committee"}},
        parameters=BETWEEN,
        off_beside=DECIDER,
    ),
    "placement.host": Shown(
        "front",
        beside=TEAM | {"placement": {"hold": 1}},
        parameters=STUBBORN,
        off_beside={"placement": {"hold": 0}},
    ),
    "placement.hold": Shown(
        1,
        beside=TEAM | {"placement": {"host": "front"}},
        parameters=STUBBORN,
        off_beside={"placement": {"host": "executive"}},
    ),
    "sponsorship.strength": Shown(
        1,
        beside=TEAM,
        parameters=STUBBORN,
        off_beside={"sponsorship": {"attention_hours": 0}},
    ),
    "sponsorship.attention_hours": Shown(
        20,
        start=0,
        beside=TEAM | {"sponsorship": {"strength": 1}},
        parameters=STUBBORN,
        off_beside={"sponsorship": {"strength": 0}},
    ),
    "technology.level": Shown(2, takes="a subscription"),
    "technology.bought_week": Shown(4, beside={"technology": {"level": 2}}, off_beside=NO_PLATFORM),
    "gate.influence": Shown(
        1, beside=TEAM, parameters={"release_weeks": 4.0}, off_beside={"staffing": {}}
    ),
    "culture.blame": Shown(1, off=SILENCE),
    "culture.co_creation_hours": Shown(20, off=SILENCE),
    "people.training_hours": Shown(80, takes="hours"),
    "people.workshop_hours": Shown(80, takes="hours"),
    "people.customer_workshop_hours": Shown(80, takes="hours"),
}
