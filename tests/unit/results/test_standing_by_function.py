"""Standing by function is the one that the engine itself goes by."""

from __future__ import annotations

import numpy as np
import pytest
from studies import finished, peer_study

from sim.results.measures import measures
from sim.state.customers import standing_with


def test_standing_by_function_starts_from_shared_ratings_as_the_engine_does() -> None:
    study = peer_study()
    study = study.model_copy(
        update={"design": study.design.model_copy(update={"follow_up_days": 0})}
    )
    model = finished(study)
    plain = getattr(standing_with, "py_func", standing_with)
    table = measures(model)
    shown = table[(table["measure"] == "standing") & (table["scope"] == "function")]
    state, n_functions = model.state, len(model.blueprint.functions)
    at_start = state.customers["joined_at"] <= state.rules[0]["day_zero"]
    met = state.contacts["trials"].reshape(-1, n_functions) > 0
    assert np.ptp(state.bases, axis=0).max() > 0.01  # ratings have moved somebody's base rate
    for place, name in enumerate(model.blueprint.functions):
        who = np.flatnonzero(at_start & met[:, place])
        mean = np.mean([plain(state, index, place) for index in who])
        value = shown.set_index("scope_id").loc[name, "value"]
        assert value == pytest.approx(mean, rel=1e-12)
    model.release()
