"""With a rule of one's own: compiled or not, one process or two, at once or in two goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import loyal_run
import pandas as pd
import pytest
from loyal_firm import LOYALTY, ROOT, firm, loaded, loyal, written
from program import standing_apart

import sim
from sim.keeping.manifest import study_hash

HERE = Path(__file__).parent
TABLES = ("comparison.csv", "measures.parquet", "customers.parquet")


def a_process(code: list[str], **environment: str) -> str:
    """Return what another interpreter prints that finds the tests' helpers."""
    folders = os.pathsep.join(str(each) for each in (HERE, HERE.parent, ROOT))
    done = subprocess.run(  # noqa: S603 - this interpreter and our own code
        [sys.executable, *code],
        env=os.environ | {"PYTHONPATH": folders} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compiled_rules_give_the_same_bits_as_plain_python() -> None:
    plain = json.loads(a_process([str(HERE / "loyal_run.py")], NUMBA_DISABLE_JIT="1"))
    compiled = loyal_run.everything()
    assert (plain["compiled"], compiled["compiled"]) == (False, True)
    assert plain["hashes"] == compiled["hashes"]


def test_a_day_read_back_from_disk_is_the_day_that_was_compiled() -> None:
    """The first process compiles, or finds it compiled; the second one finds it for certain."""
    first, second = (a_process([str(HERE / "loyal_run.py")]) for _ in range(2))
    assert first == second


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("loyal")
    written(folder, {}, loyal(2))
    return folder


def compared(desk: Path, out: str, *words: str) -> Path:
    done = standing_apart(
        "compare", "loyal.yaml", "--extension", LOYALTY, "--replicates", "2", "--no-figures",
        "--quiet", "--out", out, *words, at=desk,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    word, _, path = done.stdout.splitlines()[-1].partition(": ")
    assert word == "results"
    return desk / path


def test_processes_and_interruptions_leave_no_trace(desk) -> None:
    straight = compared(desk, "straight", "--jobs", "1")
    parallel = compared(desk, "parallel", "--jobs", "2")
    expected = {table: (straight / table).read_bytes() for table in TABLES}
    assert {table: (parallel / table).read_bytes() for table in TABLES} == expected
    runs = sorted((straight / "runs").glob("*.parquet"))
    for run in runs[::2]:
        run.unlink()
    for table in TABLES:
        (straight / table).unlink()
    resumed = compared(desk, "straight", "--jobs", "2")
    assert resumed == straight
    assert {table: (resumed / table).read_bytes() for table in TABLES} == expected


def test_its_measure_stands_among_the_others(desk) -> None:
    table = pd.read_csv(compared(desk, "straight") / "comparison.csv")
    members = table[table["measure"] == "member_share"]
    assert set(members["scope"]) == {"overall", "segment"}
    assert set(members["org_model"]) == {"org0", "org1"}
    assert members["mean"].between(0, 1).all()


def test_the_hash_of_a_study_holds_the_source_of_its_extensions(tmp_path) -> None:
    other = tmp_path / "loyalty.py"
    text = Path(LOYALTY).read_text(encoding="utf-8")
    with_it = study_hash(loaded({}))
    assert with_it == study_hash(loaded({}))
    assert with_it != study_hash(sim.study_from(firm()))
    code = (
        "import sys, loyal_firm as f; from sim.keeping.manifest import study_hash;"
        "print(study_hash(f.loaded({}, extensions=[sys.argv[1]])))"
    )
    other.write_text(text, encoding="utf-8")
    assert a_process(["-c", code, str(other)]).strip() == with_it
    other.write_text(text.replace("JOINING = 0.7", "JOINING = 0.8"), encoding="utf-8")
    assert a_process(["-c", code, str(other)]).strip() != with_it


def test_the_same_text_under_another_name_is_compiled_apart(tmp_path) -> None:
    """What is compiled asks for its globals in the module that it was made of, by name."""
    twin = tmp_path / "scheme_by_another_name.py"
    twin.write_text(Path(LOYALTY).read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import sys; from sim.day.own_rules import day_with; from sim.study.extension import adopt;"
        "print(day_with((adopt(sys.argv[1]),)).__name__)"
    )
    assert len({a_process(["-c", code, name]) for name in (LOYALTY, str(twin))}) == 2


def test_its_figure_is_written_with_the_others_and_shown_in_a_notebook(desk, monkeypatch) -> None:
    written_with = standing_apart(
        "compare", "loyal.yaml", "--extension", LOYALTY, "--replicates", "2", "--jobs", "1",
        "--quiet", "--out", "straight", at=desk,
    )  # fmt: skip
    assert written_with.returncode == 0, written_with.stderr
    figures = desk / written_with.stdout.splitlines()[-1].partition(": ")[2] / "figures"
    for ending in ("png", "svg", "csv"):
        assert (figures / f"members.{ending}").stat().st_size > 0
    table = pd.read_csv(figures / "members.csv")
    assert list(table["org_model"]) == ["org0", "org1"]
    monkeypatch.chdir(desk)
    study = sim.load_study("loyal.yaml", extensions=[LOYALTY])
    picture = sim.compare(study, replicates=2, jobs=1).figure("members")
    assert picture.png.startswith(b"\x89PNG")
    assert list(picture.table["mean"]) == list(table["mean"])
