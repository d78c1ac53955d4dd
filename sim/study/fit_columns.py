"""The columns of what a fit says: what is known of firms beside what worlds give."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_MEASURE = "the measure's"
FIT_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("output", "string", "", "measure, by function lowest or highest, or what is predicted"),
        ("fitted", "bool", "", "whether worlds are fitted to it, or it is only reported beside"),
        ("known_low", "float64", _MEASURE, "least that firms are known to have"),
        ("known_high", "float64", _MEASURE, "most that firms are known to have"),
        ("default", "float64", _MEASURE, "what the registered defaults give, mean of runs"),
        ("middle", "float64", _MEASURE, "what the world in the middle gives, on fresh luck"),
        ("low", "float64", _MEASURE, "5th percentile of the worlds' means"),
        ("median", "float64", _MEASURE, "median of the worlds' means"),
        ("high", "float64", _MEASURE, "95th percentile of the worlds' means"),
        ("inside", "float64", "share of worlds", "whose mean lies in what is known"),
        ("source", "string", "", "where the known figures come from"),
        ("grade", "string", "", "how good that source is (A to D)"),
    )
)
