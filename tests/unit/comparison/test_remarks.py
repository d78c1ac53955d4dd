"""What stands below a comparison's tables."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.remarks import corners, staffing

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
