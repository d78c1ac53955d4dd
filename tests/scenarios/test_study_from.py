"""A study made in Python goes through the checks of a study file, and hears the same words."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.reading.bundled import bundled_folder
from sim.reading.loader import load_study, study_from
from sim.study.errors import StudyError
from sim.study.levers import OrgModel, Staffing
from sim.study.study import Segment

STUDY = """\
study: small
enterprise:
  enterprise: firm
  functions: {desk: {heads: 10}, field: {heads: 10}}
  facts: {identity: customer}
  journeys:
    help:
      start: call
      touchpoints:
        call: {owner: desk, minutes: 8, requires: [identity], next: {visit: 0.4, completed: 0.6}}
        visit: {owner: field, minutes: 30, next: {completed: 1}}
organisations:
  - {organisation: plain, staffing: {cx_team: 1}, ownership: {seams: both}}
  - {organisation: other, staffing: {cx_team: 1}, authority: 0.5}
  - {organisation: moved, transition: {from: plain, to: other, at_week: 4}}
baseline: plain
market:
  customers: 500
  segments:
    homes: {share: 0.7, needs_per_year: {help: 1.5}}
    firms: {share: 0.3, needs_per_year: {help: 1.5}}
design: {replicates: 2}
parameters: {ask_probability: 0.6}
"""

MISTAKES = {
    "unknown key": ("customers: 500", "custommers: 500"),
    "wrong kind": ("minutes: 30", "minutes: thirty"),
    "out of range": ("authority: 0.5", "authority: 1.5"),
    "missing": ("baseline: plain\n", ""),
    "not a choice": ("seams: both", "seams: bth"),
    "unknown name": ("owner: desk", "owner: dask"),
    "wrong sum": ("visit: 0.4", "visit: 0.5"),
    "unknown parameter": ("ask_probability", "ask_probabilty"),
    "no such org model": ("from: plain", "from: plane"),
    "no such file": ("{organisation: other, staffing: {cx_team: 1}, authority: 0.5}", "a/b.yaml"),
    "unequal budgets": ("{cx_team: 1}, authority", "{cx_team: 1, hired: 20}, authority"),
    "too short a window": ("design: {replicates: 2}", "design: {replicates: 2, horizon_days: 5}"),
    "unknown file": ("parameters:", "compared_with: log.csv\nparameters:"),
    "in what a transition names": ("organisation: plain, staffing", "organisation: plain, stafing"),
}


def from_yaml(text: str, tmp_path: Path) -> list[tuple[str, str, str]]:
    file = tmp_path / "study.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(file)
    assert all(problem.line for problem in caught.value.problems)
    return [(p.path, p.message, p.remedy) for p in caught.value.problems]


def from_dict(data: object, **options: object) -> list[tuple[str, str, str]]:
    with pytest.raises(StudyError) as caught:
        study_from(data, **options)  # type: ignore[arg-type]
    assert all((p.file, p.line) == ("", None) for p in caught.value.problems)
    for problem in caught.value.problems:
        assert str(problem).startswith(f"{problem.path}: " if problem.path else problem.message)
    return [(p.path, p.message, p.remedy) for p in caught.value.problems]


def plain() -> dict:
    return yaml.safe_load(STUDY)


@pytest.mark.parametrize("swap", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_has_the_same_message_from_a_dict_as_from_yaml(swap, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert STUDY.count(swap[0]) == 1
    text = STUDY.replace(*swap)
    said = from_yaml(text, tmp_path)
    assert said
    here, there = str(Path.cwd()), str(tmp_path.resolve())  # where files were looked for
    found = from_dict(yaml.safe_load(text))
    heard = [(path, words.replace(here, there), tip) for path, words, tip in found]
    assert heard == said


def test_all_mistakes_are_said_at_once_and_in_order(tmp_path):
    text = STUDY
    for name in ("wrong kind", "out of range", "unknown parameter", "not a choice"):
        text = text.replace(*MISTAKES[name])
    said = from_yaml(text, tmp_path)
    assert len(said) == 4
    here, there = str(Path.cwd()), str(tmp_path.resolve())  # where files were looked for
    found = from_dict(yaml.safe_load(text))
    heard = [(path, words.replace(here, there), tip) for path, words, tip in found]
    assert heard == said


def test_equal_mistakes_in_two_places_are_two_mistakes():
    data = plain()
    for name in ("call", "visit"):
        data["enterprise"]["journeys"]["help"]["touchpoints"][name]["minutes"] = "long"
    places = [path for path, *_ in from_dict(data)]
    at = "enterprise.journeys.help.touchpoints"
    assert places == [f"{at}.call.minutes", f"{at}.visit.minutes"]


def test_a_dict_gives_the_study_that_its_yaml_gives(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(STUDY, encoding="utf-8")
    options = {"overrides": ["organisations.other.authority=.25"], "orgs": ["other"], "seed": 5}
    study = study_from(plain(), **options)
    assert study == load_study(file, **options)
    assert (study.organisations[1].authority, study.design.seed) == (0.25, 5)


def test_the_data_are_left_as_they_were():
    data = plain()
    before = copy.deepcopy(data)
    study_from(data, overrides=["market.customers=700"], seed=3)
    assert data == before


def test_what_is_obviously_meant_is_taken():
    data = plain()
    data["market"]["customers"] = np.int64(500)
    data["market"]["segments"]["firms"] = Segment(share=0.3, needs_per_year={"help": 1.5})
    data["market"]["segments"]["homes"]["share"] = np.float64(0.7)
    data["organisations"][1] = OrgModel(
        organisation="other", staffing=Staffing(cx_team=1), authority=0.5
    )
    data["organisations"] = tuple(data["organisations"])
    call = data["enterprise"]["journeys"]["help"]["touchpoints"]["call"]
    call |= {"requires": np.array(["identity"]), "mandatory": np.bool_(False)}
    assert study_from(data) == study_from(plain())


def test_a_study_goes_in_again_with_one_thing_changed():
    study = study_from(plain())
    assert study_from(study) == study
    other = study_from(study, overrides=["market.customers=900"])
    assert (other.market.customers, study.market.customers) == (900, 500)
    wrong = study.model_copy(update={"baseline": "plane"})
    assert [path for path, *_ in from_dict(wrong)] == ["baseline"]


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ({1, 2}, "market.customers", "a value of type `set` stands here"),
        (float("nan"), "market.customers", "`nan` is not a finite number"),
        (2**70, "market.customers", "the number is too large"),
        (None, "market.customers", "there is no value here"),
        ("\ud800", "market.customers", "not text (U+D800)"),
        ({7: 1}, "market.customers.7", "the key `7` is not text"),
        ({"": 1}, "market.customers.", "there is an empty key"),
    ],
)
def test_what_no_study_file_could_say_is_refused_with_its_place(value, path, words):
    data = plain()
    data["market"]["customers"] = value
    first = from_dict(data)[0]
    assert first[0] == path
    assert words in first[1]


@pytest.mark.parametrize("data", [[], 3, "study.yaml", None, {1, 2}])
def test_what_is_no_dict_is_no_study(data):
    assert [path for path, *_ in from_dict(data)] == [""]


def test_data_that_hold_themselves_are_refused():
    data = plain()
    data["market"]["segments"] = data
    assert "levels deep" in from_dict(data)[0][1]


def test_files_are_named_as_in_a_study_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = plain()
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "firm.yaml").write_text(yaml.safe_dump(data["enterprise"]))
    data["enterprise"] = "firm.yaml"
    assert study_from(data, folder="desk") == study_from(plain())
    ((path, message, remedy),) = from_dict(data)
    assert (path, remedy) == ("enterprise", "did you mean `desk/firm.yaml`?")
    assert message.startswith(f"there is no file `firm.yaml`, neither from {tmp_path.resolve()}")
    data["enterprise"] = "/etc/firm.yaml"
    assert "is not a relative path" in from_dict(data)[0][1]


def test_bundled_files_are_found_from_everywhere_and_own_ones_go_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bundled = load_study("scenarios/board.yaml")
    data = {
        "study": "mine",
        "enterprise": "enterprises/subscription.yaml",
        "organisations": ["organisations/siloed.yaml", "organisations/hybrid.yaml"],
        "baseline": "siloed",
        "market": bundled.market,
    }
    study = study_from(data)
    assert study.enterprise == bundled.enterprise
    assert study.organisations == (bundled.organisations[0], bundled.organisations[2])
    (tmp_path / "organisations").mkdir()
    own = tmp_path / "organisations" / "hybrid.yaml"
    own.write_text("organisation: hybrid\nlabel: Ours\nstaffing: {liaison: 1}\n")
    assert study_from(data | {"budget": "unequal"}).organisations[1].label == "Ours"
    near = "did you mean `organisations/siloed.yaml`?"
    ((path, message, remedy),) = from_dict(data | {"organisations": ["organisations/silod.yaml"]})
    assert (path, remedy) == ("organisations[0]", near)
    assert message == (
        f"there is no file `organisations/silod.yaml`, neither from {tmp_path.resolve()} nor among "
        f"the bundled ones ({bundled_folder()})"
    )
