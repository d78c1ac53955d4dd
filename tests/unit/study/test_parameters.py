"""The parameter registry agrees with itself and with what a study may set."""

from __future__ import annotations

import pytest

from sim.reading.cross_checks import check_parameters
from sim.study.measure_table import MEASURE_ROWS
from sim.study.parameter_table import PARAMETER_ROWS, Parameter
from sim.study.parameters import REGISTRY
from sim.study.tables import MEASURES


def test_no_row_hides_another_of_its_name() -> None:
    assert len(REGISTRY) == len(PARAMETER_ROWS)
    assert len(MEASURES) == len(MEASURE_ROWS)


def test_a_row_says_which_value_is_which() -> None:
    """Low and high in the wrong order would pass for a range."""
    with pytest.raises(TypeError):
        Parameter("wait", "M4", "hours", 2.0, 1.0, 3.0, "D", "assumption", "mean")  # type: ignore


@pytest.mark.parametrize("name", REGISTRY)
def test_every_plausible_value_is_one_that_a_study_may_set(name: str) -> None:
    row = REGISTRY[name]
    assert row.low <= row.default <= row.high
    for value in (row.low, row.default, row.high):
        assert list(check_parameters({name: value})) == []


def test_values_outside_the_permitted_range_are_refused() -> None:
    for name, row in REGISTRY.items():
        least, most = row.permitted
        for value in (least - 1e-3, most * 1.001):
            (complaint,) = check_parameters({name: value})
            assert complaint.path == ("parameters", name)
