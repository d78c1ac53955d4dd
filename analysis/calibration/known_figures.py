"""What a log says of a firm's own figures, as the `patterns` of its study."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from analysis.calibration.firm import is_withdrawn
from analysis.calibration.visits import LogVisits

LEAST_WIDTH = 0.1
"""A figure is known within so much of itself at best: the firm's next year is not its last."""
STANDARD_ERRORS = 2.0


def known_figures(log: LogVisits, follow_days: float, source: str) -> Iterator[str]:
    """Yield the lines of a study's `patterns`: what the log tells of measures the model has.

    Parameters
    ----------
    log : LogVisits
        The log.
    follow_days : float
        How long a case has to be followed; later ones are left out, of which the slow are open.
    source : str
        Its file.
    """
    log = log.only((log.cases["start"] <= log.last_day - follow_days).to_numpy())
    closed = log.cases["outcome"] != ""
    cases = log.cases[closed]
    given_up = cases["outcome"].map(is_withdrawn)
    share, n = float(given_up.mean()), len(cases)
    if 0.0 < share < 1.0:
        error = math.sqrt(share * (1.0 - share) / n)
        yield _line("drop_off_per_started", share, error, source, 1.0)
    visits = log.visits[closed.to_numpy()[log.visits["case"].to_numpy()]]
    case, function = visits["case"], visits["function"]
    handed = (case == case.shift()) & (function != function.shift())
    per_case = handed.groupby(case).sum().reindex(cases.index, fill_value=0)
    if per_case.mean() > 0.0:
        yield _line("transfers_per_case", per_case.mean(), _error(per_case), source, math.inf)
    days = (cases["end"] - cases["start"])[~given_up]
    if len(days) and days.mean() > 0.0:
        yield _line("clock_days_to_complete", days.mean(), _error(days), source, math.inf)


def _error(values: pd.Series) -> float:
    return float(values.std() / math.sqrt(max(len(values), 1)))


def _line(measure: str, value: float, error: float, source: str, most: float) -> str:
    width = max(STANDARD_ERRORS * error, LEAST_WIDTH * value)
    low, high = max(value - width, 0.0), min(value + width, most)
    text = source.replace("\\", "\\\\").replace('"', '\\"')
    return f'  - {{measure: {measure}, low: {low:.4g}, high: {high:.4g}, source: "{text}"}}'
