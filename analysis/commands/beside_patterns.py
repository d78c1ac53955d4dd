"""Text of a run beside what is known of firms of its kind."""

from __future__ import annotations

import math
from collections.abc import Iterable

from analysis.comparison.wording import number
from sim.checks.patterns import Seen
from sim.study.tables import measure


def beside_patterns(rows: Iterable[Seen], org_model: str, kind: str) -> list[str]:
    """Return a line for each measure that something is known of, under a heading; none if none.

    Parameters
    ----------
    rows : iterable of Seen
        What a run gave, and what is known.
    org_model, kind : str
        Whose run it was, and what kind of firm it is.
    """
    told = [(_words(row), row) for row in rows]
    if not told:
        return []
    outside = sum(bool(row.outside) for _, row in told)
    widths = [max(len(words[place]) for words, _ in told) for place in range(3)]
    said = "all inside" if not outside else f"{outside} of {len(told)} outside"
    return [
        f"One run of {org_model} beside what is known of {kind} ({said}; reported, nothing is "
        "fitted to it):",
        *(
            f"  {label:<{widths[0]}}  {value:>{widths[1]}}   known: {known:<{widths[2]}}  "
            f"{f'{row.outside}!  ' if row.outside else ''}{row.source} (grade {row.grade})"
            for (label, value, known), row in told
        ),
    ]


def _words(row: Seen) -> tuple[str, str, str]:
    """Return a measure's label, what the run gave, and what is known."""
    spec = measure(row.measure)

    def range_of(low: float, high: float) -> str:
        least, most = (number(spec, value, spec.decimals) for value in (low, high))
        unit = " %" if spec.display == "percent" else ""
        return f"{least}{unit}" if least == most else f"{least} to {most}{unit}"

    given = "no value" if math.isnan(row.least) else range_of(row.least, row.most)
    return spec.label, given, range_of(row.low, row.high)
