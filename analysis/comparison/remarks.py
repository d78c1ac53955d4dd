"""What stands below a table so that nobody takes its numbers for more than they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from sim.checks.staffing import TOO_BUSY, TOO_IDLE
from sim.checks.warm_up import WarmUp, drift_of
from sim.study.plans import Trigger
from sim.study.study import Study
from sim.study.tables import MEASURES
from sim.study.working_time import DAYS_PER_WEEK


def functions_where(
    frame: pd.DataFrame, measure: str, low: float, high: float, labels: Mapping[str, str]
) -> str:
    """Name the functions whose measure lies above `low` and up to `high`, with their org models.

    Parameters
    ----------
    frame : DataFrame
        Columns ``org_model, measure, scope, scope_id`` and ``value``, a row a run.
    measure : str
        A measure with the scope ``function``.
    low, high : float
        Bounds of its mean over the runs of an org model.
    labels : mapping of str to str
        Label of each org model by name, in the order of the study.

    Returns
    -------
    str
        Such as ``sales (Silos, Hybrid), service (Silos)``; empty if there is none.
    """
    rows = frame[(frame["measure"] == measure) & (frame["scope"] == "function")]
    found: dict[str, list[str]] = {}
    for org, label in labels.items():
        means = rows[rows["org_model"] == org].groupby("scope_id", observed=True)["value"].mean()
        for function in means.index[(means > low) & (means <= high)]:
            found.setdefault(str(function), []).append(label)
    named = (f"{name} ({', '.join(models)})" for name, models in sorted(found.items()))
    return ", ".join(named)


def corners(
    measures: pd.DataFrame, without: Mapping[str, pd.DataFrame], labels: Mapping[str, str]
) -> Iterator[str]:
    """Yield which functions are at a corner, where levers on rewards are inert.

    Parameters
    ----------
    measures : DataFrame
        Of the runs with everything on.
    without : mapping of str to DataFrame
        Of those with a mechanism off, by its label.
    labels : mapping of str to str
        Label of each org model by name, in the order of the study.
    """
    for label, frame in {"": measures, **without}.items():
        if named := functions_where(frame, "corner_share", 0.0, 1.0, labels):
            where = f"Without {label}, at a corner" if label else "At a corner"
            yield f"{where}, where levers on what is rewarded move nothing: {named}."


def warm_up(measures: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield what runs of the baseline say against the warm-up, as ``validate`` does of one run.

    Parameters
    ----------
    measures : DataFrame
        As in `functions_where`; of several runs, the middle one and their mean.
    study : Study
        What was run.
    """
    rows = measures[measures["org_model"] == study.baseline]
    settled = rows[(rows["measure"] == "settling_days") & (rows["scope"] == "overall")]["value"]
    months = rows[(rows["measure"] == "standing") & (rows["scope"] == "month")]
    course = months.groupby("scope_id", observed=True)["value"].mean()
    course = course.sort_index(key=lambda month: month.astype(str).astype(int))
    if settled.isna().all() or course.isna().all():
        return
    days = math.ceil(settled.median() / DAYS_PER_WEEK) * DAYS_PER_WEEK
    drift = drift_of(course.to_numpy())
    there = study.design.warm_up_days
    for said in WarmUp(study.baseline, there, days, drift).warnings:
        yield f"Warning: under {study.baseline}, {said}."


def transitions(measures: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield which transitions that wait for a sign never began, or began as soon as they could.

    Parameters
    ----------
    measures : DataFrame
        As in `functions_where`.
    study : Study
        What was run.
    """
    weeks = measures[(measures["measure"] == "transition_week") & (measures["scope"] == "overall")]
    for plan in study.organisations:
        trigger = plan.transition.when if plan.transition is not None else None
        runs = weeks["value"][weeks["org_model"] == plan.organisation]
        if trigger is None or runs.empty:
            continue
        label = plan.label or plan.organisation
        sign = _in_words(trigger)
        began = int(runs.notna().sum())
        # Churn is a change, so that it takes one week more to be known.
        first = trigger.over_weeks + (trigger.measure == "churn_rate")
        if began == 0:
            yield f"{label} never changed: in none of {len(runs)} runs {sign}."
        elif began < len(runs):
            yield f"{label} changed in {began} of {len(runs)} runs: in the others not once {sign}."
        elif (runs <= first).all():
            yield (
                f"{label} changed at once, in week {first}, the first that can show it: its sign, "
                f"{sign.removeprefix('was ')}, was there from the start, and it waited for nothing."
            )


def _in_words(trigger: Trigger) -> str:
    """Return what a trigger waits for."""
    label = MEASURES[trigger.measure].label
    bound = f"below {trigger.below:g}" if trigger.below is not None else f"above {trigger.above:g}"
    return f"was {label} {bound} over {trigger.over_weeks} weeks"


def designs(study: Study) -> Iterator[str]:
    """Yield which org models are run with another design than the study's enterprise."""
    for run in study.designs:
        if run.enterprise != study.enterprise:
            models = ", ".join(plan.label or plan.organisation for plan in run.organisations)
            yield (
                f"With another design of the enterprise, {run.enterprise.enterprise}: {models}. A "
                "function or touchpoint that only one design has is compared with nothing."
            )


def staffing(measures: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield which functions had too few people in the window, and which too many.

    Parameters
    ----------
    measures : DataFrame
        As in `functions_where`.
    labels : mapping of str to str
        Label of each org model by name, in the order of the study.
    """
    for word, low, high, bound in (
        ("Understaffed", TOO_BUSY, math.inf, f"over {TOO_BUSY:.0%}"),
        ("Overstaffed", -math.inf, TOO_IDLE, f"at most {TOO_IDLE:.0%}"),
    ):
        if named := functions_where(measures, "utilisation", low, high, labels):
            share = bound.replace("%", " %")
            yield f"{word}, with work taking {share} of people's time: {named}."
