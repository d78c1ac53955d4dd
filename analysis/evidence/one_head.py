"""What one head is worth to the baseline: some of its people leave the line and do nothing.

A lead that one person more could make or break is no reason to reorganise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.checks.summary import summary_of
from sim.study.levers import OrgModel
from sim.study.plans import Plan, Transition
from sim.study.study import Study
from sim.study.tables import HIGHER, measure

IDLE_SHARE = 0.05
"""Of the line that leaves it: several people at once, for whole people are lumpy one by one."""
IDLE = "idle"
"""How the baseline with idle people is called after its name."""


def idle_heads(study: Study) -> int:
    """Return how many people leave the baseline's line: 5 % of it, rounded, at least one."""
    baseline = baseline_of(study)
    alone = study.model_copy(update={"organisations": (baseline,)})
    line = summary_of(alone)["organisations"][baseline.organisation]["in_line"]
    return max(1, round(IDLE_SHARE * line))


def baseline_of(study: Study) -> Plan:
    """Return the org model that the others are compared with."""
    return next(each for each in study.organisations if each.organisation == study.baseline)


def lost_a_head(fallen: NDArray[np.float64], heads: int, name: str) -> NDArray[np.float64]:
    """Return what each idle head cost the baseline, run by run; runs that are missing left out.

    Parameters
    ----------
    fallen : float64, shape (n_runs,)
        A measure with all people at work less that with so many of them idle.
    heads : int
    name : str
        The measure; what is lost of it is positive, whichever direction is better.
    """
    sign = 1.0 if measure(name).direction == HIGHER else -1.0
    lost = sign * fallen / heads
    return np.asarray(lost[np.isfinite(lost)], dtype=np.float64)


def with_idle(plan: Plan, heads: int) -> Plan:
    """Return an org model with so many people more who are paid and do nothing, all along."""
    change = plan.transition
    if change is not None:
        stages = {"start": _idle(change.start, heads), "to": _idle(change.to, heads)}
        changed: Transition = change.model_copy(update=stages)
        plan = plan.model_copy(update={"transition": changed})
    name = f"{plan.organisation[:30]} {IDLE}"
    staffing = _idle(plan, heads).staffing
    return plan.model_copy(update={"organisation": name, "staffing": staffing})


def _idle(levers: OrgModel, heads: int) -> OrgModel:
    staffing = levers.staffing
    idle = staffing.model_copy(update={"idle": staffing.idle + heads})
    return levers.model_copy(update={"staffing": idle})
