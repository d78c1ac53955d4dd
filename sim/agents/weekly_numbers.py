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

COUNTED = {
    "needs": N_NEEDS,
    "open_cases": N_OPEN,
    "completed": N_COMPLETED,
    "dropped": N_DROPPED,
}


class WeeklyNumbers(mesa.DataCollector):
    """A collector of what an `EnterpriseModel` has come to.

    Mesa's own looks at every reporter each time to see what kind it is, which takes as long as
    the numbers do; these are functions all.
    """

    def __init__(self) -> None:
        counted = {name: partial(_counted, place=place) for name, place in COUNTED.items()}
        rates = {"drop_off_rate": _drop_off_rate, "standing": _standing}
        super().__init__(model_reporters={"week": _week} | counted | rates)

    def collect(self, model: EnterpriseModel) -> None:
        """Note the week's numbers, and when, for which newer releases of Mesa have a list."""
        if hasattr(self, "_collection_steps"):
            self._collection_steps.append(model.time)
        for name, reporter in self.model_reporters.items():
            self.model_vars[name].append(reporter(model))


def _week(model: EnterpriseModel) -> int:
    """Return how many weeks have been worked."""
    return model.week


def _counted(model: EnterpriseModel, place: int) -> int:
    """Return one of the counters of the whole run."""
    return int(model.state.counters[place])


def _drop_off_rate(model: EnterpriseModel) -> float:
    """Return the share of the window's needs so far that were dropped, NaN before there are any."""
    cohorts = model.state.cohorts
    needs = int(cohorts[:, t.CASE_NEEDS].sum())
    return int(cohorts[:, t.CASE_DROPPED].sum()) / needs if needs else math.nan


def _standing(model: EnterpriseModel) -> float:
    """Return mean standing at the end of the window's latest month, NaN before the first."""
    return model.standing_by_month[-1] if model.standing_by_month else math.nan
