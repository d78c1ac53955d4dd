"""The columns of what claims and the questions beside them found."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_UNIT, _MEASURES_UNIT = "the claim's", "the measure's"
CLAIM_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("claim", "int64", "", "its number"),
        ("measure", "string", "", "the primary measure, named before the first run"),
        ("effect", "float64", _UNIT, "mean over worlds of the claim's contrast"),
        ("low", "float64", _UNIT, "lower end of its 95 % interval"),
        ("high", "float64", _UNIT, "upper end of its 95 % interval"),
        ("p", "float64", "probability", "of the test that the claim's kind names"),
        ("q", "float64", "probability", "p among those of all claims run (Benjamini-Hochberg)"),
        ("sign_share", "float64", "share of worlds", "worlds that agree with the effect"),
        (
            "verdict",
            "string",
            "",
            "supported, contrary, conditional or undetermined; it follows from the runs",
        ),
        ("condition", "string", "", "on what a conditional verdict depends, else empty"),
        (
            "fails_as_predicted",
            "string",
            "",
            "whether the effect falls short under the condition named for it: yes or no; empty "
            "where the claim does not hold anyway",
        ),
        ("n_runs", "int64", "runs", "that it rests on, equal ones once"),
    )
)
HEADLINE_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("headline", "string", "", "name of the experiment"),
        ("measure", "string", "", "the primary measure, named before the first run"),
        ("panel", "string", "", "value of a second condition, empty if there is none"),
        ("at", "string", "", "value of the condition along the axis"),
        ("cell", "string", "", "org model"),
        ("against", "string", "", "org model that it is compared with"),
        ("difference", "float64", _MEASURES_UNIT, "mean over worlds"),
        ("low", "float64", _MEASURES_UNIT, "lower end of its 95 % interval, for all rows together"),
        (
            "high",
            "float64",
            _MEASURES_UNIT,
            "upper end of its 95 % interval, for all rows together",
        ),
        ("sign_share", "float64", "share of worlds", "worlds that agree with the difference"),
        ("n_worlds", "int64", "worlds", "with a pair"),
        ("found", "string", "", "ahead, behind, or no clear difference"),
    )
)

CLAIM_TABLES = {"claims.csv": CLAIM_COLUMNS, "headlines.csv": HEADLINE_COLUMNS}
