"""Whether a shared record, paid for, does the same under every structure.

Net value of two structures with and without a shared record, and the interaction: what the record
adds under the one less what it adds under the other. All four have the same customers and luck, so
differences are taken inside a replicate.

    python -m benchmarks.record_and_structure --replicates 8
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from analysis.comparison.intervals import student_interval
from sim.reading.loader import load_study
from sim.running.batch import run_study

STUDY = Path(__file__).parents[1] / "scenarios" / "technology.yaml"
SUFFIX = "-record"
"""What the name of an org model with a shared record has more than that without."""


def levels(measures: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a measure by replicate and org model."""
    rows = measures[(measures["scope"] == "overall") & (measures["measure"] == measure)]
    return rows.astype({"org_model": str}).pivot(
        index="replicate", columns="org_model", values="value"
    )


def as_text(table: pd.DataFrame, first: str, other: str) -> str:
    """Return the four levels, what the record adds under each structure, and the interaction."""
    lines = [
        "| structure | own records | shared record | the record adds |",
        "|---|---:|---:|---:|",
    ]
    gains = {}
    for name in (first, other):
        gains[name] = table[name + SUFFIX] - table[name]
        cells = [_shown(column) for column in (table[name], table[name + SUFFIX], gains[name])]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    interaction = gains[other] - gains[first]
    lines += ["", f"Interaction, {other} less {first}: {_shown(interaction)}"]
    return "\n".join(lines)


def _shown(values: pd.Series) -> str:
    mean, low, high = (float(end) for end in student_interval(values.to_numpy()))
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def main() -> None:
    """Run the study and print what is seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", default=str(STUDY))
    parser.add_argument("--structures", nargs=2, default=["siloed", "journey-accountable"])
    parser.add_argument("--measure", default="net_value")
    parser.add_argument("--replicates", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], help="as for `compare`")
    options = parser.parse_args()
    study = load_study(options.study, overrides=options.set)
    measures = run_study(study, options.replicates, options.jobs)
    print(as_text(levels(measures, options.measure), *options.structures))


if __name__ == "__main__":
    main()
