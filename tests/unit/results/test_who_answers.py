"""Who answers for the journey's outcome, and who owns the site where it ended (rule E7)."""

from __future__ import annotations

from typing import Any

import pytest
from studies import compact_study, overall, started

from sim.results.measures import measures


def shares(levers: dict[str, Any]) -> tuple[float, float]:
    """Return both shares of three drop-offs at a touchpoint and one at a shared seam."""
    model = started(compact_study({"organisation": "x"} | levers))
    sites = model.blueprint.site_ids
    model.state.drop_tallies[sites.index("repair/fix"), 0] = 3
    model.state.drop_tallies[sites.index("middle>rear"), 0] = 1
    model.busy_hours[:] = 1.0
    model.ledger.note(model.organisation)
    found = overall(measures(model))
    return found["accountable_share"], found["site_owner_share"]


def test_who_owns_a_site_does_not_answer_for_the_journey() -> None:
    assert shares({}) == (0, pytest.approx(3 / 4))
    assert shares({"ownership": {"seams": "downstream"}}) == (0, 1)


@pytest.mark.parametrize("role", ["journey_owner", "cx_team"])
def test_whoever_holds_journeys_answers_if_there_is_somebody(role) -> None:
    held = {"ownership": {"journeys": role, "touchpoints": {"repair/fix": "nobody"}}}
    assert shares(held) == (0, 0)
    staffing = {"cx_team": 10} if role == "cx_team" else {"journey_owners": 0.4}
    assert shares(held | {"staffing": staffing}) == (1, 1)
