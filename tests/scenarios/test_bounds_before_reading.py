"""What is too large is refused before it is read, at the line that names it."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from benchmarks.loader_inputs import TINY, prepare
from sim.reading.loader import load_study, study_from
from sim.reading.yaml_source import MAX_BYTES
from sim.study.errors import StudyError

MOST_BYTES = 200e6
"""Beside what the interpreter and its libraries take, half of 512 MiB."""


def write_study(folder: Path, change: Callable[[dict], object] = lambda study: None) -> Path:
    """Write the smallest firm's study into a folder, changed; return its file."""
    prepare(folder)
    study = yaml.safe_load(TINY)
    change(study)
    file = folder / "changed.yaml"
    file.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    return file


def refused(file: Path) -> list[str]:
    """Return what is wrong with a study, once seen that it was found out soon and with little."""
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(StudyError) as caught:
        load_study(file)
    taken, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST_BYTES
    assert taken < 20  # tracing memory makes everything several times as slow
    return [str(problem) for problem in caught.value.problems]


def line_of(file: Path, text: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return 1 + next(place for place, line in enumerate(lines) if text in line)


def test_a_log_of_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    file = write_study(tmp_path, lambda study: study.update(compared_with="log.csv"))
    with (tmp_path / "log.csv").open("wb") as log:
        log.truncate(2 << 30)
    (said,) = refused(file)
    place = f"{file}:{line_of(file, 'compared_with')}: compared_with"
    assert said.startswith(f"{place}: the file `log.csv` is larger than 1 MiB.")


def test_an_oversized_include_is_said_at_the_line_that_names_it(tmp_path: Path) -> None:
    file = write_study(tmp_path, lambda study: study["organisations"].append("large.yaml"))
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (said,) = refused(file)
    assert said.startswith(f"{file}:{line_of(file, 'large.yaml')}: organisations[")
    assert "`large.yaml` is larger than 1 MiB" in said


def test_many_includes_of_a_big_file_end_where_a_study_is_full(tmp_path: Path) -> None:
    lists = "".join(f"k{number}: [1, 2, 3, 4, 5, 6, 7]\n" for number in range(2400))
    (tmp_path / "big.yaml").write_text(f"organisation: big\n{lists}", encoding="utf-8")
    file = write_study(tmp_path, lambda study: study.update(organisations=["big.yaml"] * 38))
    said = refused(file)
    assert sum("more than 100000 values in a study with its files" in text for text in said) == 1


def test_many_includes_of_comments_end_where_a_study_is_full(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text(
        "organisation: notes\n" + "# note\n" * 140_000, encoding="utf-8"
    )
    file = write_study(tmp_path, lambda study: study.update(organisations=["notes.yaml"] * 38))
    assert sum("larger than 4 MiB in all" in text for text in refused(file)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda study: study.update({f"key_{number}": 1 for number in range(75_000)}),
        lambda study: study["market"]["segments"].update(
            {f"Bad {number}": {"share": 0} for number in range(30_000)}
        ),
        lambda study: study["organisations"].extend(["x.yaml"] * 30_000),
    ],
    ids=["unknown keys", "bad names", "org models"],
)
def test_entries_without_end(tmp_path: Path, change: Callable[[dict], None]) -> None:
    (said,) = refused(write_study(tmp_path, change))
    assert "more than 2500 entries in one place" in said


def test_data_made_in_python_has_the_same_bound(tmp_path: Path) -> None:
    study = yaml.safe_load(write_study(tmp_path).read_text(encoding="utf-8"))
    study |= {f"key_{number}": 1 for number in range(75_000)}
    with pytest.raises(StudyError, match="more than 2500 entries in one place"):
        study_from(study, folder=tmp_path)
