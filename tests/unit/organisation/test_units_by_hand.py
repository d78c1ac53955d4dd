"""A firm of units: who works, whom cases meet, whom people know, and what is reported (rule E8)."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from studies import (
    ENTERPRISE,
    PEER,
    PEERS,
    PLAIN,
    RICH,
    TRUSTING,
    compact_study,
    finished,
    measured,
    overall,
    peer_enterprise,
    same,
    started,
)

from sim.day.judge import breach
from sim.model import EnterpriseModel
from sim.organisation.line_plan import LinePlan
from sim.organisation.organisation import Organisation
from sim.organisation.planned_visits import crossings_per_hour, visits_per_hour
from sim.organisation.staffing import planned_heads, planned_load, staff
from sim.results.units import of_the_firm
from sim.state.blueprint import Blueprint
from sim.state.demand_table import DemandTable
from sim.study.errors import StudyError
from sim.study.levers import Structure

ALL_LOCAL: dict[str, Any] = {"units": 2, "local": ["front", "middle", "rear"]}
SHARED_MIDDLE: dict[str, Any] = {"units": 2, "local": ["front", "rear"]}
DIVIDED = PLAIN | {"organisation": "divided", "structure": ALL_LOCAL}
CENTRE = PLAIN | {"organisation": "centre", "structure": SHARED_MIDDLE}


def cut(structure: dict[str, Any], **keys: Any) -> Blueprint:
    study = compact_study(PLAIN | {"structure": structure}, **keys)
    return Blueprint(study).under(study.organisations[0].structure)


# --- the firm, cut ------------------------------------------------------------------------------


def test_each_unit_has_its_own_of_what_is_local() -> None:
    firm = cut(SHARED_MIDDLE)
    assert firm.functions == ("front@1", "front@2", "middle", "rear@1", "rear@2")
    steps = [name for name in firm.touchpoint_ids if name.startswith("repair/")]
    assert steps == ["repair/confirm@1", "repair/confirm@2", "repair/diagnose", "repair/fix@1",
                     "repair/fix@2", "repair/report@1", "repair/report@2"]  # fmt: skip
    owners = [firm.functions[owner] for owner in firm.owners if owner >= 0]
    assert "middle" in owners
    assert firm.owners[firm.touchpoint_ids.index("join/browse")] == -1  # nobody's is everybody's


def test_no_case_crosses_from_one_unit_to_another() -> None:
    ends = [name.split(">") for name in cut(SHARED_MIDDLE).seam_ids]
    assert ["front@1", "rear@1"] in ends
    assert ["middle", "rear@2"] in ends
    assert [e for e in ends if {"1", "2"} == {side.partition("@")[2] for side in e}] == []


def test_one_unit_is_the_firm_as_it_is() -> None:
    study = compact_study(PLAIN)
    firm = Blueprint(study)
    assert firm.under(Structure(units=1)) is firm
    assert firm.under(Structure(units=2, local=("rear",))) is firm.under(
        Structure(units=2, local=("rear",))
    )


def test_units_have_their_part_of_planned_visits_crossings_and_load() -> None:
    firm = cut(SHARED_MIDDLE)
    whole = firm.whole
    visits, all_visits = visits_per_hour(firm), visits_per_hour(whole)
    for place, name in enumerate(firm.touchpoint_ids):
        plain = whole.touchpoint_ids.index(name.partition("@")[0])
        parts = 2 if "@" in name else 1
        assert visits[place] == pytest.approx(all_visits[plain] / parts, rel=1e-12)
    assert crossings_per_hour(firm).sum() == pytest.approx(crossings_per_hour(whole).sum())
    front, _, middle, *_ = planned_load(firm)
    assert [2 * front, middle] == pytest.approx(planned_load(whole)[:2])


# --- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("structure", "heads"),
    [(ALL_LOCAL, [2, 1, 2, 2, 2, 1]), (SHARED_MIDDLE, [2, 1, 4, 2, 1])],
)
def test_as_many_people_are_spread_over_units(structure: dict[str, Any], heads: list[int]) -> None:
    firm = cut(structure)  # 3, 4 and 3 people
    assert planned_heads(firm).tolist() == heads
    assert staff(firm.whole, firm.study.organisations[0]).total == 10


def test_a_function_of_fewer_people_than_units_is_refused() -> None:
    with pytest.raises(StudyError, match="front has 3 people, fewer than the 4 units"):
        planned_heads(cut({"units": 4, "local": ["front"]}))


def test_who_serves_in_the_units_is_planned_as_for_any_function() -> None:
    """Without heads of their own units are alike, and so is who serves there, but for one."""
    enterprise = copy.deepcopy(ENTERPRISE)
    enterprise["functions"] = dict.fromkeys(enterprise["functions"])
    study = compact_study(DIVIDED, enterprise=enterprise, market={"customers": 900, "prospects": 0})
    firm = Blueprint(study).under(study.organisations[0].structure)
    line = staff(firm, study.organisations[0]).line
    assert line.sum() == planned_heads(firm.whole).sum()
    ones, others = line[0::2], line[1::2]
    assert np.abs(ones - others).max() <= 1
    plan = LinePlan(firm, planned_load(firm), planned_heads(firm))
    assert plan.line(0).tolist() == line.tolist()


# --- ties ---------------------------------------------------------------------------------------


def test_most_of_whom_people_know_elsewhere_work_in_their_unit() -> None:
    """Front of unit 1, two people: K_out = 4, three quarters of them among unit 1's rear of two."""
    firm = cut(SHARED_MIDDLE, parameters={"cross_ties": 4, "unit_tie_share": 0.75})
    people = Organisation.under(firm, firm.study.organisations[0])
    assert people.staff.line.tolist() == [2, 1, 4, 2, 1]
    names = firm.functions
    front = dict(zip(names, people.ties[names.index("front@1")], strict=True))
    assert front["rear@1"] == 1.0  # 3 known of 2
    assert front["middle"] == front["rear@2"] == front["front@2"] == pytest.approx(1 / 6)
    middle = dict(zip(names, people.ties[names.index("middle")], strict=True))
    assert middle["front@1"] == middle["rear@2"] == pytest.approx(4 / 6)
    assert np.diag(people.ties) == pytest.approx(people.inside)
    # Those who write about the same customers: one unit's, and the shared ones, by heads.
    assert people.to_writers[0] == pytest.approx((2 * 1.0 + 4 / 6) / 6)


def test_without_others_in_the_unit_all_ties_lie_outside() -> None:
    firm = cut({"units": 2, "local": ["front"]}, parameters={"cross_ties": 4})
    people = Organisation.under(firm, firm.study.organisations[0])
    assert people.staff.line.tolist() == [2, 1, 4, 3]
    assert people.ties[0, 1:] == pytest.approx([4 / 8] * 3)


def test_in_one_unit_ties_are_what_they_were() -> None:
    study = compact_study(PLAIN, parameters={"cross_ties": 2})
    people = Organisation.under(Blueprint(study), study.organisations[0])
    assert people.ties[0].tolist() == [people.inside[0], 2 / 7, 2 / 7]
    assert people.to_writers.tolist() == [2 / 7, 2 / 6, 2 / 7]


def test_a_unit_shares_its_journey_figures_with_nobody_else() -> None:
    """Weights are diluted by who shares a figure: as many in a unit as in the firm as one."""
    weights = {}
    for structure in ({}, ALL_LOCAL):
        study = compact_study(
            PLAIN | {"structure": structure, "incentives": {"shared_journey_weight": 0.4}}
        )
        people = Organisation.under(Blueprint(study), study.organisations[0])
        weights[len(structure)] = people.weighting[0]
    assert weights[2] == pytest.approx(weights[0])


# --- customers ----------------------------------------------------------------------------------


def test_customers_have_their_unit_before_any_org_model_is_looked_at() -> None:
    study = compact_study(PLAIN, DIVIDED, CENTRE, market={"customers": 3000, "prospects": 0})
    plain, divided, centre = (started(study, place).state.customers for place in range(3))
    assert (plain["unit"] == 0).all()
    assert divided["unit"].tolist() == centre["unit"].tolist()
    half = divided["unit"].mean()
    assert abs(half - 0.5) < 4 * math.sqrt(0.25 / 3000)
    for column in ("segment", "hazard_left", "represented"):
        assert plain[column].tolist() == divided[column].tolist()


def test_cases_meet_their_own_unit_only() -> None:
    study = compact_study(CENTRE, market={"customers": 200})
    model = finished(study)
    contacts = model.state.contacts.reshape(-1, 5)["trials"]
    units = model.state.customers["unit"]
    names = model.blueprint.functions
    for function, name in enumerate(names):
        if "@" in name:
            strangers = units != int(name[-1]) - 1
            assert contacts[strangers, function].sum() == 0
            assert contacts[~strangers, function].sum() > 0
    assert contacts[:, names.index("middle")].sum() > 0
    model.release()


@pytest.mark.parametrize(("unit", "met"), [(0, [1, 0, 1, 1, 0]), (1, [0, 1, 1, 0, 1])])
def test_a_breach_is_told_of_the_own_unit_and_of_what_units_share(
    unit: int, met: list[int]
) -> None:
    model = started(compact_study(CENTRE))
    model.state.customers["unit"][3] = unit
    breach(model.state, 3, 1.0)
    trials = model.state.contacts["trials"].reshape(-1, 5)
    assert trials[3].tolist() == met  # front@1, front@2, middle, rear@1, rear@2
    assert trials.sum() == 3


ALONE: dict[str, Any] = DIVIDED | {"escalation": {"path": "none"}}
NOTHING_BETWEEN: dict[str, float] = {"blame_ambiguity": 0}


def _customers_of(model: EnterpriseModel, unit: int) -> tuple[bytes, bytes]:
    mine = model.state.customers["unit"] == unit
    n_functions = len(model.blueprint.functions)
    contacts = model.state.contacts.reshape(-1, n_functions)[mine]
    return model.state.customers[mine].tobytes(), contacts.tobytes()


@pytest.mark.parametrize("structure", [ALL_LOCAL, SHARED_MIDDLE])
def test_customers_of_a_unit_are_untouched_by_what_happens_in_another(
    structure: dict[str, Any],
) -> None:
    """The other unit's customers want nothing: only what units share tells the difference."""
    study = compact_study(
        ALONE | {"structure": structure},
        parameters=NOTHING_BETWEEN,
        market={"agent_adoption": 0.0, "customers": 120},
        mechanisms={"capacity_moves": 0},
    )
    both = finished(study)
    needs = both.demand.needs
    here = both.state.customers["unit"][needs["customer"]] == 0
    alone = finished(study, demand=DemandTable(np.array(needs[here])))
    untouched = _customers_of(both, 0) == _customers_of(alone, 0)
    assert untouched == (structure is ALL_LOCAL)
    assert _customers_of(both, 1) != _customers_of(alone, 1)
    both.release()
    alone.release()


def test_peers_and_every_role_work_in_a_firm_of_units() -> None:
    """Conservation and ranges are checked by the run itself; every measure has its old names."""
    enterprise = peer_enterprise()
    for name in enterprise["functions"]:
        enterprise["functions"][name]["heads"] = 9
    units = {"units": 3, "local": ["front", "rear"]}
    study = compact_study(
        PEER, PEER | {"organisation": "units", "structure": units},
        RICH | {"organisation": "rich units", "structure": units},
        parameters=TRUSTING, market=PEERS | {"customers": 150}, enterprise=enterprise,
    )  # fmt: skip
    plain, *cut_up = (measured(study, place) for place in range(3))
    for table in cut_up:
        assert not table["scope_id"].str.contains("@").any()
        assert overall(table)["n_needs"] == overall(plain)["n_needs"]
        assert not same(table, plain)


# --- what is reported ---------------------------------------------------------------------------


def test_counts_of_units_add_up_and_rates_are_weighed_by_visits() -> None:
    firm = cut(SHARED_MIDDLE)
    steps = dict.fromkeys(firm.touchpoint_ids, 0.0) | {
        "repair/report@1": 30.0, "repair/confirm@1": 0.0, "repair/report@2": 10.0,
    }  # fmt: skip
    rows = [("visits", "touchpoint", name, number) for name, number in steps.items()]
    rows += [
        ("own_kpi_attainment", "function", "front@1", 0.8),
        ("own_kpi_attainment", "function", "front@2", 0.4),
        ("own_kpi_attainment", "function", "middle", 0.3),
        ("standing", "function", "rear@1", 0.6),
        ("standing", "function", "rear@2", 0.7),  # nobody came by: each counts the same
        ("crossings", "seam", "front@1>rear@1", 3.0),
        ("crossings", "seam", "front@2>rear@2", 1.0),
        ("note_kept_share", "seam", "front@1>rear@1", 0.5),
        ("note_kept_share", "seam", "front@2>rear@2", math.nan),
        ("n_drop_offs", "site_cause", "front@1>rear@1:lost_between", 2.0),
        ("n_drop_offs", "site_cause", "front@2>rear@2:lost_between", 5.0),
        ("standing", "overall", "", 0.9),
    ]
    found = {row[:3]: row[3] for row in of_the_firm(rows, firm)}
    assert found["visits", "touchpoint", "repair/report"] == 40.0
    assert found["own_kpi_attainment", "function", "front"] == pytest.approx(0.7)
    assert found["own_kpi_attainment", "function", "middle"] == 0.3
    assert found["standing", "function", "rear"] == pytest.approx(0.65)
    assert found["crossings", "seam", "front>rear"] == 4.0
    assert found["note_kept_share", "seam", "front>rear"] == 0.5
    assert found["n_drop_offs", "site_cause", "front>rear:lost_between"] == 7.0
    assert found["standing", "overall", ""] == 0.9
