"""Customers as Mesa agents over columns, and their place in a model.

Everything that touches what Mesa keeps to itself stands in ``ColumnarModelMixin``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np

from sim.columnar.agent_sets import ColumnarSet, MixedSet
from sim.columnar.handle import Attribute, ColumnarAgent, RowIndex, row_numbers
from sim.state.arrays import State
from sim.state.blueprint import Blueprint
from sim.state.customers import standing_with
from sim.state.leaving import left_by_now


def _column(name: str, kind: type, doc: str) -> Attribute:
    def read(model: ColumnarModelMixin, rows: RowIndex) -> np.ndarray:
        return model.state.customers[name][rows].astype(kind)

    def write(model: ColumnarModelMixin, rows: RowIndex, value: Any) -> None:
        model.state.customers[name][rows] = value

    return Attribute(read, write, doc)


def _by_function(name: str, doc: str) -> Attribute:
    def table(model: ColumnarModelMixin) -> np.ndarray:
        return model.state.contacts.reshape(-1, len(model.blueprint.functions))[name]

    def read(model: ColumnarModelMixin, rows: RowIndex) -> np.ndarray:
        return table(model)[rows].astype(float)

    def write(model: ColumnarModelMixin, rows: RowIndex, value: Any) -> None:
        table(model)[rows] = value

    return Attribute(read, write, doc)


def _segment_names(model: ColumnarModelMixin, rows: RowIndex) -> np.ndarray:
    names = np.array(model.blueprint.segments, object)
    return names[model.state.customers["segment"][rows]]


def _put_in_segment(model: ColumnarModelMixin, rows: RowIndex, value: Any) -> None:
    names = model.blueprint.segments
    wanted = [value] if isinstance(value, str) else list(value)
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise ValueError(f"no segment is called {unknown[0]!r}; there are {', '.join(names)}.")
    model.state.customers["segment"][rows] = [names.index(name) for name in wanted]


def _left_by_now(model: ColumnarModelMixin, rows: RowIndex) -> np.ndarray:
    return left_by_now(model.state, rows, model.hour)


def _write_left_at(model: ColumnarModelMixin, rows: RowIndex, value: Any) -> None:
    model.state.customers["left_at"][rows] = value


def _present(model: ColumnarModelMixin, rows: RowIndex) -> np.ndarray:
    joined = model.state.customers["joined_at"][rows] <= model.hour
    return joined & (model.hour < _left_by_now(model, rows))


class CustomerAgent(ColumnarAgent):
    """One customer or prospect.

    Attributes read the columns as they are at the moment. What is set goes into the
    columns and counts from the customer's next event on; standing and liking are formed
    anew there from what the customer has experienced.
    """

    __slots__ = ()

    customer_id = Attribute(
        lambda model, rows: row_numbers(rows),
        doc="Number of the customer in tables of results.",
    )
    segment = Attribute(_segment_names, _put_in_segment, "Name of the segment.")
    represented = _column("represented", bool, "Whether a personal agent acts for the customer.")
    standing = _column("standing", float, "Standing of the enterprise with the customer, 0 to 1.")
    memory = _column("memory", float, "Remembered satisfaction; 0 is as expected.")
    liking = _column("liking", float, "Remembered experience, 0 to 1.")
    joined_at = _column("joined_at", float, "Hour of joining; infinite for a prospect.")
    left_at = Attribute(_left_by_now, _write_left_at, "Hour of leaving; infinite until then.")
    is_present = Attribute(_present, doc="Whether this is a customer at the model's hour.")
    kept = _by_function("kept", "Promises kept, forgotten with time, function by function.")
    broken = _by_function("broken", "Promises broken, forgotten with time, function by function.")

    @classmethod
    def population(cls, model: Any) -> int:
        """Return how many customers and prospects the model has."""
        return len(model.state.customers)

    def standing_with(self, function: str) -> float:
        """Return the standing of one function with this customer, 0 to 1.

        Parameters
        ----------
        function : str
            Its name.
        """
        names = self.model.blueprint.functions
        if function not in names:
            raise ValueError(f"no function is called {function!r}; there are {', '.join(names)}.")
        state: State = self.model.state
        plain: Callable[..., float] = getattr(standing_with, "py_func", standing_with)
        return float(plain(state, self.row, names.index(function)))


class ColumnarModelMixin:
    """What a Mesa model needs for customers in columns; to stand before ``mesa.Model``.

    Attributes
    ----------
    state : State
        Holds the columns. It may be replaced by another with the same customers.
    blueprint : Blueprint
        Names of functions and segments.
    """

    state: State
    blueprint: Blueprint
    _agents_by_type: dict[type[mesa.Agent], Any]
    _all_agents: Any

    @property
    def hour(self) -> float:
        """Working hour up to which the model has run."""
        raise NotImplementedError

    @property
    def customers(self) -> ColumnarSet:
        """All customers and prospects, by number."""
        return self._agents_by_type[CustomerAgent]

    def install_customers(self) -> ColumnarSet:
        """Put the customers among the model's agents, after those it has by now.

        From then on ``agents`` holds ordinary agents and customers, and
        ``agents_by_type[CustomerAgent]`` the customers. Agents made later come after
        them.

        Returns
        -------
        ColumnarSet
            The customers; no handle has been made.
        """
        others = self._others()
        rows = np.arange(-len(others), len(self.state.customers), dtype=np.int32)
        rows[: len(others)] = rows[: len(others)][::-1].copy()
        # RowIndex are never written to, so that both sets may look at the same ones.
        customers = ColumnarSet(self, CustomerAgent, rows[len(others) :])
        keys = {-1 - place: other for place, other in enumerate(others)}
        everybody = MixedSet(self, CustomerAgent, rows, keys)
        self._agents_by_type[CustomerAgent] = customers
        self._all_agents = everybody
        return customers

    def _others(self) -> list[mesa.Agent]:
        """Return the agents that are no customers, in order."""
        return [other for other in self._all_agents if not isinstance(other, CustomerAgent)]

    def remove_all_agents(self) -> None:
        """Remove the ordinary agents; customers, who are rows, stay where they are."""
        for other in self._others():
            other.remove()

    def release(self) -> None:
        """Empty the model, so that its memory is free as soon as nobody refers to it.

        Mesa 3.3 numbers agents in a dictionary that all models share and never
        forgets a model; and agents and model refer to each other. Nothing can be asked of the model
        afterwards.
        """
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        vars(self).clear()
