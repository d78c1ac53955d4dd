"""Groups of levers, and the org models between two."""

from __future__ import annotations

import pytest

from analysis.evidence.attribution import MOST_SETS, Method
from analysis.evidence.coalitions import Between, between
from analysis.evidence.lever_groups import (
    ANSWERING,
    GROUPS,
    changes_text,
    differing,
    lever_value,
    mixed,
    one_by_one,
    unanswered,
)
from analysis.evidence.shapley import all_sets
from sim.organisation.coordination import ACCOUNTABLE
from sim.reading.loader import load_study, study_from
from sim.study.errors import StudyError
from sim.study.levers import OrgModel, Section
from sim.study.plans import Plan, levers_of
from sim.study.study import Study

NAMES = {"organisation", "label", "transition"}


@pytest.fixture(scope="module")
def board() -> Study:
    return load_study("scenarios/board.yaml", orgs=["hybrid", "peer", "divisional"])


@pytest.fixture(scope="module")
def whole() -> Study:
    return load_study("scenarios/board.yaml")


def _plan(study: Study, name: str) -> Plan:
    return next(plan for plan in study.organisations if plan.organisation == name)


def _with(plan: Plan, name: str, **levers: dict) -> Plan:
    """Return an org model with other levers, as a study file would say it."""
    held = plan.model_dump(exclude_none=True) | {"organisation": name, "label": name}
    for part, value in levers.items():
        held[part] = held[part] | value if isinstance(value, dict) else value
    return Plan.model_validate(held)


def _between(study: Study, first: Plan, second: Plan, **how: bool) -> Between:
    """Return what stands between two org models, which become those of the study."""
    baseline = _plan(study, study.baseline)
    of = study.model_copy(update={"organisations": (baseline, first, second)})
    return between(of, first, second, all_sets, **how)


def test_every_lever_is_in_one_group() -> None:
    levers = []
    for name, field in Plan.model_fields.items():
        kind = field.annotation
        if name in NAMES:
            continue
        if name in OrgModel.model_fields and isinstance(kind, type) and issubclass(kind, Section):
            levers += [f"{name}.{lever}" for lever in kind.model_fields]
        else:
            levers.append(name)
    grouped = [path for group in GROUPS for path in group.paths]
    assert sorted(grouped) == sorted(levers)
    assert len(set(grouped)) == len(grouped)


def test_roles_that_may_answer_are_those_of_the_model() -> None:
    assert {word: role.name for word, role in ACCOUNTABLE.items()} == ANSWERING


def test_with_all_that_differs_taken_one_is_the_other(whole) -> None:
    for first in whole.organisations:
        for second in whole.organisations:
            groups = differing(first, second)
            assert levers_of(mixed(first, second, groups, "x")) == levers_of(second)
            assert levers_of(mixed(first, second, (), "x")) == levers_of(first)
            assert levers_of(mixed(first, second, one_by_one(groups), "x")) == levers_of(second)


def test_only_what_differs_is_taken_and_said(board) -> None:
    first, second = _plan(board, "siloed"), _plan(board, "peer")
    names = [group.name for group in differing(first, second)]
    assert names == ["boundaries", "incentives", "trust office", "agent access", "escalation"]
    office = differing(first, second)[2]
    taken = mixed(first, second, [office], "x")
    assert taken.staffing.trust_office == 2
    assert taken.ownership == first.ownership
    assert taken.trust.agent_access == "none"
    assert changes_text(office, first, second) == "trust_office 0 -> 2"
    assert lever_value(second, "trust.agent_access") == "write"
    units = differing(first, _plan(board, "divisional"))[0]
    assert (
        changes_text(units, first, _plan(board, "divisional")) == "units 1 -> 2, local none -> all"
    )
    owners = _with(first, "owned", staffing={"account_owners": {"each": 300}})
    (group,) = differing(first, owners)
    assert changes_text(group, first, owners) == "account_owners none -> each 300"


def test_the_record_is_apart_from_structure_and_from_the_platform() -> None:
    study = load_study("scenarios/technology.yaml")
    found = _between(study, *(_plan(study, name) for name in ("siloed", "hybrid-record")))
    names = [group.name for group in found.groups]
    assert names[0] == "staffing and ownership"
    assert "record" in names
    assert "platform" not in names
    assert {"structure", "platform"} <= {group.name for group in found.equal}


def test_nobody_decides_in_the_name_of_a_role_that_is_empty(whole) -> None:
    first, second = _plan(whole, "siloed"), _plan(whole, "journey-accountable")
    found = _between(whole, first, second)
    assert [group.name for group in found.groups] == [
        "staffing and ownership", "rights", "incentives", "information", "escalation",
    ]  # fmt: skip
    (why,) = found.together
    assert (why.first, why.second) == ("staffing", "ownership")
    assert why.reason == (
        "journey_owner would decide or answer, with nobody under staffing.journey_owners"
    )
    assert not any(unanswered(found.model(chosen)) for chosen in all_sets(5))
    # Where the org models themselves have it so, nothing is joined for it.
    bare = _with(second, "bare", staffing={"journey_owners": 0})
    assert not _between(whole, first, bare).together
    single = _between(whole, first, second, single=True)
    assert (
        single.groups[0].name
        == "staffing.journey_owners and ownership.seams and ownership.journeys"
    )


def test_what_a_study_file_would_refuse_is_taken_together(whole) -> None:
    first = _with(_plan(whole, "centralised"), "seated", placement={"host": "sales", "hold": 0.5})
    second = _with(
        _plan(whole, "centralised"), "cut", structure={"units": 2, "local": ("all",)}, authority=0.4
    )
    found = _between(whole, first, second)
    assert [group.name for group in found.groups] == ["structure and placement", "rights"]
    (why,) = found.together
    assert why.reason.startswith("placement.host: each of the 2 units has `sales`")
    for chosen in all_sets(2):
        models = (_plan(whole, "siloed"), found.model(chosen))
        study_from(whole.model_copy(update={"organisations": models}))
    # The other way round the same two are joined, and one by one units bring their functions.
    assert _between(whole, second, first).groups[0].name == found.groups[0].name
    single = _between(whole, first, second, single=True)
    assert [len(group.paths) for group in single.groups] == [3, 1, 1]
    assert single.groups[0].name == "structure.units and structure.local and placement.host"


def test_every_org_model_between_bundled_ones_could_stand_in_a_study(board) -> None:
    found = _between(board, *(_plan(board, name) for name in ("divisional", "hybrid")))
    assert [group.name for group in found.groups][:2] == ["structure", "staffing and ownership"]
    for chosen in range(1, found.all, 9):
        models = (_plan(board, "siloed"), found.model(chosen))
        study_from(board.model_copy(update={"organisations": models}))


def test_a_complaint_is_of_the_org_model_that_it_is_about(whole) -> None:
    first = _plan(whole, "siloed")
    second = _with(first, "odd", culture={"blame": 0.2}, trust={"audit_share": 0.9}, authority=0.1)
    groups = differing(first, second)
    of = whole.model_copy(update={"organisations": (first, second)})
    wrong = Between(of, first, second, groups).complaints(all_sets(3))
    office = 1 << [group.name for group in groups].index("trust office")
    assert set(wrong) == {chosen for chosen in range(1, 7) if chosen & office}
    assert all("add up to 1.3" in reason for reason in wrong.values())


def test_too_many_org_models_are_refused_and_orders_offered() -> None:
    assert Method().sets_in(1, 8) == list(range(MOST_SETS))
    with pytest.raises(StudyError) as refused:
        Method().sets_in(1, 9)
    assert "differ in 9 groups of levers, which makes 512 org models" in str(refused.value)
    assert "--permutations 8" in str(refused.value)
    sampled = Method(8, 20).sets_in(1, 9)
    assert {0, 511} <= set(sampled)
    assert len(sampled) <= 8 * 8 + 2
    assert sampled == Method(8, 20).sets_in(1, 9) != Method(8, 20).sets_in(2, 9)
    # Orders that would lead through as many sets as there are save nothing.
    assert Method(8).is_exact(4)
    assert Method(8).sets_in(1, 4) == list(range(16))
    assert not Method(8).is_exact(6)
