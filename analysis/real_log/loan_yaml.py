"""The loan enterprise as a file: what the log says, and beside it what had to be assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.real_log.log_statistics import STATISTICS
from sim.keeping.files import csv_text

CITATION = (
    "van Dongen, B. F. (2012). BPI Challenge 2012. 4TU.ResearchData.\n"
    "# https://doi.org/10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f"
)
RAREST_BRANCH = 0.001
"""Branches taken less often are left out: a handful of cases each, and the file stays readable."""

ASSUMED_ERROR, ASSUMED_LATENT_FAULT = 0.01, 0.01
MARGIN_SHARE = 0.04


@dataclass(frozen=True)
class Step:
    """What the log says about one touchpoint.

    Attributes
    ----------
    visits : int
        Visits in the log.
    minutes, variation : float
        Mean work of a visit and its coefficient of variation.
    reply : dict of str to float
        `hours, variation` and, if the touchpoint times out, `limit_hours`; working hours.
    branches : dict of str to float
        Probability of each next touchpoint or exit, given that it is not the time-out.
    """

    visits: int
    minutes: float
    variation: float
    reply: dict[str, float]
    branches: dict[str, float]


@dataclass(frozen=True)
class LoanFit:
    """Everything that the enterprise file takes from the log.

    Attributes
    ----------
    steps : dict of str to Step
        By touchpoint.
    heads : dict of str to int
        People by function.
    utilisation : dict of str to float
        Logged hours of work by paid hours of those people.
    n_cases : int
        Applications.
    cases_per_working_day : float
        Applications per working day, of five a week.
    approved_amount : float
        Mean amount asked for in approved applications.
    approved_of_completed : float
        Share of approved among approved and declined cases.
    """

    steps: dict[str, Step]
    heads: dict[str, int]
    utilisation: dict[str, float]
    n_cases: int
    cases_per_working_day: float
    approved_amount: float
    approved_of_completed: float


class Assumed(NamedTuple):
    """What the log does not hold about a touchpoint: who, what for, and the facts it handles."""

    owner: str
    meaning: str
    requires: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()


APPLICATION_JOURNEY: dict[str, Assumed] = {
    "submit": Assumed(
        "nobody",
        "the application arrives; a quarter is declined at once, by rule",
        produces=("identity", "application"),
    ),
    "handle_leads": Assumed(
        "leads", "a lead is looked at before it counts", ("identity", "application"), ("income",)
    ),
    "complete_application": Assumed(
        "intake",
        "first day's calls on an application accepted at once",
        ("identity", "application"),
        ("income", "consent", "offer"),
    ),
    "complete_lead": Assumed(
        "intake",
        "first day's calls on an application that came through lead handling",
        ("identity", "application", "income"),
        ("consent", "offer"),
    ),
    "call_applicant": Assumed(
        "intake",
        "calls on all later days, to an applicant who is reached in the end",
        ("application", "income"),
        ("consent", "offer"),
    ),
    "call_in_vain": Assumed(
        "intake", "calls on all later days, to an applicant who never answers", ("application",)
    ),
    "call_after_offer": Assumed(
        "offers", "the offer is sent, and its receipt called after", ("offer",), ("documents",)
    ),
    "call_again": Assumed(
        "offers",
        "calls on all later days about an offer out",
        ("offer", "consent"),
        ("documents",),
    ),
    "assess_application": Assumed(
        "validation",
        "first assessment of the signed offer and the file",
        ("identity", "income", "consent", "documents"),
    ),
    "fix_incomplete_file": Assumed(
        "completion",
        "first day's calls about what the file lacks",
        ("application", "documents"),
    ),
    "chase_documents": Assumed(
        "completion",
        "calls on all later days about missing documents",
        ("application", "documents"),
        ("documents",),
    ),
    "assess_again": Assumed(
        "validation",
        "assessment of a file that came back",
        ("identity", "income", "consent", "documents"),
    ),
    "screen_for_fraud": Assumed("fraud", "suspicion before an offer", ("identity", "application")),
    "check_for_fraud": Assumed("fraud", "suspicion during assessment", ("identity", "documents")),
}
"""The touchpoints in the order of the journey (grade D: facts and meanings are readings)."""

LOOKS_AT = {
    "completion": "operations",
    "fraud": "operations",
    "intake": "both",
    "leads": "perception",
    "offers": "perception",
    "validation": "operations",
}
"""What each function looks at by trade (grade D: a reading of what its touchpoints are)."""

FACTS = {
    "identity": "customer",
    "consent": "customer",
    "application": "case",
    "income": "case",
    "offer": "case",
    "documents": "case",
}

_HEAD = """\
# Loan origination at a Dutch bank, fitted to its event log; written by
# `python -m analysis.real_log.loan_log`, which derives every figure below. Do not edit by hand.
#
# {citation}
#
# The log: {n_cases:,} applications, October 2011 to February 2012, followed to mid-March.
#
# Grade A (from the log): heads, minutes, variation, reply, next.
# Grade D (assumed): facts, requires, produces, error, latent_fault, mandatory, value's margin.
#
# Visits. A visit is what one function did on one application on one day; where the name says
# "all later days" it is all that remained of that function's turn. Work sessions open for more
# than four hours (0.5 %) count as average ones.
# Waits. Working hours: 40 of them are 7 calendar days. `reply` is the time until the customer
# answered *and* the next function began, less the one hour that any hand-off takes in the model:
# the log does not separate the post, the customer and the file's wait at the bank (before
# validation: median 1.1 days from scheduled to begun, which the hours logged do not explain). So
# no org model can shorten these waits; queues that come from capacity are on top, and small.
# Nights are not simulated: applications that came in the evening were first called next morning,
# which is most of the median of all closed cases.
# Time-out. The automatic user closes an application 30 days after it came in; `limit_hours` is
# what is left of that when the touchpoint begins (median of the applications timed out there).
# Repeats. `next` holds the log's own repeats and returns, so `error` is small: it stands for what
# a visit had to redo within itself. Where the log's branches end in `cancelled`, customers whom
# wait, effort or error drove out are among them; those that the model adds come on top (under one
# case in a hundred with the patience and tolerance that the loan study gives applicants).
# Branches taken by fewer than one visit in a thousand are left out.
enterprise: loan_origination
description: Consumer loans at a Dutch bank, fitted to the BPI Challenge 2012 event log.
"""


def write_enterprise(fit: LoanFit, path: Path) -> None:
    """Write the enterprise file.

    Parameters
    ----------
    fit : LoanFit
        As derived from the log.
    path : Path
        File to write; replaced if it exists.
    """
    path.write_text("\n".join(_lines(fit)) + "\n", encoding="utf-8", newline="\n")


def write_statistics(statistics: pd.DataFrame, path: Path) -> None:
    """Write the log's own statistics (`statistic, scope_id, value`) with their meaning."""
    named = list(dict.fromkeys(statistics["statistic"]))
    notes = [f"# {name}: {STATISTICS[name]}\n" for name in named]
    body = csv_text(statistics, float_format="%.6f")
    path.write_text(f"# {CITATION}\n{''.join(notes)}{body}", encoding="utf-8", newline="\n")


def _lines(fit: LoanFit) -> Iterator[str]:
    yield _HEAD.format(citation=CITATION, n_cases=fit.n_cases)
    yield "# Heads: eight paid hours for everybody who had a session on a day (what else they did,"
    yield "# the log does not hold), split over functions by minutes worked, per working day; whole"
    yield "# people, rounded up."
    yield "# What each looks at by trade (grade D): whoever wins customers over, what these say;"
    yield "# whoever works on files, errors and waits; intake, with calls and files, both."
    yield "functions:"
    for name in sorted(fit.heads):
        filled = f"logged work fills {fit.utilisation[name]:.0%} of their hours"
        keys = f"heads: {fit.heads[name]}, looks_at: {LOOKS_AT[name]}"
        yield f"  {name}: {{{keys}}}  # {filled}"
    yield "\nfacts:"
    yield from (f"  {name}: {kind}" for name, kind in FACTS.items())
    yield "\njourneys:\n  apply:"
    yield f"    # {fit.cases_per_working_day:.1f} applications a working day (of five a week)"
    yield "    start: submit"
    yield "    recontact: assess_again  # grade D: a failed case comes back to those who decided"
    yield "    effect: none"
    yield from _value_lines(fit)
    yield "    exits: {approved: completed, declined: completed, cancelled: withdrawn}"
    yield "    touchpoints:"
    for name, assumed in APPLICATION_JOURNEY.items():
        yield from _touchpoint_lines(name, assumed, fit.steps[name])


def _value_lines(fit: LoanFit) -> Iterator[str]:
    """State the margin of a completed case: declined ones complete as well and earn nothing."""
    value = MARGIN_SHARE * fit.approved_amount * fit.approved_of_completed
    amount = f"the mean approved amount, {fit.approved_amount:,.0f}"
    yield f"    # {MARGIN_SHARE:.0%} (grade D) of {amount},"
    yield f"    # times the {fit.approved_of_completed:.1%} of completed cases that are approvals"
    yield f"    value: {value:.0f}"


def _touchpoint_lines(name: str, assumed: Assumed, step: Step) -> Iterator[str]:
    yield f"      {name}:  # {assumed.meaning}; {step.visits:,} visits"
    yield f"        owner: {assumed.owner}"
    if assumed.owner == "nobody":
        yield "        automated: true"
    else:
        yield f"        minutes: {step.minutes:.2f}"
        yield f"        variation: {step.variation:.2f}"
        yield f"        error: {ASSUMED_ERROR}"
        yield f"        latent_fault: {ASSUMED_LATENT_FAULT}"
    if assumed.requires:
        yield f"        requires: [{', '.join(assumed.requires)}]"
    if assumed.produces:
        yield f"        produces: [{', '.join(assumed.produces)}]"
    yield "        mandatory: true"
    if step.reply:
        yield f"        reply: {{{_reply_text(step.reply)}}}"
    yield f"        next: {{{', '.join(_branch_texts(step.branches))}}}"


def _reply_text(reply: dict[str, float]) -> str:
    text = f"hours: {reply['hours']:.1f}, variation: {reply['variation']:.2f}"
    if "limit_hours" in reply:
        text += f", limit_hours: {reply['limit_hours']:.1f}, limit_exit: cancelled"
    return text


def _branch_texts(branches: dict[str, float]) -> list[str]:
    """Write branches to four decimals that add up to one, the commonest taking the rest."""
    kept = {target: share for target, share in branches.items() if share >= RAREST_BRANCH}
    total = sum(kept.values())
    rounded = {target: round(share / total, 4) for target, share in kept.items()}
    first = max(rounded, key=lambda target: rounded[target])
    rounded[first] = round(1 - sum(share for t, share in rounded.items() if t != first), 4)
    return [f"{target}: {share:g}" for target, share in rounded.items()]
