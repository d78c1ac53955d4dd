"""Units of a firm in a study: what is asked for that cannot be (rule E8)."""

from __future__ import annotations

from pathlib import Path

import pytest

import run
from sim.checks.doubts import doubts
from sim.checks.summary import summary_of
from sim.organisation.staffing import n_account_owners
from sim.reading.loader import load_study
from sim.running.memory import memory_need
from sim.state.blueprint import Blueprint
from sim.study.errors import Problem, StudyError
from sim.study.study import Study

STUDY = """\
study: regions
enterprise:
  enterprise: firm
  functions: {desk: {heads: 10}, field: {heads: 3}}
  journeys:
    help:
      start: call
      touchpoints:
        call: {owner: desk, minutes: 8, next: {visit: .5, completed: .5}}
        visit: {owner: field, minutes: 30, next: {completed: 1}}
market:
  customers: 500
  segments: {homes: {share: 1, needs_per_year: {help: 2}}}
organisations:
  - organisation: whole
  - organisation: regions
    LEVERS
baseline: whole
"""


def load(folder: Path, levers: str) -> Study:
    file = folder / "s.yaml"
    file.write_text(STUDY.replace("LEVERS", levers), encoding="utf-8")
    return load_study(file)


def problem(folder: Path, levers: str) -> Problem:
    with pytest.raises(StudyError) as caught:
        load(folder, levers)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize("local", ["all", "desk", "[desk]", "[desk, field]"])
def test_units_with_functions_of_their_own_are_a_study(tmp_path: Path, local: str) -> None:
    study = load(tmp_path, f"structure: {{units: 2, local: {local}}}")
    assert study.organisations[1].structure.units == 2


@pytest.mark.parametrize(
    ("levers", "path", "said"),
    [
        ("structure: {units: 2, local: [desks]}", "structure.local[0]", "`desk`"),
        ("structure: {units: 2, local: [desk, desk]}", "structure.local[1]", "name it once"),
        ("structure: {units: 2, local: liv}", "structure.local[0]", "did you mean `live`?"),
        ("structure: {units: 2, local: 3}", "structure.local", "a list"),
        ("structure: {units: 2, local: A b}", "structure.local", ""),
        ("extensions: {own: {x: [1]}}", "extensions.own.x", ""),
        ("extensions: {own: {x: null}}", "extensions.own.x", "write a value"),
        ("structure: {units: 2}", "structure", "give both"),
        ("structure: {local: [desk]}", "structure", "give both"),
        ("structure: {units: 4, local: all}", "structure.units", "at most 3 units"),
        ("structure: {units: 2, local: live}", "structure.local", "name the functions"),
        ("structure: {reports: both}", "structure.reports", "leave `reports: function`"),
        (
            "structure: {units: 2, local: [desk]}\n    trust: {host: desk}",
            "trust.host",
            "not in `structure.local`",
        ),
        (
            "structure: {units: 2, local: all}\n    placement: {host: field}",
            "placement.host",
            "not in `structure.local`",
        ),
    ],
)
def test_what_cannot_be_says_where_and_what_can(
    tmp_path: Path, levers: str, path: str, said: str
) -> None:
    found = problem(tmp_path, levers)
    assert found.path == f"organisations[1].{path}"
    assert found.line is not None and found.line >= 15
    assert said in found.remedy


def test_functions_that_customers_talk_to_are_local(tmp_path: Path) -> None:
    talking = STUDY.replace("minutes: 8,", "minutes: 8, mode: live,")
    file = tmp_path / "s.yaml"
    file.write_text(talking.replace("LEVERS", "structure: {units: 2, local: live}"))
    study = load_study(file)
    cut = Blueprint(study).under(study.organisations[1].structure)
    assert cut.functions == ("desk@1", "desk@2", "field")


def test_a_transition_from_one_line_of_report_to_another_is_a_study(tmp_path: Path) -> None:
    levers = (
        "transition: {from: {organisation: a, structure: {units: 2, local: all}}, "
        "to: {organisation: b, structure: {units: 2, local: all, reports: both}}, at_week: 4}"
    )
    assert load(tmp_path, levers).organisations[1].transition is not None


@pytest.mark.parametrize(
    ("owners", "path", "said"),
    [
        ("{segment: home, each: 50}", "segment", "did you mean `homes`?"),
        ("{segment: homes, each: 501}", "each", "at most 500"),
        ("{each: 501}", "each", "at most 500"),
        ("{segment: homes}", "each", ""),
    ],
)
def test_account_owners_of_nobody_are_refused(
    tmp_path: Path, owners: str, path: str, said: str
) -> None:
    found = problem(tmp_path, f"staffing: {{account_owners: {owners}}}")
    assert found.path == f"organisations[1].staffing.account_owners.{path}"
    assert said in found.remedy


def test_without_a_name_the_segment_that_brings_most_each_has_owners(tmp_path: Path) -> None:
    segments = (
        "segments:\n"
        "    homes: {share: .9, revenue_per_year: 300, needs_per_year: {help: 2}}\n"
        "    shops: {share: .1, revenue_per_year: 900, needs_per_year: {help: 2}}\n"
    )
    file = tmp_path / "s.yaml"
    text = STUDY.replace("segments: {homes: {share: 1, needs_per_year: {help: 2}}}\n", segments)
    file.write_text(text.replace("LEVERS", "staffing: {account_owners: {each: 25}}"))
    study = load_study(file)
    assert n_account_owners(study, study.organisations[1]) == 2


def test_a_firm_of_units_beside_one_of_none_is_looked_at_as_either(tmp_path: Path) -> None:
    study = load(tmp_path, "structure: {units: 3, local: all}")
    market = study.market.model_copy(update={"customers": 90000})
    crowded = study.model_copy(update={"market": market})
    (said,) = [each for each in doubts(crowded) if each.startswith("desk has")]
    assert "under whole, regions" in said
    assert memory_need(study).process() > 0


def test_validate_says_in_how_many_units_people_are_and_what_account_owners_mind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "s.yaml"
    levers = "structure: {units: 3, local: all}\n    staffing: {account_owners: {each: 250}}"
    file.write_text(STUDY.replace("LEVERS", levers), encoding="utf-8")
    people = summary_of(load_study(file))["organisations"]
    assert (people["whole"]["units"], people["whole"]["minded"]) == (1, None)
    assert (people["regions"]["units"], people["regions"]["coordinating"]) == (3, 2)
    assert people["regions"]["minded"] == 1.0
    assert run.main(["validate", str(file), "--quiet"]) == 0
    said = "regions (11 in line in 3 units, 2 coordinating, account owners mind 100 % of hand-offs)"
    assert said in capsys.readouterr().out


def test_a_transition_between_structures_is_refused(tmp_path: Path) -> None:
    levers = (
        "transition: {from: whole, to: {organisation: x, structure: {units: 2, local: all}}, "
        "at_week: 4}"
    )
    found = problem(tmp_path, levers)
    assert found.path == "organisations[1].transition.to"
    assert "org models of their own" in found.remedy


def test_a_wage_of_a_role_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    wages = "  enterprise: firm\n  role_wages: {cx_teem: 70000, liaison: 50000}\n"
    text = STUDY.replace("    LEVERS\n", "").replace("  enterprise: firm\n", wages)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(file)
    (found,) = caught.value.problems
    assert (found.line, found.path) == (4, "enterprise.role_wages.cx_teem")
    assert "did you mean `cx_team`?" in found.remedy
