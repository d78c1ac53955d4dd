"""The columns of tables that hold runs against what is known: a firm's own log, closed forms."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

KNOWN_TABLES: dict[str, tuple[ColumnSpec, ...]] = {
    "log_fit.csv": (
        ColumnSpec(
            name="statistic", dtype="string", meaning="what is compared with the firm's own log"
        ),
        ColumnSpec(
            name="scope_id",
            dtype="string",
            meaning="empty for all cases, else the function, touchpoint or outcome it is about",
        ),
        ColumnSpec(
            name="real", dtype="float64", unit="as in unit", meaning="value in the firm's own log"
        ),
        ColumnSpec(
            name="simulated",
            dtype="float64",
            unit="as in unit",
            meaning="value in the baseline's events",
        ),
        ColumnSpec(
            name="error", dtype="float64", unit="as in unit", meaning="simulated minus real"
        ),
        ColumnSpec(
            name="unit", dtype="string", meaning="share (between 0 and 1), days or hand-offs"
        ),
    ),
    "theory.csv": (
        ColumnSpec(name="case", dtype="string", meaning="the closed-form case"),
        ColumnSpec(name="quantity", dtype="string", meaning="what is compared"),
        ColumnSpec(
            name="expected", dtype="float64", unit="the quantity's", meaning="value in closed form"
        ),
        ColumnSpec(
            name="simulated",
            dtype="float64",
            unit="the quantity's",
            meaning="value from the engine",
        ),
        ColumnSpec(
            name="error",
            dtype="float64",
            unit="the tolerance's",
            meaning="distance of simulated from expected",
        ),
        ColumnSpec(
            name="tolerance",
            dtype="float64",
            unit="as named in quantity",
            meaning="largest error allowed",
        ),
        ColumnSpec(name="ok", dtype="bool", meaning="whether the error is within the tolerance"),
    ),
}
"""The columns of each table, by its file."""
