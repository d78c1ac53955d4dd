"""What a log's cases must be before anything is derived from them, and which have ended."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.event_log.column_words import plain_letters
from analysis.event_log.log_refusals import a_few, log_refusal, quoted
from analysis.event_log.log_table import Decided

LEAST_CASES = 30
_LEAST_ENDED = 10
_LONG_SILENCE = 0.95
_STILL_OPEN = frozenset(
    (
        "open", "opened", "running", "pending", "ongoing", "active", "unfinished", "in progress",
        "still open", "offen", "laufend", "in bearbeitung", "lopend", "in behandeling", "en cours",
        "abierto", "aperto", "aberto",
    )
)  # fmt: skip


def ended_cases(events: pd.DataFrame) -> pd.Series:
    """Tell which cases have ended.

    A case has ended if its outcome says so; where no outcome is known, if it has been silent, by
    the end of the log, for longer than 95 % of the gaps between events of a case.

    Parameters
    ----------
    events : pandas.DataFrame
        As of an `EventLog`.

    Returns
    -------
    pandas.Series of bool
        By `case_id`, in order of each case's first event.
    """
    by_case = events.groupby("case_id", sort=False, observed=True)
    last = by_case["end"].max()
    gaps = events["end"].sub(by_case["end"].shift()).dropna()
    silence = gaps.quantile(_LONG_SILENCE) if len(gaps) else pd.Timedelta(0)
    ended = last <= last.max() - silence
    outcome = by_case["outcome"].first()
    known = outcome != ""
    return ended.mask(known, ~outcome.str.lower().isin(_STILL_OPEN)).astype(bool)


def check_cases(path: Path, events: pd.DataFrame) -> tuple[Decided, ...]:
    """Refuse a log of which nothing could be derived; say how large it is.

    Raises
    ------
    StudyError
        If there are too few cases, one function only, or no end to the cases.
    """
    sizes = events.groupby("case_id", sort=False, observed=True).size()
    if len(sizes) < LEAST_CASES:
        message = f"the log has {len(sizes)} cases, and fewer than {LEAST_CASES} show no pattern"
        remedy = "export a longer time; or another column names the case: --case-column NAME"
        raise log_refusal(path, message, remedy)
    if sizes.max() == 1:
        message = "every case has a single event, so nothing is seen to follow on anything"
        remedy = (
            "another column names the case: --case-column NAME; or each row is a contact: "
            "--wait-column NAME --abandoned-column NAME"
        )
        raise log_refusal(path, message, remedy)
    functions = [name for name in events["group"].unique() if name != ""]
    if len(functions) < 2:
        there = f"one function only ({functions[0]!r})" if functions else "no function"
        message = f"the log shows {there}, and an org model is how several work together"
        raise log_refusal(path, message, FUNCTIONS_REMEDY)
    ended = ended_cases(events)
    if ended.sum() < _LEAST_ENDED:
        message = (
            f"only {int(ended.sum())} of {len(ended):,} cases are seen to end before the log does"
        )
        remedy = "export a longer time; or a column says how a case ended: --outcome-column NAME"
        raise log_refusal(path, message, remedy)
    first, last = events["end"].min(), events["end"].max()
    return (
        Decided("read", f"{len(events):,} events of {len(sizes):,} cases",
                f"{first:%-d %B %Y} to {last:%-d %B %Y}; {int(ended.sum()):,} cases have ended"),
        Decided("functions", f"{len(functions)}", a_few(functions, 8)),
        *_look_alikes("functions", functions),
        *_look_alikes("activities", list(events["activity"].unique())),
    )  # fmt: skip


def _look_alikes(what: str, names: list[str]) -> tuple[Decided, ...]:
    """Say which names differ in capital letters, accents or signs alone."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(plain_letters(str(name)) or str(name), []).append(str(name))
    pairs = [" and ".join(map(quoted, each)) for each in alike.values() if len(each) > 1]
    if not pairs:
        return ()
    why = "mend them in the file if they are one"
    return (Decided(f"alike {what}", "; ".join(pairs[:4]), why, "--map"),)


FUNCTIONS_REMEDY = (
    "say which column names the function (--group-column NAME), or which function does each "
    "activity (--write-map FILE writes a list to fill in, --map FILE reads it), or take groups of "
    "people who do like work (--functions resources)"
)
"""What to do about a log that does not say which function did what."""
