"""What Mesa's own tools ask of a model: that it says when it is over, and what it has noted."""

from __future__ import annotations

import math

import mesa
from studies import PLAIN, RICH, compact_study, finished, overall, started

from sim.model import EnterpriseModel
from sim.results.measures import measures


def test_running_ends_with_the_run() -> None:
    model = started(compact_study(PLAIN))
    steps = 0
    while model.running:
        model.step()
        steps += 1
    assert steps == (20 + 60 + 10) / 5
    assert model.tick == model.last_tick


def test_steps_after_the_end_add_nothing() -> None:
    model = finished(compact_study(PLAIN, design={"follow_up_days": 0}))
    before = measures(model)
    model.step()
    assert not model.running
    after = measures(model)
    wanted = before["measure"].isin(["standing", "cost_to_serve", "drop_off_rate"])
    assert after[wanted].equals(before[wanted])


def test_batch_run_works_and_gives_what_the_run_comes_to() -> None:
    study = compact_study(PLAIN, RICH)
    rows = mesa.batch_run(
        EnterpriseModel,
        parameters={"study": [study], "levers": study.organisations, "replicate": [0, 1]},
        display_progress=False,
    )
    assert len(rows) == 4
    for row in rows:
        place = study.organisations.index(row["levers"])
        expected = overall(measures(finished(study, place, row["replicate"])))
        assert row["standing"] == expected["standing"]
        assert row["drop_off_rate"] == expected["drop_off_rate"]
        assert row["week"] == 18


def test_weeks_are_noted_one_by_one() -> None:
    table = finished(compact_study(PLAIN)).datacollector.get_model_vars_dataframe()
    assert table["week"].tolist() == list(range(1, 19))
    assert table["needs"].is_monotonic_increasing
    assert math.isnan(table["standing"].iloc[3])
    assert table["standing"].iloc[-1] == table["standing"].iloc[15]
