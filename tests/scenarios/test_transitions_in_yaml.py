"""Transitions as a study describes them: names, files, and every mistake with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.commands.schema import study_schema
from sim.keeping.manifest import study_hash
from sim.reading.loader import load_study
from sim.study.errors import StudyError

STUDY = """\
study: small
enterprise: firm.yaml
organisations:
  - old.yaml
  - organisation: new
    staffing: {{cx_team: 10}}
    authority: .3
  - organisation: change
    transition:
{transition}
baseline: old
market: {{customers: 50, segments: {{all: {{share: 1, needs_per_year: {{help: 2}}}}}}}}
design: {{horizon_days: 100}}
"""
FIRM = """\
enterprise: firm
functions: {desk: {heads: 10}, field: {heads: 10}}
journeys:
  help:
    start: call
    touchpoints:
      call: {owner: desk, minutes: 8, next: {visit: .5, completed: .5}}
      visit: {owner: field, minutes: 8, next: {completed: 1}}
"""
OLD = """\
organisation: old
authority: .1
"""
GOOD = "from: old\nto: new\nat_week: 4"


@pytest.fixture
def study(tmp_path: Path):
    """Give a function that writes the study with a transition, and loads it."""
    (tmp_path / "firm.yaml").write_text(FIRM, encoding="utf-8")
    (tmp_path / "old.yaml").write_text(OLD, encoding="utf-8")

    def load(transition: str, *overrides: str, study: str = STUDY):
        lines = "\n".join(f"      {line}" for line in transition.splitlines())
        file = tmp_path / "s.yaml"
        file.write_text(study.format(transition=lines), encoding="utf-8")
        return load_study(file, overrides=overrides)

    return load


def problems(load, *words: str, **more) -> list:
    with pytest.raises(StudyError) as refusal:
        load(*words, **more)
    return refusal.value.problems


def test_names_and_files_stand_for_org_models(study) -> None:
    plan = study(GOOD).organisations[2]
    assert (plan.transition.start.organisation, plan.transition.to.organisation) == ("old", "new")
    assert (plan.transition.start.authority, plan.transition.to.staffing.cx_team) == (0.1, 10)
    by_file = study("from: old.yaml\nto: {organisation: x, authority: 1}\nat_week: 4")
    assert by_file.organisations[2].transition.start == plan.transition.start
    assert by_file.organisations[2].transition.to.authority == 1


def test_a_name_that_the_study_does_not_have_is_a_bundled_org_models(study) -> None:
    plan = study("from: old\nto: hybrid\nat_week: 4", "budget=unequal").organisations[2]
    assert plan.transition.to.label == "Hybrid"
    own = study("from: old\nto: new\nat_week: 4").organisations[2]
    assert own.transition.to.organisation == "new"  # no file `organisations/new.yaml` is looked for


def test_a_file_beside_the_study_goes_before_the_bundled_one_of_that_name(study, tmp_path) -> None:
    (tmp_path / "organisations").mkdir()
    (tmp_path / "organisations" / "hybrid.yaml").write_text("{organisation: ours, authority: .9}")
    plan = study("from: old\nto: hybrid\nat_week: 4", "budget=unequal").organisations[2]
    assert (plan.transition.to.organisation, plan.transition.to.authority) == ("ours", 0.9)


def test_a_change_of_an_org_model_reaches_the_transitions_that_name_it(study) -> None:
    changed = study(GOOD, "organisations.new.authority=.7")
    assert changed.organisations[1].authority == 0.7
    assert changed.organisations[2].transition.to.authority == 0.7
    assert changed.organisations[2].transition.start.authority == 0.1
    later = study(GOOD, "organisations.change.transition.at_week=9")
    assert later.organisations[2].transition.at_week == 9


def test_the_resolved_study_says_from(study) -> None:
    resolved = study(GOOD).model_dump(mode="json")
    transition = resolved["organisations"][2]["transition"]
    assert transition["from"]["organisation"] == "old"
    assert json.dumps(resolved)
    assert study_hash(study(GOOD)) != study_hash(study(GOOD.replace("4", "5")))


@pytest.mark.parametrize(
    ("transition", "line", "message", "remedy"),
    [
        ("from: odl\nto: new\nat_week: 4", 10, "`odl` is neither an org model", "`old`"),
        ("from: odl.yaml\nto: new\nat_week: 4", 10, "there is no file", "`old.yaml`"),
        ("from: change\nto: new\nat_week: 4", 10, "itself a transition", "has levers"),
        ("from: old\nto: new", 9, "at a week or when", "one of `at_week` and `when`"),
        (GOOD + "\nwhen: {measure: nps, below: 0}", 9, "at a week or when", "one of"),
        ("from: old\nto: new\nwhen: {measure: nps}", 12, "falling below or", "`below` and `above`"),
        (
            "from: old\nto: new\nwhen: {measure: nps, below: 1, above: 2}",
            12,
            "falling below or",
            "one of",
        ),
        ("from: old\nto: new\nat_week: 20", 12, "after the window", "0 to 19"),
        ("from: old\nto: new\nwhen: {measure: npss, below: 0}", 12, "npss", "`nps`"),
        ("to: new\nat_week: 4", 9, "from", "from"),
        (GOOD + "\nlearning_dip: 1", 13, "1", "0.8"),
        (GOOD + "\nduration: 4", 13, "duration", "duration_weeks"),
    ],
)
def test_each_mistake_has_its_line_and_what_to_do(study, transition, line, message, remedy) -> None:
    found = problems(study, transition)
    assert len(found) == 1, [str(each) for each in found]
    assert found[0].line == line
    assert message in found[0].message
    assert remedy in found[0].message + found[0].remedy


def test_a_mistake_in_an_org_model_that_is_named_twice_is_told_once(study) -> None:
    wrong = STUDY.replace("authority: .3", "authority: 3")
    found = problems(study, GOOD, study=wrong)
    assert [(each.line, each.path) for each in found] == [(7, "organisations[1].authority")]


def test_a_transition_has_no_levers_of_its_own(study) -> None:
    wrong = STUDY.replace(
        "  - organisation: change\n", "  - organisation: change\n    authority: .2\n"
    )
    found = problems(study, GOOD, study=wrong)
    assert [(each.line, each.path) for each in found] == [(9, "organisations[2].authority")]
    assert "`from` and `to`" in found[0].remedy


def test_technology_is_bought_within_the_window(study) -> None:
    late = "from: old\nto: {organisation: x, technology: {level: 1, bought_week: 20}}\nat_week: 4"
    found = problems(study, late)
    assert found[0].line == 11 and "0 to 19" in found[0].remedy


def test_both_ends_must_cost_the_same(study) -> None:
    hiring = "from: old\nto: {organisation: x, staffing: {hired: 10}}\nat_week: 4"
    found = problems(study, hiring)
    assert "22 heads" in found[0].message and "20" in found[0].message
    assert study(hiring, "budget=unequal").budget == "unequal"


def test_a_slice_thinner_than_a_function_is_refused(study) -> None:
    found = problems(study, GOOD, "market.slice=11")
    assert "10 people in desk" in found[0].message


def test_unknown_ablations_are_refused_with_what_there_is(study) -> None:
    found = problems(study, GOOD, "ablations=[defects, sems]")
    assert "`sems` is no mechanism" in found[0].message and "`seam_loss`" in found[0].remedy


def test_the_schema_lets_names_stand_for_org_models() -> None:
    ends = study_schema()["$defs"]["Transition"]["properties"]
    assert [kind.get("type") for kind in ends["from"]["anyOf"]] == ["string", None]
    assert set(ends) >= {"from", "to", "at_week", "when", "duration_weeks", "cost_per_head"}
