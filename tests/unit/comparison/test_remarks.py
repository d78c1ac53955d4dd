"""What stands below a comparison's tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from studies import PLAIN, compact_study

from analysis.comparison.remarks import corners, staffing, transitions, warm_up
from sim.checks.warm_up import check_warm_up
from sim.runner import RunSpec, run

STUDY = compact_study(PLAIN, design={"warm_up_days": 20})
LABELS = {"a": "Silos", "b": "Hybrid"}


def at_corners(**shares: float) -> pd.DataFrame:
    rows = [
        (name[0], replicate, "corner_share", "function", name[2:], share)
        for name, share in shares.items()
        for replicate in (0, 1)
    ]
    rows.append(("a", 0, "corner_share", "overall", "", 0.1))
    columns = ["org_model", "replicate", "measure", "scope", "scope_id", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_functions_at_a_corner_are_named_with_their_org_models() -> None:
    measures = at_corners(a_sales=0.4, b_sales=0.2, a_rear=0.0, b_front=1.0)
    without = {"defects": at_corners(a_rear=0.2, b_rear=0.0), "ties": at_corners(a_rear=0.0)}
    found = list(corners(measures, without, LABELS))
    assert found == [
        "At a corner, where levers on what is rewarded move nothing: front (Hybrid), sales "
        "(Silos, Hybrid).",
        "Without defects, at a corner, where levers on what is rewarded move nothing: rear "
        "(Silos).",
    ]


def test_functions_with_too_few_or_too_many_people_are_named() -> None:
    shares = {"a_sales": 0.97, "b_sales": 0.8, "a_rear": 0.3, "b_rear": 0.95, "b_front": 1.0}
    measures = at_corners(**shares).replace({"measure": {"corner_share": "utilisation"}})
    assert list(staffing(measures, LABELS)) == [
        "Understaffed, with work taking over 95 % of people's time: front (Hybrid), sales (Silos).",
        "Overstaffed, with work taking at most 50 % of people's time: rear (Silos).",
    ]


def changed_in(weeks: list[float], **when: object) -> list[str]:
    """Return what is said of a transition that began in these weeks, one a run."""
    trigger = {"measure": "nps", "below": 10, **when}
    ends = {"from": {"organisation": "a"}, "to": {"organisation": "b", "authority": 0.5}}
    plan = {"organisation": "wait", "label": "Waiting", "transition": {**ends, "when": trigger}}
    rows = [("wait", k, "transition_week", "overall", "", week) for k, week in enumerate(weeks)]
    columns = ["org_model", "replicate", "measure", "scope", "scope_id", "value"]
    return list(transitions(pd.DataFrame(rows, columns=columns), compact_study(PLAIN, plan)))


def test_a_trigger_that_never_fires_or_fires_at_once_is_said() -> None:
    nan = float("nan")
    assert changed_in([nan, nan]) == [
        "Waiting never changed: in none of 2 runs was Net promoter score below 10 over 13 weeks."
    ]
    assert changed_in([nan, 40.0, 50.0]) == [
        "Waiting changed in 2 of 3 runs: in the others not once was Net promoter score below 10 "
        "over 13 weeks."
    ]
    (once,) = changed_in([4.0, 4.0], over_weeks=4)
    assert once.startswith("Waiting changed at once, in week 4, the first that can show it")
    assert changed_in([13.0, 14.0]) == []
    (churn,) = changed_in([14.0], measure="churn_rate")
    assert "in week 14" in churn and "Churn a month below 10" in churn
    assert changed_in([]) == []


def course(settled: list[float], *standing: float) -> pd.DataFrame:
    """Return runs of the baseline: when each settles, and standing month by month."""
    rows = [
        (STUDY.baseline, run, measure, scope, scope_id, value)
        for run, days in enumerate(settled)
        for measure, scope, scope_id, value in (
            ("settling_days", "overall", "", days),
            *(("standing", "month", f"{n + 1:02d}", level) for n, level in enumerate(standing)),
        )
    ]
    columns = ["org_model", "replicate", "measure", "scope", "scope_id", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_a_warm_up_that_is_too_short_is_said() -> None:
    assert list(warm_up(course([0, 20, 900], 0.6, 0.609), STUDY)) == []
    late, drifting = warm_up(course([0, 25, 30], 0.6, 0.61, 0.62, 0.63), STUDY)
    assert late == (
        f"Warning: under {STUDY.baseline}, the work in hand settles after 25 days, the warm-up "
        "ends after 20; set design.warm_up_days to 25 or more."
    )
    assert "standing still drifts by +0.030" in drifting
    assert list(warm_up(course([]), STUDY)) == []
    # Of ten years the last month is the hundred and twentieth, not the ninety-ninth: the means of
    # the first and the last thirty lie ninety steps of 119 apart.
    (long,) = warm_up(course([0], *np.linspace(0.6, 0.7, 120)), STUDY)
    assert "standing still drifts by +0.076" in long


def test_what_runs_say_of_the_warm_up_is_what_validate_says() -> None:
    levers = STUDY.organisations[0]
    checked = check_warm_up(STUDY, levers)
    result = run(RunSpec(STUDY, levers, 0)).measures
    settled = result[result["measure"] == "settling_days"]["value"]
    assert settled.tolist() == [checked.needed_days]
