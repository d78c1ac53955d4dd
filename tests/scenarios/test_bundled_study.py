"""The bundled study passes its own check."""

from __future__ import annotations

from sim.checks.doubts import doubts
from sim.checks.warm_up import check_warm_up
from sim.reading.loader import load_study


def test_nothing_about_the_bundled_study_is_in_doubt() -> None:
    study = load_study("scenarios/board.yaml")
    assert doubts(study) == []
    baseline = next(m for m in study.organisations if m.organisation == study.baseline)
    assert check_warm_up(study, baseline).warnings == []
