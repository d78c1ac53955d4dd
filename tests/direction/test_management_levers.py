"""Levers of incentives, people, culture and decision rights, moved with all luck kept."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from levers_shown import RELUCTANT
from studies import ENTERPRISE, PLAIN, compact_study, started
from test_levers_and_parameters import rises, run

from sim.organisation.organisation import Organisation
from sim.state.blueprint import Blueprint

# Much goes wrong, is voiced, traced and worth a fix, and owners do not agree of their own accord.
EVENTFUL = {
    "defect_rate": 0.08,
    "voice_person": 0.8,
    "alarm_level": 2.0,
    "insight_hours": 4.0,
    "fix_base_hours": 30.0,
    "fix_head_hours": 0.0,
}
TEAM = {"staffing": {"cx_team": 10}, "information": {"measurement": "journey"}}


def more(low: dict[str, np.ndarray], high: dict[str, np.ndarray], name: str) -> None:
    """Assert that a count is higher over all replicates: single ones may tie."""
    assert high[name].sum() > low[name].sum(), (low[name], high[name])


def test_rewarding_speed_over_getting_it_right_makes_errors() -> None:
    right, fast = (run({"incentives": {"handle_time_weight": w}}) for w in (0.0, 1.0))
    rises(right["errors"] / right["visits"], fast["errors"] / fast["visits"])


def test_training_makes_fewer_errors() -> None:
    gains = {"training_gain": 0.002, "skill_life_weeks": 156}
    none, much = (run({"people": {"training_hours": h}}, **gains) for h in (0, 100))
    rises(much["errors"] / much["visits"], none["errors"] / none["visits"])


def test_training_that_teaches_nothing_only_costs_time() -> None:
    none, much = (run({"people": {"training_hours": h}}, training_gain=0.0) for h in (0, 300))
    rises(none["dropped_waiting"], much["dropped_waiting"])


def test_workshops_keep_cases_from_falling_between() -> None:
    alike = {"loss_rate": 0.3, "cross_ties": 0, "workshop_ties": 0.2, "tie_life_weeks": 156}
    none, many = (run({"people": {"workshop_hours": h}}, **alike) for h in (0, 20))
    rises(many["lost"] / many["crossings"], none["lost"] / none["crossings"])


def test_blame_leaves_fewer_issues_to_be_raised() -> None:
    often = EVENTFUL | {"defect_rate": 0.3, "cross_ties": 0}  # two issues a run, not one
    none, much = (run({"culture": {"blame": b}}, **often) for b in (0.0, 1.0))
    more(much, none, "n_issues")


def test_a_sponsor_gets_things_decided() -> None:
    backing = {"sponsorship": {"strength": 1.0, "attention_hours": 20}}
    alone, backed = (run(TEAM | levers, **RELUCTANT) for levers in ({}, backing))
    more(alone, backed, "n_fixes")


def test_governance_binds_owners() -> None:
    """Heads are the same; only what they build differs."""
    staffed = {"staffing": {"governance": 10, "cx_team": 10}}
    staffed |= {"information": {"measurement": "journey"}}
    idle = run(staffed, **RELUCTANT, governance_build=0.0)
    bound = run(staffed, **RELUCTANT, governance_build=0.05, governance_decay=0.002)
    more(idle, bound, "n_fixes")


def test_co_creation_takes_time_before_a_decision() -> None:
    at_once, together = (
        run(TEAM | {"culture": {"co_creation_hours": h}}, **EVENTFUL) for h in (0, 12)
    )
    waits = [np.nanmean(found["decision_wait_days"]) for found in (at_once, together)]
    assert waits[1] > waits[0]


def test_a_host_who_does_not_feel_it_proposes_less() -> None:
    issues = EVENTFUL | {"congruity": 0, "decision_steepness": 4}
    free, held = (
        run(TEAM | {"placement": {"host": "front", "hold": hold}}, **issues) for hold in (0, 1)
    )
    more(held, free, "n_issues")


def test_with_insight_people_signals_are_turned_into_fixes_sooner() -> None:
    """Heads are the same; liaison people do not look into alarms."""
    busy = EVENTFUL | {"insight_hours": 16}
    liaison, insight = (run({"staffing": {role: 10}}, **busy) for role in ("liaison", "insight"))
    more(liaison, insight, "n_fixes")


def test_whoever_is_behind_mends_less() -> None:
    crowded = EVENTFUL | {"backlog_reference_days": 0.01}
    free, trapped = (run(**crowded, backlog_exponent=e) for e in (0, 2))
    more(trapped, free, "n_fixes")


def test_a_decision_maker_with_other_business_decides_less() -> None:
    path = TEAM | {"escalation": {"path": "decision_maker", "attention_hours": 3}}
    path |= {"ownership": {"seams": "nobody"}}
    between = EVENTFUL | {"loss_rate": 0.9, "liaison_minutes": 600, "cross_ties": 0}
    free, busy = (run(path, **between, other_business_hours=h) for h in (0, 40))
    assert np.nansum(busy["decision_wait_days"]) > np.nansum(free["decision_wait_days"])


def test_diluted_weight_that_comes_back_costs_no_effort() -> None:
    shared = PLAIN | {"incentives": {"shared_journey_weight": 0.6}}
    total = []
    for share in (0.0, 0.5, 1.0):
        study = compact_study(shared, parameters={"diluted_weight_returns": share})
        org = Organisation.under(Blueprint(study), study.organisations[0])
        total.append(org.effort.sum())
    assert total[0] < total[1] < total[2]


def seated(looks_at: str, on: int = 1, **levers: Any) -> tuple[int, int, int]:
    """Return fixes by a team and how many issues it opened, those of lost cases apart."""
    enterprise = copy.deepcopy(ENTERPRISE)
    enterprise["functions"]["front"]["looks_at"] = looks_at
    parameters = EVENTFUL | {"congruity": 1.0, "loss_rate": 0.5, "liaison_minutes": 600}
    found = np.zeros(3, int)
    for replicate in range(6):
        model = started(
            compact_study(
                PLAIN | TEAM | levers,
                enterprise=enterprise,
                parameters=parameters | {"cross_ties": 0, "trace_journey": 1.0},
                market={"customers": 120},
                mechanisms={"placement_sight": on},
            ),
            replicate=replicate,
        )
        model.run_model()
        opened = [issue for issue in model.register.history if issue.title == "CX team"]
        between = [i for i in opened if i.cause >= len(model.blueprint.touchpoints)]
        decided = [i.decided - i.opened for i in opened if i.decided is not None]
        found += [len(opened), len(between), sum(decided)]
    return tuple(found.tolist())


def test_whoever_sits_with_those_who_look_at_errors_hears_less_of_lost_cases() -> None:
    held = {"placement": {"host": "front", "hold": 1.0}}
    _, with_both, _ = seated("both", **held)
    _, with_operations, _ = seated("operations", **held)
    _, blind, _ = seated("operations", on=0, **held)
    assert with_operations < with_both
    assert with_operations < blind


def test_at_the_top_decisions_wait_for_attention() -> None:
    top = {"placement": {"host": "executive"}, "escalation": {"attention_hours": 2}}
    n_free, _, free = seated("both", on=0, **top)
    n_held, _, held = seated("both", **top)
    assert n_free > 0 and n_held > 0
    assert held / n_held > free / n_free
