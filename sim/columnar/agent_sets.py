"""Agents that live in columns, and the agent sets that hold them.

A population of hundreds of thousands is kept as arrays; a Mesa agent for one of them is
a *handle*, made when somebody asks and gone when nobody looks. Mesa's own ``AgentSet``
refers to its members weakly and would find every handle gone, so the sets here hold row
numbers instead and override all that reads Mesa's private dictionary.

Only ``shuffle`` and ``shuffle_do``, called by a user, draw from ``model.random``; they
draw as Mesa does, so that the same seed gives the same order as an ordinary set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from operator import attrgetter
from random import Random
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.columnar.groups import GroupBy, Groups
from sim.columnar.handle import Attribute, ColumnarAgent

CHUNK = 4096
"""Rows turned into Python integers at a time, so that looking at all stays light."""


class MixedSet(AgentSet):
    """An ordered set of agents in columns and of ordinary agents.

    Parameters
    ----------
    model : mesa.Model
        The model that all belong to.
    kind : type of ColumnarAgent
        What the agents in columns are.
    rows : numpy.ndarray
        Rows in order, integer, shape (n,); negative numbers are keys of ``others``.
    others : dict of int to mesa.Agent, optional
        The ordinary agents. They are few and are held strongly.
    random : random.Random, optional
        What shuffles; the model's unless given.
    """

    def __init__(
        self,
        model: Any,
        kind: type[ColumnarAgent],
        rows: np.ndarray,
        others: dict[int, mesa.Agent] | None = None,
        random: Random | None = None,
    ):
        self.model = model
        self.kind = kind
        self.random = random or model.random
        self._others = dict(others or {})
        self._place(rows)

    @property
    def rows(self) -> np.ndarray:
        """Rows in order, int32; negative ones stand for ordinary agents."""
        return self._rows

    def _place(self, rows: np.ndarray) -> None:
        """Hold these rows from now on; an array once held is never written to."""
        self._rows = np.asarray(rows, np.int32)
        self._held: np.ndarray | None = None
        if self._others:
            keys = self._rows[self._rows < 0].tolist()
            self._others = {key: self._others[key] for key in keys}

    def _with(self, rows: np.ndarray) -> MixedSet:
        rows = np.asarray(rows, np.int32)
        pure = isinstance(self, ColumnarSet) or (rows.size > 0 and bool(rows.min() >= 0))
        members = (self.model, self.kind, rows, self._others, self.random)
        return ColumnarSet(*members) if pure else MixedSet(*members)

    def _result(self, rows: np.ndarray, inplace: bool) -> MixedSet:
        if not inplace:
            return self._with(rows)
        self._place(rows)
        return self

    def _agent(self, row: int) -> mesa.Agent:
        return self._others[row] if row < 0 else self.kind.at(self.model, row)

    def _each(self, rows: np.ndarray) -> Iterator[mesa.Agent]:
        for first in range(0, len(rows), CHUNK):
            for row in rows[first : first + CHUNK].tolist():
                yield self._agent(row)

    def _row(self, agent: object) -> int | None:
        """Return the row of a member, or None."""
        if type(agent) is self.kind and agent.model is self.model:
            if self._held is None:
                self._held = np.zeros(self.kind.population(self.model), bool)
                self._held[self._rows[self._rows >= 0]] = True
            return agent.row if self._held[agent.row] else None
        return next((key for key, other in self._others.items() if other is agent), None)

    # --- a sequence and a set ------------------------------------------------------

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[mesa.Agent]:
        return self._each(self._rows)

    def __contains__(self, agent: object) -> bool:
        return self._row(agent) is not None

    def __getitem__(self, item: int | slice) -> Any:
        """Return an agent, or a list of agents for a slice."""
        if isinstance(item, slice):
            return list(self._each(self._rows[item]))
        return self._agent(int(self._rows[item]))

    def _from_iterable(self, agents: Iterable[mesa.Agent]) -> MixedSet:
        rows: dict[int, None] = {}
        others: dict[int, mesa.Agent] = {}
        keys: dict[int, int] = {}
        for agent in agents:
            if type(agent) is self.kind and agent.model is self.model:
                rows[agent.row] = None
            elif id(agent) not in keys:
                key = keys[id(agent)] = -1 - len(keys)
                others[key] = agent
                rows[key] = None
        return (MixedSet if others else type(self))(
            self.model, self.kind, np.array(list(rows), np.int32), others, self.random
        )

    # An ordinary set on the left would hold handles weakly and lose them; Python tries
    # these before its own operators because they differ from what is inherited.

    def __ror__(self, other: Any) -> MixedSet:
        return self._from_iterable(chain(other, self))

    def __rand__(self, other: Any) -> MixedSet:
        return self._from_iterable(agent for agent in other if agent in self)

    def __rsub__(self, other: Any) -> MixedSet:
        return self._from_iterable(agent for agent in other if agent not in self)

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent of this model at the end, unless it is a member."""
        if agent in self:
            return
        if type(agent) is self.kind and agent.model is self.model:
            row = agent.row
        else:
            row = min(self._others, default=0) - 1
            self._others[row] = agent
        self._place(np.append(self._rows, np.int32(row)))

    def remove(self, agent: mesa.Agent) -> None:
        """Take a member out of the set; a KeyError if it is none."""
        if (row := self._row(agent)) is None:
            raise KeyError(agent)
        self._place(self._rows[self._rows != row])

    def discard(self, agent: mesa.Agent) -> None:
        """Take an agent out of the set if it is a member."""
        with suppress(KeyError):
            self.remove(agent)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_held"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _others=dict(state["_others"]), _held=None)

    # --- Mesa's methods --------------------------------------------------------------

    def select(
        self,
        filter_func: Callable[[mesa.Agent], bool] | None = None,
        at_most: int | float = math.inf,
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> MixedSet:
        """Return the members that a function holds true for, of a type, at most so many.

        Parameters
        ----------
        filter_func : callable, optional
            Called with one agent after the other until enough are found.
        at_most : int or float
            A number, or as a float up to 1 a fraction of the set, rounded down.
        inplace : bool
            Change this set instead of making another.
        agent_type : type, optional
            Leave all others out.
        """
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        limit = len(self) if at_most == math.inf else max(math.ceil(at_most), 0)
        rows = self._rows if agent_type is None else self._rows[self._are(agent_type)]
        if filter_func is not None:
            rows = self._filtered(rows, filter_func, limit)
        return self._result(rows[:limit], inplace)

    def _are(self, agent_type: type[mesa.Agent]) -> np.ndarray:
        mask = (self._rows >= 0) & issubclass(self.kind, agent_type)
        for key, other in self._others.items():
            if isinstance(other, agent_type):
                mask |= self._rows == key
        return mask

    def _filtered(
        self, rows: np.ndarray, wanted: Callable[[mesa.Agent], bool], limit: int
    ) -> np.ndarray:
        found: list[int] = []
        if limit > 0:
            for row, agent in zip(rows.tolist(), self._each(rows), strict=True):
                if wanted(agent):
                    found.append(row)
                    if len(found) == limit:
                        break
        return np.array(found, np.int32)

    def shuffle(self, inplace: bool = False) -> MixedSet:
        """Return the members in random order, drawn from the model's generator."""
        rows = self._rows.tolist()
        self.random.shuffle(rows)
        return self._result(np.array(rows, np.int32), inplace)

    def sort(
        self,
        key: Callable[[mesa.Agent], Any] | str,
        ascending: bool = False,
        inplace: bool = False,
    ) -> MixedSet:
        """Return the members sorted by an attribute or a function, the highest first.

        Equals keep their order whichever way it goes.
        """
        keys = self._keys(key)
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=not ascending)
        return self._result(self._rows[np.array(order, np.intp)], inplace)

    def do(self, method: str | Callable, *args: Any, **kwargs: Any) -> MixedSet:
        """Call a method by name, or a function, on every member in order."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable, *args: Any, **kwargs: Any) -> MixedSet:
        """Call a method by name, or a function, on every member in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable, *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method by name, or a function, on every member; return the answers."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def to_list(self) -> list[mesa.Agent]:
        """Return the members in order."""
        return list(self)

    # --- attributes --------------------------------------------------------------------

    def _column(self, name: str) -> Attribute | None:
        found = getattr(self.kind, name, None)
        return found if isinstance(found, Attribute) else None

    def _values(self, name: str, *default: Any) -> list[Any]:
        column = self._column(name)
        if column is None:
            return [getattr(agent, name, *default) for agent in self]
        values = iter(column.values(self.model, self._rows[self._rows >= 0]))
        if not self._others:
            return list(values)
        return [
            next(values) if row >= 0 else getattr(self._others[row], name, *default)
            for row in self._rows.tolist()
        ]

    def _keys(self, by: Callable[[mesa.Agent], Any] | str) -> list[Any]:
        if isinstance(by, str) and self._column(by) is not None:
            return self._values(by)
        look = attrgetter(by) if isinstance(by, str) else by
        return [look(agent) for agent in self]

    def get(
        self,
        attr_names: str | Iterable[str],
        handle_missing: str = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return an attribute of every member, or a list of several for each.

        Parameters
        ----------
        attr_names : str or iterable of str
            One name gives a list of values, several give a list of lists.
        handle_missing : {"error", "default"}
            What to do about members without the attribute.
        default_value
            What they get instead.
        """
        if handle_missing not in {"error", "default"}:
            raise ValueError(
                f"handle_missing is {handle_missing!r}; it must be 'error' or 'default'."
            )
        default = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return self._values(attr_names, *default)
        columns = [self._values(name, *default) for name in attr_names]
        return [[column[place] for column in columns] for place in range(len(self))]

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """Apply one function, or each of several, to the values of an attribute."""
        values = self.get(attribute)
        return func(values) if callable(func) else [one(values) for one in func]

    def set(self, attr_name: str, value: Any) -> MixedSet:
        """Set an attribute of every member."""
        column = self._column(attr_name)
        if column is None or self._others:
            for agent in self:
                setattr(agent, attr_name, value)
        else:
            column.store(self.model, self._rows, value)
        return self

    def groupby(
        self, by: Callable[[mesa.Agent], Any] | str, result_type: str = "agentset"
    ) -> GroupBy:
        """Group the members by an attribute or by what a function returns.

        Parameters
        ----------
        by : callable or str
            Groups stand in the order in which their keys are first met.
        result_type : {"agentset", "list"}
            What holds a group.
        """
        keys = self._keys(by)
        groups: dict[Any, list[int]] = {}
        for key, row in zip(keys, self._rows.tolist(), strict=True):
            groups.setdefault(key, []).append(row)
        if result_type == "agentset":
            return Groups({key: self._with(np.array(rows)) for key, rows in groups.items()})
        return GroupBy({key: [self._agent(row) for row in rows] for key, rows in groups.items()})


class ColumnarSet(MixedSet):
    """An ordered set of agents in columns alone; whole columns may be asked for."""

    def add(self, agent: mesa.Agent) -> None:
        """Add an agent in columns at the end, unless it is a member."""
        if type(agent) is not self.kind or agent.model is not self.model:
            raise TypeError(
                f"this set holds a model's own {self.kind.__name__}s, and {agent!r} is none. "
                "To hold both, join two sets with |."
            )
        super().add(agent)

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """Apply one function, or each of several, to the values of an attribute.

        NumPy's functions are given an array, all others a list.
        """
        if not callable(func):
            return [self.agg(attribute, one) for one in func]
        from_numpy = (getattr(func, "__module__", None) or "").split(".")[0] == "numpy"
        if from_numpy and self._column(attribute) is not None:
            return func(self.array(attribute))
        return func(self.get(attribute))

    def array(self, name: str) -> np.ndarray:
        """Return an attribute of all members in order as a new array, shape (n, ...)."""
        column = self._column(name)
        if column is None:
            raise AttributeError(f"{self.kind.__name__} keeps no column '{name}'.")
        return column.array(self.model, self._rows)

    def where(self, mask: np.ndarray) -> ColumnarSet:
        """Return the members where a mask holds true, without looking at any.

        Parameters
        ----------
        mask : numpy.ndarray
            Boolean, shape (n,), in the order of the set.
        """
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != self._rows.shape:
            raise ValueError(f"the mask must hold {len(self)} booleans, one for each member.")
        return self._with(self._rows[mask])
