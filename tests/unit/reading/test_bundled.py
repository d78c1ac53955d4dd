"""Bundled scenarios are found from everywhere; what is one's own goes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.reading import bundled as home
from sim.reading.bundled import at_hand, bundled, bundled_folder, bundled_name, bundled_names
from sim.reading.loader import load_study
from sim.reading.named_files import named_file
from sim.study.errors import StudyError


def test_names_are_those_that_a_study_writes() -> None:
    assert {"board.yaml", "enterprises/subscription.yaml"} <= set(bundled_names())
    assert all(bundled(name).is_file() for name in bundled_names())
    with pytest.raises(StudyError, match=r"(?i)did you mean `board\.yaml`"):
        bundled("bord.yaml")


def test_installed_scenarios_go_before_what_stands_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenarios").mkdir()
    monkeypatch.setattr(home, "_PACKAGE", tmp_path / "sim")
    assert bundled_folder() == tmp_path / "scenarios"
    (tmp_path / "sim" / "scenarios").mkdir(parents=True)
    assert bundled_folder() == tmp_path / "sim" / "scenarios"


def test_a_study_is_ones_own_or_by_its_full_name_a_bundled_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("board.yaml", "scenarios/bord.yaml", "scenarios/../board.yaml", "scenarios"):
        assert at_hand(name) == name
    assert at_hand("scenarios/board.yaml") == str(bundled("board.yaml"))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "board.yaml").write_text("study: [")
    assert at_hand("scenarios/board.yaml") == "scenarios/board.yaml"
    with pytest.raises(StudyError, match=r"^scenarios/board\.yaml:1"):
        load_study("scenarios/board.yaml")


def test_a_named_file_is_ones_own_or_a_bundled_one(tmp_path: Path) -> None:
    name = "enterprises/loan-origination-log.csv"
    assert named_file(tmp_path, name) == bundled(name)
    assert named_file(tmp_path, "enterprises/none.csv") == tmp_path / "enterprises" / "none.csv"
    (tmp_path / "enterprises").mkdir()
    (tmp_path / name).write_text("own")
    assert named_file(tmp_path, name) == tmp_path / name


def test_a_bundled_file_may_be_named_as_it_stands_in_the_repository(tmp_path: Path) -> None:
    name = "enterprises/subscription.yaml"
    for written in (name, f"./{name}", f"scenarios/{name}", f"./scenarios/{name}"):
        assert bundled_name(written) == name
        assert named_file(tmp_path, written) == bundled(name)
    own = tmp_path / "scenarios" / name
    own.parent.mkdir(parents=True)
    own.write_text("own")
    assert named_file(tmp_path, f"scenarios/{name}") == own


@pytest.mark.parametrize(
    "name",
    [
        "",
        "scenarios",
        "scenarios/",
        "board",
        "../board.yaml",
        "scenarios/../board.yaml",
        "scenarios/../../board.yaml",
        "scenarios/scenarios/board.yaml",
        "organisations/../board.yaml",
        "/board.yaml",
        "scenarios//board.yaml",
        "scenarios\\board.yaml",
        "BOARD.YAML",
    ],
)
def test_what_only_looks_like_a_bundled_name_is_none(name: str) -> None:
    assert bundled_name(name) is None
