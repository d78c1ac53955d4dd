"""Whether a slice of the customers tells what the whole firm would (rule M4.5).

Firms of about 300 and 3,000 employees are simulated whole and as slices, with luck of
their own, and each measure is compared in units of its Monte Carlo error. Waiting is the
exception: fewer servers stand in for one another, and what that costs is printed.

    python -m benchmarks.slice_agreement --jobs 2
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd

from sim.reading.bundled import at_hand
from sim.reading.loader import load_study
from sim.reading.resizing import firm_of
from sim.running.batch import run_study
from sim.study.study import Study
from sim.study.tables import MEASURES

AGREE = (
    "standing",
    "kept_share",
    "facts_kept_share",
    "repeat_asks_per_case",
    "fcr_rate",
    "overhead_share",
    "n_issues",
    "n_fixes",
    "wasted_fix_share",
    "signal_to_fix_days",
)
"""Measures that a slice has to get right; counts are those of the firm's own management."""

WAITING = (
    "drop_off_rate",
    "days_to_complete",
    "transfers_per_case",
    "own_kpi_attainment",
    "cost_to_serve",
    "net_value",
    "window_retention",
)
"""Measures in which pooling shows: who gives up waiting is handed over less often and leaves
sooner, and the functions' own figures and the margin know of it."""

MOST = 4.0
"""Standard errors of a difference from which it is no chance."""


def measured(study: Study, customers: int, replicates: int, jobs: int) -> pd.DataFrame:
    """Return overall measures of a study simulated as a slice, by org model and replicate.

    Parameters
    ----------
    study : Study
        A firm.
    customers : int
        How many customers each simulated one stands for.
    replicates, jobs : int
        As for `run_study`.
    """
    # Other luck than the whole firm's: its first customers would be the slice's.
    seed = study.design.seed + customers
    cut = study.model_copy(
        update={
            "market": study.market.model_copy(update={"slice": customers}),
            "design": study.design.model_copy(update={"seed": seed}),
        }
    )
    table = run_study(cut, replicates, jobs)
    chosen = table[(table["scope"] == "overall") & table["measure"].isin([*AGREE, *WAITING])]
    return chosen.groupby(["measure", "org_model"], observed=True)["value"].agg(["mean", "sem"])


def main() -> int:
    """Compare whole firms with slices; return 1 if they disagree beyond chance."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 3000])
    parser.add_argument("--slices", type=int, nargs="+", default=[3, 10])
    parser.add_argument("--orgs", nargs="+", default=["siloed", "journey-accountable"])
    parser.add_argument("--replicates", type=int, nargs=2, default=[4, 8], help="whole, slice")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--days", type=int, default=130, help="window; the warm-up is as long")
    parser.add_argument("--set", action="append", default=[], help="as for `compare`")
    options = parser.parse_args()
    days = [f"design.{name}={options.days}" for name in ("horizon_days", "warm_up_days")]
    study = load_study(
        at_hand("scenarios/board.yaml"), overrides=[*days, *options.set], orgs=options.orgs
    )
    worst = 0.0
    for employees, customers in zip(options.sizes, options.slices, strict=True):
        firm, start = firm_of(study, employees), time.perf_counter()
        whole = measured(firm.study, 1, options.replicates[0], options.jobs)
        part = measured(firm.study, customers, options.replicates[1], options.jobs)
        print(
            f"\n{firm.employees:,} employees, one customer in {customers} "
            f"({time.perf_counter() - start:.0f} s)"
        )
        both = whole.add_suffix("_whole").join(part.add_suffix("_slice"))
        both["error"] = (both["sem_whole"] ** 2 + both["sem_slice"] ** 2) ** 0.5
        both["apart"] = (both["mean_slice"] - both["mean_whole"]) / both["error"]
        shown = both[["mean_whole", "mean_slice", "error", "apart"]]
        print(shown.to_string(float_format=lambda value: f"{value:.4g}"))
        found = both[both.index.get_level_values("measure").isin(AGREE)]["apart"].abs()
        # Alike without any error is no distance; unlike without any is an endless one.
        worst = max(worst, float(found.max(skipna=True)))
    names = ", ".join(MEASURES[name].label.lower() for name in WAITING)
    print(f"\nFurthest apart, but for {names}: {worst:.1f} standard errors")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
