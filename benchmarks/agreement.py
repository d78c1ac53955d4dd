"""Whether the engine and the plain model tell the same story, to the last bit."""

from __future__ import annotations

import numpy as np

from benchmarks.plain.model import COUNTERS, PlainModel
from sim.model import EnterpriseModel

COMPARED = {
    "case_tallies": "cases",
    "touch_tallies": "visits",
    "seam_tallies": "hand-offs",
    "drop_tallies": "drop-offs",
    "signals": "signals",
    "drops": "why customers were lost",
    "helped": "visits in the owner's place",
    "waited": "waits of the week",
    "offers": "what rivals offer",
    "agent_facts": "what agents wrote",
    "minder_facts": "what account owners know",
    "expected": "signals to be expected",
    "remedies": "reports that say what to do",
    "invited": "who workshops invite",
    "unvoiced": "failures that nobody voiced",
    "error_signals": "signals of errors",
    "queue_tallies": "queues of the last week",
    "open_cases": "open cases",
    "busy": "hours of work",
    "customers": "customers",
    "contacts": "standing and records",
    "expectations": "what customers expect",
}
"""Arrays of the engine's state, and what to call them."""


def disagreements(engine: EnterpriseModel, plain: PlainModel) -> list[str]:
    """Return in what two finished runs differ by as much as a bit.

    Parameters
    ----------
    engine, plain
        The two models, both run.

    Returns
    -------
    list of str
        Names; empty if the runs agree.
    """
    plain.post_totals()
    one, other = engine.state, plain.state
    counted = list(COUNTERS.values())
    pairs = {
        "needs": (one.counters[counted], other.counters[counted]),
        "defects": (engine.defects.count, plain.defects.count),
    }
    for array, name in COMPARED.items():
        pairs[name] = (getattr(one, array), getattr(other, array))
    return [name for name, pair in pairs.items() if not np.array_equal(*pair)]
