"""A derived firm as the sections of a study: functions, facts, touchpoints, market.

With a calendar, a week of the model, which has 40 hours, is a week on the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.calibration.firm import DerivedFirm
from analysis.calibration.graph import DerivedStep
from analysis.calibration.routes import Routes, Wait
from analysis.calibration.simplified import key_names
from sim.study.enterprise import NOBODY
from sim.study.working_time import HOURS_PER_WEEK

HOURS_OF_A_CLOCK_DAY = HOURS_PER_WEEK / 7.0
DERIVED_TICKS = 16
"""A step is half an hour on the clock, which any hand-off takes at least."""
LEAST_HOURS = 0.01
LEAST_LEFT = 0.3
"""Of a wait, whatever the queue after it takes."""
_NEVER_IN_LIMITS = 10.0
"""A customer who never answers is written as one whose answer takes this many times the limit."""
OPENED = "opened"
CASE_JOURNEY = "case"
_ERROR = _LATENT_FAULT = 0.01
"""A log does not tell work from work done again within a visit (grade D)."""
MOST_FACTS = 31


@dataclass(frozen=True)
class WrittenStep:
    """One touchpoint as it is written.

    Attributes
    ----------
    name : str
        Its key.
    keys : dict
        What stands under it.
    remark : str
        What it is.
    """

    name: str
    keys: dict[str, Any]
    remark: str


def nodes_of(firm: DerivedFirm) -> list[WrittenStep]:
    """Return all touchpoints of the journey: the opening, each step, and the waits after them.

    Parameters
    ----------
    firm : DerivedFirm
        As derived.
    """
    facts = facts_of(firm)
    opening: dict[str, Any] = {"owner": NOBODY, "automated": True, "produces": ["identity"]}
    used = {OPENED, *firm.exits, *(step.name for step in firm.steps)}
    nodes = [*_with_waits(OPENED, opening, "a case begins", firm.opening, firm, used)]
    for step in firm.steps:
        keys: dict[str, Any] = {
            "owner": step.owner,
            "minutes": round(step.minutes_written(firm.own_share), 2),
            "variation": round(step.variation, 2),
            "error": _ERROR,
            "latent_fault": _LATENT_FAULT,
            "requires": ["identity", *_known_before(firm, step, facts)],
        }
        if f"from_{step.owner}"[:40] in facts:
            keys["produces"] = [f"from_{step.owner}"[:40]]
        found = _with_waits(step.name, keys, _remark(step), step.routes, firm, used)
        nodes += [_balanced(node, step.owner, firm) for node in found]
    return _that_lead_somewhere(nodes, [*firm.exits])


def _balanced(node: WrittenStep, owner: str, firm: DerivedFirm) -> WrittenStep:
    """Return a step with so many fewer branches into giving up as the model itself adds."""
    following, kept = node.keys["next"], firm.kept_back.get(owner, 1.0)
    given_up = sum(share for target, share in following.items() if target in firm.withdrawn)
    if not 0.0 < given_up < 1.0:
        return node
    kept = min(kept, 0.99 / given_up)
    more = (1.0 - given_up * kept) / (1.0 - given_up)
    node.keys["next"] = {
        target: share * (kept if target in firm.withdrawn else more)
        for target, share in following.items()
    }
    return node


def facts_of(firm: DerivedFirm) -> dict[str, str]:
    """Return the facts (grade D): who the customer is, and what each function learns."""
    names = [f"from_{key}"[:40] for key in firm.functions][:MOST_FACTS]
    return {"identity": "customer", **dict.fromkeys(names, "case")}


def _known_before(firm: DerivedFirm, step: DerivedStep, facts: dict[str, str]) -> list[str]:
    names = [f"from_{key}"[:40] for key in firm.facts_before.get(step.name, ())]
    return [name for name in names if name in facts]


def _remark(step: DerivedStep) -> str:
    said = f"; {', '.join(step.said)}" if step.said else ""
    return f"{step.activity}{said}; {step.visits:,} visits"


def _with_waits(
    name: str,
    keys: dict[str, Any],
    remark: str,
    routes: Routes,
    firm: DerivedFirm,
    used: set[str],
) -> list[WrittenStep]:
    """Return a touchpoint and, where its visits wait in several ways, a step for each of these."""
    keys["mandatory"] = True
    if not routes.waits:
        keys["next"] = {next(iter(firm.exits)): 1.0}
        return [WrittenStep(name, keys, remark)]
    if routes.n_steps == 0:
        (only,) = routes.waits
        if only.days > 0.0:
            keys["reply"] = _reply(only, firm)
        keys["next"] = dict(only.next)
        return [WrittenStep(name, keys, remark)]
    following: dict[str, float] = {}
    waits = []
    for wait in routes.waits:
        if wait.days == 0.0 and wait.limit_days is None:
            for target, share in wait.next.items():
                following[target] = following.get(target, 0.0) + share * wait.share
            continue
        ending = " time out" if wait.limit_days is not None else " wait"
        (waiting,) = key_names([name[: 40 - len(ending) - 3] + ending], used)
        used.add(waiting)
        following[waiting] = wait.share
        waits.append(_waiting(waiting, wait, name, firm))
    keys["next"] = following
    return [WrittenStep(name, keys, remark), *waits]


def _waiting(name: str, wait: Wait, after: str, firm: DerivedFirm) -> WrittenStep:
    keys = {
        "owner": NOBODY,
        "automated": True,
        "mandatory": True,
        "reply": _reply(wait, firm),
        "next": dict(wait.next),
    }
    what = (
        f"time-out, {wait.limit_days:.1f} days later" if wait.limit_days else _span(wait.gap_days)
    )
    return WrittenStep(name, keys, f"after {after}: {what}")


def _span(days: float) -> str:
    said = f"{days * 24:.1f} hours" if days < 1.0 else f"{days:.1f} days"
    return f"what comes next does so {said} later on average"


def _reply(wait: Wait, firm: DerivedFirm) -> dict[str, Any]:
    """Return a wait in hours of the model."""
    if wait.limit_days is not None:
        limit = round(max(wait.limit_days * HOURS_OF_A_CLOCK_DAY, LEAST_HOURS), 2)
        (leads_to,) = wait.next
        return {
            "hours": round(_NEVER_IN_LIMITS * limit, 2),
            "variation": 0.0,
            "limit_hours": limit,
            "limit_exit": leads_to,
        }
    hours = max(wait_itself(wait, firm) * HOURS_OF_A_CLOCK_DAY, LEAST_HOURS)
    return {"hours": round(hours, 2), "variation": round(min(wait.variation, 20.0), 2)}


def wait_itself(wait: Wait, firm: DerivedFirm) -> float:
    """Return a wait in days of the clock, without the queue that follows it in the model."""
    owner_of = {step.name: step.owner for step in firm.steps}
    queue = sum(
        share * firm.queue_days.get(owner_of[target], 0.0)
        for target, share in wait.next.items()
        if target in owner_of
    )
    return max(wait.days - queue, LEAST_LEFT * wait.days)


def _that_lead_somewhere(nodes: list[WrittenStep], exits: list[str]) -> list[WrittenStep]:
    """Leave out touchpoints that no branch leads to, and give those without an end a small one."""
    by_name = {node.name: node for node in nodes}
    reached, frontier = {OPENED}, {OPENED}
    while frontier:
        targets = {t for name in frontier for t in by_name[name].keys["next"] if t in by_name}
        frontier = targets - reached
        reached |= frontier
    kept = [node for node in nodes if node.name in reached]
    ending = {node.name for node in kept if set(node.keys["next"]) & set(exits)}
    while True:
        more = {n.name for n in kept if n.name not in ending and set(n.keys["next"]) & ending}
        if not more:
            break
        ending |= more
    for node in kept:
        if node.name not in ending:
            others = {target: share * 0.99 for target, share in node.keys["next"].items()}
            node.keys["next"] = {**others, exits[0]: 0.01}
        node.keys["next"] = to_four_decimals(node.keys["next"])
    return kept


def to_four_decimals(shares: dict[str, float]) -> dict[str, float]:
    """Return shares to four decimals that add up to one, the commonest taking the rest."""
    total = sum(shares.values())
    found = {target: round(share / total, 4) for target, share in shares.items()}
    found = {target: share for target, share in found.items() if share > 0.0}
    first = max(found, key=lambda target: found[target])
    found[first] = round(1.0 - sum(share for t, share in found.items() if t != first), 4)
    return found
