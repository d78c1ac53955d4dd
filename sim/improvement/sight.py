"""What those who sit in a function get to see of the rest of the firm (rule E7).

Where a CX team and journey owners are placed is a right to information. A share h of their insight
hours, the host's hold, is claimed by alarms at the host's own sites. Any other alarm is with chance
h open to them only if most of its signals are of the kind that the host looks at: what customers
say (perception), or errors that show and waits (operations). Whoever is placed at the top sees all
of it, and brings each proposal before an executive first, whose attention is hours.
"""

from __future__ import annotations

from sim.engine.draws import DRAW_SIGHT
from sim.engine.philox import block, uniform
from sim.improvement.firm import Firm, Watcher
from sim.improvement.issues import Alarm, Issue
from sim.improvement.recognition import SHOWING, VOICED

TOP = "executive"
"""A host that is no function: whoever leads the firm."""
KIND = {"perception": VOICED, "operations": SHOWING}
"""Of which kind signals are that a function looks at; one that looks at both looks at all."""


class Sight:
    """Who may look into what, as placement has it.

    Parameters
    ----------
    model : Firm
        The enterprise.
    """

    def __init__(self, model: Firm):
        self.model = model
        self.on = bool(model.study.mechanisms.placement_sight)
        places = range(len(model.blueprint.functions))
        self._looks_at = [model.blueprint.declared(place).looks_at for place in places]

    # --- alarms ------------------------------------------------------------------------------

    def _host_of(self, agent: Watcher) -> tuple[int | None, float]:
        """Return the function that somebody is placed in, and its hold; None for nobody's."""
        return agent.placed if self.on and agent.seated else (None, 0.0)

    def share_at_home(self, agent: Watcher) -> float:
        """Return the share of somebody's insight hours that a host's own alarms have first."""
        host, hold = self._host_of(agent)
        return 0.0 if host is None else hold

    def at_home(self, agent: Watcher, alarm: Alarm) -> bool:
        """Tell whether an alarm is about a site or a queue of somebody's host."""
        host, _ = self._host_of(agent)
        return host is not None and self._is_of(host, alarm)

    def open_to(self, agent: Watcher, alarm: Alarm) -> bool:
        """Tell whether an alarm reaches somebody where they are placed.

        A right to see what is heard about its site is needed besides.
        """
        host, hold = self._host_of(agent)
        if host is None or self._is_of(host, alarm) or self._draw(alarm) >= hold:
            return True
        looks_at = self._looks_at[host]
        return looks_at not in KIND or self._is_mostly(KIND[looks_at], alarm)

    def _is_of(self, function: int, alarm: Alarm) -> bool:
        if alarm.queue is not None:
            return self.model.waits.queues[alarm.queue].function == function
        return self.model.decisions.touches(alarm.felt, function)

    def _is_mostly(self, kind: int, alarm: Alarm) -> bool:
        """Tell whether more than half of an alarm's signals are of a kind; a wait shows."""
        if alarm.queue is not None:
            return kind == SHOWING
        return 2 * alarm.kinds[kind] > int(alarm.signals.sum())

    def _draw(self, alarm: Alarm) -> float:
        """Return an alarm's draw, the same for everybody: the more hold, the more it keeps out."""
        state, counters = self.model.state, self.model.blueprint.site_counters
        about = (int(counters[alarm.felt]), alarm.since, int(alarm.queue is not None), 0)
        return float(uniform(block(state.keys[DRAW_SIGHT], *about)[0]))

    # --- proposals ---------------------------------------------------------------------------

    def bring_first(self, issue: Issue) -> None:
        """Bring a new proposal before the executive, if whoever proposes it is placed there."""
        if issue.proposer.seated and self.model.executive is not None:
            self._bring(issue)

    def brings_again(self, issue: Issue) -> bool:
        """Bring what fell before the executive had time for it up again, in its owners' stead."""
        if issue.cleared or self.model.executive is None:
            return False
        self._bring(issue)
        return True

    def _bring(self, issue: Issue) -> None:
        issue.status, issue.brought, issue.cleared = "brought", self.model.week, False
