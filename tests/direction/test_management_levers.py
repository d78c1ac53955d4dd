"""Levers of incentives, people, culture and decision rights, moved with all luck kept."""

from __future__ import annotations

import numpy as np
from levers_shown import RELUCTANT
from studies import PLAIN, compact_study
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
