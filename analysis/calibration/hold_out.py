"""A derived firm beside the log: over the whole of it, and over what it has not seen."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.baselines import markov, resampled
from analysis.calibration.described import LOG_STATISTICS, describe, seen_in
from analysis.calibration.distances import DISTANCES, bootstrap, distances, outlines
from analysis.calibration.ends import with_ends
from analysis.calibration.firm import FEWEST_OF_A_PART, DerivedFirm, firm_from
from analysis.calibration.firm_yaml import write_firm
from analysis.calibration.predicted import (
    driven_out,
    own_share_of,
    predicted_log,
    queue_days_of,
)
from analysis.calibration.simplified import simplified
from analysis.calibration.visits import LATER_DAYS, LogVisits, gathered
from sim.study.tables import column_names

FITTED_SHARE = 0.7
_ROUNDS = 100
MOST_COMPARED = 4_000
"""Cases of a log that the distances and their intervals are taken of."""
MUCH_LONGER = 2.0
"""A log this many times as long as its busy middle is looked at there alone."""
BALANCING_ROUNDS, ROUNDS_IF_CROWDED = 2, 3
CROWDED_DAYS = 1.0
"""A queue this long in the first round, with all that the model adds on top, is no measure yet."""
SEEN_DROPPED = 0.002
"""Share of cases given up at a function from which on its branches are balanced."""
KEPT_BETWEEN = 0.3, 1.5
WHOLE, LATER, BUSY = "whole log", "held out", "busy weeks"
FIT_TABLE = "fit.csv"
_COLUMNS = column_names(FIT_TABLE)
_NONE = "none"


@dataclass(frozen=True)
class Period:
    """A stretch of a log that is to be predicted.

    Attributes
    ----------
    first, window, follow_up : float
        Days: when it begins, how long cases begin in it, how long they are followed after it.
    """

    first: float
    window: float
    follow_up: float


def whole_period(log: LogVisits) -> Period:
    """Return the whole of a log as a period; of one with a thin beginning or end, its middle.

    A log that was chosen by when cases ended has few old ones, over a long time.
    """
    starts = log.cases["start"]
    first, last = float(starts.min()), float(starts.max())
    low, high = starts.quantile([0.05, 0.95])
    if last - first > MUCH_LONGER * (high - low) / 0.9:
        first, last = float(low), float(high)
    first = float(np.floor(first))
    return Period(first, max(last - first, 1.0), max(0.0, log.last_day - last))


def balanced(firm: DerivedFirm, log: LogVisits, org_model: str) -> DerivedFirm:
    """Return a firm that leaves room for what the model adds by itself.

    Its branches into giving up, for those whom the model drives out; its waits, for queues; its
    work, for pace, asking and writing.

    Parameters
    ----------
    firm : DerivedFirm
        As derived.
    log : LogVisits
        What it was derived from.
    org_model : str
        The firm as it is today.
    """
    period = whole_period(log)
    period = replace(period, follow_up=max(period.follow_up, 2.0 * firm.follow_days))
    kept: dict[str, float] = {}
    number, rounds = 0, BALANCING_ROUNDS
    while number < rounds:
        simulated = _simulated(firm, period, org_model, 1.0)
        for key, (by_branch, by_model) in driven_out(simulated, firm).items():
            if firm.drop_off[key] >= SEEN_DROPPED and by_branch > 0.0:
                usual = kept.get(key, 1.0) * (firm.drop_off[key] - by_model) / by_branch
                kept[key] = float(np.clip(usual, *KEPT_BETWEEN))
        firm = replace(
            firm,
            kept_back=dict(kept),
            queue_days=queue_days_of(simulated, firm),
            own_share=own_share_of(simulated, firm),
        )
        if number == 0 and max(firm.queue_days.values()) > CROWDED_DAYS:
            rounds = ROUNDS_IF_CROWDED
        number += 1
    return firm


def best_reading(log: LogVisits, source: str, org_model: str) -> tuple[LogVisits, DerivedFirm]:
    """Derive a firm with the days of a turn apart and with them gathered, and take the nearer one.

    Nearer is that whose simulated cycle times lie closer to the log's.

    Parameters
    ----------
    log : LogVisits
        A log.
    source : str
        Its file, for messages.
    org_model : str
        The firm as it is today.
    """
    found = []
    for reading in (log, gathered(log)):
        firm = balanced(firm_from(reading, source), reading, org_model)
        period = whole_period(reading)
        simulated = _moved(_simulated(firm, period, org_model, 1.0), reading, period)
        both = outlines([_cut(reading, period), simulated], period.first)
        found.append((distances(*both)["cycle_time_distance"], reading, firm))
    apart, together = found
    return together[1:] if together[0] < apart[0] else apart[1:]


def read_alike(log: LogVisits, firm: DerivedFirm) -> LogVisits:
    """Return a log with the days of a turn gathered if those of the firm are."""
    together = any(step.activity.endswith(LATER_DAYS) for step in firm.steps)
    return gathered(log) if together else log


def beside_itself(
    log: LogVisits, firm: DerivedFirm, org_model: str
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Set a firm beside the whole log it was derived from.

    Returns
    -------
    fit : DataFrame
        Columns as ``fit.csv``; without baselines, which would repeat what they are drawn from.
    cycles : dict of str to numpy.ndarray
        Cycle times of closed cases, days: `real` and `simulated`.
    """
    period = whole_period(log)
    simulated = _simulated(firm, period, org_model, 1.0)
    log, _ = simplified(log)
    real, simulated = _cut(log, period), _moved(simulated, log, period)
    cycles = {"real": _cycles(real), "simulated": _cycles(simulated)}
    return _statistics(real, [simulated], firm, WHOLE), cycles


def _cycles(log: LogVisits) -> np.ndarray:
    closed = log.cases[log.cases["outcome"] != ""]
    return (closed["end"] - closed["start"]).to_numpy()


def predicted_later(log: LogVisits, org_model: str, source: str) -> pd.DataFrame:
    """Derive a firm from the first 70 % of a log's cases, and let it predict the rest.

    Only what was known by then is used. The baselines know the same.

    Returns
    -------
    DataFrame
        Columns as ``fit.csv``.
    """
    starts = np.sort(log.cases["start"].to_numpy())
    moment = float(starts[int(FITTED_SHARE * len(starts))])
    past, firm = best_reading(known_at(log, moment, source), source, org_model)
    log = read_alike(log, firm)
    whole = whole_period(log)
    period = Period(moment, whole.first + whole.window - moment, whole.follow_up)
    return _judged(log, past, firm, period, org_model, LATER, 1.0)


def predicted_busy(log: LogVisits, org_model: str, source: str) -> pd.DataFrame | None:
    """Derive a firm from the quieter half of a log's weeks, and let it predict the busier ones.

    Returns
    -------
    DataFrame or None
        Columns as ``fit.csv``; None where a half has too few cases, or no half is busier.
    """
    week = np.floor(log.cases["start"].to_numpy() / 7.0).astype(int)
    counts = np.bincount(week)
    full = np.flatnonzero(counts > 0)[1:-1]
    if len(full) < 4:
        return None
    usual = np.median(counts[full])
    quiet, busy = full[counts[full] <= usual], full[counts[full] > usual]
    mine, other = np.isin(week, quiet), np.isin(week, busy)
    if min(mine.sum(), other.sum()) < FEWEST_OF_A_PART or not len(busy):
        return None
    busier = counts[busy].mean() / counts[quiet].mean()
    calm, crowded = _closed_up(log.only(mine), quiet), _closed_up(log.only(other), busy)
    calm, firm = best_reading(calm, source, org_model)
    crowded = read_alike(crowded, firm)
    follow_up = whole_period(log).follow_up
    period = Period(0.0, 7.0 * len(busy), follow_up)
    return _judged(crowded, calm, firm, period, org_model, BUSY, float(busier))


def _closed_up(log: LogVisits, weeks: np.ndarray) -> LogVisits:
    """Return cases that began in some weeks as if these had followed each other."""
    week = np.floor(log.cases["start"].to_numpy() / 7.0).astype(int)
    earlier = 7.0 * (week - np.searchsorted(weeks, week))
    case = log.visits["case"].to_numpy()
    visits = log.visits.assign(
        start=log.visits["start"] - earlier[case], end=log.visits["end"] - earlier[case]
    )
    cases = log.cases.assign(start=log.cases["start"] - earlier, end=log.cases["end"] - earlier)
    last = 7.0 * len(weeks) + max(0.0, log.last_day - float(log.cases["start"].max()))
    return replace(log, visits=visits, cases=cases, last_day=max(last, float(cases["end"].max())))


def known_at(log: LogVisits, moment: float, source: str) -> LogVisits:
    """Return what a log showed at a moment: cases that had begun, open if they ended later."""
    begun = log.only((log.cases["start"] < moment).to_numpy())
    late = (begun.cases["end"] > moment).to_numpy()
    cases = begun.cases.assign(
        outcome=np.where(late, "", begun.cases["outcome"]),
        end=begun.cases["end"].clip(upper=moment),
    )
    visits = begun.visits[begun.visits["end"] <= moment].reset_index(drop=True)
    people = begun.people[begun.people["day"] < np.floor(moment)]
    past = replace(begun, visits=visits, cases=cases, people=people, last_day=moment)
    return past if log.outcome_known else with_ends(past, source)


def _judged(
    log: LogVisits,
    past: LogVisits,
    firm: DerivedFirm,
    period: Period,
    org_model: str,
    part: str,
    busier: float,
) -> pd.DataFrame:
    """Set a firm and the baselines, all from the past, beside a period of the log."""
    simulated = _moved(_simulated(firm, period, org_model, busier), log, period)
    log, past = simplified(log)[0], simplified(past)[0]
    real = _cut(log, period)
    luck = np.random.default_rng(1)
    window = period.window * busier  # so many cases more
    others = [simulated]
    for baseline in (resampled, markov):
        drawn = baseline(past, period.first, window, luck)
        others.append(_cut(_squeezed(drawn, period, busier), period))
    rows = _statistics(real, others, firm, part)
    return pd.concat([rows, _distance_rows(real, others, period, part)], ignore_index=True)


def _squeezed(log: LogVisits, period: Period, busier: float) -> LogVisits:
    """Move cases drawn for a longer window by whole weeks into the period."""
    if busier == 1.0:
        return log
    since = log.cases["start"].to_numpy() - period.first
    earlier = 7.0 * (np.floor(since / 7.0) - np.floor(since / 7.0 / busier))
    case = log.visits["case"].to_numpy()
    visits = log.visits.assign(
        start=log.visits["start"] - earlier[case], end=log.visits["end"] - earlier[case]
    )
    cases = log.cases.assign(start=log.cases["start"] - earlier, end=log.cases["end"] - earlier)
    return replace(log, visits=visits, cases=cases)


def _simulated(firm: DerivedFirm, period: Period, org_model: str, busier: float) -> LogVisits:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_firm(firm, folder, name="fit", source="log", zone="UTC", org_models=[org_model])
        return predicted_log(firm, folder, period.window, period.follow_up, busier=busier)


def _moved(simulated: LogVisits, log: LogVisits, period: Period) -> LogVisits:
    """Cut a predicted log to a period, on the same days of the week as the real one."""
    weekday = (log.origin.weekday() + np.floor(period.first)) % 7 + period.first % 1.0
    window = min(period.window, float(simulated.cases["start"].max()) - weekday)
    cut = seen_in(simulated, weekday, window, period.follow_up)
    shift = period.first - weekday
    visits = cut.visits.assign(start=cut.visits["start"] + shift, end=cut.visits["end"] + shift)
    cases = cut.cases.assign(start=cut.cases["start"] + shift, end=cut.cases["end"] + shift)
    return replace(cut, visits=visits, cases=cases, origin=log.origin)


def _cut(log: LogVisits, period: Period) -> LogVisits:
    return seen_in(log, period.first, period.window, period.follow_up)


def _statistics(
    real: LogVisits, others: list[LogVisits], firm: DerivedFirm, part: str
) -> pd.DataFrame:
    """Return one row a statistic: the real value, the simulated one, distances of all."""
    gone = tuple(firm.exits[key] for key in firm.withdrawn)
    keys = ["statistic", "scope_id"]
    table = describe(real, gone).rename(columns={"value": "real"})
    names = ("simulated", "resample", "markov")[: len(others)]
    for name, other in zip(names, others, strict=True):
        found = describe(other, gone).rename(columns={"value": name})
        table = table.merge(found, on=keys, how="outer")
    shares = table["statistic"].str.contains("share|drop_off|by_seam")
    table.loc[shares] = table.loc[shares].fillna(0.0)
    table["distance"] = (table["simulated"] - table["real"]).abs()
    for name in names[1:]:
        table[name] = (table[name] - table["real"]).abs()
    table["part"] = part
    place = {name: number for number, name in enumerate(LOG_STATISTICS)}
    table = table.sort_values(
        keys, key=lambda column: column.map(place) if column.name == "statistic" else column
    )
    return table.assign(best="").reindex(columns=_COLUMNS)


def _distance_rows(
    real: LogVisits, others: list[LogVisits], period: Period, part: str
) -> pd.DataFrame:
    """Return one row a distance, with intervals over cases drawn again, and who is nearest."""
    luck = np.random.default_rng(2)
    logs = [_some(log, luck) for log in (real, *others)]
    mine, *theirs = outlines(logs, period.first)
    drawn = bootstrap(mine, theirs, _ROUNDS, 3)
    exact = [distances(mine, each) for each in theirs]
    names = ("distance", "resample", "markov")
    rows = []
    for name in DISTANCES:
        row: dict[str, object] = {"part": part, "statistic": name, "scope_id": ""}
        for place, each in enumerate(names):
            low, high = np.percentile(drawn[name][:, place], [5.0, 95.0])
            prefix = "" if each == "distance" else f"{each}_"
            row |= {each: exact[place][name], f"{prefix}low": low, f"{prefix}high": high}
        row["best"] = _nearest(drawn[name], ("simulated", *names[1:]))
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=_COLUMNS)


def _nearest(drawn: np.ndarray, names: tuple[str, ...]) -> str:
    """Return who is nearest, clear of luck against each other one; `none` if nobody is."""
    best = int(drawn.mean(axis=0).argmin())
    others = np.delete(drawn, best, axis=1) - drawn[:, [best]]
    return names[best] if (np.percentile(others, 5.0, axis=0) > 0.0).all() else _NONE


def _some(log: LogVisits, luck: np.random.Generator) -> LogVisits:
    """Return at most so many cases of a log as the distances need."""
    n = len(log.cases)
    if n <= MOST_COMPARED:
        return log
    chosen = np.zeros(n, bool)
    chosen[luck.choice(n, MOST_COMPARED, replace=False)] = True
    return log.only(chosen)
