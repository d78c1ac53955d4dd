"""Whether the engine and the plain model tell the same story, to the last bit."""

from __future__ import annotations

import numpy as np

from benchmarks.plain.model import COUNTERS, PlainModel
from sim.model import EnterpriseModel
from sim.state import State

COMPARED = {
    "case_tallies": "cases",
    "touch_tallies": "visits",
    "seam_tallies": "hand-offs",
    "drop_tallies": "drop-offs",
    "signals": "signals",
    "precise": "agents' signals",
    "drops": "why customers were lost",
    "expected": "signals to be expected",
    "open_cases": "open cases",
    "busy": "hours of work",
    "customers": "customers",
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
        "standing and records": (settled_contacts(one), settled_contacts(other)),
    }
    for array, name in COMPARED.items():
        pairs[name] = (getattr(one, array), getattr(other, array))
    return [name for name, pair in pairs.items() if not np.array_equal(*pair)]


def settled_contacts(state: State) -> np.ndarray:
    """Return contacts with what the end of cases has erased from records taken out.

    The engine erases it at the next look, the plain model at once.
    """
    contacts = state.contacts.copy()
    ended = np.repeat(state.customers["ended"], len(state.functions))
    keep = np.uint32(state.rules[0]["persistent_facts"])
    for column in ("record", "stale"):
        lasting = contacts[column] & keep
        contacts[column] = np.where(contacts["ended"] == ended, contacts[column], lasting)
    contacts["ended"] = ended
    return contacts
