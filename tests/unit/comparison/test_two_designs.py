"""Org models with designs of their own beside each other: what both have is compared (E8)."""

from __future__ import annotations

import pandas as pd

from analysis.comparison.breakdowns import lost_by_site
from analysis.comparison.pairing import compare_measures

ROWS = [
    ("utilisation", "function", "desk", "old", (0.8, 0.7)),
    ("utilisation", "function", "desk", "new", (0.6, 0.7)),
    ("utilisation", "function", "field", "old", (0.5, 0.5)),
    ("n_needs", "overall", "", "old", (100.0, 200.0)),
    ("n_needs", "overall", "", "new", (100.0, 200.0)),
    ("n_drop_offs", "touchpoint", "help/call", "old", (10.0, 10.0)),
    ("n_drop_offs", "touchpoint", "help/call", "new", (10.0, 0.0)),
    ("n_drop_offs", "touchpoint", "help/chat", "new", (5.0, 6.0)),
    ("n_drop_offs", "seam", "desk>field", "old", (1.0, 0.0)),
    ("n_drop_offs", "site_cause", "help/call:gave_up_waiting", "old", (10.0, 10.0)),
    ("n_drop_offs", "site_cause", "help/chat:gave_up_waiting", "new", (5.0, 6.0)),
]
MEASURES = pd.DataFrame(
    [
        {"measure": measure, "scope": scope, "scope_id": scope_id, "org_model": org,
         "replicate": replicate, "world": 0, "value": value}
        for measure, scope, scope_id, org, values in ROWS
        for replicate, value in enumerate(values)
    ]
)  # fmt: skip


def rows(table: pd.DataFrame, scope_id: str) -> pd.DataFrame:
    return table[table["scope_id"] == scope_id].set_index("org_model")


def test_what_both_have_is_paired() -> None:
    table = compare_measures(MEASURES, "old")
    new = rows(table, "desk").loc["new"]
    assert abs(new["mean"] - 0.65) < 1e-12 and new["n_replicates"] == 2
    assert abs(new["difference"] + 0.1) < 1e-12


def test_nothing_is_said_of_what_an_org_model_does_not_have() -> None:
    table = compare_measures(MEASURES, "old")
    for place in ("field", "desk>field"):
        assert list(rows(table, place).index) == ["old"]
    chat = rows(table, "help/chat")
    assert list(chat.index) == ["new"]
    assert chat["mean"].item() == 5.5
    assert chat[["difference", "low", "high", "probability_best"]].isna().all(axis=None)
    assert chat["n_replicates"].item() == 2


def test_a_count_without_a_row_is_zero_only_where_the_site_is() -> None:
    table = compare_measures(MEASURES, "old")
    call = rows(table, "help/call:gave_up_waiting")
    assert call.loc["new", "mean"] == 0.0
    assert list(rows(table, "help/chat:gave_up_waiting").index) == ["new"]


def test_drop_offs_by_site_are_of_sites_that_are_there() -> None:
    lost = lost_by_site(MEASURES, "old")
    assert set(lost[lost["site"] == "help/chat"]["org_model"]) == {"new"}
    assert set(lost[lost["site"] == "desk>field"]["org_model"]) == {"old"}
