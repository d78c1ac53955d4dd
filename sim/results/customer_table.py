"""One row a customer; why a need was dropped: where, for whose reward, undecided by whom.

Every drop-off is traceable (rule M8.8). "Nobody" and "no issue was open" are answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from sim.organisation.incentives import CARE, QUALITY, SEAM_WORK, THROUGHPUT
from sim.organisation.organisation import Organisation
from sim.results.leaving_reasons import leaving_reasons
from sim.results.money import margins
from sim.results.name_columns import column_of
from sim.state.leaving import leaving_hours
from sim.state.tallies import BY_EFFORT, BY_ERROR, BY_LOSS, BY_TERMS, BY_TRUST, BY_WAIT, CAUSES
from sim.study.working_time import DAYS_PER_WEEK, HOURS_PER_DAY

if TYPE_CHECKING:
    from sim.improvement.issues import Issue
    from sim.model import EnterpriseModel

TASK_BEHIND = {
    BY_WAIT: (THROUGHPUT, "handling cases"),
    BY_EFFORT: (SEAM_WORK, "passing on what is known"),
    BY_ERROR: (QUALITY, "getting it right"),
    BY_LOSS: (SEAM_WORK, "work at its seams"),
    BY_TERMS: (THROUGHPUT, "handling cases"),
    BY_TRUST: (CARE, "what happens downstream"),
}
"""Task whose share of free time stands behind a cause; a fault that was left is want of care."""
NO_ISSUE = "no issue was open"


def customer_table(model: EnterpriseModel) -> pd.DataFrame:
    """Return one row a customer: who stayed, who left and why, where a need was dropped, worth."""
    c, drops, then = model.state.customers, model.state.drops, model.at_window_end
    left = leaving_hours(model.state)
    gone = left <= float(model.state.rules[0]["day_end"])
    never = ~np.isfinite(c["joined_at"]) & (c["joined_at"] > 0)
    return pd.DataFrame(
        {
            "customer_id": np.arange(len(c)),
            "segment": column_of(c["segment"], model.blueprint.segments),
            "represented": c["represented"] == 1,
            "outcome": column_of(np.where(never, 2, gone), ["stayed", "left", "never joined"]),
            "site": column_of(drops["site"], [*model.blueprint.site_ids, ""]),
            "cause": column_of(drops["cause"], [*CAUSES, ""]),
            "accountable": accountable_at(model, drops["site"], drops["day"]),
            **lost_cases(model),
            **leaving_reasons(model, left),
            "promises": c["trials"].astype(np.int32),
            "standing": c["standing"] if then is None else then.standing,
            "value": margins(model),
        }
    )


def accountable_at(model: EnterpriseModel, places: np.ndarray, days: np.ndarray) -> ExtensionArray:
    """Return who was accountable for sites by name at some time, or ``nobody``.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run.
    places : numpy.ndarray
        Touchpoints and seams by number, int, shape (n,); for -1 there is nothing to say.
    days : numpy.ndarray
        Days of the run, shape (n,).
    """
    sites = range(len(model.blueprint.site_ids))
    names = [
        name
        for _, organisation in model.timeline.segments
        for name in (*(model.decisions.accountable(site, organisation) for site in sites), "")
    ]
    per_segment = len(sites) + 1
    return column_of(_in_force(model, days) * per_segment + places % per_segment, names)


def _in_force(model: EnterpriseModel, days: np.ndarray) -> np.ndarray:
    """Return which of the timeline's segments was in force on each of some days of the run."""
    since = [week for week, _ in model.timeline.segments]
    weeks = days // DAYS_PER_WEEK
    return np.searchsorted(since, weeks, side="right") - 1


def lost_cases(model: EnterpriseModel) -> dict[str, np.ndarray | ExtensionArray]:
    """Return why each customer's latest need that was dropped was dropped.

    Parameters
    ----------
    model : EnterpriseModel
        A finished run.

    Returns
    -------
    dict of str to numpy.ndarray or ExtensionArray
        Columns of shape (n_customers,): ``dropped_on_day`` (of the window, missing if nothing
        was dropped), ``touchpoint``, ``seam``, ``missing_facts``, ``fault_from``,
        ``incentive``, ``issue``; texts, empty where there is nothing to say.
    """
    drops = model.state.drops
    known = drops["site"] >= 0
    day = drops["day"] - float(model.state.rules[0]["day_zero"]) / HOURS_PER_DAY + 1.0
    steps, seams = [*model.blueprint.touchpoint_ids, ""], [*model.blueprint.seam_ids, ""]
    where = {name: np.where(known, drops[name], -1) for name in ("touchpoint", "seam", "origin")}
    at = (drops["site"], where["seam"], where["origin"])
    behind = (_in_force(model, drops["day"]), drops["cause"], where["touchpoint"], *at[1:])
    histories = _issues_by_site(model)

    def facts(place: int) -> str:
        return ", ".join(_facts(model, int(drops[place]["lacked"])))

    def incentive(place: int) -> str:
        organisation = model.timeline.segments[behind[0][place]][1]
        return _incentive(model, organisation, drops[place])

    def issue(place: int) -> str:
        return _issue(model, drops[place], histories)

    return {
        "dropped_on_day": np.where(known, day, np.nan),
        "touchpoint": column_of(where["touchpoint"], steps),
        "seam": column_of(where["seam"], seams),
        "missing_facts": _told_once(known, (drops["lacked"],), facts),
        "fault_from": column_of(where["origin"], steps),
        "incentive": _told_once(known, behind, incentive),
        "issue": _told_once(known, (drops["day"] // DAYS_PER_WEEK, *at), issue),
    }


def _told_once(
    known: np.ndarray, about: Sequence[np.ndarray], tell: Callable[[int], str]
) -> ExtensionArray:
    """Return what is told of customers; those about whom all is alike are told of once.

    Parameters
    ----------
    known : numpy.ndarray
        Of whom there is anything to tell, bool, shape (n_customers,).
    about : sequence of numpy.ndarray
        What it follows from: whole numbers, −1 at least, shape (n_customers,).
    tell : callable
        Tells it of the customer at a place.
    """
    rows, numbers = np.flatnonzero(known), np.full(len(known), -1)
    if not len(rows):
        return column_of(numbers, [""])
    parts = [each[rows].astype(np.int64) + 1 for each in about]
    alike = np.ravel_multi_index(parts, [int(part.max()) + 1 for part in parts])
    _, first, numbers[rows] = np.unique(alike, return_index=True, return_inverse=True)
    return column_of(numbers, [*(tell(int(place)) for place in rows[first]), ""])


def _facts(model: EnterpriseModel, mask: int) -> list[str]:
    return [name for bit, name in enumerate(model.blueprint.facts) if mask >> bit & 1]


def _incentive(model: EnterpriseModel, organisation: Organisation, drop: np.void) -> str:
    """Say what the function behind a loss was rewarded for, and what that left for the task."""
    cause = int(drop["cause"])
    if cause not in TASK_BEHIND:
        return ""
    owners, seams = model.blueprint.owners, model.blueprint.seams
    task, words = TASK_BEHIND[cause]
    function = int(owners[drop["touchpoint"]])
    if cause in (BY_LOSS, BY_EFFORT) and drop["seam"] >= 0:
        function = seams[drop["seam"]][0]
    if cause == BY_ERROR and drop["origin"] >= 0:
        function = int(owners[drop["origin"]])
        task, words = CARE, "what happens downstream"
    if function < 0:
        return "nobody is rewarded for it"
    own, shared = organisation.weighting[function]
    spent = float(organisation.effort[function, task])
    return (
        f"{model.blueprint.functions[function]}: {own:.0%} of its reward on its own KPI, "
        f"{shared:.0%} on the journey; {spent:.0%} of its free time on {words}"
    )


def _issues_by_site(model: EnterpriseModel) -> dict[int, list[tuple[int, Issue]]]:
    """Return all issues there were about each site, with their places in the order of opening."""
    found: dict[int, list[tuple[int, Issue]]] = {}
    for place, issue in enumerate(model.register.history):
        found.setdefault(issue.site, []).append((place, issue))
    return found


def _issue(
    model: EnterpriseModel, drop: np.void, histories: Mapping[int, list[tuple[int, Issue]]]
) -> str:
    """Say which issue about the loss was under way when it happened, and how far it had come."""
    week = int(drop["day"]) // DAYS_PER_WEEK
    sites = {int(drop["site"])}
    if drop["origin"] >= 0:
        sites.add(int(drop["origin"]))
    if drop["seam"] >= 0:
        sites.add(len(model.blueprint.touchpoints) + int(drop["seam"]))
    under_way = [
        (issue.opened, -place, issue)
        for site in sites
        for place, issue in histories.get(site, ())
        if issue.opened <= week and (issue.closed is None or issue.closed > week)
    ]
    if not under_way:
        return NO_ISSUE
    *_, issue = max(under_way, key=lambda each: each[:2])
    first = model.register.window[0]
    site = model.blueprint.site_ids[issue.site]
    raised = f"{site}, raised in week {issue.opened - first + 1} by the {issue.proposer.title}"
    if issue.decided is None or issue.decided > week:
        return f"{raised}, undecided"
    decided = f"in week {issue.decided - first + 1}"
    if issue.status in ("approved", "closed"):
        return f"{raised}, approved {decided} and not yet done"
    return f"{raised}, refused {decided}"
