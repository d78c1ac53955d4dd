"""Fixed time-outs in a log: endings that come at one age of the case, whoever the customer is.

Where a rule closes cases after so many days, the ages at which they end have a spike, and nothing
happened to the case for long before. Such an ending is nobody's decision, neither the firm's nor
the customer's, and no answer about why customers leave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.calibration.visits import CLOSING_DAYS, LogVisits

_FEWEST = 20
SHARE_OF_ENDINGS = 0.08
TIMES_NEIGHBOURS = 4.0
QUIET_DAYS = 1.0
"""Between the last visit and the ending, at least."""
YOUNGEST_DAYS = 3.0
FURTHEST_DAYS = 4
"""How far a spike may spread from its highest day: a rule that runs on working days, say."""


@dataclass(frozen=True)
class TimeOut:
    """An outcome that a rule brings about at one age of the case.

    Attributes
    ----------
    outcome : str
        Of the cases it closes.
    days : float
        Their age then, the median.
    first, last : float
        Ages between which endings after a quiet time count as timed out.
    n_cases : int
        Closed so.
    share : float
        Of all cases with that outcome.
    """

    outcome: str
    days: float
    first: float
    last: float
    n_cases: int
    share: float


def find_time_outs(log: LogVisits) -> tuple[list[TimeOut], npt.NDArray[np.bool_]]:
    """Return the time-outs of a log, and which cases they closed.

    Parameters
    ----------
    log : LogVisits
        The log.

    Returns
    -------
    found : list of TimeOut
        At most one an outcome.
    closed : numpy.ndarray
        bool, shape (n_cases,).
    """
    cases = log.cases
    quiet = (cases["end"] - cases["worked_until"]).to_numpy() >= QUIET_DAYS
    ages = (cases["end"] - cases["start"]).to_numpy()
    closed = np.zeros(len(cases), bool)
    found = []
    for outcome in sorted(set(cases["outcome"]) - {""}):
        mine = (cases["outcome"] == outcome).to_numpy()
        spike = _spike(ages[mine & quiet], int(mine.sum()))
        if spike is None:
            continue
        chosen = mine & quiet & (ages >= spike[0]) & (ages < spike[1])
        closed |= chosen
        n_closed = int(chosen.sum())
        age = float(np.median(ages[chosen]))
        found.append(TimeOut(outcome, age, *spike, n_closed, n_closed / int(mine.sum())))
    return found, closed


def without_closing_marks(log: LogVisits) -> LogVisits:
    """Return a log without what a rule writes as it closes a case: no time was spent on it.

    Parameters
    ----------
    log : LogVisits
        A log; its visits apart, not gathered.
    """
    _, closed = find_time_outs(log)
    case = log.visits["case"].to_numpy()
    last_hour = log.visits["end"].to_numpy() >= log.cases["end"].to_numpy()[case] - CLOSING_DAYS
    mark = closed[case] & last_hour & log.visits["minutes"].isna().to_numpy()
    return replace(log, visits=log.visits[~mark].reset_index(drop=True))


def _spike(ages: npt.NDArray[np.float64], n_all: int) -> tuple[float, float] | None:
    """Return between which ages the endings of an outcome pile up, None if they do nowhere."""
    ages = ages[ages >= YOUNGEST_DAYS]
    if len(ages) < _FEWEST:
        return None
    counts = np.bincount(ages.astype(int), minlength=int(ages.max()) + 12).astype(float)
    peak = int(counts.argmax())
    near = np.arange(max(0, peak - 10), min(len(counts), peak + 11))
    apart = near[np.abs(near - peak) > FURTHEST_DAYS]
    usual = max(float(counts[apart].mean()), 0.5) if len(apart) else 0.5
    if counts[peak] < TIMES_NEIGHBOURS * usual:
        return None
    first = last = peak
    while first > 0 and peak - first < FURTHEST_DAYS and counts[first - 1] > 2.0 * usual:
        first -= 1
    while last - peak < FURTHEST_DAYS and counts[last + 1] > 2.0 * usual:
        last += 1
    n_spike = counts[first : last + 1].sum()
    if n_spike < max(_FEWEST, SHARE_OF_ENDINGS * n_all):
        return None
    return float(first), float(last + 1)
