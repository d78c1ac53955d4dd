"""An extension at rest does nothing; in force it costs what it says and does what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from loyal_firm import LOYALTY, firm, loaded, loyal
from studies import finished, overall, same, state_hashes

import sim
from sim.engine.draws import DRAWS
from sim.engine.philox import decision_keys
from sim.results.measures import measures

OWN = ("own", "keys")
"""Arrays of the state that an extension makes longer."""


def without_own(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["measure"] != "member_share"].reset_index(drop=True)


@pytest.fixture(scope="module")
def alone():
    """Return the firm's run as it is where nobody has heard of an extension."""
    return finished(sim.study_from(firm()), log_events=True)


@pytest.fixture(scope="module")
def at_rest():
    return finished(loaded({}), log_events=True)


@pytest.fixture(scope="module")
def generous():
    """Return runs by generosity."""
    study = loaded({}, loyal(1), loyal(2))
    return [finished(study, place) for place in range(3)]


def test_at_rest_nothing_is_moved_to_the_last_bit(alone, at_rest) -> None:
    assert state_hashes(at_rest.state, OWN) == state_hashes(alone.state, OWN)
    assert same(without_own(measures(at_rest)), measures(alone))


def test_the_placebo_is_one_with_members_in_it(at_rest) -> None:
    columns = at_rest.extensions["loyalty"].columns
    assert columns["completed"].max() > 2
    assert 0 < columns["member"].mean() < 1


def test_a_lever_written_down_at_rest_is_no_lever(at_rest) -> None:
    said = finished(loaded(loyal(0)), log_events=True)
    assert state_hashes(said.state) == state_hashes(at_rest.state)


def test_its_draws_have_keys_of_their_own_and_no_other_key_moves(at_rest) -> None:
    keys = at_rest.state.keys
    assert np.array_equal(keys[: len(DRAWS)], decision_keys(7, 0))
    assert len(keys) == len(DRAWS) + 1
    assert len(set(keys.tolist())) == len(keys)
    # By name, not by number: another extension before it does not move it.
    assert keys[-1] == decision_keys(7, 0, ["other.draw", "loyalty.joins"])[-1]


def test_an_org_model_without_the_lever_does_not_feel_that_another_has_it(at_rest) -> None:
    table = sim.run_study(loaded({}, loyal(2)), 1, 1)
    mine = table[table["org_model"] == "org0"].reset_index(drop=True)
    expected = sim.run_study(loaded({}), 1, 1)
    assert same(mine, expected)
    other = table[table["org_model"] == "org1"].reset_index(drop=True)
    assert not mine["value"].equals(other["value"])


def test_it_is_paid_for_with_hours_and_with_money(generous) -> None:
    rest, half, full = (overall(measures(model)) for model in generous)
    for more in (half, full):
        assert more["one_off_cost"] > rest["one_off_cost"]
        assert more["overhead_share"] > rest["overhead_share"]


def test_every_member_of_the_window_has_had_a_gift(generous) -> None:
    model = generous[1]
    paid = sum(money for _, money in model.timeline.spent) - sum(
        money for _, money in generous[0].timeline.spent
    )
    # Whoever joins in the last week is welcomed in the next one.
    members = model.mechanisms[0].known
    assert paid == pytest.approx(3.0 * members)
    assert members > 0


def test_the_firm_concedes_more_the_more_generous_it_is(generous) -> None:
    given = [overall(measures(model))["conceded"] for model in generous]
    assert given[0] < given[1] < given[2]


def test_two_extensions_have_their_columns_and_draws_apart(tmp_path) -> None:
    text = Path(LOYALTY).read_text(encoding="utf-8")
    twin = tmp_path / "twin_scheme.py"
    twin.write_text(
        text.replace('name="loyalty"', 'name="twin"').replace('"member_share"', '"twin_share"')
        .replace('"members"', '"twins"'),
        encoding="utf-8",
    )  # fmt: skip
    model = finished(loaded({}, extensions=[LOYALTY, str(twin)]))
    one, other = (model.extensions[name].columns for name in ("loyalty", "twin"))
    assert np.array_equal(one["completed"], other["completed"])
    assert not np.array_equal(one["member"], other["member"])
    assert one["member"].mean() == pytest.approx(other["member"].mean(), abs=0.25)
