"""A run that costs next to nothing: a true run's table with other numbers in it."""

from __future__ import annotations

import functools
from pathlib import Path

from sim.keeping import store
from sim.reading.loader import load_study
from sim.runner import RunResult, RunSpec, run

BOARD = Path(__file__).resolve().parents[1] / "scenarios" / "board.yaml"
SHORT = (
    "design.horizon_days=60",
    "design.warm_up_days=20",
    "design.follow_up_days=20",
)


@functools.cache
def _true_run(file: str, org: str) -> RunResult:
    """Return the tables of one true run of a study, made short."""
    study = load_study(file, overrides=list(SHORT))
    (organisation,) = (m for m in study.organisations if m.organisation == org)
    return run(RunSpec(study, organisation, 0))


def stand_in(spec: RunSpec) -> store.PackedRun:
    """Hand back a table as long as a true one, with the numbers of this run."""
    measures = _true_run(str(BOARD), spec.organisation.organisation).measures.copy()
    measures["replicate"] = measures["replicate"] * 0 + spec.replicate
    measures["value"] += spec.replicate % 7
    return store.pack(spec, RunResult(measures, None, None))
