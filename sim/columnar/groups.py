"""What an agent set is grouped into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    from mesa.agentset import GroupBy
except ImportError:  # it stood here before Mesa split the file
    from mesa.agent import GroupBy

__all__ = ["GroupBy", "Groups"]


class Groups(GroupBy):
    """Groups of a set, each a set over columns."""

    def agg(self, attr_name: str, func: Callable) -> dict[Any, Any]:
        """Apply a function to the values of an attribute in every group."""
        return {key: group.agg(attr_name, func) for key, group in self.groups.items()}
