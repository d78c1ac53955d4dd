"""Where cases are, week by week: what waits at functions, what lies between them, what is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.model import EnterpriseModel
from sim.results.units import UNIT
from sim.state.cases import CHASED, FOUND, GIVEN_UP, QUEUED
from sim.state.tallies import SEAM_CROSSINGS, SEAM_LOST, TOUCH_VISITS
from sim.study.working_time import DAYS_PER_WEEK

WEEK_COLUMNS = ("week", "scope", "scope_id", "stuck", "passed", "lost", "dropped")
"""Columns of the table, in order."""


class WeekByWeek:
    """Notes each week of the window how many cases are stuck where, and what became of others.

    At a function, `stuck` are cases that wait in its queues, `passed` visits that it took this
    week; at a seam, `stuck` are cases that fell between its two sides and have not been found or
    given up yet, `passed` hand-offs of this week, `lost` those of them that fell. `dropped` are
    cases that ended there this week.
    """

    def __init__(self) -> None:
        self._rows: list[pd.DataFrame] = []
        self._before: np.ndarray | None = None

    def note(self, model: EnterpriseModel) -> None:
        """Note the week that was worked last, if it is of the window."""
        begins = model.study.design.warm_up_days // DAYS_PER_WEEK
        ends = begins + -(-model.study.design.horizon_days // DAYS_PER_WEEK)
        if not begins < model.week <= ends:
            return
        blueprint, state = model.blueprint, model.state
        n_functions, n_steps = len(blueprint.functions), len(blueprint.touchpoints)
        owners = np.where(blueprint.owners < 0, n_functions, blueprint.owners)
        visits = _by_owner(state.touch_tallies[:, TOUCH_VISITS], owners, n_functions)
        done = np.concatenate([visits, state.seam_tallies[:, SEAM_CROSSINGS]])
        fell = np.concatenate([np.zeros_like(visits), state.seam_tallies[:, SEAM_LOST]])
        drops = state.drop_tallies.sum(axis=1)
        ended = np.concatenate([_by_owner(drops[:n_steps], owners, n_functions), drops[n_steps:]])
        now = np.stack([done, fell, ended])
        passed, fallen, dropped = now - (
            np.zeros_like(now) if self._before is None else self._before
        )
        self._before = now
        names = [*blueprint.functions, *blueprint.seam_ids]
        kinds = ["function"] * n_functions + ["seam"] * len(blueprint.seam_ids)
        table = pd.DataFrame(
            {
                "week": model.week - begins,
                "scope": kinds,
                "scope_id": [UNIT.sub("", name) for name in names],
                "stuck": _stuck(model, owners),
                "passed": passed,
                "lost": fallen,
                "dropped": dropped,
            }
        )
        if not blueprint.is_whole:
            table = table.groupby(["week", "scope", "scope_id"], sort=False, as_index=False).sum()
        self._rows.append(table)

    @property
    def table(self) -> pd.DataFrame:
        """What was noted: columns `WEEK_COLUMNS`, weeks of the window from 1."""
        if not self._rows:
            return pd.DataFrame(columns=list(WEEK_COLUMNS))
        return pd.concat(self._rows, ignore_index=True)


def _by_owner(counts: np.ndarray, owners: np.ndarray, n_functions: int) -> np.ndarray:
    """Return counts by touchpoint as counts by function; what nobody owns is left out."""
    summed = np.bincount(owners, weights=counts, minlength=n_functions + 1)[:n_functions]
    return np.asarray(summed.astype(np.int64))


def _stuck(model: EnterpriseModel, owners: np.ndarray) -> np.ndarray:
    """Return the cases that are stuck now, by function and then by seam."""
    cases, n_functions = model.state.cases, len(model.blueprint.functions)
    waiting = cases[cases["state"] == QUEUED]
    helper = waiting["helper"].astype(np.int64)
    at = np.where(helper >= 0, helper, owners[waiting["touchpoint"]])
    by_function = np.bincount(at, minlength=n_functions + 1)[:n_functions]
    fallen = cases[np.isin(cases["state"], (CHASED, FOUND, GIVEN_UP))]["site"]
    places = fallen.astype(np.int64) - len(model.blueprint.touchpoints)
    by_seam = np.bincount(places[places >= 0], minlength=len(model.blueprint.seam_ids))
    return np.concatenate([by_function, by_seam])
