"""Customers over columns as agents, and as agents of a model among others."""

from __future__ import annotations

import copy
import gc
import pickle
import tracemalloc
import weakref
from functools import partial
from typing import Any

import mesa
import numpy as np
import pytest
from columnar_firm import SEGMENTS, Clerk, Firm, ids_of
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

from sim.agents.customer import CustomerAgent
from sim.columnar.agent_sets import ColumnarSet, MixedSet
from sim.columnar.handle import FIRST_UNIQUE_ID
from sim.state.leaving import consume_hazard


def test_a_handle_reads_and_writes_the_columns() -> None:
    firm = Firm()
    columns = firm.state.customers
    customer = firm.customers[7]
    assert isinstance(customer, mesa.Agent)
    assert customer.segment == SEGMENTS[columns["segment"][7]]
    assert customer.represented is bool(columns["represented"][7])
    assert type(customer.standing) is float
    assert customer.kept == tuple(firm.state.contacts["kept"][14:16])
    customer.standing, customer.segment, customer.represented = 0.25, "firms", True
    customer.kept = (3.0, 1.0)
    customer.left_at = 12.0
    assert columns["standing"][7] == 0.25
    assert (columns["segment"][7], columns["represented"][7]) == (0, 1)
    assert firm.state.contacts["kept"][13:17].tolist()[1:3] == [3.0, 1.0]
    assert not customer.is_present
    with pytest.raises(ValueError, match="households"):
        customer.segment = "housholds"


def test_standing_with_a_function_is_the_models_own_equation() -> None:
    firm = Firm()
    contact = firm.state.contacts[2 * 7 + 1]
    base = float(firm.state.rules[0]["standing_base"])
    expected = (contact["kept"] + 2 * base) / (contact["kept"] + contact["broken"] + 2)
    assert firm.customers[7].standing_with("service") == pytest.approx(expected)
    with pytest.raises(ValueError, match="sales, service"):
        firm.customers[7].standing_with("servce")


def test_leaving_between_events_is_seen_before_it_is_stored() -> None:
    firm = Firm(500)
    settled = copy.deepcopy(firm.state)
    before = firm.state.customers.copy()
    for index in range(500):
        getattr(consume_hazard, "py_func", consume_hazard)(settled, index, firm.hour)
    left_at = settled.customers["left_at"]
    assert np.sum(left_at != before["left_at"]) > 20
    assert firm.customers.get("left_at") == pytest.approx(left_at)
    present = (settled.customers["joined_at"] <= 100.0) & (left_at > 100.0)
    assert firm.customers.get("is_present") == present.tolist()
    assert (firm.state.customers == before).all()


def test_handles_on_one_row_are_equal_and_take_no_number() -> None:
    firm = Firm()
    assert firm.customers[3] == firm.customers[3] != firm.customers[4]
    assert len({firm.customers[3], firm.customers[3], firm.customers[4]}) == 2
    assert firm.customers[3] != Firm().customers[3]
    assert firm.customers[3].unique_id == FIRST_UNIQUE_ID + 3
    assert [clerk.unique_id for clerk in firm.clerks] == [1, 2]
    assert CustomerAgent(firm, 3) == firm.customers[3]
    with pytest.raises(IndexError, match="0 to 49"):
        CustomerAgent(firm, 50)


def test_a_handle_keeps_nothing_of_its_own() -> None:
    firm = Firm()
    customer = firm.customers[0]
    for name in ("mood", "unique_id", "is_present", "model", "row", "step"):
        with pytest.raises(AttributeError, match=rf"'{name}' cannot be set.*liking.*dictionary"):
            setattr(customer, name, 1)
    with pytest.raises(AttributeError):
        firm.customers.set("mood", 1)
    with pytest.raises(AttributeError):
        firm.customers.set("is_present", True)
    with pytest.raises(TypeError, match="cannot be removed"):
        customer.remove()
    with pytest.raises(TypeError, match="none can be created"):
        CustomerAgent.create_agents(firm, 3)
    assert not hasattr(customer, "mood")


def test_a_model_holds_ordinary_agents_and_customers() -> None:
    firm = Firm()
    first, late = firm.clerks
    assert isinstance(firm.agents, AgentSet)
    assert len(firm.agents) == 52
    assert (firm.agents[0], firm.agents[1], firm.agents[-1]) == (first, firm.customers[0], late)
    assert firm.agent_types == [Clerk, CustomerAgent]
    assert firm.agents_by_type[CustomerAgent] is firm.customers
    assert list(firm.agents_by_type[Clerk]) == [first, late]
    assert len(set(firm.agents.get("unique_id"))) == 52
    assert list(firm.agents.select(agent_type=Clerk)) == [first, late]
    assert firm.agents.select(agent_type=CustomerAgent) == firm.customers
    assert isinstance(firm.agents.select(agent_type=CustomerAgent), ColumnarSet)
    assert firm.agents.get("skill", "default")[:2] == [1.0, None]
    assert firm.agents.get("memory", "default")[1:3] == firm.customers.get("memory")[:2]
    assert firm.agents.groupby(type).count() == {Clerk: 2, CustomerAgent: 50}
    assert len(firm.agents.shuffle()) == 52
    assert firm.agents.sort("unique_id", ascending=True)[1] is late
    firm.agents.do("step")
    assert (first.stepped, late.stepped) == (1, 1)


def test_ordinary_agents_come_and_go_and_customers_stay() -> None:
    firm = Firm()
    held = firm.agents.select(agent_type=Clerk)
    firm.clerks.pop().remove()
    assert len(firm.agents) == 51
    assert len(held) == 2
    again = Clerk(firm)
    assert firm.agents[-1] is again
    assert again in firm.agents
    firm.install_customers()
    assert list(firm.agents)[:2] == [firm.clerks[0], again]
    firm.remove_all_agents()
    assert firm.agents == firm.customers


def _value(agent: mesa.Agent, name: str) -> Any:
    return getattr(agent, name, None)


def test_a_data_collector_collects_both() -> None:
    firm = Firm()
    collector = DataCollector(
        model_reporters={"mean": lambda m: m.customers.agg("memory", np.mean)},
        agent_reporters={name: partial(_value, name=name) for name in ("memory", "skill")},
        agenttype_reporters={CustomerAgent: {"who": "segment", "kept": lambda c: sum(c.kept)}},
    )
    collector.collect(firm)
    firm.step()
    collector.collect(firm)
    frame = collector.get_agent_vars_dataframe()
    assert len(frame) == 104
    assert frame.index.is_unique
    assert frame["memory"].dropna().tolist() == 2 * firm.customers.get("memory")
    customers = collector.get_agenttype_vars_dataframe(CustomerAgent)
    assert customers["who"].tolist() == 2 * firm.customers.get("segment")
    assert collector.get_model_vars_dataframe()["mean"][0] == firm.customers.agg("memory", np.mean)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])  # noqa: S301
def test_copies_are_whole_and_apart(copied: Any) -> None:
    firm = Firm()
    twin = copied(firm)
    assert twin.customers.model is twin
    assert twin.agents.get("unique_id") == firm.agents.get("unique_id")
    assert twin.agents[0] is twin.clerks[0]
    twin.customers.set("memory", 5.0)
    assert max(firm.customers.get("memory")) < 5.0
    handle = copied(firm.customers[4])
    assert handle.memory == firm.customers[4].memory
    assert handle.model is not firm
    some = copy.copy(firm.customers)
    some.remove(some[0])
    assert (len(some), len(firm.customers)) == (49, 50)
    assert some.random is firm.random


def test_handles_go_and_members_stay() -> None:
    firm = Firm()
    assert len(AgentSet(firm.customers, firm.random)) == 0, "Mesa's own set loses handles"
    gc.collect()
    assert len(list(firm.customers)) == 50
    plain = AgentSet(firm.clerks, firm.random)
    everybody = plain | firm.customers
    assert isinstance(everybody, MixedSet)
    assert len(everybody) == 52
    assert len(firm.customers | plain) == 52
    assert list(plain & everybody) == firm.clerks
    assert len(plain ^ firm.customers) == 52
    alive = firm.customers[:5]
    plain = AgentSet(alive, firm.random)
    common, rest = plain & firm.customers, plain - firm.customers.select(at_most=2)
    alive.clear()
    assert len(plain) == 0
    assert (ids_of(common), ids_of(rest)) == ([0, 1, 2, 3, 4], [2, 3, 4])


def test_a_released_model_goes_at_once() -> None:
    firm = Firm()
    columns = weakref.ref(firm.state.customers)
    gone = weakref.ref(firm)
    gc.disable()
    try:
        firm.release()
        assert firm not in getattr(mesa.Agent, "_ids", {}), "Mesa 3.3 keeps every model"
        assert columns() is None
        del firm
        assert gone() is None
    finally:
        gc.enable()


def test_a_hundred_thousand_customers_need_no_handles() -> None:
    firm = Firm(100_000)
    tracemalloc.start()
    try:
        customers = firm.install_customers()
        assert len(firm.agents) == 100_002
        assert tracemalloc.get_traced_memory()[1] / 100_000 < 32
        tracemalloc.reset_peak()
        base = tracemalloc.get_traced_memory()[0]
        assert sum(1 for _ in customers) == 100_000
        assert tracemalloc.get_traced_memory()[1] - base < 2_000_000
    finally:
        tracemalloc.stop()
