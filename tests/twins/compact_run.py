"""Run the compact firm and print a hash of everything that came out; a process of its own."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import numpy as np
from studies import (
    COMMITTEE,
    PLAIN,
    SOUND,
    compact_study,
    finished,
    open_enterprise,
    peer_study,
    state_hashes,
    table_hash,
)

from sim.day.pipeline import run_ticks
from sim.results.customer_table import customer_table
from sim.results.measures import measures
from sim.state.arrays import State


def is_compiled() -> bool:
    """Tell whether the rules run compiled in this process."""
    return hasattr(run_ticks, "py_func")


class FromTheStart(np.ndarray):
    """An array of the state as compiled rules see it: no index counts from the end."""

    def __getitem__(self, index: Any) -> Any:
        refuse_negative(index)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        refuse_negative(index)
        super().__setitem__(index, value)


def refuse_negative(index: Any) -> None:
    """Raise an IndexError if any integer in an index is below zero."""
    for part in index if isinstance(index, tuple) else (index,):
        if isinstance(part, (int, np.integer)) and part < 0:
            raise IndexError(f"{index} counts from the end")


def watch_indices() -> None:
    """Let every state made from now on refuse negative indices."""
    note_addresses = State.__post_init__

    def watched(state: State) -> None:
        for field in fields(state):
            array = getattr(state, field.name).view(FromTheStart)
            object.__setattr__(state, field.name, array)
        note_addresses(state)

    State.__post_init__ = watched  # type: ignore[method-assign]


def everything() -> dict[str, str]:
    """Return a hash of every array and table of five org models and a sound firm, by name.

    One of them is of a firm with nights and weekends.
    """
    study = compact_study(design={"ticks_per_day": 6})
    runs = [(study, place) for place in range(len(study.organisations))]
    found = {}
    sound = compact_study(PLAIN | {"organisation": "sound"}, parameters=SOUND)
    by_day = compact_study(COMMITTEE | {"organisation": "by day"}, enterprise=open_enterprise())
    for each, place in [*runs, (peer_study(), 0), (sound, 0), (by_day, 0)]:
        model = finished(each, place, log_events=True)
        name = each.organisations[place].organisation
        for array, value in state_hashes(model.state).items():
            found[f"{name} {array}"] = value
        found[f"{name} measures"] = table_hash(measures(model))
        found[f"{name} customers"] = table_hash(customer_table(model))
    return found


if __name__ == "__main__":
    watch_indices()
    print(json.dumps({"compiled": is_compiled(), "hashes": everything()}))
