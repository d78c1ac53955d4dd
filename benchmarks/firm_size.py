"""What size does: every org model of a study in firms from 30 to 30,000 employees.

The market is scaled with the firm, so that each employee has as many customers; large
firms are simulated as a slice of their customers (`market.slice`) while people, ties,
meetings and evidence stay those of the whole firm. No parameter mentions size.

    python -m benchmarks.firm_size --replicates 4 --jobs 2
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.comparison.pairing import compare_measures
from analysis.comparison.wording import decimals_for, in_display_unit, number
from sim.organisation.staffing import planned_heads
from sim.reading.loader import load_study
from sim.running.batch import run_study
from sim.state.blueprint import Blueprint
from sim.study.study import Study
from sim.study.tables import MEASURES

STUDY = Path(__file__).parents[1] / "scenarios" / "board.yaml"
SIZES = (30, 100, 300, 3_000, 30_000)
SIMULATED = 300
"""Employees that are simulated at most; the rest of a firm stands behind them."""
SHOWN = ("net_value", "standing", "drop_off_rate", "overhead_share")


@dataclass(frozen=True)
class Firm:
    """A study scaled to a number of employees."""

    study: Study
    heads: int
    slice: int


def firm_of(study: Study, employees: int) -> Firm:
    """Return a study with as many customers as so many employees have.

    Parameters
    ----------
    study : Study
        With heads that follow from demand.
    employees : int
        About so many: each function's heads are whole.
    """
    market = study.market
    planned = planned_heads(Blueprint(study)).sum()
    customers = max(1, round(market.customers * employees / planned))
    prospects = round(market.prospects * employees / planned)
    parts = max(1, employees // SIMULATED)
    size = {"customers": customers, "prospects": prospects, "slice": parts}
    scaled = study.model_copy(update={"market": market.model_copy(update=size)})
    return Firm(scaled, int(planned_heads(Blueprint(scaled)).sum()), parts)


def rows_of(firm: Firm, comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison of one firm, with its size."""
    overall = comparison[(comparison["scope"] == "overall") & comparison["measure"].isin(SHOWN)]
    return overall.assign(employees=firm.heads, slice=firm.slice)


def as_text(table: pd.DataFrame, measure: str, labels: dict[str, str]) -> str:
    """Return one measure as a table in Markdown: sizes down, org models across."""
    spec = MEASURES[measure]
    unit = " (%)" if spec.display == "percent" else ""
    base = labels[str(table["baseline"].iloc[0])]
    lines = [
        f"**{spec.label}**{unit}: {base} as it is, the others less {base}, with 95 % intervals",
        "",
        "| employees | " + " | ".join(labels.values()) + " |",
        "|---:|" + "---:|" * len(labels),
    ]
    chosen = table[table["measure"] == measure]
    for employees, rows in chosen.groupby("employees", sort=True):
        indexed = rows.set_index("org_model")
        cells = [_cell(measure, indexed.loc[name], name) for name in labels]
        lines.append(f"| {employees:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(measure: str, row: pd.Series, name: str) -> str:
    spec, is_base = MEASURES[measure], name == row["baseline"]
    ends = ("mean", "mean_low", "mean_high") if is_base else ("difference", "low", "high")
    mean, low, high = (float(row[end]) for end in ends)
    decimals = decimals_for(spec, (high - low) / 2)
    half = in_display_unit(spec, (high - low) / 2)
    star = "" if is_base or low <= 0 <= high else "\\*"
    return f"{number(spec, mean, decimals, signed=not is_base)} ±{half:,.{decimals}f}{star}"


def main() -> None:
    """Run all sizes and print what is seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default=str(STUDY))
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], help="as for `compare`")
    parser.add_argument("--csv", help="file for all numbers")
    options = parser.parse_args()
    study = load_study(options.study, overrides=options.set)
    labels = {m.organisation: m.label or m.organisation for m in study.organisations}
    tables = []
    for employees in options.sizes:
        firm, start = firm_of(study, employees), time.perf_counter()
        measures = run_study(firm.study, options.replicates, options.jobs)
        tables.append(rows_of(firm, compare_measures(measures, study.baseline, study.budget)))
        took = time.perf_counter() - start
        simulated = firm.study.market.simulated[0]
        print(
            f"{firm.heads:,} employees, {firm.study.market.customers:,} customers, of whom "
            f"{simulated:,} simulated (one in {firm.slice}): {took:.0f} s",
            flush=True,
        )
    table = pd.concat(tables, ignore_index=True)
    for measure in SHOWN:
        print(f"\n{as_text(table, measure, labels)}")
    print("\n± is half a 95 % interval over paired replicates; \\* leaves out zero.")
    if options.csv:
        table.to_csv(options.csv, index=False)


if __name__ == "__main__":
    main()
