"""The columns of what a firm derived from a log says of itself beside that log."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

_OWN = "the statistic's"
DERIVED_FIT_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype=dtype, unit=unit, meaning=meaning)
    for name, dtype, unit, meaning in (
        ("part", "string", "", "whole log, held out (the last 30 % of cases) or busy weeks"),
        ("statistic", "string", "", "what is compared, or a distance between two logs"),
        ("scope_id", "string", "", "empty for all, else the place, percentile or time"),
        ("real", "float64", _OWN, "value in the log; of a distance, missing"),
        ("simulated", "float64", _OWN, "value in the simulated log; of a distance, missing"),
        ("distance", "float64", _OWN, "between real and simulated"),
        ("low", "float64", _OWN, "of a distance, 5th percentile over cases drawn again; of the "
         "curve of patience, lower end of the log's own 95 % band"),
        ("high", "float64", _OWN, "95th percentile; of the curve, upper end of the band"),
        ("resample", "float64", _OWN, "distance of the past drawn again"),
        ("resample_low", "float64", _OWN, "its 5th percentile"),
        ("resample_high", "float64", _OWN, "its 95th percentile"),
        ("markov", "float64", _OWN, "distance of a chain of activities without queues"),
        ("markov_low", "float64", _OWN, "its 5th percentile"),
        ("markov_high", "float64", _OWN, "its 95th percentile"),
        ("best", "string", "", "of a distance, who is nearest clear of luck: simulated, resample, "
         "markov or none; else empty"),
    )
)  # fmt: skip
