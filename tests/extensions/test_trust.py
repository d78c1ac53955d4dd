"""An extension runs only where somebody names it: whoever opens a stranger's study runs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from loyal_firm import LOYALTY, firm, loyal, refused, written
from program import standing_apart

import sim

NAMED = "the study names the extension `loyalty`, which is code of its author's and runs only if"
SHORT = ("--replicates", "1", "--jobs", "1", "--quiet", "--no-figures")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Path:
    """Return a folder with a study that names an extension which lies beside it, and marks."""
    folder = tmp_path_factory.mktemp("stranger")
    written(folder, {}, loyal(1), extensions=["loyalty"])
    marks = f"import pathlib\npathlib.Path({str(folder / 'marker')!r}).touch()\n"
    (folder / "loyalty.py").write_text(marks, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> Path:
    """Return a folder with a result that the scheme was used for."""
    folder = tmp_path_factory.mktemp("result")
    written(folder, loyal(1))
    shutil.copy(LOYALTY, folder / "loyalty.py")
    done = standing_apart("compare", "loyal.yaml", "--extension", "loyalty.py", *SHORT, at=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("words", [("compare",), ("validate",), ("run", "--org", "org0")])
def test_a_strangers_study_runs_no_code_of_an_extension(stranger, words) -> None:
    said = refused(standing_apart(words[0], "loyal.yaml", *words[1:], at=stranger))
    assert NAMED in said
    assert "loyal.yaml:" in said and "--extension loyalty.py" in said
    assert not (stranger / "marker").exists()


def test_the_marker_is_one_that_running_the_code_would_leave(stranger) -> None:
    refused(standing_apart("validate", "loyal.yaml", "--extension", "loyalty.py", at=stranger))
    assert (stranger / "marker").exists()
    (stranger / "marker").unlink()


def test_from_python_it_has_to_be_named_as_well() -> None:
    data = firm({}, extensions=["loyalty"])
    with pytest.raises(sim.StudyError) as error:
        sim.study_from(data)
    assert "extensions[0]: the study names the extension `loyalty`" in str(error.value)
    assert "extensions=[...]" in str(error.value)
    assert sim.study_from(data, extensions=[LOYALTY]).extensions[0].startswith("loyalty@")


def test_a_study_that_names_it_runs_where_it_is_named(stranger) -> None:
    done = standing_apart("validate", "loyal.yaml", "--extension", LOYALTY, at=stranger)
    assert done.returncode == 0, done.stderr
    assert not (stranger / "marker").exists()


def test_a_result_is_traced_only_with_the_extension_that_it_was_made_with(result) -> None:
    said = refused(standing_apart("trace", "latest", at=result))
    assert NAMED in said
    done = standing_apart("trace", "latest", "--extension", "loyalty.py", "--quiet", at=result)
    assert done.returncode == 0, done.stderr
    assert "org0: " in done.stdout
    (result / "other").mkdir(exist_ok=True)
    other = Path(LOYALTY).read_text(encoding="utf-8").replace("WELCOME = 3.0", "WELCOME = 4.0")
    (result / "other" / "loyalty.py").write_text(other, encoding="utf-8")
    said = refused(standing_apart("trace", "latest", "--extension", "other/loyalty.py", at=result))
    assert "the extension `loyalty` is another one than this was written with" in said
