"""The columns of ``headlines.csv``: org models under conditions on which sources disagree."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_UNIT = "the measure's"
HEADLINE_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("headline", "string", "", "name of the experiment"),
        ("measure", "string", "", "the primary measure, named before the first run"),
        ("panel", "string", "", "value of a second condition, empty if there is none"),
        ("at", "string", "", "value of the condition along the axis"),
        ("cell", "string", "", "org model"),
        ("against", "string", "", "org model that it is compared with"),
        ("difference", "float64", _UNIT, "mean over worlds"),
        ("low", "float64", _UNIT, "lower end of its 95 % interval, for all rows together"),
        ("high", "float64", _UNIT, "upper end of its 95 % interval, for all rows together"),
        ("sign_share", "float64", "share of worlds", "worlds that agree with the difference"),
        ("n_worlds", "int64", "worlds", "with a pair"),
        ("found", "string", "", "ahead, behind, or no clear difference"),
    )
)
