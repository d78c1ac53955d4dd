"""A run that kills its process: here because workers import what they execute by name."""

from __future__ import annotations

import os

from sim.runner import RunSpec


def deadly(spec: RunSpec) -> str:
    """Kill the process if this is replicate 1, else hand back the number of the replicate."""
    if spec.replicate == 1:
        os._exit(9)
    return str(spec.replicate)
