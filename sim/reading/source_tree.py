"""What a file says and where: a tree of values, each with its file, line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.study.errors import KeyPath, Problem

Scalar = str | int | float | bool | None
Key = str | int

LONGEST_KEY = 60
"""Signs of a key that a message shows; no permitted name is longer."""


@dataclass(frozen=True)
class Mark:
    """A place: file (or option), line and column from 1, None where there are none.

    What was made in Python, or stands in a workbook, has no lines; `position` counts its values in
    their order, and `cell` is a workbook's sheet and cell.
    """

    file: str
    line: int | None
    column: int | None
    position: int = 0
    cell: str = ""


@dataclass
class Node:
    """A value and its place.

    Attributes
    ----------
    mark : Mark
        Where the value starts.
    value : scalar, list of Node or dict of Node
    keys : dict
        For a mapping, where each key stands.
    sound : bool
        False if a problem with this value has been noted already.
    is_file : bool
        True for the whole of an included file.
    gaps : dict
        For a mapping, where a key would stand that is not there: a workbook's empty cells.
    """

    mark: Mark
    value: Any = None
    keys: dict[str, Mark] = field(default_factory=dict)
    sound: bool = True
    is_file: bool = False
    gaps: dict[str, Mark] = field(default_factory=dict)

    @property
    def entries(self) -> dict[str, Node]:
        """The values of a mapping by key; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def child(self, key: Key) -> Node | None:
        """Return the value under a key or list position, or None."""
        if isinstance(key, str):
            return self.entries.get(key)
        inside = isinstance(self.value, list) and 0 <= key < len(self.value)
        return self.value[key] if inside else None

    def walk(self, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Node]]:
        """Yield every node below and including this one, with its path."""
        yield path, self
        keyed = enumerate(self.value) if isinstance(self.value, list) else self.entries.items()
        for key, node in keyed:
            yield from node.walk((*path, key))

    def size(self) -> int:
        """Count the nodes of the tree."""
        return sum(1 for _ in self.walk())

    def plain(self) -> Any:
        """Return the value as fresh dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def planted(value: Any, mark: Mark) -> Node:
    """Return plain data as a tree that stands at one place."""
    if isinstance(value, dict):
        nodes = {key: planted(item, mark) for key, item in value.items()}
        return Node(mark, nodes, dict.fromkeys(nodes, mark))
    if isinstance(value, list):
        return Node(mark, [planted(item, mark) for item in value])
    return Node(mark, value)


def key_path(path: KeyPath) -> str:
    """Return a path as people write it: ``organisations[1].staffing.cx_team``."""
    text = ""
    for key in path:
        word = str(key) if len(str(key)) <= LONGEST_KEY else f"{str(key)[: LONGEST_KEY - 1]}…"
        text += f"[{word}]" if isinstance(key, int) else f".{word}" if text else word
    return text


class Source:
    """A file's data, the place of every value, and what was wrong with it.

    Parameters
    ----------
    file : str
        Name as the user knows it.
    root : Node
        The whole document.
    problems : list of Problem
        What reading noted.
    n_values : int
        How many values were read, those of a part that could not be used included.
    """

    def __init__(self, file: str, root: Node, problems: list[Problem], n_values: int = 0):
        self.file = file
        self.root = root
        self.problems = problems
        self.n_values = n_values

    @property
    def data(self) -> Any:
        """The document as fresh dict, list, str, int, float, bool and None."""
        return self.root.plain()

    def find(self, path: KeyPath) -> Node | None:
        """Return the node at a path, or None if the path leads nowhere."""
        node: Node | None = self.root
        for key in path:
            node = node.child(key) if node is not None else None
        return node

    def locate(self, path: KeyPath) -> Mark:
        """Return the place of a value: its key's, its gap's, or its nearest ancestor's."""
        node, mark = self.root, self.root.mark
        for key in path:
            below = node.child(key)
            if below is None:
                mark = node.gaps.get(str(key), mark)
                break
            named = isinstance(key, str) and not below.is_file
            mark = node.keys[str(key)] if named else below.mark
            node = below
        return mark

    def path_in_file(self, path: KeyPath) -> KeyPath:
        """Return what is left of a path inside the included file it leads into."""
        start, node = 0, self.root
        for position, key in enumerate(path):
            below = node.child(key)
            if below is None:
                break
            start = position + 1 if below.is_file else start
            node = below
        return path[start:]

    def put(self, path: KeyPath, node: Node, key_mark: Mark | None = None) -> None:
        """Set the value at a path whose parent exists; a key's place stays if not given."""
        if not path:
            self.root = node
            return
        parent, key = self.find(path[:-1]), path[-1]
        if parent is None:
            raise KeyError(f"nothing stands above {key_path(path)}")
        parent.value[key] = node
        if isinstance(key, str) and (key_mark is not None or key not in parent.keys):
            parent.keys[key] = key_mark or node.mark

    def rename(self, path: KeyPath, name: str) -> None:
        """Give the mapping entry at a path another key, in the same position."""
        parent = self.find(path[:-1])
        if parent is None:
            return
        parent.value = {name if k == path[-1] else k: n for k, n in parent.entries.items()}
        parent.keys = {name if k == path[-1] else k: m for k, m in parent.keys.items()}

    def remove(self, path: KeyPath) -> None:
        """Take out the mapping entry at a path."""
        parent = self.find(path[:-1])
        if parent is not None and isinstance(path[-1], str):
            parent.entries.pop(path[-1], None)
            parent.keys.pop(path[-1], None)


def splice(source: Source, path: KeyPath, other: Source) -> None:
    """Put another file in the place of the value at a path, with its places and problems."""
    other.root.is_file = True
    source.put(path, other.root)
    source.problems.extend(other.problems)
