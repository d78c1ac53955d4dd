"""Whether a study's warm-up is long enough."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.checks.patterns import Seen, by_function, seen_beside
from sim.model import EnterpriseModel
from sim.results.measures import measures
from sim.results.settling import settling_days
from sim.study.levers import OrgModel
from sim.study.study import Study
from sim.study.working_time import DAYS_PER_WEEK

NOTABLE_DRIFT = 0.01
"""Change of mean standing over the window from which it is worth a warning."""


@dataclass(frozen=True)
class WarmUp:
    """What a run under one org model says about the warm-up.

    Attributes
    ----------
    org_model : str
        The org model that was run, once.
    days : int
        Length of the warm-up.
    needed_days : int
        Where MSER would cut, on the number of cases open at the end of each week.
    drift : float
        Mean standing in the window's last quarter minus that in its first.
    utilisation : dict of str to float
        Share of its servers' time that work took in the window, by function.
    patterns : tuple of Seen
        What the run gave beside what is known of firms like this one.
    """

    org_model: str
    days: int
    needed_days: int
    drift: float
    utilisation: dict[str, float] = field(default_factory=dict)
    patterns: tuple[Seen, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """What a strategist should know, none if all is well."""
        said = []
        if self.needed_days > self.days:
            said.append(
                f"the work in hand settles after {self.needed_days} days, the warm-up ends after "
                f"{self.days}; set design.warm_up_days to {self.needed_days} or more"
            )
        if abs(self.drift) >= NOTABLE_DRIFT:
            said.append(
                f"standing still drifts by {self.drift:+.3f} over the window (it grows with the "
                "number of contacts), so its level depends on the window's length; paired "
                "differences between org models are less affected"
            )
        return said


def drift_of(window: np.ndarray) -> float:
    """Return the mean of a series' last quarter minus that of its first."""
    quarter = max(1, len(window) // 4)
    return float(window[-quarter:].mean() - window[:quarter].mean())


def check_warm_up(study: Study, levers: OrgModel) -> WarmUp:
    """Run an org model once and see whether it has settled when the window begins."""
    model = EnterpriseModel(study, levers)
    cohort = study.market.simulated[0]  # all who are there at day 0, frozen when they leave
    series = []
    while model.tick < model.last_tick:
        model.step()
        series.append(float(model.state.customers["standing"][:cohort].mean()))
    table, settled = measures(model), settling_days(model.open_by_week)
    model.release()
    weekly = np.array(series)
    first = study.design.warm_up_days // DAYS_PER_WEEK
    window = weekly[first : first + study.design.horizon_days // DAYS_PER_WEEK]
    drift = drift_of(window)
    return WarmUp(
        levers.organisation,
        study.design.warm_up_days,
        settled,
        drift,
        by_function(table, "utilisation"),
        seen_beside(study, table),
    )
