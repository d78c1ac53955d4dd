"""Measures made of tallies that are put by hand."""

from __future__ import annotations

import numpy as np
from studies import PLAIN, compact_study, finished

from sim.results.measures import measures
from sim.state.tallies import SEAM_FACTS_ARRIVED, SEAM_FACTS_SENT


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
