"""Steps in the life of work items become rows: start and complete one, schedule its queue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.event_log.column_words import TRANSITIONS
from analysis.event_log.log_table import Decided

_OF_ONE_STEP = 0.9
_SCHEDULE, _START, _COMPLETE = "schedule", "start", "complete"


def pair_lifecycle(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Decided, ...]]:
    """Make one row of the steps of each work item.

    A completion belongs to the earliest open start of the same case and activity, and of the
    same work item where the log numbers them; what was scheduled before belongs to the next
    start, or to a completion without one.

    Parameters
    ----------
    rows : pandas.DataFrame
        `case_id`, `activity`, `instance` (codes), `lifecycle` (text), `end` (moment), and others;
        in the order of the file.

    Returns
    -------
    pandas.DataFrame
        With `start` and `queued`, fewer rows.
    tuple of Decided
    """
    step = rows["lifecycle"].astype(str).str.lower().map(TRANSITIONS).fillna("other")
    counts = step.value_counts()
    rows = rows.assign(step=step.to_numpy())[step.isin([_SCHEDULE, _START, _COMPLETE]).to_numpy()]
    if not {_SCHEDULE, _START} & set(counts.index):
        return rows.drop(columns="step"), ()
    if rows["instance"].nunique() > _OF_ONE_STEP * len(rows):
        rows = rows.assign(instance=0)  # it numbers steps, and no work items
    order = rows.sort_values(["case_id", "activity", "instance", "end"], kind="stable").index
    ordered = rows.loc[order]
    key = ordered.groupby(["case_id", "activity", "instance"], observed=True, sort=False).ngroup()
    pairs = _paired(key.to_numpy(), ordered["step"].to_numpy(), ordered["end"].to_numpy())
    kept, starts, queued, said = pairs
    done = ordered.iloc[kept].assign(start=starts, queued=queued)
    done = done.sort_index()  # the file's order again
    said["passed over"] = int(counts.drop([_SCHEDULE, _START, _COMPLETE], errors="ignore").sum())
    return done.drop(columns="step"), _told(said, len(done))


def _paired(
    key: np.ndarray, step: np.ndarray, moment: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, int]]:
    """Walk through the steps of each work item in order of time."""
    nothing = np.datetime64("NaT", "ns")
    kept: list[int] = []
    starts: list[np.datetime64] = []
    queues: list[np.datetime64] = []
    said = {"pairs": 0, "never completed": 0, "never started": 0, "single": 0}
    open_starts: list[int] = []
    open_queues: list[int] = []
    current = -1

    def leave() -> None:
        """Keep what was begun and is not seen to end as a moment; forget what never began."""
        said["never started"] += len(open_queues)
        said["never completed"] += len(open_starts)
        for begun in open_starts:
            keep(begun, nothing)
        open_starts.clear()
        open_queues.clear()

    queue_of: dict[int, np.datetime64] = {}

    def keep(place: int, start: np.datetime64) -> None:
        kept.append(place)
        starts.append(start)
        queues.append(queue_of.pop(place, nothing))

    for place, (group, what) in enumerate(zip(key.tolist(), step.tolist(), strict=True)):
        if group != current:
            leave()
            current = group
        if what == _SCHEDULE:
            open_queues.append(place)
        elif what == _START:
            if open_queues:
                queue_of[place] = moment[open_queues.pop(0)]
            open_starts.append(place)
        elif open_starts:
            begun = open_starts.pop(0)
            if begun in queue_of:
                queue_of[place] = queue_of.pop(begun)
            said["pairs"] += 1
            keep(place, moment[begun])
        else:
            if open_queues:
                queue_of[place] = moment[open_queues.pop(0)]
            said["single"] += 1
            keep(place, nothing)
    leave()
    to_time = "datetime64[ns]"
    return np.array(kept, dtype=int), np.array(starts, to_time), np.array(queues, to_time), said


def _told(said: dict[str, int], n_rows: int) -> tuple[Decided, ...]:
    """Say what became of the steps."""
    words = [f"{said['pairs']:,} of {n_rows:,} rows have start and end"]
    if said["single"]:
        words.append(f"{said['single']:,} were completed without a start")
    if said["never completed"]:
        words.append(
            f"{said['never completed']:,} were started and not seen to end: kept as moments"
        )
    if said["never started"]:
        words.append(f"{said['never started']:,} were scheduled and never started: left out")
    if said["passed over"]:
        words.append(f"{said['passed over']:,} steps of other kinds passed over")
    return (Decided("work items", "start and complete paired", "; ".join(words)),)
