"""Columns of ``numbers.csv``, which people open: headings are words, and numbers are rounded."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

NUMBER_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("Measure", "string", "", "name on a board"),
        ("Unit", "string", "", "of the numbers in the row; shares are per cent"),
        ("Better", "string", "", "higher, lower, or empty where neither is"),
        ("About", "string", "", "the whole firm, or the part of it, in words"),
        ("Org model", "string", "", "its label"),
        ("Mean", "float64", "as in Unit", "over replicates or worlds, rounded by its interval"),
        ("95 % from", "float64", "as in Unit", "lower end of the mean's 95 % interval"),
        ("95 % to", "float64", "as in Unit", "upper end of the mean's 95 % interval"),
        ("Against", "string", "", "label of the baseline, empty in its own rows"),
        ("Difference", "float64", "as in Unit", "to the baseline, paired"),
        ("Difference from", "float64", "as in Unit", "lower end of its 95 % interval"),
        ("Difference to", "float64", "as in Unit", "upper end of its 95 % interval"),
        ("Clear of luck", "string", "", "yes where that interval leaves out zero, else no"),
        ("Runs", "int64", "replicates", "with a pair"),
    )
)
