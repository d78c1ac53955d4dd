"""The columns of the comparison over firm sizes: all measures of whole firms, size by size."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_MEASURE = "the measure's"
SIZE_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("asked", "int64", "people", "employees asked for"),
        ("employees", "int64", "people", "people under the baseline: what was reached"),
        ("customers", "int64", "people", "customers that lead to them"),
        ("prospects", "int64", "people", "prospects that go with them"),
        ("slice", "int64", "", "one customer in so many is simulated; 1: the whole firm"),
        ("measure", "string", "", "name of the measure, overall"),
        ("org_model", "string", "", "name of the org model in the study"),
        ("baseline", "string", "", "name of the org model compared against"),
        ("budget", "string", "", "as in `comparison.csv`"),
        ("mean", "float64", _MEASURE, "mean over the org model's replicates"),
        ("mean_low", "float64", _MEASURE, "lower end of its 95 % interval"),
        ("mean_high", "float64", _MEASURE, "upper end of its 95 % interval"),
        ("difference", "float64", _MEASURE, "to the baseline, paired, mean over replicates"),
        ("low", "float64", _MEASURE, "lower end of its 95 % interval"),
        ("high", "float64", _MEASURE, "upper end of its 95 % interval"),
        ("probability_best", "float64", "", "as in `comparison.csv`, over luck alone"),
        ("direction", "string", "", "as in `comparison.csv`"),
        ("n_replicates", "int64", "replicates", "with a pair"),
    )
)
