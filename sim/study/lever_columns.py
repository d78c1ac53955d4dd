"""The columns of what a difference between two org models is owed to, and of the runs behind it."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_MEASURE = "the measure's"
_LEVERS: tuple[ColumnSpec, ...] = (
    ColumnSpec(
        name="group", dtype="string", meaning="levers that are taken together, or a single one"
    ),
    ColumnSpec(
        name="term",
        dtype="float64",
        unit=_MEASURE,
        meaning="what of the difference is owed to them (Shapley value), mean over worlds; 0 where "
        "both org models have the same",
    ),
    ColumnSpec(
        name="low",
        dtype="float64",
        unit=_MEASURE,
        meaning="lower end of its 95 % interval (Student t over worlds); missing with one world",
    ),
    ColumnSpec(name="high", dtype="float64", unit=_MEASURE, meaning="upper end of it"),
    ColumnSpec(
        name="alone",
        dtype="float64",
        unit=_MEASURE,
        meaning="what they make by themselves, all else as under the first org model, mean over "
        "worlds; missing where orders were sampled and none begins with them",
    ),
    ColumnSpec(
        name="alone_low", dtype="float64", unit=_MEASURE, meaning="lower end of its 95 % interval"
    ),
    ColumnSpec(name="alone_high", dtype="float64", unit=_MEASURE, meaning="upper end of it"),
    ColumnSpec(
        name="alone_above",
        dtype="float64",
        unit="share of worlds",
        meaning="worlds in which that is more than nothing: of what is bought, and of net value, "
        "those in which it pays for itself",
    ),
)
_COALITIONS: tuple[ColumnSpec, ...] = (
    ColumnSpec(
        name="world", dtype="int64", meaning="number of the draw of uncertain parameters, as run"
    ),
    ColumnSpec(
        name="ensemble",
        dtype="string",
        meaning="org model whose ensemble the world is of; empty where drawn from ranges",
    ),
    ColumnSpec(
        name="taken",
        dtype="string",
        meaning="groups whose levers are those of the second org model, separated by ` + `; empty "
        "for the first org model itself",
    ),
    ColumnSpec(name="measure", dtype="string", meaning="name of the measure, overall"),
    ColumnSpec(
        name="value",
        dtype="float64",
        unit=_MEASURE,
        meaning="under the levers so taken; missing where the run failed or has no value",
    ),
)
LEVER_TABLES = {"levers.csv": _LEVERS, "coalitions.csv": _COALITIONS}
"""The columns of each table, by its file."""
