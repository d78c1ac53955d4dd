"""A run that somebody waits for: where its cases were week by week, and an end once nobody does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.model import EnterpriseModel
from sim.results.week_by_week import WeekByWeek
from sim.runner import RunResult, RunSpec, run


class Unwanted(Exception):  # noqa: N818 - nothing went wrong: nobody waits for the run any more
    """Nobody waits for a run any more, so it was ended."""


@dataclass(frozen=True)
class Watched:
    """A run and its weeks.

    Attributes
    ----------
    result : RunResult
    weeks : DataFrame
        Columns `WEEK_COLUMNS` of `sim.results.week_by_week`.
    """

    result: RunResult
    weeks: pd.DataFrame


def run_while_wanted(spec: RunSpec, unwanted: Path) -> Watched:
    """Run, and look after every week whether somebody still waits for it.

    Parameters
    ----------
    spec : RunSpec
        What to run.
    unwanted : Path
        The run ends as soon as this file is there: another process can make it.

    Raises
    ------
    Unwanted
        If it was ended.
    """
    weeks = WeekByWeek()
    sign = os.fspath(unwanted)

    def look(model: EnterpriseModel) -> None:
        if os.path.exists(sign):
            raise Unwanted
        weeks.note(model)

    if os.path.exists(sign):
        raise Unwanted
    return Watched(run(spec, look), weeks.table)
