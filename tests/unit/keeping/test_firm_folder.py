"""A firm's folder is whole or not there, and what somebody edited stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.keeping.firm_folder import check_free, firm_folder
from sim.study.errors import MachineRefusal, ResultFolderError


def test_a_folder_is_there_once_all_has_gone_well(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "firm"
    with firm_folder(path) as folder:
        (folder / "study.yaml").write_text("study: firm")
        assert not path.exists()
    assert [each.name for each in path.iterdir()] == ["study.yaml"]
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_leaves_nothing_behind_and_the_old_one_in_place(tmp_path: Path) -> None:
    path = tmp_path / "firm"
    with firm_folder(path) as folder:
        (folder / "study.yaml").write_text("first")
    with pytest.raises(ZeroDivisionError), firm_folder(path) as folder:
        (folder / "study.yaml").write_text("second")
        raise ZeroDivisionError
    assert (path / "study.yaml").read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_firm_that_is_there_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "firm"
    check_free(path, fresh=False)
    path.mkdir()
    check_free(path, fresh=False)
    (path / "study.yaml").write_text("edited")
    with pytest.raises(ResultFolderError, match="Add --fresh"):
        check_free(path, fresh=False)
    check_free(path, fresh=True)
    (path / "notes.txt").write_text("mine")
    with pytest.raises(ResultFolderError, match=r"holds notes\.txt"):
        check_free(path, fresh=True)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "firm").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ResultFolderError, match="a link"):
        check_free(tmp_path / "firm", fresh=True)


def test_a_place_that_is_a_file_is_the_machines_refusal(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineRefusal, match="not a folder"), firm_folder(tmp_path / "file" / "x"):
        pass
