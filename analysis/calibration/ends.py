"""Which cases of a log have ended, where it does not say how they did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.calibration.visits import LogVisits
from sim.study.errors import Problem, StudyError

ENDED = "completed"
QUIET_SHARE = 0.99
"""Of gaps within cases: nothing has happened for longer than these, so the case has ended."""
_MOST_OF_THE_LOG = 0.4


def with_ends(log: LogVisits, source: str) -> LogVisits:
    """Return a log whose cases have an outcome, if need be by how long nothing has happened.

    Parameters
    ----------
    log : LogVisits
        A log.
    source : str
        Its file, for messages.

    Raises
    ------
    StudyError
        If a case may be quiet for so long that no end can be told.
    """
    if log.outcome_known and (log.cases["outcome"] != "").any():
        return log
    visits = log.visits
    same = visits["case"] == visits["case"].shift()
    gaps = (visits["start"] - visits["end"].shift())[same]
    quiet = float(gaps.quantile(QUIET_SHARE)) if len(gaps) else 0.0
    span = log.last_day - float(log.cases["start"].min())
    if quiet > _MOST_OF_THE_LOG * span:
        message = (
            f"no end to its cases can be told: no outcome is given, and between two events of a "
            f"case may lie {quiet:.0f} of the log's {span:.0f} days"
        )
        remedy = (
            "name the column that says how a case ended (--outcome-column), or take a longer period"
        )
        raise StudyError([Problem(source, None, None, "", message, remedy)])
    ended = (log.cases["end"] <= log.last_day - quiet).to_numpy()
    cases = log.cases.assign(outcome=np.where(ended, ENDED, ""))
    return replace(log, cases=cases, outcome_known=False)
