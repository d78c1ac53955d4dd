"""Who is a customer when, and when customers leave (rules M12, E7)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from three_customers import PROSPECT, firm

from sim.state.customers import standing_of_those
from sim.state.leaving import hazard_with, is_present, leaving_hours


def test_one_is_a_customer_from_the_hour_of_joining_until_that_of_leaving() -> None:
    customer = firm().state.customers[0]
    customer["joined_at"], customer["left_at"] = 5.0, 9.0
    assert [bool(is_present(customer, hour)) for hour in (4.5, 5.0, 8.5, 9.0)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_whoever_has_left_stays_gone_and_who_never_joined_never_leaves() -> None:
    """What is left of the hazard is used up at its rate: .5 at .01 an hour takes 50 hours."""
    state = firm().state
    state.customers["hazard_left"], state.customers["hazard"] = 0.5, 0.01
    state.customers["since"][:PROSPECT] = 10.0
    state.customers["left_at"][1] = 7.0
    assert leaving_hours(state) == pytest.approx([60.0, 7.0, 60.0, math.inf])
    assert leaving_hours(state, 1) == 7.0


def test_no_offer_is_so_good_that_its_hazard_is_no_number_of_the_columns() -> None:
    state = firm(leaving_per_day=10.0, leaving_offer=20.0).state  # as much as may be given
    state.segments["price_sensitivity"] = 3.0
    hazard = np.float32(hazard_with(state, 0, 1.0))
    assert math.isfinite(hazard)
    assert hazard > 1e30  # and gone the next moment


def test_everybody_begins_as_they_expect_the_firm_to_be() -> None:
    state = firm(expectation=0.75, standing_base=0.5).state
    assert state.customers["liking"].tolist() == [0.75] * 4
    assert state.customers["standing"].tolist() == [0.5] * 4
    assert state.drops["site"].tolist() == state.drops["cause"].tolist() == [-1] * 4


def test_where_nobody_has_joined_there_is_no_mean_standing() -> None:
    state = firm().state
    state.customers["standing"] = [0.25, 0.5, 0.9, 0.1]
    state.customers["joined_at"] = [3.0, 4.0, 5.0, math.inf]
    assert math.isnan(standing_of_those(state.customers, 2.5))
    assert standing_of_those(state.customers, 4.0) == pytest.approx(0.375)
