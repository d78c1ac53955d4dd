"""Whether what a run says is a number wherever there is something to say it of.

A rule pushed beyond what a number can hold gives an infinity, and an infinity soon gives what is
no number at all. Where nothing happened, such as an agreement rate without negotiations, a value
is rightly missing; where something did, the run has failed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_WHOLE = "the run"
_COUNTED_BY = {
    **dict.fromkeys(
        ("drop_off_rate", "completion_rate", "unresolved_share", "unrealised_share"), "n_needs"
    ),
    **dict.fromkeys(
        (
            "drop_off_per_started",
            "journey_kpi",
            "transfers_per_case",
            "repeat_asks_per_case",
            "touchpoints_skipped",
            "breaches_per_1000",
            "cost_to_serve",
        ),
        "n_started",
    ),
    "failure_demand_share": "n_contacts",
    **dict.fromkeys(
        (
            "revenue",
            "net_value",
            "customer_lifetime_value",
            "conceded",
            "running_cost",
            "one_off_cost",
            "overhead_share",
            "corner_share",
            "congruity",
        ),
        _WHOLE,
    ),
}
"""By which count of the same scope it is known whether a measure has anything to say."""
_OF_CUSTOMERS = ("standing", "churn_rate")
"""Measures of those present at day 0, if there are any."""
_SHOWN = 3


def check_finite(measures: pd.DataFrame, customers_at_start: int) -> None:
    """Refuse measures that are no numbers although there is something to measure.

    Parameters
    ----------
    measures : DataFrame
        Columns ``measure, scope, scope_id, value`` of one run.
    customers_at_start : int
        Customers present at day 0.

    Raises
    ------
    ArithmeticError
        If a measure is infinite, or missing where it has cases; the first few are named.
    """
    keys = list(zip(measures["measure"], measures["scope"], measures["scope_id"], strict=True))
    values = measures["value"].to_numpy(float)
    suspect = np.flatnonzero(~np.isfinite(values))
    if not len(suspect):
        return
    found = dict(zip(keys, values, strict=True))

    def has_cases(measure: str, scope: str, scope_id: str) -> bool:
        if measure in _OF_CUSTOMERS and scope == "overall":
            return customers_at_start > 0
        count = _COUNTED_BY.get(measure)
        return count == _WHOLE or (
            count is not None and bool(found.get((count, scope, scope_id), 0.0) > 0.0)
        )

    wrong = [keys[place] for place in suspect if np.isinf(values[place]) or has_cases(*keys[place])]
    if wrong:
        names = [f"{measure} ({scope_id or scope})" for measure, scope, scope_id in wrong]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise ArithmeticError(
            f"no number came out for {', '.join(names[:_SHOWN])}{more}: a value of the study drives"
            " a rule beyond what can be computed"
        )
