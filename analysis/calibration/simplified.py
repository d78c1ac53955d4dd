"""Functions and activities as the data support them: the rare ones put together.

Nothing is left out here: every visit stays a visit, under the name of a larger group.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.calibration.visits import LogVisits, added_up

MOST_FUNCTIONS = 8
MOST_ACTIVITIES = 16
RAREST_SHARE = 0.001
_FEWEST_VISITS = 5
OTHER_FUNCTIONS = "other functions"
OTHER_WORK = "other work"
LONGEST_NAME = 40
_RESERVED = frozenset({"nobody", "executive", "none", "completed", "opened", "null", "true"})


def simplified(log: LogVisits) -> tuple[LogVisits, list[str]]:
    """Put together what is too rare to be told apart, and say what was.

    Parameters
    ----------
    log : LogVisits
        A log.

    Returns
    -------
    log : LogVisits
        The same visits, some under the name of a larger group.
    said : list of str
        A sentence each about what was put together.
    """
    function, said = _functions(log.visits["function"])
    activity, more = _activities(function, log.visits["activity"])
    visits = log.visits.assign(function=function, activity=activity)
    renamed = dict(zip(log.visits["function"], function, strict=True))
    names = log.people["function"].map(renamed).fillna(OTHER_FUNCTIONS)
    people = added_up(log.people.assign(function=names))
    return replace(log, visits=visits, people=people), [*said, *more]


def _functions(function: pd.Series) -> tuple[pd.Series, list[str]]:
    counts = function.value_counts()
    least = max(_FEWEST_VISITS, RAREST_SHARE * len(function))
    rare = counts[(counts < least) | (np.arange(len(counts)) >= MOST_FUNCTIONS)]
    if len(rare) < 2:
        return function, []
    share = rare.sum() / len(function)
    return function.where(~function.isin(rare.index), OTHER_FUNCTIONS), [
        f"{len(rare)} functions with few visits ({share:.1%} of all, "
        f"{', '.join(map(str, rare.index[:3]))} ...) are one, `other_functions`"
    ]


def _activities(function: pd.Series, activity: pd.Series) -> tuple[pd.Series, list[str]]:
    """Put rare activities of a function together, until there are few enough."""
    both = function + "\0" + activity
    counts = both.value_counts()
    least = max(_FEWEST_VISITS, RAREST_SHARE * len(both))
    n_functions = function.nunique()
    kept = counts[counts >= least].index[: max(MOST_ACTIVITIES - n_functions, 1)]
    rare = ~both.isin(kept)
    if not rare.any():
        return activity, []
    # An activity that is a function's only rare one keeps its own name.
    alone = both[rare].groupby(function[rare]).transform("nunique") == 1
    together = rare.copy()
    together[rare] = ~alone
    n_kinds = both[together].nunique()
    if not n_kinds:
        return activity, []
    return activity.mask(together, OTHER_WORK), [
        f"{n_kinds} rarer activities ({together.mean():.1%} of all visits) are the "
        f"`{OTHER_WORK}` of their function"
    ]


def key_names(texts: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return a name for each text as keys of a study are: small letters, figures, underscores.

    Parameters
    ----------
    texts : iterable of str
        What a log calls things, in any script.
    taken : iterable of str
        Names that are given already.
    """
    used = {*taken, *_RESERVED}
    found = []
    for text in texts:
        plain = re.sub(r"[^a-z0-9]+", "_", in_plain_letters(text).lower()).strip("_")
        if not plain or not plain[0].isalpha():
            plain = f"x_{plain}".rstrip("_")
        plain = plain[:LONGEST_NAME].rstrip("_")
        name, number = plain, 2
        while name in used:
            ending = f"_{number}"
            name, number = plain[: LONGEST_NAME - len(ending)].rstrip("_") + ending, number + 1
        used.add(name)
        found.append(name)
    return found


def in_plain_letters(text: str) -> str:
    """Return a text with accents left off, and without signs that are no Latin letters."""
    spelled = text.replace("ß", "ss").replace("æ", "ae").replace("ø", "o").replace("ł", "l")
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode("ascii")
