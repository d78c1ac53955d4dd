"""A study made in Python as the tree that a study file becomes: values, and where each stands.

What is obviously meant is taken: tuples as lists, sections of a study as what they hold,
numpy's numbers as their values. What a study file could not say is a problem with its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np
from pydantic import BaseModel

from sim.reading.explain import shown
from sim.reading.source_tree import KeyPath, Mark, Node, Scalar, Source, key_path
from sim.reading.yaml_source import (
    LARGEST_INTEGER,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NODES,
    TOO_DEEP,
    UNPRINTABLE,
)
from sim.study.errors import Problem


class _UnreadableError(Exception):
    """The rest of the data cannot be read; its problem has been noted."""


class _RefusedError(Exception):
    """A value is not a permitted one; holds message and remedy."""


def scan_data(data: Any) -> Source:
    """Read plain data as far as it goes; what is wrong is in ``problems``.

    Parameters
    ----------
    data : dict, list, tuple, scalar or section of a study
        A study's keys and values.

    Returns
    -------
    Source
        Of no file and without lines: a message names the keys that lead to a value.
    """
    planter = _Planter()
    try:
        root = planter.node(data, (), 1)
    except _UnreadableError:
        root = Node(Mark("", None, None), sound=False)
    return Source("", root, planter.problems)


class _Planter:
    """Turns values into nodes and notes every problem on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._n_nodes = 0

    def node(self, value: Any, path: KeyPath, depth: int) -> Node:
        """Return a value with all that is in it as a node."""
        self._n_nodes += 1
        mark = Mark("", None, None, self._n_nodes)
        if self._n_nodes > MAX_NODES:
            self._stop(path, mark, f"more than {MAX_NODES} values", "write a smaller one")
        value = _opened(value)
        if not isinstance(value, Mapping | list):
            return self._scalar(value, path, mark)
        if depth > MAX_DEPTH:
            self._stop(path, mark, *TOO_DEEP)
        if len(value) > MAX_ENTRIES:
            message = f"more than {MAX_ENTRIES} entries in one place"
            self._stop(path, mark, message, "write fewer")
        if isinstance(value, list):
            items = enumerate(value)
            return Node(mark, [self.node(item, (*path, at), depth + 1) for at, item in items])
        return self._mapping(value, path, mark, depth)

    def _mapping(self, value: Mapping[Any, Any], path: KeyPath, mark: Mark, depth: int) -> Node:
        node = Node(mark, {})
        for key, item in value.items():
            try:
                name = _name(key)
            except _RefusedError as refusal:
                self._note((*path, str(key)), mark, *refusal.args)
                continue
            below = self.node(item, (*path, name), depth + 1)
            node.entries[name] = below
            node.keys[name] = below.mark
        return node

    def _scalar(self, value: Any, path: KeyPath, mark: Mark) -> Node:
        try:
            return Node(mark, _plain(value))
        except _RefusedError as refusal:
            self._note(path, mark, *refusal.args)
            return Node(mark, sound=False)

    def _note(self, path: KeyPath, mark: Mark, message: str, remedy: str) -> None:
        at = mark.position
        self.problems.append(Problem("", None, None, key_path(path), message, remedy, at))

    def _stop(self, path: KeyPath, mark: Mark, message: str, remedy: str) -> None:
        self._note(path, mark, message, remedy)
        raise _UnreadableError


def _opened(value: Any) -> Any:
    """Return the dict, list or scalar that a value obviously stands for, one level deep."""
    if isinstance(value, BaseModel):
        # What it left to the defaults, a study file would not say either.
        fields, said = type(value).model_fields, value.model_fields_set
        held = {name: getattr(value, name, None) for name in fields if name in said}
        return {fields[n].alias or n: item for n, item in held.items() if item is not None}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, tuple):
        return list(value)
    return value.as_posix() if isinstance(value, PurePath) else value


def _name(key: Any) -> str:
    """Return a key as plain text."""
    if not isinstance(key, str):
        raise _RefusedError(f"the key {shown(key)} is not text", "write it in quotes")
    if not key:
        raise _RefusedError("there is an empty key", "name it or leave it out")
    return _text(key)


def _plain(value: Any) -> Scalar:
    """Return a scalar as a study file could hold it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise _RefusedError("the number is too large", f"permitted: up to {LARGEST_INTEGER}")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _RefusedError(f"`{value}` is not a finite number", "write a number")
        return float(value)
    kind = type(value).__name__
    raise _RefusedError(
        f"a value of type `{kind}` stands here",
        "permitted: text, numbers, true or false, dicts and lists",
    )


def _text(value: str) -> str:
    """Return text without the habits of a class of its own."""
    text = str.__str__(value)
    found = UNPRINTABLE.search(text)
    if found:
        code = f"U+{ord(found.group()):04X}"
        raise _RefusedError(f"there is a character that is not text ({code})", "delete it")
    return text
