"""What a Mesa data collector notes at the end of each week, for `mesa.batch_run` and plots.

These are numbers that are there anyway; measures are made once, when a run is over.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import mesa

from sim.state import tallies as t
from sim.state.cases import N_COMPLETED, N_DROPPED, N_NEEDS, N_OPEN

if TYPE_CHECKING:
    from sim.model import EnterpriseModel

COUNTED = {"needs": N_NEEDS, "open_cases": N_OPEN, "completed": N_COMPLETED, "dropped": N_DROPPED}


def weekly_numbers() -> mesa.DataCollector:
    """Return a collector of what an `EnterpriseModel` has come to."""
    counted = {name: partial(_counted, place=place) for name, place in COUNTED.items()}
    return mesa.DataCollector(
        model_reporters={"week": "week"}
        | counted
        | {"drop_off_rate": _drop_off_rate, "standing": _standing}
    )


def _counted(model: EnterpriseModel, place: int) -> int:
    """Return one of the counters of the whole run."""
    return int(model.state.counters[place])


def _drop_off_rate(model: EnterpriseModel) -> float:
    """Return the share of the window's needs so far that were dropped, NaN before there are any."""
    needs = int(model.state.case_tallies[..., t.CASE_NEEDS].sum())
    return int(model.state.case_tallies[..., t.CASE_DROPPED].sum()) / needs if needs else math.nan


def _standing(model: EnterpriseModel) -> float:
    """Return mean standing at the end of the window's latest month, NaN before the first."""
    return model.standing_by_month[-1] if model.standing_by_month else math.nan
