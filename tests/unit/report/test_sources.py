"""Which results beside a comparison its pack is written from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from board_packs import study_with

from analysis.report.sources import OF_LEVERS, OF_WORLDS, found_beside
from sim.running.version import program_version

Plain = dict[str, Any]


def _result(folder: Path, study: Plain, answer: str) -> None:
    folder.mkdir()
    manifest = {"study_as_resolved": study, "started": "2026-01-01"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / answer).write_text("{}", encoding="utf-8")


@pytest.fixture
def compared(tmp_path: Path) -> tuple[Path, Plain]:
    study = study_with(4).model_dump(mode="json")
    _result(tmp_path / "compared", study, "comparison.csv")
    return tmp_path, study


def _found(place: Path, study: Plain) -> set[str]:
    return set(found_beside(place / "compared", {"study_as_resolved": study}))


def test_levers_between_two_of_the_org_models_serve(compared) -> None:
    place, study = compared
    two = {**study, "organisations": [study["organisations"][2], study["organisations"][0]]}
    _result(place / "levers", {**two, "baseline": "org2"}, "levers.json")
    assert _found(place, study) == {OF_LEVERS}


def test_worlds_of_two_of_the_org_models_do_not_rank_all(compared) -> None:
    place, study = compared
    _result(place / "two", {**study, "organisations": study["organisations"][:2]}, "worlds.json")
    assert not _found(place, study)
    _result(place / "all", study, "worlds.json")
    assert _found(place, study) == {OF_WORLDS}


def test_what_another_engine_found_is_not_told(compared) -> None:
    place, study = compared
    _result(place / "worlds", study, "worlds.json")
    file = place / "worlds" / "manifest.json"
    written, here = json.loads(file.read_text(encoding="utf-8")), program_version()
    for engine, found in ((here.engine, {OF_WORLDS}), ("0" * 8, set())):
        version = {"program_version": here.release, "engine": engine}
        file.write_text(json.dumps(written | version), encoding="utf-8")
        assert _found(place, study) == found


@pytest.mark.parametrize("other", ["model", "market", "parameters"])
def test_levers_of_another_firm_or_org_model_do_not_serve(compared, other: str) -> None:
    place, study = compared
    first, second = study["organisations"][:2]
    changed = {
        "model": {"organisations": [first, {**second, "authority": 0.77}]},
        "market": {"market": {**study["market"], "customers": 31}},
        "parameters": {"parameters": {"error_scale": 2.0}},
    }
    two = {**study, "organisations": [first, second]}
    _result(place / "levers", {**two, **changed[other]}, "levers.json")
    assert not _found(place, study)
