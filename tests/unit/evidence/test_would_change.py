"""What would change an answer: of this study, else of the bundled firm, else unknown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.evidence.would_change import (
    ANSWER,
    OF_STUDY,
    UNKNOWN,
    kept_of,
    question_of,
    what_worlds_said,
    what_would_change,
)
from sim.keeping.manifest import MANIFEST
from sim.reading.loader import load_study
from sim.running.version import program_version


def _answer(study, worlds: int = 40) -> dict[str, Any]:
    return {
        "study": study.study,
        OF_STUDY: question_of(study),
        "worlds": worlds,
        "answer": "Hybrid wins",
        "title": "",
        "baseline": "siloed",
        "labels": {},
        "one_head": None,
        "org_models": [],
        "more": "that is not kept",
        "would_change": {
            "flips": "It flips where errors are rare.",
            "flips_right": 0.8,
            "emulator": {"predicted": 0.6, "error": 1.0},
            "strongest": [{"parameter": "error_scale", "swing": 2.0}],
            "mechanisms": [],
        },
    }


@pytest.fixture(scope="module")
def study():
    return load_study("scenarios/board.yaml")


def _kept(folder: Path, answer: dict[str, Any]) -> Path:
    file = folder / "kept.json"
    file.write_text(json.dumps(kept_of(answer)), encoding="utf-8")
    return file


def test_the_bundled_firm_stands_for_a_study_without_worlds_and_is_called_so(
    study, tmp_path
) -> None:
    kept = _kept(tmp_path, _answer(study))
    own = what_would_change(study, tmp_path, kept)
    assert own.startswith("What would change this answer, by 40 worlds: It flips where errors are")
    assert "What moves the lead most:" in own
    assert own.endswith(
        "(all assumptions together predict 60 % of its variance in worlds not seen)."
    )
    # Worlds draw anew what the enterprise assumes, but not what the study sets.
    as_registered = load_study("scenarios/board.yaml", ["enterprise.parameters={}"])
    assert what_would_change(as_registered, tmp_path, kept) == own
    set_by_it = load_study("scenarios/board.yaml", ["parameters.error_scale=1"])
    assert what_would_change(set_by_it, tmp_path, kept).startswith(UNKNOWN.removesuffix("."))
    other = load_study("scenarios/board.yaml", ["market.customers=30000"])
    told = what_would_change(other, tmp_path, kept)
    assert told.startswith(UNKNOWN.removesuffix("."))
    assert "Of the bundled firm, by 40 worlds: It flips" in told


def test_worlds_of_the_study_itself_go_before(study, tmp_path) -> None:
    kept = _kept(tmp_path, _answer(study))
    folder = tmp_path / "board-worlds-1"
    folder.mkdir()
    newer = _answer(study, 24)
    newer["would_change"]["flips"] = "It never flips."
    (folder / ANSWER).write_text(json.dumps(newer), encoding="utf-8")
    said = what_would_change(study, tmp_path, kept)
    assert said.startswith("What would change this answer, by 24 worlds: It never flips.")


def test_worlds_that_are_assumed_are_called_so(study, tmp_path) -> None:
    kept = _kept(tmp_path, _answer(study))
    folder = tmp_path / "board-worlds-1"
    folder.mkdir()
    assumed = _answer(study, 24) | {"title": "assumed, not fitted to this firm"}
    (folder / ANSWER).write_text(json.dumps(assumed), encoding="utf-8")
    said = what_would_change(study, tmp_path, kept)
    assert "by 24 worlds (assumed, not fitted to this firm): It flips" in said


def test_an_answer_of_another_engine_is_passed_over(study, tmp_path) -> None:
    kept = _kept(tmp_path, _answer(study))
    folder = tmp_path / "board-worlds-1"
    folder.mkdir()
    (folder / ANSWER).write_text(json.dumps(_answer(study, 24)), encoding="utf-8")
    here = program_version()
    for engine, worlds in ((here.engine, 24), ("0" * 8, 40)):
        written = {"program_version": here.release, "engine": engine}
        (folder / MANIFEST).write_text(json.dumps(written), encoding="utf-8")
        assert f"by {worlds} worlds" in what_would_change(study, tmp_path, kept)
        assert f"over {worlds} worlds" in what_worlds_said(study, tmp_path, kept)


def test_nothing_kept_or_what_cannot_be_read_is_unknown(study, tmp_path) -> None:
    assert what_would_change(study, tmp_path, tmp_path / "none.json") == UNKNOWN
    for content in ("", "[]", "{}", '{"worlds": 3, "would_change": null}'):
        (tmp_path / "kept.json").write_text(content, encoding="utf-8")
        assert what_would_change(study, tmp_path, tmp_path / "kept.json") == UNKNOWN


def test_who_wins_over_worlds_is_told_of_this_study_alone(study, tmp_path) -> None:
    kept = _kept(tmp_path, _answer(study))
    assert what_worlds_said(study, tmp_path, kept) == (
        "What `worlds` has found over 40 worlds: Hybrid wins."
    )
    other = load_study("scenarios/board.yaml", ["market.customers=30000"])
    assert what_worlds_said(other, tmp_path, kept) == ""
    folder = tmp_path / "board-worlds-1"
    folder.mkdir()
    newer = _answer(study, 24) | {"answer": "No clear winner"}
    (folder / ANSWER).write_text(json.dumps(newer), encoding="utf-8")
    assert "over 24 worlds: No clear winner." in what_worlds_said(study, tmp_path, kept)
    (folder / ANSWER).write_text(json.dumps(newer | {"answer": 3}), encoding="utf-8")
    assert what_worlds_said(study, tmp_path, kept).endswith("Hybrid wins.")
    assert what_worlds_said(study, tmp_path / "elsewhere", tmp_path / "none.json") == ""
