"""What is seen without a complaint, and people who move, with all luck kept (rule E4)."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from studies import ENTERPRISE, PLAIN, compact_study, finished
from test_levers_and_parameters import rises, run
from test_management_levers import EVENTFUL, TEAM, more

from sim.state.tallies import BY_WAIT

REPLICATES = 6
UNEVEN = ENTERPRISE | {
    "functions": {"front": {"heads": 3}, "middle": {"heads": 8}, "rear": {"heads": 3}}
}
"""The middle has more people than work, and the rear too few."""
URGENT: dict[str, float] = {
    "patience_deferred_hours": 6.0,
    "insight_hours": 2.0,
    "decision_steepness": 4.0,
}
TOGETHER = PLAIN | {
    "incentives": {"shared_journey_weight": 0.5},
    "staffing": {"cx_team": 8},
    "authority": 0.5,
}


@functools.cache
def uneven(moves: int = 1, retraining_weeks: float = 2.0, abandon_target: float = 0.05) -> Any:
    """Return people moved and cases lost to waiting, by replicate."""
    study = compact_study(
        TOGETHER,
        enterprise=UNEVEN,
        market={"customers": 100},
        design={"horizon_days": 130},
        parameters=URGENT
        | {"retraining_weeks": retraining_weeks, "abandon_target": abandon_target},
        mechanisms={"capacity_moves": moves},
    )
    models = [finished(study, 0, replicate) for replicate in range(REPLICATES)]
    return {
        "moved": np.array([len(model.capacity.done) for model in models]),
        "waiting": np.array([model.state.drop_tallies[:, BY_WAIT].sum() for model in models]),
    }


def test_people_move_to_where_they_are_missing_and_fewer_wait_in_vain() -> None:
    stay, move = uneven(0), uneven(1)
    assert not stay["moved"].any()
    assert (move["moved"] > 0).mean() >= 0.8
    rises(move["waiting"], stay["waiting"])


def test_who_takes_long_to_learn_moves_less() -> None:
    more(uneven(retraining_weeks=200.0), uneven(), "moved")


def test_who_puts_up_with_more_is_alarmed_less() -> None:
    more(uneven(abandon_target=0.9), uneven(), "moved")


def test_what_is_seen_without_a_complaint_raises_more_issues() -> None:
    quiet = EVENTFUL | {"voice_person": 0.05}
    more(run(TEAM, **quiet, observe_share=0.0), run(TEAM, **quiet, observe_share=0.8), "n_issues")
