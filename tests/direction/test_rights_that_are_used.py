"""Improvement time, sight and remedies moved with all luck kept (rules E4 and E7)."""

from __future__ import annotations

from typing import Any

import numpy as np
from studies import PLAIN, compact_study, started
from test_levers_and_parameters import rises

from sim.results.measures import measures
from sim.state.tallies import BY_LOSS, BY_WAIT

REPLICATES = 6
OFTEN = {
    "defect_rate": 0.2,
    "voice_person": 0.8,
    "alarm_level": 2.0,
    "insight_hours": 2.0,
    "fix_base_hours": 16.0,
    "fix_head_hours": 0.0,
    "decision_hours": 0.5,
}
"""Much goes wrong, is voiced and is worth a fix."""


def run(
    levers: dict[str, Any] | None = None,
    mechanisms: dict[str, Any] | None = None,
    market: dict[str, Any] | None = None,
    **parameters: float,
) -> dict[str, np.ndarray]:
    """Return overall measures and counts by replicate."""
    study = compact_study(
        PLAIN | (levers or {}),
        parameters=parameters,
        market={"customers": 120} | (market or {}),
        mechanisms=mechanisms,
    )
    rows: list[dict[str, float]] = []
    for replicate in range(REPLICATES):
        model = started(study, replicate=replicate)
        model.run_model()
        table = measures(model)
        whole = table[table["scope"] == "overall"].set_index("measure")["value"].to_dict()
        whole["dropped_waiting"] = float(model.state.drop_tallies[:, BY_WAIT].sum())
        whole["given_up"] = float(model.state.drop_tallies[:, BY_LOSS].sum())
        rows.append(whole)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def test_improvement_time_that_serves_loses_fewer_customers_to_waits() -> None:
    alike = {"improvement_floor": 0.25, "uncommitted_productivity": 1.0}
    lost, served = (run(mechanisms={"idle_improvement_serves": on}, **alike) for on in (0, 1))
    rises(served["dropped_waiting"], lost["dropped_waiting"])


def test_ambiguity_that_feeds_blame_leaves_fewer_issues_to_be_raised() -> None:
    """Several own each seam: the more of the issues are about seams, the less is reported."""
    between = OFTEN | {"loss_rate": 0.9, "liaison_minutes": 600.0, "cross_ties": 0.0}
    calm, blamed = (run(**between, blame_ambiguity=weight) for weight in (0.0, 1.0))
    assert blamed["n_issues"].sum() < calm["n_issues"].sum()


def test_where_a_team_looks_for_stuck_cases_fewer_are_given_up() -> None:
    team = {"staffing": {"cx_team": 10}, "ownership": {"journeys": "cx_team"}}
    between = {"loss_rate": 0.9, "liaison_minutes": 600.0, "cross_ties": 0.0}
    blind, looking = (run(team, **between, team_monitor_share=share) for share in (0.0, 0.6))
    assert looking["given_up"].sum() < blind["given_up"].sum()
