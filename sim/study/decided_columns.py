"""The columns of what was decided about a log as it was read."""

from __future__ import annotations

from sim.study.measure_table import ColumnSpec

DECIDED_COLUMNS: tuple[ColumnSpec, ...] = tuple(
    ColumnSpec(name=name, dtype="string", meaning=meaning)
    for name, meaning in (
        ("what", "what was in question, such as `time zone` or `functions from`"),
        ("taken_as", "what was taken"),
        ("why", "on what grounds, with how many rows speak for it"),
        ("option", "the option of `calibrate` that says otherwise, else empty"),
    )
)
