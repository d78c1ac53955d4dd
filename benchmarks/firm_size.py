"""The tables of docs/size.md, from the folder that ``sizes`` wrote.

python run.py sizes --employees 30,100,300,3000,30000 --replicates 4
python -m benchmarks.firm_size results/board-sizes-1a2b3c4d
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from analysis.evidence.sizes import cell
from sim.study.tables import MEASURES

SHOWN = ("net_value", "standing", "drop_off_rate", "overhead_share")


def as_text(table: pd.DataFrame, measure: str, labels: dict[str, str]) -> str:
    """Return one measure as a table in Markdown: sizes down, org models across."""
    spec = MEASURES[measure]
    unit = " (%)" if spec.display == "percent" else ""
    baseline = str(table["baseline"].iloc[0])
    base = labels[baseline]
    lines = [
        f"**{spec.label}**{unit}: {base} as it is, the others less {base}, with 95 % intervals",
        "",
        "| employees | " + " | ".join(labels.values()) + " |",
        "|---:|" + "---:|" * len(labels),
    ]
    chosen = table[table["measure"] == measure]
    for employees, rows in chosen.groupby("employees", sort=True):
        indexed = rows.set_index("org_model").T
        cells = [cell(indexed[name], name == baseline).replace("*", "\\*") for name in labels]
        lines.append(f"| {employees:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path, help="a folder that `sizes` wrote")
    folder = parser.parse_args().result
    table = pd.read_csv(folder / "sizes.csv")
    lead = json.loads((folder / "sizes.json").read_text(encoding="utf-8"))["sizes"][0]["lead"]
    named = dict(zip(lead["order"], lead["labels"], strict=True))
    labels = {name: named[name] for name in table["org_model"].unique()}
    for measure in SHOWN:
        print(f"{as_text(table, measure, labels)}\n")
    print("± is half a 95 % interval over paired replicates; \\* leaves out zero.")


if __name__ == "__main__":
    main()
