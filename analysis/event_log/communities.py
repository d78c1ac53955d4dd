"""Functions as groups of people who do like work, where a log says who but not from where.

People are alike if they do the same activities in the same proportions (van der Aalst, Reijers
and Song 2005, "Discovering social networks from event logs", metrics by joint activities). They
are joined from the closest on (average linkage), and as many groups are taken as are best told
apart (silhouette).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.event_log.log_refusals import a_few
from analysis.event_log.log_table import Decided

MOST_COMMUNITIES = 12
LEAST_CLEAR = 0.25
"""Silhouette below which there are no groups worth the name (Kaufman and Rousseeuw 1990)."""
LEAST_APART = 0.25
"""Share of the work that people of two groups do not have in common, on average."""
_MOST_PEOPLE = 2_000
_LEAST_PEOPLE = 3


def communities_of(events: pd.DataFrame) -> tuple[dict[str, str], tuple[Decided, ...]] | None:
    """Group the people of a log.

    Parameters
    ----------
    events : pandas.DataFrame
        `activity` and `resource`, empty where nobody is named.

    Returns
    -------
    dict of str to str
        Name of the group by person; a group is called by the activity that is most its own.
    tuple of Decided
        One a group: who is in it.
    None
        If there are too few people, too many, or they fall into no groups.
    """
    known = events[events["resource"] != ""]
    counts = pd.crosstab(known["resource"].astype(str), known["activity"].astype(str))
    if not _LEAST_PEOPLE <= len(counts) <= _MOST_PEOPLE:
        return None
    labels, clearness = _best_groups(counts.div(counts.sum(axis=1), axis=0).to_numpy())
    if clearness < LEAST_CLEAR:
        return None
    return _named(counts, pd.Series(labels, index=counts.index))


def _best_groups(shares: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the group of each person, and how clearly groups are told apart (up to 1)."""
    # Imported only where it is asked for: both take seconds to load.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415
    from sklearn.metrics import pairwise_distances, silhouette_score  # noqa: PLC0415

    # Half the sum of absolute differences: 0 the same work, 1 nothing in common.
    apart = pairwise_distances(shares, metric="manhattan") / 2
    best, clearness = np.zeros(len(shares), dtype=int), -1.0
    for number in range(2, min(MOST_COMMUNITIES, len(shares) - 1) + 1):
        joined = AgglomerativeClustering(number, metric="precomputed", linkage="average")
        labels = joined.fit_predict(apart)
        score = float(silhouette_score(apart, labels, metric="precomputed"))
        if score > clearness and _least_between(apart, labels) >= LEAST_APART:
            best, clearness = labels, score
    return best, clearness


def _least_between(apart: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean distance between the people of those two groups that are the closest."""
    members = np.stack([labels == group for group in np.unique(labels)]).astype(float)
    sizes = members.sum(axis=1)
    between = members @ apart @ members.T / np.outer(sizes, sizes)
    return float(between[~np.eye(len(sizes), dtype=bool)].min())


def _named(counts: pd.DataFrame, labels: pd.Series) -> tuple[dict[str, str], tuple[Decided, ...]]:
    """Name each group by the activity of which it does most, no two alike."""
    by_group = counts.groupby(labels).sum()
    share_of_activity = by_group / by_group.sum()
    own = share_of_activity * by_group.div(by_group.sum(axis=1), axis=0)
    names: dict[int, str] = {}
    for group in by_group.sum(axis=1).sort_values(ascending=False).index:
        ranked = own.loc[group].sort_values(ascending=False, kind="stable").index
        name = next((f"{each} team" for each in ranked if f"{each} team" not in names.values()), "")
        names[int(group)] = name or f"Team {group}"
    said = tuple(
        Decided(
            "function",
            name,
            f"{int((labels == group).sum())} people who do like work: "
            f"{a_few(list(counts.index[labels == group]), 5)}",
            "--map",
        )
        for group, name in names.items()
    )
    return {str(person): names[int(group)] for person, group in labels.items()}, said
