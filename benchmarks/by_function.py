"""What the people of each function come to under each org model: one table.

Utilisation, abandonment, notes written, facts understood, people moved in and out, and the fixes
that a function worked on, a year. Whatever is pinned at 0 or 1 everywhere is a mechanism that
cannot matter.

    python -m benchmarks.by_function --replicates 4
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import pandas as pd

from sim.model import EnterpriseModel
from sim.reading.loader import load_study
from sim.results.measures import measures
from sim.study.study import Study
from sim.study.working_time import DAYS_PER_YEAR

STUDY = Path(__file__).parents[1] / "scenarios" / "board.yaml"
SHOWN = {
    "utilisation": ("utilisation", 2),
    "abandonment_rate": ("abandoned", 3),
    "notes_written_share": ("notes written", 2),
    "understood_share": ("understood", 2),
    "heads_moved": ("heads moved", 2),
    "fixes": ("fixes a year", 2),
}
"""Heading and decimals by measure."""


def fixes_by_function(model: EnterpriseModel) -> list[float]:
    """Return how many fixes a year each function worked on and saw finished in the window."""
    years = model.study.design.horizon_days / DAYS_PER_YEAR
    done = [
        issue
        for issue in model.register.history
        if issue.closed is not None and model.register.in_window(issue.closed)
    ]
    places = range(len(model.blueprint.functions))
    worked_on = [model.decisions.workers(issue.site) for issue in done]
    return [sum(place in workers for workers in worked_on) / years for place in places]


def numbers_of(study: Study, place: int, replicate: int) -> pd.DataFrame:
    """Return one run's numbers, a row a function."""
    model = EnterpriseModel(study, study.organisations[place], replicate)
    try:
        model.run_model()
        table = measures(model)
        rows = table[(table["scope"] == "function") & table["measure"].isin(SHOWN)]
        wide = rows.pivot(index="scope_id", columns="measure", values="value")
        wide = wide.reindex(model.blueprint.functions)
        wide["fixes"] = fixes_by_function(model)
        return wide.reindex(columns=list(SHOWN))
    finally:
        model.release()


def as_text(study: Study, replicates: int) -> str:
    """Return the table in Markdown, org model by org model, means over replicates."""
    head = [heading for heading, _ in SHOWN.values()]
    lines = [
        "| org model | function | " + " | ".join(head) + " |",
        "|---|---|" + "---:|" * len(head),
    ]
    for place, plan in enumerate(study.organisations):
        runs = [numbers_of(study, place, replicate) for replicate in range(replicates)]
        mean = pd.concat(runs).groupby(level=0, sort=False).mean()
        for name, row in mean.iterrows():
            cells = [_cell(row[measure], SHOWN[measure][1]) for measure in SHOWN]
            label = plan.label or plan.organisation
            lines.append(f"| {label} | {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: float, decimals: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{decimals}f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default=str(STUDY))
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--set", action="append", default=[], help="as for `compare`")
    options = parser.parse_args()
    print(as_text(load_study(options.study, overrides=options.set), options.replicates))


if __name__ == "__main__":
    main()
