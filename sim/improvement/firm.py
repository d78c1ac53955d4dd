"""What an agent may know of the enterprise that it works in, and of those who work beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.improvement.defects import Defects
from sim.improvement.issues import Alarm, Issue, Proposer, Register
from sim.organisation.organisation import Organisation
from sim.state.arrays import State
from sim.state.blueprint import Blueprint
from sim.study.study import Study

if TYPE_CHECKING:
    from sim.improvement.capacity import Capacity
    from sim.improvement.channels import Channels
    from sim.improvement.decisions import Decisions
    from sim.improvement.sight import Sight
    from sim.improvement.waits import Waits


class Watcher(Proposer, Protocol):
    """Somebody who has the right to see what is heard about some sites."""

    def sees(self, felt: int) -> bool:
        """Tell whether there is a right to see what is heard about a site."""

    def may_look_into(self, alarm: Alarm) -> bool:
        """Tell whether there is a right to see what an alarm is about."""


class Head(Watcher, Protocol):
    """Whoever heads an enterprise function."""

    utilisation: float


class EscalationPath(Protocol):
    """Where an issue goes that owners have refused, or that nobody owns."""

    def take(self, issue: Issue) -> None:
        """Put an issue on the path."""


class Backer(Protocol):
    """Somebody who stands behind proposals."""

    def backs(self, issue: Issue) -> float:
        """Return the share of cases in which the backing overrides a no."""


class Firm(Protocol):
    """The enterprise model as its agents see it.

    Attributes
    ----------
    week : int
        Weeks worked so far.
    worked : numpy.ndarray
        Servers of each function in the week before, int, shape (n_functions,).
    """

    study: Study
    week: int
    worked: np.ndarray
    blueprint: Blueprint
    organisation: Organisation
    state: State
    register: Register
    defects: Defects
    decisions: Decisions
    channels: Channels
    waits: Waits
    capacity: Capacity
    sight: Sight

    @property
    def functions(self) -> Sequence[Head]:
        """The enterprise functions, in the order of their names."""

    @property
    def roles(self) -> Sequence[Watcher]:
        """The coordinating roles that are filled."""

    @property
    def escalation(self) -> EscalationPath | None:
        """The path for what is refused or unowned, if there is one."""

    @property
    def executive(self) -> EscalationPath | None:
        """Whoever has proposals brought before them first, if roles are placed at the top."""

    @property
    def sponsor(self) -> Backer | None:
        """The sponsor, if there is one."""

    def charge(self, function: int, hours: float) -> None:
        """Charge line time of a function for issues and decisions."""

    def charge_all(self, hours: float) -> None:
        """Charge time of the firm as a whole, shared over functions by size."""

    def own_kpi(self, function: int) -> float:
        """Return a function's own KPI so far."""
