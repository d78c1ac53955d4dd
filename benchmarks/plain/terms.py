"""How negotiations end, and who approves what is beyond a remit."""

from __future__ import annotations

import math
from types import SimpleNamespace

from benchmarks.plain.case import Case
from sim.state.cases import ERROR
from sim.state.tallies import CASE_AGREED, CASE_CONCEDED, CASE_NEGOTIATED, FIXED


class Approver:
    """Whoever approves terms works through requests one by one.

    Parameters
    ----------
    rules : types.SimpleNamespace
        The remit, and how long an approval takes.
    """

    def __init__(self, rules: SimpleNamespace):
        self.rules = rules
        self.free_at = 0.0

    def settle(self, case: Case, hour: float) -> bool:
        """Count a negotiation; approve what exceeds the remit; tell whether the two agreed."""
        if case.flags & ERROR:
            return True
        rules = self.rules
        case.tally[CASE_NEGOTIATED] += 1
        if case.terms < 0.0:
            return False
        case.tally[CASE_AGREED] += 1
        money = case.terms * case.step.stake
        case.tally[CASE_CONCEDED] += int(money * FIXED)
        if case.journey.renews:
            case.customer.take_terms(hour, money)
        if case.terms > rules.remit:
            begun = max(hour, self.free_at)
            cycle = rules.approval_cycle
            if cycle > 0.0:
                begun = max(begun, math.ceil(hour / cycle) * cycle)
            self.free_at = begun + rules.approval_hours
            case.reply += self.free_at - hour
        return True
