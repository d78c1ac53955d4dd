"""The parameter registry agrees with itself and with what a study may set."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from studies import compact_study

from sim.reading.cross_checks import check_parameters
from sim.study.measure_table import MEASURE_ROWS
from sim.study.parameter_table import EVERY_READING, PARAMETER_ROWS, Parameter
from sim.study.parameters import REGISTRY
from sim.study.study import Study
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


def test_a_word_stands_for_a_value_of_the_parameter_that_has_it() -> None:
    """An agent that looks before anybody reads corrects at no rate that one would write down."""
    study = compact_study(parameters={"agent_refresh": "every_reading"})
    assert study.parameters["agent_refresh"] == EVERY_READING
    with pytest.raises(ValidationError, match="staleness_per_year"):
        compact_study(parameters={"staleness_per_year": "every_reading"})
    rule = Study.model_json_schema()["properties"]["parameters"]["additionalProperties"]
    assert rule["anyOf"] == [{"type": "number"}, {"enum": ["every_reading"]}]


def test_values_outside_the_permitted_range_are_refused() -> None:
    for name, row in REGISTRY.items():
        least, most = row.permitted
        for value in (least - 1e-3, most * 1.001):
            (complaint,) = check_parameters({name: value})
            assert complaint.path == ("parameters", name)
