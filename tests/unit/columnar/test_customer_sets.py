"""Sets of customers over columns give what Mesa's own sets of ordinary agents give."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest
from columnar_firm import NAMES, Clerk, Firm, ids_of, plain_twin
from mesa.agent import AgentSet

from sim.agents.customer import CustomerAgent
from sim.columnar.agent_sets import ColumnarSet


@pytest.fixture
def pair() -> tuple[ColumnarSet, AgentSet, Firm, mesa.Model]:
    firm = Firm()
    twin = plain_twin(firm)
    return firm.customers, twin.agents, firm, twin


def test_reading_equals_mesa(pair: Any) -> None:
    ours, theirs, _, _ = pair
    assert len(ours) == len(theirs) == 50
    for names in (*NAMES, NAMES, [], ["kept", "memory"]):
        assert ours.get(names) == theirs.get(names)
    assert ours.get("mood", "default", 4) == theirs.get("mood", "default", 4)
    for one in (ours, theirs):
        with pytest.raises(AttributeError):
            one.get("mood")
        with pytest.raises(ValueError, match="default"):
            one.get("mood", "ignore")
    functions = [np.mean, max, sum, len, np.median]
    assert ours.agg("memory", functions) == theirs.agg("memory", functions)
    assert ours.agg("represented", np.sum) == theirs.agg("represented", np.sum)
    assert ids_of(ours[5:9]) == ids_of(theirs[5:9])
    assert ours[-1].customer_id == theirs[-1].customer_id
    with pytest.raises(IndexError):
        ours[50]
    assert ids_of(reversed(ours)) == ids_of(reversed(theirs))
    assert ours.to_list() == list(ours)


@pytest.mark.parametrize("at_most", [7, 0, 0.33, 1.0, float("inf"), 1000])
def test_selecting_equals_mesa(pair: Any, at_most: float) -> None:
    ours, theirs, _, _ = pair
    for wanted in (None, lambda c: c.standing > 0.4, lambda c: c.segment == "firms"):
        assert ids_of(ours.select(wanted, at_most)) == ids_of(theirs.select(wanted, at_most))
    assert len(ours.select(agent_type=CustomerAgent)) == 50
    assert len(ours.select(agent_type=Clerk)) == 0
    asked: list[int] = []
    ours.select(lambda c: asked.append(c.customer_id) is None, 3)
    assert asked == [0, 1, 2], "nobody is asked once enough are found"
    some = ours.select()
    assert some is not ours
    assert some.select(lambda c: c.represented, inplace=True) is some
    assert ids_of(some) == ids_of(theirs.select(lambda c: c.represented))
    assert len(ours) == 50


def test_ordering_equals_mesa(pair: Any) -> None:
    ours, theirs, firm, twin = pair
    for ascending in (True, False):
        for key in ("standing", "segment", "kept", lambda c: -c.memory):
            assert ids_of(ours.sort(key, ascending)) == ids_of(theirs.sort(key, ascending))
    assert ids_of(ours.shuffle()) == ids_of(theirs.shuffle()) != list(range(50))
    seen: dict[str, list[int]] = {"ours": [], "theirs": []}
    ours.shuffle_do(lambda c, name: seen[name].append(c.customer_id), "ours")
    theirs.shuffle_do(lambda c, name: seen[name].append(c.customer_id), "theirs")
    assert seen["ours"] == seen["theirs"]
    assert firm.random.random() == twin.random.random()


def test_only_shuffling_draws(pair: Any) -> None:
    ours, _, firm, _ = pair
    states = firm.random.getstate(), copy.deepcopy(firm.rng.bit_generator.state)
    ours.select(lambda c: c.is_present, 0.5).sort("memory").groupby("segment").agg("liking", max)
    firm.agents.do("step").get("unique_id")
    assert states == (firm.random.getstate(), firm.rng.bit_generator.state)
    ours.shuffle(inplace=True)
    assert states[0] != firm.random.getstate()


@pytest.mark.parametrize("by", ["segment", "standing", "kept", lambda c: c.memory > 0.5])
def test_grouping_equals_mesa(pair: Any, by: Any) -> None:
    ours, theirs, _, _ = pair
    mine, plain = ours.groupby(by), theirs.groupby(by)
    assert list(mine.groups) == list(plain.groups)
    assert mine.count() == plain.count()
    for name in NAMES:
        assert mine.agg(name, max) == plain.agg(name, max)
    assert mine.agg("memory", np.mean) == plain.agg("memory", np.mean)
    assert mine.map(ids_of) == plain.map(ids_of)
    assert all(isinstance(group, ColumnarSet) for _, group in mine)
    lists = ours.groupby(by, result_type="list")
    assert lists.map(ids_of) == plain.map(ids_of)
    assert all(isinstance(group, list) for _, group in lists)


def test_acting_equals_mesa(pair: Any) -> None:
    ours, theirs, _, _ = pair

    def halve(customer: Any, factor: float = 0.5) -> float:
        customer.liking *= factor
        return float(customer.liking)

    assert ours.map(halve, factor=0.25) == theirs.map("halve", factor=0.25)
    assert ours.do(halve) is ours
    theirs.do("halve")
    assert ours.get("liking") == theirs.get("liking")
    assert ours.set("liking", 0.5) is ours
    assert ours.agg("liking", [min, max]) == theirs.set("liking", 0.5).agg("liking", [min, max])
    assert ours.do("step") is ours
    assert ours.map("standing_with", "sales") == [c.standing_with("sales") for c in ours]


def test_set_operations(pair: Any) -> None:
    ours, _, firm, _ = pair
    first, second = ours.where(np.arange(50) < 30), ours.where(np.arange(50) >= 20)
    assert ids_of(first & second) == list(range(20, 30))
    assert ids_of(first | second) == list(range(50))
    assert ids_of(first - second) == list(range(20))
    assert len(first ^ second) == 40
    assert first | second == ours
    assert first <= ours
    assert not first.isdisjoint(second)
    assert ours[3] in first
    assert ours[40] not in first
    assert Firm().customers[3] not in first
    first.discard(ours[40])
    first.remove(ours[0])
    first.add(ours[45])
    first.add(ours[45])
    assert ids_of(first) == [*range(1, 30), 45]
    with pytest.raises(KeyError):
        first.remove(ours[0])
    with pytest.raises(TypeError, match="join two sets"):
        first.add(firm.clerks[0])
    assert len(ours) == 50


def test_whole_columns_are_numpy(pair: Any) -> None:
    ours, _, firm, _ = pair
    columns = firm.state.customers
    mask = columns["standing"] > 0.5
    good = ours.where(mask)
    assert isinstance(good, ColumnarSet)
    assert good.array("memory").tolist() == columns["memory"][mask].tolist()
    assert good.agg("memory", np.mean) == np.mean(columns["memory"][mask].astype(float))
    assert good.array("kept").shape == (mask.sum(), 2)
    good.set("memory", np.arange(mask.sum()))
    assert columns["memory"][mask].tolist() == list(range(mask.sum()))
    assert (columns["memory"][~mask] < 1).all()
    good.set("segment", "firms")
    assert set(ours.where(mask).get("segment")) == {"firms"}
    with pytest.raises(ValueError, match="50 booleans"):
        ours.where(mask[:10])
    with pytest.raises(ValueError, match="50 booleans"):
        ours.where(np.ones(50))
    with pytest.raises(AttributeError, match="mood"):
        ours.array("mood")


def test_the_state_may_be_replaced() -> None:
    firm = Firm()
    firm.state = SimpleNamespace(**vars(firm.state))  # type: ignore[assignment]
    firm.customers[2].memory = 9.0
    assert firm.state.customers["memory"][2] == 9.0
