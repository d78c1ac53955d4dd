"""How a peer that discovers simulations from logs predicts the same held-out cases.

``python -m benchmarks.simod_peer LOG [--folder FOLDER]`` derives a firm from the first 70 % of a
log's cases, as ``calibrate`` does, and lets Simod (Camargo, Dumas & Gonzalez-Rojas 2020; one shot,
in an environment of its own, Java needed; it is no dependency) discover a simulation from the same
past, which Prosimos runs. Both predict the rest; printed are the distances from it, with 90 %
intervals over cases drawn again, beside those of the baselines.
"""

from __future__ import annotations

import argparse
import subprocess  # the peer, and what installs it  # nosec B404
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.calibration.calibrate import FIRM_TODAY
from analysis.calibration.described import seen_in
from analysis.calibration.distances import DISTANCES, bootstrap, distances, outlines
from analysis.calibration.ends import with_ends
from analysis.calibration.hold_out import (
    FITTED_SHARE,
    Period,
    best_reading,
    known_at,
    predicted_later,
    read_alike,
    whole_period,
)
from analysis.calibration.simplified import simplified
from analysis.calibration.time_outs import without_closing_marks
from analysis.calibration.visits import LogVisits, visits_of
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import EventLog
from analysis.event_log.read_log import read_log_file

APART, ENDED = " @ ", "it ended: "
"""Between activity and function in a name; what the last event of a closed case begins with."""
MOST_LEAD_DAYS = 28.0
"""How long before the period its simulation begins at most, so that queues are there."""
ENOUGH = 4.0
"""Times as many cases as there were are simulated."""
ROUNDS, SEED = 200, 3


def main() -> int:
    """Print each distance: ours, the peer's, the baselines'."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("--folder", type=Path, help="keep environment and files in this folder")
    asked = parser.parse_args()
    read = read_log_file(asked.log, LogChoices())
    if not isinstance(read, EventLog):
        raise SystemExit("it is no log of events")
    source = asked.log.name
    log = without_closing_marks(with_ends(visits_of(read), source))
    ours = predicted_later(log, FIRM_TODAY, source).set_index("statistic")
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        theirs = peers(log, source, folder)
    print(f"{'':28} {'simulated':>26} {'Simod':>26} {'past again':>12} {'Markov':>12}")
    for name in DISTANCES:
        row = ours.loc[name]
        exact, low, high = theirs[name]
        mine = f"{row['distance']:.3f} ({row['low']:.3f}-{row['high']:.3f})"
        peer = f"{exact:.3f} ({low:.3f}-{high:.3f})"
        print(f"{name:28} {mine:>26} {peer:>26} {row['resample']:12.3f} {row['markov']:12.3f}")
    return 0


def peers(log: LogVisits, source: str, folder: Path) -> dict[str, tuple[float, float, float]]:
    """Return the peer's distances from what was held out, each with its interval."""
    starts = np.sort(log.cases["start"].to_numpy())
    moment = float(starts[int(FITTED_SHARE * len(starts))])
    past = known_at(log, moment, source)
    _, firm = best_reading(past, source, FIRM_TODAY)
    log, past = (simplified(read_alike(each, firm))[0] for each in (log, past))
    whole = whole_period(log)
    period = Period(moment, whole.first + whole.window - moment, whole.follow_up)
    real = seen_in(log, period.first, period.window, period.follow_up)
    # How often cases begin is the peer's to find: of too many the period holds those that it has.
    lead = min(MOST_LEAD_DAYS, period.window)
    most = ENOUGH * len(real.cases) * (period.window + lead) / period.window
    drawn = simulated_by_peer(past, period.first - lead, round(most), folder)
    drawn = seen_in(drawn, period.first, period.window, period.follow_up)
    mine, their = outlines([real, drawn], period.first)
    exact, rounds = distances(mine, their), bootstrap(mine, [their], ROUNDS, SEED)
    ends = {name: np.percentile(rounds[name][:, 0], [5.0, 95.0]) for name in DISTANCES}
    return {name: (exact[name], *map(float, ends[name])) for name in DISTANCES}


def simulated_by_peer(past: LogVisits, first: float, cases: int, folder: Path) -> LogVisits:
    """Let the peer discover a simulation from a past, and run it from a day on."""
    tools = folder / "peer" / "bin"
    if not (tools / "simod").exists():
        _do(sys.executable, "-m", "venv", str(folder / "peer"))
        _do(str(tools / "pip"), "install", "--quiet", "simod")
    train, found, drawn = folder / "train.csv", folder / "found", folder / "drawn.csv"
    as_events(past).to_csv(train, index=False)
    _do(str(tools / "simod"), "--one-shot", "--event-log", str(train), "--output", str(found))
    (process,) = (found / "best_result").glob("*.bpmn")
    begins = past.origin + pd.to_timedelta(first, unit="D")
    _do(
        str(tools / "prosimos"), "start-simulation",
        "--bpmn_path", str(process), "--json_path", str(process.with_suffix(".json")),
        "--total_cases", str(cases), "--log_out_path", str(drawn),
        "--starting_at", f"{begins.tz_localize(None):%Y-%m-%dT%H:%M:%S}.000000+00:00",
    )  # fmt: skip
    return as_visits(pd.read_csv(drawn), past)


def as_events(log: LogVisits) -> pd.DataFrame:
    """Return a log as the peer reads it; the end of a closed case is an event of its own."""
    visits, closed = log.visits, log.cases[log.cases["outcome"] != ""]
    people = visits["resource"].where(visits["resource"] != "", visits["function"])
    rows = pd.DataFrame(
        {
            "case_id": visits["case"],
            "activity": visits["activity"] + APART + visits["function"],
            "start_time": visits["start"],
            "end_time": visits["end"],
            "resource": people,
        }
    )
    ends = pd.DataFrame(
        {
            "case_id": closed.index,
            "activity": ENDED + closed["outcome"],
            "start_time": closed["end"],
            "end_time": closed["end"],
            "resource": "nobody",
        }
    )
    rows = pd.concat([rows, ends]).sort_values(["case_id", "start_time"], kind="stable")
    for name in ("start_time", "end_time"):
        moments = log.origin.tz_localize(None) + pd.to_timedelta(rows[name], unit="D")
        rows[name] = moments.dt.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    return rows


def as_visits(events: pd.DataFrame, like: LogVisits) -> LogVisits:
    """Return what the peer simulated as a log like another one."""
    origin = like.origin.tz_localize(None)
    for name in ("start_time", "end_time"):
        moments = pd.to_datetime(events[name], utc=True, format="ISO8601").dt.tz_localize(None)
        events[name] = (moments - origin) / pd.Timedelta(days=1)
    events["case"], names = pd.factorize(events["case_id"])
    closing = events["activity"].str.startswith(ENDED)
    by_case = events.groupby("case")
    ends = events[closing].drop_duplicates("case").set_index("case")
    outcome = ends["activity"].str.removeprefix(ENDED).reindex(range(len(names))).fillna("")
    begun, last = by_case["start_time"].min(), by_case["end_time"].max()
    cases = pd.DataFrame(
        {"start": begun, "end": last, "outcome": outcome, "case_id": names, "worked_until": last}
    )
    work = events[~closing].sort_values(["case", "start_time"], kind="stable")
    activity = work["activity"].str.split(APART, regex=False)
    visits = pd.DataFrame(
        {
            "case": work["case"], "activity": activity.str[0], "function": activity.str[1],
            "start": work["start_time"], "end": work["end_time"], "minutes": np.nan, "resource": "",
        }
    )  # fmt: skip
    none = like.people.iloc[:0]
    return LogVisits(
        visits.reset_index(drop=True), cases, none, like.origin, float(last.max()), "logged"
    )


def _do(*words: str) -> None:
    """Run a command.

    Raises
    ------
    SystemExit
        If it fails.
    """
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  # nosec B603
    if done.returncode:
        said = f"{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
        raise SystemExit(f"{' '.join(words[:3])} failed:\n{said}")


if __name__ == "__main__":
    sys.exit(main())
