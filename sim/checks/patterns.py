"""A run beside what is known of firms of its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sim.study.pattern_table import Pattern, patterns_of
from sim.study.study import Study


@dataclass(frozen=True)
class Seen:
    """What a run gave beside what is known of a measure.

    Attributes
    ----------
    measure : str
        Name of the measure.
    low, high : float
        Least and most that firms are known to have.
    least, most : float
        What the run gave: two figures where the measure is by function, else one twice; NaN where
        the study has nothing that the measure is about.
    source, grade : str
        Where the known figures come from, and how good that source is.
    """

    measure: str
    low: float
    high: float
    least: float
    most: float
    source: str
    grade: str

    @property
    def outside(self) -> str:
        """Where the run leaves what is known: below, above, both, or nowhere (empty)."""
        sides = [("below", self.least < self.low), ("above", self.most > self.high)]
        return " and ".join(side for side, there in sides if there)


def seen_beside(study: Study, table: pd.DataFrame) -> tuple[Seen, ...]:
    """Return what is known of a study's firm beside a run's measures.

    Parameters
    ----------
    study : Study
        Its enterprise may name a kind, and it may have `patterns` of its own.
    table : DataFrame
        Columns ``measure, scope, scope_id, value`` of one run.
    """
    return tuple(_beside(row, table) for row in known_of(study))


def known_of(study: Study) -> list[Pattern]:
    """Return what is known of a study's firm: of its kind, and by the study's own word."""
    own = tuple(
        Pattern(measure=row.measure, low=row.low, high=row.high, source=row.source, grade="A")
        for row in study.patterns
    )
    return patterns_of(study.enterprise.kind, own)


def by_function(table: pd.DataFrame, measure: str) -> dict[str, float]:
    """Return a measure's value by function."""
    rows = table[(table["measure"] == measure) & (table["scope"] == "function")]
    return dict(zip(rows["scope_id"], rows["value"].astype(float), strict=True))


def _beside(row: Pattern, table: pd.DataFrame) -> Seen:
    """Return one measure of a run beside what is known of it."""
    values = list(by_function(table, "utilisation").values())
    if not row.by_function:
        there = (table["measure"] == row.measure) & (table["scope"] == "overall")
        values = [float(value) for value in table[there]["value"] if math.isfinite(value)]
    least, most = (min(values), max(values)) if values else (math.nan, math.nan)
    return Seen(row.measure, row.low, row.high, least, most, row.source, row.grade)
