"""``like: NAME`` in an org model: what it does not say itself is as in another one."""

from __future__ import annotations

import copy

from sim.reading.source_tree import Node

LIKE = "like"
ITS_OWN = frozenset({"organisation", "label", LIKE})
"""Keys that no org model has from another."""


def laid_over(below: Node, above: Node) -> Node:
    """Return an org model's levers with another's wherever it has none of its own.

    Parameters
    ----------
    below : Node
        The org model that it is like; left as it is.
    above : Node
        What it says itself.
    """
    entries = {
        key: copy.deepcopy(node) for key, node in below.entries.items() if key not in ITS_OWN
    }
    for key, node in above.entries.items():
        both = key in entries and node.entries and entries[key].entries
        entries[key] = laid_over(entries[key], node) if both else node
    return Node(above.mark, entries, below.keys | above.keys, above.sound, above.is_file)


def why_not(likeness: Node) -> str:
    """Return why an org model cannot be what another is like; empty if it can."""
    for key in (LIKE, "transition"):
        if key in likeness.entries:
            return f"is itself {'like another' if key == LIKE else 'a transition'}"
    return ""
