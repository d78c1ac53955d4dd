"""Customers who say what would put failures right, with all luck kept (rule E7)."""

from __future__ import annotations

from typing import Any

import numpy as np
from studies import PLAIN, compact_study, started
from test_rights_that_are_used import OFTEN

from sim.results.measures import measures

REPLICATES = 24
# Faults surface elsewhere, and only reports that carry a remedy tell whose they are. Where
# standing begins at nothing, all that is earned makes customers help.
FELT_ELSEWHERE = OFTEN | {
    "error_scale": 0.5,
    "fault_surfacing": 0.9,
    "latent_fault_scale": 4.0,
    "trace_score": 0.0,
    "inner_ties": 0.0,
    "cross_ties": 0.0,
    "standing_base": 0.0,
    "broken_weight": 1.0,
    "decision_steepness": 0.5,
    "remedy_share": 1.0,
    "remedy_saves": 0.0,
    "invite_hours": 4.0,
}
REPRESENTED, PEOPLE = {"agent_adoption": 1.0}, {"agent_adoption": 0.0}


def run(market: dict[str, Any], hours: float = 0.0, **parameters: float) -> dict[str, np.ndarray]:
    """Return overall measures by replicate."""
    study = compact_study(
        PLAIN | {"people": {"customer_workshop_hours": hours}},
        parameters=FELT_ELSEWHERE | parameters,
        market={"customers": 120} | market,
        design={"horizon_days": 250},
    )
    rows = []
    for replicate in range(REPLICATES):
        model = started(study, replicate=replicate)
        model.run_model()
        table = measures(model)
        rows.append(table[table["scope"] == "overall"].set_index("measure")["value"])
    return {name: np.array([row[name] for row in rows]) for name in rows[0].index}


def rises(low: np.ndarray, high: np.ndarray) -> None:
    """Assert that a paired difference is positive beyond chance."""
    difference = high - low
    assert difference.mean() > 2 * difference.std(ddof=1) / np.sqrt(len(difference))


def test_who_says_what_to_do_spares_work_on_the_wrong_site() -> None:
    silent, telling = (run(REPRESENTED, remedy_share=share) for share in (0.0, 1.0))
    assert np.all(silent["remedied_fix_share"] == 0.0)
    rises(silent["remedied_fix_share"], telling["remedied_fix_share"])
    rises(telling["wasted_fix_share"], silent["wasted_fix_share"])


def test_what_is_thought_out_already_leaves_time_for_more_fixes() -> None:
    dear, cheap = (
        run(REPRESENTED, fix_base_hours=60.0, remedy_saves=saves) for saves in (0.0, 1.0)
    )
    rises(dear["n_fixes"], cheap["n_fixes"])


def test_workshops_let_people_help_and_take_hours() -> None:
    none, few, many = (run(PEOPLE, hours) for hours in (0, 10, 40))
    assert np.all(none["remedied_fix_share"] == 0.0)
    rises(none["remedied_fix_share"], many["remedied_fix_share"])
    rises(few["remedied_fix_share"], many["remedied_fix_share"])
    rises(none["overhead_share"], few["overhead_share"])
    assert np.array_equal(none["running_cost"], many["running_cost"])
