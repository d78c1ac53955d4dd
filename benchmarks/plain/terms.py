"""How negotiations end, and who approves what is beyond a remit."""

from __future__ import annotations

import math
from types import SimpleNamespace

from benchmarks.plain.case import Case
from sim.state.cases import ABANDONED, ERROR
from sim.state.tallies import CASE_AGREED, CASE_CONCEDED, CASE_NEGOTIATED, FIXED
from sim.study.working_time import HOURS_PER_WEEK


class Approver:
    """Whoever approves terms, a path or each function's head, works through requests one by one.

    Parameters
    ----------
    rules : types.SimpleNamespace
        How long an approval takes, and who gives it.
    n_functions : int
        Functions, each with a head.
    """

    def __init__(self, rules: SimpleNamespace, n_functions: int):
        self.rules = rules
        self.free_at = [0.0] * n_functions
        self.approved = [0] * n_functions

    def settle(self, case: Case, hour: float) -> bool:
        """Count a negotiation; approve what exceeds the remit; tell whether the two agreed."""
        if case.flags & ERROR:
            return True
        rules = self.rules
        case.tally[CASE_NEGOTIATED] += 1
        if case.terms < 0.0:
            return False
        if case.terms > self.remit_of(case):
            if not rules.heads_approve:
                self.wait_for_the_path(case, hour)
            elif not self.ask_the_head(case, hour):
                return False
        if case.state == ABANDONED:
            return True
        case.tally[CASE_AGREED] += 1
        money = case.terms * case.step.stake
        case.tally[CASE_CONCEDED] += int(money * FIXED)
        if case.journey.renews:
            case.customer.take_terms(hour, money)
        return True

    def remit_of(self, case: Case) -> float:
        """Return the share of the stake that is conceded without approval."""
        return self.rules.remit if case.step.owner < 0 else case.step.remit

    def wait_for_the_path(self, case: Case, hour: float) -> None:
        """Let terms wait for the escalation path; a committee approves at its meetings."""
        rules = self.rules
        begun = max(hour, self.free_at[0])
        cycle = rules.approval_cycle
        if cycle > 0.0:
            begun = max(begun, math.ceil(hour / cycle) * cycle)
        self.free_at[0] = begun + rules.approval_hours
        case.reply += self.free_at[0] - hour

    def ask_the_head(self, case: Case, hour: float) -> bool:
        """Let terms wait for a function's head, who owes at most a week; tell whether they hold."""
        rules, step, customer = self.rules, case.step, case.customer
        reservation, _, patience = case.terms_luck()
        begun = max(hour, self.free_at[step.owner])
        if begun - hour > HOURS_PER_WEEK:
            insists = rules.alternative_person
            if customer.represented:
                insists = rules.alternative_agent
            case.terms = step.remit
            return bool(insists * reservation <= case.terms)
        self.free_at[step.owner] = begun + rules.approval_hours
        self.approved[step.owner] += 1
        wait = begun - hour + rules.approval_alone
        goodwill = customer.standing_with(step.owner) - rules.standing_base
        kindly = math.exp(rules.patience_standing_slope * goodwill)
        limit = rules.patience_deferred_hours * customer.segment.patience * kindly
        limit *= patience
        if wait > limit:
            case.state = ABANDONED
            case.due = hour + limit
        else:
            case.reply += wait
        return True
