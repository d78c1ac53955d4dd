"""The tree that a workbook's cells grow into, and the mistakes noted on the way."""

from __future__ import annotations

from sim.reading.source_tree import KeyPath, Mark, Node, key_path
from sim.reading.yaml_source import MAX_NODES
from sim.study.errors import Problem


class TooManyValuesError(Exception):
    """The rest of a workbook is not read; its problem has been noted."""


class CellTree:
    """Values with their cells, put in one by one.

    Parameters
    ----------
    file : str
        The workbook as the user knows it.

    Attributes
    ----------
    root : Node
        The whole study, as far as it has been read.
    problems : list of Problem
    n_values : int
    """

    def __init__(self, file: str):
        self.file = file
        self.root = Node(Mark(file, None, None), {})
        self.problems: list[Problem] = []
        self.n_values = 0

    def note(self, mark: Mark, message: str, remedy: str, path: KeyPath = ()) -> None:
        """Note a mistake."""
        place = (self.file, None, None, key_path(path), message, remedy)
        self.problems.append(Problem(*place, mark.position, mark.cell))

    def find(self, path: KeyPath) -> Node | None:
        """Return the node at a path, or None if nothing stands there."""
        node: Node | None = self.root
        for key in path:
            node = node.child(key) if node is not None else None
        return node

    def put(self, path: KeyPath, node: Node) -> Node:
        """Set a value, making what stands above it.

        Returns
        -------
        Node
            What stands there now: another node if there was one before.

        Raises
        ------
        TooManyValuesError
            If the workbook holds more values than a study may.
        """
        self.n_values += node.size()
        if self.n_values > MAX_NODES:
            message = f"more than {MAX_NODES} values in a study"
            self.note(node.mark, message, "write a smaller one", path)
            raise TooManyValuesError
        above = self.root
        for depth, key in enumerate(path, start=1):
            below = above.child(key)
            if below is None and depth == len(path):
                below = node
            elif below is None:
                below = Node(node.mark, [] if isinstance(path[depth], int) else {})
            if isinstance(key, str) and key not in above.entries:
                above.value[key], above.keys[key] = below, node.mark
            elif isinstance(key, int) and key == len(above.value):
                above.value.append(below)
            above = below
        return above

    def leave_gap(self, path: KeyPath, mark: Mark) -> None:
        """Remember the empty cell in which a key would stand, if what it belongs to is there."""
        above = self.find(path[:-1])
        if above is not None and isinstance(above.value, dict):
            above.gaps.setdefault(str(path[-1]), mark)

    def lose(self, path: KeyPath, mark: Mark) -> None:
        """Mark a place as one of which everything has been said, unless something is there."""
        self.put(path, Node(mark, sound=False))
