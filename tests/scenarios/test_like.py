"""An org model that is like another one but for what it says itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.commands.schema import study_schema
from sim.reading.loader import load_study
from sim.study.errors import Problem, StudyError
from sim.study.plans import levers_of
from sim.study.study import Study

STUDY = """\
study: mine
enterprise: enterprises/clinic.yaml
market:
  customers: 60000
  segments: {people: {share: 1, needs_per_year: {visit: 2}}}
organisations:
  - organisations/siloed.yaml
  - organisation: own
    authority: .25
    incentives: {shared_journey_weight: .5}
  - organisation: regions
    LINES
baseline: siloed
"""


def load(folder: Path, lines: str) -> Study:
    file = folder / "mine.yaml"
    file.write_text(STUDY.replace("LINES", lines), encoding="utf-8")
    return load_study(file)


def problem(folder: Path, lines: str) -> Problem:
    with pytest.raises(StudyError) as caught:
        load(folder, lines)
    (found,) = caught.value.problems
    return found


def test_what_it_does_not_say_is_as_in_the_other(tmp_path: Path) -> None:
    study = load(tmp_path, "like: siloed\n    structure: {units: 2, local: all}")
    siloed, _, regions = (levers_of(each) for each in study.organisations)
    assert siloed["technology"]["record"] == "shared"
    differing = {key for key in siloed if siloed[key] != regions[key]}
    assert differing == {"structure"}
    assert (study.organisations[2].organisation, study.organisations[2].label) == ("regions", "")


def test_within_a_section_each_lever_counts(tmp_path: Path) -> None:
    own = "like: own\n    incentives: {handle_time_weight: .9}"
    _, first, second = load(tmp_path, own).organisations
    assert second.incentives.handle_time_weight == 0.9
    assert second.incentives.shared_journey_weight == 0.5
    assert second.authority == 0.25
    assert first.incentives.handle_time_weight == 0.5


def test_a_bundled_one_need_not_stand_in_the_study(tmp_path: Path) -> None:
    study = load(tmp_path, "like: hybrid\n    authority: 0")
    hybrid = load_study("scenarios/board.yaml").organisations
    there = next(each for each in hybrid if each.organisation == "hybrid")
    assert levers_of(study.organisations[2]) == levers_of(there) | {"authority": 0}


@pytest.mark.parametrize(
    ("lines", "said", "remedy"),
    [
        ("like: silod", "is no org model", "did you mean `siloed`?"),
        ("like: regions", "is itself like another", ""),
        ("like: [a]", "is no org model", ""),
        ("like: own\n    autority: 1", "autority", "did you mean `authority`?"),
    ],
)
def test_what_it_cannot_be_like_is_said_where_it_stands(
    tmp_path: Path, lines: str, said: str, remedy: str
) -> None:
    found = problem(tmp_path, lines)
    assert said in found.message
    assert remedy in found.remedy
    assert found.line is not None and 12 <= found.line <= 14
    assert found.path.startswith("organisations[2].")


def test_a_mistake_in_the_other_is_said_of_the_other(tmp_path: Path) -> None:
    text = STUDY.replace("authority: .25", "authority: 25").replace("LINES", "like: own")
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(file)
    assert {each.line for each in caught.value.problems} == {9}


def test_the_schema_for_editors_knows_it() -> None:
    assert "like" in study_schema()["$defs"]["Plan"]["properties"]
