"""An event log as XES (IEEE 1849-2016), the form in which process-mining tools exchange logs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr  # writes, never reads  # nosec B406

import numpy as np
import pandas as pd

CASE_TITLE = "case:concept:name"
OF_THE_CASE = ("journey", "segment", "customer_id", "need", "recontact", "in_cohort")
"""Columns that say the same in every row of a case: they stand with the case, once."""
CASES_AT_ONCE = 2000

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not hold."""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="Activity" keys="concept:name"/>
"""


def xes_parts(log: pd.DataFrame) -> Iterator[str]:
    """Yield an event log as XES, some cases at a time.

    Parameters
    ----------
    log : pandas.DataFrame
        The table ``events.parquet``; of several runs, cases with equal names would be one.
    """
    yield _HEAD
    cases, names = pd.factorize(log[CASE_TITLE])
    order = np.argsort(cases, kind="stable")
    begins = np.searchsorted(cases[order], np.arange(len(names) + 1))
    for first in range(0, len(names), CASES_AT_ONCE):
        bounds = begins[first : first + CASES_AT_ONCE + 1]
        yield _traces(log.iloc[order[bounds[0] : bounds[-1]]], (bounds - bounds[0]).tolist())
    yield "</log>\n"


def _traces(log: pd.DataFrame, begins: list[int]) -> str:
    """Return cases that stand below one another; `begins` is where each begins, and the end."""
    columns = {str(name): _attributes(str(name), log[name]) for name in log if name != CASE_TITLE}
    titles = _attributes("concept:name", log[CASE_TITLE])
    of_case = [titles, *(columns.pop(name) for name in OF_THE_CASE if name in columns)]
    events = [f"<event>{''.join(row)}</event>\n" for row in zip(*columns.values(), strict=True)]
    traces = []
    for first, end in pairwise(begins):
        about = "".join(column[first] for column in of_case)
        traces.append(f"<trace>{about}\n{''.join(events[first:end])}</trace>\n")
    return "".join(traces)


def _attribute(kind: str, key: str, value: str) -> str:
    return f"<{kind} key={quoteattr(key)} value={quoteattr(_printable(value))}/>"


def _printable(text: str) -> str:
    """Return a text without the characters that no XML may hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _attributes(name: str, column: pd.Series) -> list[str]:
    """Return a column's attributes, row by row; empty texts and missing values have none."""
    if column.dtype.kind == "M":
        texts = column.dt.strftime("%Y-%m-%dT%H:%M:%S.000%z").tolist()
        # XES wants the distance to UTC as hours and minutes with a colon between.
        return [_attribute("date", name, f"{text[:-2]}:{text[-2:]}") for text in texts]
    kind, say = _KINDS.get(column.dtype.kind, ("string", str))
    known: dict[Any, str] = {"": ""}
    found = []
    for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True):
        if missing:
            found.append("")
            continue
        if value not in known:
            known[value] = _attribute(kind, name, say(value))
        found.append(known[value])
    return found


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_KINDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "b": ("boolean", _boolean),
    "i": ("int", str),
    "f": ("float", repr),
}
"""XES type of a column's values by NumPy's letter, and how one is written; else it is text."""
