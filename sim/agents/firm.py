"""What an agent may know of the enterprise that it works in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from sim.agents.issues import Register
from sim.blueprint import Blueprint
from sim.defects import Defects
from sim.organisation import Organisation
from sim.scenario import Scenario
from sim.state import State


class Firm(Protocol):
    """The enterprise model as its agents see it.

    Attributes
    ----------
    week : int
        Weeks worked so far.
    worked : numpy.ndarray
        Servers of each function in the week before, int, shape (n_functions,).
    functions : sequence
        The enterprise functions, in the order of their names.
    decisions, escalation : Any
        Rights to decide, and the path for what is refused or unowned, if there is one.
    """

    study: Scenario
    week: int
    worked: np.ndarray
    blueprint: Blueprint
    organisation: Organisation
    state: State
    register: Register
    defects: Defects
    functions: Sequence[Any]
    decisions: Any
    escalation: Any

    def own_kpi(self, function: int) -> float:
        """Return a function's own KPI so far."""
