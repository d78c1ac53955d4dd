"""What is worked out once is worked out anew as soon as anything it follows from has moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from studies import compact_study, started

from sim.organisation.lasting import Lasting


def test_it_is_worked_out_once_for_a_reason_and_again_for_another() -> None:
    asked: list[float] = []
    lasting: Lasting[float] = Lasting()

    def twice(value: float) -> float:
        return lasting.of(value, lambda: asked.append(value) or 2.0 * value)

    assert [twice(1.0), twice(1.0), twice(3.0), twice(1.0)] == [2.0, 2.0, 6.0, 2.0]
    assert asked == [1.0, 3.0, 1.0]


def changed(model: Any, what: str) -> None:
    """Let the organisation's people know more of one another, or agree on more, or forget."""
    organisation = model.organisation
    if what == "ties":
        organisation.capability.ties += 0.5
    elif what == "standards":
        organisation.capability.standards = 0.9
    else:
        organisation.week.ties_kept = 0.25


def read(model: Any) -> dict[str, np.ndarray]:
    """Return what follows from ties and standards, as the next week would read it."""
    model.rates.write(model.state, model.defects.met)
    return {
        "ties": model.organisation.ties.copy(),
        "to_writers": model.organisation.to_writers.copy(),
        "chances": model.channels.chances().copy(),
        "understanding": model.state.rates["understanding"].copy(),
        "seams": model.state.seams["strange"].copy(),
    }


@pytest.mark.parametrize(
    ("what", "moves"),
    [
        ("ties", {"ties", "to_writers", "chances", "understanding", "seams"}),
        ("standards", {"understanding"}),
        ("kept", {"chances", "understanding", "seams"}),
    ],
)
def test_what_follows_moves_with_what_it_follows_from(what: str, moves: set[str]) -> None:
    model = started(compact_study())
    before, again = read(model), read(model)
    for name, values in before.items():
        assert np.array_equal(values, again[name]), name
    changed(model, what)
    after = read(model)
    assert {name for name in before if not np.array_equal(before[name], after[name])} == moves
