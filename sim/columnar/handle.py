"""Handles: a Mesa agent for one row of a model's columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import mesa
import numpy as np

FIRST_UNIQUE_ID = 1_000_000
"""``unique_id`` of row 0, beyond those of ordinary agents, who count from 1."""

RowIndex = slice | np.ndarray


class Attribute:
    """An attribute of agents in columns, read and written for one agent or for many.

    Parameters
    ----------
    read : callable
        From the model and rows to a new array, shape (n_rows, ...).
    write : callable, optional
        From the model, rows and a value to nothing; without it nobody can set it.
    doc : str
        What it is, with its unit.
    """

    def __init__(
        self,
        read: Callable[[Any, RowIndex], np.ndarray],
        write: Callable[[Any, RowIndex, Any], None] | None = None,
        doc: str = "",
    ):
        self.array = read
        self.write = write
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, handle: ColumnarAgent | None, owner: type) -> Any:
        if handle is None:
            return self
        return self.values(handle.model, slice(handle.row, handle.row + 1))[0]

    def __set__(self, handle: ColumnarAgent, value: Any) -> None:
        self.store(handle.model, slice(handle.row, handle.row + 1), value)

    def values(self, model: Any, rows: RowIndex) -> list[Any]:
        """Return plain Python values; a tuple for whoever has several."""
        array = self.array(model, rows)
        return array.tolist() if array.ndim == 1 else [tuple(one) for one in array.tolist()]

    def store(self, model: Any, rows: RowIndex, value: Any) -> None:
        """Write one value for all rows, or an array with one for each."""
        if self.write is None:
            raise AttributeError(f"'{self.name}' can be read but not set.")
        self.write(model, rows, value)


def row_numbers(rows: RowIndex) -> np.ndarray:
    """Return rows as numbers, int64."""
    if isinstance(rows, slice):
        return np.arange(rows.start, rows.stop)
    return rows.astype(np.int64)


class ColumnarAgent(mesa.Agent):
    """A handle on one row; it keeps nothing itself.

    Handles on the same row are equal. They are not registered with the model, take no
    number from Mesa's counter, and live as long as somebody refers to them: a plain
    ``AgentSet`` refers weakly and loses them at once.

    Parameters
    ----------
    model : mesa.Model
        The model that holds the columns.
    row : int
        Which row.

    Raises
    ------
    IndexError
        If there is no such row.
    """

    __slots__ = ("model", "row")
    model: Any
    row: int
    pos = None

    unique_id = Attribute(
        lambda model, rows: FIRST_UNIQUE_ID + row_numbers(rows),
        doc="Stable number, unlike that of any other agent of the model.",
    )

    def __init__(self, model: Any, row: int):
        n_rows = self.population(model)
        if not 0 <= row < n_rows:
            raise IndexError(f"there is no row {row}: rows go from 0 to {n_rows - 1}.")
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", int(row))

    @classmethod
    def at(cls, model: Any, row: int) -> ColumnarAgent:
        """Return the handle on a row known to exist."""
        handle = object.__new__(cls)
        object.__setattr__(handle, "model", model)
        object.__setattr__(handle, "row", row)
        return handle

    @classmethod
    def population(cls, model: Any) -> int:
        """Return how many rows the model's columns have."""
        raise NotImplementedError

    @classmethod
    def create_agents(cls, model: Any, n: int, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the rows are there before any handle."""
        raise TypeError(f"{cls.__name__}s are rows of the model's columns; none can be created.")

    def remove(self) -> NoReturn:
        """Refuse: a row stays."""
        raise TypeError(f"{self!r} is a row of the model's columns and cannot be removed.")

    def __setattr__(self, name: str, value: Any) -> None:
        found = getattr(type(self), name, None)
        if not isinstance(found, Attribute) or found.write is None:
            raise AttributeError(
                f"'{name}' cannot be set on {self!r}: a handle keeps nothing but its columns. "
                f"Can be set: {', '.join(self._writable())}. "
                "Keep other values in a dictionary under unique_id."
            )
        found.__set__(self, value)

    @classmethod
    def _writable(cls) -> list[str]:
        attributes = [getattr(cls, name, None) for name in dir(cls)]
        return [a.name for a in attributes if isinstance(a, Attribute) and a.write is not None]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.row == other.row and self.model is other.model

    def __hash__(self) -> int:
        return hash(self.row)

    def __reduce__(self) -> tuple[Any, ...]:
        return _handle, (type(self), self.model, self.row)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"


def _handle(kind: type[ColumnarAgent], model: Any, row: int) -> ColumnarAgent:
    return kind.at(model, row)
