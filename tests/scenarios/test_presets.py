"""The bundled org models say why each lever has its value, and which levers they leave alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from sim.reading.loader import load_study
from sim.study import plans
from sim.study.errors import StudyError
from sim.study.levers import OrgModel

PRESETS = sorted((Path(__file__).parents[2] / "scenarios" / "organisations").glob("*.yaml"))
NAMES = {"organisation", "label", "extensions"}
KEY = re.compile(r"( *)([a-z_]+):(.*)")


def levers_of(text: str) -> dict[str, str]:
    """Return the comment on each lever that a preset sets, by section and name."""
    found: dict[str, str] = {}
    section, comment = "", ""
    for line in text.splitlines():
        key = KEY.fullmatch(line)
        if line.lstrip().startswith("#"):
            comment += line.lstrip(" #") + " "
        elif key:
            indent, name, rest = key.groups()
            value, _, beside = rest.partition(" #")
            if not indent:
                section = "" if value.strip() else f"{name}."
            if value.strip() and name not in NAMES:
                found[f"{section if indent else ''}{name}"] = f"{comment}{beside}".strip()
            comment = ""
        else:
            comment = ""
    return found


def all_levers(model: type[BaseModel], section: str = "") -> list[str]:
    """Return every lever of the schema, by section and name."""
    found = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += all_levers(kind, f"{name}.")
        elif name not in NAMES:
            found.append(section + name)
    return found


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_each_lever_that_is_set_says_why_and_from_which_source(path) -> None:
    comments = levers_of(path.read_text(encoding="utf-8"))
    assert len(comments) >= 8
    unexplained = {
        lever for lever, comment in comments.items() if not re.search("[Ss]ource", comment)
    }
    assert unexplained == set()


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_each_lever_that_is_left_alone_is_named(path) -> None:
    text = path.read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`([a-z_.]+)`", text)) | set(levers_of(text))
    missing = [
        lever
        for lever in all_levers(OrgModel)
        if not {lever, lever.split(".")[-1], lever.split(".")[0]} & mentioned
    ]
    assert missing == []


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_bundled_org_model_is_called_as_its_file(path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["organisation"] == path.stem


def test_a_bundled_org_model_can_be_asked_for_though_the_study_lacks_it(tmp_path) -> None:
    file = tmp_path / "board.yaml"
    shutil.copy(PRESETS[0].parents[1] / "board.yaml", file)
    study = load_study(file, orgs=["hybrid", "functional", "hybrid"])
    assert [each.organisation for each in study.organisations] == ["siloed", "hybrid", "functional"]
    over = ["organisations.functional.authority=.3", "baseline=functional"]
    changed = load_study(file, overrides=over, orgs=["functional"])
    (alone,) = changed.organisations
    assert (alone.organisation, alone.authority) == ("functional", 0.3)
    with pytest.raises(StudyError) as caught:
        load_study(file, orgs=["functionel"])
    assert "did you mean `functional`?" in caught.value.problems[0].remedy


def test_a_lever_without_a_comment_would_be_seen() -> None:
    text = "label: A\n\nstaffing:\n  # Why. Source.\n  cx_team: 4\n  liaison: 2\nremit: 1 # why\n"
    assert levers_of(text) == {
        "staffing.cx_team": "Why. Source.",
        "staffing.liaison": "",
        "remit": "why",
    }


def structures(study: str) -> dict[str, dict]:
    """Return the levers of a bundled study's org models, technology left out, by name."""
    found = load_study(f"scenarios/{study}.yaml").organisations
    levers = {model.organisation: plans.levers_of(model) for model in found}
    for own in levers.values():
        del own["technology"]
    return levers


def test_firms_have_the_same_record_whatever_their_structure() -> None:
    board = load_study("scenarios/board.yaml").organisations
    assert {model.technology.record for model in board} == {"shared"}
    assert len({model.technology for model in board}) == 1


def test_the_study_of_technology_crosses_the_record_with_structures_as_they_are() -> None:
    board, crossed = structures("board"), structures("technology")
    assert len(crossed) == 8
    for name, levers in crossed.items():
        assert levers == board[name.removesuffix("-record")]
    for model in load_study("scenarios/technology.yaml").organisations:
        bought = model.organisation.endswith("-record")
        assert model.technology.record == ("shared" if bought else "own")
        assert model.technology.record_bought_week == (0 if bought else None)
