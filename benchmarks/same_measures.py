"""Which measures this checkout and another one agree on, to the last bit.

``python -m benchmarks.same_measures FOLDER`` runs the bundled studies as they stand in the other
checkout, every org model, here and there, and prints each measure that differs, with how many of
its values do and by how much at most. A change that is to move nothing prints none.
"""

from __future__ import annotations

import argparse
import os
import subprocess  # each checkout has a process of its own  # nosec B404
import sys
import tempfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parents[1]
STUDIES = ("board", "loan")
KEY = ["org_model", "replicate", "world", "measure", "scope", "scope_id"]

WORK = """
import importlib, sys
def first(name, *homes):
    for home in homes:  # checkouts of different ages have it in different rooms
        try:
            return getattr(importlib.import_module(home), name)
        except ImportError:
            pass
load_study = first("load_study", "sim.reading.loader", "sim.loader")
run_study = first("run_study", "sim.running.batch", "sim.batch")
study, replicates, file = sys.argv[1:]
run_study(load_study(study), replicates=int(replicates), jobs=2).to_parquet(file)
"""


def measured(folder: Path, study: Path, replicates: int, file: Path) -> pd.DataFrame:
    """Return the measures of a study as a checkout computes them."""
    # This interpreter, with code from above.
    subprocess.run(  # noqa: S603 # nosec B603
        [sys.executable, "-c", WORK, str(study), str(replicates), str(file)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        check=True,
    )
    return pd.read_parquet(file)


def differing(here: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    """Return, by measure and scope, how many values differ or are on one side only.

    Returns
    -------
    DataFrame
        Columns measure, scope, n_differ, n_only_here, n_only_there, most; empty if all agree.
    """
    both = here.merge(there, on=KEY, how="outer", suffixes=("_here", "_there"), indicator="side")
    one, other = both["value_here"], both["value_there"]
    equal = (one == other) | (one.isna() & other.isna())
    both["only_here"], both["only_there"] = (
        both["side"] == f"{side}_only" for side in ("left", "right")
    )
    both["differ"] = ~equal & (both["side"] == "both")
    both["most"] = (one - other).abs().where(both["differ"])
    grouped = both.groupby(["measure", "scope"], observed=True)
    table = grouped.agg(
        n_differ=("differ", "sum"),
        n_only_here=("only_here", "sum"),
        n_only_there=("only_there", "sum"),
        most=("most", "max"),
    ).reset_index()
    counts = table[["n_differ", "n_only_here", "n_only_there"]].sum(axis=1)
    return table[counts > 0]


def main() -> int:
    """Run both checkouts; return 1 if any value differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("other", type=Path, help="folder of the other checkout")
    parser.add_argument("--replicates", type=int, default=2)
    options = parser.parse_args()
    other = options.other.resolve()
    moved = False
    with tempfile.TemporaryDirectory() as desk:
        for name in STUDIES:
            study = other / "scenarios" / f"{name}.yaml"
            tables = [
                measured(folder, study, options.replicates, Path(desk) / "measures.parquet")
                for folder in (HERE, other)
            ]
            found = differing(*tables)
            moved |= not found.empty
            print(f"{name}: {len(tables[0]):,} values here, {len(tables[1]):,} there; differing:")
            print("  none" if found.empty else found.to_string(index=False), flush=True)
    return int(moved)


if __name__ == "__main__":
    raise SystemExit(main())
