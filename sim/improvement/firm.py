"""What an agent may know of the enterprise that it works in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from sim.improvement.defects import Defects
from sim.improvement.issues import Register
from sim.organisation.organisation import Organisation
from sim.state.arrays import State
from sim.state.blueprint import Blueprint
from sim.study.study import Study


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
    roles : sequence
        The coordinating roles that are filled.
    decisions, escalation, sponsor : Any
        Rights to decide; the path for what is refused or unowned, and the sponsor, if
        there are any.
    """

    study: Study
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
    sponsor: Any
    roles: Sequence[Any]

    def charge(self, function: int, hours: float) -> None:
        """Charge line time of a function for issues and decisions."""

    def charge_all(self, hours: float) -> None:
        """Charge time of the firm as a whole, shared over functions by size."""

    def own_kpi(self, function: int) -> float:
        """Return a function's own KPI so far."""
