"""How busy people were."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN, compact_study, finished

from sim.checks.staffing import staffing_doubts
from sim.results.measures import measures
from sim.results.utilisation import utilisation


def test_utilisation_is_what_work_held_of_the_heads_hours() -> None:
    model = finished(compact_study(PLAIN), 0)
    heads = model.organisation.heads
    days = model.study.design.horizon_days
    model.busy_hours = np.array([0.5, 0.25, 1.0]) * heads * days * 8
    assert utilisation(model, heads) == pytest.approx([0.5, 0.25, 1.0])
    rows = measures(model)
    found = rows[rows["measure"] == "utilisation"].set_index("scope_id")["value"]
    assert found[["front", "middle", "rear"]].tolist() == pytest.approx([0.5, 0.25, 1.0])
    assert found[""] == pytest.approx(float(np.average([0.5, 0.25, 1.0], weights=heads)))


def test_too_few_and_too_many_people_are_said() -> None:
    found = staffing_doubts({"a": 0.951, "b": 0.95, "c": 0.501, "d": 0.5})
    assert [text.split(":")[0] for text in found] == ["a is understaffed", "d is overstaffed"]
