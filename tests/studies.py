"""A compact firm in which every mechanism works, and what tests ask of its runs."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from sim.model import EnterpriseModel
from sim.results.measures import measures
from sim.state.arrays import POOL as SLOTS
from sim.state.arrays import State
from sim.study.study import Study

POOL = (*SLOTS, "events")
"""Arrays whose length is a matter of room, not of what happened."""

ENTERPRISE: dict[str, Any] = {
    "enterprise": "compact",
    "functions": {"front": {"heads": 3}, "middle": {"heads": 4}, "rear": {"heads": 3}},
    "facts": {"identity": "customer", "history": "customer", "intent": "case", "promise": "case"},
    "journeys": {
        "join": {
            "start": "browse",
            "recontact": "greet",
            "effect": "joins",
            "value": 100,
            "touchpoints": {
                "browse": {
                    "owner": "nobody",
                    "automated": True,
                    "produces": ["intent"],
                    "error": 0.03,
                    "next": {"consult": 1},
                },
                "consult": {
                    "owner": "front",
                    "mode": "live",
                    "minutes": 30,
                    "requires": ["intent", "identity"],
                    "produces": ["promise"],
                    "error": 0.08,
                    "latent_fault": 0.2,
                    "next": {"sign": 0.8, "completed": 0.2},
                },
                "sign": {
                    "owner": "middle",
                    "minutes": 60,
                    "variation": 0.5,
                    "requires": ["identity", "promise"],
                    "mandatory": True,
                    "shareable": True,
                    "reply": {"hours": 16, "limit_hours": 40, "limit_exit": "withdrawn"},
                    "next": {"greet": 1},
                },
                "greet": {
                    "owner": "rear",
                    "minutes": 20,
                    "variation": 0,
                    "requires": ["promise"],
                    "produces": ["history"],
                    "next": {"completed": 1},
                },
            },
            "exits": {"withdrawn": "withdrawn"},
        },
        "repair": {
            "kind": "resolve",
            "start": "report",
            "recontact": "report",
            "value": 0,
            "touchpoints": {
                "report": {
                    "owner": "front",
                    "mode": "live",
                    "minutes": 40,
                    "requires": ["identity", "history", "intent"],
                    "produces": ["intent"],
                    "error": 0.06,
                    "latent_fault": 0.15,
                    "next": {"diagnose": 0.7, "fix": 0.2, "completed": 0.1},
                },
                "diagnose": {
                    "owner": "middle",
                    "minutes": 90,
                    "requires": ["intent", "history"],
                    "produces": ["promise"],
                    "error": 0.05,
                    "latent_fault": 0.2,
                    "next": {"fix": 0.9, "report": 0.1},
                },
                "fix": {
                    "owner": "rear",
                    "minutes": 80,
                    "requires": ["intent", "promise", "identity"],
                    "error": 0.08,
                    "latent_fault": 0.1,
                    "mandatory": True,
                    "shareable": True,
                    "next": {"confirm": 1},
                },
                "confirm": {
                    "owner": "front",
                    "mode": "live",
                    "minutes": 10,
                    "requires": ["promise"],
                    "produces": ["history"],
                    "next": {"completed": 0.9, "fix": 0.1},
                },
            },
        },
        "renew": {
            "start": "remind",
            "recontact": "offer",
            "effect": "renews",
            "value": 30,
            "touchpoints": {
                "remind": {
                    "owner": "nobody",
                    "automated": True,
                    "error": 0.02,
                    "next": {"offer": 0.6, "completed": 0.4},
                },
                "offer": {
                    "owner": "middle",
                    "minutes": 30,
                    "requires": ["identity", "history"],
                    "error": 0.05,
                    "next": {"completed": 0.95, "declined": 0.05},
                },
            },
            "exits": {"declined": "withdrawn"},
        },
    },
}

MARKET: dict[str, Any] = {
    "customers": 60,
    "prospects": 15,
    "agent_adoption": 0.3,
    "rivals": 3,
    "segments": {
        "homes": {
            "share": 0.7,
            "revenue_per_year": 400,
            "needs_per_year": {"repair": 24, "renew": 2},
        },
        "shops": {
            "share": 0.3,
            "revenue_per_year": 900,
            "needs_per_year": {"repair": 40, "renew": 2},
            "patience": 0.7,
            "effort_tolerance": 0.8,
            "voice": 1.5,
            "price_sensitivity": 0.4,
        },
    },
}

DESIGN: dict[str, Any] = {
    "seed": 7,
    "replicates": 1,
    "horizon_days": 60,
    "warm_up_days": 20,
    "follow_up_days": 10,
}

PLAIN: dict[str, Any] = {"organisation": "plain"}

# No head is idle: line, team, liaison, leads and owners all have somebody.
RICH: dict[str, Any] = {
    "organisation": "rich",
    "staffing": {"cx_team": 10, "liaison": 10, "embedded_leads": 0.4, "journey_owners": 0.4},
    "ownership": {"seams": "journey_owner", "journeys": "journey_owner"},
    "authority": 0.4,
    "incentives": {"shared_journey_weight": 0.4},
    "information": {"measurement": "journey"},
    "technology": {"record": "shared"},
    "escalation": {"path": "decision_maker", "attention_hours": 6},
}

COMMITTEE: dict[str, Any] = {
    "organisation": "board",
    "information": {"measurement": "touchpoint"},
    "escalation": {"path": "committee", "attention_hours": 3, "meeting_weeks": 2},
    "staffing": {"governance": 4, "insight": 3, "cx_team": 4},  # side duties
    "ownership": {"journeys": "cx_team", "boundaries": "soft"},
    "placement": {"host": "front", "hold": 0.5},
    "sponsorship": {"strength": 0.4},
    "culture": {"blame": 0.3, "co_creation_hours": 2},
    "people": {"training_hours": 20, "workshop_hours": 10, "customer_workshop_hours": 8},
}

# Customers come as peers: their agents spread, disclose by consent, negotiate and rate.
PEER: dict[str, Any] = {
    "organisation": "peer",
    "staffing": {"embedded_leads": 0.4},
    "incentives": {"shared_journey_weight": 0.2, "serve_first": {"front": "renew", "rear": "join"}},
    "information": {"measurement": "touchpoint"},
    "technology": {"record": "shared"},
    "ownership": {"boundaries": "soft"},
    "remit": 0.3,
    "trust": {"consent_asked": 0.9, "agent_access": "write"},
    "escalation": {"path": "committee", "attention_hours": 3, "meeting_weeks": 2},
}
PEERS: dict[str, Any] = {
    "agent_adoption": 0.4,
    "adoption_growth": {"to": 0.9, "midpoint_days": 20, "span_days": 60},
}
TRUSTING: dict[str, float] = {
    "misuse_rate": 0.01,
    "peak_end_weight": 0.5,
    "alternative_agent": 1.6,
    "breach_noticed_person": 0.6,
    "staleness_per_year": 1.5,
}

# With no defect anywhere steps make errors of their own, which the eventful firm never does.
SOUND: dict[str, float] = {"defect_rate": 0.0, "error_scale": 10.0}


def peer_enterprise() -> dict[str, Any]:
    """Return the compact firm with terms to negotiate and a machine that takes some visits."""
    firm = copy.deepcopy(ENTERPRISE)
    firm["firm_facts"] = ["promise"]
    firm["journeys"]["renew"]["opt_in"] = 0.8
    firm["journeys"]["renew"]["touchpoints"]["offer"]["negotiate"] = {"stake": 50, "rounds": 5}
    steps = firm["journeys"]["repair"]["touchpoints"]
    steps["diagnose"]["automation"] = {"share": 0.4, "error": 0.4}
    steps["report"]["automation"] = {"share": 0.2, "error": 0.3}
    return firm


def open_enterprise() -> dict[str, Any]:
    """Return the compact firm with opening hours: longer and shorter than a week of work."""
    firm = copy.deepcopy(ENTERPRISE)
    firm["calendar"] = {
        "zone": "Europe/Amsterdam",
        "open": "Mon-Fri 08:00-17:00",
        "needs": "Mon-Sun 07:00-23:00",
    }
    firm["functions"]["front"]["open"] = "Mon-Fri 08:00-20:00, Sat 09:00-13:00"
    firm["functions"]["rear"]["open"] = "Mon-Thu 10:00-16:00"
    return firm


# So much goes wrong, is lost and is voiced that a few weeks are enough to see all of it: in a
# firm of ten everybody would know everybody, and nothing would fall between.
EVENTFUL: dict[str, float] = {
    "defect_rate": 0.08,
    "defect_error": 3,
    "defect_life_weeks": 60,
    "defect_effect": 0.25,
    "voice_person": 0.4,
    "alarm_level": 2.5,
    "insight_hours": 8,
    "fix_base_hours": 20,
    "fix_head_hours": 0.3,
    "loss_rate": 0.3,
    "cross_ties": 1,
    "liaison_minutes": 300,
    "leaving_per_day": 0.001,
    "leaving_offer": 12,
    "rival_offer": 0.1,
    "agent_search": 0.9,
    "person_search": 0.5,
    "understanding_floor": 0.3,
    "standards_given": 0.1,
    "generalist_slowdown": 1.1,
    "remedy_share": 0.5,
    "invite_hours": 4,
    "agent_refresh": 12,
    "agent_writes": 0.8,
    "reminder": 0.8,
}


def compact_study(
    *organisations: dict[str, Any],
    parameters: dict[str, float] | None = None,
    market: dict[str, Any] | None = None,
    design: dict[str, Any] | None = None,
    enterprise: dict[str, Any] | None = None,
    mechanisms: dict[str, Any] | None = None,
) -> Study:
    """Return a study of the compact firm; what is given is laid over the defaults."""
    models = organisations or (PLAIN, RICH, COMMITTEE)
    return Study.model_validate(
        copy.deepcopy(
            {
                "study": "compact",
                "enterprise": enterprise or ENTERPRISE,
                "market": MARKET | (market or {}),
                "organisations": list(models),
                "baseline": models[0]["organisation"],
                "design": DESIGN | (design or {}),
                "parameters": EVENTFUL | (parameters or {}),
                "mechanisms": mechanisms or {},
            }
        )
    )


def peer_study(levers: dict[str, Any] | None = None) -> Study:
    """Return a study in which customers come as peers and everything about them happens."""
    return compact_study(
        levers or PEER, parameters=TRUSTING, market=PEERS, enterprise=peer_enterprise()
    )


def started(study: Study, place: int = 0, replicate: int = 0, **options: Any) -> Any:
    """Return one org model of a study before its first week."""
    return EnterpriseModel(study, study.organisations[place], replicate, **options)


def finished(study: Study, place: int = 0, replicate: int = 0, **options: Any) -> Any:
    """Return one org model of a study after its run."""
    model = started(study, place, replicate, **options)
    model.run_model()
    return model


def measured(study: Study, place: int = 0, replicate: int = 0) -> pd.DataFrame:
    """Return the measures of one org model of a study."""
    model = finished(study, place, replicate)
    table = measures(model)
    model.release()
    return table


def overall(table: pd.DataFrame) -> pd.Series:
    """Return the overall measures by name."""
    rows = table[table["scope"] == "overall"]
    return rows.set_index("measure")["value"]


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two tables are the same to the last bit, missing values included."""
    return table_hash(one) == table_hash(other)


def table_hash(table: pd.DataFrame) -> str:
    """Return a hash of a table's columns and of every bit of its values."""
    digest = hashlib.sha256()
    for name in table.columns:
        column = table[name]
        digest.update(f"{name} {column.dtype}\n".encode())
        if column.dtype.kind == "M":
            column = column.astype("int64")
        if column.dtype.kind in "fiub":
            digest.update(column.to_numpy().tobytes())
        else:  # each value once, and where it stands: tables of events are long
            places, values = pd.factorize(column)
            digest.update(places.tobytes())
            digest.update("\n".join(map(str, values)).encode())
    return digest.hexdigest()


def array_hash(array: np.ndarray) -> str:
    """Return a hash of an array's values; the gaps between fields of a record do not count."""
    digest = hashlib.sha256(f"{array.shape} {array.dtype}".encode())
    for part in [array[name] for name in array.dtype.names] if array.dtype.names else [array]:
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def state_hashes(state: State, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Return a hash of every array of a state by name."""
    names = [field.name for field in fields(state) if field.name not in leave_out]
    return {name: array_hash(getattr(state, name)) for name in names}
