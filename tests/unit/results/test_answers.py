"""What customers answered, by threshold, against runs in which the threshold is another."""

from __future__ import annotations

import pytest

from analysis.evidence.targets import shares_by_threshold
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.answers import promoters_less_detractors, satisfaction_at, thresholds
from sim.study.study import Study

SMALL = {"market.customers": 4000, "design.horizon_days": 60, "design.warm_up_days": 20}
OTHER = (0.55, 0.8, 0.45)


def _measures(**parameters: float):
    overrides = [f"{name}={value}" for name, value in SMALL.items()]
    overrides += [f"parameters.{name}={value}" for name, value in parameters.items()]
    study: Study = load_study("scenarios/board.yaml", overrides)
    return run(RunSpec(study, study.organisations[0], 0)).measures


@pytest.fixture(scope="module")
def as_given():
    return _measures()


def test_a_run_tells_what_its_figures_are_at_other_thresholds(as_given) -> None:
    satisfied, promoter, detractor = OTHER
    elsewhere = _measures(
        satisfied_from=satisfied, promoter_from=promoter, detractor_below=detractor
    )
    overall = elsewhere[elsewhere["scope"] == "overall"].set_index("measure")["value"]
    shares = shares_by_threshold(as_given)
    assert shares == shares_by_threshold(elsewhere)
    assert satisfaction_at(shares, satisfied) == pytest.approx(overall["csat"], abs=1e-12)
    points = promoters_less_detractors(shares, promoter, detractor)
    assert points == pytest.approx(overall["nps_surveyed"], abs=1e-9)
    assert overall["nps_surveyed"] != pytest.approx(
        promoters_less_detractors(shares, 0.85, 0.65), abs=1.0
    )


def test_shares_fall_with_the_threshold_and_thresholds_cover_the_ranges(as_given) -> None:
    assert thresholds("satisfied_from")[0] == 0.4 and thresholds("satisfied_from")[-1] == 0.75
    assert thresholds("promoter_from", "detractor_below")[-1] == 0.95
    rows = as_given[as_given["scope"] == "threshold"]
    for _, group in rows.groupby("measure"):
        values = group.sort_values("scope_id")["value"].to_numpy()
        assert (values[1:] <= values[:-1]).all() and values[0] > values[-1]
