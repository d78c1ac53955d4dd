"""Worlds: one draw of everything that is assumed of a firm, the same under every org model.

A world sets parameters, switches mechanisms off and makes the firm somewhat larger or smaller
(rule E9). World 0 is the study as given. What a study sets under `parameters:` is known of its
firm and stands in every world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sim.study.parameters import REGISTRY
from sim.study.study import Study

SMALLEST_FIRM, LARGEST_FIRM = 0.85, 1.15
"""Between which shares of its customers a firm's size is drawn."""
REPLICATES_APART = 100_000
"""Worlds of one study at most: further on the luck of a second replicate begins."""


@dataclass(frozen=True)
class Switch:
    """A mechanism that is off in half of the worlds.

    Attributes
    ----------
    meaning : str
        What is off with it.
    parameters, mechanisms : mapping of str to float or int
        What it sets when off.
    """

    meaning: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    mechanisms: Mapping[str, int] = field(default_factory=dict)


SWITCHES: Mapping[str, Switch] = MappingProxyType(
    {
        "care_minutes": Switch(
            "writing for others takes time", {"write_minutes": 0.0, "note_minutes": 0.0}
        ),
        "understanding": Switch(
            "what another function wrote may not be understood", {"understanding_floor": 1.0}
        ),
        "agent_access": Switch(
            "a customer's agent with a right to the shared record uses it",
            {"agent_refresh": 0.0, "agent_writes": 0.0, "reminder": 0.0},
            {"agents_see_status": 0},
        ),
        "capacity_moves": Switch(
            "waits propose that a person moves", mechanisms={"capacity_moves": 0}
        ),
        "moving_expectation": Switch(
            "what customers expect moves with what they lived", {"expectation_rate": 0.0}
        ),
        "observation": Switch("measurement sees what nobody voiced", {"observe_share": 0.0}),
        "remedies": Switch("customers say what would put a fault right", {"remedy_share": 0.0}),
        "placement_sight": Switch(
            "where roles sit shapes what they see", mechanisms={"placement_sight": 0}
        ),
    }
)
"""Mechanisms whose being there is itself in question, by name."""


@dataclass(frozen=True)
class World:
    """One draw of what is assumed.

    Attributes
    ----------
    number : int
        From 1; also which luck its runs have, so that no two worlds share any.
    parameters : mapping of str to float
        Values by name; registered defaults for the rest.
    off : frozenset of str
        Names of `SWITCHES` that are off.
    size : float
        Customers and prospects as a share of the study's.
    family : int
        Worlds that were found from one another have the same; 0 where each was found by itself.
    """

    number: int
    parameters: Mapping[str, float] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    size: float = 1.0
    family: int = 0

    def of(self, study: Study) -> Study:
        """Return a study in this world."""
        values = dict(self.parameters)
        mechanisms: dict[str, int] = {}
        for name in sorted(self.off):
            values |= SWITCHES[name].parameters
            mechanisms |= SWITCHES[name].mechanisms
        sizes = {
            "customers": max(1, round(study.market.customers * self.size)),
            "prospects": round(study.market.prospects * self.size),
        }
        return study.model_copy(
            update={
                "parameters": {**values, **study.parameters},
                "mechanisms": study.mechanisms.model_copy(update=mechanisms),
                "market": study.market.model_copy(update=sizes),
            }
        )


def drawn_parameters(study: Study) -> tuple[str, ...]:
    """Return the parameters that worlds of a study draw, in the order of the registry."""
    return tuple(name for name in REGISTRY if name not in study.parameters)


def luck_of(world: int, replicate: int) -> int:
    """Return which luck a replicate of a world has: shared by no other world."""
    return replicate if world == 0 else world + replicate * REPLICATES_APART
