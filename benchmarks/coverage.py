"""Whether 95 % intervals cover what they say, and whether a winner is named among equals.

``python -m benchmarks.coverage [--studies 200] [--jobs 2]`` repeats a small study many times, each
time with luck, and worlds, of its own: the interval of a paired difference should hold the
difference over all of them 91 to 99 % of the time (200 times 95 % is 190, give or take 3 standard
deviations, 9), for three measures, over replicates and over worlds. Among org models that are
equal but for luck of their own, the winner's rule should name one in at most 5 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.comparison.intervals import student_interval
from analysis.evidence.sampling import worlds_from_ranges
from analysis.evidence.winner import WINS, Contest, judge
from sim.runner import RunSpec
from sim.running.batch import DONE, run_many, specs_for
from sim.study.study import Study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from studies import PLAIN, RICH, compact_study

MEASURES = ("net_value", "standing", "completion_rate")
UNITS = 8
"""Replicates, or worlds, of each repeated study."""
LEAST, MOST = 0.91, 0.99
EQUALS, WORLDS_OF_EQUALS = 4, 24
MOST_WINNERS = 0.05


def differences(study: Study, specs: Sequence[RunSpec], jobs: int) -> pd.DataFrame:
    """Return each measure's difference between the study's two org models, a row a draw."""
    rows: dict[tuple[int, int, str], dict[str, float]] = {}

    def keep(spec: RunSpec, result: object) -> None:
        table = result.measures  # type: ignore[attr-defined]
        overall = table[table["scope"] == "overall"].set_index("measure")["value"]
        named = {name: float(overall[name]) for name in MEASURES}
        rows[spec.world, spec.replicate, spec.organisation.organisation] = named

    ended = run_many(specs, jobs, keep)
    failed = sum(status.status != DONE for status in ended)
    if failed:
        print(f"{failed} of {len(specs)} runs failed")
    first, second = (each.organisation for each in study.organisations)
    both = [key[:2] for key in rows if key[2] == first and (*key[:2], second) in rows]
    gaps = [
        {name: rows[*key, second][name] - rows[*key, first][name] for name in MEASURES}
        for key in sorted(both)
    ]
    return pd.DataFrame(gaps)


def covered(gaps: pd.DataFrame) -> dict[str, float]:
    """Return how often the interval of so many draws holds the mean over all of them."""
    whole = len(gaps) // UNITS * UNITS
    found = {}
    for name in MEASURES:
        values = gaps[name].to_numpy(dtype=np.float64)[:whole]
        _, low, high = student_interval(values.reshape(-1, UNITS))
        found[name] = float(((low <= values.mean()) & (values.mean() <= high)).mean())
    return found


def winners_among_equals(gaps: pd.DataFrame, studies: int) -> float:
    """Return how often a winner is named among org models with differences drawn alike.

    Each gets, in every world, one of the differences seen between runs, drawn for it alone: no
    one is better than another, and luck is as large, and as skew, as it is.
    """
    rng = np.random.default_rng(5)
    seen = gaps["net_value"].to_numpy(dtype=np.float64)
    named = 0
    for seed in range(studies):
        values = rng.choice(seen, size=(WORLDS_OF_EQUALS, EQUALS))
        models = tuple(f"m{place}" for place in range(EQUALS))
        alike = ("",) * WORLDS_OF_EQUALS, (0,) * WORLDS_OF_EQUALS
        named += judge(Contest(models, values, *alike), 0.0, seed=seed, draws=999).verdict == WINS
    return named / studies


def main() -> int:
    """Print how often intervals cover, and how often an equal is crowned; 1 if out of bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    study = compact_study(PLAIN, RICH)
    number = options.studies * UNITS
    over = {
        "replicates": specs_for(study, range(number)),
        "worlds": specs_for(study, [0], worlds=worlds_from_ranges(study, number, 1)),
    }
    wrong = 0
    for unit, specs in over.items():
        gaps = differences(study, specs, options.jobs)
        for name, share in covered(gaps).items():
            inside = LEAST <= share <= MOST
            wrong += not inside
            word = "" if inside else "  out of bounds"
            print(f"over {unit}: {name} covered in {100 * share:.1f} % of {options.studies}{word}")
        share = winners_among_equals(gaps, options.studies)
        wrong += share > MOST_WINNERS
        print(f"over {unit}: a winner among {EQUALS} equals in {100 * share:.1f} %")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
