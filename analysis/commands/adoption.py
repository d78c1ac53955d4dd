"""``python -m analysis.commands.adoption``: a study over the share of customers represented."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from analysis.commands.options import DEFAULT_STUDY
from analysis.evidence.adoption import SHARES, adoption_text, over_adoption
from analysis.figures import style
from analysis.figures.adoption import draw_adoption


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study over adoption; print the tables and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--study", default=DEFAULT_STUDY)
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--set", action="append", default=[], metavar="KEY.PATH=VALUE")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", default="results", metavar="DIR")
    options = parser.parse_args(arguments)
    study, table = over_adoption(
        options.study, SHARES, options.replicates, options.set, options.jobs
    )
    footnote = f"Study {study.study}, {options.replicates} replicates, seed {study.design.seed}"
    folder = Path(options.out) / f"{study.study}-adoption"
    with style.settings():
        drawing = draw_adoption(study, table, footnote)
        style.save(drawing.sheet, folder, "adoption", drawing.table)
    print(adoption_text(study, table))
    print(f"results: {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
