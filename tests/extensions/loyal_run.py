"""What a run with the scheme in force comes to, as hashes; plain Python does the same."""

from __future__ import annotations

import json

from loyal_firm import loaded, loyal
from studies import finished, state_hashes, table_hash

from sim.results.measures import measures


def everything() -> dict[str, object]:
    """Return a hash of every array and of the measures, and whether the day was compiled."""
    model = finished(loaded(loyal(1), design={"seed": 7, "horizon_days": 40, "warm_up_days": 10}))
    compiled = hasattr(model.day.run_ticks, "py_func")
    hashes = state_hashes(model.state) | {"measures": table_hash(measures(model))}
    return {"compiled": compiled, "hashes": hashes}


if __name__ == "__main__":
    print(json.dumps(everything()))
