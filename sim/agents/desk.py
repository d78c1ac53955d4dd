"""The desk of an extension: what it sees of an enterprise, what it may change, and what it pays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sim.engine.philox import block, uniform
from sim.organisation.organisation import Organisation
from sim.study.extension import Adopted, Numbers
from sim.study.levers import Section

if TYPE_CHECKING:
    from sim.state.arrays import State
    from sim.state.blueprint import Blueprint

SEEN = (
    "customers", "contacts", "drops", "expectations", "case_tallies", "touch_tallies",
    "seam_tallies", "drop_tallies", "touchpoints", "journeys", "segments",
)  # fmt: skip
"""Arrays of the state that a desk shows, for reading only: outcomes among them."""
CHANGED = ("rates", "seams", "find_hours", "functions")
"""Arrays of the state that follow from management, and that a mechanism may change."""


class Mechanism(Protocol):
    """What an extension does each week."""

    def step(self) -> None:
        """Decide, and pay, before the week's rates are written."""

    def adjust(self) -> None:
        """Change the week's rates once they are written."""


class HostFirm(Protocol):
    """What a desk needs of the enterprise it stands in."""

    week: int
    blueprint: Blueprint
    organisation: Organisation
    state: State

    def charge(self, function: int, hours: float) -> None:
        """Charge line time of a function."""

    def charge_all(self, hours: float) -> None:
        """Charge time of the firm as a whole."""

    def spend(self, money: float) -> None:
        """Spend money once."""


class Desk:
    """An extension's place in an enterprise.

    Parameters
    ----------
    firm : HostFirm
        The enterprise.
    adopted : Adopted
        The extension.
    numbers : Numbers
        Of its columns and draws.

    Attributes
    ----------
    week : int
        Weeks worked so far, the warm-up included.
    blueprint : Blueprint
        Functions, journeys, touchpoints, seams and segments by name and number.
    organisation : Organisation
        The enterprise under the levers in force.
    mechanism : Mechanism or None
        What the extension does each week: a measure may ask what it has done.
    """

    def __init__(self, firm: HostFirm, adopted: Adopted, numbers: Numbers):
        self._firm = firm
        self._adopted = adopted
        self._numbers = numbers
        self.mechanism: Mechanism | None = None

    @property
    def week(self) -> int:
        """Weeks worked so far, the warm-up included."""
        return self._firm.week

    @property
    def blueprint(self) -> Blueprint:
        """The enterprise by name and number."""
        return self._firm.blueprint

    @property
    def organisation(self) -> Organisation:
        """The enterprise under the levers in force."""
        return self._firm.organisation

    @property
    def levers(self) -> Section:
        """The extension's own levers in force, at their defaults where an org model has none."""
        made = self._adopted.extension.levers or Section
        own = self.organisation.levers.extensions
        return made.model_validate(dict(own.get(self._adopted.extension.name, {})))

    def seen(self, name: str) -> np.ndarray:
        """Return an array of the state, for reading only; its name is one of ``SEEN``.

        Raises
        ------
        KeyError
            If there is nothing of that name to be seen.
        """
        if name not in SEEN:
            raise KeyError(f"a desk shows no `{name}`; there are {', '.join(SEEN)}")
        view: np.ndarray = getattr(self._firm.state, name).view()
        view.flags.writeable = False
        return view

    def changed(self, name: str) -> np.ndarray:
        """Return an array of the week's rates, for changing; its name is one of ``CHANGED``.

        Raises
        ------
        KeyError
            If nothing of that name may be changed.
        """
        if name not in CHANGED:
            raise KeyError(f"a mechanism cannot change `{name}`; it can {', '.join(CHANGED)}")
        array: np.ndarray = getattr(self._firm.state, name)
        return array

    @cached_property
    def columns(self) -> Mapping[str, np.ndarray]:
        """The extension's own numbers of each customer, float64, shape (n_customers,) each."""
        own = self._firm.state.own
        return {name: own[:, place] for name, place in self._numbers.columns.items()}

    def drawn(self, name: str, *counter: int) -> np.ndarray:
        """Return four uniform numbers of one of the extension's random decisions.

        Parameters
        ----------
        name : str
            One of its draws.
        counter : int
            What the decision is about, such as week and customer; up to four numbers.
        """
        words = (*counter, 0, 0, 0, 0)[:4]
        lanes = block(self._firm.state.keys[self._numbers.draws[name]], *words)
        return np.array([uniform(lane) for lane in lanes])

    def charge(self, function: int, hours: float) -> None:
        """Pay with line time of a function, in hours of this week."""
        self._firm.charge(function, hours)

    def charge_all(self, hours: float) -> None:
        """Pay with time of the firm as a whole, in hours of this week, shared by size."""
        self._firm.charge_all(hours)

    def spend(self, money: float) -> None:
        """Pay with money, once; it is part of one-off cost and so of net value."""
        self._firm.spend(money)
