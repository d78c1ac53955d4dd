"""Whether a firm that is known is found again from its own log.

``python -m benchmarks.recovery [--firms 8] [--cases 3000]`` draws firms (work minutes, branches,
waits of the customer, volumes, heads), simulates each, exports its event log as CSV under other
names, with the clock of another zone, reads it back as any log, and derives the firm from it. Of
what can be known, 90 % ranges should hold the truth 84 % of the time at least. Work, branches and
waits have ranges by the normal approximation, volumes by Poisson's, heads are whole people give or
take one. What a log does not show (standing, incentives, defects) is switched off:
nothing of it is derived.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.calibration.ends import with_ends
from analysis.calibration.firm import DerivedFirm, firm_from
from analysis.calibration.plain_firm import wait_itself
from analysis.calibration.time_outs import without_closing_marks
from analysis.calibration.visits import visits_of
from analysis.event_log.log_choices import LogChoices
from analysis.event_log.log_table import EventLog
from analysis.event_log.read_log import read_log_file
from sim.reading.loader import study_from
from sim.runner import RunSpec, run
from sim.study.study import Study
from sim.study.working_time import CLOCK_HOURS

LEAST = 0.84
NORMAL_90 = 1.6448536269514722
ZONE = "America/New_York"
TEAMS = {"front": "Counter Services", "back": "Case Office", "field": "Site Visits"}
STEPS = {"take": "Intake call", "check": "Desk review", "visit": "Visit on site", "close": "Letter"}
HORIZON_DAYS = 130
QUIET = {
    "ordinary_meetings_share": 0, "discretionary_share": 0, "incentive_direction": 0,
    "improvement_floor": 0, "quality_effect": 0, "writing_effect": 0, "loss_rate": 0,
    "defect_rate": 0, "leaving_per_day": 0, "recontact_person": 0, "planned_rework": 0,
    "write_minutes": 0, "note_minutes": 0, "lookup_minutes": 0, "patience_deferred_hours": 1e9,
    "tolerance_effort": 1e9,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One quantity of one firm: what it is, and between which values the log says it is."""

    what: str
    truth: float
    low: float
    high: float

    @property
    def held(self) -> bool:
        """Whether the range holds the truth."""
        return self.low <= self.truth <= self.high


def drawn_firm(luck: np.random.Generator, cases: int) -> dict[str, Any]:
    """Return a study whose firm is drawn."""
    minutes = {name: float(luck.uniform(6.0, 25.0)) for name in STEPS}
    ways = {
        "take": dict(zip(("check", "visit", "refused"), luck.dirichlet((6, 3, 2)), strict=True)),
        "check": dict(zip(("close", "visit", "take"), luck.dirichlet((6, 2, 1)), strict=True)),
        "visit": dict(zip(("check", "close", "refused"), luck.dirichlet((4, 5, 1)), strict=True)),
        "close": {"granted": 1.0},
    }
    owners = {"take": "front", "check": "back", "visit": "field", "close": "back"}
    touchpoints = {
        name: {
            "owner": owners[name],
            "minutes": minutes[name],
            "variation": float(luck.uniform(0.4, 1.0)),
            "mandatory": True,
            "next": ways[name],
        }
        for name in STEPS
    }
    for name in ("take", "visit"):
        hours = float(luck.uniform(6.0, 40.0))
        touchpoints[name]["reply"] = {"hours": hours, "variation": float(luck.uniform(0.3, 1.0))}
    # Twice a step's minutes is more than its visits bring: at most half of the time is work.
    work = {
        team: 2.0 * sum(minutes[step] for step in STEPS if owners[step] == team) for team in TEAMS
    }
    paid = 60.0 * 8.0 * HORIZON_DAYS
    heads = {team: max(2, math.ceil(cases * each / paid)) for team, each in work.items()}
    open_hours = "Mon-Fri 09:00-17:00"
    return {
        "study": "known",
        "enterprise": {
            "enterprise": "known",
            "calendar": {"zone": ZONE, "open": open_hours, "needs": open_hours},
            "functions": {team: {"heads": n} for team, n in heads.items()},
            "journeys": {
                "ask": {
                    "start": "take",
                    "exits": {"granted": "completed", "refused": "withdrawn"},
                    "touchpoints": touchpoints,
                }
            },
        },
        "market": {
            "customers": cases,
            "segments": {"all": {"share": 1, "needs_per_year": {"ask": 260.0 / HORIZON_DAYS}}},
        },
        "organisations": [{"organisation": "as_it_is"}],
        "baseline": "as_it_is",
        "design": {
            "seed": int(luck.integers(1, 2**31)), "replicates": 1, "horizon_days": HORIZON_DAYS,
            "warm_up_days": 0, "follow_up_days": 60, "ticks_per_day": 16,
        },
        "parameters": QUIET,
    }  # fmt: skip


def exported(study: Study, folder: Path) -> EventLog:
    """Simulate a study, write its log as another firm's system would, and read it back."""
    events = run(RunSpec(study, study.organisations[0], 0, events=True)).events
    if events is None:
        raise AssertionError("a run with events returns them")
    closing = events[events["kind"].isin(["completed", "dropped"])]
    result = closing.set_index("case:concept:name")["detail"]
    rows = events[events["kind"].isin(["arrival", "visit", "completed", "dropped"])]
    visit = rows["kind"] == "visit"
    step = rows["touchpoint"].str.split("/").str[-1].map(STEPS)
    local = {name: rows[name].dt.tz_convert(ZONE) for name in ("start_timestamp", "time:timestamp")}
    table = pd.DataFrame(
        {
            "Dossier": rows["case:concept:name"],
            "Work step": step.where(
                visit, rows["kind"].map({"arrival": "Opened"}).fillna("Closed")
            ),
            "Team": rows["org:group"].map(TEAMS).where(visit, ""),
            "Clerk": rows["org:resource"].where(visit, ""),
            "Started": local["start_timestamp"].dt.strftime("%d/%m/%Y %H:%M:%S%z"),
            "Ended": local["time:timestamp"].dt.strftime("%d/%m/%Y %H:%M:%S%z"),
            "Result": rows["case:concept:name"].map(result).fillna(""),
        }
    )
    path = folder / "dossiers.csv"
    table.to_csv(path, index=False, sep=";")
    choices = LogChoices(
        case="Dossier", activity="Work step", group="Team", resource="Clerk", outcome="Result",
        times=("Ended",), starts=("Started",), zone=ZONE, day_first=True,
    )  # fmt: skip
    log = read_log_file(path, choices)
    if not isinstance(log, EventLog):
        raise AssertionError("it is a log of events")
    return log


def compared(study: Study, firm: DerivedFirm) -> Iterator[Found]:
    """Yield each quantity that a log can tell, with the range that it gives."""
    (journey,) = study.enterprise.journeys.values()
    step_of = {called: name for name, called in STEPS.items()}
    by_name = {step.name: step_of[step.activity] for step in firm.steps}
    for name, truth in journey.touchpoints.items():
        mine = [step for step in firm.steps if step_of[step.activity] == name]
        n = sum(step.visits for step in mine)
        mean = sum(step.minutes * step.visits for step in mine) / n
        half = NORMAL_90 * truth.variation * mean / math.sqrt(n)
        yield Found(f"minutes {name}", truth.minutes, mean - half, mean + half)
        followed = sum(step.routes.visits for step in mine)
        shares: dict[str, float] = {}
        for step in mine:
            for target, share in step.routes.shares().items():
                place = by_name.get(target, target)
                shares[place] = shares.get(place, 0.0) + share * step.routes.visits / followed
        for target, chance in truth.next.items():
            share = shares.get(target, 0.0)
            half = NORMAL_90 * math.sqrt(max(share * (1.0 - share), 1e-9) / followed)
            if chance < 1.0:
                yield Found(f"branch {name} to {target}", chance, share - half, share + half)
        if truth.reply is not None:
            waits = [w for step in mine for w in step.routes.waits if w.days > 0.0]
            weight = sum(w.share for w in waits)
            days = sum(w.share * wait_itself(w, firm) for w in waits) / weight
            hours = 24.0 * days / CLOCK_HOURS
            spread = truth.reply.variation * hours / math.sqrt(followed * weight / len(mine))
            half = NORMAL_90 * spread
            yield Found(f"wait {name}", truth.reply.hours, hours - half, hours + half)
    needs = study.market.segments["all"].needs_per_year["ask"] * study.market.customers
    half = NORMAL_90 * firm.cases_per_year / math.sqrt(0.9 * firm.n_cases)
    yield Found("cases a year", needs, firm.cases_per_year - half, firm.cases_per_year + half)
    called = {text: key for key, text in firm.functions.items()}
    for team, text in TEAMS.items():
        people = firm.heads[called[text]].heads
        heads = study.enterprise.functions[team].heads or 0
        yield Found(f"heads {team}", heads, people - 1, people + 1)


def trial(number: int, cases: int) -> list[Found]:
    """Return what is found again of one firm."""
    study = study_from(drawn_firm(np.random.default_rng(number), cases))
    with tempfile.TemporaryDirectory() as place:
        log = exported(study, Path(place))
    return list(
        compared(study, firm_from(without_closing_marks(with_ends(visits_of(log), "")), ""))
    )


def main() -> int:
    """Print, by kind of quantity, how often its range holds the truth."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--firms", type=int, default=8)
    options.add_argument("--cases", type=int, default=3000)
    asked = options.parse_args()
    found = [each for number in range(asked.firms) for each in trial(number, asked.cases)]
    table = pd.DataFrame(
        {"kind": [f.what.split()[0] for f in found], "held": [f.held for f in found],
         "off": [(f.low + f.high) / 2.0 / f.truth - 1.0 for f in found]}
    )  # fmt: skip
    print(table.groupby("kind").agg(n=("held", "size"), held=("held", "mean"), off=("off", "mean")))
    share = float(table["held"].mean())
    print(f"{share:.1%} of {len(table)} ranges hold the truth; {LEAST:.0%} at least are wanted")
    return 0 if share >= LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main())
