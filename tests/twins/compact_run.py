"""Run the compact firm and print a hash of everything that came out; a process of its own."""

from __future__ import annotations

import json

from studies import finished, peer_study, state_hashes, study, table_hash

from sim.pipeline import run_ticks
from sim.recorder import customer_table, measures


def is_compiled() -> bool:
    """Tell whether the rules run compiled in this process."""
    return hasattr(run_ticks, "py_func")


def everything() -> dict[str, str]:
    """Return a hash of every array and table of four org models, by name."""
    scenario = study(design={"ticks_per_day": 6})
    runs = [(scenario, place) for place in range(len(scenario.organisations))]
    found = {}
    for each, place in [*runs, (peer_study(), 0)]:
        model = finished(each, place, log_events=True)
        name = each.organisations[place].organisation
        for array, value in state_hashes(model.state).items():
            found[f"{name} {array}"] = value
        found[f"{name} measures"] = table_hash(measures(model))
        found[f"{name} customers"] = table_hash(customer_table(model))
    return found


if __name__ == "__main__":
    print(json.dumps({"compiled": is_compiled(), "hashes": everything()}))
