"""What the worlds of the bundled firm said is kept beside its enterprise, for studies without any.

``python -m benchmarks.keep_answer RESULT`` takes it from a result folder of ``worlds``, and writes
the table of ``docs/worlds.md`` anew.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from analysis.evidence.would_change import ANSWER, KEPT, kept_of

TOP = Path(__file__).resolve().parents[1]
BESIDE = TOP / "scenarios" / "enterprises" / KEPT
PAGE = TOP / "docs" / "worlds.md"
HEADING = "| worlds in which what is known is given by |"

Row = dict[str, Any]


def table_of(kept: dict[str, Any]) -> str:
    """Return what is kept as the table of the page: org models by what gave their worlds.

    Parameters
    ----------
    kept : dict
        As `kept_of` makes it.
    """
    rows: dict[tuple[str, str], Row] = {
        (row["org_model"], row["ensemble"]): row for row in kept["org_models"]
    }
    labels, baseline = kept["labels"], kept["baseline"]
    own = labels[baseline]
    groups = [*(name for name in labels if (baseline, name) in rows), ""]
    behind = sorted(set(labels) - {baseline}, key=lambda name: -rows[name, ""]["difference"])

    def line(title: str, cell: Callable[[str], str]) -> str:
        return f"| {' | '.join([title, *map(cell, groups)])} |"

    return "\n".join(
        [
            line(HEADING.strip("| "), lambda group: labels.get(group, "all")),
            f"|---|{'---:|' * len(groups)}",
            line("worlds", lambda group: str(rows[baseline, group]["n_worlds"])),
            line(f"{own}, level", lambda group: f"{rows[baseline, group]['mean']:.1f}"),
            *(line(labels[name], partial(_behind, rows, name)) for name in behind),
            line(f"{own} best in", lambda group: _best_in(rows[baseline, group])),
        ]
    )


def _behind(rows: dict[tuple[str, str], Row], name: str, group: str) -> str:
    row = rows[name, group]
    return f"{row['difference']:.1f} ±{(row['high'] - row['low']) / 2:.1f}"


def _best_in(row: Row) -> str:
    return f"{100 * row['probability_best']:.0f} %, at least {100 * row['probability_low']:.0f}"


def with_table(page: str, table: str) -> str:
    """Return the page with another table in the place of the one it has."""
    written, n = re.subn(rf"^{re.escape(HEADING)}.*\n(\|.*\n)+", f"{table}\n", page, flags=re.M)
    if n != 1:
        raise ValueError(f"{n} tables begin with {HEADING!r} in {PAGE.name}")
    return written


def main() -> int:
    """Keep an answer; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path, help="a result folder of worlds")
    kept = kept_of(json.loads((parser.parse_args().result / ANSWER).read_text(encoding="utf-8")))
    BESIDE.write_text(f"{json.dumps(kept, indent=1, ensure_ascii=False)}\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page, table_of(kept)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
