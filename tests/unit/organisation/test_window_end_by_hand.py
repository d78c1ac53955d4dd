"""What customers of day 0 hold of the enterprise when the window ends, summed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from studies import PLAIN, compact_study, started

from sim.organisation.window_end import Sums, WindowEnd, take_stock


def stock() -> WindowEnd:
    """Return the sums over four customers of day 0, one of whom has met nobody, and a prospect."""
    state = started(compact_study(PLAIN, market={"customers": 4, "prospects": 1})).state
    customers, contacts = state.customers, state.contacts.reshape(5, 3)
    customers["joined_at"][[3, 4]] = state.rules[0]["day_zero"], state.rules[0]["day_zero"] + 1.0
    customers["standing"] = [0.5, 0.25, 0.75, 0.625, 0.875]
    customers["segment"] = [0, 0, 1, 1, 0]
    customers["represented"] = [0, 0, 1, 0, 0]
    state.bases[0], state.bases[1] = 0.5, 0.8
    # Who, which function, trials, promises kept and broken.
    met = [(0, 0, 4, 3, 1), (0, 1, 2, 0, 2), (1, 2, 3, 1, 4), (2, 0, 1, 1, 0), (2, 2, 1, 0, 1),
           (4, 1, 9, 9, 0)]  # fmt: skip
    for who, function, trials, kept, broken in met:
        contact = contacts[who, function]
        contact["trials"], contact["kept"], contact["broken"] = trials, kept, broken
    return take_stock(state)


def test_sums_are_over_who_was_there_and_has_met_somebody() -> None:
    """Kept: 3 of 6, 1 of 5, 1 of 2. By function .75 and 0, 1 and 0: .375 and .5 off their mean."""
    found = stock()
    assert found.overall == pytest.approx(Sums(4, 2.125, 3, 1.2, 2, 0.875))
    assert found.by_segment[0] == pytest.approx(Sums(2, 0.75, 2, 0.7, 1, 0.375))
    assert found.by_segment[1] == pytest.approx(Sums(2, 1.375, 1, 0.5, 1, 0.5))
    assert found.standing.tolist() == [0.5, 0.25, 0.75, 0.625, 0.875]


def test_by_function_it_is_those_who_have_met_it() -> None:
    """S = (r + 2a)/(r + s + 2), a base rate of .5, and of .8 for the represented."""
    expected = [
        [2, 4 / 6 + 2.6 / 3, 0.75 + 1.0],
        [1, 1 / 4, 0.0],
        [2, 2 / 7 + 1.6 / 3, 0.2 + 0.0],
    ]
    assert stock().by_function == pytest.approx(np.array(expected))
