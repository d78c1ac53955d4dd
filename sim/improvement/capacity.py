"""People move to where too many give up waiting (rule E4).

An alarm about a wait proposes that one person moves to the function that serves the queue, from
one that can spare them. G and L are the hours a year that this gains and loses
(``sim.improvement.realised_load``), C = 20·`retraining_weeks` + k₁ what it takes: the mover serves
at half skill for so long, and one head must change. In place of B/C of a fix stand
(own·G + shared(G − L))/C for the receiver, (−own·L + shared(G − L))/C for the giver and (G − L)/C
for who counts the whole journey, between −5 and 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.engine.draws import DRAW_MOVE
from sim.engine.philox import block, uniform
from sim.improvement.firm import Firm
from sim.improvement.issues import QUIET_WEEKS, Alarm, Issue, Move, Proposer
from sim.improvement.realised_load import RealisedLoad
from sim.study.working_time import HOURS_PER_WEEK

LEAST_HEADS = 3
"""Heads of a function that can spare one."""
HALF_A_WEEK = 0.5 * HOURS_PER_WEEK
"""Hours a week that half skill costs."""
MOST_RATIO = 5.0
"""Bound of benefit over cost, either way."""
PROPOSAL = 2
"""Whose draw it is, beside owners and escalation (``sim.improvement.decisions``): proposers'."""


@dataclass(frozen=True)
class Stake:
    """What a move is about, hours a year.

    Attributes
    ----------
    gain, loss : float
        G and L.
    cost : float
        C, hours.
    """

    gain: float
    loss: float
    cost: float

    def ratio(self, own_part: float, own: float, shared: float) -> float:
        """Return benefit over cost by somebody's weights, within bounds.

        Parameters
        ----------
        own_part : float
            What its own KPI shows of it, hours a year: G, −L, or nothing.
        own, shared : float
            Weights on its own KPI and on the journey KPI.
        """
        net = (own * own_part + shared * (self.gain - self.loss)) / max(self.cost, 1e-9)
        return min(MOST_RATIO, max(-MOST_RATIO, net))


class Capacity:
    """Who could move where, and what that would do.

    Parameters
    ----------
    model : Firm
        The enterprise.

    Attributes
    ----------
    load : RealisedLoad
        What came to the functions lately.
    net : numpy.ndarray
        People that each function has more, or less, than the levers in force plan, int64,
        shape (n_functions,).
    done : list of (int, Move)
        Moves so far, with the week of the run from which they held.
    """

    def __init__(self, model: Firm):
        self.model = model
        n_functions = len(model.blueprint.functions)
        switches = model.study.mechanisms
        self.on = bool(switches.capacity_moves and switches.wait_signals)
        self.load = RealisedLoad(model)
        self.quiet_until = np.zeros(n_functions, int)
        self.net = np.zeros(n_functions, np.int64)
        self.due: list[Move] = []
        self.done: list[tuple[int, Move]] = []
        self._learning: list[tuple[int, int]] = []  # function, week from which at full skill

    def stake(self, move: Move) -> Stake:
        """Return what a move would gain and lose as things are now, and what it costs."""
        p, line = self.model.organisation.parameters, self._line()
        return Stake(
            gain=self.load.difference(move.receiver, int(line[move.receiver])),
            loss=self.load.difference(move.giver, int(line[move.giver]) - 1),
            cost=HALF_A_WEEK * p["retraining_weeks"] + p["fix_head_hours"],
        )

    def _line(self) -> np.ndarray:
        organisation = self.model.organisation
        return organisation.staff.line

    def note_week(self) -> None:
        """Note the load of the week that ends."""
        if self.on:
            self.load.note_week()

    # --- who could give ----------------------------------------------------------------------

    def can_give(self, giver: int, receiver: int) -> bool:
        """Tell whether a function could spare somebody for another one.

        It has three at least, serves a journey of the receiver, and would be less busy without
        them than the receiver is.
        """
        organisation = self.model.organisation
        heads, members = int(organisation.staff.line[giver]), organisation.hours.members
        if giver == receiver or heads < LEAST_HEADS:
            return False
        if not (members[:, giver] & members[:, receiver]).any():
            return False
        return self._after(giver) < self.load.utilisation(receiver)

    def _after(self, giver: int) -> float:
        heads = int(self._line()[giver])
        return self.load.utilisation(giver) * heads / (heads - 1)

    def _giver_for(self, receiver: int) -> int | None:
        """Return who would lose least by giving, of equals the least busy; None if nobody can."""
        line = self._line()
        found = [
            (self.load.difference(giver, int(line[giver]) - 1), self._after(giver), giver)
            for giver in range(len(line))
            if self.can_give(giver, receiver) and not self._taken(giver)
        ]
        return min(found)[2] if found else None

    def _taken(self, function: int) -> bool:
        """Tell whether a function has a move before it, or had one lately."""
        moves = [issue.move for issue in self.model.register.issues if issue.move is not None]
        before_it = any(function in move for move in (*moves, *self.due))
        return before_it or bool(self.quiet_until[function] > self.model.week)

    # --- from alarm to move ----------------------------------------------------------------------

    def answer(self, alarm: Alarm, place: int, proposer: Proposer) -> None:
        """Propose a move in answer to an alarm about a wait, or shelve it.

        Parameters
        ----------
        alarm : Alarm
            The alarm, looked into.
        place : int
            The queue that it is about.
        proposer : Proposer
            Who would bring the move forward.
        """
        register, waits, week = self.model.register, self.model.waits, self.model.week
        receiver = waits.queues[place].function
        able = self.on and bool(self.load.weeks) and not self._taken(receiver)
        giver = self._giver_for(receiver) if able else None
        if giver is None:
            waits.shelve(alarm)
            return
        move = Move(receiver, giver)
        stake = self.stake(move)
        issue = Issue(
            site=alarm.felt,
            cause=alarm.felt,
            felt=alarm.felt,
            since=alarm.since,
            opened=week,
            proposer=proposer,
            benefit_hours=stake.gain - stake.loss,
            move=move,
        )
        if not self._proposes(issue):
            waits.shelve(alarm)
            return
        register.alarms.remove(alarm)
        waits.reset(place, week)
        self.model.sight.bring_first(issue)
        register.add(issue)

    def _proposes(self, issue: Issue) -> bool:
        """Tell whether the proposer brings a move forward: as with a fix, by (1 − h) and h."""
        host, hold = issue.proposer.placed
        hold = 0.0 if host is None else hold
        chance = self.chance(issue, host, own=hold, shared=1.0 - hold)
        return self.draw(issue, 0, PROPOSAL) < chance

    def chance(self, issue: Issue, decider: int | None, own: float, shared: float) -> float:
        """Return the chance that somebody finds a move worth it.

        Parameters
        ----------
        issue : Issue
            About a move.
        decider : int or None
            A function, whose own KPI shows what it gains or loses; None for nobody's.
        own, shared : float
            Weights on its own KPI and on the journey KPI.
        """
        if issue.move is None:
            return 0.0
        stake = self.stake(issue.move)
        parts = {issue.move.receiver: stake.gain, issue.move.giver: -stake.loss}
        own_part = 0.0 if decider is None else parts.get(decider, 0.0)
        steepness = self.model.organisation.parameters["decision_steepness"]
        log_odds = steepness * (stake.ratio(own_part, own, shared) - 1.0)
        return 1.0 / (1.0 + math.exp(-log_odds))

    def draw(self, issue: Issue, voter: int, body: int) -> float:
        """Return a draw about a move: by receiver, week, voter and body."""
        model, counters = self.model, self.model.blueprint.function_counters
        receiver = 0 if issue.move is None else int(counters[issue.move.receiver])
        lanes = block(model.state.keys[DRAW_MOVE], receiver, model.week, voter, body)
        return float(uniform(lanes[0]))

    def still_makes_sense(self, issue: Issue) -> bool:
        """Tell whether the giver of a move can still give; else it falls, and is quiet."""
        move = issue.move
        if move is None or self.can_give(move.giver, move.receiver):
            return True
        self._be_quiet(move.receiver, QUIET_WEEKS)
        self.model.register.close(issue, self.model.week)
        return False

    def decided(self, issue: Issue) -> None:
        """Take in that a move was approved or refused: nothing about it for some time.

        Who has moved begins next week; what it takes of the receiver's line for one head who must
        change is charged now.
        """
        move, week = issue.move, self.model.week
        if move is None:
            return
        p = self.model.organisation.parameters
        weeks = round(p["cool_off_weeks"])
        self._be_quiet(move.receiver, weeks)
        if issue.status == "approved":
            self._be_quiet(move.giver, weeks)
            self.due.append(move)
            self.model.charge(move.receiver, p["fix_head_hours"])
        self.model.register.close(issue, week)

    def _be_quiet(self, function: int, weeks: int) -> None:
        week, waits = self.model.week, self.model.waits
        self.quiet_until[function] = week + weeks
        for place, queue in enumerate(waits.queues):
            if queue.function == function:
                waits.reset(place, week, weeks)

    # --- who has moved -----------------------------------------------------------------------

    def carry_out(self) -> bool:
        """Let who is due to move begin this week; tell whether anybody has."""
        week, moves = self.model.week, self.due
        weeks = self.model.organisation.parameters["retraining_weeks"]
        for move in moves:
            self.net[move.receiver] += 1
            self.net[move.giver] -= 1
            self._learning.append((move.receiver, week + round(weeks)))
            self.done.append((week, move))
        self.due = []
        return bool(moves)

    def start_from_the_plan(self) -> None:
        """Forget moves: other levers have come into force, and begin with what is planned."""
        self.net = np.zeros_like(self.net)
        self.due, self._learning = [], []

    def learning(self) -> np.ndarray:
        """Return who serves at half skill this week, by function, float64."""
        self._learning = [each for each in self._learning if each[1] > self.model.week]
        heads = np.zeros(len(self.net))
        for function, _ in self._learning:
            heads[function] += 1.0
        return heads

    def moved_in(self, first: int, last: int) -> list[Move]:
        """Return the moves that came into force in some weeks of the run, the last one not."""
        return [move for week, move in self.done if first <= week < last]
