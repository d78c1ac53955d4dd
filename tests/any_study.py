"""Any bundle of levers, any parameters in their plausible ranges, any small study."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st
from studies import ENTERPRISE, compact_study, peer_enterprise

from sim.organisation.organisation import Organisation
from sim.state.blueprint import Blueprint
from sim.study.errors import StudyError
from sim.study.parameters import REGISTRY
from sim.study.study import Study


def shares(top: float = 1.0) -> st.SearchStrategy[float]:
    return st.floats(0, top, allow_nan=False)


STAFFED = st.sampled_from([0, 5, 15, 20])
LEVERS = st.fixed_dictionaries(
    {
        "organisation": st.just("any"),
        "staffing": st.fixed_dictionaries(
            {
                "cx_team": STAFFED,
                "idle": st.integers(0, 1),
                "liaison": STAFFED,
                "embedded_leads": shares(0.6),
                "journey_owners": shares(0.6),
                "insight": st.sampled_from([0, 4, 10]),  # four in a hundred of ten: a side duty
                "governance": st.sampled_from([0, 4, 10]),
            }
        ),
        "ownership": st.fixed_dictionaries(
            {
                "seams": st.sampled_from(
                    ["both", "upstream", "downstream", "journey_owner", "nobody"]
                ),
                "journeys": st.sampled_from(["journey_owner", "cx_team", "nobody"]),
                "boundaries": st.sampled_from(["fixed", "soft"]),
                "touchpoints": st.sampled_from(
                    [{}, {"repair/fix": "front"}, {"renew/offer": "journey_owner"}]
                ),
            }
        ),
        "authority": shares(),
        "incentives": st.fixed_dictionaries(
            {
                "shared_journey_weight": shares(),
                "handle_time_weight": shares(),
                "serve_first": st.sampled_from([{}, {"front": "repair", "middle": "renew"}]),
            }
        ),
        "remit": shares(1.6),
        "trust": st.fixed_dictionaries(
            {
                "consent_asked": shares(),
                "agent_access": st.sampled_from(["none", "read", "write"]),
            }
        ),
        "information": st.fixed_dictionaries(
            {
                "measurement": st.sampled_from(["score", "touchpoint", "journey"]),
            }
        ),
        "technology": st.fixed_dictionaries(
            {
                "level": st.integers(0, 2),
                "record": st.sampled_from(["own", "shared"]),
                "sharing_scope": st.sampled_from(["all", "customer", "case"]),
            },
            optional={"record_bought_week": st.just(0)},
        ),
        "gate": st.fixed_dictionaries({"influence": shares()}),
        "escalation": st.fixed_dictionaries(
            {
                "path": st.sampled_from(["none", "committee", "decision_maker"]),
                "attention_hours": shares(6),  # of ten people; more leaves no time to serve
                "meeting_weeks": st.integers(1, 8),
            }
        ),
        "placement": st.fixed_dictionaries(
            {"host": st.sampled_from(["none", "executive", "front", "rear"]), "hold": shares()}
        ),
        "sponsorship": st.fixed_dictionaries({"strength": shares(), "attention_hours": shares(6)}),
        "culture": st.fixed_dictionaries({"blame": shares(), "co_creation_hours": shares(40)}),
        "people": st.fixed_dictionaries(
            {
                "training_hours": shares(100),
                "workshop_hours": shares(100),
                "customer_workshop_hours": shares(100),
            }
        ),
    }
)

# In a firm of ten all know one another, and within the plausible ranges nothing is lost.
WIDER = {"cross_ties": (0, 15), "loss_rate": (0, 1), "liaison_minutes": (1, 600)}
RANGES = {name: (p.low, p.high) for name, p in REGISTRY.items()} | WIDER
PARAMETERS = st.fixed_dictionaries(
    {name: st.floats(low, high, allow_nan=False) for name, (low, high) in RANGES.items()}
)

DESIGNS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**63 - 1),
        "ticks_per_day": st.sampled_from([1, 3, 8, 20]),
        "warm_up_days": st.integers(0, 20),
        "horizon_days": st.integers(5, 50),
        "follow_up_days": st.integers(0, 15),
    }
)

MARKETS = st.fixed_dictionaries(
    {
        "customers": st.integers(1, 90),
        "prospects": st.integers(0, 30),
        "agent_adoption": shares(),
        "rivals": st.integers(0, 5),
        "adoption_growth": st.sampled_from([None, {"to": 1, "midpoint_days": 10, "span_days": 40}]),
    }
)


UNITS = st.fixed_dictionaries(
    {
        "units": st.just(2),
        "local": st.sampled_from(["all", "live", ["rear"], ["front", "middle"]]),
        "reports": st.sampled_from(["function", "unit", "both"]),
        "defects": st.sampled_from(["unit", "firm"]),
    }
)
ACCOUNTS = st.sampled_from([None, {"segment": "shops", "each": 9}, {"each": 20}])


HOURS = st.sampled_from(
    ["always", "Mon-Fri 08:00-17:00", "Mon-Thu 10:00-16:00", "Mon-Sat 06:00-22:00, Sun 12:00-18:30"]
)


def with_calendar(draw: Any, enterprise: dict[str, Any], design: dict[str, Any]) -> None:
    """Give an enterprise opening hours, and a design whole weeks."""
    enterprise["calendar"] = {"open": draw(HOURS), "needs": draw(HOURS)}
    for name, function in enterprise["functions"].items():
        own = draw(st.none() | HOURS)
        enterprise["functions"][name] = function | ({"open": own} if own else {})
    for days in ("warm_up_days", "horizon_days", "follow_up_days"):
        design[days] -= design[days] % 5


@st.composite
def any_study(draw: Any) -> Study:
    levers = draw(LEVERS)
    levers["staffing"]["account_owners"] = draw(ACCOUNTS)
    if draw(st.booleans()):
        levers["structure"] = draw(UNITS)
        levers["placement"]["host"] = "none"  # each unit may have it
    enterprise = copy.deepcopy(draw(st.sampled_from([ENTERPRISE, peer_enterprise()])))
    design = draw(DESIGNS)
    if draw(st.booleans()):
        with_calendar(draw, enterprise, design)
    study = compact_study(
        levers,
        parameters=draw(PARAMETERS),
        market=draw(MARKETS),
        design=design,
        enterprise=enterprise,
    )
    try:
        Organisation.under(Blueprint(study), study.organisations[0]).check()
    except StudyError:  # more people asked for than ten
        reject()
    return study
