"""Switching a mechanism off, and what that says about it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from studies import (
    COMMITTEE,
    ENTERPRISE,
    PEERS,
    PLAIN,
    RICH,
    compact_study,
    finished,
    measured,
    overall,
    peer_enterprise,
    started,
)

from analysis.comparison.ablations import ablation_table, contributions
from sim.keeping.manifest import run_key, study_hash
from sim.reading.cross_checks import check_ablations
from sim.runner import RunSpec
from sim.state.cases import N_RECONTACTS
from sim.study.ablations import ABLATIONS, switched_off
from sim.study.tables import column_names

WANTED = {
    "seam_loss",
    "latent_faults",
    "kpi_distortion",
    "informal_ties",
    "improvement",
    "disclosure",
    "staleness",
    "defects",
    "incentives",
}

# Facts are misused, much is lost, voiced and worth a fix, and it is soon unclear whose it is.
FELT = {
    "misuse_rate": 0.02,
    "voice_person": 0.8,
    "blame_ambiguity": 0.5,
    "loss_rate": 0.9,
    "alarm_level": 1.5,
    "insight_hours": 2.0,
    "defect_rate": 0.15,
    "fix_base_hours": 6.0,
}


def off(name: str, place: int = 1):
    """Return a finished run of the compact firm's second org model without a mechanism."""
    return finished(switched_off(compact_study(PLAIN, RICH, COMMITTEE), name), place)


# --- each is gone, and was there before ---------------------------------------------------


def test_there_is_one_for_every_mechanism_that_was_asked_for() -> None:
    assert set(ABLATIONS) >= WANTED
    assert all(name == each.name and each.without for name, each in ABLATIONS.items())


PLANNED: dict[str, Any] = {
    "enterprise": ENTERPRISE | {"functions": {"front": {}, "middle": {}, "rear": {}}},
    "market": {"customers": 240},
}
"""A larger firm whose heads follow from its work."""
PEERFUL: dict[str, Any] = {"enterprise": peer_enterprise(), "market": PEERS}
"""A firm with terms to negotiate."""
UNEVEN: dict[str, Any] = {
    "enterprise": ENTERPRISE
    | {"functions": {"front": {"heads": 3}, "middle": {"heads": 8}, "rear": {"heads": 3}}},
    "market": {"customers": 100},
    "design": {"horizon_days": 130},
    "parameters": {
        "patience_deferred_hours": 6.0,
        "insight_hours": 2.0,
        "decision_steepness": 4.0,
        "retraining_weeks": 2.0,
    },
}
"""A firm whose middle has more people than work, and its rear too few."""
ONE_SIDED: dict[str, Any] = {
    "enterprise": ENTERPRISE
    | {"functions": ENTERPRISE["functions"] | {"front": {"heads": 3, "looks_at": "operations"}}},
    "parameters": FELT | {"measurement_hours": 0.0},
}
"""A firm whose team has hours for alarms, and sits with people who look at errors and waits."""
FELT_IN: dict[str, dict[str, Any]] = {
    "line_plan": PLANNED,
    "planned_rework": PLANNED,
    "remit": PEERFUL,
    "capacity_moves": UNEVEN,
    "placement_sight": ONE_SIDED,
    # Where everything is voiced, nothing can be louder.
    "graver_is_louder": {"parameters": FELT | {"voice_person": 0.2}},
}
FELT_BY: dict[str, tuple[dict[str, Any], ...]] = {
    "customer_node": (PLAIN, RICH | {"trust": {"agent_access": "write"}}, COMMITTEE),
}
"""Org models that feel a mechanism, where it takes a right that is rarely given."""


@pytest.mark.parametrize("name", ABLATIONS)
def test_switching_off_changes_what_happens(name) -> None:
    firm = {"parameters": FELT} | FELT_IN.get(name, {})
    study = compact_study(*FELT_BY.get(name, (PLAIN, RICH, COMMITTEE)), **firm)
    pairs = (
        (overall(measured(study, place)), overall(measured(switched_off(study, name), place)))
        for place in (0, 1, 2)
    )
    assert any(not one.equals(other) for one, other in pairs)


def test_nothing_falls_between() -> None:
    lost = [
        m.state.seam_tallies[:, 1].sum() for m in (off("seam_loss"), finished(compact_study(), 1))
    ]
    assert lost[0] == 0 < lost[1]


def test_no_latent_fault_is_left() -> None:
    faults = [
        m.state.rates["fault"].max() for m in (off("latent_faults"), finished(compact_study(), 1))
    ]
    assert faults[0] == 0 < faults[1]


def test_nobody_has_a_tie() -> None:
    ties = [
        m.organisation.tie(0, 1) + m.organisation.tie(0, 0)
        for m in (off("informal_ties"), started(compact_study(), 1))
    ]
    assert ties[0] == 0 < ties[1]


def test_nothing_is_fixed() -> None:
    without, with_it = off("improvement"), finished(compact_study(), 1)
    assert not without.register.issues and without.register.outcomes.fixed == 0
    assert with_it.register.outcomes.fixed > 0


def test_there_is_no_defect() -> None:
    counts = [m.defects.count.sum() for m in (off("defects"), finished(compact_study(), 1))]
    assert counts[0] == 0 < counts[1]


def test_nothing_is_disclosed_and_nothing_goes_stale() -> None:
    assert (
        overall(measured(switched_off(compact_study(), "disclosure"), 1))["disclosure_share"] == 0
    )
    assert not off("staleness").state.contacts["stale"].any()
    assert finished(compact_study(), 1).state.contacts["stale"].any()


def test_no_case_comes_back() -> None:
    counts = [
        m.state.counters[N_RECONTACTS]
        for m in (off("failure_demand"), finished(compact_study(), 1))
    ]
    assert counts[0] == 0 < counts[1]


def test_all_org_models_are_rewarded_as_functions_on_their_own_are() -> None:
    study = switched_off(compact_study(PLAIN, RICH), "incentives")
    plain, rich = (started(study, place).organisation for place in (0, 1))
    assert plain.weighting == rich.weighting == [(1.0, 0.0)] * 3


def test_what_is_switched_off_is_off_in_both_ends_of_a_transition() -> None:
    plan = {"organisation": "t", "transition": {"from": RICH, "to": RICH, "at_week": 1}}
    transition = switched_off(compact_study(plan), "incentives").organisations[0].transition
    weights = [end.incentives.shared_journey_weight for end in (transition.start, transition.to)]
    assert weights == [0, 0]
    assert transition.start.authority == RICH["authority"]


def test_a_functions_own_kpi_counts_what_helps_the_journey() -> None:
    found = off("kpi_distortion").organisation
    before = started(compact_study(), 1).organisation
    assert found.congruities == pytest.approx(np.ones(3))
    assert before.congruities.max() < 0.999
    assert found.congruity(0) == before.congruity(0)  # what an owner decides by is its own


def test_unknown_and_repeated_names_are_complaints() -> None:
    found = list(check_ablations(("defects", "seams", "defects"), ABLATIONS))
    assert [complaint.path for complaint in found] == [("ablations", 1), ("ablations", 2)]
    assert "`seam_loss`" in found[0].remedy


# --- what it is kept under ------------------------------------------------------------------


def test_ablations_extend_the_results_of_their_study_and_have_runs_of_their_own() -> None:
    study = compact_study()
    asking = study.model_copy(update={"ablations": ("defects",)})
    assert study_hash(asking) == study_hash(study)
    keys = [
        tuple(run_key(RunSpec(each, plan, 0)) for plan in each.organisations)
        for each in (study, asking, *(switched_off(asking, name) for name in ABLATIONS))
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[1:])) == 1 + len(ABLATIONS)


# --- what it says ------------------------------------------------------------------------------


def frame(values: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (org, replicate, 0, "standing", "overall", "", value)
        for org, series in values.items()
        for replicate, value in enumerate(series)
    ]
    return pd.DataFrame(rows, columns=column_names("measures.parquet"))


def test_contributions_by_hand() -> None:
    """With everything on +3, +5; without +1, +1: so it contributes 2, 4, mean 3."""
    with_all = frame({"a": [1, 2], "b": [4, 7]})
    without = {"defects": frame({"a": [0, 9], "b": [1, 10]})}
    table = contributions(with_all, without, "a", ["standing"], "equal")
    assert list(table.columns) == column_names("ablations.csv")
    base, row = table.iloc[0], table.iloc[1]
    assert (base["org_model"], base["level"], base["level_without"]) == ("a", 1.5, 4.5)
    assert (base["makes"], base["difference"], base["contribution"]) == (-3, 0, 0)
    assert (row["ablation"], row["org_model"], row["n_replicates"]) == ("defects", "b", 2)
    assert (row["level"], row["level_without"], row["makes"]) == (5.5, 5.5, 0)
    assert (row["difference"], row["difference_without"], row["contribution"]) == (4, 1, 3)
    half = 12.706204736 * math.sqrt(2) / math.sqrt(2)  # Student t with one degree of freedom
    assert row["contribution_low"] == pytest.approx(3 - half)
    assert row["contribution_high"] == pytest.approx(3 + half)
    assert (row["low_without"], row["high_without"]) == (1, 1)


def test_over_worlds_intervals_are_over_worlds() -> None:
    """One replicate each of three worlds says as much as three replicates of one."""
    made = {"a": [1.0, 2.0, 2.0], "b": [4.0, 7.0, 6.0]}
    less = {"a": [0.0, 9.0, 1.0], "b": [1.0, 10.0, 4.0]}
    replicates = contributions(frame(made), {"defects": frame(less)}, "a", ["standing"], "equal")
    worlds = [
        each.rename(columns={"replicate": "world", "world": "replicate"})
        for each in (frame(made), frame(less))
    ]
    table = contributions(worlds[0], {"defects": worlds[1]}, "a", ["standing"], "equal")
    numbers = [name for name in table if not name.startswith("n_")]
    assert table[numbers].equals(replicates[numbers])
    assert table["contribution_low"].notna().all()
    assert table.loc[1, ["n_replicates", "n_worlds"]].to_list() == [1, 3]
    text = ablation_table(table, {"a": "Old", "b": "New"}, "standing")
    assert "over paired worlds;" in text


def test_a_run_that_failed_is_missing_from_its_pair_only() -> None:
    with_all = frame({"a": [1, 2, 3], "b": [4, 7, 9], "c": [1, 1, 1]})
    without = {"defects": frame({"a": [0, 9, 0], "b": [1, math.nan, 1], "c": [0, 0, 0]})}
    table = contributions(with_all, without, "a", ["standing"], "equal").set_index("org_model")
    assert table.loc["b", "n_replicates"] == 2
    assert table.loc["b", "contribution"] == pytest.approx(np.mean([3 - 1, 6 - 1]))
    assert table.loc["c", "n_replicates"] == 3


def test_the_printed_table_names_mechanisms_and_stars_what_is_clear() -> None:
    with_all = frame({"a": [0.1, 0.2, 0.3], "b": [0.4, 0.5, 0.6001]})
    without = {"defects": frame({"a": [0.1, 0.2, 0.3], "b": [0.1, 0.2, 0.3]})}
    table = contributions(with_all, without, "a", ["standing"], "equal")
    text = ablation_table(table, {"a": "Old", "b": "New"}, "standing")
    assert "standing against Old" in text
    level, line = [line for line in text.splitlines() if line.startswith("defects")]
    assert line.split()[1:] == ["0.000", "±0.000", "+0.3000", "±0.0001*"]
    assert level.split()[1:3] == ["0.20", "±0.25"] and level.split()[-1] == "±0.0001*"
    text.encode("cp1252")
