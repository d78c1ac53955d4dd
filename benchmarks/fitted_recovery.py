"""Whether worlds that are fitted to what a firm shows hold the firm that showed it.

``python -m benchmarks.fitted_recovery [--firms 28] [--jobs 2]`` draws firms from all that is
assumed of some parameters of the starter study (3,000 customers), simulates each, takes what it
gives for what is known of it, and fits. What is asked of each parameter that the figures tell
something of: does the range that holds 90 % of the worlds taken in hold the truth? As the truth is
drawn from the same ranges as the worlds, it should in nine of ten; 84 % of 100 or more is wanted.
A parameter is told of if its range became a quarter narrower at least than what was assumed: that
is settled without looking at the truth. Of all others the range is what was assumed, and holds the
truth as often as it did before.
"""

from __future__ import annotations

import argparse
import subprocess  # our own program is started  # nosec B404
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.evidence.fitting import FitSize, Fitting, NoWorldLeftError
from analysis.evidence.sampling import coordinates, latin_hypercube, world_at
from analysis.evidence.targets import raw_outputs, targets_of
from benchmarks.page_served import PROGRAM
from benchmarks.recovery import LEAST, Found
from sim.reading.loader import load_study
from sim.runner import RunSpec, run
from sim.study.parameters import REGISTRY
from sim.study.study import OwnPattern, Study
from sim.study.worlds import World

INSIDE = (5.0, 95.0)
TOLD_OF = 0.75
"""Of the range that was assumed, what part is left at most of a parameter that is told of."""
DRAWN = (
    "leaving_per_day", "ordinary_meetings_share", "experience_scale", "expectation", "defect_rate",
    "error_scale", "latent_fault_scale", "memory_weight",
)  # fmt: skip
SHOWN = (
    "churn_rate", "utilisation", "csat", "nps_surveyed", "cost_to_serve", "days_to_complete",
)  # fmt: skip
"""What is known of a firm: figures that any firm has of itself."""
CHANGES = (
    "market.customers=3000", "market.prospects=300", "design.horizon_days=60",
    "design.warm_up_days=20", "design.follow_up_days=20", "design.replicates=1", "design.worlds=0",
)  # fmt: skip
TRUE_LUCK = 900_000
"""Number of the first world that is the truth: with luck that no fit has."""
YEARS = 8
"""Replicates that what is known of a firm is averaged over."""
SPREADS = 2.0
"""Standard deviations of a run on either side of the mean that are known."""
SIZE = FitSize(runs=240, members=24, all_on=1)


class Held(Found):
    """One parameter of one firm, in shares of its assumed range."""

    @property
    def told_of(self) -> bool:
        """Whether the figures say anything of it."""
        return self.high - self.low <= TOLD_OF * (INSIDE[1] - INSIDE[0]) / 100.0


def starter(folder: Path) -> Study:
    """Return the starter study, small, all its parameters known but those that are drawn."""
    line = [*PROGRAM, "new", "shop"]
    subprocess.run(line, cwd=folder, check=True, capture_output=True)  # noqa: S603  # nosec B603
    study = load_study(str(folder / "shop.yaml"), overrides=CHANGES)
    known = {name: row.default for name, row in REGISTRY.items() if name not in DRAWN}
    own = {name: value for name, value in study.parameters.items() if name not in DRAWN}
    kindless = study.enterprise.model_copy(update={"kind": None})  # all that is known is its own
    return study.model_copy(update={"parameters": known | own, "enterprise": kindless})


def ran(
    study: Study, worlds: Sequence[World], replicates: Sequence[int]
) -> list[list[pd.DataFrame | None]]:
    """Run worlds under the present org model; measures by world and replicate."""
    (model,) = (each for each in study.organisations if each.organisation == study.baseline)
    names = ["measure", "scope", "scope_id", "value"]
    return [
        [run(RunSpec(firm, model, each, world.number)).measures[names] for each in replicates]
        for world, firm in ((world, world.of(study)) for world in worlds)
    ]


def known_from(study: Study, truth: World) -> Study:
    """Return the study with what the true firm gives as what is known of it."""
    wide = tuple(OwnPattern(measure=name, low=0.1, high=0.9) for name in SHOWN)
    targets = targets_of(study.model_copy(update={"patterns": wide}))
    (runs,) = ran(study, [truth], range(YEARS))
    found = [raw_outputs(targets, each) for each in runs if each is not None]
    patterns = []
    for name in SHOWN:
        outputs = [each.name for each in targets if each.pattern.measure == name]
        values = np.array([[row[output] for row in found] for output in outputs])
        half = SPREADS * values.std(axis=1, ddof=1)
        low, high = (values.mean(axis=1) - half).min(), (values.mean(axis=1) + half).max()
        patterns.append(OwnPattern(measure=name, low=float(low), high=float(high)))
    return study.model_copy(update={"patterns": tuple(patterns)})


def trial(study: Study, points: np.ndarray, firm: int) -> list[Held]:
    """Return what the worlds of one firm say of it; nothing if none was taken in."""
    truth = world_at(study, points[firm], TRUE_LUCK + firm)
    known = known_from(study, truth)
    try:
        fitted = Fitting(known, partial(ran, known), SIZE).fitted()
    except NoWorldLeftError:
        return []
    if len(fitted.members.points) < SIZE.members // 2:
        return []
    low, high = np.percentile(fitted.members.points, INSIDE, axis=0)
    names = coordinates(study)
    places = [names.index(name) for name in DRAWN]
    return [
        Held(names[at], float(points[firm][at]), float(low[at]), float(high[at])) for at in places
    ]


def main() -> int:
    """Print, by parameter, how often its range holds the truth, and how narrow it is."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--firms", type=int, default=28)
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        study = starter(Path(place))
    points = latin_hypercube(study, asked.firms, seed=1)
    with ProcessPoolExecutor(asked.jobs) as pool:
        firms = list(pool.map(partial(trial, study, points), range(asked.firms)))
    print(f"{sum(bool(each) for each in firms)} of {asked.firms} firms have worlds")
    found = [each for firm in firms for each in firm]
    table = pd.DataFrame(
        {"parameter": [f.what for f in found], "told_of": [f.told_of for f in found],
         "held": [f.held for f in found], "width": [f.high - f.low for f in found]}
    )  # fmt: skip
    print(table.groupby(["told_of", "parameter"]).agg(
        n=("held", "size"), held=("held", "mean"), width=("width", "mean")
    ).round(2))  # fmt: skip
    mine = table[table["told_of"]]
    share = float(mine["held"].mean())
    print(
        f"{share:.1%} of {len(mine)} ranges of parameters that are told of hold the truth; "
        f"{LEAST:.0%} at least are wanted"
    )
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
