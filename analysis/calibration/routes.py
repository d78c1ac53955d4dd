"""Where visits lead and how long that takes: branches, waits and time-outs of each touchpoint.

A gap between two visits has two parts: the wait itself, and what is left of the night or the
weekend once it is over. The model adds the second by itself, where a function has opening hours; so
waits are taken as long as makes the gaps those of the log.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from analysis.calibration.doors import opens_at
from sim.study.opening import WeekSpans

_Floats = npt.NDArray[np.float64]

_RAREST_TIME_OUT = 0.01
"""Of a touchpoint's visits, for its time-outs to have a step of their own."""
_RAREST_BRANCH = 0.001
FEWEST_TAKEN = 5
"""Branches taken by a smaller share of visits, or by fewer visits, are left out."""
AT_ONCE_DAYS = 1.0 / 24.0
"""What comes sooner follows at once: there was no wait."""
FEWEST_WAITS = 30
SMALLEST_CLASS = 0.04
"""Of a touchpoint's visits, for a kind of wait to have a step of its own."""
GOOD_FIT = 0.07
"""Largest gap between the shares by a log-normal and by the log that needs no further kind."""
CUTS_DAYS = (0.25, 0.6, 1.5, 3.0, 6.5, 10.0, 20.0, 40.0)
"""Between kinds of waits: the same day, the next one, days, a week, weeks."""


HAND_OFF_DAYS = 0.5 / 24.0
"""What any hand-off takes in the model, on the clock, with the steps that derived studies have."""
MOST_TRIED = 2_000
_ROUNDS = 8
LEAST_DAYS = 1e-3


@dataclass(frozen=True)
class Shut:
    """When who comes next is open.

    Attributes
    ----------
    spans : dict of str to tuple
        By touchpoint, minutes since Monday 0:00; exits have none.
    first_weekday : int
        Weekday of day 0, Monday 0.
    """

    spans: dict[str, WeekSpans]
    first_weekday: int


@dataclass(frozen=True)
class Wait:
    """One kind of way on from a touchpoint.

    Attributes
    ----------
    share : float
        Of the touchpoint's visits.
    days, variation : float
        Mean time of the clock, without closed doors and hand-off, and its coefficient of variation;
        0 at once.
    gap_days : float
        Mean time until what follows, with them.
    limit_days : float or None
        After so long a rule closes the case: `next` is then the exit alone.
    next : dict of str to float
        Probability of each touchpoint or exit, given this way on.
    """

    share: float
    days: float
    variation: float
    limit_days: float | None
    next: dict[str, float]
    gap_days: float = 0.0


@dataclass(frozen=True)
class Routes:
    """What follows a touchpoint.

    Attributes
    ----------
    waits : list of Wait
        Ways on, the quickest first.
    visits : int
        Visits whose continuation the log shows.
    left_out : dict of str to int
        Branches that are too rare, and how many visits took each.
    """

    waits: list[Wait]
    visits: int
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def n_steps(self) -> int:
        """Steps of their own that the waits need: none if all visits wait alike, without limit."""
        if len(self.waits) == 1 and self.waits[0].limit_days is None:
            return 0
        return sum(each.days > 0.0 or each.limit_days is not None for each in self.waits)

    def shares(self) -> dict[str, float]:
        """Return the probability of each touchpoint or exit that follows, after any wait."""
        found: dict[str, float] = {}
        for wait in self.waits:
            for target, share in wait.next.items():
                found[target] = found.get(target, 0.0) + wait.share * share
        return found


def routes_of(ways: pd.DataFrame, most: int, shut: Shut) -> Routes:
    """Derive what follows one touchpoint from its visits.

    Parameters
    ----------
    ways : DataFrame
        One row a visit: `to`, the touchpoint or exit that came next; `days` of the clock from the
        visit's end until then; `since`, the day of its end; `late`, whether a rule closed the case.
    most : int
        Kinds of waits at most, besides at once and time-outs.
    shut : Shut
        When what follows is open.
    """
    leads_to = ways["to"]
    counts = leads_to.value_counts()
    rare = counts[(counts < FEWEST_TAKEN) | (counts < _RAREST_BRANCH * counts.sum())]
    if len(rare) == len(counts):
        rare = counts.iloc[1:]
    ways = ways[~leads_to.isin(rare.index)]
    leads_to, n = ways["to"], len(ways)
    late = ways["late"].to_numpy(bool, copy=True)
    if late.mean() < _RAREST_TIME_OUT:
        late[:] = False
    waits, since = [], []
    gaps = np.maximum(ways["days"].to_numpy(), 0.0)
    bounds = [0.0, AT_ONCE_DAYS, *_cuts(gaps[~late & (gaps >= AT_ONCE_DAYS)], n, most), np.inf]
    for low, high in itertools.pairwise(bounds):
        chosen = ~late & (gaps >= low) & (gaps < high)
        if chosen.any():
            waits.append(_wait(leads_to[chosen], gaps[chosen], n, low == 0.0))
            since.append(ways["since"].to_numpy()[chosen])
    waits = _without_slivers(_open_again(waits, since, shut))
    for target in sorted(set(leads_to[late])):
        mine = late & (leads_to == target).to_numpy()
        limit = float(np.median(gaps[mine]))
        waits.append(Wait(float(mine.sum()) / n, 0.0, 0.0, max(limit, 0.1), {str(target): 1.0}))
    return Routes(waits, n, {str(name): int(count) for name, count in rare.items()})


def _wait(leads_to: pd.Series, gaps: _Floats, n: int, at_once: bool) -> Wait:
    shares = leads_to.value_counts(normalize=True)
    mean = 0.0 if at_once else float(gaps.mean())
    variation = 0.0 if at_once else float(gaps.std() / max(mean, 1e-9))
    following = {str(name): float(share) for name, share in shares.items()}
    return Wait(len(gaps) / n, mean, variation, None, following, float(gaps.mean()))


def _open_again(waits: list[Wait], since: list[_Floats], shut: Shut) -> list[Wait]:
    """Shorten waits by what closed doors and the hand-off add to them.

    The wait is searched whose mean, after both, is the mean gap of the log: with the log's own
    moments at which visits end, and its spread.
    """
    luck = np.random.default_rng(1)
    found = []
    for wait, ends in zip(waits, since, strict=True):
        if wait.days == 0.0:
            found.append(wait)
            continue
        begun = luck.choice(ends, min(MOST_TRIED, 4 * len(ends)))
        targets = luck.choice(list(wait.next), len(begun), p=_evened(wait.next.values()))
        sigma = np.sqrt(np.log1p(wait.variation**2))
        drawn = np.exp(sigma * luck.standard_normal(len(begun)) - sigma**2 / 2)
        mean = wait.days
        for _ in range(_ROUNDS):
            after = _reached(begun + mean * drawn, targets, shut)
            mean = max(mean + 0.8 * (wait.gap_days - float((after - begun).mean())), LEAST_DAYS)
        found.append(replace(wait, days=mean))
    return found


def _evened(shares: Iterable[float]) -> _Floats:
    chances = np.fromiter(shares, float)
    return np.asarray(chances / chances.sum())


def _reached(until: _Floats, targets: npt.NDArray[np.str_], shut: Shut) -> _Floats:
    """Return when visits begin that are waited for until some moments, the hand-off included."""
    found = until.copy()
    for target in np.unique(targets):
        spans = shut.spans.get(str(target))
        if spans is not None:
            mine = targets == target
            found[mine] = opens_at(until[mine] + HAND_OFF_DAYS, spans, shut.first_weekday)
    return found


def _without_slivers(waits: list[Wait]) -> list[Wait]:
    """Join ways on that hardly any visit takes to the next one."""
    kept = [wait for wait in waits if wait.share >= SMALLEST_CLASS / 2]
    if not kept:
        return waits
    for wait in waits:
        if wait.share >= SMALLEST_CLASS / 2:
            continue
        place = min(range(len(kept)), key=lambda i: abs(kept[i].days - wait.days))
        kept[place] = _joined(kept[place], wait)
    return kept


def _joined(one: Wait, other: Wait) -> Wait:
    share = one.share + other.share
    following = dict.fromkeys([*one.next, *other.next], 0.0)
    for each in (one, other):
        for target, chance in each.next.items():
            following[target] += chance * each.share / share
    gap = (one.gap_days * one.share + other.gap_days * other.share) / share
    if one.days == 0.0:
        return Wait(share, 0.0, 0.0, None, following, gap)
    means = (one.days * one.share + other.days * other.share) / share
    squares = [each.days**2 * (1.0 + each.variation**2) for each in (one, other)]
    spread = (squares[0] * one.share + squares[1] * other.share) / share - means**2
    return Wait(share, means, max(spread, 0.0) ** 0.5 / means, None, following, gap)


def _cuts(gaps: _Floats, n: int, most: int) -> list[float]:
    """Return where to part waits into kinds, so that each is about log-normal; at most `most`."""
    cuts: list[float] = []
    least = max(FEWEST_WAITS, SMALLEST_CLASS * n)
    while len(cuts) + 1 < most and misfit(gaps, cuts) > GOOD_FIT:
        tried = {
            cut: misfit(gaps, sorted([*cuts, cut]))
            for cut in CUTS_DAYS
            if cut not in cuts and _smallest(gaps, sorted([*cuts, cut])) >= least
        }
        if not tried:
            break
        cuts.append(min(tried, key=lambda cut: tried[cut]))
        cuts.sort()
    return cuts


def _smallest(gaps: _Floats, cuts: list[float]) -> int:
    return int(np.bincount(np.searchsorted(cuts, gaps, "right"), minlength=len(cuts) + 1).min())


def misfit(gaps: _Floats, cuts: list[float]) -> float:
    """Return the largest difference of shares between waits and log-normals, one between cuts."""
    if len(gaps) < FEWEST_WAITS:
        return 0.0
    at = np.sort(gaps)
    model = np.zeros(len(at))
    part = np.searchsorted(cuts, gaps, "right")
    for number in range(len(cuts) + 1):
        mine = gaps[part == number]
        if len(mine):
            model += len(mine) / len(gaps) * _log_normal(at, mine.mean(), mine.std())
    return float(np.abs(model - (np.arange(len(at)) + 0.5) / len(at)).max())


def _log_normal(at: _Floats, mean: float, spread: float) -> _Floats:
    """Return the share below each value of a log-normal with a mean and standard deviation."""
    if spread <= 1e-9 * mean:
        return (at >= mean).astype(float)
    sigma = np.sqrt(np.log1p((spread / mean) ** 2))
    centre = np.log(mean) - sigma**2 / 2
    return np.asarray(ndtr((np.log(np.maximum(at, 1e-9)) - centre) / sigma))
