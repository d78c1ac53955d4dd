"""Fixed time-outs in a log: endings that come after so many days, whoever the customer is.

Where a rule closes cases so many days after they began or were last worked on, these days have a
spike, and nothing happened to the case for long before. Such an ending is nobody's decision,
neither the firm's nor the customer's, and no answer about why customers leave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.calibration.log_words import on_one_line
from analysis.calibration.visits import CLOSING_DAYS, LogVisits

BEGAN, LAST_WORKED_ON = "began", "were last worked on"
_FEWEST = 20
SHARE_OF_ENDINGS = 0.08
TIMES_NEIGHBOURS = 4.0
QUIET_DAYS = 1.0
"""Between the last visit and the ending, at least."""
YOUNGEST_DAYS = 3
FURTHEST_DAYS = 4
"""How far a spike may spread from its highest day: a rule that runs on working days, say."""


@dataclass(frozen=True)
class TimeOut:
    """An outcome that a rule brings about after so many days.

    Attributes
    ----------
    outcome : str
        Of the cases it closes.
    since : str
        From when the rule counts: `BEGAN`, or `LAST_WORKED_ON`.
    days : float
        How long, the median.
    first, last : float
        Days between which endings after a quiet time count as timed out.
    n_cases : int
        Closed so.
    share : float
        Of all cases with that outcome.
    """

    outcome: str
    since: str
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
    idle = (cases["end"] - cases["worked_until"]).to_numpy()
    quiet = idle >= QUIET_DAYS
    counted = {BEGAN: (cases["end"] - cases["start"]).to_numpy(), LAST_WORKED_ON: idle}
    closed = np.zeros(len(cases), bool)
    found = []
    for outcome in sorted(set(cases["outcome"]) - {""}):
        mine = (cases["outcome"] == outcome).to_numpy()
        best: tuple[TimeOut, npt.NDArray[np.bool_]] | None = None
        for since, days in counted.items():
            spike = _spike(days[mine & quiet], int(mine.sum()))
            if spike is None:
                continue
            chosen = mine & quiet & (days >= spike[0]) & (days < spike[1])
            n_closed = int(chosen.sum())
            if best is None or _sharpness(n_closed, spike) > _sharpness(
                best[0].n_cases, (best[0].first, best[0].last)
            ):
                usual, share = float(np.median(days[chosen])), n_closed / int(mine.sum())
                best = TimeOut(outcome, since, usual, *spike, n_closed, share), chosen
        if best is not None:
            found.append(best[0])
            closed |= best[1]
    return found, closed


def time_out_text(each: TimeOut) -> str:
    """Return what is said of a time-out, a sentence or two."""
    return (
        f"{each.n_cases:,} cases ({each.share:.0%} of {on_one_line(each.outcome)}) end "
        f"{each.first:.0f} "
        f"to {each.last:.0f} days after they {each.since}, and nothing happened before for long: a "
        "rule closes them, nobody's decision."
    )


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


def _sharpness(n_closed: int, spike: tuple[float, float]) -> float:
    """Return cases a day of a spike: of two readings of one rule the sharper is the rule's own."""
    return n_closed / (spike[1] - spike[0])


def _spike(ages: npt.NDArray[np.float64], n_all: int) -> tuple[float, float] | None:
    """Return between which ages the endings of an outcome pile up, None if they do nowhere."""
    if (ages >= YOUNGEST_DAYS).sum() < _FEWEST:
        return None
    counts = np.bincount(ages.astype(int), minlength=int(ages.max()) + 12).astype(float)
    peak = YOUNGEST_DAYS + int(counts[YOUNGEST_DAYS:].argmax())
    near = np.arange(max(0, peak - 10), min(len(counts), peak + 11))
    apart = near[np.abs(near - peak) > FURTHEST_DAYS]
    usual = max(float(counts[apart].mean()), 0.5) if len(apart) else 0.5
    first = last = peak
    if first > 0 and counts[first - 1] >= counts[peak] / 2.0:
        first -= 1
    # Before the rule's day it closes nothing: the rise is sudden, as that of a usual wait is not.
    before = counts[first - 1] if first > 0 else 0.0
    if counts[first] < TIMES_NEIGHBOURS * max(usual, before):
        return None
    while last - peak < FURTHEST_DAYS and counts[last + 1] > 2.0 * usual:
        last += 1
    n_spike = counts[first : last + 1].sum()
    if n_spike < max(_FEWEST, SHARE_OF_ENDINGS * n_all):
        return None
    return float(first), float(last + 1)
