"""Another design of the enterprise in an org model: what is read, and what has to agree (E8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.checks.doubts import doubts
from sim.checks.summary import summary_of
from sim.keeping.manifest import run_key, study_hash
from sim.reading.loader import load_study, study_from
from sim.runner import RunSpec
from sim.running.memory import memory_need
from sim.study.ablations import switched_off
from sim.study.errors import Problem, StudyError
from sim.study.study import Study

FIRM = """\
enterprise: firm
functions: {desk: {heads: 10}, field: {heads: 3}}
facts: {name: customer, promise: case}
firm_facts: [promise]
journeys:
  help:
    start: call
    kind: resolve
    value: 20
    opt_in: 0.5
    exits: {gone: withdrawn}
    touchpoints:
      call: {owner: desk, minutes: 8, requires: [name, promise], next: {visit: 1}}
      visit: {owner: field, minutes: 30, next: {completed: .9, gone: .1}}
"""
ONE_TEAM = """\
enterprise: one_team
functions: {team: {}}
facts: {name: customer, promise: case}
firm_facts: [promise]
journeys:
  help:
    start: all
    kind: resolve
    value: 20
    opt_in: 0.5
    exits: {gone: withdrawn}
    touchpoints:
      all: {owner: team, minutes: 34, requires: [name, promise], next: {completed: .9, gone: .1}}
"""
STUDY = """\
study: designs
enterprise: firm.yaml
market:
  customers: 500
  segments: {homes: {share: 1, needs_per_year: {help: 2}}}
organisations:
  - organisation: as_is
  - organisation: one_team
    enterprise: team.yaml
baseline: as_is
"""


def load(folder: Path, design: str = ONE_TEAM, study: str = STUDY, firm: str = FIRM) -> Study:
    (folder / "firm.yaml").write_text(firm, encoding="utf-8")
    (folder / "team.yaml").write_text(design, encoding="utf-8")
    (folder / "s.yaml").write_text(study, encoding="utf-8")
    return load_study(folder / "s.yaml")


def problems(
    folder: Path, design: str = ONE_TEAM, study: str = STUDY, firm: str = FIRM
) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        load(folder, design, study, firm)
    return tuple(caught.value.problems)


def test_an_org_model_names_a_file_or_says_its_design_itself(tmp_path: Path) -> None:
    study = load(tmp_path)
    design = study.organisations[1].enterprise
    assert design is not None and list(design.functions) == ["team"]
    again = study_from(json.loads(study.model_dump_json()))
    assert again == study and study_hash(again) == study_hash(study)


def test_a_file_of_levers_may_name_the_design(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("organisation: x\nenterprise: team.yaml\n")
    study = STUDY.replace("organisation: one_team\n    enterprise: team.yaml", "organisation: y")
    study = study.replace("baseline", "  - model.yaml\nbaseline")
    design = load(tmp_path, study=study).organisations[2].enterprise
    assert design is not None and design.enterprise == "one_team"


def test_a_design_that_is_not_there_is_missed_where_it_is_named(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, study=STUDY.replace("team.yaml", "tem.yaml"))
    assert (found.line, found.path) == (9, "organisations[1].enterprise")
    assert found.remedy == "did you mean `team.yaml`?"


@pytest.mark.parametrize(
    ("change", "line", "path", "message", "remedy"),
    [
        (("  help:", "  halp:"), 6, "journeys.halp", "has no journey `halp`", "mean `help`?"),
        (("  help:", "  halp:"), 5, "journeys", "has the journey `help`", "add it"),
        (("value: 20", "value: 21"), 9, "journeys.help.value", "`21.0` here", "write `20.0`"),
        (("kind: resolve", "kind: other"), 8, "journeys.help.kind", "`other` here", "`resolve`"),
        (("    opt_in: 0.5\n", ""), 6, "journeys.help.opt_in", "nothing here", "write `0.5`"),
        (
            ("value: 20", "effect: joins\n    value: 20"),
            9,
            "journeys.help.effect",
            "`joins` here",
            "write `none`",
        ),
        (
            ("{gone: withdrawn}", "{gone: completed}"),
            11,
            "journeys.help.exits.gone",
            "`completed` here",
            "write `withdrawn`",
        ),
        (
            ("{gone: withdrawn}", "{gone: withdrawn, sold: completed}"),
            11,
            "journeys.help.exits.sold",
            "has no exit `sold`",
            "allowed: `gone`",
        ),
        (("name: customer", "name: case"), 3, "facts.name", "`case` here", "write `customer`"),
        (
            ("name: customer", "name: customer, age: customer"),
            3,
            "facts.age",
            "has no fact `age`",
            "`name`",
        ),
        (("firm_facts: [promise]\n", ""), None, "firm_facts", "`promise`", "add it"),
    ],
)
def test_what_customers_are_and_want_has_to_agree(
    tmp_path: Path, change: tuple[str, str], line: int | None, path: str, message: str, remedy: str
) -> None:
    assert change[0] in ONE_TEAM
    found = {each.path: each for each in problems(tmp_path, ONE_TEAM.replace(*change))}[path]
    assert found.file.endswith("team.yaml")
    assert line is None or found.line == line
    assert message in found.message
    assert remedy in found.remedy


def test_a_design_is_checked_as_an_enterprise_is_and_once(tmp_path: Path) -> None:
    found = problems(tmp_path, ONE_TEAM.replace("owner: team", "owner: taem"))
    assert [each.path for each in found] == ["journeys.help.touchpoints.all.owner"]
    assert found[0].remedy == "did you mean `team`?"
    found = problems(tmp_path, ONE_TEAM.replace("minutes: 34", "minutes: long"))
    assert [each.path for each in found] == ["journeys.help.touchpoints.all.minutes"]
    found = problems(tmp_path, ONE_TEAM.replace("kind: resolve", "kind: reslove"))
    assert [each.path for each in found] == ["journeys.help.kind"]


def test_a_mistake_in_the_studys_enterprise_is_no_disagreement(tmp_path: Path) -> None:
    found = problems(tmp_path, firm=FIRM.replace("value: 20", "value: twenty"))
    assert [(each.path, each.line) for each in found] == [("journeys.help.value", 9)]


def test_levers_name_what_the_org_models_own_design_has(tmp_path: Path) -> None:
    lever = "team.yaml\n    incentives: {serve_first: {NAME: help}}"
    named = STUDY.replace("team.yaml", lever)
    assert load(tmp_path, study=named.replace("NAME", "team")).organisations[1].enterprise
    (found,) = problems(tmp_path, study=named.replace("NAME", "desk"))
    assert found.path == "organisations[1].incentives.serve_first.desk"
    assert found.remedy == "allowed: `team`"


@pytest.mark.parametrize(
    ("ends", "path"),
    [
        ("from: as_is, to: one_team", "transition.to"),
        ("from: as_is, to: {organisation: x, enterprise: {}}", "transition.to.enterprise"),
    ],
)
def test_a_transition_between_designs_is_refused(tmp_path: Path, ends: str, path: str) -> None:
    change = f"  - organisation: way\n    transition: {{{ends}, at_week: 4}}\nbaseline"
    (found,) = problems(tmp_path, study=STUDY.replace("baseline", change))
    assert found.path == f"organisations[2].{path}"
    assert "org models of their own" in found.remedy


def test_a_transition_within_one_design_is_a_study(tmp_path: Path) -> None:
    change = (
        "  - organisation: way\n    enterprise: team.yaml\n"
        "    transition: {from: as_is, to: {organisation: x, authority: 1}, at_week: 4}\nbaseline"
    )
    study = load(tmp_path, study=STUDY.replace("baseline", change))
    assert [len(run.organisations) for run in study.designs] == [1, 2]


def test_functions_that_outnumber_the_people_paid_for_are_refused(tmp_path: Path) -> None:
    many = ", ".join(f"extra{place}: {{}}" for place in range(13))
    found = problems(tmp_path, ONE_TEAM.replace("team: {}", f"team: {{}}, {many}"))
    assert [each.path for each in found] == ["organisations[1].staffing"]
    assert "13 people are paid for, fewer than there are functions" in found[0].message
    assert "at most 13 functions" in found[0].remedy


def test_designs_count_in_all_that_is_known_before_a_run(tmp_path: Path) -> None:
    study, other = load(tmp_path), load(tmp_path, ONE_TEAM.replace("34", "35"))
    assert study_hash(study) != study_hash(other)
    keys = {run_key(RunSpec(each, each.organisations[1], 0)) for each in (study, other)}
    assert len(keys) == 2
    assert run_key(RunSpec(study, study.organisations[0], 0)) == run_key(
        RunSpec(other, other.organisations[0], 0)
    )
    (design,) = summary_of(study)["designs"]
    assert design["organisations"] == ["one_team"] and list(design["functions"]) == ["team"]


def test_the_people_of_an_org_model_are_those_of_its_design(tmp_path: Path) -> None:
    leads = "staffing: {embedded_leads: 1}"
    text = STUDY.replace("- organisation: as_is", f"- organisation: as_is\n    {leads}")
    study = load(tmp_path, study=text.replace("team.yaml", f"team.yaml\n    {leads}"))
    people = summary_of(study)["organisations"]
    assert [(each["in_line"], each["coordinating"]) for each in people.values()] == [
        (11, 2),
        (12, 1),
    ]


def test_what_is_doubtful_in_a_design_is_said_of_it(tmp_path: Path) -> None:
    study = load(tmp_path, ONE_TEAM.replace("team: {}", "team: {}, idle: {}"))
    said = [each for each in doubts(study) if "idle" in each]
    assert said == [
        "in the enterprise of one_team, the function idle owns no touchpoint, so its people have "
        "nothing to do"
    ]


def test_the_design_with_most_work_decides_how_much_memory_is_needed(tmp_path: Path) -> None:
    plain, slow = load(tmp_path), load(tmp_path, ONE_TEAM.replace("34", "34000"))
    assert memory_need(slow).run > memory_need(plain).run


def test_what_is_switched_off_is_so_in_every_design(tmp_path: Path) -> None:
    faulty = "minutes: 34, latent_fault: .2"
    study = load(tmp_path, ONE_TEAM.replace("minutes: 34", faulty))
    design = switched_off(study, "latent_faults").organisations[1].enterprise
    assert design is not None
    assert design.journeys["help"].touchpoints["all"].latent_fault == 0.0
