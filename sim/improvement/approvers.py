"""Who has to say yes for a function: the head of the function, of its unit, or both (rule E8)."""

from __future__ import annotations

from typing import NamedTuple

from sim.organisation.organisation import Organisation
from sim.state.units import NO_UNIT, namesakes

FIRST_UNIT_HEAD = -10
"""Name, in draws, of the head of the first unit where both decide; the next is one less."""


class Approver(NamedTuple):
    """Somebody who has to say yes for a function.

    Attributes
    ----------
    voter : int
        Whose draw it is.
    by_unit : float or None
        How far the figures of the unit count rather than the function's; None as in its KPI.
    heads_unit : bool
        Whether it is another than the head of the function.
    """

    voter: int
    by_unit: float | None = None
    heads_unit: bool = False


def approvers(organisation: Organisation, function: int) -> tuple[Approver, ...]:
    """Return who has to say yes for a function.

    Parameters
    ----------
    organisation : Organisation
        The enterprise under the levers in force.
    function : int
        A function, or another owner of a site.
    """
    reports = organisation.levers.structure.reports
    unit = NO_UNIT if function < 0 else int(organisation.blueprint.function_units[function])
    if reports == "function" or unit == NO_UNIT:
        return (Approver(function),)
    if reports == "unit":
        return (Approver(function, by_unit=1.0, heads_unit=True),)
    head = Approver(FIRST_UNIT_HEAD - unit, by_unit=1.0, heads_unit=True)
    if namesakes(organisation.blueprint, function)[0] != function:
        return (head,)  # the head of the function has been asked with the first unit's
    return (Approver(function, by_unit=0.0), head)


def undiluted(organisation: Organisation, function: int) -> tuple[float, float]:
    """Return the weights of a head who decides: nobody shares the figures of what one heads.

    Own KPI and, after dilution, journey KPI: the function's where nobody reports to a unit.
    """
    own, shared = organisation.weighting[function]
    lost = 1.0 - float(organisation.lines.counts[function])
    return own + (1.0 - organisation.levers.incentives.shared_journey_weight) * lost, shared
