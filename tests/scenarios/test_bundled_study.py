"""The bundled study passes its own check, and its firm gives what is known of firms."""

from __future__ import annotations

from analysis.evidence.targets import raw_outputs, scaled, targets_of
from sim.checks.doubts import doubts
from sim.checks.warm_up import check_warm_up
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.study import Study


def test_nothing_about_the_bundled_study_is_in_doubt() -> None:
    study = load_study("scenarios/board.yaml")
    assert doubts(study) == []
    baseline = next(m for m in study.organisations if m.organisation == study.baseline)
    assert check_warm_up(study, baseline).warnings == []


def far_from_known(study: Study) -> list[str]:
    """Return the figures that one run of the baseline misses by more than a third of the range.

    A sixth is what a world may miss one by; luck of one run is that of four, twice.
    """
    baseline = next(m for m in study.organisations if m.organisation == study.baseline)
    targets = [each for each in targets_of(study) if each.pattern.fitted]
    values = scaled(targets, raw_outputs(targets, run(RunSpec(study, baseline, 0)).measures))
    return [
        each.name
        for each, value in zip(targets, values, strict=True)
        if not each.outside(value) <= 2 * each.tolerance
    ]


def test_the_bundled_firm_gives_what_is_known_of_firms_and_registered_defaults_do_not() -> None:
    assert far_from_known(load_study("scenarios/board.yaml")) == []
    as_registered = load_study("scenarios/board.yaml", overrides=["enterprise.parameters={}"])
    assert "abandonment_rate" in far_from_known(as_registered)
