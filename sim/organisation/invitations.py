"""People whom customer workshops invite, and the hours that they cost the line (rule E7).

Every `invite_hours` that the line gives to customers invite one of them for a year. Who it is
stands in ``sim.state.remedies``; here is how many.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.organisation.organisation import Organisation
from sim.state.arrays import State
from sim.state.remedies import WEEKS_INVITED


def people_there(customers: np.ndarray, hour: float) -> int:
    """Return how many customers there are at an hour for whom no personal agent acts.

    Parameters
    ----------
    customers : numpy.ndarray
        CUSTOMER, shape (n_customers,).
    hour : float
        Since the start of the warm-up.
    """
    there = (customers["joined_at"] <= hour) & (customers["left_at"] > hour)
    return int(np.count_nonzero(there & (customers["represented"] == 0)))


def share_invited(organisation: Organisation, people: float) -> float:
    """Return the share of people who are invited in a year, at most all.

    Heads in the line × `people.customer_workshop_hours` ÷ `invite_hours` ÷ people: those whose
    week of the year it is are a 52nd of all, and so are the week's hours.

    Parameters
    ----------
    organisation : Organisation
        The enterprise under the levers in force.
    people : float
        Customers of the firm for whom no personal agent acts.
    """
    hours = organisation.levers.people.customer_workshop_hours * float(organisation.heads.sum())
    invitations = hours / organisation.parameters["invite_hours"]
    return min(1.0, invitations / people) if people > 0 else 0.0


def invite(
    organisation: Organisation, state: State, week: int, count_people: Callable[[], int]
) -> None:
    """Write into the state what share of those whose week of the year it is are invited.

    A run starts as if its hours had been given all along.

    Parameters
    ----------
    organisation : Organisation
        The enterprise under the levers in force.
    state : State
        Written: invited, rules.
    week : int
        The week that begins.
    count_people : callable
        Tells how many simulated people there are, where anybody asks.
    """
    share = 0.0
    if organisation.levers.people.customer_workshop_hours > 0.0:
        stands_for = organisation.blueprint.stands_for
        share = share_invited(organisation, stands_for * count_people())
    state.invited[slice(None) if week == 0 else week % WEEKS_INVITED] = share
    state.rules[0]["invites"] = state.invited.any()
