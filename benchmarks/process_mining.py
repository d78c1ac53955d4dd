"""Whether pm4py, which knows nothing of this program, finds its figures in its event log.

``python -m benchmarks.process_mining [--folder FOLDER]`` runs the starter study with its event log,
puts pm4py into an environment of its own (it is no dependency), lets it read ``events.xes``, and
prints its counts beside the measures of the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess  # our own program and what installs the peer  # nosec B404
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.page_served import PROGRAM
from benchmarks.small_study import SMALL

ORG_MODEL = "as_it_is"
FOLLOW_UP_DAYS = 20
WORKING_HOURS = 8.0
CLOSE = 1e-3
"""Of a mean time, what share may be due to log rows that are to the second."""
PEER = """
import json, sys
import pm4py

log = pm4py.read_xes(sys.argv[1], return_legacy_log_object=False)
log = pm4py.filter_trace_attribute_values(log, "case:in_cohort", [True])
first = pm4py.filter_trace_attribute_values(log, "case:recontact", [0])
ends = pm4py.get_end_activities(first)
done = pm4py.filter_end_activities(first, ["completed"])
slots = [(24 * 3600 * day + 9 * 3600, 24 * 3600 * day + 17 * 3600) for day in range(5)]
took = pm4py.get_all_case_durations(done, business_hours=True, business_hour_slots=slots)
held = log[log["org:group"].notna() & (log["org:group"] != "")]
steps, _, _ = pm4py.discover_dfg(held, activity_key="org:group")
answers = pm4py.get_event_attribute_values(log, "recommend")
print(json.dumps({
    "cases": int(first["case:concept:name"].nunique()),
    "ends": ends,
    "hours": [each / 3600.0 for each in took],
    "hand_overs": sum(n for (before, after), n in steps.items() if before != after),
    "answers": {str(answer): n for answer, n in answers.items()},
}))
"""


class Beside(NamedTuple):
    """One figure, as pm4py finds it and as this program reports it, and how far off it may be."""

    what: str
    found: float
    reported: float
    off: float

    @property
    def same(self) -> bool:
        """Whether both are the same figure."""
        return abs(self.found - self.reported) <= self.off


def main() -> int:
    """Print each figure beside the one reported; return 1 if one is another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, help="keep environment and log in this folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        log, measures = logged(folder)
        found = mined(log, folder)
    rows = list(beside(found, measures))
    for row in rows:
        mark = "" if row.same else "   ANOTHER"
        print(f"{row.what:40} pm4py {row.found:12.4f}   reported {row.reported:12.4f}{mark}")
    return int(not all(row.same for row in rows))


def logged(folder: Path) -> tuple[Path, pd.Series]:
    """Run the starter study with its event log; return the log, and the overall measures."""
    _do(*PROGRAM, "new", "shop", cwd=folder)
    follow_up = ("--set", f"design.follow_up_days={FOLLOW_UP_DAYS}")
    words = ("run", "shop.yaml", "--org", ORG_MODEL, "--events", *SMALL, *follow_up, "--quiet")
    result = folder / _do(*PROGRAM, *words, cwd=folder).rpartition("results: ")[2].strip()
    table = pd.read_parquet(next(result.glob("measures.parquet")))
    overall = table[table["scope"] == "overall"].set_index("measure")["value"]
    return next(result.rglob("events.xes")), overall


def mined(log: Path, folder: Path) -> dict[str, Any]:
    """Return what pm4py finds in a log."""
    peer = folder / "peer"
    _do(sys.executable, "-m", "venv", "--clear", str(peer), cwd=folder)
    _do(str(peer / "bin" / "pip"), "install", "--quiet", "pm4py", cwd=folder)
    said = _do(str(peer / "bin" / "python"), "-W", "ignore", "-c", PEER, str(log), cwd=folder)
    return dict(json.loads(said.splitlines()[-1]))


def beside(found: dict[str, Any], measures: pd.Series) -> list[Beside]:
    """Return each figure that both have.

    Parameters
    ----------
    found : dict
        As `PEER` prints it.
    measures : Series
        Overall measures of the same run, by name.
    """
    cases, answers = found["cases"], {float(k): n for k, n in found["answers"].items()}
    limit = WORKING_HOURS * FOLLOW_UP_DAYS
    took = [hours for hours in found["hours"] if hours <= limit]
    given = sum(answers.values())
    promoters = sum(n for answer, n in answers.items() if answer >= 9)
    detractors = sum(n for answer, n in answers.items() if answer <= 6)
    days, started = measures["days_to_complete"], measures["n_started"]
    open_cases = cases - found["ends"].get("completed", 0) - found["ends"].get("dropped", 0)
    return [
        Beside("cases begun", cases, started, 0.0),
        # Needs that never became a case have no row; the reported share is of them as well.
        Beside(
            "share completed of all needs",
            len(took) / cases * (1.0 - measures["unrealised_share"]),
            measures["completion_rate"],
            1e-9,
        ),
        Beside(
            "share dropped of cases begun",
            found["ends"].get("dropped", 0) / cases,
            measures["drop_off_per_started"],
            1e-9,
        ),
        Beside(
            "working days to complete", sum(took) / len(took) / WORKING_HOURS, days, CLOSE * days
        ),
        # A case that is handed over and not served yet has no row of the next function.
        Beside(
            "hand-overs per case",
            found["hand_overs"] / cases,
            measures["transfers_per_case"],
            open_cases / cases,
        ),
        Beside("answers to the survey question", given, measures["n_answers"], 0.0),
        Beside(
            "net promoter score",
            100.0 * (promoters - detractors) / given,
            measures["nps"],
            1e-9 * 100.0,
        ),
    ]


def _do(*words: str, cwd: Path) -> str:
    """Run a command; return what it says.

    Raises
    ------
    SystemExit
        If it fails.
    """
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603  # nosec B603
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:4])} failed:\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
