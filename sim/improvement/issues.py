"""Signals become alarms, alarms issues, issues fixes (rule M8).

The register is what all agents of an enterprise read and write: which sites raise an
alarm, which issues are open, and what became of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, Protocol

import numpy as np

from sim.improvement.alarms import add_since, count_signals
from sim.improvement.recognition import N_KINDS
from sim.state.blueprint import Blueprint

QUIET_WEEKS = 8
"""Weeks for which an alarm stays quiet after work on the wrong site."""


class Proposer(Protocol):
    """Whoever brings an issue forward.

    Attributes
    ----------
    title : str
        Who it is, for people.
    authority : float
        A: share of cases in which the proposer's word overrides an owner's no.
    decides_seams : bool
        Whether the proposer is the one who decides where journey owners own the seams.
    decides_for : int or None
        Function that the proposer heads.
    seated : bool
        Whether placement says where the proposer sits.
    """

    title: str
    authority: float
    decides_seams: bool
    decides_for: int | None
    seated: bool

    @property
    def placed(self) -> tuple[int | None, float]:
        """The function whose KPI colours what is proposed, and its hold, 0 to 1."""

    @property
    def post(self) -> tuple[str, int]:
        """What is handed over to a successor: the kind of role, and its place."""


@dataclass(eq=False)
class Alarm:
    """A site about which more failures are heard of than can be expected; equal to itself only.

    Attributes
    ----------
    felt : int
        The site: where they were felt, or what caused them if that was recognised.
    since : int
        Week of the first signal that counts.
    signals : numpy.ndarray
        Voiced failures by the site that caused them, int64, shape (n_sites,).
    excess : float
        Voiced failures a week beyond expectation.
    hours_done : float
        Insight work put in so far.
    queue : int or None
        The queue in which too many gave up, if it is a wait that alarms: then `felt` is a
        touchpoint of it, and there are no signals.
    kinds : tuple of int
        How many of the signals were voiced, and how many are errors that showed, voiced or not.
    told : numpy.ndarray or None
        How many of the signals say what would put the failure right, by the site that caused it,
        int64, shape (n_sites,); None if none does.
    """

    felt: int
    since: int
    signals: np.ndarray
    excess: float
    hours_done: float = 0.0
    queue: int | None = None
    kinds: tuple[int, ...] = (0,) * N_KINDS
    told: np.ndarray | None = None


class Move(NamedTuple):
    """One person who would serve in another function: whom it would get, whom it would lose."""

    receiver: int
    giver: int


@dataclass
class Issue:
    """Evidence about a site on its way to a fix.

    Attributes
    ----------
    site, cause, felt : int
        Site believed guilty, site that is, site about which it was heard.
    since, opened : int
        Week of the first signal, and week in which the issue was opened.
    proposer : Proposer
        Who proposes it.
    benefit_hours : float
        Hours a year that a fix may save by the evidence; what anybody makes of them has an
        error of its own.
    evidence : int
        Signals behind it when it was last weighed.
    status : str
        ``brought``, ``open``, ``escalated``, ``refused``, ``approved`` or ``closed``.
    decided, escalated, closed : int or None
        Week of the latest decision, of going on the escalation path, of closing.
    hours_done : float
        Work put into the fix.
    shaped : dict of int to float
        Hours given to shaping the proposal, by function.
    given : dict of int to float
        Work put into the fix by each side of a seam, where they share it.
    move : Move or None
        The move that is proposed, if the issue is about a wait and no fix: then the site is a
        touchpoint where customers wait.
    brought : int or None
        Week of being brought before the executive with whom the proposer is placed.
    cleared : bool
        Whether it may go to its owners: the executive has had time for it, or there is none.
    remedied : bool
        Whether the report that the belief rests on said what would put the failure right.
    """

    site: int
    cause: int
    felt: int
    since: int
    opened: int
    proposer: Proposer
    benefit_hours: float
    evidence: int = 1
    status: str = "open"
    decided: int | None = None
    escalated: int | None = None
    closed: int | None = None
    hours_done: float = 0.0
    shaped: dict[int, float] = field(default_factory=dict)
    given: dict[int, float] = field(default_factory=dict)
    heard_before: int = 0
    evidence_at_first: int = 0
    move: Move | None = None
    brought: int | None = None
    cleared: bool = True
    remedied: bool = False

    def __post_init__(self) -> None:
        """Note how much evidence there was at first."""
        self.evidence_at_first = self.evidence

    @property
    def title(self) -> str:
        """Who proposes it, for people."""
        return self.proposer.title

    @property
    def evidence_ratio(self) -> float:
        """Evidence over what there was at first: estimates get better with its root."""
        return self.evidence / max(1, self.evidence_at_first)

    @property
    def shaped_hours(self) -> float:
        """Hours that each owner who took part gave to shaping the proposal, on average."""
        return sum(self.shaped.values()) / len(self.shaped) if self.shaped else 0.0


@dataclass
class Outcomes:
    """What became of issues, in weeks; only what ended within the window is kept."""

    decision_waits: list[int] = field(default_factory=list)
    fix_times: list[int] = field(default_factory=list)
    wasted: int = 0
    shelved: int = 0
    fixed: int = 0
    remedied: int = 0
    opened: int = 0


class Register:
    """Alarms and issues of one enterprise.

    Parameters
    ----------
    blueprint : Blueprint
        The sites.
    first_week, last_week : int
        The window in which outcomes are kept.

    Attributes
    ----------
    alarms : list of Alarm
        Raised and not yet looked into.
    issues : list of Issue
        Not yet closed.
    history : list of Issue
        All ever opened, closed ones included, in the order of opening.
    heard : numpy.ndarray
        Signals so far by the site they count at, int64, shape (n_sites,).
    """

    def __init__(self, blueprint: Blueprint, first_week: int, last_week: int):
        self.parameters = blueprint.study.assumed
        n_sites = len(blueprint.site_ids)
        self.window = (first_week, last_week)
        self.level = np.zeros(n_sites)
        self.since = np.zeros(n_sites, int)
        self.quiet_until = np.zeros(n_sites, int)
        self.signals = np.zeros((n_sites, n_sites), np.int64)
        self.kinds = np.zeros((n_sites, N_KINDS), np.int64)
        self.told = np.zeros((n_sites, n_sites), np.int64)
        self.expected = np.zeros(n_sites)
        self.heard = np.zeros(n_sites, np.int64)
        self.alarms: list[Alarm] = []
        self.issues: list[Issue] = []
        self.history: list[Issue] = []
        self.outcomes = Outcomes()

    def in_window(self, week: int) -> bool:
        """Tell whether outcomes of a week are kept."""
        return self.window[0] <= week < self.window[1]

    def hear(
        self,
        signals: np.ndarray,
        expected: np.ndarray,
        kinds: np.ndarray,
        week: int,
        told: np.ndarray | None = None,
    ) -> None:
        """Take in a week's signals and raise alarms (see ``sim.improvement.alarms``).

        Parameters
        ----------
        signals : numpy.ndarray
            By the site they count at and their cause, int64, shape (n_sites, n_sites).
        expected : numpy.ndarray
            Those expected by the site they count at, float64, shape (n_sites,).
        kinds : numpy.ndarray
            Signals by the site they count at and their kind, int64, shape (n_sites, N_KINDS).
        week : int
            Which week.
        told : numpy.ndarray, optional
            Those of the signals that say what would put the failure right, shape as of `signals`.
        """
        add_since(self.level, kinds, self.kinds)
        add_since(self.level, np.zeros_like(signals) if told is None else told, self.told)
        alarm_level = self.parameters["alarm_level"]
        alarmed = count_signals(
            week,
            self.parameters["alarm_ratio"],
            alarm_level,
            self.quiet_until,
            signals,
            expected,
            self.level,
            self.since,
            self.signals,
            self.expected,
            self.heard,
        )
        if not alarmed:
            return
        pending = {alarm.felt for alarm in self.alarms if alarm.queue is None}
        for felt, level in enumerate(self.level.tolist()):
            if level > alarm_level and felt not in pending:
                self._raise(felt, week)

    def _raise(self, felt: int, week: int) -> None:
        weeks = week - int(self.since[felt]) + 1
        signals = self.signals[felt].copy()
        excess = max(0.0, float(signals.sum()) - float(self.expected[felt])) / weeks
        kinds = tuple(self.kinds[felt].tolist())
        told = self.told[felt].copy() if self.told[felt].any() else None
        self.alarms.append(
            Alarm(felt, int(self.since[felt]), signals, excess, kinds=kinds, told=told)
        )

    def reset(self, felt: int, week: int, quiet: int = 0) -> None:
        """Start counting anew at a touchpoint, after some quiet weeks."""
        self.level[felt] = 0.0
        self.quiet_until[felt] = week + quiet

    def open_issue(self, alarm: Alarm, issue: Issue) -> None:
        """Replace an alarm by the issue it became, unless one about the site is open."""
        self.alarms.remove(alarm)
        self.reset(alarm.felt, issue.opened)
        if any(other.site == issue.site and other.move is None for other in self.issues):
            self.quiet_until[alarm.felt] = issue.opened + QUIET_WEEKS
            return
        self.add(issue)

    def add(self, issue: Issue) -> None:
        """Take an issue into the register."""
        issue.heard_before = int(self.heard[issue.felt])
        self.issues.append(issue)
        self.history.append(issue)
        if self.in_window(issue.opened):
            self.outcomes.opened += 1

    def opened_since(self, week: int) -> list[Issue]:
        """Return the issues that have been opened since the beginning of a week."""
        return list(takewhile(lambda issue: issue.opened >= week, reversed(self.history)))

    def shelve(self, alarm: Alarm, week: int) -> None:
        """Drop an alarm that nobody found worth a proposal; it is quiet for some weeks."""
        self.alarms.remove(alarm)
        self.reset(alarm.felt, week, QUIET_WEEKS)
        if self.in_window(week):
            self.outcomes.shelved += 1

    def evidence_of(self, issue: Issue) -> int:
        """Return the signals behind an issue by now: since it was last weighed as well."""
        return issue.evidence + int(self.heard[issue.felt]) - issue.heard_before

    def weigh(self, issue: Issue) -> None:
        """Take in what has been heard since."""
        issue.evidence = self.evidence_of(issue)
        issue.heard_before = int(self.heard[issue.felt])

    def decided(self, issue: Issue, status: str, week: int) -> None:
        """Record a decision: ``approved`` or ``refused``."""
        issue.status = status
        if status == "approved" and self.in_window(week):
            self.outcomes.decision_waits.append(week - issue.opened)
        issue.decided = week
        if status == "refused" and issue.move is None:
            self.reset(issue.felt, week)

    def clear(self, issue: Issue) -> None:
        """Let a proposal that was brought before an executive go to its owners."""
        issue.status, issue.cleared = "open", True

    def close(self, issue: Issue, week: int) -> None:
        """Take an issue about a move off the register, decided or with no sense in it any more."""
        issue.closed = week
        self.issues.remove(issue)

    def finished(self, issue: Issue, week: int, defects: np.ndarray) -> None:
        """Record a finished fix: it removes the defect found, or was work on the wrong site."""
        issue.status = "closed"
        issue.closed = week
        self.issues.remove(issue)
        right = issue.site == issue.cause and defects[issue.site] > 0
        if right:
            defects[issue.site] -= 1
            self.reset(issue.felt, week)
        else:
            self.reset(issue.felt, week, QUIET_WEEKS)
        if self.in_window(week):
            self.outcomes.fixed += 1
            self.outcomes.remedied += issue.remedied
            if right:
                self.outcomes.fix_times.append(week - issue.since)
            else:
                self.outcomes.wasted += 1

    def hand_over(self, before: Sequence[Proposer], after: Sequence[Proposer]) -> None:
        """Let successors in the same post take over proposals; nobody speaks for a lost post.

        Parameters
        ----------
        before, after : sequence of Proposer
            Coordinating roles until now and from now on.
        """
        heirs = {role.post: role for role in after}
        for role in before:
            role.authority, role.decides_seams = 0.0, False
            for issue in self.issues:
                if issue.proposer is role:
                    issue.proposer = heirs.get(role.post, role)

    def waits(self, now: int) -> list[int]:
        """Return weeks from opening to approval; what is refused or undecided at its age."""
        end = min(now, self.window[1])
        waiting = [i for i in self.issues if i.status != "approved" and i.opened < end]
        return self.outcomes.decision_waits + [end - issue.opened for issue in waiting]

    def waiting(self, status: str) -> list[Issue]:
        """Return the issues of a status, oldest first."""
        return [issue for issue in self.issues if issue.status == status]
