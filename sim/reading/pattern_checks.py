"""What a study says is known of its firm: of a kind there is, and of measures there are."""

from __future__ import annotations

from collections.abc import Iterator

from sim.study.errors import Complaint
from sim.study.pattern_table import FIRM_KINDS
from sim.study.spelling import nearest_or_all
from sim.study.study import Study
from sim.study.tables import MEASURES


def check_patterns(study: Study) -> Iterator[Complaint]:
    """Yield complaints about a kind of firm, and about figures to hold a run against."""
    kind = study.enterprise.kind
    if kind is not None and kind not in FIRM_KINDS:
        message = f"`{kind}` is no kind of firm of which figures are known"
        advice = nearest_or_all(kind, FIRM_KINDS)
        yield Complaint(("enterprise", "kind"), message, f"{advice}; or remove it")
    seen: set[str] = set()
    for index, row in enumerate(study.patterns):
        if row.measure not in MEASURES:
            message = f"`{row.measure}` is not a measure"
            advice = nearest_or_all(row.measure, MEASURES)
            yield Complaint(("patterns", index, "measure"), message, advice)
        elif row.measure in seen:
            message = f"`{row.measure}` comes twice"
            yield Complaint(("patterns", index, "measure"), message, "say it once")
        seen.add(row.measure)
        if row.low > row.high:
            message = f"`low` is {row.low:g}, above `high`, {row.high:g}"
            yield Complaint(("patterns", index, "low"), message, "exchange them")
