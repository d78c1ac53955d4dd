"""What cannot be told apart is refused, and so is what is named and then left empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from analysis.commands.arguments import parse
from analysis.commands.new import execute
from benchmarks.loader_inputs import TINY, prepare
from sim.reading.loader import load_study
from sim.study.errors import StudyError


def refused(folder: Path, change: Callable[[dict], object]) -> list[str]:
    """Return what is wrong with the smallest firm's study, changed."""
    study = yaml.safe_load(TINY)
    study["organisations"] = [{"organisation": "flat"}, {"organisation": "tall"}]
    study["baseline"] = "flat"
    change(study)
    file = prepare(folder) / "changed.yaml"
    text = yaml.safe_dump(study, sort_keys=False, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(file)
    problems = caught.value.problems
    assert all(problem.line is not None for problem in problems), problems
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("name", ["Flat", "FLAT", "flat.", "flat ", "flat . ."])
def test_names_that_a_file_system_takes_for_one(tmp_path: Path, name: str) -> None:
    (said,) = refused(tmp_path, lambda s: s["organisations"].append({"organisation": name}))
    assert "organisations[2].organisation" in said
    assert "differs from `flat` by nothing that shows" in said


@pytest.mark.parametrize(
    "label",
    [
        "Près",  # é in two signs
        "près",
        "Près ",
        "Pr\u200dès",  # a joiner that joins nothing
        "Ｐrès",  # a wide letter
        "Près.",
    ],
)
def test_labels_that_look_alike(tmp_path: Path, label: str) -> None:
    def change(study: dict) -> None:
        study["organisations"][0]["label"] = "Près"
        study["organisations"][1]["label"] = label

    (said,) = refused(tmp_path, change)
    assert "organisations[1].label" in said
    assert "`tall` is labelled as `flat` is" in said


def test_a_label_that_is_another_org_models_name(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, lambda s: s["organisations"][1].update(label="Flat"))
    assert "`tall` is labelled as `flat` is" in said


@pytest.mark.parametrize("sign", "\u200b\u200e\u200f\u202e\u2060\u2066\u00ad\u061c\ufeff")
def test_signs_that_do_not_show_or_turn_the_direction(tmp_path: Path, sign: str) -> None:
    said = refused(tmp_path, lambda s: s["organisations"][1].update(label=f"a{sign}b"))
    assert len(said) == 1


def test_emoji_and_scripts_that_need_joiners_are_labels(tmp_path: Path) -> None:
    study = yaml.safe_load(TINY)
    study["organisations"] = [
        {"organisation": "flat", "label": "👩\u200d🔧 組織"},
        {"organisation": "tall", "label": "می\u200cخواهم"},
    ]
    study["baseline"] = "flat"
    file = prepare(tmp_path) / "changed.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    assert len(load_study(file).organisations) == 2


@pytest.mark.parametrize("word", ["CON", "con", "nul.yaml", "aux", "Com1", "lpt9.yml", "prn.a"])
def test_a_study_is_not_called_like_a_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match="the name of a device on Windows"):
        execute(parse(["new", word]))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_transition_is_not_an_org_model_without_levers(tmp_path: Path) -> None:
    change = {"organisation": "way", "transition": None}
    (said,) = refused(tmp_path, lambda s: s["organisations"].append(change))
    assert "organisations[2].transition: there is no value here" in said


@pytest.mark.parametrize("section", ["reply", "automation", "negotiate"])
def test_no_optional_section_is_left_empty(tmp_path: Path, section: str) -> None:
    def change(study: dict) -> None:
        study["enterprise"]["journeys"]["help"]["touchpoints"]["visit"][section] = None

    (said,) = refused(tmp_path, change)
    assert f"touchpoints.visit.{section}: there is no value here" in said


@pytest.mark.parametrize("enterprise", ["missing.yaml", "broken.yaml"])
def test_a_firm_that_cannot_be_read_is_one_message(tmp_path: Path, enterprise: str) -> None:
    (tmp_path / "broken.yaml").write_text("enterprise: [firm\n", encoding="utf-8")

    def change(study: dict) -> None:
        study["enterprise"] = enterprise
        study["organisations"][1] |= {
            "trust": {"host": "desk"},
            "placement": {"host": "field"},
            "incentives": {"serve_first": {"desk": "help"}},
            "ownership": {"touchpoints": {"help/call": "field"}},
        }

    (said,) = refused(tmp_path, change)
    assert "missing.yaml" in said or "never closed" in said or "not closed" in said


def test_a_journey_whose_effect_is_misspelt_may_be_the_one_that_joins(tmp_path: Path) -> None:
    def change(study: dict) -> None:
        study["enterprise"]["journeys"]["help"]["effect"] = "jions"

    (said,) = refused(tmp_path, change)
    assert "effect" in said
