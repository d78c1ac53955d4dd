"""What a head is worth: an org model of a study with ever more people who do nothing.

Net value should fall with every head, within noise, and no single head cost far more than
the mean of them: then no org model wins by how its roles are rounded.

    python -m benchmarks.idle_heads --replicates 8 --jobs 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.comparison.intervals import student_interval
from sim.organisation.staffing import staff
from sim.reading.loader import load_study
from sim.running.batch import run_study
from sim.state.blueprint import Blueprint
from sim.study.study import Study

STUDY = Path(__file__).parents[1] / "scenarios" / "board.yaml"
MOST = 6
STEEPEST = 3.0
"""So many times the mean of all heads that the dearest of them may cost."""


def with_idle(study: Study, organisation: str, most: int) -> Study:
    """Return a study of one org model with no idle head up to `most`.

    Parameters
    ----------
    study : Study
        With the org model.
    organisation : str
        Its name.
    most : int
        Idle heads, at most.
    """
    plain = next(each for each in study.organisations if each.organisation == organisation)
    plans = [
        plain.model_copy(
            update={
                "organisation": f"idle {heads}",
                "staffing": plain.staffing.model_copy(update={"idle": heads}),
            }
        )
        for heads in range(most + 1)
    ]
    return study.model_copy(
        update={"organisations": tuple(plans), "baseline": "idle 0", "ablations": ()}
    )


def costs(measures: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return what each idle head costs in net value, paired, with half of a 95 % interval.

    Returns
    -------
    DataFrame
        Columns ``heads, net_value, change, half``: net value a customer with so many idle heads,
        its change from one fewer, and half of that change's interval.
    """
    chosen = measures[(measures["measure"] == "net_value") & (measures["scope"] == "overall")]
    values = chosen.pivot_table("value", "replicate", "org_model", observed=True)
    rows = []
    for heads in range(most + 1):
        now = values[f"idle {heads}"]
        change = now - values[f"idle {max(heads - 1, 0)}"]
        mean, low, high = student_interval(change.to_numpy())
        rows.append((heads, float(now.mean()), float(mean), float(high - low) / 2))
    return pd.DataFrame(rows, columns=["heads", "net_value", "change", "half"])


def main() -> int:
    """Print the table and what it shows; return 1 if a head is a cliff."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", type=Path, default=STUDY)
    parser.add_argument("--org", default="siloed")
    parser.add_argument("--replicates", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--set", action="append", default=[], help="as for `compare`")
    options = parser.parse_args()
    study = with_idle(load_study(options.study, overrides=options.set), options.org, options.most)
    table = costs(run_study(study, options.replicates, options.jobs), options.most)
    blueprint = Blueprint(study)
    lines = [staff(blueprint, each).line for each in study.organisations]
    print(
        f"{options.org}, {options.replicates} replicates; half a 95 % interval beside each change"
    )
    print(f"idle  net value   change    ±half  line: {', '.join(blueprint.functions)}")
    for row, line in zip(table.itertuples(), lines, strict=True):
        change = "               " if row.heads == 0 else f"{row.change:8.2f} {row.half:8.2f}"
        heads = " ".join(str(n) for n in line)
        print(f"{row.heads:4d} {row.net_value:10.2f} {change:>17}  {heads}")
    changes = table["change"].to_numpy()[1:]
    halves = table["half"].to_numpy()[1:]
    mean = float(changes.mean())
    falls = bool((changes <= np.maximum(halves, 0.0)).all())
    steepest = float(changes.min() / mean) if mean < 0.0 else float("nan")
    print(f"\nA head left idle loses {-mean:.2f} on average; the dearest {steepest:.2f} × that.")
    print("Net value never rises beyond noise." if falls else "Net value rises with an idle head.")
    return 0 if falls and not steepest > STEEPEST else 1


if __name__ == "__main__":
    raise SystemExit(main())
