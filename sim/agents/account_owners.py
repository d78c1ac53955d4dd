"""Account owners come and go: who leaves takes along what nobody wrote (rule E8)."""

from __future__ import annotations

import math

import mesa

from sim.engine.draws import DRAW_TENURE
from sim.engine.philox import block, uniform
from sim.improvement.firm import Firm
from sim.organisation.coordination import ACCOUNT_OWNERS
from sim.study.working_time import WEEKS_PER_MONTH


class AccountOwners(mesa.Agent):
    """People who each look after their own customers of one segment.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    number : int
        How many there are; of a slice of the firm, its part of them.
    """

    model: Firm
    title = "account owners"

    def __init__(self, model: Firm):
        super().__init__(model)
        people = model.organisation.staff.people[ACCOUNT_OWNERS.name]
        self.number = max(1, round(people / model.blueprint.stands_for))

    def step(self) -> None:
        """Let each leave with chance 1 - exp(-1/tenure); whoever follows knows nothing yet.

        Customers have them in turn, so that each has alike many of the segment.
        """
        tenure = self.model.organisation.parameters["owner_tenure_months"] * WEEKS_PER_MONTH
        leaves = -math.expm1(-1.0 / tenure)
        state = self.model.state
        for each in range(self.number):
            lanes = block(state.keys[DRAW_TENURE], each, self.model.week, 0, 0)
            if float(uniform(lanes[0])) < leaves:
                state.minder_facts[each :: self.number] = 0

    def hand_over(self, after: AccountOwners | None) -> None:
        """Let successors keep what is known, unless customers get another owner, or none."""
        if after is None or after.number != self.number:
            self.model.state.minder_facts[:] = 0
