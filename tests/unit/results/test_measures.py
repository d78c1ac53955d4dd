"""Measures made of tallies that are put by hand."""

from __future__ import annotations

import numpy as np
from studies import PLAIN, compact_study, finished

from sim.results.measures import measures
from sim.state.tallies import (
    CASE_AGAIN,
    CASE_AGAIN_FIRM,
    CASE_AGAIN_OWN_ERROR,
    SEAM_FACTS_ARRIVED,
    SEAM_FACTS_SENT,
)


def test_the_note_is_what_arrived_of_what_was_sent() -> None:
    model = finished(compact_study(PLAIN))
    tallies, names = model.state.seam_tallies, model.blueprint.seam_ids
    tallies[:] = 0
    for seam, sent, arrived in (("front>middle", 8, 6), ("middle>rear", 2, 0)):
        tallies[names.index(seam), SEAM_FACTS_SENT] = sent
        tallies[names.index(seam), SEAM_FACTS_ARRIVED] = arrived
    table = measures(model)
    found = table[table["measure"] == "note_kept_share"].set_index("scope_id")
    assert found.loc["", "scope"] == "overall"
    assert found.loc["", "value"] == 6 / 10  # not the mean of the seams' shares
    by_seam = found[found["scope"] == "seam"]["value"]
    assert tuple(by_seam.index) == names
    assert by_seam["front>middle"] == 6 / 8
    assert by_seam["middle>rear"] == 0
    assert np.isnan(by_seam.drop(["front>middle", "middle>rear"])).all()
    assert len(by_seam) > 2


def test_why_customers_came_again_is_of_needs_to_be_resolved() -> None:
    """In the compact firm a repair is to be resolved, and joining is not."""
    model = finished(compact_study(PLAIN))
    tallies, names = model.state.case_tallies, model.blueprint.journeys
    tallies[:] = 0
    shares = {CASE_AGAIN: 10, CASE_AGAIN_OWN_ERROR: 3, CASE_AGAIN_FIRM: 5}
    for what, number in shares.items():
        tallies[names.index("repair"), 0, 0, what] = number
        tallies[names.index("join"), 0, 0, what] = 10
    table = measures(model)
    for name, share in (("again_own_error_share", 0.3), ("again_firm_share", 0.5)):
        found = table[table["measure"] == name].set_index(["scope", "scope_id"])["value"]
        assert found["overall", ""] == found["journey", "repair"] == share
        assert np.isnan(found["journey", "join"])
        assert np.isnan(found["month", "02"])  # where nobody came again
