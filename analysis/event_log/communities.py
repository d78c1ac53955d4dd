"""Functions as groups of people who do like work, where a log says who but not from where.

People are alike if they do the same activities in the same proportions (van der Aalst, Reijers
and Song 2005, "Discovering social networks from event logs", metrics by joint activities). They
are joined from the closest on (average linkage), and as many groups are taken as are best told
apart (silhouette).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.event_log.log_refusals import some_of
from analysis.event_log.log_table import Decided

MOST_COMMUNITIES = 12
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
        If there are too few people, or too many.
    """
    # Imported only where it is asked for: both take seconds to load.
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415
    from scipy.spatial.distance import pdist, squareform  # noqa: PLC0415

    known = events[events["resource"] != ""]
    counts = pd.crosstab(known["resource"].astype(str), known["activity"].astype(str))
    if not _LEAST_PEOPLE <= len(counts) <= _MOST_PEOPLE:
        return None
    shares = counts.div(counts.sum(axis=1), axis=0)
    # Half the sum of absolute differences of shares: 0 the same work, 1 nothing in common.
    apart = pdist(shares.to_numpy(), "cityblock") / 2
    tree = linkage(apart, "average")
    square = squareform(apart)
    best = max(
        (
            fcluster(tree, n, "maxclust")
            for n in range(2, min(MOST_COMMUNITIES, len(counts) - 1) + 1)
        ),
        key=lambda labels: _told_apart(square, labels),
    )
    labels = pd.Series(best, index=counts.index)
    return _named(counts, labels)


def _told_apart(square: np.ndarray, labels: np.ndarray) -> float:
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    if len(set(labels)) < 2:
        return -1.0
    return float(silhouette_score(square, labels, metric="precomputed"))


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
            f"function {name}",
            f"{int((labels == group).sum())} people",
            f"{some_of(list(counts.index[labels == group]), 5)}; they do like work",
            "--map",
        )
        for group, name in names.items()
    )
    return {str(person): names[int(group)] for person, group in labels.items()}, said
